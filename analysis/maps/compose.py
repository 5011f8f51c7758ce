"""A finished sheet of one or more maps, on paper of its own or in axes that the user gives."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.canvas import LINE, MM_PER_POINT, axes_mm, paper, wrap, write
from analysis.fonts import style
from analysis.maps.colours import Look
from analysis.maps.inaxes import in_axes
from analysis.maps.layer import Layer
from analysis.maps.legend import Legend
from analysis.maps.options import Sheet
from analysis.maps.placing import Window
from analysis.maps.plan import Panel, Plan, draw_map, first_window, make_plan, words_below

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Panel", "compose"]

GAP = 3.0
EDGE = 0.3  # so that frames are not cut at the border of the page
TALLEST = 215.0
SMALLEST_PANEL = 38.0
DEGREES_FROM = 90.0  # panels at least this wide carry degrees at their frame
DEGREE_ROOM = (7.5, 3.8)


def compose(
    layer: Layer,
    looks: Sequence[Look],
    panels: Sequence[Panel],
    *,
    sheet: Sheet,
    notes: Sequence[str],
    heading: str | None = None,
) -> Figure:
    """Draw a sheet of maps that share classes, legend and frame.

    Parameters
    ----------
    layer
        Prepared units.
    looks
        Classes in the order of the codes.
    panels
        One per map.
    sheet
        Options.
    notes
        What the map says about itself; the user's own note, source and approval follow.
    heading
        Words above the legend.
    """
    counts = list(zip(*(panel.counts(looks) for panel in panels), strict=True))
    heads = tuple(panel.head for panel in panels) if len(panels) > 1 else ()
    legend = Legend(looks, counts, heads, heading, sheet.font_size)
    with style(sheet.font_size):
        if sheet.ax is not None:
            return in_axes(layer, panels, legend, sheet, notes)
        page = _page(layer, len(panels), legend, sheet)
        return _on_paper(page, panels, sheet, words_below(notes, page.plan, sheet))


@dataclass(frozen=True)
class Page:
    """A grid of equal panels with the legend in one of them, in an empty cell, or below; in mm."""

    plan: Plan
    columns: int
    rows: int
    cell: float
    left: float
    under: float
    head: float
    legend_at: str  # "inside", "cell" or "below"
    legend_columns: int
    legend_size: tuple[float, float]

    @property
    def row(self) -> float:
        """Height of a row of panels."""
        return self.head + self.plan.window.height_mm + self.under

    @property
    def maps(self) -> float:
        """Height of all rows."""
        return self.rows * self.row + (self.rows - 1) * 1.2

    @property
    def bar_room(self) -> float:
        """Height for a scale bar that found no room on the map."""
        return 0.0 if self.plan.bar_box is not None else self.plan.bar.size_mm[1] + 2.0

    @property
    def legend_room(self) -> float:
        """Height for a legend below the maps."""
        return self.legend_size[1] + 2.5 if self.legend_at == "below" else 0.0

    def corner(self, number: int) -> tuple[float, float]:
        """Left and top of a panel's map, from the upper left corner of the maps."""
        across, down = number % self.columns, number // self.columns
        inner = self.cell - self.left - EDGE
        x = across * (self.cell + GAP) + self.left + (inner - self.plan.window.width_mm) / 2
        return x, down * (self.row + 1.2) + self.head


def _page(layer: Layer, count: int, legend: Legend, sheet: Sheet) -> Page:
    """Choose the grid and plan the map for the width of a panel."""
    columns = _columns(count, sheet)
    cell = (sheet.width_mm - (columns - 1) * GAP) / columns
    degrees = sheet.graticule and cell >= DEGREES_FROM
    left, under = DEGREE_ROOM if degrees else (EDGE, EDGE)
    plan = _plan_at(layer, legend, sheet, cell - left - EDGE, single=count == 1)
    if plan.window.height_mm > TALLEST:
        narrow = plan.window.width_mm * TALLEST / plan.window.height_mm
        plan = _plan_at(layer, legend, sheet, narrow, single=count == 1)
    head = 1.8 * sheet.font_size * MM_PER_POINT if legend.heads else EDGE
    rows = math.ceil(count / columns)
    at, within = "inside", cell
    if plan.legend_box is None:
        size = legend.measure(1)
        spare = rows * columns - count
        fits = spare and size[0] < cell - left and size[1] < plan.window.height_mm
        at, within = ("cell", cell - left) if fits else ("below", sheet.width_mm - left)
    wide = legend.columns_in(within) if at == "below" else 1
    size = legend.measure(wide, within if at != "inside" else None)
    return Page(plan, columns, rows, cell, left, under, head, at, wide, size)


def _plan_at(layer: Layer, legend: Legend, sheet: Sheet, width: float, *, single: bool) -> Plan:
    """Plan of the map at a printed width."""
    return make_plan(layer, first_window(layer, sheet, width), legend, sheet, legend_inside=single)


def _columns(count: int, sheet: Sheet) -> int:
    """Panels beside one another."""
    if sheet.columns is not None:
        return min(sheet.columns, count)
    fit = max(1, int((sheet.width_mm + GAP) // (SMALLEST_PANEL + GAP)))
    return min(fit, {1: 1, 2: 2, 3: 2, 4: 2}.get(count, 3))


def _on_paper(page: Page, panels: Sequence[Panel], sheet: Sheet, notes: Sequence[str]) -> Figure:
    """Draw a figure of the printed width and of the height that its parts need."""
    lines = [line for note in notes for line in wrap(note, sheet.small, sheet.width_mm - 1)]
    step = LINE * sheet.small * MM_PER_POINT
    foot = len(lines) * step + (1.5 if lines else 0.5)
    title = 2.2 * sheet.font_size * MM_PER_POINT if sheet.title else 0.0
    height = title + page.maps + page.bar_room + page.legend_room + foot
    figure = paper(sheet.width_mm, height)
    top = height - title
    window = page.plan.window
    for place, panel in enumerate(panels):
        x, down = page.corner(place)
        y = top - down - window.height_mm
        axes = axes_mm(figure, x, y, window.width_mm, window.height_mm)
        draw_map(axes, page.plan, panel, sheet, degrees=page.left > EDGE)
        _write_head(axes, panel, window, sheet)
    floor = top - page.maps
    if page.plan.bar_box is None:
        _bar_below(figure, page, floor - page.bar_room)
    _legend_on_paper(figure, page, len(panels), top, floor - page.bar_room)
    sheet_axes = axes_mm(figure, 0, 0, sheet.width_mm, height)
    sheet_axes.set(xlim=(0, sheet.width_mm), ylim=(0, height), gid="words")
    sheet_axes.set_axis_off()
    for place, line in enumerate(lines):
        y = foot - 1.0 - place * step
        write(sheet_axes, 0.4, y, line, sheet.small, va="top", color="#333333", gid="note")
    if sheet.title:
        write(sheet_axes, 0.4, height - 0.6, sheet.title, sheet.font_size + 1.5, va="top")
    return figure


def _write_head(axes: Axes, panel: Panel, window: Window, sheet: Sheet) -> None:
    """Words above a panel."""
    if panel.head:
        y = window.y1 + 0.9 * window.metres_per_mm
        write(axes, window.x0, y, panel.head, sheet.font_size, va="bottom", gid="head")


def _bar_below(figure: Figure, page: Page, y: float) -> None:
    """Scale bar under the maps, on axes of the same scale."""
    window, (width, height) = page.plan.window, page.plan.bar.size_mm
    axes = axes_mm(figure, page.left + 0.5, y + 0.5, width, height)
    unit = window.metres_per_mm
    axes.set(xlim=(0, width * unit), ylim=(0, height * unit), gid="scale")
    axes.set_axis_off()
    page.plan.bar.draw(axes, (0, 0, width * unit, height * unit), window)


def _legend_on_paper(figure: Figure, page: Page, count: int, top: float, floor: float) -> None:
    """Legend in the first empty cell, or below the maps."""
    if page.legend_at == "inside":
        return
    legend, (width, height) = page.plan.legend, page.legend_size
    if page.legend_at == "cell":
        _, down = page.corner(count)
        x = (count % page.columns) * (page.cell + GAP) + page.left + 2.0
        y = top - down - (page.plan.window.height_mm + height) / 2
        width = page.cell - page.left - 2.0
    else:
        x, y = max(page.left, 0.5), floor - height - 1.8
        width = max(width, page.columns * (page.cell + GAP) - GAP - page.left - 0.5)
    axes = axes_mm(figure, x, y, width, height)
    legend.draw(axes, page.legend_columns, width)
