"""How far units of a sample are from each other, as kernel weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from spatial.covariance.nearness import Kernel, Located, Nearness, listed, near_pairs, weight
from spatial.errors import InputError, named
from spatial.labels import canonical_index
from spatial.sample import Sample
from spatial.weights.facts import Facts, read_facts
from spatial.weights.geometry import EARTH_RADIUS_KM, Places, places

__all__ = ["kernel_weights"]

Array = npt.NDArray[np.float64]


def kernel_weights(
    sample: Sample, km: float, kernel: Kernel, coords: Any, distances: Any
) -> Nearness:
    """K(d/km) between units (N, N), one on the diagonal: 1 − u or 1 up to u = 1, zero beyond."""
    if distances is not None:
        apart = _given_distances(sample, distances)
        first, second = np.nonzero(np.triu(apart <= km, 1))
        return listed(len(apart), first, second, weight(apart[first, second], km, kernel))
    where = _places(sample, coords)
    found = near_pairs(where, km)
    if found is None:
        return Located(where, km, kernel)
    first, second, between = found
    return listed(len(where.xyz), first, second, weight(between, km, kernel))


def _given_distances(sample: Sample, distances: Any) -> Array:
    if not isinstance(distances, pd.DataFrame):
        raise InputError("distances= is a square DataFrame of kilometres, units by units.")
    rows = _positions(sample, distances.index, "the rows of distances=")
    columns = _positions(sample, distances.columns, "the columns of distances=")
    apart = distances.to_numpy(dtype=np.float64)[np.ix_(rows, columns)]
    if not np.isfinite(apart).all() or (apart < 0).any() or not np.allclose(apart, apart.T):
        raise InputError(
            "distances= must be finite, symmetric and not negative; mend them, or give coords=."
        )
    return np.asarray(apart)


def _places(sample: Sample, coords: Any) -> Places:
    if coords is None:
        return _recorded(sample)
    if not isinstance(coords, pd.DataFrame):
        raise InputError(
            "coords= is a GeoDataFrame, or a DataFrame with columns lon and lat, indexed by unit."
        )
    order = _positions(sample, coords.index, "coords=")
    taken = coords.iloc[order]
    if hasattr(coords, "geometry") and hasattr(coords, "crs"):
        return places(taken)
    if not {"lon", "lat"} <= set(coords.columns):
        raise InputError("coords= needs columns lon and lat, in degrees.")
    degrees = taken[["lon", "lat"]].to_numpy(dtype=np.float64)
    if not (np.isfinite(degrees).all() and (np.abs(degrees) <= (360.0, 90.0)).all()):
        raise InputError("coords= has lon or lat that are missing or no degrees; mend them.")
    lon, lat = np.radians(degrees).T
    xyz = np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    return Places(xyz * EARTH_RADIUS_KM, on_sphere=True)


def _recorded(sample: Sample) -> Places:
    """Points that the builder of the graph recorded."""
    known = _with_points(read_facts(sample.graph))
    units = canonical_index(sample.units, "the data")
    points = {} if known is None else dict(known.points)
    absent = [unit for unit in units if unit not in points]
    if known is None or absent:
        what = "no places" if known is None else f"no places of {named(absent)}"
        raise InputError(
            f'with_cov("hac") needs to know where units are, and the graph records {what}; give '
            "coords= (a GeoDataFrame, or columns lon and lat by unit) or distances= in kilometres."
        )
    xyz = np.array([points[unit] for unit in units])
    return Places(xyz, on_sphere=xyz.shape[1] == 3)


def _with_points(facts: Facts) -> Facts | None:
    if facts.points:
        return facts
    return next((found for part in facts.parts if (found := _with_points(part))), None)


def _positions(sample: Sample, index: pd.Index, what: str) -> npt.NDArray[np.intp]:
    """Places of the units of the sample in an index."""
    units = canonical_index(sample.units, "the data")
    known = canonical_index(index, what)
    absent = units[~units.isin(known)]
    if len(absent):
        raise InputError(f"{what} lacks {named(absent)}; give every unit of the fit.")
    return np.asarray(known.get_indexer(units), dtype=np.intp)
