"""What builders take from a table of cities: polygons, labels, names, points in kilometres."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from spatial.errors import InputError, counted, named
from spatial.labels import canonical_index
from spatial.weights.facts import Points

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

__all__ = [
    "EARTH_RADIUS_KM",
    "Places",
    "labels_of",
    "names_of",
    "places",
    "points_of",
    "polygons",
    "unit_of",
]

EARTH_RADIUS_KM = 6371.0
POINT, POLYGONAL = 0, (3, 6)

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Places:
    """Points of cities, in kilometres.

    `xyz` is (N, 3) on the sphere of radius 6371 km when `on_sphere`, else (N, 2) in the plane.
    """

    xyz: Array
    on_sphere: bool

    def straight(self, km: float) -> float:
        """Length of the chord that spans `km` of great circle; in the plane `km` itself."""
        if not self.on_sphere:
            return km
        half = min(km / (2 * EARTH_RADIUS_KM), np.pi / 2)
        return float(2 * EARTH_RADIUS_KM * np.sin(half))

    def apart(self, first: npt.NDArray[np.intp], second: npt.NDArray[np.intp]) -> Array:
        """Kilometres between places, along the great circle or in the plane."""
        return self.along(np.linalg.norm(self.xyz[first] - self.xyz[second], axis=1))

    def along(self, straight: Array) -> Array:
        """Kilometres along the great circle for chords of these lengths; in the plane the same."""
        if not self.on_sphere:
            return straight
        half = np.minimum(straight / (2 * EARTH_RADIUS_KM), 1.0)
        return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(half))


def labels_of(cities: GeoDataFrame) -> pd.Index:
    """Index of the cities, refused where labels repeat or are missing."""
    if not hasattr(cities, "geometry") or not isinstance(cities, pd.DataFrame | pd.Series):
        raise InputError(
            f"the cities are a {type(cities).__name__}, not a GeoDataFrame; "
            "read them with shapes.read_boundaries."
        )
    if isinstance(cities.index, pd.MultiIndex):
        raise InputError("the cities have a MultiIndex; give each city one label with set_index.")
    if not len(cities):
        raise InputError("the table of cities is empty.")
    canonical_index(cities.index, "the cities")
    return cities.index.rename(None)


def names_of(cities: GeoDataFrame, lang: Literal["en"] | None = None) -> Mapping[str, str]:
    """Names by canonical label, where the table says which column holds them; else empty.

    English names stand in the column of that name and "_en".
    """
    column = cities.attrs.get("name")
    if column is not None and lang is not None:
        column = f"{column}_{lang}"
    if column is None or column not in getattr(cities, "columns", ()):
        return {}
    labels = canonical_index(cities.index, "the cities")
    return dict(zip(labels, cities[column].astype(str), strict=True))


def points_of(cities: GeoDataFrame, where: Places | None = None) -> Mapping[str, tuple[float, ...]]:
    """Points in kilometres by canonical label; empty where distances would have no unit.

    `where` are the places of the cities, if they are known already.
    """
    crs = getattr(cities, "crs", None)
    if crs is None or not (crs.is_geographic or crs.is_projected):
        return {}
    labels = canonical_index(cities.index, "the cities")
    found = places(cities) if where is None else where
    return Points(labels, found.xyz)


def _geometries(cities: GeoDataFrame) -> npt.NDArray[Any]:
    """Geometries as an array; missing and empty ones refused by name."""
    import shapely

    found = np.asarray(cities.geometry.values)
    blank = shapely.is_missing(found) | shapely.is_empty(found)
    if blank.any():
        raise InputError(
            f"{counted(int(blank.sum()), 'city has', 'cities have')} no geometry: "
            f"{named(_called(cities, blank))}; drop them or mend the boundary file."
        )
    return found


def _called(cities: GeoDataFrame, which: npt.NDArray[np.bool_]) -> list[str]:
    """Label of each city at `which`, with its name where there is one."""
    names = names_of(cities)
    labels = canonical_index(cities.index, "the cities")[which]
    return [
        f"{label} {names[label]}" if names.get(label, label) != label else label for label in labels
    ]


def polygons(cities: GeoDataFrame) -> npt.NDArray[Any]:
    """Polygons as an array; anything else and invalid ones refused by name."""
    import shapely

    found = _geometries(cities)
    other = ~np.isin(shapely.get_type_id(found), POLYGONAL)
    if other.any():
        raise InputError(
            f"contiguity needs polygons, and these are none: {named(_called(cities, other))}; "
            "for points use weights.knn or weights.distance_band."
        )
    invalid = ~shapely.is_valid(found)
    if invalid.any():
        raise InputError(
            f"{counted(int(invalid.sum()), 'polygon is', 'polygons are')} invalid: "
            f"{named(_called(cities, invalid))}; mend them with cities.make_valid() or read the "
            "file with shapes.read_boundaries."
        )
    return found


def places(cities: GeoDataFrame) -> Places:
    """Points of the cities in kilometres: points as they are, polygons by their centroids.

    Geographic coordinates are put on the sphere; the centroid of a polygon is there the direction
    of its vector area ½∮ r×dr, which is the mean of all its points and knows no date line.
    Projected coordinates stay planar.
    """
    import shapely

    factor, on_sphere = unit_of(cities)
    found = _geometries(cities)
    kinds = shapely.get_type_id(found)
    odd = ~np.isin(kinds, (POINT, *POLYGONAL))
    if odd.any():
        raise InputError(
            "distances need points or polygons, and these are neither: "
            f"{named(_called(cities, odd))}; take their centroids."
        )
    if not on_sphere:
        points = shapely.centroid(found)
        planar = np.column_stack([shapely.get_x(points), shapely.get_y(points)])
        return Places(_finite(planar * factor / 1000.0, cities), on_sphere=False)
    xyz = np.empty((len(found), 3))
    dots = kinds == POINT
    xyz[dots] = _unit_vectors(shapely.get_coordinates(found[dots]) * factor)
    if not dots.all():
        xyz[~dots] = _spherical_centroids(found[~dots], factor)
    return Places(_finite(xyz * EARTH_RADIUS_KM, cities), on_sphere=True)


def unit_of(cities: GeoDataFrame) -> tuple[float, bool]:
    """Factor to radians or metres, and whether coordinates are geographic."""
    crs = cities.crs
    if crs is None:
        raise InputError(
            "the cities have no coordinate reference system, so distances have no unit; "
            'name it, for longitude and latitude with cities.set_crs("EPSG:4326").'
        )
    if not (crs.is_geographic or crs.is_projected):
        raise InputError(
            f"the coordinate reference system {crs.name} is neither geographic nor projected; "
            "use cities.to_crs."
        )
    return float(crs.axis_info[0].unit_conversion_factor), bool(crs.is_geographic)


def _finite(xyz: Array, cities: GeoDataFrame) -> Array:
    bad = np.asarray(~np.isfinite(xyz).all(axis=1))
    if bad.any():
        raise InputError(
            f"coordinates are infinite or missing in {named(_called(cities, bad))}; "
            "check the coordinate reference system."
        )
    return xyz


def _unit_vectors(lonlat: Array) -> Array:
    """(n, 3) directions of longitude and latitude in radians."""
    lon, lat = lonlat[:, 0], lonlat[:, 1]
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def _spherical_centroids(polygons: npt.NDArray[Any], factor: float) -> Array:
    """(n, 3) directions of the centroids of polygons on the sphere."""
    import shapely

    parts, owner = shapely.get_parts(shapely.orient_polygons(polygons), return_index=True)
    rings, part_of_ring = shapely.get_rings(parts, return_index=True)
    lonlat, ring_of_vertex = shapely.get_coordinates(rings, return_index=True)
    r = _unit_vectors(lonlat * factor)
    first = np.r_[True, ring_of_vertex[1:] != ring_of_vertex[:-1]]
    local = r - r[np.flatnonzero(first)][ring_of_vertex]
    edges = np.cross(local[:-1], local[1:])[~first[1:]]
    of_edge = owner[part_of_ring][ring_of_vertex[1:][~first[1:]]]
    area = np.column_stack([np.bincount(of_edge, edges[:, k], len(polygons)) for k in range(3)])
    length = np.linalg.norm(area, axis=1, keepdims=True)
    return np.asarray(np.divide(area, length, out=np.full_like(area, np.nan), where=length > 0))
