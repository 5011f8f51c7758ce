"""Columns of a user's long table: found by name, read as numbers, keyed by unit and time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from spatial.errors import InputError, counted, named
from spatial.labels import canonical

__all__ = ["Rows", "as_list", "nearest", "numbers", "require_columns", "rows_of"]

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


def as_list(names: str | Sequence[str]) -> list[str]:
    """Give one name or several as a list; what is neither is refused."""
    if isinstance(names, str):
        return [names]
    if not isinstance(names, Iterable):
        raise InputError(f"{names!r} is no name; write one name as text, or a list of names.")
    return list(names)


def nearest(name: object, choices: Iterable[object]) -> str:
    """End a sentence with what `name` may have meant, or with the first few choices."""
    texts = [str(choice) for choice in choices]
    close = get_close_matches(str(name), texts, n=3, cutoff=0.5)
    holding = [text for text in texts if str(name) and (str(name) in text or text in str(name))]
    found = list(dict.fromkeys([*close, *holding]))[:3]
    if found:
        return f"did you mean {' or '.join(found)}?"
    return f"it has {named(texts)}." if texts else "it is empty."


def require_columns(frame: pd.DataFrame, names: Iterable[str], what: str = "the table") -> None:
    """Refuse names that are not columns of the frame, or that are several columns at once."""
    if not isinstance(frame, pd.DataFrame):
        raise InputError(f"{what} is a {type(frame).__name__}; give a pandas.DataFrame.")
    for name in names:
        if isinstance(name, (list, tuple)):
            raise InputError(f"{name!r} names several columns where one is needed; name one.")
        count = int((frame.columns == name).sum())
        if count == 0:
            raise InputError(f"{what} has no column {name!r}; {nearest(name, frame.columns)}")
        if count > 1:
            raise InputError(f"{what} has {count} columns called {name!r}; rename all but one.")


@dataclass(frozen=True, slots=True)
class Rows:
    """Which unit and time each row of a frame belongs to; every pair stands once.

    Attributes
    ----------
    units
        Canonical labels, shape (rows,).
    times
        Canonical labels, shape (rows,); None for a cross-section.
    """

    units: npt.NDArray[np.object_]
    times: npt.NDArray[np.object_] | None

    def named(self, where: Mask) -> str:
        """Write the marked rows as a list of "city time"."""
        if self.times is None:
            return named(self.units[where])
        pairs = zip(self.units[where], self.times[where], strict=True)
        return named(f"{unit} {time}" for unit, time in pairs)

    def periods(self) -> tuple[npt.NDArray[np.intp], list[str]]:
        """Period of each row as a number, and the labels those numbers stand for."""
        if self.times is None:
            return np.zeros(len(self.units), dtype=np.intp), [""]
        codes, labels = pd.factorize(self.times, sort=True)
        return codes.astype(np.intp), [str(label) for label in labels]

    def years(self) -> npt.NDArray[np.int64]:
        """Give times as whole numbers, so that the year before is a fact and not the row above."""
        if self.times is None:
            raise InputError(
                "this measure compares a year with the one before; name the column with time=."
            )
        values = pd.to_numeric(pd.Series(self.times, dtype=object), errors="coerce").to_numpy(float)
        wrong = ~np.isfinite(values) | (values != np.floor(values))
        if wrong.any():
            labels = pd.unique(self.times[wrong])
            raise InputError(
                f"the times {named(labels)} are not whole years; write numbers such as 2010."
            )
        return values.astype(np.int64)


def rows_of(frame: pd.DataFrame, unit: str, time: str | None) -> Rows:
    """Read the unit and time of every row; missing labels and repeated rows are refused."""
    require_columns(frame, [unit] if time is None else [unit, time])
    units = _labels(frame[unit], unit)
    times = None if time is None else _labels(frame[time], time)
    rows = Rows(units, times)
    keys = pd.Series(units) if times is None else pd.MultiIndex.from_arrays([units, times])
    twice = np.asarray(keys.duplicated())
    if twice.any():
        raise InputError(
            f"{rows.named(twice)}: these rows stand more than once; keep one row per "
            f"{unit}{'' if time is None else ' and ' + time}."
        )
    return rows


def _labels(column: pd.Series[Any], name: str) -> npt.NDArray[np.object_]:
    """Canonical text of each label."""
    empty = np.asarray(column.isna())
    if empty.any():
        first = int(np.flatnonzero(empty)[0]) + 1
        raise InputError(
            f"column {name!r} is empty in {counted(int(empty.sum()), 'row', 'rows')} (first in row "
            f"{first}); fill it in or drop the rows."
        )
    return np.array([canonical(label) for label in column], dtype=object)


def numbers(frame: pd.DataFrame, column: str, rows: Rows) -> Floats:
    """Values of a column as floats, missing as NaN; text and infinity are refused by place."""
    values = pd.to_numeric(frame[column], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    text = np.isnan(values) & ~np.asarray(frame[column].isna())
    if text.any():
        words = named(dict.fromkeys(frame[column][text].map(repr)), most=3)
        raise InputError(
            f"column {column!r} holds text ({words}) at {rows.named(text)}; "
            "only numbers can be measured."
        )
    endless = np.isinf(values)
    if endless.any():
        raise InputError(
            f"column {column!r} is infinite at {rows.named(endless)}; mend or empty these cells."
        )
    return values
