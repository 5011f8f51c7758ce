"""Excel workbooks as plain cells, sheet by sheet; what would read as empty is refused."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from analysis.reading.cells import is_blank
from spatial.errors import InputError, named

__all__ = ["book_sheets"]


def book_sheets(path: Path, data: bytes) -> Iterator[tuple[str, list[list[object]]]]:
    """Name and cells of each filled sheet.

    Raises
    ------
    InputError
        Merged cells (but for titles and notes, which stand alone in their row), formulas that were
        never calculated, an unreadable workbook.
    """
    book = _load(data, path, values=True)
    _refuse_idle_formulas(data, path, book)
    for sheet in book.worksheets:
        rows = [list(row) for row in sheet.values]
        if any(not is_blank(cell) for row in rows for cell in row):
            _refuse_merged(sheet, rows, f"{path.name}, sheet {sheet.title!r}")
            yield sheet.title, rows


def _refuse_merged(sheet: Any, rows: list[list[object]], place: str) -> None:
    """Refuse merged cells that would leave names or values out."""
    areas = [
        area
        for area in sheet.merged_cells.ranges
        if area.min_row != area.max_row or not _alone(rows[area.min_row - 1])
    ]
    if areas:
        shown = named(sorted(str(area) for area in areas), most=4)
        raise InputError(
            f"{place} has merged cells ({shown}); unmerge them, so that every "
            "column has one name and every row its own cells."
        )


def _alone(row: list[object]) -> bool:
    return sum(not is_blank(cell) for cell in row) <= 1


def _load(data: bytes, path: Path, *, values: bool) -> Any:
    """Open a workbook with the values of its formulas, or with the formulas themselves."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return load_workbook(io.BytesIO(data), data_only=values)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError):
        raise InputError(
            f"{path.name} is not a readable .xlsx workbook; open it in Excel and save it again "
            "as .xlsx, without a password."
        ) from None


def _refuse_idle_formulas(data: bytes, path: Path, book: Any) -> None:
    """Refuse formulas that were never calculated: their cells would read as empty."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        if not any(b"<f" in archive.read(name) for name in parts if name.endswith(".xml")):
            return
    idle = [
        f"{sheet.title}!{cell.coordinate}"
        for sheet in _load(data, path, values=False).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f" and book[sheet.title][cell.coordinate].value is None
    ]
    if idle:
        raise InputError(
            f"{path.name} has formulas without a value ({named(idle, most=4)}); "
            "open it in Excel, let it calculate and save it."
        )
