"""The search for thresholds in a fitted model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from spatial.errors import InputError, counted, named
from spatial.fit import Fit, fit_sample
from spatial.thresholds.profile import (
    Objective,
    candidates,
    cross,
    orthonormal,
    rest_of,
    without,
)
from spatial.thresholds.regimes import Lag, split_sample, threshold_columns
from spatial.within import Effects, demean

__all__ = ["Search", "Step", "start_search"]

Array = npt.NDArray[np.float64]
LARGEST = 100_000_000


@dataclass(frozen=True, eq=False)
class Step:
    """Values tried for one threshold more, twice their log-likelihood, and the best of them.

    `null` is that of the model without it, `stand` the thresholds beside it.
    """

    values: Array
    doubled: Array
    null: float
    stand: tuple[float, ...]

    @property
    def gamma(self) -> float:
        """The estimate."""
        return float(self.values[self.doubled.argmax()])

    @property
    def best(self) -> float:
        """Twice the log-likelihood at the estimate."""
        return float(self.doubled.max())


@dataclass(frozen=True, eq=False)
class Search:
    """The model without thresholds, and what looks for them in it."""

    base: Fit
    q: Array
    term: str
    variable: str
    lag: Lag
    trim: float
    grid: int
    basis: Array
    sides: Array
    objective: Objective

    @property
    def effects(self) -> Effects:
        """Fixed effects of the model."""
        return self.base._fitted.effects

    def columns(self, gammas: Array, stand: Sequence[float] = ()) -> tuple[Array, Array]:
        """Columns of candidates without all others (c, n, G), and the others, orthonormal."""
        sample = self.base._fitted.sample
        basis = self.basis
        for gamma in stand:
            one = threshold_columns(
                sample, self.term, self.q, np.array([gamma]), self.lag, self.effects
            )
            basis = np.column_stack([basis, without(one, basis)[:, :, 0].T])
        raw = threshold_columns(sample, self.term, self.q, gammas, self.lag, self.effects)
        return without(raw, basis), basis

    def step(self, stand: Sequence[float] = ()) -> Step | None:
        """Look for one threshold more; None where no value leaves enough rows."""
        values = candidates(self.q, self.trim, self.grid, stand)
        if not len(values):
            return None
        doubled, null = self._doubled(values, stand)
        best = int(doubled.argmax())
        low = values[best - 1] if best else -np.inf
        high = values[best + 1] if best + 1 < len(values) else np.inf
        allowed = candidates(self.q, self.trim, len(self.q), stand)
        between = allowed[(allowed > low) & (allowed < high) & (allowed != values[best])]
        if len(between):
            some = np.unique(np.linspace(0, len(between) - 1, self.grid).round().astype(int))
            finer = between[some]
            values = np.concatenate([values, finer])
            doubled = np.concatenate([doubled, self._doubled(finer, stand)[0]])
            order = np.argsort(values)
            values, doubled = values[order], doubled[order]
        return Step(values, doubled, null, tuple(stand))

    def _doubled(self, values: Array, stand: Sequence[float]) -> tuple[Array, float]:
        z, basis = self.columns(values, stand)
        rest = rest_of(self.sides, basis)
        null = float(self.objective.exact((rest.T @ rest)[None])[0])
        return self.objective.exact(cross(z, rest)), null

    def refined(self, last: Step) -> tuple[list[float], list[Step]]:
        """Both thresholds, the first looked for again beside the second, in ascending order."""
        first = self.step([last.gamma]) or last
        second = self.step([first.gamma]) or last
        pair = sorted([(first.gamma, first), (second.gamma, second)], key=lambda one: one[0])
        return [gamma for gamma, _ in pair], [step for _, step in pair]

    def fitted(self, gammas: Sequence[float]) -> Fit:
        """The model with these thresholds."""
        sample = self.base._fitted.sample
        if not gammas:
            return self.base
        split = split_sample(sample, self.term, self.q, gammas, self.lag)
        return fit_sample(self.base.model, split)


def start_search(base: Fit, variable: str, of: str, lag: Lag, trim: float, grid: int) -> Search:
    """Bring a fit without thresholds into the arrays that they are looked for in.

    Raises
    ------
    InputError
        The fit has no such term or lag, the data no such variable, or it cannot be parted.
    """
    fitted = base._fitted
    sample = fitted.sample
    _check_term(base, of, lag)
    q = _values(sample.frame, variable)
    _check_values(q, variable, trim, grid)
    layout = sample.layout
    x = demean(sample.x, fitted.effects, layout)
    sides = [demean(sample.y, fitted.effects, layout)]
    sides += [demean(sample.wy, fitted.effects, layout)] * fitted.lag_y
    objective = Objective(fitted.transformation.nobs, fitted.logdets)
    if fitted.lag_y:
        objective = objective.around(float(base.params["rho"]), float(base.std_errors["rho"]))
    return Search(
        base, q, of, variable, lag, trim, grid, orthonormal(x), np.column_stack(sides), objective
    )


def _check_term(base: Fit, of: str, lag: Lag) -> None:
    sample = base._fitted.sample
    if of not in sample.terms:
        raise InputError(f"of={of!r} is no term of the formula; it has {named(sample.terms, 20)}.")
    if lag == "switching" and sample.neighbour[sample.terms.index(of)] < 0:
        raise InputError(
            f'lag="switching" needs W of {of}, which this model lacks; name it in lagged=, use '
            'SDM or SLX, or leave lag="common".'
        )


def _check_values(q: Array, variable: str, trim: float, grid: int) -> None:
    if len(q) * grid > LARGEST:
        raise InputError(
            f"{grid} thresholds on {len(q)} rows take too much memory; give a smaller grid=."
        )
    if not len(candidates(q, trim, grid)):
        raise InputError(
            f"no value of {variable} leaves {trim:.0%} of the rows on either side; lower trim=, or "
            "take a variable with more values."
        )


def _values(frame: pd.DataFrame, variable: str) -> Array:
    """Column of the threshold on the rows of the model."""
    if variable not in frame.columns:
        raise InputError(
            f"variable={variable!r} is no column of the data; there are {named(frame.columns, 20)}."
        )
    column = frame[variable]
    if not pd.api.types.is_numeric_dtype(column.dtype):
        raise InputError(f"variable={variable!r} holds text; a threshold needs numbers.")
    q = column.to_numpy(dtype=np.float64)
    bad = int((~np.isfinite(q)).sum())
    if bad:
        raise InputError(
            f"{variable} is missing or infinite in {counted(bad, 'row', 'rows')}; fill in what is "
            "missing, or leave these units "
            "or years out."
        )
    return q
