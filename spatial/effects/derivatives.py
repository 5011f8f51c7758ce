"""Derivatives of the columns of a formula in one of its variables, at given values.

A column is a product of factors joined by ":"; each is a variable, a category written "name[level]"
or an expression of + − * / **, log, exp, sqrt and I(), for which a value and a slope are carried
along together.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from spatial.errors import InputError, named

__all__ = ["column_slope", "variables"]

Pair = tuple[float, float]
CATEGORY = re.compile(r"(?:C\((?P<inner>.+)\)|(?P<plain>[^\[\]]+))\[(?:T\.)?(?P<level>.*)\]", re.S)
QUOTED = re.compile(r"`([^`]+)`")


def variables(label: str) -> dict[str, None]:
    """Names that a column reads, in order; lag(x) is a name of its own."""
    found: dict[str, None] = {}
    for factor in _factors(label):
        category = CATEGORY.fullmatch(factor)
        if category:
            found[_bare(category["inner"] or category["plain"])] = None
        else:
            found.update(dict.fromkeys(_names(factor)))
    return found


def column_slope(label: str, variable: str, values: Mapping[str, Any]) -> float:
    """∂(column)/∂(variable) at `values`.

    Raises
    ------
    InputError
        A value is absent, or the column has no derivative there.
    """
    value, slope = 1.0, 0.0
    for factor in _factors(label):
        at, change = _factor(factor, variable, values)
        value, slope = value * at, _times(slope, at) + _times(change, value)
    if math.isnan(slope):
        _known(variable, values)
    if not math.isfinite(slope):
        raise InputError(f"{label} has no derivative in {variable} at these values; choose others.")
    return slope


def _factors(label: str) -> list[str]:
    """Parts between colons that stand outside brackets and backticks."""
    parts, depth, quoted, start = [], 0, False, 0
    for place, sign in enumerate(label):
        quoted ^= sign == "`"
        depth += (sign in "([") - (sign in ")]")
        if sign == ":" and depth == 0 and not quoted:
            parts.append(label[start:place])
            start = place + 1
    return [*parts, label[start:]]


def _factor(factor: str, variable: str, values: Mapping[str, Any]) -> Pair:
    category = CATEGORY.fullmatch(factor)
    if category:
        name = _bare(category["inner"] or category["plain"])
        return float(str(_known(name, values)) == category["level"]), 0.0
    tree, names = _parsed(factor)
    if tree is None:
        return _leaf(factor, variable, values)
    return _walk(tree, names, variable, values)


def _bare(name: str) -> str:
    return name.strip().strip("`")


def _parsed(factor: str) -> tuple[ast.expr | None, dict[str, str]]:
    """Syntax tree with placeholders for quoted names; None where the factor is a bare name."""
    names: dict[str, str] = {}

    def hold(found: re.Match[str]) -> str:
        names[f"_quoted{len(names)}"] = found[1]
        return f"_quoted{len(names) - 1}"

    try:
        return ast.parse(QUOTED.sub(hold, factor), mode="eval").body, names
    except SyntaxError:
        return None, names


def _names(factor: str) -> list[str]:
    tree, names = _parsed(factor)
    if tree is None:
        return [factor]
    found: list[str] = []
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        if _is_lag(node):
            found.append(_text(node, names))
        elif isinstance(node, ast.Name):
            found.append(names.get(node.id, node.id))
        elif isinstance(node, ast.Call):
            stack.extend(node.args)
        else:
            stack.extend(ast.iter_child_nodes(node))
    return found


def _is_lag(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "lag"


def _text(node: ast.AST, names: Mapping[str, str]) -> str:
    text = ast.unparse(node)
    for placeholder, name in names.items():
        text = text.replace(placeholder, name)
    return text


def _known(name: str, values: Mapping[str, Any]) -> Any:
    if name not in values:
        raise InputError(
            f"the effect depends on {name}; say at which value of it, as in "
            f'{{"{name}": 1.0}} (values are given for {named(values) or "none"}).'
        )
    return values[name]


def _leaf(name: str, variable: str, values: Mapping[str, Any]) -> Pair:
    if name == variable and name not in values:
        return math.nan, 1.0
    return float(_known(name, values)), float(name == variable)


def _walk(
    node: ast.expr, names: Mapping[str, str], variable: str, values: Mapping[str, Any]
) -> Pair:
    """Value and slope of an expression."""
    if _is_lag(node):
        return _leaf(_text(node, names), variable, values)
    if isinstance(node, ast.Name):
        return _leaf(names.get(node.id, node.id), variable, values)
    if isinstance(node, ast.Constant):
        return float(node.value), 0.0  # type: ignore[arg-type]
    parts = [_walk(part, names, variable, values) for part in _operands(node)]
    try:
        return _combined(node, *parts)
    except (ValueError, ZeroDivisionError, OverflowError, TypeError):
        return math.nan, math.nan


def _operands(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp):
        return [node.left, node.right]
    if isinstance(node, ast.UnaryOp):
        return [node.operand]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1:
        return list(node.args)
    raise InputError(f"{ast.unparse(node)} has no derivative that this can find.")


FUNCTIONS: dict[str, Callable[[Pair], Pair]] = {
    "I": lambda a: a,
    "log": lambda a: (math.log(a[0]), a[1] / a[0]),
    "exp": lambda a: (math.exp(a[0]), a[1] * math.exp(a[0])),
    "sqrt": lambda a: (math.sqrt(a[0]), a[1] / (2.0 * math.sqrt(a[0]))),
}


def _combined(node: ast.expr, a: Pair, b: Pair = (0.0, 0.0)) -> Pair:
    if isinstance(node, ast.Call):
        return FUNCTIONS[node.func.id](a)  # type: ignore[attr-defined]
    if isinstance(node, ast.UnaryOp):
        sign = -1.0 if isinstance(node.op, ast.USub) else 1.0
        return sign * a[0], sign * a[1]
    operator = type(node.op)  # type: ignore[attr-defined]
    if operator is ast.Add:
        return a[0] + b[0], a[1] + b[1]
    if operator is ast.Sub:
        return a[0] - b[0], a[1] - b[1]
    if operator is ast.Mult:
        return a[0] * b[0], _times(a[1], b[0]) + _times(b[1], a[0])
    if operator is ast.Div:
        return a[0] / b[0], (a[1] - _times(b[1], a[0] / b[0])) / b[0]
    return _power(a, b)


def _times(slope: float, value: float) -> float:
    """Zero where nothing changes, whatever the other value is."""
    return 0.0 if slope == 0.0 else slope * value


def _power(a: Pair, b: Pair) -> Pair:
    value = a[0] ** b[0]
    slope = _times(a[1], b[0] * a[0] ** (b[0] - 1.0))
    if b[1] != 0.0:
        slope += b[1] * value * math.log(a[0])
    return value, slope
