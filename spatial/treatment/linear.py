"""Estimates that are sums Σ v_it y_it, with what each row adds to their error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["COLUMNS", "Estimates", "estimates", "stacked"]

Array = npt.NDArray[np.float64]
COLUMNS = ("effect", "cohort", "time", "nobs")


@dataclass(frozen=True, eq=False)
class Estimates:
    """Estimates with a label each.

    `labels` has a row (effect, cohort, time, nobs) for each of the k estimates, `values` (k,) holds
    them, `parts` (n, k) the contribution v_it ε̂_it of each row to the error of each.
    """

    labels: pd.DataFrame
    values: Array
    parts: Array


def estimates(labels: list[dict[str, Any]], weights: Array, y: Array, error: Array) -> Estimates:
    """Estimates from their weights (n, k), the outcome and the errors of the rows (n,)."""
    table = pd.DataFrame(labels, columns=list(COLUMNS))
    return Estimates(table, weights.T @ y, weights * error[:, None])


def stacked(found: list[Estimates]) -> Estimates:
    """Several lists of estimates as one."""
    labels = [part.labels for part in found if len(part.labels)]
    return Estimates(
        pd.concat(labels, ignore_index=True) if labels else found[0].labels,
        np.concatenate([part.values for part in found]),
        np.concatenate([part.parts for part in found], axis=1),
    )
