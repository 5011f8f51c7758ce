"""Whether W = D⁻¹A with symmetric A: then D^½ W D^-½ is symmetric and has the same eigenvalues."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse import csgraph

from spatial.weights.operator import Operator

__all__ = ["Similarity", "similarity", "unit_roots", "unit_vectors"]

TOLERANCE = 1e-9
UNIT = 1e-9


@dataclass(frozen=True)
class Similarity:
    """M = D^½ W D^-½ symmetric, and the diagonal D (N,)."""

    matrix: sparse.csr_array
    scale: npt.NDArray[np.float64]


def similarity(op: Operator) -> Similarity | None:
    """Symmetric matrix similar to W, kept on the operator.

    None where no positive diagonal makes one.
    """
    if "similarity" not in op.store:
        op.store["similarity"] = _find(op.matrix)
    found: Similarity | None = op.store["similarity"]
    return found


def _find(matrix: sparse.csr_array) -> Similarity | None:
    """Look for a positive diagonal.

    Looks for d > 0 with d_i w_ij = d_j w_ji: d = 1 (W symmetric), d_i = 1/max_j w_ij (equal weights
    in a row), then along a spanning tree.
    """
    back = sparse.csr_array(matrix.T)
    back.sort_indices()
    if not np.array_equal(matrix.indptr, back.indptr) or not np.array_equal(
        matrix.indices, back.indices
    ):
        return None
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    largest = np.ones(matrix.shape[0])
    filled = np.diff(matrix.indptr) > 0
    largest[filled] = np.maximum.reduceat(matrix.data, matrix.indptr[:-1][filled])
    candidates = (np.ones(matrix.shape[0]), 1.0 / largest)
    for scale in candidates:
        if _balances(matrix, back, rows, scale):
            return _scaled(matrix, rows, scale)
    scale = _along_tree(matrix, back)
    return _scaled(matrix, rows, scale) if _balances(matrix, back, rows, scale) else None


def unit_roots(matrix: sparse.csr_array) -> int:
    """Number of eigenvalues equal to one.

    Closed strongly connected classes of more than one unit whose rows sum to one.
    """
    count, label = csgraph.connected_components(matrix, directed=True, connection="strong")
    sums = np.asarray(matrix.sum(axis=1)).ravel()
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    leaks = label[rows] != label[matrix.indices]
    open_class = np.zeros(count, dtype=bool)
    open_class[label[rows[leaks]]] = True
    open_class[label[np.abs(sums - 1.0) > UNIT]] = True
    size = np.bincount(label, minlength=count)
    return int(np.sum(~open_class & (size > 1)))


def unit_vectors(op: Operator, similar: Similarity) -> sparse.csr_array | None:
    """Orthonormal eigenvectors (N, c) of the symmetric form to the eigenvalue one, None without.

    √d on each connected part of more than one unit whose rows all sum to one.
    """
    count, label = csgraph.connected_components(op.matrix, directed=False)
    closed = np.bincount(label, minlength=count) > 1
    closed[label[np.abs(op.row_sums - 1.0) > UNIT]] = False
    members = np.flatnonzero(closed[label])
    if len(members) == 0:
        return None
    parts = np.cumsum(closed)[label[members]] - 1
    shape = (op.n, int(closed.sum()))
    lengths = np.bincount(parts, weights=similar.scale[members])
    values = np.sqrt(similar.scale[members] / lengths[parts])
    return sparse.csr_array((values, (members, parts)), shape=shape)


def _balances(
    matrix: sparse.csr_array,
    back: sparse.csr_array,
    rows: npt.NDArray[np.intp],
    scale: npt.NDArray[np.float64],
) -> bool:
    left = scale[rows] * matrix.data
    right = scale[matrix.indices] * back.data
    return bool(np.all(np.abs(left - right) <= TOLERANCE * np.maximum(np.abs(left), np.abs(right))))


def _scaled(
    matrix: sparse.csr_array, rows: npt.NDArray[np.intp], scale: npt.NDArray[np.float64]
) -> Similarity:
    root = np.sqrt(scale)
    data = matrix.data * root[rows] / root[matrix.indices]
    scaled = sparse.csr_array((data, matrix.indices, matrix.indptr), shape=matrix.shape)
    return Similarity(sparse.csr_array((scaled + scaled.T) * 0.5), scale)


def _along_tree(matrix: sparse.csr_array, back: sparse.csr_array) -> npt.NDArray[np.float64]:
    """Scale that balances the links of one spanning tree per component, set to one at its root."""
    n = matrix.shape[0]
    ratio = sparse.csr_array((matrix.data / back.data, matrix.indices, matrix.indptr), shape=(n, n))
    count, label = csgraph.connected_components(matrix, directed=False)
    roots = np.full(count, -1, dtype=np.intp)
    roots[label[::-1]] = np.arange(n)[::-1]
    scale = np.ones(n)
    for root in roots:
        order, parent = csgraph.breadth_first_order(matrix, int(root), directed=False)
        for node in order[1:]:
            above = parent[node]
            row = slice(ratio.indptr[above], ratio.indptr[above + 1])
            place = np.searchsorted(ratio.indices[row], node)
            scale[node] = scale[above] * ratio.data[row][place]
    return scale
