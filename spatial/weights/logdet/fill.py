"""What factors of I − ρW would take, foretold from how fast the graph widens around a unit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse import csgraph

__all__ = ["Fill", "foretold_fill"]

Places = npt.NDArray[np.intp]
THICK, THIN, WORK = 6.0, 1.25, 20.0
SMALL, SWEEPS = 200, 3


@dataclass(frozen=True)
class Fill:
    """Entries of both factors and the multiplications to find them; `n` is the number of units."""

    n: int
    entries: float
    operations: float


def foretold_fill(matrix: sparse.csr_array) -> Fill:
    """Fill of a good elimination order, within a factor of about three on maps.

    The levels of a breadth-first search are separators: without one of them the graph falls apart.
    Nested dissection (George, 1973) by separators of s units fills about 6 s² log₂(n/s) entries
    with 20 s³ multiplications, and a thin graph of m links 1.25 m log₂ s; at most the matrix is
    full. The constants are those of lattices and of k nearest neighbours in the plane
    (`benchmarks/logdet.py`); graphs with few far links fill less.
    """
    n = int(matrix.shape[0])
    both = sparse.csr_array(matrix + matrix.T)
    parts, label = csgraph.connected_components(both, directed=False)
    if parts > 1:
        order = np.argsort(label, kind="stable")
        both = sparse.csr_array(both[order][:, order])
    ends = np.r_[0, np.cumsum(np.bincount(label, minlength=parts))]
    entries = work = 0.0
    for start, stop in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True):
        size, links = float(stop - start), float(both.indptr[stop] - both.indptr[start])
        s = 0.5 * size if size <= SMALL else float(_separator(both[start:stop, start:stop]))
        thin = THIN * links * np.log2(2.0 + s)
        entries += min(max(THICK * s**2 * np.log2(max(size / s, 2.0)), thin), size**2)
        work += min(max(WORK * s**3, thin), size**3)
    return Fill(n, entries + n, work)


def _separator(both: sparse.csr_array) -> int:
    """Units of the smallest level that leaves a quarter of a connected part on either side."""
    start = 0
    for _ in range(SWEEPS):
        order, levels = _levels(both, start)
        start = int(order[-1])
    widths = np.bincount(levels)
    reached = np.cumsum(widths) / len(levels)
    middle = (reached > 0.25) & (reached - widths / len(levels) < 0.75)
    return int(widths[middle].min())


def _levels(both: sparse.csr_array, start: int) -> tuple[Places, Places]:
    """Units in the order of a breadth-first search, and the level of each place in it."""
    order, before = csgraph.breadth_first_order(both, start, directed=False)
    place = np.empty(both.shape[0], dtype=np.intp)
    place[order] = np.arange(len(order))
    parents = place[before[order[1:]]]
    levels = np.zeros(len(order), dtype=np.intp)
    reached, level = 1, 0
    while reached < len(order):
        level += 1
        end = 1 + int(np.searchsorted(parents, reached, side="left"))
        levels[reached:end] = level
        reached = end
    return np.asarray(order, dtype=np.intp), levels
