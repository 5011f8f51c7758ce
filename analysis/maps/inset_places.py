"""Which insets a map has, and where each stands so that it covers nothing."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import shapely

from analysis.maps.inset import Inset, foot_mm, open_inset, scale_text
from analysis.maps.layer import SEA, Layer
from analysis.maps.options import Degrees, Sheet
from analysis.maps.placing import Box, Ground, Window
from analysis.maps.projection import from_degrees
from spatial.errors import InputError

__all__ = ["RATIOS", "plan_insets"]

RATIOS = (0.5, 0.45, 0.4, 0.35, 0.3, 0.25, 0.2, 0.15, 0.1, 0.07)
ASKED = (1.0, 0.8, 0.65, *RATIOS)
LARGER = (6.0, 5.0, 4.0, 3.5, 3.0, 2.5, 2.0, 1.75, 1.5, 1.25)
CORNERS = {"lower right": 0.0, "lower left": 0.08, "upper right": 0.1, "upper left": 0.12}
PADS = tuple(step * 0.01 for step in range(60))
SMALLER = 0.6  # what a smaller inset costs against a wider frame
MOST_OF_MAP = 0.35  # of its width and height that an inset may take where it repeats ground


@dataclass(frozen=True)
class Demand:
    """Ground to be shown (metres of the plane), ratios of scale to try, the user's words for it."""

    shown: Box
    ratios: tuple[float, ...]
    asked: Degrees | None


@dataclass(frozen=True)
class Stand:
    """A demand at a ratio in a corner."""

    demand: Demand
    ratio: float
    corner: str


def plan_insets(
    layer: Layer, ground: Ground, window: Window, sheet: Sheet, room: float = 0.0
) -> tuple[tuple[Inset, ...], Window]:
    """Decide on insets and place them; the frame is padded until there is room.

    Far islands get `room` around them, in metres of the plane, for what is drawn over them.

    Returns the insets, none where none are wanted, and the window that the main map then shows. An
    inset that the user asks for and that finds no room is refused; where the far islands find
    none, the window shows them itself.
    """
    width_mm = window.width_mm
    stands: tuple[Stand, ...] = ()
    for demand in _demands(layer, window, sheet, room):
        found = _placed(demand, stands, ground, window, sheet)
        if found is not None:
            stands, window = found
        elif demand.asked is not None:
            raise InputError(
                f"inset={demand.asked} finds no room beside the units; give a smaller box or a "
                "wider map."
            )
        else:
            x0, y0, x1, y1 = layer.full
            return (), Window(x0, y0, x1, y1, 1.0).scaled_to(width_mm)
    insets = []
    for stand in stands:
        box = _corner_box(stand, window, sheet)
        shown = Window(*stand.demand.shown, window.metres_per_mm / stand.ratio)
        insets.append(open_inset(layer, shown, box, stand.ratio))
    return tuple(insets), window


def _placed(
    demand: Demand, stands: tuple[Stand, ...], ground: Ground, window: Window, sheet: Sheet
) -> tuple[tuple[Stand, ...], Window] | None:
    """Best place of one more inset, with the window it needs; those before keep their corners."""
    for pad, ratio, corner in _choices(demand.ratios):
        wide = _padded(window, corner, pad).scaled_to(window.width_mm)
        every = (*stands, Stand(demand, ratio, corner))
        boxes = [_corner_box(stand, wide, sheet) for stand in every]
        if _fit(boxes, wide, ground) and not _too_large(demand, boxes[-1], wide):
            return every, wide
    return None


def _fit(boxes: Sequence[Box], window: Window, ground: Ground) -> bool:
    """Whether boxes lie in the window, apart from one another and on free ground."""
    shapes = [shapely.box(*box) for box in boxes]
    apart = not any(
        shapely.area(shapely.intersection(a, b)) > 0 for a, b in itertools.combinations(shapes, 2)
    )
    return apart and all(window.holds(box) and ground.free(box) for box in boxes)


def _too_large(demand: Demand, box: Box, window: Window) -> bool:
    """Whether an inset that repeats ground takes too much of the map."""
    if demand.ratios is not LARGER:
        return False
    wide = (box[2] - box[0]) / (window.x1 - window.x0)
    high = (box[3] - box[1]) / (window.y1 - window.y0)
    return max(wide, high) > MOST_OF_MAP


@cache
def _choices(ratios: tuple[float, ...]) -> list[tuple[float, float, str]]:
    """Rank padding, ratio and corner: best is little padding, a large inset, lower right."""
    lost = {ratio: max(ratios) - ratio for ratio in ratios}
    if max(ratios) > 1:
        lost = {ratio: place / len(ratios) / 2 for place, ratio in enumerate(ratios)}
    every = itertools.product(PADS, ratios, CORNERS)
    return sorted(every, key=lambda x: x[0] + SMALLER * lost[x[1]] + CORNERS[x[2]])


def _padded(window: Window, corner: str, pad: float) -> Window:
    """Window grown towards a corner by a share of its size."""
    vertical, horizontal = corner.split()
    grow_x = pad * (window.x1 - window.x0)
    grow_y = pad * (window.y1 - window.y0)
    return window.padded(
        **{horizontal: grow_x, ("bottom" if vertical == "lower" else "top"): grow_y}
    )


def _corner_box(stand: Stand, window: Window, sheet: Sheet) -> Box:
    """Box of an inset in a corner of the frame, its foot included."""
    shown, ratio = stand.demand.shown, stand.ratio
    width = (shown[2] - shown[0]) * ratio
    texts = scale_text(width / window.metres_per_mm, ratio, sheet)
    height = (shown[3] - shown[1]) * ratio + foot_mm(texts, sheet) * window.metres_per_mm
    x0 = window.x1 - width if stand.corner.endswith("right") else window.x0
    y0 = window.y0 if stand.corner.startswith("lower") else window.y1 - height
    return x0, y0, x0 + width, y0 + height


def _demands(layer: Layer, window: Window, sheet: Sheet, room: float) -> list[Demand]:
    """Insets that the user asks for, and one for far islands that no other shows."""
    if sheet.inset is False:
        return []
    demands = [_demand(layer, window, degrees) for degrees in sheet.insets]
    if layer.has_far_islands and not _shown(layer, [demand.shown for demand in demands]):
        demands.insert(0, Demand(_around_far(layer, room), RATIOS, None))
    return demands


def _demand(layer: Layer, window: Window, asked: Degrees) -> Demand:
    """Ground in the plane of a box in degrees; larger where the main map shows it too."""
    bounds = from_degrees(layer.crs).transform_bounds(*asked, densify_pts=41)
    x0, y0, x1, y1 = map(float, bounds)
    if not shapely.intersects(shapely.box(x0, y0, x1, y1), layer.shapes).any():
        raise InputError(f"inset={asked} shows no unit of the boundary layer.")
    repeats = window.holds((x0, y0, x1, y1))
    return Demand((x0, y0, x1, y1), LARGER if repeats else ASKED, asked)


def _far_parts(layer: Layer) -> list[shapely.Geometry]:
    """Parts of units that lie beyond the main map."""
    parts = shapely.get_parts(layer.shapes)
    return list(parts[~shapely.intersects(shapely.box(*layer.core), parts)])


def _shown(layer: Layer, boxes: Sequence[Box]) -> bool:
    """Whether boxes show all parts beyond the main map."""
    seen = shapely.union_all([shapely.box(*box) for box in boxes])
    return bool(shapely.intersects(seen, np.array(_far_parts(layer), dtype=object)).all())


def _around_far(layer: Layer, room: float) -> Box:
    """Bounds of the far islands and of the sea lines out there, reaching a little into the core."""
    far = [*_far_parts(layer), *(line.shape for line in layer.lines if line.kind == SEA)]
    x0, y0, x1, y1 = map(float, shapely.total_bounds(np.array(far, dtype=object)))
    pad = max(0.04 * max(x1 - x0, y1 - y0), room)
    box = [x0 - pad, y0 - pad, x1 + pad, y1 + pad]
    reach = 0.15 * max(x1 - x0, y1 - y0)
    c = layer.core
    box[1] = min(box[1], c[3] - reach)
    box[3] = max(box[3], c[1] + reach)
    box[0] = min(box[0], c[2] - reach)
    box[2] = max(box[2], c[0] + reach)
    return box[0], box[1], box[2], box[3]
