"""Sums over whole periods: dependence between all units, fading over time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from spatial.covariance.forms import forms
from spatial.covariance.result import Covariance
from spatial.covariance.sandwich import estimated_count, nested_effects, sandwich
from spatial.covariance.scores import score_rows
from spatial.errors import InputError, is_whole
from spatial.estimation import Estimated

__all__ = ["bartlett_over_time", "check_lags", "driscoll_kraay"]

Array = npt.NDArray[np.float64]
FEW = 20


def driscoll_kraay(fitted: Estimated, lags: int | None = None) -> Covariance:
    """Sandwich of Driscoll and Kraay (1998) from the score of each period.

    With h_t the sum of the contributions of period t, Ω = Σ_ts b_ts h_t h_s′ and Bartlett weights
    b_ts = 1 − |t − s|/(lags + 1). A period is taken whole, quadratic form and all, so that nothing
    is assumed of the units within it; it needs many periods. The factor for few observations is
    T/(T−1)·(n−1)/(n−K), K with the effects that do not lie within periods: lags=0 is the cluster by
    time.

    Parameters
    ----------
    lags
        Periods over which dependence fades; by default the whole part of 4(T/100)^(2/9) (Newey and
        West, 1994). Periods count by their order, not by the years between them.
    """
    layout = fitted.sample.layout
    if layout.n_times < 2:
        raise InputError(
            'with_cov("driscoll-kraay") needs a panel of several periods; for a cross-section use '
            'with_cov("hac", km=...).'
        )
    kept = int(4.0 * (layout.n_times / 100.0) ** (2.0 / 9.0)) if lags is None else lags
    kept = check_lags(min(kept, layout.n_times - 1) if lags is None else kept, layout.n_times)
    rows = score_rows(fitted, forms(fitted), by_period=True)
    sums = np.zeros((layout.n_times, rows.shape[1]))
    np.add.at(sums, layout.time_codes, rows)
    meat = sums.T @ bartlett_over_time(layout.n_times, kept) @ sums
    free = layout.n - estimated_count(fitted) + nested_effects(fitted, layout.time_codes)
    factor = layout.n_times / (layout.n_times - 1.0) * (layout.n - 1.0) / free
    return Covariance(
        sandwich(fitted, meat) * factor, f"driscoll-kraay ({_lags(kept)})", _few(layout.n_times)
    )


def check_lags(lags: object, n_times: int) -> int:
    """Refuse what is no number of periods between 0 and T − 1."""
    if not is_whole(lags) or not 0 <= (count := int(str(lags))) < n_times:
        raise InputError(
            f"lags={lags!r}; give a whole number from 0 to {n_times - 1}, below the number "
            "of periods."
        )
    return count


def bartlett_over_time(n_times: int, lags: int) -> Array:
    """1 − |t − s|/(lags + 1), and zero beyond, (T, T)."""
    apart = np.abs(np.subtract.outer(np.arange(n_times), np.arange(n_times)))
    return np.maximum(1.0 - apart / (lags + 1.0), 0.0)


def _lags(lags: int) -> str:
    return f"{lags} lag" + "s" * (lags != 1)


def _few(n_times: int) -> tuple[str, ...]:
    if n_times >= FEW:
        return ()
    return (
        f"Driscoll–Kraay standard errors rest on {n_times} periods, which is few: they tend to be "
        "too small.",
    )
