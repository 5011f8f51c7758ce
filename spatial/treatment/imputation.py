"""What would have happened untreated, predicted from rows that no treatment reaches.

After Borusyak, Jaravel and Spiess (2024, Review of Economic Studies 91, 3253–3285), with treatment
next door as a second way in which rows are reached.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from spatial.treatment.design import Design
from spatial.treatment.linear import Estimates, estimates
from spatial.treatment.regression import REACHED, SINGULAR, Regression

__all__ = ["Imputation"]

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Imputation:
    """y_it(0) = α_i + λ_t + x_it′γ, and what rows that treatment reaches have beyond it.

    1. α, λ and γ come from the rows that are neither treated nor, with `modelled` False, exposed to
       a treated neighbour.
    2. The surplus y − ŷ(0) of rows that are exposed and not treated is regressed, without a
       constant, on the shares of neighbours treated 0, 1, ... steps ago: φ_k. With `modelled` True
       both steps are one regression on all rows not treated.
    3. The surplus of each treated row less Σ_k φ̂_k share_k is its own effect; it is averaged, and
       nothing is assumed of how it differs between units and times.
    """

    design: Design
    modelled: bool

    @property
    def y(self) -> Array:
        """Outcome, (n,)."""
        return self.design.sample.y

    @cached_property
    def untreated(self) -> Mask:
        """Rows that the untreated outcome is estimated from."""
        design = self.design
        reached = design.treated if self.modelled else design.treated | design.exposed
        return design.enough(~reached)

    @cached_property
    def regression(self) -> Regression:
        """Fit of the untreated outcome."""
        design = self.design
        columns = design.background
        if self.modelled:
            columns = np.column_stack([columns, design.exposure])
        return Regression(design.sample.layout.unit_codes, columns, self.untreated)

    @cached_property
    def predicted(self) -> Mask:
        """Rows whose untreated outcome is determined."""
        return self.regression.predicts()

    @cached_property
    def exposed_only(self) -> Mask:
        """Rows that tell the effect of neighbours."""
        design = self.design
        if self.modelled:
            return self.untreated & design.exposed
        return ~design.treated & design.exposed & self.predicted

    @cached_property
    def _near(self) -> tuple[Array, Mask, Mask]:
        """Weights of φ (n, q); which φ are told apart; rows whose Σ φ_k share_k is determined."""
        design = self.design
        q = design.exposure.shape[1]
        if self.modelled:
            places = np.arange(q) + design.background.shape[1]
            told = self.regression.tells(places)
            return self.regression.coefficients(places), told, self.predicted
        shares = design.exposure[self.exposed_only]
        gram = shares.T @ shares
        values, vectors = np.linalg.eigh(gram)
        kept = values > SINGULAR * max(values.max(initial=0.0), SINGULAR)
        inner = (vectors[:, kept] / values[kept]) @ vectors[:, kept].T
        lost = np.eye(q) - vectors[:, kept] @ vectors[:, kept].T
        raw = np.zeros((len(self.y), q))
        raw[self.exposed_only] = shares @ inner
        told = np.linalg.norm(lost, axis=0) < REACHED
        known = np.linalg.norm(design.exposure @ lost, axis=1) < REACHED
        return self.regression.against_prediction(raw), told, known

    @cached_property
    def imputed(self) -> Mask:
        """Treated rows whose own effect is determined."""
        return self.design.treated & self.predicted & self._near[2]

    def own_weights(self, raw: Array) -> Array:
        """Weights on the outcome of Σ u_it τ̂_it, for weights u (n, k) on the imputed rows."""
        out = self.regression.against_prediction(raw)
        if self.modelled:
            return out
        return out - self._near[0] @ (self.design.exposure.T @ raw)

    @cached_property
    def surplus(self) -> Array:
        """What rows have beyond the untreated outcome and the effect of their neighbours, (n,)."""
        rest = self.regression.residuals(self.y)
        if self.modelled:
            return rest
        return rest - self.design.exposure @ (self._near[0].T @ self.y)

    @cached_property
    def errors(self) -> Array:
        """Errors of the rows; those of treated rows about the mean of their cohort and time.

        Where effects differ within cohort and time the variance is too large rather than too small
        (Borusyak, Jaravel and Spiess, 2024, theorem 3).
        """
        out = self.regression.spread_residuals(self.y)
        if not self.modelled:
            out[self.exposed_only] = self.surplus[self.exposed_only]
        design, rows = self.design, np.flatnonzero(self.imputed)
        layout = design.sample.layout
        cohort = np.unique(design.first, return_inverse=True)[1][layout.unit_codes[rows]]
        by_cell = _about_means(
            self.surplus[rows], cohort * layout.n_times + layout.time_codes[rows]
        )
        by_lag = _about_means(self.surplus[rows], design.since[rows].astype(np.intp))
        out[rows] = np.where(np.isnan(by_cell), np.nan_to_num(by_lag), by_cell)
        return out

    def _gather(self, labels: list[dict[str, Any]], weights: list[Array]) -> Estimates:
        matrix = np.column_stack(weights) if weights else np.empty((len(self.y), 0))
        return estimates(labels, matrix, self.y, self.errors)

    def events(self) -> Estimates:
        """Own effect by time since treatment, and that of neighbours by time since theirs."""
        labels, weights = self._own_by_lag(self.imputed, None)
        near, told, _ = self._near
        for step in np.flatnonzero(told):
            rows = self.exposed_only & (self.design.exposure[:, step] != 0)
            labels.append({"effect": "neighbours", "time": int(step), "nobs": int(rows.sum())})
            weights.append(near[:, step])
        return self._gather(labels, weights)

    def by_cohort(self) -> Estimates:
        """Own effect by cohort and time since treatment."""
        labels: list[dict[str, Any]] = []
        weights: list[Array] = []
        unit = self.design.sample.layout.unit_codes
        for cohort in self.design.cohorts:
            rows = self.imputed & (self.design.first[unit] == cohort)
            more = self._own_by_lag(rows, cohort)
            labels, weights = labels + more[0], weights + more[1]
        return self._gather(labels, weights)

    def _own_by_lag(
        self, rows: Mask, cohort: float | None
    ) -> tuple[list[dict[str, Any]], list[Array]]:
        labels, raw = [], []
        for step in range(self.design.lags + 1):
            hit = rows & (self.design.own(step) > 0)
            if hit.any():
                labels.append(
                    {"effect": "own", "cohort": cohort, "time": step, "nobs": int(hit.sum())}
                )
                raw.append(hit / hit.sum())
        return labels, list(self.own_weights(np.column_stack(raw)).T) if raw else []

    def averages(self) -> Estimates:
        """Own effect over all treated rows; a unit share of neighbours; both together.

        The φ_k are weighted by how often neighbours are treated that long in the sample.
        """
        return self._gather(*self._averages())

    def average_values(self) -> dict[str, float]:
        """The same by effect, without their errors."""
        labels, weights = self._averages()
        return {
            label["effect"]: float(v @ self.y) for label, v in zip(labels, weights, strict=True)
        }

    def _averages(self) -> tuple[list[dict[str, Any]], list[Array]]:
        labels: list[dict[str, Any]] = []
        weights: list[Array] = []
        if self.imputed.any():
            raw = (self.imputed / self.imputed.sum())[:, None]
            labels.append({"effect": "own", "nobs": int(self.imputed.sum())})
            weights.append(self.own_weights(raw)[:, 0])
        near, told, _ = self._near
        if told.any():
            often = self.design.exposure.sum(axis=0) * told
            labels.append({"effect": "neighbours", "nobs": int(self.exposed_only.sum())})
            weights.append(near @ (often / often.sum()))
        if len(weights) == 2:
            labels.append({"effect": "total", "nobs": int(self.imputed.sum())})
            weights.append(weights[0] + weights[1])
        return labels, weights

    def leads(self) -> Estimates:
        """Coefficients of treatment to come, own and of neighbours, among the untreated rows."""
        design = self.design
        columns = np.column_stack([self.regression.columns, design.coming])
        fit = Regression(self.regression.unit, columns, self.untreated)
        places = np.arange(2 * design.leads) + self.regression.columns.shape[1]
        told = fit.tells(places)
        steps = [("own", s + 1) for s in range(design.leads)]
        steps += [("neighbours", s + 1) for s in range(design.leads)]
        labels = [
            {
                "effect": kind,
                "time": -step,
                "nobs": int((design.coming[self.untreated, place] != 0).sum()),
            }
            for place, (kind, step) in enumerate(steps)
            if told[place]
        ]
        weights = fit.coefficients(places[told])
        return estimates(labels, weights, self.y, fit.spread_residuals(self.y))


def _about_means(values: Array, codes: Any) -> Array:
    """Deviations from the means of groups, × √(m/(m−1)); missing in groups of one."""
    found, place = np.unique(codes, return_inverse=True)
    counts = np.bincount(place, minlength=len(found)).astype(np.float64)
    means = np.bincount(place, values, minlength=len(found)) / counts
    with np.errstate(divide="ignore"):
        factor = np.where(counts > 1, np.sqrt(counts / (counts - 1.0)), np.nan)
    return np.asarray((values - means[place]) * factor[place])
