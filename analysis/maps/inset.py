"""A window for far islands, at a smaller scale that it states, placed where it covers nothing."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely

from analysis.canvas import LINE, MM_PER_POINT, number, wrap, write
from analysis.maps.colours import Look
from analysis.maps.draw import draw_lines, draw_units
from analysis.maps.layer import SEA, Layer
from analysis.maps.options import Sheet
from analysis.maps.placing import Box, Ground, Window
from analysis.maps.projection import from_degrees
from analysis.terms import term

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.path import Path

__all__ = ["Inset", "plan_inset"]

RATIOS = (0.5, 0.45, 0.4, 0.35, 0.3, 0.25, 0.2, 0.15, 0.1, 0.07)
CORNERS = {"lower right": 0.0, "lower left": 0.08, "upper right": 0.1, "upper left": 0.12}
PADS = tuple(step * 0.01 for step in range(60))
SMALLER = 0.6  # what a smaller inset costs against a wider frame
SHOWN_MM = 0.7  # parts smaller than this get a point mark
APART_MM = 1.1  # distance of point marks


@dataclass(frozen=True)
class Inset:
    """Ground shown, box on the main map (both in metres of the plane), and ratio of the scales."""

    shown: Window
    box: Box
    ratio: float

    def draw(
        self,
        axes: Axes,
        layer: Layer,
        paths: Sequence[Path],
        codes: npt.NDArray[np.intp],
        looks: Sequence[Look],
        sheet: Sheet,
        *,
        faint: bool = False,
    ) -> Axes:
        """Draw the window into the main map's axes; gives its own axes."""
        x0, y0, x1, y1 = self.box
        child = axes.inset_axes((x0, y0, x1 - x0, y1 - y0), transform=axes.transData, zorder=5)
        child.set(xticks=[], yticks=[], aspect="equal", gid="inset")
        for spine in child.spines.values():
            spine.set(linewidth=0.5, edgecolor="#404040")
        texts = scale_text(self.shown.width_mm, self.ratio, sheet)
        foot = foot_mm(texts, sheet) * self.shown.metres_per_mm
        child.set(xlim=(self.shown.x0, self.shown.x1), ylim=(self.shown.y0 - foot, self.shown.y1))
        near = np.flatnonzero(shapely.intersects(shapely.box(*self.shown.box), layer.shapes))
        draw_units(child, [paths[row] for row in near.tolist()], codes[near], looks)
        draw_lines(child, layer, faint=faint)
        self._mark_islets(child, layer, codes, looks)
        self._write_scale(child, texts, sheet)
        return child

    def _mark_islets(
        self, child: Axes, layer: Layer, codes: npt.NDArray[np.intp], looks: Sequence[Look]
    ) -> None:
        """Point marks, in the class's colour, on units of which no visible part is shown."""
        parts, owner = shapely.get_parts(layer.shapes, return_index=True)
        least = (SHOWN_MM * self.shown.metres_per_mm) ** 2
        tiny = (shapely.area(parts) < least) & shapely.intersects(
            shapely.box(*self.shown.box), parts
        )
        alone = tiny & (_extent(layer.shapes, self.shown)[owner] < least)
        if not alone.any():
            return
        rows = np.flatnonzero(alone)[np.argsort(-shapely.area(parts[alone]))]
        points = shapely.get_coordinates(shapely.centroid(parts[rows]))
        kept = _apart(points, APART_MM * self.shown.metres_per_mm)
        faces = [looks[code].face for code in codes[owner[rows[kept]]]]
        marks = child.scatter(points[kept, 0], points[kept, 1], s=1.6, c=faces, zorder=4)
        marks.set(edgecolor="#404040", linewidth=0.25, gid="islets")

    def _write_scale(self, child: Axes, texts: Sequence[str], sheet: Sheet) -> None:
        """State the scale at the foot, below everything shown."""
        unit = self.shown.metres_per_mm
        middle = (self.shown.x0 + self.shown.x1) / 2
        step = LINE * sheet.small * MM_PER_POINT * unit
        for place, text in enumerate(texts):
            y = self.shown.y0 - place * step
            write(child, middle, y, text, sheet.small, ha="center", va="top", color="#333333")


def _apart(points: npt.NDArray[np.float64], distance: float) -> list[int]:
    """Rows of points, the first ones first, that keep a distance from one another."""
    kept: list[int] = []
    for row, point in enumerate(points):
        if all(np.hypot(*(points[other] - point)) >= distance for other in kept):
            kept.append(row)
    return kept


def _extent(shapes: npt.NDArray[np.object_], shown: Window) -> npt.NDArray[np.float64]:
    """Largest single part inside the window of each unit, in square metres."""
    clipped = shapely.intersection(shapes, shapely.box(*shown.box))
    parts, owner = shapely.get_parts(clipped, return_index=True)
    largest = np.zeros(len(shapes))
    np.maximum.at(largest, owner, shapely.area(parts))
    return largest


def scale_text(width_mm: float, ratio: float, sheet: Sheet) -> list[str]:
    """Word the scale of the inset, wrapped to its width; only the ratio in a narrow one."""
    share = number(ratio, 2).rstrip("0")
    lines = wrap(term("map.inset_scale", sheet.lang, ratio=share), sheet.small, width_mm - 1)
    return lines if len(lines) <= 2 else [f"×{share}"]


def foot_mm(texts: Sequence[str], sheet: Sheet) -> float:
    """Height of the line that states the scale."""
    return len(texts) * LINE * sheet.small * MM_PER_POINT + 0.6


def plan_inset(
    layer: Layer, ground: Ground, window: Window, sheet: Sheet
) -> tuple[Inset | None, Window]:
    """Decide on an inset and place it; the frame is padded until there is room.

    Returns the inset, or None where none is wanted, and the window that the main map then shows.
    """
    shown = _ground_shown(layer, sheet)
    width_mm = window.width_mm
    if shown is None:
        return None, window
    for pad, ratio, corner in _choices():
        wide = _padded(window, corner, pad).scaled_to(width_mm)
        box = _corner_box(shown, wide, ratio, corner, sheet)
        if wide.holds(box) and ground.free(box):
            return Inset(Window(*shown, wide.metres_per_mm / ratio), box, ratio), wide
    return None, window


@cache
def _choices() -> list[tuple[float, float, str]]:
    """Rank padding, ratio and corner: best is little padding, a large inset, lower right."""
    every = itertools.product(PADS, RATIOS, CORNERS)
    return sorted(every, key=lambda x: x[0] + SMALLER * (RATIOS[0] - x[1]) + CORNERS[x[2]])


def _padded(window: Window, corner: str, pad: float) -> Window:
    """Window grown towards a corner by a share of its size."""
    vertical, horizontal = corner.split()
    grow_x = pad * (window.x1 - window.x0)
    grow_y = pad * (window.y1 - window.y0)
    return window.padded(
        **{horizontal: grow_x, ("bottom" if vertical == "lower" else "top"): grow_y}
    )


def _corner_box(shown: Box, window: Window, ratio: float, corner: str, sheet: Sheet) -> Box:
    """Box of the inset in a corner of the frame, its foot included."""
    width = (shown[2] - shown[0]) * ratio
    texts = scale_text(width / window.metres_per_mm, ratio, sheet)
    height = (shown[3] - shown[1]) * ratio + foot_mm(texts, sheet) * window.metres_per_mm
    x0 = window.x1 - width if corner.endswith("right") else window.x0
    y0 = window.y0 if corner.startswith("lower") else window.y1 - height
    return x0, y0, x0 + width, y0 + height


def _ground_shown(layer: Layer, sheet: Sheet) -> Box | None:
    """Bounds in the plane that the inset shows."""
    if sheet.inset is False:
        return None
    if isinstance(sheet.inset, tuple):
        bounds = from_degrees(layer.crs).transform_bounds(*sheet.inset, densify_pts=41)
        x0, y0, x1, y1 = map(float, bounds)
        return x0, y0, x1, y1
    if not layer.has_far_islands:
        return None
    return _around_far(layer)


def _around_far(layer: Layer) -> Box:
    """Bounds of the far islands and of the sea lines out there, reaching a little into the core."""
    core = shapely.box(*layer.core)
    parts = shapely.get_parts(layer.shapes)
    far = list(parts[~shapely.intersects(core, parts)])
    far += [line.shape for line in layer.lines if line.kind == SEA]
    x0, y0, x1, y1 = map(float, shapely.total_bounds(np.array(far, dtype=object)))
    pad = 0.04 * max(x1 - x0, y1 - y0)
    box = [x0 - pad, y0 - pad, x1 + pad, y1 + pad]
    reach = 0.15 * max(x1 - x0, y1 - y0)
    c = layer.core
    box[1] = min(box[1], c[3] - reach)
    box[3] = max(box[3], c[1] + reach)
    box[0] = min(box[0], c[2] - reach)
    box[2] = max(box[2], c[0] + reach)
    return box[0], box[1], box[2], box[3]
