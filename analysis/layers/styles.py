"""Styles as values: which column is drawn, which of its values make a class, how a class looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from analysis.maps.colours import MISSING, Look
from analysis.maps.grading import Grades
from analysis.terms import term
from spatial.errors import InputError

__all__ = ["EDGE", "EDGE_MM", "HATCHES", "Entry", "Style", "by_class", "by_number", "outline"]

EDGE, EDGE_MM = "#6e6e6e", 0.1
HATCHES: Mapping[str, tuple[str, tuple[int, ...]]] = {  # the mark of an SLD, angles of the lines
    "/": ("slash", (45,)),
    "\\": ("backslash", (135,)),
    "x": ("x", (45, 135)),
    "-": ("horline", (0,)),
    "|": ("line", (90,)),
    "+": ("cross", (0, 90)),
}


@dataclass(frozen=True)
class Entry:
    """One class of a style.

    Attributes
    ----------
    look
        How it is drawn and called.
    value
        Value of a text column that makes the class.
    above, upto
        Bounds of a number, above < x ≤ upto; None where the class is open.
    empty
        Whether the class holds the units without a value. With nothing given it holds all others.
    """

    look: Look
    value: str | None = None
    above: float | None = None
    upto: float | None = None
    empty: bool = False


@dataclass(frozen=True)
class Style:
    """How a layer is drawn by one of its columns."""

    name: str
    attribute: str
    entries: tuple[Entry, ...]

    def of(self, attribute: str) -> Style:
        """Give the same style for a file that calls the column otherwise."""
        return replace(self, attribute=attribute)


def by_class(name: str, attribute: str, looks: Sequence[Look], lang: str) -> Style:
    """Style with one class for each look, whose `key` is the value of the column.

    Where no look is for "missing", a class is added for units without a value.

    Examples
    --------
    >>> style = by_class("Type", "type", [Look("core", "Core", "#9a0f26")], "en")
    >>> [(entry.value, entry.look.text) for entry in style.entries]
    [('core', 'Core'), (None, 'No data')]
    """
    for look in looks:
        if look.hatch and look.hatch[0] not in HATCHES:
            raise InputError(
                f"the hatch {look.hatch!r} of class {look.key!r} has no counterpart in a GIS; use "
                f"one of {' '.join(HATCHES)}."
            )
    entries = [Entry(look, value=look.key) for look in looks]
    if all(look.key != "missing" for look in looks):
        face, hatch = MISSING
        entries.append(Entry(Look("missing", term("map.no_data", lang), face, hatch), empty=True))
    return Style(name, attribute, tuple(entries))


def by_number(name: str, attribute: str, values: npt.NDArray[np.float64], grades: Grades) -> Style:
    """Style with the classes of a map of numbers.

    Edges lie half way between the numbers on their two sides, so that one that a file holds with
    fewer digits stays in its class; first and last class are open.
    """
    known = np.unique(values[~np.isnan(values)])
    edges: list[float | None] = [None]
    for edge in grades.classes.upper[:-1]:
        place = int(np.searchsorted(known, edge, side="right"))
        between = 0 < place < len(known)
        edges.append(_between(known[place - 1], known[place]) if between else float(edge))
    edges.append(None)
    *looks, missing = grades.looks
    bounds = zip(looks, pairwise(edges), strict=True)
    entries = [Entry(look, above=low, upto=high) for look, (low, high) in bounds]
    return Style(name, attribute, (*entries, Entry(missing, empty=True)))


def _between(low: float, high: float) -> float:
    """Half way between two numbers; the lower of two that have none between them."""
    middle = low + (high - low) / 2
    return float(middle if low <= middle < high else low)


def outline(name: str, attribute: str) -> Style:
    """Style that shows the borders alone."""
    return Style(name, attribute, (Entry(Look("all", name, "#ffffff")),))
