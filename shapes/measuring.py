"""Areas and breadths in metres of shapes whose coordinates may be degrees."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from geopandas import GeoDataFrame, GeoSeries
from pyproj import CRS

from shapes.projection import metric_crs

__all__ = ["Measure", "measure_of", "polygon_parts", "size"]

METRES_PER_DEGREE = 111_320.0
STEEPEST = 80.0

Shapes = npt.NDArray[Any]


def measure_of(frame: GeoDataFrame) -> Measure:
    """Measure of a layer, in an equal-area projection around its middle."""
    return Measure(frame.crs, metric_crs(frame), frame.total_bounds)


class Measure:
    """Areas and breadths in metres of shapes in a layer's coordinates."""

    def __init__(self, crs: CRS | None, metric: CRS | None, bounds: Shapes) -> None:
        self.crs, self.metric, self.bounds = crs, metric, bounds

    def units(self, metres: float) -> float:
        """Length in the layer's own units that is at least so many metres in every direction."""
        if self.crs is not None and not self.crs.is_geographic:
            axes = self.crs.axis_info
            return metres / float(axes[0].unit_conversion_factor) if axes else metres
        steep = min(float(np.abs(self.bounds[[1, 3]]).max()), STEEPEST)
        return metres / METRES_PER_DEGREE / float(np.cos(np.radians(steep)))

    def plane(self, shapes: Shapes) -> Shapes:
        """Shapes in metres, where the coordinate system is known."""
        if self.metric is None:
            return shapes
        return np.asarray(GeoSeries(shapes, crs=self.crs).to_crs(self.metric).to_numpy())

    def of(self, shape: Any) -> tuple[float, float]:
        """Area in m² and breadth in m of the polygons of a geometry."""
        parts = polygon_parts(shape)
        if not len(parts):
            return 0.0, 0.0
        flat = self.plane(parts)
        area, length = float(shapely.area(flat).sum()), float(shapely.length(flat).sum())
        return area, 2 * area / length if length else 0.0


def size(area: float, width: float) -> str:
    """Area in m² and width in m in words."""
    return f"{_short(area)} m² ({_short(width)} m wide)"


def _short(number: float) -> str:
    return f"{number:,.0f}" if number >= 10 else f"{number:.2g}"


def polygon_parts(shape: Any) -> Shapes:
    """Single polygons of a geometry; lines and points left out."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    areas = (shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & ~shapely.is_empty(parts)
    return np.asarray(parts[areas])
