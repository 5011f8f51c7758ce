"""Write everything a study found into a folder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.report import render_report
from analysis.report.blocks import Block, Figure, Fragment
from analysis.report.page import data_uri
from analysis.report.words import SYNTHETIC, Words
from analysis.study.folder import MANIFEST, list_files
from analysis.study.keeping import Parts
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
    sheets = [*plan_sheets(study), *sensitivity_sheets(study)]
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
    (folder / "captions.md").write_text(_captions(pictures, sheets, study), encoding="utf-8")
    if study.plan.study.synthetic:
        text = "".join(f"{SYNTHETIC[lang]}\n" for lang in LANGUAGES)
        (folder / "SYNTHETIC.txt").write_text(text, encoding="utf-8")
    page = render_report(study, _exhibits(pictures, sheets, study, folder))
    (folder / "report.html").write_text(page, encoding="utf-8")
    manifest = {**study.manifest, "parts": parts.record(), "files": list_files(folder)}
    _write_json(folder / MANIFEST, plain(manifest))


def _write_json(path: Path, value: Any) -> None:
    path.write_text(
        json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False), encoding="utf-8"
    )


def _captions(pictures: Sequence[Picture], sheets: Sequence[Sheet], study: Study) -> str:
    """Captions of all figures and tables, in both languages."""
    lines = [f"# {study.plan.study.title}", ""]
    if study.plan.study.synthetic:
        lines += [*(SYNTHETIC[lang] for lang in LANGUAGES), ""]
    for number, picture in enumerate(pictures, start=1):
        lines += [f"## {picture.folder}/{picture.stem}", ""]
        lines += [
            f"- {_numbered('fig', number, picture.caption[lang], lang)}" for lang in LANGUAGES
        ]
        lines.append("")
    for number, sheet in enumerate(sheets, start=1):
        lines += [f"## tables/{sheet.stem}", ""]
        lines += [f"- {_numbered('tab', number, sheet.caption[lang], lang)}" for lang in LANGUAGES]
        lines.append("")
    return "\n".join(lines)


def _numbered(kind: str, number: int, caption: str, lang: Any) -> str:
    glue = "　" if lang == "zh" else ". "
    return f"{Words(lang)(kind, number=number)}{glue}{caption}"


def _exhibits(
    pictures: Sequence[Picture], sheets: Sequence[Sheet], study: Study, folder: Path
) -> dict[str, list[Block]]:
    """Numbered tables, then figures, by section of the report."""
    lang = study.plan.study.lang
    found: dict[str, list[Block]] = {}
    for number, sheet in enumerate(sheets, start=1):
        caption = _numbered("tab", number, sheet.caption[lang], lang)
        found.setdefault(sheet.section, []).append(
            Fragment(caption, (sheet.shown or sheet.table).to_html())
        )
    for number, picture in enumerate(pictures, start=1):
        if picture.section is None:
            continue
        caption = _numbered("fig", number, picture.caption[lang], lang)
        png = (folder / picture.folder / f"{picture.stem}.png").read_bytes()
        found.setdefault(picture.section, []).append(Figure(caption, data_uri(png), picture.half))
    return found
