"""Treatments that start at different times, and regressors that need instruments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.study.keeping import Parts, inputs_of
from analysis.study.modelling import Models, covariance_of
from analysis.study.schema import Did, Instruments, Model
from analysis.study.weighting import Weighted
from spatial.errors import InputError
from spatial.inference import with_covariance
from spatial.panel import Panel

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from libpysal.graph import Graph

    from spatial.fit import Fit
    from spatial.treatment import DIDFit, Placebo

__all__ = ["Instrumented", "Shock", "estimate_by_instruments", "estimate_shocks"]

TREND = "trend"


@dataclass(frozen=True)
class Shock:
    """A difference in differences: the fit, its placebo draws, the name of its weights."""

    fit: DIDFit
    placebo: Placebo | None
    weights: str


@dataclass(frozen=True)
class Instrumented:
    """The main model by instruments, its effects, and what is to be known of the instruments."""

    fit: Fit
    effects: pd.DataFrame
    first_stage: pd.DataFrame
    tests: pd.DataFrame


def estimate_shocks(
    sections: Mapping[str, Did],
    model: Model | None,
    data: Panel | pd.DataFrame,
    weights: Mapping[str, Weighted],
    *,
    seed: int,
    parts: Parts,
    cities: GeoDataFrame | None = None,
) -> dict[str, Shock]:
    """Estimate each [did.NAME]: its formula or that of the model, its weights or the main ones."""
    found = {}
    for name, section in sections.items():
        formula = section.formula or (model.formula if model else "")
        by = section.weights or (model.weights[0] if model else next(iter(weights)))
        gaps = isinstance(data, Panel) and not data.balanced
        options = {
            "formula": formula, "first_treated": section.first_treated, "leads": section.leads,
            "lags": section.lags, "estimator": section.estimator, "exposed": section.exposed,
            "missing": "absent" if gaps else None,
        }  # fmt: skip
        km = section.covariance_km
        places = None if km is None else {"km": km, "coords": cities}
        graph, label = weights[by].graph, f"[did.{name}]"
        estimated = inputs_of(data, graph, options, places)
        fit = parts(label, estimated, partial(_treated, label, data, graph, options, places))
        placebo = None
        if section.placebo:
            label, given = f"{label} placebo", (estimated, section.placebo, seed)
            workers = parts.workers(label, given)
            draw = partial(fit.placebo, section.placebo, seed, workers)
            placebo = parts(label, given, draw)
        found[name] = Shock(fit, placebo, by)
    return found


def _treated(
    label: str,
    data: Panel | pd.DataFrame,
    graph: Graph,
    options: Mapping[str, Any],
    places: Mapping[str, Any] | None,
) -> DIDFit:
    import spatial

    try:
        fit = spatial.DID(**options).fit(data, graph)
        return fit if places is None else fit.with_cov("hac", **places)
    except InputError as error:
        raise InputError(f"{label} {error}") from None


def estimate_by_instruments(
    section: Instruments | None,
    model: Model | None,
    models: Models | None,
    data: Panel | pd.DataFrame,
    graph: Graph | None,
    *,
    parts: Parts,
    cities: GeoDataFrame | None = None,
) -> Instrumented | None:
    """Fit the main model again with instruments for the terms that are not exogenous.

    Its covariance is that of the model; information matrices belong to likelihoods, so that errors
    then count as alike.
    """
    if section is None or model is None or models is None or graph is None:
        return None
    import spatial

    options: dict[str, Any] = {
        "formula": model.formula,
        "effects": models.main.fit.model.effects,
        "endogenous": section.endogenous,
        "instruments": section.excluded,
        "logdet": model.logdet,
    }
    kind = getattr(spatial, model.kind)
    lagged = section.lagged if section.lagged is not None else model.lagged
    if lagged != "all" and kind.lag_x:
        options["lagged"] = lagged
    if isinstance(data, Panel) and not data.balanced:
        options["missing"] = "absent"
    errors = covariance_of(model, cities)

    def compute() -> Instrumented:
        try:
            fit = kind(**options).fit(_with_trend(data, section.excluded), graph)
            if errors.get("kind") not in ("expected", "observed"):
                fit = with_covariance(fit, errors)
            return Instrumented(fit, fit.effects(), fit.first_stage(), fit.instrument_tests())
        except InputError as error:
            raise InputError(f"[instruments] {error}") from None

    return parts("[instruments]", inputs_of(data, graph, model.kind, options, errors), compute)


def _with_trend(data: Panel | pd.DataFrame, terms: Sequence[str]) -> Panel | pd.DataFrame:
    """Add a column `trend`, the time itself, where instruments name it and the table has none."""
    if not isinstance(data, Panel) or not any(TREND in term for term in terms):
        return data
    frame = data.frame
    if TREND in frame.columns or not pd.api.types.is_numeric_dtype(frame[data.time]):
        return data
    frame[TREND] = frame[data.time] - frame[data.time].min()
    return Panel(frame, data.unit, data.time)
