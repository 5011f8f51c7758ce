"""The claims a study set out with: which result tests each, and what it says.

A claim is supported where the adjusted p of its test is at most 0.05 and, where it states a sign,
the 95 % interval lies wholly on that side of zero. What was tested and is not supported keeps its
interval; what the study does not look into has no data. Holm's correction runs over all tests.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.report.words import Words
from analysis.study.schema_claims import ESSAY, Claim
from analysis.terms import Language, check_language

if TYPE_CHECKING:
    from analysis.study.results import Study
    from analysis.study.schema import Plan

__all__ = ["VERDICTS", "claims"]

LEVEL, NORMAL = 0.05, 1.959963984540054
VERDICTS = ("supported", "not supported", "no data")
COLUMNS = (
    "claim", "text", "tested_by", "term", "test", "effect", "horizon", "group", "versus", "sign",
    "estimate", "std_error", "conf_low", "conf_high", "p_value", "p_adjusted", "nobs", "isolates",
    "verdict", "reason",
)  # fmt: skip
NUMBERS = ("estimate", "std_error", "conf_low", "conf_high", "p_value", "nobs", "isolates")
DIFFERENCES = ("moderators", "groups")


@dataclass(frozen=True)
class Asked:
    """A claim and the result that tests it; None where the study has none."""

    name: str
    text: str | None
    result: str | None
    sign: str
    effect: str


def claims(study: Study, *, lang: Language | None = None) -> pd.DataFrame:
    """Give each claim with its test and verdict.

    Parameters
    ----------
    study
        What `analysis.run` returns. Its [claims] section says which claims there are.
    lang
        Of the column text; that of the study by default.

    Returns
    -------
    DataFrame
        A row per claim, result and focus term: claim, text, tested_by (such as
        "channels.technology", empty where nothing tests it), term, test (effect, instruments, path,
        link, interaction, wald, permutation), effect (direct, indirect, total), horizon (of dynamic
        models), group and versus (the two groups that differ most), sign (as claimed), estimate,
        std_error, conf_low, conf_high (95 %, not corrected), p_value, p_adjusted, nobs, isolates,
        verdict (supported, not supported, no data), reason (of "no data": absent, no_effect,
        no_interval).

        p of a path is the largest of its links, since a path with one link of zero carries nothing
        (the intersection–union test); p of an interaction or a difference is that of its Wald (or
        permutation) test.

    Examples
    --------
    >>> study = analysis.run("study.toml", out="out")  # doctest: +SKIP
    >>> analysis.claims(study)[["text", "estimate", "verdict"]]  # doctest: +SKIP
    """
    words = Words(check_language(lang or study.plan.study.lang))
    rows = [row for one in _asked(study.plan) for row in _tested(study, one, words)]
    table = pd.DataFrame(rows, columns=COLUMNS)
    table[[*NUMBERS, "p_adjusted"]] = table[[*NUMBERS, "p_adjusted"]].astype(float)
    corrected = study.plan.claims.correction == "holm"
    p = table["p_value"].to_numpy()
    table["p_adjusted"] = _holm(p) if corrected else p
    table["verdict"] = [_verdict(row) for row in table.itertuples(index=False)]
    return table


def _asked(plan: Plan) -> Iterator[Asked]:
    """Claims of the essay, then others of the file, then parts of the study that none tests."""
    section, told = plan.claims, set[str]()
    essay = section.essay and plan.model is not None
    names = [*(ESSAY if essay else ()), *section.named]
    for name in dict.fromkeys(names):
        given = section.named.get(name, Claim())
        results = given.tests or _by_name(plan, name)
        told.update(results)
        for result in results or (None,):
            yield Asked(name, given.text, result, _sign(given, result, name), given.effect)
    if essay:
        for part in ("channels", "moderators", "groups"):
            for name in getattr(plan, part):
                if f"{part}.{name}" not in told:
                    result = f"{part}.{name}"
                    yield Asked(name, None, result, _sign(Claim(), result, name), "total")


def _by_name(plan: Plan, claim: str) -> tuple[str, ...]:
    """The result whose section bears a name of the claim; empty where there is none."""
    parts, names = ESSAY.get(claim, ((), ()))
    for part in parts:
        if part == "effects":
            return (f"effects.{names[0]}",) if plan.model else ()
        for section in getattr(plan, part):
            if "".join(sign for sign in section.lower() if sign.isalnum()) in names:
                return (f"{part}.{section}",)
    return ()


def _sign(given: Claim, result: str | None, name: str) -> str:
    if given.sign:
        return given.sign
    parts = (result.partition(".")[0],) if result else ESSAY.get(name, ((), ()))[0]
    return "any" if parts and parts[0] in DIFFERENCES else "+"


def _tested(study: Study, asked: Asked, words: Words) -> Iterator[dict[str, Any]]:
    """Rows of a claim: one per focus term, and per horizon of a dynamic model."""
    terms = list(study.models.by_unit) if study.models else [""]
    for term in terms:
        head = {
            "claim": asked.name, "text": _text(study, asked, term, words), "term": term,
            "tested_by": asked.result or "", "sign": asked.sign, "effect": asked.effect,
            "horizon": "", "group": "", "versus": "", "test": "", "reason": "",
        }  # fmt: skip
        found = list(_rows(study, asked, term)) or [{"reason": "absent"}]
        for row in found:
            yield head | row


def _text(study: Study, asked: Asked, term: str, words: Words) -> str:
    lang = words.lang
    outcome = study.models.main.fit.outcome if study.models else ""
    names = {"x": study.label(term, lang) if term else "–"}
    names["y"] = study.label(outcome, lang) if outcome else "–"
    if asked.text:
        return asked.text
    if asked.name in ESSAY:
        return words(f"claim.{asked.name}", **names)
    part, _, name = (asked.result or "effects.total").partition(".")
    return words(f"claim.of_{part}", name=study.label(name, lang), **names)


def _rows(study: Study, asked: Asked, term: str) -> Iterator[dict[str, Any]]:
    """What the named result says on one focus term; nothing where the study lacks it."""
    part, _, name = (asked.result or "").partition(".")
    if part == "effects" and study.models:
        yield from _of_effects(study.models.main.effects, study.models.main.fit, name, term, part)
    elif part == "instruments" and study.instrumented:
        by_instruments = study.instrumented
        yield from _of_effects(by_instruments.effects, by_instruments.fit, name, term, part)
    elif part == "channels" and (name, term) in study.mechanisms.channels:
        yield _of_channel(study.mechanisms.channels[name, term], asked.effect)
    elif part == "moderators" and (name, term) in study.mechanisms.moderators:
        yield _of_moderator(study.mechanisms.moderators[name, term], asked.effect)
    elif part == "groups" and name in study.mechanisms.groups:
        found = study.mechanisms.groups[name]
        if term in set(found.effects["term"]):
            yield _of_groups(found, term, asked.effect)


def _of_effects(
    table: pd.DataFrame, fit: Any, effect: str, term: str, part: str
) -> Iterator[dict[str, Any]]:
    rows = table[(table["term"] == term) & (table["effect"] == effect)]
    test = "effect" if part == "effects" else part
    for row in rows.to_dict("records"):
        numbers = {key: row[key] for key in NUMBERS[:5]} | {"nobs": fit.nobs}
        there = pd.notna(row["p_value"])
        yield {
            "test": test,
            "effect": effect,
            "horizon": row.get("horizon", ""),
            **(numbers if there else {}),
            "reason": "" if there else "no_effect",
        }


def _of_channel(found: Any, effect: str) -> dict[str, Any]:
    """With three steps what travels the whole path, with two the weakest link."""
    if found.paths.empty:
        links = [link for link in _links(found, effect) if link["response"] != found.base.outcome]
        return {"test": "link"} | _figures(max(links, key=lambda link: link["p_value"]))
    first = found.paths["path"].iloc[0]
    path = found.paths[(found.paths["path"] == first) & (found.paths["effect"] == effect)]
    row, links = path.iloc[0].to_dict(), _links(found, effect)
    figures = _figures(row)
    if effect == "total":
        figures["p_value"] = max(link["p_value"] for link in links)
        if pd.isna(row["conf_low"]):
            figures |= _product(row["estimate"], links)
    missing = pd.isna(figures["p_value"])
    return {"test": "path"} | ({"reason": "no_interval"} if missing else figures)


def _links(found: Any, effect: str) -> list[dict[str, Any]]:
    """Each link from the focus over all channels to the last response."""
    table = found.links[found.links["effect"] == effect].to_dict("records")
    nodes = [table[0]["term"], *dict.fromkeys(row["response"] for row in table)]
    pairs = set(pairwise(nodes))
    return [row for row in table if (row["term"], row["response"]) in pairs]


def _product(estimate: float, links: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Interval of a product of independent estimates to first order (Sobel, 1982)."""
    values = np.array([link["estimate"] for link in links], dtype=float)
    errors = np.array([link["std_error"] for link in links], dtype=float)
    others = [np.prod(np.delete(values, place)) for place in range(len(values))]
    error = float(np.sqrt(np.sum((errors * others) ** 2)))
    low, high = estimate - NORMAL * error, estimate + NORMAL * error
    return {"std_error": error, "conf_low": low, "conf_high": high}


def _of_moderator(found: Any, effect: str) -> dict[str, Any]:
    row = found.change.set_index("effect").loc[effect].to_dict()
    p = float(found.tests["p_value"].iloc[-1])
    return {"test": "interaction"} | _figures(row) | {"p_value": p}


def _of_groups(found: Any, term: str, effect: str) -> dict[str, Any]:
    """The test of all coefficients, and the two groups whose effects differ most surely."""
    rows = found.contrasts
    rows = rows[(rows["term"] == term) & (rows["effect"] == effect) & rows["statistic"].notna()]
    if rows.empty:
        return {"reason": "no_interval"}
    top = rows.iloc[int(rows["statistic"].abs().to_numpy().argmax())].to_dict()
    p = float(found.tests["p_value"].iloc[-1])
    figures = _figures(top) | {"p_value": p, "nobs": found.joint.nobs}
    kind = str(found.tests["test"].iloc[-1])
    return {"test": kind, "group": top["group"], "versus": top["versus"], **figures}


def _figures(row: dict[str, Any]) -> dict[str, Any]:
    return {key: row[key] for key in NUMBERS if key in row}


def _holm(p: Any) -> Any:
    """Holm's adjusted p of those that are there: max over smaller p of (m − rank)·p."""
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    adjusted = np.full(len(p), np.nan)
    factors = np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(factors * p[order]))
    return adjusted


def _verdict(row: Any) -> str:
    if pd.isna(row.p_adjusted):
        return VERDICTS[2]
    side = {"+": row.conf_low > 0, "-": row.conf_high < 0, "any": True}[row.sign]
    return VERDICTS[0] if side and row.p_adjusted <= LEVEL else VERDICTS[1]
