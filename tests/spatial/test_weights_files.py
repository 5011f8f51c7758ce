"""Weights into files and back, files of other programs, broken files; describing and comparing."""

import sys
import warnings
from contextlib import closing
from importlib.util import find_spec

import libpysal
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from libpysal.graph import Graph, read_parquet
from scipy import sparse
from support.layers import dense, lattice, scattered

import shapes
from spatial import weights
from spatial.errors import InputError
from spatial.weights.facts import read_facts
from spatial.weights.operator import operator

PARQUET = ["parquet"] if find_spec("pyarrow") else []
needs_pyarrow = pytest.mark.skipif(not PARQUET, reason="pyarrow is an extra")
WEIGHTED = ["gwt", "csv", "mtx", *PARQUET, "txt", "spmat"]
NAMES = ["北京市", "上海市", "é-1", "110000", "0042", "x"]


def matrix(seed=0, n=6):
    draw = np.random.default_rng(seed)
    values = draw.lognormal(0, 3, (n, n)) * (draw.random((n, n)) < 0.4)
    np.fill_diagonal(values, 0)
    values[3] = 0
    return values


def _by_libpysal(path):
    with warnings.catch_warnings(), closing(libpysal.io.open(str(path), "r")) as source:
        warnings.simplefilter("ignore")
        return source.read()


@pytest.mark.parametrize("suffix", WEIGHTED)
@pytest.mark.parametrize("transform", ["row", "none", "spectral", "minmax"])
def test_round_trips_are_exact(tmp_path, suffix, transform):
    w = weights.from_matrix(matrix(), NAMES, transform=transform)
    path = weights.write(w, tmp_path / f"权重.{suffix}")
    for ids in (None, NAMES):
        back = weights.read(path, ids)
        assert list(back.unique_ids) == NAMES
        assert np.array_equal(dense(back), dense(w))
        assert list(back.isolates) == list(w.isolates) == ["110000"]
    assert not [p.name for p in tmp_path.iterdir() if p.name.startswith(".")]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["gwt", "csv", "mtx", *PARQUET, "txt"]))
def test_any_weights_come_back_exactly(tmp_path_factory, seed, suffix):
    folder = tmp_path_factory.mktemp("w")
    w = weights.from_matrix(matrix(seed), NAMES)
    back = weights.read(weights.write(w, folder / f"w.{suffix}"))
    assert np.array_equal(dense(back), dense(w))
    assert back.transformation == "R"


@pytest.mark.parametrize("suffix", ["gal", *WEIGHTED])
def test_ids_bring_the_callers_labels_and_order(tmp_path, suffix):
    cities = lattice(3, 4, crs=3857)
    cities.index = pd.Index(range(110000, 110012))
    w = weights.contiguity(cities)
    path = weights.write(w, tmp_path / f"w.{suffix}")
    assert not (tmp_path / "w.ids.csv").exists()
    turned = cities.index[::-1]
    back = weights.read(path, turned)
    assert list(back.unique_ids) == list(turned)
    assert np.array_equal(dense(back), dense(w)[::-1, ::-1])


def test_gal_keeps_neighbours_and_isolates(tmp_path):
    binary = weights.from_matrix(matrix() > 0, NAMES, transform="none")
    path = weights.write(binary, tmp_path / "w.gal")
    assert np.array_equal(dense(weights.read(path, transform="none")), dense(binary))
    rows = weights.read(path)
    assert rows.transformation == "R"
    assert np.allclose(dense(rows).sum(1), [1, 1, 1, 0, 1, 1])
    with pytest.raises(InputError, match="without weights, and those of 北京市 differ"):
        weights.write(weights.from_matrix(matrix(), NAMES), tmp_path / "v.gal")


def test_scaling_that_a_format_records_comes_back(tmp_path):
    w = weights.from_matrix(matrix(), NAMES, transform="spectral")
    for suffix in ("mtx", *PARQUET):
        back = weights.read(weights.write(w, tmp_path / f"w.{suffix}"))
        assert read_facts(back).transform == "spectral"
        assert weights.label(back) == f"weights of w.{suffix}, divided by the spectral radius"
    plain = weights.read(weights.write(w, tmp_path / "w.csv"))
    assert read_facts(plain).transform is None
    # Whoever wrote the csv scaled it, and its numbers do not say how.
    assert weights.label(plain) == "weights of w.csv, as the file has them"
    assert weights.label(plain, "zh") == "w.csv 所载权重，沿用文件数值"
    assert np.allclose(dense(weights.read(tmp_path / "w.csv", transform="row")).sum(1).max(), 1)


def test_binary_ignores_weights_such_as_the_distances_of_geoda(tmp_path):
    (tmp_path / "w.gwt").write_text("0 3 layer id\na b 17.5\nb a 17.5\nb c 3\nc b 3\n")
    w = weights.read(tmp_path / "w.gwt", binary=True)
    assert dense(w).tolist() == [[0, 1, 0], [0.5, 0, 0.5], [0, 1, 0]]


class TestOtherPrograms:
    @needs_pyarrow
    def test_libpysal_reads_our_parquet_and_we_read_its(self, tmp_path):
        cities = lattice(3, 3, crs=3857, step=1000.0)
        w = weights.contiguity(cities, transform="none")
        assert read_parquet(weights.write(w, tmp_path / "w.parquet")).equals(w)
        points = cities.set_geometry(cities.centroid)
        Graph.build_knn(points, k=2).to_parquet(tmp_path / "t.parquet")
        assert np.array_equal(dense(weights.read(tmp_path / "t.parquet"))[0].nonzero()[0], [1, 3])

    def test_libpysal_reads_our_gal_and_gwt_and_we_read_its(self, tmp_path):
        cities = lattice(3, 3, crs=3857, step=1000.0)
        w = weights.contiguity(cities, transform="none")
        theirs = _by_libpysal(weights.write(w, tmp_path / "w.gal"))
        assert np.array_equal(theirs.sparse.toarray(), dense(w))
        near = weights.inverse_distance(cities)
        gwt = _by_libpysal(weights.write(near, tmp_path / "w.gwt"))
        order = [gwt.id_order.index(label) for label in cities.index]
        assert np.array_equal(gwt.sparse.toarray()[np.ix_(order, order)], dense(near))
        with closing(libpysal.io.open(str(tmp_path / "t.gal"), "w")) as out:
            out.write(theirs)
        assert np.array_equal(dense(weights.read(tmp_path / "t.gal", transform="none")), dense(w))

    def test_gal_with_one_word_header_blank_lines_and_windows_ends(self, tmp_path):
        text = "\ufeff3\r\n甲 1\r\n乙\r\n乙 1\r\n甲\r\n丙 0\r\n\r\n"
        (tmp_path / "w.gal").write_bytes(text.encode("utf-8"))
        w = weights.read(tmp_path / "w.gal")
        assert dense(w).tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]
        (tmp_path / "g.gal").write_bytes(text.lstrip("\ufeff").encode("gb18030"))
        assert list(weights.read(tmp_path / "g.gal").unique_ids) == ["甲", "乙", "丙"]

    def test_stata_as_its_manual_shows_it_without_ids_and_as_a_list(self, tmp_path):
        path = tmp_path / "w.txt"
        path.write_text("3\n20029 0 .25 .75\n33003 .25 0 0\n41021 .75 0 0\n")
        w = weights.read(path, transform="none")
        assert list(w.unique_ids) == ["20029", "33003", "41021"]
        assert dense(w)[0].tolist() == [0, 0.25, 0.75]
        path.write_text("3\n0 .25 .75\n.25 0 0\n.75 0 0\n")
        with pytest.raises(InputError, match="3 rows without labels; give ids="):
            weights.read(path)
        assert list(weights.read(path, ["a", "b", "c"]).unique_ids) == ["a", "b", "c"]
        path.write_text("4\n7 8 9\n8 7\n9 7\n5\n")
        assert dense(weights.read(path, transform="none"))[0].tolist() == [0, 1, 1, 0]

    def test_stata_gets_numbers_and_a_list_of_the_names(self, tmp_path):
        w = weights.from_matrix(matrix(), NAMES)
        lines = weights.write(w, tmp_path / "w.txt").read_text("utf-8").splitlines()
        assert [line.split()[0] for line in lines] == ["6", "1", "2", "3", "4", "5", "6"]
        beside = pd.read_csv(tmp_path / "w.ids.csv", dtype=str)
        assert beside["label"].tolist() == NAMES
        beside.iloc[:5].to_csv(tmp_path / "w.ids.csv", index=False)
        with pytest.raises(InputError, match=r"w\.ids\.csv does not hold the ids of w\.txt"):
            weights.read(tmp_path / "w.txt")

    def test_a_square_of_labels_in_any_order_of_columns_in_gbk(self, tmp_path):
        square = pd.DataFrame([[0, 1, 2], [3, 0, 0], [4, 0, 0]], list("甲乙丙"), list("甲乙丙"))
        square[list("丙甲乙")].to_csv(tmp_path / "m.csv", encoding="gb18030")
        w = weights.read(tmp_path / "m.csv", transform="none")
        assert np.array_equal(dense(w), square.to_numpy())

    def test_mtx_of_scipy_takes_ids(self, tmp_path):
        from scipy.io import mmwrite

        mmwrite(tmp_path / "m.mtx", sparse.csr_array(matrix()))
        with pytest.raises(InputError, match="without labels"):
            weights.read(tmp_path / "m.mtx")
        w = weights.read(tmp_path / "m.mtx", NAMES)
        assert np.allclose(dense(w), matrix(), rtol=1e-12)

    def test_gwt_that_leaves_out_isolates_needs_ids(self, tmp_path):
        (tmp_path / "w.gwt").write_text("0 3 layer id\na b 1\nb a 1\n")
        with pytest.raises(InputError, match="announces 3 units and names 2.*ids="):
            weights.read(tmp_path / "w.gwt")
        assert list(weights.read(tmp_path / "w.gwt", ["c", "b", "a"]).isolates) == ["c"]


class TestBrokenFiles:
    @pytest.mark.parametrize(
        ("name", "text", "words"),
        [
            ("w.gal", "2\na 1\nb\n", "announces 2 units, but 1 stand below"),
            ("w.gal", "1\na 1\nb\n", "without an entry of their own: b"),
            ("w.gal", "2\na 3\nb c\n", "a announces 3 neighbours"),
            ("w.gal", "x y\n", "no number of units: 'x y'"),
            ("w.gal", "2\na x\nb\n", "cannot be read as gal"),
            ("w.gal", " \n", "is empty"),
            ("w.gwt", "2\na b 1\nb a\n", "line 3 is not"),
            ("w.gwt", "2\na b 1\na b 2\n", "the link a–b stands more than once"),
            ("w.gwt", "2\na b -1\nb a 1\n", "negative weights, first at a–b"),
            ("w.gwt", "2\na b nan\nb a 1\n", "missing or infinite weights, first at a–b"),
            ("w.gwt", "2\na a 5\nb a 1\n", "on themselves, first at a–a"),
            ("w.txt", "2\n1 0 1\n", "announces 2 units, but 1 row"),
            ("w.txt", "2 1 1\n1 0 1\n2 1 0\n", "banded"),
            ("w.mtx", "hello\n", "w.mtx cannot be read as mtx"),
            ("w.csv", "a,b\n1,2\n", "has the columns a, b; links need focal, neighbor and weight"),
            ("w.csv", "focal,neighbor,weight\na,b\n", "line 2 has not the 3 cells"),
            ("w.csv", "focal,neighbor,weight\na,b,x\n", "holds 'x' where a weight"),
            ("w.csv", "focal,neighbor,weight\n", "no rows below its header"),
            ("w.xls", "", "no suffix of a weights file"),
        ],
    )
    def test_each_is_refused_with_the_place(self, tmp_path, name, text, words):
        (tmp_path / name).write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match=words):
            weights.read(tmp_path / name)

    def test_other_faults(self, tmp_path):
        with pytest.raises(InputError, match=r"no file 没有\.csv"):
            weights.read(tmp_path / "没有.csv")
        (tmp_path / "w.gal").write_bytes(b"\xff\xfe\x00\xff\xff")
        with pytest.raises(InputError, match="neither UTF-8 nor GB18030"):
            weights.read(tmp_path / "w.gal")

    @needs_pyarrow
    def test_faults_of_parquet(self, tmp_path):
        (tmp_path / "w.parquet").write_bytes(b"PAR1 no")
        with pytest.raises(InputError, match=r"w\.parquet is no parquet file"):
            weights.read(tmp_path / "w.parquet")
        pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "v.parquet")
        with pytest.raises(InputError, match="no column 'focal'"):
            weights.read(tmp_path / "v.parquet")

    def test_ids_that_differ_are_named(self, tmp_path):
        path = weights.write(weights.from_matrix(matrix(), NAMES), tmp_path / "w.csv")
        with pytest.raises(InputError, match="上海市 in the file only"):
            weights.read(path, [n for n in NAMES if n != "上海市"])
        with pytest.raises(InputError, match="天津市 in ids only"):
            weights.read(path, [*NAMES, "天津市"])

    def test_labels_with_blanks_go_only_where_blanks_do_not_part(self, tmp_path):
        w = weights.from_matrix([[0, 1], [1, 0]], ["New York", "b"])
        for suffix in ("gal", "gwt"):
            with pytest.raises(InputError, match="hold some: New York; write csv"):
                weights.write(w, tmp_path / f"w.{suffix}")
        for suffix in ("csv", "mtx", *PARQUET, "txt"):
            back = weights.read(weights.write(w, tmp_path / f"w.{suffix}"))
            assert list(back.unique_ids) == ["New York", "b"]

    def test_a_failed_write_leaves_the_old_file(self, tmp_path, monkeypatch):
        path = weights.write(weights.from_matrix(matrix(), NAMES), tmp_path / "w.csv")
        before = path.read_bytes()

        def full(self, data):
            del self, data
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("pathlib.Path.write_bytes", full)
        with pytest.raises(InputError, match=r"w\.csv cannot be written .*No space left"):
            weights.write(weights.from_matrix(matrix(1), NAMES), path)
        monkeypatch.undo()
        assert path.read_bytes() == before
        assert [p.name for p in tmp_path.iterdir()] == ["w.csv"]

    def test_the_file_appears_only_when_it_is_complete(self, tmp_path, monkeypatch):
        def locked(self, target):
            del self, target
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("pathlib.Path.replace", locked)
        with pytest.raises(InputError, match="Permission denied"):
            weights.write(weights.from_matrix(matrix(), NAMES), tmp_path / "w.mtx")
        monkeypatch.undo()
        assert not list(tmp_path.iterdir())

    def test_a_folder_that_is_not_there(self, tmp_path):
        w = weights.from_matrix(matrix(), NAMES)
        for suffix in ("csv", *PARQUET):
            with pytest.raises(InputError, match="cannot be written"):
                weights.write(w, tmp_path / "x" / f"w.{suffix}")

    def test_without_pyarrow(self, tmp_path, monkeypatch):
        w = weights.from_matrix(matrix(), NAMES)
        path = tmp_path / "w.parquet"
        path.write_bytes(b"PAR1")
        monkeypatch.setitem(sys.modules, "pyarrow", None)
        monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
        for call in (lambda: weights.read(path), lambda: weights.write(w, path)):
            with pytest.raises(InputError, match=r"needs pyarrow.*cityripple\[parquet\].*csv"):
                call()


class TestDescribe:
    def test_histogram(self):
        w = weights.contiguity(lattice(3, 3), "rook")
        assert weights.histogram(w).to_dict() == {0: 0, 1: 0, 2: 4, 3: 4, 4: 1}
        assert weights.describe(w).attrs["histogram"] == {0: 0, 1: 0, 2: 4, 3: 4, 4: 1}

    def test_who_lost_whom_survives_a_second_cut(self):
        cities = lattice(1, 5).set_axis(list("甲乙丙丁戊"))
        w = weights.subset(weights.contiguity(cities), ["甲", "丙", "丁", "戊"])
        assert weights.describe(w).attrs["notes"] == ["甲 lost its only neighbour to the cut: 乙."]
        again = weights.subset(w, ["戊", "丙", "甲"])
        assert weights.describe(again).attrs["notes"] == [
            "甲 lost its only neighbour to the cut: 乙.",
            "戊 lost its only neighbour to the cut: 丁.",
            "丙 lost its only neighbour to the cut: 丁.",
        ]
        assert weights.describe(weights.subset(again, ["丙"])).attrs["notes"] == [
            "丙 lost its only neighbour to the cut: 丁."
        ]

    def test_without_the_four_municipalities_zhoushan_lost_its_only_neighbour(self):
        cities = shapes.china_cities()
        yearbook = cities[cities["rank"].isin(["地级市", "直辖市"])]
        w = weights.contiguity(yearbook)
        kept = yearbook.index[yearbook["rank"] != "直辖市"]
        found = weights.describe(weights.subset(w, kept))
        assert found.attrs["notes"] == ["舟山市 lost its only neighbour to the cut: 上海市."]
        assert found["isolates"] == weights.describe(w)["isolates"] + 1
        assert "舟山市" in found.attrs["isolates"]

    def test_models_say_it_too(self):
        from spatial.weights.operator import align

        cities = lattice(1, 4).set_axis(list("甲乙丙丁"))
        with pytest.warns(UserWarning, match=r"whom they lost\): 甲 \(乙\)"):
            align(weights.contiguity(cities), pd.Index(list("甲丙丁")))


class TestCompare:
    def test_against_sets_of_links(self):
        cities = scattered()
        a, b = weights.distance_band(cities, 600), weights.knn(cities, 3)
        found = weights.compare(a, b)
        one, two = (dense(w) for w in (a, b))
        off = ~np.eye(60, dtype=bool)
        both = (one > 0) & (two > 0)
        assert (found["links_a"], found["links_b"]) == ((one > 0).sum(), (two > 0).sum())
        assert found["shared"] == both.sum()
        assert found["only_a"] == ((one > 0) & (two == 0)).sum()
        assert found["only_b"] == ((two > 0) & (one == 0)).sum()
        assert found["overlap"] == pytest.approx(both.sum() / ((one > 0) | (two > 0)).sum())
        assert found["correlation"] == pytest.approx(np.corrcoef(one[off], two[off])[0, 1])
        assert np.isnan(found["correlation_shared"])
        inverse = dense(weights.inverse_distance(cities))
        again = weights.compare(a, weights.inverse_distance(cities))
        linked = one > 0
        expected = np.corrcoef(one[linked], inverse[linked])[0, 1]
        assert again["correlation_shared"] == pytest.approx(expected)
        assert found.attrs["isolates_a"] == list(a.isolates)
        assert found.attrs["b"] == "3 nearest neighbours, row-standardised"

    def test_order_of_units_does_not_matter_and_identity_is_one(self):
        cities = scattered()
        a, b = weights.inverse_distance(cities), weights.inverse_distance(cities.iloc[::-1])
        found = weights.compare(a, b)
        assert found["overlap"] == 1.0
        assert found["correlation"] == pytest.approx(1.0)
        assert found["correlation_shared"] == pytest.approx(1.0)

    def test_units_of_only_one_are_counted(self):
        cities = scattered()
        a, b = weights.knn(cities.iloc[:50], 3), weights.knn(cities.iloc[10:], 3)
        found = weights.compare(a, b)
        assert (found["units"], found["only_a_units"], found["only_b_units"]) == (40, 10, 10)
        inside = operator(a).matrix.toarray()[10:, 10:]
        assert found["links_a"] == (inside > 0).sum()
        with pytest.raises(InputError, match="no unit in common"):
            weights.compare(weights.knn(cities.iloc[:30], 3), weights.knn(cities.iloc[30:], 3))
