"""Which polygons meet, exactly or within a tolerance in metres."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from spatial.errors import InputError
from spatial.weights.geometry import EARTH_RADIUS_KM, polygons, unit_of

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

__all__ = ["touching_pairs"]

STRETCH = 10.0
STEEPEST = np.radians(85.0)
Pairs = npt.NDArray[np.intp]


def touching_pairs(
    cities: GeoDataFrame, rule: Literal["queen", "rook"], tolerance_m: float = 0.0
) -> Pairs:
    """Pairs (m, 2) of positions, first < second, of polygons that are neighbours under a rule.

    With a tolerance t, polygons at most t metres apart count as sharing a point, and those whose
    borders run within t of one another for more than 10 t as sharing a border (a corner that comes
    near does not). Longitude and latitude are measured on the sphere, around the place where the
    two come nearest.
    """
    import shapely

    if isinstance(tolerance_m, bool) or not (np.isfinite(tolerance_m) and tolerance_m >= 0):
        raise InputError(
            f"tolerance_m={tolerance_m!r} is no distance; give metres, such as 50, or 0 for none."
        )
    found = polygons(cities)
    tree = shapely.STRtree(found)
    meeting = _ordered(*tree.query(found, predicate="intersects"))
    exact = meeting if rule == "queen" else meeting[_share_border(found, meeting)]
    if not tolerance_m:
        return exact
    scale = _Scale(cities)
    reach = scale.widest(tolerance_m)
    near = _ordered(*tree.query(found, predicate="dwithin", distance=reach))
    known = {(int(a), int(b)) for a, b in exact}
    close = [
        (a, b)
        for a, b in near.tolist()
        if (a, b) not in known and scale.are_close(found[a], found[b], rule, tolerance_m)
    ]
    return np.vstack([exact, np.array(close, dtype=np.intp).reshape(-1, 2)])


def _ordered(first: Pairs, second: Pairs) -> Pairs:
    """Each pair once, the smaller position first."""
    once = first < second
    return np.column_stack([first[once], second[once]]).astype(np.intp)


def _share_border(found: npt.NDArray[Any], pairs: Pairs) -> npt.NDArray[np.bool_]:
    """Whether two polygons share a line or overlap."""
    import shapely

    relation = shapely.relate(found[pairs[:, 0]], found[pairs[:, 1]])
    interiors = np.array([text[0] == "2" for text in relation], dtype=bool)
    borders = np.array([text[4] == "1" for text in relation], dtype=bool)
    return np.asarray(interiors | borders)


class _Scale:
    """Metres in the coordinates of a layer."""

    def __init__(self, cities: GeoDataFrame) -> None:
        factor, self.on_sphere = unit_of(cities)
        self.metres = factor * (EARTH_RADIUS_KM * 1000.0 if self.on_sphere else 1.0)
        latitudes = np.abs(cities.total_bounds[[1, 3]]) * factor if self.on_sphere else [0.0]
        self.steepest = min(float(np.max(latitudes)), float(STEEPEST))
        self.factor = factor

    def widest(self, metres: float) -> float:
        """Length in coordinates that is at least so many metres in every direction."""
        return metres / self.metres / float(np.cos(self.steepest))

    def are_close(self, one: Any, two: Any, rule: str, metres: float) -> bool:
        """Whether two polygons are neighbours within a tolerance."""
        import shapely

        line = shapely.shortest_line(one, two)
        first, second = self._flat(one, line), self._flat(two, line)
        if rule == "queen":
            return bool(shapely.dwithin(first, second, metres))
        around = shapely.buffer(first, metres, quad_segs=4)
        beside = shapely.intersection(shapely.boundary(second), around)
        return bool(shapely.length(beside) > STRETCH * metres)

    def _flat(self, shape: Any, line: Any) -> Any:
        """Shape in metres, true around the middle of a line."""
        import shapely

        middle = shapely.centroid(line)
        shrink = np.cos(shapely.get_y(middle) * self.factor) if self.on_sphere else 1.0
        return shapely.transform(shape, lambda xy: xy * self.metres * [shrink, 1.0])
