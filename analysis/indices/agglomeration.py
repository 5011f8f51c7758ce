"""How much of an industry a city holds, against its size, its area and a second industry."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from analysis.columns import Floats, Rows, rows_of
from analysis.indices.common import amount, finished, one_of, refuse, warn, words
from spatial.errors import InputError

__all__ = ["coagglomeration", "density", "location_quotient"]

TINY = 1e-12


def location_quotient(
    frame: pd.DataFrame,
    part: str | Sequence[str],
    whole: str | Sequence[str],
    *,
    unit: str,
    time: str | None = None,
) -> pd.Series[Any]:
    """Location quotient: a city's share of an industry over the share of all cities together.

    LQ_it = (e_it / E_it) / (Σ_i e_it / Σ_i E_it), with e the industry's and E all employment
    (or output, or firms). One is the average of the cities in the table, above one is a
    concentration. It has no unit.

    Parameters
    ----------
    frame
        Long table, one row per unit and time, in any order.
    part
        Column, or columns to be added up, of the industry.
    whole
        Column, or columns to be added up, of the total.
    unit, time
        Columns with the city and the year; without `time` the table is one cross-section.

    Returns
    -------
    Series
        Named "location_quotient", on the frame's own index. `.attrs["note"]` and
        `.attrs["note_zh"]` say what it is.

    Raises
    ------
    InputError
        A total of zero, a negative number, a part above its whole, a year in which the whole
        industry is zero, text or infinite values, repeated rows: each by city and year.

    Notes
    -----
    An industry of zero gives 0. Where part or whole is missing, so is the quotient, and that row
    is left out of the national sum above *and* below the line, so that a gap in one column does
    not shift the yardstick.
    Source: Isard (1960), Methods of Regional Analysis, ch. 5.

    Examples
    --------
    >>> table = pd.DataFrame({"city": ["a", "b"], "it": [10, 10], "all": [100, 300]})
    >>> location_quotient(table, part="it", whole="all", unit="city").round(3).tolist()
    [2.0, 0.667]
    """
    rows = rows_of(frame, unit, time)
    values = _quotient(frame, part, whole, rows)
    return finished(
        values,
        frame,
        "location_quotient",
        f"Location quotient of {words(part)} in {words(whole)} against all cities of the table.",
        f"区位熵：{words(part, '、')} 占 {words(whole, '、')} 的份额与表中全部城市份额之比。",
    )


def _quotient(
    frame: pd.DataFrame, part: str | Sequence[str], whole: str | Sequence[str], rows: Rows
) -> Floats:
    """Location quotient of each row."""
    e, total, codes, sums_e, sums_total = _in_all_cities(frame, part, whole, rows)
    refuse(
        ~np.isnan(e) & (sums_e == 0)[codes],
        rows,
        f"{words(part)} is zero in every city",
        "leave these years out",
    )
    with np.errstate(invalid="ignore"):
        values: Floats = (e / total) / (sums_e / sums_total)[codes]
    return values


def _in_all_cities(
    frame: pd.DataFrame, part: str | Sequence[str], whole: str | Sequence[str], rows: Rows
) -> tuple[Floats, Floats, Any, Floats, Floats]:
    """Part and whole by row (missing together), period of each row, and sums by period."""
    e, total = amount(frame, part, rows, "part"), amount(frame, whole, rows, "whole")
    refuse(
        total == 0,
        rows,
        f"{words(whole)} is zero",
        "a share of nothing has no value; mend or empty these cells",
    )
    refuse(
        e > total * (1 + 1e-9),
        rows,
        f"{words(part)} exceeds {words(whole)}",
        "mend the cells or the list of columns",
    )
    missing = np.isnan(e) | np.isnan(total)
    e, total = np.where(missing, np.nan, e), np.where(missing, np.nan, total)
    codes, periods = rows.periods()
    sums_e = np.bincount(codes, np.nan_to_num(e), len(periods)).astype(np.float64)
    sums_total = np.bincount(codes, np.nan_to_num(total), len(periods)).astype(np.float64)
    return e, total, codes, sums_e, sums_total


def density(
    frame: pd.DataFrame,
    part: str | Sequence[str],
    area: str,
    *,
    unit: str,
    time: str | None = None,
) -> pd.Series[Any]:
    """Density: employment, output or firms of an industry per area.

    D_it = e_it / A_it, in the unit of `part` per unit of `area` (persons per km², say).

    Parameters
    ----------
    frame
        Long table, one row per unit and time, in any order.
    part
        Column, or columns to be added up, of the industry.
    area
        Column of the area; in a study the layer's own "area_km2" serves.
    unit, time
        Columns with the city and the year; without `time` the table is one cross-section.

    Returns
    -------
    Series
        Named "density", on the frame's own index, with sentences in `.attrs`.

    Raises
    ------
    InputError
        An area of zero, a negative number, text or infinite values, repeated rows: by city and
        year.

    Notes
    -----
    An industry of zero gives 0; where part or area is missing, so is the density.
    Source: Ciccone and Hall (1996), American Economic Review 86(1), 54–70.

    Examples
    --------
    >>> table = pd.DataFrame({"city": ["a", "b"], "it": [10, 30], "km2": [100, 60]})
    >>> density(table, part="it", area="km2", unit="city").tolist()
    [0.1, 0.5]
    """
    rows = rows_of(frame, unit, time)
    e, ground = amount(frame, part, rows, "part"), amount(frame, area, rows, "area")
    refuse(ground == 0, rows, f"{area} is zero", "mend or empty these cells")
    return finished(
        e / ground,
        frame,
        "density",
        f"Density: {words(part)} per unit of {area}.",
        f"密度：{words(part, '、')} 除以 {area}。",
    )


Form = Literal["height", "quality", "ellison_glaeser_kerr"]


def coagglomeration(
    frame: pd.DataFrame,
    first: str | Sequence[str],
    second: str | Sequence[str],
    whole: str | Sequence[str],
    form: Form = "height",
    *,
    unit: str,
    time: str | None = None,
) -> pd.Series[Any]:
    """Co-agglomeration of two industries a and b in each city.

    quality               Q_it = 1 − |LQ_a − LQ_b| / (LQ_a + LQ_b), 0 to 1
    height                Θ_it = Q_it + (LQ_a + LQ_b), "quality and height", from 0 up
    ellison_glaeser_kerr  γ_it = (s_a,it − x_it)(s_b,it − x_it) / (1 − Σ_i x_it²)

    with LQ the location quotients in `whole`, s the city's share of all cities' employment in
    the industry and x its share of all cities' `whole`. None has a unit. In the last form the
    cities' values add up to the pair's index γ^c of the year, which `.attrs["gamma"]` holds.

    Parameters
    ----------
    frame
        Long table, one row per unit and time, in any order.
    first, second
        Columns of the two industries, each one or several to be added up.
    whole
        Column, or columns to be added up, of the total.
    form
        "height" (the form common in Chinese papers), "quality" (its first half) or
        "ellison_glaeser_kerr".
    unit, time
        Columns with the city and the year; without `time` the table is one cross-section.

    Returns
    -------
    Series
        Named "coagglomeration", on the frame's own index, with sentences in `.attrs`.

    Raises
    ------
    InputError
        Whatever `location_quotient` refuses, of either industry; in the last form a year in
        which one city holds everything.

    Warns
    -----
    IndexWarning
        Where a city has neither industry, so that the first two forms have no value: named,
        and missing in the result.

    Notes
    -----
    Equal quotients give Q = 1 however small they are; one industry of zero gives Q = 0. A row in
    which one industry is missing is missing; each quotient is taken over the rows that have it,
    the last form over the rows that have all three.
    Sources: Chen and Chen (2012), Management World (4) (first half); Zhang, Han and Yang (2017),
    Journal of Quantitative and Technological Economics 34(2) (both); Ellison, Glaeser and Kerr
    (2010), American Economic Review 100(3), with x the share of `whole` in place of the mean
    share over industries.

    Examples
    --------
    >>> table = pd.DataFrame({"city": ["a", "b"], "it": [10, 10], "bank": [5, 15]})
    >>> table["all"] = [100, 300]
    >>> coagglomeration(table, "it", "bank", "all", unit="city").round(3).tolist()
    [3.667, 2.467]
    >>> coagglomeration(table, "it", "bank", "all", "quality", unit="city").round(3).tolist()
    [0.667, 0.8]
    """
    one_of("form", form, ("height", "quality", "ellison_glaeser_kerr"))
    rows = rows_of(frame, unit, time)
    pair, pair_zh = f"{words(first)} and {words(second)}", f"{words(first)} 与 {words(second)}"
    if form == "ellison_glaeser_kerr":
        values, gamma = _ellison(frame, (first, second), whole, rows)
        return finished(
            values,
            frame,
            "coagglomeration",
            f"Co-agglomeration of {pair}: contribution of the city to the Ellison–Glaeser–Kerr "
            f"index, shares of {words(whole)} as yardstick.",
            f"协同集聚：{pair_zh}，城市对 Ellison–Glaeser–Kerr 指数的贡献，以 "
            f"{words(whole)} 的份额为基准。",
            gamma=gamma,
        )
    a, b = _quotient(frame, first, whole, rows), _quotient(frame, second, whole, rows)
    height = a + b
    empty = height == 0
    warn(empty, rows, f"{pair} are both zero", "co-agglomeration has no value there", level=3)
    quality = 1 - np.abs(a - b) / np.where(empty, np.nan, height)
    formula = "1 − |LQ_a − LQ_b|/(LQ_a + LQ_b)" + (" + LQ_a + LQ_b" if form == "height" else "")
    return finished(
        quality + height if form == "height" else quality,
        frame,
        "coagglomeration",
        f"Co-agglomeration of {pair}: {formula}, location quotients in {words(whole)}.",
        f"协同集聚：{pair_zh}，{formula}，区位熵以 {words(whole)} 为总量。",
    )


def _ellison(
    frame: pd.DataFrame,
    pair: tuple[str | Sequence[str], str | Sequence[str]],
    whole: str | Sequence[str],
    rows: Rows,
) -> tuple[Floats, str]:
    """Contribution of each city, and their sum by period as JSON text."""
    amounts = [_in_all_cities(frame, part, whole, rows) for part in pair]
    codes, total = amounts[0][2], amounts[0][1]
    seen = ~np.isnan(amounts[0][0]) & ~np.isnan(amounts[1][0])
    labels = rows.periods()[1]
    shares = []
    for part, values in zip((*pair, whole), (amounts[0][0], amounts[1][0], total), strict=True):
        kept = np.where(seen, values, 0.0)
        sums = np.bincount(codes, kept, len(labels))
        refuse(
            seen & (sums == 0)[codes],
            rows,
            f"{words(part)} is zero in every city",
            "leave these years out",
        )
        shares.append(np.divide(kept, sums[codes], out=np.zeros(len(kept)), where=seen))
    a, b, x = shares
    spread = 1 - np.bincount(codes, x**2, len(labels))
    alone = [label for label, room in zip(labels, spread, strict=True) if room < TINY]
    if alone:
        where = f" in {', '.join(alone)}" if rows.times is not None else ""
        raise InputError(
            f"one city holds all of {words(whole)}{where}, so that nothing can gather elsewhere; "
            "give a table of several cities."
        )
    values = np.where(seen, (a - x) * (b - x) / spread[codes], np.nan)
    sums = np.bincount(codes, np.nan_to_num(values), len(labels))
    gamma = {label: float(value) for label, value in zip(labels, sums, strict=True)}
    return values, json.dumps(gamma, ensure_ascii=False)
