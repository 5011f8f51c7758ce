"""What a graph is like: counts, components, the interval of rho; and its label for legends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from spatial.errors import InputError, named
from spatial.weights.facts import Facts
from spatial.weights.operator import Operator, operator

if TYPE_CHECKING:
    from libpysal.graph import Graph

__all__ = ["describe", "label"]

SHOWN_BRIDGES = 6


def describe(w: Graph) -> pd.Series:
    """Facts about a graph as a Series.

    Entries: n, links (directed), isolates, components (weakly connected; an isolate is one),
    min_neighbours, mean_neighbours, max_neighbours (isolates count as 0), density (links over
    n(n−1)), rho_min and rho_max: the open interval (1/ω_min, 1/ω_max) over the real eigenvalues ω
    of W, infinite on a side that has none (`spatial.weights.logdet` tells how it is found). The
    names of the isolates stand in ``.attrs["isolates"]``, the weights' label in
    ``.attrs["weights"]``.
    """
    from scipy.sparse.csgraph import connected_components

    from spatial.weights.logdet import log_determinant

    op = operator(w)
    counts = np.diff(op.matrix.indptr)
    low, high = log_determinant(op).interval
    table = pd.Series(
        {
            "n": op.n,
            "links": int(counts.sum()),
            "isolates": int(op.isolates.sum()),
            "components": int(connected_components(op.matrix, directed=True, connection="weak")[0]),
            "min_neighbours": int(counts.min()),
            "mean_neighbours": float(counts.mean()),
            "max_neighbours": int(counts.max()),
            "density": float(counts.sum() / (op.n * (op.n - 1))) if op.n > 1 else 0.0,
            "rho_min": low,
            "rho_max": high,
        },
        name="weights",
        dtype=object,
    )
    table.attrs["isolates"] = [op.facts.names.get(key, key) for key in op.labels[op.isolates]]
    table.attrs["weights"] = label(w)
    return table


def label(w: Graph, lang: Literal["en", "zh"] = "en") -> str:
    """One line for legends: rule, its numbers, bridges, scaling.

    Examples
    --------
    >>> from spatial import weights
    >>> weights.label(weights.from_matrix([[0, 1], [1, 0]], ["a", "b"]))
    'given matrix, row-standardised'
    """
    if lang not in ("en", "zh"):
        raise InputError(f'lang={lang!r} is unknown; choose "en" or "zh".')
    op = operator(w)
    facts = op.facts
    words = [
        (_rule_en if lang == "en" else _rule_zh)(facts),
        *_bridges(facts, lang),
        *_cut(facts, lang),
    ]
    return (", " if lang == "en" else "，").join([*words, _scaling(op, lang)])


def _rule_en(facts: Facts) -> str:
    options = facts.options
    match facts.rule:
        case "contiguity":
            upto = "up to order" if options["lower_orders"] else "of order"
            far = "" if options["order"] == 1 else f" {upto} {options['order']}"
            return f"{options['rule']} contiguity{far}"
        case "knn":
            return (
                f"{options['k']} nearest neighbours" if options["k"] != 1 else "nearest neighbour"
            )
        case "distance_band":
            return f"distance band {_number(options['km'])} km"
        case "inverse_distance":
            power = _power(options["power"], "", " squared", " to the power {}")
            reach = (
                ""
                if options["cutoff_km"] is None
                else f" within {_number(options['cutoff_km'])} km"
            )
            return f"inverse distance{power}{reach}"
        case "matrix":
            return "given matrix"
    return "given weights"


def _rule_zh(facts: Facts) -> str:
    options = facts.options
    match facts.rule:
        case "contiguity":
            upto = (
                f"{options['order']} 阶以内"
                if options["lower_orders"]
                else f"{options['order']} 阶"
            )
            name = str(options["rule"]).capitalize()
            return f"{name} 邻接" if options["order"] == 1 else f"{name} 邻接（{upto}）"
        case "knn":
            return f"{options['k']} 个最近邻"
        case "distance_band":
            return f"{_number(options['km'])} km 距离阈值"
        case "inverse_distance":
            power = _power(options["power"], "", "平方", "（{} 次方）")
            reach = (
                ""
                if options["cutoff_km"] is None
                else f"（{_number(options['cutoff_km'])} km 以内）"
            )
            return f"反距离{power}{reach}"
        case "matrix":
            return "给定矩阵"
    return "给定权重"


def _power(power: object, one: str, two: str, other: str) -> str:
    return one if power == 1 else two if power == 2 else other.format(_number(power))


def _number(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _bridges(facts: Facts, lang: str) -> list[str]:
    """Pairs joined by hand, by name, the first few."""
    if not facts.bridges:
        return []
    pairs = ["–".join(facts.names.get(city, city) for city in pair) for pair in facts.bridges]
    if lang == "en":
        return [f"bridges {named(pairs, SHOWN_BRIDGES)}"]
    rest = f"等 {len(pairs)} 对" if len(pairs) > SHOWN_BRIDGES else ""
    return ["另连 " + "、".join(pairs[:SHOWN_BRIDGES]) + rest]


def _cut(facts: Facts, lang: str) -> list[str]:
    if not facts.units_cut:
        return []
    return [
        f"{facts.units_cut} units cut out" if lang == "en" else f"剔除 {facts.units_cut} 个单元"
    ]


def _scaling(op: Operator, lang: str) -> str:
    """Scaling as recorded, or as the row sums show it."""
    transform = op.facts.transform or ("row" if op.row_scaled else "none")
    words = {
        "row": ("row-standardised", "行标准化"),
        "spectral": ("divided by the spectral radius", "谱半径标准化"),
        "none": ("not scaled", "未标准化"),
    }
    return words[transform][lang == "zh"]
