"""What the distribution over time and the thresholds tell, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.report.blocks import Block, Bullets
from analysis.report.findings import number
from analysis.report.parts import said
from analysis.report.words import Words

if TYPE_CHECKING:
    from analysis.study.results import Study
    from spatial.thresholds import ThresholdFit

__all__ = ["distribution", "spread_findings", "threshold_findings", "thresholds"]

LEVEL = 0.05


def distribution(study: Study, words: Words) -> list[Block]:
    """Sentences of each column, and what was left out."""
    if study.spread is None:
        return []
    left = [_left_out(study.label(column), part, words) for column, part in study.spread.left_out]
    return [Bullets([*spread_findings(study, words), *left])]


def _left_out(name: str, part: str, words: Words) -> str:
    if part == "local" or part.startswith("gaps_"):
        return words("spread.one_class" if part == "local" else f"spread.{part}", name=name)
    return words("spread.left_out", name=name, part=words(f"spread.{part}"))


def thresholds(study: Study, words: Words) -> list[Block]:
    """Sentences of each threshold, and what its estimation has to say."""
    found = threshold_findings(study, words)
    notes = [
        said(note, words)
        for one in study.thresholds.values()
        for note in one.notes
        if note not in one.fit.notes
    ]
    return [Bullets([*found, *dict.fromkeys(notes)])] if found else []


def spread_findings(study: Study, words: Words) -> list[str]:
    """One sentence per part that was measured."""
    if study.spread is None:
        return []
    decimals, out = study.plan.tables.decimals, []
    for column, tables in study.spread.columns.items():
        name = study.label(column)
        if "sigma" in tables:
            changed = _sigma_change(tables.get("convergence"), words, decimals)
            out.append(_sigma(name, tables["sigma"], words, decimals) + changed)
        if "dagum" in tables:
            out.append(_dagum(name, tables["dagum"], words, decimals))
        if "beta" in tables:
            out.append(_beta(name, tables["beta"], words, decimals))
        if "homogeneity" in tables:
            out.append(_homogeneity(name, tables["homogeneity"], words, decimals))
    return out


def threshold_findings(study: Study, words: Words) -> list[str]:
    """One sentence per threshold variable and term."""
    decimals = study.plan.tables.decimals
    return [
        _threshold(found, study.label(term), study.label(found.variable), words, decimals)
        for (_, term), found in study.thresholds.items()
    ]


def _threshold(found: ThresholdFit, term: str, name: str, words: Words, decimals: int) -> str:
    p = float(found.tests["p_value"].iloc[max(found.count, 1) - 1])
    if pd.isna(p):
        return words("find.threshold_untested", name=name)
    shown = number(p, decimals)
    if not found.count:
        return words("find.threshold_none", term=term, name=name, p=shown)
    places = _told(found.thresholds, decimals)
    effects = _told(found.effects[found.effects["effect"] == "total"], decimals)
    values = {"places": words.listed(places), "effects": words.listed(effects), "p": shown}
    return words("find.threshold", term=term, name=name, **values)


def _told(table: pd.DataFrame, decimals: int) -> list[str]:
    """Estimates with their intervals."""
    rows = table[["estimate", "conf_low", "conf_high"]].to_numpy(dtype=float)
    shown = [[number(float(value), decimals) for value in row] for row in rows]
    return [f"{value} [{low}, {high}]" for value, low, high in shown]


def _sigma(name: str, table: pd.DataFrame, words: Words, decimals: int) -> str:
    key = "variation" if table["variation"].notna().all() else "std_dev"
    values = table[key]
    change = 100.0 * (float(values.iloc[-1]) / float(values.iloc[0]) - 1.0)
    return words(
        "find.sigma",
        name=name,
        measure=words(f"measure.{key}"),
        first=number(float(values.iloc[0]), decimals),
        last=number(float(values.iloc[-1]), decimals),
        first_year=table.index[0],
        last_year=table.index[-1],
        change=number(change, 1),
    )


def _sigma_change(table: pd.DataFrame | None, words: Words, decimals: int) -> str:
    """Whether the spread fell from the first to the last year."""
    if table is None:
        return ""
    row = table[table["kind"] == "sigma"].iloc[0]
    low, high = float(row["conf_low"]), float(row["conf_high"])
    verdict = "none" if low <= 0 <= high else "down" if high < 0 else "up"
    figures = {"value": float(row["estimate"]), "low": low, "high": high}
    shown = {key: number(value, decimals) for key, value in figures.items()}
    space = "" if words.lang == "zh" else " "
    return space + words("find.sigma_change", verdict=words(f"sigma.{verdict}"), **shown)


def _dagum(name: str, table: pd.DataFrame, words: Words, decimals: int) -> str:
    last = table.iloc[-1]
    parts = {"within": "within", "between": "between", "crossed": "transvariation"}
    shares = {key: f"{100 * float(last[f'{part}_share']):.0f}" for key, part in parts.items()}
    gini = number(float(last["gini"]), decimals)
    return words("find.dagum", name=name, year=table.index[-1], gini=gini, **shares)


def _beta(name: str, table: pd.DataFrame, words: Words, decimals: int) -> str:
    one = table["spatial"] & (table["model"] == "unconditional") & (table["term"] == "b")
    row = table[one].iloc[0]
    low, high = float(row["conf_low"]), float(row["conf_high"])
    verdict = "none" if low <= 0 <= high else "down" if high < 0 else "up"
    figures = {"value": float(row["estimate"]), "low": low, "high": high}
    shown = {key: number(value, decimals) for key, value in figures.items()}
    return words("find.beta", name=name, verdict=words(f"beta.{verdict}"), **shown)


def _homogeneity(name: str, table: pd.DataFrame, words: Words, decimals: int) -> str:
    row = table.iloc[0]
    verdict = "yes" if row["p_value"] <= LEVEL else "no"
    return words(
        "find.homogeneity",
        name=name,
        verdict=words(f"homogeneity.{verdict}"),
        value=number(float(row["statistic"]), decimals),
        df=int(row["df"]),
        p=number(float(row["p_value"]), decimals),
    )
