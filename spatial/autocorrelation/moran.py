"""Global Moran's I with its moments under randomisation (Cliff and Ord 1981)."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr

from spatial.autocorrelation.inputs import (
    column_at,
    missing_units,
    require_no_self_weights,
    require_panel,
    require_variation,
    values_on,
)
from spatial.errors import AlignmentWarning, InputError, named
from spatial.weights import label
from spatial.weights.operator import Operator, operator

if TYPE_CHECKING:
    from libpysal.graph import Graph

    from spatial.panel import Panel

__all__ = ["moran", "moran_by_time"]

Alternative = Literal["two-sided", "greater", "less"]
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
    _require_alternative(alternative)
    op = operator(w)
    placed = values_on(op, values, "the values")
    result = pd.Series(_moran(op, placed, "the values", alternative), name="moran")
    lost = missing_units(op, placed)
    if lost:
        warnings.warn(_cut_out(lost), AlignmentWarning, stacklevel=2)
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
    _require_alternative(alternative)
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
        warnings.warn(_cut_out(gaps, " by time"), AlignmentWarning, stacklevel=2)
    table = pd.DataFrame(rows, index=pd.Index(panel.times, name=panel.time))
    table.attrs = {
        "weights": label(w),
        "weights_zh": label(w, "zh"),
        "alternative": alternative,
    }
    return table


def _require_alternative(alternative: str) -> None:
    if alternative not in get_args(Alternative):
        raise InputError(
            f'alternative={alternative!r} is unknown; choose "two-sided", "greater" or "less".'
        )


def _cut_out(lost: list[str], how: str = "") -> str:
    return (
        f"Units of the weights without a value were cut out{how} and the rest re-scaled: "
        f"{named(lost, 40)}."
    )


def _moran(op: Operator, values: Vector, what: str, alternative: str) -> dict[str, float]:
    known = np.flatnonzero(~np.isnan(values))
    require_variation(values[known], what, fewest=4)
    cut = op if len(known) == op.n else op.restricted(known)
    require_no_self_weights(cut)
    sums = _weight_sums(cut)
    if sums.s0 == 0:
        raise InputError("the weights among units with a value have no links; widen the rule.")
    z = values[known] - values[known].mean()
    z /= np.abs(z).max()
    n, squares = len(z), float(z @ z)
    statistic = n / sums.s0 * float(z @ (cut.matrix @ z)) / squares
    expected = -1.0 / (n - 1)
    kurtosis = n * float((z**4).sum()) / squares**2
    variance = sums.second_moment(n, kurtosis) - expected**2
    if variance <= 1e-10 * expected**2:
        raise InputError(
            "every arrangement of the values has the same Moran's I under these weights "
            "(all units are neighbours of all others alike); use weights with fewer links."
        )
    std_dev = float(np.sqrt(variance))
    score = (statistic - expected) / std_dev
    p_value = {"two-sided": 2 * ndtr(-abs(score)), "greater": ndtr(-score), "less": ndtr(score)}
    return {
        "statistic": statistic,
        "expected": expected,
        "std_dev": std_dev,
        "z": score,
        "p_value": float(p_value[alternative]),
    }


@dataclass(frozen=True)
class WeightSums:
    """S0 = Σ w_ij, S1 = Σ (w_ij + w_ji)²/2, S2 = Σ_i (row sum + column sum)²."""

    s0: float
    s1: float
    s2: float

    def second_moment(self, n: int, kurtosis: float) -> float:
        """E(I²) under randomisation."""
        s0, s1, s2 = self.s0, self.s1, self.s2
        first = n * ((n * n - 3 * n + 3) * s1 - n * s2 + 3 * s0**2)
        second = kurtosis * ((n * n - n) * s1 - 2 * n * s2 + 6 * s0**2)
        return (first - second) / ((n - 1) * (n - 2) * (n - 3) * s0**2)


def _weight_sums(op: Operator) -> WeightSums:
    """Sum over the weights alone; kept with them."""
    found = op.store.get("moran")
    if found is None:
        columns = np.asarray(op.matrix.sum(axis=0)).ravel()
        both = float((op.matrix.data**2).sum() + op.matrix.multiply(op.matrix.T).sum())
        margins = float(((op.row_sums + columns) ** 2).sum())
        found = WeightSums(float(op.row_sums.sum()), both, margins)
        op.store["moran"] = found
    return found  # type: ignore[no-any-return]
