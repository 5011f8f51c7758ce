"""Curved arrows whose widths are as numbers, and the widths of a key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely

from analysis.canvas import MM_PER_POINT, text_width, write
from analysis.maps.circles import round_below, worded
from analysis.maps.placing import Window

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Arrow", "Arrows", "WidthKey"]

Floats = npt.NDArray[np.float64]
BOW = 0.16  # of the distance, to the right of the way
POINTS = 33
LEAVE, REACH = 1.0, 1.0  # millimetres kept free of the point at start and end
HEAD = (1.3, 2.0)  # least length of a head in millimetres, and length in widths of the shaft
WIDE = (0.55, 0.95)  # half width of a head likewise
MOST_HEAD = 0.6  # of an arrow that is shorter than its head
RIM, EDGE = 0.9, 0.2  # points, of the white under an arrow and of its own outline
SHARES = (1.0, 0.5, 0.1)  # of the first number, for the arrows of the key
KEY = 7.0  # length of an arrow of the key in millimetres


@dataclass(frozen=True)
class Arrow:
    """From one point of the plane to another, `width` in millimetres, and its look."""

    start: tuple[float, float]
    end: tuple[float, float]
    width: float
    key: str
    face: str
    edge: str

    def outline(self, metres_per_mm: float) -> Floats:
        """Corners (m, 2) in the plane of shaft and head at a scale."""
        return _ribbon(_curve(np.array(self.start), np.array(self.end)), self.width, metres_per_mm)


@dataclass(frozen=True)
class Arrows:
    """Arrows of one map in the order in which they are drawn; `counts` of each class."""

    arrows: Sequence[Arrow]
    counts: Mapping[str, int]

    def draw(self, axes: Axes, window: Window, *, elsewhere: Window | None = None) -> None:
        """One patch per arrow, named after its class, on a white rim; all in every window."""
        from matplotlib.patches import Polygon

        del elsewhere
        frame = window.rectangle()
        for arrow in self.arrows:
            outline = arrow.outline(window.metres_per_mm)
            rim, patch = (Polygon(outline, closed=True, zorder=4.5) for _ in range(2))
            rim.set(facecolor="white", edgecolor="white", linewidth=RIM, gid="rim")
            patch.set(facecolor=arrow.face, edgecolor=arrow.edge, linewidth=EDGE)
            patch.set_gid(f"class:{arrow.key}")
            for part in (rim, patch):
                part.set_joinstyle("round")
                axes.add_artist(part)
                part.set_clip_path(frame, axes.transData)

    def ground(self, window: Window) -> list[Any]:
        """Outlines in the plane."""
        shapes = [shapely.Polygon(x.outline(window.metres_per_mm)) for x in self.arrows]
        return list(shapely.make_valid(shapes))

    def said(self, window: Window, lang: str) -> list[str]:
        """Nothing."""
        del window, lang
        return []

    def clear(self, row: int) -> float:
        """Names keep no distance but that of a dot."""
        del row
        return 0.0


def _curve(start: Floats, end: Floats) -> Floats:
    """Quadratic Bézier curve (POINTS, 2) that bows to the right of the way."""
    way = end - start
    middle = (start + end) / 2 + BOW * np.array([way[1], -way[0]])
    t = np.linspace(0, 1, POINTS)[:, None]
    return np.asarray((1 - t) ** 2 * start + 2 * t * (1 - t) * middle + t**2 * end)


def _ribbon(curve: Floats, width: float, unit: float) -> Floats:
    """Shaft and head along a curve, cut back from its ends."""
    along = np.r_[0, np.cumsum(np.hypot(*np.diff(curve, axis=0).T))]
    whole = along[-1]
    cut = min(1.0, 0.5 * whole / ((LEAVE + REACH) * unit)) * unit
    first, last = LEAVE * cut, whole - REACH * cut
    head = min(max(HEAD[0], HEAD[1] * width) * unit, MOST_HEAD * (last - first))
    wide = max(WIDE[0], WIDE[1] * width) * unit
    stops = np.linspace(first, last - head, POINTS)
    shaft = np.column_stack([np.interp(stops, along, curve[:, k]) for k in (0, 1)])
    tip = np.array([np.interp(last, along, curve[:, k]) for k in (0, 1)])
    ways = np.gradient(shaft, axis=0)
    ways[-1] = tip - shaft[-1]
    normal = np.column_stack([-ways[:, 1], ways[:, 0]]) / np.hypot(*ways.T)[:, None]
    half = width / 2 * unit
    left, right = shaft + half * normal, shaft - half * normal
    barbs = shaft[-1] + wide * normal[-1], shaft[-1] - wide * normal[-1]
    return np.vstack([left, barbs[0], tip, barbs[1], right[::-1]])


@dataclass(frozen=True)
class WidthKey:
    """Round numbers as arrows, in the scale of the map.

    `largest` is the number whose arrow is `width` millimetres wide; `size` of letters in points.
    """

    largest: float
    width: float
    size: float
    face: str

    @property
    def numbers(self) -> list[float]:
        """Round numbers, the largest first."""
        first = round_below(self.largest)
        return [round_below(share * first) for share in SHARES]

    @property
    def _step(self) -> float:
        return max(1.5 * self.size * MM_PER_POINT, 2 * WIDE[1] * self.width + 0.4)

    @property
    def size_mm(self) -> tuple[float, float]:
        """Width and height."""
        widest = max(text_width(worded(value), self.size) for value in self.numbers)
        return KEY + 1.4 + widest, len(self.numbers) * self._step

    def draw(self, axes: Axes, top: float) -> None:
        """One straight arrow to each number."""
        from matplotlib.patches import Polygon

        for place, value in enumerate(self.numbers):
            y = top - (place + 0.5) * self._step
            line = np.column_stack([np.linspace(-LEAVE, KEY + REACH, POINTS), np.full(POINTS, y)])
            width = self.width * value / self.largest
            arrow = Polygon(_ribbon(line, width, 1.0), closed=True, gid="key:arrow")
            arrow.set(facecolor=self.face, edgecolor=self.face, linewidth=EDGE)
            axes.add_artist(arrow)
            write(axes, KEY + 1.4, y, worded(value), self.size, va="center_baseline")
