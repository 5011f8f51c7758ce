"""Carry a table over changes of boundaries: every row on the boundaries of one year."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from shapes.combining import Rules, check_rules, combine
from shapes.errors import InputError, named, nearest
from shapes.events import checked_changes
from shapes.labels import canonical, is_missing
from shapes.lineage import Choices, Lineage, Names

__all__ = ["Harmonised", "harmonise"]


class Harmonised(NamedTuple):
    """What `harmonise` returns.

    `table` has one row per unit and time on the new boundaries. `ledger` (unit, what, into, years,
    detail) says what was done to which unit. `groups` (name of a unit: names of its members) is
    what has to be dissolved in the boundaries, see `dissolve`.
    """

    table: pd.DataFrame
    ledger: pd.DataFrame
    groups: dict[str, list[str]]


def harmonise(
    table: pd.DataFrame,
    unit: str,
    time: str,
    rules: Rules | None = None,
    *,
    to: int | None = None,
    choices: Choices | None = None,
    changes: pd.DataFrame | None = None,
) -> Harmonised:
    """Put a panel of cities on the boundaries of one year.

    Cities that were renamed go on under the new name. A city that merged into another is added to
    it in all years before. Where a city was divided, or a part of it went to another, nothing is
    done unasked: the cities are named and `choices` says what becomes of them.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per unit and year; not changed.
    unit, time : str
        Columns of names (or six-digit codes) and of years.
    rules : mapping
        How the values of units that become one combine, by column: "sum" for amounts;
        ("mean", column) for rates, weighted by another column; "first" for what the unit that
        goes on has; None leaves the column missing in those rows. Only columns of text need no
        rule (the first is kept); numbers without one are refused. A missing value makes the
        combined one missing.
    to : int, optional
        Year whose boundaries are wanted: the last of the table, or the vintage of the boundaries
        where these are younger (2020 for `china_cities`).
    choices : str or mapping, optional
        What becomes of a divided city, or of one that gave a part away, by its name: "dissolve"
        (it and all cities that received ground are one unit in all years), "drop" (they are left
        out), "keep" (they stay as they are, with the break in the series), or a mapping from
        receivers to shares, by which amounts, and the weights of means, of the years before the
        change are handed on; the shares of a divided city sum to one. One word stands for all.
    changes : pandas.DataFrame, optional
        A table like `shapes.changes()` instead of the packaged one.

    Returns
    -------
    Harmonised
        `table`, `ledger` and `groups`.

    Raises
    ------
    InputError
        Divided cities without a choice (named), columns without a rule, a unit that lacks a year
        in which its partner has one, repeated rows, unknown choices, impossible shares.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {"city": ["济南市", "莱芜市", "济南市"], "year": [2018, 2018, 2019], "gdp": [7.0, 1, 9]}
    ... )
    >>> harmonise(table, "city", "year", {"gdp": "sum"}).table["gdp"].tolist()
    [8.0, 9.0]
    """
    _check_table(table, unit, time)
    checked = check_rules(rules, table)
    years = _years(table[time], time)
    target = max(years) if to is None else int(to)
    known = checked_changes(changes)
    later = known[known["year"].between(target + 1, max(years))]
    if len(later):
        raise InputError(
            f"to={target} lies before changes that figures of the table already know "
            f"({named(later['before'].unique())}); give {max(years)} or a later year."
        )
    speller = Names(known, target)
    names = speller.learn(list(table[unit]), years)
    _refuse_twice(names, years)
    lineage = Lineage(known, names, years, target, choices)
    made = _rebuilt(table, _parts(lineage, names, years), checked, unit, time)
    made[unit] = [_printed(name, speller.shown) for name in made[unit]]
    return Harmonised(made, _ledger(lineage, speller, table[unit], years), _groups(lineage))


def _printed(name: str, shown: Mapping[str, Any]) -> Any:
    """Label of a unit as the table writes it; units that became one are joined by +."""
    if name in shown:
        return shown[name]
    return "+".join(canonical(shown.get(part, part)) for part in name.split("+"))


def _check_table(table: Any, unit: str, time: str) -> None:
    if not isinstance(table, pd.DataFrame):
        raise InputError(f"the table is a {type(table).__name__}; give a pandas.DataFrame.")
    for name, column in (("unit", unit), ("time", time)):
        if column not in table.columns:
            raise InputError(
                f"the table has no column {column!r}; give {name}= one of its columns, such as "
                f"{nearest(column, table.columns)}."
            )
    if not len(table):
        raise InputError("the table has no rows; there is nothing to harmonise.")
    blank = [i for i, value in zip(table.index, table[unit], strict=True) if is_missing(value)]
    if blank:
        raise InputError(f"rows {named(blank)} have no {unit}; fill in the names.")


def _years(column: pd.Series, time: str) -> list[int]:
    years = pd.to_numeric(column.map(canonical), errors="coerce")
    odd = column[years.isna() | (years % 1 != 0)]
    if len(odd):
        raise InputError(
            f"the column {time!r} holds {named(odd.unique())}, which are no years; write years as "
            "whole numbers, such as 2011."
        )
    return [int(year) for year in years]


def _refuse_twice(names: list[str], years: list[int]) -> None:
    pairs = pd.MultiIndex.from_arrays([names, years])
    twice = pairs[pairs.duplicated()]
    if len(twice):
        raise InputError(
            "several rows stand for one unit and year: "
            f"{named(dict.fromkeys(f'{name} {year}' for name, year in twice))}; keep one of them."
        )


def _parts(lineage: Lineage, names: list[str], years: list[int]) -> pd.DataFrame:
    """Share of each row (by position) that goes to each unit."""
    rows = [
        (row, target, share, lineage.leads(name, target))
        for row, (name, year) in enumerate(zip(names, years, strict=True))
        for target, share in lineage.targets(name, year).items()
    ]
    return pd.DataFrame(rows, columns=["row", "target", "share", "lead"])


def _rebuilt(
    table: pd.DataFrame, parts: pd.DataFrame, rules: Mapping[str, Any], unit: str, time: str
) -> pd.DataFrame:
    """One row per unit and time; rows that nothing happened to are those of the table."""
    # The unit that goes on stands first, so that its text and its place stay.
    parts = parts.sort_values(["lead", "row"], ascending=[False, True], kind="stable")
    rows = table.iloc[parts["row"]].assign(**{unit: parts["target"].to_numpy()})
    when = rows[time].map(canonical).to_numpy()
    group, _ = pd.factorize(pd.MultiIndex.from_arrays([parts["target"], when]))
    mixed = (np.bincount(group)[group] > 1) | (parts["share"].to_numpy() != 1)
    order = parts["row"].to_numpy()
    if not mixed.any():
        return rows.iloc[np.argsort(order, kind="stable")]
    inner, _ = pd.factorize(group[mixed])
    fixed = {unit: "first", time: "first"}
    combined = combine(rows[mixed], inner, parts["share"].to_numpy()[mixed], {**rules, **fixed})
    _, leads = np.unique(inner, return_index=True)
    places = np.r_[order[~mixed], order[mixed][leads]]
    made: pd.DataFrame = pd.concat([rows[~mixed], combined])
    return made.iloc[np.argsort(places, kind="stable")]


def _ledger(lineage: Lineage, speller: Names, labels: pd.Series, years: list[int]) -> pd.DataFrame:
    """What was done to which unit, renamings first."""
    former: dict[tuple[str, str], list[int]] = {}
    for label, year in zip(labels, years, strict=True):
        if speller.direct(label) != speller.of(label):
            former.setdefault((canonical(label), speller.of(label)), []).append(year)
    rows = [
        (label, "renamed", name, f"{min(when)}–{max(when)}", "the same unit under a later name")
        for (label, name), when in former.items()
    ]
    columns = ["unit", "what", "into", "years", "detail"]
    return pd.DataFrame([*rows, *lineage.entries()], columns=columns, dtype=object)


def _groups(lineage: Lineage) -> dict[str, list[str]]:
    return {label: list(units) for label, units in lineage.members.items()}
