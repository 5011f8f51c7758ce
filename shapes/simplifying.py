"""Simplify boundaries together, so that neighbours stay neighbours."""

from __future__ import annotations

import numpy as np
import shapely
from geopandas import GeoDataFrame, GeoSeries

from shapes.checking import check_boundaries
from shapes.errors import InputError, named
from shapes.labels import canonical
from shapes.projection import metric_crs

__all__ = ["simplify"]


def simplify(cities: GeoDataFrame, tolerance_m: float = 1000) -> GeoDataFrame:
    """Simplify the boundaries as one coverage: borders stay shared, no unit or part is lost.

    Visvalingam–Whyatt on the edges of the whole coverage (`shapely.coverage_simplify`), in an
    equal-area projection in metres. Areas and densities belong to the boundaries before it.

    Parameters
    ----------
    cities : geopandas.GeoDataFrame
        Units with a coordinate system that form a valid coverage; not changed.
    tolerance_m : float
        Root of the area, in m, below which a bend is smoothed away.

    Returns
    -------
    geopandas.GeoDataFrame
        The same rows and columns in the same coordinate system.

    Raises
    ------
    InputError
        When the tolerance is not positive, the coordinate system is missing, or the polygons
        overlap or leave gaps, so that they have no common borders to simplify (the units are
        named).

    Examples
    --------
    >>> from shapes import china_cities
    >>> coarse = simplify(china_cities(), tolerance_m=5000)
    >>> len(coarse)
    370
    """
    if not (np.isfinite(tolerance_m) and tolerance_m > 0):
        raise InputError(
            f"tolerance_m={tolerance_m!r} is no positive length; give metres, such as 1000."
        )
    metric = metric_crs(cities)
    _refuse_faulty(cities)
    projected = cities.geometry.to_crs(metric).to_numpy()
    simple = shapely.coverage_simplify(projected, tolerance_m)
    back = GeoSeries(simple, index=cities.index, crs=metric).to_crs(cities.crs)
    bad = np.flatnonzero(~shapely.is_valid(back.to_numpy()))
    if len(bad) or not shapely.coverage_is_valid(back.to_numpy()):
        who = f" ({named(canonical(cities.index[i]) for i in bad)})" if len(bad) else ""
        raise InputError(
            f"at tolerance_m={tolerance_m:g} borders would cross{who}; give a smaller tolerance_m."
        )
    return cities.set_geometry(back)


def _refuse_faulty(cities: GeoDataFrame) -> None:
    shapes = cities.geometry.to_numpy()
    broken = ~shapely.is_valid(shapes) | shapely.is_empty(shapes) | shapely.is_missing(shapes)
    if not broken.any():
        edges = shapely.coverage_invalid_edges(shapes)
        broken = ~shapely.is_empty(edges)
    if broken.any():
        faults = check_boundaries(cities.loc[broken])
        kinds = f" ({named(faults['problem'].unique())})" if len(faults) else ""
        raise InputError(
            "the polygons do not form a coverage, look at check_boundaries: "
            f"{named(canonical(key) for key in cities.index[broken])}{kinds}; mend them first, "
            "narrow ones with repair."
        )
