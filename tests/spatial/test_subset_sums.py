"""The exact distribution of sums drawn without replacement, against other ways to know it."""

from itertools import combinations
from math import comb

import numpy as np
import pytest
from scipy import sparse

from spatial.autocorrelation import lattice, subset_sums
from spatial.autocorrelation.lattice import Budget, common_step, on_whole_numbers
from spatial.autocorrelation.subset_sums import tails

NEVER = 0  # subsets that are listed: none beyond single values, so that the transform is used

KINDS = {
    "continuous": lambda rng, n: rng.normal(size=n),
    "far from zero": lambda rng, n: 1e6 + rng.normal(size=n),
    "counts": lambda rng, n: rng.integers(0, 5, n).astype(float),
    "zeros and ones": lambda rng, n: (np.arange(n) % 3 == 0).astype(float),
    "ranks": lambda rng, n: rng.permutation(n) + 1.0,
    "thirds": lambda rng, n: rng.integers(-4, 5, n) / 3 + 0.1,
    "many zeros": lambda rng, n: np.where(np.arange(n) % 2, 0.0, rng.normal(size=n)),
}
ON_LATTICE = ["counts", "zeros and ones", "ranks", "thirds"]


def pattern(rows_of_neighbours):
    n = len(rows_of_neighbours)
    indptr = np.cumsum([0, *map(len, rows_of_neighbours)])
    indices = np.concatenate([np.sort(row) for row in rows_of_neighbours]).astype(int)
    return sparse.csr_array((np.ones(indptr[-1]), indices, indptr), shape=(n, n))


def random_neighbours(rng, n, sizes):
    return pattern(
        [
            rng.choice(np.delete(np.arange(n), i), size, replace=False)
            for i, size in enumerate(sizes)
        ]
    )


def brute(values, neighbours):
    """Both tails by listing every draw for every unit."""
    n = len(values)
    found = np.full((2, n), np.nan)
    for i in range(n):
        k = int(np.diff(neighbours.indptr)[i])
        if k == 0:
            continue
        others = np.delete(values, i)
        sums = others[np.array(list(combinations(range(n - 1), k)))].sum(axis=1)
        observed = values[neighbours.indices[neighbours.indptr[i] : neighbours.indptr[i + 1]]].sum()
        slack = 1e-9 * np.ptp(values)
        found[:, i] = (sums >= observed - slack).mean(), (sums <= observed + slack).mean()
    return found


@pytest.mark.parametrize("n", [8, 11, 14])
@pytest.mark.parametrize("kind", KINDS)
def test_listing_equals_full_enumeration(rng, n, kind):
    values = KINDS[kind](rng, n)
    sizes = [0, *range(1, n)]
    neighbours = random_neighbours(rng, n, sizes)
    np.testing.assert_allclose(tails(values, neighbours), brute(values, neighbours), rtol=1e-12)


@pytest.mark.parametrize("n", [9, 14])
@pytest.mark.parametrize("kind", ON_LATTICE)
def test_counting_on_a_lattice_equals_full_enumeration(rng, n, kind):
    values = KINDS[kind](rng, n)
    neighbours = random_neighbours(rng, n, [0, *range(1, n)])
    counted = tails(values, neighbours, listed=NEVER)
    np.testing.assert_allclose(counted, brute(values, neighbours), rtol=1e-9)


@pytest.mark.parametrize("kind", ["continuous", "far from zero", "many zeros"])
def test_counting_on_a_grid_comes_close_to_full_enumeration(rng, kind):
    values = KINDS[kind](rng, 14)
    neighbours = random_neighbours(rng, 14, [0, *range(1, 14)])
    counted, exact = np.array(tails(values, neighbours, listed=NEVER)), brute(values, neighbours)
    np.testing.assert_allclose(counted, exact, atol=1.5 / comb(13, 4))
    assert np.nanmean(np.abs(counted - exact)) < 1e-3


@pytest.fixture
def rng():
    return np.random.default_rng(20240607)


def test_grid_agrees_with_listing_where_both_can_work(rng):
    values = np.exp(rng.normal(size=90))
    neighbours = random_neighbours(rng, 90, [3] * 90)
    listed = np.array(tails(values, neighbours, listed=10**7))
    counted = np.array(tails(values, neighbours, listed=NEVER))
    assert listed.min() > 1 / comb(89, 3) - 1e-15
    # two draws of 113,564 may stand on the wrong side of the observed sum
    np.testing.assert_allclose(counted, listed, rtol=2e-4, atol=2 / comb(89, 3))


def hypergeometric(n, marked, k, reached):
    """P(at least `reached` marked ones among k of n)."""
    ways = sum(
        comb(marked, x) * comb(n - marked, k - x) for x in range(reached, min(k, marked) + 1)
    )
    return ways / comb(n, k)


@pytest.mark.parametrize(
    ("n", "marked", "k"),
    [(60, 20, 29), (60, 20, 55), (300, 45, 120), (300, 150, 150), (20_000, 90, 8)],
)
def test_zeros_and_ones_are_hypergeometric(rng, n, marked, k):
    values = np.zeros(n)
    values[:marked] = 1.0
    tested = [0, marked]
    sizes = np.zeros(n, dtype=int)
    sizes[tested] = k
    neighbours = random_neighbours(rng, n, sizes)
    upper, lower = tails(values, neighbours, listed=NEVER)
    for i in tested:
        own, observed = int(values[i]), int((neighbours @ values)[i])
        at_least = hypergeometric(n - 1, marked - own, k, observed)
        above = hypergeometric(n - 1, marked - own, k, observed + 1)
        assert upper[i] == pytest.approx(at_least, rel=1e-9, abs=1e-13)
        assert lower[i] == pytest.approx(1 - above, rel=1e-9, abs=1e-13)


def test_every_number_of_neighbours_at_once(rng):
    n, marked = 80, 22
    values = np.zeros(n)
    values[:marked] = 1.0
    neighbours = random_neighbours(rng, n, rng.permutation(n))
    upper, lower = tails(values, neighbours, listed=NEVER)
    for i, k in enumerate(np.diff(neighbours.indptr).tolist()):
        own, observed = int(values[i]), int((neighbours @ values)[i])
        if k:
            at_least = hypergeometric(n - 1, marked - own, k, observed)
            above = hypergeometric(n - 1, marked - own, k, observed + 1)
            assert upper[i] == pytest.approx(at_least, rel=1e-9, abs=1e-13)
            assert lower[i] == pytest.approx(1 - above, rel=1e-9, abs=1e-13)


def test_shortcuts_change_nothing(rng, monkeypatch):
    values = rng.gamma(2.0, size=150)
    neighbours = random_neighbours(rng, 150, rng.integers(20, 50, 150))
    short = tails(values, neighbours)
    monkeypatch.setattr(subset_sums, "VANISHED", 0.0)
    monkeypatch.setattr(subset_sums, "NEGLIGIBLE", 0.0)
    np.testing.assert_allclose(short, tails(values, neighbours), rtol=1e-9, atol=1e-12)


def test_large_numbers_of_neighbours_against_exact_integers(rng):
    """Every 0..45-subset of 120 counts, by adding one value after the other in whole numbers."""
    n, k = 120, 45
    values = rng.poisson(1.0, n)
    neighbours = random_neighbours(rng, n, [k] * 6 + [0] * (n - 6))
    upper, lower = tails(values.astype(float), neighbours, listed=NEVER)
    for i in range(6):
        ways = np.zeros((k + 1, k * values.max() + 1), dtype=object)
        ways[0, 0] = 1
        for value in np.delete(values, i):
            for r in range(k, 0, -1):
                ways[r, value:] += ways[r - 1, : ways.shape[1] - value]
        observed = int((neighbours @ values)[i])
        total = comb(n - 1, k)
        assert upper[i] == pytest.approx(sum(ways[k, observed:]) / total, rel=1e-10, abs=1e-13)
        assert lower[i] == pytest.approx(sum(ways[k, : observed + 1]) / total, rel=1e-10, abs=1e-13)


def test_far_tails_stop_at_the_floor_and_at_one_arrangement():
    n, k = 400, 20
    values = np.arange(n, dtype=float)
    neighbours = pattern([np.arange(n - k, n), *[[]] * (n - 1)])
    upper, lower = tails(values, neighbours)
    assert upper[0] == subset_sums.FLOOR == 1e-13
    assert lower[0] == pytest.approx(1.0, abs=1e-12)
    few = pattern([np.arange(n - 3, n), *[[]] * (n - 1)])
    assert tails(values, few, listed=NEVER)[0][0] == pytest.approx(1 / comb(n - 1, 3), rel=1e-6)


def test_all_others_as_neighbours_leave_nothing_to_chance(rng):
    values = rng.normal(size=30)
    neighbours = random_neighbours(rng, 30, [29] * 30)
    np.testing.assert_array_equal(tails(values, neighbours), np.ones((2, 30)))


def test_tails_of_distinct_values_overlap_in_the_observed_arrangement_alone(rng):
    values = rng.normal(size=200)
    neighbours = random_neighbours(rng, 200, rng.integers(3, 12, 200))
    upper, lower = tails(values, neighbours)
    shares = [1 / comb(199, int(k)) for k in np.diff(neighbours.indptr)]
    np.testing.assert_allclose(upper + lower - 1, shares, atol=1e-12)


def test_result_does_not_depend_on_unit_and_origin_of_measurement(rng):
    neighbours = random_neighbours(rng, 150, rng.integers(3, 9, 150))
    for values in (rng.poisson(3.0, 150).astype(float), rng.normal(size=150)):
        upper, lower = tails(values, neighbours)
        np.testing.assert_allclose(
            tails(0.37 * values - 12.9, neighbours), (upper, lower), rtol=1e-6
        )
        np.testing.assert_allclose(tails(-3.0 * values, neighbours), (lower, upper), rtol=1e-6)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (np.arange(400.0) % 37, "lattice"),
        (5.3 + 0.017 * (np.arange(400) % 997), "lattice"),
        (np.where(np.arange(400) < 80, 0.0, np.sqrt(np.arange(400))), "tied"),
        (np.sqrt(np.arange(400)), "smooth"),
    ],
)
def test_kinds_of_values(values, kind):
    rounding = 8 * np.finfo(float).eps * values.max()
    numbers = on_whole_numbers(values, Budget(3, 6, 21, 2000), rounding)
    assert numbers.kind == kind
    assert 6 * numbers.units.max() < numbers.length <= 2**20
    scale = np.ptp(values) / numbers.units.max()
    rounded = values.min() + numbers.units * scale
    exact = kind == "lattice"
    np.testing.assert_allclose(rounded, values, atol=1e-12 if exact else scale / 2 + 1e-12)


def test_common_step_is_found_under_any_scaling(rng):
    for top in (1, 7, 100, 5000, 60_000):
        for shift, scale in ((0.0, 1.0), (-812.6, 0.0031), (1e4, 1 / 3), (0.02, 1e5)):
            counts = np.r_[0, 1, top, rng.integers(0, top + 1, 300)]
            values = np.sort(shift + scale * counts)
            rounding = 8 * np.finfo(float).eps * np.abs(values).max()
            step = common_step(values - values[0], 2**17, rounding)
            assert step == pytest.approx(scale, rel=1e-5)
    normal = np.sort(rng.normal(size=500))
    assert common_step(normal - normal[0], 2**17, 1e-14) is None


def test_what_would_cost_too_much_is_left_undone(rng, monkeypatch):
    values = rng.normal(size=80)
    neighbours = random_neighbours(rng, 80, [10] * 80)
    assert tails(values, neighbours) is not None
    monkeypatch.setattr(lattice, "MOST_BYTES", 1e5)
    assert tails(values, neighbours) is None


def test_grid_is_made_finer_for_long_tails_but_within_bounds(rng):
    budget = Budget(4, 4, 10, 10_000)
    lengths = [
        on_whole_numbers(np.exp(spread * rng.normal(size=5000)), budget, 1e-14).length
        for spread in (0.5, 1.5, 3.0)
    ]
    assert lengths == sorted(lengths)
    assert lengths[0] < 2**18
    assert lengths[-1] <= budget.longest()
