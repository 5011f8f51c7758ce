"""Geary's C: spdep's numbers, all arrangements, invariances, refusals."""

import json
from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from support import references

import spatial
from spatial import AlignmentWarning, InputError, geary, moran, weights

STORED = json.loads(
    (Path(__file__).parents[1] / "reference" / "autocorrelation.json").read_text(encoding="utf-8")
)["geary"]


@pytest.fixture(scope="module")
def columbus():
    return references.columbus()


@pytest.fixture
def rng():
    return np.random.default_rng(5)


@pytest.mark.reference
def test_geary_equals_spdep(columbus):
    cities, w = columbus
    found = geary(cities["CRIME"], w, alternative="less")
    assert list(found.index) == ["statistic", "expected", "std_dev", "z", "p_value"]
    assert found["statistic"] == pytest.approx(STORED["estimate"]["Geary C statistic"], rel=1e-12)
    assert found["expected"] == STORED["estimate"]["Expectation"]
    assert found["std_dev"] ** 2 == pytest.approx(STORED["estimate"]["Variance"], rel=1e-11)
    assert found["z"] == pytest.approx(-STORED["statistic"], rel=1e-11)
    assert found["p_value"] == pytest.approx(STORED["p_value"], rel=1e-9)
    both = geary(cities["CRIME"], w)
    assert both["p_value"] == pytest.approx(2 * found["p_value"], rel=1e-12)
    assert both.attrs == {
        "weights": weights.label(w),
        "weights_zh": weights.label(w, "zh"),
        "alternative": "two-sided",
        "n": 49,
    }


@pytest.mark.parametrize("transform", ["row", "none"])
def test_moments_are_those_of_all_arrangements(transform, rng):
    """Seven units, one without neighbours, asymmetric weights: all 5,040 arrangements."""
    matrix = rng.random((7, 7)) * (rng.random((7, 7)) < 0.5)
    np.fill_diagonal(matrix, 0)
    matrix[6] = matrix[:, 6] = 0
    w = weights.from_matrix(matrix, list("abcdefg"), transform=transform)
    values = rng.exponential(size=7)
    found = geary(pd.Series(values, index=list("abcdefg")), w)
    dense = spatial.weights.operator.operator(w).matrix.toarray()
    arranged = values[np.array(list(permutations(range(7))))]
    squared = (arranged[:, :, None] - arranged[:, None, :]) ** 2
    total = ((values - values.mean()) ** 2).sum()
    every = 6 / (2 * dense.sum()) * np.einsum("ij,pij->p", dense, squared) / total
    assert found["statistic"] == pytest.approx(every[0], rel=1e-12)
    assert found["expected"] == pytest.approx(every.mean(), rel=1e-12)
    assert found["std_dev"] == pytest.approx(every.std(), rel=1e-10)


def test_order_and_scale_do_not_matter_and_alternatives_fit(columbus):
    cities, w = columbus
    x = cities["CRIME"]
    expected = geary(x, w)
    for other in (x.sample(frac=1, random_state=1), -3.0 * x + 7, 1e-100 * x, x + 1e6):
        pd.testing.assert_series_equal(geary(other, w), expected, rtol=1e-8)
    less, greater = (geary(x, w, alternative=a)["p_value"] for a in ("less", "greater"))
    assert less + greater == pytest.approx(1.0)
    assert less < 1e-5


def test_geary_names_the_units_it_cuts_out(columbus):
    cities, w = columbus
    part = cities["CRIME"].copy()
    part[[7, 12]] = np.nan
    with pytest.warns(AlignmentWarning, match="7, 12"):
        found = geary(part, w)
    kept = [unit for unit in cities.index if unit not in (7, 12)]
    np.testing.assert_allclose(found, geary(part[kept], weights.subset(w, kept)), rtol=1e-12)
    assert found.attrs["n"] == 47


def test_what_is_refused(columbus):
    cities, w = columbus
    with pytest.raises(InputError, match='"two-sided", "greater" or "less"'):
        geary(cities["CRIME"], w, alternative="folded")
    with pytest.raises(InputError, match="ndarray.*Series"):
        geary(cities["CRIME"].to_numpy(), w)
    complete = weights.from_matrix(np.ones((5, 5)) - np.eye(5), list("abcde"))
    values = pd.Series([1.0, 2, 3, 4, 6], index=list("abcde"))
    for statistic, name in ((geary, "Geary's C"), (moran, "Moran's I")):
        with pytest.raises(InputError, match=f"same {name}"):
            statistic(values, complete)
