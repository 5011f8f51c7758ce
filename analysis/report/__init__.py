"""The report of a study: one self-contained page and a Word document, in English or Chinese."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from analysis.report.blocks import Block, Section, numbered
from analysis.report.content import sections
from analysis.report.page import write_html

if TYPE_CHECKING:
    from analysis.study.results import Study

__all__ = ["build_sections", "render_report", "write_html"]


def build_sections(study: Study, exhibits: Mapping[str, Sequence[Block]]) -> list[Section]:
    """Everything a report says, its figures and tables numbered in the order they stand.

    Parameters
    ----------
    study
        Results.
    exhibits
        Figures and tables by section ("clustering", "models", "effects", "data", …).
    """
    return numbered(sections(study, exhibits))


def render_report(study: Study, exhibits: Mapping[str, Sequence[Block]]) -> str:
    """Give the report as HTML."""
    return write_html(study, build_sections(study, exhibits))
