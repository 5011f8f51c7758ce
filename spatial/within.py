"""How fixed effects leave the data: subtraction of means, and what is left of the likelihood.

Arrays are (T, N) or (T, N, k). The spatial lag is taken first and the means leave afterwards: with
time effects W·demean(y) is not demean(W y).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

__all__ = ["Correction", "Effects", "Transformation", "demean", "transformation"]

Array = npt.NDArray[np.float64]
Effects = Literal["none", "unit", "time", "twoway"]
Correction = Literal["lee-yu"] | None


@dataclass(frozen=True)
class Transformation:
    """What the likelihood is written on after the effects have left.

    periods
        Number m of periods that the log-determinant counts: T, or T−1 under the transformation over
        time.
    units
        Number of units in the likelihood: N, or N−1 under the transformation over units.
    centred
        True where the transformation over units takes one unit root out of the log-determinant:
        ln|I−ρW| − ln(1−ρ).
    dummies
        Number of effects that stay parameters.
    """

    effects: Effects
    correction: Correction
    periods: int
    units: int
    centred: bool
    dummies: int

    @property
    def nobs(self) -> int:
        """Number of observations of the likelihood."""
        return self.periods * self.units


def transformation(
    effects: Effects, correction: Correction, *, n_units: int, n_times: int, stochastic: bool
) -> Transformation:
    """Counts of the likelihood for effects as dummies (None) or transformed out (Lee and Yu, 2010).

    The transformation over units needs rows that sum to one; without it the transformation is over
    time alone and time effects stay dummies.
    """
    over_time = correction == "lee-yu" and effects in ("unit", "twoway")
    over_units = correction == "lee-yu" and effects in ("time", "twoway") and stochastic
    periods = n_times - 1 if over_time else n_times
    units = n_units - 1 if over_units else n_units
    dummies = 0
    if effects in ("unit", "twoway") and not over_time:
        dummies += n_units
    if effects in ("time", "twoway") and not over_units:
        dummies += periods
    if effects == "twoway" and correction is None:
        dummies -= 1
    return Transformation(effects, correction, periods, units, over_units, dummies)


def demean(values: Array, effects: Effects) -> Array:
    """Deviations from the means of units (over time), of times (over units), or both.

    Two-way: v − v̄_i − v̄_t + v̄, for a balanced (T, N) or (T, N, k) array.
    """
    if effects == "none":
        return values
    if effects in ("unit", "twoway"):
        values = values - values.mean(axis=0, keepdims=True)
    if effects in ("time", "twoway"):
        values = values - values.mean(axis=1, keepdims=True)
    return values
