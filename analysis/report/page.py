"""Put a study's results into one self-contained page."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from analysis.report.blocks import Exhibit, Figure, Section
from analysis.report.captions import synthetic_mark
from analysis.report.formula import mathml
from analysis.report.images import width_mm
from analysis.report.parts import study_period
from analysis.report.words import Words
from analysis.tables.table import Table

if TYPE_CHECKING:
    from analysis.study.results import Study

__all__ = ["data_uri", "environment", "write_html"]

LETTERS, SMALLEST = 118, 0.6  # that fit a line of a table at full size; scale below which none goes


def write_html(study: Study, sections: Sequence[Section]) -> str:
    """Give the report as HTML: no request leaves the page, names are escaped.

    Parameters
    ----------
    study
        Results of a study.
    sections
        What `build_sections` made of them.
    """
    words = Words(study.plan.study.lang)
    version = study.manifest["versions"].get("cityripple") or ""
    page = environment(words).get_template("report.html.j2")
    return str(
        page.render(
            title=study.plan.study.title,
            subtitle=study_period(study, words),
            synthetic=synthetic_mark(study),
            contents=words("contents"),
            sections=sections,
            footer=words("footer", version=version),
        )
    )


def environment(words: Words) -> Any:
    """Templates of the package with what they call."""
    from jinja2 import Environment, PackageLoader

    loader = PackageLoader("analysis.report")
    made = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    made.filters |= {"uri": data_uri, "mathml": mathml, "width": width_mm, "scale": _scale}
    made.globals |= {"lang": words.lang, "caption": lambda block: shown_caption(block, words)}
    return made


def shown_caption(block: Exhibit, words: Words) -> str:
    """Caption with its number."""
    if block.number is None:
        return block.caption
    kind = "fig" if isinstance(block, Figure) else "tab"
    glue = "　" if words.lang == "zh" else ". "
    return f"{words(kind, number=block.number)}{glue}{block.caption}"


def data_uri(png: bytes) -> str:
    """Give a PNG as text that stands in the page itself."""
    return f"data:image/png;base64,{base64.b64encode(png).decode('ascii')}"


def _scale(table: Table) -> float:
    """By how much the letters of a wide table shrink so that it fits its line."""
    if table.prose:
        return 1.0
    first, *others = table.breadths
    need = min(first, 40) + sum(others) + 3 * len(others)
    return max(SMALLEST, min(1.0, LETTERS / need))
