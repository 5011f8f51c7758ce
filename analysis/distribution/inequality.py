"""Gini by groups after Dagum (1997), and Theil's index within and between groups."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.columns import require_columns
from analysis.distribution.values import column_of, finite, require_positive
from spatial.errors import InputError, named
from spatial.panel import Panel

__all__ = ["dagum_by_time", "dagum_gini", "dagum_pairs", "theil", "theil_by_time"]

Array = npt.NDArray[np.float64]


def dagum_gini(values: pd.Series, groups: pd.Series | None = None) -> pd.Series:
    """Gini coefficient and its parts within groups, net between them, and of their overlap.

    G = Σ_i Σ_r |y_i − y_r| / (2n²μ) = G_w + G_nb + G_t (Dagum, 1997, Empirical Economics 22): with
    shares of units p_j and of the total s_j, G_w = Σ_j G_jj p_j s_j; a pair of groups adds
    G_jh (p_j s_h + p_h s_j), of which the share D_jh = |μ_j − μ_h| / Δ_jh is net between them and
    the rest comes from transvariation: units of the poorer group above some of the richer one.

    Parameters
    ----------
    values
        Non-negative numbers indexed by unit; missing ones are left out.
    groups
        Group of each unit, matched by label; without it all is within one group.

    Returns
    -------
    Series
        gini, within, between, transvariation, within_share, between_share, transvariation_share,
        nobs; the parts sum to the Gini.

    Raises
    ------
    InputError
        Negative values, a unit without a group.

    Examples
    --------
    >>> y = pd.Series([1.0, 3.0, 2.0, 6.0], index=list("abcd"))
    >>> found = dagum_gini(y, pd.Series(["west", "west", "east", "east"], index=list("abcd")))
    >>> found[["gini", "within", "between", "transvariation"]].round(4).tolist()
    [0.3333, 0.125, 0.1667, 0.0417]
    """
    known, parted = _parted(values, groups, "a Gini coefficient")
    n, total = len(known), float(known.sum())
    within = sum(_apart(part, part) for part in parted.values()) / (2.0 * n * total)
    pairs = _pairs(parted, n, total)
    between = float((pairs["weight"] * pairs["gini"] * pairs["distance"]).sum())
    crossed = float((pairs["weight"] * pairs["gini"] * (1.0 - pairs["distance"])).sum())
    gini = _apart(known.to_numpy(), known.to_numpy()) / (2.0 * n * total)
    parts = np.array([within, between, crossed])
    shares = parts / gini if gini > 0 else np.full(3, np.nan)
    names = ("within", "between", "transvariation")
    found = {"gini": gini, **dict(zip(names, parts, strict=True))}
    found |= {f"{name}_share": share for name, share in zip(names, shares, strict=True)}
    return pd.Series({**found, "nobs": float(n)}, name="dagum")


def dagum_pairs(values: pd.Series, groups: pd.Series) -> pd.DataFrame:
    """Gini of each group and of each pair of groups.

    Returns
    -------
    DataFrame
        group, versus (the same for the Gini within a group), gini (G_jj or G_jh), distance (D_jh,
        the share of it that is net), weight (p_j s_j, or p_j s_h + p_h s_j) and contribution to the
        whole Gini.
    """
    known, parted = _parted(values, groups, "a Gini coefficient")
    n, total = len(known), float(known.sum())
    own = [
        (name, name, _gini(part, part), np.nan, len(part) / n * part.sum() / total)
        for name, part in parted.items()
    ]
    inside = pd.DataFrame(own, columns=["group", "versus", "gini", "distance", "weight"])
    table = pd.concat([inside, _pairs(parted, n, total).astype(inside.dtypes)], ignore_index=True)
    return table.assign(contribution=table["weight"] * table["gini"])


def dagum_by_time(panel: Panel, column: str, by: str | None = None) -> pd.DataFrame:
    """`dagum_gini` in every time; `by` is a column of the panel that names the groups."""
    return _by_time(panel, column, by, dagum_gini)


def theil(values: pd.Series, groups: pd.Series | None = None) -> pd.Series:
    """Theil's index T and its parts within and between groups.

    T = (1/n) Σ (y/μ) ln(y/μ), with 0·ln 0 = 0; T = Σ_j s_j T_j + Σ_j s_j ln(μ_j/μ), s_j the share
    of group j in the total (Theil, 1967; Shorrocks, 1980).

    Returns
    -------
    Series
        theil, within, between, within_share, between_share, nobs.

    Examples
    --------
    >>> y = pd.Series([1.0, 3.0, 2.0, 6.0], index=list("abcd"))
    >>> found = theil(y, pd.Series(["west", "west", "east", "east"], index=list("abcd")))
    >>> found[["theil", "within", "between"]].round(4).tolist()
    [0.1874, 0.1308, 0.0566]
    """
    known, parted = _parted(values, groups, "Theil's index")
    total, mean = float(known.sum()), float(known.mean())
    shares = {name: float(part.sum()) / total for name, part in parted.items()}
    rich = {name: part for name, part in parted.items() if shares[name] > 0}
    within = sum(shares[name] * _theil(part) for name, part in rich.items())
    between = sum(shares[name] * float(np.log(part.mean() / mean)) for name, part in rich.items())
    whole = _theil(known.to_numpy())
    parts = np.array([within, between])
    part_shares = parts / whole if whole > 0 else np.full(2, np.nan)
    found = {"theil": whole, "within": within, "between": between}
    found |= {"within_share": part_shares[0], "between_share": part_shares[1]}
    return pd.Series({**found, "nobs": float(len(known))}, name="theil")


def theil_by_time(panel: Panel, column: str, by: str | None = None) -> pd.DataFrame:
    """`theil` in every time; `by` is a column of the panel that names the groups."""
    return _by_time(panel, column, by, theil)


def _by_time(
    panel: Panel,
    column: str,
    by: str | None,
    measure: Callable[[pd.Series, pd.Series | None], pd.Series],
) -> pd.DataFrame:
    column_of(panel, column)
    if by is not None:
        require_columns(panel.frame, [by])
    rows = []
    for time in panel.times:
        now = panel.at(time)
        try:
            rows.append(measure(now[column], None if by is None else now[by]))
        except InputError as error:
            raise InputError(f"{column} in {time}: {error}") from None
    table = pd.DataFrame(rows, index=pd.Index(panel.times, name=panel.time))
    table.attrs = {"column": column, "by": by}
    return table.astype({"nobs": int})


def _parted(
    values: pd.Series, groups: pd.Series | None, measure: str
) -> tuple[pd.Series, dict[object, Array]]:
    """Values that are there, and the same by group in the order of their names."""
    known = finite(values, "the values")
    require_positive(known, "the values", measure, zero=True)
    if groups is None:
        return known, {"": known.to_numpy()}
    if not isinstance(groups, pd.Series) or not known.index.isin(groups.index).all():
        absent = () if not isinstance(groups, pd.Series) else known.index.difference(groups.index)
        raise InputError(f"groups must be a Series with every unit; it lacks {named(absent)}.")
    of_each = groups[~groups.index.duplicated()].reindex(known.index)
    if of_each.isna().any():
        without = known.index[of_each.isna()]
        raise InputError(f"{named(without)} have no group; fill it in, or leave them out.")
    return known, {name: part.to_numpy() for name, part in known.groupby(of_each, observed=True)}


def _pairs(parted: dict[object, Array], n: int, total: float) -> pd.DataFrame:
    """Gini between each two groups, its net share D, and its weight in the whole."""
    rows = []
    for (one, x), (other, y) in combinations(parted.items(), 2):
        apart = _apart(x, y) / (len(x) * len(y))
        distance = abs(x.mean() - y.mean()) / apart if apart > 0 else 0.0
        weight = (len(x) * y.sum() + len(y) * x.sum()) / (n * total)
        rows.append((one, other, _gini(x, y), distance, weight))
    return pd.DataFrame(rows, columns=["group", "versus", "gini", "distance", "weight"])


def _gini(x: Array, y: Array) -> float:
    """Mean absolute difference over the sum of the means."""
    means = float(x.mean() + y.mean())
    return _apart(x, y) / (len(x) * len(y) * means) if means > 0 else 0.0


def _apart(x: Array, y: Array) -> float:
    """Σ_i Σ_r |x_i − y_r| from sorted values and their sums."""
    ordered = np.sort(y)
    sums = np.concatenate([[0.0], ordered.cumsum()])
    below = np.searchsorted(ordered, x)
    lower, upper = sums[below], sums[-1] - sums[below]
    return float((x * below - lower + upper - x * (len(y) - below)).sum())


def _theil(values: Array) -> float:
    ratio = values / values.mean()
    return float(np.where(ratio > 0, ratio * np.log(np.where(ratio > 0, ratio, 1.0)), 0.0).mean())
