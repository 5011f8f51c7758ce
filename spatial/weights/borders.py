"""Contiguity: cities are neighbours when their polygons meet, plus pairs joined by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from spatial.errors import InputError, named
from spatial.labels import canonical, canonical_index
from spatial.weights.facts import Facts, Transform
from spatial.weights.geometry import labels_of, names_of, places, points_of
from spatial.weights.matrix import graph_from_links, link_matrix
from spatial.weights.nearest import check_fallback, rescue_pairs, rescued
from spatial.weights.touching import touching_pairs

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from libpysal.graph import Graph

__all__ = ["contiguity"]

Pairs = npt.NDArray[np.intp]


def contiguity(
    cities: GeoDataFrame,
    rule: Literal["queen", "rook"] = "queen",
    order: int = 1,
    bridges: Iterable[Sequence[Any]] | None = None,
    *,
    lower_orders: bool = False,
    tolerance_m: float = 0.0,
    fallback: int = 0,
    transform: Transform = "row",
) -> Graph:
    """Neighbours by shared borders.

    Parameters
    ----------
    cities
        Polygons, one row per city, labelled by the index. The coordinate reference system matters
        only for `tolerance_m` and `fallback`.
    rule
        "queen": polygons share at least a point. "rook": they share a border of positive length.
        Polygons that overlap count as neighbours under both rules.
    order
        p joins cities whose shortest path over borders (and bridges) has exactly p steps.
    bridges
        Pairs of labels or names that count as sharing a border, such as
        ``[("舟山市", "宁波市")]``. Names are looked up in the column ``cities.attrs["name"]``.
    lower_orders
        With `order` p, join all cities at most p steps apart.
    tolerance_m
        Polygons at most this many metres apart share a point, and borders that run so near one
        another for more than ten times that length are shared. 0 (default) joins only what meets;
        `shapes.check_boundaries` and `shapes.repair` find and mend borders that should.
    fallback
        Cities without border or bridge count as bordering this many nearest ones (by centroids,
        for which the coordinate reference system matters); 0 (default) leaves them isolated. The
        label says how many were.
    transform
        "row" (default), "spectral", "minmax" or "none".

    Returns
    -------
    Graph
        Over ``cities.index``; binary links, scaled.

    Raises
    ------
    InputError
        A geometry is missing, invalid or no polygon; a bridge names an unknown city (the nearest
        names are given).

    Examples
    --------
    >>> import geopandas, shapely
    >>> boxes = [shapely.box(i, 0, i + 1, 1) for i in range(3)]
    >>> contiguity(geopandas.GeoDataFrame(geometry=boxes, index=list("abc")))["b"].to_dict()
    {'a': 0.5, 'c': 0.5}
    """
    if rule not in ("queen", "rook"):
        raise InputError(f'rule={rule!r} is unknown; choose "queen" or "rook".')
    if isinstance(order, bool) or not isinstance(order, int | np.integer) or order < 1:
        raise InputError(f"order={order!r} is no order of contiguity; give 1, 2, 3 and so on.")
    ids = labels_of(cities)
    names = names_of(cities)
    labels = canonical_index(ids, "the cities")
    joined = _bridge_pairs(bridges, labels, names)
    links = link_matrix(
        np.vstack([touching_pairs(cities, rule, tolerance_m), joined]), 1.0, len(ids)
    )
    links.data[:] = 1.0
    alone = _without_border(links, cities, fallback)
    links = sparse.csr_array(links + link_matrix(alone, 1.0, len(ids)))
    links = _of_order(links, int(order), lower_orders=lower_orders)
    facts = Facts(
        rule="contiguity",
        options={
            "rule": rule,
            "order": int(order),
            "lower_orders": lower_orders,
            "tolerance_m": float(tolerance_m),
            "fallback": fallback,
        },
        bridges=tuple((str(labels[a]), str(labels[b])) for a, b in joined),
        names=names,
        english=names_of(cities, "en"),
        points=points_of(cities),
    )
    return graph_from_links(links, ids, rescued(facts, alone, ids), transform)


def _without_border(links: sparse.csr_array, cities: GeoDataFrame, fallback: int) -> Pairs:
    """Pairs (m, 2) of the cities without a border and their nearest, where that is wanted."""
    if not check_fallback(fallback, links.shape[0]):
        return np.empty((0, 2), dtype=np.intp)
    return rescue_pairs(links, places(cities), fallback)


def _of_order(links: sparse.csr_array, order: int, *, lower_orders: bool) -> sparse.csr_array:
    """Links between units whose shortest path has `order` steps, or at most that many."""
    reached = sparse.csr_array(links + sparse.eye_array(links.shape[0], format="csr"))
    step, last = reached.copy(), sparse.csr_array(sparse.eye_array(links.shape[0], format="csr"))
    for _ in range(order - 1):
        last = reached
        reached = sparse.csr_array(reached @ step)
        reached.data[:] = 1.0
    if lower_orders:
        last = sparse.csr_array(sparse.eye_array(links.shape[0], format="csr"))
    found = sparse.csr_array(reached - last)
    found.eliminate_zeros()
    return found


def _bridge_pairs(
    bridges: Iterable[Sequence[Any]] | None, labels: pd.Index, names: Mapping[str, str]
) -> Pairs:
    """Positions (m, 2) of the pairs joined by hand."""
    if bridges is None:
        return np.empty((0, 2), dtype=np.intp)
    if isinstance(bridges, str):
        raise InputError(f"bridges={bridges!r} is no list of pairs; write [(city, city), ...].")
    pairs: dict[frozenset[int], tuple[int, int]] = {}
    for bridge in bridges:
        if isinstance(bridge, str) or not isinstance(bridge, Sequence) or len(bridge) != 2:
            raise InputError(
                f"the bridge {bridge!r} is no pair of cities; write [(city, city), ...]."
            )
        first, second = (_find(city, labels, names) for city in bridge)
        if first == second:
            raise InputError(
                f"the bridge {bridge[0]}–{bridge[1]} joins a city to itself; name two cities."
            )
        pairs.setdefault(frozenset((first, second)), (first, second))
    return np.array(list(pairs.values()), dtype=np.intp).reshape(-1, 2)


def _find(city: Any, labels: pd.Index, names: Mapping[str, str]) -> int:
    """Position of a city given by label or by name."""
    wanted = canonical(city)
    if wanted in labels:
        return int(labels.get_indexer(pd.Index([wanted]))[0])
    by_name = [k for k, label in enumerate(labels) if canonical(names.get(label, "")) == wanted]
    if len(by_name) == 1:
        return by_name[0]
    if by_name:
        raise InputError(
            f"the bridge names {wanted}, which {len(by_name)} cities are called: "
            f"{named(labels[by_name])}; use the label instead."
        )
    near = get_close_matches(wanted, dict.fromkeys([*labels, *names.values()]), n=3, cutoff=0.3)
    hint = f", such as {named(near)}" if near else ""
    raise InputError(
        f"the bridge names {wanted}, which is no city of these boundaries; write labels of their "
        f"index or names of their name column{hint}."
    )
