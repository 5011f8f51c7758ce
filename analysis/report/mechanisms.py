"""What channels, moderators and groups tell, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.report.blocks import Block, Bullets, Text
from analysis.report.findings import number
from analysis.report.parts import said
from analysis.report.words import Words
from analysis.terms import group_name

if TYPE_CHECKING:
    from analysis.study.results import Study
    from spatial.heterogeneity import Groups
    from spatial.mechanisms import Channels, Moderation

__all__ = ["channels", "groups", "mechanism_findings", "moderators"]

LEVEL = 0.05


def channels(study: Study, words: Words) -> list[Block]:
    """What the design claims, and a sentence per link and path."""
    found = study.mechanisms.channels
    if not found:
        return []
    blocks: list[Block] = [Text(words("channels_two"))]
    if any(len(one.paths) for one in found.values()):
        blocks.append(Text(words("channels_three")))
    return [*blocks, Bullets([*_channel_findings(study, words), *_own_notes(found, words)])]


def moderators(study: Study, words: Words) -> list[Block]:
    """A sentence per moderator."""
    found = _moderator_findings(study, words)
    notes = [
        said(note, words)
        for one in study.mechanisms.moderators.values()
        for note in one.notes
        if note not in one.fit.notes
    ]
    return [Bullets([*found, *dict.fromkeys(notes)])] if found else []


def _own_notes(found: Mapping[Any, Channels], words: Words) -> list[str]:
    """Sentences on the draws."""
    lines = []
    for one in found.values():
        fits = [one.base, *(fit for part in one.fits.values() for fit in part.values())]
        known = {note for fit in fits for note in fit.notes}
        lines += [said(note, words) for note in one.notes if note not in known]
    return lines


def groups(study: Study, words: Words) -> list[Block]:
    """A sentence per comparison, and what cutting the weights did."""
    found = study.mechanisms.groups
    if not found:
        return []
    notes = [note for one in found.values() for note in one.notes if note not in one.joint.notes]
    lines = [*_group_findings(study, words), *(said(note, words) for note in notes)]
    return [Bullets(lines)]


def mechanism_findings(study: Study, words: Words) -> list[str]:
    """All sentences on channels, moderators and groups."""
    return [
        *_channel_findings(study, words),
        *_moderator_findings(study, words),
        *_group_findings(study, words),
    ]


def _figures(row: Any, decimals: int, mark: str = "") -> dict[str, str]:
    keys = {"value": "estimate", "low": "conf_low", "high": "conf_high"}
    return {f"{key}{mark}": number(float(row[column]), decimals) for key, column in keys.items()}


def _verdict(row: Any) -> str:
    if not (row["conf_low"] > 0 or row["conf_high"] < 0):
        return "none"
    return "up" if row["estimate"] > 0 else "down"


def _tested(p: float) -> str:
    return "untested" if pd.isna(p) else "some" if p <= LEVEL else "none"


def _channel_findings(study: Study, words: Words) -> list[str]:
    out = []
    for (name, _), found in study.mechanisms.channels.items():
        out += _links(study, name, found, words)
        out += _paths(study, found, words)
    return out


def _links(study: Study, name: str, found: Channels, words: Words) -> list[str]:
    decimals, out = study.plan.tables.decimals, []
    rows = found.links[found.links["response"] != found.base.outcome]
    for (cause, response), part in rows.groupby(["term", "response"], sort=False):
        by = part.set_index("effect")
        direct, indirect = by.loc["direct"], by.loc["indirect"]
        out.append(
            words(
                "find.link",
                name=study.label(name),
                x=study.label(str(cause)),
                m=study.label(str(response)),
                own=words(f"own.{_verdict(direct)}"),
                spill=words(f"spill.{_verdict(indirect)}"),
                **_figures(direct, decimals),
                **_figures(indirect, decimals, "2"),
            )
        )
    return out


def _paths(study: Study, found: Channels, words: Words) -> list[str]:
    decimals, out = study.plan.tables.decimals, []
    rows = found.paths[found.paths["kind"] == "mediated"]
    for path, part in rows.groupby("path", sort=False):
        by = part.set_index("effect")
        total, indirect = by.loc["total"], by.loc["indirect"]
        verdict = "none" if _verdict(total) == "none" else "some"
        verdict = "untested" if pd.isna(total["conf_low"]) else verdict
        shown = " → ".join(study.label(step) for step in str(path).split(" → "))
        out.append(
            words(
                "find.path",
                path=shown,
                verdict=words(f"path.{verdict}"),
                **_figures(total, decimals),
                **_figures(indirect, decimals, "2"),
            )
        )
    return out


def _moderator_findings(study: Study, words: Words) -> list[str]:
    return [
        _moderator(study, x, found, words) for (_, x), found in study.mechanisms.moderators.items()
    ]


def _moderator(study: Study, x: str, found: Moderation, words: Words) -> str:
    decimals, by = study.plan.tables.decimals, found.change.set_index("effect")
    p = float(found.tests["p_value"].iloc[-1])
    return words(
        "find.moderator",
        x=study.label(x),
        z=study.label(found.moderator),
        verdict=words(f"moderator.{_tested(p)}"),
        p=number(p, decimals),
        **_figures(by.loc["direct"], decimals),
        **_figures(by.loc["indirect"], decimals, "2"),
    )


def _group_findings(study: Study, words: Words) -> list[str]:
    out = []
    for name, found in study.mechanisms.groups.items():
        out.append(_compared(study, name, found, words))
        if study.plan.groups[name].between and "spillover" in set(found.tests["of"]):
            out.append(_between(study, found, words))
    return out


def _compared(study: Study, name: str, found: Groups, words: Words) -> str:
    decimals, last = study.plan.tables.decimals, found.tests.iloc[-1]
    space = " " if words.lang == "en" else ""
    p = float(last["p_value"])
    parts = {}
    for effect in ("direct", "indirect"):
        rows = found.effects[found.effects["effect"] == effect].to_dict("records")
        shown = [f"{group_name(row['group'], words.lang)} {_told(row, decimals)}" for row in rows]
        parts[effect] = words.listed(shown)
    return words(
        "find.groups",
        name=study.label(name),
        x=words.listed([study.label(x) for x in dict.fromkeys(found.effects["term"])]),
        verdict=words(f"groups.{_tested(p)}"),
        test=f"{words('test.' + last['test'])}{space}",
        p=number(p, decimals),
        **parts,
    )


def _told(row: Any, decimals: int) -> str:
    shown = _figures(row, decimals)
    return f"{shown['value']} [{shown['low']}, {shown['high']}]"


def _between(study: Study, found: Groups, words: Words) -> str:
    decimals = study.plan.tables.decimals
    p = float(found.tests.set_index("of").loc[["spillover"], "p_value"].iloc[0])
    others = found.between[found.between["from"] != found.between["to"]]
    row = others.iloc[int(others["estimate"].abs().to_numpy().argmax())]
    verdict = words(f"between.{_tested(p)}", p=number(p, decimals))
    return words(
        "find.between",
        source=group_name(row["from"], words.lang),
        target=group_name(row["to"], words.lang),
        verdict=verdict,
        **_figures(row, decimals),
    )
