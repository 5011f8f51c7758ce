"""Industrial structure: how far it has moved up, and how well labour fits output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy.special import xlogy

from analysis.columns import Floats, Rows, rows_of
from analysis.indices.common import (
    Sectors,
    amount,
    finished,
    one_of,
    refuse,
    sectors_of,
    shares_of,
    table_of,
    warn,
    words,
)
from spatial.errors import InputError, named

__all__ = ["rationalisation", "upgrading"]

UPGRADING = {
    "ratio": ("tertiary over secondary", "第三产业与第二产业之比"),
    "tertiary_share": ("share of the tertiary sector", "第三产业占比"),
    "hierarchy": ("s₁ + 2s₂ + 3s₃", "产业结构层次系数 s₁ + 2s₂ + 3s₃"),
    "angle": ("3θ₁ + 2θ₂ + θ₃ (radians)", "夹角法 3θ₁ + 2θ₂ + θ₃（弧度）"),
}
RATIONALISATION = {
    "inverse_theil": ("1/TL", "泰尔指数的倒数 1/TL"),
    "theil": ("TL (0 is balance)", "泰尔指数 TL（0 为均衡）"),
    "deviation": ("Σ|(Y_k/L_k)/(Y/L) − 1| (0 is balance)", "结构偏离度（0 为均衡）"),
}
NEAR_ZERO = 0.01
NEAR_BALANCE = 1e-3
BALANCE = 1e-12


def upgrading(
    frame: pd.DataFrame,
    secondary: str | Sequence[str],
    tertiary: str | Sequence[str],
    primary: str | Sequence[str] | None = None,
    form: Literal["ratio", "tertiary_share", "hierarchy", "angle"] = "ratio",
    *,
    unit: str,
    time: str | None = None,
) -> pd.Series[Any]:
    """Industrial upgrading: how far output has moved to the higher sectors.

    ratio           VA₃ / VA₂, from 0 up
    tertiary_share  s₃, 0 to 1
    hierarchy       s₁ + 2 s₂ + 3 s₃, 1 to 3
    angle           3θ₁ + 2θ₂ + θ₃ in radians, θ_j = arccos(s_j / |s|) the angle between the
                    vector of shares s and the axis of sector j; π (all primary) to 5π/2 (all
                    tertiary)

    with s_j the share of sector j in the sum of the three. None has a unit but the last.

    Parameters
    ----------
    frame
        Long table, one row per unit and time, in any order.
    secondary, tertiary
        Column, or columns to be added up, of value added.
    primary
        The same of the primary sector: needed by every form but "ratio", which takes none.
    form
        Which definition.
    unit, time
        Columns with the city and the year; without `time` the table is one cross-section.

    Returns
    -------
    Series
        Named "upgrading", on the frame's own index; its note states the definition.

    Raises
    ------
    InputError
        A secondary sector of zero with "ratio", all sectors zero, a negative number, primary=
        missing where it is needed or given where it is not: by city and year.

    Warns
    -----
    IndexWarning
        With "ratio", where the secondary sector is below one per cent of both: the ratio
        explodes there, and the cities and years are named.

    Notes
    -----
    A tertiary sector of zero gives a ratio of 0. A row that lacks a sector is missing. The angle
    is not monotone: moving output from the primary to the tertiary sector can lower it a little
    (shares 0.64, 0.32, 0.04 against 0.60, 0.32, 0.08); the other forms always rise.
    Sources: Gan, Zheng and Yu (2011), Economic Research Journal (5) (ratio); Xu and Jiang (2015)
    (hierarchy); Fu (2010), Statistical Research 27(8) (angle).

    Examples
    --------
    >>> table = pd.DataFrame({"city": ["a", "b"], "p": [10, 20], "s": [40, 60], "t": [50, 20]})
    >>> upgrading(table, "s", "t", unit="city").round(3).tolist()
    [1.25, 0.333]
    >>> upgrading(table, "s", "t", "p", "hierarchy", unit="city").tolist()
    [2.4, 2.0]
    """
    one_of("form", form, tuple(UPGRADING))
    if (primary is None) != (form == "ratio"):
        fault = "needs primary=" if primary is None else "takes no primary="
        remedy = "name its column" if primary is None else "leave it out or choose another form"
        raise InputError(f"form={form!r} {fault}; {remedy}.")
    rows = rows_of(frame, unit, time)
    second, third = (amount(frame, v, rows, "sectors") for v in (secondary, tertiary))
    if primary is None:
        values = _ratio(second, third, words(secondary), rows)
    else:
        first = amount(frame, primary, rows, "primary")
        s = shares_of(
            np.column_stack([first, second, third]), rows, "primary, secondary and tertiary"
        )
        values = _level(s, form)
    columns = [words(v) for v in (primary, secondary, tertiary) if v is not None]
    title, title_zh = UPGRADING[form]
    return finished(
        values,
        frame,
        "upgrading",
        f"Industrial upgrading: {title}, of {', '.join(columns)}.",
        f"产业结构高级化：{title_zh}，数据为 {'、'.join(columns)}。",
        form=form,
    )


def _ratio(second: Floats, third: Floats, name: str, rows: Rows) -> Floats:
    """Tertiary over secondary."""
    refuse(
        second == 0,
        rows,
        f"{name} is zero",
        "the ratio has no value; mend these cells or choose form='tertiary_share'",
    )
    warn(
        second < NEAR_ZERO * (second + third),
        rows,
        f"{name} is below one per cent of secondary and tertiary together",
        "the ratio explodes there, consider form='tertiary_share'",
    )
    return third / second


def _level(s: Floats, form: str) -> Floats:
    """Share, hierarchy or angle of the shares of three sectors."""
    if form == "tertiary_share":
        share: Floats = s[:, 2]
        return share
    if form == "hierarchy":
        steps: Floats = s @ np.array([1.0, 2.0, 3.0])
        return steps
    cosine = s / np.sqrt((s**2).sum(axis=1))[:, None]
    angles: Floats = np.arccos(np.clip(cosine, -1, 1)) @ np.array([3.0, 2.0, 1.0])
    return angles


def rationalisation(
    frame: pd.DataFrame,
    output: Sectors,
    labour: Sectors,
    form: Literal["inverse_theil", "theil", "deviation"] = "inverse_theil",
    *,
    unit: str,
    time: str | None = None,
) -> pd.Series[Any]:
    """Industrial rationalisation: how well the sectors' labour fits their output.

    theil          TL = Σ_k (Y_k/Y) ln[(Y_k/L_k)/(Y/L)], from 0 (every sector equally productive)
    inverse_theil  1/TL: more is better balanced
    deviation      Σ_k |(Y_k/L_k)/(Y/L) − 1|, from 0

    None has a unit, since units of output and labour cancel.

    Parameters
    ----------
    frame
        Long table, one row per unit and time, in any order.
    output
        Mapping from a sector to its column, or columns, of value added; or a list of columns.
    labour
        The same of employment: a mapping with the same sectors, or a list in the same order.
    form
        Which of the three.
    unit, time
        Columns with the city and the year; without `time` the table is one cross-section.

    Returns
    -------
    Series
        Named "rationalisation", on the frame's own index; its note states form and pairs.

    Raises
    ------
    InputError
        A sector with output and no labour; with "deviation" one with neither; output that adds
        up to zero; for the inverse a Theil index of zero; sectors that do not pair up; a
        negative number: by city, year and sector.

    Warns
    -----
    IndexWarning
        For the inverse, where the Theil index is below 0.001: the inverse explodes there, and the
        cities and years are named.

    Notes
    -----
    A sector without output adds nothing to TL, whatever its labour. A row that lacks a cell is
    missing.
    Source: Gan, Zheng and Yu (2011), Economic Research Journal (5), after Theil (1967).

    Examples
    --------
    >>> table = pd.DataFrame({"city": ["a"], "y1": [10], "y2": [90], "l1": [50], "l2": [50]})
    >>> rationalisation(table, ["y1", "y2"], ["l1", "l2"], "theil", unit="city").round(4).tolist()
    [0.3681]
    >>> rationalisation(table, ["y1", "y2"], ["l1", "l2"], unit="city").round(3).tolist()
    [2.717]
    """
    one_of("form", form, tuple(RATIONALISATION))
    made, worked = _paired(output, labour)
    rows = rows_of(frame, unit, time)
    y, labourers = table_of(frame, made, rows, "output"), table_of(frame, worked, rows, "labour")
    for k, sector in enumerate(made):
        idle = (labourers[:, k] == 0) & ((y[:, k] > 0) | (form == "deviation"))
        refuse(
            idle & ~np.isnan(y[:, k]),
            rows,
            f"sector {sector!r} has no labour",
            "its productivity has no value; mend the cells or merge it with another sector",
        )
    values = _balance(shares_of(y, rows, "output="), shares_of(labourers, rows, "labour="), form)
    if form == "inverse_theil":
        values = _inverse(values, rows)
    pairs = [f"{words(made[k])} / {words(worked[k])}" for k in made]
    title, title_zh = RATIONALISATION[form]
    return finished(
        values,
        frame,
        "rationalisation",
        f"Industrial rationalisation: {title}, output and labour of {'; '.join(pairs)}.",
        f"产业结构合理化：{title_zh}，各部门产出与劳动为 {'；'.join(pairs)}。",
        form=form,
    )


def _paired(output: Sectors, labour: Sectors) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Sectors of output and of labour under the same names."""
    made, worked = sectors_of(output, "output"), sectors_of(labour, "labour")
    if isinstance(output, Mapping) != isinstance(labour, Mapping):
        raise InputError("output= and labour= are of two kinds; give two mappings or two lists.")
    if not isinstance(output, Mapping):
        if len(made) != len(worked):
            raise InputError(
                f"output= lists {len(made)} sectors and labour= {len(worked)}; list the same "
                "sectors in the same order."
            )
        return made, dict(zip(made, worked.values(), strict=True))
    odd = sorted(set(made) ^ set(worked))
    if odd:
        raise InputError(f"only one of output= and labour= has {named(odd)}; name both alike.")
    return made, {sector: worked[sector] for sector in made}


def _balance(y: Floats, labour: Floats, form: str) -> Floats:
    """Theil index of output against labour shares, or the sum of deviations."""
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = y / labour
    if form == "deviation":
        result: Floats = np.abs(relative - 1).sum(axis=1)
        return result
    terms = np.where(y == 0, 0.0, xlogy(y, np.where(y == 0, 1.0, relative)))
    theil: Floats = np.maximum(terms.sum(axis=1), 0.0)
    return theil


def _inverse(theil: Floats, rows: Rows) -> Floats:
    """Give 1/TL, refused at zero and warned of near it."""
    refuse(
        theil < BALANCE,
        rows,
        "every sector is equally productive, so that the Theil index is zero",
        "its inverse has no value; use form='theil'",
    )
    warn(
        theil < NEAR_BALANCE,
        rows,
        "the Theil index is below 0.001",
        "its inverse explodes there, consider form='theil'",
    )
    result: Floats = 1 / theil
    return result
