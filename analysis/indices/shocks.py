"""How a city's growth stands to that of all cities when the whole economy moves, year by year."""

from __future__ import annotations

import json
import warnings
from typing import Any, Literal

import numpy as np
import pandas as pd

from analysis.columns import Floats, Rows, numbers, require_columns, rows_of
from analysis.indices.common import (
    IndexWarning,
    Sectors,
    finished,
    one_of,
    refuse,
    sectors_of,
    warn,
)
from analysis.indices.growth import Grown, from_levels, from_rates, from_sectors, yearly
from spatial.errors import InputError, named

__all__ = ["FORMULAS", "Form", "ResilienceWarning", "compared", "one_source", "resilience", "whose"]

Form = Literal["relative", "difference", "sensitivity"]
FORMULAS = {
    "relative": "(g_i − g_N)/|g_N|",
    "difference": "g_i − g_N",
    "sensitivity": "g_i/g_N",
}
NEAR_ZERO = 0.01
ZERO = 1e-12


class ResilienceWarning(IndexWarning):
    """Growth close to zero that a resilience index divides by, or a sign that turns its reading."""


def resilience(
    frame: pd.DataFrame,
    output: str | None = None,
    form: Form = "relative",
    *,
    unit: str,
    time: str,
    growth: str | None = None,
    weight: str | None = None,
    sectors: Sectors | None = None,
) -> pd.Series[Any]:
    """Yearly economic resilience: growth of a city against the growth to be expected of it.

    relative     R_it = (g_it − x_it) / |x_it|   (no unit; Martin's index, by year)
    difference   R_it = g_it − x_it              (a share: 0.01 is one percentage point)
    sensitivity  R_it = g_it / x_it              (no unit; one moves with the nation)

    with g_it = Y_it / Y_i,t−1 − 1 and x_it = g_Nt, the growth of ΣY over the cities observed in
    both years; with `sectors` x_it = Σ_s g_Ns,t Y_is,t−1 / Y_i,t−1, what the city's own mix would
    have grown at the sectors' national rates (shift-share). So R = (ΔY − E)/|E| with E = x·Y_t−1.
    In a contraction (g_N < 0) a positive relative value is resistance, in an expansion recovery.

    Parameters
    ----------
    frame
        Long table, one row per city and year, in any order.
    output
        Column of output or employment, Y. Give one of this, `growth` and `sectors`.
    form
        "relative", "difference" or "sensitivity".
    unit, time
        Columns with the city and the year (whole numbers).
    growth
        Column that already holds the city's growth, in per cent (real growth as yearbooks
        print it).
    weight
        With `growth`: column whose value in the *year before* weights the cities' growth into
        g_N, normally the level of output; without it g_N is the plain mean.
    sectors
        Columns of output or employment by sector, Y_s, which add up to Y; or a mapping from the
        name of a sector to its column or columns. Asks for the structure-weighted expectation.

    Returns
    -------
    Series
        Named "resilience", on the frame's own index. `.attrs["note"]` and `.attrs["note_zh"]`
        say whose growth g_N is, `.attrs["national_growth"]` gives it by year as JSON text.

    Raises
    ------
    InputError
        Zero output in the year before, negative output, negative weights, no two years in a
        row, expected growth of exactly zero in a form that divides by it, a sector that starts
        from zero everywhere, text or infinite values, repeated rows.

    Warns
    -----
    ResilienceWarning
        In the relative form and the sensitivity: where |g_N| (with sectors |x_it|) is below one
        per cent, naming the years (the cities and years); with sectors, where x_it has another
        sign than g_N, so that the reading as resistance or recovery turns; and for the
        sensitivity, where it is negative: those cities moved against the nation.

    Notes
    -----
    "The year before" is the year, not the row above: the first year of a city and the year
    after a gap are missing. A city counts towards g_N in the years in which it has a value of
    its own, and in no other.
    Sources: Martin (2012), Journal of Economic Geography 12(1); Lagravinese (2015), Cambridge
    Journal of Regions, Economy and Society 8(2); Martin and Gardiner (2019), Papers in Regional
    Science 98(4).

    Examples
    --------
    >>> table = pd.DataFrame({"city": list("aabb"), "year": [1, 2, 1, 2]})
    >>> table["gdp"] = [100, 120, 300, 320]
    >>> resilience(table, "gdp", unit="city", time="year").round(3).tolist()
    [nan, 1.0, nan, -0.333]
    >>> resilience(table, "gdp", "sensitivity", unit="city", time="year").round(3).tolist()
    [nan, 2.0, nan, 0.667]
    """
    one_of("form", form, tuple(FORMULAS))
    one_source(output, growth, weight, sectors)
    rows = rows_of(frame, unit, time)
    span = yearly(rows)
    if output is not None:
        grown = from_levels(frame, output, rows, span)
    elif sectors is not None:
        grown = from_sectors(frame, sectors_of(sectors, "sectors"), rows, span)
    else:
        require_columns(frame, [str(growth)])
        grown = from_rates(frame, numbers(frame, str(growth), rows) / 100, weight, rows, span)
    values = compared(form, grown, rows)
    formula = FORMULAS[form].replace("g_N", "x_i") if sectors is not None else FORMULAS[form]
    english, chinese = whose(output, growth, weight, sectors)
    return finished(
        values,
        frame,
        "resilience",
        f"Resilience {formula}; {english}.",
        f"经济韧性 {formula}；{chinese}。",
        national_growth=json.dumps({str(k): float(v) for k, v in grown.national.items()}),
    )


def one_source(
    output: str | None, growth: str | None, weight: str | None, sectors: Sectors | None
) -> None:
    """Refuse anything but one of output, growth and sectors, and weights without growth."""
    if sum(given is not None for given in (output, growth, sectors)) != 1:
        raise InputError(
            "give one of output= (a level, such as gdp), growth= (a rate in per cent) and "
            "sectors= (levels that add up to output)."
        )
    if weight is not None and growth is None:
        raise InputError(
            "weight= goes with growth=; with levels the cities are weighted by their output."
        )


def compared(form: Form, grown: Grown, rows: Rows) -> Floats:
    """Own against expected growth in the wanted form, guarded where that divides by little."""
    own, expected = grown.own, grown.expected
    if form == "difference":
        return own - expected
    _guard_cities(grown, rows) if grown.by_city else _guard_nation(grown.national)
    if form == "relative":
        return (own - expected) / np.abs(expected)
    ratio = own / expected
    warn(
        ratio < 0,
        rows,
        "sensitivity is negative",
        "these cities moved against the growth expected of them, which the ratio does not rank",
        category=ResilienceWarning,
    )
    return ratio


def _guard_nation(national: pd.Series[float]) -> None:
    """Refuse national growth of zero and warn where it is near zero."""
    still = national.index[national.abs() < ZERO]
    if len(still):
        raise InputError(
            f"national growth is zero in {named(still)}, so the relative form has no value; "
            "use form='difference'."
        )
    near = national[national.abs() < NEAR_ZERO]
    if len(near):
        text = named(f"{year} ({value:.2%})" for year, value in near.items())
        warnings.warn(
            f"national growth is below one per cent in {text}: relative resilience divides by it "
            "and explodes there; consider form='difference'.",
            ResilienceWarning,
            stacklevel=4,
        )


def _guard_cities(grown: Grown, rows: Rows) -> None:
    """The same by city, where each has an expectation of its own."""
    expected = grown.expected
    refuse(
        np.abs(expected) < ZERO,
        rows,
        "expected growth is zero",
        "the relative form has no value, use form='difference'",
    )
    warn(
        np.abs(expected) < NEAR_ZERO,
        rows,
        "expected growth is below one per cent",
        "resilience divides by it and explodes there, consider form='difference'",
        level=5,
        category=ResilienceWarning,
    )
    warn(
        expected * grown.here < 0,
        rows,
        "expected growth has another sign than national growth",
        "there resistance and recovery change places",
        level=5,
        category=ResilienceWarning,
    )


def whose(
    output: str | None,
    growth: str | None,
    weight: str | None,
    sectors: Sectors | None,
    over: tuple[str, str, str, str] = ("", "", "the year before", "上一年"),
) -> tuple[str, str]:
    """Say in both languages whose growth the yardstick is, and over what rates are taken.

    `over` says in each language what is done to yearly rates, and when their weights are taken.
    """
    done, done_zh, when, when_zh = over
    if output is not None:
        return (
            f"g is growth of {output}, g_N that of its sum over the cities of the table observed "
            "in both years",
            f"g 为 {output} 的增长率，g_N 为表中两年均有观测的城市合计值的增长率",
        )
    if sectors is not None:
        names = list(sectors_of(sectors, "sectors"))
        return (
            f"g is growth of the sum of {len(names)} sectors ({', '.join(names)}), x_i what the "
            "city's mix of them would have grown at the rates of all cities of the table observed "
            "in both years",
            f"g 为 {len(names)} 个部门（{'、'.join(names)}）合计值的增长率，x_i 为按城市自身结构"
            "与表中两年均有观测的城市各部门增长率推算的期望增长率",
        )
    if weight is None:
        return (
            f"g is {growth}{done}, g_N its unweighted mean over the cities of the table",
            f"g 为{done_zh} {growth}，g_N 为表中城市的简单平均",
        )
    return (
        f"g is {growth}{done}, g_N its mean over the cities of the table weighted by {weight} of "
        f"{when}",
        f"g 为{done_zh} {growth}，g_N 为表中城市以{when_zh} {weight} 加权的平均",
    )
