"""From a sample to an estimate by instruments: effects leave, instruments are built, two stages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from spatial.errors import InputError, named
from spatial.estimation import (
    Estimated,
    check_sample,
    dummy_columns,
    logdet_terms,
    refuse_perfect,
    subtracted_effects,
)
from spatial.formula import lag_name
from spatial.information import Moments
from spatial.instrumental.error_moments import ErrorMoments
from spatial.instrumental.errors import Errors
from spatial.instrumental.generalised import Generalised, Stacked, generalised
from spatial.instrumental.instruments import Instruments, instruments_of
from spatial.instrumental.two_stage import TwoStage
from spatial.likelihood import Estimate, admissible
from spatial.sample import Sample
from spatial.within import Effects, Transformation, demean, transformation

__all__ = ["Instrumented", "estimate_by_instruments"]

Array = npt.NDArray[np.float64]
ErrorVariance = Literal["equal", "unequal"]
UNBOUNDED = (-np.inf, np.inf)


@dataclass(frozen=True, eq=False, kw_only=True)
class Instrumented(Estimated):
    """An estimate by instruments.

    `step` is its (second) two-stage least squares, whose columns are those of the sample, then W y,
    then dummies that did not leave; `suspects` are the places of endogenous regressors. `joint` is
    the covariance of (b, ρ, λ), None without a lag of the error; `errors` says what is assumed of
    the errors in the covariance that was chosen.
    """

    step: TwoStage
    instruments: Instruments
    suspects: tuple[int, ...]
    free: int
    error_variance: ErrorVariance
    joint: Array | None
    errors: Errors

    @property
    def endogenous(self) -> tuple[int, ...]:
        """Places of all columns that need instruments."""
        return (*self.suspects, *([len(self.sample.labels)] if self.lag_y else []))

    @property
    def endogenous_names(self) -> tuple[str, ...]:
        """Their names; the lag of y is called W. and its name."""
        every = (*self.sample.labels, lag_name(self.sample.outcome))
        return tuple(every[place] for place in self.endogenous)

    @property
    def absorbed(self) -> int:
        """Number of effects that left by subtraction."""
        return self.transformation.dummies - self._dummies

    @property
    def _dummies(self) -> int:
        return int(self.step.z.shape[1]) - len(self.sample.labels) - int(self.lag_y)


def estimate_by_instruments(
    sample: Sample,
    *,
    effects: Effects,
    lag_y: bool,
    lag_error: bool,
    orders: int,
    error_variance: ErrorVariance,
) -> Instrumented:
    """Spatial two-stage least squares, generalised where the error has a lag.

    Parameters
    ----------
    orders
        Highest power of W among the instruments of W y.
    error_variance
        Which moments give λ: "equal" (Kelejian and Prucha, 1999) or "unequal" (2010).
    """
    layout = sample.layout
    way = transformation(effects, None, layout, stochastic=False, constant=False)
    x, y = demean(sample.x, effects, layout), demean(sample.y, effects, layout)
    wy = demean(sample.wy, effects, layout) if lag_y else None
    check_sample(sample, effects, way, x, y, wy, lag_error=lag_error)
    stays, dummies = _effects_that_leave(sample, effects, lag_error=lag_error)
    instruments = instruments_of(
        sample, stays, dummies, lag_y=lag_y, lag_error=lag_error, orders=orders
    )
    if lag_y or sample.outside.endogenous:
        _require_rows(sample, instruments, layout.n - way.dummies + dummies.shape[1])
    lag = [sample.wy[:, None]] if lag_y else []
    raw = np.concatenate([sample.y[:, None], sample.x, *lag, dummies], axis=1)
    within = demean(raw, stays, layout)
    lagged = np.zeros_like(within)
    if lag_error:
        lagged = demean(sample.error_network.lag(raw), stays, layout)
    data = Stacked(
        y=within[:, 0],
        z=within[:, 1:],
        my=lagged[:, 0],
        mz=lagged[:, 1:],
        basis=instruments.basis,
        free=layout.n - way.dummies - x.shape[1] - int(lag_y),
        exogenous=not (lag_y or sample.outside.endogenous),
    )
    parts = _Parts(sample, effects, stays, way, data, instruments, error_variance)
    found = parts.estimated(lag_y=lag_y, lag_error=lag_error)
    refuse_perfect(found.estimate, y, sample)
    return found


def _require_rows(sample: Sample, instruments: Instruments, rows: int) -> None:
    """Refuse as many instruments as rows: they would reproduce what they stand for."""
    if instruments.basis.shape[1] >= rows:
        raise InputError(
            f"{instruments.basis.shape[1]} instruments, exogenous regressors among them, leave "
            f"nothing of {sample.layout.n} rows less the effects; use fewer regressors, lower "
            "orders=, or more years."
        )


def _effects_that_leave(
    sample: Sample, effects: Effects, *, lag_error: bool
) -> tuple[Effects, Array]:
    """Effects that means take out, and the others as dummies (n, D)."""
    none = np.empty((sample.layout.n, 0))
    if not lag_error:
        return effects, none
    stays = subtracted_effects(sample, effects)
    if stays == effects:
        return effects, none
    if effects in ("unit", "twoway") and stays not in ("unit", "twoway"):
        raise InputError(
            'estimator="gmm" finds lambda beside unit effects only in a balanced panel with the '
            "same weights in all times, because their number grows with that of the units; use "
            'estimator="ml", or keep complete units (missing="drop_units").'
        )
    return stays, dummy_columns(sample.layout, effects, stays)


@dataclass(frozen=True, eq=False)
class _Parts:
    """Data without the effects, and what the estimate is put together from."""

    sample: Sample
    effects: Effects
    subtracted: Effects
    way: Transformation
    data: Stacked
    instruments: Instruments
    error_variance: ErrorVariance

    def estimated(self, *, lag_y: bool, lag_error: bool) -> Instrumented:
        sample, data = self.sample, self.data
        terms = logdet_terms(sample.network, self.way) if lag_y else ()
        error_terms = logdet_terms(sample.error_network, self.way) if lag_error else ()
        step, lam, joint = data.filtered(0.0), np.nan, None
        residuals = step.residuals
        if lag_error:
            found = self._with_error(admissible(error_terms))
            step, lam, joint, residuals = found.step, found.lam, found.cov, found.residuals
        k = len(sample.labels)
        estimate = Estimate(
            rho=float(step.b[k]) if lag_y else np.nan,
            b=step.b[:k],
            sigma2=float(residuals @ residuals) / data.free,
            loglik=np.nan,
            residuals=residuals,
            interval=admissible(terms) if lag_y else UNBOUNDED,
            lam=lam,
            error_interval=admissible(error_terms) if lag_error else UNBOUNDED,
        )
        return Instrumented(
            sample=sample,
            effects=self.effects,
            subtracted=self.subtracted,
            transformation=self.way,
            estimate=estimate,
            moments=self._moments(step, lag_y=lag_y, lag_error=lag_error),
            logdets=terms,
            error_logdets=error_terms,
            notes=(*sample.notes, *self._notes()),
            step=step,
            instruments=self.instruments,
            suspects=sample.outside.endogenous,
            free=data.free,
            error_variance=self.error_variance,
            joint=self._without_dummies(joint, lag_y=lag_y),
            errors=Errors("robust" if self.error_variance == "unequal" else "homoskedastic"),
            linear=step.linear(data.free),
        )

    def _with_error(self, interval: tuple[float, float]) -> Generalised:
        sample = self.sample
        moments = ErrorMoments(
            sample.error_network,
            sample.layout,
            self.subtracted,
            robust=self.error_variance == "unequal",
        )

        def back(lam: float, values: Array) -> Array:
            solved = sample.error_network.solve(lam, values, transposed=True)
            return demean(solved, self.subtracted, sample.layout)

        return generalised(self.data, moments, interval=interval, back=back)

    def _moments(self, step: TwoStage, *, lag_y: bool, lag_error: bool) -> Moments:
        k = len(self.sample.labels)
        x, wy = step.z[:, :k], step.z[:, k] if lag_y else None
        if not lag_error:
            return Moments(x, wy)
        z, my = self.data.mz, self.data.my
        return Moments(x, wy, my - z @ step.b, z[:, :k], z[:, k] if lag_y else None)

    def _without_dummies(self, joint: Array | None, *, lag_y: bool) -> Array | None:
        if joint is None:
            return None
        kept = [*range(len(self.sample.labels) + int(lag_y)), len(joint) - 1]
        return joint[np.ix_(kept, kept)]

    def _notes(self) -> list[str]:
        out = []
        if self.effects != "none":
            out.append(
                "Fixed effects left as means; two-stage least squares needs no bias correction."
            )
        if not self.data.exogenous:
            names = named(self.instruments.excluded, 20)
            out.append(f"Instruments beside the exogenous regressors: {names}.")
        if self.instruments.left_out and not self.data.exogenous:
            out.append(
                "Lags that are combinations of other instruments were left out: "
                f"{named(self.instruments.left_out, 20)}."
            )
        return out
