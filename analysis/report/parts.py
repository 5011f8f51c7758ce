"""Pieces that the sections of a report share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.report.blocks import Grid
from analysis.report.chinese import in_chinese
from analysis.report.words import Words

if TYPE_CHECKING:
    from analysis.study.results import Study

__all__ = ["grid", "of_models", "rows_of", "said", "span", "study_period"]


def study_period(study: Study, words: Words) -> str:
    """Years of the sample in words."""
    return span(study.sample.times, words)


def span(times: Sequence[Any], words: Words) -> str:
    """Say first and last time and their number."""
    if not len(times):
        return words("cross_section")
    return words("period", first=times[0], last=times[-1], count=len(times))


def said(text: str, words: Words) -> str:
    """Give a sentence of another part of the toolkit in the report's language."""
    return in_chinese(text) if words.lang == "zh" else text


def of_models(study: Study, words: Words, sentences: Callable[[Any], Sequence[str]]) -> list[str]:
    """Sentences of the fits, once each, with the models they belong to unless it is all."""
    fitted = study.models.fitted if study.models else ()
    whose: dict[str, list[str]] = {}
    for item in fitted:
        for note in sentences(item.fit):
            whose.setdefault(note, []).append(item.label)
    lines = []
    for note, labels in whose.items():
        every = len(labels) == len(fitted)
        mark = "" if every else words("of_models", models=words.listed(labels))
        lines.append(f"{said(note, words)}{mark}")
    return lines


def rows_of(table: pd.DataFrame) -> Iterator[Any]:
    """Rows with their columns as attributes."""
    yield from table.itertuples(index=False)


def grid(
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
