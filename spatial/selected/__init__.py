"""Entries of the inverse of a sparse matrix, without the inverse.

The inverse of a sparse matrix is full, but its entries where the matrix or its factors are not zero
follow from the factors alone (Takahashi, Fagan and Chin, 1973; Erisman and Tinney, 1975). With them
come diagonals and traces of products with other sparse matrices, at the cost of a factorisation.
"""

from __future__ import annotations

from spatial.selected.elimination import Elimination, eliminate
from spatial.selected.entries import InverseEntries, Plan, inverse_entries, plan_inverse

__all__ = ["Elimination", "InverseEntries", "Plan", "eliminate", "inverse_entries", "plan_inverse"]
