"""Polygons that ought to form a coverage: where two overlap, and where ground between them lacks.

A coverage has no overlaps, no gaps, and the same vertices on both sides of a border.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from shapes.measuring import Measure, polygon_parts

__all__ = ["HAIR", "THIN", "Coverage", "Fault"]

THIN = 10.0
LEAST_AREA = 1.0
_STRINGY = 0.05
HAIR = 1e-3
Shapes = npt.NDArray[Any]


class Fault(NamedTuple):
    """One fault: positions of the units concerned, its size and where it lies.

    `area` is in m², `width` in m (twice the area over the perimeter, the breadth of a thin strip;
    for an island the distance to the nearest unit); both are NaN where they mean nothing.
    """

    units: tuple[int, ...]
    problem: str
    area: float
    width: float
    shape: Any


class Coverage:
    """Sound polygons that ought to share their borders, in the coordinates of their layer."""

    def __init__(self, polygons: Shapes, measure: Measure, gap_m: float) -> None:
        self.polygons, self.measure, self.gap_m = polygons, measure, gap_m
        self.reach = measure.units(gap_m)
        self.tree = shapely.STRtree(polygons)
        self.edges = shapely.coverage_invalid_edges(polygons)
        self.faulty = np.flatnonzero(~shapely.is_empty(self.edges))
        near = shapely.coverage_invalid_edges(polygons, gap_width=self.reach)
        self.flagged = np.flatnonzero(~shapely.is_empty(near))

    def faults(self) -> list[Fault]:
        """Overlaps and gaps first, by unit; then islands, slivers and borders that do not fit."""
        overlaps = list(self.overlaps())
        gaps = self.gaps()
        explained = {unit for fault in overlaps for unit in fault.units}
        borders = [
            Fault((unit,), "border", np.nan, np.nan, self.edges[unit])
            for unit in self.faulty.tolist()
            if unit not in explained
        ]
        pairs = sorted([*overlaps, *gaps], key=lambda fault: fault.units)
        return [*pairs, *self.islands(), *self.slivers(), *borders]

    def overlaps(self, least: float = LEAST_AREA) -> Iterator[Fault]:
        """Ground that two units both claim, so many m² at least."""
        for left, right in self._pairs(self.faulty, "intersects"):
            shape = shapely.intersection(self.polygons[left], self.polygons[right])
            area, width = self.measure.of(shape)
            if area > 0 and area >= least:
                problem = "overlap" if width >= THIN else "sliver"
                yield Fault((left, right), problem, area, width, shape)

    def gaps(self, least: float = LEAST_AREA) -> list[Fault]:
        """Ground between units that is no unit's: enclosed by them, or open to the outside."""
        enclosed = [self._gap(shape) for shape in self._enclosed() if self._is_narrow(shape, least)]
        known = shapely.union_all([fault.shape for fault in enclosed])
        strips = []
        for left, right in self._pairs(self.flagged, "dwithin"):
            shape = shapely.difference(self._strip(left, right), known)
            apart = shapely.disjoint(self.polygons[left], self.polygons[right])
            # A closing rounds the notch where two touching units part; that is no gap.
            if self._is_narrow(shape, LEAST_AREA if apart else 4 * self.gap_m**2):
                strips.append(shape)
        # A strip may trail threads along borders, where only rounding parts it from the units.
        opened = polygon_parts(self._without_threads(shapely.union_all(strips)))
        return [*enclosed, *(self._gap(shape) for shape in opened)]

    def _without_threads(self, shape: Any) -> Any:
        """Shape less what is thinner than a hair."""
        hair = HAIR * self.reach
        return shapely.buffer(shapely.buffer(shape, -hair), hair, join_style="mitre")

    def _is_narrow(self, shape: Any, least: float) -> bool:
        """Whether ground is large enough to matter and narrow enough to be a fault."""
        area, width = self.measure.of(shape)
        return area > 0 and area >= least and width <= self.gap_m

    def _gap(self, shape: Any) -> Fault:
        """Fault of a gap, with the units around it."""
        around = self.tree.query(shape, predicate="dwithin", distance=2 * HAIR * self.reach)
        area, width = self.measure.of(shape)
        return Fault(tuple(sorted(around.tolist())), "gap", area, width, shape)

    def islands(self) -> list[Fault]:
        """Units that touch nobody although another one is less than the gap's width away."""
        alone = [
            unit
            for unit in self.flagged.tolist()
            if len(self.tree.query(self.polygons[unit], predicate="intersects")) == 1
        ]
        if len(alone) == len(self.polygons):
            return []
        return [fault for unit in alone if (fault := self._island(unit)) is not None]

    def _island(self, unit: int) -> Fault | None:
        """How far a unit without neighbours is from the nearest one."""
        shape = self.polygons[unit]
        near = self.tree.query(shape, predicate="dwithin", distance=self.reach)
        others = near[near != unit]
        if not len(others):
            return None
        other = int(others[np.argmin(shapely.distance(shape, self.polygons[others]))])
        line = shapely.shortest_line(shape, self.polygons[other])
        metres = float(shapely.length(self.measure.plane(np.array([line])))[0])
        return Fault((unit, other), "island", np.nan, metres, line)

    def slivers(self) -> Iterator[Fault]:
        """Parts of a unit that are mere threads."""
        parts, owners = shapely.get_parts(self.polygons, return_index=True)
        flat = self.measure.plane(parts)
        areas, lengths = shapely.area(flat), shapely.length(flat)
        width = 2 * areas / lengths
        thread = (width < THIN) & (4 * np.pi * areas < _STRINGY * lengths**2)
        for row in np.flatnonzero(thread).tolist():
            yield Fault(
                (int(owners[row]),), "sliver", float(areas[row]), float(width[row]), parts[row]
            )

    def _strip(self, left: int, right: int) -> Any:
        """Ground between two units that a closing by the gap's width fills and nobody owns."""
        one, two = self.polygons[left], self.polygons[right]
        near = shapely.intersection(
            shapely.buffer(one, self.reach), shapely.buffer(two, self.reach)
        )
        local = shapely.buffer(near, 2 * self.reach)
        around = self.polygons[self.tree.query(local, predicate="intersects")]
        ground = shapely.intersection(shapely.union_all(around), local)
        filled = shapely.intersection(_closing(ground, self.reach), near)
        return shapely.difference(filled, shapely.union_all(around))

    def _pairs(self, among: npt.NDArray[np.intp], predicate: str) -> list[tuple[int, int]]:
        """Pairs, first < second, of which one is among the units given."""
        shapes = self.polygons[among]
        if not len(shapes):
            return []
        reach = {"distance": self.reach} if predicate == "dwithin" else {}
        first, second = self.tree.query(shapes, predicate=predicate, **reach)
        first = among[first]
        both = np.sort(np.column_stack([first, second])[first != second], axis=1)
        return [(int(a), int(b)) for a, b in np.unique(both, axis=0)]

    def _enclosed(self) -> list[Any]:
        """Ground inside the outline of the units that none of them covers."""
        union = shapely.union_all if len(self.faulty) else shapely.coverage_union_all
        whole = shapely.get_parts(shapely.get_parts(union(self.polygons)))
        rings = [ring for part in whole for ring in part.interiors]
        if not rings:
            return []
        tree = shapely.STRtree(whole)
        found: list[Any] = []
        for hole in shapely.polygons(rings):
            inside = whole[tree.query(hole, predicate="contains")]
            found.extend(polygon_parts(shapely.difference(hole, shapely.union_all(inside))))
        return found


def _closing(shape: Any, width: float) -> Any:
    """Fill what is narrower than a width: swell by half of it and shrink back."""
    return shapely.buffer(shapely.buffer(shape, width / 2), -width / 2)
