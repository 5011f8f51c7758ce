"""The claims a study tests, their tests and verdicts, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["CLAIM_WORDS"]

CLAIM_WORDS: Mapping[str, tuple[str, str]] = {
    "claims": ("Claims, tests and verdicts", "论点、检验与结论"),
    "cap.claims": ("What was claimed, how it was tested, what came out", "论点、检验及结论"),
    # claims of the list; {x} is the focus, {y} the outcome
    "claim.own": (
        "“{x}” strengthens “{y}” in the city itself",
        "“{x}”增强本市“{y}”",
    ),
    "claim.neighbours": (
        "“{x}” strengthens “{y}” in other cities",
        "“{x}”增强其他城市的“{y}”",
    ),
    "claim.technology": (
        "“{x}” strengthens “{y}” through technological innovation",
        "“{x}”通过技术创新增强“{y}”",
    ),
    "claim.green_quantity": (
        "“{x}” strengthens “{y}” through the quantity of green innovation",
        "“{x}”通过绿色创新数量增强“{y}”",
    ),
    "claim.green_quality": (
        "“{x}” strengthens “{y}” through the quality of green innovation",
        "“{x}”通过绿色创新质量增强“{y}”",
    ),
    "claim.infrastructure": (
        "“{x}” strengthens “{y}” through innovation infrastructure",
        "“{x}”通过创新基础设施增强“{y}”",
    ),
    "claim.digital_industry": (
        "“{x}” strengthens “{y}” through digital industrialisation",
        "“{x}”通过数字产业化增强“{y}”",
    ),
    "claim.fusion": (
        "“{x}” strengthens “{y}” through the fusion of digital and real industry",
        "“{x}”通过数字产业与实体产业融合增强“{y}”",
    ),
    "claim.coagglomeration": (
        "“{x}” strengthens “{y}” through the co-agglomeration of digital industries",
        "“{x}”通过数字产业协同集聚增强“{y}”",
    ),
    "claim.region": (
        "The effect of “{x}” on “{y}” differs between regions",
        "“{x}”对“{y}”的效应因区域而异",
    ),
    "claim.rank": (
        "The effect of “{x}” on “{y}” differs by administrative rank",
        "“{x}”对“{y}”的效应因行政等级而异",
    ),
    "claim.facilities": (
        "The effect of “{x}” on “{y}” differs with smart facilities",
        "“{x}”对“{y}”的效应因智慧设施而异",
    ),
    "claim.size": (
        "The effect of “{x}” on “{y}” differs by city size",
        "“{x}”对“{y}”的效应因城市规模而异",
    ),
    # claims of other parts of the study
    "claim.of_effects": ("“{x}” strengthens “{y}” ({name})", "“{x}”增强“{y}”（{name}）"),
    "claim.of_instruments": ("“{x}” strengthens “{y}” ({name})", "“{x}”增强“{y}”（{name}）"),
    "claim.of_channels": (
        "“{x}” strengthens “{y}” through “{name}”",
        "“{x}”通过“{name}”增强“{y}”",
    ),
    "claim.of_moderators": (
        "The effect of “{x}” on “{y}” depends on “{name}”",
        "“{x}”对“{y}”的效应受“{name}”调节",
    ),
    "claim.of_groups": (
        "The effect of “{x}” on “{y}” differs by “{name}”",
        "“{x}”对“{y}”的效应因“{name}”而异",
    ),
    # tests
    "claim_test.effect": ("{effect} of the main model{run}", "主模型的{effect}{run}"),
    "claim_test.instruments": (
        "{effect} by instruments{run}",
        "工具变量估计的{effect}{run}",
    ),
    "claim_test.path": (
        "Path {path}: {effect}",
        "路径{path}：{effect}",
    ),
    "claim_test.link": (
        "First step only, {path}: {effect}; that “{m}” moves the outcome is left to theory",
        "仅第一步，{path}：{effect}；“{m}”对结果的作用由理论支撑",
    ),
    "claim_test.interaction": (
        "Wald test of the interaction with “{z}”; shown: change of the {effect} per unit of it",
        "与“{z}”交互项的Wald检验；所列为其每增加一单位{effect}的变化",
    ),
    "claim_test.wald": (
        "Wald test of equal coefficients; shown: {effect}, {one} less {other}",
        "系数相等的Wald检验；所列为{effect}之差，{one}减{other}",
    ),
    "claim_test.permutation": (
        "Permutation test of equal coefficients; shown: {effect}, {one} less {other}",
        "系数相等的置换检验；所列为{effect}之差，{one}减{other}",
    ),
    "claim_reason.absent": ("not part of this study", "本研究未涉及"),
    "claim_reason.no_effect": (
        "the main model has no such effect",
        "主模型不含该效应",
    ),
    "claim_reason.no_interval": ("could not be estimated", "无法估计"),
    # the table
    "claim_head.claim": ("Claim", "论点"),
    "claim_head.test": ("Test", "检验"),
    "claim_head.estimate": ("Estimate", "估计值"),
    "claim_head.estimate_interval": ("Estimate [95 % interval]", "估计值[95%置信区间]"),
    "claim_head.conf_low": ("95 % low", "95%下限"),
    "claim_head.conf_high": ("95 % high", "95%上限"),
    "claim_head.p_value": ("p", "p值"),
    "claim_head.p_holm": ("Holm’s p", "Holm校正p值"),
    "claim_head.p_none": ("p, as used", "判定所用p值"),
    "claim_head.verdict": ("Verdict", "结论"),
    "claim_verdict.supported": ("supported", "支持"),
    "claim_verdict.not supported": ("not supported", "不支持"),
    "claim_verdict.no data": ("no data", "无数据"),
    "claim_rule.holm": (
        "Rule: a claim is supported where p, two-sided and adjusted by Holm over the {count} tests "
        "of the table, is at most 0.05 and the 95 % interval of the effect (not adjusted) lies on "
        "the side of zero that the claim names. A claim that effects differ names no side and "
        "needs p alone.",
        "判定规则：双侧p值按表中全部{count}项检验作Holm校正后不大于0.05，"
        "且效应的95%置信区间（未校正）整体位于论点所述的一侧，方为支持；"
        "关于效应存在差异的论点不涉及方向，只看p值。",
    ),
    "claim_rule.none": (
        "Rule: a claim is supported where p, two-sided and not adjusted for the {count} tests of "
        "the table, is at most 0.05 and the 95 % interval of the effect lies on the side of zero "
        "that the claim names. A claim that effects differ names no side and needs p alone. Of 20 "
        "claims that are all wrong one is expected to pass.",
        "判定规则：双侧p值（未就表中{count}项检验作多重检验校正）不大于0.05，"
        "且效应的95%置信区间整体位于论点所述的一侧，方为支持；"
        "关于效应存在差异的论点不涉及方向，只看p值。若20个论点均不成立，预期仍有1个通过。",
    ),
    "claim_rule.tests": (
        "p of a path is the largest of its links; groups are shown by their surest difference.",
        "路径的p值取各环节中最大者；组间差异列出最显著的一对。",
    ),
    "claim_rule.absence": (
        "“Not supported” is no evidence of absence: the interval says what remains possible. “No "
        "data” means that the study has no result on the claim.",
        "“不支持”并非证明不存在：区间给出仍然可能的取值。“无数据”指本研究没有与该论点对应的结果。",
    ),
    "claim_counts": (
        "Of the tests, {supported} support their claim and {not_supported} do not; for {no_data} "
        "claims there are no data.",
        "各项检验中，支持{supported}项，不支持{not_supported}项，无数据{no_data}项。",
    ),
}
