"""Refusals and warnings of the package: one sentence each, naming what, where and the remedy."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral

__all__ = ["AlignmentWarning", "InputError", "ScalingWarning", "counted", "is_whole", "named"]


class InputError(ValueError):
    """The input is wrong; the message says what, where and how to mend it."""


class AlignmentWarning(UserWarning):
    """The weights hold units that the data lack; they were cut out and the rest re-scaled."""


class ScalingWarning(UserWarning):
    """The rows of the weights do not sum to one and nothing records that this was wanted."""


def named(labels: Iterable[object], most: int = 8) -> str:
    """Write labels as a list for a message, the first few by name and the rest as a count."""
    words = [str(label) for label in labels]
    shown = ", ".join(words[:most])
    return shown if len(words) <= most else f"{shown} and {len(words) - most} more"


def counted(number: int, one: str, many: str) -> str:
    """Write a number with what it counts, such as 1 row, or 2 rows."""
    return f"{number} {one if number == 1 else many}"


def is_whole(number: object) -> bool:
    """Whether an argument is a whole number; True and False are none."""
    return isinstance(number, Integral) and not isinstance(number, bool)
