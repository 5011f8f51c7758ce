"""One fit as rows of a tidy table, failures included."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from spatial.errors import AlignmentWarning, InputError, ScalingWarning, named
from spatial.fit import Fit
from spatial.inference import FIGURES, isolates_of

__all__ = ["KINDS", "attempted", "effect_rows"]

KINDS = ("direct", "indirect", "total")
REFUSALS = (ValueError, ArithmeticError, MemoryError)


def attempted(fit: Callable[[], Fit]) -> tuple[Fit | None, str]:
    """The fit, or the sentence of its refusal; notes of fits hold what warnings say."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", AlignmentWarning)
            warnings.simplefilter("ignore", ScalingWarning)
            return fit(), ""
    except REFUSALS as error:
        return None, str(error) or type(error).__name__


def effect_rows(
    fit: Fit | None, problem: str, terms: Sequence[str], level: float
) -> list[dict[str, Any]]:
    """Rows of term and effect with their figures; without a fit they hold the problem."""
    if fit is not None:
        try:
            return _rows(fit, terms, level)
        except REFUSALS as error:
            problem = str(error)
    empty: dict[str, Any] = dict.fromkeys(FIGURES, np.nan)
    rest = {"rho": np.nan, "nobs": 0, "isolates": np.nan, "notes": "", "problem": problem}
    return [{"term": term, "effect": kind, **empty, **rest} for term in terms for kind in KINDS]


def _rows(fit: Fit, terms: Sequence[str], level: float) -> list[dict[str, Any]]:
    table = fit.effects(level=level)
    if "horizon" in table:
        table = table[table["horizon"] == "short"]
    absent = [term for term in terms if term not in set(table["term"])]
    if absent:
        raise InputError(
            f"the formula has no term {named(absent)}; its terms are {named(fit.terms, 20)}."
        )
    found = {
        (row["term"], row["effect"]): {name: float(row[name]) for name in FIGURES}
        for row in table.to_dict("records")
    }
    rest = {
        "rho": fit.params.get("rho", np.nan),
        "nobs": fit.nobs,
        "isolates": float(isolates_of(fit)),
        "notes": " ".join(fit.notes),
        "problem": "",
    }
    return [
        {"term": term, "effect": kind, **found[term, kind], **rest}
        for term in terms
        for kind in KINDS
    ]
