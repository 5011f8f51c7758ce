"""Weights from matrices, subsets, descriptions and labels."""

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


class TestFromMatrix:
    matrix = np.array([[0.0, 2, 2, 0], [1, 0, 0, 3], [0, 0, 0, 0], [1, 1, 2, 0]])
    ids = ("a", "b", "c", "d")

    @pytest.mark.parametrize(
        "given",
        [
            lambda m, i: (m, i),
            lambda m, i: (m.tolist(), list(i)),
            lambda m, i: (sparse.csr_array(m), pd.Index(i)),
            lambda m, i: (sparse.coo_matrix(m), iter(i)),
            lambda m, i: (pd.DataFrame(m, i, i), None),
            lambda m, i: (pd.DataFrame(m, i, i).iloc[::-1, [2, 0, 1, 3]], i),
        ],
    )
    def test_all_forms_give_the_same_graph(self, given):
        w = weights.from_matrix(*given(self.matrix, self.ids))
        assert list(w.unique_ids) == list(self.ids)
        assert list(w.isolates) == ["c"]
        assert np.allclose(dense(w), row_scaled(self.matrix))
        assert weights.label(w) == "given matrix, row-standardised"

    def test_unscaled_matrix_is_kept_to_the_digit(self):
        w = weights.from_matrix(self.matrix, self.ids, transform="none")
        assert np.array_equal(dense(w), self.matrix)
        assert w.transformation == "O"

    def test_stored_zeros_are_no_links(self):
        stored = sparse.csr_array(([0.0, 1.0, 1.0], ([0, 0, 1], [2, 1, 0])), shape=(3, 3))
        assert weights.describe(weights.from_matrix(stored, list("abc")))["links"] == 2
        assert stored.nnz == 3

    @pytest.mark.parametrize(
        ("matrix", "ids", "words"),
        [
            (np.ones((2, 3)), "ab", "2 rows and 3 columns"),
            (np.zeros((2, 2)), "abc", "2 rows but there are 3 ids"),
            (np.zeros((2, 2)), None, "needs ids"),
            (np.zeros((2, 2)), ["a", "a "], "more than once"),
            (np.array([[0, -1.0], [1, 0]]), "ab", "negative weights, first at a–b"),
            (np.array([[0, 1.0], [np.nan, 0]]), "ab", "missing or infinite weights, first at b–a"),
            (np.array([[0, 1.0], [np.inf, 0]]), "ab", "missing or infinite"),
            (np.array([[0, 1.0], [1, 2.0]]), "ab", "on themselves, first at b–b"),
            (np.array([["x", 1.0], [1, 2.0]]), "ab", "not a number"),
            (np.zeros(4), "abcd", "1 dimensions"),
            (pd.DataFrame(np.zeros((2, 2)), ["a", "b"], ["a", "c"]), None, "do not match.*b, c"),
            (
                pd.DataFrame(np.zeros((2, 2)), list("ab"), list("ab")),
                "ac",
                "do not match ids: c, b",
            ),
        ],
    )
    def test_refusals(self, matrix, ids, words):
        with pytest.raises(InputError, match=words):
            weights.from_matrix(matrix, ids)

    def test_other_classes_are_pointed_to_their_own_door(self):
        graph = weights.contiguity(lattice(2, 2))
        with pytest.raises(InputError, match="already a Graph"):
            weights.from_matrix(graph, graph.unique_ids)
        with pytest.raises(InputError, match=r"Graph\.from_W"):
            weights.from_matrix(graph.to_W(), graph.unique_ids)


class TestSubset:
    def test_cut_and_scaled_in_the_order_given(self):
        w = weights.contiguity(lattice(3, 4), bridges=[("c0", "c11")])
        keep = ["c6", "c0", "c11", "c1", "c8"]
        cut = weights.subset(w, keep)
        full = pd.DataFrame(dense(w) > 0, w.unique_ids, w.unique_ids).loc[keep, keep]
        assert list(cut.unique_ids) == keep
        assert np.allclose(dense(cut), row_scaled(full.to_numpy(dtype=float)))
        assert list(cut.isolates) == ["c8"]
        assert weights.describe(cut).attrs["isolates"] == ["c8"]
        assert (
            weights.label(cut)
            == "queen contiguity, bridges c0–c11, 7 units cut out, row-standardised"
        )
        assert weights.label(cut, "zh").endswith("，剔除 7 个单元，行标准化")
        again = weights.subset(cut, keep[:4])
        assert read_facts(again).units_cut == 8

    def test_spectral_and_unscaled(self):
        cities = lattice(3, 4)
        keep = [f"c{k}" for k in range(6)]
        spectral = weights.subset(weights.contiguity(cities, transform="spectral"), keep)
        assert np.abs(np.linalg.eigvals(dense(spectral))).max() == pytest.approx(1.0, abs=1e-9)
        assert spectral.transformation == "C"
        plain = weights.subset(weights.contiguity(cities, transform="none"), keep)
        assert set(np.unique(dense(plain))) == {0.0, 1.0}

    @pytest.mark.parametrize("letter", ["R", "O"])
    def test_graphs_built_elsewhere_are_judged_by_their_row_sums(self, letter):
        ours = weights.contiguity(lattice(3, 3))
        theirs = Graph(ours.adjacency, letter)
        cut = weights.subset(theirs, ["c0", "c1", "c2", "c4"])
        assert np.allclose(operator(cut).row_sums, 1.0)
        assert weights.label(theirs) == "given weights, row-standardised"

    def test_binary_graphs_built_elsewhere_stay_binary(self):
        theirs = Graph.build_contiguity(lattice(3, 3), rook=False)
        cut = weights.subset(theirs, ["c0", "c1", "c2", "c4"])
        assert set(np.unique(dense(cut))) == {0.0, 1.0}
        assert weights.label(cut) == "given weights, 5 units cut out, not scaled"

    def test_labels_match_by_their_canonical_text(self):
        cities = lattice(2, 2).set_axis([110000, 120000, 130100, 130200])
        cut = weights.subset(weights.contiguity(cities), ["120000.0", 110000.0])
        assert list(cut.unique_ids) == [120000, 110000]

    @pytest.mark.parametrize(
        ("ids", "words"),
        [(["c0", "x9"], "x9"), ([], "empty"), (["c0", "c0"], "c0"), ("c0", "list")],
    )
    def test_refusals(self, ids, words):
        with pytest.raises(InputError, match=words):
            weights.subset(weights.contiguity(lattice(2, 2)), ids)

    def test_the_original_is_not_touched(self):
        w = weights.contiguity(lattice(3, 3))
        before = w.adjacency
        weights.subset(w, ["c0", "c1"])
        pd.testing.assert_series_equal(w.adjacency, before)
        assert read_facts(w).units_cut == 0


class TestDescribe:
    def test_entries(self):
        boxes = [*lattice(1, 4).geometry, shapely.box(9, 9, 10, 10)]
        found = weights.describe(
            weights.contiguity(gpd.GeoDataFrame(geometry=boxes, index=[*"abcde"]))
        )
        assert list(found.index) == [
            "n",
            "links",
            "isolates",
            "components",
            "min_neighbours",
            "mean_neighbours",
            "max_neighbours",
            "density",
            "rho_min",
            "rho_max",
        ]
        assert found[["n", "links", "isolates", "components"]].tolist() == [5, 6, 1, 2]
        assert found[["min_neighbours", "mean_neighbours", "max_neighbours"]].tolist() == [
            0,
            1.2,
            2,
        ]
        assert found["density"] == pytest.approx(6 / 20)
        assert found[["rho_min", "rho_max"]].tolist() == pytest.approx([-1, 1])
        assert found.attrs["isolates"] == ["e"]

    def test_interval_of_rho_against_dense_eigenvalues(self, scattered):
        for w in (
            weights.knn(scattered, 5),
            weights.inverse_distance(scattered),
            weights.inverse_distance(scattered, transform="none"),
        ):
            values = np.linalg.eigvals(dense(w))
            real = values[np.abs(values.imag) < 1e-9].real
            found = weights.describe(w)
            assert found["rho_min"] == pytest.approx(1 / real.min(), rel=1e-8)
            assert found["rho_max"] == pytest.approx(1 / real.max(), rel=1e-8)

    def test_isolates_are_called_by_name(self):
        cities = gpd.GeoDataFrame(
            {"n": ["甲", "乙"]},
            geometry=[shapely.box(0, 0, 1, 1), shapely.box(3, 0, 4, 1)],
            index=[1, 2],
        )
        cities.attrs["name"] = "n"
        assert weights.describe(weights.contiguity(cities)).attrs["isolates"] == ["甲", "乙"]

    def test_anything_but_a_graph_is_refused(self):
        with pytest.raises(InputError, match="from_matrix"):
            weights.describe(np.eye(3))


@pytest.mark.parametrize(
    ("build", "english", "chinese"),
    [
        (lambda c: weights.contiguity(c, "rook"), "rook contiguity", "Rook 邻接"),
        (
            lambda c: weights.contiguity(c, order=2),
            "queen contiguity of order 2",
            "Queen 邻接（2 阶）",
        ),
        (
            lambda c: weights.contiguity(c, order=3, lower_orders=True),
            "queen contiguity up to order 3",
            "Queen 邻接（3 阶以内）",
        ),
        (lambda c: weights.knn(c, 5), "5 nearest neighbours", "5 个最近邻"),
        (lambda c: weights.distance_band(c, 300.0), "distance band 300 km", "300 km 距离阈值"),
        (lambda c: weights.inverse_distance(c), "inverse distance", "反距离"),
        (
            lambda c: weights.inverse_distance(c, 2, 500),
            "inverse distance squared within 500 km",
            "反距离平方（500 km 以内）",
        ),
        (
            lambda c: weights.inverse_distance(c, 1.5),
            "inverse distance to the power 1.5",
            "反距离（1.5 次方）",
        ),
    ],
)
def test_labels(build, english, chinese):
    w = build(lattice(3, 3, crs=4326, west=100, south=30))
    assert weights.label(w) == f"{english}, row-standardised"
    assert weights.label(w, lang="zh") == f"{chinese}，行标准化"


def test_labels_name_the_scaling():
    cities = lattice(2, 2)
    for transform, words in [("spectral", ("spectral radius", "谱半径")), ("none", ("not", "未"))]:
        w = weights.contiguity(cities, transform=transform)
        assert words[0] in weights.label(w)
        assert words[1] in weights.label(w, "zh")
    with pytest.raises(InputError, match="lang='de'"):
        weights.label(w, "de")


def test_rows_of_the_smallest_numbers_sum_to_one():
    w = weights.from_matrix([[0, 1e-310, 3e-310], [1, 0, 0], [1e-17, 0, 0]], list("abc"))
    assert w["a"].to_dict() == pytest.approx({"b": 0.25, "c": 0.75})
    assert w["c"].to_dict() == {"a": 1.0}
