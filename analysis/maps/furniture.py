"""Scale bar and names of units."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from analysis.canvas import MM_PER_POINT, text_width, write
from analysis.maps.layer import Layer, find_units
from analysis.maps.placing import Box, Ground, Window
from analysis.maps.projection import true_length
from analysis.terms import term

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

__all__ = ["Name", "ScaleBar", "draw_names", "place_names", "scale_bar"]

BAR = 0.9  # height of the bar in millimetres


class ScaleBar:
    """A bar of a round number of kilometres, true at the middle of the window."""

    def __init__(self, window: Window, layer: Layer, size: float, lang: str) -> None:
        middle = (window.y0 + window.y1) / 2
        x0 = window.x0 + 0.4 * (window.x1 - window.x0)
        x1 = window.x0 + 0.6 * (window.x1 - window.x0)
        km_per_mm = (
            true_length(layer.crs, x0, x1, middle) / 1000 / ((x1 - x0) / window.metres_per_mm)
        )
        self.km = round_km(0.24 * window.width_mm * km_per_mm)
        self.length = self.km / km_per_mm
        self.size = size
        self.texts = ("0", _km(self.km / 2), f"{_km(self.km)} {term('map.km', lang)}")

    @property
    def room_for_middle(self) -> bool:
        """Whether the middle number stands clear of its neighbours."""
        half = [text_width(text, self.size) / 2 for text in (*self.texts[:2], _km(self.km))]
        return sum(half) + half[1] + 2.0 < self.length

    @property
    def size_mm(self) -> tuple[float, float]:
        """Width and height with its numbers."""
        left = text_width(self.texts[0], self.size) / 2
        right = max(
            text_width(self.texts[2], self.size) - text_width(_km(self.km), self.size) / 2, 0
        )
        return left + self.length + right, BAR + 1.35 * self.size * MM_PER_POINT

    def draw(self, axes: Axes, box: Box, window: Window) -> None:
        """Draw into the box found for it."""
        from matplotlib.patches import Rectangle

        unit = window.metres_per_mm
        x0 = box[0] + text_width(self.texts[0], self.size) / 2 * unit
        half = self.length / 2 * unit
        for place, face in ((0, "#333333"), (1, "white")):
            bar = Rectangle((x0 + place * half, box[1]), half, BAR * unit, zorder=6)
            bar.set(facecolor=face, edgecolor="#333333", linewidth=0.4, gid=f"scale:{place}")
            axes.add_artist(bar)
        y = box[1] + (BAR + 0.4) * unit
        shift = text_width(_km(self.km), self.size) / 2 * unit
        for place, text in enumerate(self.texts):
            if place == 1 and not self.room_for_middle:
                continue
            x = x0 + place * half - (shift if place == 2 else 0)
            align = "left" if place == 2 else "center"
            write(axes, x, y, text, self.size, ha=align, va="bottom", zorder=6)


def scale_bar(window: Window, layer: Layer, size: float, lang: str) -> ScaleBar:
    """Scale bar that suits a window."""
    return ScaleBar(window, layer, size, lang)


def round_km(most: float) -> float:
    """Largest of 1, 2, 5 times a power of ten that is not above `most`."""
    power = 10.0 ** math.floor(math.log10(most))
    return max(step * power for step in (1, 2, 5) if step * power <= most * (1 + 1e-9))


def _km(value: float) -> str:
    """Kilometres without needless decimals."""
    return f"{value:g}" if value < 10000 else f"{value:.0f}"


@dataclass(frozen=True)
class Name:
    """A unit's printed name with the point it belongs to and the box found for it, in metres."""

    text: str
    x: float
    y: float
    box: Box


def place_names(
    window: Window, ground: Ground, labels: Sequence[object], size: float
) -> tuple[list[Name], list[str]]:
    """Find room beside points in the units, never over one another; and those that found none."""
    layer = ground.layer
    taken: list[Box] = list(ground.taken)
    points = {row: _point(layer.shapes[row]) for row in find_units(layer, list(labels))}
    taken += [_around(x, y, 0.7 * window.metres_per_mm) for x, y in points.values()]
    placed, left_out = [], []
    for row, (x, y) in points.items():
        text = layer.names[row]
        box = _free_box(x, y, text, window, taken, size)
        if box is None:
            left_out.append(text)
        else:
            taken.append(box)
            placed.append(Name(text, x, y, box))
    return placed, left_out


def draw_names(axes: Axes, names: Sequence[Name], size: float) -> None:
    """Write names at the places found for them."""
    for name in names:
        axes.plot([name.x], [name.y], "o", ms=1.6, mfc="black", mec="white", mew=0.3, zorder=7)
        _write_halo(axes, name.box[0], name.box[1], name.text, size)


def _point(shape: object) -> tuple[float, float]:
    """Point inside the largest part of a unit."""
    parts = shapely.get_parts(shape)
    inside = shapely.point_on_surface(parts[int(np.argmax(shapely.area(parts)))])
    return float(inside.x), float(inside.y)


def _around(x: float, y: float, half: float) -> Box:
    """Box around a point."""
    return x - half, y - half, x + half, y + half


def _free_box(
    x: float, y: float, name: str, window: Window, taken: list[Box], size: float
) -> Box | None:
    """First place around a point, near ones first, that is inside the window and free."""
    unit = window.metres_per_mm
    width = text_width(name, size) * unit
    height = 1.15 * size * MM_PER_POINT * unit
    sides = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1))
    places = [
        (
            x - width / 2 + right * (width / 2 + gap * unit),
            y + up * (height / 2 + gap * unit) - height / 2,
        )
        for gap in (1.0, 2.2)
        for right, up in sides
    ]
    for left, bottom in places:
        box = (left, bottom, left + width, bottom + height)
        if window.holds(box) and not any(_touch(box, other) for other in taken):
            return box
    return None


def _touch(a: Box, b: Box) -> bool:
    """Whether two boxes share ground."""
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _write_halo(axes: Axes, x: float, y: float, text: str, size: float) -> None:
    """Write on a white rim that is drawn apart, so that text stays text in vector files."""
    from matplotlib.patheffects import Stroke

    rim = write(axes, x, y, text, size, va="bottom", color="white", zorder=7, gid="halo")
    rim.set_path_effects([Stroke(linewidth=1.4, foreground="white")])
    write(axes, x, y, text, size, va="bottom", zorder=8, gid="name")
