"""Rows of a grid: the columns that must be there, units, years, and a ledger of repairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from analysis.columns import nearest
from analysis.reading.cells import by_cell, clean_text, is_blank, parse_column, year_of
from analysis.reading.grids import Grid
from spatial.errors import InputError, named
from spatial.labels import canonical

__all__ = [
    "Ledger",
    "filled_rows",
    "parsed",
    "refuse_name",
    "refuse_repeats",
    "require",
    "times_of",
    "unit_labels",
]


@dataclass(slots=True)
class Ledger:
    """What was repaired or left out on the way: rows of key, problem, detail."""

    rows: list[dict[str, str]] = field(default_factory=list)

    def add(self, key: str, problem: str, detail: str) -> None:
        """Note one repair."""
        self.rows.append({"key": key, "problem": problem, "detail": detail})


def require(grid: Grid, names: Sequence[str], remedy: str = "") -> None:
    """Refuse names that are not in the header; a header further down is pointed out."""
    for name in names:
        if name in grid.header:
            continue
        below = [
            number
            for row, number in zip(grid.rows[:10], grid.numbers[:10], strict=True)
            if any(isinstance(cell, str) and clean_text(cell) == name for cell in row)
        ]
        if below:
            raise InputError(
                f"{grid.place}: the names of the columns stand in row {below[0]}; "
                "delete the rows above it."
            )
        hint = nearest(name, grid.header)
        extra = f" ({remedy})" if remedy else ""
        raise InputError(f"{grid.place} has no column {name!r}; {hint}{extra}")


def refuse_name(grid: Grid, time: str) -> None:
    """Refuse a name for the new column of years that the table has already."""
    if time in grid.header:
        raise InputError(
            f"{grid.place} has a column {time!r} already, so its years do not stand in the "
            "header; read it with layout='long'."
        )


def filled_rows(grid: Grid, key: str, ledger: Ledger) -> Grid:
    """Leave out rows in which only the key stands, such as notes below the table, and say so."""
    own = grid.header.index(key)
    others = [j for j in range(len(grid.header)) if j != own]
    kept = []
    for k, (row, number) in enumerate(zip(grid.rows, grid.numbers, strict=True)):
        if others and all(is_blank(row[j]) for j in others):
            words = clean_text(row[own])[:40]
            detail = f"row {number} ({words!r}) has no values and was left out"
            ledger.add(grid.name, "row without values", detail)
        else:
            kept.append(k)
    if not kept:
        raise InputError(f"{grid.place} has a header but no rows with values.")
    if grid.short:
        detail = (
            f"rows {named(grid.short)} are shorter than the header; their last cells are missing"
        )
        ledger.add(grid.name, "short row", detail)
    rows, numbers = [grid.rows[k] for k in kept], [grid.numbers[k] for k in kept]
    return replace(grid, rows=rows, numbers=numbers)


def unit_labels(grid: Grid, unit: str) -> list[str]:
    """Canonical labels of the units; empty ones are refused by row."""
    cells = grid.column(unit)
    empty = [number for cell, number in zip(cells, grid.numbers, strict=True) if is_blank(cell)]
    if empty:
        raise InputError(
            f"{grid.place}: column {unit!r} is empty in rows {named(empty)}; "
            "write the unit into every row."
        )
    return by_cell(
        lambda cell: canonical(clean_text(cell) if isinstance(cell, str) else cell), cells
    )


def times_of(grid: Grid, time: str) -> list[int] | list[str]:
    """Years as whole numbers where all are years, as text where none is; a mixture is refused."""
    cells = grid.column(time)
    years = by_cell(lambda cell: None if is_blank(cell) else year_of(cell), cells)
    if all(year is None for year in years) and not any(is_blank(cell) for cell in cells):
        return by_cell(canonical, cells)
    found = [year for year in years if year is not None]
    if len(found) == len(years):
        return found
    wrong = [
        f"row {number} ({'empty' if is_blank(cell) else repr(clean_text(cell))})"
        for cell, year, number in zip(cells, years, grid.numbers, strict=True)
        if year is None
    ]
    raise InputError(
        f"{grid.place}: column {time!r} does not hold a year in {named(wrong, most=4)}; "
        "write years such as 2010."
    )


def parsed(cells: list[object], places: list[str], name: str, ledger: Ledger) -> pd.Series[Any]:
    """Read the cells of a column and note what was rewritten."""
    column = parse_column(cells, places, name)
    if column.marks:
        signs = ", ".join(f"{sign!r} × {count}" for sign, count in column.marks.items())
        ledger.add(name, "sign for missing", f"read as missing: {signs}")
    if column.rewritten:
        ledger.add(
            name,
            "number as text",
            f"{column.rewritten} numbers with separators of thousands or full-width digits",
        )
    if column.doubtful:
        shown = named(column.doubtful, most=3)
        ledger.add(name, "numbers in text", f"read as text, with {shown} among it")
    return column.values


def refuse_repeats(
    frame: pd.DataFrame, keys: Sequence[str], numbers: Sequence[int], place: str
) -> None:
    """Refuse rows of the same unit and time, by name and row."""
    twice = frame.duplicated(list(keys), keep=False).to_numpy()
    if twice.any():
        shown = (
            f"{' '.join(str(label) for label in labels)} (row {number})"
            for labels, number in zip(
                frame.loc[twice, list(keys)].itertuples(index=False),
                [number for number, hit in zip(numbers, twice, strict=True) if hit],
                strict=True,
            )
        )
        remedy = (
            "keep one row each"
            if len(keys) > 1
            else "keep one row each, or name the column with the years (time)"
        )
        raise InputError(f"{place}: these rows stand more than once: {named(shown)}; {remedy}.")
