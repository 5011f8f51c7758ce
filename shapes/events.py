"""Changes of boundaries and names over the years: a dated table of what became of which city."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import pandas as pd

from shapes.errors import InputError, named
from shapes.labels import canonical, is_missing

__all__ = ["KINDS", "changes", "checked_changes"]

KINDS = ("renamed", "merged", "split", "moved", "founded")
_REQUIRED = ("year", "kind", "before", "after")
_OPTIONAL = ("before_code", "after_code", "part", "approved")


def changes(first: int | None = None, last: int | None = None) -> pd.DataFrame:
    """Return the packaged table of changes among China's prefecture-level units, 2003 to 2020.

    Every new name of a whole unit (地区 and 盟 that became 市 included), the one merger, the one
    division, and the transfers of whole counties between cities. Facts from the announcements of
    the State Council and the Ministry of Civil Affairs. Transfers below the county are not in it;
    give a table of your own to `harmonise` for those.

    Parameters
    ----------
    first, last : int, optional
        Changes of these years and between them.

    Returns
    -------
    pandas.DataFrame
        One row per change and pair of units: `year` (the first whose figures at year's end are on
        the new boundaries), `kind` (renamed: the whole unit goes on under another name; merged:
        `before` became part of `after`; split: `before` was divided and is gone; moved: a part of
        `before` went to `after`, and both go on; founded: `after` was made of parts), `before`,
        `before_code`, `after`, `after_code`, `part` (what went over, empty for all of it),
        `approved` (date of the approval, as far as known).

    Examples
    --------
    >>> changes(2011, 2011).query("kind == 'split'")["after"].tolist()
    ['合肥市', '芜湖市', '马鞍山市']
    """
    table = _packaged()
    low = table["year"].min() if first is None else first
    high = table["year"].max() if last is None else last
    return table[table["year"].between(low, high)].reset_index(drop=True)


def checked_changes(table: pd.DataFrame | None) -> pd.DataFrame:
    """Check a user's table of changes and complete it; the packaged one where none is given."""
    if table is None:
        return changes()
    if not isinstance(table, pd.DataFrame):
        raise InputError(
            f"changes= is a {type(table).__name__}; give a DataFrame with the columns "
            f"{named(_REQUIRED)}, as shapes.changes() has them."
        )
    absent = [column for column in _REQUIRED if column not in table.columns]
    if absent:
        raise InputError(
            f"the table of changes lacks the column {named(absent)}; it needs {named(_REQUIRED)}."
        )
    made = table.reindex(columns=[*_REQUIRED, *_OPTIONAL]).reset_index(drop=True)
    odd = sorted({str(kind) for kind in made["kind"]} - set(KINDS))
    if odd:
        raise InputError(f"the table of changes has the kind {named(odd)}; write {named(KINDS)}.")
    years = pd.to_numeric(made["year"], errors="coerce")
    blank = made[["before", "after"]].map(is_missing).any(axis=1) | years.isna()
    if blank.any():
        raise InputError(
            f"rows {named(made.index[blank] + 1)} of the table of changes lack year, before or "
            "after; fill them in."
        )
    for column in ("before", "after", *_OPTIONAL):
        made[column] = [("" if is_missing(v) else canonical(v)) for v in made[column]]
    return made.assign(year=years.astype(int)).sort_values("year", kind="stable")


@cache
def _packaged() -> pd.DataFrame:
    with (files("shapes") / "data" / "changes.csv").open(encoding="utf-8") as stream:
        return pd.read_csv(stream, dtype=str, keep_default_na=False).astype({"year": int})
