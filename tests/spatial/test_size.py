"""What is done differently for many units, against what is done for few; and invariants at size."""

import re

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from support import worlds
from support.family_cases import NAMES, fitted

import spatial
from analysis.report.chinese import in_chinese
from spatial import covariance, diagonals, effect_noise, systems, traces, weights, within
from spatial.covariance import between, nearness, sampled
from spatial.diagnostics import dependence
from spatial.effects import flows, multiplier, orders, units
from spatial.weights.operator import operator

FITS = [
    ("plain", "twoway", "SDM"),
    ("second graph", "unit", "SAC"),
    ("isolate", "twoway", "SDM"),
    ("asymmetric", "time", "SAR"),
    ("asymmetric", "none", "GNS"),
    ("by year", "unit", "SDM"),
    ("by year", "none", "SAC"),
    ("unbalanced", "twoway", "SDM"),
    ("gaps isolate", "none", "SDM"),
    ("plain", "twoway", "GNS"),
    ("isolate", "unit", "SEM"),
]


@pytest.fixture
def as_if_many(monkeypatch):
    """A switch after which 16 units are treated as many."""

    def switch():
        monkeypatch.setattr(systems, "DENSE_SHARE", 2.0)
        monkeypatch.setattr(diagonals, "SMALL", 0)
        monkeypatch.setattr(covariance.forms, "SMALL", 0)
        monkeypatch.setattr(covariance.forms, "DENSE_LIMIT", 0)
        monkeypatch.setattr(between, "FEW", 0)
        monkeypatch.setattr(between, "PER_SUM", 0)
        monkeypatch.setattr(traces, "by_eigenvalues", lambda _: False)
        monkeypatch.setattr(traces, "DENSE_LIMIT", 0)

    return switch


def forget(fit):
    """Nothing derived from the weights is kept."""
    for block in fit._fitted.sample.network.blocks:
        block.operator.store.clear()


REGIONS = {name: place // 6 for place, name in enumerate(NAMES)}


def covariances(fit):
    found = {kind: fit.with_cov(kind).cov for kind in ("expected", "robust")}
    table = fit._fitted.sample.frame
    places = pd.Series(REGIONS, name="region")
    ways = {"region": places, "unit": "unit", "row": "row", "both": [places, "time"]}
    table["row"] = np.arange(len(table))
    return found | {name: fit.with_cov("cluster", by=by).cov for name, by in ways.items()}


@pytest.mark.parametrize(("shape", "effects", "model"), FITS)
def test_covariances_do_not_depend_on_the_way(shape, effects, model, as_if_many, monkeypatch):
    fit = fitted(shape, model, effects).fit
    few = covariances(fit)
    as_if_many()
    many = covariances(fit)
    monkeypatch.setattr("spatial.sparse_traces.inverse_entries", lambda *_: None)
    monkeypatch.setattr("spatial.diagonals.plan_inverse", lambda *_: None)
    monkeypatch.setattr("spatial.covariance.pairs.plan_inverse", lambda *_: None)
    forget(fit)
    columns = covariances(fit)
    for kind, cov in few.items():
        np.testing.assert_allclose(many[kind], cov, rtol=1e-8, atol=1e-13)
        np.testing.assert_allclose(columns[kind], cov, rtol=1e-8, atol=1e-13)


@pytest.mark.parametrize(("shape", "effects", "model"), FITS)
def test_effects_of_units_do_not_depend_on_the_way(shape, effects, model, as_if_many, monkeypatch):
    fit = fitted(shape, model, effects).fit
    few, over = fit.effects_by_unit("x1"), fit.effects_by_order("x1", orders=6)
    as_if_many()
    many, halves = fit.effects_by_unit("x1"), fit.effects_by_order("x1", orders=6)
    monkeypatch.setattr("spatial.diagonals.plan_inverse", lambda *_: None)
    monkeypatch.setattr(orders, "MOST_NUMBERS", 0)
    forget(fit)
    for table in (many, fit.effects_by_unit("x1")):
        pd.testing.assert_frame_equal(table, few, rtol=1e-10, atol=1e-12)
    for table in (halves, fit.effects_by_order("x1", orders=6)):
        pd.testing.assert_frame_equal(table, over, rtol=1e-10, atol=1e-12)


def second_graph():
    """An SDM whose regressors are lagged by other weights than its outcome."""
    table = fitted("plain", "SDM", "unit").table
    matrix = worlds.nearest_matrix(16, 4, seed=2)
    other = worlds.graph(worlds.row_standardised(matrix), NAMES, transform="none")
    model = spatial.SDM("y ~ x1 + x2", effects="unit")
    own = worlds.graph(worlds.lattice_matrix(4), NAMES)
    return model.fit(spatial.Panel(table, "unit", "time"), own, w_x=other)


def test_lags_of_regressors_by_other_weights(as_if_many):
    fit = second_graph()
    few = fit.effects(), fit.effects("simulate", draws=60), fit.effects_by_unit("x1")
    as_if_many()
    many = fit.effects(), fit.effects("simulate", draws=60), fit.effects_by_unit("x1")
    for one, other in zip(few, many, strict=True):
        pd.testing.assert_frame_equal(one, other, rtol=1e-9, atol=1e-11)


def test_the_long_run_of_a_dynamic_model(as_if_many):
    w = worlds.row_standardised(worlds.lattice_matrix(4))
    table = worlds.simulated_panel(w, periods=9, seed=5)
    model = spatial.SDM("y ~ x1 + x2", effects="unit", dynamic=("y", "Wy"))
    fit = model.fit(spatial.Panel(table, "unit", "time"), worlds.graph(w, worlds.names(16)))
    few = fit.effects_by_unit("x1", horizon="long")
    as_if_many()
    many = fit.effects_by_unit("x1", horizon="long")
    pd.testing.assert_frame_equal(many, few, rtol=1e-9)


@pytest.mark.parametrize("kind", ["SDM", "SDEM", "SAR"])
def test_effects_between_groups_do_not_depend_on_the_way(kind, as_if_many, monkeypatch):
    model = getattr(spatial, kind)("y ~ x1 + x2", effects="unit")
    panel = spatial.Panel(fitted("plain", "SDM", "unit").table, "unit", "time")
    w = worlds.graph(worlds.lattice_matrix(4), NAMES)
    by, between = pd.Series(REGIONS, name="region").map("r{}".format), kind != "SAR"
    few = spatial.groups(model, panel, w, by=by, focus="x1", between=between)
    as_if_many()
    monkeypatch.setattr("spatial.heterogeneity.reach.SMALL", 0)
    monkeypatch.setattr("spatial.heterogeneity.reach.DENSE_LIMIT", 0)
    many = spatial.groups(model, panel, w, by=by, focus="x1", between=between)
    pd.testing.assert_frame_equal(many.effects, few.effects, rtol=1e-8)
    if between:
        pd.testing.assert_frame_equal(many.between, few.between, rtol=1e-8)
    monkeypatch.setattr("spatial.diagonals.plan_inverse", lambda *_: None)
    operator(w).store.clear()
    if kind != "SDEM":
        with pytest.raises(spatial.InputError, match="effects between groups"):
            spatial.groups(model, panel, w, by=by, focus="x1")


@pytest.mark.parametrize("absent", [0.0, 0.15, 0.5])
def test_sums_over_pairs_of_units_do_not_depend_on_the_way(absent, monkeypatch):
    rng = np.random.default_rng(3)
    table = rng.normal(size=(7, 90)) + rng.normal(size=(7, 1))
    table[rng.random(table.shape) < absent] = np.nan
    frame = pd.DataFrame(table)
    r = frame.corr(min_periods=3).to_numpy()
    common = (~np.isnan(table)).astype(float).T @ ~np.isnan(table)
    upper = np.triu(np.isfinite(r), 1)
    found = [dependence.pair_sums(table)]
    monkeypatch.setattr(dependence, "MOST_NUMBERS", 0)
    monkeypatch.setattr(dependence, "BLOCK", 13)
    found.append(dependence.pair_sums(table))
    for sums in found:
        assert sums.pairs == upper.sum()
        assert sums.plain == pytest.approx(r[upper].sum(), rel=1e-9)
        assert sums.weighted == pytest.approx((np.sqrt(common) * r)[upper].sum(), rel=1e-9)


def gaps(shape, parts):
    """Layout of a panel with absent rows, in one part or two that share no unit and no time."""
    rng = np.random.default_rng(6)
    units, times = np.indices(shape)
    kept = rng.random(shape) > 0.3
    if parts == 2:
        kept &= (units < shape[0] // 2) == (times < shape[1] // 2)
    order = np.lexsort((units[kept], times[kept]))
    unit = np.unique(units[kept][order], return_inverse=True)[1]
    time = np.unique(times[kept][order], return_inverse=True)[1]
    return within.Layout(unit, time, unit.max() + 1, time.max() + 1)


@pytest.mark.parametrize("shape", [(40, 9), (9, 40), (25, 25)], ids=["wide", "long", "square"])
@pytest.mark.parametrize("parts", [1, 2])
def test_two_way_means_leave_as_dummies_do(shape, parts):
    """Absent rows, and panels in two parts that share no unit and no time."""
    layout = gaps(shape, parts)
    unit, time = layout.unit_codes, layout.time_codes
    rng = np.random.default_rng(7)
    values = rng.normal(size=(len(unit), 3)) + 5.0 * unit[:, None] - 100.0 * time[:, None]
    dummies = np.concatenate(
        [unit[:, None] == np.unique(unit), time[:, None] == np.unique(time)], 1
    )
    known = values - dummies @ np.linalg.lstsq(dummies.astype(float), values, rcond=1e-12)[0]
    found = within.demean(values, "twoway", layout)
    np.testing.assert_allclose(found, known, atol=1e-10)
    assert not layout.balanced


@pytest.mark.parametrize("parts", [1, 2])
@pytest.mark.parametrize("shape", [(14, 6), (6, 14)])
def test_variances_of_effects_are_those_of_dummies(shape, parts):
    layout = gaps(shape, parts)
    pieces = [layout.unit_codes[:, None] == np.arange(layout.n_units)]
    pieces.append(layout.time_codes[:, None] == np.arange(layout.n_times))
    dummies = np.concatenate(pieces, axis=1).astype(float)
    n, periods = layout.n_units, layout.n_times
    of_unit, of_time = layout.components[:n], layout.components[n:]
    share = (of_time[:, None] == of_time).astype(float)
    share /= share.sum(axis=1, keepdims=True)
    across = (of_unit[:, None] == of_time).astype(float)
    across /= across.sum(axis=1, keepdims=True)
    whole = np.hstack([np.eye(n), across])
    contrast = np.vstack(
        [
            whole.mean(axis=0),
            whole - whole.mean(axis=0),
            np.hstack([np.zeros((periods, n)), np.eye(periods) - share]),
        ]
    )
    known = np.diag(contrast @ np.linalg.pinv(dummies.T @ dummies, rcond=1e-11) @ contrast.T)
    np.testing.assert_allclose(effect_noise.unfiltered_noise("twoway", layout), known, rtol=1e-9)


def test_effects_of_more_times_than_units_make_up_the_rest():
    w = worlds.row_standardised(worlds.lattice_matrix(3))
    table = worlds.simulated_panel(w, periods=30, seed=3, ids=worlds.names(9))
    table = table[np.random.default_rng(1).random(len(table)) > 0.2]
    model = spatial.OLS("y ~ x1 + x2", effects="twoway", missing="absent")
    fit = model.fit(spatial.Panel(table, "unit", "time"), worlds.graph(w, worlds.names(9)))
    found = fit.fixed_effects()
    sums = found.groupby("kind")["estimate"].sum()
    assert abs(sums["unit"]) < 1e-9
    assert abs(sums["time"]) < 1e-9
    values = found.set_index(["kind", "label"])["estimate"]
    frame = table.set_index(["unit", "time"])
    rest = frame["y"] - frame[["x1", "x2"]] @ fit.params - fit.residuals
    unit, time = (frame.index.get_level_values(level) for level in ("unit", "time"))
    made = found["estimate"].iloc[0] + values["unit"][unit].array + values["time"][time].array
    np.testing.assert_allclose(rest, made, atol=1e-9)
    assert (found["std_error"] > 0).all()


@pytest.mark.parametrize("kind", ["SEM", "SDEM", "SAC"])
def test_random_effects_outside_the_filter_do_not_depend_on_the_way(kind, as_if_many, monkeypatch):
    table = fitted("plain", "SDM", "unit").table
    shift = dict(zip(NAMES, 3.0 * np.random.default_rng(4).normal(size=16), strict=True))
    table = table.assign(y=table["y"] + table["unit"].map(shift))
    panel = spatial.Panel(table, "unit", "time")
    w, model = worlds.graph(worlds.lattice_matrix(4), NAMES), getattr(spatial, kind)

    def fit():
        return model("y ~ x1 + x2", effects="random").fit(panel, w)

    few = fit()
    assert few._fitted.phi > 0.5
    assert abs(few.params["lambda"]) > 0.02
    as_if_many()
    monkeypatch.setattr("spatial.random_effects.estimate.FEW", 0)
    between = fit()
    assert between.cov_kind == "expected"
    np.testing.assert_allclose(between.cov, few.cov, rtol=1e-6, atol=1e-12)
    monkeypatch.setattr("spatial.random_effects.estimate.DENSE_LIMIT", 0)
    monkeypatch.setattr("spatial.random_effects.covariance.DENSE_LIMIT", 0)
    many = fit()
    assert (few.cov_kind, many.cov_kind) == ("expected", "observed")
    assert many.loglik == pytest.approx(few.loglik, abs=1e-9)
    np.testing.assert_allclose(many.params, few.params, rtol=1e-7, atol=1e-9)
    few = few.with_cov("observed")
    np.testing.assert_allclose(many.cov, few.cov, rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(many.random_effects(), few.random_effects(), atol=1e-7)
    np.testing.assert_allclose(
        many.variance_components["variance"], few.variance_components["variance"], rtol=1e-6
    )
    with pytest.raises(spatial.InputError, match="observed"):
        many.with_cov("expected")
    monkeypatch.setattr("spatial.random_effects.sparse_between.plan_inverse", lambda *_: None)
    with pytest.raises(spatial.InputError, match="inside"):
        fit()


# ---- dependence that fades with distance

PLACES = pd.DataFrame(
    {"lon": np.arange(16) % 4 * 1.0, "lat": 30.0 + np.arange(16) // 4}, index=NAMES
)
FADING = [
    ("plain", "twoway", "GNS", 0),
    ("second graph", "unit", "SAC", 1),
    ("unbalanced", "twoway", "SDM", 1),
    ("gaps isolate", "none", "SDEM", 0),
]


@pytest.mark.parametrize("kernel", ["bartlett", "uniform"])
@pytest.mark.parametrize(("shape", "effects", "model", "lags"), FADING)
def test_all_columns_drawn_are_the_sum(shape, effects, model, lags, kernel, monkeypatch):
    options = {"km": 180, "lags": lags, "kernel": kernel, "coords": PLACES}
    fit = fitted(shape, model, effects).fit
    few = fit.with_cov("hac", **options)
    monkeypatch.setattr(covariance.distance, "DENSE_LIMIT", 0)
    monkeypatch.setattr(nearness, "MOST_LISTED", 0)
    monkeypatch.setattr(nearness, "TOGETHER", 3)
    monkeypatch.setattr(sampled, "BLOCK", 5)
    many = fit.with_cov("hac", **options)
    pd.testing.assert_frame_equal(many.cov, few.cov, rtol=1e-9)
    assert many.notes == few.notes


def test_drawn_columns_are_right_on_average_and_their_error_is_stated(monkeypatch):
    fit = fitted("plain", "SDM", "twoway").fit._fitted
    quadratics, over = covariance.forms.forms(fit), np.eye(5)
    near = covariance.coordinates.kernel_weights(fit.sample, 180.0, "bartlett", PLACES, None)
    exact, none = covariance.distance._common(fit, quadratics, near, over)
    assert (none == 0.0).all()
    monkeypatch.setattr(sampled, "COLUMNS", 20)
    found = []
    for seed in range(400):
        monkeypatch.setattr(sampled, "SEED", seed)
        found.append(sampled.sampled_halves(fit, quadratics, near, over))
    values, errors = (np.array([part[place][0, 0] for part in found]) for place in (0, 1))
    gap = values.mean() - exact[0, 0]
    assert abs(gap) < 4.0 * values.std() / np.sqrt(len(values))
    assert np.sqrt((errors**2).mean()) == pytest.approx(values.std(), rel=0.15)


def test_a_sample_of_columns_says_how_much_it_leaves_open(monkeypatch):
    fit = fitted("plain", "GNS", "none").fit
    options = {"km": 180, "coords": PLACES}
    exact = fit.with_cov("hac", **options).std_errors
    monkeypatch.setattr(covariance.distance, "DENSE_LIMIT", 0)
    monkeypatch.setattr(sampled, "COLUMNS", 60)
    found = fit.with_cov("hac", **options)
    (note,) = [note for note in found.notes if "columns, drawn at random" in note]
    stated = float(re.search(r"about (\d+\.\d) %", note)[1])
    apart = (found.std_errors / exact - 1.0).abs()[["rho", "lambda"]] * 100.0
    assert (apart < 4.0 * stated).all()
    assert (apart > 0.0).all()
    assert in_chinese(note) != note


PAIRS = {name: place // 2 for place, name in enumerate(NAMES)}
GROUPINGS = {"unit": "unit", "region": pd.Series(REGIONS, name="region"), "pair": PAIRS}


@pytest.mark.parametrize("by", GROUPINGS)
@pytest.mark.parametrize(("shape", "effects", "model"), [FITS[0], FITS[1], FITS[7]])
def test_drawn_groups_are_right_on_average(shape, effects, model, by, monkeypatch):
    fit = fitted(shape, model, effects).fit._fitted
    quadratics = covariance.forms.forms(fit)
    groups = covariance.groups.row_groups(fit.sample, GROUPINGS[by])
    exact, none = between.between_groups(fit, quadratics, groups)
    assert (none == 0.0).all()
    monkeypatch.setattr(between, "BLOCK_LIMIT", 0)
    monkeypatch.setattr(between, "DRAWS", 4000)
    monkeypatch.setattr(between, "PACK", 5)
    drawn, error = between.between_groups(fit, quadratics, groups)
    assert (np.diag(error) > 0.0).all()
    assert (np.diag(error) < 0.05 * np.diag(exact)).all()
    np.testing.assert_array_less(np.abs(drawn - exact), 4.0 * error + 1e-12)


def test_a_sample_of_groups_says_how_much_it_leaves_open(monkeypatch):
    fit = fitted("unbalanced", "SDM", "twoway").fit
    exact = fit.with_cov("cluster", by="unit")
    monkeypatch.setattr(between, "BLOCK_LIMIT", 0)
    found = fit.with_cov("cluster", by="unit")
    (note,) = [note for note in found.notes if "draws of groups" in note]
    assert not any("draws of groups" in note for note in exact.notes)
    stated = float(re.search(r"about (\d+\.\d) %", note)[1])
    apart = abs(found.std_errors["rho"] / exact.std_errors["rho"] - 1.0) * 100.0
    assert 0.0 < apart < 4.0 * stated
    assert in_chinese(note) != note
    both = fit.with_cov("cluster", by=["unit", "time"])
    assert any("draws of groups" in note for note in both.notes)


# ---- invariants at a size at which no whole inverse is made


def large_graph(rows, columns, *, drop=7):
    """Queen lattice with islands in it."""
    place = np.arange(rows * columns).reshape(rows, columns)
    pairs = [
        (place[:, :-1], place[:, 1:]),
        (place[:-1], place[1:]),
        (place[:-1, :-1], place[1:, 1:]),
        (place[:-1, 1:], place[1:, :-1]),
    ]
    one = np.concatenate([a.ravel() for a, _ in pairs])
    two = np.concatenate([b.ravel() for _, b in pairs])
    islands = np.random.default_rng(1).choice(place.size, size=drop, replace=False)
    kept = ~(np.isin(one, islands) | np.isin(two, islands))
    one, two = one[kept], two[kept]
    at = (np.concatenate([one, two]), np.concatenate([two, one]))
    matrix = sparse.csr_array((np.ones(len(at[0])), at), shape=(place.size,) * 2)
    return weights.from_matrix(matrix, np.arange(place.size))


@pytest.fixture(scope="module")
def large():
    graph = large_graph(70, 71)
    w = graph.sparse.tocsc()
    n = w.shape[0]
    rng = np.random.default_rng(2)
    x = rng.normal(size=(n, 2))
    mean = x @ [1.0, -0.5] + w @ (x @ [0.5, 0.3]) + rng.normal(size=n)
    y = sparse.linalg.spsolve(sparse.eye(n, format="csc") - 0.6 * w, mean)
    table = pd.DataFrame({"y": y, "x1": x[:, 0], "x2": x[:, 1]}, graph.unique_ids)
    return spatial.SDM("y ~ x1 + x2").fit(table, graph)


def test_means_over_units_are_the_effects(large):
    """Diagonals from entries of the inverse, means from derivatives of the log-determinant."""
    effects = large.effects().set_index(["term", "effect"])
    table = large.effects_by_unit("x1")
    direct = effects.loc[("x1", "direct")]
    assert table["own"].mean() == pytest.approx(direct["estimate"], rel=1e-8)
    indirect = effects.loc[("x1", "indirect"), "estimate"]
    assert table["received"].mean() == pytest.approx(indirect, rel=1e-8)
    assert table["sent"].mean() == pytest.approx(indirect, rel=1e-8)
    alone = large._fitted.sample.network.blocks[0].operator.isolates
    assert alone.sum() == 7
    assert (table.loc[alone, "own"] == large.params["x1"]).all()
    np.testing.assert_allclose(table.loc[alone, ["received", "sent"]], 0.0, atol=1e-14)


def test_derivatives_of_own_effects_average_to_those_of_the_direct_effect(large):
    sample = large._fitted.sample
    op = sample.network.blocks[0].operator
    rho = float(large.params["rho"])
    found = diagonals.multiplier_diagonals(op, op, rho)
    known = large._fitted.logdets[0].logdet
    g, h = float(known.g(rho)), float(known.h(rho))
    assert found.inverse.sum() == pytest.approx(op.n + rho * g, rel=1e-9)
    assert found.lagged.sum() == pytest.approx(g, rel=1e-8)
    assert found.inverse_slope.sum() == pytest.approx(g + rho * h, rel=1e-6)
    assert found.lagged_slope.sum() == pytest.approx(h, rel=1e-6)


def test_chosen_columns_of_the_inverse_have_that_diagonal(large):
    op = large._fitted.sample.network.blocks[0].operator
    rho = float(large.params["rho"])
    found = diagonals.multiplier_diagonals(op, op, rho)
    for place in (0, 1234, op.n - 1):
        unit = np.zeros(op.n)
        unit[place] = 1.0
        column = systems.solve_system(op, rho, unit)
        again = systems.solve_system(op, rho, op.matrix @ column)
        assert found.inverse[place] == pytest.approx(column[place], rel=1e-12)
        assert found.inverse_slope[place] == pytest.approx(again[place], rel=1e-11)


def test_expected_information_is_near_the_observed_one(large):
    observed, expected = large.with_cov("observed"), large.with_cov("expected")
    assert (observed.cov_kind, expected.cov_kind) == ("observed", "expected")
    np.testing.assert_allclose(expected.std_errors, observed.std_errors, rtol=0.02)
    robust = large.with_cov("robust").std_errors
    np.testing.assert_allclose(robust, expected.std_errors, rtol=0.05)


@pytest.mark.parametrize("most", [60, 2])
@pytest.mark.parametrize("rho", [0.45, 0.8, -0.7, 0.0])
def test_the_largest_flows_are_those_of_all_columns(rho, most, monkeypatch):
    """Those that are not ruled out hold every one of the largest flows, however few powers tell."""
    monkeypatch.setattr(flows, "ORDERS", most)
    op = operator(large_graph(30, 31))
    n, asked = op.n, []
    slopes = units.Slopes(1.0, 0.4, rho, np.eye(3))
    monkeypatch.setattr(flows, "_refuse_columns", lambda _, count: asked.append(count))
    monkeypatch.setattr(flows, "BLOCK", 50)
    monkeypatch.setattr(flows, "CHUNK", 200)
    found = flows.largest_flows(units.Reach(op, op, np.arange(n), 1), slopes, np.arange(n), 40)
    assert asked[0] < n // 2 or most == 2
    w = op.matrix.toarray()
    dense = np.linalg.solve(np.eye(n) - rho * w, np.eye(n) + 0.4 * w)
    np.fill_diagonal(dense, 0.0)
    largest = np.sort(np.abs(dense), axis=None)[::-1][:40]
    np.testing.assert_allclose(np.abs(found.effect), largest, rtol=1e-10)
    np.testing.assert_allclose(found.effect, dense[found.receiver, found.sender], rtol=1e-10)


def test_a_rough_sum_of_powers_rules_out_no_column_that_counts(monkeypatch):
    """The first power knows only links of V, among few units; the largest flows go along W."""
    op = operator(large_graph(20, 20, drop=0))
    n, few = op.n, np.arange(50)
    ring = sparse.csr_array((np.ones(50), (few, np.roll(few, 1))), shape=(n, n))
    by = operator(weights.from_matrix(ring, np.arange(n)))
    slopes = units.Slopes(1.0, 0.05, 0.6, np.eye(3))
    monkeypatch.setattr(flows, "ORDERS", 2)
    monkeypatch.setattr(flows, "BLOCK", 50)
    found = flows.largest_flows(units.Reach(op, by, np.arange(n), 1), slopes, np.arange(n), 30)
    dense = np.linalg.inv(np.eye(n) - 0.6 * op.matrix.toarray())
    dense = dense @ (np.eye(n) + 0.05 * by.matrix.toarray())
    np.fill_diagonal(dense, 0.0)
    largest = np.sort(np.abs(dense), axis=None)[::-1][:30]
    np.testing.assert_allclose(np.abs(found.effect), largest, rtol=1e-10)


# ---- refusals


@pytest.fixture
def forgotten(large):
    forget(large)
    yield large
    forget(large)


def test_weights_that_would_fill_up_are_refused_with_a_way_out(forgotten, monkeypatch):
    large = forgotten
    monkeypatch.setattr("spatial.diagonals.plan_inverse", lambda *_: None)
    monkeypatch.setattr("spatial.sparse_traces.inverse_entries", lambda *_: None)
    for module in (units, multiplier, orders, traces, covariance.forms):
        monkeypatch.setattr(module, "BLOCK_LIMIT", 4000)
    monkeypatch.setattr(orders, "MOST_NUMBERS", 0)
    with pytest.raises(spatial.InputError, match=r"own effects .* flows\(unit=\)"):
        large.effects_by_unit("x1")
    with pytest.raises(spatial.InputError, match="orders"):
        large.effects_by_order("x1")
    monkeypatch.setattr(flows, "BLOCK_LIMIT", 10)
    monkeypatch.setattr(flows, "ORDERS", 2)
    with pytest.raises(spatial.InputError, match="name a unit"):
        large.flows("x1", top=5000)
    with pytest.raises(spatial.InputError, match='use with_cov\\("observed"\\)'):
        large.with_cov("expected")
    with pytest.raises(spatial.InputError, match='with_cov\\("observed"\\)'):
        large.with_cov("robust")
