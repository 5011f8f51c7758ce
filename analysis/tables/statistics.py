"""Tables of the data: descriptive statistics, and Moran's I by year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.columns import as_list, require_columns
from analysis.tables.cells import BLANK, Cell, check_stars, stars_of
from analysis.tables.labels import term_label
from analysis.tables.notes import star_key
from analysis.tables.table import Head, Row, Table
from analysis.terms import Language, check_language
from analysis.terms import term as word
from spatial.errors import InputError
from spatial.weights import label

if TYPE_CHECKING:
    from libpysal.graph import Graph

__all__ = ["describe", "moran", "numeric_columns"]

MOMENTS = ("mean", "sd", "min", "median", "max")
MORAN = ("statistic", "expected", "std_dev", "z", "p_value")


def describe(
    data: Any,
    columns: str | Sequence[str] | None = None,
    labels: Mapping[str, str] | None = None,
    lang: str = "en",
    decimals: int = 3,
    *,
    title: str | None = None,
) -> Table:
    """Table of descriptive statistics: N, mean, standard deviation, minimum, median, maximum.

    Parameters
    ----------
    data
        A DataFrame, or a panel (its `frame` is taken).
    columns
        Columns to describe; all numeric columns when left out.
    labels
        Printed names of columns.
    lang, decimals, title
        As in `models`.

    Returns
    -------
    Table
        N counts the values that are there; the standard deviation has divisor N − 1.

    Raises
    ------
    InputError
        A column that is absent, holds text or has no values.

    Examples
    --------
    >>> describe(pd.DataFrame({"x": [1.0, 2.0, 6.0]})).frame.iloc[0].tolist()
    ['x', '3', '3.000', '2.646', '1.000', '2.000', '6.000']
    """
    check_language(lang)
    frame, names = numeric_columns(data, None if columns is None else as_list(columns))
    rows = [_described(frame[name], name, labels, lang, decimals) for name in names]
    heads = (word(f"table.{key}", lang) for key in ("count", *MOMENTS))
    return Table(
        head=((Head(word("table.variable", lang)), *map(Head, heads)),),
        rows=tuple(rows),
        title=title,
        lang=lang,
    )


def numeric_columns(
    data: Any, columns: Sequence[str] | None = None
) -> tuple[pd.DataFrame, list[str]]:
    """Table of a DataFrame or panel, and its columns asked for, by default all numeric ones."""
    frame: pd.DataFrame = data if isinstance(data, pd.DataFrame) else data.frame
    if columns is not None:
        require_columns(frame, columns)
        return frame, list(columns)
    keys = set() if frame is data else {data.unit, data.time}
    return frame, [str(name) for name in frame.select_dtypes("number") if name not in keys]


def _described(
    column: pd.Series[Any], name: str, labels: Mapping[str, str] | None, lang: str, decimals: int
) -> Row:
    """One line of descriptive statistics."""
    if not pd.api.types.is_numeric_dtype(column):
        raise InputError(f"column {name!r} holds text; only numbers can be described.")
    values = column.dropna().to_numpy(dtype=float)
    if not len(values):
        raise InputError(f"column {name!r} has no values to describe; leave it out of columns=.")
    spread = float(np.std(values, ddof=1)) if len(values) > 1 else float("nan")
    moments = (values.mean(), spread, values.min(), np.median(values), values.max())
    cells = (Cell(value=float(value), decimals=decimals, smallest="e") for value in moments)
    count = Cell(value=float(len(values)), decimals=0)
    return Row(term_label(name, labels, lang), (count, *cells))


def moran(
    results: Any,
    labels: Mapping[str, str] | None = None,
    lang: str = "en",
    decimals: int = 3,
    stars: Sequence[float] = (0.01, 0.05, 0.1),
    *,
    weights: Graph | None = None,
    title: str | None = None,
) -> Table:
    """Table of Moran's I by year.

    Parameters
    ----------
    results
        What `spatial.moran_by_time` gives (or `spatial.moran` for one cross-section), or a mapping
        from column names to such results, which then stand side by side.
    labels
        Printed names of the columns.
    lang, decimals, stars, title
        As in `models`.
    weights
        The graph, so that the note names it in the table's language; without it the note has the
        words that the results carry.

    Returns
    -------
    Table
        One result: I, its expectation and standard deviation, z and p. Several: I with stars, z.

    Raises
    ------
    InputError
        Something that is not a result of Moran's I.

    Examples
    --------
    Over years::

        tables.moran({"res": spatial.moran_by_time(panel, "res", w)}, lang="zh").save("表1.docx")
    """
    language = check_language(lang)
    levels = check_stars(stars)
    several = isinstance(results, Mapping) and not isinstance(results, pd.Series)
    given = dict(results) if several else {"": results}
    frames = {name: _by_time(result) for name, result in given.items()}
    if not frames:
        raise InputError("a table of Moran's I needs at least one result.")
    heading = _heading(list(frames.values()), lang)
    if len(frames) == 1:
        name, frame = next(iter(frames.items()))
        head: tuple[tuple[Head, ...], ...] = (
            (Head(heading), *(Head(word(f"table.moran_{key}", lang)) for key in MORAN)),
        )
        rows = [_moran_row(time, row, decimals, levels) for time, row in frame.iterrows()]
        about = [word("table.note_variable", lang, name=term_label(name, labels, lang))]
        notes = (about if name else []) + _moran_notes(frames, levels, language, weights)
    else:
        head = _moran_head(list(frames), heading, labels, lang)
        rows = _side_by_side(list(frames.values()), decimals, levels)
        notes = _moran_notes(frames, levels, language, weights)
    return Table(head=head, rows=tuple(rows), notes=tuple(notes), title=title, lang=lang)


def _by_time(result: Any) -> pd.DataFrame:
    """Give a result of Moran's I as a frame with one row per time."""
    frame = result.to_frame().T if isinstance(result, pd.Series) else result
    if not isinstance(frame, pd.DataFrame) or not set(MORAN) <= set(frame.columns):
        raise InputError(
            "a table of Moran's I needs what spatial.moran or spatial.moran_by_time gives."
        )
    if isinstance(result, pd.Series):
        frame = frame.set_axis([""]).astype(float)
        frame.attrs = dict(result.attrs)
    return frame


def _heading(frames: Sequence[pd.DataFrame], lang: str) -> str:
    """Head of the first column: years, where there are any."""
    return word("moran.time", lang) if any(len(frame) > 1 for frame in frames) else ""


def _moran_row(label: Any, row: pd.Series[Any], decimals: int, levels: Sequence[float]) -> Row:
    """All columns of one result."""
    stars = stars_of(row["p_value"], levels)
    cells = [Cell(value=float(row["statistic"]), decimals=decimals, stars=stars)]
    cells += [Cell(value=float(row[key]), decimals=decimals) for key in MORAN[1:4]]
    cells.append(Cell(value=float(row["p_value"]), decimals=decimals, smallest="p"))
    return Row(str(label), tuple(cells))


def _moran_head(
    names: Sequence[str], heading: str, labels: Mapping[str, str] | None, lang: str
) -> tuple[tuple[Head, ...], ...]:
    """Names of the variables, each over its I and z."""
    above = (Head(""), *(Head(term_label(name, labels, lang), span=2) for name in names))
    pair = (Head(word("table.moran_statistic", lang)), Head(word("table.moran_z", lang)))
    return above, (Head(heading), *(pair * len(names)))


def _side_by_side(
    frames: Sequence[pd.DataFrame], decimals: int, levels: Sequence[float]
) -> list[Row]:
    """I with stars and z of each variable; blank in years that one lacks."""
    rows = []
    for time in sorted(set().union(*(frame.index for frame in frames))):
        cells: list[Cell] = []
        for frame in frames:
            if time not in frame.index:
                cells += [BLANK, BLANK]
                continue
            cells += [_moran_row(time, frame.loc[time], decimals, levels).cells[k] for k in (0, 3)]
        rows.append(Row(str(time), tuple(cells)))
    return rows


def _moran_notes(
    frames: Mapping[str, pd.DataFrame],
    levels: Sequence[float],
    lang: Language,
    weights: Graph | None,
) -> list[str]:
    """Stars, the side of the test and the weights."""
    notes = [word("table.note_star_key", lang, stars=star_key(levels, lang))] if levels else []
    sides = {str(frame.attrs.get("alternative", "two-sided")) for frame in frames.values()}
    glue = "；" if lang == "zh" else "; "
    notes.append(
        word(
            "table.note_moran",
            lang,
            side=glue.join(word(f"note.{side}", lang) for side in sorted(sides)),
        )
    )
    found = [f.attrs.get(f"weights_{lang}") or f.attrs.get("weights") for f in frames.values()]
    carried = [str(words) for words in found if words]
    said = dict.fromkeys(carried) if weights is None else [label(weights, lang)]
    if said:
        notes.append(word("table.note_weights", lang, weights=glue.join(said)))
    return notes
