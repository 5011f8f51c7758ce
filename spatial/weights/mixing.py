"""Two relations in one graph: nested weights, convex or multiplied."""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
from scipy import sparse

from spatial.errors import InputError, counted, named
from spatial.labels import canonical_index, missing_from
from spatial.weights.attributes import numbers_of
from spatial.weights.facts import Facts, Transform
from spatial.weights.matrix import graph_from_links
from spatial.weights.operator import Operator, operator, rescale

if TYPE_CHECKING:
    from libpysal.graph import Graph

__all__ = ["nested"]


def nested(
    a: Graph,
    b: Graph | pd.Series,
    share: float = 0.5,
    how: Literal["convex", "product"] = "convex",
    *,
    transform: Transform = "row",
) -> Graph:
    """Nest two relations, such as geographic and economic distance.

    ==========  ========  ==================================================================
    `how`       `b`       weights before scaling
    ==========  ========  ==================================================================
    "convex"    a graph   share·A + (1 − share)·B, each scaled by `transform` first
    "product"   a graph   a_ij·b_ij, element by element: neighbours under both
    "product"   numbers   A·diag(Ȳ_1/Ȳ, …, Ȳ_n/Ȳ), that is a_ij·Ȳ_j/Ȳ: neighbours count by size
    ==========  ========  ==================================================================

    Papers call all three "nested"; the label says which one was built. Rows of the last two are
    the same whether `a` and `b` were row-standardised before or not; under other scalings give them
    with ``transform="none"``.

    Parameters
    ----------
    a, b
        Graphs over the same units, in any order; or for `b` positive numbers by unit, such as mean
        GDP per head (further units are not used).
    share
        Weight of `a` in the convex form, between 0 and 1.
    how
        "convex" or "product".
    transform
        "row" (default), "spectral", "minmax" or "none".

    Returns
    -------
    Graph
        Over the units of `a`, in their order.

    Raises
    ------
    InputError
        The graphs hold different units (they are named), a number is missing or not positive.

    Examples
    --------
    >>> from spatial.weights import from_matrix
    >>> w = from_matrix([[0, 1, 1], [1, 0, 1], [1, 1, 0]], ["a", "b", "c"])
    >>> nested(w, pd.Series({"a": 1.0, "b": 3.0, "c": 1.0}), how="product")["a"].to_dict()
    {'b': 0.75, 'c': 0.25}
    """
    if how not in ("convex", "product"):
        raise InputError(f'how={how!r} is unknown; choose "convex" or "product".')
    first = operator(a)
    if isinstance(b, pd.Series):
        return _by_size(first, b, how, transform)
    second = operator(b)
    other = _in_order(second, first)
    facts = Facts(
        "nested",
        options={"how": how, "share": share},
        names={**second.facts.names, **first.facts.names},
        english={**second.facts.english, **first.facts.english},
        parts=(first.facts, second.facts),
    )
    if how == "product":
        links = sparse.csr_array(first.matrix.multiply(other))
    else:
        part = _share(share)
        links = sparse.csr_array(
            part * rescale(first.matrix, transform) + (1 - part) * rescale(other, transform)
        )
    return graph_from_links(links, first.ids, facts, transform)


def _by_size(first: Operator, size: pd.Series, how: str, transform: Transform) -> Graph:
    """Each neighbour's weight times its number over the mean number."""
    if how != "product":
        raise InputError(
            'b is a Series of numbers, which only how="product" takes; for the convex form give a '
            "graph, such as weights.economic(income)."
        )
    values, ids = numbers_of(size, "b")
    have = canonical_index(ids, "b")
    absent = missing_from(first.labels, have)
    if absent:
        raise InputError(
            f"b has no number for {counted(len(absent), 'unit', 'units')} of a: {named(absent)}; "
            "add them or cut a with weights.subset."
        )
    mine = values[have.get_indexer(first.labels)]
    if (mine <= 0).any():
        raise InputError(
            f"b is zero or negative for {named(first.labels[mine <= 0])}; give positive numbers."
        )
    relative = sparse.diags_array(mine / np.mean(mine))
    options = {"how": "size", "column": None if size.name is None else str(size.name)}
    facts = Facts("nested", options=options, names=first.facts.names, parts=(first.facts,))
    links = sparse.csr_array(first.matrix @ relative)
    return graph_from_links(links, first.ids, facts, transform)


def _in_order(second: Operator, first: Operator) -> sparse.csr_array:
    """Matrix of the second graph in the order of the first; different units are refused."""
    for one, other, where in ((first, second, "b"), (second, first, "a")):
        absent = missing_from(one.labels, other.labels)
        if absent:
            raise InputError(
                f"{where} lacks {counted(len(absent), 'unit', 'units')} of the other graph: "
                f"{named(absent)}; cut both to the same units with weights.subset."
            )
    at = second.labels.get_indexer(first.labels)
    return sparse.csr_array(second.matrix[at][:, at])


def _share(share: float) -> float:
    if isinstance(share, bool) or not isinstance(share, Real) or not 0 <= share <= 1:
        raise InputError(f"share={share!r} is no share; give a number from 0 to 1.")
    return float(share)
