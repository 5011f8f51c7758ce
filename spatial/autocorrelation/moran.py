"""Global Moran's I with its moments under randomisation (Cliff and Ord 1981)."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from spatial.autocorrelation.inputs import (
    column_at,
    missing_units,
    require_panel,
    values_on,
)
from spatial.autocorrelation.randomisation import (
    Alternative,
    cut_out,
    known_part,
    require_alternative,
    tested,
    weight_sums,
)
from spatial.errors import AlignmentWarning, named
from spatial.weights import label
from spatial.weights.operator import Operator, operator

if TYPE_CHECKING:
    from libpysal.graph import Graph

    from spatial.panel import Panel

__all__ = ["moran", "moran_by_time"]

Vector = npt.NDArray[np.float64]


def moran(values: pd.Series, w: Graph, alternative: Alternative = "two-sided") -> pd.Series:
    """Moran's I and its test under randomisation.

    I = (n/S0) z′Wz / z′z with z = value − mean and S0 the sum of all weights. Under a random
    arrangement of the values over the units E(I) = −1/(n−1), and the variance depends on the
    weights and on the kurtosis of the values (Cliff and Ord 1981, p. 46); z = (I − E)/std_dev is
    taken as standard normal.

    Parameters
    ----------
    values
        Numbers indexed by the labels of the units. Units of `w` without a number are cut out of it,
        the rest is re-scaled, and an AlignmentWarning names them.
    w
        Weights. Units without neighbours count in n, as they do in the mean: this is the
        distribution when the values are exchanged among all units. (spdep's default takes them out
        of n, but not out of the mean.)
    alternative
        "two-sided"; "greater" for similar neighbours; "less" for dissimilar ones.

    Returns
    -------
    Series
        statistic, expected, std_dev, z, p_value; ``.attrs``: weights (and weights_zh, in Chinese),
        alternative, n.

    Raises
    ------
    InputError
        Bare arrays, units that `w` lacks, values that are infinite, the same everywhere or known
        for fewer than four units, weights without any link.

    Examples
    --------
    >>> from spatial import weights
    >>> chain = [[0, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 1], [0, 0, 1, 0]]
    >>> w = weights.from_matrix(chain, list("abcd"))
    >>> round(float(moran(pd.Series([1.0, 2, 3, 4], index=list("abcd")), w)["statistic"]), 3)
    0.4
    """
    require_alternative(alternative)
    op = operator(w)
    placed = values_on(op, values, "the values")
    result = pd.Series(_moran(op, placed, "the values", alternative), name="moran")
    lost = missing_units(op, placed)
    if lost:
        warnings.warn(cut_out(lost), AlignmentWarning, stacklevel=2)
    result.attrs = {
        "weights": label(w),
        "weights_zh": label(w, "zh"),
        "alternative": alternative,
        "n": int((~np.isnan(placed)).sum()),
    }
    return result


def moran_by_time(
    panel: Panel, column: str, w: Graph, alternative: Alternative = "two-sided"
) -> pd.DataFrame:
    """Moran's I of a column in every time of a panel.

    The columns are those of `moran`, one row per time, the index named as the panel's time column.
    In a time where units have no number they are cut out of `w` for that time; one AlignmentWarning
    says where.
    """
    require_alternative(alternative)
    require_panel(panel, column)
    op = operator(w)
    rows, gaps = [], []
    for time in panel.times:
        what = f"the values of {column} in {time}"
        placed = values_on(op, column_at(panel, column, time), what)
        lost = missing_units(op, placed)
        if lost:
            gaps.append(f"{time}: {named(lost)}")
        rows.append(_moran(op, placed, what, alternative))
    if gaps:
        warnings.warn(cut_out(gaps, " by time"), AlignmentWarning, stacklevel=2)
    table = pd.DataFrame(rows, index=pd.Index(panel.times, name=panel.time))
    table.attrs = {
        "weights": label(w),
        "weights_zh": label(w, "zh"),
        "alternative": alternative,
    }
    return table


def _moran(op: Operator, values: Vector, what: str, alternative: str) -> dict[str, float]:
    cut, z, kurtosis = known_part(op, values, what)
    sums, n = weight_sums(cut), len(z)
    statistic = n / sums.s0 * float(z @ (cut.matrix @ z)) / float(z @ z)
    expected = -1.0 / (n - 1)
    variance = sums.moran_second_moment(n, kurtosis) - expected**2
    return tested(statistic, expected, variance, "Moran's I", alternative)
