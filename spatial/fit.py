"""The result of a model: small, frozen, tidy tables first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from numbers import Real
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr, ndtri

from spatial.covariance import covariance
from spatial.doubts import doubts
from spatial.effects.mean import Coefficients, delta_effects, simulated_effects
from spatial.effects.multiplier import Propagation
from spatial.effects.units import Reach, Slopes, largest_flows, reaches, unit_effects
from spatial.errors import InputError, is_whole, named
from spatial.estimation import Estimated, estimate_sample
from spatial.instrumental.covariances import instrumental_covariance, with_scatter
from spatial.instrumental.estimate import Instrumented, estimate_by_instruments
from spatial.instrumental.options import ORDERS
from spatial.instrumental.tables import first_stage_table, instrument_tests, weakness
from spatial.labels import canonical
from spatial.summary import summary_text
from spatial.weights.facts import read_facts

if TYPE_CHECKING:
    from spatial.models import Specification

__all__ = ["Fit"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Fit:
    """Estimates of one model on one sample.

    Nothing changes it; `with_cov` gives a new one.
    """

    model: Specification
    cov_kind: str
    _fitted: Estimated
    _cov: Array

    # ---- what was estimated

    @property
    def params(self) -> pd.Series:
        """Coefficients in the order Intercept, x, W.x, rho, lambda."""
        return pd.Series(self._fitted.params, index=self._names, name="estimate")

    @property
    def std_errors(self) -> pd.Series:
        """Standard errors, the roots of the diagonal of `cov`."""
        return pd.Series(np.sqrt(np.diag(self._cov)), index=self._names, name="std_error")

    @property
    def pvalues(self) -> pd.Series:
        """Two-sided p-values of z = estimate/std_error under the normal distribution."""
        z = self.params / self.std_errors
        return pd.Series(2.0 * ndtr(-np.abs(z.to_numpy())), index=self._names, name="p_value")

    @property
    def cov(self) -> pd.DataFrame:
        """Covariance of `params`."""
        return pd.DataFrame(self._cov.copy(), index=self._names, columns=self._names)

    @property
    def loglik(self) -> float:
        """Maximum of the log-likelihood, constants included."""
        return float(self._fitted.estimate.loglik)

    @property
    def sigma2(self) -> float:
        """Variance of the error, with `likelihood_nobs` as divisor.

        Where effects are dummies of an unbalanced panel they count as parameters in it.
        """
        return self._fitted.sigma2

    @property
    def nobs(self) -> int:
        """Rows used, N·T in a balanced panel."""
        return self._fitted.sample.layout.n

    @property
    def likelihood_nobs(self) -> int:
        """Observations of the likelihood: N·T, N(T−1), (N−1)T or (N−1)(T−1)."""
        return self._fitted.transformation.nobs

    @property
    def aic(self) -> float:
        """−2 log-likelihood + 2 p.

        Here p counts coefficients, rho, sigma2, and effects where they are dummies.
        """
        return -2.0 * self.loglik + 2.0 * self._n_parameters

    @property
    def bic(self) -> float:
        """−2 log-likelihood + p ln(likelihood_nobs)."""
        return -2.0 * self.loglik + float(np.log(self.likelihood_nobs)) * self._n_parameters

    @property
    def rsquared(self) -> float:
        """1 − Σε̂²/Σ(y − ȳ)²; what the fixed effects explain is counted in."""
        y = self._fitted.sample.y
        return float(1.0 - (self._fitted.estimate.residuals**2).sum() / ((y - y.mean()) ** 2).sum())

    @property
    def residuals(self) -> pd.Series:
        """ε̂ = (I − λW)[(I − ρW)y − Xβ − WXθ − effects], by unit and time."""
        return pd.Series(
            self._fitted.estimate.residuals.copy(), index=self._fitted.sample.index, name="residual"
        )

    @property
    def fitted(self) -> pd.Series:
        """Reduced form with fixed effects, (I − ρW)⁻¹(Xβ + WXθ + effects)."""
        return pd.Series(self._fitted.reduced_form, index=self._fitted.sample.index, name="fitted")

    # ---- what it was estimated on

    @property
    def kind(self) -> str:
        """Name of the model: OLS, SLX, SAR, SEM, SDM, SDEM, SAC, GNS."""
        return self.model.kind

    @property
    def bias_correction(self) -> str | None:
        """The correction that was used: "lee-yu", "dof" (effects counted as parameters) or None."""
        return self._fitted.transformation.correction

    @property
    def outcome(self) -> str:
        """Name of the outcome."""
        return self._fitted.sample.outcome

    @property
    def terms(self) -> tuple[str, ...]:
        """Regressors that have effects, without their lags."""
        return self._fitted.sample.terms

    @property
    def units(self) -> pd.Index:
        """Units, in the order of the arrays inside."""
        return self._fitted.sample.units

    @property
    def times(self) -> pd.Index | None:
        """Times; None for a cross-section."""
        return self._fitted.sample.times

    @property
    def weights_label(self) -> str:
        """What the graph is, for legends and notes."""
        from spatial.weights import label

        return str(label(self._fitted.sample.graph))

    @property
    def graph(self) -> Any:
        """The graph that was given."""
        return self._fitted.sample.graph

    @property
    def rho_interval(self) -> tuple[float, float]:
        """Admissible interval of rho; infinite without a lag of y."""
        return self._fitted.estimate.interval

    @property
    def lambda_interval(self) -> tuple[float, float]:
        """Admissible interval of lambda; infinite without a lag of the error."""
        return self._fitted.estimate.error_interval

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """Sentences on what was cut, corrected or is doubtful."""
        weak = weakness(self._fitted) if isinstance(self._fitted, Instrumented) else ()
        return (*self._fitted.notes, *weak, *doubts(self))

    # ---- tables

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """One row per coefficient.

        Columns: term, estimate, std_error, statistic, p_value, conf_low, conf_high (z, normal).
        """
        half = _quantile(level) * self.std_errors.to_numpy()
        values = self.params.to_numpy()
        return pd.DataFrame(
            {
                "term": list(self._names),
                "estimate": values,
                "std_error": self.std_errors.to_numpy(),
                "statistic": values / self.std_errors.to_numpy(),
                "p_value": self.pvalues.to_numpy(),
                "conf_low": values - half,
                "conf_high": values + half,
            }
        )

    def glance(self) -> pd.DataFrame:
        """One row on the whole model."""
        sample = self._fitted.sample
        found = self._fitted.estimate
        return pd.DataFrame(
            {
                "model": [self.kind],
                "outcome": [self.outcome],
                "effects": [self.model.effects],
                "bias_correction": [self.bias_correction],
                "cov_kind": [self.cov_kind],
                "weights": [self.weights_label],
                "nobs": [self.nobs],
                "n_units": [sample.n_units],
                "n_times": [sample.n_times],
                "likelihood_nobs": [self.likelihood_nobs],
                "rho": [float(found.rho)],
                "rho_low": [self.rho_interval[0]],
                "rho_high": [self.rho_interval[1]],
                "lambda": [float(found.lam)],
                "sigma2": [self.sigma2],
                "loglik": [self.loglik],
                "aic": [self.aic],
                "bic": [self.bic],
                "rsquared": [self.rsquared],
            }
        )

    def summary(self) -> str:
        """The fit as text."""
        return summary_text(self)

    # ---- effects

    def effects(
        self,
        method: Literal["delta", "simulate"] = "delta",
        level: float = 0.95,
        draws: int = 1000,
        seed: int = 0,
    ) -> pd.DataFrame:
        """Direct, indirect and total effect of each regressor (LeSage and Pace, 2009, ch. 2).

        Direct is the mean over units of ∂y_i/∂x_i, total the mean over units of Σ_j ∂y_i/∂x_j,
        indirect their difference. Without a lag of y: β, θ times the mean row sum of W, and their
        sum.

        Parameters
        ----------
        method
            "delta" or "simulate", which draws (ρ, β, θ) jointly `draws` times from `seed`.
        level
            Of the interval.

        Returns
        -------
        DataFrame
            term, effect, estimate, std_error, statistic, p_value, conf_low, conf_high.
        """
        _quantile(level)
        known = (self._places, self.params.to_numpy(), self._cov)
        if method == "delta":
            return delta_effects(*known, ways=self._propagation, level=level)
        if method == "simulate":
            return simulated_effects(
                *known, ways=self._propagation, level=level, draws=draws, seed=seed
            )
        raise InputError(f'method={method!r}; effects are found by "delta" or "simulate".')

    def effects_by_unit(self, term: str) -> pd.DataFrame:
        """What each unit does to itself, receives and sends when `term` rises by one in one unit.

        own = S_ii, received = Σ_{j≠i} ∂y_i/∂x_j, sent = Σ_{j≠i} ∂y_j/∂x_i, with delta standard
        errors; the means of own and of received (= that of sent) are the direct and the indirect
        effect. Where weights or units differ between years a unit has its mean over its years.
        """
        sample = self._fitted.sample
        slopes = self._slopes(term)
        table = unit_effects(self._reaches(term), sample.n_units, slopes)
        return pd.DataFrame(table, index=self.units.rename(self._fitted.sample.unit_name))

    def flows(
        self, term: str, unit: Any = None, top: int | None = None, time: Any = None
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

        Returns
        -------
        DataFrame
            from, to, effect, std_error; from_name and to_name where units have names beside labels.
        """
        if top is not None and (not is_whole(top) or top < 1):
            raise InputError(f"top={top!r}; give a whole number of at least 1.")
        slopes = self._slopes(term)
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
        names = self._unit_names
        if names:
            table["from_name"] = [names.get(canonical(label), label) for label in sender]
            table["to_name"] = [names.get(canonical(label), label) for label in receiver]
        return table

    # ---- instruments

    def first_stage(self) -> pd.DataFrame:
        """Strength of the instruments of each endogenous regressor, W y among them.

        Partial R² and F of the excluded instruments, and the F of Sanderson and Windmeijer (2016)
        for what is left of a regressor beside the other endogenous ones; F takes the covariance of
        the fit. Below about 10 instruments are weak (Staiger and Stock, 1997).

        Returns
        -------
        DataFrame
            term, partial_rsquared, f_statistic, df, df_residual, p_value, conditional_f,
            conditional_df, conditional_p_value.
        """
        return first_stage_table(self._instrumented)

    def instrument_tests(self) -> pd.DataFrame:
        """Tests of the instruments, with the covariance of the fit.

        Over-identification (Sargan, 1958; with unequal variances or clusters Hansen, 1982), weak
        identification of all endogenous regressors together (Cragg and Donald, 1993; Kleibergen and
        Paap, 2006) and, with `endogenous=`, the exogeneity of these (Wu, 1973; Hausman, 1978).

        Returns
        -------
        DataFrame
            test, statistic, df, p_value, null.
        """
        return instrument_tests(self._instrumented)

    # ---- other versions of this fit

    def with_cov(self, kind: Literal["expected", "observed"]) -> Fit:
        """The same estimates with another covariance.

        "expected" inverts the expected, "observed" the observed information matrix.
        """
        if isinstance(self._fitted, Instrumented):
            return _instrumental_fit(self.model, with_scatter(self._fitted, kind))
        cov, used = covariance(self._fitted, kind)
        return replace(self, cov_kind=used, _cov=cov)

    def uncorrected(self) -> Fit:
        """The same model and sample with fixed effects as dummies and no bias correction."""
        return fit_sample(replace(self.model, bias_correction=None), self._fitted.sample)

    # ---- inside

    @property
    def _instrumented(self) -> Instrumented:
        if not isinstance(self._fitted, Instrumented):
            raise InputError(
                'this fit is by maximum likelihood, which has no instruments; set estimator="gmm".'
            )
        return self._fitted

    @cached_property
    def _names(self) -> pd.Index:
        lags = ["rho"] * self._fitted.lag_y + ["lambda"] * self._fitted.lag_error
        return pd.Index([*self._fitted.sample.labels, *lags], dtype=object)

    @property
    def _n_parameters(self) -> int:
        return len(self._names) + 1 + self._fitted.transformation.dummies

    @property
    def _places(self) -> Coefficients:
        self._require_multiplier()
        sample = self._fitted.sample
        rho = len(sample.labels) if self._fitted.lag_y else -1
        return Coefficients(sample.terms, sample.own, sample.neighbour, rho)

    def _require_multiplier(self) -> None:
        """Two-stage least squares does not keep rho where (I − ρW)⁻¹ is the sum of its powers."""
        low, high = self.rho_interval
        if self._fitted.lag_y and not low < self._fitted.estimate.rho < high:
            raise InputError(
                f"rho = {self._fitted.estimate.rho:.4f} lies outside its interval ({low:.4g}, "
                f"{high:.4g}), where effects do not exist; look at first_stage() for weak "
                "instruments, and name regressors in lagged= or more instruments=."
            )

    @property
    def _propagation(self) -> Propagation:
        sample = self._fitted.sample
        logdets = tuple(one.logdet for one in self._fitted.logdets)
        return Propagation(sample.network, logdets, sample.lag_networks)

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

    def _slopes(self, term: str) -> Slopes:
        if term not in self.terms:
            raise InputError(
                f"{term} is no regressor of this model; it has {named(self.terms, 20)}."
            )
        k = self.terms.index(term)
        places = (self._places.own[k], self._places.neighbour[k], self._places.rho)
        params, cov = self.params.to_numpy(), np.zeros((3, 3))
        present = [j for j, place in enumerate(places) if place >= 0]
        at = [places[j] for j in present]
        cov[np.ix_(present, present)] = self._cov[np.ix_(at, at)]
        beta, theta, rho = (float(params[p]) if p >= 0 else 0.0 for p in places)
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


def fit_sample(model: Specification, sample: Any) -> Fit:
    """Estimate a specification on a sample, with the default covariance."""
    if model.estimator == "gmm":
        return _instrumental_fit(
            model,
            estimate_by_instruments(
                sample,
                effects=model.effects,
                lag_y=model.lag_y,
                lag_error=model.lag_error,
                orders=model.orders or ORDERS,
                error_variance=model.error_variance or "equal",
            ),
        )
    fitted = estimate_sample(
        sample,
        effects=model.effects,
        bias_correction=model.bias_correction,
        lag_y=model.lag_y,
        lag_error=model.lag_error,
    )
    cov, kind = covariance(fitted, None)
    return Fit(model, kind, fitted, cov)


def _instrumental_fit(model: Specification, fitted: Instrumented) -> Fit:
    return Fit(model, fitted.scatter.kind, fitted, instrumental_covariance(fitted))


def _quantile(level: float) -> float:
    if not isinstance(level, Real) or not 0.0 < level < 1.0:
        raise InputError(f"level={level!r}; it is a share between 0 and 1, such as 0.95.")
    return float(ndtri(0.5 + level / 2.0))
