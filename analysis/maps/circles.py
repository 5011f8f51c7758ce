"""Circles whose areas are as numbers: their sizes, the drawing, and the nested circles of a key."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely

from analysis.canvas import MM_PER_POINT, number, text_width, write
from analysis.maps.placing import Window
from analysis.terms import term

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Circles", "NestedKey", "hidden", "round_below", "worded"]

Floats = npt.NDArray[np.float64]
EDGE = ("#404040", 0.3)
SEEN = 0.02  # least share of a circle that must show
STEPS = (1.0, 2.0, 5.0)
SHARES = (1.0, 0.3, 0.06)  # of the first number, for the circles of the key


@dataclass(frozen=True)
class Circles:
    """Circles of one map in the order in which they are drawn: large ones first.

    `rows` (m,) are the units, `points` (m, 2) in the plane, `radii` (m,) in millimetres, `faces`
    (m,) colours, `counts` how many there are of each class of the legend.
    """

    rows: npt.NDArray[np.intp]
    points: Floats
    radii: Floats
    faces: Sequence[str]
    counts: Mapping[str, int]

    def draw(self, axes: Axes, window: Window, *, elsewhere: Window | None = None) -> None:
        """One collection, "symbols", of the circles whose points this window alone shows."""
        from matplotlib.collections import PathCollection
        from matplotlib.path import Path

        unit = window.metres_per_mm
        kept = _held(window, self.points)
        if elsewhere is not None:
            kept &= ~_held(elsewhere, self.points)
        if not kept.any():
            return
        paths = [
            Path.circle((x, y), radius * unit)
            for (x, y), radius in zip(self.points[kept], self.radii[kept], strict=True)
        ]
        faces = [face for face, keep in zip(self.faces, kept, strict=True) if keep]
        drawn = PathCollection(paths, facecolors=faces, zorder=4, gid="symbols")
        drawn.set(edgecolor=EDGE[0], linewidth=EDGE[1])
        axes.add_collection(drawn, autolim=False)
        drawn.set_clip_path(window.rectangle(), axes.transData)

    def ground(self, window: Window) -> list[Any]:
        """Discs in the plane at the scale of a window."""
        return list(shapely.buffer(shapely.points(self.points), self.radii * window.metres_per_mm))

    def said(self, window: Window, lang: str) -> list[str]:
        """How many circles lie hidden, if any do."""
        lost = int(hidden(self.points, self.radii, window.metres_per_mm).sum())
        return [term("symbols.hidden", lang, count=lost)] if lost else []

    def clear(self, row: int) -> float:
        """Radius of the circle of a unit."""
        return float(self.radii[self.rows == row].max(initial=0.0))


def _held(window: Window, points: Floats) -> npt.NDArray[np.bool_]:
    """Whether points lie within a window."""
    return np.asarray(((points >= window.box[:2]) & (points <= window.box[2:])).all(axis=1))


def hidden(points: Floats, radii: Floats, metres_per_mm: float) -> npt.NDArray[np.bool_]:
    """Whether each circle vanishes under those drawn after it; they are in drawing order."""
    discs = shapely.buffer(shapely.points(points), radii * metres_per_mm)
    tree = shapely.STRtree(discs)
    below, above = tree.query(discs, predicate="intersects")
    later = above > below
    lost = np.zeros(len(discs), dtype=bool)
    for own in np.unique(below[later]):
        over = shapely.union_all(discs[above[later & (below == own)]])
        seen = shapely.area(shapely.difference(discs[own], over))
        lost[own] = seen < SEEN * shapely.area(discs[own])
    return lost


@dataclass(frozen=True)
class NestedKey:
    """Round numbers as circles that share their foot, in the scale of the map.

    `largest` is the number whose circle has `radius` millimetres; `size` of letters in points.
    """

    largest: float
    radius: float
    size: float

    @property
    def numbers(self) -> list[float]:
        """Round numbers, the largest first."""
        first = round_below(self.largest)
        return [round_below(share * first) for share in SHARES]

    @property
    def _radii(self) -> list[float]:
        return [self.radius * math.sqrt(value / self.largest) for value in self.numbers]

    @property
    def _texts(self) -> list[str]:
        return [worded(value) for value in self.numbers]

    @property
    def _step(self) -> float:
        """Least distance of two numbers in millimetres."""
        return 1.35 * self.size * MM_PER_POINT

    @property
    def _height(self) -> float:
        return max(2 * self._radii[0], self._step * len(self.numbers))

    @property
    def size_mm(self) -> tuple[float, float]:
        """Width and height."""
        widest = max(text_width(text, self.size) for text in self._texts)
        return 2 * self._radii[0] + 2.0 + widest, self._height + self._step / 2

    def draw(self, axes: Axes, top: float) -> None:
        """Circles at the left, each with a line from its top to its number."""
        from matplotlib.patches import Circle

        foot = top - self.size_mm[1] + 0.2
        middle, end = self._radii[0] + 0.2, 2 * self._radii[0] + 1.2
        for radius, y, text in zip(self._radii, self._heights(foot), self._texts, strict=True):
            circle = Circle((middle, foot + radius), radius, gid="key:circle")
            circle.set(facecolor="none", edgecolor=EDGE[0], linewidth=2 * EDGE[1])
            axes.add_artist(circle)
            ends = [middle, end - 0.4], [foot + 2 * radius, y]
            axes.plot(*ends, color=EDGE[0], lw=EDGE[1])
            write(axes, end, y, text, self.size, va="center_baseline")

    def _heights(self, foot: float) -> list[float]:
        """Heights of the numbers, from the top, kept apart."""
        heights: list[float] = []
        for place, radius in enumerate(self._radii):
            least = foot + (len(self._radii) - 1 - place) * self._step + self._step / 3
            most = heights[-1] - self._step if heights else math.inf
            heights.append(min(max(foot + 2 * radius, least), most))
        return heights


def round_below(value: float) -> float:
    """Largest of 1, 2, 5 times a power of ten that is not above the value."""
    power = 10.0 ** math.floor(math.log10(value))
    return max(step * power for step in STEPS if step * power <= value * (1 + 1e-9))


def worded(value: float) -> str:
    """Round number as text."""
    if value >= 1:
        return number(value, 0)
    if value < 1e-4:
        return f"{value:.0e}".replace("e-0", "e-").replace("-", "\u2212")
    return f"{value:g}"
