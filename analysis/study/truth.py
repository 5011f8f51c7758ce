"""Truth beside estimate, for data drawn from a known process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pandas as pd

from analysis.study.modelling import Fitted, Models
from analysis.study.reading import StudyFile, resolve_path
from spatial.errors import InputError

__all__ = ["truth_table"]

COLUMNS = ["term", "quantity", "truth", "estimate", "conf_low", "conf_high", "covered"]


def truth_table(file: StudyFile, models: Models | None) -> pd.DataFrame | None:
    """Set the true parameters and effects of a series beside those of the main model.

    The file holds, under outcomes → [study] series, "parameters" (coefficient → value) and
    "effects" (term → direct, indirect, total).

    Returns
    -------
    DataFrame or None
        term, quantity (coefficient, direct, indirect, total), truth, estimate, conf_low, conf_high,
        covered; None where the study names no truth or fits no model.
    """
    section = file.plan.study
    if section.truth is None or models is None:
        return None
    series = _series(file)
    rows = [*_coefficients(models.main, series), *_effects(models.main, series)]
    table = pd.DataFrame(rows, columns=COLUMNS[:-1])
    covered = (table["conf_low"] <= table["truth"]) & (table["truth"] <= table["conf_high"])
    return table.assign(covered=covered)


def _series(file: StudyFile) -> dict[str, Any]:
    section = file.plan.study
    path = resolve_path(file.base, str(section.truth))
    try:
        outcomes = json.loads(path.read_text(encoding="utf-8"))["outcomes"]
        return dict(outcomes[section.series])
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(
            f"[study] truth: {path.name} holds no outcomes with the series {section.series!r}; "
            "name one of its series with [study] series, or leave truth out."
        ) from None


def _coefficients(main: Fitted, series: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    found = main.fit.tidy().set_index("term")
    for term in found.index.intersection(list(series.get("parameters", ()))):
        row = found.loc[term]
        yield (
            term, "coefficient", float(series["parameters"][term]),
            row["estimate"], row["conf_low"], row["conf_high"],
        )  # fmt: skip


def _effects(main: Fitted, series: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    for row in main.effects.itertuples():
        truth = series.get("effects", {}).get(row.term, {}).get(row.effect)
        if truth is not None:
            yield (row.term, row.effect, float(truth), row.estimate, row.conf_low, row.conf_high)
