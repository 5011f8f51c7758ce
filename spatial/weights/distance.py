"""Weights by distance: nearest neighbours, bands, and what decays. Kilometres throughout."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from numbers import Real
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from spatial.errors import InputError, counted, named
from spatial.weights.facts import Facts, Transform
from spatial.weights.geometry import Places, labels_of, names_of, places, points_of
from spatial.weights.matrix import graph_from_links, link_matrix, refuse_too_many
from spatial.weights.nearest import (
    TIE,
    check_fallback,
    nearest,
    rescue_pairs,
    rescued,
    tree_of,
)

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from libpysal.graph import Graph

__all__ = [
    "check_cutoff",
    "check_positive",
    "distance_band",
    "exponential",
    "inverse_distance",
    "kernel",
    "knn",
    "pairs_apart",
    "refuse_same_place",
]

Vector = npt.NDArray[np.float64]
Pairs = npt.NDArray[np.intp]
LAST_OF_KERNEL = 0.999
KERNELS: Mapping[str, Callable[[Vector], Vector]] = {
    "gaussian": lambda u: np.exp(-0.5 * u**2),
    "triangular": lambda u: 1 - u,
    "epanechnikov": lambda u: 1 - u**2,
    "bisquare": lambda u: (1 - u**2) ** 2,
}


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
    where = places(cities)
    columns = nearest(where, int(k))
    rows = np.repeat(np.arange(len(ids)), k)
    links = sparse.csr_array((np.ones(rows.size), (rows, columns.ravel())), shape=(len(ids),) * 2)
    facts = Facts("knn", options={"k": int(k)}, names=names_of(cities))
    facts = replace(facts, points=points_of(cities, where))
    return graph_from_links(links, ids, facts, transform)


def distance_band(
    cities: GeoDataFrame,
    km: float = 300,
    *,
    beyond_km: float | None = None,
    fallback: int = 0,
    transform: Transform = "row",
) -> Graph:
    """Binary weights: cities at most `km` kilometres apart.

    Cities with nobody within `km` are isolates; `weights.describe` counts and names them.

    Parameters
    ----------
    cities
        Points or polygons (then their centroids), with a coordinate reference system.
    km
        Great-circle kilometres for geographic coordinates, planar ones for projected coordinates.
    beyond_km
        Only cities more than that far apart: a ring.
    fallback
        Cities left without a neighbour are joined to this many nearest ones, in both directions;
        0 (default) leaves them isolated. The label says how many were.
    transform
        "row" (default), "spectral", "minmax" or "none".
    """
    reach = check_positive(km, "km", "kilometres")
    options = {"km": km, "beyond_km": beyond_km, "fallback": fallback}
    facts = Facts("distance_band", options=options, names=names_of(cities))
    return _decaying(cities, np.ones_like, facts, reach, transform)


def inverse_distance(
    cities: GeoDataFrame,
    power: float = 1,
    cutoff_km: float | None = None,
    *,
    beyond_km: float | None = None,
    fallback: int = 0,
    transform: Transform = "row",
) -> Graph:
    """Weights 1/d^power, d in kilometres, among all cities or within `cutoff_km`.

    Equal to libpysal's `Graph.build_distance_band(..., binary=False, alpha=-power)` on projected
    coordinates, but for three things: degrees are great-circle kilometres here and planar units
    there, two cities at one point are refused here and get an infinite weight there, and rows are
    scaled.

    Parameters
    ----------
    cities
        Points or polygons (then their centroids), with a coordinate reference system.
    power
        Exponent of the distance, positive.
    cutoff_km
        No link beyond; None joins all cities to all, which is refused beyond 50,000,000 links.
    beyond_km
        Only cities more than that far apart, as for a curve of decay.
    fallback
        As in `distance_band`.
    transform
        "row" (default), "spectral", "minmax" or "none".

    Raises
    ------
    InputError
        Two cities lie at the same point; too many links; no coordinate reference system.
    """
    exponent = check_positive(power, "power", "exponent")
    options = {
        "power": power, "cutoff_km": cutoff_km, "beyond_km": beyond_km, "fallback": fallback
    }  # fmt: skip
    facts = Facts("inverse_distance", options=options, names=names_of(cities))
    return _decaying(cities, lambda d: d**-exponent, facts, check_cutoff(cutoff_km), transform)


def exponential(
    cities: GeoDataFrame,
    km: float = 200,
    cutoff_km: float | None = None,
    *,
    beyond_km: float | None = None,
    fallback: int = 0,
    transform: Transform = "row",
) -> Graph:
    """Weights exp(−d/km), d in kilometres, among all cities or within `cutoff_km`.

    `km` is the distance over which a weight falls to 37 %, so that the decay parameter of papers
    that write exp(−a·d) is a = 1/km. Row-standardised weights depend on differences of distances
    alone: a city far from everybody still gives its weight to the nearest.

    Parameters
    ----------
    cities
        Points or polygons (then their centroids), with a coordinate reference system.
    km
        Range, positive.
    cutoff_km, beyond_km, fallback, transform
        As in `inverse_distance`.
    """
    span = check_positive(km, "km", "kilometres")
    options = {"km": km, "cutoff_km": cutoff_km, "beyond_km": beyond_km, "fallback": fallback}
    facts = Facts("exponential", options=options, names=names_of(cities))
    return _decaying(cities, lambda d: np.exp(-d / span), facts, check_cutoff(cutoff_km), transform)


def kernel(
    cities: GeoDataFrame,
    km: float = 300,
    shape: Literal["gaussian", "triangular", "epanechnikov", "bisquare"] = "gaussian",
    *,
    fallback: int = 0,
    transform: Transform = "row",
) -> Graph:
    """Weights K(d/km) that fall with distance; the diagonal is empty.

    With u = d/km: exp(−u²/2) ("gaussian", among all cities), 1−u ("triangular"), 1−u²
    ("epanechnikov") and (1−u²)² ("bisquare"), the last three zero from u = 1 on. The constants that
    make a density of K are left out, since scaling removes them: libpysal's weights are ours times
    1/√(2π), 1, 3/4 and 15/16, and libpysal takes degrees for planar units where we take great
    circles.

    Parameters
    ----------
    cities
        Points or polygons (then their centroids), with a coordinate reference system.
    km
        Bandwidth.
    shape
        Which kernel.
    fallback
        Cities left without a neighbour are joined to this many nearest ones, in both directions,
        with the weight K(0.999) where they are farther; only kernels that end need it.
    transform
        "row" (default), "spectral", "minmax" or "none".
    """
    if shape not in KERNELS:
        raise InputError(f"shape={shape!r} is unknown; choose {', '.join(KERNELS)}.")
    width = check_positive(km, "km", "kilometres")
    endless = shape == "gaussian"
    options = {"km": km, "shape": shape, "fallback": fallback}
    facts = Facts("kernel", options=options, names=names_of(cities))

    reach = math.inf if endless else width
    return _decaying(cities, lambda d: KERNELS[shape](d / width), facts, reach, transform)


def _decaying(
    cities: GeoDataFrame,
    decay: Callable[[Vector], Vector],
    facts: Facts,
    reach: float,
    transform: Transform,
) -> Graph:
    """Graph of the weights decay(d) of the pairs at most `reach` kilometres apart."""
    ids = labels_of(cities)
    options = facts.options
    fallback = check_fallback(options["fallback"], len(ids))  # type: ignore[arg-type]
    given = options.get("beyond_km")
    nearer = -1.0 if given is None else check_positive(given, "beyond_km", "kilometres")
    if nearer >= reach:
        raise InputError(f"beyond_km={given} leaves no pair within {reach:g} km; give less.")
    where = places(cities)
    facts = replace(facts, points=points_of(cities, where))
    pairs, apart = pairs_apart(where, reach)
    pairs, apart = pairs[apart > nearer], apart[apart > nearer]
    if facts.rule == "inverse_distance":
        refuse_same_place(pairs[apart <= TIE], ids)
    links = link_matrix(pairs, np.maximum(decay(apart), 0.0), len(ids))
    links.eliminate_zeros()
    _refuse_vanished(links, pairs, ids, facts)
    alone = rescue_pairs(links, where, fallback)
    if len(alone):
        apart = where.apart(alone[:, 0], alone[:, 1])
        if facts.rule == "kernel":
            apart = np.minimum(apart, LAST_OF_KERNEL * reach)
        links = sparse.csr_array(links + link_matrix(alone, decay(apart), len(ids)))
        facts = rescued(facts, alone, ids)
    return graph_from_links(links, ids, facts, transform)


def _refuse_vanished(links: sparse.csr_array, pairs: Pairs, ids: pd.Index, facts: Facts) -> None:
    """Refuse rows whose weights all fell below the smallest number there is."""
    had = np.zeros(len(ids), dtype=bool)
    had[pairs.ravel()] = True
    sums = np.asarray(links.sum(axis=1)).ravel()
    gone = had & (sums == 0) & (facts.rule == "exponential")
    if gone.any():
        raise InputError(
            f"all weights of {named(ids[gone])} vanish: they are too far from every other city for "
            f"km={facts.options.get('km')}; raise it."
        )


def refuse_same_place(same: Pairs, ids: pd.Index) -> None:
    """Refuse pairs at one point, whose weight would be infinite."""
    if len(same):
        first, second = (ids[same[0, side]] for side in (0, 1))
        raise InputError(
            f"{counted(len(same), 'pair of cities lies', 'pairs of cities lie')} at the same "
            f"point, first {first} and {second}; their weight would be infinite: move or drop one "
            "of them, or use weights.knn."
        )


def pairs_apart(where: Places, km: float) -> tuple[Pairs, Vector]:
    """Pairs (m, 2) at most `km` apart (all for infinity), first < second, and their distances."""
    n = len(where.xyz)
    if math.isinf(km):
        refuse_too_many(n * (n - 1), "give cutoff_km, or use weights.knn")
        every = np.column_stack(np.triu_indices(n, 1)).astype(np.intp)
        return every, where.apart(every[:, 0], every[:, 1])
    tree = tree_of(where)
    reach = where.straight(km) * (1 + TIE)
    links = int(tree.count_neighbors(tree, reach)) - n
    refuse_too_many(links, "lower km or cutoff_km, or use weights.knn")
    pairs = tree.query_pairs(reach, output_type="ndarray")
    apart = where.apart(pairs[:, 0], pairs[:, 1])
    near = apart <= km * (1 + TIE)
    return pairs[near], apart[near]


def check_cutoff(cutoff_km: float | None) -> float:
    """Kilometres beyond which there is no link; infinity for None."""
    return math.inf if cutoff_km is None else check_positive(cutoff_km, "cutoff_km", "kilometres")


def check_positive(value: object, name: str, what: str) -> float:
    """Refuse what is no positive, finite number."""
    if isinstance(value, bool) or not isinstance(value, Real) or not 0 < float(value) < math.inf:
        raise InputError(
            f"{name}={value!r} is no positive number of {what}."
            if what == "kilometres"
            else f"{name}={value!r} is no positive {what}."
        )
    return float(value)
