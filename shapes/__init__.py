"""Boundary files in, a clean boundary table out.

Names load when they are first used, so that importing the package stays fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from shapes.errors import InputError

if TYPE_CHECKING:
    from shapes.china import china_cities, china_lines

_HOMES = {
    "china_cities": "shapes.china",
    "china_lines": "shapes.china",
}

__all__ = ["InputError", "china_cities", "china_lines"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'shapes' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
