"""Encoding of the text in a shapefile's table, told from its bytes; text garbled before."""

from __future__ import annotations

import re
import struct
from collections.abc import Collection, Sequence
from itertools import islice
from pathlib import Path

from shapes.errors import InputError
from shapes.recognising import PRINTED, Sample, decoded, python_name, seen

__all__ = ["beside", "dbf_samples", "garbled", "settle_dbf_encoding"]

_MOST_RECORDS = 5000
_TITLE_WIDTH = 10
_NUMBERED = re.compile(rb"(.+)_\d{1,2}")
_MULTIBYTE = {"gbk", "gb2312", "gb18030", "big5", "big5hkscs", "cp950", "cp932", "shift_jis"}
_DRIVERS = {0x4D: "gbk", 0x7A: "gbk", 0x4F: "cp950", 0x78: "cp950", 0x7B: "cp932", 0x13: "cp932"}
_ASKED = {"utf-8": "UTF-8", "gb18030": "GBK", "big5hkscs": "Big5"}


def settle_dbf_encoding(shp: Path, encoding: str | None) -> tuple[str | None, str | None]:
    """Tell the encoding of the attribute table beside a shapefile, and what had to be assumed.

    The bytes decide: text that is valid UTF-8 is UTF-8, text in pairs of common Chinese characters
    is GBK or Big5, whatever the `.cpg` says. An encoding that the caller asks for must fit the
    bytes.

    Returns
    -------
    encoding : str or None
        None where the table is plain ASCII or missing.
    note : str or None
        What differs from the statement of the file, or was assumed without one.
    """
    dbf = beside(shp, ".dbf")
    samples = [] if dbf is None else dbf_samples(dbf)
    if encoding is not None:
        _check_asked(samples, encoding, shp.name)
        return encoding, None
    if dbf is None or not samples:
        return None, None
    stated = _stated(shp, dbf)
    found = seen(samples)
    if found == "utf-8":
        fits = stated == "utf-8"
        return "UTF-8", None if fits else f"{_statement(stated)}; the text is UTF-8"
    if stated in _MULTIBYTE and stated is not None and decoded(samples, stated) is not None:
        return stated, None
    if found is not None:
        return found, f"{_statement(stated)}; the text is {PRINTED[found]}"
    if stated is not None and stated != "utf-8" and decoded(samples, stated) is not None:
        return stated, None
    if stated is None:
        western = _western(samples)
        return western, f"none stated; {western} assumed, as neither UTF-8 nor GBK nor Big5 fits"
    raise InputError(
        f"the text of {shp.name} is not {stated} as its .cpg says, and neither UTF-8 nor GBK nor "
        "Big5 fits; give encoding=."
    )


def garbled(text: str) -> str | None:
    """Chinese that a text shows after it was read as Latin-1 (`Ê¯¼Ò×¯ÊÐ` is 石家庄市), or None."""
    if text.isascii():
        return None
    for latin in ("latin-1", "cp1252"):
        try:
            raw = text.encode(latin)
        except UnicodeEncodeError:
            continue
        found = seen([Sample(raw)])
        if found is not None:
            return raw.decode(found)
    return None


def dbf_samples(dbf: Path, texts: Collection[int] | None = None) -> list[Sample]:
    """Field names and text cells of a dBASE table that hold bytes beyond ASCII.

    `texts` are the positions of the fields with text, where the table itself does not say so.
    """
    raw = dbf.read_bytes()
    if len(raw) < 32:
        return []
    count, header, width = struct.unpack("<IHH", raw[4:12])
    samples: list[Sample] = []
    fields, at, offset = [], 32, 1
    while at + 32 <= min(header, len(raw)) and raw[at] != 0x0D:
        title = raw[at : at + 11].split(b"\0")[0]
        full = len(title) >= _TITLE_WIDTH
        numbered = _NUMBERED.fullmatch(title) if full else None
        samples.append(Sample(numbered[1] if numbered else title, full))
        size = raw[at + 16]
        is_text = raw[at + 11 : at + 12] == b"C" if texts is None else at // 32 - 1 in texts
        if is_text:
            fields.append((offset, size))
        offset, at = offset + size, at + 32
    starts = range(header, header + count * width, width) if width else range(0)
    for start in islice(starts, _MOST_RECORDS):
        for first, size in fields:
            text = raw[start + first : start + first + size].rstrip(b" \0")
            samples.append(Sample(text, len(text) >= size))
    return [sample for sample in samples if not sample.raw.isascii()]


def beside(main: Path, suffix: str) -> Path | None:
    """File of the same name with another ending, in whatever case."""
    for path in main.parent.iterdir():
        if path.stem == main.stem and path.suffix.casefold() == suffix:
            return path
    return None


def _check_asked(samples: Sequence[Sample], encoding: str, label: str) -> None:
    name = python_name(encoding)
    if name is None:
        raise InputError(f"encoding={encoding!r} is unknown; try 'UTF-8' or 'GBK'.")
    found = seen(samples) if samples else None
    wrong = bool(samples) and decoded(samples, name) is None
    if wrong or (found == "utf-8" and name != "utf-8"):
        fitting = "another one" if found is None else repr(_ASKED[found])
        raise InputError(
            f"encoding={encoding!r} does not fit the text of {label}; "
            f"give encoding={fitting} or leave it away."
        )


def _western(samples: Sequence[Sample]) -> str:
    """CP1252 where the text uses its signs between 80 and 9F, else ISO-8859-1."""
    signs = any(0x80 <= byte <= 0x9F for sample in samples for byte in sample.raw)
    return "CP1252" if signs and decoded(samples, "cp1252") is not None else "ISO-8859-1"


def _stated(shp: Path, dbf: Path) -> str | None:
    """Find the encoding that the `.cpg` or the table's header states, as Python names it."""
    cpg = beside(shp, ".cpg")
    if cpg is not None:
        words = cpg.read_bytes().decode("ascii", errors="ignore").strip()
        return python_name(words)
    header = dbf.read_bytes()[:32]
    return _DRIVERS.get(header[29]) if len(header) == 32 else None


def _statement(stated: str | None) -> str:
    return "none stated" if stated is None else f"{stated} stated"
