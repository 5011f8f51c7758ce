"""Words of maps: frames, proportional symbols, flows, comparisons."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["MAPS"]

MAPS: Mapping[str, tuple[str, str]] = {
    "map.small": (
        "borders between units of one class are left out, as the units are too small for them",
        "单元过小，故不绘同类单元之间的边界",
    ),
    "map.north": ("N", "北"),
    # proportional symbols
    "symbols.area": (
        "areas of circles are proportional to the values",
        "圆的面积与数值成正比",
    ),
    "symbols.value": ("With a value", "有数值"),
    "symbols.above": ("Above zero", "大于零"),
    "symbols.below": ("Below zero", "小于零"),
    "symbols.zero": ("Zero, no circle", "数值为零，不绘圆"),
    "symbols.unknown": ("No data for the colour", "颜色变量无数据"),
    "symbols.hidden": (
        "{count} circles lie hidden under others",
        "{count} 个圆被其他圆完全遮盖",
    ),
    "symbols.heading": ("area: {size}; colour: {colour}", "面积：{size}；颜色：{colour}"),
    # flows between units
    "flows.rise": ("Effect above zero", "正向溢出"),
    "flows.fall": ("Effect below zero", "负向溢出"),
    "flows.rise by chance": ("Above zero, p ≥ {alpha}", "正向，p ≥ {alpha}"),
    "flows.fall by chance": ("Below zero, p ≥ {alpha}", "负向，p ≥ {alpha}"),
    "flows.partner_from": ("Receives", "接受单元"),
    "flows.partner_to": ("Sends", "发出单元"),
    "flows.end": ("At an end of an arrow", "箭头两端单元"),
    "flows.from": ("Spillover from {name}", "自{name}的溢出"),
    "flows.to": ("Spillover to {name}", "向{name}的溢出"),
    "flows.all": ("Largest spillovers", "最大的溢出"),
    "flows.of": (
        "arrows: effect on {outcome} at the tip of one unit more of {term} at the start",
        "箭头：起点{term}增加一单位对终点{outcome}的影响",
    ),
    "flows.any": (
        "arrows: effect at the tip of a unit change at the start",
        "箭头：起点变动一单位对终点的影响",
    ),
    "flows.short": ("short run", "短期"),
    "flows.long": ("long run", "长期"),
    "flows.count": ("the largest {count} of {of}", "仅绘 {of} 条中最大的 {count} 条"),
    "flows.tested": (
        "two-sided p of a normal test, pale from {alpha}",
        "正态检验双侧 p 值，不低于 {alpha} 者色浅",
    ),
}
