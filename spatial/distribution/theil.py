"""Theil's index within and between groups."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from spatial.distribution.gini import by_time
from spatial.distribution.values import Data, Section, spread_of, tabulated
from spatial.panel import Panel
from spatial.result import quantile

__all__ = ["theil", "theil_by_time"]

Array = npt.NDArray[np.float64]
PARTS = ("within", "between")


def theil(
    data: Data,
    column: str | None = None,
    by: str | pd.Series | None = None,
    *,
    level: float = 0.95,
) -> pd.DataFrame:
    """Theil's index T and its parts within and between groups.

    T = (1/n) Σ (y/μ) ln(y/μ), with 0·ln 0 = 0; T = Σ_j s_j T_j + Σ_j s_j ln(μ_j/μ), s_j the share
    of group j in the total (Theil, 1967; Shorrocks, 1980).

    Parameters
    ----------
    data, column, by, level
        As in `dagum_gini`.

    Returns
    -------
    DataFrame
        Of a panel the time; term (the column), effect, group, estimate, share, std_error, conf_low,
        conf_high, nobs. Effects are "theil" and its parts "within" and "between" with their share
        of it; then T_j of each group ("group") with the share s_j T_j / T that it contributes.
        Standard errors are those of the jackknife, units taken as drawn independently.

    Raises
    ------
    InputError
        Negative values, a unit without a group.

    Examples
    --------
    >>> y = pd.Series([1.0, 3.0, 2.0, 6.0], index=list("abcd"))
    >>> found = theil(y, by=pd.Series(["west", "west", "east", "east"], index=list("abcd")))
    >>> found.head(3).set_index("effect")["estimate"].round(4).to_dict()
    {'theil': 0.1874, 'within': 0.1308, 'between': 0.0566}
    """
    half = quantile(level)
    return tabulated(data, column, by, "Theil's index", lambda section: _rows(section, half))


def theil_by_time(panel: Panel, column: str, by: str | None = None) -> pd.DataFrame:
    """`theil` with a row for each time: the index, its parts and their shares, nobs."""
    table = theil(panel, column, by)
    return by_time(table, panel, ("theil", *PARTS), PARTS)


def _rows(section: Section, half: float) -> pd.DataFrame:
    """All parts of one time with their errors."""
    names, y = section.groups, section.values.to_numpy()
    y = y / y.mean()
    logs = y * np.log(np.where(y > 0, y, 1.0))
    each = np.column_stack([np.ones(len(y)), y, logs])
    sums = np.zeros((len(names), 3))
    np.add.at(sums, section.codes, each)
    values, shares = _parts(sums)
    without = np.repeat(sums[None], len(y), axis=0)
    without[np.arange(len(y)), section.codes] -= each
    errors = spread_of(_parts(without)[0])
    labels = [("theil", ""), *((part, "") for part in PARTS), *(("group", name) for name in names)]
    kept = len(labels) if len(names) > 1 else 1 + len(PARTS)
    labels, values, shares, errors = labels[:kept], values[:kept], shares[:kept], errors[:kept]
    table = pd.DataFrame(labels, columns=["effect", "group"])
    table.insert(0, "term", str(section.values.name))
    whole = [len(y)] * (1 + len(PARTS))
    nobs = [*whole, *sums[:, 0].astype(int)][: len(labels)]
    return table.assign(
        estimate=values, share=shares, std_error=errors, conf_low=values - half * errors,
        conf_high=values + half * errors, nobs=nobs,
    )  # fmt: skip


def _parts(sums: Array) -> tuple[Array, Array]:
    """T, its parts and T_j, and the share of each in it, (…, 3 + G).

    `sums` (…, G, 3) are the units, Σ y and Σ y ln y of each group.
    """
    n, s, logs = (np.asarray(sums[..., place]) for place in range(3))
    total = s.sum(axis=-1, keepdims=True)
    total = np.where(total > 0, total, np.nan)
    mean = total / n.sum(axis=-1, keepdims=True)
    rich = (s > 0) & (n > 0)
    level = np.divide(s, n, out=np.ones_like(s), where=rich)
    ratio = np.divide(logs, s, out=np.zeros_like(s), where=rich)
    each = np.where(rich, ratio - np.log(level), 0.0)
    share = np.where(rich, s / total, 0.0)
    inner = share * each
    between = (share * np.log(level / mean)).sum(axis=-1)
    within = inner.sum(axis=-1)
    whole = np.stack([within + between, within, between], axis=-1)
    values = np.concatenate([whole, np.where(n > 0, each, np.nan)], axis=-1)
    of_all = np.where(whole[..., :1] > 0, whole[..., :1], np.nan)
    return values, np.concatenate([whole, inner], axis=-1) / of_all
