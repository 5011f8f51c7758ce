"""Table of correlations: Pearson's, the lower triangle, with stars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.columns import as_list
from analysis.tables.cells import BLANK, Cell, check_stars, stars_of
from analysis.tables.labels import term_label
from analysis.tables.notes import star_key
from analysis.tables.statistics import numeric_columns
from analysis.tables.table import Head, Row, Table
from analysis.terms import check_language
from analysis.terms import term as word
from spatial.errors import InputError, counted

__all__ = ["correlations"]

LEAST = 3


def correlations(
    data: Any,
    columns: str | Sequence[str] | None = None,
    labels: Mapping[str, str] | None = None,
    lang: str = "en",
    decimals: int = 3,
    stars: Sequence[float] = (0.01, 0.05, 0.1),
    *,
    title: str | None = None,
) -> Table:
    """Table of Pearson's correlations, the lower triangle with ones on the diagonal.

    r of two columns over the rows where both have values; p two-sided from t = r √((n−2)/(1−r²))
    with n − 2 degrees of freedom, which takes rows as independent. Columns are numbered, and the
    rows name them.

    Parameters
    ----------
    data
        A DataFrame, or a panel (its `frame` is taken).
    columns
        Columns to correlate; all numeric columns when left out.
    labels
        Printed names of columns.
    lang, decimals, stars, title
        As in `models`.

    Raises
    ------
    InputError
        Fewer than two columns; one that is absent, holds text or does not vary; a pair with fewer
        than three rows in common.

    Examples
    --------
    >>> frame = pd.DataFrame({"x": [1.0, 2.0, 3.0, 5.0], "y": [2.0, 1.0, 4.0, 4.0]})
    >>> correlations(frame).frame.iloc[1].tolist()
    ['(2) y', '0.748', '1.000']
    """
    check_language(lang)
    levels = check_stars(stars)
    frame, names = numeric_columns(data, None if columns is None else as_list(columns))
    if len(names) < 2:
        raise InputError("a table of correlations needs two numeric columns at least.")
    values = _values(frame, names)
    counts = {_n(values, i, j) for i in range(len(names)) for j in range(i + 1)}
    rows = []
    for i, name in enumerate(names):
        cells = [_cell(values, names, (i, j), decimals, levels) for j in range(i)]
        one = Cell(value=1.0, decimals=decimals)
        label = f"({i + 1}) {term_label(name, labels, lang)}"
        rows.append(Row(label, (*cells, one, *[BLANK] * (len(names) - i - 1))))
    head = (Head(word("table.variable", lang)), *(Head(f"({i + 1})") for i in range(len(names))))
    return Table(
        head=(head,),
        rows=tuple(rows),
        notes=tuple(_notes(counts, levels, lang)),
        title=title,
        lang=lang,
    )


def _values(frame: pd.DataFrame, names: Sequence[str]) -> npt.NDArray[np.float64]:
    """Columns as numbers (n, k), missing ones NaN."""
    for name in names:
        if not pd.api.types.is_numeric_dtype(frame[name]):
            raise InputError(f"column {name!r} holds text; only numbers can be correlated.")
    values = np.asfortranarray(frame[list(names)].to_numpy(dtype=float, na_value=np.nan))
    for name, column in zip(names, values.T, strict=True):
        if np.isinf(column).any():
            raise InputError(f"column {name!r} holds infinite values; mend them first.")
    return values


def _n(values: npt.NDArray[np.float64], i: int, j: int) -> int:
    """Rows in which both columns have values."""
    return int((~np.isnan(values[:, i]) & ~np.isnan(values[:, j])).sum())


def _cell(
    values: npt.NDArray[np.float64],
    names: Sequence[str],
    pair: tuple[int, int],
    decimals: int,
    levels: Sequence[float],
) -> Cell:
    """Correlation of a pair of columns with its stars."""
    from scipy.special import stdtr

    both = values.T[list(pair)]
    held = ~np.isnan(both).any(axis=0)
    if not held.all():
        both = both[:, held]
    count = both.shape[1]
    one, other = (names[i] for i in pair)
    if count < LEAST:
        raise InputError(
            f"columns {one!r} and {other!r} have {counted(count, 'row', 'rows')} in common; "
            "leave one out."
        )
    constant = [
        names[i] for i, spread in zip(pair, np.ptp(both, axis=1), strict=True) if not spread
    ]
    if constant:
        raise InputError(f"column {constant[0]!r} does not vary; leave it out of columns=.")
    r = float(np.clip(np.asarray(np.corrcoef(both))[0, 1], -1.0, 1.0))
    free = count - 2
    t = abs(r) * np.sqrt(free / (1.0 - r**2)) if abs(r) < 1.0 else np.inf
    p = 2.0 * float(stdtr(free, -t))
    return Cell(value=r, decimals=decimals, stars=stars_of(p, levels))


def _notes(counts: set[int], levels: Sequence[float], lang: str) -> list[str]:
    """What the numbers are, on how many rows, and the stars."""
    low, high = min(counts), max(counts)
    n = str(low) if low == high else word("map.span", lang, low=low, high=high)
    notes = [word("table.note_pearson", lang, n=n)]
    return notes + (
        [word("table.note_star_key", lang, stars=star_key(levels, lang))] if levels else []
    )
