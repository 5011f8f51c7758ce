"""What every figure can be told, and the sheet it is drawn on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, TypedDict

from analysis.canvas import LINE, MM_PER_INCH, MM_PER_POINT, check_width, footnotes, paper, wrap
from analysis.fonts import families
from analysis.terms import check_language
from spatial.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["COLOURS", "MARKERS", "Frame", "Options", "finish", "open_axes", "read_options", "words"]

# darker to lighter, apart for colour-blind readers and in grey; markers differ as well
COLOURS = ("#1f4e79", "#c8501e", "#6a9f3c", "#8a63a8", "#3f3f3f", "#d8a31c")
MARKERS = ("o", "s", "^", "D", "v", "P")


class Options(TypedDict, total=False):
    """Keyword arguments that all figures share.

    lang
        "en" (default) or "zh".
    width_mm, height_mm
        Printed size; the height follows from the content where it is left out.
    font_size
        In points, default 7.
    ax
        Draw into these axes; notes go below their labels.
    labels
        Column, term or unit to the name to be printed.
    title, note, source, approval
        Text; no title by default. `note` follows what the figure says of itself.
    legend
        False leaves it out; a matplotlib place ("upper left") puts it inside; default above.
    colours
        In place of the figure's own, in their order, which each figure states; those after the
        last one given stay.
    """

    lang: str
    width_mm: float
    height_mm: float | None
    font_size: float
    ax: Axes | None
    labels: Mapping[str, str] | None
    title: str | None
    note: str | None
    source: str | None
    approval: str | None
    legend: bool | str | None
    colours: Sequence[str] | None


@dataclass(frozen=True)
class Frame:
    """The options of one figure, with their defaults."""

    lang: str = "en"
    width_mm: float = 80.0
    height_mm: float | None = None
    font_size: float = 7.0
    ax: Any = None
    labels: Mapping[str, str] | None = field(default_factory=dict)
    title: str | None = None
    note: str | None = None
    source: str | None = None
    approval: str | None = None
    legend: bool | str | None = None
    colours: Sequence[str] | None = None

    def name(self, key: object) -> str:
        """Look up the printed name of a column, term or unit."""
        return str((self.labels or {}).get(str(key), key))

    def palette(self, own: Sequence[str] = COLOURS) -> tuple[str, ...]:
        """Colours of a figure, the user's before its own."""
        given = tuple(self.colours or ())
        return (*given, *own[len(given) :])

    def mark(self, place: int) -> tuple[str, str]:
        """Colour and marker of a series."""
        colours = self.palette()
        return colours[place % len(colours)], MARKERS[place % len(MARKERS)]

    @property
    def small(self) -> float:
        """Size of notes and labels of points."""
        return min(self.font_size, max(6.0, self.font_size - 1.0))


def read_options(options: Options) -> Frame:
    """Check shared options; unknown words and impossible values are refused."""
    known = [one.name for one in fields(Frame)]
    unknown = sorted(set(options) - set(known))
    if unknown:
        raise InputError(f"figures have no option {unknown[0]!r}; there are: {', '.join(known)}.")
    frame = Frame(**options)
    check_language(frame.lang)
    check_width(frame.width_mm, frame.font_size)
    if frame.height_mm is not None and not 25 <= frame.height_mm <= 1000:
        raise InputError(f"height_mm={frame.height_mm} is no page height; give 25 to 1000.")
    if isinstance(frame.legend, str):
        from matplotlib.legend import Legend

        if frame.legend not in Legend.codes:
            raise InputError(f"legend={frame.legend!r} is no place; use {', '.join(Legend.codes)}.")
    _require_colours(frame.colours)
    if frame.labels is not None and not isinstance(frame.labels, Mapping):
        raise InputError("labels must map columns, terms or units to printed names.")
    return frame


def _require_colours(colours: object) -> None:
    """Refuse what is no list of colours."""
    from matplotlib.colors import is_color_like

    if colours is None:
        return
    if isinstance(colours, str) or not isinstance(colours, Sequence):
        raise InputError(f'colours={colours!r} is no list; write such as ["#1f4e79", "black"].')
    wrong = [colour for colour in colours if not is_color_like(colour)]
    if wrong:
        raise InputError(
            f'colours holds {wrong[0]!r}, which is no colour; write such as "#1f4e79".'
        )


def open_stack(frame: Frame, heights_mm: tuple[float, float], spare_mm: float) -> list[Axes]:
    """Two panels over one x axis, on a new sheet or in the place of the user's axes."""
    above, below = heights_mm
    if frame.ax is None:
        figure = paper(frame.width_mm, frame.height_mm or above + below + spare_mm)
        shares: dict[str, Any] = {"height_ratios": heights_mm, "hspace": 0.04}
        return list(figure.subplots(2, 1, sharex=True, gridspec_kw=shares))
    (whole,) = open_axes(frame, 0.0)
    whole.set_axis_off()
    part = below / (above + below)
    lower = whole.inset_axes((0.0, 0.0, 1.0, part - 0.02))
    upper = whole.inset_axes((0.0, part + 0.02, 1.0, 0.98 - part), sharex=lower)
    return [upper, lower]


def open_axes(frame: Frame, height_mm: float, rows: int = 1, columns: int = 1) -> list[Axes]:
    """Axes to draw into: the user's, or a grid on a new sheet of the printed width."""
    if frame.ax is not None:
        from matplotlib.axes import Axes as AnyAxes

        if not isinstance(frame.ax, AnyAxes):
            raise InputError(f"ax is a {type(frame.ax).__name__}, not matplotlib axes.")
        return [frame.ax]
    figure = paper(frame.width_mm, frame.height_mm or height_mm)
    grid = figure.subplots(rows, columns, squeeze=False, sharey="row" if columns > 1 else "none")
    return list(grid.ravel())


def dress(axes: Axes, frame: Frame) -> None:
    """House style of axes, fixed on the artists so that later settings do not change it."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set(linewidth=0.5, edgecolor="#404040")
    axes.tick_params(
        labelsize=frame.font_size, labelfontfamily=list(families()), width=0.5, length=2.5
    )
    for label in (axes.xaxis.label, axes.yaxis.label, axes.title):
        label.set(fontsize=frame.font_size, family=list(families()), parse_math=False)


def words(axes: Axes, frame: Frame, x: str = "", y: str = "") -> None:
    """Name the axes."""
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    dress(axes, frame)


def add_legend(axes: Axes, frame: Frame, entries: int) -> None:
    """Put the legend above the axes in as many columns as fit, or where the user wants it."""
    if frame.legend is False or not entries:
        return
    style: dict[str, Any] = {
        "frameon": False,
        "prop": {"family": list(families()), "size": frame.font_size},
        "handlelength": 1.6,
        "columnspacing": 1.2,
        "borderaxespad": 0.2,
        "labelspacing": 0.35,
    }
    if isinstance(frame.legend, str):
        legend = axes.legend(**style | {"loc": frame.legend})
    else:
        columns = entries
        above: dict[str, Any] = style | {"loc": "lower left", "bbox_to_anchor": (0, 1.0)}
        legend = axes.legend(**above, ncols=columns)
        room = _room(axes, frame)
        while columns > 1 and legend.get_window_extent().width > room:
            columns -= 1
            legend = axes.legend(**above, ncols=columns)
    for text in legend.get_texts():
        text.set_parse_math(False)


def _room(axes: Axes, frame: Frame) -> float:
    """Pixels from the left edge of axes to the edge of the sheet, or to that of the user's axes."""
    figure = axes.get_figure(root=True)
    if frame.ax is not None or figure is None:
        return float(axes.get_window_extent().width)
    return float(figure.bbox.width - axes.get_window_extent().x0 * 1.5)


def finish(axes: Sequence[Axes], frame: Frame, notes: Sequence[str]) -> Figure:
    """Write title and notes and let the axes fill what is left of the sheet."""
    lines_of = footnotes(notes, frame.lang, frame.note, frame.source, frame.approval)
    if frame.ax is not None:
        return _finish_given(axes[0], frame, lines_of)
    figure = axes[0].get_figure(root=True)
    if figure is None:
        raise InputError("the axes belong to no figure; give axes of a figure.")
    width, height = (side * MM_PER_INCH for side in figure.get_size_inches())
    lines = [line for text in lines_of for line in wrap(text, frame.small, width - 1)]
    step = LINE * frame.small * MM_PER_POINT
    foot = len(lines) * step + (1.5 if lines else 0.0)
    head = 2.2 * frame.font_size * MM_PER_POINT if frame.title else 0.0
    if frame.height_mm is None:
        height += foot + head
        figure.set_size_inches(width / MM_PER_INCH, height / MM_PER_INCH)
    style: dict[str, Any] = {"family": list(families()), "parse_math": False, "va": "top"}
    for place, line in enumerate(lines):
        y = (foot - 1.0 - place * step) / height
        figure.text(
            0.4 / width, y, line, fontsize=frame.small, color="#333333", gid="note", **style
        )
    if frame.title:
        figure.text(
            0.4 / width, 1 - 0.6 / height, frame.title, fontsize=frame.font_size + 1.5, **style
        )
    rect = (0.0, foot / height, 1.0, 1 - (foot + head) / height)
    figure.set_layout_engine("constrained", rect=rect, w_pad=0.03, h_pad=0.03)
    return figure


def _finish_given(axes: Axes, frame: Frame, texts: Sequence[str]) -> Figure:
    """Title above and notes below axes of the user."""
    figure = axes.get_figure(root=True)
    if figure is None:
        raise InputError("ax belongs to no figure; give axes of a figure.")
    width = axes.get_window_extent().width / figure.dpi * MM_PER_INCH
    lines = [line for text in texts for line in wrap(text, frame.small, width)]
    if lines:
        drop = 3.6 * frame.font_size + 4
        axes.annotate(
            "\n".join(lines), (0, 0), (0, -drop), xycoords="axes fraction",
            textcoords="offset points", fontsize=frame.small, family=list(families()),
            va="top", color="#333333", linespacing=LINE, parse_math=False, gid="note",
        )  # fmt: skip
    if frame.title:
        axes.set_title(frame.title, loc="left", family=list(families()))
    return figure
