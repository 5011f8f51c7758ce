"""Maps of any named groups: types, regions, ranks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Unpack

import numpy as np
import pandas as pd

from analysis.maps.classed import draw_classes
from analysis.maps.colours import CLUSTERS, MISSING, PALETTE, Look, class_looks
from analysis.maps.options import Options, read_options
from analysis.maps.years import by_time
from analysis.terms import group_name
from spatial.errors import InputError, named

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.figure import Figure

__all__ = ["categories", "sort_categories"]

MOST = 20
REGIONS = ("east", "central", "west", "north-east")


def categories(
    cities: gpd.GeoDataFrame,
    values: pd.Series,
    *,
    order: Sequence[object] | None = None,
    names: Mapping[object, str] | None = None,
    colours: Mapping[str, str] | None = None,
    times: Sequence[object] | None = None,
    **options: Unpack[Options],
) -> Figure:
    """Map categories, each in a colour of its own.

    Every unit of the layer is drawn; units without a category are "no data". Every category stands
    in the legend with its count, also when the count is 0.

    Parameters
    ----------
    cities
        Boundary layer, indexed like the values.
    values
        Text, truth values or a Categorical, indexed by unit, or by (time, unit) for small multiples
        with one legend. Its name heads the legend.
    order
        Categories in the order of the legend, each with its own colour from map to map; by default
        those of a Categorical, no and yes, regions from east to north-east, otherwise sorted.
        Classes of local Moran have the order and the colours of `maps.lisa`.
    names
        Category to printed name. Without, yes and no, the regions and the classes of local
        statistics are printed in the language of the map, all others as they stand.
    colours
        Category to colour, for those to be changed, and "missing". Twelve colours that colour-blind
        readers tell apart, the first seven in grey print too, are given by themselves; beyond
        twelve categories, up to 20, every one needs a colour here.
    times
        Which times to draw.
    **options
        As in `lisa`.

    Raises
    ------
    InputError
        As in `lisa`; numbers, a category that `order` lacks, more than twelve categories without
        colours.

    Examples
    --------
    >>> maps.categories(cities, profiles["type"], lang="zh")  # doctest: +SKIP
    """
    sheet = read_options(options)
    texts, looks = sort_categories(
        values, lang=sheet.lang, order=order, names=names, colours=colours
    )
    heading = None if values.name is None else str(values.name)
    parts = by_time(texts, times)
    return draw_classes(cities, parts, looks, sheet=sheet, notes=[], heading=heading)


def sort_categories(
    values: pd.Series,
    *,
    lang: str,
    order: Sequence[object] | None = None,
    names: Mapping[object, str] | None = None,
    colours: Mapping[str, str] | None = None,
) -> tuple[pd.Series, list[Look]]:
    """Categories as text, missing ones as NaN, and their looks in the order of the legend.

    Parameters
    ----------
    values, order, names, colours
        As in `categories`.
    lang
        Language of the legend.
    """
    texts = _texts(values)
    keys = _keys(values, texts, order)
    present = {*texts.dropna()}
    clusters = order is None and bool(present) and present <= {*CLUSTERS}
    faces = CLUSTERS if clusters else _faces(keys, dict(colours or {}), str(values.name))
    printed = {str(key): str(name) for key, name in (names or {}).items()}
    absent = [key for key in printed if key not in faces]
    if absent:
        raise InputError(f"names: {absent[0]!r} is not a category; there are {named(faces, 21)}.")
    words = {key: printed.get(key) or group_name(key, lang) for key in faces}
    return texts, class_looks(faces, words, colours)


def _texts(values: object) -> pd.Series:
    """Categories as text, missing ones as NaN; numbers are refused."""
    if not isinstance(values, pd.Series):
        raise InputError(
            f"values are a {type(values).__name__}, not a Series indexed by unit; bare values "
            "cannot be matched to units."
        )
    if not values.notna().any():
        raise InputError("all values are missing; there is nothing to map.")
    if _are_truths(values):
        return values.astype(object).map({True: "yes", False: "no"})
    if pd.api.types.is_numeric_dtype(values.dtype):
        raise InputError(
            f"{values.name or 'values'} are numbers; draw them with maps.choropleth, or make text "
            "of codes that stand for groups."
        )
    known = values.notna()
    return values.astype(object).where(known).map(str, na_action="ignore")


def _are_truths(values: pd.Series) -> bool:
    """Whether all that is known is true or false."""
    known = values.dropna()
    return bool(len(known)) and all(isinstance(value, (bool, np.bool_)) for value in known)


def _keys(values: pd.Series, texts: pd.Series, order: Sequence[object] | None) -> list[str]:
    """Categories in the order of the legend."""
    present = sorted(texts.dropna().unique())
    if order is None and _are_truths(values):
        order = ("no", "yes")
    elif order is None and isinstance(values.dtype, pd.CategoricalDtype):
        order = list(values.cat.categories)
    elif order is None and {*present} <= {*REGIONS}:
        order = [region for region in REGIONS if region in present]
    keys = present if order is None else list(dict.fromkeys(map(str, order)))
    absent = [key for key in present if key not in keys]
    if absent:
        raise InputError(
            f"{values.name or 'values'}: the categories {named(absent)} are not in order=; "
            "name them all."
        )
    return [key for key in keys if key != "missing"]


def _faces(
    keys: Sequence[str], own: Mapping[str, str], name: str
) -> dict[str, tuple[str, str | None]]:
    """Colour of each category: the user's, or the next of the palette."""
    lacking = [key for key in keys if key not in own]
    if len(keys) > MOST:
        raise InputError(
            f"{name}: {len(keys)} categories cannot be told apart on a map; join them into at most "
            f"{MOST}."
        )
    if len(keys) > len(PALETTE) and lacking:
        raise InputError(
            f"{name}: {len(keys)} categories are more than the {len(PALETTE)} colours that can be "
            f"told apart; join some, or give colours= for {named(lacking)}."
        )
    given = dict(zip(keys, PALETTE, strict=False))
    found = {key: (own[key] if key in own else given[key], None) for key in keys}
    return {**found, "missing": MISSING}
