"""How a city's growth stands to that of all cities when the whole economy moves."""

from __future__ import annotations

import json
import warnings
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.columns import Floats, Rows, numbers, require_columns, rows_of
from spatial.errors import InputError, named

__all__ = ["ResilienceWarning", "resilience"]

NEAR_ZERO = 0.01
ZERO = 1e-12


class ResilienceWarning(UserWarning):
    """National growth is close to zero in some years, so that the relative form explodes there."""


def resilience(
    frame: pd.DataFrame,
    output: str | None = None,
    form: Literal["relative", "difference"] = "relative",
    *,
    unit: str,
    time: str,
    growth: str | None = None,
    weight: str | None = None,
) -> pd.Series[Any]:
    """Yearly economic resilience: growth of a city against the growth of all cities together.

    relative    R_it = (g_it − g_Nt) / |g_Nt|   (no unit; Martin's sensitivity index, by year)
    difference  R_it = g_it − g_Nt              (a share: 0.01 is one percentage point)

    with g_it = Y_it / Y_i,t−1 − 1 and g_Nt the growth of ΣY over the cities observed in both
    years. In a contraction (g_N < 0) a positive value is resistance, in an expansion recovery.

    Parameters
    ----------
    frame
        Long table, one row per city and year, in any order.
    output
        Column of output or employment, Y. Give either this or `growth`.
    form
        "relative" or "difference".
    unit, time
        Columns with the city and the year (whole numbers).
    growth
        Column that already holds the city's growth, in per cent (real growth as yearbooks
        print it).
    weight
        With `growth`: column whose value in the *year before* weights the cities' growth into
        g_N, normally the level of output; without it g_N is the plain mean.

    Returns
    -------
    Series
        Named "resilience", on the frame's own index. `.attrs["note"]` and `.attrs["note_zh"]`
        say whose growth g_N is, `.attrs["national_growth"]` gives it by year as JSON text.

    Raises
    ------
    InputError
        Zero output in the year before, negative output, negative weights, no two years in a
        row, national growth of exactly zero in the relative form, text or infinite values,
        repeated rows.

    Warns
    -----
    ResilienceWarning
        In the relative form, where |g_N| is below one per cent: the years are named.

    Notes
    -----
    "The year before" is the year, not the row above: the first year of a city and the year
    after a gap are missing. A city counts towards g_N in the years in which it has a value of
    its own, and in no other.
    Sources: Martin (2012), Journal of Economic Geography 12(1); Lagravinese (2015); Martin and
    Gardiner (2019).

    Examples
    --------
    >>> table = pd.DataFrame({"city": list("aabb"), "year": [1, 2, 1, 2]})
    >>> table["gdp"] = [100, 120, 300, 320]
    >>> resilience(table, "gdp", unit="city", time="year").round(3).tolist()
    [nan, 1.0, nan, -0.333]
    """
    if form not in ("relative", "difference"):
        raise InputError(f"form={form!r} is unknown; write 'relative' or 'difference'.")
    if (output is None) == (growth is None):
        raise InputError(
            "give one of output= (a level, such as gdp) and growth= (a rate in per cent)."
        )
    if weight is not None and growth is None:
        raise InputError(
            "weight= goes with growth=; with output= the cities are weighted by their output."
        )
    rows = rows_of(frame, unit, time)
    years = rows.years()
    if output is not None:
        own, mass = _from_levels(frame, output, rows, years)
    else:
        own, mass = _from_rates(frame, str(growth), weight, rows, years)
    national = _national(own, mass, years)
    values = own - national.reindex(years).to_numpy()
    if form == "relative":
        _guard(national)
        values = values / np.abs(national.reindex(years).to_numpy())
    result = pd.Series(values, index=frame.index, name="resilience")
    result.attrs.update(_notes(form, output, growth, weight, national))
    return result


def _before(rows: Rows, years: npt.NDArray[np.int64]) -> npt.NDArray[np.intp]:
    """Row of the same city one year earlier; −1 where there is none."""
    keys = pd.MultiIndex.from_arrays([rows.units, years])
    return keys.get_indexer(pd.MultiIndex.from_arrays([rows.units, years - 1])).astype(np.intp)


def _lagged(values: Floats, before: npt.NDArray[np.intp]) -> Floats:
    """Values of the year before."""
    return np.where(before >= 0, values[before], np.nan)


def _from_levels(
    frame: pd.DataFrame, output: str, rows: Rows, years: npt.NDArray[np.int64]
) -> tuple[Floats, Floats]:
    """Growth of each row and last year's output, which weights it into the growth of the total."""
    levels = _level(frame, output, rows)
    last = _lagged(levels, _before(rows, years))
    empty = (last == 0) & ~np.isnan(levels)
    if empty.any():
        raise InputError(
            f"column {output!r} is zero in the year before {rows.named(empty)}; "
            "growth from zero has no value, mend or empty these cells."
        )
    return levels / last - 1, last


def _from_rates(
    frame: pd.DataFrame, growth: str, weight: str | None, rows: Rows, years: npt.NDArray[np.int64]
) -> tuple[Floats, Floats]:
    """Given growth of each row, as a share, and its weight; missing where the weight is."""
    require_columns(frame, [growth])
    own = numbers(frame, growth, rows) / 100
    if weight is None:
        return own, np.ones(len(frame))
    mass = _lagged(_level(frame, weight, rows), _before(rows, years))
    return np.where(np.isnan(mass), np.nan, own), mass


def _level(frame: pd.DataFrame, column: str, rows: Rows) -> Floats:
    """Read a column that cannot be negative."""
    require_columns(frame, [column])
    values = numbers(frame, column, rows)
    if (values < 0).any():
        raise InputError(
            f"column {column!r} is negative at {rows.named(values < 0)}; mend or empty these cells."
        )
    return values


def _national(own: Floats, mass: Floats, years: npt.NDArray[np.int64]) -> pd.Series[float]:
    """Growth of all cities together by year: own growth weighted by mass, where both exist."""
    seen = ~(np.isnan(own) | np.isnan(mass))
    if not seen.any():
        raise InputError(
            "no city has values in two consecutive years, so there is no growth to compare; "
            "check the time column for gaps."
        )
    frame = pd.DataFrame({"year": years[seen], "gain": (own * mass)[seen], "mass": mass[seen]})
    sums = frame.groupby("year").sum()
    idle = sums.index[sums["mass"] == 0]
    if len(idle):
        raise InputError(
            f"the weights of all cities are zero in the year before {named(idle)}; "
            "leave these years out or drop weight=."
        )
    return sums["gain"] / sums["mass"]


def _guard(national: pd.Series[float]) -> None:
    """Refuse national growth of zero and warn where it is near zero."""
    still = national.index[national.abs() < ZERO]
    if len(still):
        raise InputError(
            f"national growth is zero in {named(still)}, so the relative form has no value; "
            "use form='difference'."
        )
    near = national[national.abs() < NEAR_ZERO]
    if len(near):
        words = named(f"{year} ({value:.2%})" for year, value in near.items())
        warnings.warn(
            f"national growth is below one per cent in {words}: relative resilience divides by it "
            "and explodes there; consider form='difference'.",
            ResilienceWarning,
            stacklevel=3,
        )


def _notes(
    form: str,
    output: str | None,
    growth: str | None,
    weight: str | None,
    national: pd.Series[float],
) -> dict[str, str]:
    """Sentences, in both languages, that say whose growth the yardstick is."""
    formula = "(g_i − g_N)/|g_N|" if form == "relative" else "g_i − g_N"
    if output is not None:
        whose = (
            f"g is growth of {output}, g_N that of its sum over the cities of the table "
            "observed in both years"
        )
        whose_zh = f"g 为 {output} 的增长率，g_N 为表中两年均有观测的城市合计值的增长率"
    elif weight is None:
        whose = f"g is {growth}, g_N its unweighted mean over the cities of the table"
        whose_zh = f"g 为 {growth}，g_N 为表中城市的简单平均"
    else:
        whose = (
            f"g is {growth}, g_N its mean over the cities of the table weighted by {weight} "
            "of the year before"
        )
        whose_zh = f"g 为 {growth}，g_N 为表中城市以上一年 {weight} 加权的平均"
    return {
        "note": f"Resilience {formula}; {whose}.",
        "note_zh": f"经济韧性 {formula}；{whose_zh}。",
        "national_growth": json.dumps(
            {str(year): float(value) for year, value in national.items()}
        ),
    }
