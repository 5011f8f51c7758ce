"""One test as a row: test, statistic, df, p_value, null."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import chdtrc, ndtr

__all__ = ["COLUMNS", "chi2_row", "normal_row", "table"]

COLUMNS = ("test", "statistic", "df", "p_value", "null")


def chi2_row(test: str, statistic: float, df: int, null: str) -> pd.Series:
    """Test whose statistic is χ² with `df` degrees of freedom when the null holds."""
    p = float(chdtrc(df, max(statistic, 0.0))) if np.isfinite(statistic) else np.nan
    return _row(test, float(statistic), int(df), p, null)


def normal_row(test: str, z: float, null: str, alternative: str = "two-sided") -> pd.Series:
    """Test whose statistic is standard normal when the null holds; it has no df."""
    p = float(ndtr(-z)) if alternative == "greater" else float(2.0 * ndtr(-abs(z)))
    return _row(test, float(z), np.nan, p, null)


def _row(test: str, statistic: float, df: float, p: float, null: str) -> pd.Series:
    values = (test, statistic, df, p, null)
    return pd.Series(dict(zip(COLUMNS, values, strict=True)), dtype=object, name=test)


def table(rows: Sequence[pd.Series]) -> pd.DataFrame:
    """Rows under each other, numbers as numbers."""
    frame = pd.DataFrame([row.to_dict() for row in rows], columns=list(COLUMNS))
    kinds: dict[str, type] = {"statistic": float, "p_value": float}
    if not frame["df"].isna().any():
        kinds["df"] = int
    return frame.astype(kinds)
