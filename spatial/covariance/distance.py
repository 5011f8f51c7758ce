"""Dependence between units that fades with distance, and over time if asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

import numpy as np
import numpy.typing as npt
from scipy import sparse

from spatial.covariance.coordinates import Kernel, kernel_weights
from spatial.covariance.forms import Form, form_at, forms
from spatial.covariance.result import Covariance
from spatial.covariance.sandwich import estimated_count, sandwich, without_negative
from spatial.covariance.scores import score_rows
from spatial.covariance.serial import bartlett_over_time, check_lags
from spatial.errors import InputError
from spatial.estimation import Estimated
from spatial.systems import DENSE_LIMIT
from spatial.weights.distance import check_positive

__all__ = ["spatial_hac"]

Array = npt.NDArray[np.float64]


def spatial_hac(
    fitted: Estimated,
    km: float,
    lags: int = 0,
    kernel: Kernel = "bartlett",
    coords: Any = None,
    distances: Any = None,
) -> Covariance:
    """Sandwich of Conley (1999) from the scores of rows.

    Ω = Σ_ts b_ts Σ_ij K_ij s_it s_js′, with K_ij = 1 − d_ij/km (or 1, "uniform") up to `km`
    kilometres and Bartlett weights b_ts = 1 − |t − s|/(lags + 1) over time; lags=0 keeps periods
    apart. Where ρ or λ are estimated, products of errors of two units stand half with either, as in
    the clustered covariance; what their halves have in common, R_t their matrix, is added as far as
    K did not count it:

        Σ_ts b_ts Σ_ij (1 − K_ij)(R_t K)_ij (K R_s)_ij.

    Factor: n/(n − K − effects).

    Parameters
    ----------
    km
        Kilometres within which errors may be correlated.
    lags
        Periods over which they may.
    kernel
        "bartlett" or "uniform".
    coords
        GeoDataFrame, or DataFrame with columns lon and lat, by unit; by default the places that the
        builder of the graph recorded.
    distances
        DataFrame of kilometres, units by units, instead.
    """
    reach = check_positive(km, "km", "kilometres")
    if kernel not in get_args(Kernel):
        raise InputError(f'kernel={kernel!r}; it is "bartlett" or "uniform".')
    if coords is not None and distances is not None:
        raise InputError("coords= and distances= say the same; give one of them.")
    layout = fitted.sample.layout
    over_time = bartlett_over_time(layout.n_times, check_lags(lags, layout.n_times))
    weights = kernel_weights(fitted.sample, reach, kernel, coords, distances)
    quadratics = forms(fitted)
    if quadratics:
        _refuse_large(layout.n_units)
    rows = score_rows(fitted, quadratics)
    meat = _weighted(fitted, rows, weights, over_time)
    if quadratics:
        at = slice(-1 - len(quadratics), -1)
        meat[at, at] += _halves(fitted, quadratics, weights, over_time)
    factor = layout.n / (layout.n - estimated_count(fitted))
    matrix, cut = without_negative(sandwich(fitted, meat) * factor)
    return Covariance(matrix, _name(reach, lags, kernel), _notes(weights, reach, cut))


def _weighted(fitted: Estimated, rows: Array, weights: sparse.csr_array, over_time: Array) -> Array:
    """Σ_ts b_ts Σ_ij K_ij s_it s_js′."""
    layout = fitted.sample.layout
    grid = np.zeros((layout.n_times, layout.n_units, rows.shape[1]))
    grid[layout.time_codes, layout.unit_codes] = rows
    total = np.zeros((rows.shape[1], rows.shape[1]))
    for t in range(layout.n_times):
        near = np.tensordot(over_time[t], grid, axes=1)
        total += grid[t].T @ (weights @ near)
    return total


def _halves(
    fitted: Estimated,
    quadratics: Sequence[Sequence[Form]],
    weights: sparse.csr_array,
    over_time: Array,
) -> Array:
    """Σ_ts b_ts Σ_ij (1 − K_ij)(R_t K)_ij (K R_s)_ij of the spatial parameters."""
    layout = fitted.sample.layout
    scaled = fitted.estimate.residuals / np.sqrt(fitted.estimate.sigma2)
    rest = 1.0 - weights.toarray()
    lags = int((over_time[0] > 0).sum()) - 1
    kept: list[list[Array]] = []
    total = np.zeros((len(quadratics), len(quadratics)))
    for t in range(layout.n_times):
        kept.append([_smoothed(fitted, parts, scaled, weights, t) for parts in quadratics])
        kept = kept[-1 - lags :]
        for back, earlier in enumerate(reversed(kept)):
            part = np.array([[np.vdot(rest * one, two.T) for two in earlier] for one in kept[-1]])
            part = 0.5 * (part + part.T)
            total += part * (1.0 if back == 0 else 2.0) * over_time[t, t - back]
    return total


def _smoothed(
    fitted: Estimated, parts: Sequence[Form], error: Array, weights: sparse.csr_array, t: int
) -> Array:
    """R_t K over all units, zero for those without a row in period t."""
    layout = fitted.sample.layout
    out = np.zeros((layout.n_units, layout.n_units))
    form, rows = form_at(parts, layout.time_codes, t)
    units, values = layout.unit_codes[rows], error[rows]
    out[np.ix_(units, units)] = form.halves(np.arange(form.n)) * np.outer(values, values)
    np.fill_diagonal(out, 0.0)
    return np.asarray((weights @ out).T)


def _refuse_large(n: int) -> None:
    if n > DENSE_LIMIT:
        raise InputError(
            f'with_cov("hac") needs {n} × {n} products of errors, and goes up to {DENSE_LIMIT} '
            'units with a lag of y or of the error; use with_cov("driscoll-kraay"), or "cluster".'
        )


def _name(km: float, lags: int, kernel: str) -> str:
    over = f", {lags} lag{'s' * (lags != 1)}" if lags else ""
    shape = "" if kernel == "bartlett" else f", {kernel}"
    return f"hac ({km:g} km{over}{shape})"


def _notes(weights: sparse.csr_array, km: float, cut: bool) -> tuple[str, ...]:  # noqa: FBT001
    alone = int((weights.sum(axis=1) <= 1.0).sum())
    notes = []
    if alone == weights.shape[0]:
        notes.append(f"No two units lie within {km:g} km, so that every row stands alone.")
    if cut:
        notes.append(
            "The spatial HAC covariance was not positive semi-definite; its negative eigenvalues "
            "were set to zero."
        )
    return tuple(notes)
