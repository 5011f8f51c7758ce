"""Refusals of the package: one sentence each, naming what, where and the remedy."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = ["InputError", "counted", "named", "nearest"]


class InputError(ValueError):
    """The input is wrong; the message says what, where and how to mend it."""


def named(labels: Iterable[object], most: int = 8) -> str:
    """Write labels as a list for a message, the first few by name and the rest as a count."""
    words = [str(label) for label in labels]
    shown = ", ".join(words[:most])
    return shown if len(words) <= most else f"{shown} and {len(words) - most} more"


def counted(number: int, one: str, many: str) -> str:
    """Write a number with what it counts, such as 1 row, or 2 rows."""
    return f"{number} {one if number == 1 else many}"


def nearest(word: object, choices: Iterable[object], most: int = 3) -> str:
    """Name the choices most like `word`; all of them when none is alike."""
    words = [str(choice) for choice in choices]
    folded = {text.casefold(): text for text in words}
    close = get_close_matches(str(word).casefold(), folded, n=most, cutoff=0.5)
    return named([folded[text] for text in close] or words)
