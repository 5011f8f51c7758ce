"""Whether transition matrices differ between conditions."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import chdtrc

from spatial.errors import InputError

__all__ = ["homogeneity"]


def homogeneity(table: pd.DataFrame) -> pd.DataFrame:
    """Test that the transitions are the same under every condition.

    Under the null p_ij(s) = p_ij for all s, LR = 2 Σ n_ij(s) ln(p_ij(s)/p_ij) and
    Q = Σ n_i(s)(p_ij(s) − p_ij)²/p_ij are χ² with Σ_i (a_i − 1)(b_i − 1) degrees of freedom, a_i
    the conditions under which class i was met and b_i the classes it went to (Anderson and Goodman,
    1957; Bickenbach and Bode, 2003). Given the neighbours' class this is the test of
    spatial dependence of Rey (2001), given the time that of stationarity.

    Parameters
    ----------
    table
        From `transitions` with a condition.

    Returns
    -------
    DataFrame
        test ("lr", "q"), statistic, df, p_value, null.

    Raises
    ------
    InputError
        A table without a condition, or with one condition alone.

    Examples
    --------
    >>> rows = [("1", "1", "1", 30), ("1", "1", "2", 10), ("2", "1", "1", 20), ("2", "1", "2", 20)]
    >>> table = pd.DataFrame(rows, columns=["given", "from", "to", "count"])
    >>> homogeneity(table)[["statistic", "df", "p_value"]].round(3).to_numpy().tolist()
    [[5.412, 1.0, 0.02], [5.333, 1.0, 0.021]]
    """
    if "given" not in table.columns:
        raise InputError(
            'the table has no condition; make it with transitions(..., given="neighbours") or '
            '"time".'
        )
    counts = table.set_index(["given", "from", "to"])["count"]
    wide = counts.unstack("to").astype(np.float64)
    cube = np.stack([part.to_numpy() for _, part in wide.groupby(level="given", sort=False)])
    if len(cube) < 2:
        raise InputError("the table has one condition; two are needed to compare.")
    totals = cube.sum(axis=2, keepdims=True)
    pooled = cube.sum(axis=0)
    row = pooled.sum(axis=1, keepdims=True)
    mean = np.divide(pooled, row, out=np.zeros_like(pooled), where=row > 0)
    expected = totals * mean
    seen = cube > 0
    ratio = np.log(np.divide(cube, expected, out=np.ones_like(cube), where=seen))
    lr = 2.0 * float((cube * ratio).sum())
    gap = np.divide((cube - expected) ** 2, expected, out=np.zeros_like(cube), where=expected > 0)
    left = (totals[:, :, 0] > 0).sum(axis=0)
    reached = (pooled > 0).sum(axis=1)
    df = int(((left - 1) * (reached - 1))[left > 0].sum())
    found = []
    for name, value in (("lr", lr), ("q", float(gap.sum()))):
        p = float(chdtrc(df, value)) if df > 0 else float("nan")
        found.append((name, value, df, p, "same transitions under every condition"))
    return pd.DataFrame(found, columns=["test", "statistic", "df", "p_value", "null"])
