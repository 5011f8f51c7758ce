"""The tests block of a table of models: statistics with stars, p below."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.tables.cells import BLANK, Cell, stars_of
from analysis.tables.specification import as_tests, test_name
from analysis.tables.table import Row
from analysis.terms import term as word
from spatial.errors import InputError

__all__ = ["tests_block"]

REDUCTIONS = ("sar", "sem")
LAGGED = ("SDM", "SDEM", "GNS")


def tests_block(columns: Sequence[Any], given: Any, style: Any) -> list[Row]:
    """Lines of the tests, a column for each model; none where no model has a test.

    Parameters
    ----------
    columns
        Fits.
    given
        "wald": whether models with lags of x may be reduced to SAR and SEM; a list with, for each
        model, the result of a test or several of them, or None; None for no block.
    style
        Language, decimals and stars.
    """
    found = [_by_name(part) for part in _results(columns, given)]
    names = list(dict.fromkeys(name for part in found for name in part))
    if not names:
        return []
    rows = [Row(word("table.tests", style.lang), kind="section", rule=True)]
    for name in names:
        pairs = [_cells(part[name], style) if name in part else (BLANK, BLANK) for part in found]
        rows.append(
            Row(test_name(name, style.labels or {}, style.lang), tuple(p[0] for p in pairs))
        )
        rows.append(Row(word("table.test_p_value", style.lang), tuple(p[1] for p in pairs)))
    return rows


def _results(columns: Sequence[Any], given: Any) -> list[Any]:
    """Result of each column."""
    if given is None:
        return [None] * len(columns)
    if isinstance(given, str):
        if given != "wald":
            raise InputError(
                f"tests={given!r} is unknown; write 'wald', a list of results or None."
            )
        return [_wald(fit) for fit in columns]
    results = list(given) if isinstance(given, Sequence) else [given]
    if len(results) != len(columns):
        raise InputError(
            f"tests= has {len(results)} results for {len(columns)} models; give one each, or None."
        )
    return results


def _wald(fit: Any) -> list[pd.Series[Any]]:
    """Reductions that the fit allows to be tested."""
    import spatial

    found = []
    for target in REDUCTIONS if fit.model.kind in LAGGED else ():
        try:
            found.append(spatial.wald_test(fit, target))
        except InputError:
            continue  # no special case of this model
    return found


def _by_name(result: Any) -> Mapping[str, Any]:
    """Rows of the tests by their names."""
    if result is None or (isinstance(result, list) and not result):
        return {}
    frame = as_tests(result)
    known = frame[frame["p_value"].notna()]
    return {str(row["test"]): row for _, row in known.drop_duplicates("test").iterrows()}


def _cells(row: Any, style: Any) -> tuple[Cell, Cell]:
    p = float(row["p_value"])
    if math.isnan(p):
        return BLANK, BLANK
    stars = stars_of(p, style.stars)
    top = Cell(value=float(row["statistic"]), decimals=style.decimals, stars=stars)
    return top, Cell(value=max(p, 1e-300), decimals=style.decimals, smallest="p")
