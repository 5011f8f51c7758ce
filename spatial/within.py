"""How fixed effects leave the data: subtraction of means, and what is left of the likelihood.

Arrays are (n,) or (n, k), sorted by time and then by unit. The spatial lag is taken first and the
means leave afterwards: with time effects W·demean(y) is not demean(W y).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy import sparse

__all__ = ["Correction", "Effects", "Layout", "Transformation", "demean", "transformation"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]
Effects = Literal["none", "unit", "time", "twoway"]
Correction = Literal["lee-yu", "dof", "analytical"] | None


@dataclass(frozen=True, eq=False)
class Layout:
    """Which unit and which time each row belongs to; `unit_codes` and `time_codes` are (n,)."""

    unit_codes: Codes
    time_codes: Codes
    n_units: int
    n_times: int

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.unit_codes)

    @property
    def balanced(self) -> bool:
        """Whether every unit has a row in every time."""
        return self.n == self.n_units * self.n_times

    @cached_property
    def unit_counts(self) -> Array:
        """Rows of each unit, (N,)."""
        return np.bincount(self.unit_codes, minlength=self.n_units).astype(np.float64)

    @cached_property
    def time_counts(self) -> Array:
        """Rows of each time, (T,)."""
        return np.bincount(self.time_codes, minlength=self.n_times).astype(np.float64)

    @cached_property
    def incidence(self) -> sparse.csr_array:
        """One where a unit is observed in a time, (N, T)."""
        ones = np.ones(self.n)
        shape = (self.n_units, self.n_times)
        return sparse.csr_array((ones, (self.unit_codes, self.time_codes)), shape=shape)

    @cached_property
    def components(self) -> Codes:
        """Part of the panel each unit and then each time belongs to, (N + T,).

        Parts share no unit and no time.
        """
        link = self.incidence
        both: Any = sparse.block_array([[None, link], [link.T, None]], format="csr")
        labels = sparse.csgraph.connected_components(both, directed=False)[1]
        return np.asarray(labels, dtype=np.intp)

    @cached_property
    def time_inverse(self) -> Array:
        """Generalised inverse of what unit effects leave of the time dummies, (T, T)."""
        scaled = self.incidence.multiply(1.0 / self.unit_counts[:, None])
        gram = np.diag(self.time_counts) - (self.incidence.T @ scaled).toarray()
        return np.linalg.pinv(gram, rcond=1e-10, hermitian=True)

    @cached_property
    def turned(self) -> Layout:
        """The same rows with units and times in each other's place."""
        return Layout(self.time_codes, self.unit_codes, self.n_times, self.n_units)

    def means(self, values: Array, codes: Codes, counts: Array) -> Array:
        """Means of rows (n, k) that share a code, (codes, k)."""
        rows = np.arange(self.n)
        sums = sparse.csr_array((np.ones(self.n), (codes, rows)), shape=(len(counts), self.n))
        return np.asarray(sums @ values) / counts[:, None]


@dataclass(frozen=True)
class Transformation:
    """What the likelihood is written on after the effects have left.

    over_time
        The transformation over time was made: T−1 periods.
    over_units
        The transformation over units was made: one unit less in each period, and one unit root less
        in its log-determinant, ln|I−ρW| − ln(1−ρ).
    nobs
        Number of observations of the likelihood.
    dummies
        Number of effects that stay parameters.
    over_past
        Unit effects are dummies beside y(t−1), and the bias of this is subtracted afterwards.
    """

    effects: Effects
    correction: Correction
    over_time: bool
    over_units: bool
    nobs: int
    dummies: int
    over_past: bool = False

    def periods(self, of_block: int) -> int:
        """Periods that the log-determinant counts for a block of that many."""
        return of_block - 1 if self.over_time else of_block

    @property
    def inflation(self) -> float:
        """Factor of σ² and of the covariance that counts the effects as parameters."""
        return self.nobs / (self.nobs - self.dummies) if self.correction == "dof" else 1.0


def transformation(
    effects: Effects,
    correction: Correction,
    layout: Layout,
    *,
    stochastic: bool,
    constant: bool,
    dynamic: bool = False,
) -> Transformation:
    """Counts of the likelihood for effects as dummies or transformed out (Lee and Yu, 2010).

    Parameters
    ----------
    stochastic
        Rows of all weights sum to one, which the transformation over units needs; without it time
        effects stay dummies.
    constant
        Balanced panel with the same weights in all times, which the transformation over time needs;
        without it unit effects stay dummies.
    correction
        "dof": unit effects stay dummies and are counted as parameters of σ²; time effects are
        transformed out all the same where weights allow it, within each time.
    dynamic
        y(t−1) is a regressor: the transformation over time would make it endogenous (it subtracts
        later values), so that unit effects stay dummies and their bias is subtracted afterwards.
    """
    units, times = effects in ("unit", "twoway"), effects in ("time", "twoway")
    asked = correction == "lee-yu"
    over_past = asked and units and constant and dynamic
    over_time = asked and units and constant and not dynamic
    counted = correction == "dof" and units
    over_units = times and stochastic and (asked or counted)
    lost = layout.n_units if over_time else 0
    lost += layout.n_times - (1 if over_time else 0) if over_units else 0
    dummies = _dummies(layout, units=units, times=times) - lost
    done: Correction = correction
    if asked and not (over_time or over_past or over_units):
        done = None
    return Transformation(effects, done, over_time, over_units, layout.n - lost, dummies, over_past)


def _dummies(layout: Layout, *, units: bool, times: bool) -> int:
    """Number of effects that can be told apart."""
    if units and times:
        parts = 1 if layout.balanced else len(np.unique(layout.components))
        return layout.n_units + layout.n_times - parts
    return layout.n_units * units + layout.n_times * times


def demean(values: Array, effects: Effects, layout: Layout) -> Array:
    """Deviations from the means of units (over time), of times (over units), or both.

    Balanced two-way: v − v̄_i − v̄_t + v̄. Unbalanced two-way: residuals of least squares on both
    sets of dummies, found from a system of as many equations as there are times, or units where
    these are fewer.
    """
    if effects == "none":
        return values
    units, times = effects in ("unit", "twoway"), effects in ("time", "twoway")
    if layout.balanced:
        grid = values.reshape(layout.n_times, layout.n_units, *values.shape[1:])
        if units:
            grid = grid - grid.mean(axis=0, keepdims=True)
        if times:
            grid = grid - grid.mean(axis=1, keepdims=True)
        return grid.reshape(values.shape)
    return _demean_unbalanced(values.reshape(layout.n, -1), layout, units, times).reshape(
        values.shape
    )


def _demean_unbalanced(values: Array, layout: Layout, units: bool, times: bool) -> Array:  # noqa: FBT001
    unit, time = layout.unit_codes, layout.time_codes
    if not units:
        return values - layout.means(values, time, layout.time_counts)[time]
    if times and layout.n_times > layout.n_units:
        return _demean_unbalanced(values, layout.turned, units, times)
    left = values - layout.means(values, unit, layout.unit_counts)[unit]
    if not times:
        return left
    sums = layout.means(left, time, layout.time_counts) * layout.time_counts[:, None]
    shift = layout.time_inverse @ sums
    back = np.asarray(layout.incidence @ shift) / layout.unit_counts[:, None]
    return left - shift[time] + back[unit]
