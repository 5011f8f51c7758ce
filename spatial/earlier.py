"""The outcome one step of time earlier, and its spatial lag, as further regressors."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from spatial.errors import InputError, counted, named
from spatial.formula import Columns, lag_name
from spatial.gather import Weights, gather
from spatial.panel import Panel
from spatial.sheet import Sheet

__all__ = [
    "DYNAMIC",
    "Earlier",
    "check_dynamic",
    "earlier_of",
    "refuse_own_past",
    "require_past",
    "settle_dynamic",
]

Array = npt.NDArray[np.float64]
DYNAMIC = ("y", "Wy")
STEPS = 3


@dataclass(frozen=True, eq=False)
class Earlier:
    """Columns y(t−1) and W y(t−1) as far as asked for, with their labels.

    `own` and `neighbour` are their places among all regressors, −1 where absent.
    """

    labels: tuple[str, ...] = ()
    values: Array | None = None
    own: int = -1
    neighbour: int = -1

    @property
    def present(self) -> bool:
        """Whether the model is dynamic."""
        return bool(self.labels)

    def behind(self, width: int) -> Earlier:
        """The same, with its places behind so many other regressors."""
        own = width if self.own >= 0 else -1
        neighbour = width + len(self.labels) - 1 if self.neighbour >= 0 else -1
        return replace(self, own=own, neighbour=neighbour)

    def take(self, rows: npt.NDArray[np.intp]) -> Earlier:
        """The same columns on some of the rows."""
        return self if self.values is None else replace(self, values=self.values[rows])


def settle_dynamic(dynamic: Any) -> tuple[str, ...]:
    """Check dynamic= and put it in order: "y" is y(t−1), "Wy" is W y(t−1)."""
    several = isinstance(dynamic, Iterable) and not isinstance(dynamic, str)
    words = tuple(dynamic) if several else (dynamic,)
    wrong = [word for word in words if not isinstance(word, str) or word not in DYNAMIC]
    if wrong or len(set(words)) < len(words):
        raise InputError(
            f'dynamic={dynamic!r} is not understood; "y" adds y(t−1) and "Wy" adds W y(t−1), once '
            'each: dynamic=("y",), ("Wy",) or ("y", "Wy").'
        )
    return tuple(word for word in DYNAMIC if word in words)


def check_dynamic(effects: str, convention: str, estimator: str | None) -> None:
    """Refuse what y(t−1) does not go with."""
    if effects == "random":
        raise InputError(
            'effects="random" takes effects as independent of the regressors, and y(t−1) holds the '
            'effect of its unit; use effects="unit" or "twoway" with dynamic=.'
        )
    if convention != "default":
        raise InputError(
            f'convention="{convention}" has no correction for y(t−1); leave it out with dynamic=.'
        )
    if estimator == "gmm" and effects in ("unit", "twoway"):
        raise InputError(
            'estimator="gmm" leaves the bias of order 1/T in that unit effects give y(t−1); fit '
            'dynamic= with estimator="ml", or without unit effects.'
        )


def require_past(data: Panel | pd.DataFrame, effects: str) -> None:
    """Refuse a cross-section, and a panel that is too short to lose its first time."""
    if not isinstance(data, Panel):
        raise InputError(
            "dynamic= needs a spatial.Panel; a cross-section has no earlier time, so leave it out."
        )
    least = 3 if effects in ("unit", "twoway") else 2
    if data.n_times < least:
        raise InputError(
            f"the panel has {data.n_times} {data.time} ({named(data.times)}), and dynamic= takes "
            f"the first as the past; give at least {least}, or leave dynamic= out."
        )


def earlier_of(columns: Columns, sheet: Sheet, w: Weights, dynamic: Sequence[str]) -> Earlier:
    """Outcome of the step before on all rows; the sheet is told which rows have none.

    W y(t−1) is taken with the weights of t−1, over the units that were present then.
    """
    if not dynamic:
        return Earlier()
    lag = sheet.lag
    if lag is None:
        raise InputError("dynamic= needs a spatial.Panel.")
    name = f"L.{columns.outcome}"
    index = sheet.frame.index
    _refuse_unknown_past(columns, sheet)
    parts: dict[str, Array] = {}
    if "y" in dynamic:
        parts[name] = lag(pd.Series(columns.y, index=index)).to_numpy(dtype=np.float64)
    if "Wy" in dynamic:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            network = gather(w, sheet, stacklevel=2).network
        lagged = pd.Series(network.lag(columns.y), index=index)
        parts[lag_name(name)] = lag(lagged).to_numpy(dtype=np.float64)
    values = np.column_stack(list(parts.values()))
    own, neighbour = (0 if "y" in dynamic else -1), (0 if "Wy" in dynamic else -1)
    return Earlier(tuple(parts), values, own, neighbour)


def _refuse_unknown_past(columns: Columns, sheet: Sheet) -> None:
    """The first time leaves the model, but its outcome must be known."""
    bad = np.flatnonzero(~np.isfinite(columns.y))
    if len(bad):
        raise InputError(
            f"{columns.outcome} is infinite or missing in {counted(len(bad), 'row', 'rows')} "
            f"({sheet.where(bad)}); mend these values, or leave the units or years out."
        )


def refuse_own_past(columns: Columns, sheet: Sheet, effects: str) -> None:
    """Refuse a regressor that is the outcome of an earlier time, beside unit effects."""
    if sheet.panel is None or effects not in ("unit", "twoway", "random"):
        return
    outcome = pd.Series(columns.y, index=sheet.frame.index)
    for steps in range(1, min(STEPS, sheet.layout.n_times - 1) + 1):
        past = sheet.panel.shift_values(outcome, steps).to_numpy()
        known = np.isfinite(past)
        found = [
            label
            for label, x in zip(columns.labels, columns.x.T, strict=True)
            if known.any() and np.array_equal(x[known], past[known]) and np.ptp(x[known]) > 0
        ]
        if found:
            raise InputError(
                f"{named(found)} is {columns.outcome} {steps} step{'s' * (steps > 1)} earlier, "
                f"which {effects} effects bias; leave it out of the formula and set "
                'dynamic=("y",), or dynamic=("y", "Wy") for its spatial lag too.'
            )
