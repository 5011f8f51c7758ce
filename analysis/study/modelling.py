"""Fit the models of a study: columns of the main table, their effects, who spills to whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.report.findings import spills_over
from analysis.study.schema import Model
from analysis.study.weighting import Weighted
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

    `flows` has the terms that reach other places in the main model; `choice` is the
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
    top
        How many of the largest flows to keep.
    cities
        Boundaries by unit, for a covariance that goes by distance.
    """
    first = model.weights[0]
    plan = [(kind, first) for kind in dict.fromkeys([*model.compare, model.kind])]
    plan += [(model.kind, name) for name in model.weights[1:]]
    fitted = tuple(
        _fit(model, kind, name, data, weights[name].graph, seed, cities) for kind, name in plan
    )
    main = next(item for item in fitted if (item.kind, item.weights) == (model.kind, first))
    _check_focus(model, main)
    by_unit = {term: main.fit.effects_by_unit(term) for term in model.focus}
    flows = {
        term: main.fit.flows(term, top=top)
        for term in model.focus
        if spills_over(main.effects, term)
    }
    choice = _choice(model, data, weights[first].graph) if model.choose else None
    return Models(fitted, main, by_unit, flows, choice)


def covariance_of(model: Model, cities: GeoDataFrame | None) -> dict[str, Any]:
    """Arguments of `Fit.with_cov` for every part that stands on the model; no kind for "auto"."""
    kind = {} if model.covariance == "auto" else {"kind": model.covariance}
    return {**kind, **model.covariance_options, "coords": cities}


def _fit(
    model: Model,
    kind: str,
    name: str,
    data: Panel | pd.DataFrame,
    graph: Graph,
    seed: int,
    cities: GeoDataFrame | None,
) -> Fitted:
    import spatial

    effects = model.effects or ("twoway" if isinstance(data, Panel) else "none")
    options: dict[str, Any] = {"effects": effects}
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
    try:
        fit = getattr(spatial, kind)(model.formula, **options).fit(data, graph)
        if model.covariance not in ("auto", fit.cov_kind):
            places = cities if model.covariance == "hac" else None
            fit = fit.with_cov(model.covariance, coords=places, **model.covariance_options)
    except InputError as error:
        raise InputError(f"[model] {kind} with weights {name!r}: {error}") from None
    method = {} if model.effects_method == "delta" else {"method": "simulate", "seed": seed}
    return Fitted(kind, name, fit, fit.effects(**method))


def _choice(model: Model, data: Panel | pd.DataFrame, graph: Graph) -> pd.DataFrame:
    """The sequence of tests; effects that the study names are taken as given."""
    import spatial

    lagged = None if model.lagged == "all" else list(model.lagged)
    gaps = isinstance(data, Panel) and not data.balanced
    fixed = None if model.effects == "random" else model.effects
    try:
        return spatial.choose_model(
            model.formula,
            data,
            graph,
            effects=fixed,
            lagged=lagged,
            missing="absent" if gaps else None,
        )
    except InputError as error:
        raise InputError(f"[model] choose: {error}") from None


def _check_focus(model: Model, main: Fitted) -> None:
    terms = [str(term) for term in main.fit.terms]
    for term in model.focus:
        if term not in terms:
            near = get_close_matches(term, terms, n=1, cutoff=0.4)
            remedy = f"did you mean {near[0]!r}?" if near else f"its terms are {named(terms)}."
            raise InputError(f"[model] focus = {term!r} is no term of the formula; {remedy}")
