"""Words of what leaves for other programs: layers of a GIS and the page to look at on a screen."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["EXPORTS"]

EXPORTS: Mapping[str, tuple[str, str]] = {
    # titles of layers
    "layer.cities": ("Boundaries", "边界"),
    "layer.lisa": ("Local clusters (LISA)", "局部空间集聚（LISA）"),
    "layer.bilisa": ("Bivariate local clusters", "双变量局部空间集聚"),
    "layer.hot_spots": ("Hot and cold spots (Getis–Ord)", "冷热点（Getis–Ord）"),
    "layer.changes": ("Change of local clusters", "局部空间集聚变化"),
    "layer.spillover": ("Spillovers by city", "各市空间溢出"),
    "layer.profiles": ("City profiles", "城市概况"),
    "layer.classes": ("Classes", "分类"),
    "layer.values": ("Values", "变量取值"),
    "layer.titled": ("{theme}: {name}", "{theme}：{name}"),
    "layer.timed": ("{title}, {time}", "{title}，{time}"),
    # what the metadata of a layer say
    "layer.about.lisa": (
        "Clusters of the local Moran statistic: the value of a unit and the weighted mean of its "
        "neighbours, both against the mean of all units.",
        "局部莫兰统计量的集聚类型：单元自身取值与其邻接单元加权平均值，均与全部单元的均值相比。",
    ),
    "layer.about.bilisa": (
        "Clusters of the bivariate local Moran statistic: one variable of the unit itself against "
        "another of its neighbours.",
        "双变量局部莫兰统计量的集聚类型：单元自身的一个变量与其邻接单元的另一个变量。",
    ),
    "layer.about.hot_spots": (
        "Hot and cold spots: units whose surroundings hold high or low values together.",
        "热点与冷点：周边取值整体偏高或偏低的单元。",
    ),
    "layer.about.changes": (
        "Local clusters of two years, compared unit by unit.",
        "逐单元比较两个年份的局部空间集聚类型。",
    ),
    "layer.about.spillover": (
        "What each unit sends to all others and receives from them when {term} rises by one unit.",
        "{term}上升一个单位时，各单元向其他单元发出的溢出和从其他单元接受的溢出。",
    ),
    "layer.about.profiles": (
        "One row for each unit: effects, level, gap to the frontier, type.",
        "每个单元一行：效应、水平、与前沿的差距、类型。",
    ),
    "layer.about.values": ("Values as they entered the analysis.", "进入分析的变量取值。"),
    "layer.about.classes": ("Class of each unit.", "各单元所属类别。"),
    "layer.about.cities": (
        "Units with the columns of the boundary layer; the other layers show these shapes.",
        "各单元及边界图层自带的字段；其他图层共用这些边界。",
    ),
    "layer.some_term": ("the regressor", "解释变量"),
    "layer.model": (
        "Model: {kind}, {formula}; fixed effects: {effects}.",
        "模型：{kind}，{formula}；固定效应：{effects}。",
    ),
    "layer.horizon": ("Effects of the {run}.", "效应期限：{run}。"),
    "layer.stated": ("{words}.", "{words}。"),
    "layer.coordinates": ("Coordinates: {name} ({code}).", "坐标参考系：{name}（{code}）。"),
    "layer.datum": (
        "Datum of the boundaries: {datum}; the code of the coordinates does not say so.",
        "边界数据的基准：{datum}；坐标参考系代码未予体现。",
    ),
    "layer.datum_gcj": (
        "The boundaries carry the datum GCJ-02, for which there is no code: points are shifted by "
        "0.1 to 0.7 km against WGS 84 and CGCS 2000.",
        "边界数据采用GCJ-02基准，该基准没有代码：相对WGS 84和CGCS 2000偏移0.1至0.7公里。",
    ),
    "layer.moved": (
        "Transformed to longitude and latitude (WGS 84) from {name} ({code}), as GeoJSON demands.",
        "按GeoJSON要求，由{name}（{code}）转换为经纬度（WGS 84）。",
    ),
    "layer.boundaries": ("Boundaries: {source}.", "边界来源：{source}。"),
    "layer.empty": (
        "Empty numbers are cells without a value; some programs show them as 0.",
        "空值表示无数据；某些程序会将其显示为0。",
    ),
    "layer.made": ("Made by cityripple {version}.", "由cityripple {version}生成。"),
    "layer.column": ("{name}: {title}", "{name}：{title}"),
    "layer.columns": ("Columns:", "字段："),
    "layer.groups": ("Groups", "分组"),
    "layer.of_year": ("Year: {time}.", "年份：{time}。"),
    "layer.classed": ("Class", "类别"),
    "layer.borders": ("Borders", "边界"),
    # columns; .about says what they are
    "column.key": ("Key", "标识"),
    "column.name": ("Name", "名称"),
    "column.name_en": ("English name", "英文名称"),
    "column.bilisa.statistic": ("Bivariate local Moran's I", "双变量局部莫兰指数"),
    "column.bilisa.statistic.about": (
        "I = z · lag, z the standardised first variable; no unit",
        "I = z · 空间滞后，z为标准化的第一变量；无量纲",
    ),
    "column.bilisa.lag": ("Spatial lag of the second variable", "第二变量的空间滞后"),
    "column.bilisa.lag.about": (
        "weighted sum of the neighbours' standardised second variable; in standard deviations",
        "邻接单元标准化第二变量的加权和；单位为标准差",
    ),
    "column.statistic": ("Local Moran's I", "局部莫兰指数"),
    "column.statistic.about": (
        "I = z · lag, z the standardised value; no unit",
        "I = z · 空间滞后，z为标准化取值；无量纲",
    ),
    "column.lag": ("Spatial lag", "空间滞后"),
    "column.lag.about": (
        "weighted sum of the neighbours' standardised values; in standard deviations",
        "邻接单元标准化取值的加权和；单位为标准差",
    ),
    "column.p_value": ("p", "p值"),
    "column.p_value.about": ("before any correction", "未作多重检验校正"),
    "column.p_adjusted": ("p, corrected", "校正p值"),
    "column.p_adjusted.about": (
        "after the correction for multiple testing that the layer names; p where there is none",
        "按图层所述方法作多重检验校正后的p值；未校正时与p值相同",
    ),
    "column.quadrant": ("Quadrant", "象限"),
    "column.quadrant.about": (
        "of the Moran scatter, significant or not: HH, LH, LL, HL (unit, neighbours)",
        "莫兰散点图象限，不论是否显著：HH、LH、LL、HL（自身、邻接单元）",
    ),
    "column.cluster": ("Cluster", "集聚类型"),
    "column.cluster.about": (
        "HH, LH, LL, HL where significant; not significant; isolate: no neighbour; missing: no "
        "data",
        "显著者为HH、LH、LL、HL；not significant：不显著；isolate：无邻接单元；missing：无数据",
    ),
    "column.significance": ("Significance", "显著性水平"),
    "column.significance.about": (
        "class of p_adjusted: p 0.01 is the class up to 0.01",
        "p_adjusted的分级：p 0.01表示不超过0.01的一级",
    ),
    "column.hot_spots.statistic": ("Local G", "局部G统计量"),
    "column.hot_spots.statistic.about": (
        "share of the weighted surroundings in the sum of all values; no unit",
        "加权周边取值占全部取值之和的比重；无量纲",
    ),
    "column.hot_spots.z": ("z of local G", "局部G的z值"),
    "column.hot_spots.z.about": (
        "distance from the expectation in standard deviations",
        "与期望值的距离，单位为标准差",
    ),
    "column.hot_spots.cluster": ("Hot or cold spot", "热点或冷点"),
    "column.hot_spots.cluster.about": (
        "hot spot, cold spot where significant; not significant; isolate: no neighbour; missing: "
        "no data",
        "显著者为hot spot（热点）、cold spot（冷点）；not significant：不显著；"
        "isolate：无邻接单元；missing：无数据",
    ),
    "column.changes.before": ("Cluster in the earlier year", "前一年集聚类型"),
    "column.changes.after": ("Cluster in the later year", "后一年集聚类型"),
    "column.changes.change": ("Change", "变化"),
    "column.own": ("Own effect", "自身效应"),
    "column.own.about": (
        "change of {outcome} in the unit itself for a rise of {term} by one unit there",
        "本单元{term}上升一个单位引起的本单元{outcome}变化",
    ),
    "column.received": ("Spillover received", "溢出（接受）"),
    "column.received.about": (
        "change of {outcome} in the unit for a rise of {term} by one unit in all others",
        "其他单元{term}各上升一个单位引起的本单元{outcome}变化",
    ),
    "column.sent": ("Spillover sent", "溢出（发出）"),
    "column.sent.about": (
        "sum of the changes of {outcome} in all others for a rise of {term} by one unit here",
        "本单元{term}上升一个单位引起的其他单元{outcome}变化之和",
    ),
    "column.some_outcome": ("the outcome", "被解释变量"),
    "column.std_error": ("{title}, std. error", "{title}，标准误"),
    "column.std_error.about": (
        "by the delta method; in the same unit",
        "由delta方法求得；单位相同",
    ),
    "column.senders": ("Receives from", "主要来源"),
    "column.senders.about": ("largest senders with their effects", "溢出最大的来源城市及其效应"),
    "column.receivers": ("Sends to", "主要去向"),
    "column.receivers.about": (
        "largest receivers with their effects",
        "溢出最大的去向城市及其效应",
    ),
    "column.level": ("Mean level", "平均水平"),
    "column.level.about": ("mean of {term} over the years", "{term}各年均值"),
    "column.outcome": ("Mean outcome", "结果变量均值"),
    "column.outcome.about": ("mean of {outcome} over the years", "{outcome}各年均值"),
    "column.group": ("Group", "组别"),
    "column.group.about": ("of cities with a common frontier", "具有共同前沿的城市组"),
    "column.frontier": ("Frontier", "前沿"),
    "column.frontier.about": (
        "largest mean outcome within the group",
        "同组内结果变量均值的最高者",
    ),
    "column.gap": ("Gap to the frontier", "与前沿的差距"),
    "column.gap.about": ("frontier less own mean outcome", "前沿减去自身结果变量均值"),
    "column.behind": ("Behind", "差距较大"),
    "column.behind.about": ("gap above the median", "差距高于中位数"),
    "column.type": ("Type", "类型"),
    "column.type.about": (
        "core, enclave, lever, periphery: level and sending at or above the median or below",
        "core、enclave、lever、periphery：按水平和发出溢出是否不低于中位数划分",
    ),
    "column.local": ("Cluster: {name}", "集聚类型：{name}"),
    # names of fields in a shapefile
    "fields.layer": ("layer", "图层"),
    "fields.field": ("column", "字段"),
    "fields.written": ("name in the shapefile", "Shapefile中的字段名"),
    "fields.title": ("meaning", "含义"),
    "fields.empty": ("empty cells", "空值个数"),
    "fields.cut": ("texts cut to 254 bytes", "截断至254字节的文本个数"),
    # the page
    "page.title": ("Moran scatter and local clusters", "莫兰散点图与局部空间集聚"),
    "page.hint": (
        "Drag a box over the scatter or the map: the cities are selected in both. A click on a "
        "class selects its cities; hover over a city to read its numbers.",
        "在散点图或地图上拖动选框，所选城市在两图中同时突出显示；点击图例类别可选中该类城市；"
        "鼠标悬停可查看城市数值。",
    ),
    "page.variable": ("Variable", "变量"),
    "page.time": ("Year", "年份"),
    "page.class": ("Class", "类别"),
    "page.value": ("Value", "取值"),
    "page.z": ("Standardised", "标准化取值"),
    "page.lag": ("Spatial lag", "空间滞后"),
    "page.p": ("p", "p值"),
    "page.slope": ("Slope: {value}", "斜率：{value}"),
    "page.selected": ("{count} selected", "已选{count}个"),
    "page.nothing": ("No city is selected.", "未选中城市。"),
    "page.more": (" …", "……"),
    "page.clear": ("Clear the selection", "清除选择"),
    "page.tool_box": ("Select in a box", "框选"),
    "page.tool_lasso": ("Select in a loop", "套索选择"),
    "page.tool_tap": ("Select by clicks", "点选"),
    "page.tool_pan": ("Move", "平移"),
    "page.tool_zoom": ("Zoom with the wheel", "滚轮缩放"),
    "page.tool_reset": ("Back to the start", "复位"),
    "page.tool_hover": ("Show numbers", "显示数值"),
    "page.colon": (": ", "："),
    "page.comma": (", ", "、"),
}
