"""Random tessellations: cells of Voronoi diagrams whose shared vertices are the same numbers."""

from itertools import pairwise

import geopandas
import numpy as np
import shapely

CRS = 4526
ORIGIN = (38_500_000.0, 3_500_000.0)
SIDE = 100_000.0


def tessellation(seed, cells, *, lattice=False, winding=False):
    """Frame of cells in a square of 100 km, in metres.

    A lattice has corners where four meet. Winding borders have many vertices.
    """
    x0, y0 = ORIGIN
    square = shapely.box(x0, y0, x0 + SIDE, y0 + SIDE)
    rng = np.random.default_rng(seed)
    if lattice:
        side = max(2, int(np.sqrt(cells)))
        at = np.linspace(0, SIDE, side + 1)
        lines = [shapely.linestrings([[x0 + a, y0], [x0 + a, y0 + SIDE]]) for a in at]
        lines += [shapely.linestrings([[x0, y0 + a], [x0 + SIDE, y0 + a]]) for a in at]
    else:
        points = shapely.multipoints(rng.uniform(0.02, 0.98, (cells, 2)) * SIDE + ORIGIN)
        edges = shapely.voronoi_polygons(points, extend_to=square, only_edges=True)
        lines = [shapely.intersection(edges, square), shapely.boundary(square)]
    borders = shapely.union_all(lines)
    if winding:
        borders = shapely.transform(shapely.segmentize(borders, 1_500.0), _bend)
    faces = shapely.get_parts(shapely.polygonize([borders]))
    faces = faces[rng.permutation(len(faces))]
    keys = [f"u{i:02d}" for i in range(len(faces))]
    return geopandas.GeoDataFrame(geometry=faces, index=keys, crs=CRS)


def _bend(xy):
    """Bend the plane gently, so that borders do not cross."""
    x, y = (xy - ORIGIN).T
    return xy + 400.0 * np.column_stack([np.sin(y / 1_100.0), np.sin(x / 1_300.0)])


def plant(frame, kind, unit, metres):
    """Spoil one unit; returns the spoilt frame."""
    key = frame.index[unit % len(frame)]
    shape = frame.geometry[key]
    others = frame.geometry.drop(key)
    beside = others[others.intersection(shape).length > 50 * metres]
    border = shapely.intersection(shape, beside.iloc[0])
    spoilt = {
        "gap": lambda: shapely.difference(shape, shapely.buffer(border, metres)),
        "moat": lambda: shapely.buffer(shape, -metres),
        "overlap": lambda: shapely.union(shape, shapely.buffer(border, metres)),
        "swell": lambda: shapely.buffer(shape, metres),
    }[kind]()
    planted = frame.copy()
    planted.loc[key, planted.geometry.name] = spoilt
    return planted


def shared_points(frame):
    """Pairs of units with a vertex in common, by brute force."""
    corners = [set(map(tuple, shapely.get_coordinates(s))) for s in frame.geometry]
    return _pairs(frame, corners, 1)


def shared_segments(frame):
    """Pairs of units with a segment between two vertices in common, by brute force."""
    sides = []
    for shape in frame.geometry:
        ring = [tuple(p) for p in shapely.get_coordinates(shape)]
        sides.append({frozenset(pair) for pair in pairwise(ring)})
    return _pairs(frame, sides, 1)


def _pairs(frame, parts, least):
    keys = list(frame.index)
    return {
        frozenset((keys[i], keys[j]))
        for i in range(len(keys))
        for j in range(i)
        if len(parts[i] & parts[j]) >= least
    }


def linked(graph):
    """Pairs of units that a graph links."""
    links = graph.adjacency[graph.adjacency > 0].index
    return {frozenset(pair) for pair in links}
