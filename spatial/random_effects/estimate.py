"""A sample with a random unit effect, estimated."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from spatial.correction import choose_transformation
from spatial.errors import InputError
from spatial.estimation import Estimated, check_sample, logdet_terms, refuse_perfect
from spatial.likelihood import Estimate
from spatial.random_effects.between import Between, Component, dense_between, scaled_between
from spatial.random_effects.maximise import maximise_random
from spatial.random_effects.rows import Rows, moments_at, reduced, rows_of, whitened
from spatial.random_effects.sparse_between import Sparse, sparse_between
from spatial.sample import Sample
from spatial.systems import DENSE_LIMIT, solve_system, too_dense

__all__ = ["RandomEstimated", "estimate_random"]

Array = npt.NDArray[np.float64]
FEW = 400


@dataclass(frozen=True, eq=False, kw_only=True)
class RandomEstimated(Estimated):
    """An estimate whose unit effect is random.

    `estimate.residuals` are (I − λM)[(I − ρW)y − Xb], the effect included; `moments` are whitened
    rows, those within units before those between them, and `error` their residuals. `phi` is
    σ_μ²/σ²; `component` says where the effect stands, None without a lag of the error.
    """

    phi: float
    component: Component | None
    rows: Rows
    q: Between
    error: Array

    @property
    def n_variances(self) -> int:
        """σ² and σ_μ²."""
        return 2

    @property
    def unit_effects(self) -> Array:
        """Best linear predictor of the unit effects in the equation of y, (N,).

        E[μ | y] = Tφ B′Q⁻¹Bē outside the filter, ē the unit means of y − ρWy − Xb;
        B⁻¹ Tφ/(1 + Tφ) Bē inside (Baltagi and Li, 2004).
        """
        periods = self.sample.n_times
        mean = self.estimate.residuals.reshape(periods, -1).mean(axis=0)
        seen = periods * self.phi * self.q.solve(mean)
        if self.component is None:
            return seen
        op, lam = self.sample.error_network.blocks[0].operator, self.estimate.lam
        if self.component == "outside":
            return np.asarray(seen - lam * (op.matrix.T @ seen))
        return solve_system(op, lam, seen)


def estimate_random(
    sample: Sample, *, lag_y: bool, lag_error: bool, component: Component
) -> RandomEstimated:
    """Maximum likelihood of a balanced panel under one graph.

    Raises
    ------
    InputError
        The panel is unbalanced, the weights change, or they have too many links for an effect
        outside the filter.
    """
    _require_shape(sample, lag_error=lag_error)
    way, _ = choose_transformation(sample, "none", None, lag_error=lag_error)
    check_sample(
        sample,
        "none",
        way,
        sample.x,
        sample.y,
        sample.wy if lag_y else None,
        lag_error=lag_error,
    )
    rows = _rows(sample, lag_y=lag_y, lag_error=lag_error, component=component)
    dense = lag_error and component == "outside"
    best = maximise_random(reduced(rows, means=not dense))
    found, q = best.estimate, best.q
    if isinstance(q, Sparse) and sample.n_units <= DENSE_LIMIT:
        q = dense_between(sample.error_network.blocks[0].operator, sample.n_times)(q.phi, q.lam)
    moments = moments_at(rows, q, found)
    error = _whitened_error(rows, q, found)
    outcome = sample.y - (found.rho * sample.wy if lag_y else 0.0) - sample.x @ found.b
    if lag_error:
        outcome = outcome - found.lam * sample.error_network.lag(outcome)
    found = replace(found, residuals=outcome)
    refuse_perfect(found, sample.y, sample)
    return RandomEstimated(
        sample=sample,
        effects="none",
        subtracted="none",
        transformation=way,
        estimate=found,
        moments=moments,
        logdets=rows.terms,
        error_logdets=rows.error_terms,
        notes=(*sample.notes, *_notes(best.phi, component if lag_error else None)),
        phi=best.phi,
        component=component if lag_error else None,
        rows=rows,
        q=q,
        error=error,
    )


def _rows(sample: Sample, *, lag_y: bool, lag_error: bool, component: Component) -> Rows:
    way, _ = choose_transformation(sample, "none", None, lag_error=lag_error)
    parts = [sample.x, sample.y[:, None]] + [sample.wy[:, None]] * lag_y
    z, periods = np.concatenate(parts, axis=1), sample.n_times
    mz = sample.error_network.lag(z) if lag_error else np.zeros_like(z)
    if lag_error and component == "outside":
        op = sample.error_network.blocks[0].operator
        few = op.n <= FEW or (op.n <= DENSE_LIMIT and too_dense(op))
        between = (dense_between if few else sparse_between)(op, periods)
    else:
        between = scaled_between(sample.n_units, periods)
    (within, means), (within_lag, means_lag) = rows_of(z, periods), rows_of(mz, periods)
    return Rows(
        within=within,
        within_lag=within_lag,
        means=means,
        means_lag=means_lag,
        k=sample.x.shape[1],
        nobs=sample.layout.n,
        periods=periods,
        terms=logdet_terms(sample.network, way) if lag_y else (),
        error_terms=logdet_terms(sample.error_network, way) if lag_error else (),
        between=between,
    )


def _whitened_error(rows: Rows, q: Between, found: Estimate) -> Array:
    """Whitened residuals of all rows."""
    lam = found.lam if rows.error_terms else 0.0
    outcome = np.array([1.0, -found.rho]) if rows.terms else np.ones(1)
    weights = np.concatenate([-found.b, outcome])
    within = (rows.within - lam * rows.within_lag) @ weights
    return whitened(within, (rows.means - lam * rows.means_lag) @ weights, q)


def _require_shape(sample: Sample, *, lag_error: bool) -> None:
    networks = (sample.network, sample.error_network) if lag_error else (sample.network,)
    if not sample.layout.balanced or any(network.single is None for network in networks):
        raise InputError(
            'effects="random" needs a balanced panel and one graph for all years; keep complete '
            'units (missing="drop_units"), or use effects="unit".'
        )


def _notes(phi: float, component: Component | None) -> tuple[str, ...]:
    where = {
        None: "",
        "outside": " outside the filter of the error (Baltagi, Song and Koh, 2003)",
        "inside": " inside the filter of the error (Kapoor, Kelejian and Prucha, 2007)",
    }[component]
    notes: tuple[str, ...] = (
        f"Unit effects are random{where}; they must not depend on the regressors.",
    )
    if phi == 0.0:
        notes += (
            "The variance of the unit effects is estimated as zero: the model is the pooled one.",
        )
    return notes
