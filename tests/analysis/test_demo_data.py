"""The demonstration panel: is it what the script draws, and do the models find the truth in it?"""

import json
import sys
from importlib import import_module, resources
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import shapes
import spatial
from analysis import indices
from spatial import weights
from spatial.weights.operator import operator

FOLDER = resources.files("analysis") / "demo"
YEARS = np.arange(2010, 2023)
FORMULA = "resilience ~ agglomeration + log(fdi / gdp)"


@pytest.fixture(scope="module")
def table():
    return pd.read_csv(FOLDER / "panel.csv", encoding="utf-8", dtype={"adcode": str})


@pytest.fixture(scope="module")
def truth():
    return json.loads((FOLDER / "demo_truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def cities(table):
    return shapes.china_cities().loc[table["city"].unique()]


@pytest.fixture(scope="module")
def w(cities, truth):
    return weights.contiguity(cities, bridges=truth["sample"]["bridges"])


@pytest.fixture(scope="module")
def script():
    sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))
    try:
        return import_module("draw_demo_panel")
    finally:
        sys.path.pop(0)


@pytest.fixture(scope="module")
def measured(table):
    """The table with its measures; other outcomes under the name of their series."""
    out = table.copy()
    out["agglomeration"] = indices.location_quotient(
        table, part=["emp_I", "emp_C39"], whole="emp_total", unit="city", time="year"
    )
    for series in (
        "gdp",
        "retail_sales",
        "fiscal_revenue",
        "electricity_gwh",
        "loans",
        "new_firms",
    ):
        out[f"r_{series}"] = indices.resilience(table, output=series, unit="city", time="year")
    return out


@pytest.fixture(scope="module")
def models(measured, cities, w):
    """Rows of the models, with the lags that the experiments need as columns of their own."""
    out = measured.sort_values(["year", "city"]).reset_index(drop=True)
    order = operator(w).labels.get_indexer(out.loc[out["year"] == 2010, "city"])
    matrix = operator(w).matrix[order][:, order]
    high = (cities["tier"] != "一般地级市").to_numpy()[order]

    def lag(column, by=matrix):
        return (by @ out[column].to_numpy(dtype=float).reshape(13, 296).T).T.ravel()

    out["w_agg"] = lag("agglomeration")
    out["high_agg"] = out["agglomeration"] * np.tile(high, 13)
    out["down"] = np.where(np.tile(high, 13), 0.0, lag("high_agg"))
    out["east"] = np.tile((cities["region"] == "east").to_numpy()[order], 13).astype(float)
    out["treated"] = (out["year"] >= out["smart_city_year"].fillna(9999)).astype(float)
    out["w_treated"] = lag("treated")
    phones = out["phones_1984_per_100"] - out["phones_1984_per_100"].mean()
    out["z"] = phones * (out["internet_nation"] - 7.7)
    out["wz"] = lag("z")
    out["wwz"] = lag("wz")
    return out[out["year"] >= 2011]


def deviations(fit, expected):
    """(estimate − truth)/standard error by term."""
    return pd.Series({k: (fit.params[k] - v) / fit.std_errors[k] for k, v in expected.items()})


def fitted(kind, series, terms, frame, w, **options):
    data = frame.assign(resilience=frame[f"r_{series}"])
    panel = spatial.Panel(data, unit="city", time="year")
    model = getattr(spatial, kind)(f"resilience ~ {terms}", effects="twoway", **options)
    return model.fit(panel, w)


@pytest.fixture(scope="module")
def again(script, tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    script.main(folder)
    return folder


class TestTable:
    def test_shape_keys_and_gaps(self, table, truth):
        assert table.shape == (3848, 67)
        assert truth["sample"]["cities"] == table["city"].nunique() == 296
        assert sorted(table["year"].unique()) == list(YEARS)
        assert not table.duplicated(["city", "year"]).any()
        assert list(table.columns[table.isna().any()]) == ["smart_city_year"]

    def test_every_city_is_in_the_layer_under_its_code(self, table):
        layer = shapes.china_cities()
        assert "三沙市" not in set(table["city"])
        codes = table.drop_duplicates("city").set_index("city")["adcode"]
        assert (layer.loc[codes.index, "adcode"] == codes).all()
        assert set(layer.loc[codes.index, "rank"]) == {"地级市", "直辖市"}

    def test_parts_add_up(self, table):
        sections = [f"emp_{letter}" for letter in "ABCDEFGHIJKLMNOPQRS"]
        assert (table[sections].sum(axis=1) == table["emp_total"]).all()
        assert (table["emp_C"] == table["emp_C39"] + table["emp_C_other"]).all()
        assert (table["emp_I"] == table[["emp_I63", "emp_I64", "emp_I65"]].sum(axis=1)).all()
        added = table["va_primary"] + table["va_secondary"] + table["va_tertiary"]
        assert np.allclose(added, table["gdp"], atol=1e-6)
        assert (table["patents_green_invention"] <= table["patents_green"]).all()
        assert (table["patents_green_invention"] <= table["patents_invention"]).all()
        assert (table["va_digital"] < table["va_secondary"] + table["va_tertiary"]).all()
        assert (table["urban_pop_10k"] < table["pop_resident_10k"]).all()

    def test_values_are_possible(self, table):
        numbers = table.drop(columns=["city", "adcode"])
        assert (numbers.fillna(0) >= 0).all(axis=None)
        assert (table.loc[table["year"] < 2019, "base_stations_5g"] == 0).all()
        assert (table.loc[table["year"] >= 2019, "base_stations_5g"] > 0).all()
        assert set(table["smart_city_year"].dropna()) == {2014, 2016, 2018}
        shares = table.filter(like="_pct")
        assert shares.max(axis=None) < 100
        fixed = ["smart_facility_2010", "phones_1984_per_100", "relief_index", "dist_hangzhou_km"]
        assert len(table.drop_duplicates(["city", *fixed])) == 296
        assert len(table.drop_duplicates(["year", "internet_nation"])) == 13

    def test_it_says_that_it_is_synthetic(self, truth):
        assert "Synthetic" in truth["synthetic"]
        assert "模拟" in truth["synthetic"]
        readme = (FOLDER / "README.md").read_text(encoding="utf-8")
        assert "synthetic" in readme
        assert "模拟数据" in readme


class TestScript:
    def test_it_draws_the_stored_table(self, again, table):
        drawn = pd.read_csv(again / "panel.csv", encoding="utf-8", dtype={"adcode": str})
        pd.testing.assert_frame_equal(drawn, table, rtol=0, atol=2e-4)

    def test_it_writes_the_stored_truth(self, again, truth):
        drawn = json.loads((again / "demo_truth.json").read_text(encoding="utf-8"))
        for name, outcome in drawn["outcomes"].items():
            error = outcome.pop("largest_error_of_measured_outcome")
            assert error <= 1e-3
            stored = dict(truth["outcomes"][name])
            assert stored.pop("largest_error_of_measured_outcome") == pytest.approx(error, abs=1e-5)
            assert _flat(outcome) == pytest.approx(_flat(stored), abs=1e-8)

    def test_its_formulas_are_those_of_the_package(self, script, measured):
        wide = measured.pivot(index="year", columns="city")
        digital = (wide["emp_I"] + wide["emp_C39"]).to_numpy(dtype=float)
        quotient = script.process.location_quotient(
            digital, wide["emp_total"].to_numpy(dtype=float)
        )
        assert np.allclose(quotient, wide["agglomeration"], rtol=1e-12)
        for series in ("gdp", "new_firms"):
            again = script.process.resilience(wide[series].to_numpy(dtype=float))
            assert np.allclose(again, wide[f"r_{series}"].loc[2011:], rtol=1e-9, atol=1e-12)

    def test_national_growth_is_the_stated_one(self, table, truth):
        for series in truth["outcomes"]:
            growth = table.groupby("year")[series].sum().pct_change().dropna()
            assert np.allclose(growth, list(truth["growth"].values()), atol=1e-6)


def _flat(nested, path=""):
    """Numbers of nested values by path."""
    if isinstance(nested, dict):
        items = nested.items()
    elif isinstance(nested, list):
        items = enumerate(nested)
    else:
        return {path: nested} if isinstance(nested, int | float) else {}
    out = {}
    for key, part in items:
        out |= _flat(part, f"{path}/{key}")
    return out


class TestTruth:
    @pytest.mark.parametrize("series", ["gdp", "loans"])
    def test_effects_follow_from_the_parameters(self, truth, w, series):
        entry = truth["outcomes"][series]
        given = entry["parameters"]
        beta, theta, rho = (given[k] for k in ("agglomeration", "W.agglomeration", "rho"))
        found = entry["effects"]["agglomeration"]
        omega = np.linalg.eigvals(operator(w).matrix.toarray())
        direct = np.mean((beta + theta * omega) / (1 - rho * omega)).real
        assert found["direct"] == pytest.approx(direct, abs=1e-9)
        assert found["total"] == pytest.approx((beta + theta) / (1 - rho), abs=1e-9)
        assert found["indirect"] == pytest.approx(found["total"] - found["direct"], abs=1e-9)

    def test_the_baseline_is_the_channels_summed(self, truth):
        gdp = truth["outcomes"]["gdp"]
        carried = sum(c["carried"] for c in gdp["channels"].values())
        assert gdp["parameters"]["agglomeration"] == pytest.approx(0.15 + carried)
        assert gdp["parameters"]["agglomeration"] == pytest.approx(0.31)
        assert gdp["parameters"]["W.agglomeration"] == pytest.approx(0.16)
        assert gdp["effects"]["agglomeration"]["total"] == pytest.approx(0.7231, abs=5e-5)

    def test_the_weights_leave_no_isolate(self, w, truth):
        found = weights.describe(w)
        assert (found["n"], found["isolates"], found["components"]) == (296, 0, 3)
        assert weights.label(w) == truth["sample"]["weights"]

    def test_the_share_of_the_decay_within_reach_grows_to_one(self, truth):
        curve = pd.DataFrame(truth["outcomes"]["electricity_gwh"]["curve"]).set_index("km")
        assert curve["true_share_within"].is_monotonic_increasing
        assert curve.loc[500, "true_share_within"] == pytest.approx(1)
        assert curve["isolates"].is_monotonic_decreasing


class TestRecovery:
    def test_baseline(self, models, w, truth):
        given = truth["outcomes"]["gdp"]
        fit = fitted(
            "SDM", "gdp", "agglomeration + log(fdi / gdp)", models, w, lagged=given["lagged"]
        )
        assert set(given["parameters"]) == set(fit.params.index)
        assert deviations(fit, given["parameters"]).abs().max() < 3
        effects = fit.effects().set_index(["term", "effect"])
        for term, values in given["effects"].items():
            for effect, value in values.items():
                row = effects.loc[(term, effect)]
                assert abs(row["estimate"] - value) < 3 * row["std_error"]

    def test_channels(self, models, w, truth):
        given = dict(truth["outcomes"]["gdp"]["with_channels"])
        terms = [term for term in given if term not in ("rho", "W.agglomeration")]
        renamed = {"va_tertiary / va_secondary": "upgrading"}
        frame = models.assign(upgrading=models["va_tertiary"] / models["va_secondary"])
        terms = [renamed.get(term, term) for term in terms]
        fit = fitted("SDM", "gdp", " + ".join(terms), frame, w, lagged=["agglomeration"])
        expected = {renamed.get(term, term): value for term, value in given.items()}
        assert deviations(fit, expected).abs().max() < 3.5

    def test_each_channel_responds_as_stated(self, models, w, truth):
        for channel in truth["outcomes"]["gdp"]["channels"].values():
            values = models.eval(channel["column"].replace("log(", "(").replace(") /", " /"))
            if "log(" in channel["column"]:
                values = np.log(values)
            frame = models.assign(r_channel=values)
            fit = fitted("SLX", "channel", "agglomeration", frame, w)
            expected = {
                "agglomeration": channel["on_agglomeration"],
                "W.agglomeration": channel["on_W_agglomeration"],
            }
            assert deviations(fit, expected).abs().max() < 3.5

    def test_groups_moderation_and_ranks(self, models, w):
        frame = models.assign(
            in_east=models["agglomeration"] * models["east"],
            smart=models["agglomeration"] * models["smart_facility_2010"],
        )
        terms = "agglomeration + in_east + smart + w_agg + down + log(fdi / gdp)"
        fit = fitted("SAR", "retail_sales", terms, frame, w)
        expected = {"agglomeration": 0.10, "in_east": 0.25, "smart": 0.15}
        expected |= {"w_agg": 0.20, "down": 0.20, "log(fdi / gdp)": 0.20, "rho": 0.35}
        assert deviations(fit, expected).abs().max() < 3.5

    def test_threshold(self, models, w, truth):
        given = truth["outcomes"]["fiscal_revenue"]
        q, gamma = models["digital_finance"], given["threshold"]
        assert gamma == pytest.approx(q.mean() + 0.30 * q.std(ddof=0))
        assert given["share_above"] == pytest.approx((q > gamma).mean())

        def at(level):
            frame = models.assign(
                low=models["agglomeration"] * (q <= level), up=models["agglomeration"] * (q > level)
            )
            return fitted("SAR", "fiscal_revenue", "low + up + w_agg + log(fdi / gdp)", frame, w)

        expected = {"low": 0.10, "up": 0.45, "w_agg": 0.20, "log(fdi / gdp)": 0.20, "rho": 0.35}
        assert deviations(at(gamma), expected).abs().max() < 3.5
        steps = gamma + q.std() * np.array([-0.3, -0.05, 0, 0.05, 0.3])
        assert np.argmax([at(level).loglik for level in steps]) == 2

    def test_decay(self, models, w, cities, script):
        ground = script.Ground(cities)
        frame = models.sort_values(["year", "city"])
        order = cities.index.get_indexer(frame.loc[frame["year"] == 2011, "city"])
        decay = ground.w_decay[np.ix_(order, order)]
        values = frame["agglomeration"].to_numpy().reshape(12, 296)
        frame = frame.assign(near=(values @ decay.T).ravel())
        fit = fitted("OLS", "electricity_gwh", "agglomeration + near + log(fdi / gdp)", frame, w)
        expected = {"agglomeration": 0.30, "near": 0.80, "log(fdi / gdp)": 0.20}
        assert deviations(fit, expected).abs().max() < 3.5
        blind = fitted("SAR", "electricity_gwh", "agglomeration + near + log(fdi / gdp)", frame, w)
        assert abs(blind.params["rho"]) < 3.5 * blind.std_errors["rho"]

    def test_endogeneity_biases_maximum_likelihood_and_not_two_stages(self, models, w):
        fit = fitted("SDM", "loans", FORMULA.split("~")[1], models, w, lagged=["agglomeration"])
        biased = deviations(fit, {"agglomeration": 0.30})["agglomeration"]
        assert biased > 10
        frame = models.assign(log_fdi=np.log(models["fdi"] / models["gdp"]))
        frame = frame.sort_values(["year", "city"])
        matrix = _in_order(w, frame)
        lagged = {
            name: (matrix @ frame[column].to_numpy().reshape(12, 296).T).T.ravel()
            for name, column in {"wy": "r_loans", "wf": "log_fdi"}.items()
        }
        frame = frame.assign(**lagged)
        frame["wwf"] = (matrix @ frame["wf"].to_numpy().reshape(12, 296).T).T.ravel()
        estimate, error = _two_stages(
            frame,
            "r_loans",
            ["wy", "agglomeration", "w_agg", "log_fdi"],
            ["z", "wz", "wwz", "log_fdi", "wf", "wwf"],
        )
        assert np.all(np.abs((estimate - [0.35, 0.30, 0.20, 0.30]) / error) < 3.5)
        assert error[1] < 0.1

    def test_staggered_pilots(self, models, w, truth):
        given = truth["outcomes"]["new_firms"]
        since = (models["year"] - models["smart_city_year"]).where(models["treated"] == 1)
        factor = models["smart_city_year"].map({2014: 1.0, 2016: 1.0, 2018: 0.5})
        own = ((0.10 + 0.05 * since.clip(upper=4)) * factor).fillna(0.0)
        assert own[models["treated"] == 1].mean() == pytest.approx(given["att"], abs=1e-9)
        frame = models.assign(own=own, before=_years_before(models))
        terms = "own + before + w_treated + log(fdi / gdp)"
        fit = fitted("OLS", "new_firms", terms, frame, w)
        expected = {"own": 1.0, "before": 0.0, "w_treated": 0.08, "log(fdi / gdp)": 0.20}
        assert deviations(fit, expected).abs().max() < 3.5


def _years_before(models):
    """1 in the two years before a pilot starts: a trend that is not there."""
    gap = models["smart_city_year"] - models["year"]
    return gap.between(1, 2).astype(float)


def _in_order(w, frame):
    order = operator(w).labels.get_indexer(frame["city"].iloc[:296])
    return operator(w).matrix[order][:, order]


def _two_stages(frame, outcome, terms, instruments):
    """Two-stage least squares on two-way demeaned columns; estimates and standard errors."""

    def within(column):
        values = frame[column].to_numpy(dtype=float).reshape(12, 296)
        centred = values - values.mean(0) - values.mean(1, keepdims=True) + values.mean()
        return centred.ravel()

    y = within(outcome)
    x = np.column_stack([within(column) for column in terms])
    z = np.column_stack([within(column) for column in instruments])
    projected = z @ np.linalg.lstsq(z, x, rcond=None)[0]
    estimate = np.linalg.solve(projected.T @ x, projected.T @ y)
    residual = y - x @ estimate
    variance = residual @ residual / (11 * 295) * np.linalg.inv(projected.T @ projected)
    return estimate, np.sqrt(np.diag(variance))


@pytest.mark.slow
def test_intervals_of_other_draws_cover_at_their_rate(script, w, monkeypatch):
    process = script.process
    misses = []
    for seed in range(100, 160):
        monkeypatch.setattr(process, "SEED", seed)
        drawn = process.draw()
        frame = script.table(drawn)
        frame["agglomeration"] = indices.location_quotient(
            frame, part=["emp_I", "emp_C39"], whole="emp_total", unit="city", time="year"
        )
        frame["r_gdp"] = indices.resilience(frame, output="gdp", unit="city", time="year")
        given = script.truth_gdp(drawn.place)
        rows = frame[frame["year"] > 2010]
        fit = fitted(
            "SDM", "gdp", "agglomeration + log(fdi / gdp)", rows, w, lagged=given["lagged"]
        )
        misses.extend(deviations(fit, given["parameters"]).abs() > 1.96)
    assert 0.015 <= np.mean(misses) <= 0.095
