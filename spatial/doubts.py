"""Second opinion on a fit: sentences on what is doubtful in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from spatial.within import Effects, demean

if TYPE_CHECKING:
    from spatial.fit import Fit

__all__ = ["doubts"]

Array = npt.NDArray[np.float64]
EDGE = 2.0
EXCHANGEABLE = -0.9
INFLATION = 10.0
FEW = 10


def doubts(fit: Fit) -> tuple[str, ...]:
    """Everything doubtful, most serious first."""
    return (
        *_edges(fit),
        *_two_maxima(fit),
        *_exchangeable(fit),
        *_collinear(fit),
        *_few_periods(fit),
    )


def _edges(fit: Fit) -> list[str]:
    out = []
    for name, (low, high) in (("rho", fit.rho_interval), ("lambda", fit.lambda_interval)):
        if name not in fit.params.index:
            continue
        value, error = float(fit.params[name]), float(fit.std_errors[name])
        if not low < value < high:
            out.append(
                f"{name} = {value:.4f} lies outside its interval ({low:.4g}, {high:.4g}), which "
                "instruments do not keep it in: effects do not exist, and the instruments are weak "
                "or the model is wrong."
            )
        elif value - low < EDGE * error or high - value < EDGE * error:
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


def _exchangeable(fit: Fit) -> list[str]:
    """rho and lambda that could stand for each other: a strongly negative correlation of both."""
    if not {"rho", "lambda"} <= set(fit.params.index):
        return []
    errors = fit.std_errors
    correlation = float(fit.cov.loc["rho", "lambda"] / (errors["rho"] * errors["lambda"]))
    if correlation > EXCHANGEABLE:
        return []
    rho, lam = float(fit.params["rho"]), float(fit.params["lambda"])
    cancel = " and cancel each other in part" if rho * lam < 0 else ""
    return [
        f"The estimates of rho ({rho:.3f}) and lambda ({lam:.3f}) have a correlation of "
        f"{correlation:.2f}{cancel}: they are weakly told apart; compare with SDM and SDEM."
    ]


def _collinear(fit: Fit) -> list[str]:
    """Regressors, mostly a lag and its own, that nearly follow from the others."""
    labels = [name for name in fit.params.index if name not in ("Intercept", "rho", "lambda")]
    inflation = _inflation(fit)
    worst = [
        f"{name} ({value:.0f})"
        for name, value in sorted(zip(labels, inflation, strict=True), key=lambda pair: -pair[1])
        if value > INFLATION
    ]
    if not worst:
        return []
    lags = any(name.startswith("W.") for name in worst)
    remedy = ", or choose with lagged= what enters as W x" if lags else ""
    return [
        f"Regressors nearly follow from the others (variance inflation): {', '.join(worst[:8])}; "
        f"their standard errors are large for that reason; leave some out{remedy}."
    ]


def _inflation(fit: Fit) -> Array:
    """Variance inflation of the sample's columns after the effects have left, 1/(1 − R²)."""
    sample = fit._fitted.sample
    left: Effects = "none" if fit.model.effects == "random" else fit.model.effects
    x = demean(sample.x, left, sample.layout)
    x = x[:, [name != "Intercept" for name in sample.labels]]
    if x.shape[1] < 2:
        return np.ones(x.shape[1])
    x = x - x.mean(axis=0)
    gram = x.T @ x
    scale = 1.0 / np.sqrt(np.diag(gram))
    return np.asarray(np.diag(np.linalg.pinv(gram * np.outer(scale, scale))))


def _few_periods(fit: Fit) -> list[str]:
    """Dummies of units without correction: everything that counts residuals is too small."""
    periods = fit._fitted.sample.n_times
    units = fit.model.effects in ("unit", "twoway")
    if not units or fit.model.bias_correction is not None or periods >= FEW:
        return []
    return [
        f"With {periods} periods and unit effects as dummies, sigma2 is too small by about one "
        f"part in {periods}, and standard errors with it; leave bias_correction out."
    ]
