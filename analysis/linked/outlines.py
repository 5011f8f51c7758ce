"""Shapes of the page's map: thinned together, in hundreds of metres of an equal-area plane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from analysis.maps.layer import FINEST_MM, prepare
from analysis.maps.options import Options, read_options
from spatial.errors import InputError

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

__all__ = ["Outlines", "outlines"]

GRAIN = 100.0  # metres
Rings = list[list[list[list[int]]]]  # by city, part, ring, point


@dataclass(frozen=True)
class Outlines:
    """Polygons as lists of x and of y by city, part and ring; a point inside of each; lines.

    `lines` are (kind, x, y); `bounds` x0, y0, x1, y1.
    """

    labels: pd.Index
    names: tuple[str, ...]
    aliases: tuple[str, ...]
    xs: Rings
    ys: Rings
    inside: tuple[list[int], list[int]]
    lines: list[tuple[str, list[int], list[int]]]
    bounds: tuple[int, int, int, int]


def outlines(
    cities: GeoDataFrame, *, lang: str, lines: Any, crs: Any, tolerance_m: float
) -> Outlines:
    """Project and thin the units of a layer; shared borders stay shared.

    Parameters
    ----------
    cities
        Boundary table indexed by key.
    lang
        Language of the names.
    lines, crs
        As in `maps.lisa`.
    tolerance_m
        Metres by which a thinned border may leave the true one; 0 keeps every point.
    """
    if not 0 <= tolerance_m <= 100_000:
        raise InputError(f"tolerance_m={tolerance_m} is out of range; give 0 to 100000 metres.")
    options: Options = {"lang": lang, "lines": lines, "crs": crs}
    layer = prepare(cities, read_options(options))
    if tolerance_m:
        layer = layer.thinned(tolerance_m / FINEST_MM)
    shapes = [_rings(shape) for shape in layer.shapes]
    points = shapely.get_coordinates(shapely.point_on_surface(layer.shapes)) / GRAIN
    bounds = np.round(shapely.total_bounds(layer.shapes) / GRAIN).astype(int).tolist()
    drawn = [
        (line.kind, *_columns(part))
        for line in layer.lines
        for part in shapely.get_parts(line.shape)
    ]
    return Outlines(
        layer.labels,
        layer.names,
        layer.aliases,
        [[[ring[0] for ring in part] for part in shape] for shape in shapes],
        [[[ring[1] for ring in part] for part in shape] for shape in shapes],
        (np.round(points[:, 0]).astype(int).tolist(), np.round(points[:, 1]).astype(int).tolist()),
        drawn,
        (bounds[0], bounds[1], bounds[2], bounds[3]),
    )


def _rings(shape: Any) -> list[list[tuple[list[int], list[int]]]]:
    """Outer ring and holes of each part."""
    return [
        [_columns(ring) for ring in (part.exterior, *part.interiors)]
        for part in shapely.get_parts(shape)
    ]


def _columns(line: Any) -> tuple[list[int], list[int]]:
    """Lists of x and of y; points that fall together are one."""
    points = np.round(shapely.get_coordinates(line) / GRAIN).astype(int)
    moved = np.r_[True, np.any(points[1:] != points[:-1], axis=1)]
    kept = points[moved] if moved.sum() > 2 else points
    return kept[:, 0].tolist(), kept[:, 1].tolist()
