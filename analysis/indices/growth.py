"""Growth of cities and of all of them together, and what the mix of a city lets one expect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.columns import Floats, Rows
from analysis.indices.common import amount, table_of
from spatial.errors import InputError, named

__all__ = ["Grown", "Span", "from_levels", "from_rates", "from_sectors", "yearly"]

Places = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Span:
    """From when to when growth is taken, by row.

    Attributes
    ----------
    before
        Number of the same city's row at the start; −1 where there is none.
    period
        Year or phase to which the row's growth belongs.
    start, none
        How a refusal names the start, and says that no city has both ends.
    """

    before: Places
    period: npt.NDArray[Any]
    start: str
    none: str


@dataclass(frozen=True)
class Grown:
    """Growth between two dates, by row.

    Attributes
    ----------
    own
        Growth of the city, as a share.
    expected
        Growth to be expected of it: that of all cities, or of its own mix of sectors.
    national
        Growth of all cities together, by period.
    here
        The same, by row.
    by_city
        Whether `expected` differs between the cities of one period.
    """

    own: Floats
    expected: Floats
    national: pd.Series[float]
    here: Floats
    by_city: bool


def yearly(rows: Rows) -> Span:
    """Each year against the one before it, which is the year and not the row above."""
    years = rows.years()
    keys = pd.MultiIndex.from_arrays([rows.units, years])
    before = keys.get_indexer(pd.MultiIndex.from_arrays([rows.units, years - 1]))
    return Span(
        before.astype(np.intp),
        years,
        "in the year before",
        "no city has values in two consecutive years, so there is no growth to compare; "
        "check the time column for gaps.",
    )


def _at(values: Floats, places: Places) -> Floats:
    """Values of other rows; missing where there is none."""
    picked = values[places]
    absent = places < 0
    picked[absent] = np.nan
    return picked


def from_levels(frame: pd.DataFrame, output: str, rows: Rows, span: Span) -> Grown:
    """Growth of a level, weighted by its start into the growth of the total."""
    levels = amount(frame, output, rows, "output")
    last = _at(levels, span.before)
    _refuse_start(levels, last, rows, span, f"column {output!r}")
    own = levels / last - 1
    return _of_all(own, last, span)


def from_rates(
    frame: pd.DataFrame, own: Floats, weight: str | None, rows: Rows, span: Span
) -> Grown:
    """Given growth as a share, weighted by a level at the start, or not at all."""
    mass = np.ones(len(frame))
    if weight is not None:
        mass = _at(amount(frame, weight, rows, "weight"), span.before)
        own = np.where(np.isnan(mass), np.nan, own)
    return _of_all(own, mass, span)


def _of_all(own: Floats, mass: Floats, span: Span) -> Grown:
    """Expect of every city what all of them together did."""
    national = _national(own, mass, span)
    here: Floats = np.asarray(national.reindex(span.period), dtype=np.float64)
    return Grown(own, here, national, here, by_city=False)


def from_sectors(
    frame: pd.DataFrame, sectors: Mapping[str, Sequence[str]], rows: Rows, span: Span
) -> Grown:
    """Growth of the sum of sectors, and what its sectors' national growth lets one expect."""
    levels = table_of(frame, sectors, rows, "sectors")
    last = np.column_stack([_at(column, span.before) for column in levels.T])
    gone = np.isnan(levels[:, 0]) | np.isnan(last[:, 0])
    levels[gone], last[gone] = np.nan, np.nan
    total, start = levels.sum(axis=1), last.sum(axis=1)
    _refuse_start(total, start, rows, span, f"the sum of {', '.join(sectors)}")
    own = total / start - 1
    national = _national(own, start, span)
    codes, labels = pd.factorize(span.period[~gone], sort=True)
    change = np.zeros(len(codes))
    for sector, now, then in zip(sectors, levels[~gone].T, last[~gone].T, strict=True):
        sums, sums_then = np.bincount(codes, now), np.bincount(codes, then)
        born = (sums_then == 0) & (sums > 0)
        if born.any():
            raise InputError(
                f"sector {sector!r} starts from zero in every city for {named(labels[born])}, so "
                "that its growth has no value; merge it with another sector."
            )
        growth = sums / np.where(sums_then == 0, 1.0, sums_then) - 1
        change += growth[codes] * then
    expected = np.full(len(own), np.nan)
    expected[~gone] = change / start[~gone]
    here: Floats = np.asarray(national.reindex(span.period), dtype=np.float64)
    return Grown(own, expected, national, here, by_city=True)


def _refuse_start(levels: Floats, last: Floats, rows: Rows, span: Span, name: str) -> None:
    empty = (last == 0) & ~np.isnan(levels)
    if empty.any():
        raise InputError(
            f"{name} is zero {span.start} {rows.named(empty)}; "
            "growth from zero has no value, mend or empty these cells."
        )


def _national(own: Floats, mass: Floats, span: Span) -> pd.Series[float]:
    """Growth of all cities together by period: own growth weighted by mass, where both exist."""
    seen = ~(np.isnan(own) | np.isnan(mass))
    if not seen.any():
        raise InputError(span.none)
    gains = {"period": span.period[seen], "gain": (own * mass)[seen], "mass": mass[seen]}
    sums = pd.DataFrame(gains).groupby("period").sum()
    idle = sums.index[sums["mass"] == 0]
    if len(idle):
        raise InputError(
            f"the weights of all cities are zero {span.start} {named(idle)}; "
            "leave these years out or drop weight=."
        )
    return sums["gain"] / sums["mass"]
