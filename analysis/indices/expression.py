"""A column worked out from others by arithmetic, for ratios and logarithms that have no index."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.columns import Floats, Rows, numbers, require_columns, rows_of
from analysis.indices.common import finished, warn
from spatial.errors import InputError

__all__ = ["expression"]

BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
}
CALLS: dict[str, Callable[[Any], Any]] = {"log": np.log, "exp": np.exp, "sqrt": np.sqrt}
ALLOWED = "column names, numbers, + - * / ** ( ), log, exp, sqrt and lag"
QUOTED = re.compile(r"`([^`]+)`")


def expression(
    frame: pd.DataFrame, formula: str, *, unit: str, time: str | None = None
) -> pd.Series[Any]:
    """Column worked out from other columns, row by row.

    Parameters
    ----------
    frame
        Long table, one row per unit and time, in any order.
    formula
        Arithmetic such as "loans / gdp" or "log(patents / population)": column names (in
        `backticks` where they hold spaces or signs), numbers, + - * / ** ( ), the natural
        logarithm log, exp, sqrt, and lag(x), the value of x in the same unit one year earlier.
    unit, time
        Columns with the city and the year; lag needs `time`.

    Returns
    -------
    Series
        Named "expression", on the frame's own index, in the unit that the arithmetic gives. Missing
        where a column that it needs is.

    Raises
    ------
    InputError
        Anything in the formula that is not in this list, columns that are absent, text or infinite
        values, repeated rows, and lag without whole years.

    Warns
    -----
    IndexWarning
        Rows where the arithmetic has no finite value (a division by zero, the logarithm of
        nothing): they are missing, and named.

    Examples
    --------
    >>> table = pd.DataFrame({"city": ["a", "b"], "loans": [5.0, 6.0], "gdp": [10.0, 8.0]})
    >>> expression(table, "loans / gdp", unit="city").tolist()
    [0.5, 0.75]
    """
    rows = rows_of(frame, unit, time)
    tree, named = _parsed(formula)
    columns = {
        name: numbers(frame, column, rows) for name, column in _columns(tree, named, frame).items()
    }
    with np.errstate(all="ignore"):
        part = _part(tree, columns, rows)
    values = np.array(np.broadcast_to(part.values, len(frame)), dtype=np.float64)
    endless = ~np.isfinite(values) & ~part.missing
    warn(endless, rows, f"{formula} has no finite value", "it is missing there")
    values[~np.isfinite(values)] = np.nan
    return finished(values, frame, "expression", f"{formula}.", f"{formula}。")


class _Part(NamedTuple):
    """Values of a part of the formula, and where a number that it needs is missing."""

    values: Any
    missing: Any


def _parsed(formula: str) -> tuple[ast.expr, dict[str, str]]:
    """Tree of the formula, and what stands for names in backticks."""
    if not isinstance(formula, str) or not formula.strip():
        raise InputError(f'formula={formula!r} is no arithmetic; write such as "loans / gdp".')
    named: dict[str, str] = {}

    def standing_for(match: re.Match[str]) -> str:
        name = f"quoted_{len(named)}_"
        named[name] = match.group(1)
        return name

    try:
        return ast.parse(QUOTED.sub(standing_for, formula).strip(), mode="eval").body, named
    except SyntaxError:
        raise InputError(
            f"the formula {formula!r} cannot be read; it may hold {ALLOWED}."
        ) from None


def _columns(tree: ast.expr, named: Mapping[str, str], frame: pd.DataFrame) -> dict[str, str]:
    """Columns that the formula reads, by how the tree calls them."""
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    names = {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called
    }
    found = {name: named.get(name, name) for name in names}
    require_columns(frame, found.values())
    return found


def _part(node: ast.expr, columns: Mapping[str, Floats], rows: Rows) -> _Part:
    """Work out a part of the tree; whatever is not arithmetic is refused."""
    if isinstance(node, ast.Name):
        return _Part(columns[node.id], np.isnan(columns[node.id]))
    if (
        isinstance(node, ast.Constant)
        and isinstance(node.value, (int, float))
        and not isinstance(node.value, bool)
    ):
        return _Part(np.float64(node.value), np.False_)
    if isinstance(node, ast.BinOp) and type(node.op) in BINARY:
        left, right = _part(node.left, columns, rows), _part(node.right, columns, rows)
        found = BINARY[type(node.op)](left.values, right.values)
        return _Part(found, left.missing | right.missing)
    if isinstance(node, ast.UnaryOp) and type(node.op) in UNARY:
        inner = _part(node.operand, columns, rows)
        return _Part(UNARY[type(node.op)](inner.values), inner.missing)
    called = _call(node)
    if called is None:
        raise InputError(f"the formula holds {ast.unparse(node)!r}; it may hold {ALLOWED}.")
    inner = _part(called[1], columns, rows)
    if called[0] != "lag":
        return _Part(CALLS[called[0]](inner.values), inner.missing)
    return _Part(_earlier(inner.values, rows), _earlier(np.where(inner.missing, 1, 0), rows) != 0)


def _call(node: ast.AST) -> tuple[str, ast.expr] | None:
    """Name and argument of an allowed call."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return None
    known = node.func.id in CALLS or node.func.id == "lag"
    return (node.func.id, node.args[0]) if known and len(node.args) == 1 else None


def _earlier(values: Any, rows: Rows) -> Floats:
    """Values of the same unit one year before, missing where there is no such row."""
    years = rows.years()
    keys = pd.MultiIndex.from_arrays([rows.units, years])
    table = pd.Series(np.broadcast_to(values, len(years)), index=keys)
    before = pd.MultiIndex.from_arrays([rows.units, years - 1])
    return table.reindex(before).to_numpy(dtype=np.float64)
