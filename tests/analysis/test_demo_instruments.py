"""The experiment with an endogenous regressor, from the packaged panel to an interval."""

import json
from importlib import resources

import pandas as pd
import pytest

import shapes
import spatial
from analysis import indices
from spatial import weights

FORMULA = "resilience ~ agglomeration + log(fdi / gdp)"
OPTIONS = {"effects": "twoway", "lagged": ["agglomeration"]}
STRONG = "phones_1984_per_100:internet_nation"


@pytest.fixture(scope="module")
def loans():
    folder = resources.files("analysis") / "demo"
    table = pd.read_csv(folder / "panel.csv")
    truth = json.loads((folder / "demo_truth.json").read_text(encoding="utf-8"))
    table["agglomeration"] = indices.location_quotient(
        table, part=["emp_I", "emp_C39"], whole="emp_total", unit="city", time="year"
    )
    table["resilience"] = indices.resilience(table, output="loans", unit="city", time="year")
    cities = shapes.china_cities()
    cities = cities.loc[cities.index.isin(table["city"].unique())]
    graph = weights.contiguity(cities, bridges=truth["sample"]["bridges"])
    panel = spatial.Panel(table[table["year"] >= 2011], "city", "year")
    return panel, graph, truth["outcomes"]["loans"]


def test_instruments_find_what_maximum_likelihood_misses(loans):
    panel, graph, truth = loans
    likely = spatial.SDM(FORMULA, **OPTIONS).fit(panel, graph)
    true = truth["parameters"]["agglomeration"]
    assert likely.params["agglomeration"] - true > 10 * likely.std_errors["agglomeration"]
    options = {"endogenous": ["agglomeration"], "instruments": [STRONG]}
    fit = spatial.SDM(FORMULA, **OPTIONS, **options).fit(panel, graph)
    for name, value in truth["parameters"].items():
        assert abs(fit.params[name] - value) < 2.5 * fit.std_errors[name], name
    assert fit.std_errors["agglomeration"] < 0.1
    effects = fit.effects().set_index(["term", "effect"])
    for term, kinds in truth["effects"].items():
        for kind, value in kinds.items():
            row = effects.loc[(term, kind)]
            assert abs(row["estimate"] - value) < 2.5 * row["std_error"], (term, kind)
    assert (fit.first_stage()["conditional_f"] > 50).all()
    tests = fit.instrument_tests().set_index("test")
    assert tests.loc["wu_hausman", "p_value"] < 1e-6
    assert tests.loc["sargan", "p_value"] > 0.01
    assert not any("weak" in note for note in fit.notes)


def test_instruments_that_move_nothing_are_called_weak(loans):
    panel, graph, _ = loans
    options = {"endogenous": ["agglomeration"], "instruments": ["relief_index:internet_nation"]}
    fit = spatial.SDM(FORMULA, **OPTIONS, **options).fit(panel, graph)
    assert any(note.startswith("Instruments of agglomeration are weak") for note in fit.notes)
