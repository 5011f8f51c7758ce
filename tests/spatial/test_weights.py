"""Weights builders against counts by hand, brute force and libpysal's own builders."""

import subprocess
import sys

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from libpysal.graph import Graph
from scipy import sparse
from support.layers import dense, lattice, row_scaled, scattered

from spatial import weights
from spatial.errors import InputError
from spatial.weights.facts import read_facts
from spatial.weights.operator import operator


@pytest.fixture(name="scattered")
def scattered_points():
    return scattered()


def haversine(cities):
    lon, lat = np.radians(cities.geometry.x.to_numpy()), np.radians(cities.geometry.y.to_numpy())
    a = (
        np.sin(np.subtract.outer(lat, lat) / 2) ** 2
        + np.outer(np.cos(lat), np.cos(lat)) * np.sin(np.subtract.outer(lon, lon) / 2) ** 2
    )
    return 2 * 6371.0 * np.arcsin(np.sqrt(a))


BUILDERS = {
    "queen": lambda c, **k: weights.contiguity(c, **k),
    "rook second order": lambda c, **k: weights.contiguity(c, "rook", order=2, **k),
    "knn": lambda c, **k: weights.knn(c, k=3, **k),
    "band": lambda c, **k: weights.distance_band(c, km=150, **k),
    "inverse": lambda c, **k: weights.inverse_distance(c, power=2, **k),
}


@pytest.mark.parametrize("build", BUILDERS.values(), ids=BUILDERS.keys())
class TestEveryBuilder:
    cities = lattice(4, 5, crs=4326, west=100, south=30)

    def test_graph_in_the_order_of_the_index_with_unit_rows(self, build):
        cities = self.cities.sample(frac=1, random_state=3)
        w = build(cities)
        assert isinstance(w, Graph)
        assert w.transformation == "R"
        assert list(w.unique_ids) == list(cities.index) == list(operator(w).ids)
        assert np.allclose(operator(w).row_sums, 1.0, atol=1e-12)
        assert np.array_equal(w.sparse.toarray(), dense(w))

    def test_shuffled_rows_give_the_same_labelled_graph(self, build):
        shuffled = self.cities.sample(frac=1, random_state=5)
        order = shuffled.index.get_indexer(self.cities.index)
        if read_facts(build(self.cities)).rule == "knn":
            draw = np.random.default_rng(1)
            jitter = shapely.points(draw.uniform(100, 110, 20), draw.uniform(30, 36, 20))
            cities = self.cities.set_geometry(gpd.GeoSeries(jitter, self.cities.index, crs=4326))
            shuffled = cities.loc[shuffled.index]
        else:
            cities = self.cities
        expected, found = dense(build(cities)), dense(build(shuffled))
        assert np.allclose(found[np.ix_(order, order)], expected, rtol=1e-12)

    def test_input_is_not_touched(self, build):
        before = self.cities.copy(deep=True)
        build(self.cities)
        pd.testing.assert_frame_equal(self.cities, before)

    def test_transforms(self, build):
        plain = build(self.cities, transform="none")
        spectral = build(self.cities, transform="spectral")
        assert (plain.transformation, spectral.transformation) == ("O", "C")
        assert np.allclose(row_scaled(dense(plain)), dense(build(self.cities)))
        assert np.abs(np.linalg.eigvals(dense(spectral))).max() == pytest.approx(1.0, abs=1e-9)
        assert np.allclose(
            dense(spectral) * dense(plain).max() / dense(spectral).max(), dense(plain)
        )
        assert [read_facts(w).transform for w in (plain, spectral)] == ["none", "spectral"]

    def test_an_unknown_transform_is_refused(self, build):
        with pytest.raises(InputError, match=r'"row", "spectral" or "none"'):
            build(self.cities, transform="R")

    def test_cities_must_be_a_table_with_distinct_labels(self, build):
        with pytest.raises(InputError, match="not a GeoDataFrame"):
            build(pd.DataFrame({"a": [1]}))
        twice = self.cities.rename(index={"c3": "c2 "})
        with pytest.raises(InputError, match="c2"):
            build(twice)

    def test_empty_geometry_is_refused_by_name(self, build):
        cities = self.cities.copy()
        cities.loc["c7", "geometry"] = None
        cities.loc["c9", "geometry"] = shapely.Polygon()
        with pytest.raises(InputError, match="c7, c9"):
            build(cities)


class TestContiguity:
    def test_counts_on_a_lattice(self):
        cities = lattice(4, 6)
        rook, queen = (weights.contiguity(cities, rule) for rule in ("rook", "queen"))
        assert weights.describe(rook)["links"] == 2 * (4 * 5 + 3 * 6)
        assert weights.describe(queen)["links"] == 2 * (4 * 5 + 3 * 6 + 2 * 3 * 5)

    @pytest.mark.parametrize("rook", [False, True])
    def test_equals_libpysal_on_irregular_cells(self, rook):
        draw = np.random.default_rng(3)
        seeds = shapely.MultiPoint(draw.uniform(0, 10, (150, 2)))
        cells = shapely.get_parts(shapely.voronoi_polygons(seeds))
        cities = gpd.GeoDataFrame(geometry=cells, index=np.arange(len(cells))[::-1])
        ours = weights.contiguity(cities, "rook" if rook else "queen", transform="none")
        theirs = Graph.build_contiguity(cities, rook=rook, strict=True)
        assert np.array_equal(dense(ours), theirs.sparse.toarray())

    @pytest.mark.parametrize("order", [2, 3])
    @pytest.mark.parametrize("lower", [False, True])
    def test_higher_orders_against_shortest_paths(self, order, lower):
        cities = lattice(5, 6)
        steps = sparse.csgraph.shortest_path(dense(weights.contiguity(cities)) > 0, unweighted=True)
        expected = (steps > 0) & (steps <= order) if lower else steps == order
        w = weights.contiguity(cities, order=order, lower_orders=lower, transform="none")
        assert np.array_equal(dense(w), expected.astype(float))

    def test_second_order_equals_libpysal(self):
        cities = lattice(4, 5)
        theirs = Graph.build_contiguity(cities, rook=True).higher_order(2)
        ours = weights.contiguity(cities, "rook", 2, transform="none")
        assert np.array_equal(dense(ours), theirs.sparse.toarray())

    def test_overlapping_polygons_are_neighbours(self):
        boxes = [shapely.box(0, 0, 1.1, 1), shapely.box(1, 0.2, 2, 0.8), shapely.box(2, 0.8, 3, 2)]
        cities = gpd.GeoDataFrame(geometry=boxes, index=["a", "b", "c"])
        assert dense(weights.contiguity(cities, "rook"))[0].tolist() == [0, 1, 0]
        assert dense(weights.contiguity(cities, "queen"))[1].tolist() == [0.5, 0, 0.5]

    def test_points_and_invalid_polygons_are_refused_by_name(self, scattered):
        with pytest.raises(InputError, match=r"needs polygons.*weights\.knn"):
            weights.contiguity(scattered)
        bow = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
        cities = gpd.GeoDataFrame(
            {"n": ["甲", "乙"]}, geometry=[bow, shapely.box(2, 0, 3, 1)], index=[1, 2]
        )
        cities.attrs["name"] = "n"
        with pytest.raises(InputError, match="invalid: 1 甲"):
            weights.contiguity(cities)

    @pytest.mark.parametrize("wrong", [{"rule": "bishop"}, {"order": 0}, {"order": 1.5}])
    def test_wrong_arguments(self, wrong):
        with pytest.raises(InputError, match=str(next(iter(wrong.values())))):
            weights.contiguity(lattice(2, 2), **wrong)


class TestBridges:
    @pytest.fixture
    def cities(self):
        boxes = [shapely.box(x, 0, x + 1, 1) for x in (0, 1, 5, 8)]
        table = gpd.GeoDataFrame(
            {"city": ["宁波市", "绍兴市", "舟山市", "三沙市"]},
            geometry=boxes,
            index=["330200", "330600", "330900", "460300"],
            crs=4326,
        )
        table.attrs["name"] = "city"
        return table

    def test_by_name_by_key_and_mixed(self, cities):
        for pair in [("舟山市", "宁波市"), (330900, "330200"), ["宁波市", 330900.0]]:
            w = weights.contiguity(cities, bridges=[pair], transform="none")
            expected = [[0, 1, 1, 0], [1, 0, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]]
            assert dense(w).tolist() == expected
            assert list(w.isolates) == ["460300"]

    def test_recorded_and_written_into_the_label(self, cities):
        w = weights.contiguity(cities, bridges=[("舟山市", "宁波市"), ("宁波市", "舟山市")])
        assert read_facts(w).bridges == (("330900", "330200"),)
        assert weights.label(w) == "queen contiguity, bridges 舟山市–宁波市, row-standardised"
        assert weights.label(w, "zh") == "Queen 邻接，另连 舟山市–宁波市，行标准化"

    def test_many_bridges_are_counted_in_the_label(self):
        cities = lattice(3, 3)
        pairs = [("c0", f"c{k}") for k in range(1, 9)]
        w = weights.contiguity(cities, bridges=pairs)
        assert "c0–c6 and 2 more, row" in weights.label(w)
        assert "c0–c6等 8 对，" in weights.label(w, lang="zh")

    def test_a_bridge_is_a_step_of_higher_orders(self, cities):
        w = weights.contiguity(cities, order=2, bridges=[("舟山市", "宁波市")], transform="none")
        assert dense(w)[1].tolist() == [0, 0, 1, 0]

    @pytest.mark.parametrize(
        ("bridges", "words"),
        [
            ([("舟山", "宁波市")], "舟山, which is no city.*舟山市\\.$"),
            ([("宁波市", "宁波市")], "joins a city to itself"),
            ([("杭州-宁波", "舟山市")], "no city of these boundaries; write labels"),
            (["舟山市"], "no pair"),
            ("舟山市", "no list of pairs"),
            ([("舟山市", "宁波市", "绍兴市")], "no pair"),
        ],
    )
    def test_wrong_bridges(self, cities, bridges, words):
        with pytest.raises(InputError, match=words):
            weights.contiguity(cities, bridges=bridges)

    def test_a_name_that_two_cities_share_needs_the_key(self, cities):
        cities.loc["460300", "city"] = "舟山市"
        with pytest.raises(InputError, match=r"2 cities.*330900, 460300"):
            weights.contiguity(cities, bridges=[("舟山市", "宁波市")])


class TestDistances:
    def test_knn_against_brute_force_on_the_great_circle(self, scattered):
        apart = haversine(scattered)
        np.fill_diagonal(apart, np.inf)
        nearest = np.argsort(apart, axis=1)[:, :4]
        expected = np.zeros_like(apart)
        np.put_along_axis(expected, nearest, 0.25, axis=1)
        assert np.array_equal(dense(weights.knn(scattered, k=4)), expected)

    def test_band_and_inverse_distance_against_brute_force(self, scattered):
        apart = haversine(scattered)
        np.fill_diagonal(apart, np.inf)
        band = weights.distance_band(scattered, km=700)
        assert np.allclose(dense(band), row_scaled((apart <= 700).astype(float)))
        inverse = weights.inverse_distance(scattered, power=1.5, transform="none")
        assert np.allclose(dense(inverse), apart**-1.5, rtol=1e-9)
        cut = weights.inverse_distance(scattered, cutoff_km=900)
        assert np.allclose(dense(cut), row_scaled(np.where(apart <= 900, 1 / apart, 0.0)))

    def test_knn_and_band_equal_libpysal(self, scattered):
        knn = Graph.build_knn(scattered.to_crs(3857), k=3)
        ours = weights.knn(scattered.to_crs(3857), k=3, transform="none")
        assert np.array_equal(dense(ours), knn.sparse.toarray())
        band = Graph.build_distance_band(scattered.to_crs(3857), 800_000)
        ours = weights.distance_band(scattered.to_crs(3857), km=800, transform="none")
        assert np.array_equal(dense(ours), band.sparse.toarray())

    def test_a_band_beyond_half_the_earth_joins_all(self, scattered):
        w = weights.distance_band(scattered, km=25_000)
        assert weights.describe(w)["density"] == 1.0

    def test_planar_units_are_converted(self):
        metres = gpd.GeoDataFrame(
            geometry=shapely.points([[0, 0], [30_000, 40_000]]), index=["a", "b"], crs=3857
        )
        feet = gpd.GeoDataFrame(
            geometry=shapely.points(np.array([[0, 0], [30_000, 40_000]]) / (1200 / 3937)),
            index=["a", "b"],
            crs=2263,
        )
        for cities in (metres, feet):
            w = weights.inverse_distance(cities, transform="none")
            assert dense(w)[0, 1] == pytest.approx(1 / 50, rel=1e-9)

    def test_across_the_date_line(self):
        cities = gpd.GeoDataFrame(
            geometry=shapely.points([[179.5, 0], [-179.5, 0], [170, 0]]),
            index=list("abc"),
            crs=4326,
        )
        assert dense(weights.knn(cities, k=1)).tolist() == [[0, 1, 0], [1, 0, 0], [1, 0, 0]]

    def test_centroids_of_polygons_on_the_sphere(self):
        box = shapely.box(100, 20, 110, 50)
        hole = shapely.Polygon(box.exterior.coords, [shapely.box(101, 21, 109, 25).exterior.coords])
        tiny = shapely.box(105, 34.999, 105.001, 35)
        far = shapely.MultiPolygon([shapely.box(-180, 0, -170, 10), shapely.box(170, 0, 180, 10)])
        boxes = [shapely.segmentize(part, 0.02) for part in (box, box.reverse(), hole, tiny, far)]
        cities = gpd.GeoDataFrame(geometry=boxes, index=list("abcde"), crs=4326)
        found = [_direction(cities.iloc[[k, 3]]) for k in range(5)]
        expected = [_mean_direction(box), _mean_direction(box), _mean_direction(hole)]
        for k, lonlat in enumerate(expected):
            assert found[k] == pytest.approx(lonlat, abs=2e-3)
        assert found[3] == pytest.approx((105.0005, 34.9995), abs=1e-6)
        assert abs(found[4][0]) == pytest.approx(180, abs=1e-6)

    def test_ties_go_to_the_first_in_the_table(self):
        cities = lattice(3, 3, crs=3857, step=1000.0)
        w = weights.knn(cities, k=2)
        assert list(w["c4"].index) == ["c1", "c3"]
        turned = weights.knn(cities.iloc[::-1], k=2)
        assert set(turned["c4"].index) == {"c7", "c5"}

    def test_distances_equal_up_to_rounding_are_ties(self):
        bearing = np.random.default_rng(2).uniform(0, 2 * np.pi, 40)
        lat0, radius = np.radians(35), np.radians(2)
        sine = np.sin(lat0) * np.cos(radius) + np.cos(lat0) * np.sin(radius) * np.cos(bearing)
        lon = np.arctan2(
            np.sin(bearing) * np.sin(radius) * np.cos(lat0), np.cos(radius) - np.sin(lat0) * sine
        )
        points = np.degrees(np.column_stack([lon, np.arcsin(sine)]))
        cities = gpd.GeoDataFrame(geometry=shapely.points(np.vstack([points, [[0, 35]]])), crs=4326)
        assert list(weights.knn(cities, k=7)[40].index) == list(range(7))

    def test_cities_at_one_point(self):
        cities = gpd.GeoDataFrame(
            geometry=shapely.points([[100, 30]] * 4 + [[101, 30]]), index=list("abcde"), crs=4326
        )
        assert list(weights.knn(cities, k=2)["c"].index) == ["a", "b"]
        assert list(weights.knn(cities, k=3)["e"].index) == ["a", "b", "c"]
        for cutoff in (None, 50):
            with pytest.raises(InputError, match=r"6 pairs .* first a and b"):
                weights.inverse_distance(cities, cutoff_km=cutoff)

    def test_no_reference_system_names_the_remedy(self, scattered):
        bare = scattered.set_crs(None, allow_override=True)
        for build in (weights.knn, weights.distance_band, weights.inverse_distance):
            with pytest.raises(InputError, match="set_crs"):
                build(bare)

    def test_too_many_links_are_refused_before_they_are_made(self):
        points = shapely.points(np.random.default_rng(0).uniform(0, 1, (7_200, 2)))
        cities = gpd.GeoDataFrame(geometry=points, crs=4326)
        with pytest.raises(InputError, match=r"51,832,800 links.* GB .*cutoff_km.*knn"):
            weights.inverse_distance(cities)
        with pytest.raises(InputError, match=r"51,832,800 links.*lower km"):
            weights.distance_band(cities, km=1000)

    @pytest.mark.parametrize(
        ("call", "words"),
        [
            (lambda c: weights.knn(c, k=60), "at most 59"),
            (lambda c: weights.knn(c, k=0), "k=0"),
            (lambda c: weights.knn(c, k=2.5), "k=2.5"),
            (lambda c: weights.distance_band(c, km=-1), "km=-1"),
            (lambda c: weights.distance_band(c, km="300"), "km='300'"),
            (lambda c: weights.inverse_distance(c, power=0), "power=0"),
            (lambda c: weights.inverse_distance(c, cutoff_km=float("nan")), "cutoff_km=nan"),
        ],
    )
    def test_wrong_arguments(self, scattered, call, words):
        with pytest.raises(InputError, match=words):
            call(scattered)


def _direction(cities):
    from spatial.weights.geometry import places

    x, y, z = places(cities).xyz[0] / 6371.0
    return np.degrees(np.arctan2(y, x)), np.degrees(np.arcsin(z))


def _mean_direction(polygon, cells=600):
    """Mean of points spread evenly over the area, by a fine grid weighted with cos(latitude)."""
    west, south, east, north = polygon.bounds
    lon = west + (np.arange(cells) + 0.5) * (east - west) / cells
    lat = south + (np.arange(cells) + 0.5) * (north - south) / cells
    lon, lat = (part.ravel() for part in np.meshgrid(lon, lat))
    inside = shapely.contains_xy(polygon, lon, lat)
    lon, lat = np.radians(lon[inside]), np.radians(lat[inside])
    share = np.cos(lat)
    x = (share * np.cos(lat) * np.cos(lon)).sum()
    y = (share * np.cos(lat) * np.sin(lon)).sum()
    z = (share * np.sin(lat)).sum()
    return np.degrees(np.arctan2(y, x)), np.degrees(np.arctan2(z, np.hypot(x, y)))


def test_importing_weights_loads_no_heavy_library():
    code = (
        "import sys; from spatial import weights; from spatial.weights.operator import operator;"
        "heavy = ('libpysal', 'geopandas', 'shapely', 'esda', 'spreg', 'matplotlib');"
        "print([m for m in heavy if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_names_of_the_package():
    assert set(weights.__all__) <= set(dir(weights))
    with pytest.raises(AttributeError, match="kings"):
        weights.kings  # noqa: B018
