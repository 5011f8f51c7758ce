"""Put a study's results into one self-contained page."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING

from analysis.report.blocks import Block
from analysis.report.captions import synthetic_mark
from analysis.report.content import sections
from analysis.report.parts import study_period
from analysis.report.words import Words

if TYPE_CHECKING:
    from analysis.study.results import Study

__all__ = ["data_uri", "render_report"]


def render_report(study: Study, exhibits: Mapping[str, Sequence[Block]]) -> str:
    """Give the report as HTML: no request leaves the page, names are escaped.

    Parameters
    ----------
    study
        Results of a study.
    exhibits
        Numbered figures and tables by section ("clustering", "models", "effects", "spillovers",
        "data").
    """
    from jinja2 import Environment

    words = Words(study.plan.study.lang)
    source = (
        files("analysis.report").joinpath("templates/report.html.j2").read_text(encoding="utf-8")
    )
    page = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(source)
    version = study.manifest["versions"].get("cityripple") or ""
    return page.render(
        lang=words.lang,
        title=study.plan.study.title,
        subtitle=study_period(study, words),
        synthetic=synthetic_mark(study),
        contents=words("contents"),
        sections=sections(study, exhibits),
        footer=words("footer", version=version),
    )


def data_uri(png: bytes) -> str:
    """Give a PNG as text that stands in the page itself."""
    return f"data:image/png;base64,{base64.b64encode(png).decode('ascii')}"
