"""What a cell of a spreadsheet means: a number, a missing value, a year or a word."""

from __future__ import annotations

import datetime
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from spatial.errors import InputError, named

__all__ = [
    "MISSING_MARKS",
    "Column",
    "by_cell",
    "clean_text",
    "is_blank",
    "parse_column",
    "year_of",
]

Found = TypeVar("Found")

# fmt: off
MISSING_MARKS = frozenset([
    "-", "--", "---", "–", "—", "——", "———", "－", "−", "/", ".", "..", "...", "…", "……",
    "NA", "N/A", "n/a", "na", "#N/A", "NaN", "nan", "NULL", "null", "None", "none",
    "空", "缺", "缺失", "无", "无数据", "暂无", "暂无数据", "不详",
])
# fmt: on
THOUSANDS = re.compile(r"[+-]?\d{1,3}([,'\u00a0\u202f ]\d{3})+(\.\d*)?", re.ASCII)
PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
NUMBER_LIKE = re.compile(r"[+-]?\d[\d.,，]*\s*[%％‰]?", re.ASCII)
CODE = re.compile(r"0\d+|\d{16,}", re.ASCII)
NUMBER = re.compile(rf"(?!(?:{CODE.pattern})\Z)(?:{PLAIN.pattern})", re.ASCII)
EDGES = "\u00a0\u3000\u200b \t\r\n"
# Full-width forms are read as their plain ones; raised or circled digits (12①, 12²) are notes to a
# number and no part of it, so that the general normal form NFKC must not be used.
FULL_WIDTH = {0xFF01 + i: 0x21 + i for i in range(94)} | {0x3000: 0x20, 0x2212: 0x2D}
YEAR = re.compile(r"(\d{4})(?:\.0+)?\s*(?:年|年度|年末|年底)?")


@dataclass(frozen=True, slots=True)
class Column:
    """A column that has been read.

    Attributes
    ----------
    values
        Floats, whole numbers or text, one per cell.
    marks
        How many cells held a sign for "missing", by sign.
    rewritten
        How many numbers carried separators of thousands or full-width digits.
    doubtful
        Cells of a column of text that may have been meant as numbers, with their places.
    """

    values: pd.Series[Any]
    marks: dict[str, int]
    rewritten: int
    doubtful: tuple[str, ...] = ()


def clean_text(cell: object) -> str:
    """Text of a cell in its canonical form, trimmed."""
    text = unicodedata.normalize("NFC", str(cell))
    return text.replace("\ufeff", "").strip(EDGES)


def is_blank(cell: object) -> bool:
    """Whether nothing stands in the cell."""
    if not isinstance(cell, str):
        return cell is None
    return not cell or (cell[0] in EDGES + "\ufeff" and not clean_text(cell))


def by_cell(function: Callable[[object], Found], cells: Sequence[object]) -> list[Found]:
    """Function of each cell, asked once for all cells that hold the same text."""
    known = {text: function(text) for text in {cell for cell in cells if isinstance(cell, str)}}
    return [known[cell] if isinstance(cell, str) else function(cell) for cell in cells]


def year_of(cell: object) -> int | None:
    """Year that a cell names, or None: 2010, 2010.0, "2010年", full-width digits, a date.

    Examples
    --------
    >>> year_of("2010年"), year_of("２０１１"), year_of(2012.0), year_of("gdp")
    (2010, 2011, 2012, None)
    """
    if isinstance(cell, datetime.date):
        return cell.year
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        whole = math.isfinite(cell) and float(cell).is_integer()
        return int(cell) if whole else None
    found = YEAR.fullmatch(clean_text(cell).translate(FULL_WIDTH))
    return int(found.group(1)) if found else None


def parse_column(cells: Sequence[object], places: Sequence[str], name: str) -> Column:
    """Read cells as numbers if they are numbers, as text if they are words; a mixture is refused.

    Numbers may carry separators of thousands and full-width digits. Dashes, dots and the usual
    words for "missing" are missing. Codes with a leading zero or more than 15 digits stay text.

    Parameters
    ----------
    cells
        The cells as the file holds them.
    places
        Where each cell stands, in words, for refusals.
    name
        Name of the column.

    Raises
    ------
    InputError
        When most cells are numbers and some are words; the first few are named with their places.
    """
    if _all_numbers(cells):
        return Column(_numbers(list(map(float, cells))), {}, 0)  # type: ignore[arg-type]
    parsed = by_cell(_read, cells)
    marks, rewritten = _repairs(cells)
    words = [i for i, value in enumerate(parsed) if isinstance(value, str)]
    count = sum(isinstance(value, float) for value in parsed)
    if not words:
        return Column(_numbers(parsed), marks, rewritten)
    codes = all(CODE.fullmatch(str(parsed[i])) for i in words)
    if count > len(words) and not codes:
        shown = [f"{parsed[i]!r} ({places[i]})" for i in words]
        raise InputError(
            f"column {name!r} holds numbers but also text: {named(shown, most=4)}; "
            "mend these cells, or empty them where the value is missing."
        )
    texts = by_cell(lambda cell: None if is_blank(cell) else _as_written(cell), cells)
    like = [i for i in words if NUMBER_LIKE.fullmatch(str(parsed[i]))]
    if len(like) < len(words) or codes:
        like = []
    if count and not codes:
        like += [i for i, value in enumerate(parsed) if isinstance(value, float)]
    doubtful = tuple(f"{texts[i]!r} ({places[i]})" for i in sorted(like))
    return Column(pd.Series(texts), {}, 0, doubtful)


def _all_numbers(cells: Sequence[object]) -> bool:
    """Whether every cell is a number, or the plain text of one; most columns are."""
    kinds = set(map(type, cells))
    return kinds <= {int, float} or (kinds == {str} and all(map(NUMBER.fullmatch, cells)))  # type: ignore[arg-type]


def _repairs(cells: Sequence[object]) -> tuple[dict[str, int], int]:
    """How many cells held each sign for "missing", and how many a number that was rewritten."""
    marks: dict[str, int] = {}
    rewritten = 0
    counts = Counter(cell for cell in cells if isinstance(cell, str) and not PLAIN.fullmatch(cell))
    for cell, count in counts.items():
        value, text = _read(cell), clean_text(cell)
        if isinstance(value, float) and not PLAIN.fullmatch(text):
            rewritten += count
        if value is None and text:
            marks[text] = marks.get(text, 0) + count
    return marks, rewritten


def _read(cell: object) -> float | str | None:
    """Give a number, a word, or None for a missing cell."""
    if isinstance(cell, str) and PLAIN.fullmatch(cell) and not CODE.fullmatch(cell):
        return float(cell)
    if isinstance(cell, (bool, int, float)):
        return None if isinstance(cell, float) and math.isnan(cell) else float(cell)
    if is_blank(cell):
        return None
    if not isinstance(cell, str):
        return _as_written(cell)
    text = clean_text(cell)
    if text in MISSING_MARKS:
        return None
    plain = text.translate(FULL_WIDTH)
    if CODE.fullmatch(plain):
        return text
    if THOUSANDS.fullmatch(plain):
        plain = re.sub(r"[,'\u00a0\u202f ]", "", plain)
    return float(plain) if PLAIN.fullmatch(plain) else text


def _as_written(cell: object) -> str:
    """Text of a cell in a column of words; 110000.0 is 110000, a date is year-month-day."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell.date().isoformat()
    return clean_text(cell)


def _numbers(parsed: Sequence[float | str | None]) -> pd.Series[Any]:
    """Floats, or whole numbers where every cell is one."""
    values = np.array([np.nan if value is None else value for value in parsed], dtype=float)
    whole = len(values) and np.isfinite(values).all() and (values == np.floor(values)).all()
    return pd.Series(values.astype(np.int64) if whole else values)
