"""What stands where on the maps of a sheet, measured before anything is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from analysis.canvas import footnotes
from analysis.maps.colours import Look
from analysis.maps.draw import draw_graticule, draw_lines, draw_links, draw_units, paths_of
from analysis.maps.furniture import Name, ScaleBar, draw_names, place_names, scale_bar
from analysis.maps.inset import Inset, plan_inset
from analysis.maps.layer import Layer
from analysis.maps.legend import Legend
from analysis.maps.options import Sheet
from analysis.maps.placing import Box, Ground, Window, place
from analysis.terms import term

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Panel", "Plan", "draw_map", "make_plan", "words_below"]

FRAME_PAD = 0.02
LEGEND_CORNERS = ("lower left", "lower right", "upper right", "upper left")


@dataclass(frozen=True)
class Panel:
    """One map: its words above (empty for a single map), the class of each unit, (n,), and lines.

    `lines` maps a class of lines to their ends in the plane of the map, (m, 2, 2).
    """

    head: str
    codes: npt.NDArray[np.intp]
    lines: Mapping[str, npt.NDArray[np.float64]] = field(default_factory=dict)

    def counts(self, looks: Sequence[Look]) -> list[int]:
        """Units, or lines, of each class."""
        return [
            int((self.codes == code).sum()) if look.stroke is None else len(self.lines[look.key])
            for code, look in enumerate(looks)
        ]


@dataclass(frozen=True)
class Plan:
    """Window, inset, scale bar and legend of a map; the same for all panels of a sheet.

    `bar_box` and `legend_box` are None where the frame has no room for them, and `unnamed` are the
    units asked to be named for which there was none.
    """

    layer: Layer
    window: Window
    inset: Inset | None
    bar: ScaleBar
    bar_box: Box | None
    legend: Legend
    legend_box: Box | None
    names: tuple[Name, ...]
    unnamed: tuple[str, ...]


def first_window(layer: Layer, sheet: Sheet, width_mm: float) -> Window:
    """Ground of the main map with a margin, before an inset asks for more."""
    inset = isinstance(sheet.inset, tuple) or (sheet.inset is None and layer.has_far_islands)
    x0, y0, x1, y1 = layer.core if inset else layer.full
    pad = FRAME_PAD * max(x1 - x0, y1 - y0)
    return Window(x0 - pad, y0 - pad, x1 + pad, y1 + pad, 1.0).scaled_to(width_mm)


def make_plan(
    layer: Layer,
    window: Window,
    legend: Legend,
    sheet: Sheet,
    *,
    legend_inside: bool,
    fill_mm: tuple[float, float] = (0.0, 0.0),
) -> Plan:
    """Place inset, legend and scale bar in a window, each where it covers nothing.

    With `fill_mm` the window is first widened to that printed size.
    """
    thin = layer.thinned(window.metres_per_mm)
    ground = Ground(thin)
    inset, window = plan_inset(thin, ground, window, sheet)
    if fill_mm != (0.0, 0.0):
        inset, window = plan_inset(thin, ground, window.filled(*fill_mm), sheet)
    if inset is not None:
        ground.taken.append(inset.box)
    legend_box = None
    if legend_inside and sheet.legend == "auto":
        legend_box = place(ground, window, legend.measure(1), LEGEND_CORNERS)
    if legend_box is not None:
        ground.taken.append(legend_box)
    bar = scale_bar(window, thin, sheet.small, sheet.lang)
    bar_box = place(ground, window, bar.size_mm)
    if bar_box is not None:
        ground.taken.append(bar_box)
    names, unnamed = place_names(window, ground, list(sheet.labels or ()), sheet.small)
    return Plan(thin, window, inset, bar, bar_box, legend, legend_box, tuple(names), tuple(unnamed))


def draw_map(axes: Axes, plan: Plan, panel: Panel, sheet: Sheet, *, degrees: bool) -> None:
    """Fill axes that have the window's shape."""
    window, looks = plan.window, plan.legend.looks
    axes.set(xlim=(window.x0, window.x1), ylim=(window.y0, window.y1), xticks=[], yticks=[])
    axes.set(aspect="equal", xlabel="", ylabel="", gid="map")
    if sheet.graticule:
        draw_graticule(axes, window, plan.layer, sheet.small if degrees else None)
    paths = paths_of(plan.layer.shapes)
    draw_units(axes, paths, panel.codes, looks)
    draw_lines(axes, plan.layer, faint=bool(panel.lines))
    draw_links(axes, panel.lines, looks)
    for collection in axes.collections:
        collection.set_clip_path(window.rectangle(), axes.transData)
    if plan.inset is not None:
        child = plan.inset.draw(
            axes, plan.layer, paths, panel.codes, looks, sheet, faint=bool(panel.lines)
        )
        draw_links(child, panel.lines, looks)
    if plan.bar_box is not None:
        plan.bar.draw(axes, plan.bar_box, window)
    if plan.legend_box is not None:
        _legend_inside(axes, plan, plan.legend_box)
    draw_names(axes, plan.names, sheet.small)


def _legend_inside(axes: Axes, plan: Plan, box: Box) -> None:
    """Put the legend on the free ground found for it."""
    x0, y0, x1, y1 = box
    child = axes.inset_axes((x0, y0, x1 - x0, y1 - y0), transform=axes.transData, zorder=6)
    plan.legend.draw(child, 1)


def words_below(notes: Sequence[str], plan: Plan, sheet: Sheet) -> list[str]:
    """Paragraphs below a map, with the names that found no room on it."""
    said = list(notes)
    if plan.unnamed:
        comma = "、" if sheet.lang == "zh" else ", "
        said.append(term("map.unnamed", sheet.lang, names=comma.join(plan.unnamed)))
    return footnotes(said, sheet.lang, sheet.note, sheet.source, sheet.approval)
