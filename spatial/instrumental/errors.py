"""What a covariance assumes of the errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Errors"]


@dataclass(frozen=True, eq=False)
class Errors:
    """Kind of covariance and its options, as `with_cov` takes them."""

    kind: str
    options: Mapping[str, Any] = field(default_factory=dict)
