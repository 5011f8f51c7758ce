"""Years before the first one of a study that lag() in its formula reads."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from analysis.study.sources import KEY
from spatial.formula import formula_names
from spatial.panel import Panel

__all__ = ["lag_reach", "panel_with_earlier"]

PARTS = re.compile(r"`[^`]+`|\w+\s*\(|[()]|\w+")


def lag_reach(formula: str) -> tuple[int, list[str]]:
    """How many times back lag() reads, and the columns that it reads.

    Examples
    --------
    >>> lag_reach("y ~ x + log(lag(lag(z))) + lag(x)")
    (2, ['z', 'x'])
    """
    known = formula_names(formula)
    calls: list[bool] = []
    reach, read = 0, dict[str, None]()
    for part in PARTS.findall(formula):
        if part.endswith("("):
            calls.append(part[:-1].strip() == "lag")
            reach = max(reach, sum(calls))
        elif part == ")":
            del calls[-1:]
        elif any(calls) and part.strip("`") in known:
            read[part.strip("`")] = None
    return reach, list(read)


def panel_with_earlier(frame: pd.DataFrame, rows: pd.DataFrame, time: str, formula: str) -> Panel:
    """Panel of `rows` that begins earlier where lag() needs it and every unit has the values.

    What else stands in the earlier years never enters a model; where it is missing there, the
    value of the unit's first year holds its place.

    Parameters
    ----------
    frame
        All rows of the units that stay, earlier years included.
    rows
        Rows of the sample.
    time
        Column of the years.
    formula
        Formula of the model.
    """
    reach, read = lag_reach(formula)
    years = np.unique(rows[time])
    if pd.api.types.is_numeric_dtype(rows[time]) and reach:
        step = np.diff(years).min() if len(years) > 1 else 1
        first = rows[rows[time] == years[0]].set_index(KEY)
        others = [name for name in formula_names(formula) if name not in read]
        here = frame[frame[KEY].isin(first.index)]
        for back in range(reach, 0, -1):
            before = here[here[time].isin(years[0] - step * np.arange(1, back + 1))].copy()
            if len(before) == back * len(first) and not before[read].isna().any(axis=None):
                for name in others:
                    before[name] = before[name].fillna(before[KEY].map(first[name]))
                rows = pd.concat([before, rows])
                break
    return Panel(rows.reset_index(drop=True), unit=KEY, time=time)
