"""Tables, layers and pictures as files: written anew, or taken up from an earlier run."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.study.folder import list_files
from analysis.study.gis import layers_of, write_layers
from analysis.study.keeping import Parts
from analysis.study.picture import Picture, draw, formats_of
from analysis.study.schema import Maps
from analysis.study.sheets import TABLE_FORMATS, Sheet
from spatial.running import deaf_processes

if TYPE_CHECKING:
    from analysis.study.results import Study

__all__ = ["draw_all", "save_layers", "save_tables"]

FEW = 10  # pictures that need no progress of their own


def save_tables(sheets: Sequence[Sheet], folder: Path, parts: Parts) -> None:
    """Save every table in every format."""
    (folder / "tables").mkdir()
    for sheet in sheets:
        files = [f"tables/{sheet.stem}.{kind}" for kind in TABLE_FORMATS]
        write = partial(_save, sheet, folder, files)
        _produce(f"table {sheet.stem}", (sheet.table, files), folder, write, parts)


def save_layers(study: Study, folder: Path, parts: Parts) -> None:
    """Write what goes to a GIS."""
    told = layers_of(study)
    if told:
        _produce("layers", told, folder, partial(_write, study, folder), parts)


def _produce(
    name: str, given: Any, folder: Path, write: Callable[[], Sequence[str]], parts: Parts
) -> None:
    if not parts.restored(name, given, folder):
        start = time.monotonic()
        files = write()
        parts.written(name, given, folder, files, time.monotonic() - start)


def _save(sheet: Sheet, folder: Path, files: Sequence[str]) -> Sequence[str]:
    for file in files:
        sheet.table.save(folder / file)
    return files


def _write(study: Study, folder: Path) -> Sequence[str]:
    before = set(list_files(folder))
    write_layers(study, folder)
    return [file for file in list_files(folder) if file not in before]


def draw_all(
    pictures: Sequence[Picture], section: Maps, folder: Path, jobs: int, parts: Parts
) -> None:
    """Draw every picture, several at a time."""
    from joblib import Parallel, delayed

    kinds = formats_of(section.formats)
    named = {
        place: (f"picture {one.stem}", (one.make, one.folder, one.stem, section.dpi, kinds), folder)
        for place, one in enumerate(pictures)
    }
    left = [place for place, told in named.items() if not parts.restored(*told)]
    work = (
        delayed(_draw)(place, pictures[place], folder, section.formats, section.dpi)
        for place in left
    )
    crew = Parallel(n_jobs=min(jobs, max(len(left), 1)), return_as="generator_unordered")
    tell, start = parts.workers("pictures").progress, time.monotonic()
    with deaf_processes():
        drawn = crew(work)
    for done, (place, seconds) in enumerate(drawn, start=1):
        one = pictures[place]
        files = [f"{one.folder}/{one.stem}.{kind}" for kind in kinds]
        parts.written(*named[place], files, seconds)
        if tell is not None and len(left) > FEW:
            tell(done, len(left), (time.monotonic() - start) / done * (len(left) - done))


def _draw(
    place: int, picture: Picture, folder: Path, formats: Sequence[str], dpi: int
) -> tuple[int, float]:
    """Draw one, and tell which it was and how long it took."""
    start = time.monotonic()
    draw(picture, folder, formats, dpi)
    return place, time.monotonic() - start
