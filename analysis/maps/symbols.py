"""Maps of proportional symbols: the area of a circle is the number of its unit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Unpack

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.maps.circles import Circles, NestedKey, hidden
from analysis.maps.colours import MISSING, Look
from analysis.maps.compose import Panel, compose, panel_window
from analysis.maps.grading import Grades, grade
from analysis.maps.layer import Layer, prepare, rows_of
from analysis.maps.numbers import numeric
from analysis.maps.options import Options, Sheet, read_options
from analysis.maps.years import by_time
from analysis.terms import term
from spatial.errors import InputError, counted
from spatial.labels import canonical_index

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.figure import Figure

__all__ = ["symbols"]

Floats = npt.NDArray[np.float64]
FACE, BELOW, UNKNOWN = "#d98e4a", "#4a86b8", "#b0b0b0"
BASE, ZERO = "#f4f4f4", "#dfe5ea"
SHARE, SMALLEST, LARGEST = 0.075, 3.0, 13.0  # diameter of the largest: of the map's width; limits
SWATCH = 5.0  # points
SHRINK, TINIEST = 0.92, 0.3
WIDER = 1.15  # what an inset may add to the frame, and so to the ground under a millimetre
Parts = Sequence[tuple[str, pd.Series]]


def symbols(
    cities: gpd.GeoDataFrame,
    values: pd.Series,
    *,
    colour: pd.Series | str | None = None,
    scheme: str = "quantiles",
    k: int = 4,
    breaks: Sequence[float] | None = None,
    cmap: str | Sequence[str] | None = None,
    largest_mm: float | None = None,
    times: Sequence[object] | None = None,
    **options: Unpack[Options],
) -> Figure:
    """Map numbers as circles whose areas are proportional to them.

    Circles are drawn from large to small, each with an outline, so that none lies hidden under
    another; where one would, all are made smaller. Amounts (employment, output) belong on such a
    map, shares and rates on a `choropleth`.

    Parameters
    ----------
    cities
        Boundary layer, indexed like the values.
    values
        Indexed by unit, or by (time, unit) for small multiples with one scale. Its name heads the
        legend. Where both signs occur the areas are the absolute values, and colours say the sign.
        A zero has no circle; zeros and units without a value are counted in the legend.
    colour
        A second value, indexed like the first, which gives the circles colours by class; or the
        colour of all circles.
    scheme, k, breaks, cmap
        Classes of the second value, as in `choropleth`.
    largest_mm
        Diameter of the largest circle in millimetres; as it stands, even if a circle then hides
        another, which the note says. By default it follows from the width.
    times
        Which times to draw.
    **options
        See `Options`.

    Returns
    -------
    matplotlib.figure.Figure
        Not registered with pyplot; save it with `maps.save`.

    Raises
    ------
    InputError
        Naming units that the layer lacks; for numbers that are text, infinite or all zero, numbers
        below zero together with a second value, and an impossible size.

    Examples
    --------
    >>> year = panel.at(2020)  # doctest: +SKIP
    >>> maps.symbols(cities, year["employment"], colour=year["resilience"])  # doctest: +SKIP
    """
    sheet = read_options(options)
    _require(values, colour, largest_mm)
    parts = by_time(numeric(values), times)
    largest = _largest(parts)
    layer = prepare(cities, sheet)
    if isinstance(colour, pd.Series):
        asked = partial(grade, lang=sheet.lang, scheme=scheme, k=k, breaks=breaks, cmap=cmap)
        shades = _by_second(parts, numeric(colour), times, asked, sheet.lang)
    else:
        shades = _by_sign(parts, colour or FACE, sheet.lang)
    places = [_Places.of(part, layer) for _, part in parts]
    radius = _radius(places, layer, sheet, largest, largest_mm)
    looks = [*shades.looks, *_base_looks(places, sheet.lang)]
    scale = radius / largest**0.5
    panels = [
        Panel(head, place.codes + len(shades.looks), overlay=place.circles(shades, at, scale))
        for at, ((head, _), place) in enumerate(zip(parts, places, strict=True))
    ]
    notes = [term("symbols.area", sheet.lang), *shades.notes]
    key = NestedKey(largest, radius, sheet.font_size)
    heading = _heading(values, colour, sheet.lang)
    return compose(layer, looks, panels, sheet=sheet, notes=notes, heading=heading, key=key)


def _require(values: object, colour: object, largest_mm: float | None) -> None:
    """Refuse bare numbers, colours that are none and impossible sizes."""
    from matplotlib.colors import is_color_like

    if not isinstance(values, pd.Series):
        raise InputError(
            f"values are a {type(values).__name__}, not a Series indexed by unit; "
            "bare numbers cannot be matched to units."
        )
    if isinstance(colour, str) and not is_color_like(colour):
        raise InputError(f"colour={colour!r} is neither a colour nor a Series of second values.")
    if not (colour is None or isinstance(colour, str | pd.Series)):
        raise InputError(
            f"colour is a {type(colour).__name__}; give a Series indexed by unit, or one colour."
        )
    if largest_mm is not None and not 0.5 <= largest_mm <= 60:
        raise InputError(f"largest_mm={largest_mm} is no size of a circle; give 0.5 to 60.")


def _largest(parts: Parts) -> float:
    """Largest absolute value of all panels."""
    pooled = np.concatenate([part.to_numpy() for _, part in parts])
    if np.isinf(pooled).any():
        raise InputError(
            f"{counted(int(np.isinf(pooled).sum()), 'value is', 'values are')} infinite; mend that "
            "first."
        )
    known = np.abs(pooled[~np.isnan(pooled)])
    if not len(known):
        raise InputError("all values are missing; there is nothing to map.")
    if not known.max():
        raise InputError("all values are zero; a circle of zero has no area.")
    return float(known.max())


@dataclass(frozen=True)
class _Shades:
    """Colours of circles: their classes, the class of each unit of each part, and what to say."""

    looks: list[Look]
    codes: list[npt.NDArray[np.intp]]
    notes: list[str]


def _by_sign(parts: Parts, face: str, lang: str) -> _Shades:
    """One colour, or one for each sign where both occur."""
    negative = [part.to_numpy() < 0 for _, part in parts]
    if not any(below.any() for below in negative):
        look = _circle("value", term("symbols.value", lang), face)
        return _Shades([look], [np.zeros(len(below), dtype=np.intp) for below in negative], [])
    looks = [
        _circle("above", term("symbols.above", lang), face),
        _circle("below", term("symbols.below", lang), BELOW),
    ]
    return _Shades(looks, [below.astype(np.intp) for below in negative], [])


def _by_second(
    parts: Parts,
    colour: pd.Series,
    times: Sequence[object] | None,
    asked: Callable[[Floats], Grades],
    lang: str,
) -> _Shades:
    """Classes of a second value; units that lack it get a colour of their own."""
    below = [(part.index[part.to_numpy() < 0], head) for head, part in parts]
    wrong = [(units[0], head) for units, head in below if len(units)]
    if wrong:
        where = " ".join(str(word) for word in wrong[0] if word)
        raise InputError(
            f"the value of {where} is below zero, and the colour of a circle can say either the "
            "sign or a second value; leave colour= out, or map the values by class."
        )
    several = colour.index.nlevels > 1
    second = by_time(colour, times if several else None)
    known = {
        head: pd.Series(x.to_numpy(), canonical_index(x.index, "colour")) for head, x in second
    }
    aligned = []
    for head, part in parts:
        own = known.get(head if several else "")
        if own is None:
            raise InputError(f"colour has no values for {head}; give the same times as the values.")
        aligned.append(own.reindex(canonical_index(part.index, "the values")).to_numpy(dtype=float))
    graded = asked(np.concatenate(aligned))
    looks = [_circle(look.key, look.text, look.face) for look in graded.looks[:-1]]
    looks.append(_circle("unknown", term("symbols.unknown", lang), UNKNOWN))
    return _Shades(looks, [graded.classes.codes(x) for x in aligned], [graded.classes.note(lang)])


def _circle(key: str, text: str, face: str) -> Look:
    return Look(key, text, face, stroke=SWATCH, marker="o")


@dataclass(frozen=True)
class _Places:
    """Units of one map, and those with a circle from the largest to the smallest.

    `codes` (n,) are the classes of all units; the others say of each circle which unit of the layer
    it is, which of the values, where it stands and the root of its absolute value.
    """

    codes: npt.NDArray[np.intp]
    rows: npt.NDArray[np.intp]
    order: npt.NDArray[np.intp]
    points: Floats
    roots: Floats

    @classmethod
    def of(cls, values: pd.Series, layer: Layer) -> _Places:
        """Match values to units: shown 0, zero 1, missing 2."""
        what = "the result" if values.name is None else f"{values.name}"
        rows = rows_of(values.index, layer, what)
        numbers = np.abs(values.to_numpy())
        codes = np.full(len(layer.labels), 2, dtype=np.intp)
        codes[rows] = np.select([np.isnan(numbers), numbers == 0], [2, 1], 0)
        shown = np.flatnonzero(numbers > 0)
        order = shown[np.lexsort((rows[shown], -numbers[shown]))]
        return cls(codes, rows[order], order, layer.points[rows[order]], np.sqrt(numbers[order]))

    def circles(self, shades: _Shades, at: int, scale: float) -> Circles:
        """Circles with `scale` millimetres of radius for a root of one."""
        codes = shades.codes[at][self.order]
        counts = {look.key: int((codes == k).sum()) for k, look in enumerate(shades.looks)}
        faces = [shades.looks[code].face for code in codes]
        return Circles(self.rows, self.points, self.roots * scale, faces, counts)


def _radius(
    places: Sequence[_Places],
    layer: Layer,
    sheet: Sheet,
    largest: float,
    wanted: float | None,
) -> float:
    """Radius of the largest circle in millimetres, small enough for all circles to be seen."""
    if wanted is not None:
        return wanted / 2
    window = panel_window(layer, sheet, len(places))
    scale = window.metres_per_mm * WIDER

    def any_lost(radius: float) -> bool:
        share = radius / largest**0.5
        return any(hidden(one.points, one.roots * share, scale).any() for one in places)

    radius = float(np.clip(SHARE * window.width_mm, SMALLEST, LARGEST)) / 2
    while any_lost(radius) and radius > TINIEST:
        radius *= SHRINK
    return radius


def _base_looks(places: Sequence[_Places], lang: str) -> list[Look]:
    """Units under the circles: those with one, those that are zero, those without a value."""
    zeros = any((place.codes == 1).any() for place in places)
    face, hatch = MISSING
    return [
        Look("shown", "", BASE, listed=False),
        Look("zero", term("symbols.zero", lang), ZERO, listed=zeros),
        Look("missing", term("map.no_data", lang), face, hatch),
    ]


def _heading(values: pd.Series, colour: pd.Series | str | None, lang: str) -> str | None:
    """Names of the values, and of the second by which circles are coloured."""
    size = None if values.name is None else str(values.name)
    if not isinstance(colour, pd.Series) or size is None or colour.name is None:
        return size
    return term("symbols.heading", lang, size=size, colour=str(colour.name))
