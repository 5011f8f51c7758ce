"""Seeded conditional permutation, for weights that differ within a row.

One random permutation serves all units. Unit i needs one that leaves its own value in place: where
π puts value b at i, and value i at place a, exchange the two. If π is uniform over all
permutations, the result is uniform over those that fix i (each comes from n of them), so that every
unit's p-value is exactly that of its own conditional test; only the p-values of different units
depend on each other through the shared π. The lag after the exchange is Σ_j w_ij y_π(j) + w_ia (y_b
− y_i): one product for all units and one look-up each.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse

__all__ = ["tails"]

Vector = npt.NDArray[np.float64]
BLOCK_CELLS = 2_000_000
DENSE_SHARE = 0.05


def tails(
    pool: Vector, matrix: sparse.csr_array, *, permutations: int, seed: int
) -> tuple[Vector, Vector]:
    """Share of draws whose lag is at least, and at most, the observed lag, which counts as one.

    With b of m draws that reach the observed lag, (b+1)/(m+1). Sums within rounding count as equal.
    Blocks of permutations have their own random streams, numbered from `seed`: the numbers do not
    depend on how the blocks are shared among workers.

    Parameters
    ----------
    pool : (n,)
        Values that are permuted.
    matrix : (n, n)
        Weights without diagonal.

    Returns
    -------
    upper, lower : (n,)
        Missing for units without neighbours.
    """
    n = len(pool)
    values = pool - pool.mean()
    observed = np.asarray(matrix @ values)
    rounding = max(1e-12 * np.abs(values).max(), 8 * np.finfo(np.float64).eps * np.abs(pool).max())
    slack = rounding * np.asarray(abs(matrix).sum(axis=1)).ravel()
    per_block = int(np.clip(BLOCK_CELLS // n, 1, permutations))
    starts = range(0, permutations, per_block)
    streams = np.random.SeedSequence(seed).spawn(len(starts))
    weights = matrix.toarray() if matrix.nnz > DENSE_SHARE * n * n else matrix
    reached = np.zeros((2, n), dtype=np.int64)
    for start, stream in zip(starts, streams, strict=True):
        draws = min(per_block, permutations - start)
        lags = _permuted_lags(values, weights, draws, np.random.default_rng(stream))
        reached[0] += (lags >= (observed - slack)[:, None]).sum(axis=1)
        reached[1] += (lags <= (observed + slack)[:, None]).sum(axis=1)
    shares = (reached + 1.0) / (permutations + 1.0)
    shares[:, np.diff(matrix.indptr) == 0] = np.nan
    return shares[0], shares[1]


def _permuted_lags(
    values: Vector,
    weights: sparse.csr_array | Vector,
    draws: int,
    rng: np.random.Generator,
) -> Vector:
    """Lags (n, draws) under permutations that leave each unit's own value in place."""
    n = len(values)
    order = rng.permuted(np.broadcast_to(np.arange(n)[:, None], (n, draws)), axis=0)
    source = np.empty_like(order)
    np.put_along_axis(source, order, np.broadcast_to(np.arange(n)[:, None], order.shape), axis=0)
    units = np.broadcast_to(np.arange(n)[:, None], order.shape)
    moved = weights[units.ravel(), source.ravel()]
    moved = moved if isinstance(moved, np.ndarray) else moved.toarray()
    arrived = values[order]
    exchanged = moved.reshape(order.shape) * (arrived - values[:, None])
    return np.asarray(weights @ arrived + exchanged, dtype=np.float64)
