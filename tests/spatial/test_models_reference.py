"""Stored numbers of other programs (tests/reference/README.md says whose).

Columbus comes with libpysal, so these cases always run. The cigarette panel and the synthetic
lattice are not in
this repository; their cases run where a folder `shared` with the data stands beside it.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from support.references import DATA, cigarettes, columbus, needs_data, own_name, within

import spatial
from spatial import weights

pytestmark = pytest.mark.reference

ROOT = Path(__file__).parents[2]
STORED = json.loads((ROOT / "tests/reference/models.json").read_text(encoding="utf-8"))
MODELS = {"sar": spatial.SAR, "sdm": spatial.SDM, "slx": spatial.SLX, "ols": spatial.OLS}
EFFECTS = {
    "individual": "unit",
    "time": "time",
    "twoways": "twoway",
    "none": "none",
    "pooled_with_intercept": "none",
}


def check(fit, stored):
    for name, value in stored["coefficients"].items():
        within(fit.params[own_name(name)], value, stored["se"][name], name)
        assert fit.std_errors[own_name(name)] == pytest.approx(stored["se"][name], rel=1e-4), name
    within(fit.params["rho"], stored["rho"], stored["rho_se"], "rho")
    assert fit.std_errors["rho"] == pytest.approx(stored["rho_se"], rel=1e-4)
    assert fit.loglik == pytest.approx(stored["loglik"], rel=1e-8)
    assert fit.sigma2 == pytest.approx(stored["sigma2"], rel=1e-6)
    effects = fit.effects().set_index(["effect", "term"])
    for kind, values in stored["effects"].items():
        for term, value, error in zip(fit.terms, values, stored["effects_se"][kind], strict=True):
            within(effects.loc[(kind, term), "estimate"], value, error, (kind, term))
            assert effects.loc[(kind, term), "std_error"] == pytest.approx(error, rel=1e-4), (
                kind,
                term,
            )


@pytest.fixture(scope="module", name="columbus")
def fixture_columbus():
    return columbus()


def test_columbus_sar_and_sdm(columbus):
    cities, graph = columbus
    assert weights.describe(graph)["links"] == 230
    for kind in ("sar", "sdm"):
        stored = STORED["columbus"][kind]
        errors = {**stored["se"], "rho": stored["rho_se"]}
        fit = MODELS[kind]("CRIME ~ INC + HOVAL").fit(cities, graph)
        for name, value in stored["coefficients"].items():
            within(fit.params[own_name(name)], value, errors[name], name)
            assert fit.std_errors[own_name(name)] == pytest.approx(errors[name], rel=1e-4), name
        assert fit.loglik == pytest.approx(stored["loglik"], rel=1e-8)
        assert fit.sigma2 == pytest.approx(stored["sigma2"], rel=1e-6)
        assert fit.aic == pytest.approx(stored["aic"], rel=1e-8)
        names = stored["vcov"]["names"]
        cov = pd.DataFrame(stored["vcov"]["matrix"], index=names, columns=names).drop(
            index="sigma", columns="sigma"
        )
        order = [own_name(name) for name in cov.index]
        scale = np.sqrt(np.outer(np.diag(cov), np.diag(cov)))
        np.testing.assert_allclose(fit.cov.loc[order, order] / scale, cov / scale, atol=1e-4)


@pytest.mark.parametrize("kind", ["sar", "sdm", "slx"])
def test_columbus_impacts(columbus, kind):
    cities, graph = columbus
    stored = STORED["columbus"][kind]["impacts"]
    effects = (
        MODELS[kind]("CRIME ~ INC + HOVAL")
        .fit(cities, graph)
        .effects()
        .set_index(["effect", "term"])
    )
    for effect in ("direct", "indirect", "total"):
        for term, value in zip(stored["variables"], stored[effect], strict=True):
            row = effects.loc[(effect, term)]
            within(row["estimate"], value, row["std_error"], (effect, term))


@pytest.mark.parametrize("kind", ["ols", "slx"])
def test_columbus_least_squares(columbus, kind):
    cities, graph = columbus
    stored = STORED["columbus"][kind]
    fit = MODELS[kind]("CRIME ~ INC + HOVAL").fit(cities, graph)
    for name, value in stored["coefficients"].items():
        within(fit.params[own_name(name)], value, stored["se"][name], name)
        assert fit.std_errors[own_name(name)] == pytest.approx(stored["se"][name], rel=1e-7), name
    assert fit.loglik == pytest.approx(stored["loglik"], rel=1e-10)


@pytest.fixture(scope="module", name="cigarettes")
def fixture_cigarettes():
    return cigarettes()


@needs_data
@pytest.mark.parametrize("case", list(STORED["cigar"]))
def test_cigarette_demand(cigarettes, case):
    kind, effects, *way = case.split(".")
    formula = "logc ~ logp + logy + 0" if case.endswith("none.direct") else "logc ~ logp + logy"
    correction = (
        "lee-yu"
        if way == ["leeyu_transformed"]
        else "default"
        if EFFECTS[effects] == "none"
        else None
    )
    fit = MODELS[kind](formula, effects=EFFECTS[effects], bias_correction=correction).fit(
        *cigarettes
    )
    check(fit, STORED["cigar"][case])


@needs_data
@pytest.mark.parametrize("case", list(STORED["cigar_dummies"]))
def test_cigarette_demand_with_dummies(cigarettes, case):
    kind, effects = case.split(".")
    stored = STORED["cigar_dummies"][case]
    fit = MODELS[kind]("logc ~ logp + logy", effects=effects, bias_correction=None).fit(*cigarettes)
    assert fit.params["rho"] == pytest.approx(stored["rho"], rel=1e-9)
    np.testing.assert_allclose(fit.params.drop("rho"), stored["params"], rtol=1e-8)
    assert fit.loglik == pytest.approx(stored["loglik"], rel=1e-10)
    assert fit.sigma2 == pytest.approx(stored["sigma2"], rel=1e-9)
    table = fit.effects().set_index(["effect", "term"])["estimate"]
    for effect in ("direct", "indirect", "total"):
        np.testing.assert_allclose(table[effect], stored[effect], rtol=1e-8)


@needs_data
def test_cigarette_demand_with_and_without_correction(cigarettes):
    """The correction moves rho from 0.2292 to 0.27118."""
    fit = spatial.SDM("logc ~ logp + logy", effects="twoway").fit(*cigarettes)
    assert (round(fit.params["rho"], 5), round(fit.uncorrected().params["rho"], 4)) == (
        0.27118,
        0.2292,
    )


@pytest.fixture(scope="module")
def synthetic():
    table = pd.read_csv(DATA / "synthetic_n289_panel.csv")
    side = 17
    at = np.indices((side, side)).reshape(2, -1).T
    near = np.abs(at[:, None] - at[None]).max(axis=2) == 1
    ids = sorted(table["unit"].unique())
    return spatial.Panel(table, "unit", "year"), weights.from_matrix(near.astype(float), ids)


@needs_data
@pytest.mark.parametrize("case", list(STORED["synthetic"]))
def test_synthetic_lattice(synthetic, case):
    kind, effects, way = case.split(".")
    fit = MODELS[kind](
        "y ~ x1 + x2 + x3 + x4 + x5 + x6",
        effects=EFFECTS[effects],
        bias_correction="lee-yu" if way == "transformed" else None,
    ).fit(*synthetic)
    check(fit, STORED["synthetic"][case])
