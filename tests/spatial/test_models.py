"""Invariances, refusals and notes of the models through their public names."""

import pickle

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph
from support import worlds

import spatial
from spatial import weights
from spatial.effects import flows

FORMULA = "y ~ x1 + x2"


@pytest.fixture(scope="module")
def matrix():
    return worlds.lattice_matrix(5)


@pytest.fixture(scope="module")
def graph(matrix):
    return worlds.graph(matrix)


@pytest.fixture(scope="module")
def table(matrix):
    return worlds.simulated_panel(worlds.row_standardised(matrix), periods=6, seed=4)


@pytest.fixture(scope="module")
def fit(table, graph):
    return spatial.SDM(FORMULA, effects="twoway").fit(spatial.Panel(table, "unit", "time"), graph)


def test_shuffled_rows_change_nothing(table, graph, fit):
    mixed = table.sample(frac=1.0, random_state=7)
    again = spatial.SDM(FORMULA, effects="twoway").fit(spatial.Panel(mixed, "unit", "time"), graph)
    pd.testing.assert_series_equal(again.params, fit.params, check_exact=True)
    pd.testing.assert_frame_equal(again.effects(), fit.effects())
    pd.testing.assert_frame_equal(again.effects_by_unit("x1"), fit.effects_by_unit("x1"))
    pd.testing.assert_series_equal(again.residuals, fit.residuals)


def test_order_of_the_graph_changes_nothing(table, matrix, fit):
    order = np.random.default_rng(1).permutation(len(matrix))
    ids = [worlds.names(len(matrix))[i] for i in order]
    other = weights.from_matrix(matrix[np.ix_(order, order)], ids)
    again = spatial.SDM(FORMULA, effects="twoway").fit(spatial.Panel(table, "unit", "time"), other)
    np.testing.assert_allclose(again.params, fit.params, rtol=1e-10)
    np.testing.assert_allclose(again.cov, fit.cov, rtol=1e-9)


@pytest.mark.parametrize(
    "rename",
    [lambda u: f"市{u}", lambda u: 110000 + int(u[1:]), lambda u: float(110000 + int(u[1:]))],
)
def test_renamed_units_change_nothing(table, matrix, fit, rename):
    ids = [rename(u) for u in worlds.names(len(matrix))]
    graph_ids = [str(int(i)) if not isinstance(i, str) else i for i in ids]
    renamed = table.assign(unit=table["unit"].map(rename))
    again = spatial.SDM(FORMULA, effects="twoway").fit(
        spatial.Panel(renamed, "unit", "time"), weights.from_matrix(matrix, graph_ids)
    )
    np.testing.assert_allclose(again.params, fit.params, rtol=1e-10)
    np.testing.assert_allclose(again.std_errors, fit.std_errors, rtol=1e-10)


def test_units_of_measurement_only_rescale(table, graph, fit):
    scaled = table.assign(
        y=table["y"] * 1e6 + 5e8, x1=table["x1"] * 1e-6, x2=table["x2"] * 1e4 - 7e5
    )
    again = spatial.SDM(FORMULA, effects="twoway").fit(spatial.Panel(scaled, "unit", "time"), graph)
    factor = np.array([1e12, 1e2, 1e12, 1e2, 1.0])
    np.testing.assert_allclose(again.params, fit.params * factor, rtol=1e-6)
    np.testing.assert_allclose(again.std_errors, fit.std_errors * factor, rtol=1e-6)


def test_nothing_is_mutated(table, graph):
    before, edges = table.copy(), graph.adjacency.copy()
    panel = spatial.Panel(table, "unit", "time")
    frame = panel.frame
    frame["y"] = 0.0
    result = spatial.SAR(FORMULA, effects="unit").fit(panel, graph)
    params, cov = result.params, result.cov
    params.iloc[0] = 99.0
    cov.iloc[0, 0] = 99.0
    pd.testing.assert_frame_equal(table, before)
    pd.testing.assert_series_equal(graph.adjacency, edges)
    assert result.params.iloc[0] != 99.0
    assert result.cov.iloc[0, 0] != 99.0


def test_panel_of_one_year_equals_cross_section(table, graph):
    panel = spatial.Panel(table, "unit", "time").subset(years=[2003])
    cross = spatial.SDM(FORMULA).fit(panel.at(2003), graph)
    pooled = spatial.SDM(FORMULA).fit(panel, graph)
    pd.testing.assert_series_equal(cross.params, pooled.params)
    pd.testing.assert_frame_equal(cross.effects(), pooled.effects())
    assert cross.residuals.index.name == "unit"
    assert pooled.residuals.index.names == ["unit", "time"]
    assert list(cross.params.index) == ["Intercept", "x1", "x2", "W.x1", "W.x2", "rho"]


def test_residuals_and_fitted_follow_their_definitions(table, matrix, graph, fit):
    w = worlds.row_standardised(matrix)
    y = table["y"].to_numpy().reshape(6, -1)
    residual = fit.residuals.to_numpy().reshape(6, -1)
    np.testing.assert_allclose(residual.sum(axis=0), 0.0, atol=1e-10)
    np.testing.assert_allclose(residual.sum(axis=1), 0.0, atol=1e-10)
    x = table[["x1", "x2"]].to_numpy().reshape(6, -1, 2)
    p = fit.params
    structure = (
        y
        - p["rho"] * y @ w.T
        - x @ p[["x1", "x2"]].to_numpy()
        - np.einsum("ij,tjk->tik", w, x) @ p[["W.x1", "W.x2"]].to_numpy()
    )
    effects = structure - residual
    interaction = (
        effects - effects.mean(axis=0) - effects.mean(axis=1, keepdims=True) + effects.mean()
    )
    np.testing.assert_allclose(interaction, 0.0, atol=1e-10)
    s = np.eye(len(w)) - p["rho"] * w
    np.testing.assert_allclose(
        fit.fitted.to_numpy().reshape(6, -1),
        np.linalg.solve(s, (y @ s.T - residual).T).T,
        rtol=1e-9,
    )
    assert fit.rsquared == pytest.approx(
        1 - (residual**2).sum() / ((y - y.mean()) ** 2).sum(), rel=1e-12
    )


def test_units_missing_from_the_weights_are_named(table, matrix):
    small = weights.from_matrix(matrix[:-2, :-2], worlds.names(len(matrix))[:-2])
    with pytest.raises(spatial.InputError, match="u023, u024"):
        spatial.SDM(FORMULA).fit(spatial.Panel(table, "unit", "time"), small)


def test_units_without_data_are_cut_and_named(table, matrix):
    line = np.zeros((26, 26))
    line[:25, :25] = matrix
    line[0, 25] = line[25, 0] = 1.0
    graph = weights.from_matrix(line, [*worlds.names(25), "far"])
    with pytest.warns(spatial.AlignmentWarning, match="far"):
        fit = spatial.SDM(FORMULA, effects="twoway").fit(
            spatial.Panel(table, "unit", "time"), graph
        )
    plain = spatial.SDM(FORMULA, effects="twoway").fit(
        spatial.Panel(table, "unit", "time"), worlds.graph(matrix)
    )
    np.testing.assert_allclose(fit.params, plain.params, rtol=1e-12)
    assert any("far" in note for note in fit.notes)


def test_unit_that_loses_its_only_neighbour_is_named(table, matrix):
    cut = worlds.with_isolate(matrix)
    line = np.zeros((26, 26))
    line[:25, :25] = cut
    line[24, 25] = line[25, 24] = 1.0
    graph = weights.from_matrix(line, [*worlds.names(25), "only"])
    with pytest.warns(spatial.AlignmentWarning):
        fit = spatial.SDM(FORMULA, effects="unit").fit(spatial.Panel(table, "unit", "time"), graph)
    assert any("left without a neighbour" in note and "u024" in note for note in fit.notes)


def test_unscaled_weights_warn_with_range_and_remedy(table, matrix):
    graph = weights.from_matrix(matrix, worlds.names(25), transform="none")
    with pytest.warns(spatial.ScalingWarning, match="3 to 8"):
        fit = spatial.SAR(FORMULA, effects="unit").fit(spatial.Panel(table, "unit", "time"), graph)
    assert any("sum to 3 to 8" in note for note in fit.notes)
    high = np.linalg.eigvalsh(matrix).max()
    assert fit.rho_interval[1] == pytest.approx(1 / high, rel=1e-10)


@pytest.mark.parametrize("thing", [np.eye(3), [[0, 1], [1, 0]], "queen"])
def test_weights_without_labels_are_refused(table, thing):
    with pytest.raises(spatial.InputError, match="weights.from_matrix"):
        spatial.SDM(FORMULA).fit(spatial.Panel(table, "unit", "time"), thing)


def test_bare_arrays_are_refused(graph):
    with pytest.raises(spatial.InputError, match=r"spatial\.Panel"):
        spatial.SDM(FORMULA).fit(np.zeros((3, 3)), graph)


def test_unbalanced_panel_is_refused_with_both_remedies(table, graph):
    with pytest.raises(spatial.InputError, match=r"u003 2002.*units=panel.complete_units.*years="):
        holes = table[~((table["unit"] == "u003") & (table["time"] == 2002))]
        spatial.SDM(FORMULA, effects="unit").fit(spatial.Panel(holes, "unit", "time"), graph)


def test_one_year_with_effects_is_refused(table, graph):
    panel = spatial.Panel(table, "unit", "time").subset(years=[2001])
    with pytest.raises(spatial.InputError, match="one time, 2001"):
        spatial.SDM(FORMULA, effects="unit").fit(panel, graph)
    with pytest.raises(spatial.InputError, match="cross-section"):
        spatial.SDM(FORMULA, effects="unit").fit(panel.at(2001), graph)


@pytest.mark.parametrize(
    ("formula", "effects", "message"),
    [
        ("y ~ x1 + fixed", "unit", "fixed, W.fixed are absorbed by unit effects"),
        ("y ~ x1 + yearly", "time", "yearly, W.yearly are absorbed by time effects"),
        (
            "y ~ x1 + same",
            "none",
            "same is a combination|Intercept is a combination|W.same is a combination",
        ),
        ("y ~ x1 + x2 + both", "twoway", "combination of"),
        ("flat ~ x1", "twoway", "flat does not vary"),
        ("double ~ y", "unit", "reproduce double exactly"),
    ],
)
def test_columns_that_cannot_be_estimated_are_named(table, graph, formula, effects, message):
    extra = table.assign(
        fixed=table.groupby("unit")["x1"].transform("first"),
        yearly=table.groupby("time")["x1"].transform("first"),
        same=3.0,
        both=table["x1"] - 2 * table["x2"],
        flat=1.0,
        double=2 * table["y"],
    )
    with pytest.raises(spatial.InputError, match=message):
        spatial.SDM(formula, effects=effects).fit(spatial.Panel(extra, "unit", "time"), graph)


def test_missing_and_infinite_values_are_named(table, graph):
    broken = table.copy()
    broken.loc[(broken["unit"] == "u004") & (broken["time"] == 2001), "x1"] = np.nan
    with pytest.raises(spatial.InputError, match="x1 in 1 row .u004 2001"):
        spatial.SDM(FORMULA).fit(spatial.Panel(broken, "unit", "time"), graph)
    broken = table.assign(x1=table["x1"].abs())
    broken.loc[(broken["unit"] == "u004") & (broken["time"] == 2001), "x1"] = 0.0
    with pytest.raises(spatial.InputError, match=r"log\(x1\) is infinite.*u004 2001"):
        spatial.SDM("y ~ log(x1)").fit(spatial.Panel(broken, "unit", "time"), graph)


def test_likelihood_without_inner_maximum_is_refused(graph, matrix):
    """The second eigenvector moves as if rho were beyond one, once the unit root is taken out."""
    values, vectors = np.linalg.eig(worlds.row_standardised(matrix))
    wave = np.real(vectors[:, np.argsort(-values.real)[1]])
    rng = np.random.default_rng(0)
    noise = rng.normal(size=(6, 25))
    table = pd.DataFrame(
        {
            "unit": np.tile(worlds.names(25), 6),
            "time": np.repeat(range(6), 25),
            "x": rng.normal(size=150),
            "y": (wave * np.arange(1, 7)[:, None] + 1e-3 * noise).ravel(),
        }
    )
    panel = spatial.Panel(table, "unit", "time")
    with pytest.raises(spatial.InputError, match="edge of the admissible interval"):
        spatial.SAR("y ~ x", effects="time").fit(panel, graph)


def test_rho_near_the_edge_is_noted(matrix, graph):
    w = worlds.row_standardised(matrix)
    table = worlds.simulated_panel(
        w, periods=1, rho=0.995, seed=10, effects=False, beta=(0.2, 0.1), theta=(0, 0)
    )
    fit = spatial.SAR(FORMULA).fit(table.drop(columns="time").set_index("unit"), graph)
    assert fit.params["rho"] + 2 * fit.std_errors["rho"] > 1.0
    assert any("edge of its interval" in note for note in fit.notes)


def test_options_that_do_not_exist_are_refused(fit):
    with pytest.raises(spatial.InputError, match="none, unit, time, twoway"):
        spatial.SDM(FORMULA, effects="both")
    with pytest.raises(spatial.InputError, match="lee-yu"):
        spatial.SDM(FORMULA, effects="unit", bias_correction="ly")
    with pytest.raises(spatial.InputError, match="needs fixed effects"):
        spatial.SDM(FORMULA, bias_correction="lee-yu")
    with pytest.raises(spatial.InputError, match="no spatial lags of regressors"):
        spatial.SAR(FORMULA, lagged=["x1"])
    for lagged in (5, [5]):
        with pytest.raises(spatial.InputError, match="no list of terms"):
            spatial.SDM(FORMULA, lagged=lagged)
    with pytest.raises(spatial.InputError, match="expected"):
        fit.with_cov("guess")
    with pytest.raises(spatial.InputError, match="delta"):
        fit.effects("guess")
    with pytest.raises(spatial.InputError, match="0.95"):
        fit.effects(level=95)
    with pytest.raises(spatial.InputError, match="x1, x2"):
        fit.effects_by_unit("x9")
    with pytest.raises(spatial.InputError, match="no unit of this fit"):
        fit.flows("x1", unit="nowhere")
    for top in (0, 2.5, "3", True):
        with pytest.raises(spatial.InputError, match="top"):
            fit.flows("x1", top=top)
    for seed in (-1, 0.5, None):
        with pytest.raises(spatial.InputError, match="seed"):
            fit.effects("simulate", seed=seed)
    for draws in (1, 10.5, "9"):
        with pytest.raises(spatial.InputError, match="draws"):
            fit.effects("simulate", draws=draws)


def test_specification_holds_no_data_and_compares(table, graph):
    one, two = spatial.SDM(FORMULA, lagged=["x1"]), spatial.SDM(FORMULA, lagged=("x1",))
    assert one == two
    assert hash(one) == hash(two)
    fit = one.fit(spatial.Panel(table, "unit", "time"), graph)
    assert list(fit.params.index) == ["Intercept", "x1", "x2", "W.x1", "rho"]


def test_with_cov_gives_a_new_result(fit):
    observed = fit.with_cov("observed")
    assert (fit.cov_kind, observed.cov_kind) == ("expected", "observed")
    assert not np.allclose(observed.cov, fit.cov)
    pd.testing.assert_series_equal(observed.params, fit.params)
    assert not np.allclose(observed.effects()["std_error"], fit.effects()["std_error"])
    pd.testing.assert_frame_equal(observed.with_cov("expected").cov, fit.cov)


def test_total_effect_identity(fit):
    effects = fit.effects().set_index(["term", "effect"])["estimate"]
    for term in fit.terms:
        total = (fit.params[term] + fit.params[f"W.{term}"]) / (1 - fit.params["rho"])
        assert effects[term, "total"] == pytest.approx(total, rel=1e-12)
        units = fit.effects_by_unit(term)
        assert units["own"].mean() == pytest.approx(effects[term, "direct"], rel=1e-10)
        assert units["received"].mean() == pytest.approx(effects[term, "indirect"], rel=1e-9)
        assert units["sent"].mean() == pytest.approx(effects[term, "indirect"], rel=1e-9)


def test_flows_of_one_unit_are_the_largest_first(fit):
    flows = fit.flows("x1", unit="u007", top=5)
    assert list(flows.columns) == ["from", "to", "effect", "std_error"]
    assert (flows["from"] == "u007").all()
    assert "u007" not in set(flows["to"])
    assert flows["effect"].abs().is_monotonic_decreasing
    every = fit.flows("x1", unit="u007")
    assert every["effect"].sum() == pytest.approx(
        fit.effects_by_unit("x1").loc["u007", "sent"], rel=1e-9
    )


def test_largest_flows_need_no_table_of_all_pairs(fit, monkeypatch):
    every = fit.flows("x1")
    monkeypatch.setattr(flows, "PAIR_LIMIT", 100)
    monkeypatch.setattr(flows, "BLOCK", 7)
    pd.testing.assert_frame_equal(fit.flows("x1", top=30), every.head(30))
    with pytest.raises(spatial.InputError, match="top="):
        fit.flows("x1")


def test_summary_states_model_and_numbers(fit):
    text = fit.summary()
    for piece in (
        "SDM: y ~ x1 + x2",
        "twoway",
        "Lee and Yu",
        "W.x1",
        "rho",
        "indirect x2",
        "row-standardised",
    ):
        assert piece in text
    assert f"{fit.loglik:.3f}" in text
    assert (
        max(len(line) for line in text.splitlines() if not line.startswith(("Note", "Weights")))
        <= 90
    )


def test_glance_and_tidy_agree_with_the_properties(fit):
    row = fit.glance().iloc[0]
    assert (row["nobs"], row["likelihood_nobs"]) == (150, 120)
    assert row["loglik"] == fit.loglik
    tidy = fit.tidy(level=0.9).set_index("term")
    assert list(tidy.columns) == [
        "estimate",
        "std_error",
        "statistic",
        "p_value",
        "conf_low",
        "conf_high",
    ]
    half = 1.6448536269514722 * fit.std_errors
    np.testing.assert_allclose(tidy["conf_high"] - tidy["estimate"], half, rtol=1e-12)
    np.testing.assert_allclose(tidy["p_value"], fit.pvalues)


def test_fit_travels_to_other_processes(fit):
    again = pickle.loads(pickle.dumps(fit))
    pd.testing.assert_series_equal(again.params, fit.params)
    pd.testing.assert_frame_equal(again.effects(), fit.effects())


def test_uncorrected_is_the_dummy_variable_likelihood(table, graph, fit):
    plain = spatial.SDM(FORMULA, effects="twoway", bias_correction=None).fit(
        spatial.Panel(table, "unit", "time"), graph
    )
    pd.testing.assert_series_equal(fit.uncorrected().params, plain.params)
    assert plain.likelihood_nobs == 150


@pytest.mark.slow
def test_recovers_known_parameters():
    matrix = worlds.lattice_matrix(9)
    w = worlds.row_standardised(matrix)
    graph = worlds.graph(matrix)
    truth = np.array([1.0, -0.5, 0.5, 0.3, 0.4])
    estimates, covered = [], []
    for seed in range(120):
        table = worlds.simulated_panel(w, periods=8, seed=seed)
        fit = spatial.SDM(FORMULA, effects="twoway").fit(
            spatial.Panel(table, "unit", "time"), graph
        )
        estimates.append(fit.params.to_numpy())
        tidy = fit.tidy()
        covered.append(((tidy["conf_low"] <= truth) & (truth <= tidy["conf_high"])).to_numpy())
    estimates = np.array(estimates)
    error = estimates.std(axis=0, ddof=1) / np.sqrt(len(estimates))
    assert (np.abs(estimates.mean(axis=0) - truth) < 4 * error).all()
    share = np.mean(covered, axis=0)
    assert (np.abs(share - 0.95) < 4 * np.sqrt(0.95 * 0.05 / len(estimates))).all()


def test_lags_without_meaning_are_refused(table):
    panel = spatial.Panel(table, "unit", "time")
    none = weights.from_matrix(np.zeros((25, 25)), worlds.names(25))
    for model in (spatial.SAR, spatial.SLX, spatial.SDM):
        with pytest.raises(spatial.InputError, match="none of the 25 units has a neighbour"):
            model(FORMULA, effects="unit").fit(panel, none)
    every = weights.from_matrix(np.ones((25, 25)) - np.eye(25), worlds.names(25))
    with pytest.raises(spatial.InputError, match="is a multiple of it"):
        spatial.SAR(FORMULA, effects="twoway").fit(panel, every)


def test_cross_section_keeps_numbers_in_their_order(matrix, table):
    section = spatial.Panel(table, "unit", "time").at(2001).set_axis(range(1, 26))
    graph = weights.from_matrix(matrix, list(range(1, 26)))
    fit = spatial.SDM(FORMULA).fit(section.sample(frac=1, random_state=2), graph)
    assert list(fit.units) == list(range(1, 26))


def test_level_of_the_outcome_only_moves_the_intercept(matrix, table):
    section = spatial.Panel(table, "unit", "time").at(2001)
    graph = worlds.graph(matrix)
    fit = spatial.SDM(FORMULA).fit(section, graph)
    moved = spatial.SDM(FORMULA).fit(section.assign(y=section["y"] + 1e7), graph)
    pd.testing.assert_series_equal(moved.params.iloc[1:], fit.params.iloc[1:], rtol=1e-6)


def test_complete_graph_is_refused_in_a_cross_section(table):
    every = weights.from_matrix(np.ones((25, 25)) - np.eye(25), worlds.names(25))
    with pytest.raises(spatial.InputError, match="is a multiple of it"):
        spatial.SAR(FORMULA).fit(spatial.Panel(table, "unit", "time").at(2001), every)


@pytest.mark.filterwarnings("ignore::spatial.ScalingWarning")
def test_scale_of_the_weights_only_rescales_rho(matrix, table):
    panel = spatial.Panel(table, "unit", "time")
    one, other = (
        spatial.SDM(FORMULA, effects="twoway").fit(
            panel, weights.from_matrix(by * matrix, worlds.names(25), transform="none")
        )
        for by in (1.0, 1e-12)
    )
    assert other.params["rho"] * 1e-12 == pytest.approx(one.params["rho"], rel=1e-8)
    pd.testing.assert_frame_equal(
        other.effects().drop(columns=["term", "effect"]),
        one.effects().drop(columns=["term", "effect"]),
        rtol=1e-6,
    )


def test_weights_that_are_only_reordered_stay_as_they_are(matrix, table):
    rough = np.round(worlds.row_standardised(matrix), 7)
    order = np.random.default_rng(3).permutation(25)
    label = np.array(worlds.names(25))
    ways = []
    for some in (np.arange(25), order):
        focal, neighbour = np.nonzero(rough[np.ix_(some, some)])
        values = rough[some[focal], some[neighbour]]
        ways.append(Graph.from_arrays(label[some][focal], label[some][neighbour], values))
    panel = spatial.Panel(table, "unit", "time")
    one, other = (spatial.SAR(FORMULA, effects="unit").fit(panel, graph) for graph in ways)
    assert other.params["rho"] == pytest.approx(one.params["rho"], rel=1e-12)


def test_fixed_effects_alone_carry_a_spatial_lag(table, graph):
    fit = spatial.SAR("y ~ 1", effects="twoway").fit(spatial.Panel(table, "unit", "time"), graph)
    assert list(fit.params.index) == ["rho"]
    assert fit.effects().empty
    assert "rho" in fit.summary()
    with pytest.raises(spatial.InputError, match="no regressor beside the effects"):
        spatial.OLS("y ~ 1", effects="unit").fit(spatial.Panel(table, "unit", "time"), graph)


def test_years_as_categories_are_told_to_stay_unlagged(table, graph):
    panel = spatial.Panel(table.assign(year=table["time"]), "unit", "time")
    with pytest.raises(spatial.InputError, match="choose with lagged= what enters as W x"):
        spatial.SDM("y ~ x1 + C(year)", effects="unit").fit(panel, graph)
    fit = spatial.SDM("y ~ x1 + C(year)", effects="unit", lagged=["x1"]).fit(panel, graph)
    assert "W.x1" in fit.params.index
