"""Bias of unit effects beside y(t−1), and its subtraction.

With unit effects as dummies the score of the likelihood does not have mean zero: the mean over time
of y(t−1) holds the errors whose mean it is multiplied with. For a stable process the missing part
is, to the order of 1/T,

    L.y: tr Q,  W.L.y and ρ: tr(WQ),  λ: tr[M(I − λM)⁻¹],  σ²: N/(2σ²),

Q = [(1 − τ)I − (ρ + η)W]⁻¹, and zero for the other coefficients; the inverse of the information
takes it back to the parameters (Yu, de Jong and Lee, 2008, theorem 3). Their sum
Σ_h A^h S⁻¹ is Q, and their term for ρ, tr[G(τI + ηW)Q] + tr G, is tr(WQ). A filter I − λM of the
error cancels in the traces. Under the transformation over units (Lee and Yu, 2010, Econometric
Theory 26) N and the traces lose one unit and the unit root. No inverse is needed: with
ρ* = (ρ + η)/(1 − τ), tr Q = (N + ρ* g(ρ*))/(1 − τ) and tr(WQ) = g(ρ*)/(1 − τ).

Standard errors are those of the information at the corrected estimates, given y(t−1) as a
regressor, as in the papers: the spread that the correction itself adds is of order 1/T and not in
them. In 1,000 simulated panels of 64 units and 10 years (τ = 0.5) the bias of τ fell from −0.07 to
−0.004 and its 95 % interval covered 93 % (92 % with time effects, 86 % at 5 years).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from spatial.covariance import information
from spatial.errors import InputError
from spatial.estimation import Estimated
from spatial.information import Moments
from spatial.likelihood import Estimate
from spatial.systems import DENSE_LIMIT
from spatial.weights.logdet import LogDeterminant

__all__ = ["corrected", "score_bias"]

Array = npt.NDArray[np.float64]
SUBTRACTED = (
    "The bias of order 1/T that unit effects give y(t−1) is subtracted (Yu, de Jong and Lee, "
    "2008); the log-likelihood is that of its maximum, before the subtraction."
)


def corrected(fitted: Estimated, *, asked: bool) -> Estimated:
    """Estimates without the bias of order 1/T, where the transformation calls for it.

    θ̂ + I⁻¹a with the information I and the missing part a of the score, both at the maximum of the
    likelihood, whose value stays what it was. I is the expected information up to 3,000 units and
    the observed one beyond.

    Parameters
    ----------
    asked
        The correction was asked for by name; else an estimate for which it does not exist stays as
        it is, and a sentence says so.

    Raises
    ------
    InputError
        The process is not stable, or the corrected ρ or λ leaves its interval.
    """
    if not fitted.transformation.over_past:
        return fitted
    bias = score_bias(fitted)
    if bias is None:
        return _left(fitted, "the process is not stable (τ + ρ + η ≥ 1)", asked=asked)
    largest = max(block.operator.n for block in fitted.sample.network.blocks)
    kind = "expected" if largest <= DENSE_LIMIT else "observed"
    step = np.asarray(np.linalg.solve(information(fitted, kind), bias), dtype=np.float64)
    moved, moments = _moved(fitted, step)
    for name, value, (low, high) in (
        ("rho", moved.rho, moved.interval),
        ("lambda", moved.lam, moved.error_interval),
    ):
        if not (np.isnan(value) or low < value < high):
            what = f"it would take {name} to {value:.4f}, outside ({low:.4g}, {high:.4g})"
            return _left(fitted, what, asked=asked)
    return replace(fitted, estimate=moved, moments=moments, notes=(*fitted.notes, SUBTRACTED))


def _left(fitted: Estimated, why: str, *, asked: bool) -> Estimated:
    if asked:
        raise InputError(
            f"the bias correction of a dynamic model does not exist here: {why}; use "
            "bias_correction=None, or more years."
        )
    way = fitted.transformation
    way = replace(way, correction="lee-yu" if way.over_units else None, over_past=False)
    note = f"The bias of order 1/T that unit effects give y(t−1) is left in: {why}."
    return replace(fitted, transformation=way, notes=(*fitted.notes, note))


def score_bias(fitted: Estimated) -> Array | None:
    """What the score lacks, in the order of the information; None where Q does not exist."""
    earlier, found, way = fitted.sample.earlier, fitted.estimate, fitted.transformation
    tau, eta = (float(found.b[p]) if p >= 0 else 0.0 for p in (earlier.own, earlier.neighbour))
    rho = found.rho if fitted.lag_y else 0.0
    op = fitted.sample.network.blocks[0].operator
    own, neighbour = float(op.n), 0.0
    if tau >= 1.0:
        return None
    star = (rho + eta) / (1.0 - tau)
    if fitted.lag_y or earlier.neighbour >= 0:
        logdet = fitted.sample.network.logdets[0]
        if not logdet.interval[0] < star < logdet.interval[1]:
            return None
        neighbour = _trace(logdet, star)
        own += star * neighbour
    lost = 1.0 if way.over_units else 0.0
    own -= lost / (1.0 - star)
    neighbour -= lost / (1.0 - star)
    k = fitted.moments.x.shape[1]
    out = np.zeros(k + fitted.moments.n_lags + 1)
    for place, value in ((earlier.own, own), (earlier.neighbour, neighbour)):
        if place >= 0:
            out[place] = value / (1.0 - tau)
    if fitted.lag_y:
        out[k] = neighbour / (1.0 - tau)
    if fitted.lag_error:
        out[-2] = _trace(fitted.error_logdets[0].logdet, found.lam) - lost / (1.0 - found.lam)
    out[-1] = (op.n - lost) / (2.0 * found.sigma2)
    return out


def _trace(logdet: LogDeterminant, at: float) -> float:
    logdet.refine(at, at)
    return float(logdet.g(at))


def _moved(fitted: Estimated, step: Array) -> tuple[Estimate, Moments]:
    """Estimate and columns after a step in (b, ρ, λ, σ²); ε = B(Ay − Xb) is moved, not refitted."""
    found, moments = fitted.estimate, fitted.moments
    k = moments.x.shape[1]
    db, drho = step[:k], float(step[k]) if fitted.lag_y else 0.0
    dlam = float(step[-2]) if fitted.lag_error else 0.0
    residuals = found.residuals - moments.x @ db
    mu, x, wy = moments.mu, moments.x, moments.wy
    if wy is not None:
        residuals = residuals - drho * wy
    if mu is not None and moments.mx is not None:
        mu = mu - moments.mx @ db
        x = x - dlam * moments.mx
        if wy is not None and moments.mwy is not None:
            mu = mu - drho * moments.mwy
            wy = wy - dlam * moments.mwy
        residuals = residuals - dlam * mu
    moved = replace(
        found,
        rho=found.rho + drho,
        lam=found.lam + dlam,
        b=found.b + db,
        sigma2=found.sigma2 + float(step[-1]),
        residuals=residuals,
    )
    return moved, replace(moments, x=x, wy=wy, mu=mu)
