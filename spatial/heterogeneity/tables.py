"""Estimates with delta standard errors, and tests that coefficients are alike."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import chdtrc

from spatial.covariance.wald import wald
from spatial.fit import Fit
from spatial.heterogeneity.reach import GroupSums
from spatial.heterogeneity.split import Part
from spatial.inference import tested

__all__ = ["between_rows", "contrast_rows", "effect_rows", "wald_tests"]

Array = npt.NDArray[np.float64]
EFFECTS = ("direct", "indirect", "total", "sent")


class _Linear:
    """Values and gradients of what is linear in the parts of one term."""

    def __init__(self, fit: Fit, parts: Sequence[Part], level: float) -> None:
        self.values, self.cov = fit.params.to_numpy(), fit.cov.to_numpy()
        self.places = [part.place for part in parts]
        names = list(fit.params.index)
        self.rho = names.index("rho") if fit.model.lag_y else -1
        self.level = level

    def row(self, weights: Array, slopes: Array) -> dict[str, float]:
        """Of Σ_p weights_p b_p, whose derivative in ρ is Σ_p slopes_p b_p."""
        b = self.values[self.places]
        gradient = np.zeros(len(self.values))
        gradient[self.places] = weights
        if self.rho >= 0:
            gradient[self.rho] = slopes @ b
        variance = float(gradient @ self.cov @ gradient)
        return tested(float(weights @ b), float(np.sqrt(max(variance, 0.0))), self.level)


def _functionals(sums: GroupSums, group: int) -> dict[str, tuple[Array, Array]]:
    """Weights of the parts, and their slopes, in each effect of a group."""
    out = {}
    for name in EFFECTS:
        pair = []
        for diagonal, pairs in (
            (sums.diagonal, sums.pairs),
            (sums.diagonal_slope, sums.pairs_slope),
        ):
            direct, total = diagonal[group], pairs[group].sum(axis=0)
            given = (pairs[:, group] * sums.sizes[:, None]).sum(axis=0) / sums.sizes[group]
            known = {"direct": direct, "total": total, "indirect": total - direct}
            pair.append(known.get(name, given - direct))
        out[name] = (pair[0], pair[1])
    return out


def effect_rows(
    fit: Fit, term: str, parts: Sequence[Part], sums: GroupSums, names: Sequence[str], level: float
) -> list[dict[str, Any]]:
    """Direct, indirect and total effect and what is sent, by group."""
    known = _Linear(fit, parts, level)
    return [
        {"group": name, "term": term, "effect": effect, **known.row(*functional)}
        for g, name in enumerate(names)
        for effect, functional in _functionals(sums, g).items()
    ]


def between_rows(
    fit: Fit, term: str, parts: Sequence[Part], sums: GroupSums, names: Sequence[str], level: float
) -> list[dict[str, Any]]:
    """What the members of a group receive from those of each group, themselves aside."""
    known, rows = _Linear(fit, parts, level), []
    for h, sender in enumerate(names):
        for g, receiver in enumerate(names):
            own = float(g == h)
            weights = sums.pairs[g, h] - own * sums.diagonal[g]
            slopes = sums.pairs_slope[g, h] - own * sums.diagonal_slope[g]
            rows.append(
                {"from": sender, "to": receiver, "term": term, "effect": "indirect"}
                | known.row(weights, slopes)
            )
    return rows


def contrast_rows(
    fit: Fit, term: str, parts: Sequence[Part], sums: GroupSums, names: Sequence[str], level: float
) -> list[dict[str, Any]]:
    """Effects of each group less those of each later one."""
    known, rows = _Linear(fit, parts, level), []
    every = [_functionals(sums, g) for g in range(len(names))]
    for one, other in combinations(range(len(names)), 2):
        for effect in EFFECTS:
            weights, slopes = (
                a - b for a, b in zip(every[one][effect], every[other][effect], strict=True)
            )
            rows.append(
                {
                    "group": names[one],
                    "versus": names[other],
                    "term": term,
                    "effect": effect,
                    **known.row(weights, slopes),
                }
            )
    return rows


def wald_tests(params: Array, cov: Array, parts: Sequence[Part]) -> pd.DataFrame:
    """Wald tests that the coefficients of each term are alike in all groups.

    Returns
    -------
    DataFrame
        of ("own": β, "spillover": θ, "all": both), statistic, df, p_value; NaN where the covariance
        rests on fewer clusters or periods than there are restrictions.
    """
    kinds = {
        "own": [part for part in parts if not part.lag],
        "spillover": [part for part in parts if part.lag],
        "all": list(parts),
    }
    rows = []
    for of, chosen in kinds.items():
        restrictions = _alike(chosen, len(params))
        if not len(restrictions) or (of == "all" and not kinds["spillover"]):
            continue
        gap = restrictions @ params
        spread = restrictions @ cov @ restrictions.T
        statistic = wald(gap, spread)
        df = len(restrictions)
        rows.append(
            {"of": of, "statistic": statistic, "df": df, "p_value": float(chdtrc(df, statistic))}
        )
    return pd.DataFrame(rows, columns=["of", "statistic", "df", "p_value"])


def _alike(parts: Sequence[Part], width: int) -> Array:
    """One row for each equality with the first coefficient of the same term and kind."""
    rows: list[Array] = []
    first: dict[tuple[str, bool], int] = {}
    for part in parts:
        key = (part.term, part.lag)
        if key in first:
            row = np.zeros(width)
            row[first[key]], row[part.place] = 1.0, -1.0
            rows.append(row)
        else:
            first[key] = part.place
    return np.array(rows).reshape(len(rows), width)
