"""Sections on other choices, distance, other weights and single cities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.report.blocks import Block, Bullets, Text
from analysis.report.city import doubt, in_report, type_rule
from analysis.report.findings import number
from analysis.report.parts import rows_of, said
from analysis.report.words import Words
from analysis.terms import term

if TYPE_CHECKING:
    from analysis.study.results import Study

__all__ = ["carriers", "decay", "profiles", "robustness", "sensitivity_findings"]

NEVER = 0.05


def robustness(study: Study, words: Words) -> list[Block]:
    """How many specifications, their shares, and those that could not be fitted."""
    curve, section = study.sensitivity.curve, study.plan.robustness
    if curve is None or section is None:
        return []
    count = curve["specification"].nunique()
    key = "robust.rule" if section.specification_curve else "robust.alone"
    failed = curve[(curve["problem"] != "") & (curve["effect"] == "indirect")]
    whys = failed.groupby("problem", sort=False)["specification"].count()
    lost = [
        words("robust.failed", what=many, why=said(str(why), words)) for why, many in whys.items()
    ]
    return [Text(words(key, count=count)), Bullets([*_shares(study, words), *lost])]


def decay(study: Study, words: Words) -> list[Block]:
    """Where the effect is largest, where it can be told from zero, and who stands alone."""
    table = study.sensitivity.decay
    if table is None:
        return []
    first = table.drop_duplicates("km")
    lines = _decay_findings(study, words)
    for column, key in (("isolates", "decay.alone"), ("rescued", "decay.rescued_line")):
        some = [f"{row.km:g} km {getattr(row, column):.0f}" for row in rows_of(first)
                if getattr(row, column) > 0]  # fmt: skip
        lines += [words(key, counts=words.listed(some))] if some else []
    return [Bullets(lines)]


def carriers(study: Study, words: Words) -> list[Block]:
    """Which weights the data favour."""
    table = study.sensitivity.carriers
    if table is None:
        return []
    why = table.attrs.get("without_probability")
    rule = words("carriers.none", why=said(why, words)) if why else words("carriers.rule")
    return [Text(rule), *_bullets(_carrier_findings(study, words))]


def profiles(study: Study, words: Words) -> list[Block]:
    """Rule and counts of the types, then a page for each named city."""
    found, section = study.sensitivity.profiles, study.plan.profiles
    if found is None or section is None or study.models is None:
        return []
    blocks: list[Block] = []
    for focus, table in found.items():
        rule = type_rule(study, focus, words)
        counts = table["type"].value_counts(sort=False)
        shown = [f"{words(f'profile.{name}')} {count}" for name, count in counts.items()]
        blocks += [Text(rule), Text(words("profile.counts", counts=words.listed(shown)))]
        blocks += doubt(study, focus, words)
        blocks += [Text(words("profile.maps"))] * bool(section.maps)
        for unit in section.units:
            blocks += in_report(study, focus, unit, words)
    return blocks


def sensitivity_findings(study: Study, words: Words) -> list[str]:
    """Sentences for the findings at the head of the report."""
    return [
        *_shares(study, words),
        *_decay_findings(study, words),
        *_carrier_findings(study, words),
    ]


def _bullets(lines: list[str]) -> list[Block]:
    return [Bullets(lines)] if lines else []


def _shares(study: Study, words: Words) -> list[str]:
    shares, decimals = study.sensitivity.shares, study.plan.tables.decimals
    if shares is None:
        return []
    rows = shares[shares["effect"] == "indirect"]
    return [
        words(
            "find.robust",
            effect=term("effect.indirect", words.lang).removesuffix(" effect").lower(),
            x=study.label(row.focus),
            count=row.specifications - row.failed,
            up=f"{100 * row.positive:.0f} %",
            down=f"{100 * row.negative:.0f} %",
            up_sure=f"{100 * row.positive_significant:.0f} %",
            down_sure=f"{100 * row.negative_significant:.0f} %",
            low=number(row.lowest, decimals),
            high=number(row.highest, decimals),
            median=number(row.median, decimals),
        )
        for row in rows_of(rows)
    ]


def _decay_findings(study: Study, words: Words) -> list[str]:
    table = study.sensitivity.decay
    if table is None:
        return []
    decimals, lines = study.plan.tables.decimals, []
    indirect = table[(table["effect"] == "indirect") & table["estimate"].notna()]
    for name, part in indirect.groupby("term", sort=False):
        top: Any = part.iloc[int(part["estimate"].abs().to_numpy().argmax())]
        sure = part.loc[part["p_value"] < NEVER, "km"]
        where = (
            words("decay.sure", km=_spans(part["km"].tolist(), sure.tolist(), words))
            if len(sure)
            else words("decay.unsure")
        )
        lines.append(
            words(
                "find.decay",
                rule=words(f"decay.rule.{top['mode']}"),
                x=study.label(str(name)),
                km=f"{top['km']:g}",
                value=number(top["estimate"], decimals),
                interval=_interval(top, decimals),
                where=where,
            )
        )
    return lines


def _spans(every: list[float], some: list[float], words: Words) -> str:
    """Distances as runs of neighbours on the curve: 100–400, 600."""
    runs: list[list[float]] = []
    for place, km in enumerate(every):
        if km not in some:
            continue
        if runs and place and every[place - 1] == runs[-1][-1]:
            runs[-1].append(km)
        else:
            runs.append([km])
    return words.listed([f"{r[0]:g}" if len(r) == 1 else f"{r[0]:g}–{r[-1]:g}" for r in runs])


def _interval(row: Any, decimals: int) -> str:
    return f"[{number(row['conf_low'], decimals)}, {number(row['conf_high'], decimals)}]"


def _carrier_findings(study: Study, words: Words) -> list[str]:
    table, decimals = study.sensitivity.carriers, study.plan.tables.decimals
    if table is None or table["probability"].isna().all():
        return []
    indirect = table[table["effect"] == "indirect"]
    lines = []
    for name, part in indirect.groupby("term", sort=False):
        best: Any = part.iloc[int(part["probability"].to_numpy().argmax())]
        labels = {key: study.weights[key].labels[words.lang] for key in part["weights"]}
        lines.append(
            words(
                "find.carriers",
                names=words.listed(list(part["weights"])),
                best=labels[best["weights"]],
                p=f"{best['probability']:.3f}",
                x=study.label(str(name)),
                value=number(best["estimate"], decimals),
                interval=_interval(best, decimals),
            )
        )
    return lines
