"""Covariances of a maximum likelihood estimate, by name."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from spatial.errors import InputError
from spatial.estimation import Estimated
from spatial.information import expected_information, invert, observed_information
from spatial.network import shared_periods
from spatial.systems import DENSE_LIMIT
from spatial.traces import Traces, error_traces, joint_traces, lag_traces, sum_traces

__all__ = ["covariance", "fitted_traces", "information"]

Array = npt.NDArray[np.float64]


def covariance(fitted: Estimated, kind: str | None) -> tuple[Array, str]:
    """Covariance of (b, ρ, λ) and the name of what was used; None takes the default for the size.

    Without a spatial parameter it is s²(X′X)⁻¹ with s² = rss/(n − K − effects), under both names.
    """
    spatial = fitted.lag_y or fitted.lag_error
    if kind is None:
        largest = max(block.operator.n for block in fitted.sample.network.blocks)
        kind = "expected" if largest <= DENSE_LIMIT or not spatial else "observed"
    if kind not in ("expected", "observed"):
        raise InputError(f'covariance "{kind}" is not available; it is "expected" or "observed".')
    found, way = fitted.estimate, fitted.transformation
    x = fitted.moments.x
    if not spatial:
        free = way.nobs - way.dummies - x.shape[1]
        scale = found.sigma2 * way.nobs / free
        return invert(x.T @ x) * scale, kind
    places = fitted.places
    return invert(information(fitted, kind))[np.ix_(places, places)] * way.inflation, kind


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
    """Traces at the estimate, over all blocks and periods."""
    sample, found = fitted.sample, fitted.estimate
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
