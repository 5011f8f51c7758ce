"""Maps of how local clusters changed between years."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Unpack

import pandas as pd

from analysis.convention import convention
from analysis.maps.classed import draw_classes, fixed_looks
from analysis.maps.colours import CHANGES
from analysis.maps.options import Options, read_options
from analysis.terms import term
from spatial.errors import InputError

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.figure import Figure

__all__ = ["lisa_change"]


def lisa_change(
    cities: gpd.GeoDataFrame,
    result: pd.DataFrame,
    *,
    times: Sequence[object] | None = None,
    colours: Mapping[str, str] | None = None,
    **options: Unpack[Options],
) -> Figure:
    """Map which clusters units stayed in, moved into and left between two times.

    The ten classes of `spatial.lisa_change` have fixed colours: reds for high–high, blues for
    low–low, the darkest for those that stayed and the palest for those that left; all stand in the
    legend with their counts.

    Parameters
    ----------
    cities
        Boundary layer, indexed like the result.
    result
        From `spatial.lisa_by_time`, two times or more.
    times
        The earlier and the later time, by default the first and the last of the result; more than
        two make a small multiple for each step from one to the next.
    colours
        Class to colour, for the classes to be changed: "stayed HH", "became HH", "left HH", "stayed
        LL", "became LL", "left LL", "outlier", "not significant", "isolate" and "missing".
    **options
        As in `lisa`.

    Raises
    ------
    InputError
        As in `lisa`; fewer than two times.

    Examples
    --------
    >>> local = spatial.lisa_by_time(panel, "resilience", w)  # doctest: +SKIP
    >>> maps.lisa_change(cities, local, times=(2011, 2022))  # doctest: +SKIP
    """
    import spatial

    sheet = read_options(options)
    looks = fixed_looks(CHANGES, "change", sheet.lang, colours)
    if times is None:
        steps = [spatial.lisa_change(result)]
    else:
        if len(times) < 2:
            raise InputError(f"times={list(times)!r} is one time; a change is between two.")
        steps = [spatial.lisa_change(result, pair) for pair in pairwise(times)]
    heads = [
        term("change.span", sheet.lang, before=one.attrs["before"], after=one.attrs["after"])
        for one in steps
    ]
    single = len(steps) == 1
    parts = [
        ("" if single else head, one["change"]) for head, one in zip(heads, steps, strict=True)
    ]
    notes = [term("change.rule", sheet.lang), *convention(result.attrs, sheet.lang)]
    heading = heads[0] if single else None
    return draw_classes(cities, parts, looks, sheet=sheet, notes=notes, heading=heading)
