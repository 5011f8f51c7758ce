"""How local clusters changed between two times: one class per unit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from spatial.autocorrelation.local import CLUSTERS
from spatial.errors import InputError, named
from spatial.labels import canonical

__all__ = ["CHANGES", "lisa_change"]

CHANGES = (
    "stayed HH",
    "became HH",
    "left HH",
    "stayed LL",
    "became LL",
    "left LL",
    "outlier",
    "not significant",
    "isolate",
    "missing",
)
OUTLIERS = ("HL", "LH")


def lisa_change(result: pd.DataFrame, times: tuple[Any, Any] | None = None) -> pd.DataFrame:
    """Compare the clusters of two times of `spatial.lisa_by_time`, unit by unit.

    The class is named by the later time first, since that is where the unit stands now:

    - "stayed HH", "became HH": HH in the later time, and in the earlier one or not;
    - "stayed LL", "became LL": the same for LL;
    - "left HH", "left LL": HH or LL in the earlier time, neither in the later one;
    - "outlier": HL or LH in one time or both, and HH or LL in none;
    - "not significant": in both times;
    - "isolate", "missing": in one time or both; "missing" goes before "isolate".

    Parameters
    ----------
    result
        Indexed by time and unit, with a column cluster.
    times
        The earlier and the later time; the first and the last of the result by default.

    Returns
    -------
    DataFrame
        Indexed by unit, in the order of the earlier time: before and after (the clusters), change
        (an ordered Categorical that always has all ten classes). ``.attrs``: those of the result,
        and before, after: the two times as text.

    Raises
    ------
    InputError
        A result without times or without a column cluster, a time that it lacks, the same time
        twice.

    Examples
    --------
    >>> cluster = pd.Categorical(["HH", "LL", "not significant", "HH"], categories=CLUSTERS)
    >>> index = pd.MultiIndex.from_product([[2011, 2022], ["a", "b"]], names=["year", "city"])
    >>> list(lisa_change(pd.DataFrame({"cluster": cluster}, index))["change"])
    ['left HH', 'became HH']
    """
    _require_clusters_by_time(result)
    level = result.index.get_level_values(0)
    first, last = _two(level.unique(), times)
    before = result["cluster"][level == first].droplevel(0)
    after = result["cluster"][level == last].droplevel(0)
    every = before.index.union(after.index, sort=False)
    table = pd.DataFrame({"before": _on(before, every), "after": _on(after, every)}, index=every)
    table["change"] = pd.Categorical(
        [_change(*pair) for pair in zip(table["before"], table["after"], strict=True)],
        categories=list(CHANGES),
        ordered=True,
    )
    table.attrs = {**result.attrs, "before": str(first), "after": str(last)}
    return table


def _require_clusters_by_time(result: object) -> None:
    """Refuse what is not the result of `lisa_by_time`."""
    if not isinstance(result, pd.DataFrame) or "cluster" not in result.columns:
        raise InputError("the result has no column cluster; give that of spatial.lisa_by_time.")
    if result.index.nlevels != 2:
        raise InputError(
            "a change needs a result indexed by time and unit, such as that of "
            "spatial.lisa_by_time; this one has no time."
        )
    unknown = sorted({*result["cluster"].dropna().astype(str)} - {*CLUSTERS})
    if unknown:
        raise InputError(
            f"the result's column cluster holds {unknown[0]!r}; changes are told for the classes "
            f"of spatial.lisa_by_time, {', '.join(CLUSTERS)}."
        )


def _two(level: pd.Index, times: tuple[Any, Any] | None) -> tuple[Any, Any]:
    """Times of the result that were asked for."""
    known = {canonical(time): time for time in level}
    wanted = [*known][:: max(len(known) - 1, 1)] if times is None else [*map(canonical, times)]
    absent = [time for time in wanted if time not in known]
    if absent:
        raise InputError(f"the result has no time {named(absent)}; it holds {named(known, 20)}.")
    if len(wanted) != 2 or wanted[0] == wanted[1]:
        raise InputError(
            f"a change is between two times, not {named(wanted)}; the result holds "
            f"{named(known, 20)}."
        )
    return known[wanted[0]], known[wanted[1]]


def _on(clusters: pd.Series, units: pd.Index) -> pd.Categorical[str]:
    """Clusters of all units; those without one are missing."""
    filled = clusters.astype(object).reindex(units).fillna("missing")
    return pd.Categorical(np.asarray(filled), categories=list(CLUSTERS), ordered=True)


def _change(before: str, after: str) -> str:
    """Class of a change."""
    for gap in ("missing", "isolate"):
        if gap in (before, after):
            return gap
    if after in ("HH", "LL"):
        return f"{'stayed' if before == after else 'became'} {after}"
    if before in ("HH", "LL"):
        return f"left {before}"
    return "outlier" if {before, after} & {*OUTLIERS} else "not significant"
