"""Tables of a difference in differences."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import fdtrc, ndtr

from spatial.errors import InputError
from spatial.inference import isolates_of
from spatial.result import quantile
from spatial.running import Jobs
from spatial.treatment.covariance import covariance_of
from spatial.treatment.design import Design
from spatial.treatment.imputation import Imputation
from spatial.treatment.linear import Estimates, stacked
from spatial.treatment.placebo import Placebo, placebo_draws
from spatial.treatment.twoway import TwoWay

if TYPE_CHECKING:
    from spatial.treatment.model import DID

__all__ = ["DIDFit", "Placebo", "assemble"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class DIDFit:
    """Effects of a staggered treatment on the treated and on their neighbours.

    Attributes
    ----------
    model
        The specification.
    cov_kind
        How standard errors were found.
    notes
        What was left out, and what to be careful with.
    """

    model: DID
    cov_kind: str
    notes: tuple[str, ...]
    _design: Design
    _found: Estimates
    _split: tuple[int, int]
    _cov: Array
    _cov_notes: tuple[str, ...] = field(default=(), kw_only=True)

    # ---- tables

    def events(self, level: float = 0.95) -> pd.DataFrame:
        """Event study.

        Columns term (the column of first treatments), effect ("own", "neighbours"), time (steps
        since treatment; negative before it; the last stands for all later ones), estimate,
        std_error, statistic, p_value, conf_low, conf_high, nobs (rows behind it), isolates.
        "neighbours" is the effect of all neighbours being treated that long, as against none. The
        two-way estimator has its reference, time −1, with estimate zero and no error.
        """
        table = self._table(slice(0, self._split[0]), level).drop(columns="cohort")
        if self.model.estimator == "twoway":
            kinds = list(dict.fromkeys(table["effect"]))
            zero = pd.DataFrame({"effect": kinds, "time": -1, "estimate": 0.0, "nobs": 0})
            zero = zero.assign(term=self.model.first_treated, isolates=self._isolates)
            table = pd.concat([table, zero], ignore_index=True)
        order = table["effect"].map({"own": 0, "neighbours": 1})
        table = table.assign(order=order).sort_values(["order", "time"], ignore_index=True)
        return table.drop(columns="order").astype({"time": int, "nobs": int, "isolates": int})

    def effects(self, level: float = 0.95) -> pd.DataFrame:
        """Average effects: own, neighbours (all of them treated against none), and total.

        Columns term, effect, estimate, std_error, statistic, p_value, conf_low, conf_high, nobs,
        isolates. The imputation averages own effects over treated rows; "twoway" gives
        coefficients.
        """
        return self._table(slice(*self._split), level).drop(columns=["cohort", "time"])

    def by_cohort(self, level: float = 0.95) -> pd.DataFrame:
        """Own effects by cohort and time since treatment (imputation).

        Columns term, effect, cohort, time, estimate, std_error, statistic, p_value, conf_low,
        conf_high, nobs, isolates.
        """
        if self.model.estimator == "twoway":
            raise InputError(
                'effects by cohort need estimator="imputation"; two-way coefficients mix cohorts.'
            )
        table = self._table(slice(self._split[1], None), level)
        return table.astype({"time": int, "nobs": int})

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """`effects` and below them `events`, in one table.

        Columns term, effect, time (missing for averages), estimate, std_error, statistic, p_value,
        conf_low, conf_high, nobs, isolates.
        """
        averages = self.effects(level).assign(time=np.nan)
        events = self.events(level)
        table = pd.concat([averages, events], ignore_index=True)
        return table[list(events.columns)].astype({"time": "Int64"})

    def pretrend(self) -> pd.DataFrame:
        """Test that all leads are zero: parallel trends before treatment.

        Wald statistic of the leads over their number, F(q, G − 1) with G units; one row for own
        leads, one for neighbours', one for both. Columns effect, statistic, df, df_denominator,
        p_value. Leads are estimated from untreated rows alone, so that effects do not blur them
        (Borusyak, Jaravel and Spiess, 2024, sec. 4.4).
        """
        labels = self._found.labels.iloc[: self._split[0]]
        before = (labels["time"] < 0).to_numpy()
        rows = []
        for kind in ("own", "neighbours", "both"):
            here = before if kind == "both" else before & (labels["effect"] == kind).to_numpy()
            rows.append((kind, *self._wald(np.flatnonzero(here))))
        columns = ["effect", "statistic", "df", "df_denominator", "p_value"]
        return pd.DataFrame(rows, columns=columns)

    def _wald(self, places: npt.NDArray[np.intp]) -> tuple[float, int, int, float]:
        free = self._design.sample.n_units - 1
        if not len(places):
            return float("nan"), 0, free, float("nan")
        values, cov = self._found.values[places], self._cov[np.ix_(places, places)]
        scale = np.sqrt(np.diag(cov))
        inverse = np.linalg.pinv(cov / np.outer(scale, scale), rcond=1e-10, hermitian=True)
        rank = int(np.linalg.matrix_rank(cov / np.outer(scale, scale), tol=1e-10, hermitian=True))
        z = values / scale
        statistic = float(z @ inverse @ z) / rank
        return statistic, rank, free, float(fdtrc(rank, free, statistic))

    def _table(self, rows: slice, level: float) -> pd.DataFrame:
        values = self._found.values[rows]
        errors = np.sqrt(np.maximum(np.diag(self._cov)[rows], 0.0))
        half = quantile(level) * errors
        with np.errstate(divide="ignore", invalid="ignore"):
            z = values / errors
        labels = self._found.labels.iloc[rows].reset_index(drop=True)
        table = labels[["effect", "cohort", "time"]].assign(
            estimate=values, std_error=errors, statistic=z, p_value=2.0 * ndtr(-np.abs(z)),
            conf_low=values - half, conf_high=values + half, nobs=labels["nobs"],
            isolates=self._isolates,
        )  # fmt: skip
        table.insert(0, "term", self.model.first_treated)
        return table

    @cached_property
    def _isolates(self) -> int:
        """Units without a neighbour, in any time."""
        return isolates_of(self._design.sample)

    # ---- comparison

    @cached_property
    def comparison(self) -> pd.DataFrame:
        """Imputation beside two-way fixed effects.

        One row per effect (own, neighbours, total): imputation, twoway, difference. For own also
        `negative`, the share of treated rows whose effect enters the two-way coefficient with a
        negative weight, and `from_weights`, Σ (ω_it − 1/n) τ̂_it over them: what the weights ω of
        the two-way estimator alone do to the average (de Chaisemartin and D'Haultfœuille, 2020).
        """
        found = Imputation(self._design, self._modelled)
        two = TwoWay(self._design)
        sides = [_by_kind(found.averages()), _by_kind(two.averages())]
        table = pd.DataFrame({"imputation": sides[0], "twoway": sides[1]})
        table = table.reindex([k for k in ("own", "neighbours", "total") if k in table.index])
        table["difference"] = table["twoway"] - table["imputation"]
        rows, weights = found.imputed, two.own_weights()
        table["negative"], table["from_weights"] = np.nan, np.nan
        if rows.any() and "own" in table.index:
            apart = weights[rows] - 1.0 / rows.sum()
            table.loc["own", "negative"] = float((weights[rows] < 0).mean())
            table.loc["own", "from_weights"] = float(apart @ found.surplus[rows])
        return table.rename_axis("effect").reset_index()

    def placebo(self, draws: int = 500, seed: int = 0, jobs: Jobs = 1) -> Placebo:
        """Deal the starts of treatment out to units at random, and estimate again.

        The number of units that start in each time stays as it is.

        Parameters
        ----------
        draws
            How many times.
        seed
            Of the random numbers; each draw has its own stream.
        jobs
            Processes, a `distributed.Client`, or `Workers`; the draws are the same.
        """
        table = placebo_draws(
            self._design, self.model.estimator, modelled=self._modelled,
            draws=draws, seed=seed, jobs=jobs,
        )  # fmt: skip
        actual = _by_kind(self._averages)
        kinds = [kind for kind in ("own", "neighbours") if kind in actual]
        p = {}
        for kind in kinds:
            drawn = table[kind].dropna().to_numpy()
            p[kind] = (1 + (np.abs(drawn) >= abs(actual[kind])).sum()) / (1 + len(drawn))
        return Placebo(table, actual[kinds].rename("estimate"), pd.Series(p, name="p_value"), seed)

    @property
    def _averages(self) -> Estimates:
        at = slice(*self._split)
        labels = self._found.labels.iloc[at].reset_index(drop=True)
        return Estimates(labels, self._found.values[at], self._found.parts[:, at])

    # ---- what it rests on

    @property
    def _modelled(self) -> bool:
        return self.model.exposed == "modelled"

    @property
    def nobs(self) -> int:
        """Rows of the sample."""
        return int(self._design.sample.layout.n)

    @property
    def n_units(self) -> int:
        """Units of the sample."""
        return self._design.sample.n_units

    @property
    def outcome(self) -> str:
        """The left side of the formula."""
        return self._design.sample.outcome

    @property
    def cohorts(self) -> pd.Series:
        """Units by time of first treatment; those never treated in the sample come last."""
        times = pd.Series(self._design.first)
        last = float(self._design.sample.times.max())  # type: ignore[union-attr]
        counts = times[times <= last].value_counts().sort_index()
        counts.index = counts.index.astype(int)
        found = counts.rename("units").astype(int).astype(object)
        found.loc["never"] = int((times > last).sum())
        return found.astype(int)

    def with_cov(self, kind: str = "cluster", **options: Any) -> DIDFit:
        """The same estimates with another covariance.

        Parameters
        ----------
        kind
            "cluster" (by=, the unit by default), or "hac": dependence between units that fades up
            to km= kilometres (kernel=, coords=, distances= as in `Fit.with_cov`), any within them.
        """
        matrix, name, notes = covariance_of(self._found.parts, self._design.sample, kind, **options)
        plain = tuple(note for note in self.notes if note not in self._cov_notes)
        return replace(self, cov_kind=name, notes=(*plain, *notes), _cov=matrix, _cov_notes=notes)

    def __repr__(self) -> str:
        cells = ", ".join(
            f"{row.effect} {row.estimate:.4g} ({row.std_error:.2g})"
            for row in self.effects().itertuples()
        )
        return f"DIDFit({self.outcome}, {self.model.estimator}: {cells}; {self.cov_kind})"


def assemble(model: DID, design: Design, notes: tuple[str, ...]) -> DIDFit:
    """Estimate everything once, with standard errors clustered by unit."""
    if model.estimator == "twoway":
        two = TwoWay(design)
        parts = [two.events(), two.averages()]
        split = (len(parts[0].values), len(parts[0].values) + len(parts[1].values))
    else:
        found = Imputation(design, model.exposed == "modelled")
        events = [found.leads(), found.events()] if model.leads else [found.events()]
        parts = [*events, found.averages(), found.by_cohort()]
        first = sum(len(part.values) for part in events)
        split = (first, first + len(parts[-2].values))
    whole = stacked(parts)
    matrix, name, more = covariance_of(whole.parts, design.sample, "cluster")
    return DIDFit(model, name, (*notes, *more), design, whole, split, matrix, _cov_notes=more)


def _by_kind(found: Estimates) -> pd.Series:
    return pd.Series(found.values, index=list(found.labels["effect"]), dtype=np.float64)
