"""Sentences on treatments and instruments in both languages."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["SHOCK_WORDS"]

SHOCK_WORDS: Mapping[str, tuple[str, str]] = {
    "shocks": ("Difference in differences", "双重差分"),
    "instruments": ("Endogeneity: instruments", "内生性：工具变量估计"),
    "cap.event_study": (
        "Effects of {name} by time since treatment, here and at the neighbours",
        "{name}的动态效应：本地与邻地",
    ),
    "cap.did": ("Effects of {name}", "{name}的处理效应"),
    "cap.instruments": (
        "Estimates by maximum likelihood and by instruments",
        "极大似然与工具变量估计结果",
    ),
    "cap.instruments_effects": (
        "Direct, indirect and total effects by instruments",
        "工具变量估计的直接、间接与总效应",
    ),
    "cap.first_stage": ("First stage", "第一阶段结果"),
    "shocks.setting": (
        "“{name}”: {treated} of {count} units are treated ({cohorts}). The untreated outcome is "
        "predicted from rows {reach}.",
        "“{name}”：{count}个单元中{treated}个接受处理（{cohorts}）。未处理时的结果由{reach}的观测推算。",
    ),
    "shocks.reach.excluded": (
        "that are neither treated nor next to a treated unit",
        "自身未处理且邻地亦未处理",
    ),
    "shocks.reach.modelled": (
        "not treated, the share of treated neighbours being held constant",
        "自身未处理、并控制邻地处理比重",
    ),
    "shocks.setting_twoway": (
        "“{name}”: {treated} of {count} units are treated ({cohorts}). Two-way fixed effects.",
        "“{name}”：{count}个单元中{treated}个接受处理（{cohorts}）。采用双向固定效应估计。",
    ),
    "find.did_own": (
        "“{name}” on “{y}” of the treated: {value} on average (95 % interval {low} to "
        "{high}){verdict}",
        "“{name}”对处理单元“{y}”的平均效应为{value}（95%置信区间{low}至{high}）{verdict}",
    ),
    "find.did_neighbours": (
        "“{name}” on “{y}” of neighbours, all of them treated against none: {value} (95 % "
        "interval {low} to {high}){verdict}",
        "邻地全部接受“{name}”相对于均未接受，对本地“{y}”的效应为{value}（95%置信区间{low}至{high}）{verdict}",
    ),
    "find.did_trend_yes": (
        "The leads before “{name}” together differ from zero ({p}): parallel trends are in doubt.",
        "“{name}”之前各期系数联合显著（{p}）：平行趋势假定存疑。",
    ),
    "find.did_trend_no": (
        "The leads before “{name}” cannot be told from zero together ({p}), which does not "
        "prove parallel trends.",
        "“{name}”之前各期系数联合不显著（{p}）；这并不能证明平行趋势成立。",
    ),
    "find.did_twoway": (
        "Two-way fixed effects would give {twoway} instead of {value}: they take units treated "
        "early for untreated ones.",
        "双向固定效应的估计为{twoway}，插补估计为{value}；前者把较早处理的单元当作未处理单元。",
    ),
    "find.did_placebo": (
        "Against {draws} random reassignments of “{name}” to other units the own effect has {p}.",
        "与{draws}次随机改派“{name}”的结果相比，自身效应的{p}。",
    ),
    "find.iv": (
        "By instruments the direct effect of “{x}” on “{y}” is {value} (95 % interval {low} to "
        "{high}), by maximum likelihood {plain}{verdict}",
        "工具变量估计下“{x}”对“{y}”的直接效应为{value}（95%置信区间{low}至{high}），极大似然估计为{plain}{verdict}",
    ),
    "iv.plain": (".", "。"),
    "iv.differs": (
        ": the regressor is endogenous (Wu–Hausman {p}).",
        "；该变量为内生（Wu–Hausman检验{p}）。",
    ),
    "iv.alike": (
        "; that it is exogenous is not rejected (Wu–Hausman {p}).",
        "；不能拒绝其外生性（Wu–Hausman检验{p}）。",
    ),
    "find.iv_weak": (
        "The instruments are weak: the least conditional first-stage F is {f}, so that these "
        "estimates and intervals cannot be relied on.",
        "工具变量偏弱：条件第一阶段F最小值为{f}，上述估计与区间不可靠。",
    ),
    "find.iv_untested": (
        "How strong the instruments are cannot be tested: the covariance rests on fewer clusters "
        "or periods than there are instruments.",
        "无法检验工具变量的强度：协方差所依据的聚类或期数少于工具变量的个数。",
    ),
    "find.iv_strong": (
        "The instruments move the endogenous regressors: the least conditional first-stage F is "
        "{f}.",
        "工具变量与内生变量相关性足够：条件第一阶段F最小值为{f}。",
    ),
    "find.iv_over_no": (
        "That the instruments are exogenous is rejected (over-identification {p}).",
        "过度识别检验拒绝工具变量外生（{p}）。",
    ),
    "find.iv_over_yes": (
        "That the instruments are exogenous is not rejected (over-identification {p}), which "
        "does not prove it.",
        "过度识别检验未拒绝工具变量外生（{p}），但这不能证明其外生。",
    ),
    "iv.said": (
        "Endogenous: {terms}. Instruments from outside: {excluded}, beside the regressors and "
        "their spatial lags (Kelejian and Prucha, 1998).",
        "内生变量：{terms}。外部工具变量：{excluded}；另用解释变量及其空间滞后（Kelejian和Prucha，1998）。",
    ),
    "iv.term": ("Endogenous", "内生变量"),
    "iv.partial": ("Partial R²", "偏R²"),
    "iv.f": ("F", "F"),
    "iv.conditional": ("Conditional F", "条件F"),
    "never": ("never", "从未"),
}
