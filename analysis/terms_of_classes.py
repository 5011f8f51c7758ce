"""Words of maps of classes: hot spots, levels of significance, changes, any categories."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["CLASSES"]

CLASSES: Mapping[str, tuple[str, str]] = {
    # classes of spatial.getis_ord
    "spot.hot spot": ("Hot spot", "热点"),
    "spot.cold spot": ("Cold spot", "冷点"),
    "spot.not significant": ("Not significant", "不显著"),
    "spot.isolate": ("No neighbour", "无邻接单元"),
    "spot.missing": ("No data", "无数据"),
    "spot.star": (
        "Getis–Ord G*: the unit with its neighbours",
        "Getis–Ord G*：本地与邻地合计",
    ),
    "spot.plain": (
        "Getis–Ord G: the neighbours without the unit",
        "Getis–Ord G：仅邻地，不含本地",
    ),
    # levels of significance
    "level.first": ("p\u00a0≤\u00a0{high}", "p\u00a0≤\u00a0{high}"),
    "level.between": (
        "{low}\u00a0<\u00a0p\u00a0≤\u00a0{high}",
        "{low}\u00a0<\u00a0p\u00a0≤\u00a0{high}",
    ),
    "level.none": ("p\u00a0>\u00a0{low}", "p\u00a0>\u00a0{low}"),
    "level.isolate": ("No neighbour", "无邻接单元"),
    "level.missing": ("No data", "无数据"),
    "level.plain": ("p-value", "p 值"),
    "level.adjusted": ("Corrected p-value", "校正后 p 值"),
    # tables that count classes
    "classes.class": ("Class", "类型"),
    "classes.total": ("Total", "合计"),
    # classes of spatial.lisa_change
    "change.stayed HH": ("Stayed high–high", "保持高-高集聚"),
    "change.became HH": ("Became high–high", "转为高-高集聚"),
    "change.left HH": ("Left high–high", "退出高-高集聚"),
    "change.stayed LL": ("Stayed low–low", "保持低-低集聚"),
    "change.became LL": ("Became low–low", "转为低-低集聚"),
    "change.left LL": ("Left low–low", "退出低-低集聚"),
    "change.outlier": ("High–low or low–high, either year", "任一年为高-低或低-高"),
    "change.not significant": ("Not significant, both years", "两年均不显著"),
    "change.isolate": ("No neighbour, either year", "任一年无邻接单元"),
    "change.missing": ("No data, either year", "任一年无数据"),
    "change.span": ("{before} to {after}", "{before} 至 {after}"),
    "change.rule": (
        "named by the class of the later year; what left is neither high–high nor low–low in it",
        "按后一年的类别命名；“退出”指后一年既非高-高也非低-低",
    ),
}
