"""The nearest places, and a neighbour for those that have none."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from spatial.errors import InputError, is_whole
from spatial.labels import canonical_index
from spatial.weights.facts import Facts
from spatial.weights.geometry import Places

if TYPE_CHECKING:
    from scipy.spatial import KDTree

__all__ = ["TIE", "check_fallback", "nearest", "rescue_pairs", "rescued", "tree_of"]

TIE = 1e-9


def tree_of(where: Places) -> KDTree:
    """Tree of the places by straight distance."""
    from scipy.spatial import KDTree

    return KDTree(where.xyz)


def nearest(
    where: Places, k: int, rows: npt.NDArray[np.intp] | None = None
) -> npt.NDArray[np.intp]:
    """(len(rows), k) positions of the nearest others of each row; all rows by default.

    Of ties at the last place the first by position are taken.
    """
    tree = tree_of(where)
    n = len(where.xyz)
    asked = np.arange(n) if rows is None else rows
    some = tree.query(where.xyz[asked], k=list(range(1, min(k + 2, n) + 1)))
    apart, found = np.asarray(some[0]), np.asarray(some[1])
    reach = apart[:, k]
    own = found[:, : k + 1] == asked[:, None]
    plain = own.any(axis=1)
    if k + 2 <= n:
        plain &= apart[:, k + 1] > reach + TIE * (1.0 + reach)
    out = np.empty((len(asked), k), dtype=np.intp)
    out[plain] = found[plain, : k + 1][~own[plain]].reshape(-1, k)
    if not plain.all():
        out[~plain] = _among_ties(where, tree, k, asked[~plain], reach[~plain])
    return out


def _among_ties(
    where: Places,
    tree: KDTree,
    k: int,
    asked: npt.NDArray[np.intp],
    reach: npt.NDArray[np.float64],
) -> npt.NDArray[np.intp]:
    """Nearest others of rows where more than k lie within `reach`."""
    points = where.xyz[asked]
    slack = TIE * (1.0 + reach)
    found = tree.query_ball_point(points, reach + slack)
    at = np.repeat(np.arange(len(asked)), [len(other) for other in found])
    columns = np.concatenate([np.asarray(other, dtype=np.intp) for other in found])
    at, columns = at[asked[at] != columns], columns[asked[at] != columns]
    straight = np.linalg.norm(points[at] - where.xyz[columns], axis=1)
    tied = straight >= reach[at] - slack[at]
    order = np.lexsort((columns, tied, at))
    starts = np.searchsorted(at[order], np.arange(len(asked)))
    return np.asarray(columns[order][starts[:, None] + np.arange(k)])


def check_fallback(fallback: int, n: int) -> int:
    """Refuse what is no number of nearest neighbours among n cities; 0 is none."""
    if not is_whole(fallback) or not 0 <= fallback < max(n, 1):
        raise InputError(
            f"fallback={fallback!r} is no number of nearest neighbours among {n} cities; "
            f"give 0 (isolates stay) to {max(n - 1, 0)}."
        )
    return int(fallback)


def rescue_pairs(links: sparse.csr_array, where: Places, fallback: int) -> npt.NDArray[np.intp]:
    """Pairs (m, 2), first < second and each once: the cities without a link and their nearest."""
    lonely = np.flatnonzero(np.diff(links.indptr) == 0)
    if not fallback or not len(lonely):
        return np.empty((0, 2), dtype=np.intp)
    found = nearest(where, fallback, lonely)
    pairs = np.column_stack([np.repeat(lonely, fallback), found.ravel()])
    return np.unique(np.sort(pairs, axis=1), axis=0)


def rescued(facts: Facts, pairs: npt.NDArray[np.intp], ids: pd.Index) -> Facts:
    """Facts with the pairs recorded that gave isolates a neighbour."""
    labels = canonical_index(ids, "the cities")
    return replace(facts, rescued=tuple((str(labels[a]), str(labels[b])) for a, b in pairs))
