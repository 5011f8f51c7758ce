"""Values of a column as the measures of this package need them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from spatial.errors import InputError, counted, named
from spatial.panel import Panel, require_column

__all__ = [
    "Section",
    "as_list",
    "chosen_times",
    "column_of",
    "column_wide",
    "require_positive",
    "sections",
    "spread_of",
    "tabulated",
]  # fmt: skip

Array = npt.NDArray[np.float64]
Data = Panel | pd.DataFrame | pd.Series


def as_list(names: str | Sequence[str]) -> list[str]:
    """One name or several as a list."""
    return [names] if isinstance(names, str) else list(names)


def column_of(panel: Panel, column: str) -> pd.Series:
    """Numbers of a column on the rows of `panel.frame`."""
    if not isinstance(panel, Panel):
        raise InputError(
            f"the data are a {type(panel).__name__}; give spatial.Panel(frame, unit=, time=)."
        )
    frame = panel.frame
    require_column(frame, column)
    if not pd.api.types.is_numeric_dtype(frame[column].dtype):
        raise InputError(f"column {column!r} holds text; give a column of numbers.")
    values = frame[column].astype(np.float64)
    infinite = np.flatnonzero(np.isinf(values.to_numpy()))
    if len(infinite):
        raise InputError(
            f"{column} is infinite in {counted(len(infinite), 'row', 'rows')} "
            f"({_rows(panel, infinite)}); mend them."
        )
    return values


def column_wide(panel: Panel, column: str) -> pd.DataFrame:
    """A column as a table of times by units, missing where there is no value."""
    values = column_of(panel, column).to_numpy()
    units, times = panel.codes
    wide = np.full((panel.n_times, panel.n_units), np.nan)
    wide[times, units] = values
    return pd.DataFrame(
        wide, index=pd.Index(panel.times, name=panel.time), columns=pd.Index(panel.units)
    )


def chosen_times(panel: Panel, times: Sequence[Any] | None) -> list[Any]:
    """Times asked for, all by default."""
    known = list(panel.times)
    if times is None:
        return known
    absent = [time for time in times if time not in known]
    if absent or not len(times):
        raise InputError(
            f"times={list(times)!r}: the panel has no {named(absent) or 'such time'}; it has "
            f"{named(known, 30)}."
        )
    return list(times)


@dataclass(frozen=True, eq=False)
class Section:
    """Values of one time by unit, and which group each belongs to.

    `codes` (n,) are places in `groups`; without groups there is one, called "".
    """

    time: Any
    values: pd.Series
    codes: npt.NDArray[np.intp]
    groups: tuple[str, ...]


def sections(
    data: Data, column: str | None, by: str | pd.Series | None, measure: str
) -> Iterator[Section]:
    """Values of every time that are there, for a measure of inequality.

    Parameters
    ----------
    data
        A `Panel`, a frame indexed by unit, or a Series of values by unit.
    column
        Of the values; None for a Series.
    by
        Column of the groups, or a Series of groups by unit; None for one group.

    Raises
    ------
    InputError
        A column that is absent or holds text, fewer than two values, negative ones, a unit without
        a group.
    """
    if isinstance(data, Panel):
        column_of(data, str(column))
        for time in data.times:
            try:
                yield _section(data.at(time), str(column), by, measure, time)
            except InputError as error:
                raise InputError(f"{column} in {time}: {error}") from None
        return
    if isinstance(data, pd.Series):
        if column is not None or isinstance(by, str):
            raise InputError("a Series has no columns; leave column= out, and give by= a Series.")
        column = str(data.name or "value")
        data = data.to_frame(column)
    if not isinstance(data, pd.DataFrame) or column is None:
        raise InputError(
            f"the data are a {type(data).__name__}; give a spatial.Panel and a column, or a Series "
            "indexed by unit, so that labels are matched."
        )
    yield _section(data, column, by, measure, None)


def tabulated(
    data: Data,
    column: str | None,
    by: str | pd.Series | None,
    measure: str,
    rows: Callable[[Section], pd.DataFrame],
) -> pd.DataFrame:
    """Rows of a measure for every time, which stands in the first column of those of a panel."""
    tables = []
    for section in sections(data, column, by, measure):
        table = rows(section)
        if isinstance(data, Panel):
            table.insert(0, data.time, section.time)
        tables.append(table)
    out = pd.concat(tables, ignore_index=True)
    out.attrs = {"column": str(out["term"].iloc[0]), "by": by if isinstance(by, str) else None}
    return out


def _section(
    frame: pd.DataFrame, column: str, by: str | pd.Series | None, measure: str, time: Any
) -> Section:
    require_column(frame, column)
    known = _finite(frame[column])
    _not_negative(known, measure)
    if by is None:
        return Section(time, known, np.zeros(len(known), dtype=np.intp), ("",))
    if isinstance(by, str):
        require_column(frame, by)
        by = frame[by]
    of_each = _groups(by, known.index)
    codes: npt.NDArray[Any]
    codes, names = pd.factorize(of_each, sort=True)
    if isinstance(of_each.dtype, pd.CategoricalDtype):
        kept = of_each.cat.remove_unused_categories()
        codes, names = kept.cat.codes.to_numpy(dtype=np.intp), kept.cat.categories
    return Section(time, known, np.asarray(codes, dtype=np.intp), tuple(map(str, names)))


def _groups(by: pd.Series, units: pd.Index) -> pd.Series:
    if not isinstance(by, pd.Series) or not units.isin(by.index).all():
        absent = () if not isinstance(by, pd.Series) else units.difference(by.index)
        raise InputError(f"groups must be a Series with every unit; it lacks {named(absent)}.")
    of_each = by[~by.index.duplicated()].reindex(units)
    if of_each.isna().any():
        without = units[of_each.isna()]
        raise InputError(f"{named(without)} have no group; fill it in, or leave them out.")
    return of_each


def _finite(values: pd.Series) -> pd.Series:
    """Values that are there, at least two."""
    if not pd.api.types.is_numeric_dtype(values.dtype):
        raise InputError("the values hold text; give numbers.")
    known = values.dropna().astype(np.float64)
    if not np.isfinite(known.to_numpy()).all():
        raise InputError("the values hold infinite numbers; mend them.")
    if len(known) < 2:
        raise InputError(
            f"the values hold {counted(len(known), 'number', 'numbers')}; at least 2 are needed."
        )
    return known


def _not_negative(values: pd.Series, measure: str) -> None:
    bad = values[values < 0]
    if len(bad) or values.sum() <= 0:
        who = f"{named(bad.index)} lie below" if len(bad) else "their mean is zero"
        raise InputError(
            f"the values: {measure} needs values of at least zero, and {who}; use an index that "
            "cannot be negative, or the standard deviation of sigma_convergence."
        )


def spread_of(left_out: Array) -> Array:
    """Jackknife standard errors (k,) from estimates without one unit each, (n, k)."""
    n = len(left_out)
    apart = left_out - left_out.mean(axis=0)
    return np.asarray(np.sqrt((n - 1.0) / n * (apart**2).sum(axis=0)))


def require_positive(values: Array, panel: Panel, column: str) -> None:
    """Refuse values that have no logarithm, and rows that are absent."""
    bad = np.flatnonzero(~(values > 0))
    if len(bad) or not panel.balanced:
        raise InputError(
            f"{column}: growth in logarithms needs a positive value of every unit in every time; "
            + (
                f"mend {_rows(panel, bad)}."
                if len(bad)
                else f"{counted(len(panel.gaps), 'row is', 'rows are')} absent."
            )
        )


def _rows(panel: Panel, rows: npt.NDArray[np.intp]) -> str:
    units, times = panel.codes
    return named(f"{panel.units[units[r]]} {panel.times[times[r]]}" for r in rows)
