"""How far spillovers reach: decay parameters of weights, one per spatial lag, from the data.

After Elhorst, Tziolas, Tan and Milionis (2024, Journal of Geographical Systems): weights with a
parameter each for the lag of the outcome, of every regressor and of the error, estimated by the
likelihood instead of being chosen.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import optimize, sparse, special

from spatial.errors import InputError
from spatial.fit import Fit
from spatial.labels import canonical_index, positions
from spatial.models import Specification
from spatial.panel import Panel
from spatial.weights.distance import check_cutoff, check_positive, pairs_apart, refuse_same_place
from spatial.weights.facts import Facts
from spatial.weights.geometry import labels_of, names_of, places
from spatial.weights.matrix import graph_from_links

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from libpysal.graph import Graph

__all__ = ["DecayFit", "fit_decay"]

Vector = npt.NDArray[np.float64]
Family = Literal["exponential", "inverse_distance"]
POWERS = (0.05, 12.0)
GRID = 9
EDGE = 0.02  # an estimate so near a bound, in logs, is at the edge
STEP = 0.05  # of the Hessian, in logs
LARGEST_STEP = 0.5


@dataclass(frozen=True, eq=False)
class DecayFit:
    """Estimated decays with their intervals, and the model fitted on the weights they make.

    `table` has one row per spatial lag: lag ("rho" for that of the outcome, "W.x", "lambda" for
    that of the error, "all" where they share one), decay (kilometres of exp(−d/km), or the power of
    1/d^power), std_error, conf_low, conf_high, at_edge. `fit` is the model on the weights of these
    decays: its standard errors and effects take the decays as known. `weights` holds the graphs.
    """

    table: pd.DataFrame
    fit: Fit
    weights: Mapping[str, Graph]
    family: str
    level: float
    notes: tuple[str, ...]
    search: Search = field(repr=False)

    def profile(self, lag: str, decays: Sequence[float]) -> pd.Series:
        """Log-likelihood at given decays of one lag, maximised over those of the others.

        Indexed by decay; the curve from which the interval was read.
        """
        known = self.table["lag"].tolist()
        if lag not in known:
            raise InputError(f"lag={lag!r} has no decay; there are {', '.join(known)}.")
        place = known.index(lag)
        best = np.log(self.table["decay"].to_numpy(dtype=np.float64))
        values = []
        for decay in decays:
            at = math.log(check_positive(decay, "decay", "number"))
            found, _ = self.search.over_others(place, at, best)
            values.append(found)
        return pd.Series(values, index=pd.Index(list(decays), name="decay"), name="loglik")


def fit_decay(
    model: Specification,
    data: Panel | pd.DataFrame,
    cities: GeoDataFrame,
    *,
    family: Family = "exponential",
    shared: bool = False,
    cutoff_km: float | None = None,
    bounds: tuple[float, float] | None = None,
    interval: Literal["profile", "wald"] = "profile",
    level: float = 0.95,
) -> DecayFit:
    """Estimate the decay parameter of the weights of every spatial lag of a model.

    The weights are row-standardised exp(−d_ij/δ) ("exponential") or 1/d_ij^δ ("inverse_distance"),
    over the units of the data. The log-likelihood of `model` is maximised over δ, one for each of
    ρW(δ_0)y, θ_k W(δ_k)x_k and λW(δ_e)u. An interval holds the δ whose profile log-likelihood is
    within χ²(level, 1)/2 of the maximum; where it never falls so low before the bound, the interval
    is open on that side (0 or infinity). A decay is not identified where its coefficient is zero: a
    lag that matters little has an interval without end, which is the right answer.

    Parameters
    ----------
    model
        A specification with spatial lags, such as ``spatial.SLX("y ~ x", effects="twoway")`` or
        ``spatial.SDM("y ~ x", lagged=["x"])``.
    data
        Panel, or for a cross-section a frame indexed by unit.
    cities
        Points or polygons of at least these units, with a coordinate reference system; distances as
        in `weights.exponential`.
    family
        Which weights.
    shared
        One δ for all lags instead of one each.
    cutoff_km
        No link beyond.
    bounds
        Smallest and largest δ; by default a fifth of the smallest distance between neighbours to
        the largest distance, or powers from 0.05 to 12.
    interval
        "profile" (default) or "wald": δ·exp(±z·standard error of ln δ), quicker with many lags.
    level
        Of the intervals.

    Returns
    -------
    DecayFit
        `table`, `fit` (with effects as of any fit), `weights`, `profile`.

    Examples
    --------
    >>> model = spatial.SLX("resilience ~ agglomeration", effects="twoway")  # doctest: +SKIP
    >>> spatial.fit_decay(model, panel, cities, cutoff_km=500).table  # doctest: +SKIP
    """
    _check(model, family, interval, level)
    units = data.units if isinstance(data, Panel) else data.index
    ground = _ground(cities, units, family, cutoff_km)
    low, high = ground.bounds(bounds)
    lags = _lags(model, data, ground.graph(math.sqrt(low * high)))
    count = 1 if shared else len(lags)
    search = Search(model, data, ground, lags, (math.log(low), math.log(high)), count)
    best, top = search.maximum()
    errors = search.std_errors(best, top)
    if interval == "profile":
        drop = float(special.chdtri(1, 1 - level)) / 2
        ends = [search.interval(k, best, top, drop, errors[k]) for k in range(count)]
    else:
        reach = float(special.ndtri(0.5 + level / 2)) * errors
        ends = list(zip(best - reach, best + reach, strict=True))
    table = pd.DataFrame(
        {
            "lag": ["all"] if shared else lags,
            "decay": np.exp(best),
            "std_error": np.exp(best) * errors,
            "conf_low": [math.exp(a) for a, _ in ends],
            "conf_high": [math.exp(b) for _, b in ends],
            "at_edge": np.minimum(best - search.bounds[0], search.bounds[1] - best) < EDGE,
        }
    )
    notes = tuple(
        f"The decay of {lag} lies at the edge of its bounds ({low:g} to {high:g}): it is not "
        "identified, or the bounds are too narrow."
        for lag in table.loc[table["at_edge"], "lag"]
    )
    graphs = search.graphs(best)
    return DecayFit(table, search.fit(best), graphs, family, level, notes, search)


def _check(model: Specification, family: str, interval: str, level: float) -> None:
    if not isinstance(model, Specification):
        raise InputError(
            f"the model is a {type(model).__name__}; give a specification such as "
            'spatial.SLX("y ~ x").'
        )
    if not (model.lag_y or model.lag_x or model.lag_error):
        raise InputError(
            f"{model.kind} has no spatial lag, so that nothing decays; use SLX or SDM."
        )
    if family not in ("exponential", "inverse_distance"):
        raise InputError(f'family={family!r} is unknown; choose "exponential", "inverse_distance".')
    if interval not in ("profile", "wald"):
        raise InputError(f'interval={interval!r} is unknown; choose "profile" or "wald".')
    if not 0 < level < 1:
        raise InputError(f"level={level!r} lies not between 0 and 1.")


def _lags(model: Specification, data: Panel | pd.DataFrame, w: Graph) -> list[str]:
    """Names of the spatial lags, from a first fit."""
    first = model.fit(data, w)
    terms = [re.sub(r"\[[^\]]*\]", "", name) for name in first.params.index]
    lagged = [name for name in dict.fromkeys(terms) if name.startswith("W.")]
    return [
        *(["rho"] if model.lag_y else []),
        *(lagged if model.lag_x else []),
        *(["lambda"] if model.lag_error else []),
    ]


@dataclass(frozen=True, eq=False)
class _Ground:
    """Distances (m,) of pairs (m, 2) of units, from which any decay makes a graph."""

    ids: pd.Index
    pairs: npt.NDArray[np.intp]
    apart: Vector
    family: str
    cutoff_km: float | None
    names: Mapping[str, str]

    def graph(self, decay: float) -> Graph:
        """Row-standardised weights of that decay.

        Each row is scaled to one at its nearest neighbour first, so that no row vanishes.
        """
        rows, columns = self.pairs.T
        at, to, far = np.r_[rows, columns], np.r_[columns, rows], np.tile(self.apart, 2)
        nearest = np.full(len(self.ids), np.inf)
        np.minimum.at(nearest, at, far)
        if self.family == "exponential":
            options: dict[str, object] = {"km": round(decay, 4)}
            values = np.exp(-(far - nearest[at]) / decay)
        else:
            options = {"power": round(decay, 6)}
            values = (far / nearest[at]) ** -decay
        facts = Facts(
            self.family, options=options | {"cutoff_km": self.cutoff_km}, names=self.names
        )
        shape = (len(self.ids), len(self.ids))
        links = sparse.csr_array((values, (at, to)), shape=shape)
        return graph_from_links(links, self.ids, facts, "row")

    def bounds(self, given: tuple[float, float] | None) -> tuple[float, float]:
        """Smallest and largest decay to look at."""
        if given is not None:
            low, high = (check_positive(value, "bounds", "number") for value in given)
            if low >= high:
                raise InputError(f"bounds={given!r} must ascend.")
            return low, high
        if self.family == "inverse_distance":
            return POWERS
        return float(self.apart.min()) / 5, float(self.apart.max())


def _ground(cities: GeoDataFrame, units: pd.Index, family: str, cutoff_km: float | None) -> _Ground:
    """Distances among the units of the data, matched by label."""
    have = canonical_index(labels_of(cities), "the cities")
    at = positions(canonical_index(units, "the data"), have, data="the data", source="the cities")
    chosen = cities.iloc[at]
    pairs, apart = pairs_apart(places(chosen), check_cutoff(cutoff_km))
    if not len(pairs):
        raise InputError(f"no two units lie within cutoff_km={cutoff_km}; raise it.")
    refuse_same_place(pairs[apart == 0], chosen.index)
    return _Ground(pd.Index(units, name=None), pairs, apart, family, cutoff_km, names_of(chosen))


@dataclass(frozen=True, eq=False)
class Search:
    """The log-likelihood of a model over the logs of its decays."""

    model: Specification
    data: Panel | pd.DataFrame
    ground: _Ground
    lags: Sequence[str]
    bounds: tuple[float, float]
    count: int
    known: dict[tuple[float, ...], float] = field(default_factory=dict)
    built: dict[float, Graph] = field(default_factory=dict)

    def graphs(self, logs: Vector) -> dict[str, Graph]:
        """Graph of each lag."""
        each = np.broadcast_to(logs, len(self.lags)) if self.count == 1 else logs
        return {lag: self._graph(float(log)) for lag, log in zip(self.lags, each, strict=True)}

    def _graph(self, log: float) -> Graph:
        key = round(log, 10)
        if key not in self.built:
            if len(self.built) > 40:
                self.built.clear()
            self.built[key] = self.ground.graph(math.exp(log))
        return self.built[key]

    def fit(self, logs: Vector) -> Fit:
        """Fit the model on the weights of these decays."""
        graphs = self.graphs(logs)
        lagged = {name[2:]: w for name, w in graphs.items() if name.startswith("W.")}
        options: dict[str, Any] = {"w_x": lagged} if self.model.lag_x else {}
        if self.model.lag_error:
            options["w_error"] = graphs["lambda"]
        main = graphs.get("rho", next(iter(graphs.values())))
        return self.model.fit(self.data, main, **options)

    def loglik(self, logs: Vector) -> float:
        """Log-likelihood; minus infinity where the model cannot be fitted."""
        key = tuple(round(float(log), 9) for log in logs)
        if key not in self.known:
            try:
                self.known[key] = float(self.fit(np.asarray(logs)).loglik)
            except InputError:
                self.known[key] = -math.inf
        return self.known[key]

    def maximum(self) -> tuple[Vector, float]:
        """Logs of the best decays: a common grid, one sweep over each lag, then a simplex."""
        grid = np.linspace(*self.bounds, GRID)
        best = max((np.full(self.count, log) for log in grid), key=self.loglik)
        for place in range(self.count if self.count > 1 else 0):
            best = max((_with(best, place, log) for log in [*grid, best[place]]), key=self.loglik)
        wide = float(grid[1] - grid[0])
        found, top = self._climb(self.loglik, best, wide, 1e-4)
        if not math.isfinite(top):
            raise InputError("the model cannot be fitted at any decay within the bounds; see fit.")
        return found, top

    def _climb(
        self, value: Callable[[Vector], float], start: Vector, wide: float, precision: float
    ) -> tuple[Vector, float]:
        """Maximise from a start: by section in one dimension, else by a simplex."""
        low, high = self.bounds
        if len(start) == 1:
            ends = (max(low, start[0] - wide), min(high, start[0] + wide))
            done = optimize.minimize_scalar(
                lambda x: -value(np.array([x])), bounds=ends, method="bounded",
                options={"xatol": precision},
            )  # fmt: skip
            return np.array([float(done.x)]), -float(done.fun)
        simplex = np.vstack([start, *(start + wide / 2 * row for row in np.eye(len(start)))])
        options = {
            "initial_simplex": np.clip(simplex, low, high),
            "xatol": precision,
            "fatol": 1e-6,
            "maxfev": 400,
        }
        minimize: Any = optimize.minimize
        done = minimize(
            lambda x: -value(x),
            start,
            method="Nelder-Mead",
            bounds=[self.bounds] * len(start),
            options=options,
        )
        return np.asarray(done.x), -float(done.fun)

    def std_errors(self, best: Vector, top: float) -> Vector:
        """Standard errors of the logs, from second differences; NaN where there is no peak."""
        moves = STEP * np.eye(self.count)
        hessian = np.empty((self.count, self.count))
        for i, a in enumerate(moves):
            for j, b in enumerate(moves[: i + 1]):
                if i == j:
                    value = self.loglik(best + a) - 2 * top + self.loglik(best - a)
                else:
                    value = (
                        self.loglik(best + a + b) - self.loglik(best + a - b)
                        - self.loglik(best - a + b) + self.loglik(best - a - b)
                    ) / 4  # fmt: skip
                hessian[i, j] = hessian[j, i] = value / STEP**2
        if not np.isfinite(hessian).all() or np.linalg.eigvalsh(-hessian).min() <= 0:
            return np.full(self.count, np.nan)
        return np.asarray(np.sqrt(np.diag(np.linalg.inv(-hessian))))

    def over_others(self, place: int, log: float, start: Vector) -> tuple[float, Vector]:
        """Maximum over the other decays with one held fixed, and where it lies."""
        if self.count == 1:
            return self.loglik(np.array([log])), np.array([log])
        others = np.delete(start, place)

        def value(rest: Vector) -> float:
            return self.loglik(np.insert(rest, place, log))

        found, top = self._climb(value, others, 0.7, 2e-3)
        here = value(others)
        return (
            (here, _with(start, place, log)) if here > top else (top, np.insert(found, place, log))
        )

    def interval(
        self, place: int, best: Vector, top: float, drop: float, error: float
    ) -> tuple[float, float]:
        """Logs between which the profile stays within `drop` of the maximum; may be infinite."""
        first, last = (self._crossing(place, best, top - drop, sign, error) for sign in (-1, 1))
        return first, last

    def _crossing(self, place: int, best: Vector, level: float, sign: int, error: float) -> float:
        """Walk from the estimate until the profile falls below `level`, then find where it did."""
        bound = self.bounds[0] if sign < 0 else self.bounds[1]
        step = LARGEST_STEP if not math.isfinite(error) else min(max(error, 0.05), LARGEST_STEP)
        inside, at = float(best[place]), best
        while True:
            ahead = inside + sign * step
            outside = max(ahead, bound) if sign < 0 else min(ahead, bound)
            value, found = self.over_others(place, outside, at)
            if value < level:
                break
            if outside == bound:
                return sign * math.inf
            inside, at = outside, found
        return float(
            optimize.brentq(
                lambda x: self.over_others(place, x, at)[0] - level, inside, outside, xtol=2e-3
            )
        )


def _with(logs: Vector, place: int, log: float) -> Vector:
    out = np.array(logs, dtype=np.float64)
    out[place] = log
    return out
