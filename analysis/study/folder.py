"""The output folder: written under a temporary name, then moved into its place."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from spatial.errors import InputError, named

__all__ = ["KEPT", "MADE_BY", "MANIFEST", "check_free", "list_files", "output_folder", "probe"]

MANIFEST = "manifest.json"
KEPT = ".kept"  # folder of what later runs take up
MADE_BY = "cityripple"


def check_free(out: Path) -> None:
    """Refuse a file, and a folder that holds anything but the results of an earlier run.

    Raises
    ------
    InputError
        `out` is a file, a non-empty folder without a manifest of ours, or holds files beside the
        results of an earlier run.
    """
    if not out.exists():
        return
    if not out.is_dir():
        raise InputError(f"the output {out.name} is a file; give a folder with --out.")
    if _holds_results(out) and not _is_ours(out):
        raise InputError(
            f"the output folder {out.name} holds files that no earlier run wrote; give an empty "
            "or a new folder with --out."
        )
    added = _added(out)
    if added:
        raise InputError(
            f"the output folder {out.name} holds {named(added)} beside the results of an earlier "
            "run, which the new ones would replace; move it away or give another folder with --out."
        )


def list_files(folder: Path) -> list[str]:
    """Names of all files below a folder, as the manifest lists them; not what is kept."""
    found = (p.relative_to(folder) for p in folder.rglob("*") if p.is_file())
    return sorted(name.as_posix() for name in found if name.parts[0] != KEPT)


def _holds_results(out: Path) -> bool:
    """Whether more is in a folder than what an interrupted run has kept."""
    return out.is_dir() and any(found.name != KEPT for found in out.iterdir())


def _added(out: Path) -> list[str]:
    """Files that somebody put beside the results; what programs leave beside theirs is none."""
    if not _holds_results(out):
        return []
    written = [*_manifest(out).get("files", list_files(out)), MANIFEST]
    return [
        name
        for name in list_files(out)
        if name not in written
        and not name.startswith("layers.gpkg-")
        and not name.endswith((".aux.xml", ".DS_Store", "Thumbs.db", "desktop.ini"))
        and not Path(name).name.startswith("~$")
    ]


def _is_ours(out: Path) -> bool:
    return _manifest(out).get("made_by") == MADE_BY


def _manifest(out: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((out / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return manifest if isinstance(manifest, dict) else {}


@contextmanager
def output_folder(out: Path) -> Iterator[Path]:
    """Give a temporary folder that takes the place of `out` on success and vanishes on failure.

    Raises
    ------
    InputError
        The place cannot be written, or the disk is full.
    """
    check_free(out)
    partial = _make_partial(out)
    try:
        yield partial
        _replace(partial, out)
    except OSError as error:
        raise _refusal(out, error) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _make_partial(out: Path) -> Path:
    partial = out.with_name(f".{out.name}-{uuid.uuid4().hex[:8]}-partial")
    try:
        partial.mkdir(parents=True)
    except OSError as error:
        raise _refusal(out, error) from None
    return partial


def probe(out: Path) -> None:
    """Refuse an output place that cannot be written, before any work is done."""
    check_free(out)
    _make_partial(out).rmdir()


def _refusal(out: Path, error: OSError) -> InputError:
    reason = error.strerror or type(error).__name__
    return InputError(
        f"the results cannot be written to the folder {out.name} ({reason}); close files that "
        "are open there, "
        "free space, or give another folder with --out."
    )


def _replace(partial: Path, out: Path) -> None:
    """Put `partial` in the place of `out`; an earlier result stays until the new one stands.

    What is kept moves from the one to the other.
    """
    old = partial.with_name(partial.name.replace("-partial", "-old"))
    if out.exists():
        out.rename(old)
    try:
        partial.rename(out)
    except OSError:
        if old.exists():
            old.rename(out)
        raise
    if (old / KEPT).is_dir():
        (old / KEPT).rename(out / KEPT)
    shutil.rmtree(old, ignore_errors=True)
