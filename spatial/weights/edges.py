"""Weights from a list of links (flows between origins and destinations) and from libpysal's W."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from scipy import sparse

from spatial.errors import InputError, counted, named
from spatial.labels import canonical, canonical_index, missing_from
from spatial.weights.facts import Facts, Transform
from spatial.weights.matrix import check_weights, from_matrix, graph_from_links

if TYPE_CHECKING:
    from libpysal.graph import Graph

__all__ = ["from_edges", "from_pysal", "links_of"]


def from_edges(
    table: pd.DataFrame,
    origin: str,
    destination: str,
    value: str | None = None,
    *,
    ids: Iterable[Any] | None = None,
    direction: Literal["in", "out", "both"] = "in",
    repeated: Literal["refuse", "sum", "mean"] = "refuse",
    drop_own: bool = False,
    transform: Transform = "row",
) -> Graph:
    """Weights from an origin–destination table: migration, rail, mobility, trade.

    With flows F_od from o to d, row i of the weights holds

    ==========  ==============  ===========================================
    direction   w_ij            unit i is influenced by those
    ==========  ==============  ===========================================
    "in"        F_ji            from whom it receives
    "out"       F_ij            to whom it sends
    "both"      F_ij + F_ji     with whom it exchanges
    ==========  ==============  ===========================================

    Parameters
    ----------
    table
        One row per origin and destination.
    origin, destination
        Columns with the labels of the units.
    value
        Column with the flow, zero or positive; without it every row counts 1.
    ids
        Units of the graph and their order; by default those of the table as they appear. Units
        without a flow are isolates; units of the table that `ids` lacks are refused, since their
        flows would be lost: build the graph without `ids` and cut it with `weights.subset`.
    direction
        Which flows make the row of a unit.
    repeated
        What to do with a pair that stands more than once, as over several years: "refuse" it by
        name (default), or take the "sum" or the "mean".
    drop_own
        Leave out flows from a unit to itself, which otherwise are refused.
    transform
        "row" (default), "spectral", "minmax" or "none".

    Examples
    --------
    >>> moves = pd.DataFrame({"from": ["a", "b", "b"], "to": ["b", "a", "c"], "people": [8, 1, 4]})
    >>> from_edges(moves, "from", "to", "people", direction="both")["b"].round(2).to_dict()
    {'a': 0.69, 'c': 0.31}
    """
    for word, allowed in ((direction, ("in", "out", "both")), (repeated, _REPEATED)):
        if word not in allowed:
            raise InputError(f"{word!r} is unknown; choose {', '.join(map(repr, allowed))}.")
    flows, labels = _flows(table, (origin, destination, value), ids, drop_own=drop_own)
    links = links_of(flows, labels, repeated)
    check_weights(links, labels, "the table of links", own="leave them out with drop_own=True")
    turned = sparse.csr_array(links.T)
    links = {"in": turned, "out": links, "both": sparse.csr_array(links + turned)}[direction]
    facts = Facts("edges", options={"column": value, "direction": direction})
    return graph_from_links(links, labels, facts, transform)


_REPEATED = ("refuse", "sum", "mean")


def _flows(
    table: pd.DataFrame,
    columns: tuple[str, str, str | None],
    ids: Iterable[Any] | None,
    *,
    drop_own: bool,
) -> tuple[pd.DataFrame, pd.Index]:
    """Table of canonical labels and numbers (from, to, value), and the labels of the graph."""
    if not isinstance(table, pd.DataFrame):
        raise InputError(f"the table of links is a {type(table).__name__}, not a DataFrame.")
    absent = [name for name in columns if name is not None and name not in table.columns]
    if absent:
        raise InputError(
            f"the table of links has no column {absent[0]!r}; it has {named(table.columns, 20)}."
        )
    ends = pd.concat([table[columns[0]], table[columns[1]]], ignore_index=True)
    if ends.isna().any():
        one, many = "origin or destination is", "origins or destinations are"
        raise InputError(
            f"{counted(int(ends.isna().sum()), one, many)} missing in {columns[0]} or "
            f"{columns[1]}; fill them in or drop the rows."
        )
    flows = pd.DataFrame({"from": table[columns[0]], "to": table[columns[1]]}).map(canonical)
    flows["value"] = 1.0 if columns[2] is None else _numbers(table[columns[2]], flows)
    if drop_own:
        flows = flows[flows["from"] != flows["to"]]
    seen = ends.drop_duplicates()
    seen = seen[~seen.map(canonical).duplicated()]
    return flows, pd.Index(seen.tolist() if ids is None else list(ids))


def _numbers(column: pd.Series, flows: pd.DataFrame) -> pd.Series:
    """Values of the links as numbers; text is refused with the first link it stands at."""
    values = pd.to_numeric(column, errors="coerce")
    odd = np.flatnonzero(values.isna() & column.notna())
    if len(odd):
        first = flows.iloc[odd[0]]
        raise InputError(
            f"the column {column.name!r} of the table of links holds text at "
            f"{counted(len(odd), 'link', 'links')}, first {column.iloc[odd[0]]!r} at "
            f"{first['from']}–{first['to']}; write numbers, or leave an empty cell out."
        )
    return values


def links_of(flows: pd.DataFrame, labels: pd.Index, repeated: str = "refuse") -> sparse.csr_array:
    """Matrix of a table (from, to, value) of canonical labels, rows and columns as `labels`."""
    known = canonical_index(labels, "ids")
    odd = missing_from(pd.Index(pd.unique(flows[["from", "to"]].to_numpy().ravel())), known)
    if odd:
        raise InputError(
            f"the links name {counted(len(odd), 'unit', 'units')} that ids lacks: {named(odd)}; "
            "add them, or leave ids out and cut the graph with weights.subset."
        )
    twice = flows.duplicated(["from", "to"], keep=False)
    if twice.any():
        first = flows[twice].iloc[0]
        if repeated == "refuse":
            raise InputError(
                f"{int(twice.sum())} links stand more than once, first {first['from']}–"
                f"{first['to']}; keep one year, or choose repeated='sum' or 'mean'."
            )
        flows = flows.groupby(["from", "to"], sort=False)["value"].agg(
            lambda part: part.sum(skipna=False) if repeated == "sum" else part.mean(skipna=False)
        ).reset_index()  # fmt: skip
    at, to = (known.get_indexer(pd.Index(flows[end])) for end in ("from", "to"))
    values = flows["value"].to_numpy(dtype=np.float64)
    return sparse.csr_array((values, (at, to)), shape=(len(labels), len(labels)))


def from_pysal(w: Any, *, transform: Transform = "row") -> Graph:
    """Weights from libpysal's older class `W`, in its order of units, as it is scaled now.

    `libpysal.graph.Graph.from_W` gives the same links, but carries self-weights (which kernels of
    `W` have) on into a graph where a self-loop means an isolate; here they are refused by name, and
    the scaling is recorded.

    Parameters
    ----------
    w
        A `libpysal.weights.W`.
    transform
        "row" (default), "spectral", "minmax" or "none" (as they stand in `w`).
    """
    if not hasattr(w, "id_order") or not hasattr(w, "sparse"):
        raise InputError(
            f"this is a {type(w).__module__}.{type(w).__name__}, not libpysal's W; arrays and "
            "sparse matrices go through weights.from_matrix."
        )
    return from_matrix(w.sparse, w.id_order, transform=transform)
