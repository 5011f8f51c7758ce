"""Sentences on other choices, distance, other weights and single cities, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["SENSITIVITY_WORDS"]

SENSITIVITY_WORDS: Mapping[str, tuple[str, str]] = {
    "robustness": ("Robustness", "稳健性检验"),
    "decay": ("Reach of the spillover", "溢出的空间衰减"),
    "carriers": ("Which relation carries the spillover", "溢出的传导载体"),
    "profiles": ("City profiles", "城市画像"),
    "cap.curve": (
        "Specification curve of the indirect effect of {name}",
        "{name}间接效应的设定曲线",
    ),
    "cap.robustness": (
        "Effects of {name} under other choices, one at a time",
        "逐项替换设定后{name}的效应",
    ),
    "cap.specifications": ("Every specification of {name}", "{name}的全部设定"),
    "cap.decay": (
        "Indirect effect of {name} over distance, and cities without a neighbour",
        "{name}间接效应随距离的变化与孤立城市数",
    ),
    "cap.carriers": ("The same model on several weights", "同一模型在不同权重下的估计"),
    "cap.profiles": ("Profiles of the cities: {name}", "城市画像：{name}"),
    "cap.gap": ("Gap to the frontier, {name}", "与前沿的差距，{name}"),
    "cap.sent_from": (
        "What {unit} sends to each place per unit of {name}",
        "{unit}每单位{name}对各地的溢出",
    ),
    "cap.flows_from": (
        "Largest spillovers of {name} from {unit}",
        "{unit}{name}溢出的主要去向",
    ),
    "cap.symbols": ("{name}, {year}", "{name}，{year}年"),
    "cap.symbols_now": ("{name}", "{name}"),
    "cap.symbols_by": ("{name} and {colour}, {year}", "{name}与{colour}，{year}年"),
    "cap.symbols_by_now": ("{name} and {colour}", "{name}与{colour}"),
    "cap.profile": ("Profile of {unit}", "{unit}画像"),
    "robust.rule": (
        "{count} specifications combine weights, formulas, models, samples and values as the study "
        "file names them. They share their data: the shares say how the finding depends on "
        "choices, and are no test.",
        "按研究文件所列，对权重、公式、模型、样本与取值加以组合，共{count}种设定。各设定共用同一数据，"
        "比例只说明结论对设定的依赖程度，并非检验。",
    ),
    "robust.alone": (
        "{count} specifications: the main one, and each other choice by itself.",
        "共{count}种设定：基准设定及逐项替换的设定。",
    ),
    "robust.failed": ("Not fitted, {what} specifications: {why}", "{what}种设定无法估计：{why}"),
    "find.robust": (
        "The {effect} effect of “{x}” is positive in {up} and negative in {down} of {count} "
        "specifications (significant at 5 %: {up_sure} and {down_sure}); it runs from {low} to "
        "{high}, median {median}.",
        "在{count}种设定中，“{x}”的{effect}{up}为正、{down}为负（5%水平显著者分别为{up_sure}与{down_sure}），"
        "取值{low}至{high}，中位数{median}。",
    ),
    "find.decay": (
        "Over weights that {rule}, the indirect effect of “{x}” is largest in size at {km} km: "
        "{value} {interval}; {where}.",
        "权重为{rule}时，“{x}”的间接效应在{km} km处绝对值最大：{value} {interval}；{where}。",
    ),
    "decay.rule.band": ("join all cities within a distance", "一定距离以内等权相连"),
    "decay.rule.cutoff": (
        "fall with distance up to a limit",
        "按距离倒数加权并在一定距离处截断",
    ),
    "decay.rule.beyond": (
        "join only cities beyond a distance",
        "仅连接一定距离以外的城市",
    ),
    "decay.sure": (
        "its interval leaves out zero at {km} km",
        "置信区间不含零的距离为{km} km",
    ),
    "decay.unsure": (
        "its interval holds zero at every distance",
        "在各距离处置信区间均包含零",
    ),
    "decay.alone": (
        "Cities without a neighbour: {counts}. Each point of the curve thus rests on other cities.",
        "孤立城市数：{counts}。因此曲线各点所依据的城市不同。",
    ),
    "decay.rescued_line": (
        "Cities given their nearest neighbour: {counts}.",
        "补入最近邻的城市数：{counts}。",
    ),
    "find.carriers": (
        "Of {names}, the data favour the weights “{best}” (posterior probability {p}); the "
        "indirect effect of “{x}” there is {value} {interval}.",
        "在{names}之中，数据最支持权重“{best}”（后验概率{p}），"
        "其下“{x}”的间接效应为{value} {interval}。",
    ),
    "carriers.rule": (
        "Posterior probabilities take all weights as equally probable beforehand (LeSage, 2015); "
        "they compare these weights with one another, not with others.",
        "后验概率以各权重先验等概率为前提（LeSage，2015），只比较所列权重，不涉及其他权重。",
    ),
    "carriers.none": (
        "Posterior probabilities are not given: {why}",
        "未给出后验概率：{why}",
    ),
    "profile.rule": (
        "Types by two medians over the cities: the mean level of “{x}”, and what a city sends per "
        "unit of it. Core: both high (strengthen and share). Enclave: level high, sends little "
        "(build links). Lever: level low, sends much (develop the sector here first). Periphery: "
        "both low (gains from its neighbours). Gap: {frontier} less the city's own mean of “{y}”.",
        "类型按两个中位数划分：“{x}”的平均水平与单位溢出量。核心带动型：两者皆高（巩固并共享）；"
        "孤岛集聚型：水平高、溢出少（加强联系）；潜力枢纽型：水平低、溢出多（宜优先布局）；"
        "外围承接型：两者皆低（主要受益于邻地）。差距：{frontier}减去本市“{y}”的均值。",
    ),
    "profile.unsure": (
        "The mean spillover cannot be told from zero: what cities send is their position in the "
        "weights, not a finding.",
        "平均溢出与零无法区分：各市的溢出量只反映其在权重中的位置，不构成结论。",
    ),
    "profile.best": ("the best mean of all cities", "全部城市均值的最高者"),
    "profile.group_best": ("the best mean within the same {group}", "同一{group}内均值的最高者"),
    "profile.counts": ("Types: {counts}.", "类型分布：{counts}。"),
    "profile.city": (
        "{unit}: {type}{group}. One unit more of “{x}” there adds {own} at home and {sent} "
        "elsewhere in sum; one unit more in every other city adds {received} to it. Its gap to the "
        "frontier is {gap} ({behind} the median of the cities).",
        "{unit}：{type}{group}。本市“{x}”每增加一单位，本地变化{own}，其他城市合计变化{sent}；"
        "其他城市各增加一单位，本市变化{received}。与前沿的差距为{gap}（{behind}城市中位数）。",
    ),
    "profile.advice.core": (
        "{type}: strengthen “{x}” where it is strong, and carry it outward; most of what it "
        "sends goes to {names}.",
        "{type}：巩固“{x}”的既有优势并向外带动，溢出主要流向{names}。",
    ),
    "profile.advice.enclave": (
        "{type}: “{x}” is strong here and little of it leaves; build links to the nearest "
        "receivers, {names}.",
        "{type}：“{x}”水平高而外溢少，宜加强与{names}等邻近城市的联系。",
    ),
    "profile.advice.lever": (
        "{type}: one unit of “{x}” here reaches others more than elsewhere, and there is little "
        "of it yet; develop it here first, for {names} too.",
        "{type}：此处每单位“{x}”的带动大于一般城市，而现有水平偏低，宜优先布局，{names}亦将受益。",
    ),
    "profile.advice.periphery": (
        "{type}: gains come from neighbours more than from “{x}” of its own; keep close to the "
        "main sources, {sources}.",
        "{type}：主要受益于邻地而非自身“{x}”，宜加强与主要来源地{sources}的对接。",
    ),
    "profile.rank": ("Place among the cities", "在各城市中的位次"),
    "profile.place": ("{place} of {count}", "{place} / {count}"),
    "profile.figures": ("In figures (standard errors in brackets)", "主要数值（括号内为标准误）"),
    "profile.partners": ("Largest partners", "主要往来城市"),
    "profile.classes": ("Local spatial clusters (LISA)", "局部空间集聚类型（LISA）"),
    "profile.class": ("Variable", "变量"),
    "profile.of": ("City profile · {title} · {period}", "城市画像 · {title} · {period}"),
    "profile.about": (
        "Effects of the main model ({kind}), weights “{weights}”. Places count from the largest "
        "in size.",
        "效应来自主模型（{kind}），权重“{weights}”。位次按数值大小由高到低。",
    ),
    "profile.above": ("above", "高于"),
    "profile.below": ("at or below", "不高于"),
    "profile.core": ("core", "核心带动型"),
    "profile.enclave": ("enclave", "孤岛集聚型"),
    "profile.lever": ("lever", "潜力枢纽型"),
    "profile.periphery": ("periphery", "外围承接型"),
    "profile.item": ("Item", "项目"),
    "profile.value": ("Value", "数值"),
    "profile.own": ("Effect at home", "本地效应"),
    "profile.sent": ("Sent, in sum", "溢出合计"),
    "profile.received": ("Received, in sum", "接受合计"),
    "profile.level": ("Mean of {name}", "{name}均值"),
    "profile.gap": ("Gap to the frontier", "与前沿的差距"),
    "profile.type": ("Type", "类型"),
    "profile.group": ("Group", "组别"),
    "profile.senders": ("Receives most from", "主要溢出来源"),
    "profile.receivers": ("Sends most to", "主要溢出去向"),
    "profile.lisa": ("Local class, {name}", "局部类型，{name}"),
}
