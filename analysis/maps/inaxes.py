"""A map inside axes that the user gives, with legend and notes kept within their box."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analysis.canvas import LINE, MM_PER_INCH, MM_PER_POINT, wrap, write
from analysis.fonts import families
from analysis.maps.layer import Layer
from analysis.maps.legend import Legend
from analysis.maps.options import Sheet
from analysis.maps.plan import Panel, Plan, draw_map, first_window, make_plan, words_below
from spatial.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["in_axes", "size_of"]

LEAST_MM = 20.0


def in_axes(
    layer: Layer, panels: Sequence[Panel], legend: Legend, sheet: Sheet, notes: Sequence[str]
) -> Figure:
    """Draw one map into `sheet.ax` and give its figure.

    The axes keep the map's coordinates, so that points and lines can be added by the user; the
    window is widened to the shape of the axes, and its lower part holds notes and, where the map
    has no free corner, the legend.
    """
    axes: Axes = sheet.ax
    if len(panels) != 1:
        raise InputError(
            f"{len(panels)} maps do not fit into one ax; leave ax out, or give one year's result."
        )
    width, height = size_of(axes)
    first = _arrange(layer, panels[0], legend, sheet, (width, height), 0)
    texts = words_below(notes, first.plan, panels, sheet)
    lines = [line for text in texts for line in wrap(text, sheet.small, width - 1)]
    parts = _arrange(layer, panels[0], legend, sheet, (width, height), len(lines))
    plan, unit = parts.plan, parts.plan.window.metres_per_mm
    draw_map(axes, plan, panels[0], sheet, degrees=None)
    floor = plan.window.y0 - (parts.notes + parts.legend + parts.bar) * unit
    axes.set_ylim(floor, plan.window.y1)
    axes.plot([plan.window.x0, plan.window.x1], [plan.window.y0] * 2, color="#404040", lw=0.4)
    for spine in axes.spines.values():
        spine.set(linewidth=0.5, edgecolor="#404040")
    _write_lines(axes, plan, lines, sheet, floor)
    if parts.bar:
        left, base = plan.window.x0 + 0.8 * unit, plan.window.y0 - parts.bar * unit
        plan.draw_below(axes, (left, base), width - 1.6)
    if parts.legend:
        box = (plan.window.x0 + 0.5 * unit, floor + parts.notes * unit)
        size = ((width - 1) * unit, (parts.legend - 1.5) * unit)
        child = axes.inset_axes((*box, *size), transform=axes.transData, zorder=6)
        legend.draw(child, legend.columns_in(width - 1), width - 1)
    if sheet.title:
        axes.set_title(
            sheet.title, loc="left", fontsize=sheet.font_size + 1.5, family=list(families())
        )
    return axes.get_figure(root=True)  # type: ignore[return-value]


@dataclass(frozen=True)
class Parts:
    """Plan of the map, and the heights in millimetres of what stands below it."""

    plan: Plan
    notes: float
    legend: float
    bar: float


def _arrange(
    layer: Layer, panel: Panel, legend: Legend, sheet: Sheet, size: tuple[float, float], lines: int
) -> Parts:
    """Move legend, scale bar and arrow below the map where it has no room for them."""
    width, height = size
    step = LINE * sheet.small * MM_PER_POINT
    notes = lines * step + (1.2 if lines else 0.0)
    height -= notes
    plan = _plan(layer, panel, legend, sheet, (width, height), inside=True)
    if plan.legend_box is not None and not plan.below_mm:
        return Parts(plan, notes, 0.0, 0.0)
    below = 0.0
    if sheet.legend != "none":
        below = legend.measure(legend.columns_in(width - 1), width - 1)[1] + 1.5
        plan = _plan(layer, panel, legend, sheet, (width, height - below), inside=False)
    if not plan.below_mm:
        return Parts(plan, notes, below, 0.0)
    bar = plan.below_mm + 1.5
    room = (width, height - below - bar)
    smaller = _plan(layer, panel, legend, sheet, room, inside=False)
    boxes = (
        None if plan.bar_box is None else smaller.bar_box,
        None if plan.arrow_box is None else smaller.arrow_box,
    )
    return Parts(replace(smaller, bar_box=boxes[0], arrow_box=boxes[1]), notes, below, bar)


def size_of(axes: Axes) -> tuple[float, float]:
    """Measure axes on paper: width and height in millimetres."""
    from matplotlib.axes import Axes as AnyAxes

    if not isinstance(axes, AnyAxes):
        raise InputError(f"ax is a {type(axes).__name__}, not matplotlib axes; give one of them.")
    figure = axes.get_figure(root=True)
    shape = axes.get_window_extent()
    dpi = figure.dpi if figure is not None else 100.0
    return shape.width / dpi * MM_PER_INCH, shape.height / dpi * MM_PER_INCH


def _plan(
    layer: Layer,
    panel: Panel,
    legend: Legend,
    sheet: Sheet,
    size: tuple[float, float],
    *,
    inside: bool,
) -> Plan:
    """Plan a map that fits into a box of that size and fills it."""
    width, height = size
    if min(size) < LEAST_MM:
        raise InputError(
            f"ax leaves {max(width, 0):.0f} × {max(height, 0):.0f} mm for the map; make it larger "
            "or draw the map as a figure of its own."
        )
    over = [] if panel.overlay is None else [panel.overlay]
    window = first_window(layer, sheet, width)
    plan = make_plan(layer, window, legend, sheet, legend_inside=False, overlays=over)
    fit = width * min(1.0, height / plan.window.height_mm)
    window = first_window(layer, sheet, fit)
    return make_plan(
        layer, window, legend, sheet, legend_inside=inside, overlays=over, fill_mm=size
    )


def _write_lines(axes: Axes, plan: Plan, lines: Sequence[str], sheet: Sheet, floor: float) -> None:
    """Write notes from the floor of the axes upwards."""
    unit = plan.window.metres_per_mm
    step = LINE * sheet.small * MM_PER_POINT * unit
    for place, line in enumerate(reversed(lines)):
        y = floor + 0.6 * unit + place * step
        x = plan.window.x0 + 0.5 * unit
        write(axes, x, y, line, sheet.small, va="bottom", color="#333333", gid="note")
