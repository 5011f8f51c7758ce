"""Which units and years enter: named drops, kept classes, missing values, the panel itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.study.earlier import panel_with_earlier
from analysis.study.schema import Plan
from analysis.study.sources import KEY, Sources, nearest_name, refuse_unmatched
from spatial.errors import InputError, named
from spatial.labels import canonical
from spatial.panel import Panel

__all__ = [
    "Choice",
    "Sample",
    "choose_units",
    "draw_sample",
    "fill_gaps",
    "interpolate",
    "numeric_columns",
    "used_columns",
]


EXPRESSION = re.compile(r"[()+*/]")


@dataclass(frozen=True)
class Choice:
    """Rows that stay, and who was left out and why (unit, reason)."""

    rows: pd.Series[bool]
    left_out: pd.DataFrame


@dataclass(frozen=True)
class Sample:
    """The data of the study: a panel, or for a cross-section a frame indexed by unit.

    `model_data` are those of the models: the same, or with the earlier years that lag() reads.
    """

    data: Panel | pd.DataFrame
    left_out: pd.DataFrame
    model_data: Panel | pd.DataFrame

    @property
    def frame(self) -> pd.DataFrame:
        """Rows with unit (and time) as columns."""
        return self.data.frame if isinstance(self.data, Panel) else self.data.reset_index()

    def at(self, time: Any = None) -> pd.DataFrame:
        """Rows of one time, indexed by unit; of a cross-section all rows."""
        return self.data.at(time) if isinstance(self.data, Panel) else self.data

    @property
    def units(self) -> pd.Index:
        """Units of the sample."""
        return self.data.units if isinstance(self.data, Panel) else self.data.index

    @property
    def times(self) -> list[Any]:
        """Times of the sample; empty for a cross-section."""
        return list(self.data.times) if isinstance(self.data, Panel) else []


def used_columns(plan: Plan) -> list[str]:
    """Columns that the model, the autocorrelation and what follows them read."""
    from spatial.formula import formula_names

    names = formula_names(plan.model.formula) if plan.model else []
    if plan.autocorrelation:
        names += [
            *plan.autocorrelation.columns,
            *plan.autocorrelation.hot_spots,
            *(c for pair in plan.autocorrelation.bivariate for c in pair),
        ]
    names += [section.column for section in plan.thresholds.values()]
    names += [name for one in plan.did.values() for name in formula_names(one.formula or "0 ~ 1")]
    names += _instrument_names(plan)
    names += _mechanism_names(plan)
    names += plan.distribution.columns if plan.distribution else ()
    return list(dict.fromkeys(names))


def _mechanism_names(plan: Plan) -> list[str]:
    """Columns of channels and moderators; those of groups are read beside the sample."""
    from spatial.formula import formula_names

    names = [moderator.column for moderator in plan.moderators.values()]
    for channel in plan.channels.values():
        for part in channel.chain or (str(channel.column),):
            names += [part] if not EXPRESSION.search(part) else formula_names(f"0 ~ {part}")
    return names


def _instrument_names(plan: Plan) -> list[str]:
    """Columns of the instruments; `trend` is made where it is wanted."""
    from spatial.formula import formula_names

    terms = plan.instruments.excluded if plan.instruments else ()
    found = [name for term in terms for name in formula_names(f"0 ~ {term}")]
    return [name for name in found if name != "trend"]


def choose_units(sources: Sources, plan: Plan) -> Choice:
    """Apply drop_units, refuse names without a polygon that it does not name, apply keep."""
    table, section = sources.table, plan.table
    dropped = _named_units(sources, section.unit, section.drop_units)
    refuse_unmatched([n for n in sources.unmatched if canonical(n) not in dropped], sources.cities)
    out = table[KEY].isin(dropped)
    reasons = dict.fromkeys(sorted(dropped), "drop_units")
    for column, allowed in section.keep.items():
        if column not in table.columns:
            raise InputError(
                f"[table] keep names the column {column!r}, which the table and the boundaries "
                f"lack; {nearest_name(column, map(str, table.columns))}"
            )
        wanted = {canonical(value) for value in allowed}
        values = [value for value in table[column].dropna().unique() if canonical(value) in wanted]
        passes = table[column].isin(values)
        if not passes.any():
            raise InputError(
                f"[table] keep: no row has {column} = {named(map(str, allowed))}; its values are "
                f"{named(map(str, table[column].dropna().unique()))}."
            )
        lost = set(table.loc[~passes & ~out, KEY]) - set(table.loc[passes, KEY])
        reasons |= dict.fromkeys(sorted(lost), f"keep: {column}")
        out |= ~passes
    return Choice(~out, _reasons(reasons))


def _reasons(reasons: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame(list(reasons.items()), columns=["unit", "reason"])


def _named_units(sources: Sources, unit: str, names: Sequence[str]) -> set[str]:
    """Keys of units named as in the table, by key, or by printed name."""
    if not names:
        return set()
    table = sources.table[[unit, KEY]].drop_duplicates()
    by_name = {canonical(given): key for given, key in zip(table[unit], table[KEY], strict=True)}
    by_name |= {canonical(name): key for key, name in sources.names.items()}
    by_name |= {key: key for key in table[KEY]}
    absent = [name for name in names if canonical(name) not in by_name]
    if absent:
        raise InputError(
            f"[table] drop_units names {named(absent)}, which neither table nor boundaries hold; "
            f"{nearest_name(absent[0], by_name)}"
        )
    return {by_name[canonical(name)] for name in names}


def numeric_columns(frame: pd.DataFrame, columns: Iterable[str], plan: Plan) -> None:
    """Refuse columns that are absent, and numbers that are infinite, by unit and time."""
    for column in columns:
        if column not in frame.columns:
            hint = nearest_name(column, map(str, frame.columns))
            raise InputError(
                f"the study uses the column {column!r}, which neither table nor measures hold; "
                f"{hint}"
            )
        if pd.api.types.is_numeric_dtype(frame[column]):
            endless = np.isinf(frame[column].to_numpy(dtype=float, na_value=np.nan))
            if endless.any():
                raise InputError(
                    f"column {column!r} is infinite at {_cells(frame[endless], plan)}; mend or "
                    "empty these cells."
                )


def _cells(rows: pd.DataFrame, plan: Plan) -> str:
    time = plan.table.time
    if time is None:
        return named(rows[KEY])
    return named(f"{unit} {when}" for unit, when in zip(rows[KEY], rows[time], strict=True))


def interpolate(
    table: pd.DataFrame, columns: Iterable[str], time: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Fill gaps between two known values of a unit along a straight line; the ends stay empty.

    Returns
    -------
    tuple
        The table, and what was filled (unit, time, column, value).
    """
    unit, when = pd.factorize(table[KEY])[0], table[time].to_numpy(float)
    order = np.lexsort((when, unit))
    filled, rows = table.copy(), []
    numeric = [
        c for c in dict.fromkeys(columns) if c in table and pd.api.types.is_numeric_dtype(table[c])
    ]
    for column in numeric:
        given = table[column].to_numpy(float, na_value=np.nan, copy=True)
        places, values = _between(unit[order], when[order], given[order])
        if not len(places):
            continue
        at = order[places]
        given[at] = values
        filled[column] = given
        gaps = table.iloc[at]
        told = {"unit": gaps[KEY], "time": gaps[time], "column": column, "value": values}
        rows.append(pd.DataFrame(told))
    empty = pd.DataFrame(columns=["unit", "time", "column", "value"])
    return filled, pd.concat(rows, ignore_index=True) if rows else empty


def _between(
    unit: npt.NDArray[np.intp], when: npt.NDArray[np.float64], values: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """Places of gaps between two known values of a unit, and what stands there on the line.

    Rows are sorted by unit and time.
    """
    known, own = ~np.isnan(values), np.arange(len(values))
    before = np.maximum.accumulate(np.where(known, own, -1))
    after = np.minimum.accumulate(np.where(known, own, len(own))[::-1])[::-1]
    gaps = np.flatnonzero(~known & (before >= 0) & (after < len(own)))
    left, right = before[gaps], after[gaps]
    inside = (unit[left] == unit[gaps]) & (unit[right] == unit[gaps])
    gaps, left, right = gaps[inside], left[inside], right[inside]
    slope = (values[right] - values[left]) / (when[right] - when[left])
    return gaps, slope * (when[gaps] - when[left]) + values[left]


def fill_gaps(table: pd.DataFrame, plan: Plan) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Interpolate where the policy says so, in the columns of measures and models."""
    if plan.table.missing != "interpolate":
        return table, pd.DataFrame(columns=["unit", "time", "column", "value"])
    if plan.table.time is None:
        raise InputError(
            '[table] missing = "interpolate" needs [table] time; a cross-section has no years to '
            "fill between."
        )
    words = [word for part in plan.measure.values() for word in part.words]
    return interpolate(table, [*used_columns(plan), *words], plan.table.time)


def draw_sample(
    frame: pd.DataFrame, plan: Plan, choice: Choice, names: Mapping[str, str]
) -> Sample:
    """Cut to units and years, apply the policy for missing values, and make the panel.

    Raises
    ------
    InputError
        No row is left, or values or years are missing and the policy is to refuse; units, years,
        columns and the remedies are named.
    """
    time = plan.table.time
    rows = frame[choice.rows]
    if plan.table.years is not None:
        if time is None:
            raise InputError("[table] years needs [table] time; name the column with the years.")
        if not pd.api.types.is_numeric_dtype(rows[time]):
            shown = named(rows[time].unique(), 3)
            raise InputError(
                f"[table] years needs whole years, but {time} holds {shown}; leave it out."
            )
        rows = rows[rows[time].between(*plan.table.years)]
    if rows.empty:
        raise InputError("no row is left after drop_units, keep and years; widen them.")
    columns = used_columns(plan)
    numeric_columns(rows, [*columns, *plan.maps.columns], plan)
    incomplete = _incomplete(rows, columns, time)
    left_out = choice.left_out
    if plan.table.missing == "complete-units":
        left_out = pd.concat([left_out, _reasons(incomplete)], ignore_index=True)
    rows = _by_policy(rows, columns, plan.table.missing, incomplete, names)
    if time is None:
        flat = rows.set_index(KEY)
        return Sample(flat, left_out, flat)
    panel = Panel(rows.reset_index(drop=True), unit=KEY, time=time)
    if plan.model is None or plan.table.years is None:
        return Sample(panel, left_out, panel)
    every = frame[choice.rows]
    return Sample(panel, left_out, panel_with_earlier(every, rows, time, plan.model.formula))


def _by_policy(
    rows: pd.DataFrame,
    columns: Sequence[str],
    policy: str,
    incomplete: Mapping[str, str],
    names: Mapping[str, str],
) -> pd.DataFrame:
    """Rows that count where values or years are missing, or a refusal."""
    if policy == "complete-units":
        rows = rows[~rows[KEY].isin(list(incomplete))]
        if rows.empty:
            raise InputError(
                f"no unit is complete in {named(columns)}; shorten [table] years or drop the "
                "emptiest column."
            )
    elif policy == "unbalanced":
        rows = rows[rows[list(columns)].notna().all(axis=1)]
        if rows.empty:
            raise InputError(f"no row is complete in {named(columns)}; drop the emptiest column.")
    elif incomplete:
        named_units = {names.get(unit, unit): reason for unit, reason in incomplete.items()}
        _refuse_incomplete(named_units, rows[KEY].nunique())
    return rows


def _refuse_incomplete(incomplete: Mapping[str, str], count: int) -> None:
    shown = named(
        f"{unit} ({reason.removeprefix('missing: ')})" for unit, reason in incomplete.items()
    )
    raise InputError(
        f"values are missing in {len(incomplete)} of {count} units: {shown}; "
        'set [table] missing = "complete-units" to leave these units out by name, '
        '"interpolate" to fill gaps between known years, "unbalanced" if units without a row do '
        "not exist in that year, or shorten [table] years."
    )


def _incomplete(rows: pd.DataFrame, columns: Sequence[str], time: str | None) -> dict[str, str]:
    """Units that lack a value or a whole year, with columns and years in words."""
    found: dict[str, list[str]] = {}
    for column in columns:
        empty = rows[rows[column].isna()]
        for unit, part in empty.groupby(KEY):
            years = f" {_years(part[time])}" if time else ""
            found.setdefault(str(unit), []).append(f"{column}{years}")
    if time is not None:
        every = set(rows[time])
        held = rows.groupby(KEY)[time].nunique()
        short = rows[rows[KEY].isin(held.index[held < len(every)])]
        for unit, part in short.groupby(KEY):
            absent = every - set(part[time])
            found.setdefault(str(unit), []).append(f"no row {_years(absent)}")
    return {unit: f"missing: {'; '.join(what)}" for unit, what in sorted(found.items())}


def _years(values: Iterable[Any]) -> str:
    """Years as runs: 2011–2013, 2016."""
    years = sorted(set(values))
    if not all(isinstance(y, (int, np.integer)) for y in years):
        return named(years)
    runs: list[list[int]] = []
    for year in map(int, years):
        if runs and year == runs[-1][-1] + 1:
            runs[-1][1:] = [year]
        else:
            runs.append([year])
    return ", ".join("–".join(map(str, run)) for run in runs)
