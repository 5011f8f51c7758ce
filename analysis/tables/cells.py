"""One cell of a printed table: the number it stands for and the way it is written."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from spatial.errors import InputError

__all__ = ["ABSENT", "BLANK", "UNDEFINED", "Cell", "breadth", "check_stars", "longest_piece"]
__all__ += ["stars_of"]

PIECES = re.compile(r"[\u2e80-\u9fff\uff00-\uffef]|[^\s\u2e80-\u9fff\uff00-\uffef]+")


@dataclass(frozen=True, slots=True)
class Cell:
    """Text, or a number with its decimals, stars and brackets.

    Attributes
    ----------
    words
        What is written where there is no number.
    value
        The number in full precision; None for text.
    decimals
        Digits behind the point.
    stars
        "", "*", "**" ...
    brackets
        Whether the number stands in parentheses.
    smallest
        How a number is written that the decimals cannot tell from zero: "p" as "<0.001", "e" as
        "1.2e-05", "plain" as it is.
    """

    words: str = ""
    value: float | None = None
    decimals: int = 3
    stars: str = ""
    brackets: bool = False
    smallest: str = "plain"

    @property
    def number(self) -> str:
        """Digits and sign, with an ASCII minus, without stars and brackets."""
        if self.value is None or math.isnan(self.value):
            return ""
        text = f"{self.value:.{self.decimals}f}"
        if float(text) != 0:
            return text
        if self.tiny and self.smallest == "p":
            return f"<{10.0**-self.decimals:.{self.decimals}f}"
        if self.tiny and self.smallest == "e":
            return f"{self.value:.1e}"
        return text.removeprefix("-")

    @property
    def tiny(self) -> bool:
        """Whether the number is not zero and yet would print as zero."""
        value = self.value
        return value is not None and value != 0 and float(f"{value:.{self.decimals}f}") == 0

    @property
    def text(self) -> str:
        """The cell as it is printed."""
        return self.wrapped(self.number)

    def wrapped(self, number: str, stars: str | None = None) -> str:
        """Put brackets and stars around a number that a writer has set in its own signs."""
        if self.value is None:
            return self.words
        if math.isnan(self.value):
            return "–"
        inner = f"({number})" if self.brackets else number
        return inner + (self.stars if stars is None else stars)


def breadth(text: str) -> int:
    """Width of text in Latin letters; a Chinese sign counts two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def longest_piece(text: str) -> int:
    """Width of the widest part of a text that no line break can divide.

    Examples
    --------
    >>> longest_piece("Std. error"), longest_piece("标准误"), longest_piece("2011")
    (5, 2, 4)
    """
    return max(map(breadth, PIECES.findall(text)), default=0)


BLANK = Cell()
ABSENT = Cell(words="–")
UNDEFINED = Cell(words="n/a")


def check_stars(levels: Sequence[float]) -> tuple[float, ...]:
    """Levels of significance in increasing order; what is no probability is refused."""
    if any(not 0 < level < 1 for level in levels) or len(set(levels)) != len(levels):
        raise InputError(
            f"stars={tuple(levels)}: give distinct levels between 0 and 1, such as (.01, .05, .1)."
        )
    return tuple(sorted(levels))


def stars_of(p_value: float, levels: Sequence[float]) -> str:
    """One star for each level that the p-value stays below.

    Examples
    --------
    >>> stars_of(0.03, (0.01, 0.05, 0.1)), stars_of(0.2, (0.01, 0.05, 0.1))
    ('**', '')
    """
    return "*" * sum(p_value < level for level in levels)
