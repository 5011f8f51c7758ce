"""The table of claims, tests and verdicts as it is printed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.report.captions import captions
from analysis.report.findings import number
from analysis.report.words import Words
from analysis.study.claiming import claims
from analysis.study.sheets import Sheet, with_mark
from analysis.tables.cells import ABSENT, Cell
from analysis.tables.table import Head, Row, Table
from analysis.terms import group_name, term

if TYPE_CHECKING:
    from analysis.study.results import Study

__all__ = ["claims_sheets"]

NUMBERS = ("estimate", "conf_low", "conf_high")


def claims_sheets(study: Study) -> list[Sheet]:
    """Table of all claims; none where the study makes no claim."""
    table = claims(study)
    if table.empty:
        return []
    caption = captions(study, "cap.claims")
    parts = (_full(study, table), _short(study, table))
    return with_mark(study, [Sheet("claims", "claims", caption, *parts)])


def _full(study: Study, table: pd.DataFrame) -> Table:
    """For files: every number in a cell of its own."""
    return _table(study, table, ("estimate", "conf_low", "conf_high", "p_value"), _numbers)


def _short(study: Study, table: pd.DataFrame) -> Table:
    """For the report: the interval behind the estimate."""
    return _table(study, table, ("estimate_interval",), _in_one)


def _table(
    study: Study,
    table: pd.DataFrame,
    middle: Sequence[str],
    figures: Callable[[dict[str, Any], int], tuple[Cell, ...]],
) -> Table:
    words, decimals = Words(study.plan.study.lang), study.plan.tables.decimals
    correction = study.plan.claims.correction
    rows = [
        Row(
            row["text"],
            (
                Cell(_test(study, row, words)),
                *figures(row, decimals),
                _number(row["p_adjusted"], decimals, smallest="p"),
                Cell(words(f"claim_verdict.{row['verdict']}")),
            ),
        )
        for row in _records(table)
    ]
    keys = ("claim", "test", *middle, f"p_{correction}", "verdict")
    head = tuple(Head(words(f"claim_head.{key}")) for key in keys)
    count = int(table["p_value"].notna().sum())
    rules = (correction, "tests", "absence")
    notes = tuple(words(f"claim_rule.{rule}", count=count) for rule in rules)
    return Table((head,), tuple(rows), notes, lang=words.lang, prose=(0, 1))


def _numbers(row: dict[str, Any], decimals: int) -> tuple[Cell, ...]:
    keys = ("estimate", "conf_low", "conf_high", "p_value")
    return tuple(
        _number(row[key], decimals, smallest="p" if key == "p_value" else "plain") for key in keys
    )


def _in_one(row: dict[str, Any], decimals: int) -> tuple[Cell, ...]:
    if pd.isna(row["estimate"]):
        return (ABSENT,)
    value, low, high = (number(row[key], decimals) for key in NUMBERS)
    return (Cell(f"{value} [{low},\u00a0{high}]"),)


def _number(value: float, decimals: int, *, smallest: str) -> Cell:
    known = pd.notna(value)
    return Cell(value=float(value), decimals=decimals, smallest=smallest) if known else ABSENT


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def _test(study: Study, row: dict[str, Any], words: Words) -> str:
    """How the claim was tested, in words; why it was not."""
    if row["reason"]:
        return words(f"claim_reason.{row['reason']}")
    effect = term(f"effect.{row['effect']}", words.lang)
    places: dict[str, str] = {"effect": effect, "run": "", "path": "", "m": "", "z": ""}
    if row["horizon"]:
        run = term(f"effect.{row['horizon']}", words.lang)
        places["run"] = f"（{run}）" if words.lang == "zh" else f" ({run.lower()})"
    name = str(row["tested_by"]).partition(".")[2]
    if row["test"] in ("path", "link"):
        path = _path(study.mechanisms.channels[name, row["term"]], row["term"])
        shown = " → ".join(study.label(one) for one in path)
        places |= {"path": shown, "m": study.label(path[-1])}
    elif row["test"] == "interaction":
        places["z"] = study.label(study.mechanisms.moderators[name, row["term"]].moderator)
    places |= {
        key: group_name(str(row[column]), words.lang)
        for key, column in (("one", "group"), ("other", "versus"))
    }
    if words.lang == "en" and row["test"] not in ("effect", "instruments"):
        places["effect"] = effect.lower()
    return words(f"claim_test.{row['test']}", **places)


def _path(found: Any, focus: str) -> list[str]:
    if len(found.paths):
        return str(found.paths["path"].iloc[0]).split(" → ")
    responses = [one for one in found.links["response"] if one != found.base.outcome]
    return [focus, *dict.fromkeys(responses)]
