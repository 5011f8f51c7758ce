"""What Word needs and python-docx has no word for: styles, fields, links, bookmarks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from analysis.tables.word import EAST_ASIAN, LATIN, new_document, set_fonts

__all__ = [
    "add_bookmark",
    "add_contents",
    "add_field",
    "describe_picture",
    "keep_whole",
    "new_paper",
    "number_pages",
]

SANS, HEAVY, FIXED = "Arial", "黑体", "Courier New"
INK, SOFT = RGBColor(0, 0, 0), RGBColor(0x5A, 0x5A, 0x5A)

# name: (based on, size, bold, before, after, line spacing, heading fonts)
STYLES: dict[str, tuple[str, float, bool, float, float, float, bool]] = {
    "Title": ("Normal", 18, True, 0, 4, 1.2, True),
    "Subtitle": ("Normal", 10.5, False, 0, 4, 1.2, False),
    "Heading 1": ("Normal", 14, True, 18, 6, 1.2, True),
    "Contents Heading": ("Normal", 11, True, 12, 3, 1.2, True),
    "Contents Line": ("Normal", 10, False, 0, 0, 1.3, False),
    "List Bullet": ("Normal", 10.5, False, 0, 3, 1.25, False),
    "Code": ("Normal", 9, False, 3, 6, 1.2, False),
    "Picture": ("Normal", 10.5, False, 6, 2, 1.0, False),
    "Figure Caption": ("Normal", 9.5, False, 2, 12, 1.2, False),
    "Table Caption": ("Normal", 9.5, False, 10, 4, 1.2, False),
    "Table Note": ("Normal", 7.5, False, 3, 0, 1.35, False),
    "After Table": ("Normal", 6, False, 0, 0, 1.0, False),
}
KEPT = ("Heading 1", "Picture", "Table Caption", "Contents Heading")
CENTRED = ("Picture", "Figure Caption", "Table Caption")


def new_paper(lang: str, *, margin_cm: float = 2.5) -> Any:
    """Empty A4 document with the styles of a report."""
    document = new_document()
    section = document.sections[0]
    section.left_margin = section.right_margin = Cm(margin_cm)
    section.top_margin = section.bottom_margin = Cm(margin_cm)
    body = document.styles["Normal"].paragraph_format
    body.space_after, body.line_spacing = Pt(5), 1.25
    _set_defaults(document, lang)
    for name, (base, size, bold, before, after, spacing, heading) in STYLES.items():
        known = name in [style.name for style in document.styles]
        style = document.styles[name] if known else _made(document, name)
        if name != "List Bullet":
            style.base_style = document.styles[base]
        style.font.size, style.font.bold, style.font.italic = Pt(size), bold, False
        style.font.color.rgb = INK
        fonts = (SANS, HEAVY) if heading else (FIXED if name == "Code" else LATIN, EAST_ASIAN)
        set_fonts(style.element.get_or_add_rPr(), *fonts)
        form = style.paragraph_format
        form.space_before, form.space_after, form.line_spacing = Pt(before), Pt(after), spacing
        form.keep_with_next = name in KEPT
        if name in CENTRED:
            form.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _drop_rule_of_title(document)
    return document


def _made(document: Any, name: str) -> Any:
    return document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)


def _set_defaults(document: Any, lang: str) -> None:
    """Fonts and languages that hold where no style says otherwise."""
    found = document.styles.element.find(f".//{qn('w:rPrDefault')}/{qn('w:rPr')}")
    set_fonts(found)
    found.find(qn("w:lang")).set(qn("w:val"), "en-GB")
    if lang == "zh":
        found.find(qn("w:lang")).set(qn("w:eastAsia"), "zh-CN")


def _drop_rule_of_title(document: Any) -> None:
    """The template draws a blue line below the title."""
    for name in ("Title", "Subtitle"):
        properties = document.styles[name].element.find(qn("w:pPr"))
        for tag in ("w:pBdr", "w:numPr"):
            found = properties.find(qn(tag))
            if found is not None:
                properties.remove(found)
        for run in document.styles[name].element.findall(qn("w:rPr")):
            for tag in ("w:spacing", "w:kern"):
                found = run.find(qn(tag))
                if found is not None:
                    run.remove(found)


def add_field(paragraph: Any, code: str, shown: str, *, bold: bool = False) -> None:
    """A field with the text it shows until Word works it out anew."""
    for kind, text in (
        ("begin", ""),
        ("code", code),
        ("separate", ""),
        ("text", shown),
        ("end", ""),
    ):
        run = paragraph.add_run()
        run.font.bold = bold or None
        if kind == "text":
            run.text = text
        elif kind == "code":
            element = OxmlElement("w:instrText")
            element.set(qn("xml:space"), "preserve")
            element.text = f" {text} "
            run._r.append(element)
        else:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
            run._r.append(element)


def add_bookmark(paragraph: Any, name: str, number: int) -> None:
    """Mark a paragraph as a place that links lead to."""
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for element in (start, end):
        element.set(qn("w:id"), str(number))
    start.set(qn("w:name"), name)
    properties = paragraph._p.get_or_add_pPr()
    properties.addnext(start)
    paragraph._p.append(end)


def add_contents(document: Any, entries: Sequence[tuple[str, str]]) -> None:
    """A table of contents: a field whose lines stand there already and link to the headings."""
    style = document.styles["Contents Line"]
    lines = [document.add_paragraph(style=style) for _ in entries]
    for place, (line, (anchor, title)) in enumerate(zip(lines, entries, strict=True)):
        if place == 0:
            _field_ends(line, "begin", 'TOC \\o "1-1" \\h \\z \\u')
        link = OxmlElement("w:hyperlink")
        link.set(qn("w:anchor"), anchor)
        run = line.add_run(title)
        line._p.remove(run._r)
        link.append(run._r)
        line._p.append(link)
        if place == len(lines) - 1:
            _field_ends(line, "end", "")


def _field_ends(line: Any, kind: str, code: str) -> None:
    """Open or close a field that spans paragraphs."""
    for part in ("begin", "code", "separate") if kind == "begin" else ("end",):
        run = line.add_run()
        if part == "code":
            element = OxmlElement("w:instrText")
            element.set(qn("xml:space"), "preserve")
            element.text = f" {code} "
        else:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), part)
        run._r.append(element)


def number_pages(document: Any, lang: str, footer: str, mark: str) -> None:
    """Write page x of y and who made it below each page, the mark of made-up data above it."""
    section = document.sections[0]
    room = section.page_width - section.left_margin - section.right_margin
    below = section.footer.paragraphs[0]
    document.styles["Footer"].paragraph_format.tab_stops.clear_all()
    below.paragraph_format.tab_stops.add_tab_stop(room, WD_TAB_ALIGNMENT.RIGHT)
    below.add_run(f"{footer}\t")
    before, between, after = ("第", "页 / 共", "页") if lang == "zh" else ("Page ", " of ", "")
    below.add_run(before)
    add_field(below, "PAGE", "1")
    below.add_run(between)
    add_field(below, "NUMPAGES", "1")
    below.add_run(after)
    above = section.header.paragraphs[0]
    above.add_run(mark)
    above.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for name in ("Header", "Footer"):
        style = document.styles[name]
        style.font.size, style.font.color.rgb = Pt(8), SOFT
        set_fonts(style.element.get_or_add_rPr())


def keep_whole(row: Any) -> None:
    """Keep a row of a table on one page, so that no caption is parted from its picture."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def describe_picture(picture: Any, text: str) -> None:
    """Words for those who cannot see the picture."""
    picture._inline.docPr.set("descr", text)
