"""Where coordinates can lie: systems that fit bounds, and systems that put them off the map."""

from __future__ import annotations

import numpy as np
from pyproj import CRS, Transformer

__all__ = ["fitting", "misplaced", "swapped"]

_SCREEN = 20_037_509.0
_FARTHEST = 25.0
_ZONES = ((25, 45, 4513, 3), (13, 23, 4491, 6))
_CHINA = (8_150_000.0, 350_000.0, 15_050_000.0, 7_150_000.0)


def swapped(bounds: np.ndarray) -> bool:
    """Whether bounds (x, y, x, y) are degrees with the latitude first.

    Examples
    --------
    >>> swapped(np.array([36.0, 114.0, 37.0, 120.0]))
    True
    """
    low_x, low_y, high_x, high_y = bounds
    return bool(low_x >= -90 and high_x <= 90 and low_y >= -180 and 90 < high_y <= 180)


def fitting(bounds: np.ndarray) -> str | None:
    """Name projected systems that the bounds fit, as proposals for `crs=`; None where none does.

    Chinese grids write the number of their zone in front of the easting: 38 500 000 is zone 38 of
    three degrees, 20 500 000 zone 20 of six. The datum cannot be told from coordinates (the codes
    are those of CGCS 2000), so nothing is assumed.

    Examples
    --------
    >>> fitting(np.array([38.4e6, 3.9e6, 38.9e6, 4.1e6]))
    "crs='EPSG:4526' if it is CGCS 2000 (zone 38 of 3 degrees)"
    """
    low_x, low_y, high_x, high_y = (float(value) for value in bounds)
    found = []
    zone = round(((low_x + high_x) / 2 - 500_000.0) / 1e6)
    if high_x - low_x < 3e6 and low_y > 0 and high_y < 7e6:
        for first, last, code, width in _ZONES:
            if first <= zone <= last:
                code += zone - first
                found.append(f"'EPSG:{code}' if it is CGCS 2000 (zone {zone} of {width} degrees)")
    west, south, east, north = _CHINA
    if west <= low_x and high_x <= east and south <= low_y and high_y <= north:
        found.append("'EPSG:3857' if it is for web maps")
    return f"crs={' or '.join(found)}" if found else None


def misplaced(crs: CRS, bounds: np.ndarray) -> str | None:
    """Say where a projected system puts the coordinates, if that is far from the area it is for.

    Far is more than 25 degrees beyond the system's own area of use, or nowhere on the globe.
    """
    if not crs.is_projected:
        return None
    area = crs.area_of_use
    if crs.to_epsg() == 3857 and np.abs(bounds).max() > _SCREEN:
        return "beyond the edge of the world"
    to_degrees = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    lon, lat = to_degrees.transform((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2)
    if not np.isfinite([lon, lat]).all():
        return "nowhere on the globe"
    if area is None:
        return None
    wide, high = area.east - area.west, area.north - area.south
    wide += 360 if wide < 0 else 0
    east_by = abs((lon - area.west - wide / 2 + 180) % 360 - 180) - wide / 2
    north_by = abs(lat - area.south - high / 2) - high / 2
    if max(east_by, north_by) > _FARTHEST:
        return f"around {lon:.1f}° E, {lat:.1f}° N, far from the area it is for"
    return None
