"""(I − ρW)⁻¹r by iteration, for weights whose factors would not fit into memory."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from spatial.errors import InputError

__all__ = ["by_conjugate_gradients", "by_repetition"]

Array = npt.NDArray[np.float64]
Product = Callable[[Array], Array]
EXACT = 1e-13
ROUNDING = 4.0 * float(np.finfo(np.float64).eps)
MOST_STEPS = 20_000


def by_conjugate_gradients(times: Product, right: Array) -> Array:
    """Solution of a symmetric positive definite system for the columns of `right` (n, m).

    Each column stops moving once its residual is 1e-13 of its right side (Hestenes and Stiefel,
    1952).
    """
    solution, residual = np.zeros_like(right), right.copy()
    direction = residual.copy()
    size = np.einsum("ij,ij->j", residual, residual)
    goal = EXACT**2 * size
    for _ in range(MOST_STEPS):
        moving = size > goal
        if not moving.any():
            return solution
        ahead = times(direction)
        along = np.einsum("ij,ij->j", direction, ahead)
        step = np.divide(size, along, out=np.zeros_like(size), where=moving & (along > 0.0))
        solution += step * direction
        residual -= step * ahead
        following = np.einsum("ij,ij->j", residual, residual)
        turn = np.divide(following, size, out=np.zeros_like(size), where=moving)
        direction *= turn
        direction += residual
        size = np.where(moving, following, 0.0)
    raise _unsettled()


def by_repetition(times: Product, right: Array) -> Array:
    """v = r + Av repeated until it is within 1e-13; the spectral radius of A is below one.

    Moves shrink at a steady rate, so that what is left to go is their geometric series.
    """
    solution, before = right.copy(), 0.0
    for _ in range(MOST_STEPS):
        following = right + times(solution)
        moved = float(np.abs(following - solution).max(initial=0.0))
        size = float(np.abs(following).max(initial=0.0))
        left = moved**2 / (before - moved) if moved < before else np.inf
        solution = following
        if moved <= ROUNDING * size or left <= EXACT * size:
            return solution
        before = moved
    raise _unsettled()


def _unsettled() -> InputError:
    return InputError(
        f"the system (I − ρW)v = r did not settle within {MOST_STEPS} steps, because rho is all "
        "but at the edge of its interval; use weights with fewer links (cutoff_km=, knn), whose "
        "factors fit into memory."
    )
