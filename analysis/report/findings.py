"""Sentences that follow from the numbers, and say so where there is no evidence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.report.words import Words
from analysis.terms import term

if TYPE_CHECKING:
    from analysis.study.clustering import Clusters
    from analysis.study.modelling import Models

__all__ = ["cluster_findings", "effect_findings", "flow_findings", "number", "plain_number"]

LEVEL = 0.05
Label = Callable[[str], str]


def number(value: float, decimals: int = 3) -> str:
    """Write a number: fixed decimals, more where they would show only zeros, a true minus."""
    if pd.isna(value):
        return "–"
    text = f"{value:.{decimals}f}"
    if value != 0 and float(text) == 0:
        text = f"{value:.2g}"
    return text.replace("-", "−")


def plain_number(value: float) -> str:
    """Write a value of the data as it stands there, to six figures.

    Examples
    --------
    >>> plain_number(7143.0), plain_number(0.25), plain_number(1234567.0)
    ('7143', '0.25', '1234570')
    """
    text = f"{value:.6g}"
    return f"{float(text):.0f}" if "e+" in text else text


def effect_findings(models: Models, label: Label, words: Words, decimals: int) -> list[str]:
    """Give a sentence per effect of each focus term, and one on rho.

    A dynamic model has them for its short and for its long run.

    Parameters
    ----------
    models
        The fits of the study.
    label
        Printed name of a column or term.
    words
        The sentences.
    decimals
        Of the numbers in the sentences.
    """
    main, out = models.main, []
    outcome = label(main.fit.outcome)
    for focus in models.by_unit:
        for head, rows in _runs(main.effects[main.effects["term"] == focus], words):
            for effect in ("direct", "indirect", "total"):
                row = rows.loc[effect]
                if pd.isna(row["p_value"]):
                    continue
                sentence = words(
                    f"find.{effect}",
                    x=label(focus),
                    y=outcome,
                    verdict=words(f"verdict.{_verdict(row)}"),
                    **_interval(row, decimals),
                )
                out.append(head + sentence)
    if "rho" in main.fit.params.index:
        out += _rho(main.fit, outcome, words, decimals)
    return out


def _runs(table: pd.DataFrame, words: Words) -> list[tuple[str, pd.DataFrame]]:
    """Effects by kind, one table for each horizon, and how its sentences begin."""
    if "horizon" not in table.columns:
        return [("", table.set_index("effect"))]
    colon = "：" if words.lang == "zh" else ": "
    return [
        (term(f"effect.{run}", words.lang) + colon, part.set_index("effect"))
        for run, part in table.groupby("horizon", sort=False)
    ]


def _interval(row: pd.Series[Any], decimals: int) -> dict[str, str]:
    keys = {"value": "estimate", "low": "conf_low", "high": "conf_high"}
    return {key: number(float(row[column]), decimals) for key, column in keys.items()}


def _verdict(row: Any) -> str:
    if row["conf_low"] <= 0 <= row["conf_high"]:
        return "none"
    return "up" if row["estimate"] > 0 else "down"


def _rho(fit: Any, outcome: str, words: Words, decimals: int) -> list[str]:
    row = fit.tidy().set_index("term").loc["rho"]
    out = [
        words(
            "find.rho", y=outcome, verdict=words(f"rho.{_verdict(row)}"), **_interval(row, decimals)
        )
    ]
    if fit.bias_correction is not None:
        plain = float(fit.uncorrected().params["rho"])
        out.append(words("find.rho_correction", value=number(plain, decimals)))
    return out


def flow_findings(
    models: Models, label: Label, place: Callable[[Any], str], words: Words, decimals: int
) -> dict[str, list[str]]:
    """Name the largest flow of each focus term, with caution where the mean may be zero."""
    result = {}
    for focus, flows in models.flows.items():
        effects = models.main.effects
        row = effects[(effects["term"] == focus) & (effects["effect"] == "indirect")].iloc[0]
        name = label(focus)
        sentences = [words("find.flow_none", x=name)] if _verdict(row) == "none" else []
        if len(flows) and flows["effect"].iloc[0] != 0:
            top = flows.iloc[0]
            ends = {side: place(top[side]) for side in ("from", "to")}
            figures = {
                "value": number(top["effect"], decimals + 1),
                "error": number(top["std_error"], decimals + 1),
            }
            sentences.append(
                words("find.flow", x=name, source=ends["from"], target=ends["to"], **figures)
            )
        result[focus] = sentences
    return result


def cluster_findings(
    clusters: Clusters, label: Label, words: Words, decimals: int
) -> dict[str, list[str]]:
    """Say of each column what Moran's I and the local classes tell."""
    result = {}
    for column, table in clusters.moran.items():
        name = label(column)
        sentences = [_moran(name, table, words, decimals)]
        sentences += _classes(name, clusters.lisa[column], clusters.years[-1:], words)
        result[column] = sentences
    return result


def _moran(name: str, table: pd.DataFrame, words: Words, decimals: int) -> str:
    values, p = table["statistic"].astype(float), table["p_value"].astype(float)
    if len(table) == 1:
        apart = values.iloc[0] < float(table["expected"].iloc[0])
        verdict = "no" if p.iloc[0] > LEVEL else "apart" if apart else "yes"
        figures = {"value": number(values.iloc[0], decimals), "p": number(p.iloc[0], decimals)}
        return words("find.moran_now", name=name, verdict=words(f"moran.{verdict}"), **figures)
    hits = int((p <= LEVEL).sum())
    return words(
        "find.moran" if hits else "find.moran_none",
        name=name,
        hits=hits,
        count=len(table),
        first=number(values.iloc[0], decimals),
        first_year=table.index[0],
        last=number(values.iloc[-1], decimals),
        last_year=table.index[-1],
    )


def _classes(name: str, table: pd.DataFrame, last: Sequence[Any], words: Words) -> list[str]:
    """Count the local classes in the last year of the maps."""
    rows = table.xs(last[0], level=0) if last else table
    counts = rows["cluster"].value_counts(sort=False)
    shown = [
        f"{term(f'cluster.{key}', words.lang)} {count}"
        for key, count in counts.items()
        if key != "missing"
    ]
    year = words("find.lisa_year", year=last[0]) if last else ""
    return [words("find.lisa", name=name, year=year, counts=words.listed(shown))]
