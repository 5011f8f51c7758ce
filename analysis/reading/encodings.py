"""Which encoding the bytes of a text file are written in, judged from the bytes alone."""

from __future__ import annotations

import codecs
import re

from spatial.errors import InputError

__all__ = ["decode", "recognise"]

UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# The first level of each character set holds the commonest characters; text in the right encoding
# consists almost wholly of them, text in the wrong one does not.
COMMON = {"gb18030": ("gb2312", 0xB0, 0xD7), "big5": ("big5", 0xA4, 0xC6)}
SURE = 0.6


def recognise(data: bytes) -> str:
    """Name the encoding: a byte-order mark, then UTF-8, then the likelier of GB18030 and Big5.

    Text that is none of these is taken as Western European (cp1252).

    Examples
    --------
    >>> recognise("城市,年份".encode("gbk")), recognise("城市,年份".encode())
    ('gb18030', 'utf-8')
    """
    for mark, name in MARKS:
        if data.startswith(mark):
            return name
    if _decodes(data, "utf-8"):
        return "utf-8"
    scores = {name: _share_of_common(data, name) for name in COMMON if _decodes(data, name)}
    best = max(scores, key=lambda name: scores[name], default="cp1252")
    return best if scores.get(best, 0.0) >= SURE else "cp1252"


def decode(data: bytes, encoding: str | None, place: str) -> tuple[str, str]:
    """Text of the bytes and the encoding used; what cannot be read is refused with its place."""
    if encoding is None:
        _refuse_broken_utf8(data, place)
    name = recognise(data) if encoding is None else encoding
    if encoding is not None and codecs_name(encoding, place) == "utf-8":
        name = "utf-8-sig" if data.startswith(codecs.BOM_UTF8) else "utf-8"
    try:
        text = data.decode(name)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(
            f"{place} is not written in {name} (byte 0x{data[error.start]:02x} in line {line}); "
            + (
                "name its encoding, for instance encoding='gb18030'."
                if encoding is None
                else "leave encoding= out to have it recognised."
            )
        ) from None
    if "\0" in text:
        raise InputError(
            f"{place} holds zero bytes, as UTF-16 without a mark does; save it as UTF-8, or name "
            "its encoding, for instance encoding='utf-16-le'."
        )
    return text, name


def _refuse_broken_utf8(data: bytes, place: str) -> None:
    """Refuse text that is UTF-8 but for a few bytes: no other encoding would read it right."""
    if data.startswith(UTF16) or _decodes(data, "utf-8"):
        return
    text = data.decode("utf-8", errors="replace")
    bad = text.count("\ufffd")
    good = len(text) - len(text.encode("ascii", errors="ignore")) - bad
    if good >= 4 * bad:
        line = text[: text.index("\ufffd")].count("\n") + 1
        raise InputError(
            f"{place} is UTF-8 but for a fault in line {line}; mend that line, or save the table "
            "again from its source."
        )


def codecs_name(encoding: str, place: str) -> str:
    """Python's own name of an encoding."""
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        raise InputError(
            f"encoding={encoding!r} for {place} is unknown; write for instance 'utf-8', 'gb18030' "
            "or 'big5', or leave it out to have it recognised."
        ) from None


def _decodes(data: bytes, encoding: str) -> bool:
    """Whether the bytes are valid in the encoding."""
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _share_of_common(data: bytes, encoding: str) -> float:
    """Share of the characters beyond ASCII that the encoding counts among its commonest.

    Big5 pairs an accented capital with the letter behind it (Ålesund), so that single characters
    between letters are no sign of it.
    """
    narrow, first, last = COMMON[encoding]
    runs = re.findall(r"[^\x00-\x7f]+", data.decode(encoding))
    wide = [char for run in runs for char in run if not _is_sign(char)]
    alone = sum(len(run) == 1 for run in runs)
    if not wide or (encoding == "big5" and alone > len(wide) / 2):
        return 0.0
    common = 0
    for char in wide:
        try:
            common += first <= char.encode(narrow)[0] <= last
        except UnicodeEncodeError:
            continue
    return common / len(wide)


def _is_sign(char: str) -> bool:
    """Whether a character is punctuation or a full-width form, common in every encoding."""
    return "\u3000" <= char <= "\u303f" or "\uff00" <= char <= "\uffef"
