"""Kernel densities of a column, year by year."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from spatial.distribution.values import chosen_times, column_wide
from spatial.errors import InputError, counted
from spatial.panel import Panel

__all__ = ["densities"]

Array = npt.NDArray[np.float64]
TAIL = 3.0  # bandwidths that the grid reaches beyond the values


def densities(
    panel: Panel,
    column: str,
    *,
    times: Sequence[Any] | None = None,
    points: int = 256,
    bandwidth: float | None = None,
) -> pd.DataFrame:
    """Gaussian kernel density of a column in every time, on one grid.

    f(v) = 1/(n h) Σ_i φ((v − y_i)/h), with h = 0.9·min(s, IQR/1.34)·n^(−1/5) in each time
    (Silverman, 1986, eq. 3.31) unless a bandwidth is given.

    Parameters
    ----------
    panel
        The data.
    column
        Any numbers; missing ones are left out of their time.
    times
        Which times; all by default.
    points
        Of the grid, which reaches three of the largest bandwidths beyond the values.
    bandwidth
        In units of the column, for all times.

    Returns
    -------
    DataFrame
        time, value, density, bandwidth, nobs; ``.attrs`` column, kernel, rule.

    Raises
    ------
    InputError
        A time with fewer than three values or without variation.

    Examples
    --------
    >>> table = pd.DataFrame({"city": list("abcd"), "year": 2020, "y": [1.0, 2.0, 2.5, 4.0]})
    >>> found = densities(spatial.Panel(table, "city", "year"), "y")  # doctest: +SKIP
    >>> found["density"].sum() * found["value"].diff().iloc[1]  # doctest: +SKIP
    0.997
    """
    if points < 16:
        raise InputError(f"points={points}; a curve needs at least 16.")
    if bandwidth is not None and not (np.isfinite(bandwidth) and bandwidth > 0):
        raise InputError(f"bandwidth={bandwidth!r} must be a positive number, or left out.")
    wide = column_wide(panel, column)
    samples = {t: _values(wide.loc[t], column, t) for t in chosen_times(panel, times)}
    widths = {t: bandwidth or _silverman(v) for t, v in samples.items()}
    everything, reach = np.concatenate(list(samples.values())), TAIL * max(widths.values())
    grid = np.linspace(everything.min() - reach, everything.max() + reach, points)
    parts = [
        pd.DataFrame(
            {
                panel.time: time,
                "value": grid,
                "density": _density(grid, values, widths[time]),
                "bandwidth": widths[time],
                "nobs": len(values),
            }
        )
        for time, values in samples.items()
    ]
    table = pd.concat(parts, ignore_index=True)
    rule = "given" if bandwidth is not None else "silverman"
    table.attrs = {"column": column, "time": panel.time, "kernel": "gaussian", "rule": rule}
    return table


def _values(row: pd.Series, column: str, time: Any) -> Array:
    values = row.dropna().to_numpy(dtype=np.float64)
    if len(values) < 3 or np.ptp(values) == 0:
        why = (
            "does not vary"
            if len(values) >= 3
            else f"has {counted(len(values), 'value', 'values')}"
        )
        raise InputError(f"{column} {why} in {time}, so that it has no density; leave {time} out.")
    return values


def _silverman(values: Array) -> float:
    """0.9·min(s, IQR/1.34)·n^(−1/5); the standard deviation alone where half the values tie."""
    spread = float(values.std(ddof=1))
    low, high = np.quantile(values, [0.25, 0.75])
    inner = float(high - low) / 1.34
    width = min(spread, inner) if inner > 0 else spread
    return float(0.9 * width * len(values) ** -0.2)


def _density(grid: Array, values: Array, h: float) -> Array:
    apart = (grid[:, None] - values[None, :]) / h
    kernel = np.exp(-0.5 * apart**2) / np.sqrt(2.0 * np.pi)
    return np.asarray(kernel.mean(axis=1) / h)
