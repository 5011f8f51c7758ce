"""Weights by what cities are like: economic distance, gravity, membership of one group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from spatial.errors import InputError, counted, named
from spatial.labels import canonical_index, missing_from
from spatial.weights.distance import check_cutoff, check_positive, pairs_apart, refuse_same_place
from spatial.weights.facts import Facts, Transform
from spatial.weights.geometry import labels_of, names_of, places, points_of
from spatial.weights.matrix import graph_from_links, link_matrix, refuse_too_many
from spatial.weights.nearest import TIE, check_fallback, rescue_pairs, rescued

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from libpysal.graph import Graph

__all__ = ["blocks", "economic", "gravity", "numbers_of"]

Vector = npt.NDArray[np.float64]


def economic(
    income: pd.Series,
    power: float = 1,
    *,
    floor: float | None = None,
    transform: Transform = "row",
) -> Graph:
    """Economic distance: weights 1/|Ȳ_i − Ȳ_j|^power among all units.

    Parameters
    ----------
    income
        One number per unit, such as mean GDP per head, indexed by unit. Take the mean over years
        before the sample, or over all of it (`weights.average`): weights from the outcome's own
        years are endogenous.
    power
        Exponent of the difference, positive.
    floor
        Smallest difference that counts, in the units of `income`: smaller ones are raised to it.
        Without it equal incomes are refused, since their weight would be infinite.
    transform
        "row" (default), "spectral", "minmax" or "none".

    Raises
    ------
    InputError
        Two units have equal incomes (the pairs are named), a value is missing or no number, or all
        pairs are more than 50,000,000 links.

    Examples
    --------
    >>> economic(pd.Series({"a": 1.0, "b": 2.0, "c": 4.0}), transform="none")["a"].to_dict()
    {'b': 1.0, 'c': 0.3333333333333333}
    """
    exponent = check_positive(power, "power", "exponent")
    values, ids = numbers_of(income, "income")
    n = len(ids)
    refuse_too_many(n * (n - 1), "leave units out, or use weights.gravity with cutoff_km")
    pairs = np.column_stack(np.triu_indices(n, 1)).astype(np.intp)
    apart = np.abs(values[pairs[:, 0]] - values[pairs[:, 1]])
    if floor is None:
        _refuse_equal(pairs[apart == 0], ids)
    else:
        apart = np.maximum(apart, check_positive(floor, "floor", "difference"))
    options = {"power": power, "floor": floor, "column": _name(income)}
    facts = Facts("economic", options=options)
    return graph_from_links(link_matrix(pairs, apart**-exponent, n), ids, facts, transform)


def gravity(
    cities: GeoDataFrame,
    mass: pd.Series,
    power: float = 2,
    cutoff_km: float | None = None,
    *,
    fallback: int = 0,
    transform: Transform = "row",
) -> Graph:
    """Gravity: weights Y_i·Y_j / d_ij^power, d in kilometres.

    Standardising rows cancels the row's own mass: the weights become Y_j / d_ij^power over their
    sum and are no longer symmetric. "spectral" and "minmax" keep them symmetric.

    Parameters
    ----------
    cities
        Points or polygons (then their centroids), with a coordinate reference system.
    mass
        Positive numbers such as mean GDP or population, indexed like `cities`; further units are
        not used. As in `economic`, take means from before the sample.
    power
        Exponent of the distance.
    cutoff_km, fallback, transform
        As in `weights.inverse_distance`.

    Raises
    ------
    InputError
        A city has no mass, or one that is zero, negative or no number; two cities lie at one point.
    """
    exponent = check_positive(power, "power", "exponent")
    ids = labels_of(cities)
    fallback = check_fallback(fallback, len(ids))
    size = _masses(mass, ids)
    where = places(cities)
    pairs, apart = pairs_apart(where, check_cutoff(cutoff_km))
    refuse_same_place(pairs[apart <= TIE], ids)

    def pull(two: npt.NDArray[np.intp], far: Vector) -> sparse.csr_array:
        return link_matrix(two, size[two[:, 0]] * size[two[:, 1]] * far**-exponent, len(ids))

    links = pull(pairs, apart)
    alone = rescue_pairs(links, where, fallback)
    if len(alone):
        links = sparse.csr_array(links + pull(alone, where.apart(alone[:, 0], alone[:, 1])))
    options = {
        "power": power, "cutoff_km": cutoff_km, "fallback": fallback, "column": _name(mass)
    }  # fmt: skip
    facts = rescued(
        Facts("gravity", options=options, names=names_of(cities), points=points_of(cities, where)),
        alone,
        ids,
    )
    return graph_from_links(links, ids, facts, transform)


def blocks(groups: pd.Series, *, transform: Transform = "row") -> Graph:
    """Block weights: 1 between all units of the same group, such as a province.

    A unit alone in its group is an isolate. Units keep their order and none is left out; libpysal's
    `Graph.build_block_contiguity` orders them by group and leaves out those without one.

    Parameters
    ----------
    groups
        Group of each unit, indexed by unit; a missing one is refused.
    transform
        "row" (default), "spectral", "minmax" or "none".

    Examples
    --------
    >>> blocks(pd.Series({"a": "east", "b": "east", "c": "west"}))["a"].to_dict()
    {'b': 1.0}
    """
    ids = _index_of(groups, "groups")
    codes = np.asarray(pd.factorize(groups)[0])
    if (codes < 0).any():
        raise InputError(
            f"{counted(int((codes < 0).sum()), 'unit has', 'units have')} no group: "
            f"{named(ids[codes < 0])}; fill it in or leave them out."
        )
    size = np.bincount(codes)
    refuse_too_many(int((size.astype(np.int64) * (size - 1)).sum()), "use smaller groups")
    one = (np.ones(len(ids)), (np.arange(len(ids)), codes))
    member = sparse.csr_array(one, shape=(len(ids), len(size)))
    links = sparse.csr_array(member @ member.T)
    links.setdiag(0.0)
    facts = Facts("blocks", options={"column": _name(groups)})
    return graph_from_links(links, ids, facts, transform)


def numbers_of(values: pd.Series, what: str) -> tuple[Vector, pd.Index]:
    """Finite numbers (N,) and their labels; anything else is refused by unit."""
    ids = _index_of(values, what)
    if values.dtype == bool:
        raise InputError(f"{what} holds True and False; give numbers.")
    found = pd.to_numeric(values, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    bad = ~np.isfinite(found)
    if bad.any():
        raise InputError(
            f"{what} is missing, infinite or no number for "
            f"{counted(int(bad.sum()), 'unit', 'units')}: {named(ids[bad])}; fill it in or leave "
            "them out."
        )
    return found, ids


def _index_of(values: Any, what: str) -> pd.Index:
    """Labels of a Series by unit; refused where they cannot name units."""
    if not isinstance(values, pd.Series):
        raise InputError(
            f"{what} is a {type(values).__name__}, not a Series indexed by unit; of a panel take "
            'weights.average(panel, "column").'
        )
    if isinstance(values.index, pd.MultiIndex):
        raise InputError(
            f"{what} is indexed by {values.index.nlevels} levels; give one number per unit, such "
            'as weights.average(panel, "column").'
        )
    if not len(values):
        raise InputError(f"{what} is empty.")
    canonical_index(values.index, what)
    return values.index.rename(None)


def _masses(mass: pd.Series, ids: pd.Index) -> Vector:
    """Positive masses in the order of the cities."""
    labels = canonical_index(ids, "the cities")
    have = canonical_index(_index_of(mass, "mass"), "mass")
    absent = missing_from(labels, have)
    if absent:
        raise InputError(
            f"mass has no value for {len(absent)} of {len(ids)} cities: {named(absent)}; add them "
            "or leave these cities out."
        )
    size, known = numbers_of(mass.iloc[have.get_indexer(labels)], "mass")
    if (size <= 0).any():
        raise InputError(
            f"mass is zero or negative for {counted(int((size <= 0).sum()), 'city', 'cities')}: "
            f"{named(known[size <= 0])}; gravity needs positive masses."
        )
    return size


def _refuse_equal(same: npt.NDArray[np.intp], ids: pd.Index) -> None:
    """Refuse pairs whose weight would be infinite."""
    if len(same):
        pairs = named((f"{ids[a]}–{ids[b]}" for a, b in same[:5]), 4)
        rest = f" (the first of {len(same)} pairs)" if len(same) > 4 else ""
        raise InputError(
            f"{pairs}{rest} have equal incomes and would get infinite weights; give floor=, the "
            "smallest difference that counts."
        )


def _name(values: pd.Series) -> str | None:
    return None if values.name is None else str(values.name)
