"""How the main finding holds: other choices, other distances, other weights; and city by city."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.study.clustering import Clusters
from analysis.study.modelling import Models, covariance_of
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
    *,
    jobs: int,
    tell: Callable[[str], None],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Curve over specifications of every focus term, and the shares of signs."""
    import spatial

    section, model = plan.robustness, plan.model
    if section is None or model is None:
        raise InputError("[robustness] needs a [model]; add one.")
    chosen = {models.main.weights: graphs[models.main.weights]}
    chosen |= {name: graphs[name] for name in section.weights}

    def progress(done: int, total: int, seconds: float) -> None:
        tell(f"{done} of {total} specifications, {seconds:.0f} s left")

    curves, shares = [], []
    for focus in model.focus:
        try:
            curve = spatial.specification_curve(
                models.main.fit.model,
                data,
                chosen,
                focus,
                dict(_variations(section, data, focus)),
                product=section.specification_curve,
                covariance=covariance_of(model, cities),
                jobs=jobs,
                progress=progress,
            )
        except InputError as error:
            raise InputError(f"[robustness] {error}") from None
        curves.append(curve.assign(focus=focus))
        shares.append(spatial.specification_shares(curve).assign(focus=focus))
    return pd.concat(curves, ignore_index=True), pd.concat(shares, ignore_index=True)


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
    plan: Plan, models: Models, data: Data, cities: GeoDataFrame, *, jobs: int
) -> pd.DataFrame:
    """Effects of the focus over distance."""
    import spatial

    section, model = plan.decay, plan.model
    if section is None or model is None:
        raise InputError("[decay] needs a [model]; add one.")
    try:
        return spatial.decay(
            models.main.fit.model,
            data,
            cities,
            list(model.focus),
            km=section.distances,
            mode=section.mode,
            fallback=section.fallback,
            covariance=covariance_of(model, cities),
            jobs=jobs,
        )
    except InputError as error:
        raise InputError(f"[decay] {error}") from None


def carriers(
    plan: Plan, models: Models, data: Data, graphs: Mapping[str, Graph], cities: GeoDataFrame
) -> pd.DataFrame:
    """Effects under each of several weights, and how probable each is (LeSage, 2015).

    The probability is missing where it is not defined for the model.
    """
    import spatial

    if plan.carriers is None or plan.model is None:
        raise InputError("[carriers] needs a [model]; add one.")
    specification = models.main.fit.model
    chosen = {name: graphs[name] for name in plan.carriers.weights}
    rows, errors = [], covariance_of(plan.model, cities)
    for name, graph in chosen.items():
        try:
            fit = with_covariance(specification.fit(data, graph), errors)
        except InputError as error:
            raise InputError(f"[carriers] with weights {name!r}: {error}") from None
        table = fit.effects()
        table = table[table["term"].isin(plan.model.focus)]
        head = {"weights": name, "rho": fit.params.get("rho"), "loglik": fit.loglik}
        head |= {"nobs": fit.nobs, "isolates": isolates_of(fit)}
        rows.append(table.assign(**head))
    found = pd.concat(rows, ignore_index=True)
    try:
        known = spatial.weights_probabilities(
            specification.formula, data, chosen, specification.effects,  # type: ignore[arg-type]
            model=specification.kind, lagged=specification.lagged, missing=specification.missing,
            bias_correction=specification.bias_correction,
        )  # fmt: skip
        found["probability"] = found["weights"].map(known.set_index("weights")["probability"])
    except InputError as error:
        found["probability"] = float("nan")
        found.attrs["without_probability"] = str(error)
    return found


def profiles(
    plan: Plan,
    models: Models,
    data: Data,
    lisa: Mapping[str, pd.DataFrame],
    names: Mapping[str, str],
) -> dict[str, pd.DataFrame]:
    """One row per city for every focus term."""
    from analysis.profiles import city_profiles

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
    found = {}
    for focus in plan.model.focus:
        try:
            found[focus] = city_profiles(
                models.main.fit, focus, data, groups=groups, lisa=lisa, names=names,
                partners=section.partners,
            )  # fmt: skip
        except InputError as error:
            raise InputError(f"[profiles] {error}") from None
        mapped_columns(found[focus], section.maps)
    absent = [unit for unit in section.units if _key(unit, found, names) is None]
    if absent:
        raise InputError(f"[profiles] units names {named(absent)}, which the model lacks.")
    return found


def unit_flows(
    plan: Plan, models: Models, names: Mapping[str, str], pages: Mapping[str, pd.DataFrame]
) -> dict[str, dict[str, pd.DataFrame]]:
    """Largest flows from each unit that [profiles] names, of focus terms that reach others."""
    units = plan.profiles.units if plan.profiles else ()
    keys = {unit: _key(unit, pages, names) for unit in units}
    return {
        focus: {
            unit: models.main.fit.flows(focus, unit=key, top=LARGEST) for unit, key in keys.items()
        }
        for focus in models.flows
    }


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
    *,
    jobs: int,
    tell: Callable[[str], None],
) -> Sensitivity:
    """Every part that the study asks for."""
    plan, data, cities = file.plan, sample.model_data, sources.cities
    if models is None:
        return Sensitivity()
    graphs = {name: found.graph for name, found in weights.items()}
    curve = shares = decay = found = pages = None
    flows: dict[str, dict[str, pd.DataFrame]] = {}
    if plan.robustness is not None:
        curve, shares = specifications(plan, models, data, graphs, cities, jobs=jobs, tell=tell)
    if plan.decay is not None:
        decay = distance_decay(plan, models, data, cities, jobs=jobs)
    if plan.carriers is not None:
        found = carriers(plan, models, data, graphs, cities)
    if plan.profiles is not None:
        lisa = clusters.lisa if clusters else {}
        pages = profiles(plan, models, sample.data, lisa, sources.names)
        flows = unit_flows(plan, models, sources.names, pages)
    truth = {} if plan.decay is None else decay_truth(file, models, plan.decay.mode)
    return Sensitivity(curve, shares, decay, found, pages, flows, truth)
