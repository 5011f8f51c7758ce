"""From a sample to an estimate: effects leave, columns are checked, the likelihood is maximised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import linalg

from spatial.errors import InputError, named
from spatial.information import (
    DENSE_LIMIT,
    expected_information,
    invert,
    observed_information,
    solve_system,
    traces,
)
from spatial.likelihood import (
    Estimate,
    LogDetTerm,
    estimate_least_squares,
    maximise_lag,
)
from spatial.sample import Sample
from spatial.weights.logdet import log_determinant
from spatial.within import Correction, Effects, Transformation, demean, transformation

__all__ = ["Estimated", "covariance", "estimate_sample"]

Array = npt.NDArray[np.float64]
ABSORBED = 1e-11
COLLINEAR = 1e-10
Asked = Literal["default", "lee-yu"] | None


@dataclass(frozen=True, eq=False)
class Estimated:
    """A sample, what became of its effects, and the maximum of its likelihood.

    `wy` (n,) and `x` (n, K) are without the effects; `logdets` is empty where y is not lagged.
    """

    sample: Sample
    effects: Effects
    transformation: Transformation
    estimate: Estimate
    wy: Array
    x: Array
    logdets: tuple[LogDetTerm, ...]
    notes: tuple[str, ...]

    @property
    def lag_y(self) -> bool:
        """Whether the model has a lag of y."""
        return bool(self.logdets)


def estimate_sample(
    sample: Sample, *, effects: Effects, bias_correction: Asked, lag_y: bool
) -> Estimated:
    """Maximum likelihood on arrays; the covariance comes afterwards."""
    correction, correction_notes = _correction(sample, effects, bias_correction)
    way = transformation(
        effects,
        correction,
        n_units=sample.n_units,
        n_times=sample.n_times,
        stochastic=sample.operator.stochastic,
    )
    x = demean(sample.x, effects).reshape(sample.y.size, sample.x.shape[-1])
    y = demean(sample.y, effects).ravel()
    wy = demean(sample.wy, effects).ravel()
    if lag_y or max(sample.neighbour, default=-1) >= 0:
        _require_links(sample)
    _check_columns(x, y, sample, effects)
    if not (lag_y or sample.labels):
        raise InputError(
            f"{sample.outcome} has no regressor beside the effects; add one to the formula."
        )
    free = way.nobs - way.dummies - x.shape[1] - int(lag_y)
    if free < 1:
        raise InputError(
            f"{way.nobs} observations cannot carry {x.shape[1]} coefficients and {way.dummies} "
            "effects; use fewer regressors or more years."
        )
    logdets: tuple[LogDetTerm, ...] = ()
    if lag_y:
        _require_lag(y, wy, sample)
        logdets = (LogDetTerm(log_determinant(sample.operator), way.periods, way.centred),)
        found = maximise_lag(y, wy, x, nobs=way.nobs, terms=logdets)
    else:
        found = estimate_least_squares(y, x, nobs=way.nobs)
    _refuse_perfect(found, y, sample)
    notes = (*sample.notes, *correction_notes)
    return Estimated(sample, effects, way, found, wy, x, logdets, notes)


def covariance(fitted: Estimated, kind: str | None) -> tuple[Array, str]:
    """Covariance of (b, ρ) and the name of what was used; None takes the default for the size.

    Without a lag of y it is s²(X′X)⁻¹ with s² = rss/(n − K − effects), under both names.
    """
    if kind is None:
        kind = (
            "expected" if fitted.sample.n_units <= DENSE_LIMIT or not fitted.lag_y else "observed"
        )
    if kind not in ("expected", "observed"):
        raise InputError(f'covariance "{kind}" is not available; it is "expected" or "observed".')
    found, way = fitted.estimate, fitted.transformation
    if not fitted.lag_y:
        free = way.nobs - way.dummies - fitted.x.shape[1]
        scale = found.sigma2 * way.nobs / free
        return invert(fitted.x.T @ fitted.x) * scale, kind
    if kind == "observed":
        info = observed_information(fitted.x, fitted.wy, found, nobs=way.nobs, terms=fitted.logdets)
    else:
        traced = traces(fitted.sample.operator, found.rho, fitted.logdets[0])
        info = expected_information(
            fitted.x, _mean_lag(fitted), found, nobs=way.nobs, traced=traced
        )
    return invert(info)[:-1, :-1], kind


def _mean_lag(fitted: Estimated) -> Array:
    """Mean of W y after the effects have left: G(Xb + effects), demeaned, (n,).

    With rows that sum to one G maps a common shift to a common shift, which demeaning removes;
    otherwise the time effects count. Unit effects are constant over time and always leave.
    """
    sample, found = fitted.sample, fitted.estimate
    mean = sample.x @ found.b
    if fitted.effects in ("time", "twoway") and not sample.operator.stochastic:
        rest = sample.y - found.rho * sample.wy - mean
        mean = mean + rest.mean(axis=1, keepdims=True)
    solved = solve_system(sample.operator, found.rho, mean.T)
    lagged = np.asarray(sample.operator.matrix @ solved).T
    return demean(lagged, fitted.effects).ravel()


def _correction(
    sample: Sample, effects: Effects, asked: Asked
) -> tuple[Correction, tuple[str, ...]]:
    """Which correction applies, and the sentences that say so."""
    if effects == "none":
        return None, ()
    if asked is None:
        return None, ("Fixed effects are dummies; no bias correction.",)
    stochastic = sample.operator.stochastic
    if effects == "time" and not stochastic:
        reason = _why_not_stochastic(sample)
        if asked == "lee-yu":
            raise InputError(
                'bias_correction="lee-yu" transforms time effects out over units, '
                f"which needs rows of W that sum to one; {reason}. "
                "Leave bias_correction out, or give every unit a neighbour (bridges=)."
            )
        return None, (f"No bias correction: {reason}, so that time effects stay dummies.",)
    if effects == "twoway" and not stochastic:
        return "lee-yu", (
            "Bias correction over time only (Lee and Yu, 2010, T−1 periods): "
            f"{_why_not_stochastic(sample)}, so that time "
            "effects stay dummies.",
        )
    return "lee-yu", ("Fixed effects are transformed out (bias correction of Lee and Yu, 2010).",)


def _why_not_stochastic(sample: Sample) -> str:
    op = sample.operator
    isolates = op.ids[op.isolates]
    if len(isolates):
        return f"units without a neighbour have rows that sum to zero ({named(isolates)})"
    return f"rows of W sum to {op.row_sums.min():.4g} to {op.row_sums.max():.4g}, not to one"


def _check_columns(x: Array, y: Array, sample: Sample, effects: Effects) -> None:
    """Refuse columns that are constant, absorbed by the effects, or combinations of others."""
    absorbed = {
        "none": "no effects",
        "unit": "unit effects",
        "time": "time effects",
        "twoway": "unit and time effects",
    }
    raw = sample.x.reshape(sample.y.size, sample.x.shape[-1])
    norm, before = np.sqrt((x**2).sum(axis=0)), np.sqrt((raw**2).sum(axis=0))
    if y.std() <= ABSORBED * max(np.abs(sample.y).max(), 1e-300):
        raise InputError(
            f"{sample.outcome} does not "
            f"vary{'' if effects == 'none' else ' within ' + absorbed[effects]}; there is nothing "
            "to explain."
        )
    gone = [
        name for name, a, b in zip(sample.labels, norm, before, strict=True) if a <= ABSORBED * b
    ]
    if gone:
        spread = raw.std(axis=0)
        constant = [
            n
            for n, s, b in zip(sample.labels, spread, before, strict=True)
            if s <= ABSORBED * b and n in gone
        ]
        why = "is constant" if constant == gone else f"is absorbed by {absorbed[effects]}"
        raise InputError(
            f"{named(gone)} {why}; leave it "
            f"out{'' if effects == 'none' else ' or choose other effects'}."
        )
    _refuse_collinear(x / norm, sample.labels)


def _require_links(sample: Sample) -> None:
    """Refuse weights under which nobody has a neighbour: there is nothing to lag."""
    if sample.operator.matrix.nnz == 0:
        raise InputError(
            f"none of the {sample.n_units} units has a neighbour among the others, so that nothing "
            "can be lagged; use weights that reach farther, or bridges=."
        )


def _require_lag(y: Array, wy: Array, sample: Sample) -> None:
    """Refuse a lag of y that is zero or a multiple of y: rho would have no meaning."""
    if "Intercept" in sample.labels:
        y, wy = y - y.mean(), wy - wy.mean()
    size, lagged = float(np.linalg.norm(y)), float(np.linalg.norm(wy))
    if lagged <= ABSORBED * size * float(np.abs(sample.operator.row_sums).max()):
        raise InputError(
            f"the spatial lag of {sample.outcome} does not vary; use weights that tell units apart "
            "or an outcome that differs between neighbours."
        )
    if abs(float(y @ wy)) >= (1.0 - COLLINEAR) * size * lagged:
        raise InputError(
            f"the spatial lag of {sample.outcome} is a multiple of it, as where every unit "
            "neighbours every other alike; use weights that tell units apart."
        )


def _refuse_collinear(x: Array, labels: tuple[str, ...]) -> None:
    if x.shape[1] == 0:
        return
    if np.linalg.eigvalsh(x.T @ x)[0] > 1e-8:
        return
    r, order = linalg.qr(x, mode="r", pivoting=True, check_finite=False)
    size = np.abs(np.diag(r))
    rank = int((size > COLLINEAR).sum())
    if rank == x.shape[1]:
        return
    dependent = int(order[rank])
    weights = linalg.solve_triangular(r[:rank, :rank], r[:rank, rank])
    partners = [labels[order[j]] for j in np.flatnonzero(np.abs(weights) > 1e-6)]
    involved = [labels[dependent], *partners]
    lags = any(name.startswith("W.") for name in involved)
    remedy = ", or choose with lagged= what enters as W x" if lags else ""
    raise InputError(
        f"{labels[dependent]} is a combination of {named(partners)} (perfectly collinear); leave "
        f"one of them out{remedy}."
    )


def _refuse_perfect(found: Estimate, y: Array, sample: Sample) -> None:
    if found.sigma2 <= 1e-24 * float(np.mean(y**2)):
        raise InputError(
            f"the regressors reproduce {sample.outcome} exactly; an identity is among them, leave "
            "it out."
        )
