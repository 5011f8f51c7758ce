"""The scale bar."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from analysis.canvas import MM_PER_POINT, text_width, write
from analysis.maps.layer import Layer
from analysis.maps.placing import Box, Window
from analysis.maps.projection import true_length
from analysis.terms import term

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["ScaleBar", "scale_bar"]

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
