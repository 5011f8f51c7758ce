"""Find the layer that a path means: file, folder, archive, several layers."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from shapes.errors import InputError, named, nearest

__all__ = ["Source", "open_source"]

_FORMATS = "GeoPackage, shapefile, GeoJSON, GeoParquet or a zip of one"
_PARQUET = (".parquet", ".geoparquet")
_MAIN = (".shp", ".gpkg", ".geojson", ".json", *_PARQUET)
_COMPANIONS = (".dbf", ".shx", ".prj", ".cpg", ".qix", ".sbn", ".sbx")


class Source(NamedTuple):
    """One layer of one file, ready to be read."""

    path: Path
    label: str
    layer: str | None

    @property
    def is_shapefile(self) -> bool:
        """Whether it is a shapefile."""
        return self.path.suffix.casefold() == ".shp"

    @property
    def is_geojson(self) -> bool:
        """Whether it is a GeoJSON."""
        return self.path.suffix.casefold() in (".geojson", ".json")

    @property
    def is_parquet(self) -> bool:
        """Whether it is a GeoParquet file."""
        return self.path.suffix.casefold() in _PARQUET


@contextmanager
def open_source(path: Path, layer: str | None) -> Iterator[Source]:
    """Yield the layer that the path and `layer` mean; archives are unpacked elsewhere."""
    _check_path(path)
    if path.suffix.casefold() != ".zip":
        yield _choose_layer(path, path.name, layer)
        return
    with TemporaryDirectory(prefix="boundaries") as scratch:
        inside, chosen = _unpack(path, layer, Path(scratch))
        yield _choose_layer(inside, path.name, chosen)


def _check_path(path: Path) -> None:
    if path.is_dir() and path.suffix.casefold() != ".gdb":
        files = [entry.name for entry in _boundary_files(path)]
        held = f"it holds {named(files)}" if files else "it holds no boundary file"
        raise InputError(f"{path} is a folder; give the file itself ({held}).")
    if not path.exists():
        folder = path.parent
        files = [entry.name for entry in _boundary_files(folder)] if folder.is_dir() else []
        there = f"; the folder has {nearest(path.name, files)}" if files else ""
        lacking = "" if folder.is_dir() else f", nor does its folder {folder}"
        raise InputError(f"the boundary file {path} does not exist{lacking}{there}; mend the path.")
    if path.suffix.casefold() in _COMPANIONS:
        raise InputError(
            f"{path.name} is a companion of a shapefile; give {path.with_suffix('.shp').name}."
        )
    if path.suffix.casefold() == ".shp":
        _check_companions(path)


def _check_companions(path: Path) -> None:
    present = {p.suffix.casefold() for p in path.parent.iterdir() if p.stem == path.stem}
    absent = [suffix for suffix in (".shx", ".dbf") if suffix not in present]
    if absent:
        raise InputError(
            f"{path.name} lacks its companion {named(path.stem + suffix for suffix in absent)}; "
            "copy all files of the shapefile into one folder."
        )


def _boundary_files(folder: Path) -> list[Path]:
    endings = (*_MAIN, ".zip", ".gdb")
    return sorted(entry for entry in folder.iterdir() if entry.suffix.casefold() in endings)


def _choose_layer(path: Path, label: str, layer: str | None) -> Source:
    if path.suffix.casefold() in _PARQUET:
        return Source(path, label, None)
    try:
        listed = pyogrio.list_layers(path)
    except UnicodeDecodeError:
        # A GeoJSON in GBK that states its layer's name; it has this one layer.
        return Source(path, label, None)
    except (DataSourceError, DataLayerError) as error:
        raise InputError(
            f"{label} cannot be read as boundaries ({_brief(error)}); give a {_FORMATS}."
        ) from None
    names = [str(name) for name, kind in listed if kind is not None]
    if layer is not None:
        if layer not in names:
            raise InputError(
                f"{label} has no layer {layer!r} with geometry; give layer= one of {named(names)}."
            )
        return Source(path, label, layer)
    if len(names) == 1:
        return Source(path, label, names[0])
    if not names:
        raise InputError(f"{label} holds no layer with geometry; give a file with polygons.")
    raise InputError(f"{label} holds several layers; give layer= one of {named(names)}.")


def _unpack(path: Path, layer: str | None, folder: Path) -> tuple[Path, str | None]:
    """Unpack the one boundary file of an archive under a plain name; `layer` may choose it."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = {_member_name(info): info for info in archive.infolist() if not info.is_dir()}
            members = {n: i for n, i in members.items() if not n.startswith("__MACOSX")}
            mains = [name for name in members if Path(name).suffix.casefold() in _MAIN]
            chosen = [name for name in mains if layer in (Path(name).stem, Path(name).name)]
            mains, rest = (chosen, None) if len(chosen) == 1 else (mains, layer)
            if len(mains) != 1:
                held = f"several boundary files: {named(mains)}" if mains else "no boundary file"
                raise InputError(f"{path.name} holds {held}; name one with layer=, or unpack it.")
            stem = str(Path(mains[0]).with_suffix(""))
            for name, info in members.items():
                if str(Path(name).with_suffix("")) == stem:
                    target = folder / f"layer{Path(name).suffix.casefold()}"
                    target.write_bytes(archive.read(info))
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise InputError(
            f"{path.name} cannot be unpacked ({_brief(error)}); unpack it and give the file."
        ) from None
    main = folder / f"layer{Path(mains[0]).suffix.casefold()}"
    if main.suffix == ".shp":
        _check_companions(main)
    return main, rest if main.suffix == ".gpkg" else None


def _member_name(info: zipfile.ZipInfo) -> str:
    """Name of a member; archives packed on Chinese Windows write it in GBK without saying so."""
    if info.flag_bits & 0x800:
        return info.filename
    raw = info.filename.encode("cp437", errors="replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _brief(error: Exception) -> str:
    """Say in one line what a reader complained about, without paths of scratch folders."""
    text = str(error).splitlines()[0] if str(error) else type(error).__name__
    return text if len(text) <= 90 and "/" not in text and "\\" not in text else "unknown format"
