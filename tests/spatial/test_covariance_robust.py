"""The sandwich for errors that are not normal, against dense algebra and simulation."""

import numpy as np
import pytest
from support import worlds
from support.dense_scores import dense_scores, sandwich
from support.family_cases import (
    EFFECTS,
    MODELS,
    SHAPES,
    case,
    fitted,
    graphs,
    spatial_parameters,
)

import spatial
from spatial.covariance import higher_moments as moments
from spatial.covariance import robust

SPATIAL = [model for model in MODELS if model not in ("OLS", "SLX")]


def corrections(effects):
    return ({}, {"bias_correction": None}) if effects != "none" else ({},)


@pytest.mark.parametrize("effects", EFFECTS)
@pytest.mark.parametrize("shape", SHAPES)
def test_equals_dense_quadratic_forms(shape, effects, monkeypatch):
    monkeypatch.setattr(robust, "higher_moments", lambda _: (0.9, 2.5))
    for model in SPATIAL if shape in ("plain", "second graph") else ("SDM", "SDEM", "GNS"):
        for options in corrections(effects):
            made = fitted(shape, model, effects, **options)
            values = made.world.pack(*spatial_parameters(made.fit))
            variance = dense_scores(made, values).variance(0.9, 2.5)
            found = made.fit.with_cov("robust")
            expected = sandwich(made.world, values, variance)
            inflation = made.fit._fitted.transformation.inflation
            scale = np.sqrt(np.outer(np.diag(expected), np.diag(expected))) * inflation
            np.testing.assert_allclose(
                found.cov.to_numpy() / scale, expected * inflation / scale, rtol=0, atol=2e-6
            )
            assert found.cov_kind == "robust"


def test_normal_moments_give_the_expected_information(monkeypatch):
    monkeypatch.setattr(robust, "higher_moments", lambda _: (0.0, 0.0))
    for shape, effects, model in (("plain", "twoway", "GNS"), ("unbalanced", "unit", "SDM")):
        fit = fitted(shape, model, effects).fit
        np.testing.assert_allclose(
            fit.with_cov("robust").cov, fit.with_cov("expected").cov, rtol=1e-9, atol=1e-14
        )


@pytest.mark.parametrize(
    ("shape", "effects", "model"),
    [("plain", "twoway", "GNS"), ("unbalanced", "time", "SAC"), ("isolate", "unit", "SDM")],
)
def test_variance_of_the_score_under_chi_square_errors(shape, effects, model):
    made = fitted(shape, model, effects)
    values = made.world.pack(*spatial_parameters(made.fit))
    scores = dense_scores(made, values)
    rng, draws, free = np.random.default_rng(3), 40_000, 4.0
    errors = (rng.chisquare(free, (draws, made.q.shape[1])) - free) / np.sqrt(2 * free)
    found = scores.values(errors * np.sqrt(scores.s2))
    formula = scores.variance(np.sqrt(8 / free), 12 / free)
    products = found[:, :, None] * found[:, None, :]
    spread = products.std(axis=0) / np.sqrt(draws)
    np.testing.assert_array_less(np.abs(products.mean(axis=0) - formula), 4.5 * spread + 1e-9)
    normal = scores.variance(0.0, 0.0)
    assert np.abs(normal - formula)[-1, -1] > 20 * spread[-1, -1]


@pytest.mark.parametrize("effects", EFFECTS)
@pytest.mark.parametrize("shape", ["plain", "isolate", "unbalanced", "gaps isolate"])
def test_projection_of_the_moments(shape, effects):
    for model in ("SDM", "SEM"):
        made = fitted(shape, model, effects)
        data, (_, lam) = made.data, spatial_parameters(made.fit)
        rest = np.eye(data.n)
        if data.d.size:
            basis = np.linalg.qr(data.system(0.0, lam)[1] @ data.d)[0]
            rest = rest - basis @ basis.T
        found = moments._projection_rows(made.fit._fitted)
        for power in (2, 3, 4):
            assert (found**power).sum(axis=0).mean() == pytest.approx(
                (rest**power).sum(axis=0).mean(), rel=1e-8
            )


def test_moments_of_skewed_errors_are_found():
    """Means over many panels of six periods, where residuals alone would be too normal."""
    found, free = [], 3.0
    w = worlds.row_standardised(worlds.lattice_matrix(10))
    graph = worlds.graph(worlds.lattice_matrix(10))
    for seed in range(8):
        table = worlds.simulated_panel(w, periods=6, seed=seed, rho=0.0, sigma=0.0)
        rng = np.random.default_rng(100 + seed)
        table["y"] += (rng.chisquare(free, len(table)) - free) / np.sqrt(2 * free)
        fit = spatial.SAR("y ~ x1 + x2", effects="twoway").fit(
            spatial.Panel(table, "unit", "time"), graph
        )
        found.append(moments.higher_moments(fit._fitted))
    mean, error = np.mean(found, axis=0), np.std(found, axis=0, ddof=1) / np.sqrt(len(found))
    np.testing.assert_array_less(np.abs(mean - [np.sqrt(8 / free), 12 / free]), 4 * error)


def test_two_periods_leave_no_skewness():
    table, raw, _ = case("plain")
    two = table[table["time"] < table["time"].min() + 2]
    fit = spatial.SAR("y ~ x1", effects="unit").fit(
        spatial.Panel(two, "unit", "time"), graphs(raw, mapping=False)
    )
    assert moments.higher_moments(fit._fitted)[0] == 0.0
    assert np.isfinite(fit.with_cov("robust").std_errors).all()


@pytest.mark.parametrize("effects", EFFECTS)
@pytest.mark.parametrize("model", ["OLS", "SLX"])
def test_least_squares_has_hc1(model, effects):
    made = fitted("unbalanced", model, effects)
    columns = np.hstack([made.data.x, made.data.d])
    error = made.data.y - columns @ np.linalg.lstsq(columns, made.data.y)[0]
    bread = np.linalg.inv(columns.T @ columns)
    n, k = columns.shape
    cov = bread @ (columns.T * error**2) @ columns @ bread * n / (n - k)
    kept = made.data.x.shape[1]
    np.testing.assert_allclose(
        made.fit.with_cov("robust").cov, cov[:kept, :kept], rtol=1e-8, atol=1e-13
    )
