"""What stands below the coefficients of a table of models: variances, size, method, fit."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from analysis.tables.cells import BLANK, Cell
from analysis.tables.notes import weights_keys
from analysis.tables.table import Row
from analysis.terms import term as word
from spatial.errors import InputError

__all__ = ["statistics", "variances"]

FIXED = ("unit", "time", "twoway")


def variances(columns: Sequence[Any], style: Any) -> list[Row]:
    """Variance of the error, and of random unit effects where there are some."""

    def cell(value: float) -> Cell:
        return Cell(value=float(value), decimals=style.decimals, smallest="e")

    rows = [Row("σ²", tuple(cell(fit.sigma2) for fit in columns))]
    if any(fit.model.effects == "random" for fit in columns):
        cells = (
            cell(fit.variance_components.loc["unit", "variance"])
            if fit.model.effects == "random"
            else BLANK
            for fit in columns
        )
        rows.append(Row(word("table.unit_variance", style.lang), tuple(cells)))
    return rows


def statistics(columns: Sequence[Any], style: Any) -> list[Row]:
    """Size, effects, correction, weights and fit of each model."""
    rows = [*_method(columns, style), *_size(columns, style), *_instruments(columns, style)]
    rows += [
        _numbers(key, [getattr(fit, key) for fit in columns], style)
        for key in ("rsquared", "loglik", "aic")
    ]
    return [Row(rows[0].label, rows[0].cells, rule=True), *rows[1:]]


def _method(columns: Sequence[Any], style: Any) -> list[Row]:
    """Effects, estimator, correction and weights, as far as they say anything."""
    lang, rows = style.lang, []

    def words(key: str, of: Callable[[Any], str]) -> Row:
        return Row(word(f"table.{key}", lang), tuple(Cell(words=of(fit)) for fit in columns))

    def has(*kinds: str) -> Callable[[Any], str]:
        return lambda fit: word("table.yes" if fit.model.effects in kinds else "table.no", lang)

    kinds = {fit.model.effects for fit in columns}
    if kinds & set(FIXED):
        rows.append(words("unit_effects", has("unit", "twoway")))
        rows.append(words("time_effects", has("time", "twoway")))
    if "random" in kinds:
        rows.append(words("random_effects", has("random")))
    if any(fit.model.estimator == "gmm" for fit in columns):
        rows.append(words("estimator", lambda f: word(f"table.{f.model.estimator}", lang)))
    if kinds & set(FIXED) and any(fit.model.estimator == "ml" for fit in columns):
        rows.append(words("correction", lambda f: _correction(f, lang)))
    keys = weights_keys(columns)
    if len(set(keys)) > 1:
        by_fit = dict(zip(map(id, columns), keys, strict=True))
        rows.append(words("weights", lambda f: by_fit[id(f)]))
    return rows


def _correction(fit: Any, lang: str) -> str:
    """Name of the correction."""
    key = "past" if fit.past_corrected else fit.bias_correction or "no"
    return word(f"table.{key}", lang)


def _size(columns: Sequence[Any], style: Any) -> list[Row]:
    def counts(key: str, of: Callable[[Any], int | None]) -> Row:
        values = [of(fit) for fit in columns]
        cells = (BLANK if v is None else Cell(value=float(v), decimals=0) for v in values)
        return Row(word(f"table.{key}", style.lang), tuple(cells))

    rows = [counts("nobs", lambda f: f.nobs), counts("units", lambda f: len(f.units))]
    if any(fit.times is not None for fit in columns):
        rows.append(counts("times", lambda f: None if f.times is None else len(f.times)))
    return rows


def _instruments(columns: Sequence[Any], style: Any) -> list[Row]:
    """Strength and validity of instruments; no rows without estimates by instruments."""
    if all(fit.model.estimator == "ml" for fit in columns):
        return []
    keys = ("first_stage", "overidentification", "overidentification_p")
    found = zip(keys, zip(*map(_strength, columns), strict=True), strict=True)
    rows = [_numbers(key, values, style) for key, values in found]
    return [row for row in rows if any(cell is not BLANK for cell in row.cells)]


def _strength(fit: Any) -> tuple[float, float, float]:
    """Smallest conditional F, statistic and p of over-identification; NaN where there is none."""
    try:
        weakest = float(fit.first_stage()["conditional_f"].min())
        test = fit.instrument_tests().iloc[0]
    except InputError:
        return (math.nan,) * 3
    return weakest, float(test["statistic"]), float(test["p_value"])


def _numbers(key: str, values: Sequence[float], style: Any) -> Row:
    """A line of numbers; blank where a model has none."""
    small = "p" if key.endswith("_p") else "plain"
    cells = (
        BLANK if math.isnan(v) else Cell(value=float(v), decimals=style.decimals, smallest=small)
        for v in values
    )
    return Row(word(f"table.{key}", style.lang), tuple(cells))
