"""What every index needs: sectors by name, numbers that cannot be negative, words, results."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from math import isfinite
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from analysis.columns import Floats, Mask, Rows, as_list, numbers, require_columns
from spatial.errors import InputError, named

__all__ = [
    "IndexWarning",
    "Sectors",
    "amount",
    "finished",
    "is_number",
    "one_of",
    "refuse",
    "sectors_of",
    "shares_of",
    "table_of",
    "warn",
    "words",
]

Sectors = Mapping[str, str | Sequence[str]] | Sequence[str]


class IndexWarning(UserWarning):
    """An index has no value or no firm meaning somewhere; the cities and years are named."""


def one_of(name: str, given: object, known: Sequence[object]) -> None:
    """Refuse a word that is none of the known ones."""
    if given not in known:
        choices = ", ".join(repr(word) for word in known)
        raise InputError(f"{name}={given!r} is unknown; write one of {choices}.")


def is_number(given: object) -> bool:
    """Whether an argument is a finite number; True and False are none."""
    return isinstance(given, Real) and not isinstance(given, bool) and isfinite(given)


def refuse(where: Mask, rows: Rows, fault: str, remedy: str) -> None:
    """Raise when any row is marked, naming city and year."""
    if where.any():
        raise InputError(f"{fault} at {rows.named(where)}; {remedy}.")


def warn(
    where: Mask,
    rows: Rows,
    fault: str,
    meaning: str,
    *,
    level: int = 4,
    category: type[IndexWarning] = IndexWarning,
) -> None:
    """Warn when any row is marked, naming city and year; shown `level` calls above this one."""
    if where.any():
        text = f"{fault} at {rows.named(where)}: {meaning}."
        warnings.warn(text, category, stacklevel=level)


def words(columns: str | Sequence[str], glue: str = " + ") -> str:
    """Columns as they stand in a sentence."""
    return glue.join(as_list(columns))


def amount(
    frame: pd.DataFrame, columns: str | Sequence[str], rows: Rows, argument: str = "part"
) -> Floats:
    """Sum of the columns, missing where any of them is; negative numbers are refused."""
    wanted = as_list(columns)
    if not wanted:
        raise InputError(f"{argument}= names no column; name at least one column.")
    require_columns(frame, wanted)
    total = np.zeros(len(frame))
    for column in wanted:
        values = numbers(frame, column, rows)
        refuse(values < 0, rows, f"column {column!r} is negative", "mend or empty these cells")
        total += values
    return total


def sectors_of(given: Sectors, argument: str, least: int = 2) -> dict[str, list[str]]:
    """Name each sector and list its columns; a plain list has one column per sector.

    Raises
    ------
    InputError
        Too few sectors, a sector without a column, or a column that stands twice.
    """
    if isinstance(given, Mapping):
        found = {str(name): as_list(columns) for name, columns in given.items()}
    else:
        found = {}
        for column in as_list(given):
            if not isinstance(column, str):
                raise InputError(
                    f"{argument}= holds {column!r}; list column names, or give a mapping from "
                    "the name of a sector to its columns."
                )
            found.setdefault(column, []).append(column)
    columns = [column for parts in found.values() for column in parts]
    twice = sorted({str(column) for column in columns if columns.count(column) > 1})
    if twice:
        raise InputError(f"{argument}= counts {named(twice)} more than once; list a column once.")
    empty = [name for name, parts in found.items() if not parts]
    if empty:
        raise InputError(f"{argument}= has no column for {named(empty)}; name one or drop it.")
    if len(found) < least:
        raise InputError(
            f"{argument}= names {len(found)} of at least {least} parts; with fewer the index "
            "says nothing."
        )
    return found


def table_of(
    frame: pd.DataFrame, sectors: Mapping[str, Sequence[str]], rows: Rows, argument: str
) -> Floats:
    """Amount of each sector, (rows, sectors); a row that lacks one lacks all."""
    values = np.column_stack([amount(frame, cols, rows, argument) for cols in sectors.values()])
    values[np.isnan(values).any(axis=1)] = np.nan
    return values


def shares_of(values: Floats, rows: Rows, what: str) -> Floats:
    """Shares of the sectors in their sum, by row; a sum of zero is refused."""
    sums = values.sum(axis=1)
    refuse(
        sums == 0,
        rows,
        f"the columns of {what} add up to zero",
        "shares of nothing have no value, mend or empty these cells",
    )
    shares: Floats = values / sums[:, None]
    return shares


def finished(
    values: Floats, frame: pd.DataFrame, name: str, note: str, note_zh: str, **attrs: Any
) -> pd.Series[Any]:
    """Series on the frame's index with what was done in `.attrs`."""
    result = pd.Series(values, index=frame.index, name=name)
    result.attrs.update({"note": note, "note_zh": note_zh, **attrs})
    return result
