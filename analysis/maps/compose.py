"""A finished sheet of one or more maps, on paper of its own or in axes that the user gives."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.canvas import LINE, MM_PER_POINT, axes_mm, paper, wrap, write
from analysis.fonts import style
from analysis.maps.colours import Look
from analysis.maps.inaxes import in_axes, size_of
from analysis.maps.layer import Layer
from analysis.maps.legend import Key, Legend
from analysis.maps.options import Sheet
from analysis.maps.placing import Window
from analysis.maps.plan import Panel, Plan, draw_map, first_window, make_plan, words_below

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Panel", "compose", "panel_window"]

GAP = 3.0
EDGE = 0.3  # so that frames are not cut at the border of the page
TALLEST = 215.0
SMALLEST_PANEL = 38.0
DEGREES_FROM = 60.0  # panels at least this wide carry degrees at their frame
UPRIGHT_FROM = 90.0  # and at least this wide, latitudes that need not be turned
DEGREE_ROOM = 3.8  # beside a line of degrees; upright latitudes need twice as much


def compose(
    layer: Layer,
    looks: Sequence[Look],
    panels: Sequence[Panel],
    *,
    sheet: Sheet,
    notes: Sequence[str],
    heading: str | None = None,
    key: Key | None = None,
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
    key
        Sizes of symbols or arrows, drawn between heading and classes of the legend.
    """
    legends = _legends(looks, panels, sheet, heading, key)
    with style(sheet.font_size):
        if sheet.ax is not None:
            return in_axes(layer, panels, legends[0], sheet, notes)
        page = _page(layer, panels, legends, sheet)
        return _on_paper(page, panels, sheet, words_below(notes, page.plan, panels, sheet))


def _legends(
    looks: Sequence[Look],
    panels: Sequence[Panel],
    sheet: Sheet,
    heading: str | None,
    key: Key | None,
) -> list[Legend]:
    """One legend for all panels, or one each where panels have classes of their own."""
    size = sheet.font_size
    if any(panel.looks is not None for panel in panels):
        return [
            Legend(own, [[n] for n in panel.counts(own)], (), panel.heading, size)
            for panel in panels
            for own in [panel.looks or looks]
        ]
    counts = list(zip(*(panel.counts(looks) for panel in panels), strict=True))
    heads = tuple(panel.short or panel.head for panel in panels) if len(panels) > 1 else ()
    return [Legend(looks, counts, heads, heading, size, key)]


@dataclass(frozen=True)
class Page:
    """A grid of equal panels with their legend, in millimetres.

    `legend_at` is "inside" the map, in an empty "cell", "below" all maps, "under" each map, or
    "none".
    """

    plan: Plan
    legends: Sequence[Legend]
    columns: int
    rows: int
    cell: float
    left: float
    under: float
    head: float
    turn: float | None
    legend_at: str
    legend_columns: int
    legend_size: tuple[float, float]

    @property
    def row(self) -> float:
        """Height of a row of panels."""
        own = self.legend_size[1] + 2.0 if self.legend_at == "under" else 0.0
        return self.head + self.plan.window.height_mm + self.under + own

    @property
    def maps(self) -> float:
        """Height of all rows."""
        return self.rows * self.row + (self.rows - 1) * 1.2

    @property
    def bar_room(self) -> float:
        """Height for a scale bar or an arrow that found no room on the map."""
        return self.plan.below_mm + 2.0 if self.plan.below_mm else 0.0

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


def panel_window(layer: Layer, sheet: Sheet, count: int) -> Window:
    """About what one of `count` panels shows and at which scale, before insets are placed."""
    if sheet.ax is not None:
        return first_window(layer, sheet, size_of(sheet.ax)[0])
    columns = _columns(count, sheet)
    window = first_window(layer, sheet, (sheet.width_mm - (columns - 1) * GAP) / columns)
    return window.scaled_to(window.width_mm * min(1.0, TALLEST / window.height_mm))


def _page(layer: Layer, panels: Sequence[Panel], legends: Sequence[Legend], sheet: Sheet) -> Page:
    """Choose the grid and plan the map for the width of a panel."""
    count, legend = len(panels), legends[0]
    columns = _columns(count, sheet)
    cell = (sheet.width_mm - (columns - 1) * GAP) / columns
    turn: float | None = 90.0 if cell < UPRIGHT_FROM else 0.0
    left, under = (DEGREE_ROOM * (1 if turn else 2), DEGREE_ROOM)
    if not sheet.graticule or cell < DEGREES_FROM:
        left, under, turn = EDGE, EDGE, None
    plan = _plan_at(layer, panels, legend, sheet, cell - left - EDGE)
    if plan.window.height_mm > TALLEST:
        narrow = plan.window.width_mm * TALLEST / plan.window.height_mm
        plan = _plan_at(layer, panels, legend, sheet, narrow)
    head = 1.8 * sheet.font_size * MM_PER_POINT if any(panel.head for panel in panels) else EDGE
    rows = math.ceil(count / columns)
    spare = rows * columns > count
    rooms = (cell - left, sheet.width_mm - left)
    at, wide, size = _legend_place(plan, legends, sheet, rooms, spare=spare)
    return Page(plan, legends, columns, rows, cell, left, under, head, turn, at, wide, size)


def _legend_place(
    plan: Plan, legends: Sequence[Legend], sheet: Sheet, rooms: tuple[float, float], *, spare: bool
) -> tuple[str, int, tuple[float, float]]:
    """Where the legend goes, in how many columns of classes, and its size.

    `rooms` are the widths of a cell and of the page; `spare` says whether a cell is empty.
    """
    cell, page = rooms
    if sheet.legend == "none":
        return "none", 1, (0.0, 0.0)
    if len(legends) > 1:
        wide = min(legend.columns_in(cell) for legend in legends)
        sizes = [legend.measure(wide, cell) for legend in legends]
        return "under", wide, (cell, max(height for _, height in sizes))
    (legend,) = legends
    if plan.legend_box is not None:
        return "inside", 1, legend.measure(1)
    alone = legend.measure(1)
    if spare and alone[0] < cell and alone[1] < plan.window.height_mm:
        return "cell", 1, legend.measure(1, cell)
    wide = legend.columns_in(page)
    return "below", wide, legend.measure(wide, page)


def _plan_at(
    layer: Layer, panels: Sequence[Panel], legend: Legend, sheet: Sheet, width: float
) -> Plan:
    """Plan of the map at a printed width."""
    single = len(panels) == 1
    overlays = [panel.overlay for panel in panels if panel.overlay is not None]
    window = first_window(layer, sheet, width)
    return make_plan(layer, window, legend, sheet, legend_inside=single, overlays=overlays)


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
        draw_map(axes, page.plan, panel, sheet, degrees=page.turn)
        _write_head(axes, panel, window, sheet)
    floor = top - page.maps
    if page.bar_room:
        _furniture_below(figure, page, floor - page.bar_room)
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


def _furniture_below(figure: Figure, page: Page, y: float) -> None:
    """Scale bar and arrow under the maps, on axes of the same scale."""
    plan, unit = page.plan, page.plan.window.metres_per_mm
    width, height = page.cell - page.left - 1.0, plan.below_mm
    axes = axes_mm(figure, page.left + 0.5, y + 0.5, width, height)
    axes.set(xlim=(0, width * unit), ylim=(0, height * unit), gid="scale")
    axes.set_axis_off()
    plan.draw_below(axes, (0, 0), width)


def _legend_on_paper(figure: Figure, page: Page, count: int, top: float, floor: float) -> None:
    """Legend in the first empty cell, below all maps, or one under each."""
    width, height = page.legend_size
    if page.legend_at == "under":
        for place, legend in enumerate(page.legends):
            x, down = page.corner(place)
            own = legend.measure(page.legend_columns, width)[1]
            y = top - down - page.plan.window.height_mm - page.under - 1.0 - own
            legend.draw(axes_mm(figure, x, y, width, own), page.legend_columns, width)
    elif page.legend_at == "cell":
        _, down = page.corner(count)
        x = (count % page.columns) * (page.cell + GAP) + page.left + 2.0
        y = top - down - (page.plan.window.height_mm + height) / 2
        width = page.cell - page.left - 2.0
        page.legends[0].draw(axes_mm(figure, x, y, width, height), page.legend_columns, width)
    elif page.legend_at == "below":
        x, y = max(page.left, 0.5), floor - height - 1.8
        width = max(width, page.columns * (page.cell + GAP) - GAP - page.left - 0.5)
        page.legends[0].draw(axes_mm(figure, x, y, width, height), page.legend_columns, width)
