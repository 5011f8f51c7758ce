"""Pictures as a report carries them: few colours, no more dots than print can show."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["compact_png", "width_mm"]

MOST_DPI, COLOURS = 300, 256
MM = 25.4


def compact_png(png: bytes) -> bytes:
    """Give a PNG with a palette, at no more than 300 dots per inch.

    A palette of 256 colours chosen for coverage leaves every sign of a map within eight steps of
    255 of what it was, at about a third of its size. The picture stays as it is where that is
    smaller.
    """
    from PIL import Image

    with Image.open(io.BytesIO(png)) as picture:
        dpi = float(picture.info.get("dpi", (MOST_DPI, 0))[0])
        whole = _on_white(picture)
    factor = max(1, round(dpi / MOST_DPI))
    if factor > 1:
        whole = whole.reduce(factor)
    few = whole.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    out = io.BytesIO()
    few.save(out, "PNG", compress_level=7, dpi=(dpi / factor, dpi / factor))
    return out.getvalue() if len(out.getvalue()) < len(png) else png


def _on_white(picture: Image.Image) -> Image.Image:
    """Picture without transparency."""
    from PIL import Image

    solid = picture.convert("RGBA")
    alpha = solid.getchannel("A")
    if alpha.getextrema() == (255, 255):
        return solid.convert("RGB")
    whole = Image.new("RGB", picture.size, "white")
    whole.paste(solid, mask=alpha)
    return whole


def width_mm(png: bytes) -> float:
    """Width at which a PNG was drawn, in millimetres."""
    from PIL import Image

    with Image.open(io.BytesIO(png)) as picture:
        return picture.width / float(picture.info.get("dpi", (MOST_DPI, 0))[0]) * MM
