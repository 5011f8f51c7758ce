"""Files as grids of cells: CSV, Excel workbooks and folders of CSV files."""

from __future__ import annotations

import csv
import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.columns import nearest
from analysis.reading.books import book_sheets
from analysis.reading.cells import clean_text, is_blank
from analysis.reading.encodings import decode
from analysis.reading.kinds import TEXT, kind_of
from spatial.errors import InputError, named

__all__ = ["Grid", "open_grids"]

LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet: the header and the rows below it, each with its number in the file.

    Attributes
    ----------
    name
        Name of the sheet, or of the file without its suffix.
    place
        Name of file and sheet in words.
    header
        Names of the columns, "" where there is none.
    rows
        Cells, each row as long as the header.
    numbers
        Number of each row in the file, from 1.
    short
        Numbers of rows that were shorter than the header.
    encoding
        Encoding of a text file.
    """

    name: str
    place: str
    header: list[str]
    rows: list[list[object]]
    numbers: list[int]
    short: list[int] = field(default_factory=list)
    encoding: str | None = None

    def column(self, name: str) -> list[object]:
        """Cells of a column, from the first row to the last."""
        j = self.header.index(name)
        return [row[j] for row in self.rows]


def open_grids(path: Path, encoding: str | None, sheets: Sequence[str] | None) -> list[Grid]:
    """Read a file, or a folder of CSV files, into its non-empty sheets.

    Parameters
    ----------
    path
        CSV, TSV or text file, Excel workbook, or a folder with one CSV file per indicator.
    encoding
        Of text files; recognised from the bytes when None.
    sheets
        Names of the sheets wanted; all when None.
    """
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.suffix.lower() in TEXT)
        if not files:
            raise InputError(f"the folder {path.name} holds no .csv file; name the table itself.")
        grids = [_text_grid(file, _bytes(file), encoding) for file in files]
        return _chosen(grids, sheets, path.name)
    if path.name.startswith("~$"):
        raise InputError(
            f"{path.name} is the lock that Excel leaves while a workbook is open; "
            f"name {path.name[2:]} itself."
        )
    data = _bytes(path)
    if kind_of(path, data) == "text":
        if sheets is not None:
            raise InputError(
                f"{path.name} is text and has no sheets; leave sheet= out ({named(sheets)})."
            )
        return [_text_grid(path, data, encoding)]
    if encoding is not None:
        raise InputError(
            f"{path.name} is a workbook, which states its own encoding; leave encoding= out."
        )
    return _chosen(_book_grids(path, data), sheets, path.name)


def _bytes(path: Path) -> bytes:
    """Bytes of a file; absent and locked files are refused in words."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        folder = path.parent
        if not folder.is_dir():
            raise InputError(f"{path}: there is no folder {folder}; check the path.") from None
        others = [file.name for file in folder.iterdir() if not file.name.startswith((".", "~$"))]
        raise InputError(
            f"there is no file {path.name} in {folder}; {nearest(path.name, others)}"
        ) from None
    except OSError as error:
        raise InputError(
            f"{path.name} cannot be read ({error.strerror or error}); "
            "close it in Excel, or check that you may read it."
        ) from None


def _text_grid(path: Path, data: bytes, encoding: str | None) -> Grid:
    """Read a text file; the separator is the one its first line uses most."""
    text, used = decode(data, encoding, path.name)
    first = next((line for line in _lines(text) if line.strip()), "")
    separator = max(",\t;，", key=first.count)
    try:
        records: list[Any] = list(csv.reader(_lines(text), delimiter=separator, strict=True))
    except csv.Error as error:
        raise InputError(
            f"{path.name} is not a clean CSV file ({error}); look for an unclosed quotation mark."
        ) from None
    return _grid(path.stem, path.name, records, used)


def _lines(text: str) -> Iterator[str]:
    """Lines with their ends, one at a time: a file-like copy would be four times the text."""
    return (found.group() for found in LINE.finditer(text))


def _book_grids(path: Path, data: bytes) -> list[Grid]:
    """Read a workbook, sheet by sheet."""
    return [
        _grid(name, f"{path.name}, sheet {name!r}", rows, None)
        for name, rows in book_sheets(path, data)
    ]


def _chosen(grids: list[Grid], sheets: Sequence[str] | None, place: str) -> list[Grid]:
    """Sheets of the given names, in that order."""
    if sheets is None:
        return grids
    by_name = {grid.name: grid for grid in grids}
    for name in sheets:
        if name not in by_name:
            raise InputError(f"{place} has no filled sheet {name!r}; {nearest(name, by_name)}")
    return [by_name[name] for name in sheets]


def _grid(name: str, place: str, cells: list[list[object]], encoding: str | None) -> Grid:
    """Take the first filled row as header; empty rows and empty nameless columns fall away."""
    filled = [i for i, row in enumerate(cells) if any(not is_blank(cell) for cell in row)]
    if not filled:
        raise InputError(f"{place} is empty; name the table that holds the data.")
    header = [_name(cell) for cell in cells[filled[0]]]
    body = [cells[i] for i in filled[1:]]
    width = max(len(header), *(len(row) for row in body)) if body else len(header)
    header += [""] * (width - len(header))
    short = [filled[k + 1] + 1 for k, row in enumerate(body) if 1 < len(row) < width]
    rows = [row if len(row) == width else row + [None] * (width - len(row)) for row in body]
    keep = [j for j in range(width) if header[j] or any(not is_blank(row[j]) for row in rows)]
    nameless = [j for j in keep if not header[j]]
    if nameless and sum(map(bool, header)) == 1 and len(keep) > 2:
        title = next(word for word in header if word)
        raise InputError(
            f"{place}: row {filled[0] + 1} holds nothing but {title!r}; delete the rows above the "
            "names of the columns."
        )
    if nameless:
        first = next(i for i, row in enumerate(rows) if not is_blank(row[nameless[0]]))
        raise InputError(
            f"{place}: column {_letters(nameless[0])} has values (first in row "
            f"{filled[first + 1] + 1}) but no name in row {filled[0] + 1}; name it or delete it."
        )
    names = [header[j] for j in keep]
    twice = sorted({text for text in names if names.count(text) > 1})
    if twice:
        raise InputError(
            f"{place} has several columns called {named(twice)}; rename all but one of each."
        )
    return Grid(
        name=clean_text(name),
        place=place,
        header=names,
        rows=rows if len(keep) == width else [[row[j] for j in keep] for row in rows],
        numbers=[i + 1 for i in filled[1:]],
        short=short if encoding else [],
        encoding=encoding,
    )


def _name(cell: object) -> str:
    """Name of a column; 2010.0 is 2010, a date is its year."""
    if cell is None:
        return ""
    if isinstance(cell, datetime.date):
        return str(cell.year)
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(clean_text(cell).split())


def _letters(column: int) -> str:
    """Letters by which a spreadsheet names a column."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
