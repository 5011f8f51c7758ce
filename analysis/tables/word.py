"""Tables as Word documents: three rules, Latin and East Asian fonts both set."""

from __future__ import annotations

import io
from collections.abc import Sequence
from copy import deepcopy
from functools import lru_cache
from itertools import accumulate
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_ALIGN_VERTICAL, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import _Cell
from docx.text.run import Run

from analysis.tables.cells import Cell
from analysis.tables.table import Row, Table
from analysis.tables.widths import body_size, fitted_widths, natural_widths

__all__ = [
    "EAST_ASIAN",
    "LATIN",
    "add_run",
    "add_table",
    "new_document",
    "paragraph_style",
    "set_fonts",
    "write",
]

LATIN, EAST_ASIAN = "Times New Roman", "宋体"
BODY, NOTE, CAPTION = Pt(9), Pt(7.5), Pt(10.5)
AIR, LEADING = Pt(2), 1.35
THICK, THIN, HAIR = 12, 6, 4  # eighths of a point
TOGETHER = 26  # rows that are not parted by the end of a page


def write(table: Table) -> bytes:
    """Document with the table alone; a wide table turns the page."""
    document = new_document()
    if sum(natural_widths(table)) > _room(document):
        section = document.sections[0]
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = section.page_height, section.page_width
    add_table(document, table)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def new_document() -> Any:
    """Empty A4 document whose styles name a Latin and an East Asian font."""
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    section.top_margin = section.bottom_margin = Cm(2.5)
    style = document.styles["Normal"]
    style.font.name, style.font.size = LATIN, CAPTION
    set_fonts(style.element.get_or_add_rPr())
    return document


def paragraph_style(document: Any, name: str, size: Any) -> Any:
    """Give a paragraph style of a size, tight; it is made when first needed."""
    if name not in document.styles:
        made = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        made.base_style = document.styles["Normal"]
        made.font.name, made.font.size = LATIN, size
        set_fonts(made.element.get_or_add_rPr())
        made.paragraph_format.space_before = made.paragraph_format.space_after = Pt(0)
        made.paragraph_format.line_spacing = Pt(size.pt * LEADING)
    return document.styles[name]


def add_table(
    document: Any, table: Table, *, holder: Any = None, room: float | None = None
) -> None:
    """Add caption, table and notes at the end of a document, or of a cell of it.

    Parameters
    ----------
    holder
        The cell.
    room
        Its width in centimetres; the text's by default.
    """
    place = document if holder is None else holder
    if table.title:
        caption = place.add_paragraph(style=paragraph_style(document, "Table Caption", CAPTION))
        caption.alignment = WD_ALIGN_PARAGRAPH.CENTER
        caption.paragraph_format.keep_with_next = True
        caption.paragraph_format.space_after = Pt(4)
        add_run(caption, table.title, bold=True)
    grid = place.add_table(rows=0, cols=table.width)
    grid.alignment = WD_TABLE_ALIGNMENT.CENTER
    grid.autofit = False
    size = Pt(round(2 * body_size(table, room or _room(document), BODY.pt)) / 2)
    name = "Table Body" if size == BODY else f"Table Body {size.pt:g}"
    body = paragraph_style(document, name, size)
    above, below = _blank_line(grid, body, header=True), _blank_line(grid, body)
    for heads in table.head:
        cells = _new_line(grid, above)
        column = 0
        for head in heads:
            cell = cells[column]
            if head.span > 1:
                cell = cell.merge(cells[column + head.span - 1])
                _border(cell, "bottom", HAIR)
            _paragraph(cell, head.text, left=column == 0 or column in table.prose)
            column += head.span
    for row in table.rows:
        _add_row(grid, row, below, italic=table.lang == "en", prose=table.prose)
    _draw_rules(grid, len(table.head))
    _set_widths(grid, fitted_widths(table, room or _room(document)))
    if len(grid.rows) <= TOGETHER:
        for line in grid.rows:
            line.cells[0].paragraphs[0].paragraph_format.keep_with_next = True
    if table.notes:
        notes = place.add_paragraph(style=paragraph_style(document, "Table Note", NOTE))
        notes.paragraph_format.space_before = Pt(3)
        add_run(notes, table.notes_text)


def _blank_line(grid: Any, style: Any, *, header: bool = False) -> Any:
    """Element of a line that is never split over pages; the head is repeated on each.

    Lines are copies of it: to build each anew takes most of the time of a long table.
    """
    line = grid.add_row()
    properties = line._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if header:
        properties.append(OxmlElement("w:tblHeader"))
    for cell in line.cells:
        cell.paragraphs[0]._p.get_or_add_pPr().style = style.style_id  # quicker than its name
        cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
    grid._tbl.remove(line._tr)
    return line._tr


def _new_line(grid: Any, blank: Any) -> list[_Cell]:
    """Add a copy of a blank line."""
    line = deepcopy(blank)
    grid._tbl.append(line)
    return [_Cell(cell, grid) for cell in line.tc_lst]


def _add_row(grid: Any, row: Row, blank: Any, *, italic: bool, prose: Sequence[int] = ()) -> None:
    """Add a line of the body."""
    cells = _new_line(grid, blank)
    if row.kind == "section":
        _paragraph(cells[0].merge(cells[-1]), row.label, left=True, italic=italic)
    else:
        _paragraph(cells[0], row.label, left=True)
        for place, (target, cell) in enumerate(zip(cells[1:], row.cells, strict=True), start=1):
            _number(target, cell, left=place in prose)
    if row.rule:
        for upper, own in zip(grid.rows[-2].cells, cells, strict=True):
            _air(upper, above=False)
            _border(own, "top", HAIR)
            _air(own, above=True)


def _number(target: Any, cell: Cell, *, left: bool) -> None:
    """Write a number with a true minus and raised stars."""
    paragraph = _paragraph(target, "", left=left)
    if cell.value is None:
        add_run(paragraph, cell.words)
        return
    add_run(paragraph, cell.wrapped(cell.number.replace("-", "−"), stars=""))
    if cell.stars:
        add_run(paragraph, cell.stars).font.superscript = True


def _paragraph(cell: Any, text: str, *, left: bool, italic: bool = False) -> Any:
    """Give the paragraph of a cell, tight, left or centred."""
    paragraph = cell.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT if left else WD_ALIGN_PARAGRAPH.CENTER
    if text:
        add_run(paragraph, text, italic=italic)
    return paragraph


def add_run(paragraph: Any, text: str, *, bold: bool = False, italic: bool = False) -> Any:
    """Add text with both fonts named, since Word takes Chinese signs from the second."""
    run = Run(deepcopy(_blank_run(bold=bold, italic=italic)), paragraph)
    paragraph._p.append(run._r)
    run.text = text
    return run


@lru_cache
def _blank_run(*, bold: bool, italic: bool) -> Any:
    run = Run(OxmlElement("w:r"), None)  # type: ignore[arg-type]
    run.font.name, run.font.bold, run.font.italic = LATIN, bold or None, italic or None
    set_fonts(run._r.get_or_add_rPr())
    return run._r


def set_fonts(properties: Any, latin: str = LATIN, east_asian: str = EAST_ASIAN) -> None:
    """Name the Latin and the East Asian font in run properties; fonts of a theme give way."""
    fonts = properties.get_or_add_rFonts()
    for kind in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{kind}"), None)
    for kind, name in (("ascii", latin), ("hAnsi", latin), ("eastAsia", east_asian)):
        fonts.set(qn(f"w:{kind}"), name)
    if properties.find(qn("w:lang")) is None:
        properties.append(OxmlElement("w:lang"))
    properties.find(qn("w:lang")).set(qn("w:eastAsia"), "zh-CN")


def _draw_rules(grid: Any, heads: int) -> None:
    """Three rules: thick above and below the table, thin under the head."""
    for cell in grid.rows[0].cells:
        _border(cell, "top", THICK)
        _air(cell, above=True)
    for cell in grid.rows[heads - 1].cells:
        _border(cell, "bottom", THIN)
        _air(cell, above=False)
    for cell in grid.rows[heads].cells:
        _air(cell, above=True)
    for cell in grid.rows[-1].cells:
        _border(cell, "bottom", THICK)
        cell.paragraphs[0].paragraph_format.keep_with_next = True
        _air(cell, above=False)


def _air(cell: Any, *, above: bool) -> None:
    """Keep text a little off the rule above or below it."""
    spacing = cell.paragraphs[0].paragraph_format
    if above:
        spacing.space_before = AIR
    else:
        spacing.space_after = AIR


def _border(cell: Any, side: str, eighths: int) -> None:
    """Draw one side of a cell."""
    properties = cell._tc.get_or_add_tcPr()
    borders = properties.find(qn("w:tcBorders"))
    if borders is None:
        borders = OxmlElement("w:tcBorders")
        properties.append(borders)
    edge = borders.find(qn(f"w:{side}"))
    if edge is None:
        edge = OxmlElement(f"w:{side}")
        borders.append(edge)
    for key, value in (
        ("val", "single"),
        ("sz", str(eighths)),
        ("space", "0"),
        ("color", "000000"),
    ):
        edge.set(qn(f"w:{key}"), value)


def _room(document: Any) -> float:
    """Width of the text on the page, in centimetres."""
    section = document.sections[0]
    return float((section.page_width - section.left_margin - section.right_margin) / Cm(1))


def _set_widths(grid: Any, widths: Sequence[float]) -> None:
    """Set the width of every cell, which Word wants as well as that of the columns."""
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = Cm(width)
    edges = [0.0, *accumulate(widths)]
    for line in grid._tbl.tr_lst:
        at = 0
        for element in line.tc_lst:
            end = at + element.grid_span
            element.width, at = Cm(edges[end] - edges[at]), end
