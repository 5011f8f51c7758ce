"""A graph as a labelled sparse matrix, built once, and the one place where it meets data."""

from __future__ import annotations

import warnings
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from spatial.errors import AlignmentWarning, InputError, ScalingWarning, counted, named
from spatial.labels import canonical_index, missing_from, positions
from spatial.weights.facts import Facts, read_facts, require_graph

if TYPE_CHECKING:
    from libpysal.graph import Graph

__all__ = [
    "Aligned",
    "Carried",
    "Operator",
    "align",
    "check_scaling",
    "operator",
    "rescale",
    "stranded_by",
]

Vector = npt.NDArray[np.float64]
ROW_SUM_TOLERANCE = 1e-6
CUT, CUTS_KEPT, CUTS_SENT = "restricted", 200, 4
TRAVELS = ("acyclic", "similarity", "logdet method", "frobenius")
LOGDET = "logdet"
SCALED = ("spectral", "minmax")  # one number divides all weights; rows need not sum to one


@dataclass(frozen=True, eq=False)
class Operator:
    """Weights as a matrix with labels; never changed after it is made.

    `ids` (N,) are the graph's labels, `matrix` (N, N) the weights without stored zeros, `facts`
    what is known of the graph. `store` keeps what later computations derive from the matrix alone
    (spectrum, factorisations), so that a second fit on the same graph finds it.
    """

    ids: pd.Index
    matrix: sparse.csr_array
    facts: Facts
    store: dict[Any, Any] = field(default_factory=dict, repr=False)

    def __reduce__(self) -> tuple[type[Operator], tuple[Any, ...]]:
        """Travel to other processes with what was derived, but for factorisations, which cannot."""
        return Operator, (self.ids, self.matrix, self.facts, self.luggage)

    @property
    def luggage(self) -> dict[Any, Any]:
        """What of the store can travel: log-determinants, and the cuts made last."""
        several = [key for key in self.store if isinstance(key, tuple)]
        cuts = [key for key in several if key[0] == CUT]
        taken = [*(key for key in TRAVELS if key in self.store), *cuts[-CUTS_SENT:]]
        taken += [key for key in several if key[0] == LOGDET]
        return {key: self.store[key] for key in taken}

    @property
    def n(self) -> int:
        """Number of units."""
        return int(self.matrix.shape[0])

    @cached_property
    def labels(self) -> pd.Index:
        """Labels in canonical text form."""
        return canonical_index(self.ids, "the weights")

    @cached_property
    def row_sums(self) -> Vector:
        """Sum of each row, (N,)."""
        return np.asarray(self.matrix.sum(axis=1), dtype=np.float64).ravel()

    @cached_property
    def isolates(self) -> npt.NDArray[np.bool_]:
        """True for units without a neighbour, (N,)."""
        return np.asarray(np.diff(self.matrix.indptr) == 0)

    @cached_property
    def stochastic(self) -> bool:
        """Whether every row, isolates included, sums to one within 1e-6."""
        return bool(np.all(np.abs(self.row_sums - 1.0) <= ROW_SUM_TOLERANCE))

    @cached_property
    def row_scaled(self) -> bool:
        """Whether every row that has neighbours sums to one within 1e-6."""
        return bool(np.all(np.abs(self.row_sums[~self.isolates] - 1.0) <= ROW_SUM_TOLERANCE))

    def lag(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Spatial lag of a vector (N,), or of arrays whose axis -2 holds the units.

        Shapes: (N,), (N, k), (T, N, k).
        """
        if values.ndim <= 2:
            return np.asarray(self.matrix @ values)
        stacked = np.moveaxis(values, -2, 0)
        lagged = self.matrix @ stacked.reshape(self.n, -1)
        return np.moveaxis(np.asarray(lagged).reshape(stacked.shape), 0, -2)

    def restricted(self, keep: npt.NDArray[np.intp]) -> Operator:
        """Operator of the units at `keep`, in that order, re-cut and re-scaled as recorded.

        Where all units are kept nothing was cut, and the weights stay as they are.
        """
        key = (CUT, keep.tobytes())
        found = self.store.get(key)
        if found is None:
            cut = sparse.csr_array(self.matrix[keep][:, keep])
            facts = self.facts
            if len(keep) == self.n:
                pass
            elif facts.transform is None and self.row_scaled:
                cut = rescale(cut, "row")
            elif facts.transform in ("row", "spectral", "minmax"):
                cut = rescale(cut, facts.transform)
            found = Operator(self.ids[keep], cut, facts)
            cuts = [other for other in self.store if isinstance(other, tuple) and other[0] == CUT]
            if len(cuts) >= CUTS_KEPT:
                del self.store[cuts[0]]
            self.store[key] = found
        return found  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Aligned:
    """Weights over the units of the data, in the data's order, and what had to be cut for it."""

    operator: Operator
    dropped: tuple[str, ...]
    stranded: Mapping[str, tuple[str, ...]]

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences for `fit.notes`."""
        out = []
        if self.dropped:
            scaled = self.operator.row_scaled or self.operator.facts.transform in SCALED
            rest = " and the rest re-scaled" if scaled else ""
            one, many = "unit without data; it was", "units without data; they were"
            out.append(
                f"The weights hold {counted(len(self.dropped), one, many)} cut out{rest}: "
                f"{named(self.dropped, 40)}."
            )
        if self.stranded:
            lost = (f"{unit} ({named(gone)})" for unit, gone in self.stranded.items())
            out.append(
                "Units left without a neighbour by that cut (in brackets, whom they lost): "
                f"{named(lost, 40)}."
            )
        return tuple(out)


_operators: dict[int, tuple[weakref.ref[Any], Operator]] = {}


def operator(graph: Graph) -> Operator:
    """Operator of a graph; made at the first call and kept as long as the graph lives."""
    require_graph(graph)
    known = _operators.get(id(graph))
    if known is not None and known[0]() is graph:
        return known[1]
    made = _from_graph(graph)
    key = id(graph)
    _operators[key] = (weakref.ref(graph, lambda _: _operators.pop(key, None)), made)
    return made


@dataclass(frozen=True, eq=False)
class Carried:
    """A graph that takes along to other processes what was derived from it here."""

    graph: Graph

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpacked, (self.graph, operator(self.graph).luggage)


def _unpacked(graph: Graph, luggage: Mapping[Any, Any]) -> Carried:
    operator(graph).store.update(luggage)
    return Carried(graph)


def _from_graph(graph: Graph) -> Operator:
    """Read rows, columns and weights from the sorted adjacency without a pivot."""
    adjacency = graph._adjacency
    index = adjacency.index
    focal, neighbour = index.codes
    starts = (
        np.flatnonzero(np.r_[True, focal[1:] != focal[:-1]]) if len(focal) else np.array([], int)
    )
    ids = index.levels[0].take(focal[starts])
    n = len(ids)
    row_of = np.full(len(index.levels[0]), -1, dtype=np.intp)
    row_of[focal[starts]] = np.arange(n)
    column_of = ids.get_indexer(index.levels[1])
    rows, columns = row_of[focal], column_of[neighbour]
    weights = adjacency.to_numpy(dtype=np.float64)
    if not np.isfinite(weights).all():
        raise InputError(
            "the weights hold infinite or missing values; mend them before building the graph."
        )
    keep = weights != 0
    matrix = sparse.csr_array((weights[keep], (rows[keep], columns[keep])), shape=(n, n))
    matrix.sort_indices()
    return Operator(pd.Index(ids, name=None), matrix, read_facts(graph))


def rescale(matrix: sparse.csr_array, transform: str) -> sparse.csr_array:
    """Divide rows by their sums ("row"), or all weights by one number.

    The number is the spectral radius ("spectral"), or the smaller of the largest row sum and the
    largest column sum ("minmax"; Kelejian and Prucha 2010, section 2.2), which is never below it.
    "none" leaves the matrix as it is.
    """
    if transform == "none":
        return matrix
    if transform == "row":
        totals = np.asarray(matrix.sum(axis=1), dtype=np.float64).ravel()
        each = np.repeat(totals, np.diff(matrix.indptr))
        shares = np.divide(matrix.data, each, out=np.zeros_like(each), where=each != 0)
        return sparse.csr_array((shares, matrix.indices, matrix.indptr), shape=matrix.shape)
    size = spectral_radius(matrix) if transform == "spectral" else _minmax(matrix)
    return matrix if size == 0 else sparse.csr_array(matrix / size)


def _minmax(matrix: sparse.csr_array) -> float:
    """Give the smaller of the largest row sum and the largest column sum."""
    return float(min(np.max(matrix.sum(axis=axis), initial=0.0) for axis in (0, 1)))


def has_cycles(matrix: sparse.csr_array) -> bool:
    """Whether some path of links returns to its start; if none does, all eigenvalues are zero."""
    count = sparse.csgraph.connected_components(matrix, directed=True, connection="strong")[0]
    return bool(count < matrix.shape[0] or matrix.diagonal().any())


def spectral_radius(matrix: sparse.csr_array) -> float:
    """Largest modulus of an eigenvalue; dense below 500 units, Arnoldi above."""
    if not has_cycles(matrix):
        return 0.0
    if matrix.shape[0] <= 500:
        return float(np.abs(np.linalg.eigvals(matrix.toarray())).max(initial=0.0))
    from scipy.sparse.linalg import eigs

    start = np.ones(matrix.shape[0])
    return float(np.abs(eigs(matrix, k=1, which="LM", v0=start, return_eigenvectors=False)).max())


def stranded_by(
    op: Operator, keep: npt.NDArray[np.intp], cut: Operator
) -> dict[str, tuple[str, ...]]:
    """Units that a cut left without a neighbour, with the neighbours that each of them lost."""
    rows = keep[cut.isolates & ~op.isolates[keep]]
    return {str(op.labels[row]): tuple(op.labels[op.matrix[[row]].indices]) for row in rows}


def check_scaling(op: Operator, *, stacklevel: int = 3) -> str | None:
    """Warn where rows do not sum to one and this was not asked for.

    Gives the sentence for `fit.notes`.
    """
    if op.row_scaled or op.facts.transform in SCALED:
        return None
    sums = op.row_sums[~op.isolates]
    text = (
        f"the rows of the weights sum to {sums.min():.8g} to {sums.max():.8g}, not to one; rho is "
        "then on another scale "
        "and the two-way transformation does not apply. "
        'Build them with transform="row", or graph.transform("R"), '
        "and cut them with weights.subset."
    )
    warnings.warn(text, ScalingWarning, stacklevel=stacklevel)
    return text[0].upper() + text[1:]


def align(graph: Graph, units: pd.Index, *, what: str = "the data", stacklevel: int = 3) -> Aligned:
    """Match weights to the units of the data by label.

    Units of the data that the weights lack are an InputError. Units of the weights that the data
    lack are cut out, the rest is re-scaled, and an AlignmentWarning names them.
    """
    op = operator(graph)
    if units is op.ids or units.equals(op.ids):
        return Aligned(op, (), {})
    wanted = canonical_index(units, what)
    keep = positions(wanted, op.labels, data=what, source="the weights")
    if len(keep) == op.n and np.array_equal(keep, np.arange(op.n)):
        return Aligned(op, (), {})
    dropped = tuple(missing_from(op.labels, wanted))
    cut = op.restricted(keep)
    aligned = Aligned(cut, dropped, stranded_by(op, keep, cut))
    if dropped:
        warnings.warn(" ".join(aligned.notes), AlignmentWarning, stacklevel=stacklevel)
    return aligned
