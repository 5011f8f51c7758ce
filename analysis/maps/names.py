"""Names of units beside their points: never over one another, least over what else is drawn."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely

from analysis.canvas import MM_PER_POINT, text_width, write
from analysis.maps.placing import Box, Ground, Window

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Name", "Wanted", "draw_names", "place_names"]

GAPS = (1.0, 2.2, 3.6, 5.2, 7.0, 9.0)  # from point to name in millimetres
LED = 2.2  # names further away than this, or nearer to another's point, get a line to their own
SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1))
BETWEEN = tuple((a * x, b * y) for x, y in ((1, 0.5), (0.5, 1)) for a in (1, -1) for b in (1, -1))
FURTHER = 0.2  # what a millimetre further away costs, against lying over drawn things altogether
DOT = 0.7  # half the room of a point mark in millimetres


@dataclass(frozen=True)
class Name:
    """A unit's printed name, the point it belongs to, the box found for it (metres), its line.

    `line` are the ends of a line from the point to a name that stands away from it; `dot` is False
    where a symbol marks the point already.
    """

    text: str
    x: float
    y: float
    box: Box
    line: tuple[tuple[float, float], tuple[float, float]] | None = None
    dot: bool = True


@dataclass(frozen=True)
class Wanted:
    """A name to be placed: its point in the plane, and what it must keep clear of in millimetres.

    `clear` is the radius of a symbol at the point, 0 for a dot.
    """

    text: str
    x: float
    y: float
    clear: float = 0.0


def place_names(
    wanted: Sequence[Wanted], window: Window, ground: Ground, size: float
) -> tuple[list[Name], list[str]]:
    """Find room for names inside a window; also the names that found none.

    Names keep clear of boxes taken, of each other and of all points to be named; among the places
    left, near ones that cover little of symbols and arrows are best.
    """
    unit = window.metres_per_mm
    taken = [*ground.taken, *(_around(x.x, x.y, max(DOT, x.clear) * unit) for x in wanted)]
    lines: list[shapely.Geometry] = []
    placed, left_out = [], []
    for own, name in enumerate(wanted):
        others = [box for at, box in enumerate(taken) if at != own + len(ground.taken)]
        rivals = [other for other in wanted if other is not name]
        found = _best(name, rivals, window, others, lines, ground, size)
        if found is None:
            left_out.append(name.text)
            continue
        taken.append(found.box)
        if found.line is not None:
            lines.append(shapely.LineString(found.line))
        placed.append(found)
    return placed, left_out


def _best(
    name: Wanted,
    rivals: Sequence[Wanted],
    window: Window,
    taken: Sequence[Box],
    lines: Sequence[shapely.Geometry],
    ground: Ground,
    size: float,
) -> Name | None:
    """Cheapest free place of one name."""
    best, least = None, float("inf")
    for gap, box in _places(name, window, size):
        cost = FURTHER * gap
        if cost >= least:
            break
        if not window.holds(box) or any(_touch(box, other) for other in taken):
            continue
        led = gap > LED or any(_distance(x, box) <= _distance(name, box) for x in rivals)
        line = _line_to(name, box) if led else None
        if line is not None and _crosses(line, taken):
            continue
        if any(shapely.intersects(shapely.box(*box), other) for other in lines):
            continue
        cost += ground.covered(box)
        if cost < least:
            best, least = Name(name.text, name.x, name.y, box, line, not name.clear), cost
    return best


def _places(name: Wanted, window: Window, size: float) -> Iterator[tuple[float, Box]]:
    """Boxes around a point with their distance in millimetres, near ones first."""
    unit = window.metres_per_mm
    width, height = text_width(name.text, size) * unit, 1.15 * size * MM_PER_POINT * unit
    for gap in GAPS:
        for right, up in SIDES if gap <= LED else (*SIDES, *BETWEEN):
            slant = 0.75 if right and up else 1.0
            off = (gap + name.clear * slant) * unit
            left = name.x - width / 2 + right * (width / 2 + off)
            bottom = name.y + up * (height / 2 + off) - height / 2
            yield gap, (left, bottom, left + width, bottom + height)


def _line_to(name: Wanted, box: Box) -> tuple[tuple[float, float], tuple[float, float]]:
    """Line from the point to the nearest edge of its name."""
    x = min(max(name.x, box[0]), box[2])
    y = min(max(name.y, box[1]), box[3])
    return (name.x, name.y), (x, y)


def _distance(name: Wanted, box: Box) -> float:
    """From the mark of a name to a box."""
    _, (x, y) = _line_to(name, box)
    return math.hypot(x - name.x, y - name.y)


def _crosses(line: tuple[tuple[float, float], tuple[float, float]], taken: Sequence[Box]) -> bool:
    """Whether a line would run over another name or mark."""
    string = shapely.LineString(line)
    return any(shapely.intersects(string, shapely.box(*box)) for box in taken)


def draw_names(axes: Axes, names: Sequence[Name], size: float) -> None:
    """Write names at the places found for them."""
    for name in names:
        if name.line is not None:
            (line,) = axes.plot(*zip(*name.line, strict=True), color="#333333", lw=0.35, zorder=7)
            line.set_gid("leader")
        if name.dot:
            axes.plot([name.x], [name.y], "o", ms=1.6, mfc="black", mec="white", mew=0.3, zorder=7)
        _write_halo(axes, name.box[0], name.box[1], name.text, size)


def _around(x: float, y: float, half: float) -> Box:
    """Box around a point."""
    return x - half, y - half, x + half, y + half


def _touch(a: Box, b: Box) -> bool:
    """Whether two boxes share ground."""
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _write_halo(axes: Axes, x: float, y: float, text: str, size: float) -> None:
    """Write on a white rim that is drawn apart, so that text stays text in vector files."""
    from matplotlib.patheffects import Stroke

    rim = write(axes, x, y, text, size, va="bottom", color="white", zorder=7, gid="halo")
    rim.set_path_effects([Stroke(linewidth=1.4, foreground="white")])
    write(axes, x, y, text, size, va="bottom", zorder=8, gid="name")
