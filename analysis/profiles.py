"""One row per city: what it sends and receives, from whom, its class, its gap, its type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from spatial.effects.flows import too_many_pairs
from spatial.errors import InputError, named
from spatial.labels import canonical

if TYPE_CHECKING:
    from spatial.fit import Fit
    from spatial.panel import Panel

__all__ = ["TYPES", "city_profiles"]

TYPES = ("core", "enclave", "lever", "periphery")


def city_profiles(
    fit: Fit,
    term: str,
    data: Panel | pd.DataFrame,
    *,
    outcome: str | None = None,
    groups: pd.Series[Any] | None = None,
    lisa: Mapping[str, pd.DataFrame] | None = None,
    partners: int = 3,
    names: Mapping[str, str] | None = None,
    memberships: Mapping[str, pd.Series[Any]] | None = None,
) -> pd.DataFrame:
    """Profile of every city of a fit.

    The frontier of a city is the largest mean outcome over the years among the cities of its group
    (of all cities without groups); its gap is the frontier less its own mean. The type says where
    policy has a lever, by two medians over the cities of the fit: its own mean level of `term`, and
    the size of what it sends per unit of `term`:

    - core: level and sending at or above the median (strengthen, and share),
    - enclave: level at or above, sending below (build links to neighbours),
    - lever: level below, sending at or above (develop the sector here first: its neighbours gain),
    - periphery: both below (gains from its neighbours more than from a sector of its own).

    What is sent follows from the place in the weights, since one set of coefficients holds for all.

    Parameters
    ----------
    fit
        A fit of `spatial`.
    term
        A regressor; where it is no column of the data, as lag(x), its level is that in the model.
    data
        The panel, or a frame indexed by unit, that holds the columns.
    outcome
        Column whose gap is measured; that of the fit by default.
    groups
        Group of each unit, indexed by unit.
    lisa
        Results of `spatial.lisa_by_time` or `spatial.lisa` by column.
    partners
        How many of the largest senders and receivers to name.
    names
        Printed names of units.
    memberships
        Further groups by name, each indexed by unit: a column group_NAME.

    Returns
    -------
    DataFrame
        Indexed by unit: own, received, sent with *_std_error; senders and receivers (largest
        partners with their effects, as text; empty where pairs of units are too many); level,
        outcome, group, frontier, gap, behind (gap above the median), type (an ordered
        Categorical: core, enclave, lever, periphery); group_NAME for each membership; and
        lisa_COLUMN_TIME (or lisa_COLUMN) for each local statistic.

    Raises
    ------
    InputError
        The term or the outcome is no column of the data or of the fit; a unit of the fit has no
        group.

    Examples
    --------
    >>> city_profiles(fit, "agglomeration", panel).loc["杭州市", "type"]  # doctest: +SKIP
    """
    wanted = fit.outcome if outcome is None else outcome
    table = fit.effects_by_unit(term)
    keys = [canonical(unit) for unit in table.index]
    few = not too_many_pairs(len(keys))
    flows = fit.flows(term) if few else pd.DataFrame(columns=["from", "to", "effect"], dtype=float)
    printed = {canonical(k): v for k, v in (names or {}).items()}
    table["senders"] = _partners(flows, "to", "from", keys, partners, printed)
    table["receivers"] = _partners(flows, "from", "to", keys, partners, printed)
    table["level"] = _means(fit, data, term, keys)
    table["outcome"] = _means(fit, data, wanted, keys)
    table["group"] = _groups(groups, keys)
    table["frontier"] = table.groupby("group", dropna=False)["outcome"].transform("max")
    table["gap"] = table["frontier"] - table["outcome"]
    table["behind"] = table["gap"] > table["gap"].median()
    table["type"] = _types(table)
    for name, members in (memberships or {}).items():
        table[f"group_{name}"] = _members(members, keys)
    for column, result in (lisa or {}).items():
        for name, classes in _classes(column, result).items():
            table[name] = [classes.get(key) for key in keys]
    return table


def _partners(
    flows: pd.DataFrame,
    mine: str,
    other: str,
    keys: list[str],
    count: int,
    names: Mapping[str, str],
) -> list[str]:
    """Largest partners of each unit with their effects."""
    size = flows["effect"].abs()
    order = flows[size > 0].assign(size=size).sort_values("size", ascending=False, kind="stable")
    found: dict[str, list[str]] = {}
    rows = order.groupby(mine, sort=False).head(count)
    for own, partner, effect in zip(rows[mine], rows[other], rows["effect"], strict=True):
        key = canonical(partner)
        found.setdefault(canonical(own), []).append(f"{names.get(key, partner)} {effect:.3g}")
    return ["; ".join(found.get(key, [])) for key in keys]


def _means(fit: Fit, data: Panel | pd.DataFrame, column: str, keys: list[str]) -> list[float]:
    """Mean over the years of a column of the data or of the fit, in the order of the keys."""
    frame: pd.DataFrame = data if isinstance(data, pd.DataFrame) else data.frame
    units: Any = data.index if isinstance(data, pd.DataFrame) else frame[data.unit]
    if column not in frame.columns:
        frame = fit.design
        units = frame.index.get_level_values(0)
        if column not in frame.columns:
            raise InputError(
                f"{column} is no column of the data or of the fit, so that no level can be given; "
                f"the fit has {named(frame.columns, 20)}."
            )
    means = frame[column].astype(float).groupby([canonical(unit) for unit in units]).mean()
    return [float(means.get(key, np.nan)) for key in keys]


def _groups(groups: pd.Series[Any] | None, keys: list[str]) -> list[Any]:
    if groups is None:
        return ["all"] * len(keys)
    known = {canonical(unit): group for unit, group in groups.items()}
    absent = [key for key in keys if pd.isna(known.get(key))]
    if absent:
        raise InputError(f"no group is given for {named(absent)}; name one for each unit.")
    return [known[key] for key in keys]


def _members(members: pd.Series[Any], keys: list[str]) -> Any:
    """Group of each unit in the order of the groups; missing where a unit has none."""
    known = {canonical(unit): group for unit, group in members.items()}
    found = [known.get(key) for key in keys]
    if isinstance(members.dtype, pd.CategoricalDtype):
        return pd.Categorical(found, dtype=members.dtype)
    return found


def _types(table: pd.DataFrame) -> Any:
    high = table["level"] >= table["level"].median()
    sends = table["sent"].abs() >= table["sent"].abs().median()
    code = np.where(high, np.where(sends, 0, 1), np.where(sends, 2, 3))
    return pd.Categorical([TYPES[place] for place in code], categories=list(TYPES), ordered=True)


def _classes(column: str, result: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Class of each unit by name of the new column: one per time, or one alone."""
    clusters = result["cluster"].astype(str)
    if result.index.nlevels == 1:
        parts = {f"lisa_{column}": clusters}
    else:
        times = list(dict.fromkeys(result.index.get_level_values(0)))
        parts = {f"lisa_{column}_{time}": clusters.xs(time, level=0) for time in times}
    return {
        name: {canonical(unit): value for unit, value in part.items()}
        for name, part in parts.items()
    }
