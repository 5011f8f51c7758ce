"""Dependence between units that fades with distance, and over time if asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

import numpy as np
import numpy.typing as npt

from spatial.covariance.coordinates import kernel_weights
from spatial.covariance.forms import Form, form_at, forms
from spatial.covariance.nearness import Kernel, Nearness
from spatial.covariance.result import Covariance
from spatial.covariance.sampled import COLUMNS, sampled_halves
from spatial.covariance.sandwich import (
    estimated_count,
    left_open,
    sandwich,
    without_negative,
)
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
    near = kernel_weights(fitted.sample, reach, kernel, coords, distances)
    quadratics = forms(fitted)
    rows = score_rows(fitted, quadratics)
    meat = _weighted(fitted, rows, near, over_time)
    factor = layout.n / (layout.n - estimated_count(fitted))
    if not quadratics:
        return _finished(near, factor * sandwich(fitted, meat), (reach, lags, kernel), ())
    added, doubt = _common(fitted, quadratics, near, over_time)
    at = slice(-1 - len(quadratics), -1)
    meat[at, at] += added
    matrix, notes = factor * sandwich(fitted, meat), tuple[str, ...]()
    if doubt.any():
        meat[at, at] += np.diag(np.diag(doubt))
        change = factor * sandwich(fitted, meat) - matrix
        notes = (_drawn_note(left_open(fitted, matrix, change)),)
    return _finished(near, matrix, (reach, lags, kernel), notes)


def _weighted(fitted: Estimated, rows: Array, near: Nearness, over_time: Array) -> Array:
    """Σ_ts b_ts Σ_ij K_ij s_it s_js′."""
    layout = fitted.sample.layout
    grid = np.zeros((layout.n_times, layout.n_units, rows.shape[1]))
    grid[layout.time_codes, layout.unit_codes] = rows
    smoothed = np.tensordot(over_time, grid, axes=1).transpose(1, 0, 2)
    reached = near.times(smoothed.reshape(layout.n_units, -1)).reshape(smoothed.shape)
    return np.asarray(np.einsum("tip,itq->pq", grid, reached, optimize=True))


def _common(
    fitted: Estimated, quadratics: Sequence[Sequence[Form]], near: Nearness, over_time: Array
) -> tuple[Array, Array]:
    """Σ_ts b_ts Σ_ij (1 − K_ij)(R_t K)_ij (K R_s)_ij of the spatial parameters; its standard error.

    The error is zero up to `DENSE_LIMIT` units, beyond which columns are drawn.
    """
    if near.n > DENSE_LIMIT:
        return sampled_halves(fitted, quadratics, near, over_time)
    layout = fitted.sample.layout
    scaled = fitted.estimate.residuals / np.sqrt(fitted.estimate.sigma2)
    rest = 1.0 - near.columns(np.arange(near.n))
    lags = int((over_time[0] > 0).sum()) - 1
    kept: list[list[Array]] = []
    total = np.zeros((len(quadratics), len(quadratics)))
    for t in range(layout.n_times):
        kept.append([_smoothed(fitted, parts, scaled, near, t) for parts in quadratics])
        kept = kept[-1 - lags :]
        for back, earlier in enumerate(reversed(kept)):
            part = np.array([[np.vdot(rest * one, two.T) for two in earlier] for one in kept[-1]])
            part = 0.5 * (part + part.T)
            total += part * (1.0 if back == 0 else 2.0) * over_time[t, t - back]
    return total, np.zeros_like(total)


def _smoothed(
    fitted: Estimated, parts: Sequence[Form], error: Array, near: Nearness, t: int
) -> Array:
    """R_t K over all units, zero for those without a row in period t."""
    layout = fitted.sample.layout
    out = np.zeros((layout.n_units, layout.n_units))
    form, rows = form_at(parts, layout.time_codes, t)
    units, values = layout.unit_codes[rows], error[rows]
    out[np.ix_(units, units)] = form.halves(np.arange(form.n)) * np.outer(values, values)
    np.fill_diagonal(out, 0.0)
    return np.asarray(near.times(out).T)


def _drawn_note(share: float) -> str:
    return (
        f"Beyond {DENSE_LIMIT} units, what products of errors of two units have in common comes "
        f"from {COLUMNS} of their columns, drawn at random; this leaves standard errors of the "
        f"spatial parameters open by about {share:.1f} %."
    )


def _finished(
    near: Nearness, matrix: Array, options: tuple[float, int, str], notes: tuple[str, ...]
) -> Covariance:
    positive, cut = without_negative(matrix)
    return Covariance(positive, _name(*options), (*notes, *_notes(near, options[0], cut)))


def _name(km: float, lags: int, kernel: str) -> str:
    over = f", {lags} lag{'s' * (lags != 1)}" if lags else ""
    shape = "" if kernel == "bartlett" else f", {kernel}"
    return f"hac ({km:g} km{over}{shape})"


def _notes(near: Nearness, km: float, cut: bool) -> tuple[str, ...]:  # noqa: FBT001
    notes = []
    if near.scattered:
        notes.append(f"No two units lie within {km:g} km, so that every row stands alone.")
    if cut:
        notes.append(
            "The spatial HAC covariance was not positive semi-definite; its negative eigenvalues "
            "were set to zero."
        )
    return tuple(notes)
