"""Tables as Excel workbooks: numbers stay numbers, text never becomes a formula."""

from __future__ import annotations

import io
import math
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side

from analysis.tables.cells import Cell, breadth
from analysis.tables.table import Table

__all__ = ["write"]

FONTS = {"en": "Times New Roman", "zh": "宋体"}
THICK, THIN, HAIR = Side(style="medium"), Side(style="thin"), Side(style="hair")
WIDEST, LINE = 60, 14.5  # letters; points
PORTRAIT = 95  # letters that a page takes upright


def write(table: Table) -> bytes:
    """Workbook with one sheet: caption, head, body, notes."""
    book = Workbook()
    sheet = book.active
    line = 1
    if table.title:
        _text(sheet.cell(line, 1), table.title)
        sheet.cell(line, 1).font = Font(name=FONTS[table.lang], size=11, bold=True)
        line += 1
    line = _write_head(sheet, table, line)
    for row in table.rows:
        _text(sheet.cell(line, 1), row.label)
        for j, cell in enumerate(row.cells, start=2):
            _put(sheet.cell(line, j), cell)
        _dress(sheet, line, table, italic=row.kind == "section")
        if breadth(row.label) > WIDEST and row.kind != "section":
            sheet.cell(line, 1).alignment = Alignment(horizontal="left", wrap_text=True)
            sheet.row_dimensions[line].height = LINE * math.ceil(breadth(row.label) / WIDEST)
        if row.rule:
            _rule(sheet, line, table.width, top=HAIR)
        line += 1
    _rule(sheet, line - 1, table.width, bottom=THICK)
    if table.notes:
        _write_notes(sheet, line, table)
    _set_widths(sheet, table)
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToHeight = 0
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    if sum(_widths(table)) > PORTRAIT:
        sheet.page_setup.orientation = "landscape"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write_head(sheet: Any, table: Table, line: int) -> int:
    """Write the lines of the head between the thick and the thin rule."""
    first, groups = line, []
    for heads in table.head:
        column = 1
        for head in heads:
            _text(sheet.cell(line, column), head.text)
            if head.span > 1:
                groups.append((line, column, head.span))
                sheet.merge_cells(
                    start_row=line,
                    end_row=line,
                    start_column=column,
                    end_column=column + head.span - 1,
                )
            column += head.span
        _dress(sheet, line, table)
        line += 1
    _rule(sheet, first, table.width, top=THICK, bottom=THIN if line - first == 1 else None)
    if line - first > 1:
        _rule(sheet, line - 1, table.width, bottom=THIN)
    for at, start, span in groups:
        for column in range(start, start + span):
            edge = sheet.cell(at, column).border
            sheet.cell(at, column).border = Border(top=edge.top, bottom=HAIR)
    return line


def _write_notes(sheet: Any, line: int, table: Table) -> None:
    """Write the notes into one wrapped cell across the table."""
    cell, text = sheet.cell(line, 1), table.notes_text
    _text(cell, text)
    cell.font = Font(name=FONTS[table.lang], size=9)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.merge_cells(start_row=line, end_row=line, start_column=1, end_column=table.width)
    room = sum(_widths(table))
    sheet.row_dimensions[line].height = 12.5 * (math.ceil(breadth(text) / room) + 1)


def _put(target: Any, cell: Cell) -> None:
    """Put in a number with the format that prints its stars and brackets, or text."""
    if cell.value is None or math.isnan(cell.value):
        _text(target, cell.text)
        return
    target.value = cell.value
    target.number_format = number_format(cell)


def number_format(cell: Cell) -> str:
    """Excel's number format that shows a cell as it is printed.

    Examples
    --------
    >>> number_format(Cell(value=0.5, decimals=2, stars="**"))
    '0.00"**"'
    """
    digits = "0" if cell.decimals == 0 else "0." + "0" * cell.decimals
    if cell.tiny and cell.smallest == "e":
        digits = "0.0E+00"
    if cell.tiny and cell.smallest == "p":
        return f'"{cell.number}"'
    stars = f'"{cell.stars}"' if cell.stars else ""
    if not cell.brackets:
        return digits + stars
    return f'"("{digits}")"{stars};"(-"{digits}")"{stars}'


def _text(target: Any, text: str) -> None:
    """Write text as text, whatever it begins with."""
    target.value = text or None
    if text:
        target.data_type = "s"
        target.quotePrefix = text.startswith(("=", "+", "-", "@"))


def _dress(sheet: Any, line: int, table: Table, *, italic: bool = False) -> None:
    """Font and alignment of a line."""
    for column in range(1, table.width + 1):
        cell = sheet.cell(line, column)
        cell.font = Font(name=FONTS[table.lang], size=10.5, italic=italic and table.lang == "en")
        cell.alignment = Alignment(horizontal="left" if column == 1 else "center")


def _rule(
    sheet: Any, line: int, width: int, *, top: Side | None = None, bottom: Side | None = None
) -> None:
    """Draw a rule along a line."""
    for column in range(1, width + 1):
        sheet.cell(line, column).border = Border(top=top, bottom=bottom)


def _widths(table: Table) -> list[float]:
    """Width of each column, so that what it holds fits."""
    return [max(9.0, min(WIDEST, letters + 3.0)) for letters in table.breadths]


def _set_widths(sheet: Any, table: Table) -> None:
    """Set the width of each column."""
    from openpyxl.utils import get_column_letter

    for j, width in enumerate(_widths(table), start=1):
        sheet.column_dimensions[get_column_letter(j)].width = width
