"""What channels and groups say of themselves."""

from __future__ import annotations

__all__ = ["SENTENCES"]

SENTENCES: tuple[tuple[str, str], ...] = (
    (
        "Group {group} alone: weights cut to its {n:int} units and re-scaled leave {alone:int} "
        "without a neighbour ({names}).",
        "组别“{group}”单独估计：权重截取至其{n}个单元并重新标准化后，{alone}个单元没有邻居（{names}）。",
    ),
    (
        "Group {group} ({n:int} [unit|units]) cannot be fitted alone: {why}",
        "组别“{group}”（{n}个单元）无法单独估计：{why}",
    ),
    (
        "No link leads {names}; such spillovers have no coefficient.",
        "不存在{names}的邻接关系，相应的溢出没有系数。",
    ),
    (
        "{n:int} of {all:int} permutations could not be fitted and do not count.",
        "{all}次置换中有{n}次无法估计，未予计入。",
    ),
    (
        "Channel {name}: {n:int} of {all:int} draws could not be fitted.",
        "机制“{name}”：{all}次抽样中有{n}次无法估计。",
    ),
    (
        "Effects at values of the moderator hold where {names} have their means.",
        "调节变量不同取值下的效应以{names}取均值为条件。",
    ),
    (
        'The covariance "{kind}" is that of the links; intervals of paths come from draws of whole '
        "units.",
        "协方差“{kind}”用于各环节效应；路径的置信区间来自以整个单元为单位的抽样。",
    ),
    (
        'The covariance "{kind}" is that of slopes and effects; tests and intervals of the '
        "thresholds rest on the likelihood and on draws of whole units.",
        "协方差“{kind}”用于斜率与效应；门槛的检验与置信区间依据似然以及以整个单元为单位的抽样。",
    ),
    (
        "No second threshold leaves {share:word} of the rows in every regime, so that none was "
        "looked for.",
        "没有第二个门槛能使每个区间至少含{share}的观测，因此未作搜索。",
    ),
    ("east", "东部"),
    ("central", "中部"),
    ("west", "西部"),
    ("north-east", "东北"),
    ("yes", "是"),
    ("no", "否"),
)
