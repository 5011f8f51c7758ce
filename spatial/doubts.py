"""Second opinion on a fit: sentences on what is doubtful in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spatial.fit import Fit

__all__ = ["doubts"]

EDGE = 2.0


def doubts(fit: Fit) -> tuple[str, ...]:
    """Everything doubtful, most serious first."""
    return (*_edges(fit), *_two_maxima(fit))


def _edges(fit: Fit) -> list[str]:
    out = []
    for name, (low, high) in (("rho", fit.rho_interval), ("lambda", fit.lambda_interval)):
        if name not in fit.params.index:
            continue
        value, error = float(fit.params[name]), float(fit.std_errors[name])
        if value - low < EDGE * error or high - value < EDGE * error:
            out.append(
                f"{name} = {value:.4f} lies within two standard errors of the edge of its interval "
                f"({low:.4g}, {high:.4g}); "
                "a common trend may be left in the data, and normal intervals are doubtful."
            )
    return out


def _two_maxima(fit: Fit) -> list[str]:
    rival = fit._fitted.estimate.rival
    if rival is None:
        return []
    rho, lam, loglik = rival
    at = f"lambda = {lam:.3f}" + (f", rho = {rho:.3f}" if "rho" in fit.params.index else "")
    return [
        f"The likelihood has a second maximum near {at}, {fit.loglik - loglik:.2f} lower in "
        "log-likelihood: rho and lambda are weakly told apart; prefer SDM or SDEM, or another "
        "graph for the error (w_error=)."
    ]
