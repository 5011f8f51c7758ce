"""Stored numbers of tests (tests/reference/diagnostics.json says whose), and of Elhorst's book."""

import json
from pathlib import Path

import numpy as np
import pytest
from support.references import cigarettes, columbus, needs_data

import spatial
from spatial.diagnostics.marginal import Counts, error_marginal, lag_marginal, plain_marginal
from spatial.likelihood import LogDetTerm
from spatial.weights.logdet import log_determinant
from spatial.weights.operator import operator
from spatial.within import Layout, demean

pytestmark = pytest.mark.reference

STORED = json.loads(
    (Path(__file__).parents[1] / "reference" / "diagnostics.json").read_text(encoding="utf-8")
)
CRIME, CIGARETTES = "CRIME ~ INC + HOVAL", "logc ~ logp + logy"
NAMES = {
    "LMlag": "lm_lag",
    "LMerr": "lm_error",
    "RLMlag": "robust_lm_lag",
    "RLMerr": "robust_lm_error",
    "SARMA": "sarma",
}


@pytest.fixture(scope="module", name="crime")
def fixture_crime():
    return columbus()


@pytest.fixture(scope="module", name="crime_fits")
def fixture_crime_fits(crime):
    kinds = ("OLS", "SLX", "SAR", "SEM", "SDM", "SDEM", "SAC")
    return {kind: getattr(spatial, kind)(CRIME).fit(*crime) for kind in kinds}


@pytest.fixture(scope="module", name="panel")
def fixture_panel():
    return cigarettes()


def test_columbus_lm(crime):
    found = spatial.lm_tests(CRIME, *crime).set_index("test")
    for theirs, name in NAMES.items():
        stored = STORED["columbus"]["lm"][theirs]
        assert found.loc[name, "statistic"] == pytest.approx(stored["statistic"], rel=1e-9)
        assert found.loc[name, "df"] == stored["df"]


def test_columbus_residual_moran(crime_fits):
    stored, found = STORED["columbus"]["moran"], spatial.residual_moran(crime_fits["OLS"])
    assert found["statistic"] == pytest.approx(stored["i"], rel=1e-9)
    assert found["expected"] == pytest.approx(stored["expectation"], rel=1e-9)
    assert found["std_dev"] ** 2 == pytest.approx(stored["variance"], rel=1e-9)
    assert found["z"] == pytest.approx(stored["z"], rel=1e-9)
    assert found["p_value"] == pytest.approx(stored["p_value"], rel=1e-9)


@pytest.mark.parametrize(
    ("restricted", "full", "name"),
    [
        ("SEM", "SDM", "LR_sdm_vs_sem_common_factor"),
        ("SAR", "SDM", "LR_sdm_vs_sar"),
        ("SLX", "SDM", "LR_sdm_vs_slx"),
        ("SEM", "SDEM", "LR_sdem_vs_sem"),
        ("SAR", "SAC", "LR_sac_vs_sar"),
        ("SEM", "SAC", "LR_sac_vs_sem"),
        ("OLS", "SAR", "LR_sar_vs_ols"),
    ],
)
def test_columbus_likelihood_ratios(crime_fits, restricted, full, name):
    stored = STORED["columbus"]["tests"][name]
    found = spatial.lr_test(crime_fits[restricted], crime_fits[full])
    assert found["statistic"] == pytest.approx(stored["statistic"], abs=1e-8)
    assert found["df"] == stored["df"]


@pytest.mark.parametrize(
    ("kind", "to", "name"),
    [
        ("SAR", "ols", "Wald_sar"),
        ("SDM", "sem", "Wald_common_factor_own"),
        ("SDM", "sar", "Wald_theta_zero_own"),
    ],
)
def test_columbus_wald(crime_fits, kind, to, name):
    stored, found = STORED["columbus"]["tests"][name], spatial.wald_test(crime_fits[kind], to)
    assert found["statistic"] == pytest.approx(stored["statistic"], rel=1e-6)
    assert found["df"] == stored["df"]


@pytest.mark.parametrize("kind", ["sar", "sdm"])
def test_columbus_lm_residuals(crime_fits, kind):
    found = spatial.lm_residuals(crime_fits[kind.upper()])
    stored = STORED["columbus"]["lm_residuals"][kind]
    assert found["statistic"] == pytest.approx(stored, rel=1e-5)


def test_columbus_hausman_error(crime, crime_fits):
    """The stored value has (B′B′)⁻¹ in the variance of least squares where (B′B)⁻¹ belongs."""
    cities, graph = crime
    fit = crime_fits["SEM"]
    w, n = operator(graph).matrix.toarray(), len(cities)
    x = np.column_stack([np.ones(n), cities["INC"], cities["HOVAL"]])
    bread = np.linalg.inv(x.T @ x)
    gap = bread @ x.T @ cities["CRIME"].to_numpy() - fit.params.to_numpy()[:3]
    b = np.eye(n) - fit.params["lambda"] * w
    error = fit.cov.to_numpy()[:3, :3]

    def statistic(middle):
        own = fit.sigma2 * bread @ x.T @ np.linalg.inv(middle) @ x @ bread
        return gap @ np.linalg.solve(own - error, gap)

    stored, found = STORED["columbus"]["tests"]["Hausman_sem"], spatial.hausman_error(fit)
    assert statistic(b.T @ b.T) == pytest.approx(stored["statistic"], rel=1e-5)
    assert found["statistic"] == pytest.approx(statistic(b.T @ b), rel=1e-6)
    assert found["df"] == stored["df"]


@needs_data
@pytest.mark.parametrize(("effects", "factor"), [("none", 1.0), ("unit", 30 / 29)])
def test_elhorst_table_3_2(panel, effects, factor):
    """His tests take the traces of all T periods where unit effects leave T − 1."""
    found = spatial.lm_tests(CIGARETTES, *panel, effects=effects).set_index("test")["statistic"]
    for name, printed in STORED["elhorst"]["lm"][effects].items():
        assert found[name] * factor == pytest.approx(printed, abs=0.0051), name


@needs_data
def test_elhorst_fixed_effects(panel):
    """Section 3.6.2: 2315.7 and 473.1 (printed with 46 and 30 degrees of freedom)."""
    found = spatial.choose_model(CIGARETTES, *panel).set_index("test")
    assert found.loc["lr_unit_effects", "statistic"] == pytest.approx(2315.7, abs=0.051)
    assert found.loc["lr_time_effects", "statistic"] == pytest.approx(473.1, abs=0.051)
    assert found.loc[["lr_unit_effects", "lr_time_effects"], "df"].tolist() == [45, 29]
    assert found.loc["choice", "decision"] == "SDM"


@needs_data
@pytest.mark.parametrize("prior", ["uniform", "beta"])
def test_cigarette_marginals(panel, prior):
    found = spatial.model_probabilities(
        CIGARETTES, *panel, effects="unit", bias_correction=None, prior=prior, slopes="flat"
    ).set_index("model")["log_marginal"]
    for kind, value in STORED["cigar_bayes"][f"individual.{prior}"].items():
        assert found[kind.upper()] == pytest.approx(value, abs=1e-8)


@needs_data
@pytest.mark.parametrize("case", ["time.uniform", "time.beta", "twoways.uniform", "twoways.beta"])
def test_cigarette_marginals_demeaned_first(panel, case):
    """The stored values demean first and lag then; so the arrays are made by hand here."""
    data, graph = panel
    effects, prior = case.split(".")
    frame, op = data.frame, operator(graph)
    n, t = data.n_units, data.n_times
    layout = Layout(*data.codes, n, t)
    values = frame[["logc", "logp", "logy"]].to_numpy()
    inside = demean(values, {"time": "time", "twoways": "twoway"}[effects], layout)

    def lag(v):
        return op.lag(v.reshape(t, n, -1)).reshape(v.shape)

    y, x = inside[:, 0], inside[:, 1:]
    free = n * t - {"time": t, "twoways": n + t - 1}[effects]
    counts = Counts(free, float(free), 0, "flat")
    terms = [LogDetTerm(log_determinant(op), t, centred=False)]
    both = np.column_stack([x, lag(x)])
    found = {
        "ols": plain_marginal(x, y, counts),
        "slx": plain_marginal(both, y, counts),
        "sar": lag_marginal(x, y, lag(y), terms, counts, prior),
        "sdm": lag_marginal(both, y, lag(y), terms, counts, prior),
        "sem": error_marginal(x, y, lag(x), lag(y), terms, counts, prior),
        "sdem": error_marginal(both, y, lag(both), lag(y), terms, counts, prior),
    }
    for kind, value in STORED["cigar_bayes"][case].items():
        assert found[kind] == pytest.approx(value, abs=1e-8), kind
