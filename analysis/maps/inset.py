"""A window in the map that shows other ground, or its own larger, at a scale that it states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely

from analysis.canvas import LINE, MM_PER_POINT, number, wrap, write
from analysis.maps.colours import Look
from analysis.maps.draw import are_small, draw_lines, draw_units
from analysis.maps.layer import Layer, Line
from analysis.maps.options import Sheet
from analysis.maps.placing import Box, Window
from analysis.terms import term

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Inset", "foot_mm", "open_inset", "scale_text"]

SHOWN_MM = 0.7  # parts smaller than this get a point mark
APART_MM = 1.1  # distance of point marks


@dataclass(frozen=True)
class Inset:
    """Ground shown, box on the main map (both in metres of the plane), and ratio of the scales.

    `layer` holds the units that the ground meets, thinned to the inset's own scale, and `rows`
    their places in the whole layer.
    """

    shown: Window
    box: Box
    ratio: float
    layer: Layer
    rows: npt.NDArray[np.intp]

    def repeats(self, window: Window) -> bool:
        """Whether the ground shown lies on the main map as well."""
        return window.holds(self.shown.box)

    def draw(
        self,
        axes: Axes,
        codes: npt.NDArray[np.intp],
        looks: Sequence[Look],
        sheet: Sheet,
        fine: float,
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
        small = are_small(self.layer.shapes, self.shown.metres_per_mm)
        draw_units(child, self.layer.shapes, codes[self.rows], looks, small=small)
        draw_lines(child, self.layer, fine, faint=faint)
        self._mark_islets(child, codes[self.rows], looks)
        for collection in child.collections:
            collection.set_clip_path(self.shown.rectangle(), child.transData)
        self._write_scale(child, texts, sheet)
        return child

    def mark_ground(self, axes: Axes) -> None:
        """Outline on the main map what the inset shows larger."""
        from matplotlib.patches import Rectangle

        x0, y0, x1, y1 = self.shown.box
        frame = Rectangle((x0, y0), x1 - x0, y1 - y0, zorder=5, gid="inset-ground")
        frame.set(facecolor="none", edgecolor="#404040", linewidth=0.5)
        axes.add_artist(frame)

    def _mark_islets(self, child: Axes, codes: npt.NDArray[np.intp], looks: Sequence[Look]) -> None:
        """Point marks, in the class's colour, on units of which no visible part is shown."""
        parts, owner = shapely.get_parts(self.layer.shapes, return_index=True)
        least = (SHOWN_MM * self.shown.metres_per_mm) ** 2
        tiny = (shapely.area(parts) < least) & shapely.intersects(
            shapely.box(*self.shown.box), parts
        )
        alone = tiny & (_extent(self.layer.shapes, self.shown)[owner] < least)
        alone[alone] = _apart_from_all(parts[alone], parts)
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


def _apart_from_all(
    some: npt.NDArray[np.object_], parts: npt.NDArray[np.object_]
) -> npt.NDArray[np.bool_]:
    """Which parts meet no part but themselves: small ones side by side are seen together."""
    met, _ = shapely.STRtree(parts).query(some, predicate="intersects")
    return np.bincount(met, minlength=len(some)) <= 1


def _extent(shapes: npt.NDArray[np.object_], shown: Window) -> npt.NDArray[np.float64]:
    """Largest single part inside the window of each unit, in square metres."""
    clipped = shapely.intersection(shapes, shapely.box(*shown.box))
    parts, owner = shapely.get_parts(clipped, return_index=True)
    largest = np.zeros(len(shapes))
    np.maximum.at(largest, owner, shapely.area(parts))
    return largest


def scale_text(width_mm: float, ratio: float, sheet: Sheet) -> list[str]:
    """Word the scale of the inset, wrapped to its width; only the ratio in a narrow one."""
    share = number(ratio, 2).rstrip("0").rstrip(".")
    lines = wrap(term("map.inset_scale", sheet.lang, ratio=share), sheet.small, width_mm - 1)
    return lines if len(lines) <= 2 else [f"×{share}"]


def foot_mm(texts: Sequence[str], sheet: Sheet) -> float:
    """Height of the line that states the scale."""
    return len(texts) * LINE * sheet.small * MM_PER_POINT + 0.6


def open_inset(layer: Layer, shown: Window, box: Box, ratio: float) -> Inset:
    """Inset at a place found for it, with the part of the layer that it shows."""
    ground = shapely.box(*shown.box)
    rows = np.flatnonzero(shapely.intersects(ground, layer.shapes))
    part = replace(
        layer,
        labels=layer.labels[rows],
        names=tuple(layer.names[row] for row in rows),
        aliases=tuple(layer.aliases[row] for row in rows),
        shapes=layer.shapes[rows],
        lines=tuple(Line(x.kind, shapely.clip_by_rect(x.shape, *shown.box)) for x in layer.lines),
    )
    return Inset(shown, box, ratio, part.thinned(shown.metres_per_mm), rows)
