"""Regressors that are not exogenous, and the outside instruments that stand in for them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from spatial.errors import InputError, named
from spatial.formula import Columns, formula_columns
from spatial.sheet import Sheet

__all__ = ["Outside", "instrument_columns", "outside_of"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Outside:
    """Places of the endogenous columns of x; outside instruments (n, Q) and their names."""

    endogenous: tuple[int, ...] = ()
    values: Array = field(default_factory=lambda: np.empty((0, 0)))
    labels: tuple[str, ...] = ()


def instrument_columns(formula: str, instruments: Sequence[str], sheet: Sheet) -> Columns | None:
    """Columns of instruments, written like terms of the formula; None where there are none."""
    if not instruments:
        return None
    left = formula.split("~")[0].strip()
    text = f"{left} ~ {' + '.join(instruments)}"
    return formula_columns(text, sheet.frame, where=sheet.where, lag=sheet.lag)


def outside_of(
    columns: Columns, labels: Sequence[str], endogenous: Sequence[str], extra: Columns | None
) -> Outside:
    """Find the endogenous columns among `labels`, their spatial lags included.

    Raises
    ------
    InputError
        A term is not in the formula, or an instrument is.
    """
    places = _endogenous_places(columns, labels, endogenous)
    if extra is None:
        return Outside(places)
    kept = [j for j, label in enumerate(extra.labels) if label != "Intercept"]
    names = tuple(extra.labels[j] for j in kept)
    both = [name for name in names if name in columns.labels]
    if both:
        raise InputError(
            f"the instruments {named(both)} are regressors of the formula; exogenous regressors "
            "are their own instruments, so that instruments= names only what the formula lacks."
        )
    return Outside(places, extra.x[:, kept], names)


def _endogenous_places(
    columns: Columns, labels: Sequence[str], endogenous: Sequence[str]
) -> tuple[int, ...]:
    wanted = {_tight(term): term for term in endogenous}
    found = {
        label: _tight(term)
        for label, term in zip(columns.labels, columns.term, strict=True)
        if label != "Intercept" and (_tight(term) in wanted or _tight(label) in wanted)
    }
    known = {*found.values(), *(_tight(label) for label in found)}
    absent = [term for tight, term in wanted.items() if tight not in known]
    if absent:
        terms = dict.fromkeys(term for term in columns.term if term != "Intercept")
        raise InputError(
            f"endogenous= names {named(absent)}, which is no term of the formula; its terms are "
            f"{named(terms, 20)}."
        )
    hit = {*found, *(f"W.{label}" for label in found)}
    return tuple(j for j, label in enumerate(labels) if label in hit)


def _tight(term: str) -> str:
    return re.sub(r"\s", "", term)
