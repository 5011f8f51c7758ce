"""Indicators of a composite index: their signs, their scope, and scaling to the unit interval."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.columns import Floats, Mask, Rows, as_list, numbers, require_columns, rows_of
from analysis.indices.common import one_of
from spatial.errors import InputError, named

__all__ = ["Indicators", "Scope", "indicator_table", "read_indicators", "scope_words"]

Scope = Literal["panel", "year"]
SCOPES = {
    "panel": ("over the whole panel", "按全样本期统一计算"),
    "year": ("within each year", "逐年分别计算"),
}


@dataclass(frozen=True)
class Indicators:
    """Values of the indicators and the groups of rows that are scaled together.

    Attributes
    ----------
    names
        Columns, the positive ones first.
    signs
        1 where more is better, −1 where less is.
    values
        (rows, indicators), all missing in a row that lacks one.
    blocks
        Label of each group and the numbers of its complete rows.
    """

    names: tuple[str, ...]
    signs: npt.NDArray[np.int64]
    values: Floats
    blocks: tuple[tuple[str, npt.NDArray[np.intp]], ...]

    @property
    def incomplete(self) -> int:
        """Rows that lack an indicator."""
        return int(np.isnan(self.values[:, 0]).sum())

    @property
    def seen(self) -> Mask:
        """Rows that have every indicator."""
        return ~np.isnan(self.values[:, 0])

    def unit_blocks(self) -> Iterator[tuple[str, npt.NDArray[np.intp], Floats]]:
        """Values in [0, 1], more is better: (x − min)/(max − min), or (max − x)/(max − min)."""
        for label, members in self.blocks:
            values = self.values[members]
            low, high = values.min(axis=0), values.max(axis=0)
            unit = (values - low) / (high - low)
            yield label, members, np.where(self.signs > 0, unit, 1 - unit)


def read_indicators(
    frame: pd.DataFrame,
    positive: str | Sequence[str],
    negative: str | Sequence[str],
    scope: Scope,
    unit: str,
    time: str | None,
) -> Indicators:
    """Read the indicators and say which rows are scaled together.

    Raises
    ------
    InputError
        Fewer than two indicators, one that stands twice, one that is constant in its scope, no
        complete row, text or infinite values, repeated rows; scope="year" without a time.
    """
    one_of("scope", scope, tuple(SCOPES))
    if scope == "year" and time is None:
        raise InputError("scope='year' needs the column with the year; name it with time=.")
    ups, downs = as_list(positive), as_list(negative)
    names = [*ups, *downs]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(
            f"the indicators name {named(twice)} more than once; list each once, under positive= "
            "or negative=."
        )
    if len(names) < 2:
        raise InputError(
            f"a composite index needs two indicators or more, and {len(names)} are named; list "
            "them under positive= and negative=."
        )
    rows = rows_of(frame, unit, time)
    require_columns(frame, names)
    values = np.column_stack([numbers(frame, name, rows) for name in names])
    values[np.isnan(values).any(axis=1)] = np.nan
    blocks = _blocks(values, rows, scope)
    _refuse_constant(values, names, blocks)
    signs = np.repeat([1, -1], [len(ups), len(downs)])
    return Indicators(tuple(names), signs, values, blocks)


def _blocks(
    values: Floats, rows: Rows, scope: Scope
) -> tuple[tuple[str, npt.NDArray[np.intp]], ...]:
    """Complete rows of the whole table, or of each year."""
    complete = ~np.isnan(values[:, 0])
    if not complete.any():
        raise InputError(
            "no row has all the indicators; leave out the emptiest of them or fill the gaps."
        )
    if scope == "panel":
        return (("", np.flatnonzero(complete)),)
    codes, labels = rows.periods()
    found = ((label, np.flatnonzero(complete & (codes == k))) for k, label in enumerate(labels))
    return tuple((label, members) for label, members in found if len(members))


def _refuse_constant(
    values: Floats, names: Sequence[str], blocks: Sequence[tuple[str, npt.NDArray[np.intp]]]
) -> None:
    """Refuse an indicator that is the same in all rows that are scaled together."""
    for label, members in blocks:
        flat = np.ptp(values[members], axis=0) == 0
        if flat.any():
            idle = named(name for name, same in zip(names, flat, strict=True) if same)
            where = f" in {label}" if label else ""
            remedy = "leave it out or use scope='panel'" if label else "leave it out"
            raise InputError(
                f"indicator {idle} is the same in every row{where}, so that it has no range to "
                f"scale by; {remedy}."
            )


def scope_words(found: Indicators, scope: Scope) -> tuple[str, str]:
    """Say in both languages what was scaled together and how many rows were left out."""
    english, chinese = SCOPES[scope]
    if found.incomplete:
        count = found.incomplete
        rows = "1 row lacks" if count == 1 else f"{count} rows lack"
        english += f"; {rows} an indicator, stay missing and move no minimum, maximum or weight"
        chinese += f"；{count} 行缺少某项指标，结果记为缺失，也不影响其他各行"
    return english, chinese


def indicator_table(result: pd.Series[Any]) -> pd.DataFrame:
    """Table of the indicators behind a composite index, as papers print it.

    Parameters
    ----------
    result
        What `entropy_weights`, `entropy_topsis`, `principal_component` or `resilience_index`
        returned.

    Returns
    -------
    DataFrame
        One row per indicator (and year, where the scope is the year): indicator, sign, and
        weight with entropy, or loading.

    Raises
    ------
    InputError
        The series is no composite index, or its `.attrs` were lost on the way.

    Examples
    --------
    >>> from analysis.indices import entropy_weights
    >>> table = pd.DataFrame({"city": ["a", "b", "c"], "x": [1, 2, 3], "y": [9, 4, 4]})
    >>> index = entropy_weights(table, ["x", "y"], unit="city")
    >>> indicator_table(index)[["indicator", "weight"]].round(3).values.tolist()
    [['x', 0.296], ['y', 0.704]]
    """
    text = result.attrs.get("indicators")
    if text is None:
        raise InputError(
            f"the series {result.name!r} carries no indicators; give the result of a composite "
            "index as it was returned."
        )
    return pd.DataFrame(json.loads(str(text)))
