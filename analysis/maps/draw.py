"""Units, borders and graticule into axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from analysis.canvas import write
from analysis.maps.colours import Look
from analysis.maps.layer import DASHED, PROVINCE, SEA, Layer
from analysis.maps.legend import thin_hatch
from analysis.maps.placing import Window
from analysis.maps.projection import degrees, from_degrees

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.path import Path

__all__ = ["are_small", "draw_graticule", "draw_lines", "draw_links", "draw_units", "fineness"]

SMALL_MM = 0.6  # median width of units below which their borders would blacken the map
UNIT_EDGE = ("#8c8c8c", 0.18)
PROVINCE_EDGE = ("#3c3c3c", 0.5)
FAINT_EDGE = ("#b4b4b4", 0.4)
SEA_EDGE = ("#3c3c3c", 0.7)
DASHES = (0, (4.0, 2.4))
FULL_MM, FINEST = 120.0, 0.55  # from this width on borders are as wide as above; least share
HATCH_COLOUR = "#9a9a9a"
GRATICULE = "#d9dee2"
STEPS = (0.5, 1, 2, 5, 10, 15, 20, 30)


class Rings(NamedTuple):
    """Points of all rings, and where rings and units begin, one behind the last included."""

    points: npt.NDArray[np.float64]
    rings: npt.NDArray[np.intp]
    units: npt.NDArray[np.intp]

    def path(self, first: int, last: int) -> Path:
        """One compound path of the units from `first` up to `last`, which is left out."""
        from matplotlib.path import Path

        rings = self.rings[self.units[first] : self.units[last] + 1]
        codes = np.full(rings[-1] - rings[0], Path.LINETO, dtype=Path.code_type)
        codes[rings[:-1] - rings[0]] = Path.MOVETO
        codes[rings[1:] - rings[0] - 1] = Path.CLOSEPOLY
        return Path(self.points[rings[0] : rings[-1]], codes)


def rings_of(shapes: npt.NDArray[np.object_]) -> Rings:
    """Rings of polygons, holes included; outer and inner ones turn opposite ways."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    _, points, (rings, polygons) = shapely.to_ragged_array(parts)
    counts = np.bincount(owner, minlength=len(shapes))
    return Rings(points[:, :2], rings, polygons[np.r_[0, np.cumsum(counts)]])


def are_small(shapes: npt.NDArray[np.object_], metres_per_mm: float) -> bool:
    """Whether units are so narrow in print that their borders would cover them."""
    return bool(np.sqrt(np.median(shapely.area(shapes))) < SMALL_MM * metres_per_mm)


def fineness(width_mm: float) -> float:
    """Share of their width that borders have on a map of that printed width."""
    return float(np.clip(width_mm / FULL_MM, FINEST, 1.0))


def draw_units(
    axes: Axes,
    shapes: npt.NDArray[np.object_],
    codes: npt.NDArray[np.intp],
    looks: Sequence[Look],
    *,
    small: bool = False,
) -> None:
    """Fill the units of each class; one collection per class with a unit, named after the class.

    Those of `small` units hold one path without borders.
    """
    from matplotlib.collections import PathCollection

    for code, look in enumerate(looks):
        members = shapes[codes == code]
        if not len(members):
            continue
        rings, count = rings_of(members), len(members)
        cuts = [0, count] if small else range(count + 1)
        paths = [rings.path(first, last) for first, last in pairwise(cuts)]
        patches = PathCollection(paths, zorder=2, gid=f"class:{look.key}")
        patches.set(facecolor=look.face, linewidth=0.0 if small else UNIT_EDGE[1])
        patches.set_edgecolor(HATCH_COLOUR if look.hatch else UNIT_EDGE[0])
        if look.hatch:
            patches.set_hatch(look.hatch)
            thin_hatch(patches)
        axes.add_collection(patches, autolim=False)


def draw_lines(axes: Axes, layer: Layer, fine: float = 1.0, *, faint: bool = False) -> None:
    """Province borders, dashed lines, and the heavier line at sea; faint under links of units."""
    from matplotlib.collections import LineCollection

    province = FAINT_EDGE if faint else PROVINCE_EDGE
    for kind, (colour, width, style) in (
        (PROVINCE, (*province, "solid")),
        (DASHED, (*PROVINCE_EDGE, DASHES)),
        (SEA, (*SEA_EDGE, "solid")),
    ):
        shapes = [line.shape for line in layer.lines if line.kind == kind]
        strings = [shapely.get_coordinates(s) for s in _strings(shapes)]
        if strings:
            lines = LineCollection(strings, colors=colour, gid=f"line:{kind}")
            lines.set_linewidth(width * fine)
            lines.set(zorder=3, capstyle="round", joinstyle="round", linestyle=style)
            axes.add_collection(lines, autolim=False)


def draw_links(
    axes: Axes, lines: Mapping[str, npt.NDArray[np.float64]], looks: Sequence[Look]
) -> None:
    """Straight lines of each class of lines; one collection per class, named after it."""
    from matplotlib.collections import LineCollection

    for look in looks:
        if look.stroke is None or not len(lines.get(look.key, ())):
            continue
        if look.marker is not None:
            _draw_marks(axes, lines[look.key][:, 0], look)
            continue
        style = (0, look.dashes) if look.dashes else "solid"
        found = LineCollection(list(lines[look.key]), colors=look.face, linestyles=[style])
        found.set(linewidth=look.stroke, zorder=4, capstyle="round", gid=f"class:{look.key}")
        axes.add_collection(found, autolim=False)


def _draw_marks(axes: Axes, points: npt.NDArray[np.float64], look: Look) -> None:
    """Marks of one class, each with a thin white rim that parts it from its neighbours."""
    (marks,) = axes.plot(*points.T, linestyle="none", marker=look.marker, color=look.face)
    marks.set(markersize=look.stroke, markeredgecolor="white", markeredgewidth=0.3)
    marks.set(zorder=4.5, gid=f"class:{look.key}")


def _strings(shapes: Sequence[Any]) -> npt.NDArray[np.object_]:
    """Single line strings of lines, rings and collections."""
    parts = shapely.get_parts(shapely.line_merge(np.array(shapes, dtype=object)))
    return np.asarray(shapely.get_parts(parts))


def graticule_step(span: float) -> float:
    """Step in degrees that gives about four lines over a span."""
    return next((step for step in STEPS if span / step <= 6), STEPS[-1])


def draw_graticule(
    axes: Axes, window: Window, layer: Layer, label_size: float | None, *, turn: float = 0.0
) -> None:
    """Lines of longitude and latitude under the units; degrees at the frame if a size is given.

    `turn` is that of the latitudes, in degrees.
    """
    from matplotlib.collections import LineCollection

    west, south, east, north = _degrees_of(window, layer)
    back = from_degrees(layer.crs)
    step = graticule_step(max(east - west, north - south))
    along_lat = np.linspace(south, north, 80)
    along_lon = np.linspace(west, east, 80)
    lines = []
    for lon in np.arange(np.ceil(west / step) * step, east, step):
        points = np.column_stack(back.transform(np.full(80, lon), along_lat))
        lines.append(points)
        _label(axes, window, points, _longitude(lon), label_size, 1)
    for lat in np.arange(np.ceil(south / step) * step, north, step):
        points = np.column_stack(back.transform(along_lon, np.full(80, lat)))
        lines.append(points)
        _label(axes, window, points, _latitude(lat), label_size, 0, turn)
    axes.add_collection(
        LineCollection(lines, colors=GRATICULE, linewidths=0.3, zorder=1, gid="graticule"),
        autolim=False,
    )


def _wrapped(lon: float) -> float:
    """Longitude within ±180."""
    return (lon + 180) % 360 - 180


def _longitude(value: float) -> str:
    """Degrees of longitude in words; 0 and 180 lie on neither side."""
    wrapped = _wrapped(value)
    return f"{abs(wrapped):g}°" + ("" if abs(wrapped) in (0, 180) else "E" if wrapped > 0 else "W")


def _latitude(value: float) -> str:
    """Degrees of latitude in words."""
    return f"{abs(value):g}°" + ("" if value == 0 else "N" if value > 0 else "S")


def _label(
    axes: Axes,
    window: Window,
    points: npt.NDArray[np.float64],
    text: str,
    size: float | None,
    axis: int,
    turn: float = 0.0,
) -> None:
    """Write a degree where a line crosses the lower (axis 1) or the left (axis 0) edge."""
    if size is None:
        return
    edge = window.y0 if axis == 1 else window.x0
    run, other = points[:, axis], points[:, 1 - axis]
    crossing = np.flatnonzero((run[:-1] - edge) * (run[1:] - edge) < 0)
    if not len(crossing):
        return
    at = crossing[0]
    share = (edge - run[at]) / (run[at + 1] - run[at])
    place = float(other[at] + share * (other[at + 1] - other[at]))
    low, high = (window.x0, window.x1) if axis == 1 else (window.y0, window.y1)
    margin = 3.5 * window.metres_per_mm
    if not low + margin < place < high - margin:
        return
    gap = 0.8 * window.metres_per_mm
    if axis == 1:
        write(axes, place, edge - gap, text, size, ha="center", va="top", color="#666666")
    else:
        style = {"ha": "right", "va": "center", "color": "#666666", "rotation": turn}
        write(axes, edge - gap, place, text, size, **style)


def _degrees_of(window: Window, layer: Layer) -> tuple[float, float, float, float]:
    """West, south, east and north of a window, longitudes running on past 180°."""
    x, y = np.meshgrid(np.linspace(window.x0, window.x1, 15), np.linspace(window.y0, window.y1, 15))
    lon, lat = degrees(layer.crs).transform(x.ravel(), y.ravel())
    good = np.isfinite(lon) & np.isfinite(lat)
    middle, _ = degrees(layer.crs).transform(
        (window.x0 + window.x1) / 2, (window.y0 + window.y1) / 2
    )
    turned = (lon[good] - middle + 180) % 360 - 180 + middle
    return float(turned.min()), float(lat[good].min()), float(turned.max()), float(lat[good].max())
