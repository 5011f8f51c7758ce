"""Which tables a study prints, with their captions in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.report.captions import captions, synthetic_sentence
from analysis.report.words import Words
from analysis.terms import LANGUAGES, Language

if TYPE_CHECKING:
    from analysis.study.results import Study
    from analysis.tables import Table

__all__ = ["TABLE_FORMATS", "Sheet", "plan_sheets", "with_mark"]

TABLE_FORMATS = ("csv", "tex", "xlsx", "docx")
MOST_YEARS, MOST_COLUMNS, FEWEST_ROWS = 25, 16, 3
CHAINS = {"transitions": "moves", "neighbours": "neighbours", "local": "local"}


@dataclass(frozen=True)
class Sheet:
    """A table to be saved, its captions, and what of it the report shows."""

    stem: str
    section: str
    caption: Mapping[str, str]
    table: Table
    shown: Table | None = None


def plan_sheets(study: Study) -> list[Sheet]:
    """All tables of a study, in the order of the report; those of made-up data say so in a note."""
    sheets = [*_description(study), *_moran(study), *_classes(study)]
    sheets += [*_tests(study), *_models(study)]
    sheets += [*_mechanisms(study), *_spread(study), *_shocks(study)]
    return with_mark(study, sheets)


def with_mark(study: Study, sheets: list[Sheet]) -> list[Sheet]:
    """The tables, with a note where the data are made up."""
    mark = synthetic_sentence(study)
    if not mark:
        return sheets
    return [
        replace(s, table=_marked(s.table, mark), shown=s.shown and _marked(s.shown, mark))
        for s in sheets
    ]


def _marked(table: Table, mark: str) -> Table:
    return replace(table, notes=(mark, *table.notes))


def _style(study: Study) -> dict[str, Any]:
    plan = study.plan
    return {"labels": dict(plan.labels), "lang": plan.study.lang, "decimals": plan.tables.decimals}


def _description(study: Study) -> Iterator[Sheet]:
    from analysis import tables

    frame = study.sample.frame
    columns = [c for c in study.used_columns if pd.api.types.is_numeric_dtype(frame[c])]
    if columns:
        table = tables.describe(frame, columns, **_style(study))
        yield Sheet("description", "data", captions(study, "cap.describe"), table)
    varied = _correlated(frame, columns)
    if len(varied) > 1:
        style = _style(study) | {"stars": study.plan.tables.stars}
        table = tables.correlations(frame, varied[:MOST_COLUMNS], **style)
        if len(varied) > MOST_COLUMNS:
            note = Words(study.plan.study.lang)(
                "note.correlations", shown=MOST_COLUMNS, total=len(varied)
            )
            table = replace(table, notes=(*table.notes, note))
        yield Sheet("correlations", "data", captions(study, "cap.correlations"), table)


def _correlated(frame: pd.DataFrame, columns: list[str]) -> list[str]:
    """Columns that vary; those with gaps only where enough rows have them all."""
    varied = [c for c in columns if frame[c].max() > frame[c].min()]
    whole = [c for c in varied if frame[c].notna().all()]
    return varied if len(frame[varied].dropna()) >= FEWEST_ROWS else whole


def _moran(study: Study) -> Iterator[Sheet]:
    from analysis import tables

    if study.clusters and study.clusters.moran:
        columns, style = list(study.clusters.moran), _style(study)
        stars = study.plan.tables.stars
        graph = study.weights[str(study.plan.main_weights)].graph
        table = tables.moran(dict(study.clusters.moran), stars=stars, weights=graph, **style)
        shown = None
        if max(map(len, study.clusters.moran.values())) > MOST_YEARS:
            some = {name: _thinned(frame) for name, frame in study.clusters.moran.items()}
            shown = tables.moran(some, stars=stars, weights=graph, **style)
            note = Words(study.plan.study.lang)("all_years", stem="moran")
            shown = replace(shown, notes=(*shown.notes, note))
        caption: dict[str, str] = {lang: _moran_caption(study, columns, lang) for lang in LANGUAGES}
        yield Sheet("moran", "clustering", caption, table, shown)


def _classes(study: Study) -> Iterator[Sheet]:
    """Numbers of units in each local class, and how they moved between the classes."""
    from analysis import tables
    from analysis.study.pictures import file_stem

    found, lang = study.clusters, study.plan.study.lang
    if found is None:
        return
    results = {study.label(column): table for column, table in found.lisa.items()}
    for column, table in found.hot_spots.items():
        results[Words(lang)("cap.hot_spots_now", name=study.label(column))] = table
    if results:
        caption = captions(study, "cap.local_classes")
        counts = tables.local_classes(results, lang=lang)
        yield Sheet("local_classes", "clustering", caption, counts)
    for column, change in found.changes.items():
        ends = {side: change.attrs[side] for side in ("before", "after")}
        caption = captions(study, "cap.class_changes", columns={"name": column}, **ends)
        moves = tables.class_changes(change, lang)
        yield Sheet(file_stem("lisa_change", column), "clustering", caption, moves)


def _moran_caption(study: Study, columns: list[str], lang: Language) -> str:
    names = Words(lang).listed([study.label(column, lang) for column in columns])
    return captions(study, "cap.moran", name=names)[lang]


def _thinned(frame: pd.DataFrame) -> pd.DataFrame:
    """Keep evenly spaced years, the first and the last among them."""
    places = np.unique(np.linspace(0, len(frame) - 1, MOST_YEARS).round().astype(int))
    some = frame.iloc[places]
    some.attrs = dict(frame.attrs)
    return some


def _tests(study: Study) -> Iterator[Sheet]:
    from analysis import tables

    if study.models is None or study.models.choice is None:
        return
    style = _style(study) | {"stars": study.plan.tables.stars, "labels": None}
    graph = study.weights[str(study.plan.main_weights)].graph
    table = tables.tests(study.models.choice, weights=graph, **style)
    yield Sheet("tests", "choosing", captions(study, "cap.tests"), table)


def _models(study: Study) -> Iterator[Sheet]:
    from analysis import tables

    if study.models is None or study.plan.model is None:
        return
    style = _style(study) | {
        "stars": study.plan.tables.stars,
        "parentheses": study.plan.tables.parentheses,
    }
    fitted = study.models.fitted
    several = len({item.weights for item in fitted}) > 1
    names = [f"{item.kind} ({item.weights})" if several else item.kind for item in fitted]
    fits = [item.fit for item in fitted]
    method = study.plan.model.effects_method
    table = tables.models(fits, effects=None, names=names, **style)
    yield Sheet("models", "models", captions(study, "cap.models"), table)
    table = tables.effects(fits, method=method, seed=study.plan.study.seed, names=names, **style)
    yield Sheet("effects", "effects", captions(study, "cap.effects_table"), table)


def _shocks(study: Study) -> Iterator[Sheet]:
    """Differences in differences, and the main model by instruments beside itself."""
    from analysis import tables
    from analysis.study.pictures import file_stem

    style: dict[str, Any] = _style(study) | {"stars": study.plan.tables.stars}
    short = {key: style[key] for key in ("lang", "decimals", "stars")}
    for name, shock in study.shocks.items():
        caption = captions(study, "cap.did", columns={"name": name})
        yield Sheet(file_stem("did", name), "shocks", caption, tables.did(shock.fit, **short))
    if study.instrumented is not None and study.models is not None:
        fits = [study.models.main.fit, study.instrumented.fit]
        names = [f"{study.models.main.kind}, {how}" for how in ("ML", "2SLS")]
        main = study.plan.tables.parentheses
        table = tables.models(fits, effects=None, names=names, parentheses=main, **style)
        yield Sheet("instruments", "instruments", captions(study, "cap.instruments"), table)
        table = tables.effects(fits, names=names, parentheses=main, **style)
        caption = captions(study, "cap.instruments_effects")
        yield Sheet("instruments_effects", "instruments", caption, table)


def _mechanisms(study: Study) -> Iterator[Sheet]:
    """Channels with their paths, moderators, groups."""
    from analysis import tables
    from analysis.study.pictures import file_stem

    found, style = study.mechanisms, _style(study) | {"stars": study.plan.tables.stars}
    chains = list(found.channels.values())
    if chains:
        table = tables.channels(chains, **style)
        yield Sheet("channels", "channels", captions(study, "cap.channels"), table)
    if any(len(one.paths) for one in chains):
        told = [one for one in chains if len(one.paths)]
        table = tables.mediation(told, **style)
        yield Sheet("mediation", "channels", captions(study, "cap.mediation"), table)
    if found.moderators:
        table = tables.moderation(list(found.moderators.values()), **style)
        yield Sheet("moderation", "moderators", captions(study, "cap.moderation"), table)
    for name, one in found.groups.items():
        names = {"name": name}
        caption = captions(study, "cap.groups", columns=names)
        yield Sheet(file_stem("groups", name), "groups", caption, tables.groups(one, **style))
        if study.plan.groups[name].between:
            caption = captions(study, "cap.between", columns=names)
            table = tables.spillovers_between(one, **style)
            yield Sheet(file_stem("between", name), "groups", caption, table)


def _spread(study: Study) -> Iterator[Sheet]:
    """Inequality and convergence of columns, thresholds of terms."""
    from analysis import tables
    from analysis.study.pictures import file_stem

    style = _style(study)
    plain: dict[str, Any] = {"lang": style["lang"], "decimals": style["decimals"]}
    starred: dict[str, Any] = {"stars": study.plan.tables.stars}
    for column, parts in (study.spread.columns if study.spread else {}).items():
        names = {"name": column}
        if {"sigma", "dagum", "theil"} & set(parts):
            caption = captions(study, "cap.inequality", columns=names)
            table = tables.inequality(parts, **plain)
            yield Sheet(file_stem("inequality", column), "distribution", caption, table)
        if {"gini_parts", "theil_parts"} & set(parts):
            given = [parts.get(name) for name in ("gini_parts", "theil_parts")]
            last = [None if one is None else _latest(one) for one in given]
            caption = captions(study, "cap.parts", columns=names)
            full, shown = (
                tables.inequality_parts(some[0], some[1], **plain) for some in (given, last)
            )
            stem = file_stem("inequality_parts", column)
            yield Sheet(stem, "distribution", caption, full, shown)
        if "beta" in parts:
            caption = captions(study, "cap.convergence", columns=names)
            sigma = parts.get("convergence")
            table = tables.convergence(parts["beta"], **plain, **starred, sigma=sigma)
            yield Sheet(file_stem("convergence", column), "distribution", caption, table)
        yield from _moves(study, column, parts, plain)
    for (name, term), found in study.thresholds.items():
        places = {"name": found.variable, "term": term}
        caption = captions(study, "cap.threshold_table", columns=places)
        table = tables.thresholds(found, **style, **starred)
        yield Sheet(file_stem("threshold", name, term), "thresholds", caption, table)


def _latest(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of the last time, which stands in the first column."""
    times = table[table.columns[0]]
    latest: pd.DataFrame = table[times == times.iloc[-1]]
    return latest


def _moves(
    study: Study, column: str, parts: Mapping[str, pd.DataFrame], plain: Mapping[str, Any]
) -> Iterator[Sheet]:
    """Transitions of each kind; the report shows those who stay, and its figures the rest."""
    from analysis import tables
    from analysis.study.pictures import file_stem

    for key in (name for name in CHAINS if name in parts):
        moves, ends = parts[key], parts["long_run"]
        given = None if key == "neighbours" else ends[ends["classes"] == key]
        full = tables.transitions(moves, given, **plain)
        stay = tables.transitions(moves[moves["from"] == moves["to"]], given, **plain)
        caption = captions(study, f"cap.{CHAINS[key]}", columns={"name": column})
        yield Sheet(file_stem(key, column), "distribution", caption, full, stay)
