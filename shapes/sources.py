"""Find the layer that a path means: file, folder, archive, several layers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from shapes.archives import MAIN, unpack, unpack_kmz
from shapes.errors import InputError, named, nearest

__all__ = ["Source", "choose_layer", "open_source"]

_FORMATS = "GeoPackage, shapefile, GeoJSON, GeoParquet or a zip of one"
_ARCHIVES = (".zip", ".kmz")
_PARQUET = (".parquet", ".geoparquet")
_COMPANIONS = (".dbf", ".shx", ".prj", ".cpg", ".qix", ".sbn", ".sbx")
_MAPINFO_COMPANIONS = {".mid": ".mif", ".dat": ".tab", ".map": ".tab", ".id": ".tab"}
_NEEDED = {".shp": (".shx", ".dbf"), ".tab": (".dat", ".map", ".id"), ".mif": (".mid",)}
_PACKED = (".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz")
_PROJECTS = (".qgz", ".qgs", ".mxd", ".aprx", ".lyr", ".lyrx", ".qlr")


class Source(NamedTuple):
    """One file, ready to be read, its printed name, and the layer asked for."""

    path: Path
    label: str
    layer: str | None

    @property
    def is_shapefile(self) -> bool:
        """Whether it is a shapefile."""
        return self.path.suffix.casefold() == ".shp"

    @property
    def is_parquet(self) -> bool:
        """Whether it is a GeoParquet file."""
        return self.path.suffix.casefold() in _PARQUET


@contextmanager
def open_source(path: Path, layer: str | None) -> Iterator[Source]:
    """Yield the file that the path means; archives are unpacked elsewhere."""
    _check_path(path)
    if path.suffix.casefold() not in _ARCHIVES:
        yield Source(path, path.name, layer)
        return
    with TemporaryDirectory(prefix="boundaries") as scratch:
        folder = Path(scratch)
        inside = unpack(path, layer, folder) if path.suffix.casefold() == ".zip" else path
        if inside.suffix.casefold() == ".kmz":
            inside = unpack_kmz(inside, folder)
        _check_companions(inside)
        yield Source(inside, path.name, layer)


def choose_layer(path: Path, source: Source) -> str:
    """Name of the one layer with geometry, or of the one asked for.

    A file that holds a single layer may also be asked for by its own name.
    """
    try:
        listed = pyogrio.list_layers(path)
    except (DataSourceError, DataLayerError, UnicodeDecodeError) as error:
        raise InputError(
            f"{source.label} cannot be read as boundaries ({_brief(error)}); give a {_FORMATS}."
        ) from None
    names = [str(name) for name, kind in listed if kind is not None]
    wanted = source.layer
    if not names:
        raise InputError(f"{source.label} holds no layer with geometry; give a file with polygons.")
    if wanted in names:
        return str(wanted)
    if len(names) == 1 and wanted in (None, source.path.stem, source.path.name):
        return names[0]
    if wanted is not None:
        raise InputError(
            f"{source.label} has no layer {wanted!r} with geometry; "
            f"give layer= one of {named(names)}."
        )
    raise InputError(f"{source.label} holds several layers; give layer= one of {named(names)}.")


def _check_path(path: Path) -> None:
    suffix = path.suffix.casefold()
    if path.is_dir() and suffix != ".gdb":
        files = [entry.name for entry in _boundary_files(path)]
        held = f"it holds {named(files)}" if files else "it holds no boundary file"
        raise InputError(f"{path} is a folder; give the file itself ({held}).")
    if not path.exists():
        folder = path.parent
        files = [entry.name for entry in _boundary_files(folder)] if folder.is_dir() else []
        there = f"; the folder has {nearest(path.name, files)}" if files else ""
        lacking = "" if folder.is_dir() else f", nor does its folder {folder}"
        raise InputError(f"the boundary file {path} does not exist{lacking}{there}; mend the path.")
    _check_kind(path, suffix)
    _check_companions(path)


def _check_kind(path: Path, suffix: str) -> None:
    """Refuse companions, archives and project files, and say which file is meant."""
    if suffix in _COMPANIONS:
        raise InputError(
            f"{path.name} is a companion of a shapefile; give {path.with_suffix('.shp').name}."
        )
    if suffix in _MAPINFO_COMPANIONS:
        main = path.with_suffix(_MAPINFO_COMPANIONS[suffix])
        raise InputError(f"{path.name} is a companion of a MapInfo file; give {main.name}.")
    if suffix in _PACKED:
        raise InputError(
            f"{path.name} is an archive that only its own program opens; unpack it and give the "
            "file, or pack it as .zip."
        )
    if suffix in _PROJECTS:
        raise InputError(
            f"{path.name} is a map project, which names layers but holds none; give the file of "
            "the layer itself."
        )


def _check_companions(path: Path) -> None:
    needed = _NEEDED.get(path.suffix.casefold(), ())
    present = {p.suffix.casefold() for p in path.parent.iterdir() if p.stem == path.stem}
    absent = [suffix for suffix in needed if suffix not in present]
    if absent:
        raise InputError(
            f"{path.name} lacks its companion {named(path.stem + suffix for suffix in absent)}; "
            "copy all files of the layer into one folder."
        )


def _boundary_files(folder: Path) -> list[Path]:
    endings = (*MAIN, ".zip")
    return sorted(entry for entry in folder.iterdir() if entry.suffix.casefold() in endings)


def _brief(error: Exception) -> str:
    """Say in one line what a reader complained about, without paths of scratch folders."""
    text = str(error).splitlines()[0] if str(error) else type(error).__name__
    return text if len(text) <= 90 and "/" not in text and "\\" not in text else "unknown format"
