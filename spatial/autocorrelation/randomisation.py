"""What global statistics share: sums of weights, moments under randomisation, the normal test.

Cliff and Ord (1981), pages 46 and 48 to 50: the values are exchanged among all units, isolates too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from spatial.autocorrelation.inputs import require_no_self_weights, require_variation
from spatial.errors import InputError, named
from spatial.weights.operator import Operator

__all__ = ["Alternative", "WeightSums", "cut_out", "known_part", "require_alternative", "tested"]
__all__ += ["weight_sums"]

Alternative = Literal["two-sided", "greater", "less"]
Vector = npt.NDArray[np.float64]


def require_alternative(alternative: str) -> None:
    """Refuse words that name no alternative."""
    if alternative not in get_args(Alternative):
        raise InputError(
            f'alternative={alternative!r} is unknown; choose "two-sided", "greater" or "less".'
        )


def cut_out(lost: list[str], how: str = "") -> str:
    """Sentence on units without a value, for the warning."""
    return (
        f"Units of the weights without a value were cut out{how} and the rest re-scaled: "
        f"{named(lost, 40)}."
    )


def known_part(op: Operator, values: Vector, what: str) -> tuple[Operator, Vector, float]:
    """Weights and scaled deviations z (n,) of the units with a value, and n Σz⁴/(Σz²)².

    Fewer than four values, values that are all the same, weights of units on themselves and weights
    without links are refused.
    """
    rows = np.flatnonzero(~np.isnan(values))
    require_variation(values[rows], what, fewest=4)
    cut = op if len(rows) == op.n else op.restricted(rows)
    require_no_self_weights(cut)
    if weight_sums(cut).s0 == 0:
        raise InputError("the weights among units with a value have no links; widen the rule.")
    z = values[rows] - values[rows].mean()
    z /= np.abs(z).max()
    return cut, z, len(z) * float((z**4).sum()) / float(z @ z) ** 2


def tested(
    statistic: float, expected: float, variance: float, name: str, alternative: str
) -> dict[str, float]:
    """Statistic with its standard score and normal p-value."""
    if variance <= 1e-10 * expected**2:
        raise InputError(
            f"every arrangement of the values has the same {name} under these weights "
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

    def moran_second_moment(self, n: int, kurtosis: float) -> float:
        """E(I²) under randomisation."""
        s0, s1, s2 = self.s0, self.s1, self.s2
        first = n * ((n * n - 3 * n + 3) * s1 - n * s2 + 3 * s0**2)
        second = kurtosis * ((n * n - n) * s1 - 2 * n * s2 + 6 * s0**2)
        return (first - second) / ((n - 1) * (n - 2) * (n - 3) * s0**2)

    def geary_variance(self, n: int, kurtosis: float) -> float:
        """Variance of C under randomisation."""
        s0, s1, s2 = self.s0, self.s1, self.s2
        pairs = (n - 1) * s1 * (n * n - 3 * n + 3 - (n - 1) * kurtosis)
        margins = (n - 1) * s2 * (n * n + 3 * n - 6 - (n * n - n + 2) * kurtosis) / 4
        whole = s0**2 * (n * n - 3 - (n - 1) ** 2 * kurtosis)
        return (pairs - margins + whole) / (n * (n - 2) * (n - 3) * s0**2)


def weight_sums(op: Operator) -> WeightSums:
    """Sum over the weights alone; kept with them."""
    found = op.store.get("weight sums")
    if found is None:
        columns = np.asarray(op.matrix.sum(axis=0)).ravel()
        both = float((op.matrix.data**2).sum() + op.matrix.multiply(op.matrix.T).sum())
        margins = float(((op.row_sums + columns) ** 2).sum())
        found = WeightSums(float(op.row_sums.sum()), both, margins)
        op.store["weight sums"] = found
    return found  # type: ignore[no-any-return]
