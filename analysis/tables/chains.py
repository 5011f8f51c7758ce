"""Table of transitions between classes, and of where they lead in the long run."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analysis.tables.cells import Cell
from analysis.tables.table import Head, Row, Table
from analysis.terms import TERMS, check_language
from analysis.terms import term as word
from spatial.errors import InputError

__all__ = ["transitions"]

NUMBERS = ("estimate", "std_error", "conf_low", "conf_high")
COUNTS = ("count", "nobs")
HEADS = (*(f"spread.{name}" for name in (*NUMBERS, "count", "started")), "spread.long_run")


def transitions(
    table: pd.DataFrame,
    long_run: pd.DataFrame | None = None,
    lang: str = "en",
    decimals: int = 3,
    *,
    title: str | None = None,
) -> Table:
    """Table of transition probabilities, a line for each pair of classes.

    Parameters
    ----------
    table
        From `spatial.transitions`, or `spatial.distribution.class_transitions`.
    long_run
        From `spatial.distribution.long_run` of a table without a condition; it stands beside the
        transitions that stay.
    lang, decimals, title
        As in `models`.

    Raises
    ------
    InputError
        Something else than transitions.

    Examples
    --------
    >>> moves = spatial.transitions(panel, "resilience")  # doctest: +SKIP
    >>> tables.transitions(moves, spatial.distribution.long_run(moves))  # doctest: +SKIP
    """
    check_language(lang)
    lacking = [name for name in ("from", "to", *NUMBERS, *COUNTS) if name not in table]
    if lacking:
        raise InputError(
            f"the table has no column {lacking[0]!r}; give what spatial.transitions returns."
        )
    ends: dict[str, float] = {}
    if long_run is not None:
        ends = dict(zip(long_run["class"], long_run["long_run"], strict=True))
    parts = table.groupby("given", sort=False) if "given" in table else [("", table)]
    rows: list[Row] = []
    for given, part in parts:
        if given != "":
            key = f"transition.given_{table.attrs.get('given') or 'time'}"
            rows.append(Row(word(key, lang, value=given), kind="section"))
        rows += _rows(part, ends, lang, decimals)
    kind = "chain_lisa" if table.attrs.get("local") else "chain_quantiles"
    heads = (Head(word(f"spread.{kind}", lang)), *(Head(word(name, lang)) for name in HEADS))
    shown = heads if ends else heads[:-1]
    return Table((shown,), tuple(rows), (word("spread.note_moves", lang),), title, lang)


def _rows(part: pd.DataFrame, ends: dict[str, float], lang: str, decimals: int) -> Iterator[Row]:
    for row in part.to_dict("records"):
        cells = [Cell(value=float(row[name]), decimals=decimals) for name in NUMBERS]
        cells += [Cell(value=float(row[name]), decimals=0) for name in COUNTS]
        if ends:
            stays = row["from"] == row["to"]
            cells.append(Cell(value=ends[row["from"]], decimals=decimals) if stays else Cell())
        yield Row(f"{_class(row['from'], lang)} → {_class(row['to'], lang)}", tuple(cells))


def _class(name: str, lang: str) -> str:
    key = f"cluster.{name}"
    return word(key, lang) if key in TERMS else name
