"""How the main finding holds: other choices, other distances, other weights; and city by city."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.study.clustering import Clusters
from analysis.study.keeping import Parts, fingerprint, inputs_of, numbers_of, rows_of
from analysis.study.mechanisms import Mechanisms
from analysis.study.modelling import Fitted, Models, covariance_of
from analysis.study.profile_pictures import mapped_columns
from analysis.study.reading import StudyFile
from analysis.study.sampling import Sample
from analysis.study.schema import Plan
from analysis.study.schema_sensitivity import Alternative, Robustness
from analysis.study.sources import Sources
from analysis.study.truth import decay_truth
from analysis.study.weighting import Weighted
from spatial.errors import InputError, named
from spatial.inference import isolates_of, with_covariance
from spatial.labels import canonical
from spatial.panel import Panel

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from libpysal.graph import Graph

    from spatial.models import Specification

__all__ = [
    "Sensitivity",
    "carriers",
    "distance_decay",
    "explore_sensitivity",
    "profiles",
    "specifications",
]

Data = Panel | pd.DataFrame
LARGEST = 12  # flows of a unit that are kept


@dataclass(frozen=True)
class Sensitivity:
    """Curve over specifications with its shares by term, curve over distance, weights, cities.

    Each is None where the study does not ask for it. `carriers` has a row per weights, term and
    effect, with the posterior probability of the weights; `profiles` a table per focus term and
    `flows` the largest of each unit named there, by focus term and unit as named; `truth` is a
    known curve over distance, by term.
    """

    curve: pd.DataFrame | None = None
    shares: pd.DataFrame | None = None
    decay: pd.DataFrame | None = None
    carriers: pd.DataFrame | None = None
    profiles: Mapping[str, pd.DataFrame] | None = None
    flows: Mapping[str, Mapping[str, pd.DataFrame]] = field(default_factory=dict)
    truth: Mapping[str, pd.Series[float]] = field(default_factory=dict)


def specifications(
    plan: Plan,
    models: Models,
    data: Data,
    graphs: Mapping[str, Graph],
    cities: GeoDataFrame,
    parts: Parts,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Curve over specifications of every focus term, and the shares of signs."""
    import spatial

    section, model = plan.robustness, plan.model
    if section is None or model is None:
        raise InputError("[robustness] needs a [model]; add one.")
    chosen = {models.main.weights: graphs[models.main.weights]}
    chosen |= {name: graphs[name] for name in section.weights}
    covariance = covariance_of(model, cities, *section.covariances)
    curves, shares = [], []
    for focus in model.focus:
        known = _Known(models.main.fit.model, data, chosen, focus, covariance)
        try:
            curve = spatial.specification_curve(
                models.main.fit.model,
                data,
                chosen,
                focus,
                dict(_variations(section, data, focus)),
                product=section.specification_curve,
                covariance=covariance,
                jobs=parts.workers(f"[robustness] {focus}", known.shared, known.key),
            )
        except InputError as error:
            raise InputError(f"[robustness] {error}") from None
        curves.append(curve.assign(focus=focus))
        shares.append(spatial.specification_shares(curve).assign(focus=focus))
    return pd.concat(curves, ignore_index=True), pd.concat(shares, ignore_index=True)


class _Known:
    """What determines a specification, so that of a changed study only the others are computed."""

    def __init__(
        self, model: Any, data: Data, graphs: Mapping[str, Graph], focus: str, covariance: Any
    ) -> None:
        own = {field.name: getattr(model, field.name) for field in fields(model)}
        self.shared = (model.kind, own | {"formula": None}, focus, covariance)
        self._data = data
        self._graphs = {name: fingerprint(numbers_of(graph)) for name, graph in graphs.items()}
        self._rows: dict[tuple[Any, ...], str] = {}

    def key(self, choices: Mapping[str, Any]) -> Any:
        """Choices by what they stand for: formulas with their columns, weights with their links."""
        told = {name: (choice.value, choice.base) for name, choice in choices.items()}
        weights = self._graphs[told.pop("weights")[0]]
        texts = (told["formula"][0], told["controls"][0])
        if texts not in self._rows:
            self._rows[texts] = fingerprint(rows_of(self._data, texts, self.shared))
        return weights, self._rows[texts], told


def _variations(section: Robustness, data: Data, focus: str) -> Iterator[tuple[str, Any]]:
    """Entries of the section as `spatial.specification_curve` takes them."""
    for key in ("kinds", "effects", "estimators", "covariances", "winsorise", "lag_regressors"):
        if getattr(section, key):
            yield key, list(getattr(section, key))
    if section.formulas:
        yield (
            "formulas",
            {
                name: (one.formula, one.focus or focus) if isinstance(one, Alternative) else one
                for name, one in section.formulas.items()
            },
        )
    if section.drop:
        yield "drop", {name: _units_of(rule, data, name) for name, rule in section.drop.items()}
    if section.drop_years:
        yield "drop_times", list(section.drop_years)
    if section.policies:
        yield "controls", list(section.policies)


def _units_of(rule: Mapping[str, Any], data: Data, name: str) -> list[Any]:
    """Units that a rule column = values meets in any year; all columns have to agree."""
    frame = data.frame if isinstance(data, Panel) else data.reset_index()
    unit = data.unit if isinstance(data, Panel) else frame.columns[0]
    met = pd.Series(data=True, index=frame.index)
    for column, values in rule.items():
        if column not in frame.columns:
            raise InputError(
                f"drop.{name} names the column {column!r}, which neither table nor "
                f"boundaries hold; there are {named(map(str, frame.columns), 30)}."
            )
        met &= frame[column].map(canonical).isin([canonical(value) for value in values])
    if not met.any():
        raise InputError(f"drop.{name} meets no unit; check its values.")
    return list(dict.fromkeys(frame.loc[met, unit]))


def distance_decay(
    plan: Plan, models: Models, data: Data, cities: GeoDataFrame, parts: Parts
) -> pd.DataFrame:
    """Effects of the focus over distance."""
    import spatial

    section, model = plan.decay, plan.model
    if section is None or model is None:
        raise InputError("[decay] needs a [model]; add one.")
    specification = models.main.fit.model
    options: dict[str, Any] = {
        "terms": list(model.focus),
        "mode": section.mode,
        "fallback": section.fallback,
        "covariance": covariance_of(model, cities),
    }
    given = inputs_of(data, None, specification, options, cities.geometry)
    try:
        return spatial.decay(
            specification,
            data,
            cities,
            km=section.distances,
            jobs=parts.workers("[decay]", given, float),
            **options,
        )
    except InputError as error:
        raise InputError(f"[decay] {error}") from None


def carriers(
    plan: Plan,
    models: Models,
    data: Data,
    graphs: Mapping[str, Graph],
    cities: GeoDataFrame,
    parts: Parts,
) -> pd.DataFrame:
    """Effects under each of several weights, and how probable each is (LeSage, 2015).

    The probability is missing where it is not defined for the model.
    """
    if plan.carriers is None or plan.model is None:
        raise InputError("[carriers] needs a [model]; add one.")
    specification = models.main.fit.model
    chosen = {name: graphs[name] for name in plan.carriers.weights}
    rows, errors = [], covariance_of(plan.model, cities)
    for name, graph in chosen.items():
        given = inputs_of(data, graph, specification, errors)
        compute = partial(_carried, name, specification, data, graph, errors)
        table = parts(f"[carriers] {name}", given, compute)
        table = table[table["term"].isin(plan.model.focus)]
        rows.append(table.assign(weights=name))
    found = pd.concat(rows, ignore_index=True)
    several = rows_of(data, specification), {n: numbers_of(g) for n, g in chosen.items()}
    probability, why_not = parts(
        "[carriers] probabilities",
        (several, specification),
        partial(_probabilities, specification, data, chosen),
    )
    found["probability"] = found["weights"].map(probability).astype(float)
    if why_not:
        found.attrs["without_probability"] = why_not
    return found


def _carried(
    name: str, model: Specification, data: Data, graph: Graph, errors: Mapping[str, Any]
) -> pd.DataFrame:
    """Effects of all terms on one of the weights."""
    try:
        fit = with_covariance(model.fit(data, graph), errors)
    except InputError as error:
        raise InputError(f"[carriers] with weights {name!r}: {error}") from None
    head = {"rho": fit.params.get("rho"), "loglik": fit.loglik}
    return fit.effects().assign(**head, nobs=fit.nobs, isolates=isolates_of(fit))


def _probabilities(
    model: Specification, data: Data, graphs: Mapping[str, Graph]
) -> tuple[dict[str, float], str]:
    """Probability of each of the weights, or why there is none."""
    import spatial

    try:
        known = spatial.weights_probabilities(
            model.formula, data, graphs, model.effects,  # type: ignore[arg-type]
            model=model.kind, lagged=model.lagged, missing=model.missing,
            bias_correction=model.bias_correction,
        )  # fmt: skip
    except InputError as error:
        return {}, str(error)
    shares = zip(known["weights"], known["probability"], strict=True)
    return {str(name): float(share) for name, share in shares}, ""


def profiles(
    plan: Plan,
    models: Models,
    data: Data,
    lisa: Mapping[str, pd.DataFrame],
    names: Mapping[str, str],
    parts: Parts,
    *,
    printed: Mapping[str, str] | None = None,
    memberships: Mapping[str, pd.Series[Any]] | None = None,
) -> dict[str, pd.DataFrame]:
    """One row per city for every focus term; `printed` names partners, `names` finds units."""
    section = plan.profiles
    if section is None or plan.model is None:
        raise InputError("[profiles] needs a [model]; add one.")
    groups = None
    if section.by is not None:
        frame = data.frame if isinstance(data, Panel) else data.reset_index()
        unit = data.unit if isinstance(data, Panel) else frame.columns[0]
        if section.by not in frame.columns:
            raise InputError(
                f"[profiles] frontier names the column {section.by!r}, which neither table nor "
                "boundaries hold."
            )
        groups = frame.groupby(unit)[section.by].last()
    main = models.main
    options: dict[str, Any] = {"groups": groups, "lisa": lisa, "names": printed or names}
    options |= {"partners": section.partners, "memberships": memberships}
    given = main, rows_of(data, main.fit.outcome, plan.model.focus), options
    found = {}
    for focus in plan.model.focus:
        compute = partial(_profiles, main, focus, data, options)
        found[focus] = parts(f"[profiles] {focus}", (given, focus), compute)
        mapped_columns(found[focus], section.maps)
    absent = [unit for unit in section.units if _key(unit, found, names) is None]
    if absent:
        raise InputError(f"[profiles] units names {named(absent)}, which the model lacks.")
    return found


def unit_flows(
    plan: Plan,
    models: Models,
    names: Mapping[str, str],
    pages: Mapping[str, pd.DataFrame],
    parts: Parts,
) -> dict[str, dict[str, pd.DataFrame]]:
    """Largest flows from each unit that [profiles] names, of focus terms that reach others."""
    units, main = plan.profiles.units if plan.profiles else (), models.main
    keys = {unit: _key(unit, pages, names) for unit in units}
    return {
        focus: {
            unit: parts(
                f"[profiles] {focus}, {unit}",
                (main, focus, key, LARGEST),
                partial(_flows, main, focus, key),
            )
            for unit, key in keys.items()
        }
        for focus in models.flows
    }


def _flows(main: Fitted, focus: str, key: Any) -> pd.DataFrame:
    return main.fit.flows(focus, unit=key, top=LARGEST)


def _profiles(main: Fitted, focus: str, data: Data, options: Mapping[str, Any]) -> pd.DataFrame:
    from analysis.profiles import city_profiles

    try:
        return city_profiles(main.fit, focus, data, **options)
    except InputError as error:
        raise InputError(f"[profiles] {error}") from None


def _key(unit: str, found: Mapping[str, pd.DataFrame], names: Mapping[str, str]) -> Any:
    """Key of a unit given by key or printed name; None where the model lacks it."""
    wanted = canonical(unit)
    index = next(iter(found.values())).index
    hits = [k for k in index if wanted in (canonical(k), canonical(names.get(str(k), str(k))))]
    return hits[0] if len(hits) == 1 else None


def explore_sensitivity(
    file: StudyFile,
    models: Models | None,
    sample: Sample,
    weights: Mapping[str, Weighted],
    sources: Sources,
    clusters: Clusters | None,
    mechanisms: Mechanisms,
    parts: Parts,
) -> Sensitivity:
    """Every part that the study asks for."""
    plan, data, cities = file.plan, sample.model_data, sources.cities
    if models is None:
        return Sensitivity()
    graphs = {name: found.graph for name, found in weights.items()}
    curve = shares = decay = found = pages = None
    flows: dict[str, dict[str, pd.DataFrame]] = {}
    if plan.robustness is not None:
        curve, shares = specifications(plan, models, data, graphs, cities, parts)
    if plan.decay is not None:
        decay = distance_decay(plan, models, data, cities, parts)
    if plan.carriers is not None:
        found = carriers(plan, models, data, graphs, cities, parts)
    if plan.profiles is not None:
        lisa = clusters.lisa if clusters else {}
        pages = profiles(
            plan, models, sample.data, lisa, sources.names, parts,
            printed=sources.printed_names(plan.study.lang),
            memberships={name: one.members for name, one in mechanisms.groups.items()},
        )  # fmt: skip
        flows = unit_flows(plan, models, sources.names, pages, parts)
    truth = {} if plan.decay is None else decay_truth(file, models, plan.decay.mode)
    return Sensitivity(curve, shares, decay, found, pages, flows, truth)
