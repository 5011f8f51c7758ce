"""How, where and for whom: channels, moderators and groups of the study."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.study.grouping import members
from analysis.study.keeping import Parts, inputs_of
from analysis.study.modelling import Models, covariance_of
from analysis.study.sampling import Sample
from analysis.study.schema import Plan
from spatial.errors import InputError

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from libpysal.graph import Graph

    from spatial.heterogeneity import Groups
    from spatial.mechanisms import Channels, Moderation

__all__ = ["Mechanisms", "explore"]

Key = tuple[str, str]


@dataclass(frozen=True)
class Mechanisms:
    """Channels and moderators by (name of the section, term), groups by name."""

    channels: Mapping[Key, Channels] = field(default_factory=dict)
    moderators: Mapping[Key, Moderation] = field(default_factory=dict)
    groups: Mapping[str, Groups] = field(default_factory=dict)


def explore(
    plan: Plan,
    models: Models | None,
    sample: Sample,
    measured: pd.DataFrame,
    graph: Graph | None,
    *,
    parts: Parts,
    cities: GeoDataFrame | None = None,
) -> Mechanisms:
    """Fit what [channels], [moderators] and [groups] ask for, as the main model is specified.

    Parameters
    ----------
    measured
        All rows, so that groups may be cut at a year before the sample.
    graph
        The main weights.
    cities
        Boundaries by unit, for a covariance that goes by distance.
    """
    import spatial

    if models is None or plan.model is None:
        return Mechanisms()
    errors = covariance_of(plan.model, cities)
    model, data, terms = models.main.fit.model, sample.model_data, list(models.by_unit)
    options: dict[str, Any] = {"seed": plan.study.seed}
    channels: dict[Key, Any] = {}
    moderators: dict[Key, Any] = {}
    groups: dict[str, Any] = {}
    for name, asked in plan.channels.items():
        given = {name: list(asked.chain) if asked.chain else str(asked.column)}
        for term in terms:
            channels[name, term] = _within(
                parts,
                f"[channels.{name}]",
                spatial.channels,
                (model, data, graph),
                {"focus": term, "channels": given, "steps": asked.steps, "draws": asked.draws}
                | {"covariance": errors, **options},
            )
    for name, moderator in plan.moderators.items():
        for term in terms:
            moderators[name, term] = _within(
                parts,
                f"[moderators.{name}]",
                spatial.moderate,
                (model, data, graph),
                {"focus": term, "moderator": moderator.column, "at": moderator.at}
                | {"covariance": errors},
            )
    for name, group in plan.groups.items():
        by = members(name, group, sample, measured, plan.table.time, graph)
        groups[name] = _within(
            parts,
            f"[groups.{name}]",
            spatial.groups,
            (model, data, graph),
            {"by": by, "focus": group.focus or terms, "between": group.between}
            | {"permutations": group.permutations, "covariance": errors}
            | options,
        )
    return Mechanisms(channels, moderators, groups)


def _within(
    parts: Parts,
    section: str,
    call: Callable[..., Any],
    given: tuple[Any, ...],
    options: Mapping[str, Any],
) -> Any:
    """Call, and name the section in a refusal; what has a seed draws, by several workers."""
    model, data, graph = given
    focus = options["focus"]
    name = f"{section} {focus}" if isinstance(focus, str) else section
    inputs = inputs_of(data, graph, model, options)
    further = {"jobs": parts.workers(name, inputs)} if "seed" in options else {}

    def compute() -> Any:
        try:
            return call(*given, **options, **further)
        except InputError as error:
            raise InputError(f"{section} {error}") from None

    return parts(name, inputs, compute)
