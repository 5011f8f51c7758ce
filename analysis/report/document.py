"""Put a study's results into a Word document: the same blocks as the page, set for paper."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from docx.shared import Mm, RGBColor

from analysis.report.blocks import Block, Bullets, Code, Figure, Formula, Grid, Printed, Section
from analysis.report.captions import synthetic_mark
from analysis.report.formula import omml
from analysis.report.images import width_mm
from analysis.report.paper import (
    add_bookmark,
    add_contents,
    add_field,
    describe_picture,
    keep_whole,
    new_paper,
    number_pages,
)
from analysis.report.parts import study_period
from analysis.report.words import Words
from analysis.tables.cells import Cell
from analysis.tables.table import Head, Row, Table
from analysis.tables.word import add_table

if TYPE_CHECKING:
    from analysis.study.results import Study

__all__ = ["write_docx"]

WARNING = "8A2F04"
ROOM_MM, HIGHEST_MM = 160.0, 205.0
SEQUENCE = {"figure": "Figure", "table": "Table"}


def write_docx(study: Study, sections: Sequence[Section]) -> bytes:
    """Give the report as .docx: A4, three-line tables, equations, fields for numbers and pages.

    Parameters
    ----------
    study
        Results of a study.
    sections
        What `build_sections` made of them.
    """
    words = Words(study.plan.study.lang)
    version = study.manifest["versions"].get("cityripple") or ""
    writer = Writer(words)
    writer.open(study.plan.study.title, synthetic_mark(study), study_period(study, words))
    writer.contents(sections)
    for section in sections:
        writer.section(section)
    writer.close(words("footer", version=version), synthetic_mark(study))
    return writer.saved(study.plan.study.title, study.manifest["made_at"])


class Writer:
    """A document that grows at its end."""

    def __init__(self, words: Words, *, margin_cm: float = 2.5) -> None:
        self.words = words
        self.document = new_paper(words.lang, margin_cm=margin_cm)
        self._bookmarks = 0

    # ---- front and back

    def open(self, title: str, mark: str, subtitle: str) -> None:
        """Title, period, and the mark of made-up data."""
        self._paragraph(title, "Title")
        self._paragraph(subtitle, "Subtitle")
        if mark:
            run = self._paragraph("", "Subtitle").add_run(mark)
            run.font.bold = True
            run.font.color.rgb = RGBColor.from_string(WARNING)

    def contents(self, sections: Sequence[Section]) -> None:
        """Headings with links to them, in a field that Word fills with page numbers."""
        self._paragraph(self.words("contents"), "Contents Heading")
        add_contents(self.document, [(section.anchor, section.title) for section in sections])

    def close(self, footer: str, mark: str) -> None:
        """Page numbers below, what the document is above every page."""
        number_pages(self.document, self.words.lang, footer, mark)

    def saved(self, title: str, made_at: str) -> bytes:
        """Bytes of the file; its date is that of the run."""
        properties = self.document.core_properties
        properties.title, properties.author = title, "cityripple"
        properties.language = "zh-CN" if self.words.lang == "zh" else "en-GB"
        made = datetime.fromisoformat(made_at).replace(tzinfo=None)
        properties.created = properties.modified = made
        properties.comments, properties.last_modified_by = "", "cityripple"
        out = io.BytesIO()
        self.document.save(out)
        return out.getvalue()

    # ---- body

    def section(self, section: Section) -> None:
        """Heading with a bookmark, then the blocks; pictures of half a page stand side by side."""
        heading = self._paragraph(section.title, "Heading 1")
        self._bookmarks += 1
        add_bookmark(heading, section.anchor, self._bookmarks)
        for half, blocks in groupby(section.blocks, key=_is_half):
            if half:
                self.pairs(list(blocks))  # type: ignore[arg-type]
            else:
                for block in blocks:
                    self.block(block)

    def block(self, block: Block) -> None:
        """One block."""
        if isinstance(block, Bullets):
            for item in block.items:
                self._paragraph(item, "List Bullet")
        elif isinstance(block, Formula):
            self.document.add_paragraph()._p.append(omml(block.text))
        elif isinstance(block, Code):
            self._paragraph(block.text, "Code")
        elif isinstance(block, Figure):
            self.figure(block)
        elif isinstance(block, Grid):
            self.table(block, as_table(block, self.words))
        elif isinstance(block, Printed):
            self.table(block, block.table)
        else:
            paragraph = self._paragraph(block.text)
            if block.strong:
                paragraph.runs[0].font.bold = True

    def figure(
        self,
        block: Figure,
        *,
        width: float | None = None,
        height: float = HIGHEST_MM,
        cell: Any = None,
    ) -> None:
        """Picture as wide as it was drawn and no higher than `height` (mm), its caption below."""
        place = cell.paragraphs[0] if cell is not None else self.document.add_paragraph()
        place.style = self.document.styles["Picture"]
        picture = place.add_run().add_picture(
            io.BytesIO(block.png), width=Mm(min(width or width_mm(block.png), ROOM_MM))
        )
        if picture.height > Mm(height):
            scale = Mm(height) / picture.height
            picture.width, picture.height = int(picture.width * scale), Mm(height)
        describe_picture(picture, block.caption)
        holder = self.document if cell is None else cell
        caption = holder.add_paragraph(style=self.document.styles["Figure Caption"])
        self._caption(caption, block)

    def pairs(self, figures: Sequence[Figure]) -> None:
        """Two pictures a line, in a table without rules."""
        half = ROOM_MM / 2
        grid = self.document.add_table(rows=0, cols=2)
        grid.autofit = False
        for start in range(0, len(figures), 2):
            row = grid.add_row()
            keep_whole(row)
            cells = row.cells
            for cell, figure in zip(cells, figures[start : start + 2], strict=False):
                cell.width = Mm(half)
                self.figure(figure, width=min(width_mm(figure.png), half - 4), cell=cell)

    def table(self, block: Grid | Printed, table: Table) -> None:
        """Caption above, three rules, notes below."""
        if block.caption:
            self._caption(self._paragraph("", "Table Caption"), block)
        add_table(self.document, replace(table, title=None))
        if isinstance(block, Grid) and block.more:
            self._paragraph(block.more, "Table Note")
        self._paragraph("", "After Table")

    def _caption(self, paragraph: Any, block: Figure | Grid | Printed) -> None:
        """Kind and number (a field, so that Word can renumber and list them), then the words."""
        if block.number is not None:
            kind = "figure" if isinstance(block, Figure) else "table"
            before = self.words("fig" if kind == "figure" else "tab", number="")
            paragraph.add_run(before).font.bold = True
            add_field(paragraph, f"SEQ {SEQUENCE[kind]} \\* ARABIC", str(block.number), bold=True)
            paragraph.add_run("　" if self.words.lang == "zh" else ". ").font.bold = True
        paragraph.add_run(block.caption)

    def _paragraph(self, text: str, style: str = "Normal") -> Any:
        return self.document.add_paragraph(text, style=self.document.styles[style])


def _is_half(block: Block) -> bool:
    return isinstance(block, Figure) and block.half


def as_table(block: Grid, words: Words) -> Table:
    """A small table in the form of the printed ones."""
    right = set(block.right)
    rows = tuple(Row(row[0], tuple(Cell(cell) for cell in row[1:])) for row in block.rows)
    prose = tuple(place for place in range(len(block.head)) if place not in right)
    return Table((tuple(map(Head, block.head)),), rows, lang=words.lang, prose=prose)
