"""From grids of cells to one long frame: rows that are long already, years as columns, sheets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from analysis.reading.cells import clean_text, is_blank, year_of
from analysis.reading.grids import Grid
from analysis.reading.rows import (
    Ledger,
    filled_rows,
    parsed,
    refuse_name,
    refuse_repeats,
    require,
    times_of,
    unit_labels,
)
from spatial.errors import InputError, named

__all__ = ["long_frame", "sheets_frame", "wide_frame"]

YEAR = r"(?P<year>(?:1[89]|20)\d\d)\s*年?"
BEHIND = re.compile(rf"(?P<name>.*?[^\d\s_.\-（(\[])[\s_.\-]*[（(\[]?{YEAR}[）)\]]?")
BEFORE = re.compile(rf"{YEAR}[\s_.\-]*(?P<name>[^\d\s_.\-].*)")
INDICATOR = ("indicator", "variable", "series", "指标", "指标名称", "变量", "变量名")


@dataclass(slots=True)
class Cells:
    """Cells of one indicator, gathered from wherever they stand."""

    units: list[str] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    cells: list[object] = field(default_factory=list)
    places: list[str] = field(default_factory=list)

    def add(self, unit: str, year: int, cell: object, place: str) -> None:
        """Add the cell of one unit and year."""
        self.units.append(unit)
        self.times.append(year)
        self.cells.append(cell)
        self.places.append(place)


def long_frame(grid: Grid, unit: str, time: str | None, ledger: Ledger) -> pd.DataFrame:
    """Read a table that has one row per unit and time."""
    keys = [unit] if time is None else [unit, time]
    require(grid, keys)
    grid = filled_rows(grid, unit, ledger)
    places = [f"row {number}" for number in grid.numbers]
    columns: dict[str, Any] = {}
    for name in grid.header:
        if name == unit:
            columns[name] = unit_labels(grid, unit)
        elif name == time:
            columns[name] = times_of(grid, name)
        else:
            columns[name] = parsed(grid.column(name), places, name, ledger)
    frame = pd.DataFrame(columns)
    refuse_repeats(frame, keys, grid.numbers, grid.place)
    return frame


def wide_frame(grid: Grid, unit: str, time: str, ledger: Ledger) -> pd.DataFrame:
    """Read a table that has one column per year, for one indicator or several."""
    require(grid, [unit])
    refuse_name(grid, time)
    years = _bare_years(grid)
    stems = {} if years else _stems(grid, unit, ledger)
    if not years and not stems:
        raise InputError(
            f"{grid.place} has no column per year (such as 2010, 2010年 or gdp_2010); "
            "check layout=, or read it as 'long'."
        )
    grid = filled_rows(grid, unit, ledger)
    units = unit_labels(grid, unit)
    yearly = stems or {j: (grid.name, year) for j, year in years.items()}
    fixed = [j for j, name in enumerate(grid.header) if j not in yearly and name != unit]
    indicator = _indicator(grid, units, fixed) if years else None
    gathered: dict[str, Cells] = {}
    for label, row, number in zip(units, grid.rows, grid.numbers, strict=True):
        for j, (name, year) in yearly.items():
            series = name if indicator is None else clean_text(row[indicator])
            place = f"row {number}, column {grid.header[j]}"
            gathered.setdefault(series, Cells()).add(label, year, row[j], place)
    constant = _constants(grid, units, [j for j in fixed if j != indicator], unit, ledger)
    return _assemble(gathered, constant, unit, time, grid.place, ledger)


def sheets_frame(grids: Sequence[Grid], unit: str, time: str, ledger: Ledger) -> pd.DataFrame:
    """Read a workbook with one sheet per indicator, units in rows and years in columns."""
    gathered: dict[str, Cells] = {}
    constant: dict[str, dict[str, object]] = {}
    for whole in grids:
        require(whole, [unit], "or leave the sheet out by naming the others in sheet=[...]")
        refuse_name(whole, time)
        years = _bare_years(whole)
        if not years:
            raise InputError(
                f"{whole.place} has no column per year (such as 2010 or 2010年); "
                "leave it out by naming the others in sheet=[...]."
            )
        grid = filled_rows(whole, unit, ledger)
        units = unit_labels(grid, unit)
        cells = gathered[grid.name] = Cells()
        for label, row, number in zip(units, grid.rows, grid.numbers, strict=True):
            for j, year in years.items():
                place = f"sheet {grid.name}, row {number}, column {grid.header[j]}"
                cells.add(label, year, row[j], place)
        fixed = [j for j, name in enumerate(grid.header) if j not in years and name != unit]
        for name, values in _constants(grid, units, fixed, unit, ledger).items():
            constant[name] = {**values, **constant.get(name, {})}
    _report_gaps(gathered, ledger)
    place = grids[0].place.split(", sheet ")[0]
    return _assemble(gathered, constant, unit, time, place, ledger)


def _bare_years(grid: Grid) -> dict[int, int]:
    """Positions of the columns whose name is a year."""
    years = {j: year_of(name) for j, name in enumerate(grid.header)}
    found = {j: year for j, year in years.items() if year is not None}
    twice = {year for year in found.values() if list(found.values()).count(year) > 1}
    if twice:
        raise InputError(f"{grid.place} has several columns for {named(sorted(twice))}; keep one.")
    return found


def _stems(grid: Grid, unit: str, ledger: Ledger) -> dict[int, tuple[str, int]]:
    """Positions of columns such as gdp_2010, with indicator and year.

    A name with a single year beside names with several (phones_1984) is a constant, not a series.
    """
    found: dict[int, tuple[str, int]] = {}
    for j, name in enumerate(grid.header):
        match = None if name == unit else BEHIND.fullmatch(name) or BEFORE.fullmatch(name)
        if match:
            found[j] = (match["name"], int(match["year"]))
    counts = pd.Series([name for name, _ in found.values()], dtype=object).value_counts()
    if len(counts) and counts.max() > 1:
        for j in [j for j, (name, _) in found.items() if counts[name] == 1]:
            detail = "stands for one year only and was kept as a constant of the unit"
            ledger.add(grid.header[j], "single year", detail)
            del found[j]
    return found


def _indicator(grid: Grid, units: Sequence[str], fixed: Sequence[int]) -> int | None:
    """Position of the column that names the indicator; None where each unit has one row."""
    if len(set(units)) == len(units):
        return None
    known = [j for j in fixed if grid.header[j].lower() in INDICATOR]
    telling = [j for j in fixed if _tells_apart(grid, units, j)]
    chosen = [j for j in known if j in telling] or telling
    if len(chosen) == 1:
        return chosen[0]
    twice = sorted({label for label in units if list(units).count(label) > 1})
    if not chosen:
        raise InputError(
            f"{grid.place}: the units {named(twice)} stand in several rows and no column tells "
            "the rows apart; add a column 'indicator', or keep one row per unit."
        )
    names = named(grid.header[j] for j in chosen)
    raise InputError(
        f"{grid.place}: {names} could each name the indicator; call the right one 'indicator'."
    )


def _tells_apart(grid: Grid, units: Sequence[str], column: int) -> bool:
    """Whether unit and this column together tell all rows apart."""
    pairs = zip(units, grid.rows, strict=True)
    return len({(label, clean_text(row[column])) for label, row in pairs}) == len(grid.rows)


def _constants(
    grid: Grid, units: Sequence[str], columns: Iterable[int], unit: str, ledger: Ledger
) -> dict[str, dict[str, object]]:
    """Columns that do not vary over time, by unit; those that vary within a unit are reported."""
    constant: dict[str, dict[str, object]] = {}
    for j in columns:
        name = grid.header[j]
        filled = [
            (label, row[j])
            for label, row in zip(units, grid.rows, strict=True)
            if not is_blank(row[j])
        ]
        cells = dict(filled)
        mixed = {label for label, cell in filled if clean_text(cell) != clean_text(cells[label])}
        if mixed:
            detail = f"differs within {unit} {named(sorted(mixed), most=3)} and was left out"
            ledger.add(name, "column left out", detail)
        else:
            constant[name] = cells
    return constant


def _report_gaps(gathered: dict[str, Cells], ledger: Ledger) -> None:
    """Note units and years that some sheets have and others lack."""
    for what in ("units", "times"):
        everywhere: dict[object, None] = {}
        for cells in gathered.values():
            everywhere.update(dict.fromkeys(getattr(cells, what)))
        for name, cells in gathered.items():
            absent = [label for label in everywhere if label not in set(getattr(cells, what))]
            if absent:
                detail = f"has no {'years' if what == 'times' else 'rows for'} {named(absent)}"
                ledger.add(name, "sheet incomplete", f"{detail}; missing there")


def _assemble(
    gathered: dict[str, Cells],
    constant: dict[str, dict[str, object]],
    unit: str,
    time: str,
    place: str,
    ledger: Ledger,
) -> pd.DataFrame:
    """Lay the indicators side by side, one row per unit and year."""
    clash = sorted(set(gathered) & (set(constant) | {unit, time}))
    if clash:
        raise InputError(f"{place}: {named(clash)} would name two columns; rename one of each.")
    series = {
        name: _series(name, cells, unit, time, place, ledger) for name, cells in gathered.items()
    }
    units = list(dict.fromkeys(label for cells in gathered.values() for label in cells.units))
    years = sorted({year for cells in gathered.values() for year in cells.times})
    seen = {key for column in series.values() for key in column.index}
    index = pd.MultiIndex.from_product([units, years], names=[unit, time])
    index = index[[key in seen for key in index]]
    columns: dict[str, Any] = {}
    for name, by_unit in constant.items():
        places = [f"{unit} {label}" for label in by_unit]
        values = parsed(list(by_unit.values()), places, name, ledger)
        column = pd.Series(values.to_numpy(), index=pd.Index(by_unit, dtype=object))
        columns[name] = column.reindex(index.get_level_values(0)).to_numpy()
    columns |= {name: column.reindex(index).to_numpy() for name, column in series.items()}
    return pd.DataFrame(columns, index=index).reset_index()


def _series(
    name: str, cells: Cells, unit: str, time: str, place: str, ledger: Ledger
) -> pd.Series[Any]:
    """One indicator by unit and year; a unit that stands in several rows is refused."""
    keys = pd.MultiIndex.from_arrays([cells.units, cells.times], names=[unit, time])
    if keys.has_duplicates:
        twice = named(dict.fromkeys(label for label, _ in keys[keys.duplicated()]))
        raise InputError(
            f"{place}: {twice} stand in several rows of {name}; keep one row per {unit}."
        )
    return pd.Series(parsed(cells.cells, cells.places, name, ledger).to_numpy(), index=keys)
