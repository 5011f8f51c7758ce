"""The page of a city as HTML and as a Word document, each one sheet of A4."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from analysis.report.blocks import Figure
from analysis.report.city import CityPage, city_page
from analysis.report.page import environment
from analysis.report.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable

    from analysis.study.results import Study

__all__ = ["city_files"]

PICTURE_MM = (80.0, 88.0)  # largest width and height of the map


def city_files(
    study: Study, picture_of: Callable[[str, str], Figure | None]
) -> Iterator[tuple[str, str, bytes]]:
    """Give unit, focus and the page of each city that [profiles] names: as HTML, then as Word.

    Parameters
    ----------
    picture_of
        Map of a unit and a focus term, where there is one.
    """
    section = study.plan.profiles
    for focus in study.sensitivity.profiles or {}:
        for unit in section.units if section else ():
            page = city_page(study, focus, unit, picture_of(unit, focus))
            yield unit, focus, _html(page, study).encode("utf-8")
            yield unit, focus, _docx(page, study)


def _footer(study: Study, words: Words) -> str:
    return words("footer", version=study.manifest["versions"].get("cityripple") or "")


def _html(page: CityPage, study: Study) -> str:
    words = Words(study.plan.study.lang)
    template = environment(words).get_template("city.html.j2")
    return str(template.render(page=page, footer=_footer(study, words)))


def _docx(page: CityPage, study: Study) -> bytes:
    """The map beside the figures, in a table without rules; small print below."""
    from docx.shared import Mm, Pt

    from analysis.report.document import Writer, as_table
    from analysis.tables.word import add_table

    words = Words(study.plan.study.lang)
    writer = Writer(words, margin_cm=1.5)
    document = writer.document
    for name, size in (("Title", 16.0), ("Normal", 9.0)):
        document.styles[name].font.size = Pt(size)
    document.styles["Normal"].paragraph_format.line_spacing = 1.1
    document.styles["Normal"].paragraph_format.space_after = Pt(3)
    document.styles["Table Caption"].paragraph_format.space_before = Pt(4)
    writer.open(page.title, page.mark, page.subtitle)
    for block in page.lead:
        writer.block(block)
    left, right = document.add_table(rows=1, cols=2).rows[0].cells
    for cell, width in ((left, 84), (right, 96)):
        cell.width = Mm(width)
    if page.picture:
        writer.figure(page.picture, width=PICTURE_MM[0], height=PICTURE_MM[1], cell=left)
    right.paragraphs[0].style = document.styles["Table Caption"]
    right.paragraphs[0].add_run(page.facts.caption)
    add_table(document, as_table(page.facts, words), holder=right, room=9.0)
    for block in page.below:
        writer.block(block)
    for text in page.small:
        document.add_paragraph(text, style=document.styles["Table Note"])
    writer.close(_footer(study, words), "")
    return writer.saved(page.title, study.manifest["made_at"])
