"""What every map can be told: words, size, frame and furniture, checked once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np

from analysis.canvas import check_width
from analysis.terms import check_language
from spatial.errors import InputError

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.axes import Axes

__all__ = ["Options", "Sheet", "read_options"]


Degrees = tuple[float, float, float, float]
LEGENDS = ("auto", "below", "none", "lower left", "lower right", "upper left", "upper right")
MOST_INSETS = 4


class Options(TypedDict, total=False):
    """Keyword arguments that all maps share.

    lang
        "en" (default) or "zh": the language of the legend and of what the map says about itself.
    width_mm, font_size
        Printed width (default 160; 80 for one column) and text size in points (default 7; notes
        are one point smaller, never below 6 unless `font_size` itself is smaller).
    ax
        Draw one panel into these axes; legend and notes stay inside them, `width_mm` is unused.
    title, note, source, approval
        Text. No title by default (captions belong to the page); `note` follows what the map says of
        itself; `source` and the map approval number get a line each.
    labels
        Units to be named on the map, by label or by name.
    lines
        GeoDataFrame of border lines drawn over the units, such as `shapes.china_lines()`; in a
        column `kind` "sea" makes a line heavier and "dashed" dashed, others are province borders,
        which take the place of those found from a column `province`.
    inset
        None: a window for far islands where they would shrink the map; False: never; or its
        (west, south, east, north) in degrees, or a list of up to four of these. Ground on the main
        map is shown larger, other ground smaller; no inset covers a unit.
    crs
        Projection to draw in; default: Albers 25°N 47°N 105°E for the whole of China, an equal-area
        projection of the extent otherwise; projected layers stay as they are, unless their own
        projection shows areas more than a tenth wrong between units.
    graticule
        Lines of longitude and latitude (default True); they show where north is.
    arrow
        An arrow that points to true north where it stands (default False).
    legend
        "auto" (in a free corner, otherwise below the map), "below", "none", or where to try first:
        "lower left", "lower right", "upper left", "upper right".
    columns
        Panels beside one another, for maps of several years.
    """

    lang: str
    width_mm: float
    font_size: float
    ax: Axes | None
    title: str | None
    note: str | None
    source: str | None
    approval: str | None
    labels: Sequence[object] | None
    lines: gpd.GeoDataFrame | None
    inset: bool | Degrees | Sequence[Degrees] | None
    crs: object
    graticule: bool
    arrow: bool
    legend: str
    columns: int | None


@dataclass(frozen=True)
class Sheet:
    """The options of one map, with their defaults."""

    lang: str = "en"
    width_mm: float = 160.0
    font_size: float = 7.0
    ax: Any = None
    title: str | None = None
    note: str | None = None
    source: str | None = None
    approval: str | None = None
    labels: Sequence[object] | None = None
    lines: Any = None
    inset: bool | Degrees | Sequence[Degrees] | None = None
    crs: object = None
    graticule: bool = True
    arrow: bool = False
    legend: str = "auto"
    columns: int | None = None

    @property
    def small(self) -> float:
        """Size of notes, panel furniture and labels, in points."""
        return min(self.font_size, max(6.0, self.font_size - 1.0))

    @property
    def insets(self) -> list[Degrees]:
        """Ground of the insets that the user asks for."""
        if self.inset is None or isinstance(self.inset, bool):
            return []
        boxes = np.atleast_2d(np.asarray(self.inset, dtype=float))
        return [(box[0], box[1], box[2], box[3]) for box in boxes.tolist()]


def read_options(options: Options) -> Sheet:
    """Check shared options; unknown words and impossible values are refused."""
    known = [field.name for field in fields(Sheet)]
    unknown = sorted(set(options) - set(known))
    if unknown:
        raise InputError(f"maps have no option {unknown[0]!r}; there are: {', '.join(known)}.")
    sheet = Sheet(**options)
    check_language(sheet.lang)
    check_width(sheet.width_mm, sheet.font_size)
    if sheet.legend not in LEGENDS:
        raise InputError(f"legend={sheet.legend!r} is not a place; use {', '.join(LEGENDS)}.")
    _check_insets(sheet)
    if sheet.columns is not None and sheet.columns < 1:
        raise InputError(f"columns={sheet.columns} leaves no panel; give 1 or more.")
    if isinstance(sheet.labels, str):
        raise InputError(f"labels={sheet.labels!r} is one text; give a list of units.")
    return sheet


def _check_insets(sheet: Sheet) -> None:
    """Refuse insets that are no boxes in degrees, or too many."""
    if sheet.inset is None or sheet.inset is False:
        return
    try:
        boxes = sheet.insets
        good = 0 < len(boxes) <= MOST_INSETS and all(_is_box(box) for box in boxes)
        good = good and np.shape(sheet.inset)[-1:] == (4,)
    except (IndexError, TypeError, ValueError):
        good = False
    if not good or sheet.inset is True:
        raise InputError(
            f"inset={sheet.inset!r} is not understood; leave it out for the default, give False "
            f"for none, or (west, south, east, north) in degrees, up to {MOST_INSETS} in a list."
        )


def _is_box(box: Degrees) -> bool:
    """Whether four numbers are west, south, east and north."""
    west, south, east, north = box
    return -360 <= west < east <= 360 and -90 <= south < north <= 90
