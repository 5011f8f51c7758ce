"""Sentences on channels, moderators and groups in both languages."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["MECHANISM_WORDS"]

MECHANISM_WORDS: Mapping[str, tuple[str, str]] = {
    "channels": ("Channels", "作用机制"),
    "moderators": ("Moderators", "调节效应"),
    "groups": ("Differences between groups", "异质性分析"),
    "cap.channels": ("Channels: what moves what", "机制检验：各环节的效应"),
    "cap.mediation": ("Effects along each path", "各传导路径的效应"),
    "cap.moderation": ("Effects at values of the moderators", "调节变量不同取值下的效应"),
    "cap.groups": ("Effects by group: {name}", "分组效应：{name}"),
    "cap.between": ("Spillovers from group to group: {name}", "组间溢出：{name}"),
    "cap.group_effects": (
        "Effects of {term} by group: {name}, all groups in one fit",
        "{term}的分组效应：{name}（统一估计）",
    ),
    "channels_two": (
        "Channels in two steps: each takes the outcome's place; that it moves the outcome is then "
        "a matter of theory (Jiang, 2022).",
        "两步法：机制变量代替被解释变量进行回归，机制变量对被解释变量的作用由理论支撑（江艇，2022）。",
    ),
    "channels_three": (
        "With three steps, paths are causal only where no unobserved cause is shared between the "
        "focus, the channel and the outcome.",
        "三步法的路径效应只有在核心变量、机制变量与被解释变量之间不存在共同的未观测因素时才具有因果含义。",
    ),
    "find.link": (
        "Channel “{name}”: “{x}” {own} “{m}” at home ({value}, interval {low} to {high}); its "
        "spillover onto neighbours' “{m}” is {spill} ({value2}, interval {low2} to {high2}).",
        "机制“{name}”：“{x}”对本地“{m}”{own}（{value}，区间{low}至{high}）；对邻地“{m}”的溢出{spill}（{value2}，区间{low2}至{high2}）。",
    ),
    "own.up": ("raises", "有正向作用"),
    "own.down": ("lowers", "有负向作用"),
    "own.none": ("shows no evidence of an effect on", "没有证据表明有作用"),
    "spill.up": ("positive", "为正"),
    "spill.down": ("negative", "为负"),
    "spill.none": ("not to be told from zero", "与零无法区分"),
    "find.path": (
        "Along {path}: total effect {value} (bootstrap interval {low} to {high}), spillover "
        "{value2} ({low2} to {high2}): {verdict}",
        "路径{path}：总效应{value}（自助法区间{low}至{high}），溢出{value2}（{low2}至{high2}）：{verdict}",
    ),
    "path.some": ("there is evidence of this path.", "有证据支持该路径。"),
    "path.none": ("no evidence of this path.", "没有证据支持该路径。"),
    "path.untested": ("not tested.", "未检验。"),
    "find.moderator": (
        "The effect of “{x}” {verdict} “{z}”: a rise of it by one changes the direct effect by "
        "{value} (interval {low} to {high}) and the indirect effect by {value2} ({low2} to "
        "{high2}); Wald p = {p}.",
        (
            "“{x}”的效应{verdict}：“{z}”每增加一单位，直接效应变化{value}（区间{low}至{high}），"
            "间接效应变化{value2}（{low2}至{high2}）；Wald检验p = {p}。"
        ),
    ),
    "moderator.some": ("depends on", "受其调节"),
    "moderator.untested": (
        "has too few clusters or periods behind its covariance to be tested for depending on",
        "因聚类或期数过少而无法检验是否受其调节",
    ),
    "moderator.none": ("shows no evidence of depending on", "没有证据表明受其调节"),
    "find.groups": (
        "Groups “{name}”: {verdict} coefficients of “{x}” ({test}p = {p}); direct effects: "
        "{direct}; received: {indirect}.",
        (
            "分组“{name}”：“{x}”的系数{verdict}（{test}p = {p}）；直接效应：{direct}；"
            "接受的溢出：{indirect}。"
        ),
    ),
    "groups.some": ("evidence of different", "存在组间差异"),
    "groups.untested": (
        "the covariance rests on too few clusters or periods for a test of different",
        "因聚类或期数过少而无法检验组间差异",
    ),
    "groups.none": ("no evidence of different", "没有证据表明存在组间差异"),
    "test.wald": ("Wald", "Wald检验"),
    "test.permutation": ("permutation", "置换检验"),
    "find.between": (
        "Largest spillover between groups: from {source} to {target}, {value} (interval {low} to "
        "{high}); {verdict}",
        "组间溢出最大者：由{source}流向{target}，{value}（区间{low}至{high}）；{verdict}",
    ),
    "between.some": (
        "spillover coefficients differ by who sends and receives (Wald p = {p}).",
        "溢出系数因来源与流向而异（Wald检验p = {p}）。",
    ),
    "between.untested": (
        "the covariance rests on too few clusters or periods to test how spillover coefficients "
        "differ.",
        "协方差所依据的聚类或期数过少，无法检验溢出系数的差异。",
    ),
    "between.none": (
        "no evidence that spillover coefficients differ by who sends and receives (Wald p = {p}).",
        "没有证据表明溢出系数因来源与流向而异（Wald检验p = {p}）。",
    ),
}
