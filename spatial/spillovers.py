"""Effects of a result: means, units, flows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr

from spatial.effects.at import combined, points, slopes_at
from spatial.effects.contrast import group_contrasts, group_places
from spatial.effects.flows import largest_flows
from spatial.effects.mean import EFFECTS, effects_and_slopes, effects_table
from spatial.effects.multiplier import multiplier, multiplier_slope
from spatial.effects.orders import Whole, effects_of_orders
from spatial.effects.units import Reach, Slopes, reaches, unit_effects
from spatial.errors import InputError, is_whole, named
from spatial.horizon import Horizon, horizon_of, mean_effects
from spatial.labels import canonical
from spatial.result import Result, quantile
from spatial.weights import label
from spatial.weights.facts import read_facts

__all__ = ["Spillovers"]

Array = npt.NDArray[np.float64]
Horizons = Literal["short", "long"]


class Spillovers(Result):
    """A result that tells what its regressors do, at home and elsewhere."""

    def effects(
        self,
        method: Literal["delta", "simulate"] = "delta",
        level: float = 0.95,
        draws: int = 1000,
        seed: int = 0,
    ) -> pd.DataFrame:
        """Direct, indirect and total effect of each regressor (LeSage and Pace, 2009, ch. 2).

        Direct is the mean over units of ∂y_i/∂x_i, total the mean over units of Σ_j ∂y_i/∂x_j,
        indirect their difference. Where all rows of W sum to one the total is (β + θ)/(1 − ρ);
        islands and other scalings count as they are. Without a lag of y: β, θ times the mean row
        sum of W, and their sum. A dynamic model has them twice: (I − ρW)⁻¹(βI + θW) in the short
        run and [(1 − τ)I − (ρ + η)W]⁻¹(βI + θW) in the long run (Elhorst, 2014, table 4.1), NaN
        where that does not exist or is not told apart from infinity; `notes` say why.

        Parameters
        ----------
        method
            "delta" or "simulate", which draws (ρ, β, θ) jointly `draws` times from `seed`.
        level
            Of the interval.

        Returns
        -------
        DataFrame
            term, effect, estimate, std_error, statistic, p_value, conf_low, conf_high; of dynamic
            models also horizon ("short", "long").
        """
        quantile(level)
        self._require_multiplier()
        return mean_effects(
            self._fitted, self._cov, method=method, level=level, draws=draws, seed=seed
        )

    def effects_by_unit(self, term: str, horizon: Horizons = "short") -> pd.DataFrame:
        """What each unit does to itself, receives and sends when `term` rises by one in one unit.

        own = S_ii, received = Σ_{j≠i} ∂y_i/∂x_j, sent = Σ_{j≠i} ∂y_j/∂x_i, with delta standard
        errors; the means of own and of received (= that of sent) are the direct and the indirect
        effect. Where weights or units differ between years a unit has its mean over its years.
        `horizon="long"` gives those of the long run of a dynamic model. `.attrs` say for maps and
        files what was fitted: term, outcome, model, formula, effects, bias_correction, cov_kind,
        weights, weights_zh, horizon ("" of a static model).
        """
        sample = self._fitted.sample
        slopes = self._slopes(term, horizon)
        values = unit_effects(self._reaches(term), sample.n_units, slopes)
        table = pd.DataFrame(values, index=self.units.rename(sample.unit_name))
        table.attrs.update(self._told(term, horizon))
        return table

    def flows(
        self,
        term: str,
        unit: Any = None,
        top: int | None = None,
        time: Any = None,
        horizon: Horizons = "short",
        level: float | None = None,
    ) -> pd.DataFrame:
        """Who spills over to whom: ∂y_to/∂x_from for pairs of distinct units, largest first.

        Parameters
        ----------
        unit
            Only flows that this unit sends; its label, or its name where the graph knows names.
        top
            Keep this many.
        time
            Where weights or units differ between years, the year; the last one by default.
        horizon
            "long" for the long run of a dynamic model.
        level
            Adds intervals of this level, such as 0.95, as conf_low and conf_high.

        Returns
        -------
        DataFrame
            from, to, effect, std_error; from_name and to_name where units have names beside labels.
            `.attrs` say what was fitted, as those of `effects_by_unit`.
        """
        if top is not None and (not is_whole(top) or top < 1):
            raise InputError(f"top={top!r}; give a whole number of at least 1.")
        slopes = self._slopes(term, horizon)
        part = self._reach_at(term, time)
        sources = np.arange(len(part.places))
        if unit is not None:
            sources = np.flatnonzero(part.places == self._place_of(unit))
            if len(sources) == 0:
                raise InputError(f"{unit} has no row in that year; choose another with time=.")
        source, target, effect, error = largest_flows(part, slopes, sources.astype(np.intp), top)
        sender = self.units.take(part.places[source])
        receiver = self.units.take(part.places[target])
        table = pd.DataFrame(
            {
                "from": sender,
                "to": receiver,
                "effect": effect,
                "std_error": error,
            }
        )
        if level is not None:
            half = quantile(level)
            table["conf_low"] = effect - half * error
            table["conf_high"] = effect + half * error
        names = self._unit_names
        if names:
            table["from_name"] = [names.get(canonical(label), label) for label in sender]
            table["to_name"] = [names.get(canonical(label), label) for label in receiver]
        table.attrs.update(self._told(term, horizon))
        return table

    def effects_by_order(
        self, term: str, orders: int = 5, horizon: Horizons = "short"
    ) -> pd.DataFrame:
        """Which power of W carries the effects: 0 is the unit itself, q what came over q links.

        ρ^q W^q β + ρ^(q−1) W^q θ for order q (LeSage and Pace, 2009, sec. 2.7.1); the last row,
        "beyond", is what higher orders add, so that the rows sum to `effects()`. In the long run of
        a dynamic model ρ* = (ρ + η)/(1 − τ), β/(1 − τ) and θ/(1 − τ) stand for ρ, β and θ.

        Returns
        -------
        DataFrame
            order, direct, indirect, total, their delta standard errors (direct_std_error, …), and
            cumulative_share, the part of the total effect up to this order.
        """
        if not is_whole(orders) or orders < 1:
            raise InputError(f"orders={orders!r}; give a whole number of at least 1.")
        slopes = self._slopes(term, horizon)
        k, ways = self.terms.index(term), self._at(horizon).ways
        at, slope = multiplier(ways, np.array([slopes.rho])), multiplier_slope(ways, slopes.rho)
        whole = Whole(
            np.array([at.own[0], at.all[0]]),
            np.array([at.own_lag[0, k], at.all_lag[0, k]]),
            np.array([slope.own[0], slope.all[0]]),
            np.array([slope.own_lag[0, k], slope.all_lag[0, k]]),
        )
        values, errors = effects_of_orders(
            self._reaches(term), self.nobs, slopes, whole, int(orders)
        )
        table = pd.DataFrame(values, columns=list(EFFECTS))
        table.insert(0, "order", pd.Series([*range(int(orders) + 1), "beyond"], dtype=object))
        for place, name in enumerate(EFFECTS):
            table[f"{name}_std_error"] = errors[:, place]
        total = values[:, 2].sum()
        table["cumulative_share"] = values[:, 2].cumsum() / total if total else np.nan
        return table

    def effects_at(
        self,
        variable: str,
        at: Mapping[str, Any] | None = None,
        level: float = 0.95,
        horizon: Horizons = "short",
    ) -> pd.DataFrame:
        """Effects of a variable that stands in several regressors, at given values.

        With x, I(x ** 2) and x:z in the formula a rise of x works through all three: Σ_k d_k times
        the effects of column k, d_k its derivative in x at the values, the same in all units.

        Parameters
        ----------
        variable
            Name of a variable in the formula, such as "x".
        at
            Values of the variables that the derivatives depend on, {"x": 2.0, "z": 1.0}; a
            category by its level, an earlier year as "lag(z)". Lists of one length give rows for
            each place.
        level, horizon
            Of the intervals; "long" for the long run of a dynamic model.

        Returns
        -------
        DataFrame
            at.z for each value given, term, effect, estimate, std_error, statistic, p_value,
            conf_low, conf_high.
        """
        half, place = quantile(level), self._at(horizon)
        known = effects_and_slopes(place.places, place.params, place.ways)
        tables = []
        for values in points(at):
            weights = slopes_at(self.terms, variable, values)
            estimate, error = combined(weights, *known, place.cov)
            low, high = estimate - half * error, estimate + half * error
            table = effects_table([variable], estimate, error, low, high)
            for spot, (name, value) in enumerate(values.items()):
                table.insert(spot, f"at.{name}", value)
            tables.append(table)
        return pd.concat(tables, ignore_index=True)

    def contrast(
        self, term: str, groups: Any, level: float = 0.95, horizon: Horizons = "short"
    ) -> pd.DataFrame:
        """Differences between groups of units in mean own, received and sent effects of a term.

        Parameters
        ----------
        groups
            A mapping from each group to its units, or a Series of groups indexed by unit.

        Returns
        -------
        DataFrame
            group, versus, effect (own | received | sent), estimate (mean of the group less that of
            the other), std_error (delta), statistic, p_value, conf_low, conf_high.
        """
        half, slopes = quantile(level), self._slopes(term, horizon)
        places = group_places(groups, self.units)
        table = group_contrasts(self._reaches(term), self._fitted.sample.n_units, slopes, places)
        error = table["std_error"]
        table["statistic"] = table["estimate"] / error.where(error > 0.0)
        table["p_value"] = 2.0 * ndtr(-table["statistic"].abs())
        table["conf_low"] = table["estimate"] - half * error
        table["conf_high"] = table["estimate"] + half * error
        return table

    # ---- inside

    def _at(self, horizon: Horizons) -> Horizon:
        self._require_multiplier()
        return horizon_of(self._fitted, self._cov, horizon)

    def _require_multiplier(self) -> None:
        """Two-stage least squares does not keep rho where (I − ρW)⁻¹ is the sum of its powers."""
        low, high = self.rho_interval
        if self._fitted.lag_y and not low < self._fitted.estimate.rho < high:
            raise InputError(
                f"rho = {self._fitted.estimate.rho:.4f} lies outside its interval ({low:.4g}, "
                f"{high:.4g}), where effects do not exist; look at first_stage() for weak "
                "instruments, and name regressors in lagged= or more instruments=."
            )

    def _reaches(self, term: str) -> list[Reach]:
        sample = self._fitted.sample
        lag_network = sample.lag_networks[self.terms.index(term)]
        return reaches(sample.network, lag_network, sample.layout.unit_codes)

    def _reach_at(self, term: str, time: Any) -> Reach:
        """Weights of one time, the last by default."""
        sample = self._fitted.sample
        lag_network = sample.lag_networks[self.terms.index(term)]
        place = sample.n_times - 1
        if time is not None:
            found = [] if sample.times is None else [canonical(t) for t in sample.times]
            if canonical(time) not in found:
                raise InputError(f"the fit has no time {time}; it has {named(found, 30)}.")
            place = found.index(canonical(time))
        row = int(np.searchsorted(sample.layout.time_codes, place))
        own, by = (
            next(b for b in net.blocks if (b.rows[:, 0] == row).any())
            for net in (sample.network, lag_network)
        )
        return Reach(own.operator, by.operator, sample.layout.unit_codes[own.rows[0]], 1)

    def _told(self, term: str, horizon: Horizons) -> dict[str, Any]:
        """What tables of units and of flows say of the fit."""
        return {
            "term": term,
            "outcome": self.outcome,
            "model": self.kind,
            "formula": self.model.formula,
            "effects": self.model.effects,
            "bias_correction": self.bias_correction,
            "cov_kind": self.cov_kind,
            "weights": self.weights_label,
            "weights_zh": label(self.graph, "zh"),
            "horizon": horizon if self.model.dynamic else "",
        }

    def _slopes(self, term: str, horizon: Horizons) -> Slopes:
        if term not in self.terms:
            raise InputError(
                f"{term} is no regressor of this model; it has {named(self.terms, 20)}."
            )
        k, at = self.terms.index(term), self._at(horizon)
        places = (at.places.own[k], at.places.neighbour[k], at.places.rho)
        cov = np.zeros((3, 3))
        present = [j for j, place in enumerate(places) if place >= 0]
        taken = [places[j] for j in present]
        cov[np.ix_(present, present)] = at.cov[np.ix_(taken, taken)]
        beta, theta, rho = (float(at.params[p]) if p >= 0 else 0.0 for p in places)
        return Slopes(beta, theta, rho, cov)

    @property
    def _unit_names(self) -> dict[str, str]:
        """Names of units by canonical label, where the graph knows names beside labels."""
        names = {canonical(k): str(name) for k, name in read_facts(self.graph).names.items()}
        return names if any(canonical(name) != key for key, name in names.items()) else {}

    def _place_of(self, unit: Any) -> int:
        wanted = canonical(unit)
        labels = [canonical(label) for label in self.units]
        if wanted not in labels:
            names = self._unit_names
            found = [key for key, name in names.items() if canonical(name) == wanted]
            if len(found) != 1 or found[0] not in labels:
                raise InputError(f"{unit} is no unit of this fit; it has {named(self.units)}.")
            wanted = found[0]
        return labels.index(wanted)
