"""Pictures in a report: smaller, and the same to the eye."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image

from analysis.report.images import compact_png, width_mm


def drawing(dpi: int) -> bytes:
    """A figure with many tints, text and a transparent margin."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(3, 2))
    axes = figure.subplots()
    axes.imshow(np.linspace(0, 1, 400).reshape(20, 20), cmap="RdBu")
    axes.set_title("Title 0.123")
    out = BytesIO()
    figure.savefig(out, dpi=dpi, transparent=True)
    return out.getvalue()


def pixels(png: bytes) -> Any:
    picture = Image.open(BytesIO(png)).convert("RGBA")
    white = Image.new("RGBA", picture.size, "white")
    return np.asarray(Image.alpha_composite(white, picture).convert("RGB")).astype(int)


def test_few_colours_look_the_same() -> None:
    png = drawing(300)
    small = compact_png(png)
    assert len(small) < 2 / 3 * len(png)
    assert Image.open(BytesIO(small)).mode == "P"
    assert np.abs(pixels(small) - pixels(png)).max() <= 12
    assert (pixels(small)[0] == 255).all()
    assert width_mm(small) == pytest.approx(width_mm(png), rel=1e-3)


def test_dots_beyond_those_of_print_go() -> None:
    small = compact_png(drawing(600))
    assert Image.open(BytesIO(small)).size == (900, 600)
    assert width_mm(small) == pytest.approx(76.2, rel=1e-3)
    low = compact_png(drawing(100))
    assert Image.open(BytesIO(low)).size == (300, 200)


def test_a_picture_that_is_small_already_stays() -> None:
    out = BytesIO()
    Image.new("P", (4, 4)).save(out, "PNG")
    assert compact_png(out.getvalue()) == out.getvalue()
