"""Figures to files: all formats of one picture, none of them half-written."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.fonts import style
from spatial.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["FORMATS", "save"]

FORMATS = ("png", "pdf", "svg", "tif", "tiff", "jpg", "eps")


def save(
    fig: Figure,
    path: str | Path,
    formats: Sequence[str] = ("png",),
    dpi: float = 300,
) -> list[Path]:
    """Write a figure in several formats.

    Parameters
    ----------
    fig
        Any matplotlib figure.
    path
        File name without a suffix, "图3" or "out/图3"; a name that ends in a known suffix
        ("map.pdf") is written in that format too. Other dots belong to the name.
    formats
        Of png, pdf, svg, tif, jpg, eps.
    dpi
        Resolution of png, tif and jpg.

    Returns
    -------
    list of Path
        The files, in the order of the formats.

    Raises
    ------
    InputError
        For an unknown format, or a folder that is missing or cannot be written.
    """
    target, kinds = _target(Path(path), formats)
    if not 30 <= dpi <= 2400:
        raise InputError(f"dpi={dpi} is no resolution; give 30 to 2400.")
    if not target.parent.is_dir():
        raise InputError(
            f"the folder {target.parent} does not exist; make it before saving {target.name}."
        )
    return [_write(fig, target.with_name(f"{target.name}.{kind}"), kind, dpi) for kind in kinds]


def _target(path: Path, formats: Sequence[str]) -> tuple[Path, list[str]]:
    """Name without a suffix, and the formats without doubles."""
    if isinstance(formats, str):
        raise InputError(f"formats={formats!r} is one text; give a list, such as ['png', 'pdf'].")
    kinds = [str(kind).lower().lstrip(".") for kind in formats]
    suffix = path.suffix.lower().lstrip(".")
    if suffix in FORMATS:
        path = path.with_name(path.name[: -len(path.suffix)])
        kinds = [suffix, *kinds] if formats != ("png",) else [suffix]
    unknown = [kind for kind in kinds if kind not in FORMATS]
    if unknown or not kinds:
        raise InputError(
            f"format {unknown[0] if unknown else 'none'!r} is not written; there are "
            f"{', '.join(FORMATS)}."
        )
    if not path.name:
        raise InputError("the figure needs a file name.")
    return path, list(dict.fromkeys(kinds))


def _write(fig: Figure, path: Path, kind: str, dpi: float) -> Path:
    """Write one file under a temporary name and move it into place."""
    draft = path.with_name(f".{secrets.token_hex(6)}.tmp")
    extra: dict[str, Any] = {"metadata": {"CreationDate": None}} if kind == "pdf" else {}
    if kind == "svg":
        extra = {"metadata": {"Date": None}}
    if kind in ("tif", "tiff"):
        extra = {"pil_kwargs": {"compression": "tiff_lzw"}}
    try:
        with style(), draft.open("wb") as stream:
            fig.savefig(stream, format=kind, dpi=dpi, bbox_inches=None, **extra)
        draft.replace(path)
    except OSError as error:
        raise InputError(
            f"{path} cannot be written: {error.strerror or error}; close programs that hold it "
            "open, or choose another folder."
        ) from error
    finally:
        draft.unlink(missing_ok=True)
    return path
