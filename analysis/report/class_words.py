"""Sentences on hot spots, changes of clusters, maps of profiles, and on what many units forbid."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["CLASS_WORDS"]

CLASS_WORDS: Mapping[str, tuple[str, str]] = {
    "crowded.page": (
        "There is no interactive page: a browser would be slow to draw more than {count} units "
        "(interactive = true in [maps] writes it all the same).",
        "未生成交互页面：单元超过{count}个时浏览器绘制迟缓"
        "（[maps]中写interactive = true仍可生成）。",
    ),
    "crowded.links": (
        "There is no map of the weights: {links} links could not be told apart on it.",
        "未绘制权重图：{links}条连接在图上无法分辨。",
    ),
    "crowded.partners": (
        "The profiles name no largest senders and receivers: {pairs} pairs of units are too many "
        "to compare.",
        "画像未列最大的发出与接收单元：单元对多达{pairs}个，无法逐一比较。",
    ),
    "crowded.flows": (
        "The largest flows of {x} from unit to unit are not listed: too many are equal, or nearly "
        "so, to tell the largest without those of every unit. The sums that each unit sends and "
        "receives are given.",
        "未列出{x}在单元之间的最大溢出：相等或极相近者过多，不逐一计算全部单元便无法确定最大者；各单元发出与接受的总量仍照列。",
    ),
    "cap.significance": (
        "Significance of the local spatial clusters of {name}, {years}",
        "{name}局部空间集聚的显著性，{years}年",
    ),
    "cap.significance_now": (
        "Significance of the local spatial clusters of {name}",
        "{name}局部空间集聚的显著性",
    ),
    "cap.hot_spots": (
        "Hot and cold spots of {name} (Getis–Ord), {years}",
        "{name}的热点与冷点（Getis–Ord），{years}年",
    ),
    "cap.hot_spots_now": (
        "Hot and cold spots of {name} (Getis–Ord)",
        "{name}的热点与冷点（Getis–Ord）",
    ),
    "cap.lisa_change": (
        "Change of the local spatial clusters of {name}, {before} to {after}",
        "{name}局部空间集聚的变化，{before}—{after}年",
    ),
    "cap.local_classes": (
        "Number of units in each local class",
        "各局部类型的单元数",
    ),
    "cap.class_changes": (
        "Local classes of {name} in {before} and in {after}: numbers of units",
        "{name}在{before}年与{after}年的局部类型：单元数",
    ),
    "cap.profile_column": (
        "City profiles of {name}: {column}",
        "{name}的城市画像：{column}",
    ),
    "find.hot_spots": (
        "Hot and cold spots of “{name}”{year}: {counts}.",
        "“{name}”{year}的热点与冷点：{counts}。",
    ),
    "find.lisa_change": (
        "From {before} to {after} the local classes of “{name}” moved: {counts}.",
        "{before}—{after}年“{name}”局部类型的变动：{counts}。",
    ),
    "find.lisa_change_none": (
        "From {before} to {after} no unit moved into a cluster of “{name}” or out of one.",
        "{before}—{after}年没有单元转入或退出“{name}”的高-高或低-低集聚。",
    ),
    "profile.maps": (
        "Maps of further columns stand in the folder maps, as profiles_….",
        "其余各列的地图见文件夹maps中的profiles_…。",
    ),
}
