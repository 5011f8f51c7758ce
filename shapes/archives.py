"""The one boundary file inside a zip archive."""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from shapes.errors import InputError, named

__all__ = ["MAIN", "unpack", "unpack_kmz"]

MAIN = (
    ".shp", ".gpkg", ".geojson", ".json", ".topojson", ".geojsonl", ".geojsons", ".geojsonseq",
    ".fgb", ".e00", ".gml", ".kml", ".kmz", ".tab", ".mif", ".sqlite", ".gdb", ".jml", ".gmt",
    ".parquet", ".geoparquet",
)  # fmt: skip
_UNSAFE = re.compile(r"[^\w.() -]")
_JUNK = ("__MACOSX", ".DS_Store", "Thumbs.db")
_NAMES = ("utf-8", "gb18030")
Members = dict[str, zipfile.ZipInfo]


def unpack(path: Path, layer: str | None, folder: Path) -> Path:
    """Unpack the one boundary file of an archive with its companions; `layer` may choose it."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = _members(archive)
            return _extract(archive, members, _choose(members, layer, path.name), folder)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, zlib.error) as error:
        said = str(error).splitlines()[0][:90] if str(error) else type(error).__name__
        raise InputError(
            f"{path.name} cannot be unpacked ({said}); unpack it and give the file."
        ) from None


def unpack_kmz(path: Path, folder: Path) -> Path:
    """Unpack the one layer of a KMZ; one with several layers is left to GDAL.

    What `doc.kml` merely links to stands in further files.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if name.casefold().endswith(".kml")]
            linked = [name for name in names if name.casefold() != "doc.kml"]
            chosen = linked or names
            if len(chosen) != 1:
                return path
            target = folder / f"{path.stem}.kml"
            target.write_bytes(archive.read(chosen[0]))
            return target
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, zlib.error):
        return path


def _members(archive: zipfile.ZipFile) -> Members:
    files = {_member_name(info): info for info in archive.infolist() if not info.is_dir()}
    return {n: i for n, i in files.items() if not any(j in PurePosixPath(n).parts for j in _JUNK)}


def _choose(members: Members, layer: str | None, label: str) -> str:
    """Name of the main member, or the folder of a geodatabase."""
    mains = list(dict.fromkeys(main for name in members if (main := _main(name)) is not None))
    asked = [
        name for name in mains if layer in (PurePosixPath(name).stem, PurePosixPath(name).name)
    ]
    if len(asked) == 1:
        return asked[0]
    if len(mains) != 1:
        held = f"several boundary files: {named(mains)}" if mains else "no boundary file"
        raise InputError(f"{label} holds {held}; name one with layer=, or unpack it.")
    return mains[0]


def _main(name: str) -> str | None:
    """The file itself where its ending is that of boundaries, or the geodatabase it belongs to."""
    path = PurePosixPath(name)
    for parent in path.parents:
        if parent.suffix.casefold() == ".gdb":
            return str(parent)
    return name if path.suffix.casefold() in MAIN else None


def _extract(archive: zipfile.ZipFile, members: Members, main: str, folder: Path) -> Path:
    whole = PurePosixPath(main)
    stem = _UNSAFE.sub("_", whole.stem)
    target = folder / f"{stem}{whole.suffix.casefold()}"
    for name, info in members.items():
        part = PurePosixPath(name)
        if main == _main(name) != name:
            target.mkdir(exist_ok=True)
            (target / part.name).write_bytes(archive.read(info))
        elif name == main or str(part.with_suffix("")) == str(whole.with_suffix("")):
            (folder / f"{stem}{part.suffix.casefold()}").write_bytes(archive.read(info))
    return target


def _member_name(info: zipfile.ZipInfo) -> str:
    """Name of a member; Chinese Windows writes it in GBK, and backslashes, without saying so."""
    name = info.filename
    if not info.flag_bits & 0x800:
        raw = name.encode("cp437", errors="replace")
        name = next((text for code in _NAMES if (text := _decoded(raw, code)) is not None), name)
    return name.replace("\\", "/")


def _decoded(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None
