"""Captions of figures and tables in both languages; those of made-up data say so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analysis.report.words import SYNTHETIC, Words
from analysis.terms import LANGUAGES

if TYPE_CHECKING:
    from analysis.study.results import Study

__all__ = ["captions", "synthetic_mark", "synthetic_sentence"]


def captions(
    study: Study, key: str, *, columns: Mapping[str, str] | None = None, **values: Any
) -> dict[str, str]:
    """Give a caption in both languages.

    Parameters
    ----------
    study
        Whose labels are used.
    key
        Sentence of `WORDS`.
    columns
        Places of the sentence that hold the printed name of a column or term.
    **values
        Further places of the sentence; a list is enumerated.
    """
    result: dict[str, str] = {}
    for lang in LANGUAGES:
        names = {place: study.label(column, lang) for place, column in (columns or {}).items()}
        said = Words(lang)
        shown = {k: said.listed(v) if isinstance(v, list) else v for k, v in values.items()}
        mark = f" [{SYNTHETIC[lang]}]" if study.plan.study.synthetic else ""
        result[lang] = f"{said(key, **names, **shown)}{mark}"
    return result


def synthetic_mark(study: Study) -> str:
    """Words that mark made-up data; empty for real data."""
    return SYNTHETIC[study.plan.study.lang] if study.plan.study.synthetic else ""


def synthetic_sentence(study: Study) -> str:
    """Give the same as a whole sentence, for notes."""
    mark = synthetic_mark(study)
    return f"{mark}{'。' if study.plan.study.lang == 'zh' else '.'}" if mark else ""
