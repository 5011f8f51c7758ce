"""Covariances of an estimate by instruments, by name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from spatial.covariance import Covariance, covariance
from spatial.errors import InputError, named
from spatial.instrumental.errors import Errors
from spatial.instrumental.estimate import Instrumented

__all__ = ["instrumental_covariance", "with_errors"]


def with_errors(fitted: Instrumented, kind: str, options: dict[str, Any]) -> Instrumented:
    """The same estimate under another assumption on its errors."""
    return replace(fitted, errors=Errors(kind, options))


def instrumental_covariance(fitted: Instrumented) -> Covariance:
    """Covariance of (b, ρ, λ), the name of what was used, and sentences on it.

    With a lag of the error the moments that gave λ decide: equal or unequal variances.

    Raises
    ------
    InputError
        A kind or an option that this estimate does not have.
    """
    errors = fitted.errors
    if fitted.joint is None:
        return covariance(fitted, errors.kind, **errors.options)
    now, other = fitted.error_variance, "equal" if fitted.error_variance == "unequal" else "unequal"
    own = "homoskedastic" if now == "equal" else "robust"
    given = [name for name, value in errors.options.items() if value is not None]
    if errors.kind == own and given:
        raise InputError(f'with_cov("{own}") takes no options; leave {named(given)}= out.')
    if errors.kind != own:
        raise InputError(
            f'covariance "{errors.kind}" is not available: the moments that gave lambda hold for '
            f'{now} variances, so that it is "{own}"; fit again with error_variance="{other}" for '
            "another."
        )
    return Covariance(fitted.joint, own)
