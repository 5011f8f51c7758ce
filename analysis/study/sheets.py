"""Which tables a study prints, with their captions in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.report.words import SYNTHETIC, Words
from analysis.study.pictures import captions
from analysis.study.sampling import used_columns
from analysis.terms import LANGUAGES

if TYPE_CHECKING:
    from analysis.study.results import Study
    from analysis.tables import Table

__all__ = ["TABLE_FORMATS", "Sheet", "plan_sheets"]

TABLE_FORMATS = ("csv", "tex", "xlsx", "docx")


@dataclass(frozen=True)
class Sheet:
    """A table to be saved: file name, section of the report, captions, the table itself."""

    stem: str
    section: str
    caption: Mapping[str, str]
    table: Table


def plan_sheets(study: Study) -> list[Sheet]:
    """All tables of a study, in the order of the report; those of made-up data say so in a note."""
    sheets = [*_description(study), *_moran(study), *_models(study)]
    if not study.plan.study.synthetic:
        return sheets
    mark = SYNTHETIC[study.plan.study.lang]
    return [replace(s, table=replace(s.table, notes=(mark, *s.table.notes))) for s in sheets]


def _style(study: Study) -> dict[str, Any]:
    plan = study.plan
    return {"labels": dict(plan.labels), "lang": plan.study.lang, "decimals": plan.tables.decimals}


def _description(study: Study) -> Iterator[Sheet]:
    from analysis import tables

    frame = study.sample.frame
    columns = [c for c in used_columns(study.plan) if pd.api.types.is_numeric_dtype(frame[c])]
    if columns:
        table = tables.describe(frame, columns, **_style(study))
        yield Sheet("description", "data", captions(study, "cap.describe"), table)


def _moran(study: Study) -> Iterator[Sheet]:
    from analysis import tables

    if study.clusters and study.clusters.moran:
        columns = list(study.clusters.moran)
        table = tables.moran(
            dict(study.clusters.moran), stars=study.plan.tables.stars, **_style(study)
        )
        caption = {
            lang: captions(
                study, "cap.moran", name=Words(lang).listed([study.label(c, lang) for c in columns])
            )[lang]
            for lang in LANGUAGES
        }
        yield Sheet("moran", "clustering", caption, table)


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
    table = tables.effects(fits, method=method, names=names, **style)
    yield Sheet("effects", "effects", captions(study, "cap.effects_table"), table)
