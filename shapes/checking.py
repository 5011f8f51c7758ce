"""Faults of a boundary table: of single polygons, and of the coverage they ought to form."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame, GeoSeries
from pyproj import CRS

from shapes.errors import InputError
from shapes.labels import canonical, is_missing
from shapes.mending import FILE
from shapes.projection import looks_like_degrees, metric_crs

__all__ = ["check_boundaries"]

_METRES_PER_DEGREE = 111_320.0
_LEAST_AREA = 1.0
_THIN = 10.0
_AREAS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
Row = tuple[str, str, str]


def check_boundaries(gdf: GeoDataFrame, *, gap_m: float = 10.0) -> pd.DataFrame:
    """List the faults of a boundary table; empty when it is clean.

    Neighbours are told from shared borders, so polygons have to form a coverage: no overlaps, no
    gaps, the same vertices on both sides of a border.

    Parameters
    ----------
    gdf : geopandas.GeoDataFrame
        Units indexed by key; not changed.
    gap_m : float
        Gaps between two polygons narrower than this many metres are faults; wider ones are taken
        for water or for units that are not there.

    Returns
    -------
    pandas.DataFrame
        Columns `key`, `problem`, `detail`. Problems: `crs` (missing, or it does not fit the
        coordinates; key "(file)"), `missing key`, `duplicate key`, `empty`, `not a polygon`,
        `invalid`, `duplicate geometry`, `overlap`, `sliver` (an overlap narrower than 10 m),
        `gap`, `border` (a border whose vertices differ on its two sides). Faults between two
        units stand at the first and name the second. Areas are in square metres, measured in an
        equal-area projection.

    Raises
    ------
    InputError
        When `gdf` is no GeoDataFrame.

    Examples
    --------
    >>> from shapes import china_cities
    >>> len(check_boundaries(china_cities()))
    0
    """
    if not isinstance(gdf, GeoDataFrame):
        raise InputError(
            f"check_boundaries got a {type(gdf).__name__}; give a GeoDataFrame, such as the "
            "result of read_boundaries."
        )
    keys = [canonical(key) for key in gdf.index]
    polygons = gdf.geometry.to_numpy()
    astray = list(_crs_faults(gdf))
    rows = [*astray, *_key_faults(gdf.index, keys), *_single_faults(polygons, keys)]
    sound = np.flatnonzero(_is_sound(polygons))
    rows.extend(_duplicates(polygons[sound], [keys[i] for i in sound]))
    first = sound[~_repeats(polygons[sound])]
    metric = None if astray or not len(sound) else metric_crs(gdf)
    coverage = _Coverage(polygons[first], [keys[i] for i in first], gdf.crs, metric, gap_m)
    rows.extend(coverage.faults())
    return pd.DataFrame(rows, columns=["key", "problem", "detail"], dtype=object)


def _crs_faults(gdf: GeoDataFrame) -> Iterator[Row]:
    if gdf.crs is None:
        yield FILE, "crs", "missing; give crs= to read_boundaries"
    elif len(gdf) and gdf.crs.is_geographic and not looks_like_degrees(gdf.total_bounds):
        yield FILE, "crs", f"{gdf.crs.name} is in degrees, which the coordinates are not"


def _key_faults(index: pd.Index, keys: list[str]) -> Iterator[Row]:
    counts = pd.Series(keys, dtype=object).value_counts(sort=False)
    missing = sum(is_missing(key) for key in index)
    if missing:
        yield "", "missing key", f"{missing} units have no key"
    for key, count in counts[counts > 1].items():
        yield str(key), "duplicate key", f"stands {count} times"


def _single_faults(polygons: np.ndarray, keys: list[str]) -> Iterator[Row]:
    kinds = shapely.get_type_id(polygons)
    valid = shapely.is_valid(polygons)
    for i, key in enumerate(keys):
        if polygons[i] is None or shapely.is_empty(polygons[i]):
            yield key, "empty", "no polygon"
        elif kinds[i] not in _AREAS:
            yield key, "not a polygon", str(polygons[i].geom_type)
        elif not valid[i]:
            yield key, "invalid", str(shapely.is_valid_reason(polygons[i]))


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
            yield keys[same.index[0]], "duplicate geometry", f"the same polygon as {keys[later]}"


class _Coverage:
    """Sound polygons that ought to share their borders."""

    def __init__(
        self,
        polygons: np.ndarray,
        keys: list[str],
        crs: CRS | None,
        metric: CRS | None,
        gap_m: float,
    ) -> None:
        self.polygons, self.keys, self.crs, self.metric = polygons, keys, crs, metric
        self.gap_m = gap_m
        self.width = gap_m / _metres_per_unit(crs)

    def faults(self) -> list[Row]:
        """Faults between two units, and borders that match none of them."""
        if not len(self.polygons):
            return []
        edges = shapely.coverage_invalid_edges(self.polygons, gap_width=self.width)
        flagged = np.flatnonzero(~shapely.is_empty(edges))
        rows: list[Row] = []
        explained: set[int] = set()
        for left, right in self._pairs(flagged):
            row = self._fault(left, right)
            if row is not None:
                rows.append(row)
                explained |= {left, right}
        rows.extend(
            (self.keys[i], "border", "vertices of its border differ from its neighbours'")
            for i in flagged
            if i not in explained
        )
        return rows

    def _pairs(self, flagged: np.ndarray) -> list[tuple[int, int]]:
        shapes = self.polygons[flagged]
        if not len(shapes):
            return []
        left, right = shapely.STRtree(shapes).query(
            shapes, predicate="dwithin", distance=self.width
        )
        return sorted(
            (int(flagged[i]), int(flagged[j])) for i, j in zip(left, right, strict=True) if i < j
        )

    def _fault(self, left: int, right: int) -> Row | None:
        """Overlap of a pair or, when there is none, the gap between the two."""
        one, two = self.polygons[left], self.polygons[right]
        other = self.keys[right]
        area, breadth = self._measure(shapely.intersection(one, two))
        if area >= _LEAST_AREA:
            problem = "overlap" if breadth >= _THIN else "sliver"
            return self.keys[left], problem, f"{_square(area)} shared with {other}"
        area, _ = self._measure(self._gap(one, two))
        least = _LEAST_AREA if shapely.disjoint(one, two) else 4 * self.gap_m**2
        if area >= least:
            return self.keys[left], "gap", f"{_square(area)} between it and {other}"
        return None

    def _gap(self, one: shapely.Geometry, two: shapely.Geometry) -> shapely.Geometry:
        """Ground that a closing by the gap's width adds between two polygons."""
        near = shapely.intersection(
            shapely.buffer(one, self.width), shapely.buffer(two, self.width)
        )
        around = self.polygons[shapely.STRtree(self.polygons).query(near, predicate="intersects")]
        return shapely.difference(near, shapely.union_all(around))

    def _measure(self, shape: shapely.Geometry) -> tuple[float, float]:
        """Area in m² and mean breadth in m of the polygons of a geometry."""
        parts = shapely.get_parts(shapely.get_parts(shape))
        parts = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
        if not len(parts):
            return 0.0, 0.0
        series = GeoSeries(parts, crs=self.crs)
        if self.metric is not None:
            series = series.to_crs(self.metric)
        area, length = float(series.area.sum()), float(series.length.sum())
        return area, 2 * area / length if length else 0.0


def _metres_per_unit(crs: CRS | None) -> float:
    if crs is None or crs.is_geographic:
        return _METRES_PER_DEGREE
    return float(crs.axis_info[0].unit_conversion_factor) if crs.axis_info else 1.0


def _square(area: float) -> str:
    return f"{area:,.0f} m²"
