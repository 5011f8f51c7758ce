"""Table of a difference in differences: average effects, leads and lags."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analysis.tables.cells import BLANK, Cell, check_stars, stars_of
from analysis.tables.notes import star_key
from analysis.tables.table import Head, Row, Table
from analysis.terms import check_language
from analysis.terms import term as word
from spatial.errors import InputError

__all__ = ["did"]

NUMBERS = ("std_error", "conf_low", "conf_high")


def did(
    fit: Any,
    lang: str = "en",
    decimals: int = 3,
    stars: Sequence[float] = (0.01, 0.05, 0.1),
    *,
    title: str | None = None,
) -> Table:
    """Table of a spatial difference in differences.

    Average effects (own, neighbours, total), then the event study: estimate with stars, standard
    error, interval, p and the number of rows behind it. Notes say which estimator and errors these
    are, what two-way fixed effects give instead, and how the test of the leads came out.

    Parameters
    ----------
    fit
        A `spatial.DIDFit`.
    lang, decimals, stars, title
        As in `models`.

    Raises
    ------
    InputError
        Something else than a difference in differences.

    Examples
    --------
    >>> tables.did(fit, lang="zh").save("表5.docx")  # doctest: +SKIP
    """
    language, levels = check_language(lang), check_stars(stars)
    if not all(callable(getattr(fit, name, None)) for name in ("events", "effects", "pretrend")):
        raise InputError(f"a {type(fit).__name__} is no difference in differences; give a DIDFit.")
    heads = ("estimate", *NUMBERS, "p_value", "rows", "isolates")
    head = (Head(""), *(Head(word(f"did.{key}", language)) for key in heads))
    rows = [Row(word("did.average", language), (BLANK,) * len(heads), "section")]
    rows += [
        Row(word(f"event.{row['effect']}", language), _cells(row, decimals, levels))
        for _, row in fit.effects().iterrows()
    ]
    events = fit.events()
    last = int(events["time"].max())
    for kind in ("own", "neighbours"):
        part = events[events["effect"] == kind]
        if len(part):
            rows.append(
                Row(word(f"event.{kind}", language), (BLANK,) * len(heads), "section", rule=True)
            )
        for _, row in part.iterrows():
            time = int(row["time"])
            said = f"≥{time}" if time == last >= 0 else str(time).replace("-", "−")
            rows.append(Row(said, _cells(row, decimals, levels)))
    notes = _notes(fit, language, decimals, levels)
    return Table(head=(head,), rows=tuple(rows), notes=tuple(notes), title=title, lang=language)


def _cells(row: pd.Series[Any], decimals: int, levels: Sequence[float]) -> tuple[Cell, ...]:
    p = float(row["p_value"])
    cells = [Cell(value=float(row["estimate"]), decimals=decimals, stars=stars_of(p, levels))]
    cells += [Cell(value=float(row[name]), decimals=decimals) for name in NUMBERS]
    cells.append(Cell(value=p, decimals=decimals, smallest="p"))
    return (*cells, *(Cell(words=str(int(row[name]))) for name in ("nobs", "isolates")))


def _notes(fit: Any, lang: Any, decimals: int, levels: Sequence[float]) -> list[str]:
    end, p_of = ("。" if lang == "zh" else "."), f".{decimals}f"
    notes = [word("table.note_star_key", lang, stars=star_key(levels, lang))] if levels else []
    by = fit.cov_kind.removeprefix("cluster by ")
    clustered = by == "unit" or by == fit.cov_kind
    shown = word("did.by_unit", lang) if clustered and by == "unit" else fit.cov_kind
    notes.append(
        word("did.note", lang, estimator=word(f"did.{fit.model.estimator}", lang), errors=shown)
    )
    trend = fit.pretrend().set_index("effect")["p_value"].dropna()
    if "both" in trend.index:
        notes.append(word("did.note_trend", lang, p=format(float(trend["both"]), p_of)))
    if fit.model.estimator == "imputation":
        own = fit.comparison.set_index("effect").loc["own"]
        values = {key: _signed(float(own[key]), decimals) for key in ("twoway", "imputation")}
        notes.append(word("did.note_twoway", lang, **values))
    return [note if note.endswith(end) else note + end for note in notes]


def _signed(value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}".replace("-", "−")
