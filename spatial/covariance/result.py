"""What a kind of covariance hands back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Covariance"]


@dataclass(frozen=True, eq=False)
class Covariance:
    """Covariance of (b, ρ, λ), the name of what was used with its options, and sentences on it."""

    matrix: npt.NDArray[np.float64]
    name: str
    notes: tuple[str, ...] = ()
