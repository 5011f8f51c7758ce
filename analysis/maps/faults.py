"""A map of the faults of a boundary layer: which units, which fault, and where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from analysis.maps.colours import Look
from analysis.maps.compose import Panel, compose
from analysis.maps.layer import Layer, prepare
from analysis.maps.options import Options, Sheet, read_options
from analysis.terms import term
from spatial.errors import InputError, named
from spatial.labels import canonical

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.figure import Figure

__all__ = ["faults"]

SOUND, FAULTY = "#f3f3f3", "#fbe3b8"
SIZE = 4.0
# Shapes differ as well as colours, so that the kinds survive grey print.
MARKS: Mapping[str, tuple[str, str]] = {
    "overlap": ("#c8401e", "o"),
    "gap": ("#1f6fb2", "s"),
    "sliver": ("#7b3fa0", "v"),
    "island": ("#1c8a4c", "D"),
    "border": ("#6a6a6a", "^"),
    "invalid": ("#111111", "X"),
    "duplicate geometry": ("#b8860b", "P"),
}


def faults(
    cities: gpd.GeoDataFrame,
    problems: pd.DataFrame | None = None,
    **options: Unpack[Options],
) -> Figure:
    """Map the faults of a boundary layer: units concerned, and a mark where each fault lies.

    Parameters
    ----------
    cities
        Boundary layer, indexed by key.
    problems
        From `shapes.boundary_faults` (marks stand where the faults lie) or
        `shapes.check_boundaries` (marks stand in the unit each fault is listed under); None looks
        for them. An empty table draws the layer without a mark.
    **options
        See `Options`: lang, width_mm, font_size, ax, title, note, source, approval, labels, lines,
        inset, crs, graticule, legend, columns.

    Returns
    -------
    matplotlib.figure.Figure
        Not registered with pyplot; save it with `maps.save`. What has no place on a map (units
        without a polygon, repeated keys, the coordinate system) is counted in the note.

    Raises
    ------
    InputError
        The layer has no polygon, or the problems have no columns key and problem, or name units
        that the layer lacks.

    Examples
    --------
    >>> maps.faults(cities, shapes.boundary_faults(cities), lang="zh")  # doctest: +SKIP
    """
    sheet = read_options(options)
    table = _table(cities, problems)
    drawn = cities[_has_polygon(cities)]
    if not len(drawn):
        raise InputError("the boundary layer has no polygon; there is nothing to draw.")
    layer = prepare(drawn, sheet)
    points = _points(table, drawn, layer)
    kinds = [kind for kind in MARKS if (table["problem"] == kind).any()]
    looks = [
        Look("sound", term("fault.sound", sheet.lang), SOUND),
        Look("faulty", term("fault.faulty", sheet.lang), FAULTY),
        *(
            Look(kind, term(f"fault.{kind}", sheet.lang), face, stroke=SIZE, marker=mark)
            for kind, (face, mark) in MARKS.items()
            if kind in kinds
        ),
    ]
    placed = np.asarray(np.isfinite(points).all(axis=1))
    marks = {
        kind: np.repeat(points[placed & (table["problem"] == kind).to_numpy(), None], 2, axis=1)
        for kind in kinds
    }
    concerned = {canonical(key) for key in table["key"]}
    codes = np.array([int(label in concerned) for label in layer.labels], dtype=np.intp)
    notes = _notes(table["problem"].loc[~placed], sheet, found=bool(len(table)))
    return compose(layer, looks, [Panel("", codes, marks)], sheet=sheet, notes=notes)


def _table(cities: Any, problems: Any) -> pd.DataFrame:
    """Problems as a table with a clean index, looked for where none are given."""
    if problems is None:
        import shapes

        problems = shapes.boundary_faults(cities)
    if not isinstance(problems, pd.DataFrame) or not {"key", "problem"} <= {*problems.columns}:
        raise InputError(
            "the problems have no columns key and problem; give what shapes.boundary_faults or "
            "shapes.check_boundaries returns."
        )
    known = {canonical(key) for key in cities.index}
    coverage = problems[problems["problem"].isin(list(MARKS))]
    absent = [key for key in coverage["key"] if canonical(key) not in known]
    if absent:
        raise InputError(
            f"the problems name units that the boundary layer lacks: {named(absent)}; give the "
            "layer that was checked."
        )
    return problems.reset_index(drop=True)


def _has_polygon(cities: gpd.GeoDataFrame) -> npt.NDArray[np.bool_]:
    shapes = cities.geometry.to_numpy()
    return np.asarray(np.isin(shapely.get_type_id(shapes), (3, 6)) & ~shapely.is_empty(shapes))


def _points(table: pd.DataFrame, drawn: gpd.GeoDataFrame, layer: Layer) -> npt.NDArray[np.float64]:
    """(m, 2) places of the faults in the plane of the map; missing where there is none."""
    points = np.full((len(table), 2), np.nan)
    marked = table["problem"].isin(list(MARKS)).to_numpy(copy=True)
    if hasattr(table, "geometry") and "geometry" in table.columns:
        placed = drawn.iloc[:0].geometry.crs
        shapes = table.geometry.set_crs(placed, allow_override=True).to_crs(layer.crs).to_numpy()
        marked &= ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
        points[marked] = shapely.get_coordinates(shapely.point_on_surface(shapes[marked]))
        return points
    rows = layer.labels.get_indexer(pd.Index([canonical(key) for key in table["key"]]))
    marked &= rows >= 0
    inside = shapely.point_on_surface(layer.shapes[rows[marked]])
    points[marked] = shapely.get_coordinates(inside)
    return points


def _notes(placeless: pd.Series, sheet: Sheet, *, found: bool) -> list[str]:
    """What the marks mean, and what could not be marked."""
    if not found:
        return [term("fault.none", sheet.lang)]
    said = [term("fault.symbols", sheet.lang)]
    counts = placeless.value_counts(sort=False)
    if len(counts):
        comma = "、" if sheet.lang == "zh" else ", "
        names = comma.join(
            f"{term(f'fault.{kind}', sheet.lang)} ({count})" for kind, count in counts.items()
        )
        said.append(term("fault.placeless", sheet.lang, names=names))
    return said
