"""Inverses of the information matrix: the covariance where errors are normal and alike."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from spatial.covariance.result import Covariance
from spatial.estimation import Estimated
from spatial.information import (
    expected_information,
    invert,
    not_told_apart,
    observed_information,
    require_told_apart,
)
from spatial.network import shared_periods
from spatial.systems import DENSE_LIMIT
from spatial.traces import Traces, error_traces, joint_traces, lag_traces, sum_traces
from spatial.weights.operator import Operator

__all__ = ["default_kind", "expected", "fitted_traces", "information", "observed"]

Array = npt.NDArray[np.float64]
BEYOND = 1e3
ONE = 1e-12


def expected(fitted: Estimated) -> Covariance:
    """Inverse of the expected information; without a spatial parameter s²(X′X)⁻¹.

    s² = rss/(n − K − effects).
    """
    return Covariance(_inverse(fitted, "expected"), "expected")


def observed(fitted: Estimated) -> Covariance:
    """Inverse of minus the Hessian, exact at any size; `expected` without a spatial parameter."""
    return Covariance(_inverse(fitted, "observed"), "observed")


def default_kind(fitted: Estimated) -> str:
    """The expected information as long as the inverse of I − ρW is small, else the observed."""
    largest = max(block.operator.n for block in fitted.sample.network.blocks)
    spatial = fitted.lag_y or fitted.lag_error
    return "expected" if largest <= DENSE_LIMIT or not spatial else "observed"


def _inverse(fitted: Estimated, kind: str) -> Array:
    error, way = fitted.estimate.residuals, fitted.transformation
    if not (fitted.lag_y or fitted.lag_error):
        x = fitted.moments.x
        free = way.nobs - way.dummies - x.shape[1]
        return np.asarray(invert(x.T @ x) * (float(error @ error) / free))
    places = fitted.places
    whole = information(fitted, kind)
    if fitted.lag_y and fitted.lag_error:
        if _all_alike(fitted):
            raise not_told_apart()
        require_told_apart(whole)
    found = invert(whole)[np.ix_(places, places)] * way.inflation
    _require_known(fitted, found)
    return found


def _all_alike(fitted: Estimated) -> bool:
    """Whether every unit neighbours every other with one weight, and all regressors are lagged.

    W² is a mixture of I and W then, so that ρ, λ and θ do the same; near the edge of an interval
    rounding hides this from the information.
    """
    sample = fitted.sample
    blocks = (*sample.network.blocks, *sample.error_network.blocks)
    return all(place >= 0 for place in sample.neighbour) and all(
        _one_weight(block.operator) for block in blocks
    )


def _one_weight(op: Operator) -> bool:
    weights = op.matrix.data
    full = len(weights) == op.n * (op.n - 1) and not op.matrix.diagonal().any()
    return full and bool(np.ptp(weights) <= ONE * np.abs(weights).max())


def _require_known(fitted: Estimated, cov: Array) -> None:
    """Refuse ρ or λ with an error far beyond the interval it is held in: rounding, not data."""
    found = fitted.estimate
    ends = [found.interval] * fitted.lag_y + [found.error_interval] * fitted.lag_error
    errors = np.sqrt(np.diag(cov)[len(cov) - len(ends) :])
    if any(error > BEYOND * (high - low) for error, (low, high) in zip(errors, ends, strict=True)):
        raise not_told_apart()


def information(fitted: Estimated, kind: str) -> Array:
    """Expected or observed information of all parameters, σ² last."""
    nobs = fitted.transformation.nobs
    if kind == "observed":
        return observed_information(
            fitted.moments,
            fitted.estimate,
            nobs=nobs,
            terms=fitted.logdets,
            error_terms=fitted.error_logdets,
        )
    traced = fitted_traces(fitted)
    return expected_information(
        fitted.moments, fitted.mean_lag, fitted.estimate, nobs=nobs, traced=traced
    )


def fitted_traces(fitted: Estimated) -> Traces:
    """Traces at the estimate, over all blocks and periods; zero without a spatial parameter."""
    sample, found = fitted.sample, fitted.estimate
    if not (fitted.lag_y or fitted.lag_error):
        return Traces()
    if not fitted.lag_error:
        pairs = zip(sample.network.blocks, fitted.logdets, strict=True)
        return sum_traces([lag_traces(b.operator, found.rho, term) for b, term in pairs])
    if not fitted.lag_y:
        pairs = zip(sample.error_network.blocks, fitted.error_logdets, strict=True)
        return sum_traces([error_traces(b.operator, found.lam, term) for b, term in pairs])
    blocks, others = sample.network.blocks, sample.error_network.blocks
    return sum_traces(
        [
            joint_traces(
                blocks[i].operator,
                others[j].operator,
                found.rho,
                found.lam,
                fitted.logdets[i],
                fitted.error_logdets[j],
            ).times(fitted.transformation.periods(count))
            for (i, j), count in shared_periods(sample.network, sample.error_network).items()
        ]
    )
