"""Layers of squares and points, and weights as dense arrays."""

import geopandas as gpd
import numpy as np
import shapely

from spatial.weights.operator import operator


def lattice(rows, columns, crs=None, step=1.0, west=0.0, south=0.0):
    boxes = [
        shapely.box(
            west + j * step, south + i * step, west + (j + 1) * step, south + (i + 1) * step
        )
        for i in range(rows)
        for j in range(columns)
    ]
    return gpd.GeoDataFrame(geometry=boxes, index=[f"c{k}" for k in range(len(boxes))], crs=crs)


def scattered():
    draw = np.random.default_rng(7)
    points = shapely.points(draw.uniform(75, 130, 60), draw.uniform(18, 53, 60))
    ids = [f"点{k}" for k in draw.permutation(60)]
    return gpd.GeoDataFrame(geometry=points, index=ids, crs=4326)


def dense(w):
    return operator(w).matrix.toarray()


def row_scaled(matrix):
    sums = matrix.sum(1, keepdims=True)
    return np.divide(matrix, sums, out=np.zeros_like(matrix), where=sums > 0)
