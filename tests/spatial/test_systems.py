"""Solutions of (I − ρW)v = r by every way against dense ones."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from support import worlds

import spatial
from spatial.errors import InputError
from spatial.iteration import by_conjugate_gradients, by_repetition
from spatial.systems import solve_system
from spatial.weights.facts import Facts
from spatial.weights.logdet import choice, kernels
from spatial.weights.operator import Operator

GRAPHS = {
    "symmetric": worlds.row_standardised(worlds.with_isolate(worlds.lattice_matrix(12))),
    "asymmetric": worlds.row_standardised(worlds.nearest_matrix(150, 5)),
}
WAYS = ("lu", "cholmod", "iteration")


@pytest.fixture(params=WAYS)
def way(request, monkeypatch):
    """Graphs of more than 50 units are large, and factors are what the way says."""
    if request.param == "cholmod" and not kernels.has_cholmod():
        pytest.skip("scikit-sparse is not installed")
    monkeypatch.setattr(choice, "EIGENVALUE_LIMIT", 50)
    monkeypatch.setattr(choice, "has_cholmod", lambda: request.param == "cholmod")
    if request.param == "iteration":
        monkeypatch.setattr(choice, "MOST_OPERATIONS", 1.0)
    return request.param


@pytest.mark.parametrize("transposed", [False, True])
@pytest.mark.parametrize("columns", [None, 1, 3])
@pytest.mark.parametrize("name", GRAPHS)
def test_solutions_are_those_of_the_dense_system(name, columns, transposed, way):
    w = GRAPHS[name]
    op = Operator(pd.RangeIndex(len(w)), sparse.csr_array(w), Facts())
    shape = (len(w),) if columns is None else (len(w), columns)
    right = np.random.default_rng(0).normal(size=shape)
    for rho in (-0.9, 0.4, 0.97):
        system = np.eye(len(w)) - rho * w
        found = solve_system(op, rho, right, transposed=transposed)
        truth = np.linalg.solve(system.T if transposed else system, right)
        np.testing.assert_allclose(found, truth, rtol=1e-9, atol=1e-11)


def test_fits_do_without_factors(way):
    matrix = worlds.lattice_matrix(12)
    table = worlds.simulated_panel(
        worlds.row_standardised(matrix), periods=1, rho=0.5, effects=False
    ).drop(columns="time")
    graph = worlds.graph(matrix, transform="spectral")
    fit = spatial.SDM("y ~ x1 + x2").fit(table.set_index("unit"), graph)
    assert fit._fitted.logdets[0].logdet.method == ("lanczos" if way == "iteration" else way)
    rho = fit.params["rho"]
    w = matrix / np.linalg.eigvalsh(matrix)[-1]
    inner = fit.params["x1"] * np.eye(144) + fit.params["W.x1"] * w
    total = np.linalg.solve(np.eye(144) - rho * w, inner).sum() / 144
    found = fit.effects().set_index(["term", "effect"])["estimate"]
    assert found["x1", "total"] == pytest.approx(total, rel=1e-9)
    np.testing.assert_allclose(
        fit.fitted, fit._fitted.sample.y - np.linalg.solve(np.eye(144) - rho * w, fit.residuals)
    )


def test_columns_settle_each_on_its_own():
    """One is solved at once, one is zero, one is hard."""
    values = np.linspace(1e-3, 1.0, 60)
    right = np.zeros((60, 3))
    right[7, 0], right[:, 2] = 2.0, 1.0
    found = by_conjugate_gradients(lambda v: values[:, None] * v, right)
    np.testing.assert_allclose(found, right / values[:, None], rtol=1e-9)


def test_what_does_not_settle_is_said():
    with pytest.raises(InputError, match="did not settle within 20000 steps"):
        by_repetition(lambda v: 0.999999 * v, np.ones((2, 1)))
