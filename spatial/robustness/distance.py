"""Effects re-estimated over weights of growing reach: how far spillovers carry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from spatial.errors import InputError
from spatial.fit import Fit
from spatial.inference import check_covariance, with_covariance
from spatial.labels import canonical_index, positions
from spatial.models import Specification
from spatial.panel import Panel
from spatial.result import quantile
from spatial.robustness.rows import attempted, effect_rows
from spatial.running import Jobs, run_shared
from spatial.weights.distance import check_positive, distance_band, inverse_distance
from spatial.weights.facts import read_facts
from spatial.weights.geometry import labels_of

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from libpysal.graph import Graph

__all__ = ["decay"]

MODES = ("band", "beyond", "cutoff")
FALLBACKS = ("none", "nearest")


@dataclass(frozen=True, eq=False)
class _Work:
    model: Specification
    data: Panel | pd.DataFrame
    cities: GeoDataFrame
    terms: tuple[str, ...]
    mode: str
    fallback: int
    level: float
    covariance: Mapping[str, Any]


def decay(
    model: Specification,
    data: Panel | pd.DataFrame,
    cities: GeoDataFrame,
    terms: Sequence[str] | str,
    *,
    km: Sequence[float],
    mode: Literal["band", "beyond", "cutoff"] = "band",
    fallback: Literal["none", "nearest"] = "none",
    level: float = 0.95,
    covariance: Mapping[str, Any] | None = None,
    jobs: Jobs = 1,
) -> pd.DataFrame:
    """Effects of terms under weights that reach a given distance, for a list of distances.

    All weights are row-standardised, over the units of the data: "band" joins cities at most d
    kilometres apart, all alike; "cutoff" weighs them by 1/d_ij; "beyond" weighs by 1/d_ij those
    more than d apart. In a small band cities stand without a neighbour, so that every point of the
    curve rests on other cities: the column `isolates` counts them, and `fallback="nearest"` gives
    each its nearest neighbour instead (`rescued`).

    Parameters
    ----------
    model
        A specification with spatial lags.
    data
        Panel, or for a cross-section a frame indexed by unit.
    cities
        Points or polygons of at least these units, with a coordinate reference system.
    terms
        Regressors whose effects are followed.
    km
        Distances.
    mode, fallback
        Which weights; what becomes of cities without a neighbour.
    level
        Of the intervals.
    covariance
        As in `specification_curve`.
    jobs
        Processes, a `distributed.Client`, or `Workers`; the numbers are the same.

    Returns
    -------
    DataFrame
        A row per distance, term and effect: km, mode, term, effect, estimate, std_error, statistic,
        p_value, conf_low, conf_high, rho, nobs, isolates, rescued, notes, problem. A distance at
        which the model cannot be fitted keeps its row, with the reason in `problem`.

    Raises
    ------
    InputError
        A mode, fallback or distance that means nothing; a model without a spatial lag; every
        distance fails.

    Examples
    --------
    >>> km = range(100, 801, 50)
    >>> spatial.decay(model, panel, cities, "agglomeration", km=km)  # doctest: +SKIP
    """
    if mode not in MODES:
        raise InputError(f"mode={mode!r}; it is one of {', '.join(MODES)}.")
    if fallback not in FALLBACKS:
        raise InputError(f'fallback={fallback!r}; it is "none" or "nearest".')
    if not (model.lag_y or model.lag_x):
        raise InputError(f"{model.kind} has no indirect effect; use SLX, SAR, SDM, SDEM or GNS.")
    reaches = [check_positive(one, "km", "kilometres") for one in km]
    if not reaches:
        raise InputError("km is empty; give distances, such as range(100, 801, 50).")
    quantile(level)
    asked = (terms,) if isinstance(terms, str) else tuple(terms)
    near = int(fallback == "nearest")
    chosen = _of_units(cities, data.units if isinstance(data, Panel) else data.index)
    work = _Work(model, data, chosen, asked, mode, near, level, check_covariance(covariance))
    found = run_shared(work, reaches, _at_distance, jobs=jobs)
    table = pd.DataFrame([row for rows in found for row in rows])
    if (table["problem"] != "").all():
        raise InputError(f"the model fits at no distance; at {reaches[0]:g} km: "
                         f"{table['problem'].iloc[0]}")  # fmt: skip
    return table


def _of_units(cities: GeoDataFrame, units: pd.Index) -> GeoDataFrame:
    have = canonical_index(labels_of(cities), "the cities")
    at = positions(canonical_index(units, "the data"), have, data="the data", source="the cities")
    return cities.iloc[at]


def _at_distance(work: _Work, km: float) -> list[dict[str, Any]]:
    rescued: list[int] = []

    def fit() -> Fit:
        graph = _graph(work, km)
        rescued.append(len({pair[0] for pair in read_facts(graph).rescued}))
        return with_covariance(work.model.fit(work.data, graph), work.covariance)

    found, problem = attempted(fit)
    rows = effect_rows(found, problem, work.terms, work.level)
    out = []
    for row in rows:
        tail = {name: row.pop(name) for name in ("notes", "problem")}
        saved = float(rescued[0]) if rescued else float("nan")
        out.append({"km": km, "mode": work.mode, **row, "rescued": saved, **tail})
    return out


def _graph(work: _Work, km: float) -> Graph:
    if work.mode == "band":
        return distance_band(work.cities, km=km, fallback=work.fallback)
    if work.mode == "cutoff":
        return inverse_distance(work.cities, cutoff_km=km, fallback=work.fallback)
    return inverse_distance(work.cities, beyond_km=km, fallback=work.fallback)
