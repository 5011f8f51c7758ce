"""The sections of a report, from the results of a study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.report.blocks import Block, Bullets, Code, Grid, Section, Text
from analysis.report.captions import captions
from analysis.report.chinese import in_chinese
from analysis.report.findings import (
    cluster_findings,
    effect_findings,
    flow_findings,
    number,
    plain_number,
)
from analysis.report.words import Words
from analysis.terms import term

if TYPE_CHECKING:
    from analysis.study.results import Study

__all__ = ["Exhibits", "sections"]

SHOWN = 15
REFERENCES = {
    "model": (
        "LeSage, J. and Pace, R. K. (2009). Introduction to Spatial Econometrics. CRC Press.",
        "Elhorst, J. P. (2014). Spatial Econometrics: From Cross-Sectional Data to Spatial Panels. Springer.",
    ),
    "lee-yu": (
        (
            "Lee, L. and Yu, J. (2010). Estimation of spatial autoregressive panel data models with fixed effects. "
            "Journal of Econometrics 154(2), 165–185."
        ),
    ),
    "clusters": (
        "Anselin, L. (1995). Local indicators of spatial association – LISA. Geographical Analysis 27(2), 93–115.",
    ),
    "bilisa": (
        (
            "Lee, S.-I. (2001). Developing a bivariate spatial association measure. Journal of Geographical Systems 3, "
            "369–385."
        ),
    ),
}

Exhibits = Mapping[str, Sequence[Block]]


def sections(study: Study, exhibits: Exhibits) -> list[Section]:
    """Sections in their order; those without content are left out.

    Parameters
    ----------
    study
        Results.
    exhibits
        Numbered figures and tables by section.
    """
    words = Words(study.plan.study.lang)
    builders = {
        "question": _question,
        "findings": _findings,
        "data": _data,
        "measures": _measures,
        "weights": _weights,
        "clustering": _exhibits_alone,
        "models": _exhibits_alone,
        "effects": _exhibits_alone,
        "spillovers": _spillovers,
        "truth": _truth,
        "notes": _notes,
        "limits": _limits,
        "references": _references,
        "reproduce": _reproduce,
    }
    made = []
    for anchor, build in builders.items():
        blocks = [*build(study, words), *exhibits.get(anchor, ())]
        if blocks:
            made.append(Section(anchor, words(anchor), blocks))
    return made


def period(study: Study, words: Words) -> str:
    """Years of the sample in words."""
    return _period(study.sample.times, words)


def _period(times: Sequence[Any], words: Words) -> str:
    if not len(times):
        return words("cross_section")
    return words("period", first=times[0], last=times[-1], count=len(times))


def _exhibits_alone(_: Study, __: Words) -> list[Block]:
    """Sections that consist of their figures and tables."""
    return []


def _question(study: Study, words: Words) -> list[Block]:
    if study.models is None:
        columns = words.listed(
            [study.label(c) for c in (study.clusters.moran if study.clusters else ())]
        )
        label = (
            study.weights[str(study.plan.main_weights)].labels[words.lang]
            if study.plan.main_weights
            else "–"
        )
        return (
            [
                Text(
                    words(
                        "asked_clusters",
                        columns=columns,
                        weights=label,
                        period=period(study, words),
                    )
                )
            ]
            if columns
            else []
        )
    main = study.models.main
    asked = words(
        "asked",
        focus=words.listed([study.label(term) for term in study.models.by_unit]),
        outcome=study.label(main.fit.outcome),
        kind=main.kind,
        effects=words(f"effects.{main.fit.model.effects}"),
        weights=study.weights[main.weights].labels[words.lang],
        period=_period(() if main.fit.times is None else main.fit.times, words),
    )
    return [Text(asked), Code(main.fit.model.formula)]


def _findings(study: Study, words: Words) -> list[Block]:
    decimals = study.plan.tables.decimals
    sentences = []
    if study.models:
        sentences += effect_findings(study.models, study.label, words, decimals)
        for found in flow_findings(
            study.models, study.label, study.place, words, decimals
        ).values():
            sentences += found
    if study.clusters:
        for found in cluster_findings(study.clusters, study.label, words, decimals).values():
            sentences += found
    return [Bullets(sentences)] if sentences else []


def _data(study: Study, words: Words) -> list[Block]:
    plan, sources = study.plan, study.sources
    counts = sources.ledger["how"].value_counts()
    matched = words.listed([words(f"how.{how}", count=count) for how, count in counts.items()])
    packaged = plan.boundaries.file == "china"
    lines = [
        words(
            "boundaries_line",
            file="china" if packaged else PurePath(plan.boundaries.file).name,
            count=len(sources.cities),
            source=_source(sources.cities.attrs.get("source"), plan.boundaries.file),
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
            period=period(study, words),
            rows=len(study.sample.frame),
        ),
    ]
    if sources.idle:
        lines.append(words("idle_line", count=len(sources.idle)))
    return [
        Bullets(lines),
        *_left_out(study, words),
        *_repairs(study, words),
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
        for row in table.itertuples()
    ]
    return [_grid(words("left_out"), (words("unit"), words("reason")), rows, words, most=60)]


def _reason(reason: str, words: Words, *, polygon: bool) -> str:
    kind, _, detail = reason.partition(": ")
    if kind == "drop_units":
        return words("reason.drop_units" if polygon else "reason.no_polygon")
    return words(f"reason.{kind}", column=detail, what=detail)


def _repairs(study: Study, words: Words) -> list[Block]:
    table = study.sources.repairs
    if table.empty:
        return []
    head = (words("source"), words("entry"), words("problem"), words("detail"))
    return [
        _grid(
            words("repairs"),
            head,
            [
                tuple(_said(cell, words) for cell in row)
                for row in table.itertuples(index=False, name=None)
            ],
            words,
        )
    ]


def _filled(study: Study, words: Words) -> list[Block]:
    table = study.filled
    if table.empty:
        return []
    rows = [
        (study.place(r.unit), str(r.time), study.label(r.column), number(r.value))
        for r in table.itertuples()
    ]
    head = (words("unit"), words("year"), words("column"), words("value"))
    return [
        Text(words("interpolated_intro", count=len(table))),
        _grid(words("interpolated"), head, rows, words, right=(3,)),
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
        for r in shown.itertuples()
    ]
    head = (words("unit"), words("year"), words("column"), words("value"), words("problem"))
    blocks: list[Block] = [Text(intro)]
    if rows:
        blocks.append(_grid(words("suspicious"), head, rows, words, right=(3,), most=60))
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


def _measures(study: Study, words: Words) -> list[Block]:
    rows = [(study.label(name), note[words.lang]) for name, note in study.measured.formulas.items()]
    if not rows:
        return []
    return [_grid("", (words("measure"), words("definition")), rows, words)]


def _weights(study: Study, words: Words) -> list[Block]:
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
        _grid(words("weights_caption"), head, rows, words, right=tuple(range(1, len(head)))),
    ]
    alone = [item for item in tables if item.isolates]
    blocks += [
        Text(
            words(
                "isolates_line",
                weights=item.labels[words.lang],
                names=words.listed([study.place(k) for k in item.isolates]),
            ),
            strong=True,
        )
        for item in alone
    ]
    return blocks if alone else [*blocks, Text(words("isolates_none"))]


_WEIGHT_ENTRIES = frozenset(
    f"weights.{key}"
    for key in (
        "n", "links", "isolates", "components", "min_neighbours", "mean_neighbours", "max_neighbours",
        "density", "rho_min", "rho_max",
    )
)  # fmt: skip


def _fact(value: Any) -> str:
    if value is None or pd.isna(value):
        return "–"
    return f"{value:,}" if isinstance(value, int) else number(float(value))


def _spillovers(study: Study, words: Words) -> list[Block]:
    if study.models is None or not study.models.flows:
        return []
    blocks: list[Block] = [Text(words("unit_maps"))]
    for focus, flows in study.models.flows.items():
        blocks += [_flows(study, focus, flows, words), _senders(study, focus, words)]
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
    return _grid(
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
    return _grid(
        captions(study, "cap.senders", columns={"name": focus})[words.lang],
        head,
        rows,
        words,
        right=(1, 3),
    )


def _truth(study: Study, words: Words) -> list[Block]:
    table = study.truth
    if table is None:
        return []
    decimals = study.plan.tables.decimals
    rows = [
        (
            study.label(row.term), _quantity(row.quantity, words), number(row.truth, decimals), number(row.estimate, decimals),
            f"{number(row.conf_low, decimals)} … {number(row.conf_high, decimals)}", words("yes" if row.covered else "no"),
        )
        for row in table.itertuples()
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
        _grid(captions(study, "cap.truth")[words.lang], head, rows, words, right=(2, 3, 4)),
    ]


def _quantity(key: str, words: Words) -> str:
    return words("coefficient") if key == "coefficient" else term(f"effect.{key}", words.lang)


def _notes(study: Study, words: Words) -> list[Block]:
    """Sentences of the fits, once each, with the models they belong to."""
    said: dict[str, list[str]] = {}
    for item in study.models.fitted if study.models else ():
        for note in item.fit.notes:
            said.setdefault(note, []).append(item.label)
    every = len(study.models.fitted) if study.models else 0
    lines = [_said(text, words) for text in study.warnings]
    for note, labels in said.items():
        whose = "" if len(labels) == every else words("of_models", models=words.listed(labels))
        lines.append(f"{_said(note, words)}{whose}")
    return [Bullets(lines)] if lines else []


def _said(text: str, words: Words) -> str:
    return in_chinese(text) if words.lang == "zh" else text


def _limits(study: Study, words: Words) -> list[Block]:
    items = [words("limit.synthetic")] if study.plan.study.synthetic else []
    if study.models:
        items += [words("limit.causal"), words("limit.weights")]
    if study.clusters and study.plan.autocorrelation:
        section, count = study.plan.autocorrelation, len(study.sample.units)
        plain = section.correction == "none"
        values = {"count": count, "alpha": section.alpha, "expected": round(section.alpha * count)}
        items.append(
            words("limit.local", **values) if plain else words("limit.local_corrected", count=count)
        )
        items += [words("limit.bivariate")] if study.clusters.bilisa else []
    return [Bullets([*items, words("limit.boundaries")])]


def _references(study: Study, _: Words) -> list[Block]:
    keys = []
    if study.models:
        keys.append("model")
        keys += ["lee-yu"] if study.models.main.fit.bias_correction else []
    if study.clusters:
        keys += ["clusters", *(["bilisa"] if study.clusters.bilisa else [])]
    return [Bullets([line for key in keys for line in REFERENCES[key]])] if keys else []


def _reproduce(study: Study, words: Words) -> list[Block]:
    manifest = study.manifest
    rows = [
        (words(f"input.{item['what']}"), item["name"], item["sha256"] or "–")
        for item in manifest["inputs"]
    ]
    versions = words.listed(
        [f"{name} {number}" for name, number in manifest["versions"].items() if number]
    )
    return [
        Text(words("repro_intro")),
        Text(words("time_line", time=manifest["made_at"], seed=manifest["seed"])),
        _grid("SHA-256", (words("entry"), words("file"), "SHA-256"), rows, words),
        Text(f"{words('versions')}: {versions}"),
    ]


def _grid(
    caption: str,
    head: Sequence[str],
    rows: Sequence[Sequence[Any]],
    words: Words,
    *,
    right: Sequence[int] = (),
    most: int = 30,
) -> Grid:
    """Make a small table, its first rows shown and the rest counted."""
    texts = [tuple(str(cell) for cell in row) for row in rows[:most]]
    more = words("more", count=len(rows) - most) if len(rows) > most else ""
    return Grid(caption, head, texts, right, more)
