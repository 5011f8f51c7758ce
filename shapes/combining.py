"""Rules by which rows become one: sums added, means weighted, nothing averaged unasked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from shapes.errors import InputError, named, nearest

__all__ = ["Rules", "check_rules", "combine"]

Rule = str | tuple[str, str] | None
Rules = Mapping[str, Rule]
_HINT = "such as rules={'gdp': 'sum', 'income': ('mean', 'population'), 'founded': 'first'}"


def check_rules(rules: Rules | None, table: pd.DataFrame) -> dict[str, Rule]:
    """Check rules against the columns of a table.

    A rule is "sum", ("mean", column of weights), "first" (the value of the unit that goes on) or
    None (missing where rows were combined).
    """
    checked: dict[str, Rule] = {}
    for column, rule in dict(rules or {}).items():
        if column not in table.columns:
            raise InputError(
                f"rules name the column {column!r}, which the table lacks; "
                f"it has {nearest(column, table.columns)}."
            )
        if rule == "mean":
            raise InputError(
                f"the mean of {column!r} needs weights, for cities differ in size; write "
                f"('mean', column), such as ('mean', 'population')."
            )
        pair = isinstance(rule, (tuple, list)) and len(rule) == 2 and rule[0] == "mean"
        if not pair and rule not in ("sum", "first", None):
            raise InputError(
                f"the rule {rule!r} of {column!r} is unknown; write 'sum', ('mean', column of "
                "weights), 'first' or None."
            )
        checked[column] = (str(rule[0]), str(rule[1])) if pair and rule else rule  # type: ignore[index,assignment]
        numeric = [column] if rule == "sum" else [column, rule[1]] if pair and rule else []  # type: ignore[index]
        _check_numeric(table, numeric, column)
    return checked


def _check_numeric(table: pd.DataFrame, columns: Iterable[str], asked: str) -> None:
    for column in columns:
        if column not in table.columns:
            raise InputError(
                f"the weights {column!r} of the mean of {asked!r} are no column of the table; "
                f"it has {nearest(column, table.columns)}."
            )
        if not _is_number(table[column]):
            raise InputError(f"{column!r} holds no numbers, so that it cannot be summed up.")
        if column != asked and (table[column] < 0).any():
            raise InputError(f"{column!r} has negative values and cannot be weights of a mean.")


def _is_number(column: pd.Series) -> bool:
    return bool(pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column))


def combine(
    rows: pd.DataFrame,
    groups: npt.NDArray[np.intp],
    shares: npt.NDArray[np.float64],
    rules: Mapping[str, Rule],
) -> pd.DataFrame:
    """Combine rows into one per group.

    Parameters
    ----------
    rows
        Rows to combine; the first of each group is that of the unit that goes on.
    groups
        Number of each row's group, 0 to m − 1.
    shares
        Part of each row that goes into its group.
    rules
        By column. A column without a rule is kept where the rows of every group agree; text takes
        the first; numbers that differ are refused.
    """
    _, leads = np.unique(groups, return_index=True)
    made = rows.iloc[leads].copy()
    undeclared = []
    for column in rows.columns:
        rule = rules.get(column, "?")
        if rule == "?":
            agree = _agree(rows[column], groups)
            textual = not (_is_number(rows[column]) or pd.api.types.is_bool_dtype(rows[column]))
            if not agree and not textual:
                undeclared.append(column)
            continue
        if rule != "first":
            made[column] = _combined(rows, column, rule, groups, shares)
    if undeclared:
        raise InputError(
            f"the columns {named(undeclared)} differ between units that become one, and nothing "
            "says whether they are amounts to be added or rates to be averaged; declare them, "
            f"{_HINT} (None leaves a column missing there)."
        )
    return made


def _agree(column: pd.Series, groups: npt.NDArray[np.intp]) -> bool:
    counts = column.groupby(groups).nunique(dropna=False)
    return bool((counts <= 1).all())


def _combined(
    rows: pd.DataFrame,
    column: str,
    rule: Rule,
    groups: npt.NDArray[np.intp],
    shares: npt.NDArray[np.float64],
) -> Any:
    """Values of one column, a missing one making its group's value missing."""
    count = int(groups.max()) + 1
    if rule is None:
        return pd.Series(
            [None] * count, dtype=object if rows[column].dtype == object else float
        ).to_numpy()
    values = rows[column].to_numpy(dtype=np.float64, na_value=np.nan)
    if rule == "sum":
        total = np.bincount(groups, shares * values, count)
        whole = pd.api.types.is_integer_dtype(rows[column]) and bool((shares == 1).all())
        return total.astype(np.int64) if whole and not np.isnan(total).any() else total
    weights = shares * rows[rule[1]].to_numpy(dtype=np.float64, na_value=np.nan)
    base = np.bincount(groups, weights, count)
    total = np.bincount(groups, weights * values, count)
    return np.divide(total, base, out=np.full(count, np.nan), where=base > 0)
