"""Log-determinants: eigenvalues against dense determinants, factorisations against eigenvalues."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from support import worlds

from spatial.errors import InputError
from spatial.likelihood import LogDetTerm, logdet_sum, maximise_lag
from spatial.weights.facts import Facts
from spatial.weights.logdet import log_determinant
from spatial.weights.logdet.base import Spectrum
from spatial.weights.logdet.choice import _factorised, _spectrum
from spatial.weights.logdet.similarity import similarity, unit_roots
from spatial.weights.operator import Operator, spectral_radius


def op(matrix):
    return Operator(pd.RangeIndex(len(matrix)), sparse.csr_array(matrix), Facts())


def distances(n=30, seed=0):
    points = np.random.default_rng(seed).normal(size=(n, 2))
    gap = np.linalg.norm(points[:, None] - points[None], axis=2)
    np.fill_diagonal(gap, np.inf)
    return worlds.row_standardised(1 / gap)


GRAPHS = {
    "lattice": worlds.row_standardised(worlds.lattice_matrix(6)),
    "isolate": worlds.row_standardised(worlds.with_isolate(worlds.lattice_matrix(5))),
    "nearest": worlds.row_standardised(worlds.nearest_matrix(30, 4)),
    "distance": distances(),
    "binary": worlds.lattice_matrix(5),
}


@pytest.mark.parametrize("name", list(GRAPHS))
def test_f_g_h_are_the_determinant_and_its_derivatives(name):
    w = GRAPHS[name]
    made = log_determinant(op(w))
    low, high = made.interval
    for rho in (0.9 * low, -0.1 * high, 0.35 * high, 0.9 * high):
        g = w @ np.linalg.inv(np.eye(len(w)) - rho * w)
        assert made.f(rho) == pytest.approx(
            np.linalg.slogdet(np.eye(len(w)) - rho * w)[1], rel=1e-10, abs=1e-11
        )
        assert made.g(rho) == pytest.approx(np.trace(g), rel=1e-9, abs=1e-10)
        assert made.h(rho) == pytest.approx(np.trace(g @ g), rel=1e-9)


@pytest.mark.parametrize("name", list(GRAPHS))
def test_interval_is_that_of_the_real_eigenvalues(name):
    values = np.linalg.eigvals(GRAPHS[name])
    real = values[np.abs(values.imag) < 1e-9].real
    low, high = log_determinant(op(GRAPHS[name])).interval
    assert (low, high) == pytest.approx((1 / real.min(), 1 / real.max()), rel=1e-9)


@pytest.mark.parametrize(
    ("name", "symmetric"),
    [
        ("lattice", True),
        ("isolate", True),
        ("distance", True),
        ("binary", True),
        ("nearest", False),
    ],
)
def test_symmetric_form_is_found_where_there_is_one(name, symmetric):
    found = similarity(op(GRAPHS[name]))
    assert (found is not None) == symmetric
    if found is not None:
        dense = found.matrix.toarray()
        np.testing.assert_array_equal(dense, dense.T)
        root = np.sqrt(found.scale)
        np.testing.assert_allclose(dense, root[:, None] * GRAPHS[name] / root, atol=1e-12)


def test_asymmetric_weights_on_a_symmetric_pattern_are_not_mistaken():
    w = worlds.lattice_matrix(4) * np.random.default_rng(0).uniform(0.5, 2, size=(16, 16))
    assert similarity(op(worlds.row_standardised(w))) is None


@pytest.mark.parametrize("name", list(GRAPHS))
def test_unit_roots_are_counted(name):
    values = np.linalg.eigvals(GRAPHS[name])
    counted = int((np.abs(values - 1) < 1e-8).sum()) if name != "binary" else 0
    assert unit_roots(sparse.csr_array(GRAPHS[name])) == counted


def test_directed_graphs_can_have_more_unit_roots_than_components():
    w = np.zeros((5, 5))
    w[0, 1] = w[1, 0] = w[3, 4] = w[4, 3] = 1.0
    w[2, 0] = w[2, 3] = 0.5
    assert unit_roots(sparse.csr_array(w)) == 2


@pytest.mark.parametrize("name", ["lattice", "nearest", "isolate"])
@pytest.mark.parametrize("centre", [-0.3, 0.4, 0.9])
def test_factorisations_agree_with_eigenvalues(name, centre):
    big = {
        "lattice": worlds.row_standardised(worlds.lattice_matrix(20)),
        "isolate": worlds.row_standardised(worlds.with_isolate(worlds.lattice_matrix(20))),
        "nearest": worlds.row_standardised(worlds.nearest_matrix(300, 5)),
    }[name]
    exact, made = _spectrum(op(big)), _factorised(op(big))
    made.refine(centre - 0.05, centre + 0.05)
    rho = np.linspace(centre - 0.045, centre + 0.045, 7)
    np.testing.assert_allclose(made.f(rho), exact.f(rho), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(made.g(rho), exact.g(rho), rtol=1e-8, atol=1e-7)
    np.testing.assert_allclose(made.h(rho), exact.h(rho), rtol=1e-6)
    if name != "nearest":
        assert made.interval == pytest.approx(exact.interval, rel=1e-6)


@pytest.mark.parametrize("size", [1.0, 1e-9, 1e6])
@pytest.mark.parametrize("name", ["lattice", "nearest", "directed"])
def test_factorisations_hold_up_to_the_edge_on_any_scale(name, size):
    big = (
        size
        * {
            "lattice": worlds.lattice_matrix(20),
            "nearest": worlds.row_standardised(worlds.nearest_matrix(300, 5)),
            "directed": worlds.nearest_matrix(300, 5),
        }[name]
    )
    exact, made = _spectrum(op(big)), _factorised(op(big))
    high = made.interval[1]
    assert high == pytest.approx(exact.interval[1], rel=1e-6)
    made.refine(0.9 * high, 0.9999 * high)
    rho = high * np.array([0.91, 0.97, 0.99, 0.999])
    np.testing.assert_allclose(made.f(rho), exact.f(rho), rtol=1e-8)
    np.testing.assert_allclose(made.g(rho), exact.g(rho), rtol=1e-7)
    np.testing.assert_allclose(made.h(rho), exact.h(rho), rtol=1e-6)


def test_graphs_without_a_cycle_have_no_interval_and_no_determinant():
    rivers = np.tril(np.random.default_rng(0).random((40, 40)) < 0.3, -1).astype(float)
    mixed = np.random.default_rng(1).permutation(40)
    made = log_determinant(op(rivers[np.ix_(mixed, mixed)]))
    assert made.interval == (-np.inf, np.inf)
    np.testing.assert_array_equal(made.f([-3.0, 0.5, 20.0]), 0.0)
    assert spectral_radius(sparse.csr_array(rivers)) == 0.0


def test_interval_does_not_depend_on_the_scale_of_the_weights():
    w = worlds.nearest_matrix(30, 4)
    low, high = log_determinant(op(w)).interval
    assert log_determinant(op(1e-12 * w)).interval == pytest.approx((1e12 * low, 1e12 * high))


@pytest.mark.parametrize("size", [1e-7, 1e7])
@pytest.mark.parametrize("way", [_spectrum, _factorised])
def test_maximum_does_not_depend_on_the_scale_of_the_weights(way, size):
    w = worlds.lattice_matrix(20) / 10
    rng = np.random.default_rng(5)
    x = rng.normal(size=(400, 2))
    y = np.linalg.solve(np.eye(400) - 0.9 * w, x @ [1.0, -1.0] + rng.normal(size=400))
    one, other = (
        maximise_lag(y, by * w @ y, x, nobs=400, terms=[LogDetTerm(way(op(by * w)), 1, False)])
        for by in (1.0, size)
    )
    assert size * other.rho == pytest.approx(one.rho, rel=1e-9)
    assert other.loglik == pytest.approx(one.loglik, rel=1e-10)


def test_maximum_beyond_the_interval_is_refused_by_factorisations_too():
    w = worlds.row_standardised(worlds.nearest_matrix(300, 4))
    rng = np.random.default_rng(5)
    x = rng.normal(size=(300, 2))
    y = np.linalg.solve(np.eye(300) + 1.2 * w, x @ [1.0, -1.0] + rng.normal(size=300))
    with pytest.raises(InputError, match="edge of the admissible interval"):
        maximise_lag(y, w @ y, x, nobs=300, terms=[LogDetTerm(_factorised(op(w)), 1, False)])


def test_maximum_is_the_same_by_either_way():
    w = worlds.row_standardised(worlds.lattice_matrix(20))
    rng = np.random.default_rng(5)
    x = rng.normal(size=(400, 2))
    y = np.linalg.solve(np.eye(400) - 0.6 * w, x @ [1.0, -1.0] + rng.normal(size=400))
    found = [
        maximise_lag(y, w @ y, x, nobs=400, terms=[LogDetTerm(made, 1, False)])
        for made in (_spectrum(op(w)), _factorised(op(w)))
    ]
    assert found[1].rho == pytest.approx(found[0].rho, rel=1e-9)
    assert found[1].loglik == pytest.approx(found[0].loglik, rel=1e-10)


def test_periods_and_unit_roots_enter_the_sum():
    w = worlds.row_standardised(worlds.lattice_matrix(4))
    made = log_determinant(op(w))
    basis = np.linalg.svd(np.ones((1, 16)))[2][1:]
    inner = basis @ w @ basis.T
    rho = 0.3
    g = inner @ np.linalg.inv(np.eye(15) - rho * inner)
    terms = [LogDetTerm(made, 3, True)]
    assert logdet_sum(terms, rho, 0) == pytest.approx(
        3 * np.linalg.slogdet(np.eye(15) - rho * inner)[1], rel=1e-11
    )
    assert logdet_sum(terms, rho, 1) == pytest.approx(3 * np.trace(g), rel=1e-10)
    assert logdet_sum(terms, rho, 2) == pytest.approx(3 * np.trace(g @ g), rel=1e-10)


def test_spectrum_is_kept_with_the_graph():
    operator = op(GRAPHS["lattice"])
    assert log_determinant(operator) is log_determinant(operator)
    assert isinstance(log_determinant(operator), Spectrum)
