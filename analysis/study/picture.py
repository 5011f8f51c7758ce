"""One map or figure of a study: where it goes, what it is called, how it is made."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.report.captions import synthetic_mark

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from analysis.study.results import Study

__all__ = ["Picture", "draw", "figure_options", "file_stem", "formats_of", "map_options"]

UNSAFE = re.compile(r"[^\w.-]+")


@dataclass(frozen=True)
class Picture:
    """A map or figure to be drawn.

    `folder` and `stem` say where, `section` where in the report (None: nowhere), `caption` in each
    language, `make` how; `half` is for one that is one column wide.
    """

    folder: str
    stem: str
    section: str | None
    caption: Mapping[str, str]
    make: Callable[[], Figure]
    half: bool = False


def file_stem(*parts: str) -> str:
    """Make a file name: all but letters, digits, - and . becomes an underscore."""
    return UNSAFE.sub("_", "_".join(part for part in parts if part)).strip("._-") or "unnamed"


def figure_options(study: Study) -> dict[str, Any]:
    """Give what all maps and figures are told."""
    plan = study.plan
    return {
        "lang": plan.study.lang,
        "width_mm": plan.maps.width_mm,
        "font_size": plan.maps.font_size,
        "note": synthetic_mark(study) or None,
        "source": plan.maps.source or None,
    }


def map_options(study: Study) -> dict[str, Any]:
    """Give what all maps are told."""
    section = study.plan.maps
    return figure_options(study) | {
        "approval": section.approval or None,
        "labels": list(section.labels) or None,
        "lines": study.sources.lines,
        "inset": None if section.inset is True else section.inset,
        "crs": section.crs,
        "graticule": section.graticule,
        "arrow": section.arrow,
    }


def draw(picture: Picture, folder: Path, formats: Sequence[str], dpi: int) -> None:
    """Draw a picture and save it in every format; a PNG is always there, for the report."""
    from analysis import maps

    (folder / picture.folder).mkdir(exist_ok=True)
    target, kinds = folder / picture.folder / picture.stem, formats_of(formats)
    maps.save(picture.make(), target, formats=kinds, dpi=dpi)


def formats_of(formats: Sequence[str]) -> list[str]:
    """Formats of every picture: a PNG first."""
    return list(dict.fromkeys(["png", *formats]))
