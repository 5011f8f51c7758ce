"""Boundary files that are text (GeoJSON, TopoJSON, KML, GML, MapInfo), as UTF-8 for GDAL."""

from __future__ import annotations

import codecs
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from shapes.encoding import beside, dbf_samples
from shapes.errors import InputError
from shapes.recognising import PRINTED, Sample, decoded, nearly_utf8, python_name, seen

__all__ = ["MAPINFO", "TEXTS", "Ready", "as_utf8"]

TEXTS = (
    ".geojson", ".json", ".topojson", ".geojsonl", ".geojsons", ".geojsonseq", ".kml", ".gml",
    ".jml", ".gmt", ".csv",
)  # fmt: skip
MAPINFO = (".mif", ".tab")
_MAPINFO_PARTS = (".mid", ".dat", ".map", ".id", ".ind")
_CHARSETS = {
    "windowssimpchinese": "gb18030",
    "windowstradchinese": "big5hkscs",
    "utf-8": "utf-8",
}
_CHARSET = re.compile(rb'(charset\s+"?)([\w-]+)("?)', re.IGNORECASE)
_FIELD = re.compile(
    rb"^\s+\S.*?\s(char|\w*int|integer|decimal|float|date|time|datetime|logical)\b[^;]*;",
    re.IGNORECASE | re.MULTILINE,
)
_DECLARED = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([\w.-]+)[\"']", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_UTF8_DECLARED = '<?xml version="1.0" encoding="UTF-8"?>'
_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MOST_LINES = 5000


class Ready(NamedTuple):
    """A file that GDAL reads, the encoding to tell it, and what was assumed of the text."""

    path: Path
    encoding: str | None
    note: str | None


@contextmanager
def as_utf8(path: Path, encoding: str | None) -> Iterator[Ready]:
    """Give the file, or a copy of it that is UTF-8 (for MapInfo: that states no other charset)."""
    if path.suffix.casefold() in MAPINFO:
        with _mapinfo(path, encoding) as ready:
            yield ready
        return
    text, note = _text(path, encoding)
    if text is None:
        yield Ready(path, None, None)
        return
    with TemporaryDirectory(prefix="boundaries") as scratch:
        copy = Path(scratch) / path.name
        whole = _DECLARATION.sub(_UTF8_DECLARED, text.lstrip("\ufeff"))
        copy.write_text(whole, encoding="utf-8")
        schema = beside(path, ".xsd")
        if schema is not None:
            shutil.copyfile(schema, copy.with_suffix(".xsd"))
        yield Ready(copy, None, note)


def _text(path: Path, encoding: str | None) -> tuple[str | None, str | None]:
    """Text of a file that is not UTF-8, and the note on it; None for the text when it is."""
    raw = path.read_bytes()
    if encoding is not None:
        text = _as_asked(raw, encoding, path.name)
        return (None if python_name(encoding) == "utf-8" else text), None
    stated = _stated(raw)
    sixteen = _utf16(raw)
    if sixteen is not None:
        return raw.decode(sixteen, errors="replace"), f"the text is {sixteen.upper()}"
    if decoded([Sample(raw)], "utf-8") is not None:
        return (None, None) if stated in (None, "utf-8", "ascii") else (raw.decode(), None)
    place = nearly_utf8(raw)
    if place is not None:
        raise InputError(
            f"{path.name} is UTF-8 but for a fault in {place}; save it again from its source."
        )
    found = seen(_wide_lines(raw)) or stated
    if found is None or decoded([Sample(raw)], found) is None:
        found, note = "cp1252", "no encoding fits for sure; CP1252 (Western European) assumed"
    elif stated in (found, "gbk", "gb2312") and stated is not None:
        note = None
    else:
        note = f"a {path.suffix} file has to be UTF-8; the text is {PRINTED.get(found, found)}"
    return raw.decode(found, errors="replace"), note


def _as_asked(raw: bytes, encoding: str, label: str) -> str:
    name = python_name(encoding)
    if name is None:
        raise InputError(f"encoding={encoding!r} is unknown; try 'UTF-8' or 'GBK'.")
    try:
        return raw.decode(name)
    except UnicodeDecodeError:
        raise InputError(
            f"{label} is not {encoding}; give the right encoding= or save it as UTF-8."
        ) from None


def _stated(raw: bytes) -> str | None:
    """Encoding that an XML declaration names."""
    found = _DECLARED.match(raw.removeprefix(codecs.BOM_UTF8).lstrip()[:200])
    return python_name(found[1].decode("ascii")) if found else None


def _utf16(raw: bytes) -> str | None:
    """Tell UTF-16 from its mark, or from the zero bytes beside the ASCII that opens such files."""
    if raw.startswith(_MARKS):
        return "utf-16"
    head = raw[:4]
    if len(head) == 4 and head.count(0) == 2:
        return "utf-16-le" if head[1] == 0 else "utf-16-be"
    return None


def _wide_lines(raw: bytes) -> list[Sample]:
    lines = (Sample(line) for line in raw.splitlines() if not line.isascii())
    return list(islice(lines, _MOST_LINES))


@contextmanager
def _mapinfo(path: Path, encoding: str | None) -> Iterator[Ready]:
    """Give the MapInfo file; where its charset is not that of its text, a copy that has none."""
    head = path.read_bytes()
    dat, mid = beside(path, ".dat"), beside(path, ".mid")
    kinds = [found[1].lower() for found in _FIELD.finditer(head)]
    texts = [i for i, kind in enumerate(kinds) if kind == b"char"]
    samples = [*_wide_lines(head), *(dbf_samples(dat, texts) if dat else [])]
    samples += _wide_lines(mid.read_bytes()) if mid else []
    charset = _CHARSET.search(head)
    stated = _CHARSETS.get(charset[2].decode("ascii").casefold()) if charset else None
    found = _asked_or_seen(samples, encoding, path.name)
    if found is None or found == stated:
        yield Ready(path, None, None)
        return
    with TemporaryDirectory(prefix="boundaries") as scratch:
        copy = Path(scratch) / path.name
        copy.write_bytes(_CHARSET.sub(rb"\1Neutral\3", head))
        for suffix in _MAPINFO_PARTS:
            part = beside(path, suffix)
            if part is not None:
                shutil.copyfile(part, copy.with_suffix(suffix))
        said = charset[2].decode("ascii") if charset else "none"
        note = f"charset {said} stated; the text is {PRINTED.get(found, found)}"
        yield Ready(copy, found, None if encoding else note)


def _asked_or_seen(samples: list[Sample], encoding: str | None, label: str) -> str | None:
    if encoding is None:
        return seen(samples) if samples else None
    _as_asked(b"\n".join(sample.raw for sample in samples), encoding, label)
    return python_name(encoding)
