"""What is said of weights and of the units cut from them."""

from __future__ import annotations

__all__ = ["SENTENCES"]

SENTENCES: tuple[tuple[str, str], ...] = (
    (
        "The weights hold {n:int} [unit without data; it was|units without data; they were] cut "
        "out and the rest re-scaled: {names}.",
        "权重中有{n}个单元没有数据，已剔除并重新标准化：{names}。",
    ),
    (
        "The weights hold {n:int} [unit without data; it was|units without data; they were] cut "
        "out: {names}.",
        "权重中有{n}个单元没有数据，已剔除：{names}。",
    ),
    (
        "Units left without a neighbour by that cut (in brackets, whom they lost): {lost}.",
        "剔除后没有邻居的单元（括号内为其失去的邻居）：{lost}。",
    ),
    (
        "{unit} lost its only neighbour to the cut: {lost}.",
        "{unit}因剔除单元失去全部邻居：{lost}。",
    ),
    (
        "{unit} lost all its {n:int} neighbours to the cut: {lost}.",
        "{unit}因剔除单元失去全部邻居：{lost}。",
    ),
    (
        "Without a neighbour, and joined to the nearest: {joined}.",
        "原无邻居、现连至最近邻：{joined}。",
    ),
    (
        "Standardising rows cancelled each unit's own mass: these gravity weights are asymmetric.",
        "行标准化消去了各单元自身的质量：该引力权重不对称。",
    ),
    (
        "Units of the weights without a value were cut out by time and the rest re-scaled: "
        "{names}.",
        "权重中没有数值的单元已剔除，其余重新标准化：{names}。",
    ),
    (
        "Units of the weights without a value were cut out and the rest re-scaled: {names}.",
        "权重中没有数值的单元已剔除，其余重新标准化：{names}。",
    ),
    (
        "units without a neighbour have rows that sum to zero ({names})",
        "没有邻居的单元（{names}）行和为零",
    ),
    (
        "rows of W sum to {low:word} to {high:word}, not to one",
        "W的行和为{low}至{high}，不等于1",
    ),
    (
        "The rows of the weights sum to {low:word} to {high:word}, not to one; {rest}",
        "权重的行和为{low}至{high}，不等于1；ρ的尺度随之不同，双向变换不适用。",
    ),
    ("Weights differ between years ({n:int}).", "权重随年份变化（共{n}套）。"),
    (
        "Units without a neighbour in years in which theirs are absent: {names}.",
        "因邻居在某些年份缺失而无邻居的单元：{names}。",
    ),
    (
        "the weights differ within a row, which has no exact distribution",
        "同一行内的权重不等，没有精确分布",
    ),
    (
        "the exact distribution would take more than 10 seconds or 2 GB",
        "计算精确分布需要10秒或2 GB以上",
    ),
)
