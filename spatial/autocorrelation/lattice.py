"""Putting values on whole numbers, so that sums of them can be counted by a Fourier transform."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Budget", "WholeNumbers", "on_whole_numbers"]

Vector = npt.NDArray[np.float64]

MOST_SECONDS = 10.0
MOST_BYTES = 2e9
SHORTEST, USUAL = 2**12, 2**20
SMOOTH_CELLS, TIED_CELLS, SPARE_CELLS, FEWEST_CELLS = 1000, 4000, 100, 25
TIED_SHARE = 1e-3
SAMPLE = 2000


@dataclass(frozen=True)
class WholeNumbers:
    """Values as whole numbers from 0 on, for sums that stay below `length`.

    `kind` is "lattice" when the values lie on a lattice and are represented exactly, "tied" when
    they are rounded and some of them are equal, "smooth" when they are rounded and differ.
    """

    units: Vector
    length: int
    kind: str


@dataclass(frozen=True)
class Budget:
    """What the counting of sums of `smallest` to `largest` values costs at a given length.

    The Newton sums take about k²/4 complex products per cell of the transform, but only the few
    leading ones where the pool is large (`products`, per frequency); reading the answer for all
    units takes `reads` look-ups.
    """

    smallest: int
    largest: int
    products: int
    reads: int

    def seconds(self, length: int) -> float:
        """Estimate of the time in seconds on one core."""
        newton = 2e-9 * self.products * length / 2
        transforms = 2e-9 * self.largest * length * np.log2(length)
        return float(newton + transforms + 3e-8 * self.reads)

    def bytes(self, length: int) -> float:
        """Half a complex spectrum and two cumulated arrays per number of draws."""
        return 24.0 * (self.largest + 1) * length

    def longest(self) -> int:
        """Largest power of two within 10 seconds and 2 GB; 0 if there is none."""
        length = 2**26
        while length and (self.seconds(length) > MOST_SECONDS or self.bytes(length) > MOST_BYTES):
            length //= 2
            if length < SHORTEST:
                return 0
        return length


def on_whole_numbers(values: Vector, budget: Budget, rounding: float) -> WholeNumbers | None:
    """Choose the grid: the values' own lattice if they have one, else fine enough for their spread.

    Values (n,) are distinct where they differ by more than `rounding`. The standard deviation of
    the smallest sum, with the thinner flank of the bulk taken for that of one value, is to span
    1000 cells (4000 where values are tied), as far as a length of 2^20 allows. A longer one is only
    taken to reach 100 cells; None if the budget does not allow even 25.
    """
    longest, largest = budget.longest(), budget.largest
    if longest < SHORTEST:
        return None
    usual = min(longest, USUAL)
    ordered = np.sort(values)
    lowest, span = ordered[0], ordered[-1] - ordered[0]
    step = common_step(ordered - lowest, (usual - 4) / largest, rounding)
    if step is not None:
        units = np.rint((values - lowest) / step)
        return WholeNumbers(units, _power_of_two(largest * units.max() + 4), "lattice")
    kind = "tied" if np.mean(np.diff(ordered) <= rounding) > TIED_SHARE else "smooth"
    one_cell = largest * span / (_spread(ordered) * np.sqrt(budget.smallest))
    fine = _power_of_two(one_cell * (TIED_CELLS if kind == "tied" else SMOOTH_CELLS))
    spare = min(_power_of_two(one_cell * SPARE_CELLS), longest)
    length = max(SHORTEST, min(fine, usual), spare)
    if length < one_cell * FEWEST_CELLS:
        return None
    cells = (length - 4) // largest
    return WholeNumbers(np.rint((values - lowest) * (cells / span)), length, kind)


def _power_of_two(least: float) -> int:
    return 1 << int(np.ceil(np.log2(max(least, 2.0))))


def _spread(ordered: Vector) -> float:
    """Width of the thinner flank of the bulk, in standard deviations of a normal distribution."""
    last = len(ordered) - 1
    low, high = ordered[last // 10], ordered[last - last // 10]
    middle = (ordered[last // 2] + ordered[last - last // 2]) / 2
    flanks = [width / 1.2816 for width in (middle - low, high - middle) if width > 0]
    return float(min([*flanks, float(ordered.std())]))


def common_step(ordered: Vector, most: float, rounding: float) -> float | None:
    """Largest number of which all values are multiples; None if it is below span/`most`.

    `ordered` (n,) ascends from 0. Euclid's algorithm on all values at once: what is left over after
    division by the step so far holds the next, smaller step. A step is only judged where its
    rounding, times the number of steps, stays well below it.
    """
    span = float(ordered[-1])
    finest = max(span / most, float(np.sqrt(16 * rounding * span))) if most > 0 else np.inf
    step = span
    for some in (ordered[:: max(1, len(ordered) // SAMPLE)], ordered):
        distinct = _distinct(some, rounding)
        step = min(step, float(np.diff(distinct, prepend=-np.inf).min()))
        while step >= finest:
            multiples = np.rint(distinct / step)
            rest = np.abs(distinct - multiples * step)
            beyond = rest > 2 * rounding * (1 + multiples)
            if not beyond.any():
                break
            step = float(rest[beyond].min())
        if step < finest:
            return None
    step = span / np.rint(span / step)
    off = np.abs(ordered - np.rint(ordered / step) * step)
    return step if off.max() <= 4 * rounding else None


def _distinct(ordered: Vector, rounding: float) -> Vector:
    return ordered[np.diff(ordered, prepend=-np.inf) > rounding]
