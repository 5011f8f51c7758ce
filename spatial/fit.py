"""The result of a model: small, frozen, tidy tables first."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from spatial.approximation import approximations
from spatial.covariance import covariance
from spatial.doubts import doubts
from spatial.dynamic import corrected
from spatial.errors import InputError, named
from spatial.estimation import estimate_sample
from spatial.fixed_effects import recover_effects
from spatial.goodness import goodness_of_fit
from spatial.horizon import dynamic_notes
from spatial.instrumental.covariances import instrumental_covariance, with_errors
from spatial.instrumental.estimate import Instrumented, estimate_by_instruments
from spatial.instrumental.options import ORDERS
from spatial.instrumental.tables import first_stage_table, instrument_tests, weakness
from spatial.prediction import KINDS, predict_new, predict_sample
from spatial.published import estimate_published
from spatial.random_effects.covariance import component_variances, random_covariance
from spatial.random_effects.estimate import RandomEstimated, estimate_random
from spatial.result import quantile
from spatial.spillovers import Spillovers
from spatial.summary import summary_text
from spatial.within import Effects

if TYPE_CHECKING:
    from spatial.gather import Weights
    from spatial.models import Specification
    from spatial.panel import Panel

__all__ = ["Fit"]

Array = npt.NDArray[np.float64]


class Fit(Spillovers):
    """Estimates of one model on one sample.

    Nothing changes it; `with_cov` gives a new one.
    """

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """Sentences on what was cut, corrected or is doubtful."""
        past = dynamic_notes(self._fitted, self._cov)
        return (*self._fitted.notes, *past, *approximations(self), *self.doubts)

    @cached_property
    def doubts(self) -> tuple[str, ...]:
        """Those of the `notes` that name something doubtful."""
        weak = weakness(self._fitted) if isinstance(self._fitted, Instrumented) else ()
        return (*self._cov_notes, *weak, *doubts(self))

    # ---- tables

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """One row per coefficient.

        Columns: term, estimate, std_error, statistic, p_value, conf_low, conf_high (z, normal).
        """
        half = quantile(level) * self.std_errors.to_numpy()
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
                "estimator": [self.model.estimator],
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

    # ---- effects of units and times

    def fixed_effects(self) -> pd.DataFrame:
        """Unit and time effects, recovered from what the regressors leave.

        A constant, μ with Σμ = 0 over units and α with Σα = 0 over times (where the panel falls
        into parts that share no unit, over the times of each part); together they are (I − ρW)y −
        Xb − (I − λM)⁻¹ε̂. The standard errors take errors of equal variance; those of μ shrink as
        years are added, those of α as units are, and they are NaN where dummies of all rows do not
        fit into memory.

        Returns
        -------
        DataFrame
            kind (constant | unit | time), label, estimate, std_error.
        """
        if self.model.effects not in ("unit", "time", "twoway"):
            raise InputError(
                f'a model with effects="{self.model.effects}" has no fixed effects; set '
                'effects="unit", "time" or "twoway".'
            )
        found, times = recover_effects(self._fitted, self._cov), self.times
        labels = ["constant"]
        labels += list(self.units) if found.n_units else []
        labels += list(times) if found.n_times and times is not None else []
        kinds = np.repeat(["constant", "unit", "time"], [1, found.n_units, found.n_times])
        return pd.DataFrame(
            {
                "kind": kinds.astype(object),
                "label": pd.Series(labels, dtype=object),
                "estimate": found.values,
                "std_error": found.errors,
            }
        )

    def predict(
        self,
        data: Panel | pd.DataFrame | None = None,
        w: Weights | None = None,
        kind: Literal["trend", "signal", "best"] = "trend",
    ) -> pd.Series:
        """Prediction of the outcome, in the sample or for other rows.

        Parameters
        ----------
        data
            Other rows with the regressors of the formula: of a cross-section a DataFrame indexed by
            unit, whose units may be new or known (then with other values of the regressors); of a
            panel a `Panel` of other years or units. Without it the sample.
        w
            Graph over all units concerned, in a cross-section those of the sample too; that of the
            fit by default.
        kind
            "trend", the mean given the regressors, (I − ρW)⁻¹(Xb + effects); "signal", in the
            sample, Xb + effects + ρWy + λM(y − ρWy − Xb − effects); "best", the mean given the
            outcomes of all other units (Goulard, Laurent and Thomas-Agnan, 2017), with random
            effects the trend plus their predictor (Baltagi and Li, 2004). Dynamic models take
            y(t−1) as it was observed.

        Returns
        -------
        Series
            By unit, or by unit and time; `.attrs["notes"]` says what stands for unknown effects.

        Raises
        ------
        InputError
            Units without a place in the graph, or without a unit effect; what `kind` cannot do.
        """
        if kind not in KINDS:
            raise InputError(f"kind={kind!r}; a prediction is {', '.join(KINDS)}.")
        if data is None:
            if w is not None:
                raise InputError("w= belongs to other data; leave it out, or give data=.")
            values = predict_sample(self._fitted, kind)
            return pd.Series(values, index=self._fitted.sample.index, name="prediction")
        graph = self.graph if w is None else w
        out, notes = predict_new(self._fitted, self.model.formula, data, graph, kind)
        out.attrs["notes"] = notes
        return out.rename("prediction")

    def goodness(self) -> pd.Series:
        """Measures of fit: rsquared, rsquared_within, corr2, corr2_within, nagelkerke.

        1 − Σε̂²/Σ(y − ȳ)² with what fixed effects explain counted in, and within (without it); the
        squared correlation of y and its reduced form, and of both without the effects (Elhorst,
        2014, sec. 3.4); 1 − exp[−2(ℓ − ℓ₀)/n], ℓ₀ with the effects or the constant alone
        (Nagelkerke, 1991; NaN with estimator="gmm").
        """
        effects: Effects = "none" if self.model.effects == "random" else self.model.effects
        return pd.Series(goodness_of_fit(self._fitted, effects), name="value")

    @property
    def variance_components(self) -> pd.DataFrame:
        """Variances of a random unit effect and of the error.

        Indexed by component (unit, error): variance, std_error (delta; NaN for a variance estimated
        as zero) and share of the sum.
        """
        variances, errors = component_variances(self._random)
        return pd.DataFrame(
            {"variance": variances, "std_error": errors, "share": variances / variances.sum()},
            index=pd.Index(["unit", "error"], name="component"),
        )

    def random_effects(self) -> pd.Series:
        """Best linear predictor of each unit's random effect in the equation of y, by unit."""
        index = self.units.rename(self._fitted.sample.unit_name)
        return pd.Series(self._random.unit_effects, index=index, name="random_effect")

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

        Examples
        --------
        >>> from spatial import SAR, weights
        >>> ring = np.roll(np.eye(40), 1, axis=1) + np.roll(np.eye(40), -1, axis=1)
        >>> w = weights.from_matrix(ring, [f"c{i}" for i in range(40)])
        >>> rng = np.random.default_rng(1)
        >>> table = pd.DataFrame(rng.normal(size=(40, 3)), w.unique_ids, ["y", "x", "z"])
        >>> fit = SAR("y ~ x", endogenous=["x"], instruments=["z"]).fit(table, w)
        >>> list(fit.first_stage()["term"])
        ['x', 'W.y']
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

    def with_cov(
        self,
        kind: Literal[
            "expected", "observed", "homoskedastic", "robust", "cluster", "driscoll-kraay", "hac"
        ],
        *,
        by: Any = None,
        lags: int | None = None,
        km: float | None = None,
        kernel: Literal["bartlett", "uniform"] | None = None,
        coords: pd.DataFrame | None = None,
        distances: pd.DataFrame | None = None,
    ) -> Fit:
        """The same estimates with another covariance, which tables and effects then take.

        "expected" inverts the expected information, "observed" minus the Hessian; both hold for
        normal errors that are independent and alike.

        "robust" allows for errors that are alike and independent but not normal: the sandwich of
        Lee (2004) and Lee and Yu (2010) with the third and fourth moments. It does not cure unequal
        variances in rho and lambda, under which these are inconsistent; estimator="gmm" does. For
        OLS and SLX it is White's sandwich for unequal variances (HC1).

        "cluster", "driscoll-kraay" and "hac" add up what rows contribute to the score, which is
        linear and quadratic in the errors (Kelejian and Prucha, 2001), between the inverses of the
        observed information. "cluster" allows any dependence within groups (Liang and Zeger, 1986),
        "driscoll-kraay" any between units of one period, fading over time (Driscoll and Kraay,
        1998), "hac" one that fades with distance (Conley, 1999). They concern standard errors:
        rho and lambda are estimated as if what W leaves were uncorrelated between units.

        Fits by estimator="gmm" are linear in the errors: "homoskedastic" (the default) takes these
        as alike, "robust" lets their variances differ (White, 1980), and the sums above hold as
        they stand. With a lag of the error the moments that gave lambda decide (error_variance=).

        Parameters
        ----------
        by
            For "cluster": a column of the data, "unit", "time", a Series or mapping from units to
            groups, or a list of two of these (Cameron, Gelbach and Miller, 2011). Factor
            G/(G−1)·(n−1)/(n−K); K leaves effects out that lie within groups.
        lags
            For "driscoll-kraay", by default the whole part of 4(T/100)^(2/9), and for "hac", by
            default 0: periods over which dependence fades (Bartlett weights).
        km, kernel
            For "hac": kilometres up to which errors may be correlated; "bartlett" (1 − d/km, the
            default) or "uniform".
        coords, distances
            For "hac" where the graph was not built from geometry: a GeoDataFrame or a DataFrame
            with columns lon and lat by unit; or a DataFrame of kilometres, units by units.

        Returns
        -------
        Fit
            `cov_kind` names the covariance with its options, `notes` say what is doubtful in it.

        Raises
        ------
        InputError
            An unknown kind, an option that it does not take or lacks, a unit without group or
            place, too many units for what it needs.

        Examples
        --------
        >>> from spatial import SLX, Panel, weights
        >>> ring = np.roll(np.eye(20), 1, axis=1) + np.roll(np.eye(20), -1, axis=1)
        >>> w = weights.from_matrix(ring, [f"c{i}" for i in range(20)])
        >>> rng = np.random.default_rng(1)
        >>> table = pd.DataFrame({"city": w.unique_ids.repeat(6), "year": list(range(6)) * 20,
        ...                       "x": rng.normal(size=120), "y": rng.normal(size=120)})
        >>> fit = SLX("y ~ x", effects="unit").fit(Panel(table, "city", "year"), w)
        >>> fit.with_cov("cluster", by="city").cov_kind
        'cluster by city'
        """
        options = {
            "by": by,
            "lags": lags,
            "km": km,
            "kernel": kernel,
            "coords": coords,
            "distances": distances,
        }
        if isinstance(self._fitted, Instrumented):
            return _instrumental_fit(self.model, with_errors(self._fitted, kind, options))
        if isinstance(self._fitted, RandomEstimated):
            return _random_fit(self.model, self._fitted, kind, options)
        found = covariance(self._fitted, kind, **options)
        return replace(self, cov_kind=found.name, _cov=found.matrix, _cov_notes=found.notes)

    def uncorrected(self) -> Fit:
        """The same model and sample with fixed effects as dummies and no bias correction."""
        return self._with_dummies

    # ---- inside

    @cached_property
    def _with_dummies(self) -> Fit:
        return fit_sample(replace(self.model, bias_correction=None), self._fitted.sample)

    @property
    def _random(self) -> RandomEstimated:
        if not isinstance(self._fitted, RandomEstimated):
            raise InputError('this fit has no random effects; set effects="random".')
        return self._fitted

    @property
    def _instrumented(self) -> Instrumented:
        if not isinstance(self._fitted, Instrumented):
            raise InputError(
                'this fit is by maximum likelihood, which has no instruments; set estimator="gmm".'
            )
        return self._fitted


def fit_sample(model: Specification, sample: Any) -> Fit:
    """Estimate a specification on a sample, with the default covariance."""
    fixed: Effects = "none" if model.effects == "random" else model.effects
    if model.estimator == "gmm":
        return _instrumental_fit(
            model,
            estimate_by_instruments(
                sample,
                effects=fixed,
                lag_y=model.lag_y,
                lag_error=model.lag_error,
                orders=model.orders or ORDERS,
                error_variance=model.error_variance or "equal",
            ),
        )
    if model.effects == "random":
        return _random_fit(
            model,
            estimate_random(
                sample,
                lag_y=model.lag_y,
                lag_error=model.lag_error,
                component=model.error_component or "outside",
            ),
        )
    estimate = estimate_published if model.convention == "published" else estimate_sample
    fitted = estimate(
        sample,
        effects=fixed,
        bias_correction=model.bias_correction,
        lag_y=model.lag_y,
        lag_error=model.lag_error,
    )
    fitted = corrected(fitted, asked=model.bias_correction == "lee-yu")
    found = covariance(fitted, None)
    return Fit(model, found.name, fitted, found.matrix)


def _instrumental_fit(model: Specification, fitted: Instrumented) -> Fit:
    found = instrumental_covariance(fitted)
    return Fit(model, found.name, fitted, found.matrix, _cov_notes=found.notes)


def _random_fit(
    model: Specification,
    fitted: RandomEstimated,
    kind: str | None = None,
    options: dict[str, Any] | None = None,
) -> Fit:
    foreign = [name for name, value in (options or {}).items() if value is not None]
    if foreign:
        raise InputError(
            f'with_cov("{kind}") takes no {named(foreign)}= with effects="random"; leave it out.'
        )
    cov, used = random_covariance(fitted, kind)
    return Fit(model, used, fitted, cov)
