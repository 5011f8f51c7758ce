"""QGIS styles as QML text: polygons coloured by class or graded by a number."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any
from xml.sax.saxutils import quoteattr

import numpy as np
import pandas as pd

__all__ = ["categorised", "graduated"]

EDGE = "#6e6e6e"
RAMP_UP = ("#fee8d3", "#fdc08d", "#f5883b", "#cf5009", "#8a2f04")
RAMP_BOTH = ("#2166ac", "#92c5de", "#f0f0f0", "#f4a582", "#b2182b")


def categorised(attribute: str, entries: Sequence[tuple[str, str, str]]) -> str:
    """Style with one colour for each value of a text column.

    Parameters
    ----------
    attribute
        Column of the layer.
    entries
        (value, printed name, colour as #rrggbb), in the order of the legend.

    Examples
    --------
    >>> 'attr="cluster"' in categorised("cluster", [("HH", "High-high", "#d7191c")])
    True
    """
    categories = "".join(
        f'<category render="true" type="string" symbol="{i}" value={quoteattr(value)} '
        f"label={quoteattr(name)}/>"
        for i, (value, name, _) in enumerate(entries)
    )
    return _style(
        f'type="categorizedSymbol" attr={quoteattr(attribute)}',
        f"<categories>{categories}</categories>",
        [colour for _, _, colour in entries],
    )


def graduated(attribute: str, values: pd.Series[Any]) -> str:
    """Style with up to five colours for a column of numbers; cities without a number stay blank.

    Numbers of one sign are cut at their quintiles; numbers of both signs in five steps around zero,
    blue below and red above, so that colour shows the sign.
    """
    numbers = values.dropna().to_numpy(dtype=float)
    both = bool(len(numbers)) and numbers.min() < 0 < numbers.max()
    breaks, ramp = (_around_zero(numbers), RAMP_BOTH) if both else (_quintiles(numbers), RAMP_UP)
    ranges = "".join(
        f'<range render="true" symbol="{i}" lower="{low!r}" upper="{high!r}" label="{low:.3g} – '
        f'{high:.3g}"/>'
        for i, (low, high) in enumerate(pairwise(breaks))
    )
    return _style(
        f'type="graduatedSymbol" graduatedMethod="GraduatedColor" attr={quoteattr(attribute)}',
        f"<ranges>{ranges}</ranges>",
        list(ramp[: max(len(breaks) - 1, 0)]),
    )


def _quintiles(values: np.ndarray) -> list[float]:
    """Edges of up to five classes with equal counts."""
    if not len(values):
        return []
    edges = np.unique(np.quantile(values, np.linspace(0, 1, 6)))
    return _widened(edges if len(edges) > 1 else np.repeat(edges, 2))


def _around_zero(values: np.ndarray) -> list[float]:
    """Edges of five equal steps from minus to plus the largest modulus."""
    return _widened(np.abs(values).max() * np.array([-1, -0.6, -0.2, 0.2, 0.6, 1]))


def _widened(edges: np.ndarray) -> list[float]:
    """Both ends moved out by the smallest step, so that rounding loses no city."""
    low, high = math.nextafter(edges[0], -math.inf), math.nextafter(edges[-1], math.inf)
    return [low, *(float(edge) for edge in edges[1:-1]), high]


def _style(renderer: str, classes: str, colours: Sequence[str]) -> str:
    symbols = "".join(_symbol(i, colour) for i, colour in enumerate(colours))
    return (
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>"
        '<qgis version="3.28.0" styleCategories="Symbology">'
        f'<renderer-v2 {renderer} enableorderby="0" forceraster="0" symbollevels="0">'
        f"{classes}<symbols>{symbols}</symbols></renderer-v2>"
        "<layerGeometryType>2</layerGeometryType></qgis>"
    )


def _symbol(number: int, colour: str) -> str:
    options = {
        "color": _rgba(colour),
        "outline_color": _rgba(EDGE),
        "outline_style": "solid",
        "outline_width": "0.1",
        "outline_width_unit": "MM",
        "style": "solid",
    }
    rows = "".join(f'<Option type="QString" name="{k}" value="{v}"/>' for k, v in options.items())
    props = "".join(f'<prop k="{k}" v="{v}"/>' for k, v in options.items())
    return (
        f'<symbol type="fill" name="{number}" alpha="1" clip_to_extent="1" force_rhr="0">'
        f'<layer class="SimpleFill" enabled="1" locked="0" pass="0">'
        f'<Option type="Map">{rows}</Option>{props}</layer></symbol>'
    )


def _rgba(colour: str) -> str:
    return ",".join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5)) + ",255"
