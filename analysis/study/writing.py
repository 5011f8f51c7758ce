"""Write everything a study found into a folder."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.report import build_sections, write_html
from analysis.report.blocks import Block, Exhibit, Figure, Grid, Printed, Section
from analysis.report.captions import captions
from analysis.report.city import unit_key
from analysis.report.images import compact_png
from analysis.report.words import SYNTHETIC, Words
from analysis.study.claiming_output import claims_sheets
from analysis.study.folder import MANIFEST, list_files
from analysis.study.keeping import Parts
from analysis.study.picture import file_stem
from analysis.study.pictures import Picture, plan_pictures
from analysis.study.producing import draw_all, save_layers, save_tables
from analysis.study.record import plain, results_record
from analysis.study.resolved import resolved_toml
from analysis.study.screen import write_page
from analysis.study.sensitivity_output import (
    sensitivity_pictures,
    sensitivity_sheets,
)
from analysis.study.sheets import Sheet, plan_sheets
from analysis.terms import LANGUAGES

if TYPE_CHECKING:
    from analysis.study.results import Study

__all__ = ["write_results"]


def write_results(study: Study, folder: Path, *, jobs: int, parts: Parts) -> None:
    """Fill the folder: tables, maps, figures, layers, numbers, captions, report.

    Parameters
    ----------
    study
        All results.
    folder
        An empty folder.
    jobs
        Processes that draw.
    parts
        Takes up tables and pictures that are kept, and hears of progress.
    """
    steps = parts.steps
    steps("tables")
    sheets = [*plan_sheets(study), *sensitivity_sheets(study), *claims_sheets(study)]
    save_tables(sheets, folder, parts)
    save_layers(study, folder, parts)
    write_page(study, folder)
    steps("pictures")
    pictures = [*plan_pictures(study), *sensitivity_pictures(study, study.sources.cities)]
    pictures.sort(key=lambda picture: picture.section is None)
    draw_all(pictures, study.plan.maps, folder, jobs, parts)
    steps("report")
    _write_json(folder / "results.json", results_record(study))
    (folder / "study.resolved.toml").write_text(resolved_toml(study.plan), encoding="utf-8")
    if study.plan.study.synthetic:
        text = "".join(f"{SYNTHETIC[lang]}\n" for lang in LANGUAGES)
        (folder / "SYNTHETIC.txt").write_text(text, encoding="utf-8")
    _write_report(study, folder, pictures, sheets)
    _write_cities(study, folder)
    manifest = {**study.manifest, "parts": parts.record(), "files": list_files(folder)}
    _write_json(folder / MANIFEST, plain(manifest))


def _write_report(
    study: Study, folder: Path, pictures: Sequence[Picture], sheets: Sequence[Sheet]
) -> None:
    """Page, document and captions: the same figures and tables under the same numbers."""
    from analysis.report.document import write_docx

    parts = build_sections(study, _exhibits(pictures, sheets, study, folder))
    (folder / "report.html").write_text(write_html(study, parts), encoding="utf-8")
    (folder / "report.docx").write_bytes(write_docx(study, parts))
    text = _captions(pictures, sheets, study, _numbers(parts, pictures, sheets))
    (folder / "captions.md").write_text(text, encoding="utf-8")


def _write_cities(study: Study, folder: Path) -> None:
    """A page for each named city, as HTML and as Word."""
    from analysis.report.city_files import city_files

    lang = study.plan.study.lang

    def picture_of(unit: str, focus: str) -> Figure | None:
        file = folder / "maps" / f"{file_stem('profile', unit, focus)}.png"
        if not file.is_file():
            return None
        place = study.place(unit_key(study, focus, unit))
        caption = captions(study, "cap.sent_from", columns={"name": focus}, unit=place)[lang]
        return Figure(caption, compact_png(file.read_bytes()), half=True)

    several = len(study.sensitivity.profiles or {}) > 1
    pages = city_files(study, picture_of)
    for place, (unit, focus, data) in enumerate(pages):
        (folder / "profiles").mkdir(exist_ok=True)
        name = study.sources.names.get(str(unit_key(study, focus, unit)), unit)
        stem = file_stem(name, focus if several else "")
        suffix = "docx" if place % 2 else "html"
        (folder / "profiles" / f"{stem}.{suffix}").write_bytes(data)


def _numbers(
    parts: Sequence[Section], pictures: Sequence[Picture], sheets: Sequence[Sheet]
) -> dict[str, int]:
    """Number of each figure and table by its file; what the report leaves out comes behind."""
    shown = [block for part in parts for block in part.blocks if isinstance(block, Exhibit)]
    numbers = {block.stem: block.number for block in shown if block.stem and block.number}
    for stems, kind in ((_stems(pictures), Figure), (_stems(sheets), (Grid, Printed))):
        last = max((block.number or 0 for block in shown if isinstance(block, kind)), default=0)
        rest = [stem for stem in stems if stem not in numbers]
        numbers |= {stem: last + place for place, stem in enumerate(rest, start=1)}
    return numbers


def _stems(items: Sequence[Picture] | Sequence[Sheet]) -> list[str]:
    return [
        f"{item.folder if isinstance(item, Picture) else 'tables'}/{item.stem}" for item in items
    ]


def _write_json(path: Path, value: Any) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(_json(value))


def _json(value: Any, line: str = "\n") -> Iterator[str]:
    """Text of JSON piece by piece; what holds no further lists or mappings stands in one line."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if not any(isinstance(part, (dict, list)) for part in parts):
        yield json.dumps(value, ensure_ascii=False, allow_nan=False)
        return
    (opened, closed), named = "[]", [("", part) for part in parts]
    if isinstance(value, dict):
        opened, closed = "{}"
        named = [(f"{json.dumps(key, ensure_ascii=False)}: ", value[key]) for key in value]
    yield opened
    for place, (name, part) in enumerate(named):
        yield f"{',' if place else ''}{line} {name}"
        yield from _json(part, line + " ")
    yield line + closed


def _captions(
    pictures: Sequence[Picture],
    sheets: Sequence[Sheet],
    study: Study,
    numbers: Mapping[str, int],
) -> str:
    """Captions of all figures and tables, in both languages."""
    lines = [f"# {study.plan.study.title}", ""]
    if study.plan.study.synthetic:
        lines += [*(SYNTHETIC[lang] for lang in LANGUAGES), ""]
    shown = [("fig", f"{one.folder}/{one.stem}", one.caption) for one in pictures]
    shown += [("tab", f"tables/{one.stem}", one.caption) for one in sheets]
    for kind, stem, caption in shown:
        lines += [f"## {stem}", ""]
        lines += [f"- {_numbered(kind, numbers[stem], caption[lang], lang)}" for lang in LANGUAGES]
        lines.append("")
    return "\n".join(lines)


def _numbered(kind: str, number: int, caption: str, lang: Any) -> str:
    glue = "　" if lang == "zh" else ". "
    return f"{Words(lang)(kind, number=number)}{glue}{caption}"


def _exhibits(
    pictures: Sequence[Picture], sheets: Sequence[Sheet], study: Study, folder: Path
) -> dict[str, list[Block]]:
    """Tables, then figures, by section of the report."""
    lang = study.plan.study.lang
    found: dict[str, list[Block]] = {}
    for sheet in sheets:
        table = sheet.shown or sheet.table
        block = Printed(sheet.caption[lang], table, f"tables/{sheet.stem}")
        found.setdefault(sheet.section, []).append(block)
    for picture in pictures:
        if picture.section is None:
            continue
        stem = f"{picture.folder}/{picture.stem}"
        png = compact_png((folder / f"{stem}.png").read_bytes())
        figure = Figure(picture.caption[lang], png, stem, picture.half)
        found.setdefault(picture.section, []).append(figure)
    return found
