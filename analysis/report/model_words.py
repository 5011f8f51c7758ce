"""Sentences of the report on models: what they are, how they are estimated, what they find."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["MODEL_WORDS"]

MODEL_WORDS: Mapping[str, tuple[str, str]] = {
    # what is asked
    "effects.none": ("no fixed effects", "无固定效应"),
    "effects.unit": ("unit fixed effects", "个体固定效应"),
    "effects.time": ("time fixed effects", "时间固定效应"),
    "effects.twoway": ("unit and time fixed effects", "个体与时间双固定效应"),
    "effects.random": ("unit random effects", "个体随机效应"),
    "kind.dynamic": ("a dynamic {kind}", "动态{kind}"),
    "asked": (
        (
            "Does {focus} in one place go with “{outcome}” there and in neighbouring places? "
            "The model is {kind} with {effects}, weights “{weights}”, {period}."
        ),
        "一地的{focus}与本地及邻地的“{outcome}”有何关系？模型为{kind}，{effects}，权重“{weights}”，{period}。",
    ),
    "asked_here": (
        (
            "Does {focus} in one place go with “{outcome}” there? The model is {kind} with "
            "{effects}, weights “{weights}”, {period}."
        ),
        "一地的{focus}与当地的“{outcome}”有何关系？模型为{kind}，{effects}，权重“{weights}”，{period}。",
    ),
    # how it is estimated
    "method.model": ("The main model:", "主模型："),
    "method.moran": (
        "Moran's I of all units and of unit i, with z the deviation from the mean, w_ij the "
        "weights, S_0 their sum and m_2 the mean of z²:",
        "全局与第i个单元的莫兰指数，z为对均值的离差，w_ij为权重，S_0为权重之和，m_2为z²的均值：",
    ),
    "method.where": (
        "Here {signs}; ε is normal with variance σ².",
        "其中{signs}；ε服从方差为σ²的正态分布。",
    ),
    "sign.X": ("X holds the regressors", "X为解释变量"),
    "sign.W": ("W the spatial weights", "W为空间权重"),
    "sign.ρ": ("ρ is the spatial lag of the outcome", "ρ为被解释变量的空间滞后系数"),
    "sign.λ": ("λ is the spatial lag of the error", "λ为误差的空间滞后系数"),
    "sign.θ": ("θ holds the coefficients of the neighbours' regressors", "θ为邻地解释变量的系数"),
    "sign.τ": ("τ belongs to the outcome of the year before", "τ为上期被解释变量的系数"),
    "sign.η": ("η to its spatial lag", "η为上期被解释变量空间滞后的系数"),
    "sign.μ": ("μ holds the effects of the units", "μ为个体效应"),
    "sign.α": ("α the effects of the years", "α为时间效应"),
    "method.effect": (
        "Effects of regressor k, a matrix with an entry for each pair of units:",
        "第k个解释变量的效应，为各单元对构成的矩阵：",
    ),
    "method.means": (
        "The direct effect is the mean of the diagonal, the indirect effect (spillover) the mean "
        "of the row sums beside it, N the number of units:",
        "直接效应为对角元素的均值，间接效应（溢出）为各行其余元素之和的均值，N为单元数：",
    ),
    "method.direct": ("direct", "直接效应"),
    "method.indirect": ("indirect", "间接效应"),
    "method.long": (
        "In the long run, where a change stays for good:",
        "长期（变动持续存在）的效应为：",
    ),
    "method.unbalanced": (
        "Each year has the weights of the units that are there, W_t.",
        "各年仅取当年存在的单元的权重W_t。",
    ),
    "method.ml": (
        "Estimated by maximum likelihood, n = {count} observations.",
        "以极大似然估计，观测数n = {count}。",
    ),
    "method.lee-yu": (
        "Fixed effects leave by an orthonormal transformation before the likelihood is written "
        "down, which corrects the bias they cause (Lee and Yu, 2010).",
        "固定效应先经正交变换消去，再写出似然，从而校正其带来的偏误（Lee和Yu，2010）。",
    ),
    "method.past": (
        "The bias of order 1/T that unit effects cause beside y(t−1) is subtracted from the "
        "estimates (Yu, de Jong and Lee, 2008).",
        "个体效应在y(t−1)存在时带来的1/T阶偏误已从估计值中减去（Yu、de Jong和Lee，2008）。",
    ),
    "method.dof": (
        "Fixed effects are dummies, which σ² and the covariance count as parameters.",
        "固定效应以虚拟变量处理，σ²与协方差将其计为参数。",
    ),
    "method.no": (
        "Fixed effects are dummies; the bias that they cause is not corrected.",
        "固定效应以虚拟变量处理，其带来的偏误未作校正。",
    ),
    "method.random": (
        "μ is random with variance σ_μ² and independent of X.",
        "μ为随机效应，方差为σ_μ²，与X相互独立。",
    ),
    "method.cov": ("Standard errors: {kind}.", "标准误：{kind}。"),
    # what it finds
    "find.no_spillover": (
        "{kind} has no spillover of “{x}” by construction: what happens elsewhere reaches a place "
        "through the errors alone.",
        "按模型设定，{kind}不含“{x}”的空间溢出：外地的变动只通过误差影响本地。",
    ),
    "find.no_lag": (
        "The model has no spillover of “{x}”: neither its lag nor that of “{y}” is in it.",
        "模型不含“{x}”的空间溢出：其空间滞后与“{y}”的空间滞后均未纳入。",
    ),
    "find.no_long_run": (
        "No long-run effect of “{x}” is given: it does not exist, or near a unit root it is not "
        "told apart from infinity.",
        "未给出“{x}”的长期效应：其不存在，或因接近单位根而无法与无穷大区分。",
    ),
    "find.rho": (
        "Spatial dependence of “{y}” itself: ρ = {value} (95 % interval {low} to {high}){verdict}",
        "“{y}”自身的空间依赖：ρ = {value}（95%置信区间{low}至{high}）{verdict}",
    ),
    "find.lambda": (
        "Spatial dependence of what the regressors leave of “{y}”: λ = {value} (95 % interval "
        "{low} to {high}){verdict}",
        "解释变量未能说明的“{y}”部分的空间依赖：λ = {value}（95%置信区间{low}至{high}）{verdict}",
    ),
    "find.lee-yu": (
        "{sign} is bias-corrected after Lee and Yu (2010); without the correction it is {value}.",
        "{sign} 经Lee和Yu（2010）偏误校正；未校正时为{value}。",
    ),
    "find.past": (
        "{sign} is bias-corrected after Yu, de Jong and Lee (2008); without the correction it is "
        "{value}.",
        "{sign} 经Yu、de Jong和Lee（2008）偏误校正；未校正时为{value}。",
    ),
    "rho.none": (
        ": the interval includes zero, so there is no evidence of it.",
        "：区间包含零，没有证据表明存在空间依赖。",
    ),
    "rho.up": (": neighbours move together.", "：邻近单元同向变动。"),
    "rho.down": (": neighbours move apart.", "：邻近单元反向变动。"),
    "unit_maps_short": (
        "Lists and maps of places are those of the short run.",
        "各地的清单与地图均为短期效应。",
    ),
    # how far it reaches
    "limit.random": (
        "Random effects must not go with the regressors; where they do, all coefficients are "
        "inconsistent, and fixed effects are the remedy.",
        "随机效应须与解释变量无关，否则全部系数不一致，应改用固定效应。",
    ),
    "limit.no_spillover": (
        "The model rules spillovers of the regressors out; that it finds none is no evidence "
        "against them.",
        "模型设定排除了解释变量的溢出；未见溢出并不构成不存在溢出的证据。",
    ),
    "limit.unbalanced": (
        "Units without a row in a year are taken not to exist in it; if they exist and were not "
        "observed, the estimates are biased.",
        "当年没有数据的单元视为不存在；若其存在而只是未观测，估计有偏。",
    ),
}
