"""Units too small for borders of their own: one area per class, and the map says so."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from matplotlib.collections import PathCollection
from support.drawing import axes_of

from analysis import maps
from analysis.maps.draw import rings_of
from analysis.maps.inset import _apart_from_all

SIDE = 80
NOTE = "borders between units of one class are left out"


def cells(metres=1000.0):
    row, column = np.divmod(np.arange(SIDE * SIDE), SIDE)
    x, y = 4e5 + column * metres, 3.3e6 + row * metres
    boxes = shapely.box(x, y, x + metres, y + metres)
    index = [f"c{place}" for place in range(SIDE * SIDE)]
    return gpd.GeoDataFrame(geometry=boxes, index=index, crs="EPSG:32650")


def classes_drawn(figure):
    (axes,) = axes_of(figure, "map")
    return {
        one.get_gid(): one
        for one in axes.collections
        if isinstance(one, PathCollection) and (one.get_gid() or "").startswith("class:")
    }


def words_of(figure):
    return " ".join(text.get_text() for axes in figure.axes for text in axes.texts)


@pytest.mark.parametrize(("width", "small"), [(40, True), (100, False)])
def test_small_units_are_one_path_per_class_without_borders(width, small):
    layer = cells()
    values = pd.Series(np.arange(len(layer)) % 5, index=layer.index, dtype=float)
    figure = maps.choropleth(layer, values, width_mm=width)
    drawn = classes_drawn(figure)
    assert len(drawn) == 5
    assert {len(one.get_paths()) for one in drawn.values()} == ({1} if small else {1280})
    assert {one.get_linewidth()[0] == 0.0 for one in drawn.values()} == {small}
    assert (NOTE in words_of(figure).replace("\n", " ")) is small


def test_the_area_of_a_class_is_that_of_its_units():
    layer = cells()
    shapes = layer.geometry.to_numpy()[::3]
    holed = shapely.difference(shapes[0], shapely.centroid(shapes[0]).buffer(200))
    split = shapely.union_all([shapes[1], shapely.affinity.translate(shapes[1], 0, 5000)])
    both = shapely.orient_polygons(np.array([holed, split, *shapes[2:]], dtype=object))
    rings = rings_of(both)
    whole = rings.path(0, len(both)).to_polygons(closed_only=True)
    signed = [shapely.LinearRing(ring) for ring in whole]
    area = sum(shapely.Polygon(r).area * (1 if r.is_ccw else -1) for r in signed)
    assert abs(area) == pytest.approx(shapely.area(both).sum())
    alone = [len(rings.path(at, at + 1).to_polygons(closed_only=True)) for at in range(3)]
    assert alone == [2, 2, 1]


def test_only_parts_that_meet_no_other_are_islets():
    shapes = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1), shapely.box(5, 5, 6, 6)])
    assert _apart_from_all(shapes, shapes).tolist() == [False, False, True]
