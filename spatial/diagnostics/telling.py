"""Warnings of functions that fit several models: each is given once, at the caller's line."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

__all__ = ["warn_once"]

P = ParamSpec("P")
R = TypeVar("R")


def warn_once(function: Callable[P, R]) -> Callable[P, R]:
    """Collect the warnings of a call and give each distinct one to the caller."""

    @wraps(function)
    def quieter(*args: P.args, **options: P.kwargs) -> R:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                result = function(*args, **options)
            finally:
                said = {(item.category, str(item.message)): item.message for item in caught}
        for (category, _), message in said.items():
            warnings.warn(message, category, stacklevel=2)
        return result

    return quieter
