"""Which code computes: results of another code are other results."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import ModuleType

import analysis
import shapes
import spatial
from analysis.study.keeping.fingerprint import digest_of_files, fingerprint

__all__ = ["estimation", "toolkit"]

NUMERIC = (
    "numpy", "scipy", "pandas", "geopandas", "shapely", "pyproj", "libpysal", "formulaic",
)  # fmt: skip
WRITING = ("pyogrio", "matplotlib", "mapclassify", "pydantic", "python-docx", "openpyxl", "bokeh")


@cache
def toolkit() -> str:
    """Hash of the sources and data of the three packages, of all libraries and of the machine."""
    return _identity((shapes, spatial, analysis), (*NUMERIC, *WRITING))


@cache
def estimation() -> str:
    """Hash of what estimates depend on: the package `spatial`, numeric libraries, the machine."""
    return _identity((spatial,), NUMERIC)


def _identity(packages: Iterable[ModuleType], libraries: Iterable[str]) -> str:
    roots = [Path(str(package.__file__)).parent for package in packages]
    files = [file for root in roots for file in _files(root)]
    machine = (platform.python_version(), platform.machine(), platform.system())
    return fingerprint(
        digest_of_files(files), machine, {name: _version(name) for name in libraries}
    )


def _files(root: Path) -> Iterator[Path]:
    for file in sorted(root.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            yield file


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
