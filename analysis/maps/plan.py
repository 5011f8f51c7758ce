"""What stands where on the maps of a sheet, measured before anything is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely

from analysis.canvas import footnotes
from analysis.maps.arrow import NorthArrow
from analysis.maps.colours import Look
from analysis.maps.draw import (
    are_small,
    draw_graticule,
    draw_lines,
    draw_links,
    draw_units,
    fineness,
)
from analysis.maps.furniture import ScaleBar, scale_bar
from analysis.maps.inset import Inset
from analysis.maps.inset_places import RATIOS, plan_insets
from analysis.maps.layer import Layer, find_units
from analysis.maps.legend import Legend
from analysis.maps.names import Name, Wanted, draw_names, place_names
from analysis.maps.options import Sheet
from analysis.maps.overlay import Overlay
from analysis.maps.placing import Box, Ground, Window, place
from analysis.terms import term

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Panel", "Plan", "draw_map", "first_window", "make_plan", "words_below"]

FRAME_PAD = 0.02
ROUNDS = 9  # at most, of growing the frame for symbols, which grow with it on the ground
SLACK = 0.99  # of the scale that was just not enough
EDGE_MM = 0.4  # between frame and symbols
NEAR = 0.2  # of the frame: what reaches further beyond it is cut
LEGEND_CORNERS = ("lower left", "lower right", "upper right", "upper left")
ARROW_CORNERS = ("upper right", "upper left", "lower right", "lower left")


@dataclass(frozen=True)
class Panel:
    """One map: its words above (empty for a single map), the class of each unit, (n,), and lines.

    `lines` maps a class of lines to their ends in the plane of the map, (m, 2, 2); `overlay` is
    drawn over units and lines. With `looks` the map has classes, and a legend, of its own, headed
    by `heading`. `short` stands for the head over a column of counts.
    """

    head: str
    codes: npt.NDArray[np.intp]
    lines: Mapping[str, npt.NDArray[np.float64]] = field(default_factory=dict)
    overlay: Overlay | None = None
    looks: Sequence[Look] | None = None
    heading: str | None = None
    short: str | None = None

    def counts(self, looks: Sequence[Look]) -> list[int]:
        """Units, lines or drawn things of each class."""
        drawn = {} if self.overlay is None else self.overlay.counts
        own = {key: len(ends) for key, ends in self.lines.items()} | dict(drawn)
        return [
            int((self.codes == code).sum()) if look.stroke is None else own[look.key]
            for code, look in enumerate(looks)
        ]


@dataclass(frozen=True)
class Plan:
    """Window, insets, scale bar, arrow and legend of a map; the same for all panels of a sheet.

    `bar_box`, `arrow_box` and `legend_box` are None where the frame has no room for them (and
    `arrow` where none is wanted); `unnamed` are the units asked to be named for which there was
    none. `names` has those of the main map, then of each inset.
    """

    layer: Layer
    window: Window
    insets: tuple[Inset, ...]
    bar: ScaleBar
    bar_box: Box | None
    arrow: NorthArrow | None
    arrow_box: Box | None
    legend: Legend
    legend_box: Box | None
    names: tuple[tuple[Name, ...], ...]
    unnamed: tuple[str, ...]

    @property
    def small(self) -> bool:
        """Whether units are too narrow for borders of their own."""
        return are_small(self.layer.shapes, self.window.metres_per_mm)

    @property
    def below_mm(self) -> float:
        """Height below the map of a scale bar and an arrow that found no room on it."""
        bar = 0.0 if self.bar_box is not None else self.bar.size_mm[1]
        homeless = self.arrow is not None and self.arrow_box is None
        arrow = self.arrow.size_mm[1] if homeless and self.arrow is not None else 0.0
        return max(bar, arrow)

    def draw_below(self, axes: Axes, corner: tuple[float, float], width_mm: float) -> None:
        """Draw bar and arrow without a place on the map, from a corner of axes of its scale."""
        (x, y), unit = corner, self.window.metres_per_mm
        if self.bar_box is None:
            self.bar.draw(axes, (x, y, x, y), self.window)
        if self.arrow is not None and self.arrow_box is None:
            wide, high = (side * unit for side in self.arrow.size_mm)
            right = x + width_mm * unit
            at = (self.window.x1 - wide / 2, self.window.y0)
            self.arrow.draw(axes, (right - wide, y, right, y + high), self.window, at)


def first_window(layer: Layer, sheet: Sheet, width_mm: float) -> Window:
    """Ground of the main map with a margin, before an inset asks for more."""
    x0, y0, x1, y1 = layer.full if sheet.inset is False else layer.core
    pad = FRAME_PAD * max(x1 - x0, y1 - y0)
    return Window(x0 - pad, y0 - pad, x1 + pad, y1 + pad, 1.0).scaled_to(width_mm)


def make_plan(
    layer: Layer,
    window: Window,
    legend: Legend,
    sheet: Sheet,
    *,
    legend_inside: bool,
    overlays: Sequence[Overlay] = (),
    fill_mm: tuple[float, float] = (0.0, 0.0),
) -> Plan:
    """Place insets, legend, scale bar and arrow in a window, each where it covers nothing.

    With `fill_mm` the window is first widened to that printed size.
    """
    thin = layer.thinned(window.metres_per_mm)
    ground = Ground(thin)
    insets, window = _with_insets(layer, ground, window, sheet, overlays)
    if fill_mm != (0.0, 0.0):
        insets, window = _with_insets(layer, ground, window.filled(*fill_mm), sheet, overlays)
    ground.taken.extend(inset.box for inset in insets)
    legend_box = None
    if legend_inside and sheet.legend not in ("below", "none"):
        corners = LEGEND_CORNERS if sheet.legend == "auto" else (sheet.legend,)
        legend_box = _take(ground, window, legend.measure(1), corners)
    bar = scale_bar(window, thin, sheet.small, sheet.lang)
    bar_box = _take(ground, window, bar.size_mm)
    arrow = NorthArrow(thin, sheet.small, sheet.lang) if sheet.arrow else None
    arrow_box = None if arrow is None else _take(ground, window, arrow.size_mm, ARROW_CORNERS)
    names, unnamed = _names(layer, window, insets, ground, sheet, overlays)
    return Plan(
        thin, window, insets, bar, bar_box, arrow, arrow_box, legend, legend_box, names, unnamed
    )


def _with_insets(
    layer: Layer, ground: Ground, window: Window, sheet: Sheet, overlays: Sequence[Overlay]
) -> tuple[tuple[Inset, ...], Window]:
    """Plan insets clear of symbols and arrows, which grow on the ground as the frame grows."""
    if not overlays:
        return plan_insets(layer, ground, window, sheet)
    scale = window
    far = np.flatnonzero(~shapely.intersects(shapely.box(*layer.core), layer.shapes))
    clear = max(overlay.clear(row) for overlay in overlays for row in [-1, *far.tolist()])
    for _ in range(ROUNDS):
        drawn = [shape for overlay in overlays for shape in overlay.ground(scale)]
        ground.cover(drawn)
        room = clear * scale.metres_per_mm / RATIOS[0]
        roomy = _with_room(window, drawn, EDGE_MM * scale.metres_per_mm)
        insets, wide = plan_insets(layer, ground, roomy, sheet, room)
        if wide.metres_per_mm <= scale.metres_per_mm * (1 + 1e-9):
            break
        scale = wide.scaled_to(wide.width_mm * SLACK)
    return insets, wide


def _with_room(window: Window, drawn: Sequence[Any], edge: float) -> Window:
    """Window grown to hold what is drawn at its edges; what leads far beyond stays cut."""
    outward = np.array([-1, -1, 1, 1])
    bounds = shapely.bounds(np.array(drawn, dtype=object)) + outward * edge
    beyond = np.maximum((bounds - np.array(window.box)) * outward, 0)
    size = np.array([window.x1 - window.x0, window.y1 - window.y0] * 2)
    near = (beyond < NEAR * size).all(axis=1)
    left, bottom, right, top = beyond[near].max(axis=0, initial=0.0).tolist()
    grown = window.padded(left=left, bottom=bottom, right=right, top=top)
    return grown.scaled_to(window.width_mm)


def _take(
    ground: Ground,
    window: Window,
    size_mm: tuple[float, float],
    corners: Sequence[str] | None = None,
) -> Box | None:
    """Place found on the frame, which is then taken."""
    box = place(ground, window, size_mm, *(() if corners is None else (corners,)))
    if box is not None:
        ground.taken.append(box)
    return box


def _names(
    layer: Layer,
    window: Window,
    insets: Sequence[Inset],
    ground: Ground,
    sheet: Sheet,
    overlays: Sequence[Overlay],
) -> tuple[tuple[tuple[Name, ...], ...], tuple[str, ...]]:
    """Names on the main map and in each inset; those for which there was no room."""
    rows = find_units(layer, list(sheet.labels or ()))
    here: list[list[Wanted]] = [[] for _ in range(len(insets) + 1)]
    for row in dict.fromkeys(rows):
        x, y = layer.points[row].tolist()
        clear = max((overlay.clear(row) for overlay in overlays), default=0.0)
        here[_where(x, y, window, insets)].append(Wanted(layer.names[row], x, y, clear))
    free = Ground(layer)
    grounds = [ground, *(free for _ in insets)]
    windows = [window, *(inset.shown for inset in insets)]
    placed = [
        place_names(wanted, shown, each, sheet.small)
        for wanted, shown, each in zip(here, windows, grounds, strict=True)
    ]
    return tuple(tuple(names) for names, _ in placed), tuple(x for _, out in placed for x in out)


def _where(x: float, y: float, window: Window, insets: Sequence[Inset]) -> int:
    """Which of main map (0) and insets (1 and on) names a point: the one that shows it largest."""
    at = (x, y, x, y)
    scales = {0: 1.0} if window.holds(at) else {}
    scales |= {
        place: inset.ratio for place, inset in enumerate(insets, start=1) if inset.shown.holds(at)
    }
    return max(scales, key=lambda place: scales[place], default=0)


def draw_map(axes: Axes, plan: Plan, panel: Panel, sheet: Sheet, *, degrees: float | None) -> None:
    """Fill axes that have the window's shape; `degrees` is the turn of latitudes at the frame."""
    window, looks = plan.window, panel.looks or plan.legend.looks
    axes.set(xlim=(window.x0, window.x1), ylim=(window.y0, window.y1), xticks=[], yticks=[])
    axes.set(aspect="equal", xlabel="", ylabel="", gid="map")
    if sheet.graticule:
        size = None if degrees is None else sheet.small
        draw_graticule(axes, window, plan.layer, size, turn=degrees or 0.0)
    faint = bool(panel.lines) or panel.overlay is not None
    rows = np.arange(len(panel.codes))
    if plan.layer.zoomed:
        rows = np.flatnonzero(shapely.intersects(shapely.box(*window.box), plan.layer.shapes))
    draw_units(axes, plan.layer.shapes[rows], panel.codes[rows], looks, small=plan.small)
    fine = fineness(window.width_mm)
    draw_lines(axes, plan.layer, fine, faint=faint)
    _draw_over(axes, panel, looks, window)
    for collection in axes.collections:
        collection.set_clip_path(window.rectangle(), axes.transData)
    for inset, names in zip(plan.insets, plan.names[1:], strict=True):
        child = inset.draw(axes, panel.codes, looks, sheet, fine, faint=faint)
        if inset.repeats(window):
            inset.mark_ground(axes)
        _draw_over(child, panel, looks, inset.shown, window if inset.ratio <= 1 else None)
        draw_names(child, names, sheet.small)
    if plan.bar_box is not None:
        plan.bar.draw(axes, plan.bar_box, window)
    if plan.arrow is not None and plan.arrow_box is not None:
        x0, y0, x1, y1 = plan.arrow_box
        plan.arrow.draw(axes, plan.arrow_box, window, ((x0 + x1) / 2, (y0 + y1) / 2))
    if plan.legend_box is not None:
        _legend_inside(axes, plan, plan.legend_box)
    draw_names(axes, plan.names[0], sheet.small)


def _draw_over(
    axes: Axes,
    panel: Panel,
    looks: Sequence[Look],
    window: Window,
    elsewhere: Window | None = None,
) -> None:
    """Draw lines and what else stands over the units."""
    draw_links(axes, panel.lines, looks)
    if panel.overlay is not None:
        panel.overlay.draw(axes, window, elsewhere=elsewhere)


def _legend_inside(axes: Axes, plan: Plan, box: Box) -> None:
    """Put the legend on the free ground found for it."""
    x0, y0, x1, y1 = box
    child = axes.inset_axes((x0, y0, x1 - x0, y1 - y0), transform=axes.transData, zorder=6)
    plan.legend.draw(child, 1)


def words_below(
    notes: Sequence[str], plan: Plan, panels: Sequence[Panel], sheet: Sheet
) -> list[str]:
    """Paragraphs below maps, with the names that found no room on them."""
    said = [*notes, *([term("map.small", sheet.lang)] if plan.small else [])]
    for panel in panels:
        over = [] if panel.overlay is None else panel.overlay.said(plan.window, sheet.lang)
        said += [f"{panel.head}: {text}" if len(panels) > 1 else text for text in over]
    if plan.unnamed:
        comma = "、" if sheet.lang == "zh" else ", "
        said.append(term("map.unnamed", sheet.lang, names=comma.join(plan.unnamed)))
    return footnotes(said, sheet.lang, sheet.note, sheet.source, sheet.approval)
