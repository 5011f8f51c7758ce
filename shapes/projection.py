"""Coordinate systems: settle a missing one, measure areas and distances in metres."""

from __future__ import annotations

from typing import Any

import numpy as np
from geopandas import GeoDataFrame
from pyproj import CRS
from pyproj.exceptions import CRSError

from shapes.errors import InputError
from shapes.placing import fitting, misplaced, swapped

__all__ = ["looks_like_degrees", "metric_crs", "settle_crs"]

_MARGIN = 1e-3
_EXAMPLE = "crs=, such as crs='EPSG:4526'"


def settle_crs(frame: GeoDataFrame, crs: Any, label: str) -> tuple[GeoDataFrame, str | None]:
    """Return the frame with a CRS that fits its coordinates, and what was assumed, if anything."""
    bounds = frame.total_bounds
    if crs is not None:
        return _overrule(frame, crs)
    where = f"x from {bounds[0]:.6g} to {bounds[2]:.6g}, y from {bounds[1]:.6g} to {bounds[3]:.6g}"
    degrees = looks_like_degrees(bounds)
    if swapped(bounds):
        raise InputError(
            f"{label} has its latitudes where longitudes belong ({where}); swap the two and save "
            "it again."
        )
    if frame.crs is None:
        if not degrees:
            raise InputError(
                f"{label} states no coordinate system and its coordinates ({where}) are not "
                f"degrees; give {fitting(bounds) or _EXAMPLE}."
            )
        note = f"none stated; longitude and latitude (EPSG:4326) assumed ({where})"
        return frame.set_crs("EPSG:4326"), note
    if frame.crs.is_geographic != degrees:
        unit = "degrees" if frame.crs.is_geographic else "metres"
        raise InputError(
            f"{label} states the coordinate system {frame.crs.name} ({unit}), which does not fit "
            f"its coordinates ({where}); give the right one with crs=."
        )
    _refuse_misplaced(frame.crs, bounds, f"{label} states")
    return frame, None


def _refuse_misplaced(crs: CRS, bounds: np.ndarray, who: str) -> None:
    place = misplaced(crs, bounds)
    if place is not None:
        raise InputError(
            f"{who} the coordinate system {crs.name}, which puts the units {place}; "
            f"give the right one, {fitting(bounds) or 'with crs='}."
        )


def looks_like_degrees(bounds: np.ndarray) -> bool:
    """Whether bounds (x, y, x, y) can be longitude and latitude."""
    low_x, low_y, high_x, high_y = (float(value) for value in bounds)
    return (
        low_x >= -180 - _MARGIN
        and high_x <= 360 + _MARGIN
        and low_y >= -90 - _MARGIN
        and high_y <= 90 + _MARGIN
    )


def metric_crs(frame: GeoDataFrame) -> CRS:
    """Equal-area projection in metres around the middle of a frame (Lambert azimuthal)."""
    if frame.crs is None:
        raise InputError(
            "the boundaries have no coordinate system, so that nothing can be measured in metres; "
            "give crs= to read_boundaries or call set_crs."
        )
    bounds = frame.geometry.to_crs("EPSG:4326").total_bounds
    if not np.isfinite(bounds).all():
        raise InputError(
            f"the coordinates of the boundaries lie outside {frame.crs.name}; give the right crs= "
            "to read_boundaries or call set_crs."
        )
    low_x, low_y, high_x, high_y = bounds
    middle_x, middle_y = (low_x + high_x) / 2, (low_y + high_y) / 2
    return CRS.from_proj4(
        f"+proj=laea +lat_0={middle_y:.4f} +lon_0={middle_x:.4f} +datum=WGS84 +units=m"
    )


def _overrule(frame: GeoDataFrame, crs: Any) -> tuple[GeoDataFrame, str | None]:
    try:
        wanted = CRS.from_user_input(crs)
    except CRSError:
        raise InputError(
            f"crs={crs!r} is no coordinate system; give an EPSG code such as 'EPSG:4490'."
        ) from None
    if wanted.is_geographic and not looks_like_degrees(frame.total_bounds):
        raise InputError(
            f"crs={crs!r} is in degrees, which the coordinates are not; "
            "give the projected coordinate system of the file."
        )
    _refuse_misplaced(wanted, frame.total_bounds, f"crs={crs!r} is")
    if frame.crs is not None and frame.crs == wanted:
        return frame, None
    stated = "none stated" if frame.crs is None else f"the file states {frame.crs.name}"
    settled = frame.set_crs(wanted, allow_override=True)
    return settled, f"{stated}; read as {wanted.name} because crs= says so"
