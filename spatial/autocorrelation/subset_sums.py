"""Exact distribution of the sum of k values drawn without replacement from all others.

A local statistic under conditional permutation is, where a unit's neighbours all weigh the same, a
sum of k values drawn without replacement from those of the other n−1 units. Instead of drawing,
this module counts the draws. With S_r the sums of all r-subsets of all n values:

- Few subsets: list the sums S_r for r ≤ k and sort them.
- Otherwise values become whole numbers u_j (`lattice`), and the number of r-subsets with sum s is
  the coefficient of x^r t^s in Π_j (1 + x t^u_j). At t = exp(−2πi·f/M) the coefficients of x^r are
  the elementary symmetric polynomials e_r of the t^u_j; Newton's identities give them from the
  power sums p_m(f) = Σ_j exp(−2πi·m·f·u_j/M), all of which are read from one Fourier transform of
  the histogram. An inverse transform per r gives the distribution of S_r, and cumulating gives its
  tails T_r.
- Unit i is taken out of the pool by dividing by (1 + x t^u_i): the number of k-subsets without i
  whose sum is at least s is Σ_m (−1)^m #{S_{k−m} ≥ s − m·u_i}, k+1 look-ups.

All is scaled by the binomial coefficients: e_r/C(n,r) is the characteristic function of S_r, so
that nothing overflows, and tails come out to about 1e-14.
"""

from __future__ import annotations

from math import comb, lgamma

import numpy as np
import numpy.typing as npt
from scipy import sparse

from spatial.autocorrelation.lattice import Budget, Vector, WholeNumbers, on_whole_numbers

__all__ = ["FLOOR", "tails"]

Counts = npt.NDArray[np.intp]
Tails = tuple[Vector, Vector]

FLOOR = 1e-13
MOST_LISTED = 200_000
NEGLIGIBLE, VANISHED = 1e-18, 1e-22
BLOCK = 1024
BELOW = 2


def tails(pool: Vector, neighbours: sparse.csr_array, *, listed: int = MOST_LISTED) -> Tails | None:
    """P(S ≥ s_i) and P(S ≤ s_i): s_i is the sum over unit i's neighbours, S over a random draw.

    The draw takes as many values as i has neighbours, without replacement, from all units but i;
    the observed arrangement is one of them, and counted in both tails.

    Parameters
    ----------
    pool : (n,)
        Values of the units.
    neighbours : (n, n)
        Ones where j is a neighbour of i; no diagonal.
    listed
        All subsets are listed up to this many of them.

    Returns
    -------
    upper, lower : (n,)
        Missing for units without neighbours, never below 1e-13; None if counting would take more
        than 10 seconds or 2 GB.

    Notes
    -----
    More than half the pool is replaced by its complement: the total less the sum of the
    others. Values on a lattice (counts, ranks) and listed sums are exact, ties included. Other
    values are rounded to a grid and take P(S > s) + P(S = s)/2 there, so that the rounding cancels
    to second order, the observed arrangement counted in full; where many of them are tied, they
    take P(S ≥ s).
    """
    n = len(pool)
    counts = np.diff(neighbours.indptr)
    rounding = 8 * np.finfo(np.float64).eps * float(np.abs(pool).max())
    complement = 2 * counts > n - 1
    sizes = np.where(complement, n - 1 - counts, counts)
    present = [int(k) for k in np.unique(sizes[counts > 0])]
    values = pool - pool.mean()
    observed = _observed(values, neighbours, complement)
    small = [k for k in present if k <= 1 or comb(n - 1, k) <= listed]
    large = [k for k in present if k not in small]
    tables: list[tuple[list[int], Listed | Counted]] = []
    if small:
        slack = rounding * np.maximum(counts, 1)
        tables.append((small, Listed(values, observed, max(small), slack)))
    for some in _of_like_size(large):
        numbers = on_whole_numbers(pool, _budget(some, sizes), rounding)
        if numbers is None:
            return None
        arranged = _observed(numbers.units, neighbours, complement)
        tables.append((some, Counted(values, observed, some, numbers, arranged)))
    found = np.full((2, n), np.nan)
    for some, table in tables:
        for k in some:
            rows = np.flatnonzero((sizes == k) & (counts > 0))
            found[:, rows] = np.clip(table.tails(k, rows), max(FLOOR, _one_of(n - 1, k)), 1.0)
    found[:, complement] = found[::-1, complement]
    return found[0], found[1]


def _of_like_size(sizes: list[int]) -> list[list[int]]:
    """Split ascending sizes where they quadruple: the fewer draws, the shorter the grid can be."""
    groups, rest = [], sizes
    while rest:
        groups.append([k for k in rest if 4 * k > rest[-1]])
        rest = rest[: -len(groups[-1])]
    return groups


def _one_of(n: int, k: int) -> float:
    """1/C(n, k), the share of one arrangement."""
    return float(np.exp(lgamma(k + 1) + lgamma(n - k + 1) - lgamma(n + 1)))


def _observed(
    measure: Vector, neighbours: sparse.csr_array, complement: npt.NDArray[np.bool_]
) -> Vector:
    """Sum over the neighbours, or over all that are neither neighbours nor the unit itself."""
    sums = np.asarray(neighbours @ measure)
    return np.where(complement, measure.sum() - measure - sums, sums)


class Listed:
    """Sorted sums of all subsets of up to `largest` of the values.

    `observed` (n,) are the sums to be judged, `slack` (n,) the difference up to which two sums of a
    unit count as equal.
    """

    def __init__(self, values: Vector, observed: Vector, largest: int, slack: Vector) -> None:
        self.values, self.observed, self.slack = values, observed, slack
        self.sums = [np.sort(sums) for sums in subset_sums(values, largest)]

    def tails(self, k: int, rows: Counts) -> Vector:
        """Upper and lower tail of the units at `rows`, which all draw k: (2, rows)."""
        counts = np.zeros((2, len(rows)), dtype=np.int64)
        sums, own, slack = self.observed[rows], self.values[rows], self.slack[rows]
        for m in range(k + 1):
            table, rest = self.sums[k - m], sums - m * own
            sign = 1 - 2 * (m % 2)
            counts[0] += sign * (len(table) - np.searchsorted(table, rest - slack, side="left"))
            counts[1] += sign * np.searchsorted(table, rest + slack, side="right")
        return counts / comb(len(self.values) - 1, k)


def subset_sums(values: Vector, largest: int) -> list[Vector]:
    """List the sums of all subsets of 0, 1, ..., `largest` of the values, by number of members.

    Subsets stand in the order of their last member, so that those whose members all come before
    value j are the first C(j, r) ones.
    """
    tables = [np.zeros(1), values][: largest + 1]
    for r in range(2, largest + 1):
        before = tables[-1]
        parts = [before[: comb(j, r - 1)] + values[j] for j in range(r - 1, len(values))]
        tables.append(np.concatenate(parts))
    return tables


class Counted:
    """Tails of the sums of as many of the values as `sizes` say, on whole numbers.

    `observed` (n,) are the sums to be judged, `arranged` (n,) the same in whole numbers.
    """

    def __init__(
        self,
        values: Vector,
        observed: Vector,
        sizes: list[int],
        numbers: WholeNumbers,
        arranged: Vector,
    ) -> None:
        self.values, self.observed, self.arranged = values, observed, arranged
        self.units, self.smooth = numbers.units, numbers.kind == "smooth"
        n = len(values)
        spectra = _spectra(numbers, max(sizes))
        read = {k - m for k in sizes for m in range(len(_leave_one_out(n, k)))}
        self.cumulated = {r: _cumulated(spectra[r], numbers) for r in sorted(read)}
        self.last = numbers.length

    def tails(self, k: int, rows: Counts) -> Vector:
        """Upper and lower tail of the units at `rows`, which all draw k: (2, rows)."""
        arranged = self.arranged[rows]
        if not self.smooth:
            return self._without_own(k, rows, arranged.astype(np.intp), None)
        at = self._place(k, rows)
        cell = np.floor(at).astype(np.intp)
        found = self._without_own(k, rows, cell, at - cell)
        counted = np.clip(0.5 + 0.5 * (arranged - at), 0.0, 1.0)
        return found + _one_of(len(self.values) - 1, k) * np.array([1.0 - counted, counted])

    def _without_own(self, k: int, rows: Counts, cell: Counts, share: Vector | None) -> Vector:
        """Tails at `cell`, or between it and the next, of the draws without the unit itself."""
        own = self.units[rows].astype(np.intp)
        found = np.zeros((2, len(rows)))
        for m, weight in enumerate(_leave_one_out(len(self.values), k)):
            place = np.clip(cell - m * own + BELOW, 0, self.last)
            for tail, table in zip(found, self.cumulated[k - m], strict=True):
                if share is None:
                    tail += weight * table[place]
                else:
                    tail += weight * ((1 - share) * table[place] + share * table[place + 1])
        return found

    def _place(self, k: int, rows: Counts) -> Vector:
        """Put the observed sums on the grid, at the standard score that they have off it."""
        values, units = self.values, self.units
        others = len(values) - 1
        mean = (values.sum() - values[rows]) / others
        mean_units = (units.sum() - units[rows]) / others
        place: Vector = (
            k * mean_units + (self.observed[rows] - k * mean) * units.std() / values.std()
        )
        return place


def _leave_one_out(n: int, k: int) -> Vector:
    """(−1)^m C(n, k−m) / C(n−1, k) for m = 0..k; leading terms only, down to 1e-18."""
    m = np.arange(k)
    weights = np.cumprod(np.r_[n / (n - k), -(k - m) / (n - k + m + 1)])
    return np.asarray(weights[np.abs(weights) > NEGLIGIBLE], dtype=np.float64)


def _newton(n: int, largest: int) -> list[Vector]:
    """Weights of p_m ē_{r−m} in Newton's identity for ē_r = e_r/C(n,r), m = 1..r, for each r ≥ 1.

    r e_r = Σ_m (−1)^(m−1) e_{r−m} p_m becomes ē_r = Σ_m d_m ē_{r−m} p_m/n with
    d_m = (−1)^(m−1) n C(n, r−m) / (r C(n, r)); leading terms only where the rest is below 1e-18.
    """
    weights = []
    for r in range(1, largest + 1):
        m = np.arange(1, r)
        d = n / (n - r + 1) * np.cumprod(np.r_[1.0, -(r - m) / (n - r + m + 1)])
        weights.append(d[np.abs(d) > NEGLIGIBLE])
    return weights


def _budget(some: list[int], sizes: Counts) -> Budget:
    """Cost of those of the sizes (n,) that are `some`."""
    n = len(sizes)
    products = sum(len(weights) for weights in _newton(n, max(some)))
    reads = sum(len(_leave_one_out(n, k)) * int((sizes == k).sum()) for k in some)
    return Budget(min(some), max(some), products, reads)


def _cumulated(spectrum: npt.NDArray[np.complex128], numbers: WholeNumbers) -> Tails:
    """P(S_r ≥ s) and P(S_r ≤ s) at s = −2, −1, 0, ..., length−1.

    On a smooth grid half of P(S_r = s) is left out of both.
    """
    length = numbers.length
    mass = np.fft.irfft(spectrum, length)
    upper, lower = np.ones(BELOW + length), np.zeros(BELOW + length)
    np.cumsum(mass, out=lower[BELOW:])
    np.cumsum(mass[::-1], out=upper[: BELOW - 1 : -1])
    if numbers.kind == "smooth":
        mass *= 0.5
        lower[BELOW:] -= mass
        upper[BELOW:] -= mass
    return upper, lower


def _spectra(numbers: WholeNumbers, largest: int) -> npt.NDArray[np.complex128]:
    """Characteristic functions of S_0, ..., S_largest at the frequencies 0..length/2.

    In a block of frequencies where all that Newton's identity still reads has vanished, so has the
    rest: away from zero that is soon the case, unless the values lie on a lattice.
    """
    n, length = len(numbers.units), numbers.length
    histogram = np.bincount(numbers.units.astype(np.intp), minlength=length)
    transform = np.fft.fft(histogram) / n
    weights = _newton(n, largest)
    orders = np.arange(1, max(map(len, weights)) + 1)[:, None]
    spectra = np.zeros((largest + 1, length // 2 + 1), dtype=np.complex128)
    for start in range(0, length // 2 + 1, BLOCK):
        frequencies = np.arange(start, min(start + BLOCK, length // 2 + 1))
        power_sums = transform[(orders * frequencies) % length]
        e = spectra[:, start : start + BLOCK]
        e[0] = 1.0
        for r, d in enumerate(weights, start=1):
            recent = e[r - len(d) : r]
            if len(d) < r and np.abs(recent).max() < VANISHED:
                break
            e[r] = np.einsum("m,mf,mf->f", d, power_sums[: len(d)], recent[::-1])
    return spectra
