"""Where things may stand on a map: on free ground only, measured against every unit and line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from analysis.maps.layer import SEA, Layer

__all__ = ["Box", "Ground", "Window", "place"]

if TYPE_CHECKING:
    from matplotlib.path import Path

Box = tuple[float, float, float, float]
CORNERS = ("lower left", "lower right", "upper left", "upper right")
STEPS = 24


@dataclass(frozen=True)
class Window:
    """Part of the plane that a panel shows, and how many metres are a millimetre on paper."""

    x0: float
    y0: float
    x1: float
    y1: float
    metres_per_mm: float

    @property
    def box(self) -> Box:
        """Bounds in metres."""
        return self.x0, self.y0, self.x1, self.y1

    @property
    def width_mm(self) -> float:
        """Printed width."""
        return (self.x1 - self.x0) / self.metres_per_mm

    @property
    def height_mm(self) -> float:
        """Printed height."""
        return (self.y1 - self.y0) / self.metres_per_mm

    def holds(self, box: Box) -> bool:
        """Whether a box lies within, but for rounding."""
        slack = 1e-6 * (self.x1 - self.x0)
        inside_x = box[0] >= self.x0 - slack and box[2] <= self.x1 + slack
        return inside_x and box[1] >= self.y0 - slack and box[3] <= self.y1 + slack

    def rectangle(self) -> Path:
        """Outline as a path, to cut what lies outside."""
        from matplotlib.path import Path

        return Path(
            [(self.x0, self.y0), (self.x0, self.y1), (self.x1, self.y1), (self.x1, self.y0)]
        )

    def padded(
        self, *, left: float = 0, bottom: float = 0, right: float = 0, top: float = 0
    ) -> Window:
        """Window with margins added, in metres, at the same scale."""
        return replace(
            self, x0=self.x0 - left, y0=self.y0 - bottom, x1=self.x1 + right, y1=self.y1 + top
        )

    def filled(self, width_mm: float, height_mm: float) -> Window:
        """Window grown evenly on both sides to a printed size, at the same scale."""
        spare_x = max(0.0, width_mm - self.width_mm) * self.metres_per_mm / 2
        spare_y = max(0.0, height_mm - self.height_mm) * self.metres_per_mm / 2
        return self.padded(left=spare_x, right=spare_x, bottom=spare_y, top=spare_y)

    def scaled_to(self, width_mm: float) -> Window:
        """Give the same ground printed at another width."""
        return replace(self, metres_per_mm=(self.x1 - self.x0) / width_mm)


@dataclass
class Ground:
    """What stands on the sheet already: units and lines of the layer, and boxes taken since."""

    layer: Layer
    taken: list[Box] = field(default_factory=list)

    def __post_init__(self) -> None:
        sea = [line.shape for line in self.layer.lines if line.kind == SEA]
        self.tree = shapely.STRtree([*self.layer.shapes, *sea])
        self.cover([])

    def cover(self, drawn: Sequence[Any]) -> None:
        """Note the outlines of symbols and arrows, which nothing else may stand on."""
        self.over = shapely.STRtree(list(drawn))

    def free(self, box: Box) -> bool:
        """Whether a box touches no unit, sea line, symbol or arrow and no box taken before."""
        if any(_overlap(box, other) for other in self.taken):
            return False
        ground = shapely.box(*box)
        trees = (self.tree, self.over)
        return not any(len(tree.query(ground, predicate="intersects")) for tree in trees)

    def covered(self, box: Box) -> float:
        """Share of a box that lies over symbols and arrows."""
        ground = shapely.box(*box)
        hit = self.over.query(ground, predicate="intersects")
        if not len(hit):
            return 0.0
        shapes = shapely.union_all(self.over.geometries[hit])
        return float(shapely.area(shapely.intersection(ground, shapes)) / shapely.area(ground))


def _overlap(a: Box, b: Box) -> bool:
    """Whether two boxes share more than an edge."""
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def place(
    ground: Ground,
    window: Window,
    size_mm: tuple[float, float],
    corners: Sequence[str] = CORNERS,
    *,
    margin_mm: float = 1.5,
) -> Box | None:
    """Find a free place for a box along the frame, the corners named first, then slid from them.

    Returns bounds in metres, or None where there is no room. The margin is kept free as well.
    """
    scale = window.metres_per_mm
    width, height, margin = size_mm[0] * scale, size_mm[1] * scale, margin_mm * scale
    room_x = window.x1 - window.x0 - width - 2 * margin
    room_y = window.y1 - window.y0 - height - 2 * margin
    if room_x < 0 or room_y < 0:
        return None
    for share_x, share_y in _shares(corners):
        x = window.x0 + margin + share_x * room_x
        y = window.y0 + margin + share_y * room_y
        if ground.free((x - margin, y - margin, x + width + margin, y + height + margin)):
            return x, y, x + width, y + height
    return None


def _shares(corners: Sequence[str]) -> Iterable[tuple[float, float]]:
    """Places to try as shares of the free play: corners, then along the edges away from them."""
    ends = {"lower": 0.0, "upper": 1.0, "left": 0.0, "right": 1.0}
    points = [(ends[c.split()[1]], ends[c.split()[0]]) for c in corners]
    yield from points
    for step in np.linspace(0, 1, STEPS)[1:-1]:
        for x, y in points:
            yield abs(x - float(step)), y
            yield x, abs(y - float(step))
