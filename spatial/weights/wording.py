"""Weights in words: the line that stands in legends and tables, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from spatial.errors import InputError, named
from spatial.weights.facts import Facts
from spatial.weights.operator import Operator, operator

if TYPE_CHECKING:
    from libpysal.graph import Graph

__all__ = ["label"]

SHOWN_BRIDGES = 6


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
    return (", " if lang == "en" else "，").join([*_relation(op.facts, lang), _scaling(op, lang)])


def _relation(facts: Facts, lang: str) -> list[str]:
    """Rule, bridges, rescued isolates and cuts."""
    return [_rule(facts, lang), *_bridges(facts, lang), *_rescued(facts, lang), *_cut(facts, lang)]


def _rule(facts: Facts, lang: str) -> str:
    if facts.rule == "nested":
        return _nested(facts, lang)
    worded = _RULES.get(facts.rule)
    if worded is None:
        return ("given weights", "给定权重")[lang == "zh"]
    return worded[lang == "zh"](facts.options)


def _contiguity_en(options: Mapping[str, Any]) -> str:
    upto = "up to order" if options["lower_orders"] else "of order"
    far = "" if options["order"] == 1 else f" {upto} {options['order']}"
    near = f" within {_number(options['tolerance_m'])} m" if options.get("tolerance_m") else ""
    return f"{options['rule']} contiguity{far}{near}"


def _contiguity_zh(options: Mapping[str, Any]) -> str:
    upto = f"{options['order']} 阶以内" if options["lower_orders"] else f"{options['order']} 阶"
    name = str(options["rule"]).capitalize()
    near = [f"{_number(options['tolerance_m'])} m 以内"] if options.get("tolerance_m") else []
    words = [*([] if options["order"] == 1 else [upto]), *near]
    return f"{name} 邻接（{'，'.join(words)}）" if words else f"{name} 邻接"


def _knn_en(options: Mapping[str, Any]) -> str:
    return f"{options['k']} nearest neighbours" if options["k"] != 1 else "nearest neighbour"


def _band_en(options: Mapping[str, Any]) -> str:
    if options.get("beyond_km") is not None:
        return f"distance ring {_number(options['beyond_km'])} to {_number(options['km'])} km"
    return f"distance band {_number(options['km'])} km"


def _band_zh(options: Mapping[str, Any]) -> str:
    if options.get("beyond_km") is not None:
        return f"{_number(options['beyond_km'])} 至 {_number(options['km'])} km 距离环"
    return f"{_number(options['km'])} km 距离阈值"


def _inverse_en(options: Mapping[str, Any]) -> str:
    power = _power(options["power"], "", " squared", " to the power {}")
    return f"inverse distance{power}{_reach_en(options)}"


def _inverse_zh(options: Mapping[str, Any]) -> str:
    return f"反距离{_power(options['power'], '', '平方', '（{} 次方）')}{_reach_zh(options)}"


def _economic_en(options: Mapping[str, Any]) -> str:
    power = _power(options["power"], "", " squared", " to the power {}")
    inside = [options["column"]] if options["column"] else []
    if options["floor"] is not None:
        inside.append(f"differences at least {_number(options['floor'])}")
    return f"inverse economic distance{power}{_brackets(inside, ' (', '; ', ')')}"


def _economic_zh(options: Mapping[str, Any]) -> str:
    inside = [options["column"]] if options["column"] else []
    if options["floor"] is not None:
        inside.append(f"差距下限 {_number(options['floor'])}")
    power = _power(options["power"], "", "平方", "（{} 次方）")
    return f"反经济距离{power}{_brackets(inside, '（', '；', '）')}"


def _gravity_en(options: Mapping[str, Any]) -> str:
    of = f" of {options['column']}" if options["column"] else ""
    return f"gravity{of}, distance to the power {_number(options['power'])}{_reach_en(options)}"


def _gravity_zh(options: Mapping[str, Any]) -> str:
    of = f"（{options['column']}）" if options["column"] else ""
    return f"引力{of}，距离 {_number(options['power'])} 次方{_reach_zh(options)}"


def _edges_en(options: Mapping[str, Any]) -> str:
    way = {"in": "received", "out": "sent", "both": "in both directions"}[options["direction"]]
    return f"flows {way}{_brackets([options['column']], ' (', '', ')')}"


def _edges_zh(options: Mapping[str, Any]) -> str:
    way = {"in": "流入", "out": "流出", "both": "双向"}[options["direction"]]
    return f"{way}流量{_brackets([options['column']], '（', '', '）')}"


_KERNELS_ZH = {
    "gaussian": "高斯", "triangular": "三角", "epanechnikov": "Epanechnikov", "bisquare": "双平方"
}  # fmt: skip
_RULES: Mapping[str, tuple[Callable[[Mapping[str, Any]], str], Callable[[Mapping[str, Any]], str]]]
_RULES = {
    "contiguity": (_contiguity_en, _contiguity_zh),
    "knn": (_knn_en, lambda o: f"{o['k']} 个最近邻"),
    "distance_band": (_band_en, _band_zh),
    "inverse_distance": (_inverse_en, _inverse_zh),
    "exponential": (
        lambda o: f"exponential decay, range {_number(o['km'])} km{_reach_en(o)}",
        lambda o: f"指数衰减，尺度 {_number(o['km'])} km{_reach_zh(o)}",
    ),
    "kernel": (
        lambda o: f"{o['shape']} kernel, bandwidth {_number(o['km'])} km",
        lambda o: f"{_KERNELS_ZH[o['shape']]}核，带宽 {_number(o['km'])} km",
    ),
    "economic": (_economic_en, _economic_zh),
    "gravity": (_gravity_en, _gravity_zh),
    "blocks": (
        lambda o: f"same {o['column'] or 'group'}",
        lambda o: f"同组（{o['column']}）" if o["column"] else "同组",
    ),
    "edges": (_edges_en, _edges_zh),
    "matrix": (lambda _: "given matrix", lambda _: "给定矩阵"),
    "file": (lambda o: f"weights of {o['file']}", lambda o: f"{o['file']} 所载权重"),
}


def _nested(facts: Facts, lang: str) -> str:
    chinese = lang == "zh"
    parts = [_part(part, lang) for part in facts.parts]
    if facts.options["how"] == "size":
        size = facts.options["column"]
        if chinese:
            return f"{parts[0]} × 邻居{size or '规模'}（相对均值）"
        return f"{parts[0]} × the neighbour's {size or 'size'} relative to the mean"
    if facts.options["how"] == "product":
        return " × ".join(parts)
    share = float(facts.options["share"])  # type: ignore[arg-type]
    return f"{share:g} × {parts[0]} + {round(1 - share, 12):g} × {parts[1]}"


def _part(facts: Facts, lang: str) -> str:
    """Relation inside a nested one, in brackets where it is more than its rule."""
    words = _relation(facts, lang)
    if len(words) == 1 and facts.rule != "nested":
        return words[0]
    return f"（{'，'.join(words)}）" if lang == "zh" else f"({', '.join(words)})"


def _brackets(words: list[Any], opening: str, glue: str, closing: str) -> str:
    found = [str(word) for word in words if word]
    return f"{opening}{glue.join(found)}{closing}" if found else ""


def _reach_en(options: Mapping[str, Any]) -> str:
    near, far = options.get("beyond_km"), options.get("cutoff_km")
    if near is not None:
        upto = "" if far is None else f" and within {_number(far)} km"
        return f" beyond {_number(near)} km{upto}"
    return "" if far is None else f" within {_number(far)} km"


def _reach_zh(options: Mapping[str, Any]) -> str:
    near, far = options.get("beyond_km"), options.get("cutoff_km")
    if near is not None:
        return f"（{_number(near)} {'km 以外' if far is None else f'至 {_number(far)} km'}）"
    return "" if far is None else f"（{_number(far)} km 以内）"


def _power(power: object, one: str, two: str, other: str) -> str:
    return one if power == 1 else two if power == 2 else other.format(_number(power))


def _number(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _bridges(facts: Facts, lang: str) -> list[str]:
    """Pairs joined by hand, by name, the first few."""
    if not facts.bridges:
        return []
    names = {**facts.names, **facts.english} if lang == "en" else facts.names
    pairs = ["–".join(names.get(city, city) for city in pair) for pair in facts.bridges]
    if lang == "en":
        return [f"bridges {named(pairs, SHOWN_BRIDGES)}"]
    rest = f"等 {len(pairs)} 对" if len(pairs) > SHOWN_BRIDGES else ""
    return ["另连 " + "、".join(pairs[:SHOWN_BRIDGES]) + rest]


def _rescued(facts: Facts, lang: str) -> list[str]:
    """How many links gave isolates their nearest."""
    count = len(facts.rescued)
    if not count:
        return []
    if lang == "zh":
        return [f"孤立单元连至最近邻（{count} 条）"]
    return [f"isolates joined to their nearest ({count} link{'s' if count > 1 else ''})"]


def _cut(facts: Facts, lang: str) -> list[str]:
    if not facts.units_cut:
        return []
    return [
        f"{facts.units_cut} units cut out" if lang == "en" else f"剔除 {facts.units_cut} 个单元"
    ]


def _scaling(op: Operator, lang: str) -> str:
    """Scaling as recorded, or as the row sums show it."""
    transform: str = op.facts.transform or ("row" if op.row_scaled else "none")
    if op.facts.rule == "file" and op.facts.transform is None and not op.row_scaled:
        transform = "file"
    words = {
        "row": ("row-standardised", "行标准化"),
        "spectral": ("divided by the spectral radius", "谱半径标准化"),
        "minmax": ("min-max scaled", "极小极大标准化"),
        "none": ("not scaled", "未标准化"),
        "file": ("as the file has them", "沿用文件数值"),
    }
    return words[transform][lang == "zh"]
