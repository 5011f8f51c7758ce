"""Truth beside estimate, for data drawn from a known process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pandas as pd

from analysis.study.mechanisms import Mechanisms
from analysis.study.modelling import Fitted, Models
from analysis.study.reading import StudyFile, resolve_path
from spatial.errors import InputError

__all__ = ["decay_truth", "truth_table"]

COLUMNS = ["term", "quantity", "truth", "estimate", "conf_low", "conf_high", "covered"]


def truth_table(
    file: StudyFile, models: Models | None, mechanisms: Mechanisms | None = None
) -> pd.DataFrame | None:
    """Set the true parameters and effects of a series beside those of the main model.

    The file holds, under outcomes → [study] series, "parameters" (coefficient → value) and
    "effects" (term → direct, indirect, total), and under "channels" (name → column,
    on_agglomeration, on_W_agglomeration) what the focus does to each channel.

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
    rows = [
        *_coefficients(models.main, series),
        *_effects(models.main, series),
        *_channels(mechanisms, series),
    ]
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


def _channels(mechanisms: Mechanisms | None, series: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Effects of the focus on channels, which have no spillovers among themselves."""
    known = {
        "".join(str(one["column"]).split()): one for one in series.get("channels", {}).values()
    }
    told = set()
    for (_, focus), found in (mechanisms.channels if mechanisms else {}).items():
        for row in found.links[found.links["term"] == focus].itertuples():
            response = str(row.response)
            bare = "".join(response.removeprefix("I(").removesuffix(")").split())
            one = known.get("".join(response.split())) or known.get(bare)
            chain = len(found.fits[str(row.channel)]) > 2
            if one is None or chain or (response, row.effect) in told:
                continue
            own, lag = float(one[f"on_{focus}"]), float(one[f"on_W_{focus}"])
            truth = {"direct": own, "indirect": lag, "total": own + lag}[str(row.effect)]
            told.add((response, row.effect))
            interval = (row.estimate, row.conf_low, row.conf_high)
            yield (f"{focus} → {response}", row.effect, truth, *interval)


def decay_truth(file: StudyFile, models: Models, mode: str) -> dict[str, pd.Series[float]]:
    """True curves over distance by term, of a series that has one for this model and these weights.

    The file holds, under the series, "curve" (a list of km and indirect_MODE) and "curve_model",
    whose first word is the model that gave it.
    """
    if file.plan.study.truth is None:
        return {}
    series = _series(file)
    kind = str(series.get("curve_model", "")).partition(",")[0]
    points = [one for one in series.get("curve", ()) if f"indirect_{mode}" in one]
    if not points or kind != models.main.kind:
        return {}
    values = {float(one["km"]): float(one[f"indirect_{mode}"]) for one in points}
    return {term: pd.Series(values) for term in series.get("effects", {})}
