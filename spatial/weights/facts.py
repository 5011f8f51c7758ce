"""What is recorded about a graph: rule, scaling, the names of its units.

Read by labels and legends.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from spatial.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    from libpysal.graph import Graph

__all__ = ["Facts", "Points", "Transform", "is_graph", "read_facts", "require_graph", "write_facts"]

Transform = Literal["row", "spectral", "minmax", "none"]
ATTRIBUTE = "cityripple"


class Points(Mapping[str, tuple[float, ...]]):
    """Places of units by label, held as one array (n, d): as tuples, a million take a second."""

    def __init__(self, labels: pd.Index, places: npt.NDArray[np.float64]) -> None:
        self.labels, self.places = labels, places

    def __getitem__(self, label: str) -> tuple[float, ...]:
        return tuple(self.places[self.labels.get_loc(label)].tolist())

    def __iter__(self) -> Iterator[str]:
        return iter(self.labels)

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Facts:
    """How a graph came about.

    `rule` is a builder's name ("contiguity", "knn", ...), `options` its arguments as given (km, k,
    power, order ...), `bridges` the pairs joined by hand, `rescued` the pairs that gave cities
    without a neighbour their nearest, `parts` the facts of the graphs this one was made of, `names`
    maps a unit's label to its name and `english` to its English one. `stranded` holds the units
    that cuts left without a neighbour, each with the neighbours it lost. `points` are the places
    of units in kilometres, (x, y, z) on the sphere or (x, y) in the plane, where the graph was
    built from geometry.
    """

    rule: str = "given"
    transform: Transform | None = None
    options: Mapping[str, object] = field(default_factory=dict)
    bridges: tuple[tuple[str, str], ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    english: Mapping[str, str] = field(default_factory=dict)
    units_cut: int = 0
    rescued: tuple[tuple[str, str], ...] = ()
    parts: tuple[Facts, ...] = ()
    stranded: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    points: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


def is_graph(w: object) -> bool:
    """Whether `w` is libpysal's Graph, without importing libpysal."""
    return any(
        t.__name__ == "Graph" and t.__module__.startswith("libpysal.graph") for t in type(w).__mro__
    )


def require_graph(w: object) -> None:
    """Refuse anything that carries no labels or another class of weights."""
    if not is_graph(w):
        raise InputError(
            f"the weights are a {type(w).__module__}.{type(w).__name__}, not a libpysal Graph; "
            "use weights.from_matrix(matrix, ids) for arrays and sparse matrices, Graph.from_W(w) "
            "for libpysal's W."
        )


def write_facts(graph: Graph, facts: Facts) -> Graph:
    """Attach `facts` to a graph that was just made."""
    setattr(graph, ATTRIBUTE, facts)
    return graph


def read_facts(graph: Graph) -> Facts:
    """Facts of a graph; of one built elsewhere nothing is known, its row sums must tell."""
    facts = getattr(graph, ATTRIBUTE, None)
    return facts if isinstance(facts, Facts) else Facts()
