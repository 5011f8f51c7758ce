"""What every estimate holds: numbers with their labels, before any table."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr, ndtri

from spatial.errors import InputError
from spatial.estimation import Estimated

if TYPE_CHECKING:
    from spatial.models import Specification

__all__ = ["Result", "quantile"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Result:
    """Estimates of one model on one sample, and their covariance."""

    model: Specification
    cov_kind: str
    _fitted: Estimated
    _cov: Array
    _cov_notes: tuple[str, ...] = field(default=(), kw_only=True)

    # ---- what was estimated

    @property
    def params(self) -> pd.Series:
        """Coefficients in the order Intercept, x, W.x, L.y, W.L.y, rho, lambda."""
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
        """Maximum of the log-likelihood, constants included.

        Of a dynamic model with unit effects, before their bias was subtracted from the estimates.
        """
        return float(self._fitted.estimate.loglik)

    @property
    def sigma2(self) -> float:
        """Variance of the error, with `likelihood_nobs` as divisor.

        Where effects are dummies of an unbalanced panel they count as parameters in it. By
        instruments the divisor is the number of rows less effects and coefficients.
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
    def design(self) -> pd.DataFrame:
        """Outcome and regressors of every row as the formula makes them, spatial lags last.

        Indexed by unit and time; the columns are the outcome and the names of the coefficients.
        """
        sample = self._fitted.sample
        table = pd.DataFrame(sample.x, index=sample.index, columns=list(sample.labels))
        table.insert(0, sample.outcome, sample.y)
        return table

    @property
    def kind(self) -> str:
        """Name of the model: OLS, SLX, SAR, SEM, SDM, SDEM, SAC, GNS."""
        return self.model.kind

    @property
    def bias_correction(self) -> str | None:
        """The correction that was used: "lee-yu", "dof" (effects counted as parameters) or None."""
        return self._fitted.transformation.correction

    @property
    def past_corrected(self) -> bool:
        """Whether the bias of order 1/T that unit effects give y(t−1) was subtracted."""
        return self._fitted.transformation.over_past

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

    # ---- inside

    @cached_property
    def _names(self) -> pd.Index:
        lags = ["rho"] * self._fitted.lag_y + ["lambda"] * self._fitted.lag_error
        return pd.Index([*self._fitted.sample.labels, *lags], dtype=object)

    @property
    def _n_parameters(self) -> int:
        return len(self._names) + self._fitted.n_variances + self._fitted.transformation.dummies


def quantile(level: float) -> float:
    """Half-width of a normal interval, in standard errors."""
    if not isinstance(level, Real) or not 0.0 < level < 1.0:
        raise InputError(f"level={level!r}; it is a share between 0 and 1, such as 0.95.")
    return float(ndtri(0.5 + level / 2.0))
