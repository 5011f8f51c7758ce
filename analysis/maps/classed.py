"""Sheets of maps whose units fall into named classes; what all maps of classes share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.maps.colours import ClassColours, Look, class_looks
from analysis.maps.compose import Panel, compose
from analysis.maps.layer import Layer, prepare, rows_of
from analysis.maps.options import Sheet
from analysis.terms import term
from spatial.errors import InputError

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.figure import Figure

__all__ = ["class_codes", "draw_classes", "fixed_looks", "require_classes"]


def fixed_looks(
    table: ClassColours, prefix: str, lang: str, colours: Mapping[str, str] | None
) -> list[Look]:
    """Looks of fixed classes, named by the vocabulary."""
    return class_looks(table, {key: term(f"{prefix}.{key}", lang) for key in table}, colours)


def require_classes(result: object, table: ClassColours, origin: str) -> None:
    """Refuse what is not the result of a local statistic with these classes."""
    if not isinstance(result, pd.DataFrame) or "cluster" not in result.columns:
        raise InputError(f"the result has no column 'cluster'; give what {origin} returns.")
    unknown = sorted({str(x) for x in result["cluster"].dropna().unique()} - set(table))
    if unknown:
        raise InputError(
            f"the result's column 'cluster' holds {unknown[0]!r}; the classes are "
            f"{', '.join(table)}."
        )


def draw_classes(
    cities: gpd.GeoDataFrame,
    parts: Sequence[tuple[str, pd.Series]],
    looks: Sequence[Look],
    *,
    sheet: Sheet,
    notes: Sequence[str],
    heading: str | None = None,
) -> Figure:
    """Draw one map per part, with one legend that counts every class.

    Parameters
    ----------
    cities
        Boundary layer.
    parts
        Head and classes by unit, as keys of the looks; units without one are "missing".
    looks
        Classes in the order of the legend, "missing" among them.
    sheet, notes, heading
        As in `compose`.
    """
    layer = prepare(cities, sheet)
    panels = [Panel(head, class_codes(part, looks, layer)) for head, part in parts]
    return compose(layer, looks, panels, sheet=sheet, notes=notes, heading=heading)


def class_codes(classes: pd.Series, looks: Sequence[Look], layer: Layer) -> npt.NDArray[np.intp]:
    """Number of the class of each unit of the layer."""
    numbers = {look.key: number for number, look in enumerate(looks)}
    codes = np.full(len(layer.labels), numbers["missing"], dtype=np.intp)
    what = "the result" if classes.name in (None, "cluster", "change") else str(classes.name)
    rows = rows_of(classes.index, layer, what)
    codes[rows] = [numbers[str(c)] if pd.notna(c) else numbers["missing"] for c in classes]
    return codes
