"""Field names of a shapefile that were cut off, within a character or between two."""

from __future__ import annotations

import re
import shutil
import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

__all__ = ["shortened", "whole_titles"]

_NAME = 11
_COPIED = (".shp", ".shx", ".prj")
_LEAST = 6
_NUMBERED = re.compile(r"(.+?)(?:_?\d{1,2})?")


@contextmanager
def whole_titles(shp: Path, encoding: str | None) -> Iterator[tuple[Path, list[str]]]:
    """Give the shapefile, or a copy whose field names end at a whole character, and those names.

    The table of a shapefile holds ten bytes of a field's name: three Chinese characters in UTF-8
    and a third of the fourth, which no reader can decode.
    """
    parts = {path.suffix.casefold(): path for path in shp.parent.iterdir() if path.stem == shp.stem}
    dbf = parts.get(".dbf")
    raw, names = _trimmed(dbf.read_bytes(), encoding) if dbf and encoding else (b"", [])
    if not names:
        yield shp, []
        return
    with TemporaryDirectory(prefix="boundaries") as scratch:
        folder = Path(scratch)
        for suffix in _COPIED:
            if suffix in parts:
                shutil.copyfile(parts[suffix], folder / f"{shp.stem}{suffix}")
        (folder / f"{shp.stem}.dbf").write_bytes(raw)
        yield folder / f"{shp.stem}.shp", names


def shortened(wanted: object, columns: Iterable[object]) -> list[str]:
    """Columns that may be what ten bytes leave of a longer field name, the longest first.

    GDAL numbers names that are the same after the cut: prefectu_1.
    """
    word = str(wanted)
    if len(word.encode()) <= _NAME - 1:
        return []
    found = []
    for column in map(str, columns):
        stem = _NUMBERED.fullmatch(column)
        if stem and len(stem[1].encode()) >= _LEAST and word.startswith((stem[1], column)):
            found.append(column)
    return sorted(found, key=len, reverse=True)


def _trimmed(raw: bytes, encoding: str) -> tuple[bytes, list[str]]:
    """Bytes of the table with whole field names, and the names that were trimmed."""
    if len(raw) < 32:
        return raw, []
    header = struct.unpack("<H", raw[8:10])[0]
    mended, names, seen = bytearray(raw), [], set[bytes]()
    for at in range(32, min(header, len(raw)) - 32, 32):
        if raw[at] == 0x0D:
            break
        title = raw[at : at + _NAME].split(b"\0")[0]
        whole = title
        while whole and not _decodes(whole, encoding):
            whole = whole[:-1]
        if whole != title and len(title) >= _NAME - 1 and whole:
            whole = _unlike(whole, seen)
            mended[at : at + _NAME] = whole.ljust(_NAME, b"\0")
            names.append(whole.decode(encoding))
        seen.add(whole)
    return bytes(mended), names


def _decodes(title: bytes, encoding: str) -> bool:
    try:
        title.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _unlike(title: bytes, seen: set[bytes]) -> bytes:
    """Number a name that another field has already."""
    numbered = (title, *(title + str(number).encode() for number in range(1, 10)))
    return next((name for name in numbered if name not in seen), title)
