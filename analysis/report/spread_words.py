"""Sentences on distributions and thresholds in both languages."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["SPREAD_WORDS"]

SPREAD_WORDS: Mapping[str, tuple[str, str]] = {
    "distribution": ("Distribution over time", "分布与动态演进"),
    "thresholds": ("Thresholds", "门槛效应"),
    "cap.densities": ("Kernel density of {name}, year by year", "{name}的逐年核密度"),
    "cap.transitions": (
        "Transition probabilities between quantile classes of {name}",
        "{name}分位数类型的转移概率",
    ),
    "cap.local": (
        "Transition probabilities between local clusters of {name}",
        "{name}局部聚类类型的转移概率",
    ),
    "cap.moves": ("Transitions of {name}", "{name}的类型转移"),
    "cap.parts": ("Inequality of {name} by parts", "{name}的差异分解"),
    "cap.neighbours": (
        "Transition probabilities of {name} given the class of the neighbours",
        "给定邻地类型的{name}转移概率（空间马尔可夫链）",
    ),
    "cap.inequality": ("Spread and inequality of {name}", "{name}的离散程度与差异分解"),
    "cap.convergence": ("β-convergence of {name}", "{name}的β收敛"),
    "cap.threshold": (
        "Likelihood ratio over thresholds of {name} for {term}",
        "以{name}为门槛变量的似然比（{term}）",
    ),
    "cap.threshold_table": ("Effects of {term} by regimes of {name}", "{name}门槛下{term}的效应"),
    "spread.left_out": (
        "No {part} of “{name}”: it needs values that are not negative (growth in logarithms: "
        "positive ones).",
        "“{name}”未计算{part}：该指标要求取值非负（对数增长要求为正）。",
    ),
    "spread.gaps_neighbours": (
        "No transitions of “{name}” given the neighbours: their mean needs every city in every "
        "year, and values are absent.",
        "“{name}”未计算给定邻地类型的转移概率：邻地均值要求各城市各年数据齐全，而部分数据缺失。",
    ),
    "spread.gaps_beta": (
        "No β-convergence of “{name}”: growth needs every city in every year, and values are "
        "absent.",
        "“{name}”未计算β收敛：对数增长要求各城市各年数据齐全，而部分数据缺失。",
    ),
    "spread.one_class": (
        "No transitions of local clusters of “{name}”: all cities stay in one class.",
        "“{name}”无局部聚类类型转移：全部城市始终属于同一类型。",
    ),
    "spread.dagum": ("Dagum's Gini", "Dagum基尼系数"),
    "spread.theil": ("Theil's index", "泰尔指数"),
    "spread.beta": ("β-convergence", "β收敛"),
    "find.sigma": (
        "The {measure} of “{name}” went from {first} in {first_year} to {last} in {last_year} "
        "({change} %).",
        "“{name}”的{measure}由{first_year}年的{first}变为{last_year}年的{last}（{change}%）。",
    ),
    "find.sigma_change": (
        "Its spread {verdict} (change of ln s {value}, interval {low} to {high}).",
        "其离散程度{verdict}（ln s变化{value}，区间{low}至{high}）。",
    ),
    "sigma.down": ("falls: σ-convergence", "下降，存在σ收敛"),
    "sigma.none": ("shows no evidence of a change", "没有显著变化"),
    "sigma.up": ("rises", "上升，趋于发散"),
    "measure.variation": ("coefficient of variation", "变异系数"),
    "measure.std_dev": ("standard deviation", "标准差"),
    "find.dagum": (
        "Dagum's Gini of “{name}” in {year} is {gini}: {within} % of it lies within groups, "
        "{between} % between them, {crossed} % in their overlap.",
        "{year}年“{name}”的Dagum基尼系数为{gini}：组内{within}%，组间净值{between}%，超变密度{crossed}%。",
    ),
    "find.beta": (
        "Spatial Durbin model with time effects: “{name}” {verdict} (b = {value}, interval {low} "
        "to {high}).",
        "含时间效应的空间杜宾模型：“{name}”{verdict}（b = {value}，区间{low}至{high}）。",
    ),
    "beta.down": ("converges", "存在β收敛"),
    "beta.none": ("shows no evidence of convergence", "没有证据表明存在β收敛"),
    "beta.up": ("diverges", "趋于发散"),
    "find.homogeneity": (
        "Transitions of “{name}” {verdict} with the class of the neighbours (LR = {value}, {df} "
        "degrees of freedom, p = {p}).",
        "“{name}”的转移概率{verdict}（LR = {value}，自由度{df}，p = {p}）。",
    ),
    "homogeneity.yes": ("differ", "因邻地类型而异"),
    "homogeneity.no": ("do not evidently differ", "没有证据表明因邻地类型而异"),
    "find.threshold": (
        "The effect of “{term}” changes where “{name}” passes {places} (bootstrap p = {p}); total "
        "effects by regime: {effects}.",
        "“{term}”的效应在“{name}”越过{places}时变化（自助法p = {p}）；各区间总效应：{effects}。",
    ),
    "find.threshold_none": (
        "No evidence that the effect of “{term}” changes with “{name}” (bootstrap p = {p}).",
        "没有证据表明“{term}”的效应随“{name}”变化（自助法p = {p}）。",
    ),
    "find.threshold_untested": (
        "No bootstrap was asked for, so that the threshold of “{name}” is not tested.",
        "未设自助法抽样，“{name}”的门槛未作检验。",
    ),
}
