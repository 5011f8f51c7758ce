"""Make one unit of several in a boundary table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

from shapes.combining import Rules, check_rules, combine
from shapes.errors import InputError, named
from shapes.events import changes
from shapes.labels import canonical, is_missing
from shapes.match import Gazetteer, code_columns
from shapes.measuring import measure_of
from shapes.mending import Change, store

__all__ = ["dissolve"]


def dissolve(
    cities: GeoDataFrame, groups: Mapping[str, Iterable[Any]], rules: Rules | None = None
) -> GeoDataFrame:
    """Dissolve units of a boundary table into one, as `harmonise` did with those of a table.

    Parameters
    ----------
    cities : geopandas.GeoDataFrame
        Boundary table indexed by key; not changed.
    groups : mapping
        Name of the new unit to the names, keys or codes of its members, the one that goes on
        first: the `groups` of `harmonise`, or your own. Members that were merged or divided
        before the boundaries were drawn (莱芜市 in the packaged layer) need not be there; every
        other one must be.
    rules : mapping, optional
        As in `harmonise`, for columns of numbers, such as ``{"area_km2": "sum", "lon": ("mean",
        "area_km2"), "lat": ("mean", "area_km2"), "capital": "first"}`` for `china_cities`.
        Columns of text keep that of the first member.

    Returns
    -------
    geopandas.GeoDataFrame
        One row per group in the place of its first member. A group of which one member alone is
        in the boundaries keeps its key; otherwise key, name (and the name in Latin
        letters, in a column such as `city_en`) and code (in a column such as `adcode`, which
        becomes text) are the members' joined by "+", so that no member stands for all.
        `shapes.repairs` says which units became one, with the area of the first member before
        and of all after.

    Raises
    ------
    InputError
        A member that is not in the boundaries, or in two groups; a column of numbers without a
        rule.

    Examples
    --------
    >>> from shapes import china_cities
    >>> layer = china_cities()[["city", "geometry"]]
    >>> len(dissolve(layer, {"合肥+芜湖": ["合肥市", "芜湖市"]}))
    369
    """
    if not isinstance(cities, GeoDataFrame):
        raise InputError(
            f"cities is a {type(cities).__name__}, not a boundary table; give the result of "
            "read_boundaries or china_cities."
        )
    members = _members(cities, groups)
    several = {label: rows for label, rows in members.items() if len(rows) > 1}
    if not several:
        return cities.copy()
    rows = np.concatenate([np.array(found) for found in several.values()])
    number = np.repeat(np.arange(len(several)), [len(found) for found in several.values()])
    leads = np.array([found[0] for found in several.values()])
    shapes = cities.geometry.to_numpy()
    union = np.array([_union(shapes[found]) for found in several.values()], dtype=object)
    table = pd.DataFrame(cities.drop(columns=cities.geometry.name))
    checked = check_rules(rules, table)
    named_by = cities.attrs.get("name")
    spoken = [word for word in (named_by, f"{named_by}_en") if word in table.columns]
    codes = [column for column in code_columns(table) if column not in spoken]
    numbered = table[codes].select_dtypes("number").columns
    texts = {column: table[column].map(canonical, na_action="ignore") for column in numbered}
    table = table.assign(**texts)
    spoken += codes
    fixed = dict.fromkeys(spoken, "first")
    joined = combine(table.iloc[rows], number, np.ones(len(rows)), {**checked, **fixed})
    joined[cities.geometry.name] = union
    joined.index = pd.Index([_plus(cities.index[found]) for found in several.values()])
    for word in spoken:
        joined[word] = [_plus(table[word].iloc[found]) for found in several.values()]
    kept = np.setdiff1d(np.arange(len(cities)), rows)
    order = np.argsort(np.r_[kept, leads], kind="stable")
    made: Any = pd.concat([cities.assign(**texts).iloc[kept], joined]).iloc[order]
    whole = GeoDataFrame(made[cities.columns], geometry=cities.geometry.name, crs=cities.crs)
    whole.index.name = cities.index.name
    made_rows = _ledger(cities, several, joined.index, union)
    whole.attrs = {**cities.attrs, "repairs": store(made_rows, cities.attrs.get("repairs"))}
    return whole


def _members(cities: GeoDataFrame, groups: Mapping[str, Iterable[Any]]) -> dict[str, list[int]]:
    """Rows of each group in the boundary table."""
    gazetteer = Gazetteer(cities)
    places = {canonical(key): row for row, key in enumerate(cities.index)}
    events = changes()
    gone = set(events.loc[events["kind"].isin(["merged", "split"]), "before"])
    found: dict[str, list[int]] = {}
    lost, taken, twice = [], set(), []
    for label, units in groups.items():
        rows = []
        for unit in [units] if isinstance(units, str) else units:
            match = gazetteer.find(canonical(unit))
            if match.how == "none":
                lost += [] if canonical(unit) in gone else [f"{canonical(unit)} of {label}"]
                continue
            row = places[canonical(match.key)]
            twice += [canonical(unit)] if row in taken else []
            taken.add(row)
            rows.append(row)
        found[str(label)] = rows
    empty = [label for label, rows in found.items() if not rows]
    if lost or empty:
        raise InputError(
            f"the boundaries lack {named(lost or empty)}; correct the groups, or read boundaries "
            "that hold these units."
        )
    if twice:
        raise InputError(f"{named(twice)} is a member twice; name each unit in one group only.")
    return found


def _union(shapes: Any) -> Any:
    """Union of polygons; where they form a coverage, its borders keep their vertices exactly."""
    if shapely.coverage_is_valid(shapes):
        return shapely.coverage_union_all(shapes)
    return shapely.union_all(shapes)


def _plus(words: Iterable[Any]) -> str:
    return "+".join(canonical(word) for word in words if not is_missing(word))


def _ledger(
    cities: GeoDataFrame, groups: Mapping[str, list[int]], keys: pd.Index, union: Any
) -> list[Change]:
    measure = measure_of(cities)
    shapes = cities.geometry.to_numpy()
    after = shapely.area(measure.plane(union))
    made: list[Change] = []
    for key, rows, area in zip(keys, groups.values(), after, strict=True):
        before = float(shapely.area(measure.plane(shapes[rows[:1]]))[0])
        units = named(canonical(cities.index[row]) for row in rows)
        made.append((str(key), "dissolved", f"one unit of {units}", before, float(area)))
    return made
