"""Measurement, studies, maps, tables, reports and the command line.

Public names are loaded when first used, so that `import analysis` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis import figures, indices, instruments, maps, tables
    from analysis.layers import export_layers
    from analysis.linked import interactive
    from analysis.reading import read_table
    from analysis.study import Study, claims, run
    from spatial import distribution
    from spatial.errors import InputError

__all__ = [
    "InputError",
    "Study",
    "claims",
    "distribution",
    "export_layers",
    "figures",
    "indices",
    "instruments",
    "interactive",
    "maps",
    "read_table",
    "run",
    "tables",
]

_HOME = {
    "InputError": "spatial.errors",
    "Study": "analysis.study",
    "claims": "analysis.study",
    "export_layers": "analysis.layers",
    "interactive": "analysis.linked",
    "read_table": "analysis.reading",
    "run": "analysis.study",
}
_PACKAGES = {
    "distribution": "spatial.distribution",
    **{
        name: f"analysis.{name}" for name in ("figures", "indices", "instruments", "maps", "tables")
    },
}


def __getattr__(name: str) -> Any:
    if name in _PACKAGES:
        return import_module(_PACKAGES[name])
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'analysis' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
