"""The log-determinant ln|I − ρW|, its derivatives and the interval of ρ.

Chosen by the size of W.
"""

from __future__ import annotations

from spatial.weights.logdet.base import LogDeterminant
from spatial.weights.logdet.choice import EIGENVALUE_LIMIT, log_determinant

__all__ = ["EIGENVALUE_LIMIT", "LogDeterminant", "log_determinant"]
