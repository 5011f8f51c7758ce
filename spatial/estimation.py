"""From a sample to an estimate: effects leave, columns are checked, the likelihood is maximised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import linalg

from spatial.correction import choose_transformation
from spatial.errors import InputError, named
from spatial.filtered import maximise_error
from spatial.information import Moments
from spatial.likelihood import Estimate, LogDetTerm, estimate_least_squares, maximise_lag
from spatial.network import Network
from spatial.sample import Sample
from spatial.within import Effects, Layout, Transformation, demean

__all__ = [
    "DUMMY_LIMIT",
    "Estimated",
    "Linear",
    "check_sample",
    "dummy_columns",
    "estimate_arrays",
    "estimate_sample",
    "logdet_terms",
    "refuse_perfect",
    "subtracted_effects",
]

Array = npt.NDArray[np.float64]
ABSORBED = 1e-11
COLLINEAR = 1e-10
DUMMY_LIMIT = 50_000_000
Asked = Literal["default", "lee-yu"] | None


@dataclass(frozen=True, eq=False)
class Linear:
    """What an estimate without a likelihood hands to its covariance: b̂ − b = A Σ_k s_k.

    `rows` (n, p) are the contributions s_k of rows, `bread` (p, p) is A, `free` is n less all that
    was estimated, and `variance` that of errors, were they alike; its product with A is then the
    covariance.
    """

    rows: Array
    bread: Array
    free: int
    variance: float


@dataclass(frozen=True, eq=False)
class Estimated:
    """A sample, what became of its effects, and the maximum of its likelihood.

    `moments` are without the effects and filtered by I − λM; their first K columns of x are those
    of the sample, further ones are effects that had to stay columns; the others, `subtracted`, left
    as means. `logdets` and `error_logdets` are empty where y or the error is not lagged. `removed`
    is what was subtracted from y before its lag was taken, as the convention of published tables
    does.
    """

    sample: Sample
    effects: Effects
    subtracted: Effects
    transformation: Transformation
    estimate: Estimate
    moments: Moments
    logdets: tuple[LogDetTerm, ...]
    error_logdets: tuple[LogDetTerm, ...]
    notes: tuple[str, ...]
    removed: Array | float = 0.0
    linear: Linear | None = None

    @property
    def lag_y(self) -> bool:
        """Whether the model has a lag of y."""
        return bool(self.logdets)

    @property
    def lag_error(self) -> bool:
        """Whether the model has a lag of the error."""
        return bool(self.error_logdets)

    @property
    def n_variances(self) -> int:
        """Number of variances among the parameters."""
        return 1

    @property
    def coefficients(self) -> Array:
        """b of the sample's columns, (K,)."""
        return self.estimate.b[: len(self.sample.labels)]

    @property
    def params(self) -> Array:
        """(b, ρ, λ), the last two where the model has them."""
        tail = [self.estimate.rho] * self.lag_y + [self.estimate.lam] * self.lag_error
        return np.append(self.coefficients, tail)

    @property
    def sigma2(self) -> float:
        """Variance of the error, counting effects as parameters where the correction says so."""
        return float(self.estimate.sigma2 * self.transformation.inflation)

    @property
    def places(self) -> npt.NDArray[np.intp]:
        """Places of (b, ρ, λ) among all parameters of the information matrix."""
        k, every = len(self.sample.labels), self.moments.x.shape[1]
        return np.concatenate([np.arange(k), every + np.arange(self.moments.n_lags)]).astype(
            np.intp
        )

    def filtered(self, values: Array) -> Array:
        """(I − λM)v."""
        if not self.lag_error:
            return values
        return values - self.estimate.lam * self.sample.error_network.lag(values)

    def unfiltered(self, values: Array) -> Array:
        """(I − λM)⁻¹v."""
        if not self.lag_error:
            return values
        return self.sample.error_network.solve(self.estimate.lam, values)

    @property
    def reduced_form(self) -> Array:
        """(I − ρW)⁻¹(Xb + effects) = y − (I − ρW)⁻¹(I − λM)⁻¹ε̂, (n,)."""
        error = self.unfiltered(self.estimate.residuals)
        if self.lag_y:
            error = self.sample.network.solve(self.estimate.rho, error)
        return self.sample.y - error

    @property
    def mean_lag(self) -> Array | None:
        """Mean of (I − λM)Wy after the effects have left, (n,)."""
        if not self.lag_y:
            return None
        lagged = self.sample.network.lag(self.reduced_form - self.removed)
        out = demean(self.filtered(lagged), self.subtracted, self.sample.layout)
        return np.asarray(out)


def estimate_sample(
    sample: Sample, *, effects: Effects, bias_correction: Asked, lag_y: bool, lag_error: bool
) -> Estimated:
    """Maximum likelihood on arrays; the covariance comes afterwards."""
    way, correction_notes = choose_transformation(
        sample, effects, bias_correction, lag_error=lag_error
    )
    layout = sample.layout
    x, y = demean(sample.x, effects, layout), demean(sample.y, effects, layout)
    wy = demean(sample.wy, effects, layout) if lag_y else None
    check_sample(sample, effects, way, x, y, wy, lag_error=lag_error)
    terms = logdet_terms(sample.network, way) if lag_y else ()
    error_terms = logdet_terms(sample.error_network, way) if lag_error else ()
    subtracted = subtracted_effects(sample, effects) if lag_error else effects
    found, moments = estimate_arrays(sample, x, y, wy, effects, subtracted, way, terms, error_terms)
    refuse_perfect(found, y, sample)
    notes = (*sample.notes, *correction_notes)
    return Estimated(sample, effects, subtracted, way, found, moments, terms, error_terms, notes)


def estimate_arrays(
    sample: Sample,
    x: Array,
    y: Array,
    wy: Array | None,
    effects: Effects,
    subtracted: Effects,
    way: Transformation,
    terms: tuple[LogDetTerm, ...],
    error_terms: tuple[LogDetTerm, ...],
) -> tuple[Estimate, Moments]:
    """Maximum of the likelihood and the columns it was found on, without the effects.

    x, y and wy (None without a lag of y) are without them; with a lag of the error the sample's
    columns are filtered first.
    """
    if error_terms:
        return _with_error(sample, effects, subtracted, way, terms, error_terms)
    if wy is None:
        return estimate_least_squares(y, x, nobs=way.nobs), Moments(x)
    return maximise_lag(y, wy, x, nobs=way.nobs, terms=terms), Moments(x, wy)


def check_sample(
    sample: Sample,
    effects: Effects,
    way: Transformation,
    x: Array,
    y: Array,
    wy: Array | None,
    *,
    lag_error: bool,
) -> None:
    """Refuse weights without links, columns without variation and too few rows.

    `x`, `y` and `wy` (None without a lag of y) are without the effects.
    """
    if wy is not None or max(sample.neighbour, default=-1) >= 0:
        _require_links(sample.network, sample.n_units)
    if lag_error:
        _require_links(sample.error_network, sample.n_units)
        if effects in ("time", "twoway"):
            _require_error_lag(sample, effects, y)
    _check_columns(x, y, sample, effects)
    _require_degrees(sample, way, (wy is not None) + lag_error)
    if wy is not None:
        _require_lag(y, wy, sample)


def logdet_terms(network: Network, way: Transformation) -> tuple[LogDetTerm, ...]:
    """Log-determinants of the weights, one for each block."""
    return tuple(
        LogDetTerm(logdet, way.periods(block.periods), way.over_units)
        for block, logdet in zip(network.blocks, network.logdets, strict=True)
    )


def _with_error(
    sample: Sample,
    effects: Effects,
    subtracted: Effects,
    way: Transformation,
    terms: tuple[LogDetTerm, ...],
    error_terms: tuple[LogDetTerm, ...],
) -> tuple[Estimate, Moments]:
    """Models with a lag of the error: data and their lag by M, both without the effects."""
    network, layout, x = sample.error_network, sample.layout, sample.x
    if subtracted != effects:
        x = np.concatenate([x, dummy_columns(layout, effects, subtracted)], axis=1)
    parts = [x, sample.y[:, None]] + ([sample.wy[:, None]] if terms else [])
    raw = np.concatenate(parts, axis=1)
    z, mz = demean(raw, subtracted, layout), demean(network.lag(raw), subtracted, layout)
    k = x.shape[1]
    found = maximise_error(z, mz, k, nobs=way.nobs, terms=terms, error_terms=error_terms)
    kept = z - found.lam * mz
    outcome = mz[:, k] - (found.rho * mz[:, k + 1] if terms else 0.0)
    return found, Moments(
        x=kept[:, :k],
        wy=kept[:, k + 1] if terms else None,
        mu=outcome - mz[:, :k] @ found.b,
        mx=mz[:, :k],
        mwy=mz[:, k + 1] if terms else None,
    )


def subtracted_effects(sample: Sample, effects: Effects) -> Effects:
    """Effects whose subtraction commutes with the filter I − λM; the others stay columns.

    Unit effects need a filter that is the same in all times, time effects one that maps a common
    shift to a common shift.
    """
    network = sample.error_network
    units = effects in ("unit", "twoway") and sample.layout.balanced
    units = units and network.single is not None
    times = effects in ("time", "twoway") and network.stochastic
    if units and times:
        return "twoway"
    return "unit" if units else "time" if times else "none"


def dummy_columns(layout: Layout, effects: Effects, subtracted: Effects) -> Array:
    """Dummies that can be told apart of the effects that are not subtracted, (n, effects)."""
    units = effects in ("unit", "twoway") and subtracted not in ("unit", "twoway")
    times = effects in ("time", "twoway") and subtracted not in ("time", "twoway")
    kept_units, kept_times = np.arange(layout.n_units), np.arange(layout.n_times)
    if effects == "twoway" and times:
        kept_times = _less_one_each(layout.components[layout.n_units :])
    elif effects == "twoway":
        kept_units = _less_one_each(layout.components[: layout.n_units])
    width = len(kept_units) * units + len(kept_times) * times
    if layout.n * width > DUMMY_LIMIT:
        raise InputError(
            f"{width} effects would have to stand as columns of {layout.n} rows, because rows of "
            "the weights of the error do not sum to one or units are absent in some years; give "
            "every unit a neighbour (bridges=), or keep complete units "
            '(missing="drop_units").'
        )
    columns = []
    if units:
        columns.append(layout.unit_codes[:, None] == kept_units)
    if times:
        columns.append(layout.time_codes[:, None] == kept_times)
    return np.concatenate(columns, axis=1).astype(np.float64)


def _less_one_each(parts: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """Places of all but the first member of each part."""
    return np.setdiff1d(np.arange(len(parts)), np.unique(parts, return_index=True)[1])


def _require_degrees(sample: Sample, way: Transformation, lags: int) -> None:
    k = len(sample.labels)
    if not (lags or k):
        raise InputError(
            f"{sample.outcome} has no regressor beside the effects; add one to the formula."
        )
    if way.nobs - way.dummies - k - lags < 1:
        raise InputError(
            f"{way.nobs} observations cannot carry {k} coefficients and {way.dummies} "
            "effects; use fewer regressors or more years."
        )


def _check_columns(x: Array, y: Array, sample: Sample, effects: Effects) -> None:
    """Refuse columns that are constant, absorbed by the effects, or combinations of others."""
    absorbed = {
        "none": "no effects",
        "unit": "unit effects",
        "time": "time effects",
        "twoway": "unit and time effects",
    }
    raw = sample.x
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
        verb, it = ("is", "it") if len(gone) == 1 else ("are", "them")
        why = "constant" if constant == gone else f"absorbed by {absorbed[effects]}"
        raise InputError(
            f"{named(gone)} {verb} {why}; leave {it} "
            f"out{'' if effects == 'none' else ' or choose other effects'}."
        )
    _refuse_collinear(x / norm, sample.labels)


def _require_links(network: Network, n_units: int) -> None:
    """Refuse weights under which nobody has a neighbour: there is nothing to lag."""
    if network.links == 0:
        raise InputError(
            f"none of the {n_units} units has a neighbour among the others, so that nothing "
            "can be lagged; use weights that reach farther, or bridges=."
        )


def _require_lag(y: Array, wy: Array, sample: Sample) -> None:
    """Refuse a lag of y that is zero or a multiple of y: rho would have no meaning."""
    if "Intercept" in sample.labels:
        y, wy = y - y.mean(), wy - wy.mean()
    size, lagged = float(np.linalg.norm(y)), float(np.linalg.norm(wy))
    sums = max(float(np.abs(b.operator.row_sums).max()) for b in sample.network.blocks)
    if lagged <= ABSORBED * size * sums:
        raise InputError(
            f"the spatial lag of {sample.outcome} does not vary; use weights that tell units apart "
            "or an outcome that differs between neighbours."
        )
    if _multiple(y, wy):
        raise InputError(
            f"the spatial lag of {sample.outcome} is a multiple of it, as where every unit "
            "neighbours every other alike; use weights that tell units apart."
        )


def _require_error_lag(sample: Sample, effects: Effects, y: Array) -> None:
    """Refuse weights under which a lag is a multiple once effects have left: any λ fits alike."""
    lagged = demean(sample.error_network.lag(sample.y), effects, sample.layout)
    if _multiple(y, lagged) and float(np.linalg.norm(lagged)) > ABSORBED * np.linalg.norm(y):
        raise InputError(
            f"the lag of the error is a multiple of it once {effects} effects have left, as where "
            "every unit neighbours every other alike; use weights that tell units apart."
        )


def _multiple(one: Array, other: Array) -> bool:
    sizes = float(np.linalg.norm(one) * np.linalg.norm(other))
    return abs(float(one @ other)) >= (1.0 - COLLINEAR) * sizes


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


def refuse_perfect(found: Estimate, y: Array, sample: Sample) -> None:
    """Refuse an outcome that the regressors reproduce, as where an identity is among them."""
    if found.sigma2 <= 1e-24 * float(np.mean(y**2)):
        raise InputError(
            f"the regressors reproduce {sample.outcome} exactly; an identity is among them, leave "
            "it out."
        )
