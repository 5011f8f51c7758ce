"""Maps of two or more results side by side: two variables, two weights, two models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.convention import convention
from analysis.maps.classed import class_codes, fixed_looks, require_classes
from analysis.maps.colours import CLUSTERS, SPOTS, Look
from analysis.maps.compose import Panel, compose
from analysis.maps.grading import grade, grade_signed
from analysis.maps.layer import Layer, prepare
from analysis.maps.numbers import (
    EffectPart,
    effect_part,
    numeric,
    require_effects,
    weights_note,
    with_isolates,
)
from analysis.maps.options import Options, Sheet, read_options
from analysis.terms import term
from spatial.errors import InputError

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.figure import Figure

__all__ = ["compare"]

CLASSES = ("common", "own")
FIXED = {"cluster": CLUSTERS, "spot": SPOTS}
LETTERS = "abcdefghijklmnopqrstuvwxyz"
Codes = npt.NDArray[np.intp]


def compare(
    cities: gpd.GeoDataFrame,
    results: Mapping[Any, pd.Series | pd.DataFrame],
    *,
    classes: str = "common",
    which: str = "sent",
    scheme: str = "quantiles",
    k: int = 5,
    breaks: Sequence[float] | None = None,
    cmap: str | Sequence[str] | None = None,
    colours: Mapping[str, str] | None = None,
    letters: bool = True,
    **options: Unpack[Options],
) -> Figure:
    """Map results beside one another, each with a letter and its own words above it.

    Parameters
    ----------
    cities
        Boundary layer, indexed like the results.
    results
        From the words above a map to what it shows: numbers (a Series indexed by unit), local
        statistics (from `spatial.lisa`, `bilisa` or `getis_ord`) or effects by unit (from
        `fit.effects_by_unit(term)`).
    classes
        "common": all maps have the same classes and one legend, which counts them map by map; they
        must then be of one kind. "own": each map has classes and a legend of its own.
    which
        What to show of effects: "sent", "received" or "own".
    scheme, k, breaks, cmap
        Classes of numbers and of effects, as in `choropleth` and `spillover`.
    colours
        Colours of classes of local statistics, as in `lisa` and `hot_spots`.
    letters
        (a), (b) and so on before the words.
    **options
        See `Options`; `columns` says how many maps stand beside one another.

    Returns
    -------
    matplotlib.figure.Figure
        Not registered with pyplot; save it with `maps.save`. What maps have to say of themselves is
        said once where it is the same for all, and by map where it differs.

    Raises
    ------
    InputError
        For fewer than two results, results over several times, of unknown kinds, or of different
        kinds with common classes; and as the maps of each kind do.

    Examples
    --------
    >>> both = {"Queen": lisa_queen, "5 nearest": lisa_nearest}  # doctest: +SKIP
    >>> maps.compare(cities, both)  # doctest: +SKIP
    """
    sheet = read_options(options)
    if classes not in CLASSES:
        raise InputError(f"classes={classes!r} is not known; use 'common' or 'own'.")
    shown = _read_all(results, which, sheet.lang)
    if classes == "common":
        _require_one_kind(shown)
    layer = prepare(cities, sheet)
    asked = {"scheme": scheme, "k": k, "breaks": breaks, "cmap": cmap}
    marks = [f"({letter})" if letters else "" for letter in LETTERS[: len(shown)]]
    if classes == "common":
        one = _mapped(shown, layer, sheet, asked, colours)
        looks, drawn = one.looks, [_Mapped(one.looks, [codes], one.said) for codes in one.codes]
    else:
        drawn = [_mapped([result], layer, sheet, asked, colours) for result in shown]
        looks = drawn[0].looks
    panels = [
        _panel(result, one, mark, own=classes == "own")
        for result, one, mark in zip(shown, drawn, marks, strict=True)
    ]
    notes = _said(shown, drawn, marks, sheet.lang)
    words = {result.heading for result in shown}
    heading = shown[0].heading if len(words) == 1 else None
    return compose(layer, looks, panels, sheet=sheet, notes=notes, heading=heading)


@dataclass(frozen=True)
class _Shown:
    """A result under its head: its kind, its values by unit, the words of its legend and note."""

    head: str
    kind: str
    values: EffectPart
    heading: str | None
    said: list[str]


def _read_all(results: Mapping[Any, Any], which: str, lang: str) -> list[_Shown]:
    """Results with their kinds."""
    if not isinstance(results, Mapping) or not 2 <= len(results) <= len(LETTERS):
        raise InputError(
            f"compare takes a mapping of 2 to {len(LETTERS)} results, such as "
            '{"Queen": one, "5 nearest": other}.'
        )
    return [_read(str(head), result, which, lang) for head, result in results.items()]


def _read(head: str, result: Any, which: str, lang: str) -> _Shown:
    """Kind of a result by its shape and columns."""
    if not isinstance(result, pd.Series | pd.DataFrame):
        raise InputError(
            f"{head}: a {type(result).__name__} is no result; give a Series by unit, a local "
            "statistic or effects by unit."
        )
    if result.index.nlevels > 1:
        raise InputError(
            f"{head} is a result over several times; choose one, such as result.xs(2020)."
        )
    if isinstance(result, pd.Series):
        name = None if result.name is None else str(result.name)
        values = numeric(result)
        return _Shown(head, "numbers", EffectPart(values, values.index[:0]), name, [])
    if "cluster" in result.columns:
        spots = set(result["cluster"].dropna().astype(str)) & {"hot spot", "cold spot"}
        kind = "spot" if spots or "star" in result.attrs else "cluster"
        require_classes(result, FIXED[kind], "spatial.lisa, bilisa or getis_ord")
        values = result["cluster"]
        said = convention(result.attrs, lang)
        return _Shown(head, kind, EffectPart(values, values.index[:0]), None, said)
    require_effects(result, (which,))
    said = [term(f"map.{which}_long", lang), *weights_note(result.attrs, lang)]
    return _Shown(head, "effects", effect_part(result, which), term(f"map.{which}", lang), said)


def _require_one_kind(shown: Sequence[_Shown]) -> None:
    """Refuse common classes of different kinds."""
    kinds = {one.kind: one.head for one in shown}
    if len(kinds) > 1:
        (first, here), (second, there), *_ = kinds.items()
        raise InputError(
            f"{here} ({first}) and {there} ({second}) have no common classes; give classes='own'."
        )


@dataclass(frozen=True)
class _Mapped:
    """Classes that results share, the class of each unit in each, and how they were made."""

    looks: list[Look]
    codes: list[Codes]
    said: list[str]


def _mapped(
    group: Sequence[_Shown],
    layer: Layer,
    sheet: Sheet,
    asked: Mapping[str, Any],
    colours: Mapping[str, str] | None,
) -> _Mapped:
    """Common classes of results of one kind."""
    kind, parts = group[0].kind, [one.values for one in group]
    if kind in FIXED:
        looks = fixed_looks(FIXED[kind], kind, sheet.lang, colours)
        return _Mapped(looks, [class_codes(part.values, looks, layer) for part in parts], [])
    pooled = np.concatenate([part.values.to_numpy() for part in parts])
    graded = (grade if kind == "numbers" else grade_signed)(pooled, lang=sheet.lang, **asked)
    said = [graded.classes.note(sheet.lang)]
    if kind == "numbers":
        return _Mapped(graded.looks, [part.codes(graded.classes, layer) for part in parts], said)
    codes = [part.codes_with_isolates(graded.classes, layer) for part in parts]
    return _Mapped(with_isolates(graded.looks, sheet.lang), codes, said)


def _panel(result: _Shown, one: _Mapped, mark: str, *, own: bool) -> Panel:
    """One map with its letter; with a legend of its own, or its letter over its counts."""
    head = f"{mark} {result.head}".strip()
    if own:
        return Panel(head, one.codes[0], looks=one.looks, heading=result.heading)
    return Panel(head, one.codes[0], short=mark or None)


def _said(
    shown: Sequence[_Shown], drawn: Sequence[_Mapped], marks: Sequence[str], lang: str
) -> list[str]:
    """What all maps say, once; then what each says of its own."""
    every = [[*result.said, *one.said] for result, one in zip(shown, drawn, strict=True)]
    common = [text for text in every[0] if all(text in own for own in every)]
    glue, told = "，" if lang == "zh" else ", ", []
    for result, mark, said in zip(shown, marks, every, strict=True):
        own = [text for text in said if text not in common]
        if own:
            mark = mark or f"{result.head}:"
            told.append(f"{mark} {glue.join(own)}")
    return [*common, *told]
