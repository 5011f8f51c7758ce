"""Tables of inequality, of convergence and of thresholds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.tables.cells import Cell, check_stars, stars_of
from analysis.tables.covariances import covariance_words
from analysis.tables.labels import term_label
from analysis.tables.notes import star_key
from analysis.tables.table import Head, Row, Table
from analysis.terms import check_language, group_name
from analysis.terms import term as word
from spatial.errors import InputError

if TYPE_CHECKING:
    from spatial.thresholds import ThresholdFit

__all__ = ["convergence", "inequality", "inequality_parts", "thresholds"]

COUNTS = ("nobs", "isolates")
KNOWN = {
    "sigma": ("mean", "std_dev", "variation", "std_log"),
    "dagum": ("gini", "within_share", "between_share", "transvariation_share"),
    "theil": ("theil", "within_share", "between_share"),
}


def inequality(
    tables: Mapping[str, pd.DataFrame],
    lang: str = "en",
    decimals: int = 3,
    *,
    title: str | None = None,
) -> Table:
    """Table by year of spread, Dagum's Gini and Theil's index, as far as they are there.

    Parameters
    ----------
    tables
        Any of "sigma", "dagum" and "theil" from `sigma_convergence`, `dagum_by_time` and
        `theil_by_time` of `spatial.distribution`.
    lang, decimals, title
        As in `models`.

    Examples
    --------
    >>> found = {"dagum": distribution.dagum_by_time(panel, "y", "region")}  # doctest: +SKIP
    >>> tables.inequality(found)  # doctest: +SKIP
    """
    check_language(lang)
    given = {name: table for name, table in tables.items() if name in KNOWN}
    if not given:
        raise InputError(f"a table of inequality needs one of {', '.join(KNOWN)}.")
    above = [Head("")]
    heads = [Head(word("moran.time", lang))]
    for name in given:
        above.append(Head(word(f"spread.{name}", lang), span=len(KNOWN[name])))
        heads += [Head(word(f"spread.{column}", lang)) for column in KNOWN[name]]
    first = next(iter(given.values()))
    rows = [
        Row(
            str(time),
            tuple(
                Cell(value=float(table.loc[time, column]), decimals=decimals)
                for name, table in given.items()
                for column in KNOWN[name]
            ),
        )
        for time in first.index
    ]
    notes = [word(f"spread.note_{name}", lang) for name in given if name != "sigma"]
    counts = [int(count) for count in first["nobs"]]
    count = f"{min(counts)}–{max(counts)}" if len(set(counts)) > 1 else str(counts[0])
    notes.append(word("spread.note_nobs", lang, count=count))
    return Table((tuple(above), tuple(heads)), tuple(rows), tuple(notes), title, lang)


def inequality_parts(
    gini: pd.DataFrame | None = None,
    theil: pd.DataFrame | None = None,
    lang: str = "en",
    decimals: int = 3,
    *,
    title: str | None = None,
) -> Table:
    """Table of the parts of inequality in every time, with errors: whole, groups, pairs.

    Parameters
    ----------
    gini, theil
        From `spatial.dagum_gini` and `spatial.theil` of a panel.
    lang, decimals, title
        As in `models`.

    Examples
    --------
    >>> tables.inequality_parts(spatial.dagum_gini(panel, "y", "region"))  # doctest: +SKIP
    """
    check_language(lang)
    given = {"gini": gini, "theil": theil}
    known = {name: table for name, table in given.items() if table is not None}
    if not known:
        raise InputError("give the parts of a Gini coefficient, of Theil's index, or of both.")
    rows: list[Row] = []
    for name, table in known.items():
        for time, part in table.groupby(table.columns[0], sort=False):
            heading = f"{word(f'spread.{name}_part', lang)} {time}"
            rows.append(Row(heading, kind="section"))
            rows += [_part(row, lang, decimals) for row in part.to_dict("records")]
    names = ("estimate", "share", "std_error", "conf_low", "conf_high", "nobs")
    heads = (Head(""), *(Head(word(f"spread.{name}", lang)) for name in names))
    return Table((heads,), tuple(rows), (word("spread.note_parts", lang),), title, lang)


def _part(row: Mapping[Any, Any], lang: str, decimals: int) -> Row:
    """One part: of the whole by name, of a group or of a pair by theirs."""
    effect = str(row["effect"])
    if effect in ("group", "pair"):
        ends = [group_name(str(row[end]), lang) for end in ("group", "versus") if end in row]
        label = " / ".join(dict.fromkeys(ends))
    else:
        label = word("spread.whole" if effect in ("gini", "theil") else f"spread.{effect}", lang)
    names = ("estimate", "share", "std_error", "conf_low", "conf_high")
    cells = [Cell(value=float(row[name]), decimals=decimals) for name in names]
    return Row(label, (*cells, Cell(value=float(row["nobs"]), decimals=0)))


def convergence(
    table: pd.DataFrame,
    lang: str = "en",
    decimals: int = 3,
    stars: Sequence[float] = (0.01, 0.05, 0.1),
    *,
    sigma: pd.DataFrame | None = None,
    title: str | None = None,
) -> Table:
    """Table of β-convergence from `spatial.distribution.beta_convergence`: b, ρ, θ and speed.

    With `sigma`, the table of `spatial.convergence`, a note tells how the spread changed.

    Examples
    --------
    >>> found = spatial.distribution.beta_convergence(panel, "y", w)  # doctest: +SKIP
    >>> tables.convergence(found).save("β.docx")  # doctest: +SKIP
    """
    check_language(lang)
    levels = check_stars(stars)
    rows = []
    for key, part in table.groupby(["model", "spatial"], sort=False):
        model, spatial = key if isinstance(key, tuple) else (key, False)
        by_term = part.set_index("term")
        cells, under = [], []
        for term in ("b", "rho", "theta"):
            there = term in by_term.index
            row = by_term.loc[term] if there else None
            cells.append(_estimate(row, "estimate", "p_value", decimals, levels))
            under.append(_error(row, "std_error", decimals))
        row = by_term.loc["b"]
        cells.append(_estimate(row, "speed", "speed_p_value", decimals, levels))
        under.append(_error(row, "speed_std_error", decimals))
        cells.append(Cell(value=float(part["half_life"].iloc[0]), decimals=1))
        cells += [Cell(value=float(part[name].iloc[0]), decimals=0) for name in COUNTS]
        which = "spatial" if spatial else "plain"
        rows.append(Row(word(f"spread.{model}_{which}", lang), tuple(cells)))
        rows.append(Row("", (*under, Cell(), *(Cell() for _ in COUNTS)), kind="under"))
    names = ("b", "rho", "theta", "speed", "half_life", *COUNTS)
    heads = (Head(""), *(Head(word(f"spread.{name}", lang)) for name in names))
    notes = [word("table.note_star_key", lang, stars=star_key(levels, lang))] if levels else []
    notes.append(word("spread.note_beta", lang))
    notes += [] if sigma is None else [_change(sigma, lang, decimals)]
    under_word = word("threshold.std_error", lang)
    return Table((heads,), tuple(rows), tuple(notes), title, lang, under_word)


def _change(table: pd.DataFrame, lang: str, decimals: int) -> str:
    """How the spread changed, with its test."""
    row = table[table["kind"] == "sigma"].iloc[0]
    p, least = float(row["p_value"]), 10.0**-decimals
    shown = {
        name: f"{float(row[column]):.{decimals}f}".replace("-", "−")
        for name, column in (("value", "estimate"), ("low", "conf_low"), ("high", "conf_high"))
    }
    text = f"p < {least:.{decimals}f}" if p < least else f"p = {p:.{decimals}f}"
    what = word(f"spread.of_{row['model']}", lang)
    return word("spread.note_sigma", lang, what=what, p=text, **shown)


def thresholds(
    result: ThresholdFit,
    labels: Mapping[str, str] | None = None,
    lang: str = "en",
    decimals: int = 3,
    stars: Sequence[float] = (0.01, 0.05, 0.1),
    *,
    title: str | None = None,
) -> Table:
    """Table of a threshold model: tests, thresholds with intervals, effects by regime.

    Examples
    --------
    >>> tables.thresholds(found, lang="zh").save("门槛.docx")  # doctest: +SKIP
    """
    check_language(lang)
    levels = check_stars(stars)
    rows = [Row(word("threshold.tests", lang), kind="section")]
    for row in result.tests.to_dict("records"):
        mark = stars_of(row["p_value"], levels)
        cells = (
            Cell(value=float(row["statistic"]), decimals=decimals, stars=mark),
            Cell(value=float(row["p_value"]), decimals=decimals),
            Cell(value=float(row["critical_10"]), decimals=decimals),
            Cell(value=float(row["critical_05"]), decimals=decimals),
            Cell(value=float(row["critical_01"]), decimals=decimals),
            Cell(),
        )
        name = word("threshold.step", lang, null=row["null"], full=row["alternative"])
        rows.append(Row(f"{name} ({row['test']})", cells))
    rows += _block(word("threshold.places", lang), result.thresholds, _place_label, decimals, lang)
    name = term_label(result.term, labels, lang)

    def regime(row: Mapping[str, Any], language: str) -> str:
        kind = word(f"effect.{row['effect']}", language)
        return word("threshold.in_regime", language, regime=row["regime"], kind=kind)

    rows += _block(name, result.effects, regime, decimals, lang, levels)
    heads = tuple(Head(word(f"threshold.head_{k}", lang)) for k in ("row", *"abcde"))
    heads = (*heads, Head(""))
    notes = [word("table.note_star_key", lang, stars=star_key(levels, lang))] if levels else []
    draws = int(result.tests["bootstrap"].iloc[0])
    variable = term_label(result.variable, labels, lang)
    level = f"{100 * result.level:g}"
    kind = covariance_words(result.fit.cov_kind, lang, lambda name: term_label(name, labels, lang))
    notes.append(word("table.note_cov", lang, kind=kind))
    notes.append(word("threshold.about", lang, variable=variable, draws=draws, level=level))
    return Table((heads,), tuple(rows), tuple(notes), title, lang)


def _place_label(row: Mapping[str, Any], lang: str) -> str:
    return word("threshold.number", lang, number=row["threshold"])


def _block(
    heading: str,
    table: pd.DataFrame,
    label: Any,
    decimals: int,
    lang: str,
    levels: Sequence[float] = (),
) -> list[Row]:
    """Rows with estimate, error, interval and count under a heading of their own."""
    names = ("estimate", "std_error", "conf_low", "conf_high", *COUNTS)
    heads = ("effect" if levels else "estimate", *names[1:])
    shown = [word(f"threshold.{name}", lang) for name in heads]
    rows = [Row(heading, tuple(Cell(words=text) for text in shown), rule=True)]
    for row in table.to_dict("records"):
        cells = [
            Cell(
                value=float(row.get(name, float("nan"))),
                decimals=0 if name in COUNTS else decimals,
                stars=stars_of(row["p_value"], levels) if name == "estimate" and levels else "",
            )
            for name in names
        ]
        rows.append(Row(label(row, lang), tuple(cells)))
    return rows


def _estimate(row: Any, column: str, p: str, decimals: int, levels: Sequence[float]) -> Cell:
    if row is None:
        return Cell()
    stars = stars_of(float(row[p]), levels)
    return Cell(value=float(row[column]), decimals=decimals, stars=stars)


def _error(row: Any, column: str, decimals: int) -> Cell:
    if row is None:
        return Cell()
    return Cell(value=float(row[column]), decimals=decimals, brackets=True)
