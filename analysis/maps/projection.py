"""The plane a map is drawn on: equal-area for the extent, unless the layer brings its own."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from pyproj import CRS, Geod, Proj, Transformer
from pyproj.exceptions import CRSError

from spatial.errors import InputError

__all__ = ["degrees", "from_degrees", "plane_for", "true_length"]

ALBERS = (
    "+proj=aea +lat_1={south} +lat_2={north} +lat_0={middle} +lon_0={lon} "
    "+datum=WGS84 +units=m +type=crs"
)
AZIMUTHAL = "+proj=laea +lat_0={middle} +lon_0={lon} +datum=WGS84 +units=m +type=crs"
EQUAL_EARTH = "+proj=eqearth +lon_0={lon} +datum=WGS84 +units=m +type=crs"
WORLD = 180.0  # degrees of longitude between units from which on no cone or disc will do
CHINA = ALBERS.format(south=25, north=47, middle=0, lon=105)
MOST_UNEQUAL = 1.1
Floats = npt.NDArray[np.float64]


def plane_for(crs: Any, bounds: Floats, wanted: object = None) -> CRS:
    """Coordinate system of the map.

    Parameters
    ----------
    crs
        The layer's coordinate system.
    bounds : (n, 4)
        West, south, east, north of each unit in that system.
    wanted
        A projected system given by the user; it wins. Without it a projected layer stays in its own
        system unless that shows areas more than a tenth wrong, as Mercator does over a country.
    """
    if wanted is not None:
        return _given(wanted)
    if crs is None:
        raise InputError(
            "the layer has no coordinate reference system; say which its coordinates are in, "
            "such as cities.set_crs('EPSG:4326') for longitude and latitude."
        )
    own = CRS.from_user_input(crs)
    if not own.is_projected:
        return CRS.from_user_input(_equal_area(bounds))
    lon, lat = _corners(own, bounds)
    if not _misshows_areas(own, lon, lat):
        return own
    edges = (lon.min(axis=1), lat.min(axis=1), lon.max(axis=1), lat.max(axis=1))
    return CRS.from_user_input(_equal_area(np.column_stack(edges)))


def _corners(crs: CRS, bounds: Floats) -> tuple[Floats, Floats]:
    """Longitudes and latitudes, (n, 4) each, of the corners of bounds in a plane."""
    lon, lat = degrees(crs).transform(bounds[:, [0, 2, 2, 0]], bounds[:, [1, 1, 3, 3]])
    return np.asarray(lon), np.asarray(lat)


def _misshows_areas(crs: CRS, lon: Floats, lat: Floats) -> bool:
    """Whether a plane enlarges areas in one unit by a tenth more than in another."""
    if not (np.isfinite(lon).all() and np.isfinite(lat).all()):
        return False
    try:
        scales = Proj(crs).get_factors(lon.mean(axis=1), lat.mean(axis=1), radians=False)
    except CRSError:
        return False
    areal = np.asarray(scales.areal_scale)
    areal = areal[np.isfinite(areal) & (areal > 0)]
    return bool(len(areal)) and float(areal.max() / areal.min()) > MOST_UNEQUAL


def _given(wanted: object) -> CRS:
    """Projected system named by the user."""
    try:
        found = CRS.from_user_input(wanted)
    except CRSError as error:
        raise InputError(
            f"crs={wanted!r} is not a coordinate reference system: {error}."
        ) from error
    if not found.is_projected:
        raise InputError(f"crs={wanted!r} is in degrees; maps are drawn in a projected system.")
    return found


def _equal_area(bounds: Floats) -> str:
    """Albers of China for the whole country, else an equal-area projection of the extent.

    That is Albers, azimuthal across the equator and at the poles, Equal Earth around the world.
    """
    south, north = float(bounds[:, 1].min()), float(bounds[:, 3].max())
    west, east = float(bounds[:, 0].min()), float(bounds[:, 2].max())
    inside = west > 72 and east < 137 and south > 2 and north < 55
    if inside and east - west > 40 and north - south > 25:
        return CHINA
    lon, span = _central_meridian((bounds[:, 0] + bounds[:, 2]) / 2)
    if span > WORLD:
        return EQUAL_EARTH.format(lon=lon)
    middle = (south + north) / 2
    sixth = (north - south) / 6
    if south <= 0 <= north or max(-south, north) > 80:
        return AZIMUTHAL.format(middle=round(middle, 3), lon=lon)
    parallels = {"south": round(south + sixth, 3), "north": round(north - sixth, 3)}
    return ALBERS.format(**parallels, middle=round(middle, 3), lon=lon)


def _central_meridian(lon: Floats) -> tuple[float, float]:
    """Middle of the units' longitudes, opposite to the widest gap, so that 180° is no border.

    Also the span that the gap leaves.
    """
    turned = np.sort(np.mod(lon, 360))
    gaps = np.diff(np.r_[turned, turned[0] + 360])
    first = turned[(int(gaps.argmax()) + 1) % len(turned)]
    middle = first + (360 - float(gaps.max())) / 2
    return round(float((middle + 180) % 360 - 180), 3), 360 - float(gaps.max())


@lru_cache(maxsize=16)
def degrees(crs: CRS) -> Transformer:
    """Go from the map's plane to longitude and latitude."""
    return Transformer.from_crs(crs, "EPSG:4326", always_xy=True)


@lru_cache(maxsize=16)
def from_degrees(crs: CRS) -> Transformer:
    """Go from longitude and latitude to the map's plane."""
    return Transformer.from_crs("EPSG:4326", crs, always_xy=True)


def true_length(crs: CRS, x0: float, x1: float, y: float) -> float:
    """Distance on the ground, in metres, between two points of the plane at the same height."""
    lon, lat = degrees(crs).transform([x0, x1], [y, y])
    _, _, length = Geod(ellps="WGS84").inv(lon[0], lat[0], lon[1], lat[1])
    return float(length)
