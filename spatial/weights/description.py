"""What a graph is like: counts, components, neighbours, the interval of rho; two side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from spatial.errors import InputError, named
from spatial.labels import canonical_index
from spatial.weights.facts import Facts
from spatial.weights.operator import Operator, operator
from spatial.weights.wording import label

if TYPE_CHECKING:
    from libpysal.graph import Graph

__all__ = ["compare", "describe", "histogram", "shared_links"]


def describe(w: Graph) -> pd.Series:
    """Facts about a graph as a Series.

    Entries: n, links (directed), isolates, components (weakly connected; an isolate is one),
    min_neighbours, mean_neighbours, max_neighbours (isolates count as 0), density (links over
    n(n−1)), rho_min and rho_max: the open interval (1/ω_min, 1/ω_max) over the real eigenvalues ω
    of W, infinite on a side that has none (`spatial.weights.logdet` tells how it is found).

    In ``.attrs``: "weights" (the label), "isolates" (their names), "histogram" (number of
    neighbours → units that have so many), "notes" (sentences: who lost the only neighbours to a
    cut, whom the fallback joined to whom, what scaling did to gravity).
    """
    from scipy.sparse.csgraph import connected_components

    from spatial.weights.logdet import log_determinant

    op = operator(w)
    counts = np.diff(op.matrix.indptr)
    low, high = log_determinant(op).interval
    table = pd.Series(
        {
            "n": op.n,
            "links": int(counts.sum()),
            "isolates": int(op.isolates.sum()),
            "components": int(connected_components(op.matrix, directed=True, connection="weak")[0]),
            "min_neighbours": int(counts.min()),
            "mean_neighbours": float(counts.mean()),
            "max_neighbours": int(counts.max()),
            "density": float(counts.sum() / (op.n * (op.n - 1))) if op.n > 1 else 0.0,
            "rho_min": low,
            "rho_max": high,
        },
        name="weights",
        dtype=object,
    )
    table.attrs["isolates"] = [_called(key, op.facts) for key in op.labels[op.isolates]]
    table.attrs["weights"] = label(w)
    table.attrs["histogram"] = dict(enumerate(histogram(w).tolist()))
    table.attrs["notes"] = _notes(op)
    return table


def histogram(w: Graph) -> pd.Series:
    """Count units by their number of neighbours, from 0 to the most; index "neighbours".

    Examples
    --------
    >>> from spatial.weights import from_matrix
    >>> histogram(from_matrix([[0, 1, 0], [1, 0, 0], [0, 0, 0]], ["a", "b", "c"])).tolist()
    [1, 2]
    """
    counts = np.bincount(np.diff(operator(w).matrix.indptr))
    index = pd.RangeIndex(len(counts), name="neighbours")
    return pd.Series(counts, index=index, name="units")


def _called(unit: str, facts: Facts) -> str:
    return facts.names.get(unit, unit)


def _notes(op: Operator) -> list[str]:
    """Sentences on what building and cutting did to units."""
    facts = op.facts
    lonely = set(op.labels[op.isolates])
    notes = []
    for unit, lost in facts.stranded.items():
        if unit in lonely:
            which = "its only neighbour" if len(lost) == 1 else f"all its {len(lost)} neighbours"
            gone = named((_called(key, facts) for key in lost), 40)
            notes.append(f"{_called(unit, facts)} lost {which} to the cut: {gone}.")
    if facts.rescued:
        pairs = ("–".join(_called(key, facts) for key in pair) for pair in facts.rescued)
        notes.append(f"Without a neighbour, and joined to the nearest: {named(pairs, 40)}.")
    if facts.rule == "gravity" and facts.transform == "row":
        notes.append(
            "Standardising rows cancelled each unit's own mass: these gravity weights are "
            "asymmetric."
        )
    return notes


def compare(a: Graph, b: Graph) -> pd.Series:
    """Two graphs side by side: which links they share, how alike their weights are.

    Entries: units (in both), only_a_units, only_b_units; among the common units links_a, links_b,
    shared, only_a, only_b (directed links), overlap (shared over links in either, Jaccard),
    correlation (Pearson, of the weights of all ordered pairs, zeros included),
    correlation_shared (of the pairs linked in both), isolates_a and isolates_b. In ``.attrs``: "a"
    and "b", the labels, and "isolates_a" and "isolates_b", the names. `analysis.maps.links` with
    ``other=`` draws it.

    Parameters
    ----------
    a, b
        Graphs, in any order of units; units of only one are counted and left aside, and the weights
        of the common ones are taken as they stand.
    """
    both, first, second = _common(a, b)
    one, two = operator(a), operator(b)
    shared = int(shared_links(first, second).nnz)
    links = (int(first.nnz), int(second.nnz))
    either = sum(links) - shared
    n = len(both)
    alone = [both[np.diff(matrix.indptr) == 0] for matrix in (first, second)]
    table = pd.Series(
        {
            "units": n,
            "only_a_units": one.n - n,
            "only_b_units": two.n - n,
            "links_a": links[0],
            "links_b": links[1],
            "shared": shared,
            "only_a": links[0] - shared,
            "only_b": links[1] - shared,
            "overlap": shared / either if either else np.nan,
            "correlation": _correlation(first, second, n * (n - 1)),
            "correlation_shared": _correlation_shared(first, second),
            "isolates_a": len(alone[0]),
            "isolates_b": len(alone[1]),
        },
        name="comparison",
        dtype=object,
    )
    table.attrs["a"], table.attrs["b"] = label(a), label(b)
    for name, op, lonely in zip("ab", (one, two), alone, strict=True):
        table.attrs[f"isolates_{name}"] = [_called(key, op.facts) for key in lonely]
    return table


def shared_links(first: sparse.csr_array, second: sparse.csr_array) -> sparse.csr_array:
    """Matrix with a one where both have a link."""
    return sparse.csr_array(first.sign().multiply(second.sign()))


def _common(a: Graph, b: Graph) -> tuple[pd.Index, sparse.csr_array, sparse.csr_array]:
    """Labels of the common units in the order of `a`, and both matrices over them."""
    one, two = operator(a), operator(b)
    both = canonical_index(one.labels[one.labels.isin(two.labels)], "the common units")
    if not len(both):
        raise InputError(
            f"the graphs have no unit in common: {named(one.labels, 3)} against "
            f"{named(two.labels, 3)}; label them alike."
        )

    def cut(op: Operator) -> sparse.csr_array:
        at = op.labels.get_indexer(both)
        return sparse.csr_array(op.matrix[at][:, at])

    return both, cut(one), cut(two)


def _correlation(first: sparse.csr_array, second: sparse.csr_array, pairs: int) -> float:
    """Pearson correlation over `pairs` cells, most of them zero in both."""
    if not pairs:
        return float("nan")
    means = [matrix.sum() / pairs for matrix in (first, second)]
    product = float(first.multiply(second).sum()) / pairs - means[0] * means[1]
    spread = [
        float((matrix.data**2).sum()) / pairs - mean**2
        for matrix, mean in zip((first, second), means, strict=True)
    ]
    if min(spread) <= 1e-14 * max(*(m**2 for m in means), 1e-300):
        return float("nan")
    return product / float(np.sqrt(spread[0] * spread[1]))


def _correlation_shared(first: sparse.csr_array, second: sparse.csr_array) -> float:
    """Pearson correlation over the links that both have."""
    pattern = shared_links(first, second)
    kept = [sparse.csr_array(matrix.multiply(pattern)) for matrix in (first, second)]
    for matrix in kept:
        matrix.sort_indices()
    values: list[npt.NDArray[Any]] = [matrix.data for matrix in kept]
    if len(values[0]) < 2 or any(np.ptp(v) <= 1e-12 * np.abs(v).max() for v in values):
        return float("nan")
    return float(np.corrcoef(values[0], values[1])[0, 1])
