"""From the rule of a [groups.NAME] to the group of each unit."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.study.sampling import Sample
from analysis.study.schema_mechanisms import Cut, Group
from analysis.study.sources import KEY, nearest_name
from spatial.errors import InputError, counted, named
from spatial.labels import canonical

if TYPE_CHECKING:
    from libpysal.graph import Graph

__all__ = ["members"]

FLAGS = dict.fromkeys(("0", "False", "false", "FALSE", "no", "否"), "no") | dict.fromkeys(
    ("1", "True", "true", "TRUE", "yes", "是"), "yes"
)


def members(
    name: str,
    section: Group,
    sample: Sample,
    measured: pd.DataFrame,
    time: str | None,
    graph: Graph | None,
) -> pd.Series[Any]:
    """Group of each unit, indexed by key, as a category in the order of the groups."""
    where = f"[groups.{name}]"
    if section.cut is not None:
        return _cut(where, section.cut, sample, measured, time)
    if section.lisa is not None:
        return _classes(where, section.lisa, sample, graph)
    column = str(section.column or section.flag)
    values = _fixed(where, column, sample)
    if section.flag is None:
        return values.map(lambda value: value if pd.isna(value) else str(value))
    names = values.map(lambda value: value if pd.isna(value) else FLAGS.get(canonical(value)))
    strange = values[values.notna() & names.isna()].unique()
    if len(strange):
        raise InputError(
            f"{where} flag = {column!r} holds {named(strange)}; a flag holds 0 and 1, or yes and "
            "no, other groups are a column."
        )
    return names.astype(pd.CategoricalDtype(["yes", "no"], ordered=True))


def _rows(where: str, column: str, frame: pd.DataFrame) -> None:
    if column not in frame.columns:
        raise InputError(
            f"{where} names the column {column!r}, which neither table nor boundaries hold; "
            f"{nearest_name(column, map(str, frame.columns))}"
        )


def _fixed(where: str, column: str, sample: Sample) -> pd.Series[Any]:
    """Value of a column that does not change over the years of the sample."""
    frame = sample.frame
    _rows(where, column, frame)
    rows = frame.groupby(KEY, sort=False, observed=True)[column]
    moving = rows.nunique(dropna=False)
    moving = moving[moving > 1]
    if len(moving):
        raise InputError(
            f"{where} {column} changes over the years in {counted(len(moving), 'unit', 'units')} "
            f"({named(moving.index)}); use cut with at, which takes one year."
        )
    return rows.first()


def _cut(
    where: str, cut: Cut, sample: Sample, measured: pd.DataFrame, time: str | None
) -> pd.Series[Any]:
    """Classes of a number: of one year, or of its mean over the sample."""
    _rows(where, cut.column, measured)
    frame = sample.frame
    if cut.at is not None:
        if time is None:
            raise InputError(f"{where} at needs [table] time; a cross-section has no years.")
        frame = measured[measured[time] == cut.at]
        if frame.empty:
            raise InputError(f"{where} at = {cut.at}, a year that the table lacks.")
    if not pd.api.types.is_numeric_dtype(frame[cut.column]):
        raise InputError(f"{where} cut needs numbers, and {cut.column} holds text.")
    means = frame.groupby(KEY)[cut.column].mean()
    values = means.reindex([str(unit) for unit in sample.units])
    if values.isna().any():
        raise InputError(
            f"{where} {cut.column} is missing in {named(values.index[values.isna()])}; fill it in, "
            "or take another year."
        )
    median = cut.breaks == "median"
    breaks = [float(values.median())] if median else [float(b) for b in cut.breaks]
    names = list(cut.labels) or _interval_names(breaks)
    codes = np.searchsorted(breaks, values.to_numpy(dtype=float), side="right")
    kinds = pd.CategoricalDtype(names, ordered=True)
    return pd.Series([names[code] for code in codes], index=values.index, dtype=kinds)


def _interval_names(breaks: list[float]) -> list[str]:
    shown = [f"{value:.6g}" for value in breaks]
    inner = [f"{low}–{high}" for low, high in pairwise(shown)]
    return [f"<{shown[0]}", *inner, f"≥{shown[-1]}"]


def _classes(where: str, cut: Any, sample: Sample, graph: Graph | None) -> pd.Series[Any]:
    """Local cluster of one year."""
    import spatial

    try:
        rows = sample.at(cut.at)
        _rows(where, cut.column, rows)
        found = spatial.lisa(rows[cut.column], graph, alpha=cut.alpha)
    except InputError as error:
        text = str(error)
        raise InputError(text if text.startswith(where) else f"{where} {text}") from None
    return found["cluster"].cat.remove_unused_categories()
