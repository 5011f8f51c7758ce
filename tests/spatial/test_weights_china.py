"""The weights of Chinese cities on the packaged layer."""

import numpy as np
import pytest

import shapes
from spatial import weights
from spatial.weights.operator import operator


@pytest.fixture(scope="module")
def cities():
    return shapes.china_cities()


@pytest.fixture(scope="module")
def yearbook(cities):
    """The 297 prefecture-level cities of the yearbooks."""
    return cities[cities["rank"].isin(["地级市", "直辖市"])]


@pytest.mark.parametrize("rule", ["queen", "rook"])
def test_pairs_isolates_and_components_of_the_layer(cities, rule):
    found = weights.describe(weights.contiguity(cities, rule))
    assert found["links"] == 2 * 969
    assert found.attrs["isolates"] == ["三沙市", "台湾省"]
    assert (found["n"], found["isolates"], found["components"]) == (370, 2, 4)
    assert found["rho_max"] == pytest.approx(1)
    assert -2 < found["rho_min"] < -1


def test_islands_come_from_the_choice_of_cities(cities, yearbook):
    cut = weights.subset(weights.contiguity(cities), yearbook.index)
    built = weights.contiguity(yearbook)
    assert np.allclose(operator(cut).matrix.toarray(), operator(built).matrix.toarray(), atol=1e-15)
    found = weights.describe(cut)
    islands = {"海口市", "三亚市", "三沙市", "儋州市", "克拉玛依市"}
    assert set(found.attrs["isolates"]) == islands
    assert found["components"] == 8
    assert found["mean_neighbours"] == pytest.approx(4.9, abs=0.05)


def test_bridges_by_name_join_what_the_sea_parts(yearbook):
    assert "宁波市" not in weights.contiguity(yearbook)["舟山市"].index
    w = weights.contiguity(yearbook, bridges=[("舟山市", "宁波市")])
    assert set(w["舟山市"].index) == {"上海市", "宁波市"}
    assert "舟山市" in w["宁波市"].index
    coded = weights.relabel(w, dict(zip(yearbook.index, yearbook["adcode"], strict=True)))
    for graph in (w, coded):
        assert "bridges Zhoushan–Ningbo" in weights.label(graph)
        assert "另连 舟山市–宁波市" in weights.label(graph, "zh")


def test_points_of_the_layer_serve_as_well_as_its_polygons(yearbook):
    points = yearbook.set_geometry(
        yearbook.geometry.from_xy(yearbook["lon"], yearbook["lat"], crs=4326)
    )
    by_polygon, by_point = (
        operator(weights.inverse_distance(c)).matrix.toarray() for c in (yearbook, points)
    )
    assert np.abs(by_polygon - by_point).max() < 0.02
    assert np.corrcoef(by_polygon.ravel(), by_point.ravel())[0, 1] > 0.999


def test_bands_strand_the_west(yearbook):
    counts = [len(weights.distance_band(yearbook, km).isolates) for km in (100, 200, 300, 500)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > 100
    assert counts[-1] <= 1
