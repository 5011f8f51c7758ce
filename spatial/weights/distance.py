"""Weights by distance: nearest neighbours, bands, inverse distance. Kilometres throughout."""

from __future__ import annotations

import math
from numbers import Real
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy import sparse

from spatial.errors import InputError
from spatial.weights.facts import Facts, Transform
from spatial.weights.geometry import Places, labels_of, names_of, places
from spatial.weights.matrix import graph_from_links, link_matrix, refuse_too_many

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from libpysal.graph import Graph
    from scipy.spatial import KDTree

__all__ = ["distance_band", "inverse_distance", "knn"]

TIE = 1e-9


def knn(cities: GeoDataFrame, k: int = 5, *, transform: Transform = "row") -> Graph:
    """Join each city to its k nearest.

    Parameters
    ----------
    cities
        Points or polygons (then their centroids), with a coordinate reference system: geographic
        coordinates are compared on the great circle, projected ones in the plane.
    k
        Neighbours of each city. Where several are equally far and not all fit, those that come
        first in the table are taken.
    transform
        "row" (default), "spectral", "minmax" or "none".

    Returns
    -------
    Graph
        Over ``cities.index``; asymmetric, every row has k links.
    """
    ids = labels_of(cities)
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or k < 1:
        raise InputError(f"k={k!r} is no number of neighbours; give 1, 2, 3 and so on.")
    if k >= len(ids):
        raise InputError(
            f"k={k} neighbours are wanted but there are only {len(ids)} cities; "
            f"give at most {len(ids) - 1}."
        )
    refuse_too_many(len(ids) * int(k), "lower k")
    columns = _nearest(places(cities), int(k))
    rows = np.repeat(np.arange(len(ids)), k)
    links = sparse.csr_array((np.ones(rows.size), (rows, columns.ravel())), shape=(len(ids),) * 2)
    facts = Facts(rule="knn", options={"k": int(k)}, names=names_of(cities))
    return graph_from_links(links, ids, facts, transform)


def _nearest(where: Places, k: int) -> npt.NDArray[np.intp]:
    """(N, k) positions of the nearest others; of ties at the last place the first by position."""
    tree = _tree(where)
    n = len(where.xyz)
    reach = np.asarray(tree.query(where.xyz, k=[k + 1])[0])[:, 0]
    slack = TIE * (1.0 + reach)
    found = tree.query_ball_point(where.xyz, reach + slack)
    rows = np.repeat(np.arange(n), [len(other) for other in found])
    columns = np.concatenate([np.asarray(other, dtype=np.intp) for other in found])
    rows, columns = rows[rows != columns], columns[rows != columns]
    straight = np.linalg.norm(where.xyz[rows] - where.xyz[columns], axis=1)
    tied = straight >= reach[rows] - slack[rows]
    order = np.lexsort((columns, tied, rows))
    starts = np.searchsorted(rows[order], np.arange(n))
    return np.asarray(columns[order][starts[:, None] + np.arange(k)])


def _tree(where: Places) -> KDTree:
    from scipy.spatial import KDTree

    return KDTree(where.xyz)


def distance_band(cities: GeoDataFrame, km: float = 300, *, transform: Transform = "row") -> Graph:
    """Binary weights: cities at most `km` kilometres apart.

    Cities with nobody within `km` are isolates; `weights.describe` counts and names them.

    Parameters
    ----------
    cities
        Points or polygons (then their centroids), with a coordinate reference system.
    km
        Great-circle kilometres for geographic coordinates, planar ones for projected coordinates.
    transform
        "row" (default), "spectral", "minmax" or "none".
    """
    reach = _positive(km, "km", "kilometres")
    ids = labels_of(cities)
    where = places(cities)
    pairs, _ = _pairs_within(where, reach, "lower km or use weights.knn")
    facts = Facts(rule="distance_band", options={"km": km}, names=names_of(cities))
    return graph_from_links(link_matrix(pairs, 1.0, len(ids)), ids, facts, transform)


def inverse_distance(
    cities: GeoDataFrame,
    power: float = 1,
    cutoff_km: float | None = None,
    *,
    transform: Transform = "row",
) -> Graph:
    """Weights 1/d^power, d in kilometres, among all cities or within `cutoff_km`.

    Parameters
    ----------
    cities
        Points or polygons (then their centroids), with a coordinate reference system.
    power
        Exponent of the distance, positive.
    cutoff_km
        No link beyond; None joins all cities to all, which is refused beyond 50,000,000 links.
    transform
        "row" (default), "spectral", "minmax" or "none".

    Raises
    ------
    InputError
        Two cities lie at the same point; too many links; no coordinate reference system.
    """
    exponent = _positive(power, "power", "exponent")
    reach = math.inf if cutoff_km is None else _positive(cutoff_km, "cutoff_km", "kilometres")
    ids = labels_of(cities)
    n = len(ids)
    remedy = "give cutoff_km, or use weights.knn"
    if cutoff_km is None:
        refuse_too_many(n * (n - 1), remedy)
    where = places(cities)
    if cutoff_km is None:
        pairs = np.column_stack(np.triu_indices(n, 1)).astype(np.intp)
        apart = where.apart(pairs[:, 0], pairs[:, 1])
    else:
        pairs, apart = _pairs_within(where, reach, "lower cutoff_km, or use weights.knn")
    names = names_of(cities)
    same = np.flatnonzero(apart <= TIE)
    if len(same):
        first, second = (ids[pairs[same[0], side]] for side in (0, 1))
        raise InputError(
            f"{len(same)} pairs of cities lie at the same point, first {first} and {second}; "
            "their weight would be infinite: move or drop one of them, or use weights.knn."
        )
    facts = Facts("inverse_distance", options={"power": power, "cutoff_km": cutoff_km}, names=names)
    return graph_from_links(link_matrix(pairs, apart**-exponent, n), ids, facts, transform)


def _pairs_within(
    where: Places, km: float, remedy: str
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """Pairs (m, 2) at most `km` apart, first < second, and their distances."""
    tree = _tree(where)
    reach = where.straight(km) * (1 + TIE)
    refuse_too_many(int(tree.count_neighbors(tree, reach)) - len(where.xyz), remedy)
    pairs = tree.query_pairs(reach, output_type="ndarray")
    apart = where.apart(pairs[:, 0], pairs[:, 1])
    near = apart <= km * (1 + TIE)
    return pairs[near], apart[near]


def _positive(value: float, name: str, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, Real) or not 0 < value < math.inf:
        raise InputError(
            f"{name}={value!r} is no positive number of {what}."
            if what == "kilometres"
            else f"{name}={value!r} is no positive {what}."
        )
    return float(value)
