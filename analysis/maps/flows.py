"""A map of the largest spillovers from a unit, or to it, as arrows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.special import ndtr

from analysis.maps.arrows import Arrow, Arrows, WidthKey
from analysis.maps.colours import Look
from analysis.maps.compose import Panel, compose, panel_window
from analysis.maps.layer import Layer, find_units, prepare, rows_of
from analysis.maps.numbers import numeric, weights_note
from analysis.maps.options import Options, Sheet, read_options
from analysis.terms import term
from spatial.errors import InputError, counted, is_whole
from spatial.labels import canonical

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.figure import Figure

__all__ = ["flows"]

Floats = npt.NDArray[np.float64]
COLUMNS = ("from", "to", "effect")
DIRECTIONS = ("from", "to")
MOST = 15  # arrows of one unit, where top= is left out
MOST_OF_ALL = 30
RISE, FALL = "#b5442a", "#2b6ca3"
PALE = 0.35  # of the colour of an arrow that may be chance
UNIT, PARTNER, OWN = "#f4f4f4", "#e6e3d3", "#cdbf7c"
WIDEST = 0.016  # of the map's width, for the largest effect
SLENDER = 0.15  # of the median length
ROOM = 0.12  # around the units with arrows, of their extent
SHAPE = (0.62, 1.1)  # least and largest height of the ground shown, in widths
MOST_ZOOM = 0.7  # of the whole map's ground, above which the whole map is shown
STROKE = 2.0


def flows(
    cities: gpd.GeoDataFrame,
    flows: pd.DataFrame,
    *,
    unit: object = None,
    direction: str = "from",
    top: int | None = None,
    alpha: float = 0.05,
    colours: tuple[str, str] = (RISE, FALL),
    widest_mm: float | None = None,
    zoom: bool = True,
    **options: Unpack[Options],
) -> Figure:
    """Map the largest spillovers from a unit, to it, or of all, as curved arrows.

    An arrow runs from the unit whose regressor changes to the unit whose outcome answers; its width
    is proportional to the effect, its colour says the sign, and it is pale where the effect differs
    from zero by chance only (two-sided normal test with the standard error, at `alpha`).

    Parameters
    ----------
    cities
        Boundary layer, indexed like the units of the flows.
    flows
        From `fit.flows(term)`: columns from, to, effect and, where it is known, std_error.
    unit
        Only flows of this unit, by label or by printed name; None takes the largest of all.
    direction
        "from" the unit to others, or "to" it from others.
    top
        How many of the largest to draw (in absolute value); 15 by default, 30 without a unit.
    alpha
        Level below which an effect counts as different from zero; 0 leaves the test out.
    colours
        Of effects above and below zero.
    widest_mm
        Width of the largest effect in millimetres; by default it follows from the width.
    zoom
        Show the ground around the units with arrows (default) or the whole layer.
    **options
        See `Options`. Partners are named by default; `labels=[]` names none.

    Returns
    -------
    matplotlib.figure.Figure
        Not registered with pyplot; save it with `maps.save`.

    Raises
    ------
    InputError
        The table is no table of flows, its units or `unit` are not in the layer, or there is no
        effect to draw.

    Examples
    --------
    >>> sent = fit.flows("agglomeration", unit="杭州市", top=15)  # doctest: +SKIP
    >>> maps.flows(cities, sent, unit="杭州市", lang="zh")  # doctest: +SKIP
    """
    sheet = read_options(options)
    _require(flows, direction, top, alpha, widest_mm)
    layer = prepare(cities, sheet)
    own = None if unit is None else find_units(layer, [unit], "unit")[0]
    chosen = _largest(flows, layer, own, direction, top)
    if zoom:
        layer = _around(layer, chosen.units)
    if sheet.labels is None:
        sheet = replace(sheet, labels=[layer.labels[row] for row in chosen.named(own)])
    kinds = _kinds(chosen, alpha, colours, sheet.lang)
    width = widest_mm or _width(chosen, layer, sheet)
    looks = [*kinds.looks, *_unit_looks(layer, own, direction, sheet.lang)]
    codes = np.full(len(layer.labels), len(kinds.looks), dtype=np.intp)
    codes[chosen.units] += 1
    if own is not None:
        codes[own] += 1
    panel = Panel("", codes, overlay=_arrows(chosen, kinds, layer, width))
    key = WidthKey(chosen.largest, width, sheet.font_size, kinds.looks[0].face)
    notes = _notes(chosen, flows.attrs, kinds, alpha, sheet.lang)
    heading = _heading(layer, own, direction, sheet.lang)
    return compose(layer, looks, [panel], sheet=sheet, notes=notes, heading=heading, key=key)


def _require(
    table: object, direction: str, top: int | None, alpha: float, widest_mm: float | None
) -> None:
    """Refuse what is no table of flows, and options that mean nothing."""
    if not isinstance(table, pd.DataFrame) or not set(COLUMNS) <= set(table.columns):
        raise InputError(
            f"flows need the columns {', '.join(COLUMNS)}; give what fit.flows(term) returns."
        )
    if direction not in DIRECTIONS:
        raise InputError(f"direction={direction!r} is not known; use 'from' or 'to'.")
    if top is not None and (not is_whole(top) or top < 1):
        raise InputError(f"top={top!r} is no number of arrows; give 1, 2, 3 and so on.")
    if widest_mm is not None and not 0.1 <= widest_mm <= 20:
        raise InputError(f"widest_mm={widest_mm} is no width of an arrow; give 0.1 to 20.")
    if not 0 <= alpha < 1:
        raise InputError(f"alpha={alpha!r} is no level; give a number from 0 up to 1.")


@dataclass(frozen=True)
class _Chosen:
    """Flows to be drawn, the largest first: rows of the layer (m,), effects and p-values.

    `of` counts the flows that there were to choose from.
    """

    start: npt.NDArray[np.intp]
    end: npt.NDArray[np.intp]
    effect: Floats
    p_value: Floats
    of: int

    @property
    def units(self) -> npt.NDArray[np.intp]:
        """Rows at either end."""
        return np.unique(np.r_[self.start, self.end])

    @property
    def largest(self) -> float:
        """Largest effect in absolute value."""
        return float(np.abs(self.effect).max())

    def named(self, own: int | None) -> list[int]:
        """Rows at either end, the unit itself first, then in the order of the flows."""
        ends = np.column_stack([self.start, self.end]).ravel().tolist()
        return list(dict.fromkeys(([] if own is None else [own]) + ends))


def _largest(
    table: pd.DataFrame, layer: Layer, own: int | None, direction: str, top: int | None
) -> _Chosen:
    """Largest flows of a unit, or of all."""
    starts = _rows(table["from"], layer)
    ends = _rows(table["to"], layer)
    effect = numeric(table["effect"]).to_numpy()
    if np.isinf(effect).any():
        raise InputError(
            f"{counted(int(np.isinf(effect).sum()), 'effect is', 'effects are')} infinite; mend "
            "that first."
        )
    keep = np.abs(np.nan_to_num(effect)) > 0
    keep &= starts != ends
    if own is not None:
        keep &= (starts if direction == "from" else ends) == own
    places = np.flatnonzero(keep)
    if not len(places):
        whose = "" if own is None else f" {direction} {layer.names[own]}"
        raise InputError(
            f"there is no flow{whose} to draw; ask for all with fit.flows(term), and look whether "
            "the model has spillovers."
        )
    most = top or (MOST_OF_ALL if own is None else MOST)
    order = places[np.argsort(-np.abs(effect[places]), kind="stable")][:most]
    p_value = np.full(len(table), np.nan)
    if "std_error" in table.columns:
        error = numeric(table["std_error"]).to_numpy()
        with np.errstate(divide="ignore", invalid="ignore"):
            p_value = 2 * ndtr(-np.abs(effect / error))
    return _Chosen(starts[order], ends[order], effect[order], p_value[order], len(places))


def _rows(units: pd.Series, layer: Layer) -> npt.NDArray[np.intp]:
    """Rows of the layer of units that stand more than once."""
    known, place = np.unique([canonical(unit) for unit in units], return_inverse=True)
    rows = rows_of(pd.Index(known), layer, "the table of flows")
    return rows[place]


def _around(layer: Layer, rows: npt.NDArray[np.intp]) -> Layer:
    """Layer whose frame holds some units with room around them, neither narrow nor high."""
    parts, owner = shapely.get_parts(layer.shapes[rows], return_index=True)
    order = np.lexsort((-shapely.area(parts), owner))
    main = parts[order[np.r_[True, np.diff(owner[order]) > 0]]]
    x0, y0, x1, y1 = shapely.total_bounds(main)
    wide, high = x1 - x0, y1 - y0
    room = ROOM * max(wide, high)
    wide, high = wide + 2 * room, high + 2 * room
    whole = layer.core
    if wide * high > MOST_ZOOM * (whole[2] - whole[0]) * (whole[3] - whole[1]):
        return layer
    wide, high = max(wide, high / SHAPE[1]), max(high, wide * SHAPE[0])
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    frame = (x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
    return replace(layer, core=frame, full=frame, zoomed=True)


@dataclass(frozen=True)
class _Kinds:
    """Classes of arrows that occur, the class of each, and whether any was tested."""

    looks: list[Look]
    edges: Mapping[str, str]
    of: list[str]
    tested: bool


def _kinds(chosen: _Chosen, alpha: float, colours: tuple[str, str], lang: str) -> _Kinds:
    """By sign, and pale where an effect differs from zero by chance only."""
    from matplotlib.colors import is_color_like

    wrong = [colour for colour in colours if not is_color_like(colour)]
    if wrong or len(colours) != 2:
        raise InputError(f"colours={colours!r} are not two colours, of effects above and below 0.")
    tested = alpha > 0 and bool(np.isfinite(chosen.p_value).any())
    chance = tested & (chosen.p_value >= alpha)
    signs = np.where(chosen.effect > 0, "rise", "fall")
    of = [
        f"{sign} by chance" if pale else str(sign) for sign, pale in zip(signs, chance, strict=True)
    ]
    looks, edges = [], {}
    for sign, colour in zip(("rise", "fall"), colours, strict=True):
        for key, face, edge in (
            (sign, colour, colour),
            (f"{sign} by chance", _paler(colour), colour),
        ):
            if key in of:
                text = term(f"flows.{key}", lang, alpha=f"{alpha:g}")
                looks.append(Look(key, text, face, stroke=STROKE))
                edges[key] = edge
    return _Kinds(looks, edges, of, tested)


def _paler(colour: str) -> str:
    """Colour mixed with white."""
    from matplotlib.colors import to_hex, to_rgb

    red, green, blue = (PALE * part + 1 - PALE for part in to_rgb(colour))
    return to_hex((red, green, blue))


def _unit_looks(layer: Layer, own: int | None, direction: str, lang: str) -> list[Look]:
    """Units without arrows, those at the ends of arrows, and the unit itself."""
    partner = "flows.end" if own is None else f"flows.partner_{direction}"
    return [
        Look("other", "", UNIT, listed=False),
        Look("partner", term(partner, lang), PARTNER),
        *([] if own is None else [Look("unit", layer.names[own], OWN)]),
    ]


def _width(chosen: _Chosen, layer: Layer, sheet: Sheet) -> float:
    """Width of the largest effect in millimetres: a share of the map's, slender on the whole."""
    ways = layer.points[chosen.end] - layer.points[chosen.start]
    window = panel_window(layer, sheet, 1)
    length = float(np.median(np.hypot(*ways.T))) / window.metres_per_mm
    return min(WIDEST * window.width_mm, SLENDER * length)


def _arrows(chosen: _Chosen, kinds: _Kinds, layer: Layer, width: float) -> Arrows:
    """Arrows in the order of the flows, small ones on top."""
    faces = {look.key: look.face for look in kinds.looks}
    arrows = [
        Arrow(
            tuple(layer.points[start]), tuple(layer.points[end]),
            width * abs(effect) / chosen.largest, key, faces[key], kinds.edges[key],
        )
        for start, end, effect, key in zip(
            chosen.start, chosen.end, chosen.effect.tolist(), kinds.of, strict=True
        )
    ]  # fmt: skip
    return Arrows(arrows, {key: kinds.of.count(key) for key in faces})


def _heading(layer: Layer, own: int | None, direction: str, lang: str) -> str:
    if own is None:
        return term("flows.all", lang)
    return term(f"flows.{direction}", lang, name=layer.names[own])


def _notes(
    chosen: _Chosen, attrs: Mapping[Any, Any], kinds: _Kinds, alpha: float, lang: str
) -> list[str]:
    """What an arrow is, how many there are, the test and the weights."""
    if "term" in attrs and "outcome" in attrs:
        said = [term("flows.of", lang, term=attrs["term"], outcome=attrs["outcome"])]
    else:
        said = [term("flows.any", lang)]
    if attrs.get("horizon"):
        said.append(term(f"flows.{attrs['horizon']}", lang))
    if chosen.of > len(chosen.effect):
        said.append(term("flows.count", lang, count=len(chosen.effect), of=f"{chosen.of:,}"))
    if kinds.tested:
        said.append(term("flows.tested", lang, alpha=f"{alpha:g}"))
    return [*said, *weights_note(attrs, lang)]
