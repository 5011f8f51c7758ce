"""Correlations of all pairs of units over the times that both have, summed.

Units with the same times are taken together: with z_i the deviations of i over the times c that it
shares with others, divided by their length, the correlations of all i in p with all j in q add up
to (Σ_i z_i)′(Σ_j z_j). Where nearly every unit has times of its own, blocks of units serve.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["COMMON", "FLAT", "PairSums", "pair_sums"]

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
BLOCK = 512
MOST_NUMBERS = 20_000_000
FLAT = 1e-24
COMMON = 3


class PairSums(NamedTuple):
    """Σ_{i<j} √T_ij r_ij, Σ_{i<j} r_ij and the number of pairs with three common times."""

    weighted: float
    plain: float
    pairs: int


def pair_sums(table: Array) -> PairSums:
    """Sums over pairs of the columns of a table (T, N), NaN where a unit has no value."""
    present = ~np.isnan(table)
    patterns, of_unit = np.unique(present.T, axis=0, return_inverse=True)
    if len(patterns) ** 2 * len(table) > MOST_NUMBERS:
        return _by_blocks(table, present)
    return _by_patterns(np.where(present, table, 0.0), patterns, of_unit.ravel())


def _by_patterns(filled: Array, patterns: Flags, of_unit: npt.NDArray[np.intp]) -> PairSums:
    count, times = patterns.shape
    sums, units = np.zeros((count, count, times)), np.zeros((count, count))
    for p, pattern in enumerate(patterns):
        values = filled[:, of_unit == p]
        shared, place = np.unique(patterns & pattern, axis=0, return_inverse=True)
        found = [_over(values, common) for common in shared]
        sums[p] = np.array([part[0] for part in found])[place.ravel()]
        units[p] = np.array([part[1] for part in found])[place.ravel()]
    common = patterns.astype(np.float64) @ patterns.T
    total = np.einsum("pqt,qpt->pq", sums, sums)
    pairs = units * units.T
    own = np.arange(count)
    total[own, own] -= units[own, own]
    pairs[own, own] -= units[own, own]
    return PairSums(
        0.5 * float((np.sqrt(common) * total).sum()),
        0.5 * float(total.sum()),
        round(0.5 * float(pairs.sum())),
    )


def _over(values: Array, common: Flags) -> tuple[Array, int]:
    """Σ z_i (T,) over the units that vary over these times, and their number."""
    out = np.zeros(len(values))
    if common.sum() < COMMON:
        return out, 0
    z = values[common] - values[common].mean(axis=0)
    size = (z**2).sum(axis=0)
    varies = size > FLAT * (values**2).sum(axis=0)
    out[common] = (z[:, varies] / np.sqrt(size[varies])).sum(axis=1)
    return out, int(varies.sum())


def _by_blocks(table: Array, present: Flags) -> PairSums:
    filled = np.where(present, table, 0.0)
    filled = filled - np.where(present, filled.sum(axis=0) / present.sum(axis=0), 0.0)
    held, n = present.astype(np.float64), table.shape[1]
    squares, weighted, plain, pairs = filled**2, 0.0, 0.0, 0
    for start in range(0, n, BLOCK):
        part = slice(start, min(start + BLOCK, n))
        common = held[:, part].T @ held
        with np.errstate(invalid="ignore", divide="ignore"):
            own, other = filled[:, part].T @ held / common, held[:, part].T @ filled / common
            cross = filled[:, part].T @ filled - common * own * other
            first = squares[:, part].T @ held - common * own**2
            second = held[:, part].T @ squares - common * other**2
            r = cross / np.sqrt(first * second)
        later = np.arange(n)[None, :] > np.arange(part.start, part.stop)[:, None]
        known = later & (common >= COMMON) & np.isfinite(r)
        weighted += float((np.sqrt(common) * r)[known].sum())
        plain += float(r[known].sum())
        pairs += int(known.sum())
    return PairSums(weighted, plain, pairs)
