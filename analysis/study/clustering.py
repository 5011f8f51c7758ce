"""Global and local autocorrelation of the study's columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.study.keeping import Parts, inputs_of
from analysis.study.schema import Autocorrelation, Model
from spatial.errors import InputError, named
from spatial.panel import Panel

if TYPE_CHECKING:
    from libpysal.graph import Graph

__all__ = ["Clusters", "find_clusters"]


@dataclass(frozen=True)
class Clusters:
    """Results by column (Moran, LISA, local G) and by pair (bivariate LISA).

    `moran` frames have a row per time (one row for a cross-section); `lisa`, `bilisa` and
    `hot_spots` are indexed (time, unit), or by unit alone for a cross-section; `years` are the
    times of the local statistics; `changes` compare the LISA of the first and the last of them.
    """

    years: tuple[Any, ...]
    moran: Mapping[str, pd.DataFrame]
    lisa: Mapping[str, pd.DataFrame]
    bilisa: Mapping[tuple[str, str], pd.DataFrame]
    hot_spots: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    changes: Mapping[str, pd.DataFrame] = field(default_factory=dict)


def find_clusters(
    section: Autocorrelation,
    model: Model | None,
    data: Panel | pd.DataFrame,
    graph: Graph,
    *,
    seed: int,
    parts: Parts,
) -> Clusters:
    """Compute Moran's I over all times and local statistics in the chosen years.

    Columns default to the outcome and the focus of the model, as far as they are columns; years to
    the first, the middle and the last.
    """
    frame = data.frame if isinstance(data, Panel) else data
    columns = section.columns or _from_model(model, frame)
    if not columns and not section.bivariate and not section.hot_spots:
        raise InputError(
            "[autocorrelation] columns is empty and the model names no plain column; list the "
            "columns."
        )
    years = _years(section, data)
    local = {
        "alternative": section.alternative,
        "correction": None if section.correction == "none" else section.correction,
        "alpha": section.alpha,
        "seed": seed,
    }

    def part(make: Callable[..., pd.DataFrame], names: tuple[str, ...], *told: Any) -> pd.DataFrame:
        kind = make.__name__.removeprefix("_").replace("_", " ")
        given = inputs_of(data, graph, names, told)
        compute = partial(make, data, *names, graph, *told)
        return parts(f"{kind}: {', '.join(names)}", given, compute)

    lisa = {c: part(_lisa, (c,), years, local) for c in columns}
    star = {"star": section.star}
    return Clusters(
        years,
        {c: part(_moran, (c,), section.alternative) for c in columns},
        lisa,
        {(x, y): part(_bilisa, (x, y), years, local) for x, y in section.bivariate},
        {c: part(_hot_spots, (c,), years, local | star) for c in section.hot_spots},
        _changes(lisa) if section.change and len(years) > 1 else {},
    )


def _from_model(model: Model | None, frame: pd.DataFrame) -> tuple[str, ...]:
    if model is None:
        return ()
    outcome = model.formula.partition("~")[0].strip()
    return tuple(name for name in (*model.focus, outcome) if name in frame.columns)


def _years(section: Autocorrelation, data: Panel | pd.DataFrame) -> tuple[Any, ...]:
    if not isinstance(data, Panel):
        if section.years:
            raise InputError(
                "[autocorrelation] years needs [table] time; a cross-section has none."
            )
        return ()
    times = list(data.times)
    if not section.years:
        return tuple(dict.fromkeys([times[0], times[len(times) // 2], times[-1]]))
    absent = [year for year in section.years if year not in times]
    if absent:
        raise InputError(
            f"[autocorrelation] years names {named(absent)}, which the sample lacks; it holds "
            f"{named(times, 30)}."
        )
    return tuple(section.years)


def _moran(data: Panel | pd.DataFrame, column: str, graph: Graph, alternative: str) -> pd.DataFrame:
    import spatial

    side: Any = "two-sided" if alternative == "folded" else alternative
    if isinstance(data, Panel):
        return spatial.moran_by_time(data, column, graph, alternative=side)
    return spatial.moran(data[column], graph, alternative=side).to_frame().T


def _lisa(
    data: Panel | pd.DataFrame,
    column: str,
    graph: Graph,
    years: Sequence[Any],
    local: Mapping[str, Any],
) -> pd.DataFrame:
    import spatial

    if isinstance(data, Panel):
        return spatial.lisa_by_time(data, column, graph, times=list(years), **local)
    return spatial.lisa(data[column], graph, **local)


def _hot_spots(
    data: Panel | pd.DataFrame,
    column: str,
    graph: Graph,
    years: Sequence[Any],
    local: Mapping[str, Any],
) -> pd.DataFrame:
    import spatial

    if isinstance(data, Panel):
        return spatial.getis_ord_by_time(data, column, graph, times=list(years), **local)
    return spatial.getis_ord(data[column], graph, **local)


def _changes(lisa: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    import spatial

    return {column: spatial.lisa_change(result) for column, result in lisa.items()}


def _bilisa(
    data: Panel | pd.DataFrame,
    x: str,
    y: str,
    graph: Graph,
    years: Sequence[Any],
    local: Mapping[str, Any],
) -> pd.DataFrame:
    import spatial

    if not isinstance(data, Panel):
        return spatial.bilisa(data[x], data[y], graph, **local)
    parts = {
        year: spatial.bilisa(data.at(year)[x], data.at(year)[y], graph, **local) for year in years
    }
    result: pd.DataFrame = pd.concat(parts, names=[data.time])
    result.attrs = dict(next(iter(parts.values())).attrs)
    return result
