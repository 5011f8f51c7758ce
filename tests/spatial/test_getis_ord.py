"""Local G and G*: definitions, spdep's scores, all arrangements, invariances, classes, refusals."""

import json
from itertools import combinations, permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from support import references
from support.references import within

import spatial
from spatial import InputError, Panel, getis_ord, getis_ord_by_time, lisa, weights

STORED = json.loads(
    (Path(__file__).parents[1] / "reference" / "autocorrelation.json").read_text(encoding="utf-8")
)
CLASSES = ["hot spot", "cold spot", "not significant", "isolate", "missing"]
COLUMNS = ["statistic", "z", "p_value", "p_adjusted", "cluster"]


@pytest.fixture(scope="module")
def columbus():
    return references.columbus()


@pytest.fixture
def rng():
    return np.random.default_rng(11)


def random_graph(rng, n, share=0.3, isolates=0):
    """Symmetric links at random, as ones (n, n)."""
    links = np.triu(rng.random((n, n)) < share, 1)
    links[n - isolates :] = links[:, n - isolates :] = False
    return (links | links.T).astype(float)


def series(values):
    return pd.Series(values, index=[f"u{i}" for i in range(len(values))])


def graph(matrix, transform="row"):
    return weights.from_matrix(matrix, [f"u{i}" for i in range(len(matrix))], transform=transform)


# ---- numbers


@pytest.mark.reference
@pytest.mark.parametrize(("name", "star"), [("G", False), ("G*", True)])
def test_scores_equal_spdep(columbus, name, star):
    cities, w = columbus
    found = getis_ord(cities["CRIME"], w, star=star)
    assert list(found.columns) == COLUMNS
    for mine, theirs in zip(found["z"], STORED["local_g"][name], strict=True):
        within(mine, theirs, 1e-3)
    np.testing.assert_allclose(found["z"], STORED["local_g"][name], rtol=1e-11)


def test_ratios_by_hand(columbus):
    """Rows that sum to one: means of the neighbours (with the unit, for G*) over a total."""
    cities, w = columbus
    x = cities["CRIME"]
    neighbours = [w[unit].index for unit in cities.index]
    plain = [
        x[some].mean() / (x.sum() - x[unit]) for unit, some in zip(x.index, neighbours, strict=True)
    ]
    star = [
        x[[unit, *some]].mean() / x.sum() for unit, some in zip(x.index, neighbours, strict=True)
    ]
    np.testing.assert_allclose(getis_ord(x, w, star=False)["statistic"], plain, rtol=1e-12)
    np.testing.assert_allclose(getis_ord(x, w)["statistic"], star, rtol=1e-12)
    binary = weights.from_matrix(
        (w.sparse.toarray() > 0).astype(float), list(cities.index), transform="none"
    )
    counts = np.array([len(some) for some in neighbours])
    by_count = getis_ord(x, binary)
    np.testing.assert_allclose(by_count["statistic"], star * (counts + 1), rtol=1e-12)
    np.testing.assert_allclose(by_count["z"], getis_ord(x, w)["z"], rtol=1e-10)


@pytest.mark.parametrize("n", [10, 12, 14])
def test_every_arrangement_of_the_others(n, rng):
    """p-values and the mean and spread behind z, by listing all draws for every unit."""
    matrix = random_graph(rng, n)
    values = rng.lognormal(size=n)
    w = graph(matrix)
    every = {
        a: getis_ord(series(values), w, star=False, alternative=a) for a in ("greater", "less")
    }
    both = getis_ord(series(values), w, star=False)
    for i in np.flatnonzero(matrix.sum(axis=1)):
        others = np.delete(values, i)
        count = int(matrix[i].sum())
        ratios = np.array([np.mean(c) for c in combinations(others, count)]) / others.sum()
        observed = values[matrix[i] > 0].mean() / others.sum()
        greater = np.mean(ratios >= observed * (1 - 1e-12))
        less = np.mean(ratios <= observed * (1 + 1e-12))
        assert every["greater"]["p_value"].iloc[i] == pytest.approx(greater, rel=1e-9)
        assert every["less"]["p_value"].iloc[i] == pytest.approx(less, rel=1e-9)
        assert both["p_value"].iloc[i] == pytest.approx(min(1, 2 * min(greater, less)), rel=1e-9)
        assert both["statistic"].iloc[i] == pytest.approx(observed, rel=1e-12)
        if count < n - 1:
            score = (observed - ratios.mean()) / ratios.std()
            assert both["z"].iloc[i] == pytest.approx(score, rel=1e-8, abs=1e-10)


def test_every_arrangement_of_all_units_behind_the_score_of_g_star(rng):
    """Unequal weights: own weight the largest of the row; 5,040 arrangements of seven values."""
    matrix = rng.random((7, 7)) * (rng.random((7, 7)) < 0.6)
    np.fill_diagonal(matrix, 0.0)
    matrix[6] = 0.0
    values = rng.exponential(size=7)
    found = getis_ord(series(values), graph(matrix, "none"), permutations=99)
    own = matrix + np.diag(matrix.max(axis=1))
    arranged = values[np.array(list(permutations(range(7))))] @ own.T
    expected = (own @ values - arranged.mean(axis=0))[:6] / arranged.std(axis=0)[:6]
    np.testing.assert_allclose(found["z"][:6], expected, rtol=1e-9)
    np.testing.assert_allclose(found["statistic"], own @ values / values.sum(), rtol=1e-12)
    assert np.isnan(found["z"].iloc[6])


def test_unequal_weights_are_drawn_and_close_to_all_arrangements(rng):
    matrix = rng.random((7, 7)) * (rng.random((7, 7)) < 0.7)
    np.fill_diagonal(matrix, 0.0)
    values = rng.normal(size=7) + 5.0
    w = graph(matrix)
    found = getis_ord(series(values), w, alternative="greater", permutations=40_000)
    assert found.attrs["method"] == "permutation"
    assert "differ within a row" in found.attrs["note"]
    pd.testing.assert_frame_equal(
        found, getis_ord(series(values), w, alternative="greater", permutations=40_000)
    )
    dense = spatial.weights.operator.operator(w).matrix.toarray()
    for i in range(7):
        lags = np.array(list(permutations(np.delete(values, i)))) @ np.delete(dense[i], i)
        exact = np.mean(lags >= dense[i] @ values - 1e-12)
        error = 4 * np.sqrt(max(exact * (1 - exact), 1 / 40_000) / 40_000)
        assert abs(found["p_value"].iloc[i] - exact) < error


def test_exact_and_drawn_p_values_agree_and_are_those_of_local_moran(columbus):
    """Given the unit's own value, G, G* and local Moran all test the sum over the neighbours."""
    cities, w = columbus
    exact = getis_ord(cities["CRIME"], w, alternative="folded")
    drawn = getis_ord(cities["CRIME"], w, alternative="folded", method="permutation", seed=3)
    error = 4 * np.sqrt(np.maximum(exact["p_value"], 1e-4) / 9999)
    assert ((exact["p_value"] - drawn["p_value"]).abs() <= error + 1e-4).all()
    plain = getis_ord(cities["CRIME"], w, alternative="folded", star=False)
    pd.testing.assert_series_equal(plain["p_value"], exact["p_value"])
    moran = lisa(cities["CRIME"], w, alternative="folded")
    pd.testing.assert_series_equal(moran["p_value"], exact["p_value"])


# ---- invariances


def test_order_names_and_scale_do_not_matter(columbus):
    cities, w = columbus
    x = cities["CRIME"]
    expected = getis_ord(x, w, correction="fdr")
    shuffled = x.sample(frac=1, random_state=2)
    before = shuffled.copy()
    pd.testing.assert_frame_equal(getis_ord(shuffled, w, correction="fdr"), expected)
    pd.testing.assert_series_equal(shuffled, before)
    scaled = getis_ord(37.0 * x, w, correction="fdr")
    pd.testing.assert_frame_equal(scaled, expected, rtol=1e-9)
    for moved in (getis_ord(x - 1e3, w), getis_ord(x + 1e6, w)):
        np.testing.assert_allclose(moved["z"], expected["z"], rtol=1e-7)
        np.testing.assert_allclose(moved["p_value"], expected["p_value"], rtol=1e-6)
    mirrored = getis_ord(-x, w, correction="fdr")["cluster"].astype(str)
    swap = {"hot spot": "cold spot", "cold spot": "hot spot"}
    assert list(mirrored) == [swap.get(c, c) for c in expected["cluster"].astype(str)]


def test_negative_values_leave_the_ratio_out_and_say_why(columbus):
    cities, w = columbus
    x = cities["CRIME"]
    assert getis_ord(x, w).attrs["note"] == ""
    found = getis_ord(x - x.mean(), w)
    assert found["statistic"].isna().all()
    assert "`statistic` is missing" in found.attrs["note"]
    pd.testing.assert_series_equal(found["cluster"], getis_ord(x, w)["cluster"])
    assert found["z"].notna().all()


# ---- classes


def test_classes_and_attributes(columbus):
    cities, w = columbus
    found = getis_ord(cities["CRIME"], w, correction="fdr", alpha=0.1, seed=5)
    assert list(found["cluster"].cat.categories) == CLASSES
    assert found["cluster"].cat.ordered
    counts = found["cluster"].value_counts()
    assert counts["hot spot"] > 0 and counts["cold spot"] > 0 and counts["not significant"] > 0
    significant = found["p_adjusted"] <= 0.1
    assert (found["cluster"][~significant] == "not significant").all()
    assert (found["z"][found["cluster"] == "hot spot"] > 0).all()
    assert (found["z"][found["cluster"] == "cold spot"] < 0).all()
    attrs = {"alternative": "two-sided", "correction": "fdr", "alpha": 0.1, "seed": 5, "star": True}
    assert attrs.items() <= found.attrs.items()
    assert found.attrs["weights"] == weights.label(w)
    assert set(lisa(cities["CRIME"], w).attrs) | {"star"} == set(found.attrs)


def test_one_sided_tests_find_one_kind_of_spot(columbus):
    cities, w = columbus
    both = getis_ord(cities["CRIME"], w, alternative="folded")["cluster"]
    for alternative, kind in (("greater", "hot spot"), ("less", "cold spot")):
        found = getis_ord(cities["CRIME"], w, alternative=alternative)["cluster"]
        assert set(found.unique()) == {kind, "not significant"}
        assert list(found == kind) == list(both == kind)


@pytest.mark.parametrize(
    ("sign", "side", "spot"), [(1, "less", "cold spot"), (-1, "greater", "hot spot")]
)
def test_a_giant_among_low_neighbours_is_neither_hot_nor_cold(sign, side, spot):
    """Its neighbours are low (p), its G* is high (z): the two do not say the same."""
    n = 40
    matrix = np.zeros((n, n))
    matrix[0, 1:7] = matrix[1:7, 0] = 1.0
    for i in range(7, n - 1):
        matrix[i, i + 1] = matrix[i + 1, i] = 1.0
    values = series(sign * np.r_[500.0, np.linspace(1, 2, 6), np.linspace(50, 90, n - 7)])
    plain, star = (
        getis_ord(values, graph(matrix), star=star, alternative=side).loc["u0"]
        for star in (False, True)
    )
    assert plain["p_value"] == star["p_value"] < 0.001
    assert sign * plain["z"] < 0 < sign * star["z"]
    assert (plain["cluster"], star["cluster"]) == (spot, "not significant")


def test_isolates_missing_units_and_those_they_leave_alone(rng):
    labels = list("abcdefgh")
    w = weights.from_matrix(np.eye(8, k=1) + np.eye(8, k=-1), labels)
    values = pd.Series(rng.exponential(size=8), index=labels)
    values["b"] = np.nan
    for given in (values, values.dropna()):
        for star in (True, False):
            found = getis_ord(given, w, star=star)
            assert list(found.index) == labels
            assert list(found["cluster"][["a", "b"]]) == ["isolate", "missing"]
            assert found.loc["b", ["statistic", "z", "p_value", "p_adjusted"]].isna().all()
            assert found.loc["a", ["z", "p_value", "p_adjusted"]].isna().all()
            rest = values.dropna()
            expected = (
                rest[["c", "d"]].mean() / rest.sum()
                if star
                else rest["d"] / (rest.sum() - rest["c"])
            )
            assert found.loc["c", "statistic"] == pytest.approx(expected, rel=1e-12)
    corrected = getis_ord(values, w, correction="bonferroni")
    known = corrected["p_value"].notna()
    assert known.sum() == 6
    np.testing.assert_allclose(
        corrected["p_adjusted"][known], np.minimum(1, 6 * corrected["p_value"][known])
    )


def test_where_every_arrangement_gives_the_same_g_there_is_no_score():
    complete = weights.from_matrix(np.ones((5, 5)) - np.eye(5), list("abcde"))
    found = getis_ord(pd.Series([1.0, 2, 3, 4, 6], index=list("abcde")), complete, star=False)
    assert found["z"].isna().all()
    assert (found["p_value"] == 1.0).all()
    assert (found["cluster"] == "not significant").all()
    ring = graph(np.eye(5, k=1) + np.eye(5, k=-1))
    alone = getis_ord(series([0.0, 0, 7, 0, 0]), ring, star=False).loc["u2"]
    assert np.isnan(alone["statistic"]) and np.isnan(alone["z"]) and alone["p_value"] == 1.0


def test_by_time(columbus):
    cities, w = columbus
    frame = pd.concat(
        pd.DataFrame({"区": cities.index, "年份": year, "y": cities[column].to_numpy()})
        for year, column in ((2011, "CRIME"), (2016, "INC"))
    )
    frame = frame[~((frame["年份"] == 2016) & (frame["区"] == 9))]
    panel = Panel(frame.sample(frac=1, random_state=1), unit="区", time="年份")
    found = getis_ord_by_time(panel, "y", w, correction="fdr", star=False)
    assert found.index.names == ["年份", "区"]
    assert list(found.index[found["cluster"] == "missing"]) == [(2016, 9)]
    expected = getis_ord(cities["CRIME"], w, correction="fdr", star=False)
    pd.testing.assert_frame_equal(found.loc[2011], expected, check_names=False)
    assert found.attrs == expected.attrs
    later = getis_ord_by_time(panel, "y", w, times=[2016])
    pd.testing.assert_frame_equal(
        later.loc[2016], getis_ord(cities["INC"].drop(9), w), check_names=False
    )
    with pytest.raises(InputError, match="no column z"):
        getis_ord_by_time(panel, "z", w)
    with pytest.raises(InputError, match="each once"):
        getis_ord_by_time(panel, "y", w, times=[2011, 2011])


# ---- refusals


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda s: s.to_numpy(), "ndarray.*Series"),
        (lambda s: s.rename({3: 333}), "1 unit of the values is not in the weights: 333"),
        (lambda s: s * 0 + 2.5, "2.5 for all 49 units"),
        (lambda s: s.head(2), "2 units"),
    ],
)
def test_values_that_are_refused(columbus, change, words):
    cities, w = columbus
    with pytest.raises(InputError, match=words):
        getis_ord(change(cities["CRIME"]), w)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"method": "exakt"}, 'choose "exact" or "permutation"'),
        ({"alternative": "both"}, '"two-sided", "greater", "less" or "folded"'),
        ({"correction": "none"}, 'None, "fdr" or "bonferroni"'),
        ({"alpha": 5}, "alpha=5"),
    ],
)
def test_options_that_are_refused(columbus, options, words):
    cities, w = columbus
    with pytest.raises(InputError, match=words):
        getis_ord(cities["CRIME"], w, **options)
    with pytest.raises(InputError, match="weight on themselves: 1, 2"):
        getis_ord(cities["CRIME"], w.assign_self_weight(1.0))
