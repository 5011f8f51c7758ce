"""Sentences that follow from the numbers, and say so where there is no evidence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.report.words import Words
from analysis.terms import term
from spatial.errors import InputError

if TYPE_CHECKING:
    from analysis.study.clustering import Clusters
    from analysis.study.modelling import Models

__all__ = [
    "cluster_findings",
    "effect_findings",
    "flow_findings",
    "number",
    "plain_number",
    "spills_over",
]

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
    """Give a sentence per effect of each focus term, and those on rho and lambda.

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
            names = {"x": label(focus), "y": outcome}
            if rows["estimate"].isna().all():
                out.append(words("find.no_long_run", **names))
                continue
            spills = bool(rows["p_value"].notna()["indirect"])
            for effect in ("direct", "indirect", "total") if spills else ("direct",):
                row: Any = rows.loc[effect]
                verdict = words(f"verdict.{_verdict(row)}")
                out.append(
                    head
                    + words(f"find.{effect}", verdict=verdict, **names, **_interval(row, decimals))
                )
        if not spills_over(main.effects, focus):
            alone = "no_spillover" if "lambda" in main.fit.params.index else "no_lag"
            out.append(words(f"find.{alone}", kind=main.fit.kind, **names))
    return out + _dependence(main.fit, outcome, words, decimals)


def spills_over(effects: pd.DataFrame, focus: str) -> bool:
    """Whether the model lets a term reach other places."""
    rows = effects[(effects["term"] == focus) & (effects["effect"] == "indirect")]
    return bool(rows["p_value"].notna().any())


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


def _dependence(fit: Any, outcome: str, words: Words, decimals: int) -> list[str]:
    """Sentences on ρ and λ, and on what they are without a correction of bias."""
    out = []
    for name, sign in (("rho", "ρ"), ("lambda", "λ")):
        if name not in fit.params.index:
            continue
        row = fit.tidy().set_index("term").loc[name]
        verdict = words(f"rho.{_verdict(row)}")
        out.append(words(f"find.{name}", y=outcome, verdict=verdict, **_interval(row, decimals)))
        way = "past" if fit.past_corrected else fit.bias_correction
        if way in ("lee-yu", "past"):
            value = _uncorrected(fit, name, words, decimals)
            out.append(words(f"find.{way}", sign=sign, value=value))
    return out


def _uncorrected(fit: Any, name: str, words: Words, decimals: int) -> str:
    """Value without the correction, where the data identify it."""
    try:
        return number(float(fit.uncorrected().params[name]), decimals)
    except InputError:
        return term("table.not_identified", words.lang)


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
        sentences += _classes("lisa", name, clusters.lisa[column], clusters.years[-1:], words)
        if column in clusters.changes:
            sentences += _change(name, clusters.changes[column], words)
        result[column] = sentences
    for column, table in clusters.hot_spots.items():
        found = _classes("hot_spots", label(column), table, clusters.years[-1:], words)
        result[column] = [*result.get(column, []), *found]
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


def _classes(
    kind: str, name: str, table: pd.DataFrame, last: Sequence[Any], words: Words
) -> list[str]:
    """Count the classes of a local statistic in the last year of the maps."""
    rows = table.xs(last[0], level=0) if last else table
    counts = rows["cluster"].value_counts(sort=False)
    vocabulary = "spot" if kind == "hot_spots" else "cluster"
    shown = [
        f"{term(f'{vocabulary}.{key}', words.lang)} {count}"
        for key, count in counts.items()
        if key != "missing"
    ]
    year = words("find.lisa_year", year=last[0]) if last else ""
    return [words(f"find.{kind}", name=name, year=year, counts=words.listed(shown))]


def _change(name: str, table: pd.DataFrame, words: Words) -> list[str]:
    """Count the units that moved into a cluster or out of one."""
    ends = {side: table.attrs[side] for side in ("before", "after")}
    counts = table["change"].value_counts(sort=False)
    shown = [
        f"{term(f'change.{key}', words.lang)} {count}"
        for key, count in counts.items()
        if str(key).startswith(("became", "left")) and count
    ]
    key = "find.lisa_change" if shown else "find.lisa_change_none"
    return [words(key, name=name, counts=words.listed(shown), **ends)]
