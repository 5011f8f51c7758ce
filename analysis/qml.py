"""QGIS styles as QML text: polygons coloured by class or graded by a number."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from xml.sax.saxutils import quoteattr

import numpy as np
import pandas as pd

__all__ = ["HATCHED", "Fill", "categorised", "graduated"]

EDGE = "#6e6e6e"
RAMP_UP = ("#fee8d3", "#fdc08d", "#f5883b", "#cf5009", "#8a2f04")
RAMP_BOTH = ("#2166ac", "#92c5de", "#f0f0f0", "#f4a582", "#b2182b")


@dataclass(frozen=True)
class Fill:
    """How a polygon is filled: a colour as #rrggbb, and a pattern of QGIS."""

    colour: str
    pattern: str = "solid"


HATCHED = Fill("#b4b4b4", "b_diagonal")


def categorised(attribute: str, entries: Sequence[tuple[str, str, Fill]]) -> str:
    """Style with one fill for each value of a text column.

    Parameters
    ----------
    attribute
        Column of the layer.
    entries
        (value, printed name, fill), in the order of the legend.

    Examples
    --------
    >>> 'attr="cluster"' in categorised("cluster", [("HH", "High-high", Fill("#d7191c"))])
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
        [fill for _, _, fill in entries],
    )


def graduated(attribute: str, values: pd.Series[Any], *, no_data: str = "No data") -> str:
    """Style with up to five colours for a column of numbers; where there is none, hatched.

    Numbers of one sign are cut at their quintiles; numbers of both signs in five steps around
    zero, blue below and red above, so that colour shows the sign. Rules, not QGIS's graduated
    renderer, which leaves polygons without a number out of the map.

    Parameters
    ----------
    attribute
        Column of the layer.
    values
        Its numbers, for the classes.
    no_data
        Printed name of the class without a number.
    """
    numbers = values.dropna().to_numpy(dtype=float)
    both = bool(len(numbers)) and numbers.min() < 0 < numbers.max()
    edges, ramp = (_around_zero(numbers), RAMP_BOTH) if both else (_quintiles(numbers), RAMP_UP)
    column = '"' + attribute.replace('"', '""') + '"'
    rules = [
        (f"{column} >= {low!r} AND {column} <= {high!r}", f"{low:.3g} – {high:.3g}")
        for low, high in pairwise(edges)
    ]
    rules.append((f"{column} IS NULL", no_data))
    texts = "".join(
        f'<rule symbol="{i}" filter={quoteattr(test)} label={quoteattr(label)}/>'
        for i, (test, label) in enumerate(rules)
    )
    fills = [*(Fill(colour) for colour in ramp[: len(rules) - 1]), HATCHED]
    return _style('type="RuleRenderer"', f"<rules>{texts}</rules>", fills)


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


def _style(renderer: str, classes: str, fills: Sequence[Fill]) -> str:
    symbols = "".join(_symbol(i, fill) for i, fill in enumerate(fills))
    return (
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>"
        '<qgis version="3.28.0" styleCategories="Symbology">'
        f'<renderer-v2 {renderer} enableorderby="0" forceraster="0" symbollevels="0">'
        f"{classes}<symbols>{symbols}</symbols></renderer-v2>"
        "<layerGeometryType>2</layerGeometryType></qgis>"
    )


def _symbol(number: int, fill: Fill) -> str:
    options = {
        "color": _rgba(fill.colour),
        "outline_color": _rgba(EDGE),
        "outline_style": "solid",
        "outline_width": "0.1",
        "outline_width_unit": "MM",
        "style": fill.pattern,
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
