"""Encoding of the text in a shapefile's table and in a GeoJSON, told from its bytes."""

from __future__ import annotations

import codecs
import struct
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from shapes.errors import InputError

__all__ = ["garbled", "settle_dbf_encoding", "utf8_text"]

# Bytes of a text, and whether its last character may be cut off.
Sample = tuple[bytes, bool]

_MOST_RECORDS = 5000
_TITLE_WIDTH = 10
_CHINESE = "gb18030"
_MULTIBYTE = {"gbk", "gb2312", "gb18030", "big5", "big5hkscs", "cp950", "cp932", "shift_jis"}
_DRIVERS = {0x4D: "gbk", 0x7A: "gbk", 0x4F: "cp950", 0x78: "cp950", 0x7B: "cp932", 0x13: "cp932"}
_SPELLINGS = {"936": "gbk", "65001": "utf-8", "54936": "gb18030", "950": "cp950", "932": "cp932"}


def settle_dbf_encoding(shp: Path, encoding: str | None) -> tuple[str | None, str | None]:
    """Tell the encoding of the attribute table beside a shapefile, and what had to be assumed.

    The bytes decide: text that is valid UTF-8 is UTF-8, text in pairs of common Chinese characters
    is GBK, whatever the `.cpg` says. An encoding that the caller asks for must fit the bytes.

    Returns
    -------
    encoding : str or None
        None where the table is plain ASCII or missing.
    note : str or None
        What differs from the statement of the file, or was assumed without one.
    """
    dbf = _beside(shp, ".dbf")
    samples = [] if dbf is None else _texts(dbf)
    if encoding is not None:
        _check_asked(samples, encoding, shp.name)
        return encoding, None
    if dbf is None or not samples:
        return None, None
    stated = _stated(shp, dbf)
    seen = _recognise(samples)
    if seen == "utf-8":
        fits = stated == "utf-8"
        return "UTF-8", None if fits else f"{_statement(stated)}; the text is UTF-8"
    if stated in _MULTIBYTE and stated is not None and _decode(samples, stated) is not None:
        return stated, None
    if seen == _CHINESE:
        return "GB18030", f"{_statement(stated)}; the text is GBK (read as GB18030)"
    if stated is not None and stated != "utf-8" and _decode(samples, stated) is not None:
        return stated, None
    if stated is None:
        return "ISO-8859-1", "none stated; ISO-8859-1 assumed, neither UTF-8 nor GBK fits"
    raise InputError(
        f"the text of {shp.name} is not {stated} as its .cpg says, and neither UTF-8 nor GBK fits; "
        "give encoding=."
    )


def utf8_text(path: Path, encoding: str | None) -> tuple[str | None, str | None]:
    """Text of a file that ought to be UTF-8 and is not, and the note on it; None when it is."""
    raw = path.read_bytes()
    if encoding is None:
        if _decode([(raw, False)], "utf-8") is not None:
            return None, None
        encoding = _CHINESE
    try:
        text = raw.decode(encoding)
    except LookupError:
        raise InputError(f"encoding={encoding!r} is unknown; try 'UTF-8' or 'GBK'.") from None
    except UnicodeDecodeError:
        raise InputError(
            f"{path.name} is not {encoding}; give the right encoding= or save it as UTF-8."
        ) from None
    if _python_name(encoding) == "utf-8":
        return None, None
    return text, f"GeoJSON has to be UTF-8; the text is {encoding.upper()}"


def garbled(text: str) -> str | None:
    """Chinese that a text shows after it was read as Latin-1 (`Ê¯¼Ò×¯ÊÐ` is 石家庄市), or None."""
    if text.isascii():
        return None
    for latin in ("latin-1", "cp1252"):
        try:
            raw = text.encode(latin)
        except UnicodeEncodeError:
            continue
        seen = _recognise([(raw, False)])
        if seen is not None:
            return raw.decode(seen)
    return None


def _check_asked(samples: Sequence[Sample], encoding: str, label: str) -> None:
    name = _python_name(encoding)
    if name is None:
        raise InputError(f"encoding={encoding!r} is unknown; try 'UTF-8' or 'GBK'.")
    seen = _recognise(samples) if samples else None
    wrong = bool(samples) and _decode(samples, name) is None
    if wrong or (seen == "utf-8" and name != "utf-8"):
        fitting = {"utf-8": "'UTF-8'", _CHINESE: "'GBK'", None: "another one"}[seen]
        raise InputError(
            f"encoding={encoding!r} does not fit the text of {label}; "
            f"give encoding={fitting} or leave it away."
        )


def _recognise(samples: Sequence[Sample]) -> str | None:
    text = _decode(samples, "utf-8")
    if text is not None and not text.isascii():
        return "utf-8"
    return _CHINESE if _is_chinese(samples) else None


def _decode(samples: Sequence[Sample], encoding: str) -> str | None:
    """Return the text of all samples, or None where one of them does not decode."""
    decoder = codecs.getincrementaldecoder(encoding)
    try:
        return "".join(decoder("strict").decode(raw, final=not cut) for raw, cut in samples)
    except UnicodeDecodeError:
        return None


def _is_chinese(samples: Sequence[Sample]) -> bool:
    """Whether the text decodes as GBK and consists of the characters that are common in names.

    The common ones (GB 2312, first level) have lead bytes B0 to D7; other alphabets of one byte
    per letter, read in pairs, fall on rare characters or on none.
    """
    beyond = [char for char in _decode(samples, _CHINESE) or "" if not char.isascii()]
    return bool(beyond) and sum(map(_is_common, beyond)) >= 0.6 * len(beyond)


def _is_common(char: str) -> bool:
    try:
        return 0xB0 <= char.encode("gb2312")[0] <= 0xD7
    except UnicodeEncodeError:
        return False


def _texts(dbf: Path) -> list[Sample]:
    """Field names and text cells of a dBASE table that hold bytes beyond ASCII."""
    raw = dbf.read_bytes()
    if len(raw) < 32:
        return []
    count, header, width = struct.unpack("<IHH", raw[4:12])
    samples: list[Sample] = []
    fields, at, offset = [], 32, 1
    while at + 32 <= min(header, len(raw)) and raw[at] != 0x0D:
        title = raw[at : at + 11].split(b"\0")[0]
        samples.append((title, len(title) >= _TITLE_WIDTH))
        size = raw[at + 16]
        if raw[at + 11 : at + 12] == b"C":
            fields.append((offset, size))
        offset, at = offset + size, at + 32
    starts = range(header, header + count * width, width) if width else range(0)
    for start in islice(starts, _MOST_RECORDS):
        for first, size in fields:
            text = raw[start + first : start + first + size].rstrip(b" \0")
            samples.append((text, len(text) >= size))
    return [(text, cut) for text, cut in samples if not text.isascii()]


def _stated(shp: Path, dbf: Path) -> str | None:
    """Find the encoding that the `.cpg` or the table's header states, as Python names it."""
    cpg = _beside(shp, ".cpg")
    if cpg is not None:
        words = cpg.read_bytes().decode("ascii", errors="ignore").strip()
        return _python_name(words)
    header = dbf.read_bytes()[:32]
    return _DRIVERS.get(header[29]) if len(header) == 32 else None


def _python_name(encoding: str) -> str | None:
    plain = encoding.strip().casefold().removeprefix("ansi ").removeprefix("cp")
    try:
        return codecs.lookup(_SPELLINGS.get(plain, encoding.strip())).name
    except LookupError:
        return None


def _statement(stated: str | None) -> str:
    return "none stated" if stated is None else f"{stated} stated"


def _beside(shp: Path, suffix: str) -> Path | None:
    """File of the same name with another ending, in whatever case."""
    for path in shp.parent.iterdir():
        if path.stem == shp.stem and path.suffix.casefold() == suffix:
            return path
    return None
