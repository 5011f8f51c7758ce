"""Faults of a boundary table: of single polygons, and of the coverage they ought to form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

from shapes.coverage import Coverage, Fault
from shapes.errors import InputError, named
from shapes.labels import canonical, is_missing
from shapes.measuring import Measure, size
from shapes.mending import FILE
from shapes.projection import looks_like_degrees, metric_crs

__all__ = ["boundary_faults", "check_boundaries"]

_AREAS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
_COLUMNS = ["key", "problem", "detail"]
Row = tuple[str, str, str, float, float, Any]


def check_boundaries(gdf: GeoDataFrame, *, gap_m: float = 10.0) -> pd.DataFrame:
    """List the faults of a boundary table; empty when it is clean.

    Neighbours are told from shared borders, so polygons have to form a coverage: no overlaps, no
    gaps, the same vertices on both sides of a border.

    Parameters
    ----------
    gdf : geopandas.GeoDataFrame
        Units indexed by key; not changed.
    gap_m : float
        Ground between units that no unit holds is a fault where it is narrower than this many
        metres (for enclosed ground: twice its area over its perimeter); wider ground is taken for
        water or for units that are not there.

    Returns
    -------
    pandas.DataFrame
        Columns `key`, `problem`, `detail`. Problems: `crs` (missing, or it does not fit the
        coordinates; key "(file)"), `missing key`, `duplicate key`, `empty`, `not a polygon`,
        `invalid`, `duplicate geometry`, `overlap`, `gap`, `sliver` (an overlap or a part of a
        unit narrower than 10 m), `island` (a unit that touches nobody although another one is
        nearer than `gap_m`; not said where this is true of every unit), `border` (a border whose
        vertices differ on its two sides). Faults between several units stand at the first and
        name the others, with their size in square metres and their width in metres, measured in
        an equal-area projection.

    Raises
    ------
    InputError
        When `gdf` is no GeoDataFrame or `gap_m` is no positive length.

    See Also
    --------
    boundary_faults : the same with sizes as numbers and the place of each fault.
    repair : mend what is asked for.

    Examples
    --------
    >>> from shapes import china_cities
    >>> len(check_boundaries(china_cities()))
    0
    """
    return pd.DataFrame(boundary_faults(gdf, gap_m=gap_m)[_COLUMNS], dtype=object)


def boundary_faults(gdf: GeoDataFrame, *, gap_m: float = 10.0) -> GeoDataFrame:
    """List the faults of a boundary table with their sizes and places, for tables and maps.

    Parameters
    ----------
    gdf, gap_m
        As in `check_boundaries`.

    Returns
    -------
    geopandas.GeoDataFrame
        Columns `key`, `problem`, `detail` as in `check_boundaries`, `area_m2` and `width_m`
        (missing where a fault has none) and `geometry`: the overlap, the gap, the line across an
        island's gap, the border or the polygon concerned; missing where there is nothing to draw.

    Raises
    ------
    InputError
        As in `check_boundaries`.

    Examples
    --------
    >>> from shapely import box
    >>> pair = GeoDataFrame(geometry=[box(0, 0, 9, 99), box(8, 0, 20, 99)], crs=3857)
    >>> boundary_faults(pair)[["problem", "detail"]].to_numpy().tolist()
    [['sliver', '98 m² (0.99 m wide) shared with 1']]
    """
    if not isinstance(gdf, GeoDataFrame):
        raise InputError(
            f"check_boundaries got a {type(gdf).__name__}; give a GeoDataFrame, such as the "
            "result of read_boundaries."
        )
    if not (np.isfinite(gap_m) and gap_m > 0):
        raise InputError(f"gap_m={gap_m!r} is no positive length; give metres, such as 10.")
    keys = [canonical(key) for key in gdf.index]
    polygons = gdf.geometry.to_numpy()
    astray = list(_crs_faults(gdf))
    rows = [*astray, *_key_faults(gdf.index, keys), *_single_faults(polygons, keys)]
    sound = np.flatnonzero(_is_sound(polygons))
    rows.extend(_duplicates(polygons[sound], [keys[i] for i in sound]))
    first = sound[~_repeats(polygons[sound])]
    if len(first):
        metric = None if astray else metric_crs(gdf)
        measure = Measure(gdf.crs, metric, shapely.total_bounds(polygons[first]))
        coverage = Coverage(polygons[first], measure, gap_m)
        kept = [keys[i] for i in first]
        rows.extend(_between(fault, kept) for fault in coverage.faults())
    columns = [*_COLUMNS, "area_m2", "width_m", "geometry"]
    table = pd.DataFrame(rows, columns=columns, dtype=object)
    sizes = table.astype({"area_m2": float, "width_m": float})
    return GeoDataFrame(sizes, geometry="geometry", crs=gdf.crs)


def _between(fault: Fault, keys: list[str]) -> Row:
    """Row of a fault of the coverage."""
    first, *others = (keys[unit] for unit in fault.units)
    large = size(fault.area, fault.width)
    detail = {
        "overlap": f"{large} shared with {named(others)}",
        "sliver": f"{large} shared with {named(others)}" if others else f"a part of {large}",
        "gap": f"{large} between it and {named(others)}" if others else f"{large} within it",
        "island": f"touches nobody; {named(others)} is {fault.width:.2g} m away",
        "border": "vertices of its border differ from its neighbours'",
    }[fault.problem]
    return first, fault.problem, detail, fault.area, fault.width, fault.shape


def _bare(key: str, problem: str, detail: str, shape: Any = None) -> Row:
    """Row of a fault without a size."""
    return key, problem, detail, np.nan, np.nan, shape


def _crs_faults(gdf: GeoDataFrame) -> Iterator[Row]:
    if gdf.crs is None:
        yield _bare(FILE, "crs", "missing; give crs= to read_boundaries")
    elif not np.isfinite(gdf.total_bounds).all():
        return
    elif gdf.crs.is_geographic and not looks_like_degrees(gdf.total_bounds):
        yield _bare(FILE, "crs", f"{gdf.crs.name} is in degrees, which the coordinates are not")
    elif not np.isfinite(gdf.geometry.to_crs("EPSG:4326").total_bounds).all():
        yield _bare(FILE, "crs", f"the coordinates lie outside {gdf.crs.name}")


def _key_faults(index: pd.Index, keys: list[str]) -> Iterator[Row]:
    counts = pd.Series(keys, dtype=object).value_counts(sort=False)
    missing = sum(is_missing(key) for key in index)
    if missing:
        yield _bare("", "missing key", f"{missing} units have no key")
    for key, count in counts[counts > 1].items():
        yield _bare(str(key), "duplicate key", f"stands {count} times")


def _single_faults(polygons: np.ndarray, keys: list[str]) -> Iterator[Row]:
    kinds = shapely.get_type_id(polygons)
    valid = shapely.is_valid(polygons)
    for i, key in enumerate(keys):
        if polygons[i] is None or shapely.is_empty(polygons[i]):
            yield _bare(key, "empty", "no polygon")
        elif kinds[i] not in _AREAS:
            yield _bare(key, "not a polygon", str(polygons[i].geom_type), polygons[i])
        elif not valid[i]:
            yield _bare(key, "invalid", str(shapely.is_valid_reason(polygons[i])), polygons[i])


def _is_sound(polygons: np.ndarray) -> np.ndarray:
    return np.asarray(
        np.isin(shapely.get_type_id(polygons), _AREAS)
        & ~shapely.is_empty(polygons)
        & shapely.is_valid(polygons)
    )


def _repeats(polygons: np.ndarray) -> np.ndarray:
    return pd.Series(shapely.to_wkb(shapely.normalize(polygons))).duplicated().to_numpy(dtype=bool)


def _duplicates(polygons: np.ndarray, keys: list[str]) -> Iterator[Row]:
    shapes = pd.Series(shapely.to_wkb(shapely.normalize(polygons)))
    for _, same in shapes.groupby(shapes, sort=False):
        for later in same.index[1:]:
            detail = f"the same polygon as {keys[later]}"
            yield _bare(keys[same.index[0]], "duplicate geometry", detail, polygons[later])
