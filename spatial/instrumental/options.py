"""Arguments of a specification that belong to estimation by instruments."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from spatial.errors import InputError, is_whole

__all__ = ["INSTRUMENTAL", "ORDERS", "settle"]

ESTIMATORS = ("ml", "gmm")
INSTRUMENTAL = ("estimator", "endogenous", "instruments", "orders", "error_variance")
ORDERS = 2
HIGHEST = 3
VARIANCES = ("equal", "unequal")


def settle(given: dict[str, Any], *, kind: str, lag_y: bool, lag_error: bool) -> dict[str, Any]:
    """Check estimator, endogenous, instruments, orders and error_variance; fill in what is open.

    Raises
    ------
    InputError
        A value that means nothing, or an argument that would do nothing.
    """
    out = dict(given)
    for name in ("endogenous", "instruments"):
        out[name] = _terms(name, given[name])
    if given["estimator"] not in (None, *ESTIMATORS):
        raise InputError(f'estimator={given["estimator"]!r}; it is "ml" or "gmm".')
    default = "gmm" if out["endogenous"] or out["instruments"] else "ml"
    out["estimator"] = given["estimator"] or default
    if out["estimator"] == "ml":
        _refuse_idle(out)
        return out
    _check_pair(out, kind, lag_y=lag_y, lag_error=lag_error)
    orders, variance = given["orders"], given["error_variance"]
    if orders is not None and (not is_whole(orders) or not 1 <= orders <= HIGHEST):
        raise InputError(
            f"orders={orders!r}; it is the highest power of W in the instruments, 1 to {HIGHEST}."
        )
    if variance not in (None, *VARIANCES):
        raise InputError(f'error_variance={variance!r}; it is "equal" or "unequal".')
    if orders is not None and not lag_y:
        raise InputError(f"{kind} has no lag of y to be instrumented; leave orders= out.")
    if variance is not None and not lag_error:
        raise InputError(
            f"{kind} has no lag of the error, whose moments error_variance= chooses; leave it out, "
            'and take standard errors with with_cov("robust").'
        )
    return out


def _refuse_idle(out: dict[str, Any]) -> None:
    for name in ("endogenous", "instruments", "orders", "error_variance"):
        if out[name]:
            raise InputError(
                f'{name}= belongs to estimator="gmm"; leave it out, or set estimator="gmm".'
            )


def _check_pair(out: dict[str, Any], kind: str, *, lag_y: bool, lag_error: bool) -> None:
    if not (lag_y or lag_error or out["endogenous"]):
        raise InputError(
            f'{kind} without endogenous regressors is least squares, to which estimator="gmm" adds '
            "nothing; leave estimator= out, or name regressors with endogenous=."
        )
    if out["endogenous"] and not out["instruments"]:
        raise InputError(
            f"endogenous= names {', '.join(out['endogenous'])} without an outside instrument; name "
            "one at least for each with instruments=."
        )
    if out["instruments"] and not (out["endogenous"] or lag_y):
        raise InputError(
            f"instruments= has nothing to instrument in {kind}; name with endogenous= the "
            "regressors that need them."
        )


def _terms(name: str, given: object) -> tuple[str, ...]:
    if given is None:
        return ()
    one = isinstance(given, str) or not isinstance(given, Iterable)
    terms = (given,) if one else tuple(given)  # type: ignore[arg-type]
    if not all(isinstance(term, str) for term in terms):
        raise InputError(f"{name}={given!r} is no list of terms; write them as in the formula.")
    return terms  # type: ignore[return-value]
