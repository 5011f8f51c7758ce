"""Change a coverage, only as asked: gaps filled, overlaps given to one unit, borders matched.

All borders around the faults are cut where they meet, the ground falls into faces, and every face
goes to one unit, so that repaired borders have the same vertices on both sides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt
import shapely
from geopandas import GeoDataFrame, GeoSeries

from shapes.coverage import Coverage, Fault
from shapes.errors import InputError, named
from shapes.faces import Faces, Patch
from shapes.labels import canonical
from shapes.measuring import Measure, measure_of, size
from shapes.mending import Change, store

__all__ = ["repair"]

Rule = Literal["longest", "largest", "smallest"]
_WORDS = {
    "longest": "the longest border with it",
    "largest": "the largest area",
    "smallest": "the smallest area",
}


def repair(
    gdf: GeoDataFrame,
    *,
    gaps: Rule | None = None,
    overlaps: Rule | None = None,
    borders: bool = False,
    tolerance_m: float = 10.0,
) -> GeoDataFrame:
    """Change the faults of a coverage that are asked for, and keep a ledger of each.

    Parameters
    ----------
    gdf : geopandas.GeoDataFrame
        Units indexed by key, with a coordinate system; not changed.
    gaps, overlaps : {"longest", "largest", "smallest"}, optional
        Who gets the ground that no unit holds, or that two units claim: the unit with the longest
        border with it, the largest or the smallest of those concerned. None leaves such faults as
        they are. A unit that would lose all its ground keeps it.
    borders : bool
        Give borders whose vertices differ on their two sides the vertices of both. Where ground
        changes hands this is done in any case.
    tolerance_m : float
        Faults wider than this many metres are left alone: wide gaps are taken for water, wide
        overlaps need somebody who knows whose ground it is.

    Returns
    -------
    geopandas.GeoDataFrame
        The same rows and columns; units that no fault concerned keep their vertices as they were.
        Columns that hold areas are not recomputed. `shapes.repairs` lists each repair with the
        unit's area before and after it.

    Raises
    ------
    InputError
        Nothing is asked, an unknown rule, a tolerance that is no length, missing or invalid
        polygons, repeated keys, no coordinate system.

    See Also
    --------
    check_boundaries : what is wrong, and what is left after the repair.

    Examples
    --------
    >>> from shapely import box
    >>> pair = GeoDataFrame(geometry=[box(0, 0, 9, 99), box(8, 0, 20, 99)], crs=3857)
    >>> mended = repair(pair, overlaps="largest")
    >>> mended.area.tolist()
    [792.0, 1188.0]
    """
    _check_request(gdf, {"gaps": gaps, "overlaps": overlaps}, tolerance_m, borders=borders)
    keys = _check_units(gdf)
    polygons = gdf.geometry.to_numpy()
    coverage = Coverage(polygons, measure_of(gdf), tolerance_m)
    faults = _Chosen(coverage, gaps=gaps is not None, overlaps=overlaps is not None)
    concerned = {unit for fault in faults.every for unit in fault.units}
    if borders:
        concerned |= set(coverage.faulty.tolist())
    if not concerned:
        return gdf.copy()
    faces = Faces(coverage, concerned, faults.gaps, faults.overlaps)
    rules: dict[str, str] = {"gap": gaps or "", "overlap": overlaps or ""}
    ledger = _Ledger(keys, coverage.measure, polygons)
    for patch in faces.patches:
        winner = _winner(patch, faces, rules[patch.problem], ledger.areas)
        faces.give(patch, winner)
        ledger.note(patch, winner, rules[patch.problem])
    shapes, changed = faces.rebuilt()
    repaired = gdf.set_geometry(GeoSeries(shapes, index=gdf.index, crs=gdf.crs))
    made = [*ledger.rows(), *_matched(polygons, shapes, changed - ledger.moved, ledger)]
    repaired.attrs = {**gdf.attrs, "repairs": store(made, gdf.attrs.get("repairs"))}
    return repaired


class _Chosen:
    """Faults that are to be repaired."""

    def __init__(self, coverage: Coverage, *, gaps: bool, overlaps: bool) -> None:
        # What is too small to be listed is repaired with the rest: borders would not fit otherwise.
        self.gaps: list[Fault] = coverage.gaps(least=0.0) if gaps else []
        found = coverage.overlaps(least=0.0) if overlaps else iter(())
        self.overlaps = [fault for fault in found if fault.width <= coverage.gap_m]

    @property
    def every(self) -> Iterable[Fault]:
        return [*self.gaps, *self.overlaps]


def _check_request(
    gdf: object, rules: dict[str, str | None], tolerance_m: float, *, borders: bool
) -> None:
    if not isinstance(gdf, GeoDataFrame):
        raise InputError(
            f"repair got a {type(gdf).__name__}; give a GeoDataFrame, such as the result of "
            "read_boundaries."
        )
    for name, rule in rules.items():
        if rule is not None and rule not in get_args(Rule):
            raise InputError(
                f"{name}={rule!r} is no way to repair; choose 'longest', 'largest' or 'smallest'."
            )
    if not any(rules.values()) and not borders:
        raise InputError(
            "repair was asked for nothing; give gaps=, overlaps= or borders=True, after a look at "
            "check_boundaries."
        )
    if not (np.isfinite(tolerance_m) and tolerance_m > 0):
        raise InputError(
            f"tolerance_m={tolerance_m!r} is no positive length; give metres, such as 10."
        )


def _check_units(gdf: GeoDataFrame) -> list[str]:
    keys = [canonical(key) for key in gdf.index]
    twice = (
        sorted({key for key in keys if keys.count(key) > 1}) if len(set(keys)) < len(keys) else []
    )
    if twice:
        raise InputError(f"the keys {named(twice)} stand more than once; make the index unique.")
    shapes = gdf.geometry.to_numpy()
    areas = np.isin(shapely.get_type_id(shapes), (3, 6)) & ~shapely.is_empty(shapes)
    broken = np.flatnonzero(~(areas & shapely.is_valid(shapes)))
    if len(broken):
        raise InputError(
            f"{named(keys[i] for i in broken)}: missing or invalid polygons, whose ground is not "
            "known; look at check_boundaries and mend them first (read_boundaries makes polygons "
            "valid)."
        )
    return keys


def _winner(patch: Patch, faces: Faces, rule: str, areas: npt.NDArray[np.float64]) -> int:
    """Who gets a patch; a unit that holds nothing else comes first."""
    bare = [unit for unit in patch.units if not faces.holds_more(unit, patch)]
    if bare:
        return min(bare, key=lambda unit: areas[unit])
    if rule == "longest":
        return max(patch.units, key=lambda unit: faces.border(unit, patch))
    return (max if rule == "largest" else min)(patch.units, key=lambda unit: areas[unit])


@dataclass
class _Entry:
    area: float = 0.0
    width: float = 0.0
    count: int = 0


@dataclass
class _Ledger:
    """What went from whom to whom."""

    keys: Sequence[str]
    measure: Measure
    polygons: npt.NDArray[Any]
    moved: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.areas = shapely.area(self.measure.plane(self.polygons))
        self._entries: dict[tuple[str, int, tuple[int, ...], str], _Entry] = defaultdict(_Entry)

    def note(self, patch: Patch, winner: int, rule: str) -> None:
        """Remember one patch."""
        others = tuple(unit for unit in patch.units if unit != winner)
        entry = self._entries[(patch.problem, winner, others, rule)]
        area, width = self.measure.of(patch.shape)
        entry.area += area
        entry.width = max(entry.width, width)
        entry.count += 1
        self.moved |= {winner} if patch.problem == "gap" else set(others)

    def rows(self) -> list[Change]:
        """One row per unit whose ground changed and cause, with areas that run on."""
        made: list[Change] = []
        now = self.areas.copy()
        for (problem, winner, others, rule), entry in self._entries.items():
            gap = problem == "gap"
            times = f"{entry.count} {problem}s, " if entry.count > 1 else ""
            large = f"{times}{size(entry.area, entry.width)}"
            for unit in (winner,) if gap else others:
                rest = named(self.keys[k] for k in (others if gap else (winner,)))
                deed = "filled" if gap else f"given up to {rest}"
                beside = f" beside {rest}" if gap and others else ""
                before = float(now[unit])
                now[unit] += entry.area if gap else -entry.area
                why = f"{self.keys[winner]} has {_WORDS[rule]}"
                detail = f"{large}{beside} {deed}: {why}"
                made.append((self.keys[unit], problem, detail, before, float(now[unit])))
        return made


def _matched(
    old: npt.NDArray[Any], new: npt.NDArray[Any], units: set[int], ledger: _Ledger
) -> list[Change]:
    """Rows of units that only got vertices of their neighbours."""
    made: list[Change] = []
    for unit in sorted(units):
        more = int(shapely.get_num_coordinates(new[unit]) - shapely.get_num_coordinates(old[unit]))
        after = float(shapely.area(ledger.measure.plane(new[[unit]]))[0])
        detail = f"{more} vertices of its neighbours added to its border"
        made.append((ledger.keys[unit], "border", detail, float(ledger.areas[unit]), after))
    return made
