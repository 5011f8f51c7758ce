"""Channels, moderators and groups of the demonstration panel: each stated truth comes back."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import analysis
import shapes
import spatial
from analysis import indices

FOLDER = Path(analysis.__file__).parent / "demo"
LEVEL = 3.5  # standard errors


@pytest.fixture(scope="module", name="truth")
def stated():
    text = (FOLDER / "demo_truth.json").read_text(encoding="utf-8")
    return json.loads(text)["outcomes"]


@pytest.fixture(scope="module", name="panel")
def read():
    table = pd.read_csv(FOLDER / "panel.csv", encoding="utf-8", dtype={"adcode": str})
    ids = {"unit": "city", "time": "year"}
    part = ["emp_I", "emp_C39"]
    table["agglomeration"] = indices.location_quotient(table, part=part, whole="emp_total", **ids)
    for series in ("gdp", "retail_sales"):
        table[f"r_{series}"] = indices.resilience(table, output=series, form="relative", **ids)
    layer = shapes.china_cities()
    table = table.merge(layer[["region", "tier"]], left_on="city", right_index=True)
    table["east"] = (table["region"] == "east").astype(float)
    table["zone"] = np.where(table["region"] == "east", "east", "elsewhere")
    table["standing"] = np.where(table["tier"] == "一般地级市", "low", "high")
    return spatial.Panel(table[table["year"] >= 2011], "city", "year")


@pytest.fixture(scope="module", name="w")
def neighbours(panel):
    text = (FOLDER / "demo_truth.json").read_text(encoding="utf-8")
    bridges = [tuple(pair) for pair in json.loads(text)["sample"]["bridges"]]
    cities = shapes.china_cities().loc[list(panel.units)]
    return spatial.weights.contiguity(cities, bridges=bridges)


def model(series, *further):
    terms = " + ".join(["agglomeration", *further, "log(fdi / gdp)"])
    return spatial.SDM(f"r_{series} ~ {terms}", effects="twoway", lagged=["agglomeration"])


def near(row, value):
    return abs(row["estimate"] - value) < LEVEL * row["std_error"]


def test_regions(panel, w, truth):
    found = spatial.groups(model("retail_sales"), panel, w, by="zone", focus="agglomeration")
    rows = found.effects[found.effects["effect"] == "direct"].set_index("group")
    assert found.tests.set_index("of").loc["own", "p_value"] < 1e-6
    assert found.tests.set_index("of").loc["spillover", "p_value"] > 0.01
    # facilities add 0.15 for their share of cities, whatever the region
    for group, value in truth["retail_sales"]["own_effect_by_region"].items():
        assert abs(rows.loc[group, "estimate"] - value) < LEVEL * rows.loc[group, "std_error"]


def test_spillovers_between_ranks(panel, w, truth):
    given = model("retail_sales", "agglomeration:east", "agglomeration:smart_facility_2010")
    found = spatial.groups(
        given, panel, w, by="standing", focus="agglomeration", between=True
    )  # fmt: skip
    rows = found.between.set_index(["to", "from"])
    for name, value in truth["retail_sales"]["received_by_rank"].items():
        receiver, sender = name.split(" from ")
        assert near(rows.loc[(receiver, sender)], value)
    table = found.joint.tidy().set_index("term")
    assert near(table.loc["W.agglomeration[high→low]"], 0.40)
    assert near(table.loc["W.agglomeration[low→low]"], 0.20)


def test_size_does_not_matter_given_region(panel, w):
    size = panel.at(2011)["urban_pop_10k"]
    classes = pd.cut(size, [0, 100, 200, np.inf], labels=["s", "m", "l"])
    given = model("retail_sales", "agglomeration:east", "agglomeration:smart_facility_2010")
    found = spatial.groups(given, panel, w, by=classes, focus="agglomeration")
    assert found.tests.set_index("of").loc["own", "p_value"] > 0.01


def test_facilities_moderate(panel, w):
    given = model("retail_sales", "agglomeration:east")
    found = spatial.moderate(
        given, panel, w, focus="agglomeration", moderator="smart_facility_2010"
    )
    row = found.fit.tidy().set_index("term").loc["agglomeration:smart_facility_2010"]
    assert near(row, 0.15)
    assert found.tests.set_index("of").loc["own", "p_value"] < 0.01


def test_channels_and_what_they_carry(panel, w, truth):
    entry = truth["gdp"]["channels"]
    columns = {
        name: f"I({one['column']})" if name == "upgrading" else one["column"]
        for name, one in entry.items()
    }
    found = spatial.channels(
        model("gdp"), panel, w, focus="agglomeration", channels=columns, steps=3, draws=40, seed=1
    )
    links = found.links.set_index(["channel", "term", "response", "effect"])
    paths = found.paths[found.paths["kind"] == "mediated"].set_index(["channel", "effect"])
    for name, one in entry.items():
        cause, response = "agglomeration", found.fits[name]
        channel = next(iter(response))
        own, lag, c = (
            one[key] for key in ("on_agglomeration", "on_W_agglomeration", "weight_in_outcome")
        )
        assert near(links.loc[(name, cause, channel, "direct")], own)
        assert near(links.loc[(name, cause, channel, "indirect")], lag)
        assert near(links.loc[(name, channel, "r_gdp", "total")], c / 0.65)
        assert near(paths.loc[(name, "total")], c * (own + lag) / 0.65)
