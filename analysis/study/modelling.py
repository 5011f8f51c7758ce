"""Fit the models of a study: columns of the main table, their effects, who spills to whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.report.findings import spills_over
from analysis.study.keeping import Parts, inputs_of
from analysis.study.schema import Model
from analysis.study.weighting import Weighted
from spatial.effects.flows import AlikeError
from spatial.errors import InputError, named
from spatial.panel import Panel

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from libpysal.graph import Graph

    from spatial.fit import Fit

__all__ = ["Fitted", "Models", "covariance_of", "fit_models"]


DURBIN = ("SLX", "SDM", "SDEM", "GNS")


@dataclass(frozen=True)
class Fitted:
    """One column of the main table: its kind, the name of its weights, the fit, its effects."""

    kind: str
    weights: str
    fit: Fit
    effects: pd.DataFrame

    @property
    def label(self) -> str:
        """Kind and weights in one word."""
        return f"{self.kind} ({self.weights})"


@dataclass(frozen=True)
class Models:
    """All fits in the order of the table, the main one, its effects per unit and pair.

    `flows` has the terms that reach other places in the main model, with an empty table where too
    many units are too much alike to tell the largest flows; `choice` is the
    sequence of tests on the main weights, where the study asks for it.
    """

    fitted: tuple[Fitted, ...]
    main: Fitted
    by_unit: Mapping[str, pd.DataFrame]
    flows: Mapping[str, pd.DataFrame]
    choice: pd.DataFrame | None = None


def fit_models(
    model: Model,
    data: Panel | pd.DataFrame,
    weights: Mapping[str, Weighted],
    *,
    seed: int,
    parts: Parts,
    top: int = 200,
    cities: GeoDataFrame | None = None,
) -> Models:
    """Fit all kinds on the main weights, and the main kind on the other weights.

    Parameters
    ----------
    model
        The [model] section.
    data
        Panel, or for a cross-section a frame indexed by unit.
    weights
        The weights of the study, by name.
    seed
        Seed of simulated effects.
    parts
        Conducts the fits.
    top
        How many of the largest flows to keep.
    cities
        Boundaries by unit, for a covariance that goes by distance.
    """
    first = model.weights[0]
    plan = [(kind, first) for kind in dict.fromkeys([*model.compare, model.kind])]
    plan += [(model.kind, name) for name in model.weights[1:]]
    fitted = tuple(
        _fit(model, kind, name, data, weights[name].graph, seed, cities, parts)
        for kind, name in plan
    )
    main = next(item for item in fitted if (item.kind, item.weights) == (model.kind, first))
    _check_focus(model, main)
    by_unit = {
        term: parts(f"effects by city: {term}", (main, term), partial(_by_unit, main, term))
        for term in model.focus
    }
    flows = {
        term: parts(f"flows: {term}", (main, term, top), partial(_flows, main, term, top))
        for term in model.focus
        if spills_over(main.effects, term)
    }
    choice = _choice(model, data, weights[first].graph, parts) if model.choose else None
    return Models(fitted, main, by_unit, flows, choice)


def covariance_of(model: Model, cities: GeoDataFrame | None, *further: str) -> dict[str, Any]:
    """Arguments of `Fit.with_cov` for every part that stands on the model; no kind for "auto".

    With the places of cities where this, or one of the further kinds, goes by distance.
    """
    kind = {} if model.covariance == "auto" else {"kind": model.covariance}
    places = {"coords": cities} if "hac" in (model.covariance, *further) else {}
    return {**kind, **model.covariance_options, **places}


def _by_unit(main: Fitted, term: str) -> pd.DataFrame:
    return main.fit.effects_by_unit(term)


def _flows(main: Fitted, term: str, top: int) -> pd.DataFrame:
    """Largest flows; none where only those of every unit could tell the largest of very many."""
    try:
        return main.fit.flows(term, top=top)
    except AlikeError:
        return pd.DataFrame(columns=["from", "to", "effect", "std_error"])


def _fit(
    model: Model,
    kind: str,
    name: str,
    data: Panel | pd.DataFrame,
    graph: Graph,
    seed: int,
    cities: GeoDataFrame | None,
    parts: Parts,
) -> Fitted:
    """One column of the main table."""
    effects = model.effects or ("twoway" if isinstance(data, Panel) else "none")
    options: dict[str, Any] = {"effects": effects, "logdet": model.logdet}
    if model.bias_correction != "auto":
        options["bias_correction"] = (
            None if model.bias_correction == "none" else model.bias_correction
        )
    if model.lagged != "all" and kind in DURBIN:
        options["lagged"] = list(model.lagged)
    if model.dynamic:
        options["dynamic"] = model.dynamic
    if isinstance(data, Panel) and not data.balanced:
        options["missing"] = "absent"
    options["formula"] = model.formula
    covariance = dict(model.covariance_options)
    if model.covariance == "hac":
        covariance["coords"] = cities
    method = {} if model.effects_method == "delta" else {"method": "simulate", "seed": seed}

    def compute() -> Fitted:
        import spatial

        try:
            fit = getattr(spatial, kind)(**options).fit(data, graph)
            if model.covariance not in ("auto", fit.cov_kind):
                fit = fit.with_cov(model.covariance, **covariance)
        except InputError as error:
            raise InputError(f"[model] {kind} with weights {name!r}: {error}") from None
        return Fitted(kind, name, fit, fit.effects(**method))

    given = inputs_of(data, graph, options, model.covariance, covariance, method)
    return parts(f"{kind} ({name})", given, compute)


def _choice(model: Model, data: Panel | pd.DataFrame, graph: Graph, parts: Parts) -> pd.DataFrame:
    """The sequence of tests; effects that the study names are taken as given."""
    gaps = isinstance(data, Panel) and not data.balanced
    options: dict[str, Any] = {
        "formula": model.formula,
        "effects": None if model.effects == "random" else model.effects,
        "lagged": None if model.lagged == "all" else list(model.lagged),
        "missing": "absent" if gaps else None,
    }

    def compute() -> pd.DataFrame:
        import spatial

        try:
            return spatial.choose_model(data=data, w=graph, **options)
        except InputError as error:
            raise InputError(f"[model] choose: {error}") from None

    return parts("choice of the model", inputs_of(data, graph, options), compute)


def _check_focus(model: Model, main: Fitted) -> None:
    terms = [str(term) for term in main.fit.terms]
    for term in model.focus:
        if term not in terms:
            near = get_close_matches(term, terms, n=1, cutoff=0.4)
            remedy = f"did you mean {near[0]!r}?" if near else f"its terms are {named(terms)}."
            raise InputError(f"[model] focus = {term!r} is no term of the formula; {remedy}")
