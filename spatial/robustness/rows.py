"""One fit as rows of a tidy table, failures included."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from spatial.errors import AlignmentWarning, InputError, ScalingWarning, named
from spatial.fit import Fit

__all__ = ["FIGURES", "KINDS", "attempted", "effect_rows", "isolates_of", "with_covariance"]

KINDS = ("direct", "indirect", "total")
FIGURES = ("estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high")
TAKES = {
    "cluster": ("by",),
    "driscoll-kraay": ("lags",),
    "hac": ("km", "lags", "coords"),
}
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


def with_covariance(fit: Fit, options: Mapping[str, Any]) -> Fit:
    """The fit with the covariance of these arguments; as it is where they name no kind.

    Arguments that belong to other kinds are left aside.
    """
    kind = options.get("kind")
    if kind is None:
        return fit
    taken = {name: options[name] for name in TAKES.get(kind, ()) if options.get(name) is not None}
    return fit.with_cov(kind, **taken)


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


def isolates_of(fit: Fit) -> int:
    """Units of the fit that have no neighbour, in any year."""
    sample = fit._fitted.sample
    alone: set[int] = set()
    for block in sample.network.blocks:
        places = sample.layout.unit_codes[block.rows[0]]
        alone |= set(places[block.operator.isolates].tolist())
    return len(alone)
