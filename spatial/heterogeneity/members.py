"""Which unit belongs to which group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from spatial.errors import InputError, counted, named
from spatial.labels import canonical, canonical_index
from spatial.panel import Panel

__all__ = ["members_of"]


def members_of(by: Any, data: Panel | pd.DataFrame) -> pd.Series:
    """Group of each unit of the data, as text; an ordered category keeps its order.

    Parameters
    ----------
    by
        A column of the data that is the same in all times, a Series of groups indexed by unit, or a
        mapping from each group to its units.

    Raises
    ------
    InputError
        A unit without a group, a column that changes over time, fewer than two groups.
    """
    units = data.units if isinstance(data, Panel) else data.index
    if isinstance(by, str):
        groups = _column(by, data)
    elif isinstance(by, Mapping):
        groups = _mapping(by)
    elif isinstance(by, pd.Series):
        groups = by
    else:
        raise InputError(
            f"by= is a {type(by).__name__}; give a column of the data, a Series of groups indexed "
            "by unit, or a mapping from each group to its units."
        )
    known = canonical_index(groups.index, "the units of by=")
    places = known.get_indexer(canonical_index(units, "the units"))
    absent = [str(unit) for unit, at in zip(units, places, strict=True) if at < 0]
    found = groups.iloc[places[places >= 0]]
    absent += [str(unit) for unit in units[places >= 0][found.isna().to_numpy()]]
    if absent:
        raise InputError(
            f"{counted(len(absent), 'unit has', 'units have')} no group: {named(absent)}; give "
            "every unit one, or leave these out of the data."
        )
    names = _names(groups, found)
    if len(names) < 2:
        raise InputError(f"all units are in the group {names[0]}; a comparison needs two groups.")
    texts = [canonical(value) for value in found]
    return pd.Series(pd.Categorical(texts, categories=names), index=units, name="group")


def _column(name: str, data: Panel | pd.DataFrame) -> pd.Series:
    frame = data.frame if isinstance(data, Panel) else data
    if name not in frame.columns:
        raise InputError(
            f"by= names the column {name}, which the data lack; their columns are "
            f"{named(map(str, frame.columns), 20)}."
        )
    if not isinstance(data, Panel):
        return frame[name]
    rows = frame.groupby(data.unit, sort=False, observed=True)[name]
    moving = rows.nunique(dropna=False)
    moving = moving[moving > 1]
    if len(moving):
        raise InputError(
            f"{name} changes over time in {counted(len(moving), 'unit', 'units')} "
            f"({named(moving.index)}); take it at one time, as panel.at({data.times[0]})[{name!r}]."
        )
    return rows.first()


def _mapping(by: Mapping[Any, Any]) -> pd.Series:
    pairs = [
        (canonical(unit), group)
        for group, units in by.items()
        for unit in ([units] if isinstance(units, str) else units)
    ]
    index = canonical_index([unit for unit, _ in pairs], "the units of by=")
    return pd.Series([group for _, group in pairs], index=index, dtype=object)


def _names(groups: pd.Series, found: pd.Series) -> list[str]:
    """Groups that have units: in the order of a category or mapping, else sorted."""
    present = {canonical(value) for value in found}
    if isinstance(groups.dtype, pd.CategoricalDtype):
        order = [canonical(value) for value in groups.cat.categories]
    else:
        order = sorted(present)
    return [name for name in dict.fromkeys(order) if name in present]
