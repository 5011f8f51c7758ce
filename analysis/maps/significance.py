"""Maps of how sure local statistics are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Unpack

import numpy as np
import pandas as pd

from analysis.convention import convention
from analysis.maps.classed import draw_classes
from analysis.maps.colours import CLUSTERS, LEVELS, Look, class_looks, ramp
from analysis.maps.options import Options, read_options
from analysis.maps.years import by_time
from analysis.terms import term
from spatial.errors import InputError

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.figure import Figure

    from analysis.maps.colours import ClassColours

__all__ = ["grade_p_values", "significance"]

OTHERS = ("not significant", "isolate", "missing")


def significance(
    cities: gpd.GeoDataFrame,
    result: pd.DataFrame,
    *,
    levels: Sequence[float] | None = None,
    times: Sequence[object] | None = None,
    colours: Mapping[str, str] | None = None,
    **options: Unpack[Options],
) -> Figure:
    """Map the p-values of a local statistic in classes.

    The p-values are those that clusters were judged by: `p_adjusted`, which is corrected for
    looking at many places where the result says so. Isolates and units without data have none and
    are hatched.

    Parameters
    ----------
    cities
        Boundary layer, indexed like the result.
    result
        From `spatial.lisa`, `bilisa` or `getis_ord`, or from their twins by time (small multiples
        with one legend).
    levels
        Upper edges of the classes; by default 0.001, 0.01 and 0.05 as far as they are below the
        alpha of the result, and that alpha, so that the coloured units are the significant ones.
    times
        Which times to draw, of a result over several.
    colours
        Class to colour, for the classes to be changed: "p 0.001" for p ≤ 0.001 and so on, "not
        significant", "isolate" and "missing".
    **options
        As in `lisa`.

    Raises
    ------
    InputError
        As in `lisa`; levels that are not between 0 and 1.

    Examples
    --------
    >>> local = spatial.lisa(y, w, correction="fdr")  # doctest: +SKIP
    >>> maps.significance(cities, local, lang="zh")  # doctest: +SKIP
    """
    sheet = read_options(options)
    classes, looks = grade_p_values(result, lang=sheet.lang, levels=levels, colours=colours)
    corrected = bool(result.attrs.get("correction"))
    heading = term("level.adjusted" if corrected else "level.plain", sheet.lang)
    notes = convention(result.attrs, sheet.lang)
    parts = by_time(classes, times)
    return draw_classes(cities, parts, looks, sheet=sheet, notes=notes, heading=heading)


def grade_p_values(
    result: pd.DataFrame,
    *,
    lang: str,
    levels: Sequence[float] | None = None,
    colours: Mapping[str, str] | None = None,
) -> tuple[pd.Series, list[Look]]:
    """Class of each row by its p-value, and the looks of all classes.

    Parameters
    ----------
    result, levels, colours
        As in `significance`.
    lang
        Language of the legend.
    """
    _require_p_values(result)
    edges = _edges(levels, result)
    looks = class_looks(_table(edges), _names(edges, lang), colours)
    return pd.Series(_classes(result, edges, looks), index=result.index, name="cluster"), looks


def _require_p_values(result: object) -> None:
    """Refuse what is not the result of a local statistic."""
    wanted = ("p_adjusted", "cluster")
    if not isinstance(result, pd.DataFrame) or any(c not in result.columns for c in wanted):
        raise InputError(
            "the result has no columns 'p_adjusted' and 'cluster'; give what spatial.lisa, bilisa "
            "or getis_ord returns."
        )


def _edges(levels: Sequence[float] | None, result: pd.DataFrame) -> list[float]:
    """Upper edges of the classes, ascending."""
    if levels is None:
        alpha = float(result.attrs.get("alpha", max(LEVELS)))
        return [*(level for level in LEVELS if level < alpha), alpha]
    given = [float(level) for level in levels]
    if not given or any(not 0 < level < 1 for level in given) or len(set(given)) < len(given):
        raise InputError(
            f"levels={list(levels)!r} must be different numbers between 0 and 1; 0.001, 0.01 and "
            "0.05 are usual."
        )
    return sorted(given)


def _table(edges: Sequence[float]) -> ClassColours:
    """Colours of the classes: the strictest level is the darkest."""
    if set(edges) <= set(LEVELS):
        faces = [LEVELS[edge] for edge in edges]
    else:
        faces = ramp("YlGn", len(edges), low=0.3)[::-1]
    levels = {f"p {edge:g}": (face, None) for edge, face in zip(edges, faces, strict=True)}
    return {**levels, **{key: CLUSTERS[key] for key in OTHERS}}


def _names(edges: Sequence[float], lang: str) -> dict[str, str]:
    """Printed name of each class."""
    words = [f"{edge:g}" for edge in edges]
    names = {f"p {words[0]}": term("level.first", lang, high=words[0])}
    for low, high in pairwise(words):
        names[f"p {high}"] = term("level.between", lang, low=low, high=high)
    names["not significant"] = term("level.none", lang, low=words[-1])
    return {**names, **{key: term(f"level.{key}", lang) for key in OTHERS[1:]}}


def _classes(result: pd.DataFrame, edges: Sequence[float], looks: Sequence[Look]) -> list[str]:
    """Class of each row: by its p-value, or isolate or missing where it has none."""
    p_values = result["p_adjusted"].to_numpy(dtype=float)
    number = np.searchsorted(np.asarray(edges), p_values, side="left")
    kinds = result["cluster"].astype(object)
    return [
        looks[place].key if p == p else ("isolate" if kind == "isolate" else "missing")
        for place, p, kind in zip(number, p_values, kinds, strict=True)
    ]
