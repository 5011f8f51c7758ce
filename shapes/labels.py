"""Labels of units in one canonical text form, and division codes in one normal form."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import numpy as np

__all__ = ["canonical", "is_missing", "joined_code", "normal_code", "tight"]

_MUNICIPALITIES = ("11", "12", "31", "50")
_BLANKS = re.compile(r"[\s\u200b\ufeff]+")
_HAN = re.compile(r"[\u3400-\u9fff]")


def canonical(label: Any) -> str:
    """Text form in which labels compare: NFC, stripped; 110000 = 110000.0 = "110000".

    Examples
    --------
    >>> canonical(110000.0), canonical(" 北京市 "), canonical("110000.0")
    ('110000', '北京市', '110000')
    """
    if isinstance(label, (float, np.floating)) and float(label).is_integer():
        return str(int(label))
    text = unicodedata.normalize("NFC", str(label)).strip()
    if text.endswith(".0") and text[:-2].isdigit():
        return text[:-2]
    return text


def is_missing(label: Any) -> bool:
    """Whether a label is absent: None, NaN, NA or blank text."""
    if label is None or (isinstance(label, str) and not label.strip()):
        return True
    return str(label) in {"nan", "<NA>", "NaT"} and not isinstance(label, str)


def tight(text: str) -> str:
    """Take the blanks out of a Chinese name; yearbooks pad short names ("北  京")."""
    return _BLANKS.sub("", text) if _HAN.search(text) else text


def normal_code(text: str) -> str | None:
    """Six-digit form of a Chinese division code of 4, 6, 9 or 12 digits; None for other text.

    Nine digits are 156 (the country) and the six; twelve are the six and, for a city, six zeros.
    XX0100 and XX0000 are one unit in the four municipalities.

    Examples
    --------
    >>> normal_code("1101"), normal_code("156110000"), normal_code("420100000000")
    ('110000', '110000', '420100')
    """
    if not (text.isascii() and text.isdigit()):
        return None
    if len(text) == 9 and text.startswith("156"):
        text = text[3:]
    elif len(text) == 12 and text.endswith("000000"):
        text = text[:6]
    elif len(text) == 4:
        text += "00"
    if len(text) != 6 or text.startswith("0"):
        return None
    if text[:2] in _MUNICIPALITIES and text[2:] == "0100":
        return text[:2] + "0000"
    return text


def joined_code(text: str) -> str | None:
    """Normal form of a code, or of the codes of units that became one; None for other text.

    Examples
    --------
    >>> joined_code("3401+156340200"), joined_code("合肥市+340200")
    ('340100+340200', None)
    """
    codes = [normal_code(part) for part in text.split("+")]
    return "+".join(code for code in codes if code) if all(codes) else None
