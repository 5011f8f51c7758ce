"""Figures to files: all formats of one picture, none of them half-written."""

from __future__ import annotations

import io
import secrets
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from analysis.fonts import style
from analysis.maps.vector import finish_svg
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
        Resolution of png, tif and jpg; it is stated in the file.

    In pdf and svg text stays text that can be searched; the letters travel with the file.

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
    try:
        with style(), draft.open("wb") as stream:
            _WRITERS.get(kind, _plainly)(fig, stream, kind, dpi)
        draft.replace(path)
    except OSError as error:
        raise InputError(
            f"{path} cannot be written: {error.strerror or error}; close programs that hold it "
            "open, or choose another folder."
        ) from error
    finally:
        draft.unlink(missing_ok=True)
    return path


def _plainly(fig: Figure, stream: IO[bytes], kind: str, dpi: float) -> None:
    """Leave the format to matplotlib, without the date in PDF, and PNG packed as even areas want.

    The default strategy of zlib makes a map's PNG a seventh smaller than Pillow's own, which is
    meant for photographs, and at level 4 it is quicker too.
    """
    fig.savefig(stream, format=kind, dpi=dpi, bbox_inches=None, **_EXTRA.get(kind, {}))


def _svg(fig: Figure, stream: IO[bytes], kind: str, dpi: float) -> None:
    """SVG with text as text and short paths."""
    whole = io.StringIO()
    fig.savefig(whole, format=kind, dpi=dpi, bbox_inches=None, metadata={"Date": None})
    stream.write(finish_svg(whole.getvalue()).encode("utf-8"))


def _tiff(fig: Figure, stream: IO[bytes], kind: str, dpi: float) -> None:
    """TIFF in three colours without transparency, which printers ask for, compressed by LZW."""
    from PIL import Image

    del kind
    drawn = io.BytesIO()
    fig.savefig(drawn, format="png", dpi=dpi, bbox_inches=None, pil_kwargs={"compress_level": 0})
    with Image.open(drawn) as image:
        image.convert("RGB").save(stream, "TIFF", compression="tiff_lzw", dpi=(dpi, dpi))


_EXTRA: Mapping[str, dict[str, Any]] = {
    "pdf": {"metadata": {"CreationDate": None}},
    "png": {"pil_kwargs": {"compress_level": 4, "compress_type": 0}},
}
_WRITERS: Mapping[str, Callable[[Figure, IO[bytes], str, float], None]] = {
    "svg": _svg,
    "tif": _tiff,
    "tiff": _tiff,
}
