"""Sums of squared scores: what tells one covariance of two-stage least squares from another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from spatial.instrumental.two_stage import TwoStage

__all__ = ["Scatter"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Scatter:
    """How the scores v_i of rows add up to a covariance.

    homoskedastic
        Σ v_i v_i′ of equal variances: s²(Z′P_H Z)⁻¹ with s² = ε̂′ε̂/(n − K − effects).
    robust
        Σ v_i v_i′ times n/(n − K − effects) (White, 1980).
    cluster
        Sums of v_i over `groups` (n,), times G/(G−1)·(n−1)/(n − K − effects); unit effects that lie
        within clusters do not count (Cameron and Miller, 2015, sec. II.B), `nested` of them.
    """

    kind: str
    groups: Codes | None = None
    nested: int = 0

    def sums(self, scores: Array) -> Array:
        """Σ v v′ over rows, or over sums by cluster, (k, k)."""
        if self.groups is not None:
            count = int(self.groups.max()) + 1
            out = np.zeros((count, scores.shape[1]))
            np.add.at(out, self.groups, scores)
            scores = out
        return np.asarray(scores.T @ scores)

    def __call__(self, scores: Array, free: int) -> Array:
        """Sums with their factor for few observations; `free` is n less all that was estimated."""
        n = len(scores)
        if self.groups is None:
            return self.sums(scores) * n / free
        count = int(self.groups.max()) + 1
        return self.sums(scores) * count / (count - 1.0) * (n - 1.0) / (free + self.nested)

    def sandwich(self, step: TwoStage, free: int) -> Array:
        """Covariance of b, (K, K)."""
        if self.kind == "homoskedastic":
            variance = float(step.residuals @ step.residuals) / free
            return variance * step.bread
        scores = step.projected * step.residuals[:, None]
        cov = step.bread @ self(scores, free) @ step.bread
        return np.asarray(0.5 * (cov + cov.T))
