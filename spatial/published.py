"""The convention of published tables, to compare with an older paper and for nothing else.

The effects are subtracted first and the spatial lags of y and of the error are taken of what is
left, with N·T observations in the likelihood (Elhorst, 2014, ch. 3); the estimates are corrected
afterwards by the leading term of their bias (Lee and Yu, 2010; Elhorst, 2014, eq. 3.14 and 3.15).
With time effects this is not the likelihood of the data, because W·demean(y) is not demean(Wy).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from spatial.correction import Asked
from spatial.covariance import information
from spatial.errors import InputError
from spatial.estimation import Estimated, check_sample, estimate_arrays, logdet_terms
from spatial.likelihood import Estimate, logdet_sum
from spatial.sample import Sample
from spatial.within import Effects, Transformation, demean

__all__ = ["estimate_published"]

Array = npt.NDArray[np.float64]
NOTE = (
    "Convention of published tables: the effects are subtracted before the spatial lag is taken"
    "{how}. It is not the likelihood of these data; use it to compare with an older table only."
)


def estimate_published(
    sample: Sample, *, effects: Effects, bias_correction: Asked, lag_y: bool, lag_error: bool
) -> Estimated:
    """Estimates under that convention, corrected unless `bias_correction` is None."""
    _require_applicable(sample, effects)
    corrected = bias_correction is not None and (lag_y or lag_error)
    layout = sample.layout
    dummies = {"unit": layout.n_units, "time": layout.n_times}.get(
        effects, layout.n_units + layout.n_times - 1
    )
    way = Transformation(
        effects,
        "analytical" if corrected else None,
        over_time=False,
        over_units=False,
        nobs=layout.n,
        dummies=dummies,
    )
    centred = _centred(sample, effects)
    wy = centred.wy if lag_y else None
    check_sample(sample, effects, way, centred.x, centred.y, wy, lag_error=lag_error)
    terms = logdet_terms(sample.network, way) if lag_y else ()
    error_terms = logdet_terms(sample.error_network, way) if lag_error else ()
    found, moments = estimate_arrays(
        centred, centred.x, centred.y, wy, "none", "none", way, terms, error_terms
    )
    how = ", and the correction of Lee and Yu (2010) is applied to the estimates" * corrected
    fitted = Estimated(
        sample,
        effects,
        "none",
        way,
        found,
        moments,
        terms,
        error_terms,
        (*sample.notes, NOTE.format(how=how)),
        removed=sample.y - centred.y,
    )
    return _corrected(fitted, centred) if corrected else fitted


def _require_applicable(sample: Sample, effects: Effects) -> None:
    if effects == "none":
        raise InputError(
            'convention="published" is about fixed effects; give effects=, or leave it out.'
        )
    networks = (sample.network, sample.error_network)
    if not sample.layout.balanced or any(network.single is None for network in networks):
        raise InputError(
            'convention="published" needs a balanced panel and one graph for all years; leave it '
            "out, or keep complete units."
        )


def _centred(sample: Sample, effects: Effects) -> Sample:
    """Everything without the effects, and the lag of y, but not those of x, taken afterwards."""
    y = demean(sample.y, effects, sample.layout)
    x = demean(sample.x, effects, sample.layout)
    return replace(sample, y=y, wy=sample.network.lag(y), x=x)


def _corrected(fitted: Estimated, centred: Sample) -> Estimated:
    """Minus the leading term of the bias, which is of order 1/N with time effects.

    θ + (1/N)(I/NT)⁻¹(0, 1/(1−ρ), 1/(1−λ), 1/2σ²), I the expected information; σ² is then scaled by
    T/(T−1), or by N/(N−1) with time effects alone.
    """
    found, layout = fitted.estimate, fitted.sample.layout
    k = len(found.b)
    spatial = [found.rho] * fitted.lag_y + [found.lam] * fitted.lag_error
    theta = np.concatenate([found.b, spatial, [found.sigma2]])
    if fitted.effects != "unit":
        bias = np.concatenate(
            [np.zeros(k), [1.0 / (1.0 - s) for s in spatial], [0.5 / found.sigma2]]
        )
        scaled = information(fitted, "expected") / layout.n
        theta = theta + np.linalg.solve(scaled, bias) / layout.n_units
    of = layout.n_units if fitted.effects == "time" else layout.n_times
    rest = list(theta[k:-1])
    rho = rest.pop(0) if fitted.lag_y else np.nan
    lam = rest.pop(0) if fitted.lag_error else np.nan
    made = replace(
        found, b=theta[:k], rho=rho, lam=lam, sigma2=float(theta[-1]) * of / (of - 1.0), rival=None
    )
    return _at(fitted, centred, made)


def _at(fitted: Estimated, centred: Sample, made: Estimate) -> Estimated:
    """The same data at other parameters: residuals, log-likelihood, filtered columns."""
    error = centred.y - centred.x @ made.b
    if fitted.lag_y:
        error = error - made.rho * centred.wy
    moments = fitted.moments
    residuals = error
    if fitted.lag_error:
        network = fitted.sample.error_network
        mx, mu = network.lag(centred.x), network.lag(error)
        mwy = network.lag(centred.wy) if fitted.lag_y else None
        moments = replace(
            moments,
            x=centred.x - made.lam * mx,
            wy=None if mwy is None else centred.wy - made.lam * mwy,
            mu=mu,
            mx=mx,
            mwy=mwy,
        )
        residuals = error - made.lam * mu
    loglik = -0.5 * len(error) * np.log(2.0 * np.pi * made.sigma2)
    loglik -= 0.5 * float(residuals @ residuals) / made.sigma2
    for terms, at in ((fitted.logdets, made.rho), (fitted.error_logdets, made.lam)):
        for term in terms:
            term.logdet.refine(at, at)
        loglik += float(logdet_sum(terms, at, 0)) if terms else 0.0
    made = replace(made, residuals=residuals, loglik=float(loglik))
    return replace(fitted, estimate=made, moments=moments)
