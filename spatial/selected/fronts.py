"""Factors of a sparse matrix by dense blocks, and entries of the inverse from them.

With D the inverse of the block of a supernode J when its turn comes and R the rows that it touches
beyond its own, L = A_RJ D and U = D A_JR, what it leaves to its parent is A_RR − A_RJ U (Duff and
Reid, 1983). From the last supernode back the entries of the inverse Z are Z_RJ = −Z_RR L,
Z_JR = −U Z_RR and Z_JJ = D − U Z_RJ, where Z_RR is a part of what the parent has (Takahashi, Fagan
and Chin, 1973).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from spatial.selected.elimination import Elimination

__all__ = ["invert_entries"]

Numbers = npt.NDArray[Any]
Places = npt.NDArray[np.intp]


class _Factor(NamedTuple):
    """D, L and U of one supernode."""

    pivot: Numbers
    lower: Numbers
    upper: Numbers


@dataclass(frozen=True, eq=False)
class _Blocks:
    """Where entries, and what children leave, stand in the dense blocks of the supernodes.

    `by` sorts entries by the supernode that owns them, `cut` are the ends of each; `entry` are
    their places, sorted, in its flattened block; `relative` the places of the rows below each
    supernode in the block of its parent.
    """

    tree: Elimination
    by: Places
    cut: Places
    entry: Places
    relative: Places

    @cached_property
    def children(self) -> list[list[int]]:
        """Children of each supernode."""
        out: list[list[int]] = [[] for _ in self.tree.widths]
        for node, parent in enumerate(self.tree.parent.tolist()):
            if parent >= 0:
                out[parent].append(node)
        return out

    def span(self, node: int) -> slice:
        """Entries of a supernode."""
        return slice(int(self.cut[node]), int(self.cut[node + 1]))

    def in_parent(self, node: int) -> Places:
        """Places of the rows below a supernode in its parent's block."""
        pointer = self.tree.pointer
        return self.relative[pointer[node] : pointer[node + 1]]


def invert_entries(tree: Elimination, rows: Places, columns: Places, values: Numbers) -> Numbers:
    """Entries of the inverse at the places of the entries of a matrix.

    Parameters
    ----------
    rows, columns, values
        Of the entries, zeros included; their pattern is symmetric and that of the `tree`. Values
        may be complex.
    """
    blocks = _blocks(tree, tree.place[rows], tree.place[columns])
    factors = _factors(blocks, values[blocks.by])
    out = np.empty_like(values)
    out[blocks.by] = _inverse(blocks, factors)
    return out


def _blocks(tree: Elimination, rows: Places, columns: Places) -> _Blocks:
    owner = tree.owner[np.minimum(rows, columns)]
    by = np.argsort(owner, kind="stable")
    sizes = tree.widths + tree.heights
    entry = tree.local(owner, rows) * sizes[owner] + tree.local(owner, columns)
    relative = tree.local(np.repeat(tree.parent, tree.heights), tree.below)
    cut = np.searchsorted(owner[by], np.arange(len(sizes) + 1))
    return _Blocks(tree, by, cut, entry[by], relative)


def _factors(blocks: _Blocks, values: Numbers) -> list[_Factor]:
    widths, heights = blocks.tree.widths.tolist(), blocks.tree.heights.tolist()
    out: list[_Factor] = []
    left: dict[int, Numbers] = {}
    for node, (w, h) in enumerate(zip(widths, heights, strict=True)):
        front = np.zeros((w + h, w + h), dtype=values.dtype)
        span = blocks.span(node)
        front.ravel()[blocks.entry[span]] = values[span]
        for child in blocks.children[node]:
            at = blocks.in_parent(child)
            front[at[:, None], at] += left.pop(child)
        pivot = np.linalg.inv(front[:w, :w])
        lower = front[w:, :w] @ pivot
        upper = pivot @ front[:w, w:]
        if h:
            left[node] = front[w:, w:] - front[w:, :w] @ upper
        out.append(_Factor(pivot, lower, upper))
    return out


def _inverse(blocks: _Blocks, factors: list[_Factor]) -> Numbers:
    """Entries of the inverse, sorted by owner; factors are used up."""
    parents, children = blocks.tree.parent.tolist(), blocks.children
    waiting = [len(kids) for kids in children]
    out = np.empty(len(blocks.entry), dtype=factors[0].pivot.dtype if factors else np.float64)
    known: dict[int, Numbers] = {}
    for node in range(len(factors) - 1, -1, -1):
        pivot, lower, upper = factors.pop()
        w, parent = len(pivot), parents[node]
        z = np.empty((w + len(lower),) * 2, dtype=pivot.dtype)
        z[:w, :w] = pivot
        if parent >= 0:
            at = blocks.in_parent(node)
            z[w:, w:] = beyond = known[parent][at[:, None], at]
            z[w:, :w] = below = -(beyond @ lower)
            z[:w, w:] = -(upper @ beyond)
            z[:w, :w] -= upper @ below
            waiting[parent] -= 1
            if not waiting[parent]:
                del known[parent]
        if waiting[node]:
            known[node] = z
        span = blocks.span(node)
        out[span] = z.ravel()[blocks.entry[span]]
    return out
