"""Maps of hot spots and cold spots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Unpack

import pandas as pd

from analysis.convention import convention
from analysis.maps.classed import draw_classes, fixed_looks, require_classes
from analysis.maps.colours import SPOTS
from analysis.maps.options import Options, read_options
from analysis.maps.years import by_time
from analysis.terms import term

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.figure import Figure

__all__ = ["hot_spots"]


def hot_spots(
    cities: gpd.GeoDataFrame,
    result: pd.DataFrame,
    *,
    times: Sequence[object] | None = None,
    colours: Mapping[str, str] | None = None,
    **options: Unpack[Options],
) -> Figure:
    """Map the hot and cold spots of the local G of Getis and Ord.

    Every unit of the layer is drawn; the legend holds all five classes with their counts, and the
    note says whether units count themselves (G*), and with which weights, p convention, correction
    and significance they were tested.

    Parameters
    ----------
    cities
        Boundary layer, indexed like the result.
    result
        From `spatial.getis_ord` (indexed by unit) or `spatial.getis_ord_by_time` (small multiples
        with one legend).
    times
        Which times to draw, of a result over several.
    colours
        Class to colour, for the classes to be changed: "hot spot", "cold spot", "not significant",
        "isolate" and "missing".
    **options
        As in `lisa`.

    Examples
    --------
    >>> maps.hot_spots(cities, spatial.getis_ord(y, w), lang="zh")  # doctest: +SKIP
    """
    sheet = read_options(options)
    require_classes(result, SPOTS, "spatial.getis_ord")
    looks = fixed_looks(SPOTS, "spot", sheet.lang, colours)
    notes = convention(result.attrs, sheet.lang)
    if "star" in result.attrs:
        kind = "star" if result.attrs["star"] else "plain"
        notes = [term(f"spot.{kind}", sheet.lang), *notes]
    parts = by_time(result["cluster"], times)
    return draw_classes(cities, parts, looks, sheet=sheet, notes=notes)
