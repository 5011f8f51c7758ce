"""Two-stage least squares on arrays.

With instruments H and P_H = H(H′H)⁻¹H′ the estimate of y = Zb + u is b = (Z′P_H Z)⁻¹Z′P_H y, and
b̂ − b = T′u with T = P_H Z (Z′P_H Z)⁻¹ (Kelejian and Prucha, 1998, eq. 7).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from spatial.estimation import Linear
from spatial.information import invert

__all__ = ["TwoStage", "independent", "two_stage"]

Array = npt.NDArray[np.float64]
DEPENDENT = 1e-9


@dataclass(frozen=True, eq=False)
class TwoStage:
    """Two-stage least squares of `y` (n,) on `z` (n, K) with an orthonormal basis of instruments.

    `basis` (n, L) spans the instruments, `projected` (n, K) is P_H Z, `bread` (K, K) is
    (Z′P_H Z)⁻¹ and `residuals` (n,) are y − Zb.
    """

    y: Array
    z: Array
    basis: Array
    projected: Array
    bread: Array
    b: Array
    residuals: Array

    @property
    def influence(self) -> Array:
        """T (n, K) with b̂ − b = T′u."""
        return self.projected @ self.bread

    def linear(self, free: int) -> Linear:
        """What a covariance needs; `free` is n less all that was estimated."""
        rows = self.projected * self.residuals[:, None]
        variance = float(self.residuals @ self.residuals) / free
        return Linear(rows, self.bread, free, variance)


def two_stage(y: Array, z: Array, basis: Array) -> TwoStage:
    """Two-stage least squares; `basis` holds orthonormal columns that span the instruments."""
    projected = basis @ (basis.T @ z)
    scale = np.sqrt(np.einsum("ij,ij->j", projected, projected))
    q, r = np.linalg.qr(projected / scale)
    b = np.linalg.solve(r, q.T @ y) / scale
    return TwoStage(y, z, basis, projected, invert(projected.T @ projected), b, y - z @ b)


def independent(columns: Array, sizes: Array | None = None) -> tuple[Array, list[int]]:
    """Orthonormal basis of the columns (n, k), and the places of those that are not combinations.

    A column counts as a combination of earlier ones where less than 1e-9 of its length is left
    beside them; `sizes` (k,) are lengths before effects left, so that what they absorb counts too.
    """
    lengths = np.sqrt(np.einsum("ij,ij->j", columns, columns))
    sizes = lengths if sizes is None else sizes
    basis = np.empty((len(columns), columns.shape[1]), order="F")
    kept: list[int] = []
    for j, length in enumerate(lengths):
        if length <= DEPENDENT * sizes[j]:
            continue
        left = columns[:, j] / length
        done = basis[:, : len(kept)]
        for _ in range(2):
            left = left - done @ (done.T @ left)
        rest = float(np.linalg.norm(left))
        if rest > DEPENDENT:
            basis[:, len(kept)] = left / rest
            kept.append(j)
    return basis[:, : len(kept)], kept
