"""What differences in differences and instruments tell, in sentences and small tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.report.blocks import Block, Bullets, Text
from analysis.report.findings import number
from analysis.report.parts import grid, said
from analysis.report.words import Words

if TYPE_CHECKING:
    from analysis.study.results import Study
    from analysis.study.shocks import Shock

__all__ = ["instrument_findings", "instruments", "shock_findings", "shocks"]

LEVEL = 0.05
WEAK = 10.0


def shocks(study: Study, words: Words) -> list[Block]:
    """Setting and findings of each treatment, and the notes of its estimation."""
    blocks: list[Block] = []
    for name, shock in study.shocks.items():
        blocks.append(Text(_setting(study.label(name), shock, words)))
        notes = [said(note, words) for note in shock.fit.notes]
        blocks.append(Bullets([*_findings(study, name, shock, words), *notes]))
    return blocks


def shock_findings(study: Study, words: Words) -> list[str]:
    """Sentences of all treatments."""
    return [
        line for name, one in study.shocks.items() for line in _findings(study, name, one, words)
    ]


def instruments(study: Study, words: Words) -> list[Block]:
    """What is instrumented by what, the findings and the first stage."""
    found, section = study.instrumented, study.plan.instruments
    if found is None or section is None:
        return []
    terms = words.listed([study.label(term) for term in section.endogenous])
    text = words("iv.said", terms=terms, excluded=words.listed(list(section.excluded)))
    notes = [said(note, words) for note in found.fit.notes]
    keys = ("partial_rsquared", "f_statistic", "conditional_f")
    rows = [
        (study.label(str(row["term"])), *(number(float(row[key]), 3) for key in keys))
        for _, row in found.first_stage.iterrows()
    ]
    head = tuple(words(f"iv.{key}") for key in ("term", "partial", "f", "conditional"))
    return [
        Text(text),
        Bullets([*instrument_findings(study, words), *notes]),
        grid(words("cap.first_stage"), head, rows, words, right=(1, 2, 3)),
    ]


def instrument_findings(study: Study, words: Words) -> list[str]:
    """The effect of each instrumented term beside maximum likelihood; strength; validity."""
    found, section, models = study.instrumented, study.plan.instruments, study.models
    if found is None or section is None or models is None:
        return []
    decimals, outcome = study.plan.tables.decimals, study.label(found.fit.outcome)
    tests = dict(zip(found.tests["test"], found.tests["p_value"], strict=True))
    out = []
    for term in section.endogenous:
        row, plain = _direct(found.effects, term), _direct(models.main.effects, term)
        if row is None or plain is None:
            continue
        verdict = words("iv.plain")
        if pd.notna(tests.get("wu_hausman")):
            p = float(tests["wu_hausman"])
            verdict = words("iv.differs" if p < LEVEL else "iv.alike", p=_p(p, decimals))
        values = _interval(row, decimals) | {"plain": number(float(plain["estimate"]), decimals)}
        out.append(words("find.iv", x=study.label(term), y=outcome, verdict=verdict, **values))
    least = float(found.first_stage["conditional_f"].min())
    strength = "untested" if pd.isna(least) else "weak" if least < WEAK else "strong"
    out.append(words(f"find.iv_{strength}", f=number(least, 1)))
    over = found.tests.iloc[0]
    if pd.notna(over["p_value"]):
        p = float(over["p_value"])
        key = "find.iv_over_no" if p < LEVEL else "find.iv_over_yes"
        out.append(words(key, p=_p(p, decimals)))
    return out


def _direct(effects: pd.DataFrame, term: str) -> pd.Series[Any] | None:
    rows = effects[(effects["term"] == term) & (effects["effect"] == "direct")]
    return rows.iloc[0] if len(rows) else None


def _setting(name: str, shock: Shock, words: Words) -> str:
    fit = shock.fit
    counts = fit.cohorts
    cells = [
        f"{words('never') if when == 'never' else when}: {count}".replace(
            ": ", "：" if words.lang == "zh" else ": "
        )
        for when, count in counts.items()
    ]
    values: dict[str, Any] = {
        "name": name,
        "treated": int(counts.drop("never").sum()),
        "count": fit.n_units,
        "cohorts": words.listed(cells),
    }
    if fit.model.estimator == "twoway":
        return words("shocks.setting_twoway", **values)
    return words("shocks.setting", reach=words(f"shocks.reach.{fit.model.exposed}"), **values)


def _findings(study: Study, name: str, shock: Shock, words: Words) -> list[str]:
    fit, decimals, label = shock.fit, study.plan.tables.decimals, study.label(name)
    effects, outcome = fit.effects().set_index("effect"), study.label(fit.outcome)
    out = []
    for kind in ("own", "neighbours"):
        if kind in effects.index:
            row = effects.loc[kind]
            out.append(
                words(
                    f"find.did_{kind}",
                    name=label,
                    y=outcome,
                    verdict=words(f"verdict.{_verdict(row)}"),
                    **_interval(row, decimals),
                )
            )
    p = float(fit.pretrend().set_index("effect")["p_value"]["both"])
    if pd.notna(p):
        key = "find.did_trend_yes" if p < LEVEL else "find.did_trend_no"
        out.append(words(key, name=label, p=_p(p, decimals)))
    if fit.model.estimator == "imputation" and "own" in effects.index:
        own = fit.comparison.set_index("effect").loc["own"].to_dict()
        sides = {"twoway": own["twoway"], "value": own["imputation"]}
        values = {key: number(float(value), decimals) for key, value in sides.items()}
        out.append(words("find.did_twoway", **values))
    if shock.placebo is not None and "own" in shock.placebo.p_values.index:
        p = float(shock.placebo.p_values["own"])
        draws = len(shock.placebo.draws)
        out.append(words("find.did_placebo", name=label, draws=draws, p=_p(p, decimals)))
    return out


def _interval(row: Any, decimals: int) -> dict[str, str]:
    keys = {"value": "estimate", "low": "conf_low", "high": "conf_high"}
    return {key: number(float(row[column]), decimals) for key, column in keys.items()}


def _verdict(row: Any) -> str:
    if row["conf_low"] <= 0 <= row["conf_high"]:
        return "none"
    return "up" if row["estimate"] > 0 else "down"


def _p(value: float, decimals: int) -> str:
    least = 10.0**-decimals
    return f"p < {least:.{decimals}f}" if value < least else f"p = {number(value, decimals)}"
