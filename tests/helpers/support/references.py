"""Data that stored reference numbers were computed on, and how closely they are to be met."""

from pathlib import Path

import geopandas as gpd
import libpysal
import numpy as np
import pandas as pd
import pytest

import spatial
from spatial import weights

DATA = Path(__file__).parents[3].parent / "shared" / "data" / "panels"
needs_data = pytest.mark.skipif(
    not DATA.exists(), reason="the panels are not part of this repository"
)


def own_name(name):
    return name.replace("W*", "W.").replace("lag.", "W.").replace("(Intercept)", "Intercept")


def within(mine, theirs, error, name=""):
    """1e-6 of the value or of its standard error, whichever is larger."""
    assert abs(mine - theirs) <= 1e-6 * max(abs(theirs), error), name


def columbus():
    """The 49 neighbourhoods; spData's graph lacks three pairs that touch in libpysal's polygons."""
    cities = gpd.read_file(libpysal.examples.get_path("columbus.shp"))
    cities = cities.set_crs("EPSG:2834", allow_override=True).set_index("POLYID")
    cities.index = cities.index.astype(int)
    queen = weights.contiguity(cities, rule="queen").adjacency
    matrix = (queen.unstack(fill_value=0.0).loc[cities.index, cities.index] > 0).astype(float)
    for one, other in ((5, 16), (25, 30), (31, 39)):
        assert matrix.loc[one, other] == 1.0
        matrix.loc[one, other] = matrix.loc[other, one] = 0.0
    return cities, weights.from_matrix(matrix.to_numpy(), list(cities.index))


def cigarettes():
    table = pd.read_csv(DATA / "cigar_panel.csv")
    matrix = np.loadtxt(DATA / "cigar_W.csv", delimiter=",")
    return spatial.Panel(table, "unit", "year"), weights.from_matrix(
        matrix, sorted(table["unit"].unique())
    )
