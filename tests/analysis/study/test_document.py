"""The Word document says what the page says, in fonts of both scripts."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

from analysis.report import build_sections, write_html
from analysis.report.blocks import Bullets, Code, Figure, Formula, Grid, Printed, Section, Text
from analysis.report.document import write_docx
from analysis.study.sheets import plan_sheets
from analysis.study.writing import _exhibits

SANS_EAST = {"宋体", "黑体"}


def in_language(done: Any, lang: str) -> Any:
    section = done.plan.study.model_copy(update={"lang": lang, "synthetic": True})
    return replace(done, plan=done.plan.model_copy(update={"study": section}))


@pytest.fixture(scope="module", params=["en", "zh"])
def both(request: Any, done: Any) -> Any:
    """Blocks, page and document of one study."""
    study = in_language(done, request.param)
    sections = build_sections(study, _exhibits([], plan_sheets(study), study, done.out))
    document = docx.Document(BytesIO(write_docx(study, sections)))
    return study, sections, write_html(study, sections), document


def texts(document: Any) -> str:
    """All text of the body."""
    return "\n".join(node.text or "" for node in document.element.body.iter(qn("w:t")))


def test_every_block_arrives(both: Any) -> None:
    _, sections, page, document = both
    words = texts(document).replace("\n", "")
    blocks = [block for section in sections for block in section.blocks]
    for block in blocks:
        lines = []
        if isinstance(block, (Text, Code)):
            lines = [block.text]
        elif isinstance(block, Bullets):
            lines = list(block.items)
        elif isinstance(block, Grid):
            lines = [block.caption, *block.head, *(cell for row in block.rows for cell in row)]
        elif isinstance(block, Printed):
            lines = [block.caption, *(row.label for row in block.table.rows)]
        for line in lines:
            assert line in words
    headings = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    assert headings == [section.title for section in sections]
    tables = sum(isinstance(block, (Grid, Printed)) for block in blocks)
    assert len(document.tables) == tables == page.count("<table")
    formulas = sum(isinstance(block, Formula) for block in blocks)
    assert formulas >= 3
    assert len(document.element.body.findall(f".//{qn('m:oMath')}")) == formulas


def test_numbers_of_tables_are_those_of_the_page(both: Any) -> None:
    study, _, page, document = both
    word = "表" if study.plan.study.lang == "zh" else "Table "
    mark = "　" if study.plan.study.lang == "zh" else r"\. "
    told = re.findall(rf"{word}(\d+){mark}", re.sub(r"<[^>]+>", "", page))
    shown = [
        re.match(rf"{word}(\d+){mark}", paragraph.text)
        for paragraph in document.paragraphs
        if paragraph.style.name == "Table Caption"
    ]
    assert [found[1] for found in shown if found] == told
    assert [int(number) for number in told] == list(range(1, len(told) + 1))
    codes = [node.text for node in document.element.body.iter(qn("w:instrText"))]
    assert sum("SEQ Table" in code for code in codes) == len(told)


def test_both_scripts_have_a_font_everywhere(both: Any) -> None:
    _, _, _, document = both
    for name in {paragraph.style.name for paragraph in document.paragraphs}:
        fonts = document.styles[name].element.find(f"{qn('w:rPr')}/{qn('w:rFonts')}")
        assert fonts.get(qn("w:eastAsia")) in SANS_EAST, name
        assert fonts.get(qn("w:asciiTheme")) is None
        assert fonts.get(qn("w:eastAsiaTheme")) is None
    defaults = document.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:rFonts')}")
    assert defaults.get(qn("w:eastAsia")) == "宋体"
    for table in document.tables:
        for run in table._tbl.iter(qn("w:r")):
            if run.findtext(qn("w:t")):
                fonts = run.find(f"{qn('w:rPr')}/{qn('w:rFonts')}")
                assert fonts.get(qn("w:eastAsia")) == "宋体"


def test_the_mark_of_made_up_data_stands_on_every_page(both: Any) -> None:
    study, _, _, document = both
    mark = "合成数据" if study.plan.study.lang == "zh" else "Synthetic data"
    assert mark in document.sections[0].header.paragraphs[0].text
    footer = document.sections[0].footer._element.xml
    assert "PAGE" in footer
    assert "NUMPAGES" in footer
    assert document.core_properties.title == study.plan.study.title


def test_links_of_the_contents_lead_to_headings(both: Any) -> None:
    _, sections, _, document = both
    body = document.element.body
    links = [node.get(qn("w:anchor")) for node in body.iter(qn("w:hyperlink"))]
    marks = [node.get(qn("w:name")) for node in body.iter(qn("w:bookmarkStart"))]
    assert links == marks == [section.anchor for section in sections]


def test_the_chinese_document_is_chinese(both: Any) -> None:
    study, _, _, document = both
    heads = [node.text for node in document.paragraphs if node.style.name == "Heading 1"]
    before = texts(document).split(heads[-2])  # the references stand between
    english = re.findall(r"(?:[A-Za-z’']{2,}[ ,]+){4,}", before[0] + before[1])
    assert bool(english) == (study.plan.study.lang == "en")


def picture(wide: int, high: int, dpi: int) -> bytes:
    from PIL import Image

    out = BytesIO()
    Image.new("RGBA", (wide, high), (200, 30, 30, 255)).save(out, "PNG", dpi=(dpi, dpi))
    return out.getvalue()


def test_pictures_keep_their_size_and_fit_the_page(done: Any) -> None:
    shown = [
        Figure("as drawn", picture(945, 400, 300), number=1),
        Figure("too wide", picture(4000, 400, 300), number=2),
        Figure("too high", picture(945, 4000, 300), number=3),
        Figure("left", picture(472, 400, 300), half=True, number=4),
        Figure("right", picture(472, 400, 300), half=True, number=5),
    ]
    data = write_docx(done, [Section("a", "A", shown)])
    document = docx.Document(BytesIO(data))
    sizes = [(shape.width.mm, shape.height.mm) for shape in document.inline_shapes]
    assert sizes[0] == pytest.approx((80, 33.9), abs=0.1)
    assert sizes[1][0] == pytest.approx(160, abs=0.1)
    assert sizes[2][1] == pytest.approx(205, abs=0.1)
    assert sizes[2][0] / sizes[2][1] == pytest.approx(945 / 4000, rel=0.01)
    assert len(document.tables) == 1
    assert [cell.paragraphs[1].text for cell in document.tables[0].rows[0].cells] == [
        "Figure 4. left",
        "Figure 5. right",
    ]
    rows = document.tables[0].rows
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in rows)
