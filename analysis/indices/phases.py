"""Resilience over declared phases of a shock: resistance in contractions, recovery after them."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.columns import Floats, Rows, numbers, require_columns, rows_of
from analysis.indices.common import Sectors, finished, one_of, sectors_of
from analysis.indices.growth import Grown, Span, from_levels, from_rates, from_sectors
from analysis.indices.shocks import (
    FORMULAS,
    Form,
    ResilienceWarning,
    compared,
    one_source,
    whose,
)
from spatial.errors import InputError, is_whole, named

__all__ = ["phase_table", "resilience_phases"]

Phases = Mapping[str, Sequence[int]] | Sequence[Sequence[int]]
OVER = (" compounded over the phase", "按阶段累乘的", "the phase's first year", "阶段首年")
KINDS = {
    "contraction": ("a contraction", "属收缩期"),
    "expansion": ("an expansion", "属扩张期"),
}


def resilience_phases(
    frame: pd.DataFrame,
    phases: Phases,
    output: str | None = None,
    form: Form = "relative",
    *,
    unit: str,
    time: str,
    growth: str | None = None,
    weight: str | None = None,
    sectors: Sectors | None = None,
) -> pd.Series[Any]:
    """Economic resilience over declared phases: the growth of a phase against that expected.

    relative     R_ip = (g_ip − x_ip) / |x_ip|   (no unit; Martin's index)
    difference   R_ip = g_ip − x_ip              (a share)
    sensitivity  R_ip = g_ip / x_ip              (no unit)

    with g_ip = Y_i,b / Y_i,a − 1 over the phase from year a to year b, and x_ip the growth of
    ΣY over the cities observed in both years, or with `sectors` Σ_s g_Ns,p Y_is,a / Y_i,a. In a
    phase of national contraction the value is resistance, in one of expansion recovery.

    Parameters
    ----------
    frame
        Long table, one row per city and year, in any order.
    phases
        Mapping from the name of a phase to its first and last year, or a list of such pairs. One
        phase may start in the year in which another ends; they may not overlap.
    output
        Column of output or employment, Y. Give one of this, `growth` and `sectors`.
    form
        "relative", "difference" or "sensitivity".
    unit, time
        Columns with the city and the year (whole numbers).
    growth
        Column with the city's yearly growth in per cent, compounded over the phase.
    weight
        With `growth`: column whose value in the phase's first year weights the cities' growth;
        without it the plain mean.
    sectors
        Columns by sector that add up to Y, or a mapping from a sector to its columns: asks for
        the structure-weighted expectation.

    Returns
    -------
    Series
        Named "resilience_phases", on the frame's own index: a city's value of a phase stands in
        every one of its rows after the phase's first year up to its last; rows outside the phases
        are missing. `phase_table` of it gives years, national growth and kind of each phase.

    Raises
    ------
    InputError
        Phases that overlap, run backwards or lie outside the table's years; zero output in a
        first year; expected growth of exactly zero in a form that divides by it; and whatever
        `resilience` refuses.

    Warns
    -----
    ResilienceWarning
        As in `resilience`, by phase or by city and last year; and where a city lacks a value that
        its phase needs: it is named, missing, and left out of the national growth of the phase.

    Notes
    -----
    A shock that only slows growth, as 2009 and 2020 did in China, is an expansion by this
    measure: there a value below zero is growth below the nation's, and not a failed recovery.
    Within a phase a city's value is constant, so that a panel with city effects needs two phases
    or more; for a cross-section take the rows of a phase's last year.
    Sources: Martin (2012), Journal of Economic Geography 12(1); Lagravinese (2015), Cambridge
    Journal of Regions, Economy and Society 8(2); Martin and Gardiner (2019), Papers in Regional
    Science 98(4).

    Examples
    --------
    >>> table = pd.DataFrame({"city": list("aaabbb"), "year": [2007, 2009, 2010] * 2})
    >>> table["jobs"] = [100, 90, 99, 300, 290, 290]
    >>> phases = {"crisis": [2007, 2009], "upturn": [2009, 2010]}
    >>> index = resilience_phases(table, phases, "jobs", unit="city", time="year")
    >>> index.round(3).tolist()
    [nan, -1.0, 3.222, nan, 0.333, -1.0]
    >>> phase_table(index)[["phase", "kind"]].values.tolist()
    [['crisis', 'contraction'], ['upturn', 'expansion']]
    """
    one_of("form", form, tuple(FORMULAS))
    one_source(output, growth, weight, sectors)
    rows = rows_of(frame, unit, time)
    years = rows.years()
    declared = _declared(phases, years)
    span, members = _span(rows, years, declared)
    if output is not None:
        grown = from_levels(frame, output, rows, span)
    elif sectors is not None:
        grown = from_sectors(frame, sectors_of(sectors, "sectors"), rows, span)
    else:
        own = _compounded(frame, str(growth), rows, years, declared)
        grown = from_rates(frame, own, weight, rows, span)
    at_end = compared(form, grown, rows)
    values = _spread(at_end, members, rows, declared)
    table = _facts(declared, grown, span)
    english, chinese = _notes(table, form, whose(output, growth, weight, sectors, OVER), sectors)
    return finished(
        values,
        frame,
        "resilience_phases",
        english,
        chinese,
        phases=json.dumps(table, ensure_ascii=False),
    )


def phase_table(result: pd.Series[Any]) -> pd.DataFrame:
    """Table of the phases behind a result of `resilience_phases`.

    Returns
    -------
    DataFrame
        One row per phase: phase, first, last, national_growth (a share), kind
        ("contraction", whose values are resistance, or "expansion", whose values are recovery
        where a contraction went before), cities.

    Raises
    ------
    InputError
        The series is no result of `resilience_phases`, or its `.attrs` were lost.

    Examples
    --------
    >>> table = pd.DataFrame({"city": list("aabb"), "year": [2019, 2020] * 2})
    >>> table["gdp"] = [100, 97, 200, 199]
    >>> index = resilience_phases(table, [[2019, 2020]], "gdp", unit="city", time="year")
    >>> phase_table(index)["national_growth"].round(4).tolist()
    [-0.0133]
    """
    text = result.attrs.get("phases")
    if text is None:
        raise InputError(
            f"the series {result.name!r} carries no phases; give the result of "
            "resilience_phases as it was returned."
        )
    return pd.DataFrame(json.loads(str(text)))


@dataclass(frozen=True)
class _Phase:
    """A phase with its first and last year."""

    name: str
    first: int
    last: int


def _declared(given: Phases, years: npt.NDArray[np.int64]) -> list[_Phase]:
    """Phases in the order of time, checked."""
    pairs: list[tuple[str | None, Any]] = (
        list(given.items())
        if isinstance(given, Mapping)
        else [(None, pair) for pair in (given if isinstance(given, (list, tuple)) else [given])]
    )
    found = []
    for name, pair in pairs:
        ends = list(pair) if isinstance(pair, (list, tuple)) else [pair]
        if len(ends) != 2 or not all(is_whole(end) for end in ends) or ends[0] >= ends[1]:
            called = f"phase {name!r}" if name is not None else "a phase"
            raise InputError(
                f"{called} is {pair!r}; give its first and its last year, such as [2007, 2009]."
            )
        found.append(_Phase(str(name or f"{ends[0]}–{ends[1]}"), int(ends[0]), int(ends[1])))
    if not found:
        raise InputError("phases= is empty; give the first and last year of each phase.")
    found.sort(key=lambda phase: phase.first)
    absent = sorted({end for p in found for end in (p.first, p.last)} - set(years.tolist()))
    if absent:
        raise InputError(
            f"the phases name {named(absent)}, which the table does not hold; its years are "
            f"{years.min()} to {years.max()}."
        )
    for one, other in pairwise(found):
        if other.first < one.last:
            raise InputError(
                f"the phases {one.name} and {other.name} overlap; compute them one by one."
            )
    return found


def _span(
    rows: Rows, years: npt.NDArray[np.int64], declared: Sequence[_Phase]
) -> tuple[Span, npt.NDArray[np.int64]]:
    """Start of the phase that ends in a row, and the phase to which each row belongs (or −1)."""
    keys = pd.MultiIndex.from_arrays([rows.units, years])
    before = np.full(len(years), -1, dtype=np.intp)
    period = np.full(len(years), "", dtype=object)
    member = np.full(len(years), -1)
    for number, phase in enumerate(declared):
        member[(years > phase.first) & (years <= phase.last)] = number
        last = years == phase.last
        starts = pd.MultiIndex.from_arrays([rows.units[last], np.full(last.sum(), phase.first)])
        before[last] = keys.get_indexer(starts)
        period[last] = phase.name
    span = Span(
        before,
        period,
        "in the first year of the phase to",
        "no city has values in the first and the last year of a phase; choose other years.",
    )
    return span, member


def _compounded(
    frame: pd.DataFrame,
    growth: str,
    rows: Rows,
    years: npt.NDArray[np.int64],
    declared: Sequence[_Phase],
) -> Floats:
    """Growth over each phase from yearly rates, in the rows of its last year."""
    require_columns(frame, [growth])
    factors = pd.Series(1 + numbers(frame, growth, rows) / 100)
    own = np.full(len(frame), np.nan)
    for phase in declared:
        inside = (years > phase.first) & (years <= phase.last)
        length = phase.last - phase.first
        by_unit = factors[inside].groupby(rows.units[inside])
        product = by_unit.prod().where(by_unit.count() == length)
        last = years == phase.last
        own[last] = product.reindex(rows.units[last]).to_numpy() - 1
    return own


def _spread(
    at_end: Floats, member: npt.NDArray[np.int64], rows: Rows, declared: Sequence[_Phase]
) -> Floats:
    """Give every row of a phase the value that stands in the city's row of its last year."""
    years = rows.years()
    values = np.full(len(at_end), np.nan)
    lacking: list[str] = []
    for number, phase in enumerate(declared):
        last = years == phase.last
        found = pd.Series(at_end[last], index=rows.units[last])
        inside = member == number
        values[inside] = found.reindex(rows.units[inside]).to_numpy()
        known = set(found.dropna().index)
        units = dict.fromkeys(rows.units.tolist())
        lacking += [f"{unit} {phase.name}" for unit in units if unit not in known]
    if lacking:
        warnings.warn(
            f"the values that a phase needs are missing for {named(lacking)}: resilience is "
            "missing there, and national growth is that of the others.",
            ResilienceWarning,
            stacklevel=3,
        )
    return values


def _facts(declared: Sequence[_Phase], grown: Grown, span: Span) -> list[dict[str, Any]]:
    """Years, national growth and kind of each phase that has any value."""
    known = ~np.isnan(grown.own)
    table: list[dict[str, Any]] = []
    for phase in declared:
        nation = float(grown.national.get(phase.name, np.nan))
        if np.isnan(nation):
            raise InputError(
                f"no city has the values that phase {phase.name} needs; choose other years."
            )
        kind = "contraction" if nation < 0 else "expansion"
        cities = int((known & (span.period == phase.name)).sum())
        table.append(
            {"phase": phase.name, "first": phase.first, "last": phase.last}
            | {"national_growth": nation, "kind": kind, "cities": cities}
        )
    return table


def _notes(
    table: Sequence[Mapping[str, Any]],
    form: str,
    source: tuple[str, str],
    sectors: Sectors | None,
) -> tuple[str, str]:
    """Name form, yardstick and phases in both languages."""
    formula = FORMULAS[form].replace("g_N", "x_i") if sectors is not None else FORMULAS[form]
    english, chinese = [], []
    for row in table:
        years = f"{row['first']}–{row['last']}"
        called = "" if row["phase"] == years else f"{row['phase']} "
        kind, kind_zh = KINDS[row["kind"]]
        growth = f"{row['national_growth']:.1%}".replace("-", "−")
        english.append(f"{called}{years} (national growth {growth}, {kind})")
        chinese.append(f"{called}{years}（全国增长 {growth}，{kind_zh}）")
    return (
        f"Resilience {formula} over phases {', '.join(english)}; {source[0]}.",
        f"经济韧性 {formula}，分阶段 {'、'.join(chinese)}；{source[1]}。",
    )
