"""Fixed sentences of the report in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from analysis.report.claim_words import CLAIM_WORDS
from analysis.report.class_words import CLASS_WORDS
from analysis.report.mechanism_words import MECHANISM_WORDS
from analysis.report.model_words import MODEL_WORDS
from analysis.report.sensitivity_words import SENSITIVITY_WORDS
from analysis.report.shock_words import SHOCK_WORDS
from analysis.report.spread_words import SPREAD_WORDS
from analysis.terms import LANGUAGES, Language

__all__ = ["SYNTHETIC", "WORDS", "Words"]

SYNTHETIC = {
    "en": "Synthetic data: drawn by a script, not observed",
    "zh": "合成数据：由脚本生成，并非实际观测",
}

WORDS: Mapping[str, tuple[str, str]] = {
    **CLASS_WORDS,
    **SPREAD_WORDS,
    **SENSITIVITY_WORDS,
    **SHOCK_WORDS,
    **MODEL_WORDS,
    **MECHANISM_WORDS,
    **CLAIM_WORDS,
    # headings
    "question": ("The question", "研究问题"),
    "data": ("Data", "数据"),
    "measures": ("Measures", "指标测度"),
    "weights": ("Spatial weights", "空间权重"),
    "clustering": ("Spatial autocorrelation", "空间自相关"),
    "choosing": ("Choice of the model", "模型选择"),
    "models": ("Models", "模型估计"),
    "effects": ("Direct, indirect and total effects", "直接、间接与总效应"),
    "spillovers": ("Who spills over to whom", "溢出的来源与去向"),
    "truth": ("Truth and estimate", "真值与估计"),
    "notes": ("Notes of the estimation", "估计说明"),
    "limits": ("Limits", "局限"),
    "references": ("References", "参考文献"),
    "reproduce": ("Reproducibility", "可重复性"),
    "findings": ("Findings", "主要结果"),
    # question
    "all_years": (
        "Every year stands in tables/{stem}.csv.",
        "全部年份见 tables/{stem}.csv。",
    ),
    "asked_clusters": (
        "Do {columns} cluster in space? Weights “{weights}”, {period}.",
        "{columns}在空间上是否集聚？权重“{weights}”，{period}。",
    ),
    "formula": ("Formula", "公式"),
    "period": ("{first} to {last} ({count} periods)", "{first}—{last}年（{count}期）"),
    "cross_section": ("one cross-section", "单期截面"),
    # data
    "boundaries_line": (
        "Boundaries: {file}, {count} units. {source}",
        "边界：{file}，共{count}个单元。{source}",
    ),
    "table_line": (
        "Table: {file}, {rows} rows, {units} units.",
        "数据表：{file}，{rows}行，{units}个单元。",
    ),
    "sample_line": (
        "Sample of the models: {units} units, {period}, {rows} rows.",
        "模型样本：{units}个单元，{period}，共{rows}行。",
    ),
    "matched_line": ("Names matched to boundaries: {counts}.", "名称与边界的匹配：{counts}。"),
    "idle_line.one": (
        "1 unit of the boundaries has no row in the table; the maps show it as “no data”.",
        "边界中有1个单元在数据表中没有记录，地图上标为“无数据”。",
    ),
    "how.exact": ("{count} exactly", "完全一致{count}个"),
    "how.alias": ("{count} by alias", "经别名{count}个"),
    "how.suffix": ("{count} by suffix", "经补全后缀{count}个"),
    "how.code": ("{count} by code", "经代码{count}个"),
    "how.none": ("{count} not", "未匹配{count}个"),
    "idle_line": (
        "{count} units of the boundaries have no row in the table; the maps show them as “no "
        "data”.",
        "边界中有{count}个单元在数据表中没有记录，地图上标为“无数据”。",
    ),
    "left_out": ("Left out, and why", "未纳入的单元及原因"),
    "left_out_none": ("No unit of the table was left out.", "数据表中的单元全部纳入。"),
    "reason.drop_units": (
        "named in the study file (drop_units)",
        "研究文件中指定剔除（drop_units）",
    ),
    "reason.no_polygon": (
        "named in the study file (drop_units); no polygon in the boundaries",
        "研究文件中指定剔除（drop_units）；边界中没有对应的多边形",
    ),
    "reason.keep": ("outside the classes kept ({column})", "不在保留的类别之内（{column}）"),
    "reason.missing": ("incomplete: {what}", "数据不全：{what}"),
    "repairs": ("What was mended in the boundaries and the table", "边界与数据表的修正"),
    "faults": ("Faults of the boundaries, not mended", "边界中尚未修正的问题"),
    "faults_intro": (
        (
            "Neighbours are told from shared borders, and the boundaries have faults that can "
            "take or add some. Faults found: {count}; shapes.repair mends what is asked for."
        ),
        (
            "邻接关系依公共边界判定，而边界中存在可能使邻接缺失或多出的问题，共{count}处；"
            "可用shapes.repair按需修正。"
        ),
    ),
    "before_km2": ("Area before, km²", "修正前面积（km²）"),
    "after_km2": ("Area after, km²", "修正后面积（km²）"),
    "suspicious": ("Values that deserve a second look", "需要核对的数值"),
    "suspicious_intro": (
        (
            "Nothing below was changed or dropped. Growth beyond ±50 %, a change from one year "
            "to the next by more than a "
            "factor of 2.2, or a zero where zeros are rare. Values found: {count}; columns "
            "concerned: {columns}; values in columns and years that the models use: {inside}. "
            "The complete list is in results.json."
        ),
        (
            "以下数值均未改动或剔除。增长率超过±50%、相邻两年变动超过2.2倍、或在很少为零的列中出现零值："
            "{columns}列共{count}个，其中{inside}个位于模型所用的列与年份。完整清单见results.json。"
        ),
    ),
    "suspicious_none": (
        "The check for implausible growth, jumps and lone zeros found nothing.",
        "对异常增长率、跳变与孤立零值的检查未发现问题。",
    ),
    "suspicious.growth": ("growth beyond ±50 %", "增长率超过±50%"),
    "suspicious.jump": (
        "{factor} times the year before ({before})",
        "为上年（{before}）的{factor}倍",
    ),
    "suspicious.zero": ("zero", "零值"),
    "suspicious_rest": (
        "Jumps in columns that this study does not use: {counts}.",
        "本研究未使用的列中的跳变：{counts}。",
    ),
    "interpolated": ("Interpolated values", "插补的数值"),
    "interpolated_intro": (
        "{count} gaps between known years were filled along a straight line.",
        "有{count}处缺失值以前后年份线性插补。",
    ),
    "described": ("Description of the variables", "变量描述"),
    "interpolated_intro.one": (
        "1 gap between known years was filled along a straight line.",
        "有1处缺失值以前后年份线性插补。",
    ),
    # columns of small tables
    "unit": ("Unit", "单元"),
    "reason": ("Reason", "原因"),
    "year": ("Year", "年份"),
    "column": ("Column", "列"),
    "value": ("Value", "数值"),
    "problem": ("Problem", "问题"),
    "detail": ("Detail", "说明"),
    "source": ("Source", "来源"),
    "more": ("… and {count} more", "……另有{count}项"),
    "measure": ("Measure", "指标"),
    "definition": ("Definition", "定义"),
    "index": ("Index", "指数"),
    "indicators_of": ("Indicators of {name}", "{name}的指标构成"),
    "indicator": ("Indicator", "指标"),
    "dimension": ("Dimension", "维度"),
    "sign": ("Direction", "方向"),
    "entropy": ("Entropy", "信息熵"),
    "weight": ("Weight", "权重"),
    "weight_without_shift": ("Weight without shift", "无平移时权重"),
    "weight_mean": ("Weight, mean over years", "权重（各年均值）"),
    "weight_min": ("Least weight", "权重最小值"),
    "weight_max": ("Largest weight", "权重最大值"),
    "loading": ("Loading", "载荷"),
    "loading_mean": ("Loading, mean over years", "载荷（各年均值）"),
    "loading_min": ("Least loading", "载荷最小值"),
    "loading_max": ("Largest loading", "载荷最大值"),
    "phases_of": ("Phases of {name}", "{name}的阶段"),
    "phase": ("Phase", "阶段"),
    "years": ("Years", "年份"),
    "national_growth": ("National growth", "全国增长"),
    "kind": ("Kind", "类型"),
    "cities": ("Cities", "城市数"),
    "phase.contraction": ("contraction", "收缩期"),
    "phase.expansion": ("expansion", "扩张期"),
    "entry": ("Entry", "项目"),
    "from": ("From", "来源"),
    "to": ("To", "去向"),
    "effect": ("Effect", "效应"),
    "std_error": ("Standard error", "标准误"),
    "sent": ("Sent", "发出"),
    "received": ("Received", "接受"),
    "own": ("Own", "自身"),
    "interval": ("95 % interval", "95%置信区间"),
    "estimate": ("Estimate", "估计"),
    "true_value": ("Truth", "真值"),
    "coefficient": ("Coefficient", "系数"),
    "covered": ("Covered", "覆盖真值"),
    "yes": ("yes", "是"),
    "no": ("no", "否"),
    "term": ("Term", "变量"),
    # weights
    "weights.n": ("Units", "单元数"),
    "weights.links": ("Links", "连接数"),
    "weights.isolates": ("Units without neighbours", "无邻接单元数"),
    "weights.components": ("Components", "连通分量"),
    "weights.min_neighbours": ("Fewest neighbours", "最少邻居数"),
    "weights.mean_neighbours": ("Mean neighbours", "平均邻居数"),
    "weights.max_neighbours": ("Most neighbours", "最多邻居数"),
    "weights.density": ("Density", "密度"),
    "weights.rho_min": ("Lower bound of ρ", "ρ 的下界"),
    "weights.rho_max": ("Upper bound of ρ", "ρ 的上界"),
    "weights_caption": ("Description of the weights", "权重的描述"),
    "isolates_line": (
        "Without a neighbour under “{weights}”: {names}. They receive and send no spillover.",
        "在权重“{weights}”下没有邻居：{names}。这些单元既不接受也不发出溢出。",
    ),
    "isolates_none": (
        "Every unit has a neighbour under every set of weights.",
        "在各权重下每个单元均有邻居。",
    ),
    # figures and tables
    "fig": ("Figure {number}", "图{number}"),
    "tab": ("Table {number}", "表{number}"),
    "cap.links": ("Links of the weights: {weights}", "空间权重的连接：{weights}"),
    "cap.lisa": (
        "Local spatial clusters of {name}, {years}",
        "{name}的局部空间集聚（LISA），{years}年",
    ),
    "cap.lisa_now": ("Local spatial clusters of {name}", "{name}的局部空间集聚（LISA）"),
    "cap.bilisa": (
        "Bivariate local clusters: {here} here, {there} at the neighbours, {years}",
        "双变量局部集聚：本地{here}与邻地{there}，{years}年",
    ),
    "cap.bilisa_now": (
        "Bivariate local clusters: {here} here, {there} at the neighbours",
        "双变量局部集聚：本地{here}与邻地{there}",
    ),
    "cap.choropleth": ("{name}, {year}", "{name}，{year}年"),
    "cap.choropleth_now": ("{name}", "{name}"),
    "cap.spillover": (
        "Spillovers of {name} per unit: sent and received",
        "各单元{name}的空间溢出：发出与接受",
    ),
    "cap.moran_scatter": ("Moran scatter plot of {name}, {year}", "{name}的莫兰散点图，{year}年"),
    "cap.moran_scatter_now": ("Moran scatter plot of {name}", "{name}的莫兰散点图"),
    "cap.moran_over_time": ("Moran's I over time", "莫兰指数的逐年变化"),
    "cap.effects": (
        "Direct, indirect and total effects with 95 % intervals",
        "直接、间接与总效应及其95%置信区间",
    ),
    "cap.models": ("Estimates", "模型估计结果"),
    "cap.effects_table": ("Direct, indirect and total effects", "直接、间接与总效应"),
    "cap.describe": ("Descriptive statistics", "描述性统计"),
    "cap.correlations": ("Correlations", "相关系数"),
    "note.correlations": (
        "The first {shown} of {total} columns that the study uses.",
        "仅列出研究所用{total}列中的前{shown}列。",
    ),
    "cap.moran": ("Moran's I of {name}", "{name}的莫兰指数"),
    "cap.truth": ("Truth, estimate and interval", "真值、估计与置信区间"),
    "cap.flows": (
        "The largest spillovers of {name} from one unit to another",
        "{name}最大的单元间溢出",
    ),
    "cap.senders": ("Who sends and who receives most: {name}", "发出与接受溢出最多的单元：{name}"),
    "cap.tests": ("Tests that lead to the model", "模型选择检验"),
    # choice of the model
    "choose_intro": (
        "The accepted sequence of tests (Elhorst 2014), each at level {alpha}; after so many tests "
        "the level no longer holds for the choice as a whole.",
        "按通行的检验顺序（Elhorst 2014）逐步检验，每步显著性水平为{alpha}；"
        "经过多次检验后，该水平不再适用于整个选择过程。",
    ),
    "choose_same": (
        "The study estimates this model: {kind} with {effects}.",
        "本研究即估计该模型：{kind}，{effects}。",
    ),
    "choose_other": (
        "The study estimates {kind} with {effects}, as its file asks; the tests lead to {chosen} "
        "with {chosen_effects}.",
        "本研究按研究文件的设定估计{kind}（{effects}）；检验指向{chosen}（{chosen_effects}）。",
    ),
    # truth
    "truth_intro": (
        (
            "The data were drawn from a known process, so the estimate can be held against the "
            "truth. {covered} of {count} "
            "intervals cover it. With 95 % intervals 1 in 20 is expected to miss."
        ),
        "数据由已知过程生成，可将估计与真值对照。{count}个区间中有{covered}个覆盖真值；按95%置信水平，预期每20个中有1个未覆盖。",
    ),
    "of_models": (" [{models}]", "［{models}］"),
    # limits
    "limit.causal": (
        (
            "The estimates describe association under the model: regressors that react to the "
            "outcome, or to something "
            "left out of the formula, bias them."
        ),
        "估计结果是模型设定下的关联：若解释变量受结果变量影响，或受公式之外因素影响，估计有偏。",
    ),
    "limit.weights": (
        "Spillovers run only along the links of the weights that were chosen; other weights give "
        "other numbers.",
        "溢出只沿所选权重的连接传递；更换权重，结果随之改变。",
    ),
    "limit.local": (
        (
            "Local statistics test {count} units at once; with p ≤ {alpha} and no correction "
            "about {expected} of them would "
            "be marked by chance alone."
        ),
        (
            "局部统计同时检验{count}个单元；"
            "p ≤ {alpha}且不校正时，仅凭偶然约有{expected}个被标为显著。"
        ),
    ),
    "limit.local_corrected": (
        "Local statistics test {count} units at once; the correction named in the legend was "
        "applied.",
        "局部统计同时检验{count}个单元；已按图例所示方法校正。",
    ),
    "limit.bivariate": (
        "A bivariate cluster may reflect the correlation of the two variables within the unit "
        "itself (Lee 2001).",
        "双变量集聚可能只反映同一单元内两个变量自身的相关（Lee 2001）。",
    ),
    "limit.boundaries": (
        "The maps draw the boundaries they were given and claim no compliance with anyone's map "
        "rules.",
        "地图按所给边界绘制，不声明符合任何地图管理规定。",
    ),
    "limit.synthetic": (
        "The data are synthetic. Nothing here says anything about real places.",
        "数据为合成数据，结果不反映任何真实地区的情况。",
    ),
    # reproducibility
    "repro_intro": (
        (
            "The folder of this report holds every number (results.json), the study file with "
            "all defaults "
            "(study.resolved.toml), tables, maps and the layers for a GIS (layers.gpkg)."
        ),
        "本报告所在文件夹包含全部数值（results.json）、补全默认值的研究文件（study.resolved.toml）、表格、地图与GIS图层（layers.gpkg）。",
    ),
    "input.study": ("study file", "研究文件"),
    "input.boundaries": ("boundaries", "边界"),
    "input.table": ("table", "数据表"),
    "input.aliases": ("aliases", "名称对照表"),
    "input.lines": ("lines", "界线"),
    "input.truth": ("truth", "真值"),
    "input.weights": ("weights {name}", "权重{name}"),
    "inputs": ("Inputs and their hashes", "输入文件及其哈希值"),
    "repro_command": (
        "The same again, from the folder of the study file:",
        "在研究文件所在文件夹中重新运行：",
    ),
    "file": ("File", "文件"),
    "time_line": ("Made {time} (UTC), seed {seed}.", "生成时间{time}（UTC），随机种子{seed}。"),
    "versions": ("Versions: {names}", "软件版本：{names}"),
    # findings
    "find.direct": (
        (
            "A rise of “{x}” by one unit goes with a change of “{y}” of {value} in the same "
            "place (95 % interval {low} to "
            "{high}){verdict}"
        ),
        "本地“{x}”上升一个单位，本地“{y}”变动{value}（95%置信区间{low}至{high}）{verdict}",
    ),
    "find.indirect": (
        (
            "A rise of “{x}” by one unit in all other places goes with a change of “{y}” of "
            "{value} in a place, on average (95 % "
            "interval {low} to {high}){verdict}"
        ),
        "其他各地的“{x}”均上升一个单位，本地“{y}”平均变动{value}（95%置信区间{low}至{high}）{verdict}",
    ),
    "find.total": (
        (
            "A rise of “{x}” by one unit everywhere goes with a change of “{y}” of {value} (95 % "
            "interval {low} to {high})"
            "{verdict}"
        ),
        "各地“{x}”同时上升一个单位，“{y}”变动{value}（95%置信区间{low}至{high}）{verdict}",
    ),
    "verdict.none": (
        ": the interval includes zero, so there is no evidence of an effect.",
        "：区间包含零，没有证据表明存在该效应。",
    ),
    "verdict.up": (": evidence of a positive effect.", "：有证据表明效应为正。"),
    "verdict.down": (": evidence of a negative effect.", "：有证据表明效应为负。"),
    "find.moran": (
        (
            "Moran's I of “{name}” is significant at 5 % (two-sided) in {hits} of {count} years; "
            "it was {first} in {first_year} "
            "and {last} in {last_year}."
        ),
        "“{name}”的莫兰指数在{count}个年份中有{hits}个在5%水平显著（双侧）；{first_year}年为{first}，{last_year}年为{last}。",
    ),
    "find.moran_none": (
        (
            "No evidence that “{name}” clusters in space: Moran's I is not significant at 5 % "
            "(two-sided) in any of the {count} "
            "years; it was {first} in {first_year} and {last} in {last_year}."
        ),
        "没有证据表明“{name}”存在空间集聚：{count}个年份的莫兰指数在5%水平（双侧）均不显著；{first_year}年为{first}，{last_year}年为{last}。",
    ),
    "find.moran_now": (
        "Moran's I of “{name}” is {value} (two-sided p = {p}){verdict}",
        "“{name}”的莫兰指数为{value}（双侧p = {p}）{verdict}",
    ),
    "moran.yes": (": it clusters in space.", "：存在空间集聚。"),
    "moran.apart": (": unlike values are neighbours.", "：相邻单元取值相异。"),
    "moran.no": (": no evidence of spatial clustering.", "：没有证据表明存在空间集聚。"),
    "find.lisa": (
        "Local classes of “{name}”{year}: {counts}.",
        "“{name}”{year}的局部类型：{counts}。",
    ),
    "find.lisa_year": (" in {year}", "（{year}年）"),
    "find.flow": (
        (
            "In size, the largest effect of “{x}” from one place on another runs from {source} to "
            "{target}: {value} (standard error "
            "{error})."
        ),
        "“{x}”绝对值最大的单元间溢出由{source}至{target}：{value}（标准误{error}）。",
    ),
    "find.flow_none": (
        (
            "The average spillover of “{x}” cannot be told from zero; the maps and lists per "
            "unit below describe a pattern, not a "
            "finding."
        ),
        "“{x}”的平均溢出与零无法区分；下列各单元的地图与清单只描述格局，不构成结论。",
    ),
    "unit_maps": (
        "Differences between places come from their position in the weights alone: the model has "
        "one set of coefficients.",
        "各地差异只来自其在权重中的位置：模型只有一组系数。",
    ),
    "footer": ("Made with cityripple {version}", "由cityripple {version}生成"),
    "contents": ("Contents", "目录"),
}


class Words:
    """The table in one language: `words("key", name=value)`."""

    def __init__(self, lang: Language) -> None:
        self.lang = lang
        self._column = LANGUAGES.index(lang)

    def __call__(self, key: str, **values: object) -> str:
        """Give a sentence with its {places} filled in, its singular where there is one."""
        if values.get("count") == 1 and f"{key}.one" in WORDS:
            key = f"{key}.one"
        return WORDS[key][self._column].format(**values)

    def clauses(self, parts: list[str]) -> str:
        """Parts of a sentence side by side."""
        return ("，" if self.lang == "zh" else ", ").join(parts)

    def listed(self, names: list[str]) -> str:
        """Names as an enumeration."""
        return ("、" if self.lang == "zh" else ", ").join(names)
