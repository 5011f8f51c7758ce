"""Lattices and data that every program gets alike."""

import math

import numpy as np
import pandas as pd
from scipy import sparse

YEARS = 10
RHO, BETA, THETA = 0.4, np.array([1.0, 0.7, 0.4]), np.array([-0.3, 0.1, 0.3])
NAMES = ["x1", "x2", "x3"]


def queen(side):
    """Row-standardised queen neighbours of a square lattice, row by row."""
    line = sparse.diags_array(
        [np.ones(side - 1), np.ones(side), np.ones(side - 1)], offsets=[-1, 0, 1]
    )
    near = sparse.csr_array(sparse.kron(line, line) - sparse.eye_array(side * side))
    near.eliminate_zeros()
    return sparse.csr_array(sparse.diags_array(1.0 / near.sum(axis=1)) @ near)


def solver(w, rho):
    """Function that solves (I − rho W) y = b, W row-standardised, by the series of its inverse.

    It leaves nothing behind in the peak of memory that is measured afterwards.
    """

    def solve(b):
        found = term = b
        for _ in range(math.ceil(math.log(1e-17) / math.log(rho))):
            term = rho * (w @ term)
            found = found + term
        return found

    return solve


def table(side, years=1, seed=0):
    """Spatial Durbin data, sorted by year and unit; unit and year effects where there are years."""
    w, rng, n = queen(side), np.random.default_rng(seed), side * side
    solve = solver(w, RHO)
    mu, parts = rng.normal(size=n) if years > 1 else np.zeros(n), []
    for year in range(years):
        x = rng.normal(size=(n, 3))
        y = solve(x @ BETA + w @ (x @ THETA) + mu + 0.2 * year + rng.normal(size=n))
        columns = dict(zip(NAMES, x.T, strict=True))
        parts.append(pd.DataFrame({"unit": np.arange(n), "year": year, "y": y, **columns}))
    return pd.concat(parts, ignore_index=True)


def squares(side):
    """Cells of a lattice as polygons, 1 km wide, in a plane of metres."""
    import geopandas as gpd
    import shapely

    at = np.indices((side, side)).reshape(2, -1).T * 1000.0
    cells = shapely.box(at[:, 1], at[:, 0], at[:, 1] + 1000, at[:, 0] + 1000)
    return gpd.GeoDataFrame(geometry=cells, crs="EPSG:32650")
