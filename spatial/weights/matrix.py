"""Links into graphs: the one place where a Graph is made; weights from a matrix; subsets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from spatial.errors import InputError, counted, named
from spatial.labels import canonical, canonical_index, missing_from, positions
from spatial.weights.facts import Facts, Transform, is_graph, write_facts
from spatial.weights.operator import operator, rescale, stranded_by

if TYPE_CHECKING:
    from libpysal.graph import Graph

__all__ = [
    "LETTERS",
    "MOST_LINKS",
    "check_transform",
    "check_weights",
    "from_matrix",
    "graph_as_is",
    "graph_from_links",
    "link_matrix",
    "refuse_too_many",
    "relabel",
    "subset",
]

MOST_LINKS = 50_000_000
BYTES_PER_LINK = 40
LETTERS: dict[str, str] = {"row": "R", "spectral": "C", "minmax": "C", "none": "O"}


def check_transform(transform: str) -> None:
    """Refuse a scaling that does not exist."""
    if transform not in get_args(Transform):
        raise InputError(
            f'transform={transform!r} is unknown; choose "minmax", "row", "spectral" or "none".'
        )


def refuse_too_many(links: int, remedy: str) -> None:
    """Refuse weights that would not fit into memory, before they are built."""
    if links > MOST_LINKS:
        raise InputError(
            f"these weights would hold {links:,} links, more than {MOST_LINKS:,}, and take about "
            f"{links * BYTES_PER_LINK / 1e9:.1f} GB of memory; {remedy}."
        )


def graph_from_links(
    links: sparse.csr_array, ids: pd.Index, facts: Facts, transform: Transform
) -> Graph:
    """Graph of a matrix of unscaled weights; zeros are no links, isolates become zero self-loops.

    Parameters
    ----------
    links
        (N, N) non-negative weights, rows in the order of `ids`.
    ids
        Labels, unique.
    facts
        What is to be recorded; its `transform` is filled in here.
    transform
        "row": w_ij / Σ_j w_ij; "spectral": w_ij / spectral radius; "minmax": w_ij / min(largest row
        sum, largest column sum); "none".
    """
    check_transform(transform)
    links.eliminate_zeros()
    scaled = rescale(links, transform)
    return graph_as_is(scaled, ids, replace(facts, transform=transform), LETTERS[transform])


def graph_as_is(matrix: sparse.csr_array, ids: pd.Index, facts: Facts, letter: str) -> Graph:
    """Graph of a matrix taken as it stands, with `facts` attached."""
    from libpysal.graph import Graph

    matrix.sort_indices()
    counts = np.diff(matrix.indptr)
    lonely = np.flatnonzero(counts == 0)
    rows = np.repeat(np.arange(len(ids)), counts)
    places = np.searchsorted(rows, lonely)
    focal: Any = np.insert(rows, places, lonely)
    neighbour: Any = np.insert(matrix.indices, places, lonely)
    levels: Any = [ids, ids]
    index = pd.MultiIndex(
        levels=levels,
        codes=[focal, neighbour],
        names=["focal", "neighbor"],
        verify_integrity=False,
    )
    weights = np.insert(matrix.data.astype(np.float64), places, 0.0)
    adjacency = pd.Series(weights, index=index, name="weight")
    return write_facts(Graph(adjacency, letter, is_sorted=True), facts)


def from_matrix(
    matrix: npt.ArrayLike | pd.DataFrame | sparse.sparray | sparse.spmatrix,
    ids: Iterable[Any] | None = None,
    *,
    transform: Transform = "row",
) -> Graph:
    """Weights from a matrix: an array, a DataFrame or a scipy sparse matrix.

    Parameters
    ----------
    matrix
        (N, N) non-negative finite weights with an empty diagonal; row i holds what i receives from
        its neighbours.
    ids
        (N,) labels of rows and columns. A DataFrame brings its own: its index, which its columns
        must match as a set; with `ids` given besides, rows and columns are put into that order.
    transform
        "row" (default), "spectral", "minmax" or "none".

    Raises
    ------
    InputError
        The matrix is not square or not numeric, a weight is negative or not finite, the diagonal is
        not zero, labels are missing, repeated or do not match.

    Examples
    --------
    >>> w = from_matrix([[0, 1, 1], [1, 0, 0], [1, 0, 0]], ["a", "b", "c"])
    >>> w["a"].tolist()
    [0.5, 0.5]
    """
    if is_graph(matrix):
        raise InputError("the matrix is already a Graph; use it as it stands, or weights.subset.")
    values: Any = matrix
    labels: pd.Index
    if isinstance(matrix, pd.DataFrame):
        values, labels = _from_frame(matrix, ids)
    elif ids is None:
        raise InputError(
            "from_matrix needs ids, the labels of the rows, for anything but a DataFrame: "
            "from_matrix(matrix, ids)."
        )
    else:
        labels = pd.Index(list(ids))
    links = _as_csr(values)
    _check_shape(links.shape, len(labels))
    canonical_index(labels, "ids")
    check_weights(links, labels)
    return graph_from_links(links, labels, Facts(rule="matrix"), transform)


def _from_frame(
    frame: pd.DataFrame, ids: Iterable[Any] | None
) -> tuple[npt.NDArray[Any], pd.Index]:
    """Values of a labelled matrix with rows and columns in one order."""
    _check_shape(frame.shape, len(frame))
    labels = frame.index if ids is None else pd.Index(list(ids))
    wanted = canonical_index(labels, "ids")
    rows = canonical_index(frame.index, "the rows of the matrix")
    columns = canonical_index(frame.columns, "the columns of the matrix")
    for where, have in (("rows", rows), ("columns", columns)):
        odd = missing_from(wanted, have) + missing_from(have, wanted)
        if odd:
            against = "its index" if ids is None else "ids"
            raise InputError(
                f"the {where} of the matrix do not match {against}: {named(odd)}; "
                "use the same labels for rows and columns."
            )
    values = frame.to_numpy()
    return values[np.ix_(rows.get_indexer(wanted), columns.get_indexer(wanted))], labels


def _as_csr(values: Any) -> sparse.csr_array:
    """Float matrix in compressed rows; duplicates summed, the input untouched."""
    if hasattr(values, "id_order"):
        raise InputError("the matrix is a libpysal W; use Graph.from_W(w).")
    if not sparse.issparse(values):
        try:
            values = np.asarray(values, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise InputError(
                f"the matrix holds something that is not a number ({error})."
            ) from None
        if values.ndim != 2:
            raise InputError(
                f"the matrix has {values.ndim} dimensions; weights need rows and columns."
            )
    matrix = sparse.csr_array(values, dtype=np.float64, copy=True)
    matrix.sum_duplicates()
    return matrix


def _check_shape(shape: tuple[int, ...], n: int) -> None:
    if shape[0] != shape[1]:
        raise InputError(
            f"the matrix has {shape[0]} rows and {shape[1]} columns; "
            "weights need as many columns as rows."
        )
    if shape[0] != n:
        raise InputError(
            f"the matrix has {shape[0]} rows but there are {n} ids; give one label per row."
        )


def check_weights(
    links: sparse.csr_array,
    ids: pd.Index,
    source: str = "the matrix",
    *,
    own: str = "set the diagonal to zero",
) -> None:
    """Refuse what cannot be a weight, naming the first places; `own` mends loops."""
    rows = np.repeat(np.arange(len(ids)), np.diff(links.indptr))
    for bad, what, remedy in (
        (~np.isfinite(links.data), "missing or infinite weights", "fill them in, 0 for no link"),
        (links.data < 0, "negative weights", "weights are zero or positive"),
        (
            (rows == links.indices) & (links.data != 0),
            "weights of units on themselves",
            own,
        ),
    ):
        where = np.flatnonzero(bad)
        if len(where):
            pairs = [f"{ids[rows[k]]}–{ids[links.indices[k]]}" for k in where[:4]]
            raise InputError(
                f"{source} holds {len(where)} {what}, first at {named(pairs)}; {remedy}."
            )


def subset(w: Graph, ids: Iterable[Any]) -> Graph:
    """Weights among `ids` only, in the order given, cut and scaled anew.

    libpysal's `Graph.subgraph` leaves the rows as they were cut, so that they no longer sum to one.
    Here rows are divided by their new sums if the graph was row-standardised (recorded by its
    builder, or seen in its row sums), the matrix by its new spectral radius if it was scaled so,
    and otherwise nothing is scaled.

    Parameters
    ----------
    w
        Any `Graph`, built here or not.
    ids
        Labels to keep; each must be in `w`.

    Returns
    -------
    Graph
        Over `ids` in their order, labelled as in `w`. `weights.describe` counts and names the
        isolates that the cut left, and says in ``.attrs["notes"]`` which neighbours they lost.
    """
    if isinstance(ids, str) or not isinstance(ids, Iterable):
        raise InputError(f"ids={ids!r} is not a list of labels; give the units to keep as a list.")
    op = operator(w)
    wanted = canonical_index(ids, "ids")
    if not len(wanted):
        raise InputError("ids is empty; name at least one unit to keep.")
    keep = positions(wanted, op.labels, data="ids", source="the weights")
    cut = op.restricted(keep)
    stranded = {k: v for k, v in op.facts.stranded.items() if k in wanted}
    facts = replace(
        op.facts,
        units_cut=op.facts.units_cut + op.n - len(keep),
        stranded={**stranded, **stranded_by(op, keep, cut)},
    )
    return graph_as_is(cut.matrix.copy(), cut.ids, facts, _letter(w, facts))


def relabel(
    w: Graph, labels: Mapping[Any, Any], *, names: Mapping[str, str] | None = None
) -> Graph:
    """Same weights under other labels, such as codes for names.

    Parameters
    ----------
    w
        Any `Graph`.
    labels
        New label of each unit; those it lacks are refused by name, and so are two units that would
        get the same label.
    names
        Printed name of each new label, for descriptions and maps.

    Examples
    --------
    >>> w = from_matrix([[0, 1], [1, 0]], ["北京市", "天津市"])
    >>> relabel(w, {"北京市": 110000, "天津市": 120000})[110000].to_dict()
    {120000: 1.0}
    """
    op = operator(w)
    known = {canonical(old): new for old, new in labels.items()}
    absent = [label for label in op.labels if label not in known]
    if absent:
        raise InputError(
            f"labels has no new label for {counted(len(absent), 'unit', 'units')}: {named(absent)}."
        )
    ids = pd.Index([known[label] for label in op.labels])
    new = dict(zip(op.labels, canonical_index(ids, "the new labels"), strict=True))
    facts = replace(
        op.facts,
        bridges=tuple((new.get(a, a), new.get(b, b)) for a, b in op.facts.bridges),
        rescued=tuple((new.get(a, a), new.get(b, b)) for a, b in op.facts.rescued),
        names=dict(names or {new.get(k, k): v for k, v in op.facts.names.items()}),
        english={new.get(k, k): name for k, name in op.facts.english.items()},
        points={new.get(k, k): place for k, place in op.facts.points.items()},
        stranded={
            new.get(k, k): tuple(new.get(j, j) for j in lost)
            for k, lost in op.facts.stranded.items()
        },
    )
    return graph_as_is(op.matrix.copy(), ids, facts, str(w.transformation))


def _letter(w: Graph, facts: Facts) -> str:
    """Graph's letter for what is recorded, else the one it had."""
    return LETTERS[facts.transform] if facts.transform else str(w.transformation)


def link_matrix(
    pairs: npt.NDArray[np.intp], weights: npt.NDArray[np.float64] | float, n: int
) -> sparse.csr_array:
    """Symmetric (n, n) matrix of pairs (m, 2), each pair once."""
    first, second = pairs[:, 0], pairs[:, 1]
    values = np.broadcast_to(np.asarray(weights, dtype=np.float64), first.shape)
    entries = (np.r_[values, values], (np.r_[first, second], np.r_[second, first]))
    return sparse.csr_array(entries, shape=(n, n))
