"""Pictures against small stored ones, with room for what another font library changes.

The stored pictures lie in tests/baselines, 50 dots per inch and 256 colours, and were drawn with
matplotlib 3.11. Its own drawings lie up to 0.3 apart from them on the page and 4 in the worst cell;
those of 3.8, 3.9 and 3.10, which set other letters, 1.4 to 8.1 and 16 to 61, so they have twice
the room. A red unit drawn blue is 80 and more. After a change that is meant, look at the new
pictures and write them anew:

    CITYRIPPLE_REWRITE_BASELINES=1 python -m pytest tests/... -k images
"""

import os
import tempfile
from pathlib import Path

import matplotlib as mpl
import numpy as np
from PIL import Image

from analysis.maps import save

BASELINES = Path(__file__).parents[2] / "baselines"
REWRITE = "CITYRIPPLE_REWRITE_BASELINES"
DPI = 50
COLOURS = 256
CELL = 8  # pixels; means over a cell forgive letters a pixel further on
OF_PAGE = 5.0  # root mean square of the differences of cells, of 255
OF_CELL = 40.0  # largest difference of one cell
DRAWN_WITH = "3.11"


def compare(figure, name, folder=None):
    """Hold a figure against tests/baselines/NAME.png.

    Where they differ, NAME.png and NAME-difference.png are left in `folder` (pytest's tmp_path; a
    new temporary folder by default), and the assertion says where.
    """
    folder = Path(tempfile.mkdtemp(prefix="cityripple-images-") if folder is None else folder)
    (path,) = save(figure, folder / name, ["png"], dpi=DPI)
    with Image.open(path) as picture:
        now = picture.convert("RGB")
    baseline = BASELINES / f"{name}.png"
    if os.environ.get(REWRITE):
        BASELINES.mkdir(exist_ok=True)
        few = now.quantize(COLOURS, dither=Image.Dither.NONE)
        few.save(baseline, optimize=True)
        return
    assert baseline.exists(), f"no baseline {baseline.name}; look at {path}, then set {REWRITE}=1"
    with Image.open(baseline) as picture:
        stored = picture.convert("RGB")
    sizes = f"{now.size} instead of {stored.size} pixels"
    assert np.abs(np.subtract(now.size, stored.size)).max() <= 1, f"{path}: {sizes}"
    gaps, of_page, of_cell = differences(now, stored)
    room = 1 if mpl.__version__.startswith(DRAWN_WITH) else 2
    if of_page > room * OF_PAGE or of_cell > room * OF_CELL:
        left = folder / f"{name}-difference.png"
        Image.fromarray((255 - np.clip(3 * gaps, 0, 255)).astype(np.uint8)).save(left)
        raise AssertionError(
            f"{name}: page {of_page:.1f} (at most {room * OF_PAGE}), worst cell {of_cell:.1f} (at "
            f"most {room * OF_CELL}); see {path} and {left}"
        )
    path.unlink()


def differences(one, other):
    """Differences pixel by pixel, (h, w, 3), and of cells: root mean square, and the largest."""
    size = np.minimum(one.size, other.size)
    a, b = (np.asarray(p, dtype=float)[: size[1], : size[0]] for p in (one, other))
    cells = cell_means(a) - cell_means(b)
    return np.abs(a - b), float(np.sqrt((cells**2).mean())), float(np.abs(cells).max())


def cell_means(pixels):
    """Mean of each cell of CELL × CELL pixels, the last ones smaller."""
    rows, columns = (np.arange(0, n, CELL) for n in pixels.shape[:2])
    sums = np.add.reduceat(np.add.reduceat(pixels, rows, axis=0), columns, axis=1)
    high, wide = (
        np.diff(np.r_[starts, n])
        for starts, n in zip((rows, columns), pixels.shape[:2], strict=True)
    )
    return sums / (high[:, None, None] * wide[None, :, None])
