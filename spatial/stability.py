"""Whether a process in time and space settles down, and how near it is to not doing so.

(I − ρW)y_t = (τI + ηW)y_{t−1} + … returns to rest where every root (τ + ηω)/(1 − ρω), ω an
eigenvalue of W, is below one in size (Yu, de Jong and Lee, 2008; Elhorst, 2014, sec. 4.2). For rows
that sum to one this asks above all that τ + ρ + η < 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from spatial.weights.logdet import LogDeterminant
from spatial.weights.logdet.base import Spectrum

__all__ = ["Motion", "Stability", "stability"]

Array = npt.NDArray[np.float64]
LEVEL = 0.95


@dataclass(frozen=True)
class Motion:
    """τ of y(t−1), η of W y(t−1), ρ of W y(t) and their covariance (3, 3); zero where absent."""

    tau: float
    eta: float
    rho: float
    cov: Array


@dataclass(frozen=True)
class Stability:
    """How a process moves.

    largest_root
        max |(τ + ηω)/(1 − ρω)|; below one the process is stable.
    distance
        Least of 1 − τ − (ρ + η)ω over the ends of the real eigenvalues; long-run multipliers have
        this as denominator.
    std_error
        Its standard error.
    """

    largest_root: float
    distance: float
    std_error: float

    @property
    def stable(self) -> bool:
        """Whether every root is below one in size."""
        return self.largest_root < 1.0 and self.distance > 0.0

    @property
    def near_unit_root(self) -> bool:
        """Whether the 95 % interval of the distance reaches zero."""
        return self.distance <= float(ndtri(0.5 + LEVEL / 2.0)) * self.std_error

    @property
    def settled(self) -> bool:
        """Whether long-run effects exist and are told apart from infinity."""
        return self.stable and not self.near_unit_root


def stability(motion: Motion, logdets: Sequence[LogDeterminant]) -> Stability:
    """Stability over all eigenvalues, or where they are not known over the ends of their interval.

    A root is a fractional linear map of ω with real coefficients, so that over a disc around zero
    it is largest at one of the two real ends: these bound complex eigenvalues too.
    """
    ends = np.unique([1.0 / end for one in logdets for end in one.interval] or [0.0])
    known = [one.eigenvalues if isinstance(one, Spectrum) else ends for one in logdets] or [ends]
    omega = np.concatenate([np.asarray(values, dtype=np.complex128) for values in known])
    roots = np.abs(motion.tau + motion.eta * omega) / np.abs(1.0 - motion.rho * omega)
    distance = 1.0 - motion.tau - (motion.rho + motion.eta) * ends
    place = int(np.argmin(distance))
    slope = np.array([-1.0, -ends[place], -ends[place]])
    error = float(np.sqrt(max(slope @ motion.cov @ slope, 0.0)))
    return Stability(float(roots.max()), float(distance[place]), error)
