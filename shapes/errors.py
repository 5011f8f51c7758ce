"""Refusals of the package: one sentence each, naming what, where and the remedy."""

from __future__ import annotations

__all__ = ["InputError"]


class InputError(ValueError):
    """The input is wrong; the message says what, where and how to mend it."""
