"""How much of the plane the main map shows: all units, without far islets and what insets show."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely

__all__ = ["Bounds", "frames"]

Shapes = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]
Bounds = tuple[float, float, float, float]
# parts beyond a side of the frame that together hold at most this share of the area, and the share
# of the frame's height or width that drawing the side in must gain
FAR_ISLETS = ((0.2, 0.5), (0.001, 0.2))
SEEN_ELSEWHERE = 0.05  # share of the frame that drawing a side in must gain where insets show it


def frames(shapes: Shapes, boxes: Sequence[Bounds] = ()) -> tuple[Bounds, Bounds]:
    """Bounds without far islets, and bounds of everything.

    A side of the frame is drawn in where what lies beyond holds next to no area and the frame gains
    much by it, or where `boxes`, those of insets, show all that lies beyond.
    """
    bounds, sizes = _islands(shapes)
    full = np.r_[bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0)]
    core = full.copy()
    for side in range(4):
        sign = 1.0 if side < 2 else -1.0
        facing = sign * bounds[:, (side + 2) % 4]  # the edge of each part that faces the middle
        order = np.argsort(facing)
        share = np.cumsum(sizes[order]) / sizes.sum()
        extent = full[side % 2 + 2] - full[side % 2]
        for most, gain in FAR_ISLETS:
            rest = np.delete(bounds[:, side], order[share <= most])
            drawn_in = sign * (sign * rest).min()
            if abs(drawn_in - full[side]) > gain * extent:
                core[side] = drawn_in
                break
    seen = [_within(bounds, box) for box in boxes]
    rest = bounds[~np.any(seen, axis=0)] if seen else bounds
    if len(rest):
        core = _drawn_in(core, full, rest)
    return _bounds(core), _bounds(full)


def _within(bounds: Floats, box: Bounds) -> npt.NDArray[np.bool_]:
    """Whether each of several bounds lies in a box."""
    inside = np.hstack([bounds[:, :2] >= np.array(box[:2]), bounds[:, 2:] <= np.array(box[2:])])
    return np.asarray(inside.all(axis=1))


def _drawn_in(core: Floats, full: Floats, rest: Floats) -> Floats:
    """Frame drawn in to what insets leave, on sides where that gains something."""
    low, high = rest[:, :2].min(axis=0), rest[:, 2:].max(axis=0)
    size = full[2:] - full[:2]
    low = np.where(low - full[:2] > SEEN_ELSEWHERE * size, low, full[:2])
    high = np.where(full[2:] - high > SEEN_ELSEWHERE * size, high, full[2:])
    return np.concatenate([np.maximum(core[:2], low), np.minimum(core[2:], high)])


def _islands(shapes: Shapes) -> tuple[Floats, Floats]:
    """Bounds (m, 4) and areas (m,) of what hangs together, judged by the bounds of parts."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    parts = shapely.get_parts(shapes)
    bounds, sizes = shapely.bounds(parts), shapely.area(parts)
    boxes = shapely.box(*bounds.T)
    one, other = shapely.STRtree(boxes).query(boxes, predicate="intersects")
    pairs = coo_array((np.ones(len(one)), (one, other)), shape=(len(parts), len(parts)))
    count, of = connected_components(pairs, directed=False)
    low, high, area = np.full((count, 2), np.inf), np.full((count, 2), -np.inf), np.zeros(count)
    np.minimum.at(low, of, bounds[:, :2])
    np.maximum.at(high, of, bounds[:, 2:])
    np.add.at(area, of, sizes)
    return np.column_stack([low, high]), area


def _bounds(values: Floats) -> Bounds:
    """Four plain numbers."""
    x0, y0, x1, y1 = map(float, values)
    return x0, y0, x1, y1
