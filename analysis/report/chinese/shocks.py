"""What differences in differences say of themselves."""

from __future__ import annotations

__all__ = ["SENTENCES"]

SENTENCES: tuple[tuple[str, str], ...] = (
    (
        "Rows of the weights do not sum to one: neighbours' effects are per unit of the weighted "
        "sum of treated neighbours, not of their share.",
        "权重矩阵各行之和不为1：邻地效应对应邻地处理的加权和，而非其比重。",
    ),
    (
        "{n:int} of {all:int} treated rows have no untreated rows of their unit or {time} to be "
        "compared with and are left out (of {names}; {joined}).",
        "{all}个处理观测中有{n}个缺少同一单元或同一年份的未处理观测可供比较，未予计入（{names}；{joined}）。",
    ),
    (
        "Few untreated units in some {time}s ({names}); effects there rest on them.",
        "部分年份的未处理单元较少（{names}），当年效应依赖于这些单元。",
    ),
    (
        "No row is next to a treated unit without being treated itself, so that the effect of "
        "neighbours cannot be told.",
        "没有自身未处理而邻地已处理的观测，无法识别邻地效应。",
    ),
)
