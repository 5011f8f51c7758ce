"""How much of an industry a city holds, against what its size would lead one to expect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.columns import Floats, Mask, Rows, as_list, numbers, require_columns, rows_of
from spatial.errors import InputError

__all__ = ["location_quotient"]


def location_quotient(
    frame: pd.DataFrame,
    part: str | Sequence[str],
    whole: str | Sequence[str],
    *,
    unit: str,
    time: str | None = None,
) -> pd.Series[Any]:
    """Location quotient: a city's share of an industry over the share of all cities together.

    LQ_it = (e_it / E_it) / (Σ_i e_it / Σ_i E_it), with e the industry's and E all employment
    (or output, or firms). One is the average of the cities in the table, above one is a
    concentration. It has no unit.

    Parameters
    ----------
    frame
        Long table, one row per unit and time, in any order.
    part
        Column, or columns to be added up, of the industry.
    whole
        Column, or columns to be added up, of the total.
    unit, time
        Columns with the city and the year; without `time` the table is one cross-section.

    Returns
    -------
    Series
        Named "location_quotient", on the frame's own index. `.attrs["note"]` and
        `.attrs["note_zh"]` say what it is.

    Raises
    ------
    InputError
        A total of zero, a negative number, a part above its whole, a year in which the whole
        industry is zero, text or infinite values, repeated rows: each by city and year.

    Notes
    -----
    An industry of zero gives 0. Where part or whole is missing, so is the quotient, and that row
    is left out of the national sum above *and* below the line, so that a gap in one column does
    not shift the yardstick.
    Source: Isard (1960), Methods of Regional Analysis, ch. 5.

    Examples
    --------
    >>> table = pd.DataFrame({"city": ["a", "b"], "it": [10, 10], "all": [100, 300]})
    >>> location_quotient(table, part="it", whole="all", unit="city").round(3).tolist()
    [2.0, 0.667]
    """
    rows = rows_of(frame, unit, time)
    e = _total(frame, as_list(part), rows)
    total = _total(frame, as_list(whole), rows)
    observed = ~(np.isnan(e) | np.isnan(total))
    _refuse(
        total == 0,
        rows,
        f"{_words(whole)} is zero",
        "a share of nothing has no value; mend or empty these cells",
    )
    _refuse(
        observed & (e > total * (1 + 1e-9)),
        rows,
        f"{_words(part)} exceeds {_words(whole)}",
        "mend the cells or the list of columns",
    )

    codes, periods = rows.periods()
    sums_e = np.bincount(codes, np.where(observed, e, 0.0), len(periods))
    sums_total = np.bincount(codes, np.where(observed, total, 0.0), len(periods))
    _refuse(
        observed & (sums_e[codes] == 0),
        rows,
        f"{_words(part)} is zero in every city",
        "leave these years out",
    )
    with np.errstate(invalid="ignore"):
        values = (e / total) / (sums_e / sums_total)[codes]
    result = pd.Series(values, index=frame.index, name="location_quotient")
    result.attrs["note"] = (
        f"Location quotient of {_words(part)} in {_words(whole)} against all cities of the table."
    )
    result.attrs["note_zh"] = (
        f"区位熵：{_words(part, '、')} 占 {_words(whole, '、')} 的份额与表中全部城市份额之比。"
    )
    return result


def _total(frame: pd.DataFrame, columns: list[str], rows: Rows) -> Floats:
    """Sum of the columns, missing where any of them is; negative numbers are refused."""
    if not columns:
        raise InputError("a location quotient needs at least one column in part= and in whole=.")
    require_columns(frame, columns)
    total = np.zeros(len(frame))
    for column in columns:
        values = numbers(frame, column, rows)
        _refuse(values < 0, rows, f"column {column!r} is negative", "mend or empty these cells")
        total += values
    return total


def _refuse(where: Mask, rows: Rows, fault: str, remedy: str) -> None:
    """Raise when any row is marked, naming city and year."""
    if where.any():
        raise InputError(f"{fault} at {rows.named(where)}; {remedy}.")


def _words(columns: str | Sequence[str], glue: str = " + ") -> str:
    """Columns as they stand in a sentence."""
    return glue.join(as_list(columns))
