"""The log-determinant ln|I − ρW|, its derivatives and the interval of ρ.

Chosen by what it costs.
"""

from __future__ import annotations

from spatial.weights.logdet.base import LogDeterminant
from spatial.weights.logdet.choice import (
    METHODS,
    Method,
    by_eigenvalues,
    factors_by,
    log_determinant,
    shared_cholesky,
)
from spatial.weights.logdet.sampled import Sampled

__all__ = [
    "METHODS",
    "LogDeterminant",
    "Method",
    "Sampled",
    "by_eigenvalues",
    "factors_by",
    "log_determinant",
    "shared_cholesky",
]
