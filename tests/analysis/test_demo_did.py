"""The experiment with staggered pilots, from the packaged panel to intervals."""

import json
from importlib import resources

import numpy as np
import pandas as pd
import pytest

import shapes
import spatial
from analysis import indices
from spatial import weights


@pytest.fixture(scope="module")
def pilots():
    folder = resources.files("analysis") / "demo"
    table = pd.read_csv(folder / "panel.csv")
    truth = json.loads((folder / "demo_truth.json").read_text(encoding="utf-8"))
    table["resilience"] = indices.resilience(table, output="new_firms", unit="city", time="year")
    cities = shapes.china_cities()
    cities = cities.loc[cities.index.isin(table["city"].unique())]
    graph = weights.contiguity(cities, bridges=truth["sample"]["bridges"])
    panel = spatial.Panel(table[table["year"] >= 2011], "city", "year")
    return panel, graph, truth["outcomes"]["new_firms"]


def fitted(pilots, **options):
    panel, graph, _ = pilots
    spec = spatial.DID("resilience ~ log(fdi / gdp)", first_treated="smart_city_year", **options)
    return spec.fit(panel, graph)


@pytest.mark.parametrize("exposed", ["excluded", "modelled"])
def test_effects_are_found(pilots, exposed):
    truth = pilots[2]
    fit = fitted(pilots, exposed=exposed)
    effects = fit.effects().set_index("effect")
    for kind, true in (("own", truth["att"]), ("neighbours", truth["parameters"]["W.treated"])):
        row = effects.loc[kind]
        assert row["conf_low"] < true < row["conf_high"], kind
    assert effects.loc["own", "std_error"] < 0.02
    twoway = fit.comparison.set_index("effect").loc["own"]
    assert twoway["twoway"] < truth["att"] - 0.03
    assert twoway["negative"] > 0
    assert twoway["from_weights"] == pytest.approx(twoway["difference"], abs=0.01)
    trend = fit.pretrend().set_index("effect")["p_value"]
    assert trend["own"] > 0.05
    assert trend["both"] > 0.05


def test_effects_by_cohort_and_year_are_found(pilots):
    truth = pilots[2]["own_effect_by_cohort_and_years_since"]
    found = fitted(pilots, exposed="modelled", lags=8).by_cohort()
    true = np.array([truth[str(int(row.cohort))][str(row.time)] for row in found.itertuples()])
    off = ((found["estimate"] - true) / found["std_error"]).abs()
    assert len(found) == sum(map(len, truth.values()))
    assert (off < 1.96).mean() >= 0.85
    assert off.max() < 3.5


def test_two_way_coefficients_miss_the_average(pilots):
    fit = fitted(pilots, estimator="twoway")
    row = fit.effects().set_index("effect").loc["own"]
    assert row["conf_high"] < pilots[2]["att"]


def test_errors_that_fade_with_distance_are_alike(pilots):
    """Errors of the process are independent between cities."""
    fit = fitted(pilots)
    near = fit.with_cov("hac", km=300)
    ratio = near.effects()["std_error"] / fit.effects()["std_error"]
    assert ratio.between(0.75, 1.35).all()


@pytest.mark.slow
def test_placebo_draws_stay_around_zero(pilots):
    panel, graph, truth = pilots
    placebo = fitted(pilots).placebo(200, seed=1)
    assert placebo.p_values["own"] == pytest.approx(1 / 201)
    own = placebo.draws["own"].dropna()
    assert len(own) > 150
    assert abs(own.mean()) < 4 * own.std() / np.sqrt(len(own)) + 0.01
    assert own.abs().max() < truth["att"]
