"""Least squares with unit effects on some of the rows, as weights on the outcome.

Every estimate of the package is linear in the outcome, Σ v_it y_it; weights v say what an estimate
rests on, and carry its variance. Unit effects are never built: they leave as means over the rows
that are fitted.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

__all__ = ["Regression"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]
SINGULAR = 1e-10
REACHED = 1e-7


@dataclass(frozen=True, eq=False)
class Regression:
    """y = α_i + Pβ + ε on the rows of `fitted`.

    `unit` (n,) are codes of units, `columns` (n, p) the matrix P on all rows, `fitted` (n,) marks
    the rows that the coefficients are estimated from. Columns may be collinear.
    """

    unit: Codes
    columns: Array
    fitted: Mask

    @cached_property
    def counts(self) -> Array:
        """Rows of each unit that are fitted."""
        size = int(self.unit.max()) + 1
        return np.bincount(self.unit[self.fitted], minlength=size).astype(np.float64)

    @cached_property
    def means(self) -> Array:
        """Means of the columns over the rows of each unit that are fitted, zero where none are."""
        return self._unit_means(self.columns)

    @cached_property
    def centred(self) -> Array:
        """Deviations of the fitted rows from their unit's means."""
        return self.columns[self.fitted] - self.means[self.unit[self.fitted]]

    @cached_property
    def _inverse(self) -> tuple[Array, Array, Array]:
        """Generalised inverse of P̃′P̃, the projector on what it cannot reach, and the scales."""
        gram = self.centred.T @ self.centred
        raw = (self.columns[self.fitted] ** 2).sum(axis=0)
        scale = np.sqrt(np.where(raw > 0, raw, 1.0))
        scaled = gram / np.outer(scale, scale)
        values, vectors = np.linalg.eigh(scaled)
        kept = values > SINGULAR * max(values.max(initial=0.0), SINGULAR)
        inner = (vectors[:, kept] / values[kept]) @ vectors[:, kept].T
        unreached = np.eye(len(scale)) - vectors[:, kept] @ vectors[:, kept].T
        return inner / np.outer(scale, scale), unreached, scale

    @property
    def bread(self) -> Array:
        """(P̃′P̃)⁺, (p, p)."""
        return self._inverse[0]

    @property
    def rank(self) -> int:
        """Number of columns that can be told apart, unit effects not counted."""
        return len(self._inverse[2]) - round(float(np.trace(self._inverse[1])))

    def tells(self, places: Codes) -> Mask:
        """Whether each coefficient among `places` is told apart from all other columns."""
        unreached = self._inverse[1][:, places]
        return np.asarray(np.linalg.norm(unreached, axis=0) < REACHED)

    def predicts(self) -> Mask:
        """Whether the fit determines α_i + P_it β of each row."""
        _, unreached, scale = self._inverse
        apart = (self.columns - self.means[self.unit]) / scale
        size = np.maximum(np.linalg.norm(apart, axis=1), 1e-300)
        lost = np.linalg.norm(apart @ unreached, axis=1)
        return np.asarray((self.counts[self.unit] > 0) & (lost <= REACHED * np.maximum(size, 1e-3)))

    def coefficients(self, places: Codes) -> Array:
        """Weights on the outcome (n, k) of the coefficients at `places`."""
        out = np.zeros((len(self.unit), len(places)))
        out[self.fitted] = self.centred @ self.bread[:, places]
        return out

    def against_prediction(self, weights: Array) -> Array:
        """Weights of Σ u_it (y_it − ŷ_it) on the outcome, for weights u (n, k)."""
        size = len(self.counts)
        sums = np.zeros((size, weights.shape[1]))
        np.add.at(sums, self.unit, weights)
        slope = self.bread @ (self.columns.T @ weights - self.means.T @ sums)
        level = sums / np.maximum(self.counts, 1.0)[:, None] - self.means @ slope
        out = weights.copy()
        rows = self.fitted
        out[rows] -= level[self.unit[rows]] + self.columns[rows] @ slope
        return out

    def residuals(self, y: Array) -> Array:
        """y − α̂_i − Pβ̂ on all rows; it means nothing where the fit does not determine a row."""
        slope = self.bread @ (self.centred.T @ y[self.fitted])
        rest = y - self.columns @ slope
        return np.asarray(rest - self._unit_means(rest)[self.unit])

    def spread_residuals(self, y: Array) -> Array:
        """Residuals of the fitted rows as large as the errors they stand for; zero elsewhere.

        e_i → (I − H_ii)^(−½) e_i by unit, H_ii its block of the projection (CR2 of Bell and
        McCaffrey, 2002): a unit that decides a time effect nearly alone has a small residual there.
        """
        out = np.zeros(len(y))
        rest = self.residuals(y)
        where = np.flatnonzero(self.fitted)
        codes = self.unit[where]
        order = np.argsort(codes, kind="stable")
        starts = np.concatenate([[0], np.cumsum(self.counts[self.counts > 0])]).astype(np.intp)
        sizes = np.diff(starts)
        for size in np.unique(sizes):
            first = starts[:-1][sizes == size]
            rows = order[first[:, None] + np.arange(size)]
            own = self.centred[rows]
            left = np.eye(size) - own @ self.bread @ own.transpose(0, 2, 1)
            values, vectors = np.linalg.eigh(left)
            inverse = np.where(values > REACHED, 1.0 / np.sqrt(np.maximum(values, REACHED)), 0.0)
            turned = np.einsum("uvk,uv->uk", vectors, rest[where[rows]]) * inverse
            out[where[rows]] = np.einsum("uvk,uk->uv", vectors, turned)
        return out

    def _unit_means(self, values: Array) -> Array:
        sums = np.zeros((len(self.counts), *values.shape[1:]))
        np.add.at(sums, self.unit[self.fitted], values[self.fitted])
        count = np.maximum(self.counts, 1.0)
        return np.asarray(sums / (count[:, None] if values.ndim == 2 else count))
