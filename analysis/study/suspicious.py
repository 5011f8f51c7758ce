"""Values that deserve a second look: reported one by one, never changed or dropped."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

__all__ = ["COLUMNS", "suspicious_values"]

COLUMNS = ["unit", "time", "column", "value", "before", "reason"]
JUMP = 2.2
RATE = 50.0
USUAL = 0.05
FEW_ZEROS = 0.02
RATE_NAME = re.compile(r"growth|increase_rate|增长|增速", re.IGNORECASE)


def suspicious_values(frame: pd.DataFrame, unit: str, time: str | None) -> pd.DataFrame:
    """List growth rates beyond 50 per cent, jumps beyond a factor of 2.2, and lone zeros.

    A column counts as a growth rate by its name (growth, 增长, 增速). In a column of levels (no
    negative value) a year-on-year change by more than the factor 2.2 is a jump, and a zero among at
    most 2 per cent of zeros is a lone zero. Where more than 5 per cent of all changes are such
    jumps, jumps are the nature of the column and none is listed.

    Parameters
    ----------
    frame
        Long table.
    unit, time
        Columns with the city and the year; without `time` only lone zeros are looked for.

    Returns
    -------
    DataFrame
        unit, time, column, value, before (the value one year earlier, for jumps), reason
        ("growth", "jump" or "zero").

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"city": ["a", "a"], "year": [1, 2], "growth": [9.0, 108.8]})
    >>> found = suspicious_values(table, "city", "year")
    >>> found[["unit", "time", "value", "reason"]].values.tolist()
    [['a', 2, 108.8, 'growth']]
    """
    found = [pd.DataFrame(columns=COLUMNS)]
    for column in frame.select_dtypes("number").columns.difference(
        [unit, time or unit], sort=False
    ):
        values = frame[column]
        if values.nunique() <= 2 and not RATE_NAME.search(str(column)):
            continue
        if RATE_NAME.search(str(column)):
            found.append(_rows(frame, unit, time, column, values.abs() > RATE, "growth"))
        elif not (values < 0).any():
            zeros = _lone_zeros(values, frame[unit])
            found.append(_rows(frame, unit, time, column, zeros, "zero"))
            if time is not None and pd.api.types.is_numeric_dtype(frame[time]):
                found.append(_jumps(frame, unit, time, column))
    filled = [part for part in found if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else found[0]


def _rows(
    frame: pd.DataFrame,
    unit: str,
    time: str | None,
    column: str,
    where: pd.Series[bool],
    reason: str,
) -> pd.DataFrame:
    hit = frame[where.to_numpy()]
    return pd.DataFrame(
        {
            "unit": hit[unit].astype(str).to_numpy(),
            "time": hit[time].to_numpy() if time else None,
            "column": column,
            "value": hit[column].to_numpy(float),
            "before": np.nan,
            "reason": reason,
        },
        columns=COLUMNS,
    )


def _lone_zeros(values: pd.Series[float], units: pd.Series[str]) -> pd.Series[bool]:
    """Zeros where zeros are rare; a unit that is always zero means it."""
    zero = values == 0
    return zero & ~zero.groupby(units).transform("all") & (zero.mean() <= FEW_ZEROS)


def _jumps(frame: pd.DataFrame, unit: str, time: str, column: str) -> pd.DataFrame:
    """List changes from the year before beyond the factor, up or down."""
    order = frame[[unit, time, column]].sort_values([unit, time], kind="stable")
    same = (order[unit] == order[unit].shift()) & (order[time] - order[time].shift() == 1)
    before = order[column].shift().where(same)
    ratio = (order[column] / before).where((before > 0) & (order[column] > 0))
    jump = (ratio > JUMP) | (ratio < 1 / JUMP)
    if not jump.any() or (jump.sum() > USUAL * ratio.notna().sum() and jump.sum() > 2):
        return pd.DataFrame(columns=COLUMNS)
    hit = _rows(order, unit, time, column, jump, "jump")
    return hit.assign(before=before[jump].to_numpy(float))
