"""Build the weights of a study over its sample, described."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.study.schema import WeightsSection
from analysis.terms import LANGUAGES
from spatial.errors import InputError

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from libpysal.graph import Graph

__all__ = ["KINDS", "Weighted", "build_weights", "check_weights"]

KINDS = ("contiguity", "knn", "distance_band", "inverse_distance")
WHOLE_LAYER = ("contiguity",)


@dataclass(frozen=True)
class Weighted:
    """The graph over the sample, its label in each language, its description, its isolates."""

    name: str
    graph: Graph
    labels: Mapping[str, str]
    description: pd.Series[Any]
    isolates: tuple[str, ...]


def build_weights(
    sections: Mapping[str, WeightsSection], cities: GeoDataFrame, units: pd.Index
) -> dict[str, Weighted]:
    """Build every [weights.NAME] over `units`.

    Borders are those of the whole layer, then cut to the sample and re-scaled; distances and
    nearest neighbours are taken among the units of the sample.

    Parameters
    ----------
    sections
        The [weights.NAME] sections.
    cities
        Boundary table indexed by key.
    units
        Keys of the sample, all of them in `cities`.
    """
    check_weights(sections)
    return {name: _build(name, section, cities, units) for name, section in sections.items()}


def check_weights(sections: Mapping[str, WeightsSection]) -> None:
    """Refuse unknown builders and arguments, before any file is read."""
    for name, section in sections.items():
        _arguments(name, section, _builder(name, section.kind))


def _build(name: str, section: WeightsSection, cities: GeoDataFrame, units: pd.Index) -> Weighted:
    from spatial import weights
    from spatial.weights.operator import operator

    builder = _builder(name, section.kind)
    arguments = _arguments(name, section, builder)
    try:
        if section.kind in WHOLE_LAYER:
            graph = weights.subset(builder(cities, **arguments), list(units))
        else:
            graph = builder(cities.loc[units], **arguments)
    except InputError as error:
        raise InputError(f"[weights.{name}]: {error}") from None
    op = operator(graph)
    isolates = tuple(str(label) for label in op.ids[op.isolates])
    return Weighted(
        name,
        graph,
        {lang: weights.label(graph, lang) for lang in LANGUAGES},
        weights.describe(graph),
        isolates,
    )


def _builder(name: str, kind: str) -> Callable[..., Graph]:
    from spatial import weights

    if kind not in KINDS:
        near = get_close_matches(kind, KINDS, n=1, cutoff=0.5)
        remedy = f"did you mean {near[0]!r}?" if near else f"available are {', '.join(KINDS)}."
        raise InputError(
            f"[weights.{name}] kind = {kind!r} is no builder of spatial.weights; {remedy}"
        )
    found: Callable[..., Graph] = getattr(weights, kind)
    return found


def _arguments(name: str, section: WeightsSection, builder: Callable[..., Any]) -> dict[str, Any]:
    known = list(inspect.signature(builder).parameters)[1:]
    given = section.arguments
    for key in given:
        if key not in known:
            near = get_close_matches(key, known, n=1, cutoff=0.5)
            remedy = f"did you mean {near[0]!r}?" if near else f"its keys are {', '.join(known)}."
            raise InputError(f"[weights.{name}] has no key {key!r}; {remedy}")
    return {key: _pairs(value) for key, value in given.items()}


def _pairs(value: Any) -> Any:
    """Turn lists of lists (bridges) into tuples."""
    if isinstance(value, list) and value and isinstance(value[0], list):
        return [tuple(part) for part in value]
    return value
