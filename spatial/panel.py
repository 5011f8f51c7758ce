"""A long table of units and times: validated, sorted, with its gaps reported."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from spatial.errors import InputError, counted, named
from spatial.labels import canonical

__all__ = ["Panel", "require_column"]

Positions = npt.NDArray[np.intp]


class Panel:
    """Observations of units over times, one row each.

    Parameters
    ----------
    frame
        Long table; it is copied, never changed.
    unit, time
        Columns that say whose and when. Labels of units compare in canonical text form (110000 =
        110000.0 = "110000"); the form met first is kept.

    Raises
    ------
    InputError
        A column is absent, a label is missing, or a unit stands twice in one time.

    Examples
    --------
    >>> table = pd.DataFrame({"city": ["b", "a", "b", "a"], "year": [1, 1, 2, 2], "y": 1.0})
    >>> panel = Panel(table, unit="city", time="year")
    >>> list(panel.units), list(panel.times), panel.balanced
    (['a', 'b'], [1, 2], True)
    """

    def __init__(self, frame: pd.DataFrame, unit: str, time: str) -> None:
        if not isinstance(frame, pd.DataFrame):
            raise InputError(
                f"a panel is made from a DataFrame, not from a {type(frame).__name__}."
            )
        for column in (unit, time):
            require_column(frame, column)
        if unit == time:
            raise InputError(f"unit and time are the same column, {unit}; name two.")
        if len(frame) == 0:
            raise InputError("the table has no rows; check the filters that made it.")
        self.unit, self.time = unit, time
        unit_codes, units = _codes_of_units(frame[unit], unit)
        time_codes, times = _codes_of_times(frame[time], time)
        cell = time_codes * len(units) + unit_codes
        order = np.argsort(cell, kind="stable")
        _refuse_twice(cell[order], units, times)
        self.units, self.times = units, times
        self._unit_codes, self._time_codes = unit_codes[order], time_codes[order]
        sorted_frame = frame.iloc[order].reset_index(drop=True)
        sorted_frame[unit] = units.take(self._unit_codes).to_numpy()
        sorted_frame[time] = times.take(self._time_codes).to_numpy()
        self._frame = sorted_frame

    @property
    def frame(self) -> pd.DataFrame:
        """The table, sorted by time and then by unit; a copy."""
        return self._frame.copy()

    @property
    def n_units(self) -> int:
        """Number of units."""
        return len(self.units)

    @property
    def n_times(self) -> int:
        """Number of times."""
        return len(self.times)

    @property
    def balanced(self) -> bool:
        """Whether every unit has a row in every time."""
        return len(self._frame) == self.n_units * self.n_times

    @property
    def codes(self) -> tuple[Positions, Positions]:
        """Places of the rows of `frame` in `units` and in `times`."""
        return self._unit_codes.copy(), self._time_codes.copy()

    @cached_property
    def gaps(self) -> pd.DataFrame:
        """Pairs of unit and time without a row; empty when balanced."""
        present = np.zeros((self.n_times, self.n_units), dtype=bool)
        present[self._time_codes, self._unit_codes] = True
        at_time, at_unit = np.nonzero(~present)
        return pd.DataFrame(
            {self.unit: self.units.take(at_unit), self.time: self.times.take(at_time)}
        )

    @property
    def complete_units(self) -> pd.Index:
        """Units that have a row in every time."""
        counts = np.bincount(self._unit_codes, minlength=self.n_units)
        complete: pd.Index = self.units[counts == self.n_times]
        return complete

    def __repr__(self) -> str:
        state = "balanced" if self.balanced else f"{counted(len(self.gaps), 'gap', 'gaps')}"
        return (
            f"Panel({self.n_units} units in {self.unit} × {self.n_times} times in {self.time} "
            f"[{self.times[0]} to {self.times[-1]}], {len(self._frame)} rows, {state})"
        )

    def subset(
        self, units: Iterable[Any] | None = None, years: Sequence[Any] | None = None
    ) -> Panel:
        """Panel of some units, some times, or both.

        `years` of two values are bounds, both included; any other number of values is a list of
        times.
        """
        keep = np.ones(len(self._frame), dtype=bool)
        if units is not None:
            keep &= np.isin(self._unit_codes, self.positions(units))
        if years is not None:
            keep &= np.isin(self._time_codes, self._chosen_times(list(years)))
        if not keep.any():
            raise InputError("no row is left after the choice of units and years; widen it.")
        return Panel(self._frame.loc[keep], self.unit, self.time)

    def at(self, time: Any) -> pd.DataFrame:
        """Rows of one time, indexed by unit: a cross-section."""
        at_time = self.times.get_indexer(pd.Index([time]))[0]
        if at_time < 0:
            raise InputError(
                f"the panel has no {self.time} {time}; it has {named(self.times, 30)}."
            )
        rows = self._frame.loc[self._time_codes == at_time]
        section: pd.DataFrame = rows.drop(columns=[self.time]).set_index(self.unit)
        return section

    def shift(self, column: str, periods: int = 1) -> pd.Series:
        """Values `periods` steps of time earlier, on the rows of `frame`.

        Missing where there is none.

        A step is the smallest distance between two times of the panel (numbers and dates), or one
        place in the order of times (text): a year without data stays a gap and is never bridged by
        the year before it.
        """
        require_column(self._frame, column)
        return self.shift_values(self._frame[column], periods)

    def shift_values(self, values: pd.Series, periods: int = 1) -> pd.Series:
        """Like `shift`, for values on the rows of `frame`."""
        taken = values.reindex(self._source_rows(periods))
        taken.index = values.index
        return taken

    def positions(self, units: Iterable[Any]) -> Positions:
        """Places of `units` in `self.units`, matched by canonical text."""
        known = {canonical(label): i for i, label in enumerate(self.units)}
        wanted = [canonical(label) for label in units]
        absent = [label for label in wanted if label not in known]
        if absent:
            raise InputError(
                f"the panel has no unit {named(absent)}; names must match column {self.unit}."
            )
        return np.array([known[label] for label in wanted], dtype=np.intp)

    def _chosen_times(self, years: list[Any]) -> Positions:
        if len(years) == 2:
            low, high = years
            if low > high:
                raise InputError(f"years run from {low} to {high}; give the earlier one first.")
            return np.flatnonzero((self.times >= low) & (self.times <= high))
        places = self.times.get_indexer(pd.Index(years))
        absent = [year for year, place in zip(years, places, strict=True) if place < 0]
        if absent:
            raise InputError(
                f"the panel has no {self.time} {named(absent)}; it has {named(self.times, 30)}."
            )
        return np.asarray(places, dtype=np.intp)

    def _source_rows(self, periods: int) -> Positions:
        """Row number from which each row's shifted value comes, -1 for none."""
        earlier = _earlier_times(self.times, periods)
        row_of = np.full((self.n_times, self.n_units), -1, dtype=np.intp)
        row_of[self._time_codes, self._unit_codes] = np.arange(len(self._frame))
        source_time = earlier[self._time_codes]
        rows = row_of[source_time, self._unit_codes]
        return np.where(source_time < 0, -1, rows)


def require_column(frame: pd.DataFrame, column: str) -> None:
    """Refuse a column that the table lacks, with what may have been meant."""
    if column not in frame.columns:
        near = get_close_matches(str(column), [str(c) for c in frame.columns], n=1)
        hint = f"; did you mean {near[0]}?" if near else f"; it has {named(frame.columns, 20)}."
        raise InputError(f"the table has no column {column}{hint}")


def _codes_of_units(labels: pd.Series, column: str) -> tuple[Positions, pd.Index]:
    """Codes of units in sorted order and the label of each, in the form met first."""
    codes, given = pd.factorize(labels)
    if (codes < 0).any():
        row = labels.index[int(np.argmax(codes < 0))]
        raise InputError(
            f"column {column} is empty in {counted(int((codes < 0).sum()), 'row', 'rows')} (first: "
            f"row {row}); name the unit."
        )
    texts = np.array([canonical(label) for label in given], dtype=object)
    merged, distinct = pd.factorize(texts)
    first = np.full(len(distinct), -1, dtype=np.intp)
    first[merged[::-1]] = np.arange(len(merged))[::-1]
    kept = pd.Index(given).take(first)
    order = _order(kept, pd.Index(distinct))
    rank = np.empty(len(order), dtype=np.intp)
    rank[order] = np.arange(len(order))
    return rank[merged[codes]], kept.take(order)


def _order(labels: pd.Index, texts: pd.Index) -> Positions:
    if pd.api.types.is_numeric_dtype(labels.dtype):
        return np.asarray(labels.argsort(), dtype=np.intp)
    return np.asarray(texts.argsort(), dtype=np.intp)


def _codes_of_times(labels: pd.Series, column: str) -> tuple[Positions, pd.Index]:
    empty = labels.isna().to_numpy()
    if empty.any():
        raise InputError(
            f"column {column} is empty in {counted(int(empty.sum()), 'row', 'rows')} (first: row "
            f"{labels.index[int(np.argmax(empty))]}); fill in the time."
        )
    if pd.api.types.is_float_dtype(labels.dtype):
        whole = labels.to_numpy() == np.round(labels.to_numpy())
        if whole.all():
            labels = labels.astype(np.int64)
    elif not pd.api.types.is_numeric_dtype(
        labels.dtype
    ) and not pd.api.types.is_datetime64_any_dtype(labels.dtype):
        labels = labels.map(canonical)
        if labels.str.fullmatch(r"[+-]?\d{1,9}").all():
            labels = labels.astype(np.int64)
    codes, times = pd.factorize(labels, sort=True)
    return np.asarray(codes, dtype=np.intp), pd.Index(times)


def _refuse_twice(cells: Positions, units: pd.Index, times: pd.Index) -> None:
    twice = np.unique(cells[1:][cells[1:] == cells[:-1]])
    if len(twice):
        names = [f"{units[c % len(units)]} {times[c // len(units)]}" for c in twice[:8]]
        more = f" and {len(twice) - 8} more" if len(twice) > 8 else ""
        pairs = counted(len(twice), "pair of unit and time stands", "pairs of unit and time stand")
        raise InputError(f"{pairs} more than once: {', '.join(names)}{more}; keep one row of each.")


def _earlier_times(times: pd.Index, periods: int) -> Positions:
    """Place of the time `periods` steps before each time, -1 where the panel lacks it."""
    if len(times) == 1 or not (
        pd.api.types.is_numeric_dtype(times.dtype)
        or pd.api.types.is_datetime64_any_dtype(times.dtype)
    ):
        places = np.arange(len(times)) - periods
        return np.where((places >= 0) & (places < len(times)), places, -1).astype(np.intp)
    if pd.api.types.is_datetime64_any_dtype(times.dtype):
        dates = pd.DatetimeIndex(times)
        months = dates.year * 12 + dates.month
        grid = pd.Index(months) if months.is_unique else pd.Index(dates.asi8)
    else:
        grid = times
    step = np.diff(grid.to_numpy()).min()
    return np.asarray(grid.get_indexer(pd.Index(grid.to_numpy() - periods * step)), dtype=np.intp)
