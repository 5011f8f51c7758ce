"""Global Geary's C with its moments under randomisation (Geary 1954; Cliff and Ord 1981)."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from spatial.autocorrelation.inputs import missing_units, values_on
from spatial.autocorrelation.randomisation import (
    Alternative,
    cut_out,
    known_part,
    require_alternative,
    tested,
    weight_sums,
)
from spatial.errors import AlignmentWarning
from spatial.weights import label
from spatial.weights.operator import operator

if TYPE_CHECKING:
    from libpysal.graph import Graph

__all__ = ["geary"]


def geary(values: pd.Series, w: Graph, alternative: Alternative = "two-sided") -> pd.Series:
    """Geary's C and its test under randomisation.

    C = (n−1)/(2 S0) Σ_i Σ_j w_ij (x_i − x_j)² / Σ_i (x_i − x̄)², S0 the sum of all weights. Where
    neighbours are alike C is below its expectation of 1, where they differ it is above. Its
    variance depends on the weights and on the kurtosis of the values (Cliff and Ord 1981);
    z = (C − 1)/std_dev is taken as standard normal.

    Parameters
    ----------
    values, w
        As in `spatial.moran`.
    alternative
        "two-sided"; "less" for C below 1, similar neighbours; "greater" for C above 1. It refers to
        C, as everywhere in this package to the statistic itself; spdep turns the sign of z, so that
        its "greater" means similar neighbours.

    Returns
    -------
    Series
        statistic, expected (1), std_dev, z, p_value; ``.attrs``: weights (and weights_zh, in
        Chinese), alternative, n.

    Raises
    ------
    InputError
        As in `spatial.moran`.

    Examples
    --------
    >>> from spatial import weights
    >>> chain = [[0, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 1], [0, 0, 1, 0]]
    >>> w = weights.from_matrix(chain, list("abcd"))
    >>> round(float(geary(pd.Series([1.0, 2, 3, 4], index=list("abcd")), w)["statistic"]), 3)
    0.3
    """
    require_alternative(alternative)
    op = operator(w)
    placed = values_on(op, values, "the values")
    cut, z, kurtosis = known_part(op, placed, "the values")
    sums, n = weight_sums(cut), len(z)
    links = cut.matrix.tocoo()
    rows, columns = links.coords
    differences = float(links.data @ (z[rows] - z[columns]) ** 2)
    statistic = (n - 1) / (2 * sums.s0) * differences / float(z @ z)
    variance = sums.geary_variance(n, kurtosis)
    result = pd.Series(tested(statistic, 1.0, variance, "Geary's C", alternative), name="geary")
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
