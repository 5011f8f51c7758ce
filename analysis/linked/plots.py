"""Scatter and map as bokeh plots on one table of cities, so that a selection shows in both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.fonts import FALLBACK, FAMILIES
from analysis.linked.outlines import Outlines
from analysis.maps.colours import Look

if TYPE_CHECKING:
    from bokeh.models import ColumnDataSource
    from bokeh.plotting import figure

__all__ = ["plots"]

FONT = f"{FAMILIES[0]}, {FALLBACK}"
SCATTER, MAP = (430, 460), 760  # pixels; the map is as high as its ground asks for
LOWEST, HIGHEST = 420, 720
FADED = 0.25
HATCHES = {"/": "/", "x": "x", "\\": "\\", "-": "-", "|": "|", "+": "+"}
LINES = {"province": ("#3c3c3c", 0.8), "sea": ("#3c3c3c", 1.4)}
# columns that the page fills in for the variable and the year
EMPTY: dict[str, Any] = {"z": float("nan"), "lag": float("nan"), "face": "white", "hatch": " "}
FILLED = ("z", "lag", "face", "hatch", "value_text", "lag_text", "z_text", "p_text", "class_text")


def plots(drawn: Outlines, words: dict[str, str], lang: str) -> list[Any]:
    """Make the scatter and the map; the page fills their common table.

    Parameters
    ----------
    drawn
        Shapes, names and lines.
    words
        Printed words of the tooltip.
    lang
        Decides which names the tooltip shows.
    """
    from bokeh.models import ColumnDataSource

    count = len(drawn.labels)
    columns: dict[str, Any] = {
        "name": _shown(drawn, lang),
        "xs": drawn.xs,
        "ys": drawn.ys,
        "x": drawn.inside[0],
        "y": drawn.inside[1],
        **{name: [EMPTY.get(name, "")] * count for name in FILLED},
    }
    source = ColumnDataSource(columns, name="cities")
    return [_scatter(source, words), _map(source, drawn, words)]


def _shown(drawn: Outlines, lang: str) -> list[str]:
    """Names as printed; an English name stands before that of the layer's own language."""
    pairs = zip(drawn.names, drawn.aliases, strict=True)
    return [name if lang == "zh" or name == alias else f"{name} {alias}" for name, alias in pairs]


def _tooltip(words: dict[str, str]) -> str:
    rows = "".join(
        f"<tr><td>{words[key]}</td><td>@{key}_text</td></tr>"
        for key in ("class", "value", "z", "lag", "p")
    )
    return (
        f'<div class="tip" style="font-family:{FONT.replace(chr(39), "")}"><b>@name</b>'
        f"<table>{rows}</table></div>"
    )


def _tools(words: dict[str, str], hovered: list[Any], selected: list[Any]) -> list[Any]:
    """Tools of a plot: hovering over what is drawn, selecting by the points."""
    from bokeh.models import (
        BoxSelectTool,
        HoverTool,
        LassoSelectTool,
        PanTool,
        ResetTool,
        TapTool,
        WheelZoomTool,
    )

    tools = {
        "box": BoxSelectTool(renderers=selected),
        "lasso": LassoSelectTool(renderers=selected, continuous=False),
        "tap": TapTool(renderers=hovered),
        "pan": PanTool(),
        "zoom": WheelZoomTool(),
        "reset": ResetTool(),
        "hover": HoverTool(
            renderers=hovered, tooltips=_tooltip(words), point_policy="follow_mouse"
        ),
    }
    for name, tool in tools.items():
        tool.description = words[f"tool_{name}"]
    return list(tools.values())


def _figure(size: tuple[int, int], name: str, **options: Any) -> figure:
    from bokeh.plotting import figure

    made = figure(
        width=size[0],
        height=size[1],
        name=name,
        tools="",
        toolbar_location="above",
        output_backend="canvas",
        **options,
    )
    made.toolbar.logo = None
    made.outline_line_color = None
    return made


def _widen(renderer: Any, width: float) -> None:
    """Draw what is selected with a wider border."""
    renderer.selection_glyph.line_width = width


def _dress(made: figure, tools: list[Any]) -> None:
    made.add_tools(*tools)
    made.toolbar.active_drag = tools[0]
    made.toolbar.active_scroll = None


def _scatter(source: ColumnDataSource, words: dict[str, str]) -> figure:
    from bokeh.models import ColumnDataSource
    from bokeh.models.annotations import Span

    made = _figure(SCATTER, "scatter", x_range=(-1, 1), y_range=(-1, 1))
    for dimension in ("width", "height"):
        made.add_layout(
            Span(location=0, dimension=dimension, line_color="#808080", line_dash="dashed")
        )
    line = ColumnDataSource({"x": [], "y": []}, name="slope")
    made.line("x", "y", source=line, line_color="#35648f", line_width=1.5)
    points = made.scatter(
        "z",
        "lag",
        source=source,
        size=8,
        fill_color="face",
        line_color="#4a4a4a",
        line_width=0.6,
        nonselection_alpha=FADED,
        selection_line_color="black",
    )
    _widen(points, 1.6)
    for axis in (*made.xaxis, *made.yaxis):
        axis.axis_label_text_font = axis.major_label_text_font = FONT
        axis.axis_label_text_font_style = "normal"
        axis.axis_label_text_font_size = "13px"
    made.grid.visible = False
    _dress(made, _tools(words, [points], [points]))
    return made


def _map(source: ColumnDataSource, drawn: Outlines, words: dict[str, str]) -> figure:
    x0, y0, x1, y1 = drawn.bounds
    edge = 0.03 * max(x1 - x0, y1 - y0)
    ratio = (y1 - y0 + 2 * edge) / (x1 - x0 + 2 * edge)
    height = int(np.clip(ratio * MAP, LOWEST, HIGHEST))
    made = _figure(
        (MAP, height),
        "map",
        match_aspect=True,
        x_range=(x0 - edge, x1 + edge),
        y_range=(y0 - edge, y1 + edge),
    )
    made.axis.visible = made.grid.visible = False
    units = made.multi_polygons(
        "xs",
        "ys",
        source=source,
        fill_color="face",
        hatch_pattern="hatch",
        hatch_color="#9a9a9a",
        hatch_scale=6,
        hatch_weight=0.6,
        line_color="#8c8c8c",
        line_width=0.5,
        nonselection_alpha=FADED,
        nonselection_hatch_alpha=FADED,
        selection_line_color="black",
    )
    _widen(units, 1.8)
    for kind in sorted({kind for kind, _, _ in drawn.lines}):
        colour, width = LINES.get(kind, LINES["province"])
        xs, ys = zip(*((x, y) for one, x, y in drawn.lines if one == kind), strict=True)
        made.multi_line(list(xs), list(ys), line_color=colour, line_width=width)
    inside = made.scatter(
        "x", "y", source=source, size=1, alpha=0, nonselection_alpha=0, selection_alpha=0
    )
    _dress(made, _tools(words, [units], [inside]))
    return made


def hatches(looks: list[Look]) -> list[str]:
    """Name of each class's hatch as bokeh calls it; "" for none."""
    return [HATCHES.get((look.hatch or " ")[0], "") for look in looks]
