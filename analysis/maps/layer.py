"""The boundary layer as a map needs it: projected, thinned to the printed scale, with its borders.

Rows of results meet units here, by label in canonical text form.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS

from analysis.maps.frames import Bounds, frames
from analysis.maps.options import Sheet
from analysis.maps.projection import from_degrees, plane_for
from spatial.errors import InputError, counted, named
from spatial.labels import canonical, canonical_index, missing_from

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["Layer", "Line", "find_units", "prepare", "rows_of"]

Shapes = npt.NDArray[np.object_]
PROVINCE = "province"
SEA = "sea"
DASHED = "dashed"
FINEST_MM = 0.05  # what the eye cannot tell apart on paper
MOST_THINNED = 8
_THINNED: dict[tuple[bytes, float], Shapes] = {}


@dataclass(frozen=True)
class Line:
    """A border line over the map: `kind` is "province", "sea" or "dashed"."""

    kind: str
    shape: Any


@dataclass(frozen=True)
class Layer:
    """Units of a map in their plane, in the order of the user's frame.

    `labels` are canonical, `names` what is printed beside a unit and `aliases` what it is called
    in the layer's own language; `core` are the bounds (x0, y0, x1, y1) without far islets, `full`
    with them. A `zoomed` layer is one of which only a part is to be drawn, within those bounds.
    """

    labels: pd.Index
    names: tuple[str, ...]
    aliases: tuple[str, ...]
    shapes: Shapes
    crs: CRS
    lines: tuple[Line, ...]
    core: Bounds
    full: Bounds
    zoomed: bool = False

    @property
    def has_far_islands(self) -> bool:
        """Whether far islets would cost so much of the frame that they deserve an inset."""
        return self.core != self.full

    @cached_property
    def points(self) -> npt.NDArray[np.float64]:
        """(n, 2) points inside the largest part of each unit."""
        parts, owner = shapely.get_parts(self.shapes, return_index=True)
        order = np.lexsort((-shapely.area(parts), owner))
        first = order[np.r_[True, np.diff(owner[order]) > 0]]
        return np.asarray(shapely.get_coordinates(shapely.point_on_surface(parts[first])))

    def thinned(self, metres_per_mm: float) -> Layer:
        """Drop details that print cannot show; shared borders stay shared."""
        tolerance = FINEST_MM * metres_per_mm
        shapes = _thinned(self.shapes, tolerance)
        lines = tuple(Line(x.kind, shapely.simplify(x.shape, tolerance)) for x in self.lines)
        return replace(self, shapes=shapes, lines=lines)


def _thinned(shapes: Shapes, tolerance: float) -> Shapes:
    """Shapes without what lies within the tolerance; the maps of a study share them."""
    key = (sha256(b"".join(shapely.to_wkb(shapes).tolist())).digest(), tolerance)
    if key not in _THINNED:
        thin = shapely.coverage_simplify(shapes, tolerance)
        thin = np.where(shapely.is_empty(thin), shapes, thin)
        found = np.asarray(shapely.orient_polygons(thin))
        found.flags.writeable = False
        while len(_THINNED) >= MOST_THINNED:
            _THINNED.pop(next(iter(_THINNED)))
        _THINNED[key] = found
    return _THINNED[key]


def prepare(cities: gpd.GeoDataFrame, sheet: Sheet) -> Layer:
    """Project the user's layer and collect its border lines."""
    _require_polygons(cities)
    labels = canonical_index(cities.index, "the boundary layer")
    crs = plane_for(cities.crs, cities.geometry.bounds.to_numpy(), sheet.crs)
    shapes = cities.geometry.to_crs(crs).to_numpy()
    if not np.isfinite(shapely.bounds(shapes)).all():
        lost = labels[~np.isfinite(shapely.bounds(shapes)).all(axis=1)]
        raise InputError(
            f"{named(lost)} cannot be projected to {crs.name}; give another crs= or mend the layer."
        )
    lines = _borders(cities, shapes, sheet, crs)
    boxes = [from_degrees(crs).transform_bounds(*box, densify_pts=41) for box in sheet.insets]
    core, full = frames(shapes, boxes)
    names = _names(cities, sheet.lang)
    aliases = _names(cities, "zh")
    return Layer(labels, names, aliases, shapes, crs, lines, core, full)


def _require_polygons(cities: Any) -> None:
    """Refuse what is not a layer of polygons."""
    if not hasattr(cities, "geometry") or not hasattr(cities, "crs"):
        raise InputError(
            f"the boundary layer is a {type(cities).__name__}, not a GeoDataFrame; "
            "read it with shapes.read_boundaries."
        )
    if not len(cities):
        raise InputError("the boundary layer has no units; there is nothing to draw.")
    shapes = cities.geometry.to_numpy()
    absent = np.array([x is None for x in shapes]) | shapely.is_empty(shapes)
    if absent.any():
        raise InputError(
            f"units without a polygon: {named(cities.index[absent])}; mend the layer or drop them."
        )
    other = ~np.isin(shapely.get_type_id(shapes), (3, 6))
    if other.any():
        raise InputError(
            f"maps need polygons; {named(cities.index[other])} are {shapes[other][0].geom_type}."
        )


def _names(cities: gpd.GeoDataFrame, lang: str) -> tuple[str, ...]:
    """Names to print: the column the layer declares, its English twin on English maps."""
    column = cities.attrs.get("name")
    if column not in cities.columns:
        column = next((c for c in ("city", "name") if c in cities.columns), None)
    english = f"{column}_en"
    if lang == "en" and english in cities.columns:
        column = english
    values = cities.index if column is None else cities[column]
    return tuple(str(value) for value in values)


def _borders(cities: gpd.GeoDataFrame, shapes: Shapes, sheet: Sheet, crs: CRS) -> tuple[Line, ...]:
    """Border lines of the user; provinces from the layer's own column where none are given."""
    given = _given_lines(sheet.lines, crs)
    if any(line.kind == PROVINCE for line in given) or PROVINCE not in cities.columns:
        return given
    column = cities[PROVINCE]
    if column.isna().any() or column.nunique() < 2:
        return given
    codes = pd.factorize(column)[0]
    members = [np.flatnonzero(codes == code) for code in range(codes.max() + 1)]
    outlines = [shapely.boundary(_whole(shapes[rows])) for rows in members]
    return (Line(PROVINCE, shapely.union_all(outlines)), *given)


def _whole(shapes: Shapes) -> Any:
    """Union of units that share their borders; also of those that do not quite."""
    try:
        return shapely.coverage_union_all(shapes)
    except shapely.errors.GEOSException:
        return shapely.union_all(shapely.make_valid(shapes))


def _given_lines(lines: Any, crs: CRS) -> tuple[Line, ...]:
    """Lines of the user's frame in the plane of the map."""
    if lines is None:
        return ()
    if not hasattr(lines, "to_crs") or lines.crs is None:
        raise InputError(
            "lines must be a GeoDataFrame with a coordinate reference system, "
            "such as shapes.china_lines()."
        )
    kinds = lines["kind"] if "kind" in lines.columns else pd.Series(PROVINCE, index=lines.index)
    shapes = lines.geometry.to_crs(crs).to_numpy()
    known = [str(kind) if kind in (SEA, DASHED) else PROVINCE for kind in kinds]
    return tuple(Line(kind, shape) for kind, shape in zip(known, shapes, strict=True))


def rows_of(data: pd.Index, layer: Layer, what: str) -> npt.NDArray[np.intp]:
    """Positions of the result's units in the layer; a unit the layer lacks is refused by name."""
    wanted = canonical_index(data, what)
    absent = missing_from(wanted, layer.labels)
    if absent:
        raise InputError(
            f"{what} has {counted(len(absent), 'unit', 'units')} that the boundary layer lacks: "
            f"{named(absent)}; use the layer the weights were built from, or its key as the index."
        )
    return np.asarray(layer.labels.get_indexer(wanted), dtype=np.intp)


def find_units(layer: Layer, wanted: list[object], what: str = "labels") -> list[int]:
    """Positions of units named by label or by printed name."""
    tables = (layer.labels, layer.aliases, layer.names)
    found, absent = [], []
    for label in wanted:
        text = canonical(label)
        hit = next((list(t).index(text) for t in tables if text in t), None)
        if hit is None:
            absent.append(text)
        else:
            found.append(hit)
    if absent:
        raise InputError(f"{what}: the boundary layer has no unit {named(absent)}.")
    return found
