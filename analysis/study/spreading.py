"""How the study's columns are distributed over units, and how that changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from analysis.study.schema import Distribution
from spatial.errors import InputError
from spatial.panel import Panel

if TYPE_CHECKING:
    from libpysal.graph import Graph

__all__ = ["Spread", "measure_spread"]

Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Spread:
    """Tables by column and part; `left_out` names column and part where values do not allow it.

    Keys of the tables: density, dagum, theil, sigma, beta, transitions, neighbours (spatial Markov)
    and homogeneity.
    """

    columns: Mapping[str, Tables]
    left_out: tuple[tuple[str, str], ...]


def measure_spread(
    section: Distribution, data: Panel | pd.DataFrame, graph: Graph | None
) -> Spread:
    """Measure every part that the section names.

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
        for name, make in _parts(section, data, column, graph).items():
            if _impossible(name, data.frame[column]):
                left_out.append((column, name))
                continue
            try:
                tables[name] = make()
            except InputError as error:
                raise InputError(f"[distribution] {error}") from None
        if "neighbours" in tables:
            tables["homogeneity"] = _homogeneity(tables["neighbours"])
        found[column] = tables
    return Spread(found, tuple(left_out))


def _impossible(part: str, values: pd.Series) -> bool:
    """Whether a measure is not defined for values such as these."""
    if not pd.api.types.is_numeric_dtype(values.dtype):
        return False
    least = float(values.min())
    return (part in ("dagum", "theil") and least < 0) or (part == "beta" and least <= 0)


def _parts(
    section: Distribution, data: Panel, column: str, graph: Graph | None
) -> dict[str, Callable[[], pd.DataFrame]]:
    from analysis import distribution

    parts: dict[str, Callable[[], pd.DataFrame]] = {}
    if "density" in section.parts:
        parts["density"] = lambda: distribution.densities(data, column)
    if "dagum" in section.parts:
        parts["dagum"] = lambda: distribution.dagum_by_time(data, column, section.by)
    if "theil" in section.parts:
        parts["theil"] = lambda: distribution.theil_by_time(data, column, section.by)
    if "convergence" in section.parts:
        parts["sigma"] = lambda: distribution.sigma_convergence(data, column)
        if graph is not None:
            parts["beta"] = lambda: distribution.beta_convergence(data, column, graph)
    if "transitions" in section.parts:
        parts["transitions"] = lambda: distribution.transitions(data, column)
        if graph is not None:
            parts["neighbours"] = lambda: distribution.transitions(
                data, column, given="neighbours", w=graph
            )
    return parts


def _homogeneity(table: pd.DataFrame) -> pd.DataFrame:
    from analysis import distribution

    return distribution.homogeneity(table)
