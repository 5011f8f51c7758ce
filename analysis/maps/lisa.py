"""Maps of local clusters: one variable, or one here against another next door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Unpack

import pandas as pd

from analysis.convention import convention
from analysis.maps.classed import draw_classes, fixed_looks, require_classes
from analysis.maps.colours import CLUSTERS
from analysis.maps.options import Options, read_options
from analysis.maps.years import by_time
from analysis.terms import term

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.figure import Figure

__all__ = ["bilisa", "lisa"]


def lisa(
    cities: gpd.GeoDataFrame,
    result: pd.DataFrame,
    *,
    times: Sequence[object] | None = None,
    colours: Mapping[str, str] | None = None,
    **options: Unpack[Options],
) -> Figure:
    """Map the clusters of a local Moran statistic.

    Every unit of the layer is drawn; units that the result lacks are "no data". The legend holds
    all seven classes in fixed colours with their counts, and the note says which weights,
    p convention, correction and significance were used.

    Parameters
    ----------
    cities
        Boundary layer, indexed like the result.
    result
        From `spatial.lisa` (indexed by unit), `spatial.lisa_by_time` (indexed by time and unit:
        small multiples with one legend) or `spatial.bilisa`.
    times
        Which times to draw, of a result over several.
    colours
        Class to colour, for the classes to be changed: {"HH": "black"}. Classes are HH, LL, HL, LH,
        "not significant", "isolate" and "missing".
    **options
        See `Options`: lang, width_mm, font_size, ax, title, note, source, approval, labels, lines,
        inset, crs, graticule, legend, columns.

    Returns
    -------
    matplotlib.figure.Figure
        Not registered with pyplot; save it with `maps.save`.

    Raises
    ------
    InputError
        Naming units that the layer lacks, unknown classes, times or options.

    Examples
    --------
    >>> maps.save(maps.lisa(cities, spatial.lisa(y, w), lang="zh"), "LISA")  # doctest: +SKIP
    """
    return _clusters(cities, result, times, colours, options, heading=None)


def bilisa(
    cities: gpd.GeoDataFrame,
    result: pd.DataFrame,
    *,
    here: str | None = None,
    there: str | None = None,
    times: Sequence[object] | None = None,
    colours: Mapping[str, str] | None = None,
    **options: Unpack[Options],
) -> Figure:
    """Map the clusters of a bivariate local Moran: one variable here, another at the neighbours.

    Parameters
    ----------
    cities, result, times, colours, **options
        As in `lisa`; `result` comes from `spatial.bilisa`.
    here, there
        Printed names of the variable of the unit itself and of that of its neighbours; the legend
        says "first: agglomeration here; second: resilience next door".
    """
    lang = str(options.get("lang", "en"))
    names = {
        "here": here or term("map.bivariate_here", lang),
        "there": there or term("map.bivariate_there", lang),
    }
    heading = term("map.bivariate", lang, **names)
    return _clusters(cities, result, times, colours, options, heading=heading)


def _clusters(
    cities: gpd.GeoDataFrame,
    result: pd.DataFrame,
    times: Sequence[object] | None,
    colours: Mapping[str, str] | None,
    options: Options,
    *,
    heading: str | None,
) -> Figure:
    """Sheet of one map per time."""
    sheet = read_options(options)
    require_classes(result, CLUSTERS, "spatial.lisa or spatial.bilisa")
    looks = fixed_looks(CLUSTERS, "cluster", sheet.lang, colours)
    notes = convention(result.attrs, sheet.lang)
    if heading is not None:
        notes = [*notes, term("note.bivariate", sheet.lang)]
    parts = by_time(result["cluster"], times)
    return draw_classes(cities, parts, looks, sheet=sheet, notes=notes, heading=heading)
