"""Neighbour graphs of cities: builders, scaling, description.

Every builder returns a `libpysal.graph.Graph` over `cities.index`, in its order, row-standardised
unless told otherwise. Distances are great-circle or projected metres, never degrees.
`read` and `write` are the only functions of this package that touch files.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spatial.weights.attributes import blocks, economic, gravity
    from spatial.weights.borders import contiguity
    from spatial.weights.description import compare, describe, histogram
    from spatial.weights.distance import distance_band, exponential, inverse_distance, kernel, knn
    from spatial.weights.edges import from_edges, from_pysal
    from spatial.weights.files import read, write
    from spatial.weights.matrix import from_matrix, relabel, subset
    from spatial.weights.mixing import nested
    from spatial.weights.periods import average, by_period
    from spatial.weights.wording import label

__all__ = [
    "average",
    "blocks",
    "by_period",
    "compare",
    "contiguity",
    "describe",
    "distance_band",
    "economic",
    "exponential",
    "from_edges",
    "from_matrix",
    "from_pysal",
    "gravity",
    "histogram",
    "inverse_distance",
    "kernel",
    "knn",
    "label",
    "nested",
    "read",
    "relabel",
    "subset",
    "write",
]

_HOME = {
    "average": "periods",
    "blocks": "attributes",
    "by_period": "periods",
    "compare": "description",
    "contiguity": "borders",
    "describe": "description",
    "distance_band": "distance",
    "economic": "attributes",
    "exponential": "distance",
    "from_edges": "edges",
    "from_matrix": "matrix",
    "from_pysal": "edges",
    "gravity": "attributes",
    "histogram": "description",
    "inverse_distance": "distance",
    "kernel": "distance",
    "knn": "distance",
    "label": "wording",
    "nested": "mixing",
    "read": "files",
    "relabel": "matrix",
    "subset": "matrix",
    "write": "files",
}


def __getattr__(name: str) -> Any:
    """Load a builder when it is first used, so that importing costs nothing."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
