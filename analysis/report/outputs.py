"""Sections on what came out: spillovers, truth beside estimate, notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.report.blocks import Block, Bullets, Grid, Text
from analysis.report.captions import captions
from analysis.report.crowded import crowded
from analysis.report.findings import number
from analysis.report.parts import grid, of_models, rows_of, said
from analysis.report.words import Words
from analysis.terms import term

if TYPE_CHECKING:
    from analysis.study.results import Study

__all__ = ["notes", "spillovers", "truth"]

SHOWN = 15


def spillovers(study: Study, words: Words) -> list[Block]:
    """Show the largest flows, senders and receivers of each focus term."""
    if study.models is None or not study.models.flows:
        return []
    dynamic = bool(study.models.main.fit.model.dynamic)
    blocks: list[Block] = [Text(words("unit_maps"))]
    blocks += [Text(words("unit_maps_short"))] * dynamic
    for focus, flows in study.models.flows.items():
        blocks += [] if flows.empty else [_flows(study, focus, flows, words)]
        blocks.append(_senders(study, focus, words))
    return blocks


def _flows(study: Study, focus: str, flows: pd.DataFrame, words: Words) -> Grid:
    decimals = study.plan.tables.decimals + 1
    rows = [
        (
            study.place(row[0]),
            study.place(row[1]),
            number(row[2], decimals),
            number(row[3], decimals),
        )
        for row in flows.head(SHOWN).itertuples(index=False, name=None)
    ]
    head = (words("from"), words("to"), words("effect"), words("std_error"))
    return grid(
        captions(study, "cap.flows", columns={"name": focus})[words.lang],
        head,
        rows,
        words,
        right=(2, 3),
    )


def _senders(study: Study, focus: str, words: Words) -> Grid:
    """Largest senders beside largest receivers."""
    table, decimals = study.models.by_unit[focus], study.plan.tables.decimals  # type: ignore[union-attr]
    sides = []
    for column in ("sent", "received"):
        top = table.reindex(
            table[column].abs().sort_values(ascending=False, kind="stable").index[:SHOWN]
        )
        sides.append(
            [(study.place(unit), number(value, decimals)) for unit, value in top[column].items()]
        )
    rows = [(*left, *right) for left, right in zip(*sides, strict=True)]
    head = (words("unit"), words("sent"), words("unit"), words("received"))
    return grid(
        captions(study, "cap.senders", columns={"name": focus})[words.lang],
        head,
        rows,
        words,
        right=(1, 3),
    )


def truth(study: Study, words: Words) -> list[Block]:
    """Show truth beside estimate and say how many intervals cover it."""
    table = study.truth
    if table is None:
        return []
    decimals = study.plan.tables.decimals
    rows = [
        (
            study.label(row.term),
            _quantity(row.quantity, words),
            number(row.truth, decimals),
            number(row.estimate, decimals),
            f"[{number(row.conf_low, decimals)}, {number(row.conf_high, decimals)}]",
            words("yes" if row.covered else "no"),
        )
        for row in rows_of(table)
    ]  # fmt: skip
    head = (
        words("term"),
        words("effect"),
        words("true_value"),
        words("estimate"),
        words("interval"),
        words("covered"),
    )
    intro = words("truth_intro", covered=int(table["covered"].sum()), count=len(table))
    return [
        Text(intro),
        grid(captions(study, "cap.truth")[words.lang], head, rows, words, right=(2, 3, 4)),
    ]


def _quantity(key: str, words: Words) -> str:
    return words("coefficient") if key == "coefficient" else term(f"effect.{key}", words.lang)


def notes(study: Study, words: Words) -> list[Block]:
    """Sentences of the fits but their doubts, which are limits."""
    lines = [*crowded(study, words), *(said(text, words) for text in study.warnings)]
    lines += of_models(
        study, words, lambda fit: [note for note in fit.notes if note not in fit.doubts]
    )
    return [Bullets(lines)] if lines else []
