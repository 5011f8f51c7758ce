"""Sections on what went in: data, measures, weights."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import pandas as pd
from pandas.api.types import is_numeric_dtype

from analysis.report.blocks import Block, Bullets, Text
from analysis.report.findings import number, plain_number
from analysis.report.parts import grid, rows_of, said, study_period
from analysis.report.words import Words
from analysis.terms import term

if TYPE_CHECKING:
    from analysis.study.results import Study

__all__ = ["data", "measures", "weights"]

MOST_NAMED = 40  # units in a sentence
CHINA_LAYER = "packaged China layer"


def data(study: Study, words: Words) -> list[Block]:
    """Say what was read and joined, who was left out and why, what was mended or looks odd."""
    plan, sources = study.plan, study.sources
    counts = sources.ledger["how"].value_counts()
    matched = words.listed([words(f"how.{how}", count=count) for how, count in counts.items()])
    packaged = plan.boundaries.file == "china"
    lines = [
        words(
            "boundaries_line",
            file=said(CHINA_LAYER, words) if packaged else PurePath(plan.boundaries.file).name,
            count=len(sources.cities),
            source=said(_source(sources.cities.attrs.get("source"), plan.boundaries.file), words),
        ),
        words(
            "table_line",
            file=_file_name(plan.table.file),
            rows=len(sources.table),
            units=sources.table["key"].nunique(),
        ),
        words("matched_line", counts=matched),
        words(
            "sample_line",
            units=len(study.sample.units),
            period=study_period(study, words),
            rows=len(study.sample.frame),
        ),
    ]
    if sources.idle:
        lines.append(words("idle_line", count=len(sources.idle)))
    return [
        Bullets(lines),
        *_left_out(study, words),
        *_repairs(study, words),
        *_faults(study, words),
        *_filled(study, words),
        *_suspicious(study, words),
    ]


def _source(source: object, file: str) -> str:
    """Source of the boundaries, unless it only repeats the file's name."""
    text = str(source or "")
    return "" if file.endswith(text) else text


def _file_name(path: str) -> str:
    return PurePath(path.replace("\\", "/")).name


def _left_out(study: Study, words: Words) -> list[Block]:
    table = study.sample.left_out
    if table.empty:
        return [Text(words("left_out_none"))]
    unmatched = set(study.sources.unmatched)
    rows = [
        (study.place(row.unit), _reason(row.reason, words, polygon=row.unit not in unmatched))
        for row in rows_of(table)
    ]
    return [grid(words("left_out"), (words("unit"), words("reason")), rows, words, most=60)]


def _reason(reason: str, words: Words, *, polygon: bool) -> str:
    kind, _, detail = reason.partition(": ")
    if kind == "drop_units":
        return words("reason.drop_units" if polygon else "reason.no_polygon")
    return words(f"reason.{kind}", column=detail, what=detail)


def _repairs(study: Study, words: Words) -> list[Block]:
    """Ledger of repairs; areas where a repair changed one."""
    table = study.sources.repairs
    if table.empty:
        return []
    head = [words("source"), words("entry"), words("problem"), words("detail")]
    rows = [
        [said(cell, words) for cell in (row.source, row.key, row.problem, row.detail)]
        for row in rows_of(table)
    ]
    if not table["after"].notna().any():
        return [grid(words("repairs"), head, rows, words)]
    sizes = [[_km2(row.before), _km2(row.after)] for row in rows_of(table)]
    full = [[*row, *size] for row, size in zip(rows, sizes, strict=True)]
    head += [words("before_km2"), words("after_km2")]
    return [grid(words("repairs"), head, full, words, right=(4, 5))]


def _faults(study: Study, words: Words) -> list[Block]:
    """Faults of the boundaries that nobody mended: they can cost links."""
    table = study.sources.faults
    if table.empty:
        return []
    rows = [
        (study.place(row.key), term(f"fault.{row.problem}", words.lang), said(row.detail, words))
        for row in rows_of(table)
    ]
    head = (words("unit"), words("problem"), words("detail"))
    intro = Text(words("faults_intro", count=len(table)), strong=True)
    return [intro, grid(words("faults"), head, rows, words)]


def _km2(area: float) -> str:
    """Area in square kilometres, to the square metre where it is small."""
    return "–" if pd.isna(area) else f"{area / 1e6:,.3f}"


def _filled(study: Study, words: Words) -> list[Block]:
    table = study.filled
    if table.empty:
        return []
    rows = [
        (study.place(r.unit), str(r.time), study.label(r.column), number(r.value))
        for r in rows_of(table)
    ]
    head = (words("unit"), words("year"), words("column"), words("value"))
    return [
        Text(words("interpolated_intro", count=len(table))),
        grid(words("interpolated"), head, rows, words, right=(3,)),
    ]


def _suspicious(study: Study, words: Words) -> list[Block]:
    """Doubtful values of the columns in use one by one, those of all other columns as counts."""
    table = study.suspicious
    if table.empty:
        return [Text(words("suspicious_none"))]
    read = {*study.used_columns, *(w for m in study.plan.measure.values() for w in m.words)}
    used = table["column"].isin(read)
    inside = used & table["time"].isin(study.sample.times or [None])
    intro = words(
        "suspicious_intro",
        count=len(table),
        columns=table["column"].nunique(),
        inside=int(inside.sum()),
    )
    shown = table[used | (table["reason"] != "jump")]
    rows = [
        (
            study.place(r.unit),
            "" if r.time is None else str(r.time),
            study.label(r.column),
            plain_number(r.value),
            _why(r, words),
        )
        for r in rows_of(shown)
    ]
    head = (words("unit"), words("year"), words("column"), words("value"), words("problem"))
    blocks: list[Block] = [Text(intro)]
    if rows:
        blocks.append(grid(words("suspicious"), head, rows, words, right=(3,), most=20))
    rest = table.drop(shown.index)["column"].value_counts()
    if len(rest):
        counts = words.listed([f"{column} {count}" for column, count in rest.items()])
        blocks.append(Text(words("suspicious_rest", counts=counts)))
    return blocks


def _why(row: Any, words: Words) -> str:
    if row.reason != "jump":
        return words(f"suspicious.{row.reason}")
    return words(
        "suspicious.jump", factor=number(row.value / row.before, 2), before=plain_number(row.before)
    )


def measures(study: Study, words: Words) -> list[Block]:
    """Define each measure; list the weights of composite ones, and the phases of shocks."""
    found, plan = study.measured, study.plan.measure
    rows = [
        (study.label(name), term(f"measure.{plan[name].index}", words.lang), note[words.lang])
        for name, note in found.formulas.items()
    ]
    if not rows:
        return []
    head = (words("measure"), words("index"), words("definition"))
    return [
        grid("", head, rows, words),
        *(_indicators(study, name, table, words) for name, table in found.indicators.items()),
        *(_phases(study, name, table, words) for name, table in found.phases.items()),
    ]


def _indicators(study: Study, name: str, table: pd.DataFrame, words: Words) -> Block:
    """Weights or loadings of the indicators of a composite measure."""
    decimals = study.plan.tables.decimals
    shown = _over_years(table) if "time" in table.columns else table
    shown = shown.assign(indicator=shown["indicator"].map(study.label))
    numeric = [c for c in shown.columns if is_numeric_dtype(shown[c])]
    shown[numeric] = shown[numeric].map(lambda value: number(value, decimals))
    head = [words(column) for column in shown.columns]
    right = [k for k, column in enumerate(shown.columns) if column in numeric]
    caption = words("indicators_of", name=study.label(name))
    return grid(caption, head, shown.to_numpy().tolist(), words, right=right)


def _over_years(table: pd.DataFrame) -> pd.DataFrame:
    """Mean, least and largest weight (or loading) of each indicator over the years."""
    kept = [column for column in ("dimension", "indicator", "sign") if column in table.columns]
    value = "weight" if "weight" in table.columns else "loading"
    spread = table.groupby(kept, sort=False)[value].agg(["mean", "min", "max"])
    return spread.add_prefix(f"{value}_").reset_index()


def _phases(study: Study, name: str, table: pd.DataFrame, words: Words) -> Block:
    """Years, national growth and reading of each phase of a shock."""
    rows = [
        (
            row.phase,
            f"{row.first}–{row.last}",
            f"{number(100 * row.national_growth, 2)} %",
            words(f"phase.{row.kind}"),
            row.cities,
        )
        for row in rows_of(table)
    ]
    head = [words(key) for key in ("phase", "years", "national_growth", "kind", "cities")]
    caption = words("phases_of", name=study.label(name))
    return grid(caption, head, rows, words, right=(2, 4))


def weights(study: Study, words: Words) -> list[Block]:
    """Describe each set of weights and name the units without a neighbour."""
    if not study.weights:
        return []
    tables = list(study.weights.values())
    entries = [key for key in tables[0].description.index if f"weights.{key}" in _WEIGHT_ENTRIES]
    rows = [
        (words(f"weights.{key}"), *(_fact(item.description[key]) for item in tables))
        for key in entries
    ]
    head = (words("entry"), *(item.name for item in tables))
    glue = "：" if words.lang == "zh" else ": "
    blocks: list[Block] = [
        Bullets([f"{item.name}{glue}{item.labels[words.lang]}" for item in tables]),
        grid(words("weights_caption"), head, rows, words, right=tuple(range(1, len(head)))),
    ]
    alone = [item for item in tables if item.isolates]
    blocks += [
        Text(
            words(
                "isolates_line",
                weights=item.labels[words.lang],
                names=_names(study, item.isolates, words),
            ),
            strong=True,
        )
        for item in alone
    ]
    notes = [f"{item.name}{glue}{said(note, words)}" for item in tables for note in item.notes]
    blocks += [Bullets(notes)] if notes else []
    return blocks if alone else [*blocks, Text(words("isolates_none"))]


def _names(study: Study, units: Sequence[Any], words: Words) -> str:
    """Names of units, the first ones where there are many, and how many more there are."""
    names = [study.place(unit) for unit in units[:MOST_NAMED]]
    more = len(units) - len(names)
    return words.listed([*names, *([words("more", count=more)] if more else [])])


_WEIGHT_ENTRIES = frozenset(
    f"weights.{key}"
    for key in (
        "n", "links", "isolates", "components", "min_neighbours", "mean_neighbours",
        "max_neighbours", "density", "rho_min", "rho_max",
    )
)  # fmt: skip


def _fact(value: Any) -> str:
    if value is None or pd.isna(value):
        return "–"
    return f"{value:,}" if isinstance(value, int) else number(float(value))
