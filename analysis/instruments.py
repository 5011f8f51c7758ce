"""Instruments from a long table: a named Series on the table's index, for `instruments=`.

Pass the column to a model that is estimated by instruments::

    table["phones_x_internet"] = instruments.time_shifted(
        table, base="phones_1984_per_100", trend="internet_nation", unit="city", time="year"
    )
    spatial.SDM(formula, effects="twoway", endogenous=["agglomeration"],
                instruments=["phones_x_internet"]).fit(spatial.Panel(table, "city", "year"), w)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.columns import as_list, require_columns
from spatial.errors import InputError, named
from spatial.labels import canonical
from spatial.panel import Panel

__all__ = ["shift_share", "time_shifted"]


def time_shifted(
    table: pd.DataFrame, *, base: str, trend: str, unit: str, time: str, lag: int = 1
) -> pd.Series:
    """Instrument that takes a value of the past through time with a common trend.

    z_it = base_i · trend_(t − lag), such as fixed telephones per 100 persons in 1984 times the
    internet users of the nation a year before. Beside unit and time effects only the product moves
    it: it is excludable where places with a larger base would not have taken another course for
    other reasons as the trend went on. All identification comes from `base`, of one value per unit
    (Goldsmith-Pinkham, Sorkin and Swift, 2020): show that it does not go with the outcome before
    the trend began.

    Parameters
    ----------
    table
        Long table, one row per unit and time.
    base
        Column that does not change within a unit.
    trend
        Column that is the same for all units of a time.
    unit, time
        Columns that say whose and when.
    lag
        Steps of time by which the trend is taken earlier; first times then have no value.

    Returns
    -------
    Series
        On the index of `table`, named "base:trend" and, with a lag, "base:trend lagged".

    Raises
    ------
    InputError
        A column that is absent, no number, or moves where it must not.

    Examples
    --------
    >>> table = pd.DataFrame({"city": ["a", "a", "b", "b"], "year": [1, 2, 1, 2],
    ...                       "phones": [2.0, 2.0, 5.0, 5.0], "users": [10.0, 20.0, 10.0, 20.0]})
    >>> time_shifted(table, base="phones", trend="users", unit="city", time="year").tolist()
    [nan, 20.0, nan, 50.0]
    """
    _numbers(table, [base, trend], [unit, time])
    _steady(table, base, unit, "unit")
    _steady(table, trend, time, "time")
    if isinstance(lag, bool) or not isinstance(lag, int) or lag < 0:
        raise InputError(f"lag={lag!r}; give a whole number of steps of time, zero or more.")
    moved = table[trend] if lag == 0 else _earlier(table, trend, unit, time, lag)
    name = f"{base}:{trend}" + (" lagged" if lag else "")
    out = (table[base].astype(np.float64) * moved).rename(name)
    when, when_zh = (f"{time} − {lag}", f"前{lag}期") if lag else (time, "当期")
    out.attrs = {
        "note": f"Time-shifted: {base} of the unit times {trend} of {when}.",
        "note_zh": f"时移工具变量：各单元{base}乘以{when_zh}的{trend}。",
    }
    return out


def shift_share(
    table: pd.DataFrame,
    *,
    parts: Sequence[str],
    unit: str,
    time: str,
    base: Any,
    whole: str | None = None,
    leave_out: bool = True,
    shocks: Mapping[str, Mapping[Any, float]] | None = None,
) -> pd.Series:
    """Shift-share (Bartik) instrument: past shares of sectors times their growth elsewhere.

    z_it = Σ_k s_ik · g_kt, with s_ik = part_ik/whole_i in the base year and g_kt the growth of
    sector k since then over all units, without unit i itself (`leave_out`): (Σ_j≠i part_jkt)/(Σ_j≠i
    part_jk,base) − 1. Bartik (1991); Goldsmith-Pinkham, Sorkin and Swift (2020); Borusyak, Hull and
    Jaravel (2022, Review of Economic Studies 89, 181–213).

    It is valid if the shares are as good as random, or if the shocks g are, with many sectors none
    of which weighs much. Where the shares do not add up to one (a few digital sectors out of all
    employment), Borusyak, Hull and Jaravel show that Σ_k s_ik itself moves z with the common part
    of the shocks and must be controlled for, here as Σ_k s_ik times time dummies; and units with
    alike shares have alike errors, so that usual standard errors are too small (Adão, Kolesár and
    Morales, 2019). `attrs` of the result has both: "share_sum" (its smallest and largest value)
    and "effective_shocks", 1/Σ_k s_k² of the mean shares over sectors; below some 20 rather
    argue with the shares.

    Parameters
    ----------
    table
        Long table, one row per unit and time.
    parts
        Columns of the sectors, such as employment.
    unit, time
        Columns that say whose and when.
    base
        Time of the shares, best before the years of the model.
    whole
        Column that the shares are of; the sum of the parts by default, so that they add up to one.
    leave_out
        Growth without the unit itself.
    shocks
        Growth by sector and time instead, {sector: {time: g}}, such as that of another country.

    Returns
    -------
    Series
        On the index of `table`, named "shift_share"; zero in the base year.

    Raises
    ------
    InputError
        Columns that are absent, no numbers or negative; a base year that units lack; a sector
        without any value in it.

    Examples
    --------
    >>> table = pd.DataFrame({"city": ["a", "a", "b", "b"], "year": [1, 2, 1, 2],
    ...                       "soft": [1.0, 3.0, 2.0, 3.0], "hard": [3.0, 3.0, 2.0, 1.0]})
    >>> z = shift_share(table, parts=["soft", "hard"], unit="city", time="year", base=1)
    >>> z.tolist()
    [0.0, -0.25, 0.0, 1.0]
    """
    sectors = as_list(parts)
    columns = [*sectors, *([whole] if whole else [])]
    _numbers(table, columns, [unit, time])
    panel = Panel(table, unit, time)
    negative = [name for name in columns if (table[name] < 0).any()]
    if negative:
        raise InputError(f"columns {named(negative)} hold negative values, of which no share is.")
    first = _base_values(panel, columns, base)
    total = first[whole] if whole else first[sectors].sum(axis=1)
    if (total <= 0).any():
        where = total.index[total <= 0]
        raise InputError(f"the whole is zero in {base} for {named(where)}; leave these units out.")
    shares = first[sectors].div(total, axis=0)
    frame = panel.frame
    grown = (
        _growth(frame, first, sectors, panel, leave_out=leave_out)
        if shocks is None
        else _given(frame, sectors, shocks, time)
    )
    own = shares.reindex(frame[unit]).to_numpy()
    used = np.where(own > 0, grown, 0.0)
    values = pd.Series((own * used).sum(axis=1), name="shift_share")
    mean = shares.mean().to_numpy()
    sums = shares.sum(axis=1)
    out = _on_index(values, panel, table)
    out.attrs = {
        "share_sum": (float(sums.min()), float(sums.max())),
        "effective_shocks": float(mean.sum() ** 2 / (mean**2).sum()),
    }
    count = out.attrs["effective_shocks"]
    out.attrs |= {
        "note": f"Shift-share: Σ_k s_ik g_kt over {len(sectors)} sectors, shares of {base}, sum of "
        f"shares {sums.min():.3g} to {sums.max():.3g}, effective number of shocks {count:.3g}.",
        "note_zh": f"份额移动工具变量：Σ_k s_ik g_kt，{len(sectors)}个部门，份额取{base}年，"
        f"份额之和{sums.min():.3g}至{sums.max():.3g}，有效冲击数{count:.3g}。",
    }
    return out


def _numbers(table: pd.DataFrame, columns: Sequence[str], keys: Sequence[str]) -> None:
    require_columns(table, [*columns, *keys])
    text = [name for name in columns if not pd.api.types.is_numeric_dtype(table[name])]
    if text:
        raise InputError(f"columns {named(text)} hold no numbers; convert them first.")


def _steady(table: pd.DataFrame, column: str, by: str, what: str) -> None:
    """Refuse a column that moves within groups."""
    counts = table.groupby(by, sort=False)[column].nunique()
    moving = counts.index[counts > 1]
    if len(moving):
        raise InputError(
            f"column {column} must be the same within a {what}, but is not for {named(moving)}; "
            "name another column."
        )


def _earlier(table: pd.DataFrame, column: str, unit: str, time: str, lag: int) -> pd.Series:
    panel = Panel(table, unit, time)
    return _on_index(panel.shift(column, lag), panel, table)


def _on_index(values: pd.Series, panel: Panel, table: pd.DataFrame) -> pd.Series:
    """Values on the rows of a panel, on the rows of the table that it was made from."""
    places = Panel(
        table.assign(**{"row of the table": np.arange(len(table))}), panel.unit, panel.time
    ).frame["row of the table"]
    out = np.empty(len(table))
    out[places.to_numpy()] = values.to_numpy(dtype=np.float64)
    return pd.Series(out, index=table.index, name=values.name)


def _base_values(panel: Panel, columns: Sequence[str], base: Any) -> pd.DataFrame:
    """Values of the base year by unit."""
    first = panel.at(base)[list(columns)].astype(np.float64)
    absent = panel.units.difference(first.index, sort=False)
    empty = first.index[first.isna().any(axis=1)]
    if len(absent) or len(empty):
        raise InputError(
            f"{named([*absent, *empty])} have no values in the base {panel.time} {base}; choose "
            "another, or leave these units out."
        )
    return first


def _growth(
    frame: pd.DataFrame,
    first: pd.DataFrame,
    sectors: Sequence[str],
    panel: Panel,
    *,
    leave_out: bool,
) -> np.ndarray[Any, Any]:
    """Growth of each sector since the base year on each row, over units with a row in that time."""
    now = frame[list(sectors)].to_numpy(dtype=np.float64)
    then = first[list(sectors)].reindex(frame[panel.unit]).to_numpy()
    groups = panel.codes[1]
    sums = [np.zeros((panel.n_times, len(sectors))) for _ in range(2)]
    for total, values in zip(sums, (now, then), strict=True):
        np.add.at(total, groups, values)
    above, below = sums[0][groups], sums[1][groups]
    if leave_out:
        above, below = above - now, below - then
    scale = np.maximum(sums[1][groups], 1e-300)
    nothing = (below <= 1e-12 * scale) & (then > 0)
    bad = [name for place, name in enumerate(sectors) if nothing[:, place].any()]
    if bad:
        raise InputError(
            f"sectors {named(bad)} stand in a single unit in the base year, so that they grow "
            "nowhere else; join them with others, or set leave_out=False."
        )
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below > 0, above / below - 1.0, 0.0)


def _given(
    frame: pd.DataFrame,
    sectors: Sequence[str],
    shocks: Mapping[str, Mapping[Any, float]],
    time: str,
) -> np.ndarray[Any, Any]:
    """Shocks that the user gives, on each row."""
    absent = [name for name in sectors if name not in shocks]
    if absent:
        raise InputError(f"shocks= has none for {named(absent)}; give one mapping per sector.")
    times = frame[time].map(canonical)
    columns = [
        times.map({canonical(when): float(g) for when, g in shocks[name].items()})
        for name in sectors
    ]
    for name, column in zip(sectors, columns, strict=True):
        if column.isna().any():
            missing = frame[time][column.isna()].unique()
            raise InputError(f"shocks= of {name} lacks {named(missing)}; give every {time}.")
    return np.column_stack([column.to_numpy(dtype=np.float64) for column in columns])
