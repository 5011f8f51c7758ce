"""What every map can be told: words, size, frame and furniture, checked once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, TypedDict

from analysis.canvas import check_width
from analysis.terms import check_language
from spatial.errors import InputError

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.axes import Axes

__all__ = ["Options", "Sheet", "read_options"]


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
        GeoDataFrame of border lines drawn over the units, such as `shapes.china_lines()`; a column
        `kind` with the value "sea" makes a line heavier, others are province borders.
    inset
        None: a window for far islands where they would shrink the map; False: never; or its
        (west, south, east, north) in degrees.
    crs
        Projection to draw in; default: Albers 25°N 47°N 105°E for the whole of China, an equal-area
        projection of the extent otherwise, and projected layers as they are.
    graticule
        Lines of longitude and latitude (default True); they show where north is.
    legend
        "auto" (in a free corner, otherwise below the map) or "below".
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
    inset: bool | tuple[float, float, float, float] | None
    crs: object
    graticule: bool
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
    inset: bool | tuple[float, float, float, float] | None = None
    crs: object = None
    graticule: bool = True
    legend: str = "auto"
    columns: int | None = None

    @property
    def small(self) -> float:
        """Size of notes, panel furniture and labels, in points."""
        return min(self.font_size, max(6.0, self.font_size - 1.0))


def read_options(options: Options) -> Sheet:
    """Check shared options; unknown words and impossible values are refused."""
    known = [field.name for field in fields(Sheet)]
    unknown = sorted(set(options) - set(known))
    if unknown:
        raise InputError(f"maps have no option {unknown[0]!r}; there are: {', '.join(known)}.")
    sheet = Sheet(**options)
    check_language(sheet.lang)
    check_width(sheet.width_mm, sheet.font_size)
    if sheet.legend not in ("auto", "below"):
        raise InputError(f"legend={sheet.legend!r} is not a place; use 'auto' or 'below'.")
    if sheet.inset is True or (isinstance(sheet.inset, tuple) and len(sheet.inset) != 4):
        raise InputError(
            f"inset={sheet.inset!r} is not understood; leave it out for the default, give False "
            "for none, or (west, south, east, north) in degrees."
        )
    if sheet.columns is not None and sheet.columns < 1:
        raise InputError(f"columns={sheet.columns} leaves no panel; give 1 or more.")
    if isinstance(sheet.labels, str):
        raise InputError(f"labels={sheet.labels!r} is one text; give a list of units.")
    return sheet
