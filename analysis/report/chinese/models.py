"""What fits, their covariances and their tests say of themselves."""

from __future__ import annotations

__all__ = ["SENTENCES"]

SAMPLE: tuple[tuple[str, str], ...] = (
    (
        "{by:word} uses {first} as the earlier time; the model starts in {start}.",
        "{by}以{first}年为前期，模型自{start}年开始。",
    ),
    (
        "{n:int} [row has|rows have] no row before [it|them] for {by:word} and [counts|count] as "
        "absent: {names}.",
        "有{n}行缺少{by}所需的前期数据，按不存在处理：{names}。",
    ),
    (
        "Units without a row in every year were dropped ({n:int} of {all:int}): {names}. Those who "
        "had them as neighbours lose these from their lags, which draws spillovers towards zero; "
        "fill the gaps if you can.",
        "已剔除数据年份不全的单元（{all}个中的{n}个）：{names}。"
        "其邻居的空间滞后随之缺少这些单元，溢出效应会被低估；如有可能，请补齐缺口。",
    ),
    (
        "Unbalanced panel: {n:int} absent [row is a unit that does|rows are units that do] not "
        "exist in that year ({names}); weights are cut and re-scaled to those present. If they "
        "exist but were not observed, the estimates are biased.",
        "非平衡面板：缺少的{n}行视为当年不存在的单元（{names}），权重逐年剔除并重新标准化。"
        "若这些单元存在而只是未观测，估计有偏。",
    ),
)
CORRECTION: tuple[tuple[str, str], ...] = (
    ("Fixed effects are dummies; no bias correction.", "固定效应以虚拟变量处理，未作偏误校正。"),
    (
        "Fixed effects are transformed out (bias correction of Lee and Yu, 2010).",
        "固定效应经变换消去（Lee和Yu，2010，偏误校正）。",
    ),
    (
        "Bias correction over time only (Lee and Yu, 2010, T−1 periods): {why}, so that time "
        "effects stay dummies.",
        "仅在时间维度作偏误校正（Lee和Yu，2010，T−1期）：{why}，时间效应仍为虚拟变量。",
    ),
    (
        "No bias correction: {why}, so that time effects stay dummies.",
        "未作偏误校正：{why}，时间效应仍为虚拟变量。",
    ),
    (
        "Unit effects are dummies, because {why}; sigma2 and the covariance count these {n:int} "
        "effects as parameters (factor {factor:word}). Time effects are transformed out over units "
        "(Lee and Yu, 2010).",
        "{why}，个体效应以虚拟变量处理；σ²与协方差将这{n}个效应计为参数（系数{factor}）。"
        "时间效应经个体维度的变换消去（Lee和Yu，2010）。",
    ),
    (
        "Unit effects are dummies, because {why}; sigma2 and the covariance count these {n:int} "
        "effects as parameters (factor {factor:word}).",
        "{why}，个体效应以虚拟变量处理；σ²与协方差将这{n}个效应计为参数（系数{factor}）。",
    ),
    (
        "Effects are dummies, because {why}; sigma2 and the covariance count these {n:int} effects "
        "as parameters (factor {factor:word}).",
        "{why}，效应以虚拟变量处理；σ²与协方差将这{n}个效应计为参数（系数{factor}）。",
    ),
    ("the panel is unbalanced", "面板非平衡"),
    ("weights differ by year", "权重随年份变化"),
    ("Unit effects are dummies.", "个体效应以虚拟变量处理。"),
    (
        "Unit effects are dummies; time effects are transformed out over units (Lee and Yu, 2010, "
        "Econometric Theory).",
        "个体效应以虚拟变量处理；"
        "时间效应经个体维度的变换消去（Lee和Yu，2010，Econometric Theory）。",
    ),
    (
        "Unit and time effects are dummies: {why}.",
        "个体与时间效应均以虚拟变量处理：{why}。",
    ),
    (
        "Convention of published tables: the effects are subtracted before the spatial lag is "
        "taken. It is not the likelihood of these data; use it to compare with an older table "
        "only.",
        "沿用已发表表格的惯例：先减去效应，再取空间滞后。这不是该数据的似然，仅供与旧文献的表格对照。",
    ),
    (
        "Convention of published tables: the effects are subtracted before the spatial lag is "
        "taken, and the correction of Lee and Yu (2010) is applied to the estimates. It is not the "
        "likelihood of these data; use it to compare with an older table only.",
        "沿用已发表表格的惯例：先减去效应，再取空间滞后，并按Lee和Yu（2010）校正估计值。"
        "这不是该数据的似然，仅供与旧文献的表格对照。",
    ),
)
DYNAMIC: tuple[tuple[str, str], ...] = (
    (
        "Unit effects bias the coefficients of a dynamic model by an amount of order 1/T (Nickell, "
        "1981), here with T = {t:int}; it is left in.",
        "个体效应使动态模型的系数产生1/T阶偏误（Nickell，1981），此处T = {t}；未予校正。",
    ),
    (
        "The bias of order 1/T that unit effects give y(t−1) is subtracted (Yu, de Jong and Lee, "
        "2008); the log-likelihood is that of its maximum, before the subtraction.",
        "已减去个体效应给y(t−1)带来的1/T阶偏误（Yu、de Jong和Lee，2008）；"
        "对数似然值为校正之前的最大值。",
    ),
    (
        "The bias of order 1/T that unit effects give y(t−1) is left in: {why}.",
        "个体效应给y(t−1)带来的1/T阶偏误未予校正：{why}。",
    ),
    ("the process is not stable (τ + ρ + η ≥ 1)", "过程不稳定（τ + ρ + η ≥ 1）"),
    (
        "it would take {name:word} to {value:word}, outside ({low:word}, {high:word})",
        "校正会使{name}变为{value}，超出区间（{low}，{high}）",
    ),
    (
        "The process is stable: its largest root in time is {root:word}, below one (τ + ρ + η = "
        "{total:word}).",
        "过程稳定：时间上的最大特征根为{root}，小于1（τ + ρ + η = {total}）。",
    ),
    (
        "{why} (τ + ρ + η = {total:word}); long-run effects are left empty. Difference the "
        "outcome, or take time effects.",
        "{why}（τ + ρ + η = {total}）；长期效应留空。请对被解释变量作差分，或加入时间效应。",
    ),
    (
        "{why} (τ + ρ + η = {total:word}); long-run effects are left empty. Difference the "
        "outcome.",
        "{why}（τ + ρ + η = {total}）；长期效应留空。请对被解释变量作差分。",
    ),
    (
        "The process is not stable (largest root {root:word}, which must be below one), so that a "
        "change never settles",
        "过程不稳定（最大特征根{root}，应小于1），变动的影响不会收敛",
    ),
    (
        "The process is near a unit root: the denominator of the long run, 1 − τ − (ρ + η)ω = "
        "{distance:word} with standard error {error:word}, is not told apart from zero",
        "过程接近单位根："
        "长期效应的分母1 − τ − (ρ + η)ω = {distance}（标准误{error}），与零无法区分",
    ),
    (
        "{n:int} periods are few for a dynamic model: the bias correction leaves an error of order "
        "1/T² in, and intervals of y(t−1) are too short.",
        "{n}期对动态模型偏少：偏误校正之后仍余1/T²阶误差，y(t−1)的置信区间偏窄。",
    ),
)
RANDOM: tuple[tuple[str, str], ...] = (
    (
        "Unit effects are random; they must not depend on the regressors.",
        "个体效应为随机效应，须与解释变量无关。",
    ),
    (
        "Unit effects are random outside the filter of the error (Baltagi, Song and Koh, 2003); "
        "they must not depend on the regressors.",
        "个体随机效应位于误差空间滤波之外（Baltagi、Song和Koh，2003），须与解释变量无关。",
    ),
    (
        "Unit effects are random inside the filter of the error (Kapoor, Kelejian and Prucha, "
        "2007); they must not depend on the regressors.",
        "个体随机效应位于误差空间滤波之内（Kapoor、Kelejian和Prucha，2007），须与解释变量无关。",
    ),
    (
        "The variance of the unit effects is estimated as zero: the model is the pooled one.",
        "个体效应的方差估计为零：模型即为混合回归。",
    ),
    (
        "Random effects of {names} are unknown; zero stands for them.",
        "{names}的随机效应未知，以零代替。",
    ),
    (
        "Time effects of {names} are unknown; the mean of those of the sample stands for them.",
        "{names}的时间效应未知，以样本均值代替。",
    ),
)
INSTRUMENTS: tuple[tuple[str, str], ...] = (
    (
        "Fixed effects left as means; two-stage least squares needs no bias correction.",
        "固定效应以减去均值消去；两阶段最小二乘无需偏误校正。",
    ),
    (
        "Instruments beside the exogenous regressors: {names}.",
        "外生解释变量之外的工具变量：{names}。",
    ),
    (
        "Lags that are combinations of other instruments were left out: {names}.",
        "已略去可由其他工具变量线性表出的滞后项：{names}。",
    ),
    (
        "Every regressor enters with its lag, so that lags of lags (W² x) are the only instruments "
        "left for {name}; rho is close to unidentified (conditional first-stage F {f:word}). Name "
        "in lagged= the regressors whose neighbours matter.",
        "所有解释变量均带空间滞后，{name}的工具变量只剩二阶滞后（W² x），ρ近乎无法识别"
        "（条件第一阶段F为{f}）。请用lagged=指明邻地有影响的解释变量。",
    ),
    (
        "Instruments of {name} are weak: its conditional first-stage F is {f:word}, below "
        "{least:word}; its coefficient is biased towards least squares and its interval too "
        "short.",
        "{name}的工具变量较弱：条件第一阶段F为{f}，低于{least}；其系数偏向最小二乘，置信区间偏窄。",
    ),
)
COVARIANCE: tuple[tuple[str, str], ...] = (
    (
        "Standard errors rest on {n:int} clusters by {by}, which is few: they tend to be too "
        "small.",
        "标准误仅基于按{by}划分的{n}个聚类，数目偏少，往往偏小。",
    ),
    (
        "Driscoll–Kraay standard errors rest on {n:int} periods, which is few: they tend to be too "
        "small.",
        "Driscoll–Kraay标准误仅基于{n}期，期数偏少，往往偏小。",
    ),
    (
        "The two-way clustered covariance was not positive semi-definite; its negative eigenvalues "
        "were set to zero (Cameron, Gelbach and Miller, 2011).",
        "双向聚类协方差矩阵非半正定，其负特征值已置为零（Cameron、Gelbach和Miller，2011）。",
    ),
    (
        "The spatial HAC covariance was not positive semi-definite; its negative eigenvalues were "
        "set to zero.",
        "空间HAC协方差矩阵非半正定，其负特征值已置为零。",
    ),
    (
        "What products of errors of two groups have in common comes from {count:int} draws of "
        "groups; this leaves standard errors of the spatial parameters open by about {share:word} "
        "%.",
        "两组误差乘积的共同部分由{count}次随机抽取的组估计；空间参数的标准误由此约有{share}%的不确定性。",
    ),
    (
        "Beyond {most:int} units, what products of errors of two units have in common comes from "
        "{count:int} of their columns, drawn at random; this leaves standard errors of the spatial "
        "parameters open by about {share:word} %.",
        "单元数超过{most}时，两单元误差乘积的共同部分由随机抽取的{count}列估计；"
        "空间参数的标准误由此约有{share}%的不确定性。",
    ),
    (
        "No two units lie within {km:word} km, so that every row stands alone.",
        "{km}千米内没有任何两个单元，各行彼此独立处理。",
    ),
)
DOUBTS: tuple[tuple[str, str], ...] = (
    (
        "{name:word} = {value:word} lies within two standard errors of the edge of its interval "
        "({low:word}, {high:word}); a common trend may be left in the data, and normal intervals "
        "are doubtful.",
        "{name} = {value}距其取值区间（{low}，{high}）的边界不足两个标准误；"
        "数据中可能仍有共同趋势，正态区间不可靠。",
    ),
    (
        "{name:word} = {value:word} lies outside its interval ({low:word}, {high:word}), which "
        "instruments do not keep it in: effects do not exist, and the instruments are weak or the "
        "model is wrong.",
        "{name} = {value}超出其取值区间（{low}，{high}），工具变量估计并不受该区间约束："
        "效应不存在，工具变量较弱或模型设定有误。",
    ),
    (
        "The likelihood has a second maximum near {at}, {lower:word} lower in log-likelihood: rho "
        "and lambda are weakly told apart; prefer SDM or SDEM, or another graph for the error "
        "(w_error=).",
        "似然在{at}附近另有一个极大值，对数似然值低{lower}：ρ与λ难以区分；"
        "宜采用SDM或SDEM，或为误差另设权重（w_error=）。",
    ),
    ("lambda = {lam:word}, rho = {rho:word}", "λ = {lam}、ρ = {rho}"),
    ("lambda = {lam:word}", "λ = {lam}"),
    (
        "The estimates of rho ({rho:word}) and lambda ({lam:word}) have a correlation of "
        "{correlation:word} and cancel each other in part: they are weakly told apart; compare "
        "with SDM and SDEM.",
        "ρ（{rho}）与λ（{lam}）的估计值相关系数为{correlation}，且部分相互抵消："
        "二者难以区分；请与SDM和SDEM对照。",
    ),
    (
        "The estimates of rho ({rho:word}) and lambda ({lam:word}) have a correlation of "
        "{correlation:word}: they are weakly told apart; compare with SDM and SDEM.",
        "ρ（{rho}）与λ（{lam}）的估计值相关系数为{correlation}：二者难以区分；请与SDM和SDEM对照。",
    ),
    (
        "Regressors nearly follow from the others (variance inflation): {names}; their standard "
        "errors are large for that reason; leave some out, or choose with lagged= what enters as "
        "W x.",
        "部分解释变量几乎可由其他变量表出（方差膨胀因子）：{names}；其标准误因此偏大，"
        "可删去部分变量，或用lagged=选择以W x进入的变量。",
    ),
    (
        "Regressors nearly follow from the others (variance inflation): {names}; their standard "
        "errors are large for that reason; leave some out.",
        "部分解释变量几乎可由其他变量表出（方差膨胀因子）：{names}；其标准误因此偏大，"
        "可删去部分变量。",
    ),
    (
        "With {periods:int} periods and unit effects as dummies, sigma2 is too small by about one "
        "part in {periods:int}, and standard errors with it; leave bias_correction out.",
        "共{periods}期且个体效应为虚拟变量，σ²约偏小{periods}分之一，标准误随之偏小；"
        "请不设bias_correction。",
    ),
    (
        "The decay of {lag} lies at the edge of its bounds ({low:word} to {high:word}): it is not "
        "identified, or the bounds are too narrow.",
        "{lag}的衰减参数位于取值范围（{low}至{high}）的边界：无法识别，或范围过窄。",
    ),
    (
        "The difference of the covariances is not positive definite; a generalised inverse of its "
        "positive part was taken, and df counts that part. Where this decides, include the means "
        "of the regressors by unit in the random-effects model (Mundlak) and test them instead.",
        "两协方差之差非正定，已取其正定部分的广义逆，自由度按该部分计。"
        "若结论取决于此，请在随机效应模型中加入解释变量的个体均值（Mundlak）并加以检验。",
    ),
)
PROBES: tuple[tuple[str, str], ...] = (
    (
        'The log-determinant comes from {n:int} random probes (logdet="lanczos"), so that '
        "{name:word} is off by about {off:word} (one standard error), {share:word} % of its own "
        "standard error, and the log-likelihood by about {level:word}.",
        '对数行列式由{n}个随机向量估计（logdet="lanczos"），由此给{name}带来约{off}的误差'
        "（一个标准误），为其自身标准误的{share}%，对数似然的误差约为{level}。",
    ),
    (
        'The log-determinant comes from {n:int} random probes (logdet="lanczos"), so that rho and '
        "lambda are off by about {off:word} and {away:word} (one standard error), {share:word} and "
        "{part:word} % of their own standard errors, and the log-likelihood by about {level:word}.",
        '对数行列式由{n}个随机向量估计（logdet="lanczos"），由此给rho与lambda带来约{off}与{away}的误差'
        "（一个标准误），分别为其自身标准误的{share}%与{part}%，对数似然的误差约为{level}。",
    ),
    (
        'Direct effects rest on {n:int} random probes (logdet="lanczos"), which know their mean '
        "multiplier to {off:word} (one standard error).",
        '直接效应依据{n}个随机向量（logdet="lanczos"），其平均乘数的误差约为{off}（一个标准误）。',
    ),
)
SENTENCES = (*SAMPLE, *CORRECTION, *DYNAMIC, *RANDOM, *INSTRUMENTS, *COVARIANCE, *DOUBTS, *PROBES)
