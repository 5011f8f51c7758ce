"""Build the weights of a study over its sample, described."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.study.keeping import Parts, digest_of_files, rows_of
from analysis.study.reading import resolve_path
from analysis.study.schema import WeightsSection
from analysis.study.sources import KEY
from analysis.study.weighting_data import Data, flows_of, relabelled
from analysis.terms import LANGUAGES
from spatial.errors import InputError

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from libpysal.graph import Graph

__all__ = ["KINDS", "Weighted", "build_weights", "check_weights", "weights_files"]

PLACES = ("contiguity", "knn", "distance_band", "inverse_distance", "exponential", "kernel")
COLUMNS = ("economic", "gravity", "blocks")
FILES = ("read", "from_edges")
KINDS = (*PLACES, *COLUMNS, "nested", *FILES)
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "economic": ("column",),
    "gravity": ("column",),
    "blocks": ("column",),
    "nested": ("a", "b"),
    "read": ("path",),
    "from_edges": ("path", "origin", "destination"),
}
GIVEN: Mapping[str, tuple[str, ...]] = {  # arguments that the study gives, not its author
    "economic": ("income",),
    "gravity": ("cities", "mass"),
    "blocks": ("groups",),
    "read": ("ids",),
    "from_edges": ("table", "ids"),
}
Sections = Mapping[str, WeightsSection]


@dataclass(frozen=True)
class Weighted:
    """The graph over the sample, its label in each language, its description, its isolates."""

    name: str
    graph: Graph
    labels: Mapping[str, str]
    description: pd.Series[Any]
    isolates: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Work:
    """What builders draw on, and what is already built."""

    sections: Sections
    cities: GeoDataFrame
    data: Data
    base: Path
    built: dict[str, Graph] = field(default_factory=dict)


def build_weights(
    sections: Sections, cities: GeoDataFrame, data: Data, base: Path, parts: Parts
) -> dict[str, Weighted]:
    """Build every [weights.NAME] over the units of the sample.

    Borders are those of the whole layer, then cut to the sample and re-scaled (with `fallback`
    those of the sample); distances and nearest neighbours are taken among the units of the sample.

    Parameters
    ----------
    sections
        The [weights.NAME] sections.
    cities
        Boundary table indexed by key.
    data
        Units of the sample, all of them in `cities`, and the columns that weights may use.
    base
        Where relative paths start.
    parts
        Conducts the building.
    """
    check_weights(sections)
    work, found = _Work(sections, cities, data, base), {}
    for name in sections:
        compute = partial(_described, name, work)
        found[name] = parts(f"weights {name}", _given(name, work), compute)
        work.built[name] = found[name].graph
    return found


def weights_files(sections: Sections) -> Iterator[tuple[str, str]]:
    """Files that weights are read from: name of the weights, path as written."""
    for name, section in sections.items():
        for part in _parts(section):
            if part.kind in FILES and isinstance(part.arguments.get("path"), str):
                yield name, part.arguments["path"]


def check_weights(sections: Sections) -> None:
    """Refuse unknown builders, arguments and names, and circles, before any file is read."""
    for name, section in sections.items():
        for part in _parts(section):
            _check(name, part, sections)
        _refuse_circle(name, sections, ())


def _parts(section: WeightsSection) -> Iterator[WeightsSection]:
    """Give the section and the tables of weights inside it."""
    yield section
    if section.kind == "nested":
        for key in ("a", "b"):
            inner = section.arguments.get(key)
            if isinstance(inner, dict) and "kind" in inner:
                yield from _parts(WeightsSection.model_validate(inner))


def _check(name: str, section: WeightsSection, sections: Sections) -> None:
    if section.kind not in KINDS:
        near = get_close_matches(section.kind, KINDS, n=1, cutoff=0.5)
        remedy = f"did you mean {near[0]!r}?" if near else f"available are {', '.join(KINDS)}."
        raise InputError(
            f"[weights.{name}] kind = {section.kind!r} is no builder of spatial.weights that a "
            f"study can call; {remedy}"
        )
    given, known = section.arguments, _keys(section.kind)
    for key in given:
        if key not in known:
            near = get_close_matches(key, known, n=1, cutoff=0.5)
            remedy = f"did you mean {near[0]!r}?" if near else f"its keys are {', '.join(known)}."
            raise InputError(f"[weights.{name}] has no key {key!r}; {remedy}")
    for key in REQUIRED.get(section.kind, ()):
        if key not in given:
            raise InputError(f"[weights.{name}] kind = {section.kind!r} needs the key {key!r}.")
    for other in _references(section):
        if other not in sections:
            raise InputError(
                f"[weights.{name}] names {other!r}, but the weights of the study are "
                f"{', '.join(sections)}."
            )


def _keys(kind: str) -> list[str]:
    """Keys that a section of that kind may have."""
    from spatial import weights

    known = list(inspect.signature(getattr(weights, kind)).parameters)
    if kind in PLACES:
        known = known[1:]
    known = [key for key in known if key not in GIVEN.get(kind, ())]
    extra = {"economic": ["column", "years"], "gravity": ["column", "years"]}
    extra |= {"blocks": ["column"], "from_edges": ["path"]}
    return [*extra.get(kind, []), *known]


def _references(section: WeightsSection) -> list[str]:
    """Names of other weights that a nested section is made of."""
    if section.kind != "nested":
        return []
    return [part for key in ("a", "b") if isinstance(part := section.arguments.get(key), str)]


def _refuse_circle(name: str, sections: Sections, path: tuple[str, ...]) -> None:
    if name in path:
        raise InputError(
            f"[weights.{name}] is made of itself: {' – '.join([*path[path.index(name) :], name])}."
        )
    for part in _parts(sections[name]):
        for other in _references(part):
            _refuse_circle(other, sections, (*path, name))


def _given(name: str, work: _Work) -> tuple[Any, ...]:
    """What determines weights: sections, boundaries, columns with their labels, files."""
    data, reached = work.data, _reached(name, work.sections)
    columns = rows_of(data.table, reached, KEY, data.time or "")
    labels = {c: data.labels[c] for c in columns[-1].columns if c in data.labels}
    files = [resolve_path(work.base, path) for _, path in weights_files(reached)]
    held = digest_of_files(file for file in files if file.is_file())
    return reached, data.units, columns, data.time, labels, data.names, held, work.cities


def _reached(name: str, sections: Sections) -> dict[str, WeightsSection]:
    """A section and those that it is made of."""
    found = {name: sections[name]}
    for part in _parts(sections[name]):
        for other in _references(part):
            found |= _reached(other, sections)
    return found


def _by_name(name: str, work: _Work) -> Graph:
    if name not in work.built:
        try:
            work.built[name] = _built(work.sections[name], work)
        except InputError as error:
            raise InputError(f"[weights.{name}]: {error}") from None
    return work.built[name]


def _built(section: WeightsSection, work: _Work) -> Graph:
    from spatial import weights

    builder: Callable[..., Graph] = getattr(weights, section.kind)
    given = {key: _pairs(value) for key, value in section.arguments.items()}
    units = work.data.units
    if section.kind == "contiguity" and not given.get("fallback"):
        return weights.subset(builder(work.cities, **given), list(units))
    if section.kind in PLACES:
        return builder(work.cities.loc[units], **given)
    if section.kind in COLUMNS:
        values = work.data.column(given.pop("column"), given.pop("years", None), section.kind)
        places = (work.cities.loc[units],) if section.kind == "gravity" else ()
        return builder(*places, values, **given)
    if section.kind == "nested":
        a, b = (_part(given.pop(key), work) for key in ("a", "b"))
        return builder(a, b, **given)
    if section.kind == "from_edges":
        table = flows_of(work.base, given.pop("path"), given, work.data)
        return weights.subset(builder(table, **given), list(units))
    return relabelled(work.base, given, work.data)


def _part(given: Any, work: _Work) -> Any:
    """Weights by name, a table of their own, or numbers by unit."""
    if isinstance(given, str):
        return _by_name(given, work)
    if isinstance(given, dict) and "kind" in given:
        return _built(WeightsSection.model_validate(given), work)
    if isinstance(given, dict) and "column" in given and set(given) <= {"column", "years"}:
        return work.data.column(given["column"], given.get("years"), "nested")
    raise InputError(
        f"{given!r} is neither the name of other weights, nor a table such as "
        '{ kind = "economic", column = "gdp_per_capita" } or { column = "gdp_per_capita" }.'
    )


def _described(name: str, work: _Work) -> Weighted:
    from spatial import weights
    from spatial.weights.operator import operator

    graph = _by_name(name, work)
    op = operator(graph)
    found = weights.describe(graph)
    return Weighted(
        name,
        graph,
        {lang: weights.label(graph, lang) for lang in LANGUAGES},
        found,
        tuple(str(label) for label in op.ids[op.isolates]),
        tuple(found.attrs["notes"]),
    )


def _pairs(value: Any) -> Any:
    """Turn lists of lists (bridges) into tuples."""
    if isinstance(value, list) and value and isinstance(value[0], list):
        return [tuple(part) for part in value]
    return value
