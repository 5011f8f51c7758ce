"""Neighbour graphs of cities: builders, scaling, description.

Every builder returns a `libpysal.graph.Graph` over `cities.index`, in its order, row-standardised
unless told otherwise. Distances are great-circle or projected metres, never degrees.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spatial.weights.borders import contiguity
    from spatial.weights.description import describe, label
    from spatial.weights.distance import distance_band, inverse_distance, knn
    from spatial.weights.matrix import from_matrix, subset

__all__ = [
    "contiguity",
    "describe",
    "distance_band",
    "from_matrix",
    "inverse_distance",
    "knn",
    "label",
    "subset",
]

_HOME = {
    "contiguity": "borders",
    "describe": "description",
    "distance_band": "distance",
    "from_matrix": "matrix",
    "inverse_distance": "distance",
    "knn": "distance",
    "label": "description",
    "subset": "matrix",
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
