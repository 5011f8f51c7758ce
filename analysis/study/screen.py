"""The interactive page of a study: local clusters to look at on a screen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.report.captions import synthetic_mark
from analysis.report.crowded import crowds_page
from spatial.errors import InputError

if TYPE_CHECKING:
    from analysis.study.results import Study
    from analysis.study.schema import Plan

__all__ = ["check_page", "write_page"]

PAGE = "interactive.html"


def check_page(plan: Plan) -> None:
    """Refuse a study that demands the page where it cannot be made, before any work is done."""
    from analysis.linked import NO_BOKEH, has_bokeh

    if not plan.maps.interactive:
        return
    if plan.autocorrelation is None:
        raise InputError(
            "[maps] interactive = true needs [autocorrelation], whose clusters the page shows; "
            "add it."
        )
    if not has_bokeh():
        raise InputError(f"[maps] interactive = true: {NO_BOKEH}")


def write_page(study: Study, folder: Path) -> None:
    """Write interactive.html, unless the study says no, has no clusters, or bokeh is absent.

    Of more units than a browser can redraw only where the study demands it; the notes say so.
    """
    from analysis.linked import has_bokeh, interactive

    found, section = study.clusters, study.plan.maps
    if found is None or section.interactive is False or not has_bokeh() or crowds_page(study):
        return
    results: dict[Any, Any] = {**found.lisa, **found.bilisa}
    interactive(
        folder / PAGE,
        study.sources.cities,
        results,
        study.sample.data,
        lang=study.plan.study.lang,
        labels=dict(study.plan.labels),
        title=study.plan.study.title,
        note=synthetic_mark(study),
        source=section.source,
        lines=study.sources.lines,
    )
