"""An arrow to true north, turned by the convergence of the meridians where it stands."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.canvas import MM_PER_POINT, write
from analysis.maps.layer import Layer
from analysis.maps.placing import Box, Window
from analysis.maps.projection import degrees, from_degrees
from analysis.terms import term

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["NorthArrow", "north_at"]

SIDE = 9.5  # of the square that holds arrow and letter, in millimetres at 6 points
SHAFT, HALF, NOTCH = 0.52, 0.13, 0.14  # length, half width and notch as shares of that side
STEP = 0.02  # degrees


def north_at(layer: Layer, x: float, y: float) -> float:
    """Bearing of true north at a point of the plane, in radians to the right of straight up."""
    lon, lat = degrees(layer.crs).transform(x, y)
    step = STEP if lat < 89 else -STEP
    ahead_x, ahead_y = from_degrees(layer.crs).transform(lon, lat + step)
    return math.atan2((ahead_x - x) / step, (ahead_y - y) / step)


@dataclass(frozen=True)
class NorthArrow:
    """The arrow of a map; `size` of its letter in points."""

    layer: Layer
    size: float
    lang: str

    @property
    def size_mm(self) -> tuple[float, float]:
        """Width and height of the square it may turn in."""
        return SIDE * self.size / 6, SIDE * self.size / 6

    def draw(self, axes: Axes, box: Box, window: Window, at: tuple[float, float]) -> None:
        """Draw into a box of the axes; `at` is the point of the plane whose north it shows."""
        from matplotlib.patches import Polygon

        side = self.size_mm[0] * window.metres_per_mm
        middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        turn = north_at(self.layer, *at)
        letter = 0.55 * self.size * MM_PER_POINT / self.size_mm[0]
        foot = -(SHAFT + 2 * letter) / 2
        outline = [(0, SHAFT), (HALF, 0), (0, NOTCH), (-HALF, 0)]

        def placed(right: float, ahead: float) -> tuple[float, float]:
            ahead += foot
            x = right * math.cos(turn) + ahead * math.sin(turn)
            y = ahead * math.cos(turn) - right * math.sin(turn)
            return middle[0] + x * side, middle[1] + y * side

        points = [placed(*point) for point in outline]
        for half, face in ((points[:3], "#333333"), ([points[0], *points[2:]], "white")):
            part = Polygon(half, closed=True, zorder=6, gid="arrow")
            part.set(facecolor=face, edgecolor="#333333", linewidth=0.4, joinstyle="miter")
            axes.add_artist(part)
        x, y = placed(0, SHAFT + 1.15 * letter)
        word = term("map.north", self.lang)
        write(axes, x, y, word, self.size, ha="center", va="center", zorder=6, color="#333333")
