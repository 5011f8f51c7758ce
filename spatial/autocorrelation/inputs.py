"""Values of units, laid out in the order of the weights; what is refused at the door."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from spatial.errors import InputError, counted, named
from spatial.labels import canonical_index, positions
from spatial.panel import Panel
from spatial.weights.operator import Operator

__all__ = [
    "column_at",
    "missing_units",
    "require_no_self_weights",
    "require_panel",
    "require_variation",
    "values_on",
]

Vector = npt.NDArray[np.float64]


def values_on(op: Operator, values: pd.Series, what: str) -> Vector:
    """Values (n,) in the order of the weights, missing where the data have none."""
    if not isinstance(values, pd.Series):
        raise InputError(
            f"{what} are a {type(values).__name__}; "
            "give a pandas Series indexed by the labels of the units."
        )
    numbers = _as_numbers(values, what)
    if values.index is op.ids or values.index.equals(op.ids):
        return numbers
    if isinstance(values.index, pd.MultiIndex):
        raise InputError(
            f"{what} are indexed by several levels; take one time with panel.at(time)[column]."
        )
    units = canonical_index(values.index, what)
    placed = np.full(op.n, np.nan)
    placed[positions(units, op.labels, data=what, source="the weights")] = numbers
    return placed


def _as_numbers(values: pd.Series, what: str) -> Vector:
    if values.dtype.kind in "cMm":
        raise InputError(f"{what} are of type {values.dtype}; give real numbers.")
    try:
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError):
        parsed = pd.to_numeric(values, errors="coerce")
        bad = values[parsed.isna() & values.notna()]
        examples = named((f"{unit}: {value!r}" for unit, value in bad.items()), 5)
        raise InputError(
            f"{what} hold "
            f"{counted(len(bad), 'entry that is no number', 'entries that are no numbers')} "
            f"({examples}); convert them first."
        ) from None
    infinite = np.isinf(numbers)
    if infinite.any():
        raise InputError(
            f"{what} are infinite for {named(values.index[infinite])}; "
            "mend them or set them missing."
        )
    return numbers


def require_variation(values: Vector, what: str, fewest: int) -> None:
    """Refuse values that are too few or all the same; a missing value is not one."""
    if len(values) < fewest:
        raise InputError(
            f"{what} are known for {counted(len(values), 'unit', 'units')} of the weights; "
            f"at least {fewest} are needed."
        )
    if np.ptp(values) <= 8 * np.finfo(np.float64).eps * np.abs(values).max():
        raise InputError(
            f"{what} are {values[0]:g} for all {len(values)} units; "
            "autocorrelation needs values that differ, so choose another column or year."
        )


def require_no_self_weights(op: Operator) -> None:
    """Refuse weights of units on themselves."""
    own = op.matrix.diagonal() != 0
    if own.any():
        given = counted(int(own.sum()), "unit a weight on itself", "units a weight on themselves")
        raise InputError(
            f"the weights give {given}: {named(op.ids[own])}; set the diagonal to zero before "
            "building the graph."
        )


def missing_units(op: Operator, values: Vector) -> list[str]:
    """Labels of the units without a value."""
    return [str(label) for label in op.ids[np.isnan(values)]]


def require_panel(panel: Panel, column: str) -> None:
    """Refuse what is not a panel, and a column that it does not have."""
    if not isinstance(panel, Panel):
        raise InputError(
            f"the panel is a {type(panel).__name__}; "
            "make one with spatial.Panel(frame, unit=, time=)."
        )
    columns = panel.frame.columns
    if column not in columns:
        raise InputError(f"the panel has no column {column}; it has {named(columns, 30)}.")


def column_at(panel: Panel, column: str, time: Any) -> pd.Series:
    """One column of a panel in one time, indexed by unit."""
    found: pd.Series = panel.at(time)[column]
    return found
