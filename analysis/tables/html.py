"""Tables as HTML: an escaped fragment for pages, or a page of its own."""

from __future__ import annotations

from html import escape

from analysis.tables.cells import Cell
from analysis.tables.table import Row, Table

__all__ = ["fragment", "write"]

PROSE = ' class="prose"'
STYLE = """
body { margin: 24px; background: #fff; color: #000; font-size: 14px;
  font-family: "Times New Roman", "SimSun", "Songti SC", "Noto Serif CJK SC", serif; }
table.printed { border-collapse: collapse; border-top: 1.5pt solid #000;
  border-bottom: 1.5pt solid #000; }
table.printed caption { font-weight: bold; padding-bottom: 6px; }
table.printed th, table.printed td { padding: 2px 12px; text-align: center;
  font-variant-numeric: tabular-nums; }
table.printed th { font-weight: normal; }
table.printed tr > :first-child { text-align: left; }
table.printed thead tr:last-child > * { border-bottom: 0.75pt solid #000; }
table.printed th.group { border-bottom: 0.5pt solid #000; }
table.printed tr.rule > * { border-top: 0.5pt solid #777; }
table.printed tr.section > * { padding-top: 4px; }
html:lang(en) table.printed tr.section > * { font-style: italic; }
table.printed td.prose, table.printed th.prose { text-align: left; }
table.printed sup { font-size: 0.75em; line-height: 0; }
p.table-note { font-size: 12px; margin: 6px 0 0; max-width: 46em; }
"""


def write(table: Table) -> bytes:
    """Page with the table alone."""
    title = escape(table.title or "")
    lang = {"zh": "zh-CN"}.get(table.lang, table.lang)
    page = (
        f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"{fragment(table)}\n</body>\n</html>\n"
    )
    return page.encode("utf-8")


def fragment(table: Table) -> str:
    """Table and its notes, for a page with its own style sheet."""
    lines = ['<table class="printed">']
    if table.title:
        lines.append(f"<caption>{escape(table.title)}</caption>")
    lines.append("<thead>")
    for line in table.head:
        heads = "".join(
            _head(head.text, head.span, prose=head.span == 1 and place in table.prose)
            for place, head in enumerate(line)
        )
        lines.append(f"<tr>{heads}</tr>")
    lines += ["</thead>", "<tbody>", *(_row(row, table) for row in table.rows)]
    lines += ["</tbody>", "</table>"]
    if table.notes:
        lines.append(f'<p class="table-note">{escape(table.notes_text)}</p>')
    return "\n".join(lines)


def _head(text: str, span: int, *, prose: bool) -> str:
    """Cell of the head."""
    if span > 1:
        return f'<th class="group" colspan="{span}">{escape(text)}</th>'
    return f"<th{PROSE if prose else ''}>{escape(text)}</th>"


def _row(row: Row, table: Table) -> str:
    """Line of the body."""
    kinds = [kind for kind in (row.kind, "rule" if row.rule else "") if kind not in ("", "body")]
    name = f' class="{" ".join(kinds)}"' if kinds else ""
    if row.kind == "section":
        return f'<tr{name}><td colspan="{table.width}">{escape(row.label)}</td></tr>'
    cells = "".join(
        f"<td{PROSE if place in table.prose else ''}>{_cell(cell)}</td>"
        for place, cell in enumerate(row.cells, start=1)
    )
    return f"<tr{name}><td>{escape(row.label)}</td>{cells}</tr>"


def _cell(cell: Cell) -> str:
    """Write a number with a true minus and raised stars."""
    stars = f"<sup>{cell.stars}</sup>" if cell.stars else ""
    number = escape(cell.number.replace("-", "−"))
    return escape(cell.words) if cell.value is None else cell.wrapped(number, stars)
