"""The legend, built by hand: every class with its hatch and its count, also when the count is 0."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from analysis.canvas import LINE, MM_PER_POINT, text_width, wrap, write
from analysis.maps.colours import Look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Key", "Legend"]

SWATCH = (4.6, 2.7)  # width and height in millimetres at 7 points
GAP = 1.4
HEAD = 16.0  # widest head of a column of counts in millimetres at 7 points; longer ones wrap
EDGE = "#555555"


class Key(Protocol):
    """Sizes that stand in a legend above its classes."""

    @property
    def size_mm(self) -> tuple[float, float]:
        """Width and height."""

    def draw(self, axes: Axes, top: float) -> None:
        """Draw from the left edge downwards, in axes of millimetres."""


@dataclass(frozen=True)
class Legend:
    """Classes of a map with the number of units of each, for one panel or a column per panel.

    `counts` (classes, panels); `heads` names the panels and is empty for one panel, where the count
    stands in brackets behind the class. Classes that are not `listed` are left out.
    """

    looks: Sequence[Look]
    counts: Sequence[Sequence[int]]
    heads: tuple[str, ...]
    heading: str | None
    size: float
    key: Key | None = None

    @property
    def rows(self) -> list[tuple[Look, Sequence[int]]]:
        """Classes to be listed, with their counts."""
        pairs = zip(self.looks, self.counts, strict=True)
        return [(look, counts) for look, counts in pairs if look.listed]

    @property
    def pitch(self) -> float:
        """Distance of rows in millimetres."""
        return 1.62 * self.size * MM_PER_POINT

    @property
    def swatch(self) -> tuple[float, float]:
        """Width and height of a patch in millimetres."""
        return SWATCH[0] * self.size / 7, SWATCH[1] * self.size / 7

    def texts(self) -> list[str]:
        """Words of each class."""
        if self.heads:
            return [look.text for look, _ in self.rows]
        return [f"{look.text} ({counts[0]:,})" for look, counts in self.rows]

    def _text_width(self) -> float:
        """Widest class text in millimetres."""
        return max((text_width(text, self.size) for text in self.texts()), default=0.0)

    def _count_width(self) -> float:
        """Width of one column of counts."""
        heads = [line for lines in self._head_lines() for line in lines]
        words = [*heads, *(f"{n:,}" for _, row in self.rows for n in row)]
        return max(text_width(word, self.size) for word in words) + 2.2

    def _head_lines(self) -> list[list[str]]:
        """Head of each column of counts, in lines."""
        return [wrap(head, self.size, HEAD * self.size / 7) for head in self.heads]

    def _head_height(self) -> float:
        """Height of the heads in millimetres."""
        lines = max((len(lines) for lines in self._head_lines()), default=0)
        return self.pitch + (lines - 1) * LINE * self.size * MM_PER_POINT if lines else 0.0

    def cell(self) -> float:
        """Width of one class with all that belongs to it."""
        counts = self._count_width() * len(self.heads) if self.heads else 0.0
        return self.swatch[0] + GAP + self._text_width() + counts

    def columns_in(self, width_mm: float) -> int:
        """How many classes fit beside one another; a legend with heads keeps to one column."""
        if self.heads:
            return 1
        fit = max(1, int((width_mm + 4) // (self.cell() + 4)))
        count = max(len(self.rows), 1)
        rows = math.ceil(count / min(fit, count))
        return math.ceil(count / rows)

    def heading_lines(self, width_mm: float) -> list[str]:
        """Heading wrapped to the legend."""
        return [] if self.heading is None else wrap(self.heading, self.size, width_mm)

    def _parts(self, width_mm: float | None) -> list[Legend]:
        """Legends one below the other, each with as many columns of counts as fit the width."""
        if width_mm is None or self.cell() <= width_mm or len(self.heads) < 2:
            return [self]
        room = width_mm - self.cell() + len(self.heads) * self._count_width()
        per = max(1, int(room / self._count_width()))
        cuts = [slice(i, i + per) for i in range(0, len(self.heads), per)]
        counts = [[row[cut] for row in self.counts] for cut in cuts]
        parts = [
            replace(self, heads=self.heads[cut], counts=some, heading=None, key=None)
            for cut, some in zip(cuts, counts, strict=True)
        ]
        return [replace(parts[0], heading=self.heading, key=self.key), *parts[1:]]

    def measure(self, columns: int, width_mm: float | None = None) -> tuple[float, float]:
        """Width and height in millimetres with that many columns."""
        parts = self._parts(width_mm)
        if len(parts) > 1:
            sizes = [part.measure(columns) for part in parts]
            return float(width_mm or 0.0), sum(height + GAP for _, height in sizes) - GAP
        key = (0.0, 0.0) if self.key is None else self.key.size_mm
        width = max(columns * self.cell() + (columns - 1) * 4, key[0])
        lines = len(self.heading_lines(max(width, width_mm or 0.0)))
        rows = math.ceil(len(self.rows) / columns)
        heading = lines * LINE * self.size * MM_PER_POINT + (1.0 if lines else 0.0)
        above = heading + key[1] + (GAP if key[1] else 0.0)
        return width, rows * self.pitch + self._head_height() + above

    def draw(self, axes: Axes, columns: int, width_mm: float | None = None) -> None:
        """Fill axes of the measured size; they get millimetres as coordinates."""
        width, height = self.measure(columns, width_mm)
        axes.set(xlim=(0, max(width, width_mm or 0.0)), ylim=(0, height))
        axes.set_axis_off()
        axes.set_gid("legend")
        parts = self._parts(width_mm)
        for part in parts:
            part._fill(axes, height, columns, width_mm if len(parts) == 1 else None)
            height -= part.measure(columns)[1] + GAP

    def _fill(self, axes: Axes, top: float, columns: int, width_mm: float | None) -> None:
        """Draw heading, heads and classes downwards from a height."""
        width, _ = self.measure(columns, width_mm)
        for line in self.heading_lines(max(width, width_mm or 0.0)):
            top -= LINE * self.size * MM_PER_POINT
            write(axes, 0, top, line, self.size, va="bottom")
        top -= 1.0 if self.heading else 0.0
        if self.key is not None:
            self.key.draw(axes, top)
            top -= self.key.size_mm[1] + GAP
        if self.heads:
            self._write_heads(axes, top)
            top -= self._head_height()
        rows = math.ceil(len(self.rows) / columns)
        for place, ((look, counts), text) in enumerate(zip(self.rows, self.texts(), strict=True)):
            x = (place // rows) * (self.cell() + 4)
            y = top - (place % rows + 0.5) * self.pitch
            self._draw_class(axes, x, y, look, text)
            if self.heads:
                self._write_counts(axes, y, [f"{n:,}" for n in counts], "black")

    def _draw_class(self, axes: Axes, x: float, y: float, look: Look, text: str) -> None:
        """Patch or line, and words, of one class, centred on the height y."""
        from matplotlib.patches import Rectangle

        width, height = self.swatch
        write(axes, x + width + GAP, y, text, self.size, va="center_baseline")
        if look.marker is not None:
            (mark,) = axes.plot([x + width / 2], [y], marker=look.marker, color=look.face)
            mark.set(markersize=look.stroke, gid=f"legend:{look.key}")
            mark.set(markeredgecolor=EDGE, markeredgewidth=0.3)
            return
        if look.stroke is not None:
            style = (0, look.dashes) if look.dashes else "solid"
            (line,) = axes.plot([x, x + width], [y, y], color=look.face, lw=look.stroke)
            line.set(linestyle=style, solid_capstyle="butt", gid=f"legend:{look.key}")
            return
        patch = Rectangle((x, y - height / 2), width, height)
        patch.set(facecolor=look.face, edgecolor=EDGE, linewidth=0.35, gid=f"legend:{look.key}")
        if look.hatch:
            patch.set_hatch(look.hatch[0] * (len(look.hatch) + 2))
            thin_hatch(patch)
        axes.add_artist(patch)

    def _write_heads(self, axes: Axes, top: float) -> None:
        """Heads of the columns of counts, their last lines on one height."""
        every = self._head_lines()
        most, step = max(len(lines) for lines in every), LINE * self.size * MM_PER_POINT
        for place in range(most):
            words = [([""] * (most - len(lines)) + lines)[place] for lines in every]
            self._write_counts(axes, top - self.pitch / 2 - place * step, words, "#555555")

    def _write_counts(self, axes: Axes, y: float, words: Sequence[str], colour: str) -> None:
        """Right-aligned numbers, one column for each panel."""
        step = self._count_width()
        start = self.swatch[0] + GAP + self._text_width()
        for place, word in enumerate(words):
            x = start + (place + 1) * step
            write(axes, x, y, word, self.size, ha="right", va="center_baseline", color=colour)


def thin_hatch(artist: object, width: float = 0.35) -> None:
    """Thin the lines of a hatch where this matplotlib can do so for a single artist."""
    setter = getattr(artist, "set_hatch_linewidth", None)
    if setter is not None:
        setter(width)
