"""Why a fit among many could not be had: refusals that a report prints instead of numbers."""

from __future__ import annotations

__all__ = ["SENTENCES"]

DATA: tuple[tuple[str, str], ...] = (
    (
        "values are missing: {gaps}. Fill them in, or leave these units or years out.",
        "存在缺失值：{gaps}。请补齐，或剔除相应单元或年份。",
    ),
    (
        "{label:own} is infinite or missing in {n:int} [row|rows] ({names:own}); mend these "
        "values, or leave the units or years out.",
        "{label}有{n}行为无穷或缺失（{names}）；请修正这些数值，或剔除相应单元或年份。",
    ),
    (
        "{label:own} is missing in {n:int} [row|rows] ({names:own}); mend these values, or leave "
        "the units or years out.",
        "{label}有{n}行缺失（{names}）；请修正这些数值，或剔除相应单元或年份。",
    ),
    (
        "the formula names {lost:own}, which the table lacks; did you mean {near:own}?",
        "公式中的{lost}在数据表中不存在；是否应为{near}？",
    ),
    (
        "the formula names {lost:own}, which the table lacks; the table has {names:own}.",
        "公式中的{lost}在数据表中不存在；数据表的列为{names}。",
    ),
    (
        "the formula has no term {lost:own}; its terms are {names:own}.",
        "公式中没有变量{lost}；其变量为{names}。",
    ),
    (
        "lagged= names {lost:own}, which is no term of the formula; its terms are {names:own}.",
        "lagged=中的{lost}不是公式中的变量；其变量为{names}。",
    ),
    (
        "the panel is unbalanced: {n:int} [row is|rows are] absent ({names:own}); give "
        'missing="absent" if these units do not exist in those years, or missing="drop_units" to '
        "keep the {kept:int} units observed in every year "
        "(panel.subset(units=panel.complete_units) does the same; panel.subset(years=(first, "
        "last)) may keep more).",
        '面板非平衡：缺少{n}行（{names}）；若这些单元当年不存在，请设missing="absent"，'
        '或设missing="drop_units"以保留各年均有观测的{kept}个单元。',
    ),
    (
        "{by:word} leaves no time with data; the panel needs at least two consecutive times.",
        "{by}之后没有可用的时期；面板至少需要两个相邻时期。",
    ),
    (
        'the panel has one {time}, {year}, from which effects="{effects:word}" cannot be told '
        'apart; add years, or fit effects="none" on panel.at({again}).',
        '面板只有一个时期（{year}），无法识别effects="{effects}"；请增加年份。',
    ),
    (
        "{n:int} [unit|units] of {data} [is|are] not in {source}: {names:own}; drop them from the "
        "data or build the weights with them.",
        "有{n}个单元不在权重中：{names}；请从数据中剔除，或将其纳入权重。",
    ),
)
PARTS: tuple[tuple[str, str], ...] = (
    ("{label:own} in {n:int} [row|rows] ({names})", "{label}有{n}行（{names}）"),
)
COLUMNS: tuple[tuple[str, str], ...] = (
    (
        "{label:own} is a combination of {names:own} (perfectly collinear); leave one of them "
        "out, or choose with lagged= what enters as W x.",
        "{label}可由{names}线性表出（完全共线）；请删去其一，或用lagged=选择以W x进入的变量。",
    ),
    (
        "{label:own} is a combination of {names:own} (perfectly collinear); leave one of them out.",
        "{label}可由{names}线性表出（完全共线）；请删去其一。",
    ),
    (
        "{names:own} [is|are] constant; leave [it|them] out or choose other effects.",
        "{names}为常数；请删去，或选用其他效应。",
    ),
    ("{names} [is|are] constant; leave [it|them] out.", "{names}为常数；请删去。"),
    (
        "{names:own} [is|are] absorbed by {effects}; leave [it|them] out or choose other effects.",
        "{names}被{effects}吸收；请删去，或选用其他效应。",
    ),
    (
        "{y:own} does not vary within {effects}; there is nothing to explain.",
        "{y}在{effects}内没有变异，无可解释。",
    ),
    ("{y} does not vary; there is nothing to explain.", "{y}没有变异，无可解释。"),
    ("unit effects", "个体效应"),
    ("time effects", "时间效应"),
    ("unit and time effects", "个体与时间效应"),
    (
        "{y:own} has no regressor beside the effects; add one to the formula.",
        "除效应外{y}没有解释变量；请在公式中加入。",
    ),
    (
        "{n:int} observations cannot carry {k:int} coefficients and {m:int} effects; use fewer "
        "regressors or more years.",
        "{n}个观测不足以估计{k}个系数与{m}个效应；请减少解释变量或增加年份。",
    ),
    (
        "the regressors reproduce {y:own} exactly; an identity is among them, leave it out.",
        "解释变量完全复现{y}，其中含恒等式；请删去。",
    ),
)
WEIGHTS: tuple[tuple[str, str], ...] = (
    (
        "{names:own} is {y:own} {k:int} [step|steps] earlier, which {effects:word} effects bias; "
        'leave it out of the formula and set dynamic=("y",), or dynamic=("y", "Wy") for its '
        "spatial lag too.",
        "{names}为{y}的前{k}期，固定效应会使其有偏；请从公式中删去，"
        '并设dynamic=("y",)或("y", "Wy")。',
    ),
    (
        "none of the {n:int} units has a neighbour among the others, so that nothing can be "
        "lagged; use weights that reach farther, or bridges=.",
        "{n}个单元均没有邻居，无法取空间滞后；请采用范围更大的权重，或设bridges=。",
    ),
    (
        "the spatial lag of {y:own} does not vary; use weights that tell units apart or an outcome "
        "that differs between neighbours.",
        "{y}的空间滞后没有变异；请采用能区分各单元的权重，或邻地间有差异的被解释变量。",
    ),
    (
        "the spatial lag of {y:own} is a multiple of it, as where every unit neighbours every "
        "other alike; use weights that tell units apart.",
        "{y}的空间滞后是其自身的倍数（例如各单元彼此等权相邻）；请采用能区分各单元的权重。",
    ),
    (
        "the lag of the error is a multiple of it once {effects:word} effects have left, as where "
        "every unit neighbours every other alike; use weights that tell units apart.",
        "消去效应后误差的空间滞后是其自身的倍数（例如各单元彼此等权相邻）；请采用能区分各单元的权重。",
    ),
    (
        "all weights of {names:own} vanish: they are too far from every other city for "
        "km={km:word}; raise it.",
        "{names}的权重全部为零：km={km}时距其他城市过远；请增大该值。",
    ),
    (
        "beyond_km={km:word} leaves no pair within {reach:word} km; give less.",
        "beyond_km={km}之外在{reach}千米内没有任何城市对；请减小该值。",
    ),
    (
        "{n:int} [pair of cities lies|pairs of cities lie] at the same point, first {one} and "
        "{other}; their weight would be infinite: move or drop one of them, or use weights.knn.",
        "有{n}对城市位于同一点（首对为{one}与{other}），权重将为无穷；请移动或剔除其一，或改用weights.knn。",
    ),
)
LIKELIHOOD: tuple[tuple[str, str], ...] = (
    (
        "the likelihood rises to the edge of the admissible interval of {name:word} ({low:word}, "
        "{high:word}), so that the {what} is not told apart from a common movement; without bias "
        "correction only the singularity at one would hold it below; use weights that reach less "
        "far (power=2, cutoff_km=, contiguity) or a regressor that carries the common movement.",
        "似然在{name}取值区间（{low}，{high}）的边界处最大，{what}与共同变动无法区分"
        "（不作偏误校正时仅靠1处的奇点将其压低）；"
        "请采用范围较小的权重（power=2、cutoff_km=、邻接），或加入反映共同变动的解释变量。",
    ),
    (
        "the likelihood rises to the edge of the admissible interval of {name:word} ({low:word}, "
        "{high:word}), so that the {what} is not told apart from a common movement; use weights "
        "that reach less far (power=2, cutoff_km=, contiguity) or a regressor that carries the "
        "common movement.",
        "似然在{name}取值区间（{low}，{high}）的边界处最大，{what}与共同变动无法区分；"
        "请采用范围较小的权重（power=2、cutoff_km=、邻接），或加入反映共同变动的解释变量。",
    ),
    ("spatial lag", "空间滞后"),
    ("spatial error", "空间误差"),
    (
        "the information is singular, so that these data and weights do not tell the parameters "
        "apart, as where every unit neighbours every other alike; fit a smaller model, or use "
        "other weights.",
        "信息矩阵奇异，这些数据与权重无法区分各参数（例如各单元彼此等权相邻）；请采用更简单的模型，或其他权重。",
    ),
    (
        "rho = {rho:word} lies outside its interval ({low:word}, {high:word}), where effects do "
        "not exist; look at first_stage() for weak instruments, and name regressors in lagged= or "
        "more instruments=.",
        "ρ = {rho}超出其取值区间（{low}，{high}），效应不存在；工具变量可能较弱，"
        "请用lagged=指明变量，或用instruments=增加工具变量。",
    ),
    (
        "the bias correction of a dynamic model does not exist here: {why}; use "
        "bias_correction=None, or more years.",
        "动态模型的偏误校正在此不存在：{why}；请设bias_correction=None，或增加年份。",
    ),
    (
        "the likelihood with a random unit effect does not settle; rescale the regressors, or use "
        'effects="unit".',
        '含个体随机效应的似然未能收敛；请调整解释变量的量级，或设effects="unit"。',
    ),
    (
        'effects="random" needs a balanced panel and one graph for all years; keep complete units '
        '(missing="drop_units"), or use effects="unit".',
        'effects="random"要求平衡面板与各年同一权重；请保留数据完整的单元，或设effects="unit"。',
    ),
)
INSTRUMENTS: tuple[tuple[str, str], ...] = (
    (
        "{names:own} need {k:int} instruments beside the exogenous regressors, and there are "
        "{n:int}; name more with instruments=, lag fewer regressors with lagged=, or raise "
        "orders=.",
        "{names}除外生解释变量外需要{k}个工具变量，现有{n}个；"
        "请用instruments=增加，用lagged=减少滞后变量，或提高orders=。",
    ),
    (
        '{kind:word} without endogenous regressors is least squares, to which estimator="gmm" adds '
        "nothing; leave estimator= out, or name regressors with endogenous=.",
        '{kind}没有内生变量，即为最小二乘，estimator="gmm"并无作用；请略去，或用endogenous=指明内生变量。',
    ),
    (
        "{k:int} instruments, exogenous regressors among them, leave nothing of {n:int} rows less "
        "the effects; use fewer regressors, lower orders=, or more years.",
        "连同外生变量共{k}个工具变量，{n}个观测扣除效应后已无剩余；请减少解释变量，降低orders=，或增加年份。",
    ),
    (
        'estimator="gmm" finds lambda beside unit effects only in a balanced panel with the same '
        "weights in all times, because their number grows with that of the units; use "
        'estimator="ml", or keep complete units (missing="drop_units").',
        '存在个体效应时，estimator="gmm"仅能在权重不变的平衡面板中估计λ；'
        '请设estimator="ml"，或保留数据完整的单元。',
    ),
    (
        "the moments of the error fall up to the edge of the interval of lambda, {lam:word}; a "
        "common trend or a lag of y may be left in the error, so add effects= or use SDM.",
        "误差矩条件在λ取值区间的边界{lam}处最小；误差中可能仍有共同趋势或y的滞后，请加入effects=或采用SDM。",
    ),
)
COVARIANCES: tuple[tuple[str, str], ...] = (
    (
        'covariance "{kind:word}" is not available; it is one of {names:own}.',
        "没有名为“{kind}”的协方差；可选{names}。",
    ),
    (
        'covariance "{kind:word}" is not available with effects="random"; it is "expected" or '
        '"observed".',
        "随机效应下没有协方差“{kind}”；可选“expected”或“observed”。",
    ),
    (
        'with_cov("{kind:word}") needs {name:word}=, such as {example}.',
        "协方差“{kind}”需要设定{name}=，如{example}。",
    ),
    (
        "by={by} puts all rows into one group, {group}; clusters need at least two.",
        "按{by}划分只有一组（{group}）；聚类至少需要两组。",
    ),
    (
        "what rows contribute to the estimate of {names:own} cancels within every group or "
        "period, as over two periods with unit effects, and the standard error would be zero; sum "
        "over other "
        'groups, such as with_cov("cluster", by="unit").',
        "{names}估计值的各行贡献在每组或每期内相互抵消（如两期且含个体效应），标准误将为零；请按其他组别聚类。",
    ),
    (
        'with_cov("driscoll-kraay") needs a panel of several periods; for a cross-section use '
        'with_cov("hac", km=...).',
        "Driscoll–Kraay协方差需要多期面板；截面数据请采用空间HAC。",
    ),
)
CHANGES: tuple[tuple[str, str], ...] = (
    (
        "lag_regressors cannot shift {names:own}, which also stands in the outcome; give the "
        "regressor a column of its own.",
        "无法滞后{names}，因其也出现在被解释变量中；请为解释变量单列一列。",
    ),
    (
        "no period of the panel has another {k:int} before it.",
        "面板中没有任何时期之前还有{k}期。",
    ),
    ("drop names {names}, which the data lack.", "剔除名单中的{names}在数据中不存在。"),
    ("drop leaves no unit.", "剔除后没有剩余单元。"),
    ("drop_times names {names}, which the data lack.", "剔除年份中的{names}在数据中不存在。"),
    ("drop_times leaves no time.", "剔除后没有剩余年份。"),
)
SIZE: tuple[tuple[str, str], ...] = (
    (
        "{what} would need about {need:size} of memory and {left:size} are available; {remedy}.",
        "{what}约需{need}内存，可用内存为{left}；{remedy}。",
    ),
    ("a fit of {n:int} rows and {k:int} columns", "{n}行、{k}列的估计"),
    ("all eigenvalues of {n:int} units", "{n}个单元的全部特征值"),
    ("the factors of {n:int} units with {links:int} links", "{n}个单元、{links}条连接的矩阵分解"),
    (
        "leave regressors out, name in lagged= those whose neighbours matter, or take fewer units "
        "or years",
        "请减少解释变量，用lagged=指明邻地有影响的变量，或减少单元或年份",
    ),
    ('leave logdet="eigenvalues" out', '请不设logdet="eigenvalues"'),
    (
        'leave logdet="{way:word}" out, or set logdet="lanczos"',
        '请不设logdet="{way}"，或设logdet="lanczos"',
    ),
    (
        'logdet="cholmod" needs weights that are symmetric up to row scaling, which those of k '
        'nearest neighbours are not; set logdet="lu", or leave it out.',
        'logdet="cholmod"要求权重在行标准化之前对称，k近邻权重不满足；请设logdet="lu"，或略去。',
    ),
    (
        'logdet="cholmod" needs scikit-sparse, which is not installed or cannot be loaded; install '
        '"cityripple[sparse]" or conda-forge\'s scikit-sparse, or set logdet="lu".',
        'logdet="cholmod"需要scikit-sparse，当前未安装或无法载入；请安装，或设logdet="lu"。',
    ),
)
PROBABILITIES: tuple[tuple[str, str], ...] = (
    (
        "model='{kind:word}'; it is SLX, SAR, SDM, SEM or SDEM.",
        "后验概率只对SLX、SAR、SDM、SEM与SDEM有定义，不适用于{kind}。",
    ),
    (
        "the weights {names:own} leave different numbers of observations after the effects were "
        "transformed out; compare graphs whose rows all sum to one, or set bias_correction=None.",
        "消去固定效应后，权重{names}所余的观测数不同；"
        "请比较各行之和均为一的权重，或设bias_correction=None。",
    ),
)
SENTENCES = (
    *DATA, *PARTS, *COLUMNS, *WEIGHTS, *LIKELIHOOD, *INSTRUMENTS, *COVARIANCES, *CHANGES, *SIZE,
    *PROBABILITIES,
)  # fmt: skip
