"""σ-convergence: whether a column spreads less over units as time goes by."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit

from spatial.distribution.values import column_wide
from spatial.errors import InputError, named
from spatial.panel import Panel
from spatial.result import quantile

__all__ = ["change_of_spread", "sigma_convergence"]


def sigma_convergence(panel: Panel, column: str) -> pd.DataFrame:
    """Spread of a column over units in every time; there is σ-convergence where it falls.

    Returns
    -------
    DataFrame
        mean, std_dev (divisor n), variation (std_dev/mean, NaN unless all values are at least zero
        and some are not), std_log (of logarithms, NaN unless all are positive), nobs; indexed by
        time.

    Examples
    --------
    >>> table = pd.DataFrame({"city": list("abab"), "year": [1, 1, 2, 2], "y": [1.0, 3, 2, 3]})
    >>> sigma_convergence(Panel(table, "city", "year"), "y")["variation"].tolist()
    [0.5, 0.2]
    """
    wide = column_wide(panel, column)
    empty = wide.index[wide.notna().sum(axis=1) < 2]
    if len(empty):
        raise InputError(f"{column} has fewer than two values in {named(empty)}; leave them out.")
    mean, spread = wide.mean(axis=1), wide.std(axis=1, ddof=0)
    least = wide.min(axis=1)
    logs = np.log(wide.where(wide > 0)).std(axis=1, ddof=0)
    table = pd.DataFrame(
        {
            "mean": mean,
            "std_dev": spread,
            "variation": (spread / mean).where((least >= 0) & (mean > 0)),
            "std_log": logs.where(least > 0),
            "nobs": wide.notna().sum(axis=1),
        }
    )
    table.attrs = {"column": column}
    return table


def change_of_spread(panel: Panel, column: str, level: float) -> dict[str, float]:
    """ln(s_T/s_1) of the first and the last time, with its test by paired values.

    Spread is the standard deviation of logarithms, of the values themselves where some have none.
    The two times hold the same units, so that variances are compared by the correlation of sums and
    differences (Pitman, 1939; Morgan, 1939): with r between the two times and F = s_T²/s_1²,
    t = (F − 1)√(n − 2) / (2√(F(1 − r²))) has n − 2 degrees of freedom where values are normal, and
    its inverse gives the interval.

    Returns
    -------
    dict
        estimate, std_error (√((1 − r²)/(n − 2))), statistic, p_value, conf_low, conf_high, nobs
        (units with a value in both times), logs (1 of logarithms, 0 of values).
    """
    quantile(level)
    wide = column_wide(panel, column)
    logs = bool((wide.min(axis=1) > 0).all())
    ends = wide.iloc[[0, -1]].dropna(axis=1).to_numpy()
    ends = np.log(ends) if logs else ends
    n = ends.shape[1]
    if len(wide) < 2 or n < 4 or (ends.std(axis=1) == 0).any():
        raise InputError(
            f"{column}: σ-convergence compares the first with the last time, and needs at least "
            "four units with values that vary in both."
        )
    r = float(np.corrcoef(ends)[0, 1])
    ratio = float(ends[1].var() / ends[0].var())
    left = max(1.0 - r**2, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = (ratio - 1.0) * np.sqrt(n - 2.0) / (2.0 * np.sqrt(ratio * left))
    k = 1.0 + 2.0 * left * stdtrit(n - 2, 0.5 + level / 2.0) ** 2 / (n - 2.0)
    half = 0.5 * np.log(k + np.sqrt(k**2 - 1.0))
    estimate = 0.5 * np.log(ratio)
    return {
        "estimate": float(estimate), "std_error": float(np.sqrt(left / (n - 2.0))),
        "statistic": float(statistic), "p_value": float(2.0 * stdtr(n - 2, -abs(statistic))),
        "conf_low": float(estimate - half), "conf_high": float(estimate + half), "nobs": n,
        "logs": float(logs),
    }  # fmt: skip
