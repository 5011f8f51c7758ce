"""Composite indices whose weights the data give: entropy weights and entropy-TOPSIS."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy.special import xlogy

from analysis.columns import Floats, as_list
from analysis.indices.common import finished, is_number, one_of
from analysis.indices.scaling import Indicators, Scope, read_indicators, scope_words
from spatial.errors import InputError

__all__ = ["entropy_topsis", "entropy_weights", "resilience_index"]

Method = Literal["entropy", "topsis"]


def entropy_weights(
    frame: pd.DataFrame,
    positive: str | Sequence[str] = (),
    negative: str | Sequence[str] = (),
    scope: Scope = "panel",
    shift: float = 0.0,
    *,
    unit: str,
    time: str | None = None,
) -> pd.Series[Any]:
    """Composite index with entropy weights: an indicator weighs more the more it varies.

    x'_itj = (x − min_j)/(max_j − min_j), or (max_j − x)/(max_j − min_j) where less is better;
    p_itj = (x'_itj + shift) / Σ_it (x'_itj + shift);  e_j = −(1/ln n) Σ_it p ln p;
    w_j = (1 − e_j) / Σ_j (1 − e_j);  S_it = Σ_j w_j x'_itj, between 0 and 1, without a unit.

    Parameters
    ----------
    frame
        Long table, one row per unit and time, in any order.
    positive, negative
        Indicators of which more, or less, is better.
    scope
        What minima, maxima, sums and n are taken over: "panel" (all rows at once, so that years
        compare and every year has the same weights) or "year" (each year by itself: only ranks
        within a year compare). The two are different indices.
    shift
        Added to x' before the logarithm. Papers add 1e-4 or 1e-3, which changes the weights; it
        is not needed, since p ln p is 0 at 0. The score uses x' without it.
    unit, time
        Columns with the city and the year; without `time` the table is one cross-section.

    Returns
    -------
    Series
        Named "entropy_weights": the score S, on the frame's own index. `indicator_table` of it
        gives indicator, sign, entropy and weight (by year where the scope is the year), and with
        a shift the weight that would stand without it. `.attrs` hold scope and shift.

    Raises
    ------
    InputError
        Fewer than two indicators, one that is constant in its scope, a negative shift, no
        complete row, text or infinite values, repeated rows.

    Notes
    -----
    Zero and negative values are scaled like any other. A row that lacks an indicator is missing
    and moves nothing; how many there are stands in the note.
    Sources: Shannon (1948); Zeleny (1982), Multiple Criteria Decision Making.

    Examples
    --------
    >>> table = pd.DataFrame({"city": ["a", "b", "c"], "x": [1, 2, 3], "y": [9, 4, 4]})
    >>> entropy_weights(table, positive="x", negative="y", unit="city").round(3).tolist()
    [0.0, 0.734, 1.0]
    """
    found = read_indicators(frame, positive, negative, scope, unit, time)
    values, records = _scores(found, shift, "entropy")
    note, note_zh = _sentences(found, scope, shift)
    return finished(
        values,
        frame,
        "entropy_weights",
        f"Entropy-weighted index of {len(found.names)} indicators, {note}.",
        f"熵权法综合指数，共 {len(found.names)} 项指标，{note_zh}。",
        indicators=json.dumps(records, ensure_ascii=False),
        scope=scope,
        shift=shift,
    )


def entropy_topsis(
    frame: pd.DataFrame,
    positive: str | Sequence[str] = (),
    negative: str | Sequence[str] = (),
    scope: Scope = "panel",
    shift: float = 0.0,
    *,
    unit: str,
    time: str | None = None,
) -> pd.Series[Any]:
    """Entropy-TOPSIS: closeness to the best values relative to the worst, entropy-weighted.

    v_itj = w_j x'_itj with x' and w of `entropy_weights`; D⁺ and D⁻ are the Euclidean distances
    of a row to the largest and to the smallest v of every indicator;
    S_it = D⁻ / (D⁺ + D⁻), between 0 and 1, without a unit.

    Parameters
    ----------
    frame, positive, negative, scope, shift, unit, time
        As in `entropy_weights`.

    Returns
    -------
    Series
        Named "entropy_topsis", on the frame's own index, with `.attrs` as in `entropy_weights`.

    Raises
    ------
    InputError
        As in `entropy_weights`.

    Notes
    -----
    Best in every indicator gives 1, worst in every indicator 0. A row that lacks an indicator is
    missing and moves nothing.
    Sources: Hwang and Yoon (1981), Multiple Attribute Decision Making (there with vector
    scaling; here, as Chinese papers do, with x' scaled by its range).

    Examples
    --------
    >>> table = pd.DataFrame({"city": ["a", "b", "c"], "x": [1, 2, 3], "y": [9, 4, 4]})
    >>> entropy_topsis(table, positive="x", negative="y", unit="city").round(3).tolist()
    [0.0, 0.669, 1.0]
    """
    found = read_indicators(frame, positive, negative, scope, unit, time)
    values, records = _scores(found, shift, "topsis")
    note, note_zh = _sentences(found, scope, shift)
    return finished(
        values,
        frame,
        "entropy_topsis",
        f"Entropy-TOPSIS of {len(found.names)} indicators, {note}.",
        f"熵权 TOPSIS 指数，共 {len(found.names)} 项指标，{note_zh}。",
        indicators=json.dumps(records, ensure_ascii=False),
        scope=scope,
        shift=shift,
    )


def resilience_index(
    frame: pd.DataFrame,
    dimensions: Mapping[str, Mapping[str, str | Sequence[str]] | str | Sequence[str]],
    method: Method = "entropy",
    scope: Scope = "panel",
    shift: float = 0.0,
    *,
    unit: str,
    time: str | None = None,
) -> pd.Series[Any]:
    """Resilience as an index: indicators in dimensions such as resistance, recovery, renewal.

    The score is that of `entropy_weights` or `entropy_topsis` over all indicators at once; the
    weight of a dimension is the sum of its indicators'.

    Parameters
    ----------
    frame
        Long table, one row per unit and time, in any order.
    dimensions
        Name of a dimension to its indicators: `{"positive": [...], "negative": [...]}`, or a
        plain list where more is always better.
    method
        "entropy" or "topsis".
    scope, shift, unit, time
        As in `entropy_weights`.

    Returns
    -------
    Series
        Named "resilience_index", on the frame's own index, between 0 and 1. `indicator_table`
        gives the dimension of each indicator too; `.attrs["dimensions"]` the weights of the
        dimensions as JSON text (by year where the scope is the year).

    Raises
    ------
    InputError
        A dimension without an indicator or with another key than positive and negative, an
        indicator in two places, and whatever `entropy_weights` refuses.

    Notes
    -----
    An index of this kind measures conditions for resilience, not how a city came through a
    shock; for that see `resilience` and `resilience_phases`.
    Source: Briguglio et al. (2009), Oxford Development Studies 37(3), for the idea of an index.

    Examples
    --------
    >>> table = pd.DataFrame({"city": ["a", "b", "c"], "income": [1, 2, 3], "jobless": [9, 4, 4]})
    >>> dimensions = {"resistance": {"negative": ["jobless"]}, "recovery": ["income"]}
    >>> resilience_index(table, dimensions, unit="city").round(3).tolist()
    [0.0, 0.734, 1.0]
    """
    one_of("method", method, ("entropy", "topsis"))
    sides, home = _dimensions(dimensions)
    found = read_indicators(frame, sides["positive"], sides["negative"], scope, unit, time)
    values, records = _scores(found, shift, method)
    records = [{"dimension": home[row["indicator"]], **row} for row in records]
    note, note_zh = _sentences(found, scope, shift)
    title, title_zh = {
        "entropy": ("entropy weights", "熵权法"),
        "topsis": ("entropy-TOPSIS", "熵权 TOPSIS"),
    }[method]
    names = list(dict.fromkeys(home.values()))
    sums: dict[str, dict[str, float]] = {}
    for row in records:
        by_name = sums.setdefault(str(row.get("time", "")), dict.fromkeys(names, 0.0))
        by_name[row["dimension"]] += row["weight"]
    return finished(
        values,
        frame,
        "resilience_index",
        f"Resilience index ({title}) of {len(found.names)} indicators in {len(names)} dimensions "
        f"({', '.join(names)}), {note}.",
        f"经济韧性综合指数（{title_zh}），{len(names)} 个维度（{'、'.join(names)}）共 "
        f"{len(found.names)} 项指标，{note_zh}。",
        indicators=json.dumps(records, ensure_ascii=False),
        dimensions=json.dumps(sums if scope == "year" else sums[""], ensure_ascii=False),
        scope=scope,
        shift=shift,
    )


def _dimensions(
    given: Mapping[str, Mapping[str, str | Sequence[str]] | str | Sequence[str]],
) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Indicators by sign, and the dimension of each."""
    if not isinstance(given, Mapping):
        raise InputError(
            "dimensions= is no mapping; give the name of each dimension and its indicators."
        )
    sides: dict[str, list[str]] = {"positive": [], "negative": []}
    home: dict[str, str] = {}
    for name, part in given.items():
        signed = part if isinstance(part, Mapping) else {"positive": part}
        strange = [key for key in signed if key not in sides]
        columns = [column for key in signed for column in as_list(signed[key])]
        if strange or not columns:
            fault = f"has a key {strange[0]!r}" if strange else "names no indicator"
            raise InputError(
                f"dimension {name!r} {fault}; list its columns under positive and negative."
            )
        for key in signed:
            sides[key] += as_list(signed[key])
        home |= dict.fromkeys(columns, str(name))
    return sides, home


def _scores(found: Indicators, shift: float, method: Method) -> tuple[Floats, list[dict[str, Any]]]:
    """Score of each row and, by indicator and block, how it was weighted."""
    if not is_number(shift) or shift < 0:
        raise InputError(f"shift={shift!r} is not zero or a positive number; papers use 0.0001.")
    values = np.full(len(found.values), np.nan)
    records: list[dict[str, Any]] = []
    for label, members, unit in found.unit_blocks():
        entropy, weight = _weights(unit, shift)
        values[members] = _closeness(unit * weight) if method == "topsis" else unit @ weight
        plain = _weights(unit, 0.0)[1] if shift else weight
        for j, name in enumerate(found.names):
            records.append(
                ({"time": label} if label else {})
                | {"indicator": name, "sign": "+" if found.signs[j] > 0 else "−"}
                | {"entropy": float(entropy[j]), "weight": float(weight[j])}
                | ({"weight_without_shift": float(plain[j])} if shift else {})
            )
    return values, records


def _weights(unit: Floats, shift: float) -> tuple[Floats, Floats]:
    """Entropy and weight of each column of values in [0, 1]."""
    p = (unit + shift) / (unit + shift).sum(axis=0)
    entropy: Floats = -xlogy(p, p).sum(axis=0) / np.log(len(unit))
    spread = 1 - entropy
    return entropy, spread / spread.sum()


def _closeness(weighted: Floats) -> Floats:
    """D⁻/(D⁺ + D⁻) of each row."""
    best = np.sqrt(((weighted.max(axis=0) - weighted) ** 2).sum(axis=1))
    worst = np.sqrt(((weighted - weighted.min(axis=0)) ** 2).sum(axis=1))
    result: Floats = worst / (best + worst)
    return result


def _sentences(found: Indicators, scope: Scope, shift: float) -> tuple[str, str]:
    """Say scope and shift in both languages."""
    english, chinese = scope_words(found, scope)
    return (
        f"shift before logarithms {shift:g}, minima, maxima and weights {english}",
        f"取对数前平移量 {shift:g}，极值与权重{chinese}",
    )
