"""The ground around faults cut into faces, each held by one unit, by several or by none."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from shapes.coverage import HAIR, Coverage, Fault
from shapes.measuring import polygon_parts

__all__ = ["Faces", "Patch"]

_OVERSHOOT = 0.2
_CORNER = 1.5
_GRID_M = 1e-4
_DUST = 10

Shapes = npt.NDArray[Any]


class Patch(NamedTuple):
    """Connected ground with the same fault: the faces it consists of and the units concerned."""

    problem: str
    units: tuple[int, ...]
    faces: tuple[int, ...]
    shape: Any


class Faces:
    """Faces between all borders of the units concerned and of their neighbours."""

    def __init__(
        self,
        coverage: Coverage,
        concerned: set[int],
        gaps: Sequence[Fault],
        overlaps: Sequence[Fault],
    ) -> None:
        self.coverage, self.polygons = coverage, coverage.polygons
        self.units = self._with_neighbours(concerned)
        lines = [*shapely.boundary(self.polygons[self.units]), *self._cuts(gaps)]
        # On a grid of a tenth of a millimetre borders are cut reliably where they all but coincide.
        self.grid = coverage.measure.units(_GRID_M)
        network = shapely.union_all(lines, grid_size=self.grid)
        self.faces = shapely.get_parts(shapely.polygonize([network]))
        self.owners = self._owners()
        self.faces = self._restored(lines)
        self.held: dict[int, set[int]] = defaultdict(set)
        for face, owners in enumerate(self.owners):
            for unit in owners:
                self.held[unit].add(face)
        self.patches = [*self._gap_patches(gaps), *self._overlap_patches(overlaps)]

    def give(self, patch: Patch, winner: int) -> None:
        """Hand the faces of a patch to one unit."""
        for unit in patch.units:
            self.held[unit] -= set(patch.faces)
        self.held[winner] |= set(patch.faces)

    def holds_more(self, unit: int, patch: Patch) -> bool:
        """Whether a unit has ground besides a patch."""
        return bool(self.held[unit] - set(patch.faces))

    def border(self, unit: int, patch: Patch) -> float:
        """Length of the border between a patch and the rest of a unit's ground, in m."""
        rest = np.array(sorted(self.held[unit] - set(patch.faces)), dtype=np.intp)
        near = rest[shapely.intersects(self.faces[rest], patch.shape)]
        ground = shapely.boundary(shapely.union_all(self.faces[near]))
        shared = shapely.intersection(ground, shapely.boundary(patch.shape))
        return float(shapely.length(self.coverage.measure.plane(np.array([shared])))[0])

    def rebuilt(self) -> tuple[Shapes, set[int]]:
        """All polygons, those whose vertices changed put together from their faces, and which."""
        shapes, changed = self.polygons.copy(), set()
        for unit in self.units.tolist():
            faces = self.faces[np.array(sorted(self.held[unit]), dtype=np.intp)]
            shape = shapely.coverage_union_all(faces)
            if not len(faces):  # too narrow for the grid
                continue
            if not _same(shape, shapes[unit]):
                shapes[unit] = shape
                changed.add(unit)
        return shapes, changed

    def _with_neighbours(self, concerned: set[int]) -> npt.NDArray[np.intp]:
        chosen = np.array(sorted(concerned), dtype=np.intp)
        _, near = self.coverage.tree.query(self.polygons[chosen], predicate="intersects")
        return np.union1d(chosen, near)

    def _cuts(self, gaps: Sequence[Fault]) -> list[Any]:
        """Lines that close a gap to the outside and part it where the unit beside it changes."""
        hair = 2 * HAIR * self.coverage.reach
        lines = []
        for fault in gaps:
            around = self.polygons[list(fault.units)]
            edge = shapely.union_all(shapely.boundary(around))
            mouths = shapely.difference(shapely.boundary(fault.shape), shapely.buffer(edge, hair))
            lines += [
                line
                for mouth in shapely.get_parts(shapely.line_merge(mouths))
                if shapely.length(mouth) > hair and (line := _cap(mouth, around)) is not None
            ]
            lines += _partings(fault.shape, around, hair)
        return lines

    def _restored(self, lines: Sequence[Any]) -> Shapes:
        """Faces with the vertices that the grid moved put back to where they were."""
        known = np.unique(shapely.get_coordinates(lines), axis=0)
        xy = shapely.get_coordinates(self.faces)
        moved, nearest = shapely.STRtree(shapely.points(known)).query_nearest(
            shapely.points(xy), max_distance=self.grid, all_matches=False
        )
        xy[moved] = known[nearest]
        return np.asarray(shapely.set_coordinates(self.faces.copy(), xy))

    def _owners(self) -> list[tuple[int, ...]]:
        """Units that hold each face."""
        points = shapely.point_on_surface(self.faces)
        face, unit = self.coverage.tree.query(points, predicate="intersects")
        owners: list[tuple[int, ...]] = [() for _ in self.faces]
        order = np.lexsort((unit, face))
        for one, who in zip(face[order].tolist(), unit[order].tolist(), strict=True):
            owners[one] = (*owners[one], who)
        return self._settled(owners)

    def _settled(self, owners: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
        """Owners, with threads no wider than the grid given to one of the units beside them."""
        breadth = 2 * shapely.area(self.faces) / shapely.length(self.faces)
        tree = shapely.STRtree(self.faces)
        held = Counter(unit for units in owners for unit in units)
        for face in np.flatnonzero(breadth < _DUST * self.grid).tolist():
            if any(held[unit] == 1 for unit in owners[face]):
                continue
            near = tree.query(self.faces[face], predicate="intersects")
            sides = shapely.length(shapely.intersection(self.faces[near], self.faces[face]))
            for other in near[np.argsort(-sides, kind="stable")].tolist():
                if other != face and len(owners[other]) == 1:
                    held.subtract(owners[face])
                    owners[face] = owners[other]
                    break
        return owners

    def _gap_patches(self, gaps: Sequence[Fault]) -> Iterable[Patch]:
        free = np.array([f for f, who in enumerate(self.owners) if not who], dtype=np.intp)
        if not len(gaps) or not len(free):
            return
        points = shapely.point_on_surface(self.faces[free])
        inside, _ = shapely.STRtree([gap.shape for gap in gaps]).query(
            points, predicate="intersects"
        )
        for face in free[np.unique(inside)].tolist():
            shape = self.faces[face]
            near = self.coverage.tree.query(shape, predicate="intersects")
            patch = Patch("gap", tuple(sorted(near.tolist())), (face,), shape)
            beside = tuple(unit for unit in patch.units if self.border(unit, patch) > 0)
            if beside:
                yield patch._replace(units=beside)

    def _overlap_patches(self, overlaps: Sequence[Fault]) -> Iterable[Patch]:
        chosen = {fault.units for fault in overlaps}
        members: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for face, owners in enumerate(self.owners):
            pairs = {(a, b) for a in owners for b in owners if a < b}
            if pairs & chosen:
                members[owners].append(face)
        for units, faces in members.items():
            yield from self._joined("overlap", units, faces)

    def _joined(self, problem: str, units: tuple[int, ...], faces: list[int]) -> Iterable[Patch]:
        """Patches of faces that hang together."""
        shapes = self.faces[faces]
        for part in polygon_parts(shapely.coverage_union_all(shapes)):
            inside = shapely.intersects(part, shapely.point_on_surface(shapes))
            chosen = tuple(faces[k] for k in np.flatnonzero(inside).tolist())
            yield Patch(problem, units, chosen, part)


def _cap(mouth: Any, around: Shapes) -> Any:
    """Line across the mouth of a gap, between the two units beside it."""
    ends = [shapely.line_interpolate_point(mouth, at, normalized=True) for at in (0, 1)]
    beside = [int(np.argmin(shapely.distance(end, around))) for end in ends]
    if beside[0] == beside[1]:
        return None
    middle = shapely.line_interpolate_point(mouth, 0.5, normalized=True)
    start, end = (_beside(middle, around[unit]) for unit in beside)
    return shapely.linestrings([_past(start, end), _past(end, start)])


def _beside(point: Any, polygon: Any) -> tuple[npt.NDArray[np.float64], bool]:
    """Corner of a polygon next to a point, or its nearest point; and whether it is a corner."""
    nearest = _nearest(point, polygon)
    corners = shapely.get_coordinates(polygon)
    place = shapely.get_coordinates(point)[0]
    apart = np.hypot(*(corners - place).T)
    if apart.min() <= _CORNER * np.hypot(*(nearest - place)):
        return corners[np.argmin(apart)], True
    return nearest, False


def _past(
    end: tuple[npt.NDArray[np.float64], bool], other: tuple[npt.NDArray[np.float64], bool]
) -> npt.NDArray[np.float64]:
    """End of a line that has to cut a border: one that only comes close would leave a gap open."""
    place, is_corner = end
    return place if is_corner else place + _OVERSHOOT * (place - other[0])


def _partings(gap: Any, around: Shapes, hair: float) -> list[Any]:
    """Lines from the points of a gap's edge where two units meet to the unit across."""
    lines = []
    corners = shapely.points(np.unique(shapely.get_coordinates(around), axis=0))
    points = corners[shapely.dwithin(corners, shapely.boundary(gap), hair)]
    far = shapely.distance(points[:, None], around[None, :])
    for point, apart in zip(points, far, strict=True):
        across = apart > hair
        if across.all() or not across.any() or (~across).sum() < 2:
            continue
        other = int(np.argmin(np.where(across, apart, np.inf)))
        start, end = shapely.get_coordinates(point)[0], _nearest(point, around[other])
        lines.append(shapely.linestrings([start, end + _OVERSHOOT * (end - start)]))
    return lines


def _nearest(point: Any, polygon: Any) -> npt.NDArray[np.float64]:
    """Point of a polygon that is nearest to another point."""
    return np.asarray(shapely.get_coordinates(shapely.shortest_line(point, polygon))[1])


def _same(one: Any, two: Any) -> bool:
    """Whether two polygons have the same vertices."""
    kinds = (shapely.multipolygons([x]) if x.geom_type == "Polygon" else x for x in (one, two))
    first, second = shapely.normalize(np.array(list(kinds), dtype=object))
    return bool(shapely.equals_exact(first, second))
