"""Two-way fixed effects: the usual regression, for comparison.

With staggered treatment it compares treated with earlier treated units, and weights of some effects
are negative (de Chaisemartin and D'Haultfœuille, 2020; Goodman-Bacon, 2021).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from spatial.treatment.design import Design
from spatial.treatment.linear import Estimates, estimates
from spatial.treatment.regression import Regression

__all__ = ["TwoWay"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class TwoWay:
    """y_it = α_i + λ_t + x_it′γ + own and neighbours' treatment + ε_it, on all rows."""

    design: Design

    @property
    def y(self) -> Array:
        """Outcome, (n,)."""
        return self.design.sample.y

    def _fit(self, columns: Array) -> Regression:
        rows = np.ones(len(self.y), dtype=bool)
        background = self.design.background
        unit = self.design.sample.layout.unit_codes
        return Regression(unit, np.column_stack([background, columns]), rows)

    def _estimates(self, columns: Array, labels: list[dict[str, Any]]) -> Estimates:
        fit = self._fit(columns)
        places = np.arange(columns.shape[1]) + self.design.background.shape[1]
        told = fit.tells(places)
        kept = [label for label, known in zip(labels, told, strict=True) if known]
        weights = fit.coefficients(places[told])
        return estimates(kept, weights, self.y, fit.spread_residuals(self.y))

    def events(self) -> Estimates:
        """Leads and lags; the step before treatment is the reference, the ends stay open."""
        design = self.design
        columns, labels = [], []
        lag = design.sample.network.lag
        for step in [*range(-design.leads, -1), *range(design.lags + 1)]:
            own = design.own(step)
            if step == -design.leads:
                own = (np.isfinite(design.since) & (design.since <= step)).astype(np.float64)
            columns += [own, lag(own)]
            count = int(own.sum())
            labels += [
                {"effect": kind, "time": step, "nobs": count} for kind in ("own", "neighbours")
            ]
        return self._estimates(np.column_stack(columns), labels)

    def averages(self) -> Estimates:
        """Coefficients of treated and of the share of treated neighbours, and their sum."""
        found = self._estimates(self._static, [{"effect": "own"}, {"effect": "neighbours"}])
        found.labels["nobs"] = [
            int((self._static[:, place] != 0).sum()) for place in range(len(found.labels))
        ]
        if len(found.values) < 2:
            return found
        labels: list[dict[str, Any]] = [
            {"effect": kind, "nobs": count}
            for kind, count in zip(found.labels["effect"], found.labels["nobs"], strict=True)
        ]
        labels.append({"effect": "total", "nobs": len(self.y)})
        add = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]])
        table = estimates(labels, np.empty((0, 3)), np.empty(0), np.empty(0)).labels
        return Estimates(table, found.values @ add, found.parts @ add)

    def average_values(self) -> dict[str, float]:
        """The same by effect, without their errors and their sum."""
        fit = self._fit(self._static)
        places = np.arange(2) + self.design.background.shape[1]
        values = fit.coefficients(places).T @ self.y
        told = zip(("own", "neighbours"), values, fit.tells(places), strict=True)
        return {kind: float(value) for kind, value, known in told if known}

    @cached_property
    def _static(self) -> Array:
        return np.column_stack([self.design.treated.astype(np.float64), self.design.share])

    def own_weights(self) -> Array:
        """Weights of the coefficient of treated on the outcome, (n,)."""
        fit = self._fit(self._static)
        return fit.coefficients(np.array([self.design.background.shape[1]]))[:, 0]
