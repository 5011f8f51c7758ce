"""In which order a sparse matrix is eliminated, and which of its columns go together.

Columns that are eliminated one after another and touch the same rows are one supernode; it is
treated as one dense block. The supernodes form a forest: what a supernode leaves behind goes to its
parent (Liu, 1990; Davis, 2006, ch. 4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

__all__ = ["MOST_ENTRIES", "Elimination", "eliminate"]

Places = npt.NDArray[np.intp]
MOST_ENTRIES = 250_000_000
LEAF = 32
NARROW = 16
WASTE = 0.1
NONE = -1


@dataclass(frozen=True, eq=False)
class Elimination:
    """Supernodes of a matrix (n, n), children before parents.

    Attributes
    ----------
    place
        Place of each row in the order of elimination, (n,).
    starts
        First column of each supernode and the end of the last, (S + 1,).
    below, pointer
        Rows beyond its own columns that each supernode touches, ascending, those of supernode s
        from pointer[s] to pointer[s + 1].
    parent
        Parent of each supernode, −1 for a root, (S,).
    """

    place: Places
    starts: Places
    below: Places
    pointer: Places
    parent: Places

    @property
    def n(self) -> int:
        """Number of rows of the matrix."""
        return len(self.place)

    @cached_property
    def widths(self) -> Places:
        """Columns of each supernode, (S,)."""
        return np.diff(self.starts)

    @cached_property
    def heights(self) -> Places:
        """Rows that each supernode touches beyond its own, (S,)."""
        return np.diff(self.pointer)

    @property
    def entries(self) -> int:
        """Numbers that the factors of a matrix that is not symmetric hold."""
        return int(_held(self.widths, self.heights).sum())

    @cached_property
    def owner(self) -> Places:
        """Supernode of each column, (n,)."""
        return np.repeat(np.arange(len(self.widths)), self.widths)

    def local(self, nodes: Places, rows: Places) -> Places:
        """Places of rows within the dense blocks of the supernodes that own or touch them."""
        inside = rows < self.starts[nodes + 1]
        n = np.int64(self.n)
        keys = np.repeat(np.arange(len(self.widths)), self.heights) * n + self.below
        found = np.searchsorted(keys, nodes * n + rows) - self.pointer[nodes] + self.widths[nodes]
        return np.where(inside, rows - self.starts[nodes], found)


def eliminate(pattern: sparse.csr_array, most: float = MOST_ENTRIES) -> Elimination | None:
    """Order by minimum degree and gather columns into supernodes.

    Parameters
    ----------
    pattern
        (n, n), symmetric in its pattern, diagonal included; its values do not matter.
    most
        Numbers that the factors may hold; None is returned as soon as they would hold more.
    """
    order = _minimum_degree(pattern)
    parent = _tree(sparse.csr_array(sparse.tril(pattern[order][:, order], -1, format="csr")))
    later = _postorder(parent)
    rank = np.empty(len(later), dtype=np.intp)
    rank[later] = np.arange(len(later))
    moved = np.asarray(parent, dtype=np.intp)[later]
    above = np.where(moved == NONE, NONE, rank[moved])
    order = order[later]
    upper = sparse.csr_array(sparse.triu(pattern[order][:, order], 1, format="csr"))
    found = _supernodes(upper, above, most)
    if found is None:
        return None
    place = np.empty(len(order), dtype=np.intp)
    place[order] = np.arange(len(order))
    return Elimination(place, *found)


def _held(width: Any, height: Any) -> Any:
    """Numbers that the factors of a supernode hold."""
    return width * (width + 2 * height)


def _minimum_degree(pattern: sparse.csr_array) -> Places:
    """Order of elimination that SuperLU finds, without the factors."""
    from scipy.sparse.linalg import spilu

    n = pattern.shape[0]
    ones = sparse.csc_array(
        (np.full(pattern.nnz, -1.0), pattern.indices, pattern.indptr), shape=pattern.shape
    )
    dominant = 4.0 * float(np.diff(pattern.indptr).max(initial=0)) + 4.0
    found = spilu(
        sparse.csc_matrix(ones + dominant * sparse.eye_array(n, format="csc")),
        drop_tol=0.9,
        fill_factor=1,
        permc_spec="MMD_AT_PLUS_A",
        diag_pivot_thresh=0.0,
        options={"SymmetricMode": True},
    )
    return np.argsort(found.perm_c)


def _tree(lower: sparse.csr_array) -> list[int]:
    """Parent of each column in the elimination tree (Liu, 1986)."""
    n = lower.shape[0]
    starts, columns = lower.indptr.tolist(), lower.indices.tolist()
    parent, ancestor = [NONE] * n, [NONE] * n
    for row in range(n):
        for at in columns[starts[row] : starts[row + 1]]:
            while at != NONE and at < row:
                above = ancestor[at]
                ancestor[at] = row
                if above == NONE:
                    parent[at] = row
                at = above
    return parent


def _postorder(parent: Sequence[int]) -> Places:
    """Columns with every subtree in one run, children before parents."""
    n = len(parent)
    child, sibling = [NONE] * n, [NONE] * n
    for at in range(n - 1, -1, -1):
        above = parent[at]
        if above != NONE:
            sibling[at], child[above] = child[above], at
    order: list[int] = []
    for root in (at for at in range(n) if parent[at] == NONE):
        path = [root]
        while path:
            at = path[-1]
            below = child[at]
            if below == NONE:
                order.append(path.pop())
            else:
                child[at] = sibling[below]
                path.append(below)
    return np.array(order, dtype=np.intp)


def _leaves(above: Places) -> dict[int, int]:
    """Runs of columns, first and end, that are the largest subtrees of at most `LEAF` columns."""
    sizes, parents = [1] * len(above), above.tolist()
    for at, up in enumerate(parents):
        if up != NONE:
            sizes[up] += sizes[at]
    size = np.array(sizes, dtype=np.intp)
    beyond = np.where(above == NONE, LEAF + 1, size[above])
    last = np.flatnonzero((size <= LEAF) & (beyond > LEAF))
    return dict(zip((last - size[last] + 1).tolist(), (last + 1).tolist(), strict=True))


class _Gathering:
    """Supernodes so far."""

    def __init__(self) -> None:
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.below: list[Places] = []
        self.parent: list[int] = []
        self.wasted: list[int] = []
        self.waiting: dict[int, list[int]] = {}
        self.entries = 0

    def open(self, start: int, end: int, rows: Places) -> int:
        """A new supernode."""
        self.starts.append(start)
        self.ends.append(end)
        self.below.append(rows)
        self.parent.append(NONE)
        self.wasted.append(0)
        self.entries += _held(end - start, len(rows))
        return len(self.starts) - 1

    def widened(self, node: int, column: int, rows: Places) -> bool:
        """Whether the supernode took the next column in, with few zeros for it."""
        width = column - self.starts[node]
        wasted = self.wasted[node] + width * (len(rows) + 1 - len(self.below[node]))
        total = (width + 1) * (width + 1 + len(rows))
        if self.ends[node] != column or (width >= NARROW and wasted > WASTE * total):
            return False
        self.entries += _held(width + 1, len(rows)) - _held(width, len(self.below[node]))
        self.ends[node], self.below[node], self.wasted[node] = column + 1, rows, wasted
        return True

    def settle(self, node: int) -> None:
        """Let the supernode wait for the column that takes up what it leaves."""
        if len(self.below[node]):
            self.waiting.setdefault(int(self.below[node][0]), []).append(node)


def _supernodes(
    upper: sparse.csr_array, above: Places, most: float
) -> tuple[Places, Places, Places, Places] | None:
    """Starts, rows below, their pointer and parents; None beyond `most` entries."""
    n, leaves, found = len(above), _leaves(above), _Gathering()
    starts, columns = upper.indptr.tolist(), upper.indices.astype(np.intp)
    at = 0
    while at < n:
        end = leaves.get(at, at + 1)
        own = columns[starts[at] : starts[end]]
        kids = found.waiting.pop(at, []) if at not in leaves else []
        pieces: list[Places] = [own[own >= end], *(found.below[kid][1:] for kid in kids)]
        rows = np.unique(np.concatenate(pieces))
        if kids and found.widened(kids[-1], at, rows):
            node = kids.pop()
        else:
            node = found.open(at, end, rows)
        for kid in kids:
            found.parent[kid] = node
        found.settle(node)
        if found.entries > most:
            return None
        at = end
    pointer = np.concatenate([[0], np.cumsum([len(rows) for rows in found.below])])
    return (
        np.array([*found.starts, n], dtype=np.intp),
        np.concatenate(found.below) if found.below else np.empty(0, dtype=np.intp),
        pointer.astype(np.intp),
        np.array(found.parent, dtype=np.intp),
    )
