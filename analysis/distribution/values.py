"""Values of a column as the measures of this package need them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.columns import require_columns
from spatial.errors import InputError, named
from spatial.panel import Panel

__all__ = ["chosen_times", "column_of", "column_wide", "finite", "require_positive"]

Array = npt.NDArray[np.float64]


def column_of(panel: Panel, column: str) -> pd.Series:
    """Numbers of a column on the rows of `panel.frame`."""
    if not isinstance(panel, Panel):
        raise InputError(
            f"the data are a {type(panel).__name__}; give spatial.Panel(frame, unit=, time=)."
        )
    frame = panel.frame
    require_columns(frame, [column])
    if not pd.api.types.is_numeric_dtype(frame[column].dtype):
        raise InputError(f"column {column!r} holds text; give a column of numbers.")
    values = frame[column].astype(np.float64)
    infinite = np.flatnonzero(np.isinf(values.to_numpy()))
    if len(infinite):
        raise InputError(
            f"{column} is infinite in {len(infinite)} rows ({_rows(panel, infinite)}); mend them."
        )
    return values


def column_wide(panel: Panel, column: str) -> pd.DataFrame:
    """A column as a table of times by units, missing where there is no value."""
    values = column_of(panel, column).to_numpy()
    units, times = panel.codes
    wide = np.full((panel.n_times, panel.n_units), np.nan)
    wide[times, units] = values
    return pd.DataFrame(
        wide, index=pd.Index(panel.times, name=panel.time), columns=pd.Index(panel.units)
    )


def chosen_times(panel: Panel, times: Sequence[Any] | None) -> list[Any]:
    """Times asked for, all by default."""
    known = list(panel.times)
    if times is None:
        return known
    absent = [time for time in times if time not in known]
    if absent or not len(times):
        raise InputError(
            f"times={list(times)!r}: the panel has no {named(absent) or 'such time'}; it has "
            f"{named(known, 30)}."
        )
    return list(times)


def finite(values: pd.Series, what: str, least: int = 2) -> pd.Series:
    """Values that are there, at least `least`."""
    if not isinstance(values, pd.Series):
        raise InputError(
            f"{what} are a {type(values).__name__}; give a Series indexed by unit, so that labels "
            "are matched."
        )
    known = values.dropna().astype(np.float64)
    if not np.isfinite(known.to_numpy()).all():
        raise InputError(f"{what} hold infinite numbers; mend them.")
    if len(known) < least:
        raise InputError(f"{what} hold {len(known)} numbers; at least {least} are needed.")
    return known


def require_positive(values: pd.Series, what: str, measure: str, *, zero: bool) -> None:
    """Refuse negative values (and zeros, unless `zero`), and a mean of zero."""
    bad = values[(values < 0) if zero else (values <= 0)]
    if len(bad) or values.sum() <= 0:
        need = "values of at least zero" if zero else "positive values"
        who = f"{named(bad.index)} lie below" if len(bad) else "their mean is zero"
        raise InputError(
            f"{what}: {measure} needs {need}, and {who}; use an index that cannot be negative, or "
            "the standard deviation of sigma_convergence."
        )


def _rows(panel: Panel, rows: npt.NDArray[np.intp]) -> str:
    units, times = panel.codes
    return named(f"{panel.units[units[r]]} {panel.times[times[r]]}" for r in rows)
