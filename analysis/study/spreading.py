"""How the study's columns are distributed over units, and how that changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.study.keeping import Parts, inputs_of
from analysis.study.schema import Autocorrelation, Distribution
from spatial.errors import InputError
from spatial.panel import Panel

if TYPE_CHECKING:
    from libpysal.graph import Graph

__all__ = ["Spread", "measure_spread"]

Tables = Mapping[str, pd.DataFrame]
INEQUALITY = ("dagum", "theil", "gini_parts", "theil_parts")
GROWTH = ("beta", "convergence")
COMPLETE = (*GROWTH, "neighbours")
TOLD = (
    "dagum",
    "theil",
    "beta",
    "gaps_beta",
    "gaps_neighbours",
    "local",
)  # what the report says is missing


@dataclass(frozen=True)
class Spread:
    """Tables by column and part; `left_out` names column and part where values do not allow it.

    Keys of the tables: density; dagum and theil by time, gini_parts and theil_parts with errors;
    sigma, beta, and convergence as one table; transitions, neighbours (spatial Markov), local
    (classes of local Moran's I), long_run and homogeneity.
    """

    columns: Mapping[str, Tables]
    left_out: tuple[tuple[str, str], ...]


def measure_spread(
    section: Distribution,
    data: Panel | pd.DataFrame,
    graph: Graph | None,
    local: Autocorrelation | None = None,
    *,
    parts: Parts,
) -> Spread:
    """Measure every part that the section names; local classes are told as `local` says.

    A Gini and Theil's index need values of at least zero, growth in logarithms positive ones: where
    a column has others, these parts are left out and told.
    """
    if not isinstance(data, Panel):
        raise InputError("[distribution] needs [table] time; a cross-section has none.")
    if section.by is not None and section.by not in data.frame.columns:
        raise InputError(
            f"[distribution] by = {section.by!r} is no column of the table or the boundaries."
        )
    found: dict[str, Tables] = {}
    left_out: list[tuple[str, str]] = []
    for column in section.columns:
        tables: dict[str, pd.DataFrame] = {}
        for name, make in _parts(section, data, column, graph, local).items():
            why = _impossible(name, data, column)
            if not why:
                given = inputs_of(data, graph, name, column, section.by, local)
                tables[name], why = parts(f"{name}: {column}", given, partial(_made, name, make))
            left_out += [(column, why)] if why in TOLD else []
        found[column] = _followed({name: one for name, one in tables.items() if len(one)})
    return Spread(found, tuple(left_out))


def _made(name: str, make: Callable[[], pd.DataFrame]) -> tuple[pd.DataFrame, str]:
    """The table, or an empty one and what is told of it."""
    try:
        return make(), ""
    except InputError as error:
        if name == "local" and "fewer than two classes" in str(error):
            return pd.DataFrame(), name
        raise InputError(f"[distribution] {error}") from None


def _followed(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The tables, with what follows from transitions."""
    from spatial import distribution

    if "neighbours" in tables:
        tables["homogeneity"] = distribution.homogeneity(tables["neighbours"])
    chains = [name for name in ("transitions", "local") if name in tables]
    if chains:
        ends = [distribution.long_run(tables[name]).assign(classes=name) for name in chains]
        tables["long_run"] = pd.concat(ends, ignore_index=True)
    return tables


def _impossible(part: str, data: Panel, column: str) -> str:
    """Why a measure is not defined for these values, as the report tells it; empty if it is."""
    values = data.frame[column]
    if not pd.api.types.is_numeric_dtype(values.dtype):
        return ""
    least = float(values.min())
    if part in COMPLETE and (not data.balanced or values.isna().any()):
        return f"gaps_{part}"
    return part if (part in INEQUALITY and least < 0) or (part in GROWTH and least <= 0) else ""


def _parts(
    section: Distribution,
    data: Panel,
    column: str,
    graph: Graph | None,
    local: Autocorrelation | None,
) -> dict[str, Callable[[], pd.DataFrame]]:
    from spatial import distribution

    parts: dict[str, Callable[[], pd.DataFrame]] = {}
    if "density" in section.parts:
        parts["density"] = lambda: distribution.densities(data, column)
    if "dagum" in section.parts:
        parts["dagum"] = lambda: distribution.dagum_by_time(data, column, section.by)
        parts["gini_parts"] = lambda: distribution.dagum_gini(data, column, section.by)
    if "theil" in section.parts:
        parts["theil"] = lambda: distribution.theil_by_time(data, column, section.by)
        parts["theil_parts"] = lambda: distribution.theil(data, column, section.by)
    if "convergence" in section.parts:
        parts["sigma"] = lambda: distribution.sigma_convergence(data, column)
        if graph is not None:
            parts["beta"] = lambda: distribution.beta_convergence(data, column, graph)
        parts["convergence"] = lambda: distribution.convergence(data, column, graph)
    if "transitions" in section.parts:
        parts["transitions"] = lambda: distribution.transitions(data, column)
        if graph is not None:
            parts["neighbours"] = lambda: distribution.transitions(
                data, column, given="neighbours", w=graph
            )
            parts["local"] = lambda: distribution.transitions(
                data, column, classes="lisa", w=graph, local=_options(local)
            )
    return parts


def _options(local: Autocorrelation | None) -> dict[str, Any]:
    """Arguments of `lisa_by_time`."""
    if local is None:
        return {}
    correction = None if local.correction == "none" else local.correction
    return {"alternative": local.alternative, "correction": correction, "alpha": local.alpha}
