"""Moran's I, global and local: definitions, references, invariances, classes, refusals."""

import json
from itertools import permutations
from pathlib import Path

import geopandas as gpd
import libpysal
import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

import spatial
from spatial import InputError, Panel, bilisa, lisa, lisa_by_time, moran, moran_by_time, weights

STORED = json.loads(
    (Path(__file__).parents[1] / "reference" / "autocorrelation.json").read_text(encoding="utf-8")
)
CLASSES = ["HH", "LH", "LL", "HL", "not significant", "isolate", "missing"]
COLUMNS = ["statistic", "lag", "p_value", "p_adjusted", "quadrant", "cluster"]


@pytest.fixture(scope="module")
def columbus():
    """Crime, income and house values; spData's graph lacks three pairs that touch here."""
    cities = gpd.read_file(libpysal.examples.get_path("columbus.shp")).set_index("POLYID")
    cities.index = cities.index.astype(int)
    cities = cities.set_crs("EPSG:2834", allow_override=True)
    queen = weights.contiguity(cities, rule="queen").adjacency
    matrix = (queen.unstack(fill_value=0.0).loc[cities.index, cities.index] > 0).astype(float)
    for one, other in ((5, 16), (25, 30), (31, 39)):
        matrix.loc[one, other] = matrix.loc[other, one] = 0.0
    return cities, weights.from_matrix(matrix.to_numpy(), list(cities.index))


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def lattice(side, ids=None):
    """Rook neighbours on a square, row-standardised."""
    number = np.arange(side * side).reshape(side, side)
    pairs = np.r_[
        np.c_[number[:, :-1].ravel(), number[:, 1:].ravel()],
        np.c_[number[:-1].ravel(), number[1:].ravel()],
    ]
    matrix = np.zeros((side * side, side * side))
    matrix[pairs[:, 0], pairs[:, 1]] = matrix[pairs[:, 1], pairs[:, 0]] = 1.0
    return weights.from_matrix(matrix, ids or [f"u{i}" for i in range(side * side)])


def on(w, values):
    return pd.Series(values, index=w.unique_ids)


# ---- Moran's I


def test_moran_equals_spdep(columbus):
    cities, w = columbus
    stored = STORED["moran"]["two_sided"]
    found = moran(cities["CRIME"], w)
    assert list(found.index) == ["statistic", "expected", "std_dev", "z", "p_value"]
    assert found["statistic"] == pytest.approx(stored["estimate"]["Moran I statistic"], rel=1e-12)
    assert found["expected"] == pytest.approx(stored["estimate"]["Expectation"], rel=1e-12)
    assert found["std_dev"] ** 2 == pytest.approx(stored["estimate"]["Variance"], rel=1e-12)
    assert found["z"] == pytest.approx(stored["statistic"], rel=1e-12)
    assert found["p_value"] == pytest.approx(stored["p_value"], rel=1e-10)
    greater = moran(cities["CRIME"], w, alternative="greater")["p_value"]
    assert greater == pytest.approx(STORED["moran"]["greater"]["p_value"], rel=1e-10)
    assert moran(cities["CRIME"], w, alternative="less")["p_value"] == pytest.approx(1 - greater)
    assert found.attrs["weights"] == weights.label(w)


@pytest.mark.parametrize("transform", ["row", "none"])
def test_moments_of_moran_are_those_of_all_arrangements(transform, rng):
    """Seven units, one without neighbours, asymmetric weights: all 5,040 arrangements."""
    matrix = rng.random((7, 7)) * (rng.random((7, 7)) < 0.5)
    np.fill_diagonal(matrix, 0)
    matrix[6] = matrix[:, 6] = 0
    w = weights.from_matrix(matrix, list("abcdefg"), transform=transform)
    values = rng.exponential(size=7)
    found = moran(on(w, values), w)
    dense = spatial.weights.operator.operator(w).matrix.toarray()
    z = values - values.mean()
    arranged = z[np.array(list(permutations(range(7))))]
    every = 7 / dense.sum() * np.einsum("pi,ij,pj->p", arranged, dense, arranged) / (z @ z)
    assert found["statistic"] == pytest.approx(every[0], rel=1e-12)
    assert found["expected"] == pytest.approx(every.mean(), rel=1e-9)
    assert found["std_dev"] == pytest.approx(every.std(), rel=1e-9)


def test_moran_by_time_is_moran_of_each_time(columbus):
    cities, w = columbus
    frame = pd.concat(
        pd.DataFrame({"区": cities.index, "年份": year, "犯罪": cities["CRIME"] ** power})
        for year, power in ((2011, 1.0), (2012, 0.5))
    )
    table = moran_by_time(Panel(frame, unit="区", time="年份"), "犯罪", w)
    assert table.index.name == "年份"
    assert list(table.index) == [2011, 2012]
    pd.testing.assert_series_equal(
        table.loc[2011], moran(cities["CRIME"], w), check_names=False, check_exact=False
    )
    assert table.loc[2012, "statistic"] != table.loc[2011, "statistic"]


def test_moran_names_the_units_it_cuts_out(columbus):
    cities, w = columbus
    part = cities["CRIME"].copy()
    part[[7, 12]] = np.nan
    with pytest.warns(spatial.AlignmentWarning, match="7, 12"):
        found = moran(part.drop(30), w)
    with pytest.warns(spatial.AlignmentWarning):
        assert moran(part.dropna().drop(30), w).equals(found)
    kept = [unit for unit in cities.index if unit not in (7, 12, 30)]
    np.testing.assert_allclose(found, moran(part[kept], weights.subset(w, kept)), rtol=1e-12)
    frame = pd.DataFrame({"unit": part.index, "year": 2020, "y": part.to_numpy()})
    with pytest.warns(spatial.AlignmentWarning, match="by time.*2020: 7, 12"):
        moran_by_time(Panel(frame, "unit", "year"), "y", w)


# ---- local statistics: numbers


def test_local_moran_equals_spdep(columbus):
    cities, w = columbus
    found = lisa(cities["CRIME"], w)
    stored = STORED["local"]
    assert list(found.columns) == COLUMNS
    np.testing.assert_allclose(found["statistic"], stored["statistic"], rtol=1e-10)
    assert list(found["quadrant"]) == stored["quadrant"]
    z = cities["CRIME"] - cities["CRIME"].mean()
    np.testing.assert_allclose(
        found["statistic"], z / z.std(ddof=0) * found["lag"], rtol=1e-12, atol=1e-15
    )
    # averages to the global statistic, as rows sum to one
    assert found["statistic"].mean() == pytest.approx(moran(cities["CRIME"], w)["statistic"])


def four_errors(p, draws):
    return 4 * np.sqrt(np.maximum(p * (1 - p), 1 / draws) / draws)


@pytest.mark.parametrize("column", ["CRIME", "HOVAL"])
def test_exact_p_values_are_within_four_errors_of_permutations(columbus, column):
    cities, w = columbus
    draws = 9999
    for alternative in ("greater", "less", "folded"):
        exact = lisa(cities[column], w, alternative=alternative)["p_value"]
        drawn = lisa(cities[column], w, method="permutation", alternative=alternative, seed=11)
        assert drawn.attrs["method"] == "permutation"
        off = (exact - drawn["p_value"]).abs()
        assert (off <= four_errors(exact, draws) + 1 / draws).all()


def test_exact_p_values_on_the_china_layer(rng):
    shapes = pytest.importorskip("shapes")
    cities = shapes.china_cities()
    w = weights.contiguity(cities)
    noise = on(w, rng.normal(size=len(cities)))
    values = noise + 0.8 * w.lag(noise)
    exact = lisa(values, w, alternative="greater")
    drawn = lisa(values, w, alternative="greater", method="permutation")
    known = exact["p_value"].notna()
    assert known.sum() == len(cities) - len(w.isolates)
    assert (exact.loc[w.isolates, "cluster"] == "isolate").all()
    off = (exact["p_value"] - drawn["p_value"]).abs()[known]
    assert (off <= four_errors(exact["p_value"][known], 9999) + 1e-4).all()


def test_permutation_handles_weights_that_differ_within_rows(rng):
    """Against listing every arrangement of the others: 6 units, asymmetric weights, ties."""
    matrix = rng.random((6, 6))
    np.fill_diagonal(matrix, 0)
    matrix[5] = 0
    w = weights.from_matrix(matrix, list("abcdef"))
    dense = spatial.weights.operator.operator(w).matrix.toarray()
    values = np.array([1.0, 1.0, 2.0, 5.0, 9.0, 4.0])
    found = lisa(on(w, values), w, alternative="greater", permutations=40_000)
    assert found.attrs["method"] == "permutation"
    assert "differ within a row" in found.attrs["note"]
    z = values - values.mean()
    for i in range(5):
        others = np.delete(z, i)
        lags = np.array(list(permutations(others))) @ np.delete(dense[i], i)
        exact = np.mean(z[i] * lags >= z[i] * (dense[i] @ z) - 1e-12)
        assert abs(found["p_value"].iloc[i] - exact) < four_errors(exact, 40_000)
    assert np.isnan(found["p_value"].iloc[5])


def test_permutations_repeat_with_the_seed(columbus):
    cities, _ = columbus
    w = weights.inverse_distance(cities)
    first, again, other = (
        lisa(cities["CRIME"], w, permutations=499, seed=seed) for seed in (3, 3, 4)
    )
    pd.testing.assert_frame_equal(first, again)
    assert (first["p_value"] != other["p_value"]).any()
    assert first["p_value"].min() >= 1 / 500
    assert (first["p_value"] * 500 % 1 < 1e-9).mean() > 0.4


def test_bivariate_statistic_by_hand(columbus):
    cities, w = columbus
    found = bilisa(cities["INC"], cities["CRIME"], w)
    x, y = (cities[c] - cities[c].mean() for c in ("INC", "CRIME"))
    expected = x / x.std(ddof=0) * w.lag(y / y.std(ddof=0))
    np.testing.assert_allclose(found["statistic"], expected, rtol=1e-10, atol=1e-12)
    drawn = bilisa(cities["INC"], cities["CRIME"], w, method="permutation", alternative="less")
    exact = bilisa(cities["INC"], cities["CRIME"], w, alternative="less")["p_value"]
    assert ((exact - drawn["p_value"]).abs() <= four_errors(exact, 9999) + 1e-4).all()
    pd.testing.assert_frame_equal(
        bilisa(cities["CRIME"], cities["CRIME"], w), lisa(cities["CRIME"], w)
    )


def test_what_is_too_costly_to_compute_is_drawn_and_says_so(columbus, monkeypatch):
    cities, _ = columbus
    w = weights.knn(cities, k=9)
    monkeypatch.setattr("spatial.autocorrelation.lattice.MOST_SECONDS", 0.0)
    found = lisa(cities["CRIME"], w, permutations=199)
    assert found.attrs["method"] == "permutation"
    assert "10 seconds" in found.attrs["note"]


def test_weights_need_not_be_standardised(columbus):
    cities, w = columbus
    binary = Graph(w.adjacency.gt(0).astype(float), is_sorted=True)
    by_row, plain = lisa(cities["CRIME"], w), lisa(cities["CRIME"], binary)
    pd.testing.assert_series_equal(by_row["p_value"], plain["p_value"])
    np.testing.assert_allclose(
        plain["statistic"], by_row["statistic"] * binary.cardinalities, rtol=1e-10
    )
    against = Graph(-w.adjacency, is_sorted=True)
    np.testing.assert_allclose(
        lisa(cities["CRIME"], against, alternative="less")["p_value"],
        lisa(cities["CRIME"], w, alternative="greater")["p_value"],
    )


# ---- local statistics: invariances


def test_order_of_rows_and_names_of_units_do_not_matter(columbus):
    cities, w = columbus
    expected = lisa(cities["CRIME"], w, correction="fdr")
    shuffled = cities["CRIME"].sample(frac=1, random_state=5)
    before = shuffled.copy()
    pd.testing.assert_frame_equal(lisa(shuffled, w, correction="fdr"), expected)
    pd.testing.assert_series_equal(shuffled, before)
    as_text = shuffled.rename(lambda unit: f" {unit}.0")
    pd.testing.assert_frame_equal(lisa(as_text, w), lisa(cities["CRIME"], w), check_names=False)
    names = {unit: f"城市{unit:02d}" for unit in cities.index}
    adjacency = w.adjacency.rename(index=names)
    renamed = lisa(shuffled.rename(names), Graph(adjacency, "r"), correction="fdr")
    np.testing.assert_allclose(renamed["p_adjusted"], expected["p_adjusted"], rtol=1e-12)
    assert list(renamed.index) == list(names.values())


def test_scaling_of_values_does_not_matter(columbus):
    cities, w = columbus
    crime = cities["CRIME"]
    for values in (crime, crime.round(), crime.rank(), (crime > 40).astype(float)):
        expected = lisa(values, w)
        for scale, shift in ((3.7, 11.0), (1e-6, 0.0), (-2.0, 5.0)):
            found = lisa(shift + scale * values, w)
            np.testing.assert_allclose(found["p_value"], expected["p_value"], rtol=1e-6)
            np.testing.assert_allclose(
                found["statistic"], expected["statistic"], rtol=1e-8, atol=1e-12
            )
    mirrored = {"HH": "LL", "LL": "HH", "HL": "LH", "LH": "HL"}
    expected = lisa(crime, w)["quadrant"].astype(object).map(mirrored)
    assert list(lisa(-crime, w)["quadrant"]) == list(expected)


def test_alternatives_fit_together(columbus):
    cities, w = columbus
    p = {
        alternative: lisa(cities["CRIME"], w, alternative=alternative)["p_value"]
        for alternative in ("two-sided", "greater", "less", "folded")
    }
    folded = np.minimum(p["greater"], p["less"])
    np.testing.assert_array_equal(p["folded"], folded)
    np.testing.assert_array_equal(p["two-sided"], np.minimum(1, 2 * folded))
    assert (p["greater"] + p["less"] >= 1 - 1e-12).all()
    found = lisa(cities["CRIME"], w)
    alike = found["statistic"] > 0.5
    assert (p["greater"][alike] < p["less"][alike]).all()


# ---- local statistics: classes


def test_classes_and_attributes(columbus):
    cities, w = columbus
    found = lisa(cities["CRIME"], w, correction="fdr", alpha=0.1, seed=5)
    assert list(found["cluster"].cat.categories) == CLASSES
    assert found["cluster"].cat.ordered
    significant = found["p_adjusted"] <= 0.1
    assert 0 < significant.sum() < len(found)
    assert (found["cluster"][~significant] == "not significant").all()
    assert list(found["cluster"][significant]) == list(found["quadrant"][significant])
    assert {"weights", "method", "alternative", "correction", "alpha", "seed"} <= set(found.attrs)
    assert found.attrs["weights"] == weights.label(w)
    assert (found.attrs["method"], found.attrs["alternative"]) == ("exact", "two-sided")
    assert (found.attrs["correction"], found.attrs["alpha"], found.attrs["seed"]) == ("fdr", 0.1, 5)
    assert all(
        value is None or isinstance(value, (str, int, float)) for value in found.attrs.values()
    )
    assert pd.concat([found, found]).attrs == found.attrs


def test_missing_units_and_those_they_leave_alone(rng):
    """On a chain a–b–c–…, without b: a has no neighbour left, c keeps d alone."""
    labels = list("abcdefgh")
    w = weights.from_matrix(np.eye(8, k=1) + np.eye(8, k=-1), labels)
    values = pd.Series(rng.normal(size=8), index=labels)
    values["b"] = np.nan
    for given in (values, values.dropna()):
        found = lisa(given, w)
        assert list(found.index) == labels
        assert list(found["cluster"][["a", "b"]]) == ["isolate", "missing"]
        assert found.loc["b", ["statistic", "lag", "p_value", "p_adjusted"]].isna().all()
        assert found.loc[["a", "b"], "quadrant"].isna().all()
        assert (found.loc["a", "statistic"], found.loc["a", "lag"]) == (0.0, 0.0)
        assert np.isnan(found.loc["a", "p_value"])
        rest = values.dropna()
        z = (rest - rest.mean()) / rest.std(ddof=0)
        assert found.loc["c", "lag"] == pytest.approx(z["d"])
        others = rest.drop("c").to_numpy()
        assert found.loc["c", "p_value"] == pytest.approx(
            min(1, 2 * min((others >= rest["d"]).mean(), (others <= rest["d"]).mean()))
        )
    x = values.fillna(0.0)
    x["h"] = np.nan
    assert list(bilisa(x, values, w)["cluster"][["b", "h"]]) == ["missing", "missing"]


def test_isolates_of_the_weights(rng):
    matrix = np.eye(6, k=1) + np.eye(6, k=-1)
    matrix[5] = matrix[:, 5] = 0
    w = weights.from_matrix(matrix, list("abcdef"))
    for method in ("exact", "permutation"):
        found = lisa(on(w, rng.normal(size=6)), w, method=method, correction="bonferroni")
        assert found["cluster"]["f"] == "isolate"
        assert np.isnan(found["p_adjusted"]["f"])
        assert found["p_value"].notna().sum() == 5
        np.testing.assert_allclose(
            found["p_adjusted"][:5], np.minimum(1, 5 * found["p_value"][:5]), rtol=1e-12
        )


def test_a_unit_at_the_mean_has_no_evidence_and_counts_as_low():
    w = lattice(3)
    values = on(w, [0.1, 0.2, 0.3, 0.1, 0.2, 0.3, 0.1, 0.2, 0.3])
    found = lisa(values, w)
    middle = found.loc[["u1", "u4", "u7"]]
    assert (middle["p_value"] == 1.0).all()
    assert (middle["statistic"] == 0.0).all()
    assert list(middle["quadrant"]) == ["LL", "LL", "LL"]


def test_corrections_by_hand():
    from spatial.autocorrelation.correction import adjust

    p = np.array([0.01, np.nan, 0.04, 0.03, 0.005, 0.9])
    np.testing.assert_allclose(adjust(p, "bonferroni"), [0.05, np.nan, 0.2, 0.15, 0.025, 1.0])
    np.testing.assert_allclose(adjust(p, "fdr"), [0.025, np.nan, 0.05, 0.05, 0.025, 0.9])
    np.testing.assert_array_equal(adjust(p, None), p)
    assert np.isnan(adjust(np.array([np.nan]), "fdr")).all()


def test_lisa_by_time(columbus):
    cities, w = columbus
    frame = pd.concat(
        pd.DataFrame({"区": cities.index, "年份": year, "y": cities[column].to_numpy()})
        for year, column in ((2011, "CRIME"), (2016, "INC"), (2022, "HOVAL"))
    )
    frame = frame[~((frame["年份"] == 2016) & (frame["区"] == 9))]
    panel = Panel(frame.sample(frac=1, random_state=1), unit="区", time="年份")
    found = lisa_by_time(panel, "y", w, times=[2022, 2011], correction="fdr")
    assert found.index.names == ["年份", "区"]
    assert list(found.columns) == COLUMNS
    assert list(found.index.get_level_values(0).unique()) == [2022, 2011]
    assert list(found["cluster"].cat.categories) == CLASSES
    expected = lisa(cities["CRIME"], w, correction="fdr")
    pd.testing.assert_frame_equal(found.loc[2011], expected, check_names=False)
    assert found.attrs == expected.attrs
    every = lisa_by_time(panel, "y", w)
    assert len(every) == 3 * 49
    assert list(every.index[every["cluster"] == "missing"]) == [(2016, 9)]
    pd.testing.assert_frame_equal(
        every.loc[2016], lisa(cities["INC"].drop(9), w), check_names=False
    )


# ---- refusals


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda s: s.to_numpy(), "ndarray.*Series"),
        (lambda s: s.rename({3: 333}), "1 unit of the values is not in the weights: 333"),
        (lambda s: s.where(s.index != 4, np.inf), "infinite for 4"),
        (lambda s: s * 0 + 2.5, "2.5 for all 49 units"),
        (lambda s: s.astype(object).where(s.index != 8, "无数据"), "8: '无数据'"),
        (lambda s: pd.concat([s, s.iloc[:1]]), "more than once"),
        (lambda s: s.head(2), "2 units"),
        (lambda s: pd.to_datetime(s.index.to_series()), "type datetime64"),
        (lambda s: pd.concat({2020: s}), "several levels"),
    ],
)
def test_values_that_are_refused(columbus, change, words):
    cities, w = columbus
    for call in (lisa, moran):
        with pytest.raises(InputError, match=words):
            call(change(cities["CRIME"]), w)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"method": "exakt"}, 'method=\'exakt\' is unknown; choose "exact" or "permutation"'),
        ({"alternative": "both"}, '"two-sided", "greater", "less" or "folded"'),
        ({"correction": "none"}, 'None, "fdr" or "bonferroni"'),
        ({"alpha": 5}, "alpha=5"),
        ({"alpha": "5%"}, "alpha='5%'"),
        ({"permutations": 0}, "permutations=0"),
        ({"permutations": True}, "permutations=True"),
        ({"seed": -1}, "seed=-1"),
    ],
)
def test_options_that_are_refused(columbus, options, words):
    cities, w = columbus
    with pytest.raises(InputError, match=words):
        lisa(cities["CRIME"], w, **options)


def test_weights_that_are_refused(columbus):
    cities, w = columbus
    with pytest.raises(InputError, match="from_matrix"):
        lisa(cities["CRIME"], np.eye(49))
    with pytest.raises(InputError, match="weight on themselves: 1, 2"):
        lisa(cities["CRIME"], w.assign_self_weight(1.0))
    with pytest.raises(InputError, match='"two-sided", "greater" or "less"'):
        moran(cities["CRIME"], w, alternative="folded")
    complete = weights.from_matrix(np.ones((5, 5)) - np.eye(5), list("abcde"))
    with pytest.raises(InputError, match="every arrangement"):
        moran(on(complete, [1.0, 2, 3, 4, 6]), complete)
    alone = weights.from_matrix(np.zeros((5, 5)), list("abcde"))
    with pytest.raises(InputError, match="no links"):
        moran(on(alone, [1.0, 2, 3, 4, 6]), alone)


def test_panels_that_are_refused(columbus):
    cities, w = columbus
    frame = pd.DataFrame({"unit": cities.index, "year": 2020, "y": cities["CRIME"].to_numpy()})
    panel = Panel(frame, "unit", "year")
    with pytest.raises(InputError, match="no column z"):
        lisa_by_time(panel, "z", w)
    with pytest.raises(InputError, match="2031"):
        lisa_by_time(panel, "y", w, times=[2031])
    with pytest.raises(InputError, match="each once"):
        lisa_by_time(panel, "y", w, times=[2020, 2020])
    with pytest.raises(InputError, match=r"spatial\.Panel"):
        lisa_by_time(frame, "y", w)
    still = Panel(frame.assign(y=1.0), "unit", "year")
    with pytest.raises(InputError, match="y in 2020"):
        moran_by_time(still, "y", w)


# ---- other programs


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_exact_p_values_are_within_four_errors_of_esda(columbus):
    from esda import Moran_Local

    cities, w = columbus
    theirs = Moran_Local(cities["CRIME"].to_numpy(), w, permutations=9999, seed=1)
    ours = lisa(cities["CRIME"], w, alternative="folded")
    n = len(cities)
    np.testing.assert_allclose(ours["statistic"] * (n - 1) / n, theirs.Is, rtol=1e-10)
    off = np.abs(ours["p_value"] - theirs.p_sim)
    assert (off <= four_errors(ours["p_value"], 9999) + 1e-4).all()


def test_scale_of_the_weights_changes_no_class(rng):
    values = pd.Series(rng.normal(size=30), index=range(30))
    links = (rng.random((30, 30)) < 0.2) * 1.0
    np.fill_diagonal(links, 0.0)
    one, other = (
        lisa(values, weights.from_matrix(by * links, range(30), transform="none"))
        for by in (1.0, 1e-16)
    )
    np.testing.assert_allclose(other["lag"], 1e-16 * one["lag"], rtol=1e-9, atol=1e-30)
    pd.testing.assert_frame_equal(
        other[["p_value", "quadrant", "cluster"]], one[["p_value", "quadrant", "cluster"]]
    )


def test_level_and_unit_of_the_values_change_nothing(rng):
    values = pd.Series(rng.normal(size=30), index=range(30))
    far = 1 / (1 + np.abs(np.subtract.outer(np.arange(30), np.arange(30))))
    np.fill_diagonal(far, 0.0)
    w = weights.from_matrix(far, range(30))
    drawn = lisa(values, w, permutations=999)
    moved = lisa(values + 1e9, w, permutations=999)
    np.testing.assert_allclose(moved["p_value"], drawn["p_value"], atol=1e-12)
    for unit in (1e-100, 1e100):
        pd.testing.assert_series_equal(moran(unit * values, w), moran(values, w))
