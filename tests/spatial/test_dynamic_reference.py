"""Stored numbers of dynamic models (tests/reference/dynamic.json says whose)."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import spatial
from spatial import weights
from spatial.effects.coefficients import LongRun
from spatial.effects.mean import delta_effects
from spatial.estimation import estimate_sample
from spatial.horizon import horizon_of

pytestmark = pytest.mark.reference

ROOT = Path(__file__).parents[2]
STORED = json.loads((ROOT / "tests/reference/dynamic.json").read_text(encoding="utf-8"))["models"]
DATA = ROOT.parent / "shared" / "data" / "panels"
MODELS = {"sar": spatial.SAR, "sdm": spatial.SDM}
EFFECTS = {"individual": "unit", "twoways": "twoway"}
NAMES = {"y(t-1)": "L.logc", "W*y(t-1)": "W.L.logc"}
HORIZONS = {"short_run": "short", "long_run": "long"}
needs_data = pytest.mark.skipif(
    not DATA.exists(), reason="the panels are not part of this repository"
)


@pytest.fixture(scope="module")
def cigarettes():
    table = pd.read_csv(DATA / "cigar_panel.csv")
    matrix = np.loadtxt(DATA / "cigar_W.csv", delimiter=",")
    graph = weights.from_matrix(matrix, sorted(table["unit"].unique()))
    return spatial.Panel(table, "unit", "year"), graph


def fitted(name, cigarettes, **options):
    kind, effects = name.split(".")
    model = MODELS[kind](
        "logc ~ logp + logy", effects=EFFECTS[effects], dynamic=("y", "Wy"), **options
    )
    return model.fit(*cigarettes)


def own_name(name):
    return NAMES.get(name, name.replace("W*", "W."))


def check(fit, stored):
    errors = {**stored["se_gaussian"], "rho": stored["rho_se_gaussian"]}
    for name, value in {**stored["coefficients"], "rho": stored["rho"]}.items():
        mine, error = fit.params[own_name(name)], errors[name]
        assert abs(mine - value) <= 1e-6 * max(abs(value), error), name
        assert fit.std_errors[own_name(name)] == pytest.approx(error, rel=1e-4), name
    assert fit.sigma2 == pytest.approx(stored["sigma2"], rel=1e-6)


def check_effects(table, stored, horizon):
    found = table[table["horizon"] == horizon].set_index(["effect", "term"])
    for effect, values in stored.items():
        for term, value in zip(("logp", "logy"), values, strict=True):
            row = found.loc[(effect, term)]
            assert abs(row["estimate"] - value) <= 1e-6 * max(abs(value), row["std_error"])


@needs_data
@pytest.mark.parametrize("name", STORED)
def test_corrected_estimates_and_their_errors(name, cigarettes):
    stored, fit = STORED[name], fitted(name, cigarettes)
    check(fit, stored["bias_corrected"])
    assert fit.loglik == pytest.approx(stored["loglik"], rel=1e-8)
    assert fit.likelihood_nobs == stored["n"] * stored["t"]
    assert list(fit.params.index[-3:]) == ["L.logc", "W.L.logc", "rho"]
    assert any("1963" in note and "1964" in note for note in fit.notes)


@needs_data
@pytest.mark.parametrize("name", [n for n in STORED if n.endswith("individual")])
def test_uncorrected_estimates_where_the_likelihood_is_that_of_dummies(name, cigarettes):
    stored, fit = STORED[name], fitted(name, cigarettes, bias_correction=None)
    check(fit, stored)
    assert fit.loglik == pytest.approx(stored["loglik"], rel=1e-8)
    for horizon, values in stored["effects"].items():
        check_effects(fit.effects(), values, HORIZONS[horizon])


@needs_data
@pytest.mark.parametrize("name", [n for n in STORED if n.endswith("twoways")])
def test_maximum_before_the_correction(name, cigarettes):
    stored, sample = STORED[name], fitted(name, cigarettes)._fitted.sample
    found = estimate_sample(
        sample, effects="twoway", bias_correction="default", lag_y=True, lag_error=False
    )
    assert found.estimate.loglik == pytest.approx(stored["loglik"], rel=1e-8)
    own = dict(zip(sample.labels, found.coefficients, strict=True))
    for term, value in stored["coefficients"].items():
        error = stored["se_gaussian"][term]
        assert abs(own[own_name(term)] - value) <= 1e-6 * max(abs(value), error)
    assert found.estimate.rho == pytest.approx(stored["rho"], abs=1e-6 * stored["rho_se_gaussian"])


@needs_data
@pytest.mark.parametrize("name", STORED)
def test_short_and_long_run_effects(name, cigarettes):
    stored, fit = STORED[name]["bias_corrected"]["effects"], fitted(name, cigarettes)
    table = fit.effects()
    check_effects(table, stored["short_run"], "short")
    if name == "sdm.individual":
        long = table[table["horizon"] == "long"]
        assert long["estimate"].isna().all()
        assert any("not stable" in note and "1.018" in note for note in fit.notes)
    else:
        check_effects(table, stored["long_run"], "long")


@needs_data
def test_the_unstable_long_run_is_left_empty_and_not_computed_wrongly(cigarettes):
    """The formula gives the stored 26.7 and −26.0 too; they are noise, and so are not printed."""
    fit = fitted("sdm.individual", cigarettes)
    short = horizon_of(fit._fitted, fit._cov, "short")
    earlier = fit._fitted.sample.earlier
    steady = LongRun(short.places, earlier.own, earlier.neighbour, len(short.params))
    jacobian = steady.jacobian(short.params)
    table = delta_effects(
        steady.target,
        steady.values(short.params),
        jacobian @ short.cov @ jacobian.T,
        ways=short.ways,
        level=0.95,
    ).set_index(["term", "effect"])
    stored = STORED["sdm.individual"]["bias_corrected"]["effects"]["long_run"]
    assert table.loc[("logp", "direct"), "estimate"] == pytest.approx(stored["direct"][0], rel=1e-6)
    assert table.loc[("logp", "direct"), "std_error"] > abs(stored["direct"][0])
