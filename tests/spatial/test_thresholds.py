"""Thresholds: against refits by brute force, with known truth, and what is refused."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from support.worlds import graph, lattice_matrix, names, row_standardised

import analysis
import shapes
import spatial
from spatial.thresholds.bootstrap import Drawing
from spatial.thresholds.profile import Objective, cross, rest_of, without

SIDE, PERIODS = 6, 6
MATRIX = lattice_matrix(SIDE)
W = graph(MATRIX)
SPEC = "y ~ x + z"


def world(seed=1, *, gammas=(0.2,), betas=(0.2, 1.0), rho=0.4, theta=0.3, sigma=0.5):
    """A panel whose slope of x changes with q; W x is common."""
    rng = np.random.default_rng(seed)
    n, w = SIDE**2, row_standardised(MATRIX)
    solve = np.linalg.inv(np.eye(n) - rho * w)
    unit, frames = rng.normal(size=n), []
    for t in range(PERIODS):
        x, z, q = rng.normal(size=(3, n))
        slope = np.array(betas)[np.searchsorted(gammas, q)]
        mean = slope * x + 0.5 * z + theta * w @ x + unit + rng.normal()
        y = solve @ (mean + sigma * rng.normal(size=n))
        frames.append(
            pd.DataFrame({"unit": names(n), "time": 2000 + t, "y": y, "x": x, "z": z, "q": q})
        )
    return pd.concat(frames, ignore_index=True)


def panel_of(table):
    return spatial.Panel(table, "unit", "time")


def look(table, **options):
    given = {"variable": "q", "of": "x", "lagged": ["x"], "bootstrap": 19, "seed": 3}
    return spatial.threshold(SPEC, panel_of(table), W, **given | options)


@pytest.fixture(scope="module", name="one")
def one_threshold():
    return look(world(), bootstrap=49)


def split(table, gamma, **columns):
    above = table["q"] > gamma
    return table.assign(low=table["x"] * ~above, up=table["x"] * above, **columns)


class TestAgainstRefits:
    @pytest.mark.parametrize("kind", ["SDM", "SAR", "SLX", "OLS"])
    @pytest.mark.parametrize("effects", ["none", "unit", "twoway"])
    def test_the_curve_is_that_of_models_fitted_one_by_one(self, kind, effects):
        lags = {"lagged": ["x"]} if kind in ("SDM", "SLX") else {"lagged": None}
        table = world()
        found = look(table, kind=kind, effects=effects, most=1, bootstrap=0, **lags)
        panel = panel_of(table)
        wx = W.sparse @ panel.frame["x"].to_numpy().reshape(PERIODS, -1).T
        frame = panel.frame.assign(wx=wx.T.ravel())
        terms = "low + up + z" + (" + wx" if kind in ("SDM", "SLX") else "")
        model = getattr(spatial, "SAR" if kind in ("SDM", "SAR") else "OLS")
        model = model(f"y ~ {terms}", effects=effects)

        def fitted(gamma):
            return model.fit(panel_of(split(frame, gamma)), W)

        best = fitted(found.thresholds["estimate"].iloc[0])
        for row in found.curve.iloc[:: len(found.curve) // 5].itertuples():
            other = fitted(row.value)
            if kind in ("SDM", "SAR"):
                expected = 2 * (best.loglik - other.loglik)
            else:
                expected = other.sigma2 / best.sigma2 * best.likelihood_nobs - best.likelihood_nobs
            assert row.ratio == pytest.approx(expected, rel=1e-6, abs=1e-6)
        slopes = found.regimes[found.regimes["term"] == "x"]
        np.testing.assert_allclose(slopes["estimate"], best.params[["low", "up"]], rtol=1e-8)
        np.testing.assert_allclose(slopes["std_error"], best.std_errors[["low", "up"]], rtol=1e-7)

    def test_the_statistic_is_that_of_no_threshold(self, one):
        panel = panel_of(world())
        base = spatial.SDM(SPEC, effects="twoway", lagged=["x"]).fit(panel, W)
        row = one.tests.iloc[0]
        assert row["test"] == "LR"
        assert row["statistic"] == pytest.approx(2 * (one.fit.loglik - base.loglik), rel=1e-8)

    def test_f_is_hansens(self):
        found = look(world(), kind="OLS", lagged=None, most=1, bootstrap=0)
        base = spatial.OLS(SPEC, effects="twoway").fit(panel_of(world()), W)
        s0, s1 = (fit.sigma2 * fit.likelihood_nobs for fit in (base, found.fit))
        row = found.tests.iloc[0]
        assert row["test"] == "F"
        assert row["statistic"] == pytest.approx((s0 - s1) / found.fit.sigma2, rel=1e-8)

    def test_effects_by_regime_are_those_of_the_dense_inverse(self, one):
        w, n = row_standardised(MATRIX), SIDE**2
        params = one.fit.params
        inverse = np.linalg.inv(np.eye(n) - params["rho"] * w)
        table = one.effects.set_index(["regime", "effect"])["estimate"]
        for regime in (1, 2):
            s = inverse @ (params[f"x[regime {regime}]"] * np.eye(n) + params["W.x"] * w)
            direct, total = np.trace(s) / n, s.sum() / n
            assert table[regime, "direct"] == pytest.approx(direct, rel=1e-9)
            assert table[regime, "total"] == pytest.approx(total, rel=1e-9)

    def test_a_lag_that_switches(self):
        table = world()
        found = look(table, lag="switching", most=1, bootstrap=9)
        gamma = found.thresholds["estimate"].iloc[0]
        model = spatial.SDM("y ~ low + up + z", effects="twoway", lagged=["low", "up"])
        fit = model.fit(panel_of(split(table, gamma)), W)
        assert found.fit.loglik == pytest.approx(fit.loglik, abs=1e-8)
        effects = found.effects["estimate"].to_numpy().reshape(2, 3)
        expected = fit.effects().set_index("term")["estimate"]
        np.testing.assert_allclose(effects[0], expected["low"], rtol=1e-8)
        np.testing.assert_allclose(effects[1], expected["up"], rtol=1e-8)
        assert list(found.regimes["term"]) == ["x", "x", "W.x", "W.x"]

    @pytest.mark.parametrize("columns", [1, 2])
    def test_the_second_threshold_beside_any_first(self, columns):
        rng = np.random.default_rng(4)
        n, g = 60, 7
        basis = np.linalg.qr(rng.normal(size=(n, 3)))[0]
        z = without(rng.normal(size=(columns, n, g)), basis)
        rest = rest_of(rng.normal(size=(n, 2)), basis)
        drawing = Drawing(
            np.zeros(n), np.zeros((1, n)), 0.0, None, None, "none", basis, z, Objective(n)
        )
        loads = np.stack([one.T @ rest for one in z])
        known = z[:, :, 2].T
        others = [j for j in range(g) if j != 2]
        expected = cross(without(z[:, :, others], known), rest_of(rest, known))
        found = rest.T @ rest - loads[:, 2].T @ loads[:, 2] - drawing._further(loads, 2)[others]
        np.testing.assert_allclose(found, expected, rtol=1e-10)

    def test_the_grid_of_rho_is_close_to_the_exact_maximum(self, one):
        fitted = one.fit._fitted
        objective = Objective(fitted.transformation.nobs, fitted.logdets)
        grid = objective.around(one.fit.params["rho"], one.fit.std_errors["rho"])
        rng = np.random.default_rng(2)
        y, wy = fitted.sample.y, fitted.sample.wy
        rest = []
        for _ in range(10):
            noise = rng.normal(size=len(y))
            sides = np.column_stack([y + noise, wy + 0.2 * noise])
            rest.append(sides.T @ sides)
        exact, quick = objective.exact(np.array(rest)), grid.quick(np.array(rest))
        inside = np.abs(exact - quick) < 0.01
        assert inside.all()


class TestTruth:
    def test_one_threshold(self, one):
        row = one.thresholds.iloc[0]
        q = world()["q"]
        same_split = q[q <= 0.2].max()
        assert row["conf_low"] <= same_split <= row["conf_high"]
        assert abs(row["estimate"] - 0.2) < 0.15
        assert one.count == 1
        assert one.tests["p_value"].iloc[0] == pytest.approx(1 / 50)
        assert one.tests["p_value"].iloc[1] > 0.05
        slopes = one.regimes.set_index(["term", "regime"])
        for regime, beta in ((1, 0.2), (2, 1.0)):
            at = slopes.loc["x", regime]
            assert abs(at["estimate"] - beta) < 3 * at["std_error"]
        assert one.critical == pytest.approx(7.35, abs=0.005)
        assert one.regimes["nobs"].sum() == SIDE**2 * PERIODS

    def test_two_thresholds(self):
        table = world(5, gammas=(-0.5, 0.6), betas=(0.0, 1.0, 2.2), sigma=0.3)
        found = look(table, bootstrap=39)
        assert found.count == 2
        assert np.abs(found.thresholds["estimate"] - [-0.5, 0.6]).max() < 0.1
        assert found.curve["threshold"].nunique() == 2
        assert len(found.effects) == 9
        slopes = found.regimes
        assert (np.abs(slopes["estimate"] - [0.0, 1.0, 2.2]) < 3 * slopes["std_error"]).all()

    def test_none(self):
        found = look(world(2, betas=(0.6, 0.6)), bootstrap=39)
        assert found.count == 0
        assert len(found.thresholds) == 1
        assert found.tests["p_value"].iloc[0] > 0.1


@pytest.fixture(scope="module", name="found")
def demonstration():
    home = Path(analysis.__file__).parent / "demo"
    frame = pd.read_csv(home / "panel.csv")
    frame = frame.sort_values(["city", "year"])
    part = ["emp_C39", "emp_I63", "emp_I64", "emp_I65"]
    digital = frame[part].sum(axis=1)
    national = frame.groupby("year")[[*part, "emp_total"]].transform("sum")
    share = national[part].sum(axis=1) / national["emp_total"]
    frame["agglomeration"] = digital / frame["emp_total"] / share
    output = frame["fiscal_revenue"]
    growth = frame.groupby("city")["fiscal_revenue"].pct_change()
    nation = frame.groupby("year")["fiscal_revenue"].transform("sum")
    whole = nation / frame["year"].map(frame.groupby("year")["fiscal_revenue"].sum().shift()) - 1
    assert output.gt(0).all()
    frame["resilience"] = (growth - whole) / whole.abs()
    panel = spatial.Panel(frame[frame["year"] >= 2011], "city", "year")
    bridges = [("海口市", "湛江市"), ("三亚市", "海口市"), ("儋州市", "海口市")]
    bridges.append(("克拉玛依市", "乌鲁木齐市"))
    whole_w = spatial.weights.contiguity(shapes.china_cities(), bridges=bridges)
    w = spatial.weights.subset(whole_w, panel.units)
    text = (home / "demo_truth.json").read_text(encoding="utf-8")
    truth = json.loads(text)["outcomes"]["fiscal_revenue"]
    found = spatial.threshold(
        "resilience ~ agglomeration + log(fdi / gdp)", panel, w,
        variable="digital_finance", of="agglomeration", lagged=["agglomeration"], bootstrap=99,
    )  # fmt: skip
    return found, truth


class TestDemonstration:
    def test_it_finds_the_threshold_and_no_second(self, found):
        result, truth = found
        row = result.thresholds.iloc[0]
        assert row["conf_low"] <= truth["threshold"] <= row["conf_high"]
        assert result.count == 1
        assert result.tests["p_value"].iloc[1] > 0.1

    def test_and_both_slopes(self, found):
        result, truth = found
        slopes = result.regimes[result.regimes["term"] == "agglomeration"]
        expected = [
            truth["parameters"][f"agglomeration, {side} threshold"] for side in ("at most", "above")
        ]
        assert (np.abs(slopes["estimate"] - expected) < 3 * slopes["std_error"]).all()


class TestAnswers:
    def test_rows_in_any_order_and_processes_in_any_number(self, one):
        mixed = look(world().sample(frac=1, random_state=1), bootstrap=49, jobs=2)
        pd.testing.assert_frame_equal(mixed.tests, one.tests)
        pd.testing.assert_frame_equal(mixed.effects, one.effects)

    def test_a_variable_in_other_units(self, one):
        other = look(world().assign(q=lambda t: 3 * t["q"] + 7), bootstrap=49)
        expected = 3 * one.thresholds["estimate"] + 7
        np.testing.assert_allclose(other.thresholds["estimate"], expected)
        np.testing.assert_allclose(other.tests["p_value"], one.tests["p_value"])

    def test_a_coarse_grid_is_refined(self, one):
        coarse = look(world(), grid=40, bootstrap=0)
        pd.testing.assert_frame_equal(coarse.thresholds[["estimate"]], one.thresholds[["estimate"]])

    def test_a_cross_section(self):
        table = world()
        rows = table[table["time"] == 2000].set_index("unit")
        found = spatial.threshold(
            SPEC, rows, W, variable="q", of="x", lagged=["x"], effects="none", bootstrap=9, most=1
        )
        assert found.regimes["nobs"].sum() == SIDE**2

    def test_every_regime_has_its_share(self):
        found = look(world(), trim=0.3, bootstrap=9)
        assert 0.3 <= found.thresholds["share_below"].iloc[0] <= 0.7
        assert found.curve["value"].between(*world()["q"].quantile([0.29, 0.71])).all()

    def test_where_two_do_not_fit(self):
        found = look(world(), trim=0.45, bootstrap=9)
        assert len(found.tests) == 1
        assert "No second threshold" in found.notes[0]

    def test_nothing_given_is_changed(self):
        table = world()
        before = table.copy()
        look(table, bootstrap=0, most=1)
        pd.testing.assert_frame_equal(table, before)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"of": "v"}, "of='v' is no term"),
        ({"variable": "v"}, "no column of the data"),
        ({"variable": "unit"}, "holds text"),
        ({"variable": "flag"}, "leaves 10% of the rows"),
        ({"variable": "gap"}, "missing or infinite in 1 row"),
        ({"kind": "SEM"}, "has no thresholds"),
        ({"lag": "both"}, "lag='both'"),
        ({"lag": "switching", "lagged": ["z"]}, "needs W of x"),
        ({"most": 3}, "1 or 2"),
        ({"trim": 0.5}, "trim=0.5"),
        ({"grid": 3}, "grid=3"),
        ({"bootstrap": -1}, "bootstrap=-1"),
        ({"effects": "random"}, "none, unit, time or twoway"),
        ({"level": 1.5}, "level=1.5"),
    ],
)
def test_refusals(options, words):
    table = world().assign(flag=1.0, gap=lambda t: t["q"].where(t.index != 5))
    with pytest.raises(spatial.InputError, match=words):
        look(table, **options)


def test_an_unbalanced_panel_is_refused():
    with pytest.raises(spatial.InputError, match="complete_units"):
        look(world().drop(index=[3]))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["OLS", "SDM"])
def test_the_first_test_holds_its_level(kind):
    draws, rejected = 200, 0
    for seed in range(draws):
        rho = 0.4 if kind == "SDM" else 0.0
        table = world(100 + seed, betas=(0.6, 0.6), rho=rho, theta=0.3 if rho else 0.0)
        lags = {"lagged": ["x"]} if rho else {"lagged": None}
        found = look(table, kind=kind, most=1, bootstrap=99, grid=50, **lags)
        rejected += found.tests["p_value"].iloc[0] <= 0.05
    assert abs(rejected / draws - 0.05) < 3 * np.sqrt(0.05 * 0.95 / draws)


@pytest.mark.slow
def test_the_second_test_holds_its_level():
    draws, rejected = 200, 0
    for seed in range(draws):
        table = world(500 + seed, betas=(0.0, 1.0), rho=0.0, theta=0.0)
        found = look(table, kind="OLS", lagged=None, bootstrap=99, grid=50)
        rejected += found.tests["p_value"].iloc[1] <= 0.05
    assert abs(rejected / draws - 0.05) < 3 * np.sqrt(0.05 * 0.95 / draws)
