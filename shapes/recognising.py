"""Which encoding bytes are written in, judged from the bytes alone."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["BIG5", "CHINESE", "PRINTED", "Sample", "decoded", "nearly_utf8", "python_name", "seen"]

CHINESE = "gb18030"
BIG5 = "big5hkscs"
PRINTED = {"utf-8": "UTF-8", CHINESE: "GBK (read as GB18030)", BIG5: "Big5"}
# The first level of each character set holds the commonest characters: lead bytes, and the codec
# that knows no others. Text in the right encoding consists almost wholly of them.
_COMMON = {CHINESE: ("gb2312", 0xB0, 0xD7), BIG5: ("big5", 0xA4, 0xC6)}
_LEAST_SHARE = 0.6
_MOST_ALONE = 0.5
_WIDE = re.compile(r"[^\x00-\x7f]+")
_SPELLINGS = {"936": "gbk", "65001": "utf-8", "54936": "gb18030", "950": "cp950", "932": "cp932"}


class Sample(NamedTuple):
    """Bytes of a text, and whether its last character may be cut off."""

    raw: bytes
    cut: bool = False


def seen(samples: Sequence[Sample]) -> str | None:
    """Encoding that the samples show: UTF-8, GBK (as "gb18030"), Big5, or None for another.

    Valid UTF-8 beyond ASCII is UTF-8. Among the Chinese encodings the one wins in which more of the
    characters are common ones; alphabets of one byte per letter, read in pairs, fall on rare
    characters, on none, or on single ones between letters.
    """
    text = decoded(samples, "utf-8")
    if text is not None:
        return None if text.isascii() else "utf-8"
    shares = {name: _share_of_common(samples, name) for name in _COMMON}
    best = max(shares, key=lambda name: shares[name])
    return best if shares[best] >= _LEAST_SHARE else None


def decoded(samples: Sequence[Sample], encoding: str) -> str | None:
    """Return the text of all samples, one per line, or None where one of them does not decode."""
    decoder = codecs.getincrementaldecoder(encoding)
    try:
        return "\n".join(decoder("strict").decode(raw, final=not cut) for raw, cut in samples)
    except UnicodeDecodeError:
        return None


def nearly_utf8(raw: bytes) -> str | None:
    """Place of the first fault in text that is UTF-8 but for a few bytes, or None."""
    text = raw.decode("utf-8", errors="replace")
    bad = text.count("\ufffd")
    good = len(text) - len(text.encode("ascii", errors="ignore")) - bad
    if not bad or good < 4 * bad:
        return None
    before = text[: text.index("\ufffd")]
    return f"line {before.count(chr(10)) + 1} after {before.rpartition(chr(10))[2][-20:]!r}"


def python_name(encoding: str) -> str | None:
    """Python's own name of an encoding, code pages included; None where there is none."""
    plain = encoding.strip().casefold().removeprefix("ansi ").removeprefix("cp")
    try:
        return codecs.lookup(_SPELLINGS.get(plain, encoding.strip())).name
    except (LookupError, ValueError):
        return None


def _share_of_common(samples: Sequence[Sample], encoding: str) -> float:
    """Share of the characters beyond ASCII that the encoding counts among its commonest."""
    runs = _WIDE.findall(decoded(samples, encoding) or "")
    wide = sum(map(len, runs))
    alone = sum(len(run) == 1 for run in runs)
    if not wide or (encoding == BIG5 and alone > _MOST_ALONE * wide):
        return 0.0
    narrow, first, last = _COMMON[encoding]
    return sum(_is_common(char, narrow, first, last) for run in runs for char in run) / wide


def _is_common(char: str, narrow: str, first: int, last: int) -> bool:
    try:
        return first <= char.encode(narrow)[0] <= last
    except UnicodeEncodeError:
        return False
