"""The fixed bilingual vocabulary of maps, figures, tables and reports.

A flat table from key to (English, Chinese). A part of the toolkit that prints a new word adds a
row; keys are grouped by what stands before the dot. Words of the user's own (column names, cities)
never pass through here.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Literal

from analysis.terms_of_classes import CLASSES
from analysis.terms_of_exports import EXPORTS
from analysis.terms_of_maps import MAPS
from analysis.terms_of_parts import PARTS
from spatial.errors import InputError

__all__ = ["LANGUAGES", "TERMS", "Language", "check_language", "group_name", "term"]

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")

TERMS: Mapping[str, tuple[str, str]] = {
    **PARTS,
    **EXPORTS,
    **MAPS,
    **CLASSES,
    # classes of local statistics; the part after the dot is the category of spatial.lisa
    "cluster.HH": ("High–high", "高-高集聚"),
    "cluster.LH": ("Low–high", "低-高集聚"),
    "cluster.LL": ("Low–low", "低-低集聚"),
    "cluster.HL": ("High–low", "高-低集聚"),
    "cluster.not significant": ("Not significant", "不显著"),
    "cluster.isolate": ("No neighbour", "无邻接单元"),
    "cluster.missing": ("No data", "无数据"),
    # legends and frames of maps
    "map.no_data": ("No data", "无数据"),
    "map.isolate": ("No neighbour", "无邻接单元"),
    "map.bivariate": (
        "first: {here} here; second: {there} next door",
        "前：本地{here}；后：邻地{there}",
    ),
    "map.bivariate_here": ("first variable", "第一变量"),
    "map.bivariate_there": ("second variable", "第二变量"),
    "map.km": ("km", "km"),
    "map.inset_scale": ("{ratio}\u00a0× main scale", "主图比例\u00a0×\u00a0{ratio}"),
    "map.province_border": ("Province border", "省级界线"),
    "map.sea_line": ("Line given with the base map", "底图所附界线"),
    "map.sent": ("Spillover sent", "溢出（发出）"),
    "map.received": ("Spillover received", "溢出（接受）"),
    "map.own": ("Own effect", "自身效应"),
    "map.classes": ("classes: {scheme}, {count}", "分级：{scheme}，{count} 级"),
    "map.span": ("{low} to {high}", "{low} 至 {high}"),
    "map.own_long": (
        "Own effect: effect here of a unit change here, feedback included",
        "自身效应：本地变动一单位对本地的影响（含反馈）",
    ),
    "map.sent_long": (
        "Sent: effect on all other units of a unit change here",
        "发出：本地变动一单位对其他所有单元之和的影响",
    ),
    "map.received_long": (
        "Received: effect here of a unit change in all other units",
        "接受：其他所有单元均变动一单位对本地的影响",
    ),
    "map.unnamed": ("no room to name {names}", "图上无处标注：{names}"),
    # graphs of neighbours
    "fault.sound": ("No fault listed here", "未列出问题的单元"),
    "fault.faulty": ("Faults listed here", "列有问题的单元"),
    "fault.overlap": ("Overlap", "重叠"),
    "fault.gap": ("Gap", "缝隙"),
    "fault.sliver": ("Sliver", "狭长碎片"),
    "fault.island": ("Spurious island", "虚假孤立单元"),
    "fault.border": ("Vertices differ along a border", "公共边界节点不一致"),
    "fault.invalid": ("Invalid polygon", "无效多边形"),
    "fault.duplicate geometry": ("Duplicate polygon", "重复多边形"),
    "fault.crs": ("coordinate system", "坐标系"),
    "fault.missing key": ("missing key", "编码缺失"),
    "fault.duplicate key": ("repeated key", "编码重复"),
    "fault.empty": ("no polygon", "无多边形"),
    "fault.not a polygon": ("not a polygon", "非多边形"),
    "fault.symbols": (
        "marks show where faults lie, not their size; a fault between units is listed under the "
        "first of them",
        "符号表示问题所在位置，不代表其大小；涉及多个单元的问题列于首个单元",
    ),
    "fault.placeless": ("without a place on the map: {names}", "无法在图上定位：{names}"),
    "fault.none": ("no faults were found", "未发现问题"),
    "graph.component": ("Component {number}", "连通分量 {number}"),
    "graph.further": ("Further components", "其余连通分量"),
    "graph.outside": ("Not in the weights", "不在权重中"),
    "graph.unit": ("With neighbours", "有邻居"),
    "graph.isolate_both": ("No neighbour in either", "两者均无邻居"),
    "graph.isolate_first": ("No neighbour in the first", "仅在前者中无邻居"),
    "graph.isolate_second": ("No neighbour in the second", "仅在后者中无邻居"),
    "graph.link": ("Link", "连接"),
    "graph.one_way": ("One-way link", "单向连接"),
    "graph.bridge": ("Bridge, joined by hand", "手工另连"),
    "graph.rescued": ("Isolate to its nearest", "孤立单元至最近邻"),
    "graph.shared": ("Link in both", "两者共有"),
    "graph.first": ("Link in the first only", "仅前者有"),
    "graph.second": ("Link in the second only", "仅后者有"),
    "graph.pair": ("first: {first}; second: {second}", "前：{first}；后：{second}"),
    "graph.weights": ("weights: {weights}", "权重：{weights}"),
    "graph.panel": ("{head}: {weights}", "{head}：{weights}"),
    "graph.top": (
        "only the {count} heaviest links of each unit",
        "仅绘各单元权重最大的 {count} 条连接",
    ),
    "map.approval": ("Map approval number: {number}", "审图号：{number}"),
    "map.source": ("Source: {source}", "资料来源：{source}"),
    "map.note": ("Note: {note}", "注：{note}"),
    # how numbers were cut into classes; the part after the dot is the scheme
    "scheme.quantiles": ("quantiles", "分位数"),
    "scheme.equal_interval": ("equal intervals", "等间距"),
    "scheme.std_mean": ("standard deviations from the mean", "均值与标准差"),
    "scheme.fisher_jenks": ("Fisher–Jenks natural breaks", "Fisher–Jenks 自然断点"),
    "scheme.natural_breaks": ("natural breaks", "自然断点"),
    "scheme.max_breaks": ("maximum breaks", "最大间断"),
    "scheme.head_tail_breaks": ("head/tail breaks", "头尾分割"),
    "scheme.box_plot": ("box plot", "箱线图"),
    "scheme.percentiles": ("percentiles", "百分位数"),
    "scheme.pretty_breaks": ("round numbers", "整数分级"),
    "scheme.given": ("given breaks", "给定分级"),
    # how a test was done, for notes below maps and figures
    "note.weights": ("weights: {weights}", "权重：{weights}"),
    "note.two-sided": ("two-sided p", "双侧 p 值"),
    "note.greater": ("one-sided p (greater)", "单侧 p 值（大于）"),
    "note.less": ("one-sided p (less)", "单侧 p 值（小于）"),
    "note.folded": ("folded one-sided p", "折叠单侧 p 值"),
    "note.exact": ("exact permutation distribution", "精确置换分布"),
    "note.permutation": ("conditional permutation", "条件置换"),
    "note.permutations": ("{count} permutations", "{count} 次置换"),
    "note.none": ("no correction for multiple testing", "未作多重检验校正"),
    "note.fdr": (
        "false-discovery correction (Benjamini–Hochberg)",
        "错误发现率校正（Benjamini–Hochberg）",
    ),
    "note.bonferroni": ("Bonferroni correction", "Bonferroni 校正"),
    "note.alpha": ("significant at p\u00a0≤\u00a0{alpha}", "显著性标准 p\u00a0≤\u00a0{alpha}"),
    "note.seed": ("seed {seed}", "随机种子 {seed}"),
    "note.bivariate": (
        "a bivariate cluster may reflect the correlation within the unit itself (Lee 2001)",
        "双变量集聚可能反映本地两变量自身的相关（Lee 2001）",
    ),
    "note.interval": ("bars: {level}% confidence interval", "线段为 {level}% 置信区间"),
    "note.undefined": (
        "not drawn, because it does not exist or is not told apart from infinity: {names}",
        "未绘（不存在或无法与无穷大区分）：{names}",
    ),
    # effects
    "effect.direct": ("Direct effect", "直接效应"),
    "effect.indirect": ("Indirect effect", "间接效应"),
    "effect.total": ("Total effect", "总效应"),
    "effect.short": ("Short run", "短期"),
    "effect.long": ("Long run", "长期"),
    "effect.in_run": ("{kind}, {run}", "{run}{kind}"),
    "effect.model_in_run": ("{name}, {run}", "{name}（{run}）"),
    "effect.axis": ("Effect", "效应"),
    "effect.model": ("Model {number}", "模型 {number}"),
    # measures; after the dot stands the function of analysis.indices
    "measure.location_quotient": ("Location quotient", "区位熵"),
    "measure.expression": ("Expression", "表达式"),
    "measure.density": ("Density", "密度"),
    "measure.specialisation": ("Krugman specialisation", "克鲁格曼专业化指数"),
    "measure.diversity": ("Diversity", "多样化指数"),
    "measure.related_variety": ("Related variety", "相关多样化"),
    "measure.unrelated_variety": ("Unrelated variety", "无关多样化"),
    "measure.coagglomeration": ("Co-agglomeration", "协同集聚指数"),
    "measure.entropy_weights": ("Entropy-weighted index", "熵权法综合指数"),
    "measure.entropy_topsis": ("Entropy-TOPSIS", "熵权 TOPSIS 指数"),
    "measure.principal_component": ("Principal component", "主成分得分"),
    "measure.coupling": ("Coupling coordination", "耦合协调度"),
    "measure.upgrading": ("Industrial upgrading", "产业结构高级化"),
    "measure.rationalisation": ("Industrial rationalisation", "产业结构合理化"),
    "measure.resilience": ("Economic resilience", "经济韧性"),
    "measure.resilience_phases": ("Economic resilience by phase", "分阶段经济韧性"),
    "measure.resilience_index": ("Resilience index", "经济韧性综合指数"),
    # Moran
    "moran.statistic": ("Moran's I", "莫兰指数 I"),
    "moran.expected": ("Expected value", "期望值"),
    "moran.band": (
        "{level} % of the values under no autocorrelation",
        "无自相关时 {level}% 的取值范围",
    ),
    "moran.significant": ("p\u00a0≤\u00a0{alpha}", "p\u00a0≤\u00a0{alpha}"),
    "moran.not_significant": ("p\u00a0>\u00a0{alpha}", "p\u00a0>\u00a0{alpha}"),
    "moran.value_axis": ("{name} (standardised)", "{name}（标准化）"),
    "moran.lag_axis": ("Spatial lag of {name}", "{name}的空间滞后"),
    "moran.value": ("Value", "变量值"),
    "moran.slope": ("Moran's I = {value}", "莫兰指数 I = {value}"),
    "moran.no_data": ("{count} units without data left out", "未计入无数据单元 {count} 个"),
    "moran.no_neighbour": (
        "{count} units without neighbours left out",
        "未计入无邻接单元 {count} 个",
    ),
    "moran.group_slope": ("{name}: slope {value}", "{name}：斜率 {value}"),
    "moran.no_group": ("{count} units without a group in grey", "灰点为未分组单元 {count} 个"),
    "moran.by_group": (
        "lines: least squares of lag on value within each group",
        "直线为各组内滞后值对变量值的最小二乘回归",
    ),
    "moran.p_small": ("p < 0.001", "p < 0.001"),
    "moran.time": ("Year", "年份"),
    # tables
    "table.variable": ("Variable", "变量"),
    "table.outcome": ("Dependent variable", "被解释变量"),
    "table.constant": ("Constant", "常数项"),
    "table.yes": ("Yes", "是"),
    "table.no": ("No", "否"),
    "table.lee-yu": ("Lee–Yu", "Lee–Yu"),
    "table.dof": ("d.f.", "自由度"),
    "table.analytical": ("Analytical", "解析校正"),
    "table.past": ("Yu–de Jong–Lee", "Yu–de Jong–Lee"),
    "table.estimator": ("Estimator", "估计方法"),
    "table.ml": ("ML", "极大似然"),
    "table.gmm": ("2SLS", "两阶段最小二乘"),
    "table.unit_variance": ("σ² of unit effects", "个体效应 σ²"),
    "table.random_effects": ("Unit random effects", "个体随机效应"),
    "table.first_stage": ("First-stage F", "第一阶段 F"),
    "table.overidentification": ("Over-identification, χ²", "过度识别检验 χ²"),
    "table.overidentification_p": ("Over-identification, p", "过度识别检验 p 值"),
    "table.unit_effects": ("Unit fixed effects", "个体固定效应"),
    "table.time_effects": ("Time fixed effects", "时间固定效应"),
    "table.correction": ("Bias correction", "偏误校正"),
    "table.weights": ("Weights", "空间权重"),
    "table.nobs": ("Observations", "观测值"),
    "table.units": ("Units", "个体数"),
    "table.times": ("Periods", "期数"),
    "table.rsquared": ("R²", "R²"),
    "table.loglik": ("Log-likelihood", "对数似然值"),
    "table.aic": ("AIC", "AIC"),
    "table.under_se": ("standard error", "标准误"),
    "table.under_t": ("t statistic", "t 统计量"),
    "table.under_z": ("z statistic", "z 统计量"),
    "table.notes": ("Notes: {notes}", "注：{notes}"),
    "table.note_stars": ("In parentheses: {what}; {stars}.", "括号内：{what}；{stars}。"),
    "table.note_parentheses": ("In parentheses: {what}.", "括号内：{what}。"),
    "table.star_levels": (
        "{signs}: significant at {levels}",
        "{signs} 分别表示在 {levels} 水平上显著",
    ),
    "table.note_loglik": (
        "Log-likelihoods of differently transformed data do not compare across columns.",
        "各列对数似然值基于不同的数据变换，不可跨列比较。",
    ),
    "table.note_star_key": ("{stars}.", "{stars}。"),
    "table.note_outcome": ("Dependent variable: {name}.", "被解释变量：{name}。"),
    "table.note_variable": ("Variable: {name}.", "变量：{name}。"),
    "table.note_model": ("Model: {kind}.", "模型：{kind}。"),
    "table.note_cov": ("Covariance: {kind}.", "协方差：{kind}。"),
    "table.cov_expected": ("expected information", "期望信息矩阵"),
    "table.cov_observed": ("observed information", "观测信息矩阵"),
    "table.cov_robust": ("robust (sandwich)", "稳健（三明治）"),
    "table.cov_homoskedastic": ("equal variances", "同方差"),
    "table.cov_cluster": ("clustered by {by}", "按{by}聚类"),
    "table.cov_and": (" and ", "与"),
    "table.cov_driscoll": ("Driscoll–Kraay, lags: {lags}", "Driscoll–Kraay，滞后 {lags} 期"),
    "table.cov_hac": ("spatial HAC within {km} km (Conley)", "{km} 千米内空间 HAC（Conley）"),
    "table.cov_hac_lags": (
        "spatial HAC within {km} km (Conley), lags: {lags}",
        "{km} 千米内空间 HAC（Conley），滞后 {lags} 期",
    ),
    "table.note_weights": ("Weights: {weights}.", "空间权重：{weights}。"),
    "table.note_columns": ("{columns}: {text}", "第 {columns} 列：{text}"),
    "table.note_lee-yu": (
        "Corrected for the bias of fixed effects after Lee and Yu (2010).",
        "固定效应偏误已按 Lee 和 Yu（2010）校正。",
    ),
    "table.note_past": (
        "The bias of order 1/T beside y(t−1) is subtracted after Yu, de Jong and Lee (2008).",
        "已按 Yu、de Jong 和 Lee（2008）扣除动态模型的 1/T 阶偏误。",
    ),
    "table.note_dof": (
        "Fixed effects are dummies, which σ² and the covariance count as parameters.",
        "固定效应以虚拟变量处理，σ² 与协方差将其计为参数。",
    ),
    "table.note_analytical": (
        "Convention of published tables: effects subtracted before the spatial lag is taken, "
        "estimates corrected afterwards (Lee and Yu, 2010).",
        "沿用已发表表格的惯例：先减去效应再取空间滞后，估计后校正（Lee 和 Yu，2010）。",
    ),
    "table.note_gmm": (
        "Two-stage least squares, fixed effects subtracted as means; no bias to be corrected.",
        "两阶段最小二乘，固定效应以减去均值消去，无需偏误校正。",
    ),
    "table.note_instruments": (
        "First-stage F: of the excluded instruments, beside the other endogenous regressors "
        "(Sanderson and Windmeijer, 2016), the smallest; over-identification: Sargan, or Hansen's "
        "J where variances differ.",
        "第一阶段 F：排除性工具变量在其他内生变量之外的 F（Sanderson 和 Windmeijer，2016），"
        "取最小者；"
        "过度识别：Sargan 检验，异方差时为 Hansen J 检验。",
    ),
    "table.note_endogenous": (
        "Endogenous beside the lag of the outcome: {names}.",
        "除空间滞后之外的内生变量：{names}。",
    ),
    "table.undefined": (
        "n/a: no long run exists, or near a unit root it is not told apart from infinity.",
        "n/a：不存在长期效应，或因接近单位根而无法与无穷大区分。",
    ),
    "table.note_published": (
        "Convention of published tables: effects subtracted before the spatial lag is taken, no "
        "correction.",
        "沿用已发表表格的惯例：先减去效应再取空间滞后，未作校正。",
    ),
    "table.note_no": (
        "Not corrected for the bias of fixed effects.",
        "固定效应偏误未作校正。",
    ),
    "table.note_without": (
        "Without this correction {sign} is {values}.",
        "未作校正时 {sign} 为 {values}。",
    ),
    "table.not_identified": ("not identified", "无法识别"),
    "table.effects_delta": (
        "Standard errors of the effects by the delta method.",
        "效应的标准误由 delta 方法求得。",
    ),
    "table.effects_simulate": (
        "Standard errors of the effects by simulation from the distribution of the estimates.",
        "效应的标准误由估计量分布的模拟抽样求得。",
    ),
    "table.absent": (
        "–: zero by construction of the model.",
        "“–”表示模型设定下恒为零。",
    ),
    "table.note_pearson": (
        "Pearson's correlation over {n} rows; the test takes rows as independent.",
        "Pearson 相关系数，基于 {n} 行观测；检验视各行相互独立。",
    ),
    "table.count": ("N", "观测值"),
    "table.mean": ("Mean", "均值"),
    "table.sd": ("Std. dev.", "标准差"),
    "table.min": ("Min.", "最小值"),
    "table.median": ("Median", "中位数"),
    "table.max": ("Max.", "最大值"),
    "table.moran_statistic": ("I", "莫兰指数 I"),
    "table.moran_expected": ("E(I)", "期望值"),
    "table.moran_std_dev": ("Std. dev.", "标准差"),
    "table.moran_z": ("z", "z 值"),
    "table.moran_p_value": ("p", "p 值"),
    "table.note_moran": ("Inference under randomisation, {side}.", "随机化假设下推断，{side}。"),
    # tables of tests; after the dot of test. stands the name that spatial gives
    "table.tests": ("Tests", "检验"),
    "table.test_test": ("Test", "检验"),
    "table.test_statistic": ("Statistic", "统计量"),
    "table.test_df": ("df", "自由度"),
    "table.test_p_value": ("p", "p 值"),
    "table.test_null": ("Null hypothesis", "原假设"),
    "table.test_decision": ("Decision", "结论"),
    "table.note_normal": (
        "Statistics without degrees of freedom are standard normal under the null hypothesis, the "
        "others χ².",
        "未列自由度者在原假设下服从标准正态分布，其余服从 χ² 分布。",
    ),
    "test.lm_lag": ("LM lag", "LM-lag 检验"),
    "test.lm_error": ("LM error", "LM-error 检验"),
    "test.robust_lm_lag": ("Robust LM lag", "稳健 LM-lag 检验"),
    "test.robust_lm_error": ("Robust LM error", "稳健 LM-error 检验"),
    "test.sarma": ("LM lag and error (SARMA)", "LM 联合检验（SARMA）"),
    "test.lm_wx": ("LM WX", "LM-WX 检验"),
    "test.robust_lm_wx": ("Robust LM WX", "稳健 LM-WX 检验"),
    "test.robust_lm_lag_wx": ("Robust LM lag beside WX", "含 WX 的稳健 LM-lag 检验"),
    "test.lm_sdm": ("LM lag and WX (SDM)", "LM 联合检验（SDM）"),
    "test.lm_sdem": ("LM error and WX (SDEM)", "LM 联合检验（SDEM）"),
    "test.lr_to": ("LR, reduction to {model}", "LR 检验：简化为 {model}"),
    "test.wald_to": ("Wald, reduction to {model}", "Wald 检验：简化为 {model}"),
    "test.lr_effects_none": ("LR, fixed effects", "LR 检验：固定效应联合显著性"),
    "test.lr_effects_unit": ("LR, time effects", "LR 检验：时间固定效应联合显著性"),
    "test.lr_effects_time": ("LR, unit effects", "LR 检验：个体固定效应联合显著性"),
    "test.lr_time_effects": ("LR, time effects", "LR 检验：时间固定效应联合显著性"),
    "test.lr_unit_effects": ("LR, unit effects", "LR 检验：个体固定效应联合显著性"),
    "test.lr_theta": ("LR, OLS against SLX", "LR 检验：OLS 对 SLX"),
    "test.lr_rho": ("LR, SLX against SDM", "LR 检验：SLX 对 SDM"),
    "test.hausman": ("Hausman, random against fixed effects", "Hausman 检验：随机效应对固定效应"),
    "test.hausman_error": ("Hausman, OLS against error model", "Hausman 检验：OLS 对误差模型"),
    "test.pesaran_cd": ("Pesaran CD", "Pesaran CD 检验"),
    "test.residual_moran": ("Moran's I of the residuals", "残差莫兰指数检验"),
    "test.choice": ("Chosen model", "所选模型"),
    "decision.rejected": ("null rejected", "拒绝原假设"),
    "decision.kept": ("null not rejected", "不拒绝原假设"),
    "decision.untested": ("not tested", "未检验"),
    "null.whatever": ("{null}, {free} free", "{null}（{free} 不限）"),
    "null.no correlation": ("no correlation", "无空间相关"),
    "null.no unit effects": ("no unit effects", "无个体固定效应"),
    "null.no time effects": ("no time effects", "无时间固定效应"),
    "null.no twoway effects": ("no fixed effects", "无固定效应"),
    "null.no dependence between units": ("no dependence between units", "个体间无相关"),
    "null.effects uncorrelated with the regressors (random effects)": (
        "effects uncorrelated with the regressors",
        "个体效应与解释变量不相关（随机效应）",
    ),
    "null.the error model is right (least squares agrees)": (
        "the error model is right",
        "误差模型设定正确",
    ),
}


def check_language(lang: str) -> Language:
    """Refuse any language but "en" and "zh"."""
    if lang == "en":
        return "en"
    if lang == "zh":
        return "zh"
    raise InputError(
        f'lang={lang!r} is not a language of this toolkit; use lang="en" or lang="zh".'
    )


def term(key: str, lang: str = "en", **values: object) -> str:
    """Give the printed form of a fixed term.

    Parameters
    ----------
    key
        A key of `TERMS`, such as "cluster.HH" or "effect.direct".
    lang
        "en" or "zh".
    **values
        What stands in the term's {places}, where it has any.

    Raises
    ------
    InputError
        For an unknown key, naming the nearest one, or an unknown language.

    Examples
    --------
    >>> term("effect.indirect", "zh")
    '间接效应'
    >>> term("note.seed", "en", seed=1)
    'seed 1'
    """
    column = LANGUAGES.index(check_language(lang))
    if key not in TERMS:
        near = difflib.get_close_matches(key, TERMS, n=1, cutoff=0.0)
        raise InputError(
            f"the vocabulary has no term {key!r}; the nearest is {near[0]!r}, and terms are added "
            "in analysis/terms.py."
        )
    text = TERMS[key][column]
    return text.format(**values) if values else text


def group_name(name: str, lang: str = "en") -> str:
    """Printed name of a group: yes and no, regions and local classes have fixed words."""
    for key in (f"mechanism.group_{name}", f"cluster.{name}"):
        if key in TERMS:
            return term(key, lang)
    return name
