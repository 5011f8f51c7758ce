"""Corrections for looking at many places at once."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

__all__ = ["Correction", "adjust"]

Vector = npt.NDArray[np.float64]
Correction = Literal["fdr", "bonferroni"] | None


def adjust(p_values: Vector, correction: Correction) -> Vector:
    """Adjust p-values for comparison with alpha; missing ones stay missing and do not count.

    "fdr": Benjamini and Hochberg (1995), min over ranks r ≥ rank of p_(r)·m/r; "bonferroni": p·m;
    None: p.
    """
    known = ~np.isnan(p_values)
    m = int(known.sum())
    if correction is None or m == 0:
        return p_values.copy()
    adjusted = p_values.copy()
    if correction == "bonferroni":
        adjusted[known] = np.minimum(p_values[known] * m, 1.0)
        return adjusted
    given = p_values[known]
    descending = np.argsort(-given, kind="stable")
    scaled = given[descending] * (m / np.arange(m, 0, -1))
    stepped = np.empty(m)
    stepped[descending] = np.minimum(np.minimum.accumulate(scaled), 1.0)
    adjusted[known] = stepped
    return adjusted
