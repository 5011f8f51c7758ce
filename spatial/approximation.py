"""What random probes in place of exact log-determinants do to the estimates of a fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from spatial.covariance import information
from spatial.information import invert
from spatial.instrumental.estimate import Instrumented
from spatial.random_effects.estimate import RandomEstimated
from spatial.weights.logdet import Sampled

if TYPE_CHECKING:
    from spatial.fit import Fit
    from spatial.likelihood import LogDetTerm

__all__ = ["approximations", "loglik_error", "spatial_errors"]

Array = npt.NDArray[np.float64]


def approximations(fit: Fit) -> tuple[str, ...]:
    """The sentence on random probes and what they leave uncertain; none where all is exact."""
    fitted = fit._fitted
    probes = [
        term.logdet.count
        for term in (*fitted.logdets, *fitted.error_logdets)
        if isinstance(term.logdet, Sampled)
    ]
    if not probes:
        return ()
    if isinstance(fitted, Instrumented):
        return _of_effects(fit, min(probes))
    names, off = [n for n in ("rho", "lambda") if n in fit.params.index], spatial_errors(fit)
    shares = 100.0 * off / fit.std_errors[names].to_numpy()
    be = "is" if len(names) == 1 else "are"
    whose = "its own standard error" if len(names) == 1 else "their own standard errors"
    return (
        f'The log-determinant comes from {min(probes)} random probes (logdet="lanczos"), so that '
        f"{' and '.join(names)} {be} off by about {' and '.join(f'{x:.2g}' for x in off)} (one "
        f"standard error), {' and '.join(f'{x:.2g}' for x in shares)} % of {whose}, and the "
        f"log-likelihood by about {loglik_error(fit):.2g}.",
    )


def loglik_error(fit: Fit) -> float:
    """Standard error that probes add to the log-likelihood, which is that of the f in it.

    That estimates are off besides does not show in it: it is flat at its maximum.
    """
    fitted = fit._fitted
    found = fitted.estimate
    pairs = ((fitted.logdets, found.rho), (fitted.error_logdets, found.lam))
    return sum(term.periods * term.logdet.error(at, 0) for terms, at in pairs for term in terms)


def spatial_errors(fit: Fit) -> Array:
    """Standard errors that probes add to ρ and λ, those that the model has.

    An error δ of g = −f′ shifts the score by δ, and the estimate by the inverse of minus the
    Hessian times δ.
    """
    fitted = fit._fitted
    found, k = fitted.estimate, len(fitted.coefficients)
    if isinstance(fitted, RandomEstimated):
        inverse = fit._cov
    else:
        places = fitted.places
        inverse = invert(information(fitted, "observed"))[np.ix_(places, places)]
    shifts = [_score_error(fitted.logdets, found.rho)] * fitted.lag_y
    shifts += [_score_error(fitted.error_logdets, found.lam)] * fitted.lag_error
    return np.asarray(np.abs(inverse[k:, k:]) @ np.array(shifts))


def _score_error(terms: tuple[LogDetTerm, ...], at: float) -> float:
    return sum(term.periods * term.logdet.error(at) for term in terms)


def _of_effects(fit: Fit, probes: int) -> tuple[str, ...]:
    """Instruments need no log-determinant, the mean of direct effects does: tr S⁻¹ = N + ρg."""
    terms, rho = fit._fitted.logdets, fit._fitted.estimate.rho
    if not terms:
        return ()
    off = abs(rho) * _score_error(terms, rho) / fit.nobs
    return (
        f'Direct effects rest on {probes} random probes (logdet="lanczos"), which know their mean '
        f"multiplier to {off:.2g} (one standard error).",
    )
