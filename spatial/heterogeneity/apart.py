"""The model on each group alone, with weights cut to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from spatial.errors import InputError, counted, named
from spatial.fit import Fit
from spatial.inference import FIGURES, Covariance, with_covariance
from spatial.labels import canonical_index
from spatial.models import Specification
from spatial.panel import Panel

if TYPE_CHECKING:
    from libpysal.graph import Graph

__all__ = ["Apart", "fit_apart"]


@dataclass(frozen=True, eq=False)
class Apart:
    """Fits by group, their effects, and sentences on what the cut did."""

    fits: dict[str, Fit]
    effects: pd.DataFrame
    notes: tuple[str, ...]


def fit_apart(
    model: Specification,
    data: Panel | pd.DataFrame,
    w: Graph,
    members: pd.Series,
    focus: Sequence[str],
    level: float,
    covariance: Covariance,
) -> Apart:
    """Fit the model on the units of each group; a group that refuses leaves its reason."""
    from spatial import weights

    fits: dict[str, Fit] = {}
    rows: list[pd.DataFrame] = []
    notes: list[str] = []
    whole = _isolates(w, members.index)
    for name in members.cat.categories:
        units = list(members.index[members == name])
        part = data.subset(units=units) if isinstance(data, Panel) else data.loc[units]
        count = {"nobs": _rows(part), "units": len(units), "isolates": len(units)}
        try:
            cut = weights.subset(w, units)
            new = [unit for unit in _isolates(cut, pd.Index(units)) if unit not in whole]
            count["isolates"] = len(_isolates(cut, pd.Index(units)))
            fits[name] = with_covariance(model.fit(part, cut), covariance)
        except InputError as error:
            notes.append(
                f"Group {name} ({counted(len(units), 'unit', 'units')}) cannot be fitted alone: "
                f"{error}"
            )
            rows.append(_nothing(focus).assign(group=name, **count))
            continue
        if new:
            notes.append(
                f"Group {name} alone: weights cut to its {len(units)} units and re-scaled leave "
                f"{len(new)} without a neighbour ({named(new)})."
            )
        table = fits[name].effects(level=level)
        rows.append(table[table["term"].isin(focus)].assign(group=name, **count))
    if not fits:
        raise InputError(f"no group can be fitted alone; {notes[0]}")
    table = pd.concat(rows, ignore_index=True)
    return Apart(fits, table[["group", "term", "effect", *FIGURES, *count]], tuple(notes))


def _rows(part: Panel | pd.DataFrame) -> int:
    return len(part.frame) if isinstance(part, Panel) else len(part)


def _nothing(focus: Sequence[str]) -> pd.DataFrame:
    rows: list[dict[str, Any]] = [
        {"term": term, "effect": effect} | dict.fromkeys(FIGURES, np.nan)
        for term in focus
        for effect in ("direct", "indirect", "total")
    ]
    return pd.DataFrame(rows)


def _isolates(w: Graph, units: pd.Index) -> list[str]:
    alone = canonical_index(w.isolates, "the isolates of the weights")
    wanted = canonical_index(units, "the units")
    return [str(unit) for unit in wanted[wanted.isin(alone)]]
