"""Numbers into coloured classes, the same for the printed map, the layer of a GIS and the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.maps.classes import Classes, classify
from analysis.maps.colours import MISSING, Look, ramp
from analysis.terms import term

__all__ = ["Grades", "grade", "grade_signed"]

Floats = npt.NDArray[np.float64]
SEQUENTIAL = "YlGnBu"
DIVERGING = "RdBu_r"


@dataclass(frozen=True)
class Grades:
    """Classes of numbers and how each is drawn, from low to high, "no data" last."""

    classes: Classes
    looks: list[Look]


def grade(
    values: Floats,
    *,
    lang: str,
    scheme: str = "quantiles",
    k: int = 5,
    breaks: Sequence[float] | None = None,
    cmap: str | Sequence[str] | None = None,
) -> Grades:
    """Classes in one ramp of colours.

    Parameters
    ----------
    values
        All numbers that share the classes; NaN belongs to none.
    lang
        Language of the legend.
    scheme, k, breaks
        As in `classify`.
    cmap
        matplotlib colour map (default "YlGnBu"), or a colour for each class.
    """
    classes = classify(values, scheme=scheme, k=k, breaks=breaks)
    return _graded(classes, ramp(cmap or SEQUENTIAL, len(classes.upper)), lang)


def grade_signed(
    values: Floats,
    *,
    lang: str,
    scheme: str = "quantiles",
    k: int = 5,
    breaks: Sequence[float] | None = None,
    cmap: str | Sequence[str] | None = None,
) -> Grades:
    """Classes that are cut on either side of zero where both signs occur, colours diverging.

    Parameters
    ----------
    values, lang, scheme, k, breaks
        As in `grade`; with `breaks`, or with one sign alone, the result is that of `grade`.
    cmap
        Colour map; default "YlGnBu", or "RdBu_r" for both signs.
    """
    finite = values[~np.isnan(values)]
    both = breaks is None and bool(np.any(finite < 0) and np.any(finite > 0))
    if not both:
        return grade(values, lang=lang, scheme=scheme, k=k, breaks=breaks, cmap=cmap)
    share = float((finite < 0).mean())
    below = int(np.clip(round(share * k), 1, max(k - 1, 1)))
    under = classify(finite[finite < 0], scheme=scheme, k=below)
    over = classify(finite[finite >= 0], scheme=scheme, k=max(k - below, 1))
    edges = np.r_[under.upper[:-1], 0.0, over.upper]
    classes = Classes(edges, under.lowest, scheme)
    if not (cmap is None or isinstance(cmap, str)):
        return _graded(classes, ramp(cmap, len(edges)), lang)
    side = max(len(under.upper), len(over.upper))
    colours = ramp(cmap or DIVERGING, 2 * side, low=0.05)
    start = side - len(under.upper)
    return _graded(classes, colours[start : start + len(edges)], lang)


def _graded(classes: Classes, colours: Sequence[str], lang: str) -> Grades:
    looks = [
        Look(f"class {place + 1}", text, face)
        for place, (text, face) in enumerate(zip(classes.texts(lang), colours, strict=True))
    ]
    face, hatch = MISSING
    return Grades(classes, [*looks, Look("missing", term("map.no_data", lang), face, hatch)])
