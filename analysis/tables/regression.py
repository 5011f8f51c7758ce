"""Models side by side and their effects, in the form in which the field prints them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from analysis.tables.cells import ABSENT, BLANK, UNDEFINED, Cell, check_stars, stars_of
from analysis.tables.footer import statistics, variances
from analysis.tables.labels import term_label
from analysis.tables.notes import effects_notes, model_notes
from analysis.tables.table import Head, Row, Table
from analysis.tables.tested import tests_block
from analysis.terms import check_language
from analysis.terms import term as word
from spatial.errors import InputError

__all__ = ["effects", "models"]

Parentheses = Literal["se", "t", "z"]
EffectsMethod = Literal["delta", "simulate"]
KINDS = ("direct", "indirect", "total")
SPATIAL = ("rho", "lambda")


@dataclass(frozen=True, slots=True)
class Style:
    """How numbers and names are printed."""

    labels: Mapping[str, str] | None
    lang: str
    decimals: int
    stars: tuple[float, ...]
    parentheses: str

    def pair(self, estimate: float, std_error: float, p_value: float) -> tuple[Cell, Cell]:
        """Estimate with stars, and what stands in parentheses below it."""
        if std_error == 0:
            return ABSENT, BLANK
        if math.isnan(estimate):
            return UNDEFINED, BLANK
        top = Cell(
            value=float(estimate),
            decimals=self.decimals,
            stars=stars_of(p_value, self.stars),
            smallest="e",
        )
        below = std_error if self.parentheses == "se" else estimate / std_error
        small = "e" if self.parentheses == "se" else "plain"
        return top, Cell(value=float(below), decimals=self.decimals, brackets=True, smallest=small)

    def name(self, term: str) -> str:
        """Give the printed name of a term."""
        return term_label(term, self.labels, self.lang)


def models(  # noqa: PLR0913
    fits: Any,
    labels: Mapping[str, str] | None = None,
    lang: str = "en",
    decimals: int = 3,
    stars: Sequence[float] = (0.01, 0.05, 0.1),
    parentheses: Parentheses = "se",
    *,
    effects: EffectsMethod | None = "delta",
    tests: Any = "wald",
    seed: int = 0,
    names: Sequence[str] | None = None,
    title: str | None = None,
) -> Table:
    """Table of one model or of several side by side.

    Coefficients with standard errors, t or z below, then W·x, ρ, λ and the variances, the direct,
    indirect and total effects, tests, and the statistics of each model: those of a likelihood, and
    those of the instruments where there are some. The notes say what the stars and parentheses are,
    which covariance and which weights were used, what was corrected and what ρ and λ are without.

    Parameters
    ----------
    fits
        A fit, or a list of fits.
    labels
        Printed names of columns and terms; lags, logs and interactions are put together from them.
    lang
        "en" or "zh".
    decimals
        Digits behind the point.
    stars
        Levels of significance, one star more for each that p stays below; () for none.
    parentheses
        "se": standard errors; "t" or "z": the ratio of the estimate to its standard error (the
        same number under two customary names; p-values are normal).
    effects
        How the effects block is found, "delta" or "simulate"; None leaves it out.
    tests
        The tests block: "wald" for Wald tests that an SDM, SDEM or GNS may be reduced to SAR and
        SEM; or a list with, for each model, what `tables.tests` takes (the result of a test, or a
        list of results) or None; None leaves the block out.
    seed
        Of the simulation.
    names
        Heads of the columns; the kind of each model when left out.
    title
        Caption above the table.

    Raises
    ------
    InputError
        No fits, a wrong language, level or word, or not one name per fit.

    Examples
    --------
    With two fits::

        tables.models([sar, sdm], lang="zh", parentheses="t").save("表2.docx")

    With Lagrange multiplier tests below the model that they belong to::

        tables.models([ols, sdm], tests=[spatial.lm_tests(spec, panel, w, "twoway"), None])
    """
    columns = _as_fits(fits, names)
    style = _style(labels, lang, decimals, stars, parentheses)
    found = [] if effects is None else [_effects_of(fit, effects, seed) for fit in columns]
    rows = [*_coefficients(columns, style), *variances(columns, style)]
    if effects is not None:
        rows += _effect_blocks(found, style)
    rows += tests_block(columns, tests, style)
    rows += statistics(columns, style)
    return Table(
        head=_head(columns, names, style),
        rows=tuple(rows),
        notes=model_notes(columns, style, effects, signs=_signs(rows)),
        title=title,
        lang=lang,
        under=word(f"table.under_{parentheses}", lang),
    )


def effects(
    fits: Any,
    labels: Mapping[str, str] | None = None,
    lang: str = "en",
    decimals: int = 3,
    stars: Sequence[float] = (0.01, 0.05, 0.1),
    parentheses: Parentheses = "se",
    *,
    method: EffectsMethod = "delta",
    seed: int = 0,
    names: Sequence[str] | None = None,
    title: str | None = None,
) -> Table:
    """Table of direct, indirect and total effects of one model or of several side by side.

    One model: the three effects are the columns. Several: they are blocks of rows, and each model
    is a column. Other arguments as in `models`.

    Parameters
    ----------
    method
        "delta" or "simulate".
    seed
        Of the simulation.

    Examples
    --------
    With one fit::

        tables.effects(sdm, labels={"agg": "Agglomeration"}).save("table3.docx")
    """
    columns = _as_fits(fits, names)
    style = _style(labels, lang, decimals, stars, parentheses)
    found = [_effects_of(fit, method, seed) for fit in columns]
    if len(columns) == 1:
        heads = [Head(""), *(Head(word(f"effect.{kind}", lang)) for kind in KINDS)]
        head: tuple[tuple[Head, ...], ...] = (tuple(heads),)
        rows = _effects_across(found[0], style)
    else:
        head = _head(columns, names, style)
        rows = _effect_blocks(found, style)
    return Table(
        head=head,
        rows=tuple(rows),
        notes=effects_notes(columns, style, method, signs=_signs(rows)),
        title=title,
        lang=lang,
        under=word(f"table.under_{parentheses}", lang),
    )


def _as_fits(fits: Any, names: Sequence[str] | None) -> list[Any]:
    """One fit or several as a list, with a name for each if there are names."""
    found = list(fits) if isinstance(fits, Iterable) else [fits]
    if not found or any(not hasattr(fit, "params") for fit in found):
        raise InputError("a table of models needs one fit or a list of fits, as model.fit() gives.")
    if names is not None and len(names) != len(found):
        raise InputError(f"names= has {len(names)} names for {len(found)} models; give one each.")
    return found


def _style(
    labels: Mapping[str, str] | None,
    lang: str,
    decimals: int,
    stars: Sequence[float],
    parentheses: str,
) -> Style:
    """Check the options of a table."""
    check_language(lang)
    if parentheses not in ("se", "t", "z"):
        raise InputError(f"parentheses={parentheses!r} is unknown; write 'se', 't' or 'z'.")
    if not 0 <= decimals <= 10:
        raise InputError(f"decimals={decimals} is out of range; give 0 to 10.")
    return Style(labels, lang, decimals, check_stars(stars), parentheses)


def _effects_of(fit: Any, method: str, seed: int) -> pd.DataFrame:
    """Effects of a fit, indexed by horizon ("" where there is one only), effect and term."""
    table: pd.DataFrame = fit.effects(method=method, seed=seed)
    if "horizon" not in table.columns:
        table = table.assign(horizon="")
    return table.set_index(["horizon", "effect", "term"])


def _runs(found: Sequence[pd.DataFrame]) -> tuple[str, ...]:
    """Horizons of a table: two as soon as one model is dynamic."""
    dynamic = any("long" in table.index.get_level_values("horizon") for table in found)
    return ("short", "long") if dynamic else ("",)


def _head(
    columns: Sequence[Any], names: Sequence[str] | None, style: Style
) -> tuple[tuple[Head, ...], ...]:
    """Numbers of the models, and what they are."""
    numbers = [Head(f"({i})") for i in range(1, len(columns) + 1)]
    kinds = [fit.model.kind for fit in columns] if names is None else names
    lines = [
        (Head(""), *numbers),
        (Head(word("table.variable", style.lang)), *(Head(str(kind)) for kind in kinds)),
    ]
    outcomes = [fit.outcome for fit in columns]
    if len(set(outcomes)) > 1:
        heads = (Head(style.name(outcome)) for outcome in outcomes)
        lines.append((Head(word("table.outcome", style.lang)), *heads))
    return tuple(lines)


def _ordered(columns: Sequence[Any]) -> list[str]:
    """Terms of all models: regressors, the constant, spatial lags, the past, then ρ and λ."""
    terms = list(dict.fromkeys(str(term) for fit in columns for term in fit.params.index))

    def block(term: str) -> int:
        if term in SPATIAL:
            return 4 + SPATIAL.index(term)
        if term.startswith(("L.", "W.L.")):
            return 3
        return 2 if term.startswith("W.") else int(term == "Intercept")

    return sorted(terms, key=block)


def _coefficients(columns: Sequence[Any], style: Style) -> list[Row]:
    """Two lines per coefficient."""
    rows: list[Row] = []
    terms = _ordered(columns)
    first = next((term for term in terms if term in SPATIAL), None)
    for term in terms:
        pairs = []
        for fit in columns:
            if term in fit.params.index:
                values = (fit.params[term], fit.std_errors[term], fit.pvalues[term])
                pairs.append(style.pair(*values))
            else:
                pairs.append((BLANK, BLANK))
        rows += _two_lines(style.name(term), pairs, rule=term == first)
    return rows


def _two_lines(label: str, pairs: Sequence[tuple[Cell, Cell]], *, rule: bool = False) -> list[Row]:
    """Estimates, and below them what stands in parentheses."""
    above = Row(label, tuple(top for top, _ in pairs), rule=rule)
    return [above, Row("", tuple(below for _, below in pairs), kind="under")]


def _effect_blocks(found: Sequence[pd.DataFrame], style: Style) -> list[Row]:
    """One block of rows per effect and horizon, one column per model."""
    terms = list(dict.fromkeys(term for table in found for *_, term in table.index))
    rows: list[Row] = []
    for run in _runs(found):
        for kind in KINDS:
            rows.append(Row(_section(kind, run, style.lang), kind="section", rule=True))
            for term in terms:
                pairs = [_effect_pair(table, run, kind, term, style) for table in found]
                rows += _two_lines(style.name(term), pairs)
    return rows


def _section(kind: str, run: str, lang: str) -> str:
    """Head of a block of effects."""
    name = word(f"effect.{kind}", lang)
    if not run:
        return name
    return word("effect.in_run", lang, kind=name, run=word(f"effect.{run}", lang).lower())


def _effects_across(table: pd.DataFrame, style: Style) -> list[Row]:
    """Lay the three effects of one model side by side, horizon below horizon."""
    rows: list[Row] = []
    for run in _runs([table]):
        if run:
            rows.append(Row(word(f"effect.{run}", style.lang), kind="section", rule=True))
        for term in dict.fromkeys(term for *_, term in table.index):
            pairs = [_effect_pair(table, run, kind, term, style) for kind in KINDS]
            rows += _two_lines(style.name(term), pairs)
    return rows


def _effect_pair(
    table: pd.DataFrame, run: str, kind: str, term: str, style: Style
) -> tuple[Cell, Cell]:
    """One effect with what stands below it; blank where the model lacks the term or the horizon.

    Beside dynamic models those of a static one stand with the short run.
    """
    only = "" in table.index.get_level_values("horizon")
    key = ("" if only and run == "short" else run, kind, term)
    if key not in table.index:
        return BLANK, BLANK
    row: Any = table.xs(key)
    return style.pair(row["estimate"], row["std_error"], row["p_value"])


def _signs(rows: Sequence[Row]) -> tuple[str, ...]:
    """Words of the notes that explain signs which stand for numbers."""
    cells = [cell for row in rows for cell in row.cells]
    signs = {"table.absent": ABSENT, "table.undefined": UNDEFINED}
    return tuple(key for key, sign in signs.items() if any(cell is sign for cell in cells))
