"""SEM, SDEM, SAC, GNS and the convention of published tables against stored numbers.

tests/reference/README.md says whose they are.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from support.references import DATA, cigarettes, columbus, needs_data, own_name, within

import spatial

pytestmark = pytest.mark.reference

STORED = json.loads(
    (Path(__file__).parents[1] / "reference/family.json").read_text(encoding="utf-8")
)
EFFECTS = {"individual": "unit", "time": "time", "twoways": "twoway"}
FORMULA = "logc ~ logp + logy"


def fit_of(case, data, **options):
    kind, effects, _ = case.split(".")
    spec = getattr(spatial, kind.upper())(FORMULA, effects=EFFECTS[effects], **options)
    return spec.fit(*data)


def check(fit, stored):
    errors = dict(stored.get("se", {}))
    for name in ("rho", "lambda"):
        if name in stored:
            errors[name] = stored[f"{name}_se"]
            within(fit.params[name], stored[name], errors[name], name)
            assert fit.std_errors[name] == pytest.approx(errors[name], rel=1e-4), name
    for name, value in stored["coefficients"].items():
        if name in ("rho", "lambda"):
            continue
        within(fit.params[own_name(name)], value, errors[name], name)
        assert fit.std_errors[own_name(name)] == pytest.approx(errors[name], rel=1e-4), name
    assert fit.sigma2 == pytest.approx(stored["sigma2"], rel=1e-6)
    loglik = stored.get("loglik", stored.get("loglik_at_corrected"))
    assert fit.loglik == pytest.approx(loglik, rel=1e-8)


@pytest.fixture(scope="module")
def panel_and_graph():
    return cigarettes()


@needs_data
@pytest.mark.parametrize("case", list(STORED["published"]))
def test_published_convention_without_correction(panel_and_graph, case):
    fit = fit_of(case, panel_and_graph, convention="published", bias_correction=None)
    check(fit, STORED["published"][case])
    check_effects(fit, STORED["published"][case]["effects"])
    assert fit.notes[-1].startswith("Convention of published tables")


@needs_data
@pytest.mark.parametrize("case", list(STORED["corrected"]))
def test_published_convention_with_correction(panel_and_graph, case):
    fit = fit_of(case, panel_and_graph, convention="published")
    check(fit, STORED["corrected"][case])
    check_effects(fit, STORED["corrected"][case]["effects"])
    assert fit.bias_correction == "analytical"


@needs_data
def test_elhorst_2014_cigarette_demand(panel_and_graph):
    """rho 0.22688 and 0.26650; Elhorst (2014, table 3.3) prints 0.219 and 0.264 for his data."""
    spec = spatial.SDM(FORMULA, effects="twoway", convention="published")
    corrected = spec.fit(*panel_and_graph)
    assert round(corrected.params["rho"], 5) == 0.26650
    assert round(corrected.uncorrected().params["rho"], 5) == 0.22688
    assert corrected.params["rho"] == pytest.approx(0.264, abs=0.25 * corrected.std_errors["rho"])


def check_effects(fit, stored):
    table = fit.effects().set_index(["effect", "term"])
    for effect in ("direct", "indirect", "total"):
        for term, error in zip(fit.terms, stored[f"se_{effect}_delta"], strict=True):
            row = table.loc[(effect, term)]
            within(row["estimate"], stored[effect][term], error, (effect, term))
            assert row["std_error"] == pytest.approx(error, rel=1e-4), (effect, term)


@needs_data
@pytest.mark.parametrize("case", list(STORED["error"]))
def test_error_models_of_the_cigarette_panel(panel_and_graph, case):
    stored = STORED["error"][case]
    if case.endswith("transformed"):
        fit = fit_of(case, panel_and_graph)
        assert fit.bias_correction == "lee-yu"
    else:
        fit = fit_of(case, panel_and_graph, convention="published", bias_correction=None)
    check(fit, stored)


@needs_data
@pytest.mark.parametrize("effects", ["individual", "time", "twoways"])
@pytest.mark.parametrize("durbin", [False, True])
def test_splm_with_both_lags(panel_and_graph, effects, durbin):
    """splm's λ lags y and its ρ the error; its standard errors are wrong, its maximum is not."""
    stored = STORED["splm"][f"fe.sarar{'.durbin' * durbin}.{effects}.noLeeYu"]["coefficients"]
    model = spatial.GNS if durbin else spatial.SAC
    fit = model(
        FORMULA, effects=EFFECTS[effects], convention="published", bias_correction=None
    ).fit(*panel_and_graph)
    swapped = {"lambda": "rho", "rho": "lambda"}
    for name, value in stored.items():
        label = swapped.get(name, own_name(name).replace("Wlog", "W.log"))
        assert abs(fit.params[label] - value) <= 1e-3 * fit.std_errors[label], name


@needs_data
@pytest.mark.parametrize("effects", ["individual", "time", "twoways"])
def test_splm_error_model_on_a_lattice(effects):
    table = pd.read_csv(DATA / "synthetic_n289_panel.csv")
    at = np.indices((17, 17)).reshape(2, -1).T
    near = np.abs(at[:, None] - at[None]).max(axis=2) == 1
    graph = spatial.weights.from_matrix(near.astype(float), sorted(table["unit"].unique()))
    fit = spatial.SEM(
        "y ~ x1 + x2 + x3 + x4 + x5 + x6",
        effects=EFFECTS[effects],
        convention="published",
        bias_correction=None,
    ).fit(spatial.Panel(table, "unit", "year"), graph)
    stored = STORED["synthetic_splm"][f"fe.error.{effects}"]
    for name, value in stored["coefficients"].items():
        label = "lambda" if name == "rho" else name
        assert abs(fit.params[label] - value) <= 1e-4 * stored["se"][name], name


@pytest.fixture(scope="module")
def crime():
    return columbus()


@pytest.mark.parametrize("kind", ["sem", "sdem", "sac", "gns"])
def test_columbus(crime, kind):
    stored = STORED["columbus"]["gns_sac_mixed" if kind == "gns" else kind]
    fit = getattr(spatial, kind.upper())("CRIME ~ INC + HOVAL").fit(*crime)
    check(fit, stored)
    assert fit.aic == pytest.approx(stored["aic"], rel=1e-8)
    names = stored["vcov"]["names"]
    cov = pd.DataFrame(stored["vcov"]["matrix"], index=names, columns=names)
    cov = cov.drop(index="sigma", columns="sigma")
    order = [own_name(name) for name in cov.index]
    scale = np.sqrt(np.outer(np.diag(cov), np.diag(cov)))
    np.testing.assert_allclose(fit.cov.loc[order, order] / scale, cov / scale, atol=1e-4)
    effects = fit.effects().set_index(["effect", "term"])
    impacts = stored.get("impacts", {"variables": []})
    for place, term in enumerate(impacts["variables"]):
        for effect in ("direct", "indirect", "total"):
            row = effects.loc[(effect, term)]
            within(row["estimate"], impacts[effect][place], row["std_error"], (effect, term))
