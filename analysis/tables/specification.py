"""Table of specification tests: statistic, degrees of freedom and p of each, side by side."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.tables.cells import BLANK, Cell, check_stars, stars_of
from analysis.tables.notes import star_key
from analysis.tables.table import Head, Row, Table
from analysis.terms import TERMS, Language, check_language
from analysis.terms import term as word
from spatial.errors import InputError
from spatial.weights import label

if TYPE_CHECKING:
    from libpysal.graph import Graph

__all__ = ["as_tests", "test_name", "tests"]

NEEDED = ("test", "statistic", "df", "p_value")
TINY = 1e-300
SIGNS = {"rho*beta": "ρβ", "rho": "ρ", "lambda": "λ", "theta": "θ"}


def tests(
    results: Any,
    labels: Mapping[str, str] | None = None,
    lang: str = "en",
    decimals: int = 3,
    stars: Sequence[float] = (0.01, 0.05, 0.1),
    *,
    weights: Graph | None = None,
    title: str | None = None,
) -> Table:
    """Table of tests, each with its statistic, degrees of freedom and p.

    Parameters
    ----------
    results
        What `spatial.lm_tests`, `durbin_tests`, `choose_model`, `lr_test`, `wald_test`, `hausman`,
        `pesaran_cd`, `residual_moran` and `lm_residuals` give; a list of such results, which then
        stand under each other; or a mapping from names (of weights, of samples) to them, which
        stand side by side.
    labels
        Printed names of tests.
    lang, decimals, stars, title
        As in `models`.
    weights
        The graph, so that the note names it.

    Returns
    -------
    Table
        One result: statistic with stars, df, p, and the null hypothesis or the decision. Several:
        statistic, df and p of each. A test without df has a standard normal statistic.

    Raises
    ------
    InputError
        Something that is not the result of a test.

    Examples
    --------
    Two sets of weights side by side::

        graphs = {"queen": queen, "knn": nearest}
        found = {name: spatial.lm_tests(spec, panel, w, "twoway") for name, w in graphs.items()}
        tables.tests(found, lang="zh").save("表4.docx")
    """
    language, levels = check_language(lang), check_stars(stars)
    several = isinstance(results, Mapping) and not isinstance(results, pd.Series)
    frames = {
        name: as_tests(part) for name, part in (results if several else {"": results}).items()
    }
    if not frames or all(frame.empty for frame in frames.values()):
        raise InputError("a table of tests needs at least one result.")
    known = labels or {}
    if several:
        head, rows = _side_by_side(frames, known, language, decimals, levels)
    else:
        head, rows = _one(frames[""], known, language, decimals, levels)
    notes = [word("table.note_star_key", lang, stars=star_key(levels, lang))] if levels else []
    if any(frame["df"].isna().any() for frame in frames.values()):
        notes.append(word("table.note_normal", lang))
    if weights is not None:
        notes.append(word("table.note_weights", lang, weights=label(weights, language)))
    return Table(head=head, rows=tuple(rows), notes=tuple(notes), title=title, lang=lang)


def as_tests(result: Any) -> pd.DataFrame:
    """Bring results of any shape into rows of tests."""
    if isinstance(result, pd.DataFrame):
        frame = pd.DataFrame(result)
    elif isinstance(result, pd.Series):
        frame = pd.DataFrame([_moran_row(result) if "z" in result.index else result.to_dict()])
    elif isinstance(result, Iterable) and not isinstance(result, (str, bytes)):
        parts = [as_tests(part) for part in result]
        frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=NEEDED)
    else:
        frame = pd.DataFrame()
    if not set(NEEDED) <= set(frame.columns):
        raise InputError(
            "a table of tests needs what the tests of spatial give, such as spatial.lm_tests."
        )
    return frame


def _moran_row(result: pd.Series[Any]) -> dict[str, Any]:
    """Moran's I of residuals as a test: its z."""
    return {
        "test": "residual_moran",
        "statistic": result["z"],
        "df": float("nan"),
        "p_value": result["p_value"],
        "null": "no correlation",
    }


def _one(
    frame: pd.DataFrame,
    labels: Mapping[str, str],
    lang: Language,
    decimals: int,
    levels: Sequence[float],
) -> tuple[tuple[tuple[Head, ...], ...], list[Row]]:
    """A line per test, with what it says last."""
    last = next((key for key in ("decision", "null") if key in frame.columns), None)
    keys = ["test", "statistic", "df", "p_value", *([last] if last else [])]
    rows = []
    for _, row in frame.iterrows():
        cells = _numbers(row, decimals, levels)
        if last:
            cells.append(Cell(words=_said(last, str(row[last]), lang)))
        rows.append(Row(test_name(str(row["test"]), labels, lang), tuple(cells)))
    return (tuple(Head(word(f"table.test_{key}", lang)) for key in keys),), rows


def _side_by_side(
    frames: Mapping[Any, pd.DataFrame],
    labels: Mapping[str, str],
    lang: Language,
    decimals: int,
    levels: Sequence[float],
) -> tuple[tuple[tuple[Head, ...], ...], list[Row]]:
    """A line per test, three columns per result."""
    keys = ("statistic", "df", "p_value")
    above = (Head(""), *(Head(str(name), span=3) for name in frames))
    below = [Head(word(f"table.test_{key}", lang)) for _ in frames for key in keys]
    found = [frame.drop_duplicates("test").set_index("test") for frame in frames.values()]
    rows = []
    for test in dict.fromkeys(name for frame in frames.values() for name in frame["test"]):
        cells: list[Cell] = []
        for frame in found:
            has = test in frame.index
            cells += _numbers(frame.loc[test], decimals, levels) if has else [BLANK] * 3
        rows.append(Row(test_name(str(test), labels, lang), tuple(cells)))
    return (above, (Head(word("table.test_test", lang)), *below)), rows


def _numbers(row: Any, decimals: int, levels: Sequence[float]) -> list[Cell]:
    """Statistic with stars, degrees of freedom, p; blank where a line is no test."""
    if pd.isna(row["p_value"]) and pd.isna(row["statistic"]) and pd.isna(row["df"]):
        return [BLANK] * 3
    p, df = float(row["p_value"]), row["df"]
    return [
        Cell(value=float(row["statistic"]), decimals=decimals, stars=stars_of(p, levels)),
        BLANK if pd.isna(df) else Cell(value=float(df), decimals=0),
        Cell(value=max(p, TINY), decimals=decimals, smallest="p"),
    ]


def test_name(test: str, labels: Mapping[str, str], lang: str) -> str:
    """Printed name of a test; of a reduction to some model by its name."""
    if test in labels:
        return labels[test]
    if f"test.{test}" in TERMS:
        return word(f"test.{test}", lang)
    kind, _, model = test.partition("_")
    if f"test.{kind}_to" in TERMS:
        return word(f"test.{kind}_to", lang, model=model.upper())
    return test


def _said(column: str, text: str, lang: Language) -> str:
    """A decision or a null hypothesis in the language of the table."""
    for kind in (column, "null"):
        if f"{kind}.{text}" in TERMS:
            return word(f"{kind}.{text}", lang)
    if column == "decision":
        return text
    text = re.sub("|".join(map(re.escape, SIGNS)), lambda sign: SIGNS[sign[0]], text)
    before, comma, free = text.partition(", whatever ")
    return word("null.whatever", lang, null=before, free=free) if comma else text
