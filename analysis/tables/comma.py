"""Tables as CSV that Excel opens with its Chinese intact."""

from __future__ import annotations

import csv
import io

from analysis.tables.cells import Cell
from analysis.tables.table import Row, Table

__all__ = ["harmless", "write"]

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write(table: Table) -> bytes:
    """Cells as printed, without parentheses, which a spreadsheet would read as a minus.

    A line that stands in parentheses on paper is named after what it holds.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([harmless(name) for name in table.columns])
    above = ""
    for row in table.rows:
        writer.writerow(_line(row, table, above))
        above = row.label or above
    return out.getvalue().encode("utf-8-sig")


def _line(row: Row, table: Table, above: str) -> list[str]:
    """One line of the body."""
    label = f"{above} ({table.under})" if row.kind == "under" else row.label
    cells = [_cell(cell) for cell in row.cells]
    return [harmless(label), *cells, *[""] * (table.width - 1 - len(cells))]


def _cell(cell: Cell) -> str:
    """Write a number with its stars, or harmless text."""
    return harmless(cell.words) if cell.value is None else cell.number + cell.stars


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
