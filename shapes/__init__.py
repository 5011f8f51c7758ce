"""Boundary files in, a clean boundary table out.

Names load when they are first used, so that importing the package stays fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from shapes.errors import InputError

if TYPE_CHECKING:
    from shapes.checking import boundary_faults, check_boundaries
    from shapes.china import china_cities, china_lines
    from shapes.dissolving import dissolve
    from shapes.events import changes
    from shapes.harmonising import harmonise
    from shapes.joining import join
    from shapes.keeping import write_boundaries
    from shapes.match import match_names
    from shapes.mending import repairs
    from shapes.reading import read_boundaries
    from shapes.repairing import repair
    from shapes.simplifying import simplify

_HOMES = {
    "boundary_faults": "shapes.checking",
    "check_boundaries": "shapes.checking",
    "china_cities": "shapes.china",
    "china_lines": "shapes.china",
    "changes": "shapes.events",
    "dissolve": "shapes.dissolving",
    "harmonise": "shapes.harmonising",
    "join": "shapes.joining",
    "match_names": "shapes.match",
    "read_boundaries": "shapes.reading",
    "repair": "shapes.repairing",
    "repairs": "shapes.mending",
    "simplify": "shapes.simplifying",
    "write_boundaries": "shapes.keeping",
}

__all__ = [
    "InputError",
    "boundary_faults",
    "changes",
    "check_boundaries",
    "china_cities",
    "china_lines",
    "dissolve",
    "harmonise",
    "join",
    "match_names",
    "read_boundaries",
    "repair",
    "repairs",
    "simplify",
    "write_boundaries",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'shapes' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
