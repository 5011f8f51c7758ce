"""Thresholds of the study: the slope of each focus term by the column of each section."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.study.keeping import Parts, inputs_of
from analysis.study.modelling import covariance_of
from analysis.study.schema import Model, Threshold
from spatial.errors import InputError
from spatial.panel import Panel
from spatial.running import Workers
from spatial.thresholds import ThresholdFit
from spatial.within import Effects

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from libpysal.graph import Graph

__all__ = ["find_thresholds"]


def find_thresholds(
    sections: Mapping[str, Threshold],
    model: Model | None,
    data: Panel | pd.DataFrame,
    graph: Graph,
    *,
    cities: GeoDataFrame | None = None,
    seed: int,
    parts: Parts,
) -> dict[tuple[str, str], ThresholdFit]:
    """Estimate each threshold for each focus term, by (name of the section, term)."""
    if model is None or not sections:
        return {}
    if model.kind not in ("OLS", "SLX", "SAR", "SDM") or model.dynamic or model.effects == "random":
        raise InputError(
            f"[thresholds.{next(iter(sections))}] goes with OLS, SLX, SAR and SDM with fixed "
            "effects and without dynamic; change [model], or leave the section out."
        )
    effects: Effects = model.effects or ("twoway" if isinstance(data, Panel) else "none")
    lagged = None if model.lagged == "all" or model.kind not in ("SLX", "SDM") else model.lagged
    found = {}
    for name, section in sections.items():
        for term in model.focus:
            label = f"threshold {name}: {term}"
            options: dict[str, Any] = {
                "formula": model.formula, "variable": section.column, "of": term,
                "kind": model.kind, "effects": effects, "lagged": lagged, "most": section.max,
                "trim": section.trim, "bootstrap": section.bootstrap, "seed": seed,
                "covariance": covariance_of(model, cities),
            }  # fmt: skip
            given = inputs_of(data, graph, options)
            workers = parts.workers(label, given)
            found[name, term] = parts(
                label, given, partial(_threshold, name, data, graph, options, workers)
            )
    return found


def _threshold(
    name: str, data: Any, graph: Graph, options: Mapping[str, Any], workers: Workers
) -> ThresholdFit:
    import spatial

    try:
        return spatial.threshold(panel=data, w=graph, jobs=workers, **options)
    except InputError as error:
        raise InputError(f"[thresholds.{name}] {error}") from None
