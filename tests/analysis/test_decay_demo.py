"""The range of spillovers in the demonstration panel, estimated without being told."""

import json
from pathlib import Path

import pandas as pd
import pytest

import analysis
import shapes
import spatial
from analysis import indices

DEMO = Path(analysis.__file__).parent / "demo"


@pytest.fixture(scope="module", name="found")
def decay():
    frame = pd.read_csv(DEMO / "panel.csv")
    place = {"unit": "city", "time": "year"}
    part = ["emp_C39", "emp_I63", "emp_I64", "emp_I65"]
    frame["agglomeration"] = indices.location_quotient(frame, part=part, whole="emp_total", **place)
    frame["resilience"] = indices.resilience(frame, output="electricity_gwh", **place)
    panel = spatial.Panel(frame[frame["year"] >= 2011], **place)
    model = spatial.SLX(
        "resilience ~ agglomeration + log(fdi / gdp)", effects="twoway", lagged=["agglomeration"]
    )
    return spatial.fit_decay(model, panel, shapes.china_cities(), cutoff_km=500)


def test_the_interval_holds_the_true_range(found):
    text = (DEMO / "demo_truth.json").read_text(encoding="utf-8")
    truth = json.loads(text)["outcomes"]["electricity_gwh"]["parameters"]
    row = found.table.iloc[0]
    assert row["conf_low"] < truth["scale_km"] < row["conf_high"]
    assert 15 < row["std_error"] < 40
    assert abs(row["decay"] - truth["scale_km"]) < 2 * row["std_error"]
    assert row["conf_high"] - row["conf_low"] < 150


def test_and_the_coefficients_those_of_the_truth(found):
    fit = found.fit
    for term, value in (("agglomeration", 0.3), ("W.agglomeration", 0.8), ("log(fdi / gdp)", 0.2)):
        assert abs(fit.params[term] - value) < 2.5 * fit.std_errors[term], term
