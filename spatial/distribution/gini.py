"""Gini coefficient and its parts by groups after Dagum (1997)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from spatial.distribution.values import Data, Section, sections, spread_of, tabulated
from spatial.panel import Panel
from spatial.result import quantile

__all__ = ["dagum_by_time", "dagum_gini", "dagum_pairs"]

Array = npt.NDArray[np.float64]
PARTS = ("within", "between", "transvariation")
MEASURE = "a Gini coefficient"
HELD = 4_000_000  # numbers of the jackknife kept at a time


def dagum_gini(
    data: Data,
    column: str | None = None,
    by: str | pd.Series | None = None,
    *,
    level: float = 0.95,
) -> pd.DataFrame:
    """Gini coefficient and its parts within groups, net between them, and of their overlap.

    G = Σ_i Σ_r |y_i − y_r| / (2n²μ) = G_w + G_nb + G_t (Dagum, 1997, Empirical Economics 22): with
    shares of units p_j and of the total s_j, G_w = Σ_j G_jj p_j s_j; a pair of groups adds
    G_jh (p_j s_h + p_h s_j), of which the share D_jh = |μ_j − μ_h| / Δ_jh is net between them and
    the rest comes from transvariation: units of the poorer group above some of the richer one.

    Parameters
    ----------
    data
        A `Panel`, for one time a frame indexed by unit, or a Series of values by unit.
    column
        Non-negative numbers; missing ones are left out of their time. None for a Series.
    by
        Column of the groups, or a Series of groups by unit; without it all is within one group.
    level
        Of intervals.

    Returns
    -------
    DataFrame
        Of a panel the time; term (the column), effect, group, versus, estimate, share, std_error,
        conf_low, conf_high, nobs. Effects are "gini" and its parts "within", "between" and
        "transvariation", which add up to it, with their share of it; then G_jj ("group") and G_jh
        ("pair", group against versus) with the share that they contribute. Standard errors are
        those of the jackknife, units taken as drawn independently.

    Raises
    ------
    InputError
        Negative values, a unit without a group.

    Examples
    --------
    >>> y = pd.Series([1.0, 3.0, 2.0, 6.0], index=list("abcd"))
    >>> found = dagum_gini(y, by=pd.Series(["west", "west", "east", "east"], index=list("abcd")))
    >>> found.head(4).set_index("effect")["estimate"].round(4).to_dict()
    {'gini': 0.3333, 'within': 0.125, 'between': 0.1667, 'transvariation': 0.0417}
    """
    half = quantile(level)
    return tabulated(data, column, by, MEASURE, lambda section: _rows(section, half))


def dagum_by_time(panel: Panel, column: str, by: str | None = None) -> pd.DataFrame:
    """`dagum_gini` with a row for each time: the Gini, its parts and their shares, nobs."""
    table = dagum_gini(panel, column, by)
    return by_time(table, panel, ("gini", *PARTS), PARTS)


def by_time(
    table: pd.DataFrame, panel: Panel, values: tuple[str, ...], shares: tuple[str, ...]
) -> pd.DataFrame:
    """A column for each effect of the whole, for the share of each part, and nobs; by time."""
    whole = table[table["effect"].isin(values)].set_index([panel.time, "effect"])
    wide = whole["estimate"].unstack("effect")[list(values)]
    parts = whole["share"].unstack("effect")[list(shares)].add_suffix("_share")
    nobs = whole["nobs"].groupby(level=0).first()
    out = pd.concat([wide, parts, nobs], axis=1).reindex(list(panel.times)).astype({"nobs": int})
    out.columns.name, out.index.name = None, panel.time
    out.attrs = dict(table.attrs)
    return out


def dagum_pairs(values: pd.Series, groups: pd.Series) -> pd.DataFrame:
    """Gini of each group and of each pair of groups.

    Returns
    -------
    DataFrame
        group, versus (the same for the Gini within a group), gini (G_jj or G_jh), distance (D_jh,
        the share of it that is net), weight (p_j s_j, or p_j s_h + p_h s_j) and contribution to the
        whole Gini.
    """
    section = next(iter(sections(values, None, groups, MEASURE)))
    n, s, apart = _sums(section)
    both, net = _cross(n, s), _net(n, s)
    rows = []
    for j, h in _places(len(n)):
        weight = both[j, h] / (n.sum() * s.sum()) / (2.0 if j == h else 1.0)
        distance = np.nan
        if j != h:
            distance = net[j, h] / apart[j, h] if apart[j, h] > 0 else 0.0
        pair = (section.groups[j], section.groups[h])
        rows.append((*pair, _ratio(apart, both)[j, h], distance, weight))
    table = pd.DataFrame(rows, columns=["group", "versus", "gini", "distance", "weight"])
    return table.assign(contribution=table["weight"] * table["gini"])


def _rows(section: Section, half: float) -> pd.DataFrame:
    """All parts of one time with their errors."""
    sums = _sums(section)
    values, shares = _parts(*sums)
    errors = spread_of(_left_out(section, *sums))
    names = section.groups
    labels: list[tuple[str, str, str]] = [("gini", "", ""), *((part, "", "") for part in PARTS)]
    labels += [
        ("group", names[j], names[j]) if j == h else ("pair", names[j], names[h])
        for j, h in _places(len(names))
    ]
    kept = len(labels) if len(names) > 1 else 1 + len(PARTS)
    labels, values, shares, errors = labels[:kept], values[:kept], shares[:kept], errors[:kept]
    table = pd.DataFrame(labels, columns=["effect", "group", "versus"])
    table.insert(0, "term", str(section.values.name))
    counts = np.bincount(section.codes, minlength=len(names))
    at = {name: int(count) for name, count in zip(names, counts, strict=True)} | {"": 0}
    nobs = [
        len(section.values) if not group else at[group] + (at[other] if other != group else 0)
        for _, group, other in labels
    ]
    return table.assign(
        estimate=values, share=shares, std_error=errors, conf_low=values - half * errors,
        conf_high=values + half * errors, nobs=nobs,
    )  # fmt: skip


def _places(count: int) -> list[tuple[int, int]]:
    """Each group by itself, then each pair."""
    pairs = [(j, h) for j in range(count) for h in range(j + 1, count)]
    return [*((j, j) for j in range(count)), *pairs]


def _sums(section: Section) -> tuple[Array, Array, Array]:
    """Units n (G,), totals s (G,) and Σ|y_i − y_r| over the members of each two groups (G, G)."""
    count = len(section.groups)
    y = section.values.to_numpy()
    n = np.bincount(section.codes, minlength=count).astype(np.float64)
    s = np.bincount(section.codes, weights=y, minlength=count).astype(np.float64)
    apart = np.zeros((count, count))
    np.add.at(apart, section.codes, _distances(section))
    return n, s, apart


def _distances(section: Section) -> Array:
    """Σ_r |y_i − y_r| over the members r of each group, (n, G)."""
    y = section.values.to_numpy()
    return np.column_stack(
        [_apart(y, y[section.codes == group]) for group in range(len(section.groups))]
    )


def _apart(x: Array, y: Array) -> Array:
    """Σ_r |x_i − y_r| for each x from sorted values and their sums."""
    ordered = np.sort(y)
    sums = np.concatenate([[0.0], ordered.cumsum()])
    below = np.searchsorted(ordered, x)
    lower, upper = sums[below], sums[-1] - sums[below]
    return np.asarray(x * below - lower + upper - x * (len(y) - below))


def _cross(n: Array, s: Array) -> Array:
    """n_j s_h + n_h s_j, (…, G, G)."""
    one = n[..., :, None] * s[..., None, :]
    return np.asarray(one + np.swapaxes(one, -1, -2))


def _net(n: Array, s: Array) -> Array:
    """|μ_j − μ_h| n_j n_h, (…, G, G)."""
    one = n[..., :, None] * s[..., None, :]
    return np.asarray(np.abs(one - np.swapaxes(one, -1, -2)))


def _ratio(part: Array, whole: Array) -> Array:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _parts(n: Array, s: Array, apart: Array) -> tuple[Array, Array]:
    """Gini, its three parts, G_jj and G_jh, and the share of each in it, (…, 4 + G(G + 1)/2)."""
    count = n.shape[-1]
    scale = n.sum(axis=-1) * s.sum(axis=-1)
    scale = np.where(scale > 0, scale, np.nan)
    inner = np.trace(apart, axis1=-2, axis2=-1)
    gini = apart.sum(axis=(-2, -1)) / (2.0 * scale)
    net = _net(n, s)
    within, between = inner / (2.0 * scale), net.sum(axis=(-2, -1)) / (2.0 * scale)
    over = np.maximum(apart - net, 0.0).sum(axis=(-2, -1)) - inner
    crossed = over / (2.0 * scale)
    whole = np.stack([gini, within, between, crossed], axis=-1)
    rows, columns = np.array(_places(count)).T
    each = _ratio(apart, _cross(n, s))[..., rows, columns]
    each = np.where((n[..., rows] > 0) & (n[..., columns] > 0), each, np.nan)
    share = apart[..., rows, columns] / scale[..., None] / np.where(rows == columns, 2.0, 1.0)
    parts = np.concatenate([whole, share], axis=-1)
    of_gini = np.where(gini[..., None] > 0, gini[..., None], np.nan)
    return np.concatenate([whole, each], axis=-1), parts / of_gini


def _left_out(section: Section, n: Array, s: Array, apart: Array) -> Array:
    """`_parts` without each unit, (units, parts)."""
    y, codes, count = section.values.to_numpy(), section.codes, len(n)
    distances = _distances(section)
    out: list[Any] = []
    size = max(1, HELD // count**2)
    for start in range(0, len(y), size):
        at = np.arange(start, min(start + size, len(y)))
        rows, own = np.arange(len(at)), codes[at]
        units, totals = np.repeat(n[None], len(at), axis=0), np.repeat(s[None], len(at), axis=0)
        units[rows, own] -= 1.0
        totals[rows, own] = np.maximum(totals[rows, own] - y[at], 0.0)
        pairs = np.repeat(apart[None], len(at), axis=0)
        pairs[rows, own] -= distances[at]
        pairs[rows, :, own] -= distances[at]
        out.append(_parts(units, totals, np.maximum(pairs, 0.0))[0])
    return np.concatenate(out)
