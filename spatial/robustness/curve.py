"""A specification curve: one finding under every combination of defensible choices.

After Simonsohn, Simmons and Nelson (2020, Nature Human Behaviour 4, 1208–1214).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import product as combinations
from typing import TYPE_CHECKING, Any

import pandas as pd

from spatial.errors import InputError
from spatial.fit import Fit
from spatial.inference import check_covariance, with_covariance
from spatial.models import Specification
from spatial.panel import Panel
from spatial.result import quantile
from spatial.robustness.changes import (
    DIMENSIONS,
    Choice,
    changed_model,
    changed_values,
    levels_of,
    without_rows,
)
from spatial.robustness.rows import attempted, effect_rows
from spatial.running import Jobs, Progress, Workers, run_shared, steady_numbers, workers_of
from spatial.sheet import sheet_of
from spatial.traces import derive_spectra
from spatial.weights.facts import is_graph
from spatial.weights.operator import Carried, align

if TYPE_CHECKING:
    from libpysal.graph import Graph

__all__ = ["specification_curve"]

Specified = dict[str, Choice]
Made = dict[tuple[Any, ...], Panel | pd.DataFrame]
MOST = 20_000
HELD = 2**25  # cells of changed data that a process keeps, of either sort


@dataclass(frozen=True, eq=False)
class _Work:
    """What all specifications share, and the data that this process has changed.

    `values` holds what was winsorised or shifted, `rows` what was then left out.
    """

    model: Specification
    data: Panel | pd.DataFrame
    graphs: Mapping[str, Carried]
    focus: str
    level: float
    options: Mapping[str, Any]
    values: Made = field(default_factory=dict)
    rows: Made = field(default_factory=dict)


def specification_curve(
    model: Specification,
    data: Panel | pd.DataFrame,
    graphs: Graph | Mapping[str, Graph],
    focus: str,
    variations: Mapping[str, Any] | None = None,
    *,
    product: bool = True,
    level: float = 0.95,
    covariance: Mapping[str, Any] | None = None,
    jobs: Jobs = 1,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Effects of one term under every combination of choices, or under each choice alone.

    Parameters
    ----------
    model
        The specification from which all others depart.
    data
        Panel, or for a cross-section a frame indexed by unit.
    graphs
        The weights of the main specification, or a mapping of names to weights, those first.
    focus
        Term whose effects are followed.
    variations
        What else to try, each key a list (or mapping) of further choices:
        "formulas" {name: formula, or (formula, focus)}; "kinds" ["SAR"]; "effects" ["unit"];
        "estimators" ["gmm"]; "covariances" ["robust"]; "winsorise" [0.01], the share cut at each
        end of every variable; "lag_regressors" [1], periods by which regressors are shifted;
        "drop" {name: [units]}, the weights re-cut; "drop_times" [2020] or {name: [times]};
        "controls" ["pilot"] or {name: [terms]}, added to the formula.
    product
        All combinations (default), or the main specification and each other choice by itself.
    level
        Of the intervals.
    covariance
        Arguments of `Fit.with_cov`, such as {"kind": "cluster", "by": "province"}: the kind for all
        but what "covariances" varies, the others wherever a kind needs them.
    jobs
        Processes, a `distributed.Client`, or `Workers`, whose memory is asked for each
        specification as a mapping from dimension to choice. The numbers are the same.
    progress
        Called with (specifications done, specifications, seconds that remain).

    Returns
    -------
    DataFrame
        A row per specification and effect (of a dynamic model those of the short run), the main
        one first: specification (0, 1, …); one column
        per dimension with the name of its choice (weights, formula, kind, fixed_effects, estimator,
        covariance, winsorise, lag_regressors, drop, drop_times, controls); term, effect, estimate,
        std_error, statistic, p_value, conf_low, conf_high, rho, nobs, isolates, notes, problem. A
        specification that cannot be fitted keeps its row, with the sentence of its refusal in
        `problem`.

    Raises
    ------
    InputError
        A variation that means nothing; a main specification that cannot be fitted; more than
        20,000 combinations.

    Examples
    --------
    >>> spatial.specification_curve(  # doctest: +SKIP
    ...     spatial.SDM("resilience ~ agglomeration + fdi", effects="twoway"),
    ...     panel, {"queen": queen, "inverse": inverse}, "agglomeration",
    ...     {"winsorise": [0.01], "drop": {"municipalities": ["北京市", "上海市"]}}, jobs=2)
    """
    named = {"main": graphs} if is_graph(graphs) else graphs
    if not isinstance(named, Mapping) or not named:
        raise InputError('graphs= is a graph, or maps names to graphs, such as {"queen": w}.')
    quantile(level)
    carried = {name: Carried(graph) for name, graph in named.items()}
    work = _Work(model, data, carried, focus, level, check_covariance(covariance))
    levels = levels_of(model, list(named), focus, variations or {})
    plan, workers = _plan(levels, product=product), workers_of(jobs, progress)
    _derive(model, data, named)
    main = run_shared(work, plan[:1], _specified, jobs=Workers(memory=workers.memory))[0]
    if main[0]["problem"]:
        raise InputError(f"the main specification cannot be fitted: {main[0]['problem']}")
    order = sorted(range(1, len(plan)), key=lambda place: _sharing(levels, plan[place]))
    found = run_shared(work, [plan[place] for place in order], _specified, jobs=workers)
    by_place = {0: main} | dict(zip(order, found, strict=True))
    rows = [
        {"specification": place, **{d: plan[place][d].name for d in DIMENSIONS}, **row}
        for place in range(len(plan))
        for row in by_place[place]
    ]
    return pd.DataFrame(rows)


def _derive(model: Specification, data: Panel | pd.DataFrame, graphs: Mapping[str, Graph]) -> None:
    """Derive here, once, what all processes ask of the weights."""
    with warnings.catch_warnings(), steady_numbers():
        warnings.simplefilter("ignore")
        for graph in graphs.values():
            # what cannot be fitted says so in its row
            with suppress(InputError):
                derive_spectra(align(graph, sheet_of(data, model.missing).units).operator)


def _plan(levels: Mapping[str, list[Choice]], *, product: bool) -> list[Specified]:
    """Choices of every specification, the main one first."""
    main = {dimension: levels[dimension][0] for dimension in DIMENSIONS}
    if not product:
        alone = [
            main | {dimension: choice}
            for dimension in DIMENSIONS
            for choice in levels[dimension][1:]
        ]
        return [main, *alone]
    count = 1
    for every in levels.values():
        count *= len(every)
    if count > MOST:
        raise InputError(
            f"the choices make {count:,} specifications, more than {MOST:,}; leave some out, or "
            "set product=False."
        )
    parts = combinations(*(levels[dimension] for dimension in DIMENSIONS))
    return [dict(zip(DIMENSIONS, part, strict=True)) for part in parts]


def _sharing(levels: Mapping[str, list[Choice]], spec: Specified) -> tuple[int, ...]:
    """Order in which neighbours share weights, units and data."""
    first = ("weights", "drop", "drop_times", "lag_regressors", "winsorise", "formula")
    return tuple(levels[dimension].index(spec[dimension]) for dimension in first)


def _specified(work: _Work, spec: Specified) -> list[dict[str, Any]]:
    """Rows of one specification."""
    terms = [spec["formula"].value[1]]

    def fit() -> Fit:
        model, _ = changed_model(work.model, work.focus, spec)
        graph = work.graphs[spec["weights"].value].graph
        found = model.fit(_data(work, model.formula, spec), graph)
        given = {"kind": spec["covariance"].value} if spec["covariance"].value else {}
        return with_covariance(found, {**work.options, **given})

    found, problem = attempted(fit)
    return effect_rows(found, problem, terms, work.level)


def _data(work: _Work, formula: str, spec: Specified) -> Panel | pd.DataFrame:
    """Changed data, kept while further specifications of this process may need them."""
    share, periods = spec["winsorise"].value, spec["lag_regressors"].value
    units, times = spec["drop"].value, spec["drop_times"].value
    data = work.data
    if share or periods:
        values = (share, periods, formula)
        data = _kept(
            work.values, values, lambda: changed_values(work.data, formula, share, periods)
        )
    if units or times:
        rows = (share, periods, formula if data is not work.data else "", units, times)
        whole = data
        data = _kept(work.rows, rows, lambda: without_rows(whole, units or (), times or ()))
    return data


def _kept(
    made: Made, key: tuple[Any, ...], make: Callable[[], Panel | pd.DataFrame]
) -> Panel | pd.DataFrame:
    """Changed data, made once; the oldest leave where all would be too many."""
    if key not in made:
        one = make()
        while made and (len(made) + 1) * _cells(one) > HELD:
            del made[next(iter(made))]
        made[key] = one
    return made[key]


def _cells(data: Panel | pd.DataFrame) -> int:
    return int((data.frame if isinstance(data, Panel) else data).size)
