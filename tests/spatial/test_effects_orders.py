"""Effects by order of neighbour against dense powers of the weights."""

import numpy as np
import pytest
from scipy import linalg
from support import worlds

import spatial

NAMES = worlds.names(16)
QUEEN = worlds.lattice_matrix(4)


def panel(seed=3, share=0.0):
    w = worlds.row_standardised(QUEEN)
    table = worlds.simulated_panel(w, periods=5, seed=seed, rho=0.4)
    table = table[np.random.default_rng(1).random(len(table)) >= share]
    return spatial.Panel(table, "unit", "time")


def stacked(network):
    return linalg.block_diag(
        *(network.blocks[0].operator.matrix.toarray() for _ in range(network.blocks[0].periods))
    )


def by_hand(fit, term, orders, w, v):
    p = fit.params
    rho, beta, theta = p.get("rho", 0.0), p[term], p.get(f"W.{term}", 0.0)
    rows = []
    for q in range(orders + 1):
        power = np.linalg.matrix_power
        at = rho**q * beta * power(w, q)
        if q:
            at = at + rho ** (q - 1) * theta * power(w, q - 1) @ v
        rows.append([np.trace(at) / len(w), at.sum() / len(w)])
    direct, total = np.array(rows).T
    return np.column_stack([direct, total - direct, total])


@pytest.mark.parametrize("model", ["OLS", "SLX", "SAR", "SEM", "SDM", "SDEM", "SAC", "GNS"])
@pytest.mark.parametrize("isolate", [False, True])
def test_orders_are_powers_and_sum_to_the_effects(model, isolate):
    graph = worlds.graph(worlds.with_isolate(QUEEN) if isolate else QUEEN, NAMES)
    fit = getattr(spatial, model)("y ~ x1 + x2", effects="unit").fit(panel(), graph)
    table = fit.effects_by_order("x1", orders=4)
    w = stacked(fit._fitted.sample.network)
    assert table["order"].tolist() == [0, 1, 2, 3, 4, "beyond"]
    columns = ["direct", "indirect", "total"]
    np.testing.assert_allclose(table[columns][:-1], by_hand(fit, "x1", 4, w, w), atol=1e-12)
    whole = fit.effects().query("term == 'x1'")["estimate"]
    np.testing.assert_allclose(table[columns].sum(), whole, atol=1e-11)
    assert table["cumulative_share"].iloc[-1] == pytest.approx(1.0)
    if model in ("OLS", "SEM"):
        assert (table["total"][1:] == 0.0).all() and (table["total_std_error"][1:] == 0.0).all()


@pytest.mark.parametrize("lagged_by_rook", [False, True])
def test_standard_errors_are_numeric_derivatives(lagged_by_rook):
    rook = worlds.lattice_matrix(4, rule="rook")
    extra = {"w_x": worlds.graph(rook, NAMES)} if lagged_by_rook else {}
    fit = spatial.SDM("y ~ x1 + x2").fit(panel(), worlds.graph(QUEEN, NAMES), **extra)
    w = worlds.row_standardised(QUEEN)
    v = worlds.row_standardised(rook) if lagged_by_rook else w
    names = ["x1", "W.x1", "rho"]
    at = fit.params[names].to_numpy()

    def values(beta, theta, rho):
        s = np.eye(16)
        rows = []
        for q in range(4):
            power = rho**q * beta * np.linalg.matrix_power(w, q)
            if q:
                power = power + rho ** (q - 1) * theta * np.linalg.matrix_power(w, q - 1) @ v
            rows.append([np.trace(power) / 16, power.sum() / 16])
        full = np.linalg.solve(s - rho * w, beta * s + theta * v)
        rows.append(np.array([np.trace(full) / 16, full.sum() / 16]) - np.sum(rows, axis=0))
        direct, total = np.array(rows).T
        return np.column_stack([direct, total - direct, total])

    step = 1e-6 * np.eye(3)
    jacobian = np.stack([(values(*(at + e)) - values(*(at - e))) / 2e-6 for e in step], axis=-1)
    cov = fit.cov.loc[names, names].to_numpy()
    expected = np.sqrt(np.einsum("...i,ij,...j->...", jacobian, cov, jacobian))
    table = fit.effects_by_order("x1", orders=3)
    np.testing.assert_allclose(table[["direct", "indirect", "total"]], values(*at), atol=1e-11)
    errors = table[[f"{name}_std_error" for name in ("direct", "indirect", "total")]]
    np.testing.assert_allclose(errors, expected, rtol=1e-6, atol=1e-9)


def test_unbalanced_panels_average_over_their_rows():
    table = panel(share=0.15)
    fit = spatial.SDM("y ~ x1 + x2", missing="absent").fit(table, worlds.graph(QUEEN, NAMES))
    found = fit.effects_by_order("x2", orders=3)
    whole = fit.effects().query("term == 'x2'")["estimate"]
    np.testing.assert_allclose(found[["direct", "indirect", "total"]].sum(), whole, atol=1e-11)
    assert found["indirect"][0] == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("orders", [0, -1, 2.5, "3"])
def test_orders_are_a_whole_number(orders):
    fit = spatial.SAR("y ~ x1").fit(panel(), worlds.graph(QUEEN, NAMES))
    with pytest.raises(spatial.InputError, match="whole number"):
        fit.effects_by_order("x1", orders=orders)
