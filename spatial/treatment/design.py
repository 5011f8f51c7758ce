"""Who is treated since when, and how many of the neighbours are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from spatial.errors import InputError, named
from spatial.sample import Sample

__all__ = ["Design", "design_of", "first_times"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Design:
    """Rows of a sample with the start of treatment of each unit.

    `first` (N,) is the time of the first treatment, infinite for units never treated; `leads` and
    `lags` say how far events are told apart, the last lag standing for all later ones.
    """

    sample: Sample
    first: Array
    leads: int
    lags: int

    @cached_property
    def since(self) -> Array:
        """Steps of time since the unit's own treatment (n,), negative before it, −∞ for never."""
        times = np.asarray(self.sample.times, dtype=np.float64)
        step = np.diff(times).min()
        unit, time = self.sample.layout.unit_codes, self.sample.layout.time_codes
        return np.asarray(np.floor((times[time] - self.first[unit]) / step + 1e-9))

    @cached_property
    def treated(self) -> Mask:
        """Whether the unit is treated, (n,)."""
        return self.since >= 0

    @cached_property
    def share(self) -> Array:
        """W·treated (n,): with weights that sum to one the share of treated neighbours."""
        return self.sample.network.lag(self.treated.astype(np.float64))

    @cached_property
    def exposed(self) -> Mask:
        """Whether any neighbour is treated."""
        return np.asarray(self.share != 0.0)

    def own(self, step: int) -> Array:
        """One where treatment began `step` steps ago; the last lag holds all later ones too."""
        hit = self.since >= step if step == self.lags else self.since == step
        return hit.astype(np.float64)

    def neighbours(self, step: int) -> Array:
        """Share of neighbours whose treatment began `step` steps ago."""
        return self.sample.network.lag(self.own(step))

    @cached_property
    def exposure(self) -> Array:
        """Neighbours' treatment by time since, (n, lags + 1); its rows add up to `share`."""
        return np.column_stack([self.neighbours(step) for step in range(self.lags + 1)])

    @cached_property
    def coming(self) -> Array:
        """Own treatment in 1, 2, ..., leads steps, and then that of neighbours, (n, 2·leads)."""
        steps = [-step for step in range(1, self.leads + 1)]
        own, near = [self.own(s) for s in steps], [self.neighbours(s) for s in steps]
        return np.column_stack([*own, *near]) if steps else np.empty((len(self.since), 0))

    @cached_property
    def background(self) -> Array:
        """Dummies of times, and the controls, (n, T + K)."""
        time = self.sample.layout.time_codes
        dummies = (time[:, None] == np.arange(self.sample.layout.n_times)).astype(np.float64)
        return np.column_stack([dummies, self.sample.x])

    @cached_property
    def cohorts(self) -> Array:
        """Times of first treatment that occur, in order."""
        found = np.unique(self.first)
        return np.asarray(found[np.isfinite(found)])

    def enough(self, rows: Mask) -> Mask:
        """Rows of times with two units at least: of one alone no error can be told."""
        time = self.sample.layout.time_codes
        counts = np.bincount(time[rows], minlength=self.sample.layout.n_times)
        return rows & (counts >= 2)[time]

    def reassigned(self, order: Codes) -> Design:
        """The same with the starts of treatment dealt out to other units."""
        return Design(self.sample, self.first[order], self.leads, self.lags)


def design_of(sample: Sample, first_treated: str, leads: int, lags: int) -> Design:
    """Read the start of treatment of each unit from a column of the data."""
    if sample.times is None or not pd.api.types.is_numeric_dtype(sample.times):
        raise InputError("first_treated= needs a panel whose times are numbers, such as years.")
    if len(sample.times) < 2:
        raise InputError(
            f"the panel has one {sample.time_name}; before and after need at least two."
        )
    return Design(sample, first_times(sample, first_treated), leads, lags)


def first_times(sample: Sample, column: str) -> Array:
    """Time of the first treatment of each unit, infinite where the column is empty.

    Raises
    ------
    InputError
        A column that is absent, holds text, changes within a unit, or is empty for all.
    """
    if column not in sample.frame.columns:
        raise InputError(
            f"first_treated={column!r} is no column of the data; they have "
            f"{named(sample.frame.columns, 30)}."
        )
    given: pd.Series = sample.frame[column]
    values: pd.Series = pd.to_numeric(given, errors="coerce")
    bad = values.isna() & given.notna() & (given.astype(str).str.strip() != "")
    if bad.any():
        raise InputError(
            f"column {column} holds {named(given[bad].unique())}; it holds the "
            f"{sample.time_name} of the first treatment, and nothing for units never treated."
        )
    grouped = values.astype(np.float64).fillna(np.inf).groupby(sample.layout.unit_codes)
    low, high = grouped.min(), grouped.max()
    changing = sample.units.take(np.flatnonzero((low != high).to_numpy()))
    if len(changing):
        raise InputError(
            f"column {column} changes over time for {named(changing)}; it holds the "
            f"{sample.time_name} of the first treatment in every row of a unit."
        )
    first = np.asarray(low.to_numpy(), dtype=np.float64)
    _require_contrast(first, sample, column)
    return first


def _require_contrast(first: Array, sample: Sample, column: str) -> None:
    begin, end = sample.times[0], sample.times[-1]  # type: ignore[index]
    zero = (first == 0) & (float(begin) > 0)
    if zero.any():
        raise InputError(
            f"column {column} is 0 for {named(sample.units[zero])}; leave it empty for units never "
            "treated."
        )
    if not (first <= float(end)).any():
        raise InputError(
            f"column {column} starts no treatment by {end}; without treated units "
            "there is no effect to estimate."
        )
    if (first <= float(begin)).all():
        raise InputError(
            f"column {column} has all units treated from {begin} on; there is no time "
            "before treatment to compare with."
        )
