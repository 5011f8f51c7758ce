"""Kernel weights between units, as a list of pairs or, where these are too many, made as they pass.

Units that lie together are taken together: between two blocks of them either all distances are
found or none.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt
from scipy import sparse

from spatial.weights.geometry import Places
from spatial.weights.nearest import TIE, tree_of

__all__ = ["Kernel", "Located", "Nearness", "listed", "near_pairs", "weight"]

Array = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]
Kernel = Literal["bartlett", "uniform"]
MOST_LISTED = 10_000_000
TOGETHER = 256


class Nearness(Protocol):
    """K (N, N), symmetric, with ones on its diagonal."""

    @property
    def n(self) -> int:
        """Number of units."""

    def times(self, columns: Array) -> Array:
        """K v of columns (N, m)."""

    def columns(self, places: Rows) -> Array:
        """Columns of K, (N, m)."""

    @property
    def scattered(self) -> bool:
        """Whether no two units are near each other."""


@dataclass(frozen=True, eq=False)
class Listed:
    """K as a sparse matrix."""

    matrix: sparse.csr_array

    @property
    def n(self) -> int:
        """Number of units."""
        return int(self.matrix.shape[0])

    def times(self, columns: Array) -> Array:
        """K v of columns (N, m)."""
        return np.asarray(self.matrix @ columns)

    def columns(self, places: Rows) -> Array:
        """Columns of K, (N, m)."""
        return np.asarray(self.matrix[places].toarray().T)

    @property
    def scattered(self) -> bool:
        """Whether no two units are near each other."""
        return bool((self.matrix.sum(axis=1) <= 1.0).all())


@dataclass(frozen=True, eq=False)
class Located:
    """K of units at known places, never held as a whole."""

    where: Places
    km: float
    kernel: Kernel

    @property
    def n(self) -> int:
        """Number of units."""
        return len(self.where.xyz)

    def times(self, columns: Array) -> Array:
        """K v of columns (N, m)."""
        out = np.empty_like(columns)
        centres, reaches = self._balls
        within = self.where.straight(self.km) * (1.0 + TIE)
        for place, block in enumerate(self._blocks):
            gap = np.linalg.norm(centres - centres[place], axis=1)
            near = np.flatnonzero(gap <= within + reaches + reaches[place])
            others = np.concatenate([self._blocks[other] for other in near])
            out[block] = self._between(block, others) @ columns[others]
        return out

    def columns(self, places: Rows) -> Array:
        """Columns of K, (N, m)."""
        return self._between(np.arange(self.n), places)

    @property
    def scattered(self) -> bool:
        """Whether no two units are near each other; pairs too many to be listed are."""
        return False

    def _between(self, one: Rows, other: Rows) -> Array:
        from scipy.spatial.distance import cdist

        apart = self.where.along(cdist(self.where.xyz[one], self.where.xyz[other]))
        return weight(apart, self.km, self.kernel)

    @cached_property
    def _blocks(self) -> list[Rows]:
        """Blocks of up to `TOGETHER` units, cut at the median along their longest side."""
        whole, done = [np.arange(self.n)], []
        while whole:
            units = whole.pop()
            if len(units) <= TOGETHER:
                done.append(units)
                continue
            xyz = self.where.xyz[units]
            longest = int(np.argmax(np.ptp(xyz, axis=0)))
            order = np.argpartition(xyz[:, longest], len(units) // 2)
            whole += [units[order[: len(units) // 2]], units[order[len(units) // 2 :]]]
        return done

    @cached_property
    def _balls(self) -> tuple[Array, Array]:
        """Centre of each block and its radius."""
        parts = [self.where.xyz[block] for block in self._blocks]
        centres = np.array([part.mean(axis=0) for part in parts])
        reaches = [
            float(np.linalg.norm(part - centre, axis=1).max())
            for part, centre in zip(parts, centres, strict=True)
        ]
        return centres, np.array(reaches)


def weight(apart: Array, km: float, kernel: Kernel) -> Array:
    """1 − d/km or 1 within `km`, zero beyond."""
    if kernel == "bartlett":
        return np.maximum(1.0 - apart / km, 0.0)
    return (apart <= km * (1.0 + TIE)).astype(np.float64)


def listed(n: int, first: Rows, second: Rows, weights: Array) -> Listed:
    """K from the weights of its pairs, each named once."""
    upper = sparse.csr_array((weights, (first, second)), shape=(n, n))
    return Listed(sparse.csr_array(upper + upper.T + sparse.eye_array(n)))


def near_pairs(where: Places, km: float) -> tuple[Rows, Rows, Array] | None:
    """Pairs of units within `km` and how far apart they are; None where these are too many."""
    tree = tree_of(where)
    reach = where.straight(km) * (1.0 + TIE)
    if (int(tree.count_neighbors(tree, reach)) - len(where.xyz)) // 2 > MOST_LISTED:
        return None
    first, second = tree.query_pairs(reach, output_type="ndarray").T
    apart = where.apart(first, second)
    near = apart <= km * (1.0 + TIE)
    return first[near], second[near], apart[near]
