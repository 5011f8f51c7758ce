"""Estimates by instruments on any shape of data: unbalanced, several graphs, names, scales."""

import numpy as np
import pandas as pd
import pytest
from support import instruments as dense
from support import worlds

import spatial

RAW = worlds.lattice_matrix(5, 6, "rook")
W = worlds.row_standardised(RAW)
OTHER_RAW = worlds.nearest_matrix(30, 4, seed=2)
OTHER = worlds.row_standardised(OTHER_RAW)
N, PERIODS = 30, 4
ENDOGENOUS = {"endogenous": ["x2"], "instruments": ["q"]}
SPECIFICATIONS = [
    spatial.SDM("y ~ x1 + x2", effects="twoway", lagged=["x2"], **ENDOGENOUS),
    spatial.GNS("y ~ x1 + x2", effects="unit", lagged=["x1"], **ENDOGENOUS),
    spatial.SEM("y ~ x1 + x2", effects="time", error_variance="unequal", estimator="gmm"),
    spatial.SAC("y ~ x1 + x2", effects="none", error_variance="unequal", **ENDOGENOUS),
]
KINDS = [spec.kind for spec in SPECIFICATIONS]


def panel_table(seed=0, rho=0.3, lam=0.3):
    rng = np.random.default_rng(seed)
    inverse = np.linalg.inv(np.eye(N) - rho * W), np.linalg.inv(np.eye(N) - lam * W)
    unit, parts = rng.normal(size=N), []
    for time in range(PERIODS):
        x1, q, v, e = rng.normal(size=(4, N))
        x2 = q + v
        mean = x1 + 0.5 * x2 + W @ (0.6 * x2 + 0.4 * x1) + unit + 0.3 * time
        y = inverse[0] @ (mean + inverse[1] @ (0.5 * v + e))
        columns = {"unit": worlds.names(N), "time": 2000 + time, "y": y, "x1": x1, "x2": x2, "q": q}
        parts.append(pd.DataFrame(columns | {"province": [f"p{i % 6}" for i in range(N)]}))
    return pd.concat(parts, ignore_index=True)


TABLE = panel_table()


def panel(table=TABLE):
    return spatial.Panel(table, "unit", "time")


def same(one, other, rtol=1e-8):
    np.testing.assert_allclose(one.params, other.params, rtol=rtol, atol=1e-10)
    np.testing.assert_allclose(one.cov, other.cov, rtol=1e-6, atol=1e-10)
    if one._fitted.endogenous:
        mine, theirs = (
            fit.first_stage().drop(columns="term").to_numpy(dtype=float) for fit in (one, other)
        )
        np.testing.assert_allclose(mine, theirs, rtol=1e-6, atol=1e-12)
        np.testing.assert_allclose(
            one.instrument_tests()["statistic"], other.instrument_tests()["statistic"], rtol=1e-6
        )


@pytest.mark.parametrize("spec", SPECIFICATIONS, ids=KINDS)
def test_order_of_rows_and_names_change_nothing(spec):
    graph, fit = worlds.graph(RAW), spec.fit(panel(), worlds.graph(RAW))
    shuffled = TABLE.sample(frac=1.0, random_state=3)
    same(fit, spec.fit(panel(shuffled), graph))
    order = np.random.default_rng(1).permutation(N)
    names = worlds.names(N, prefix="市")
    renamed = TABLE.assign(
        unit=TABLE["unit"].map({worlds.names(N)[i]: names[k] for k, i in enumerate(order)})
    )
    same(fit, spec.fit(panel(renamed), worlds.graph(RAW[np.ix_(order, order)], names)))


@pytest.mark.parametrize("spec", SPECIFICATIONS, ids=KINDS)
def test_units_of_measurement_change_nothing_else(spec):
    graph, fit = worlds.graph(RAW), spec.fit(panel(), worlds.graph(RAW))
    scaled = TABLE.assign(
        y=TABLE["y"] * 1e6, x1=TABLE["x1"] * 1e-5, x2=TABLE["x2"] * 1e3, q=TABLE["q"] * 1e8
    )
    other = spec.fit(panel(scaled), graph)
    factors = pd.Series(1.0, fit.params.index)
    for name in fit.params.index:
        factors[name] = {"x1": 1e11, "x2": 1e3, "Intercept": 1e6}.get(name.removeprefix("W."), 1.0)
    np.testing.assert_allclose(other.params, fit.params * factors, rtol=1e-6)
    np.testing.assert_allclose(other.std_errors, fit.std_errors * factors, rtol=1e-5)
    if fit._fitted.endogenous:
        np.testing.assert_allclose(
            other.first_stage()["conditional_f"], fit.first_stage()["conditional_f"], rtol=1e-6
        )
    assert len(other.notes) == len(fit.notes)


def test_nothing_given_is_changed():
    before = TABLE.copy(deep=True)
    data = panel(TABLE)
    SPECIFICATIONS[0].fit(data, worlds.graph(RAW))
    pd.testing.assert_frame_equal(TABLE, before)


def block_lag(table, by_time):
    """W of each year, cut to its units and re-scaled, as one matrix over the sorted rows."""
    out, start = np.zeros((len(table), len(table))), 0
    for time, rows in table.groupby("time"):
        places = [worlds.names(N).index(unit) for unit in rows["unit"]]
        cut = worlds.row_standardised(by_time(time)[np.ix_(places, places)])
        out[start : start + len(rows), start : start + len(rows)] = cut
        start += len(rows)
    return out


def explicit(table, big, effects):
    """SDM with x2 endogenous and lagged."""
    y = table["y"].to_numpy()
    x1, x2, q = (table[name].to_numpy() for name in ("x1", "x2", "q"))
    z = np.column_stack([x1, x2, big @ x2, big @ y])
    h = np.column_stack([x1, q, big @ q, big @ x1, big @ big @ x1, big @ big @ q])
    extra = [pd.get_dummies(table[name]).to_numpy(dtype=float) for name in effects]
    extra = np.hstack([extra[0], *(part[:, 1:] for part in extra[1:])])
    b, bread, _ = dense.two_stages(y, np.hstack([z, extra]), np.hstack([h, extra]))
    e = y - np.hstack([z, extra]) @ b
    return b[:4], (e @ e / (len(y) - len(b)) * bread)[:4, :4]


@pytest.mark.parametrize("effects", ["unit", "time", "twoway"])
def test_unbalanced_panel_and_graphs_by_year(effects):
    rng = np.random.default_rng(4)
    table = TABLE.loc[np.sort(rng.choice(len(TABLE), 100, replace=False))].reset_index(drop=True)
    columns = {"unit": ["unit"], "time": ["time"], "twoway": ["unit", "time"]}[effects]
    early, late = worlds.graph(RAW), worlds.graph(OTHER_RAW)
    graphs = {2000 + t: early if t < 2 else late for t in range(PERIODS)}
    spec = spatial.SDM(
        "y ~ x1 + x2", effects=effects, lagged=["x2"], missing="absent", **ENDOGENOUS
    )
    by_time = {2000: RAW, 2001: RAW, 2002: OTHER_RAW, 2003: OTHER_RAW}
    for w, big in (
        (early, block_lag(table, lambda _: RAW)),
        (graphs, block_lag(table, by_time.get)),
    ):
        b, cov = explicit(table, big, columns)
        fit = spec.fit(panel(table), w)
        np.testing.assert_allclose(fit.params, b, rtol=1e-7, atol=1e-9)
        np.testing.assert_allclose(fit.cov, cov, rtol=1e-6, atol=1e-10)
        assert fit.effects()["std_error"].gt(0).all()


def test_lambda_beside_unit_effects_needs_a_balanced_panel():
    table = TABLE.drop(index=[5, 40])
    spec = spatial.SEM("y ~ x1", effects="unit", missing="absent", estimator="gmm")
    with pytest.raises(spatial.InputError, match="balanced panel"):
        spec.fit(panel(table), worlds.graph(RAW))
    only_time = spatial.SEM("y ~ x1 + x2", effects="time", missing="absent", estimator="gmm")
    assert -1 < only_time.fit(panel(table), worlds.graph(RAW)).params["lambda"] < 1


def test_other_weights_for_the_error_and_for_lags():
    fit = spatial.SAC("y ~ x1 + x2", effects="unit", **ENDOGENOUS).fit(
        panel(), worlds.graph(RAW), w_error=worlds.graph(OTHER_RAW)
    )
    assert any("M.x1" in note and "M.q" in note and "W2.q" in note for note in fit.notes)
    spec = spatial.SDM("y ~ x1 + x2", effects="unit", lagged=["x1", "x2"], **ENDOGENOUS)
    fit = spec.fit(panel(), worlds.graph(RAW), w_x=worlds.graph(OTHER_RAW))
    big, other = np.kron(np.eye(PERIODS), W), np.kron(np.eye(PERIODS), OTHER)
    y, x1, x2, q = (TABLE[name].to_numpy() for name in ("y", "x1", "x2", "q"))
    z = np.column_stack([x1, x2, other @ x1, other @ x2, big @ y])
    h = [x1, other @ x1, q, other @ q, big @ x1, big @ big @ x1, big @ q, big @ big @ q]
    h = np.column_stack([*h, big @ other @ x1])
    extra = pd.get_dummies(TABLE["unit"]).to_numpy(dtype=float)
    b, _, _ = dense.two_stages(y, np.hstack([z, extra]), np.hstack([h, extra]))
    np.testing.assert_allclose(fit.params, b[:5], rtol=1e-7)


def test_clusters_periods_and_distances():
    """Sums of contributions by group, with the factors that their names promise."""
    spec = spatial.SDM("y ~ x1 + x2", effects="none", lagged=["x2"], **ENDOGENOUS)
    fit = spec.fit(panel(), worlds.graph(RAW))
    step = fit._fitted.step
    rows, n, k = step.influence * step.residuals[:, None], len(TABLE), 5
    for by, codes in (("unit", TABLE["unit"]), ("province", TABLE["province"])):
        sums = pd.DataFrame(rows).groupby(codes.to_numpy()).sum().to_numpy()
        count = len(sums)
        expected = sums.T @ sums * count / (count - 1) * (n - 1) / (n - k)
        found = fit.with_cov("cluster", by=by)
        np.testing.assert_allclose(found.cov, expected, rtol=1e-8, atol=1e-12)
        assert found.cov_kind == f"cluster by {by}"
        assert (found.first_stage()["f_statistic"] > 0).all()
        assert list(found.instrument_tests()["test"]) == ["hansen", "kleibergen_paap", "wu_hausman"]
    periods = fit.with_cov("driscoll-kraay", lags=1)
    sums = pd.DataFrame(rows).groupby(TABLE["time"].to_numpy()).sum().to_numpy()
    weights = np.maximum(1 - np.abs(np.subtract.outer(range(4), range(4))) / 2, 0)
    expected = sums.T @ weights @ sums * 4 / 3 * (n - 1) / (n - k)
    np.testing.assert_allclose(periods.cov, expected, rtol=1e-8, atol=1e-12)
    spots = pd.DataFrame({"lon": np.arange(N) % 6 + 100.0, "lat": np.arange(N) // 6 + 30.0})
    far = fit.with_cov("hac", km=1e-3, coords=spots.set_index(pd.Index(worlds.names(N))))
    np.testing.assert_allclose(far.cov, fit.with_cov("robust").cov, rtol=1e-9)
    wide = fit.with_cov("hac", km=150, coords=spots.set_index(pd.Index(worlds.names(N))))
    assert not np.allclose(wide.cov, far.cov)
    assert wide.effects()["estimate"].equals(fit.effects()["estimate"])
    with pytest.raises(spatial.InputError, match="needs by="):
        fit.with_cov("cluster")
    with pytest.raises(spatial.InputError, match="homoskedastic, robust, cluster"):
        fit.with_cov("expected")


def test_effects_take_the_estimate_and_its_covariance():
    spec = spatial.SDM("y ~ x1 + x2", effects="twoway", lagged=["x2"], **ENDOGENOUS)
    fit = spec.fit(panel(), worlds.graph(RAW)).with_cov("robust")
    b, rho = fit.params, fit.params["rho"]
    inverse = np.linalg.inv(np.eye(N) - rho * W)
    effect = inverse @ (b["x2"] * np.eye(N) + b["W.x2"] * W)
    table = fit.effects().set_index(["term", "effect"])
    assert table.loc[("x2", "direct"), "estimate"] == pytest.approx(np.trace(effect) / N)
    slope = np.array([1 / (1 - rho), 1 / (1 - rho), (b["x2"] + b["W.x2"]) / (1 - rho) ** 2])
    names = ["x2", "W.x2", "rho"]
    error = np.sqrt(slope @ fit.cov.loc[names, names].to_numpy() @ slope)
    assert table.loc[("x2", "total"), "estimate"] == pytest.approx(
        (b["x2"] + b["W.x2"]) / (1 - rho)
    )
    assert table.loc[("x2", "total"), "std_error"] == pytest.approx(error, rel=1e-8)
    drawn = fit.effects("simulate", draws=200).set_index(["term", "effect"])
    np.testing.assert_allclose(drawn["estimate"], table["estimate"], rtol=1e-12)
    by_unit = fit.effects_by_unit("x2")
    assert by_unit["received"].mean() == pytest.approx(table.loc[("x2", "indirect"), "estimate"])
    e = fit.residuals.to_numpy().reshape(PERIODS, N)
    fitted = TABLE["y"].to_numpy() - (e @ inverse.T).ravel()
    np.testing.assert_allclose(fit.fitted, fitted, rtol=1e-10)


def test_as_many_instruments_as_rows_are_refused():
    """Two-stage least squares would be least squares, and the first stage have no residual."""
    few = TABLE[(TABLE["time"] == 2000) & (TABLE["unit"] < "u006")].set_index("unit")
    ring = worlds.graph(np.roll(np.eye(6), 1, axis=1) + np.eye(6, k=2), list(few.index))
    with pytest.raises(spatial.InputError, match=r"^6 instruments, .* of 6 rows"):
        spatial.SAR("y ~ x1 + x2", estimator="gmm", orders=3).fit(few, ring)
