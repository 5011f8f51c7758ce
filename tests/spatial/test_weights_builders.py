"""Decaying, economic, gravity, nested, block, flow and period weights against brute force."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from libpysal.graph import Graph
from support.layers import dense, lattice, row_scaled, scattered

from spatial import OLS, SLX, Panel, weights
from spatial.errors import InputError
from spatial.weights.facts import read_facts
from spatial.weights.geometry import places


@pytest.fixture(name="cities")
def points():
    return scattered()


def apart(cities):
    where = places(cities)
    n = len(cities)
    found = where.apart(*(part.ravel() for part in np.indices((n, n)))).reshape(n, n)
    np.fill_diagonal(found, np.inf)
    return found


@pytest.fixture(name="income")
def incomes(cities):
    draw = np.random.default_rng(4).lognormal(10, 0.5, len(cities))
    return pd.Series(draw, cities.index, name="gdp_pc").sample(frac=1, random_state=2)


class TestDecay:
    @pytest.mark.parametrize("cutoff", [None, 900])
    def test_exponential_against_brute_force(self, cities, cutoff):
        d = apart(cities)
        expected = np.where(d <= (cutoff or np.inf), np.exp(-d / 150), 0.0)
        w = weights.exponential(cities, km=150, cutoff_km=cutoff)
        assert np.allclose(dense(w), row_scaled(expected), rtol=1e-9)

    def test_beyond_and_rings(self, cities):
        d = apart(cities)
        beyond = weights.inverse_distance(cities, beyond_km=800, transform="none")
        assert np.allclose(dense(beyond), np.where((d > 800) & np.isfinite(d), 1 / d, 0))
        ring = weights.distance_band(cities, km=900, beyond_km=400, transform="none")
        assert np.array_equal(dense(ring), ((d > 400) & (d <= 900)).astype(float))
        assert weights.label(ring) == "distance ring 400 to 900 km, not scaled"
        with pytest.raises(InputError, match="beyond_km=900 leaves no pair within 900 km"):
            weights.distance_band(cities, km=900, beyond_km=900)

    @pytest.mark.parametrize(
        ("shape", "factor"),
        [("gaussian", (2 * np.pi) ** -0.5), ("triangular", 1.0), ("bisquare", 15 / 16)],
    )
    def test_kernels_equal_libpysal_up_to_its_constant_in_the_plane(self, cities, shape, factor):
        plane = cities.to_crs(3857)
        theirs = Graph.build_kernel(plane, kernel=shape, bandwidth=1_500_000).sparse.toarray()
        ours = dense(weights.kernel(plane, km=1500, shape=shape, transform="none"))
        if shape == "gaussian":
            linked = theirs > 0
            assert np.allclose(ours[linked] * factor, theirs[linked], rtol=1e-9)
        else:
            assert np.allclose(ours * factor, theirs, rtol=1e-9)

    def test_epanechnikov(self, cities):
        d = apart(cities)
        expected = np.where(d < 700, 1 - (d / 700) ** 2, 0)
        w = weights.kernel(cities, km=700, shape="epanechnikov", transform="none")
        assert np.allclose(dense(w), expected, atol=1e-12)

    def test_libpysal_takes_degrees_for_planar_units_and_we_do_not(self, cities):
        north = gpd.GeoDataFrame(
            geometry=shapely.points([[100, 60], [101.5, 60], [100, 61]]),
            index=list("abc"),
            crs=4326,
        )
        theirs = Graph.build_knn(north, k=1)
        assert theirs["a"].index.tolist() == ["c"]
        assert weights.knn(north, k=1)["a"].index.tolist() == ["b"]
        band = Graph.build_distance_band(north, 1.2)
        assert len(band["b"][band["b"] > 0]) == 0
        assert weights.distance_band(north, km=1.2 * 111.2)["b"].index.tolist() == ["a"]

    def test_libpysal_gives_two_cities_at_one_point_an_infinite_weight_and_we_refuse(self):
        same = gpd.GeoDataFrame(
            geometry=shapely.points([[0, 0], [0, 0], [1000, 0]]), index=list("abc"), crs=3857
        )
        with pytest.warns(RuntimeWarning, match="divide by zero"):
            theirs = Graph.build_distance_band(same, 2000, binary=False, alpha=-1)
        assert np.isinf(theirs["a"]["b"])
        with pytest.raises(InputError, match="1 pair of cities lies at the same point"):
            weights.inverse_distance(same)
        assert weights.exponential(same, km=1, transform="none")["a"]["b"] == 1.0

    def test_weights_that_all_vanish_are_refused(self, cities):
        with pytest.raises(InputError, match=r"vanish.*raise it"):
            weights.exponential(cities, km=0.05)


class TestFallback:
    def test_isolates_get_their_nearest_in_both_directions(self, cities):
        d = apart(cities)
        bare = dense(weights.distance_band(cities, km=300, transform="none"))
        found = dense(weights.distance_band(cities, km=300, fallback=2, transform="none"))
        expected = bare.copy()
        for i in np.flatnonzero(bare.sum(1) == 0):
            for j in np.argsort(d[i])[:2]:
                expected[i, j] = expected[j, i] = 1
        assert (bare.sum(1) == 0).any()
        assert np.array_equal(found, expected)

    def test_they_are_named_and_counted(self, cities):
        w = weights.distance_band(cities, km=300, fallback=1)
        pairs = read_facts(w).rescued
        said = weights.describe(w)
        assert f"isolates joined to their nearest ({len(pairs)} link" in weights.label(w)
        assert f"孤立单元连至最近邻（{len(pairs)} 条）" in weights.label(w, "zh")
        assert "–".join(pairs[0]) in said.attrs["notes"][0]
        assert said["isolates"] == 0

    def test_decaying_weights_keep_their_own_formula(self, cities):
        d = apart(cities)
        for build, formula in (
            (lambda c, **k: weights.inverse_distance(c, 2, **k), lambda x: x**-2.0),
            (lambda c, **k: weights.exponential(c, 100, **k), lambda x: np.exp(-x / 100)),
        ):
            bare = dense(build(cities, cutoff_km=300, transform="none"))
            i = int(np.flatnonzero(bare.sum(1) == 0)[0])
            found = dense(build(cities, cutoff_km=300, fallback=1, transform="none"))
            assert found[i].max() == pytest.approx(formula(d[i].min()), rel=1e-12)

    def test_contiguity_counts_the_nearest_as_a_border(self):
        cities = lattice(2, 2, crs=3857, step=1000.0)
        cities.loc["far", "geometry"] = shapely.box(9000, 0, 9500, 500)
        w = weights.contiguity(cities, "rook", fallback=1, transform="none")
        assert list(w["far"].index) == ["c1"]
        second = weights.contiguity(cities, "rook", 2, fallback=1, transform="none")
        assert set(second["far"].index) == {"c0", "c3"}

    def test_points_at_one_place_keep_ties_by_position(self):
        cities = gpd.GeoDataFrame(
            geometry=shapely.points([[0, 0], [1, 0], [100, 0], [100, 0]]), crs=3857
        )
        w = weights.distance_band(cities, km=0.002, fallback=1, transform="none")
        assert dense(w).tolist() == [[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]]

    @pytest.mark.parametrize("wrong", [-1, 60, 1.5, True])
    def test_wrong_numbers(self, cities, wrong):
        with pytest.raises(InputError, match="fallback="):
            weights.distance_band(cities, km=300, fallback=wrong)


class TestMinMax:
    def test_divided_by_the_smaller_of_row_and_column_maximum(self):
        raw = np.array([[0, 3, 1], [2, 0, 0], [5, 0, 0]], float)
        w = weights.from_matrix(raw, list("abc"), transform="minmax")
        assert np.allclose(dense(w), raw / 5)
        assert w.transformation == "C"
        assert weights.label(w, "zh") == "给定矩阵，极小极大标准化"
        assert np.abs(np.linalg.eigvals(dense(w))).max() <= 1

    def test_a_cut_is_scaled_anew_and_models_take_it(self):
        raw = np.array([[0, 3, 1], [2, 0, 0], [5, 0, 0]], float)
        w = weights.from_matrix(raw, list("abc"), transform="minmax")
        assert np.allclose(dense(weights.subset(w, ["a", "b"])), [[0, 1], [2 / 3, 0]])


class TestEconomic:
    def test_against_brute_force(self, income):
        y = income.to_numpy()
        gap = np.abs(np.subtract.outer(y, y))
        np.fill_diagonal(gap, np.inf)
        assert np.allclose(dense(weights.economic(income)), row_scaled(1 / gap))
        squared = weights.economic(income, 2, transform="none")
        assert np.allclose(dense(squared), gap**-2.0)
        assert list(squared.unique_ids) == list(income.index)

    def test_equal_incomes_are_refused_by_name_or_raised_to_a_floor(self):
        income = pd.Series({"甲": 1.0, "乙": 2.0, "丙": 1.0, "丁": 1.5})
        with pytest.raises(InputError, match="甲–丙 have equal incomes.*floor="):
            weights.economic(income)
        w = weights.economic(income, floor=0.5, transform="none")
        assert dense(w)[0].tolist() == [0, 1, 2, 2]
        assert "差距下限 0.5" in weights.label(w, "zh")

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            (lambda x: x.where(x.index != "点3"), "no number for 1 unit: 点3"),
            (lambda x: x.astype(object).mask(x.index == "点3", "n/a"), "点3"),
            (lambda x: x.to_numpy(), "not a Series"),
            (lambda x: pd.concat({2010: x}), "2 levels.*weights.average"),
            (lambda x: x > 0, "True and False"),
            (lambda x: x[:0], "empty"),
        ],
    )
    def test_wrong_incomes(self, income, wrong, words):
        with pytest.raises(InputError, match=words):
            weights.economic(wrong(income))

    def test_too_many(self):
        with pytest.raises(InputError, match="51,832,800 links"):
            weights.economic(pd.Series(np.arange(7200.0)))


class TestGravity:
    def test_against_brute_force_matched_by_label(self, cities, income):
        d, y = apart(cities), income.loc[cities.index].to_numpy()
        raw = np.outer(y, y) / d**2
        assert np.allclose(dense(weights.gravity(cities, income)), row_scaled(raw))
        near = weights.gravity(cities, income, power=1, cutoff_km=900, transform="none")
        assert np.allclose(dense(near), np.where(d <= 900, np.outer(y, y) / d, 0))

    def test_the_asymmetry_of_rows_is_noted_and_other_scalings_keep_symmetry(self, cities, income):
        row = weights.gravity(cities, income)
        assert not np.allclose(dense(row), dense(row).T)
        assert "asymmetric" in weights.describe(row).attrs["notes"][0]
        for transform in ("minmax", "spectral"):
            w = weights.gravity(cities, income, transform=transform)
            assert np.allclose(dense(w), dense(w).T)
            assert weights.describe(w).attrs["notes"] == []

    def test_fallback(self, cities, income):
        d, y = apart(cities), income.loc[cities.index].to_numpy()
        w = weights.gravity(cities, income, cutoff_km=300, fallback=1, transform="none")
        bare = np.where(d <= 300, np.outer(y, y) / d**2, 0)
        i = int(np.flatnonzero(bare.sum(1) == 0)[0])
        j = int(np.argmin(d[i]))
        assert dense(w)[i, j] == pytest.approx(y[i] * y[j] / d[i, j] ** 2)

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            (lambda m: m.drop("点7"), "no value for 1 of 60 cities: 点7"),
            (lambda m: m.mask(m.index == "点7", -1), "zero or negative for 1 city: 点7"),
            (lambda m: m.mask(m.index == "点7", 0), "zero or negative for 1 city: 点7"),
            (lambda m: m.mask(m.index == "点7"), "点7"),
        ],
    )
    def test_wrong_masses(self, cities, income, change, words):
        with pytest.raises(InputError, match=words):
            weights.gravity(cities, change(income))

    def test_masses_of_further_units_are_not_used(self, cities, income):
        more = pd.concat([income, pd.Series({"别处": -1.0})])
        a, b = (weights.gravity(cities, mass) for mass in (income, more))
        assert np.array_equal(dense(a), dense(b))


class TestNested:
    def test_the_three_forms_against_brute_force(self, cities, income):
        near, rich = weights.inverse_distance(cities), weights.economic(income)
        order = [list(rich.unique_ids).index(k) for k in cities.index]
        a, b = dense(near), dense(rich)[np.ix_(order, order)]
        y = income.loc[cities.index].to_numpy()
        assert np.allclose(dense(weights.nested(near, rich, 0.3)), 0.3 * a + 0.7 * b)
        assert np.allclose(dense(weights.nested(near, rich, how="product")), row_scaled(a * b))
        by_size = weights.nested(near, income, how="product", transform="none")
        assert np.allclose(dense(by_size), a @ np.diag(y / y.mean()))

    def test_rows_of_a_product_do_not_depend_on_how_its_parts_are_scaled(self, cities, income):
        found = [
            dense(
                weights.nested(
                    weights.inverse_distance(cities, transform=t),
                    weights.economic(income, transform=t),
                    how="product",
                )
            )
            for t in ("row", "none")
        ]
        assert np.allclose(*found, rtol=1e-9)

    def test_a_row_without_neighbours_in_one_part_still_sums_to_one(self, cities, income):
        w = weights.nested(weights.distance_band(cities, 300), weights.economic(income))
        assert np.allclose(dense(w).sum(1), 1)

    def test_labels_say_which_form(self, cities, income):
        near, rich = weights.inverse_distance(cities), weights.economic(income)
        bridged = weights.contiguity(
            lattice(2, 2).set_axis(cities.index[:4]), bridges=[tuple(cities.index[[0, 3]])]
        )
        said = weights.label(weights.nested(near, rich, 0.3))
        assert said == (
            "0.3 × inverse distance + 0.7 × inverse economic distance (gdp_pc), row-standardised"
        )
        said = weights.label(weights.nested(near, rich, how="product"), "zh")
        assert said == "反距离 × 反经济距离（gdp_pc），行标准化"
        said = weights.label(weights.nested(bridged, income, how="product"))
        assert said.startswith("(queen contiguity, bridges ")
        assert said.endswith(") × the neighbour's gdp_pc relative to the mean, row-standardised")

    def test_refusals(self, cities, income):
        near, rich = weights.inverse_distance(cities), weights.economic(income)
        with pytest.raises(InputError, match=r"b lacks 1 unit .* 点7"):
            weights.nested(near, weights.economic(income.drop("点7")))
        with pytest.raises(InputError, match=r"a lacks 1 unit .* 点7"):
            weights.nested(weights.inverse_distance(cities.drop("点7")), rich)
        with pytest.raises(InputError, match='only how="product"'):
            weights.nested(near, income)
        with pytest.raises(InputError, match="no number for 1 unit"):
            weights.nested(near, income.drop("点7"), how="product")
        with pytest.raises(InputError, match="share=1.5"):
            weights.nested(near, rich, 1.5)
        with pytest.raises(InputError, match="how='sum'"):
            weights.nested(near, rich, how="sum")


class TestBlocks:
    def test_links_equal_those_of_libpysal_which_orders_units_by_group(self):
        groups = pd.Series(list("xyxzyxx"), index=list("gfedcba"), name="province")
        theirs = Graph.build_block_contiguity(groups)
        ours = weights.blocks(groups, transform="none")
        order = [list(theirs.unique_ids).index(k) for k in groups.index]
        assert order != sorted(order)
        assert list(ours.unique_ids) == list(groups.index)
        assert np.array_equal(dense(ours), theirs.sparse.toarray()[np.ix_(order, order)])
        assert list(ours.isolates) == ["d"]
        assert weights.label(ours) == "same province, not scaled"

    def test_a_missing_group_is_refused_where_libpysal_drops_the_unit(self):
        groups = pd.Series(["x", None, "x"], index=list("abc"))
        assert list(Graph.build_block_contiguity(groups).unique_ids) == ["a", "c"]
        with pytest.raises(InputError, match="1 unit has no group: b"):
            weights.blocks(groups)


class TestEdges:
    flows = pd.DataFrame(
        {"from": [1, 1, 2, 3], "to": ["2", "3", "1.0", 1], "n": [8.0, 2.0, 1.0, 4.0]}
    )

    @pytest.mark.parametrize(
        ("direction", "expected"),
        [
            ("in", [[0, 1, 4], [8, 0, 0], [2, 0, 0]]),
            ("out", [[0, 8, 2], [1, 0, 0], [4, 0, 0]]),
            ("both", [[0, 9, 6], [9, 0, 0], [6, 0, 0]]),
        ],
    )
    def test_directions(self, direction, expected):
        w = weights.from_edges(self.flows, "from", "to", "n", direction=direction, transform="none")
        assert list(w.unique_ids) == [1, 2, 3]
        assert dense(w).tolist() == expected

    def test_equals_the_matrix_of_the_same_flows(self):
        table = self.flows.assign(**{"from": [1, 1, 2, 3], "to": [2, 3, 1, 1]})
        square = table.pivot_table(index="from", columns="to", values="n", fill_value=0)
        by_list = weights.from_edges(table, "from", "to", "n", direction="out")
        assert np.array_equal(dense(by_list), dense(weights.from_matrix(square)))

    def test_ids_give_order_and_isolates(self):
        w = weights.from_edges(self.flows, "from", "to", "n", ids=["9", "3", "2", "1"])
        assert list(w.unique_ids) == ["9", "3", "2", "1"]
        assert list(w.isolates) == ["9"]

    def test_without_values_every_row_counts_one(self):
        w = weights.from_edges(self.flows, "from", "to", direction="out", transform="none")
        assert dense(w).tolist() == [[0, 1, 1], [1, 0, 0], [1, 0, 0]]

    def test_repeated_pairs(self):
        twice = pd.concat([self.flows, self.flows.assign(n=lambda t: 3 * t["n"])])
        with pytest.raises(InputError, match="8 links stand more than once, first 1–2"):
            weights.from_edges(twice, "from", "to", "n")
        for how, factor in (("sum", 4), ("mean", 2)):
            w = weights.from_edges(
                twice, "from", "to", "n", direction="out", repeated=how, transform="none"
            )
            assert dense(w)[0].tolist() == [0, 8 * factor, 2 * factor]

    def test_own_flows(self):
        own = pd.concat([self.flows, pd.DataFrame({"from": [2], "to": [2], "n": [99.0]})])
        with pytest.raises(
            InputError, match="links holds .* themselves, first at 2–2; .*drop_own=True"
        ):
            weights.from_edges(own, "from", "to", "n")
        w = weights.from_edges(own, "from", "to", "n", drop_own=True)
        assert np.array_equal(dense(w), dense(weights.from_edges(self.flows, "from", "to", "n")))

    @pytest.mark.parametrize(
        ("change", "options", "words"),
        [
            (lambda t: t, {"ids": [1, 2]}, "1 unit that ids lacks: 3"),
            (lambda t: t.assign(n=[1, -2, 3, 4]), {}, "negative weights, first at 1–3"),
            (lambda t: t.assign(n=[1, None, 3, 4]), {}, "missing or infinite"),
            (lambda t: t.assign(n=["1,000", "2", "3", "4"]), {}, "text at 1 link, first '1,000'"),
            (lambda t: t.assign(to=["2", None, "1", "1"]), {}, "1 origin or destination is"),
            (lambda t: t.drop(columns="to"), {}, "no column 'to'"),
            (lambda t: t, {"direction": "up"}, "'up' is unknown"),
            (lambda t: t, {"repeated": "max"}, "'max' is unknown"),
        ],
    )
    def test_refusals(self, change, options, words):
        with pytest.raises(InputError, match=words):
            weights.from_edges(change(self.flows), "from", "to", "n", **options)


class TestFromPysal:
    def test_links_order_and_scaling(self):
        from libpysal.weights import W

        w = W(
            {"c": ["a"], "a": ["c", "b"], "z": [], "b": ["a"]},
            {"c": [1.0], "a": [1.0, 3.0], "z": [], "b": [2.0]},
            id_order=["c", "a", "z", "b"],
            silence_warnings=True,
        )
        graph = weights.from_pysal(w, transform="none")
        assert list(graph.unique_ids) == ["c", "a", "z", "b"]
        assert np.array_equal(dense(graph), w.sparse.toarray())
        assert np.array_equal(dense(graph), dense(Graph.from_W(w)))
        assert list(weights.from_pysal(w)["a"]) == [0.25, 0.75]

    def test_self_weights_of_kernels_are_refused(self):
        from libpysal.weights import W

        w = W({0: [0, 1], 1: [1, 0]}, {0: [1.0, 0.5], 1: [1.0, 0.5]})
        with pytest.raises(InputError, match="on themselves"):
            weights.from_pysal(w)

    def test_other_classes(self):
        with pytest.raises(InputError, match="weights.from_matrix"):
            weights.from_pysal(np.eye(2))


class TestPeriods:
    frame = pd.DataFrame(
        {
            "city": np.tile(["b", "a", "c"], 3),
            "year": np.repeat([2010, 2011, 2012], 3),
            "gdp": [1.0, 2, 4, 1, 3, 9, 2, 5, 5.5],
        }
    )

    @property
    def panel(self):
        return Panel(self.frame, unit="city", time="year")

    def test_averages(self):
        every = weights.average(self.panel, "gdp")
        assert every.to_dict() == pytest.approx({"a": 10 / 3, "b": 4 / 3, "c": 18.5 / 3})
        assert every.name == "gdp"
        early = weights.average(self.panel, "gdp", years=(2010, 2011))
        assert early.to_dict() == {"a": 2.5, "b": 1.0, "c": 6.5}
        assert early.name == "gdp 2010–2011"
        assert "gdp 2010–2011" in weights.label(weights.economic(early))

    def test_averages_over_different_years_are_refused(self):
        holes = Panel(self.frame.assign(gdp=lambda t: t["gdp"].where(t.index != 4)), "city", "year")
        with pytest.raises(InputError, match="lacks years for 1 unit: a"):
            weights.average(holes, "gdp")
        gone = Panel(self.frame.drop(4), "city", "year")
        with pytest.raises(InputError, match="lacks years for 1 unit: a"):
            weights.average(gone, "gdp")
        assert len(weights.average(holes, "gdp", years=(2012, 2012))) == 3

    def test_a_graph_per_period(self):
        found = weights.by_period(weights.economic, self.panel, "gdp")
        assert list(found) == [2010, 2011, 2012]
        for year, w in found.items():
            alone = weights.economic(self.panel.at(year)["gdp"])
            assert np.array_equal(dense(w), dense(alone))

    def test_models_take_the_mapping(self, cities, income):
        rng = np.random.default_rng(3)
        years = [2010, 2011, 2012]
        rows = [
            pd.DataFrame(
                {
                    "city": cities.index,
                    "year": year,
                    "gdp": income.loc[cities.index].to_numpy() * rng.uniform(0.5, 2, len(cities)),
                    "x": rng.normal(size=len(cities)),
                    "y": rng.normal(size=len(cities)),
                }
            )
            for year in years
        ]
        panel = Panel(pd.concat(rows, ignore_index=True), unit="city", time="year")
        graphs = weights.by_period(lambda m: weights.gravity(cities, m), panel, "gdp")
        fit = SLX("y ~ x", effects="unit", bias_correction=None).fit(panel, graphs)
        lagged = np.concatenate(
            [
                dense(graphs[t]) @ panel.at(t)["x"].loc[list(graphs[t].unique_ids)].to_numpy()
                for t in years
            ]
        )
        frame = pd.concat(
            [pd.DataFrame({"city": list(graphs[t].unique_ids), "year": t}) for t in years]
        ).assign(Wx=lagged)
        plain = Panel(panel.frame.merge(frame, on=["city", "year"]), "city", "year")
        by_hand = OLS("y ~ x + Wx", effects="unit", bias_correction=None).fit(plain, graphs[2010])
        assert fit.params["W.x"] == pytest.approx(by_hand.params["Wx"], rel=1e-9)

    def test_from_a_mapping_with_any_builder(self, cities, income):
        masses = {2010: income, 2011: income * np.linspace(1, 2, len(income))}
        found = weights.by_period(lambda m: weights.gravity(cities, m, cutoff_km=900), masses)
        assert np.array_equal(
            dense(found[2011]), dense(weights.gravity(cities, masses[2011], cutoff_km=900))
        )

    def test_refusals(self):
        equal = Panel(
            self.frame.assign(gdp=lambda t: t["gdp"].where(t.index != 3, 3.0)), "city", "year"
        )
        with pytest.raises(InputError, match="2011: a–b have equal"):
            weights.by_period(weights.economic, equal, "gdp")
        gone = Panel(self.frame.drop(4), "city", "year")
        with pytest.raises(InputError, match="weights of 2011 hold other units .* a;"):
            weights.by_period(weights.economic, gone, "gdp")
        with pytest.raises(InputError, match="no column 'x'"):
            weights.by_period(weights.economic, self.panel, "x")
        with pytest.raises(InputError, match="no period"):
            weights.by_period(weights.economic, {})
        with pytest.raises(InputError, match="not a spatial.Panel"):
            weights.average(self.frame, "gdp")


def test_inputs_are_not_touched(cities, income):
    before = income.copy(), cities.copy()
    near = weights.inverse_distance(cities)
    matrix = dense(near).copy()
    weights.gravity(cities, income, cutoff_km=300, fallback=1)
    weights.nested(near, weights.economic(income))
    weights.nested(near, income, how="product")
    pd.testing.assert_series_equal(income, before[0])
    pd.testing.assert_frame_equal(cities, before[1])
    assert np.array_equal(dense(near), matrix)
