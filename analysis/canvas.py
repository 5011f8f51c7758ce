"""Paper in millimetres: figures of a printed width, and text that is measured and wrapped.

Figures are made without pyplot: no global state, no window, nothing left open.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from analysis.fonts import families
from analysis.terms import term
from spatial.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["LINE", "MM_PER_INCH", "MM_PER_POINT", "axes_mm", "check_width", "footnotes", "number"]
__all__ += ["paper", "text_width", "wrap", "write"]

MM_PER_INCH = 25.4
MM_PER_POINT = MM_PER_INCH / 72
LINE = 1.32  # distance of lines, in font sizes
NOT_FIRST = "，。；：！？、）》」』”’%‰,.;:!?)]}"
NOT_LAST = "（《「『“‘([{"
CHINESE = r"\u2e80-\u9fff\uff00-\uffef"
TOKENS = re.compile(rf"[{CHINESE}]|[^ \t{CHINESE}]+|[ \t]+")  # no-break spaces do not break


def check_width(width_mm: float, font_size: float) -> None:
    """Refuse widths that no page has and fonts that nobody reads."""
    if not 40 <= width_mm <= 1000:
        raise InputError(f"width_mm={width_mm} is no page width; give 40 to 1000 millimetres.")
    if not 4 <= font_size <= 40:
        raise InputError(f"font_size={font_size} cannot be read; give 4 to 40 points.")


def paper(width_mm: float, height_mm: float) -> Figure:
    """Make an empty figure of that size on the Agg canvas."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width_mm / MM_PER_INCH, height_mm / MM_PER_INCH), dpi=100)
    FigureCanvasAgg(figure)
    return figure


def axes_mm(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Add axes at a place given in millimetres from the lower left corner."""
    page = [side * MM_PER_INCH for side in figure.get_size_inches()]
    return figure.add_axes(
        (left / page[0], bottom / page[1], width / page[0], height / page[1]), in_layout=False
    )


@lru_cache(maxsize=4096)
def text_width(text: str, size: float) -> float:
    """Width of one line of text in millimetres at a font size in points."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    if not text:
        return 0.0
    properties = FontProperties(family=list(families()), size=size)
    width, _, _ = text_to_path.get_text_width_height_descent(text, properties, ismath=False)
    return float(width) * MM_PER_POINT


def wrap(text: str, size: float, width_mm: float) -> list[str]:
    """Break text into lines no wider than `width_mm`: at spaces, and between Chinese characters.

    Four per cent are spared for screens and printers that round the advance of letters.
    Closing punctuation never starts a line and opening brackets never end one. A word wider than
    the line is broken where it must.
    """
    lines: list[str] = []
    width_mm *= 0.96
    for paragraph in text.splitlines():
        line = ""
        for token in _tokens(paragraph, size, width_mm):
            if text_width((line + token).rstrip(), size) <= width_mm or not line:
                line += token
                continue
            lines.append(line.rstrip())
            line = token.lstrip()
        lines.append(line.rstrip())
    return lines


def _tokens(text: str, size: float, width_mm: float) -> list[str]:
    """Pieces between which a line may break."""
    pieces: list[str] = []
    for token in TOKENS.findall(text):
        if pieces and (token[0] in NOT_FIRST or pieces[-1][-1] in NOT_LAST):
            pieces[-1] += token
        elif text_width(token, size) > width_mm:
            pieces.extend(token)
        else:
            pieces.append(token)
    return pieces


def footnotes(
    said: Sequence[str], lang: str, note: str | None, source: str | None, approval: str | None
) -> list[str]:
    """Paragraphs below a picture: what it says of itself with the user's note; source; approval."""
    own = ("；" if lang == "zh" else "; ").join([*said, *([note] if note else [])])
    out = [term("map.note", lang, note=own)] if own else []
    if source:
        out.append(term("map.source", lang, source=source))
    if approval:
        out.append(term("map.approval", lang, number=approval))
    return out


def write(axes: Axes, x: float, y: float, text: str, size: float, **style: Any) -> Any:
    """Put text into axes in data coordinates, in the packaged font and never as mathematics."""
    return axes.text(x, y, text, fontsize=size, family=list(families()), parse_math=False, **style)


def number(value: float, decimals: int) -> str:
    """Write a number with a true minus sign and without a negative zero."""
    text = f"{value:,.{decimals}f}"
    if text.startswith("-"):
        text = text[1:] if not text.strip("-0.,") else "\u2212" + text[1:]
    return text
