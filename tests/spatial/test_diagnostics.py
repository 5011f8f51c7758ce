"""Tests refuse what does not compare, and do not depend on order, names or units of measurement."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy.special import gammaln
from support.worlds import graph, lattice_matrix, names, row_standardised, simulated_panel

import spatial

MATRIX = lattice_matrix(5)
W = graph(MATRIX)
SPEC = "y ~ x1 + x2"


def table(**options):
    return simulated_panel(row_standardised(MATRIX), periods=5, **{"seed": 1, **options})


@pytest.fixture(scope="module", name="panel")
def fixture_panel():
    return spatial.Panel(table(), "unit", "time")


def fitted(kind, panel, effects="twoway", w=W, spec=SPEC, **options):
    return getattr(spatial, kind)(spec, effects=effects, **options).fit(panel, w)


# ---- shapes of the answers


def test_columns_and_rows_are_the_promise(panel):
    found = spatial.lm_tests(SPEC, panel, W)
    assert list(found.columns) == ["test", "statistic", "df", "p_value", "null"]
    rows = ["lm_lag", "lm_error", "robust_lm_lag", "robust_lm_error", "sarma"]
    assert found["test"].tolist() == rows
    assert found["df"].tolist() == [1, 1, 1, 1, 2]
    one = spatial.lr_test(fitted("SAR", panel), fitted("SDM", panel))
    assert list(one.index) == ["test", "statistic", "df", "p_value", "null"]


def test_identities(panel):
    found = spatial.lm_tests(SPEC, panel, W, "twoway").set_index("test")["statistic"]
    assert found["sarma"] == pytest.approx(found["lm_lag"] + found["robust_lm_error"])
    assert found["sarma"] == pytest.approx(found["lm_error"] + found["robust_lm_lag"])
    found = spatial.durbin_tests(SPEC, panel, W, "unit").set_index("test")["statistic"]
    assert found["lm_sdm"] == pytest.approx(found["lm_wx"] + found["robust_lm_lag_wx"])
    assert found["lm_sdm"] == pytest.approx(found["lm_lag"] + found["robust_lm_wx"])
    assert found["lm_sdem"] == pytest.approx(found["lm_wx"] + found["lm_error"])
    some = spatial.durbin_tests(SPEC, panel, W, lagged=["x1"]).set_index("test")
    assert some.loc["lm_sdm", "df"] == 2
    assert some.loc["lm_sdm", "statistic"] != pytest.approx(some.loc["lm_sdem", "statistic"])


@pytest.mark.parametrize("effects", ["none", "unit", "twoway"])
def test_order_names_and_units_of_measurement_change_nothing(panel, effects):
    plain = spatial.lm_tests(SPEC, panel, W, effects)["statistic"]
    other = table()
    other["unit"] = other["unit"].str.replace("u", "市")
    other["x1"] *= 1e6
    other["y"] = other["y"] / 1e5 + 3.0
    shuffled = spatial.Panel(other.sample(frac=1.0, random_state=0), "unit", "time")
    renamed = graph(MATRIX, names(25, "市"))
    again = spatial.lm_tests(SPEC, shuffled, renamed, effects)["statistic"]
    np.testing.assert_allclose(again, plain, rtol=1e-7)
    chosen = spatial.choose_model(SPEC, panel, W, effects=effects)
    again = spatial.choose_model(SPEC, shuffled, renamed, effects=effects)
    np.testing.assert_allclose(again["statistic"], chosen["statistic"], rtol=1e-5)
    g = spatial.model_probabilities(SPEC, panel, W, effects)["probability"]
    g_again = spatial.model_probabilities(SPEC, shuffled, renamed, effects)["probability"]
    np.testing.assert_allclose(g_again, g, rtol=1e-6, atol=1e-12)


def test_nothing_is_mutated(panel):
    before = table()
    frame = before.copy()
    data = spatial.Panel(frame, "unit", "time")
    spatial.choose_model(SPEC, data, W)
    pd.testing.assert_frame_equal(frame, before)


def test_without_regressors_robust_tests_are_undefined():
    section = table().query("time == 2000").set_index("unit")
    found = spatial.lm_tests("y ~ 1", section, W).set_index("test")["statistic"]
    assert found[["robust_lm_lag"]].isna().all()
    assert found["lm_lag"] == pytest.approx(found["lm_error"])


# ---- likelihood ratios


def test_lr_between_fixed_effects_needs_dummies(panel):
    both, unit = fitted("OLS", panel), fitted("OLS", panel, "unit")
    with pytest.raises(spatial.InputError, match="bias_correction=None"):
        spatial.lr_test(unit, both)
    both = fitted("OLS", panel, bias_correction=None)
    for effects, df in (("unit", 4), ("time", 24), ("none", 28)):
        one = fitted("OLS", panel, effects, **({} if effects == "none" else NO_CORRECTION))
        found = spatial.lr_test(one, both)
        assert found["df"] == df
        assert found["test"] == f"lr_effects_{effects}"
        ratio = len(panel.frame) * np.log(one.sigma2 / both.sigma2)
        assert found["statistic"] == pytest.approx(ratio)


NO_CORRECTION = {"bias_correction": None}


def test_lr_refuses_what_does_not_compare(panel):
    sdm = fitted("SDM", panel)
    refusals = {
        "not nested in the SEM": (fitted("SAR", panel), fitted("SEM", panel)),
        "give the restricted fit first": (sdm, fitted("SAR", panel)),
        "same 4 parameters": (fitted("SAR", panel), fitted("SAR", panel)),
        "different transformations": (fitted("SAR", panel, bias_correction=None), sdm),
        "different rows, 100 and 125 .u000 2000": (
            fitted("SAR", panel.subset(years=(2001, 2004))),
            sdm,
        ),
        "explain x1 and y": (fitted("SAR", panel, spec="x1 ~ x2"), sdm),
        "weights of rho": (fitted("SAR", panel, w=graph(lattice_matrix(5, rule="rook"))), sdm),
        "no special case of": (
            fitted("SDM", panel, bias_correction=None),
            fitted("SDM", panel, "unit", bias_correction=None),
        ),
        "which lacks lambda": (fitted("SEM", panel), fitted("SDM", panel, lagged=["x1"])),
    }
    for words, (one, other) in refusals.items():
        with pytest.raises(spatial.InputError, match=words):
            spatial.lr_test(one, other)


def test_lr_refuses_other_values_under_the_same_labels(panel):
    other = spatial.Panel(table().assign(x1=lambda t: t["x1"] * 2), "unit", "time")
    with pytest.raises(spatial.InputError, match="differ in x1"):
        spatial.lr_test(fitted("SAR", other), fitted("SDM", panel))


def test_lr_counts_dummies_of_an_unbalanced_panel(panel):
    gappy = spatial.Panel(panel.frame.drop(index=[3, 30, 77]), "unit", "time")
    one, other = (fitted(kind, gappy, missing="absent", effects="unit") for kind in ("SAR", "SDM"))
    factor = 122 / (122 - 25)
    found = spatial.lr_test(one, other)
    assert found["statistic"] == pytest.approx(2 * (other.loglik - one.loglik) / factor)


# ---- Wald


def test_wald_is_the_delta_method(panel):
    fit = fitted("SDM", panel, "unit")
    p, v = fit.params, fit.cov.to_numpy()
    h = np.array([p["W.x1"] + p["rho"] * p["x1"], p["W.x2"] + p["rho"] * p["x2"]])
    d = np.array([[p["rho"], 0, 1, 0, p["x1"]], [0, p["rho"], 0, 1, p["x2"]]])
    found = spatial.wald_test(fit, "sem")
    assert found["statistic"] == pytest.approx(h @ np.linalg.solve(d @ v @ d.T, h))
    assert found["df"] == 2


def test_wald_with_one_restriction_is_the_square_of_z(panel):
    fit = fitted("SDM", panel, lagged=["x1"])
    z = fit.tidy().set_index("term")["statistic"]
    assert spatial.wald_test(fit, "sar")["statistic"] == pytest.approx(z["W.x1"] ** 2)
    assert spatial.wald_test(fit, "slx")["statistic"] == pytest.approx(z["rho"] ** 2)
    assert spatial.wald_test(fit, "ols")["df"] == 2


def test_wald_refuses(panel):
    with pytest.raises(spatial.InputError, match="unlagged: x2"):
        spatial.wald_test(fitted("SDM", panel, lagged=["x1"]), "sem")
    with pytest.raises(spatial.InputError, match="no special case of this SAR"):
        spatial.wald_test(fitted("SAR", panel), "sdm")
    with pytest.raises(spatial.InputError, match="one of ols, slx"):
        spatial.wald_test(fitted("SDM", panel), "probit")


# ---- residuals, Hausman


def test_residual_tests_refuse(panel):
    with pytest.raises(spatial.InputError, match="lm_residuals"):
        spatial.residual_moran(fitted("SAR", panel))
    with pytest.raises(spatial.InputError, match="lm_tests starts from least squares"):
        spatial.lm_residuals(fitted("OLS", panel))
    with pytest.raises(spatial.InputError, match="one of two-sided"):
        spatial.residual_moran(fitted("OLS", panel), alternative="both")
    section = table().query("time == 2000").set_index("unit")
    with pytest.raises(spatial.InputError, match="indexed by unit and time"):
        spatial.pesaran_cd(spatial.OLS(SPEC).fit(section, W))
    flat = fitted("OLS", panel, "none").residuals.copy()
    flat.loc["u004"] = 1.0
    with pytest.raises(spatial.InputError, match="residuals of u004 do not vary"):
        spatial.pesaran_cd(flat)


def test_hausman_refuses_two_fixed_fits(panel):
    with pytest.raises(spatial.InputError, match='effects "unit" and "twoway"'):
        spatial.hausman(fitted("SDM", panel, "unit"), fitted("SDM", panel))
    with pytest.raises(spatial.InputError, match="compares SEM or SDEM"):
        spatial.hausman_error(fitted("SDM", panel))


def test_lm_refuses(panel):
    with pytest.raises(spatial.InputError, match="know no random effects"):
        spatial.lm_tests(SPEC, panel, W, "random")
    with pytest.raises(spatial.InputError, match="lag_x=True"):
        spatial.lm_tests(SPEC, panel, W, lagged=["x1"])
    alone = graph(np.zeros((25, 25)))
    with pytest.raises(spatial.InputError, match="has a neighbour"):
        spatial.lm_tests(SPEC, panel, alone)


# ---- the sequence


def world(kind, seed=0, periods=6, size=9):
    """Panel drawn from one model of the family, strong enough to be recognised."""
    rng = np.random.default_rng(seed)
    matrix = lattice_matrix(size)
    w, n = row_standardised(matrix), size**2
    rows = []
    unit = rng.normal(size=n)
    for t in range(periods):
        x = rng.normal(size=(n, 2)) + 0.5 * unit[:, None]
        mean = x @ [1.0, -1.0] + unit + 3.0 * rng.normal()
        error = rng.normal(size=n)
        if kind in ("SLX", "SDM"):
            mean = mean + w @ x @ [0.8, 0.9]
        if kind == "SEM":
            error = np.linalg.solve(np.eye(n) - 0.6 * w, error)
        y = mean + error
        if kind in ("SAR", "SDM"):
            y = np.linalg.solve(np.eye(n) - 0.5 * w, y)
        rows.append(
            pd.DataFrame({"unit": names(n), "time": t, "y": y, "x1": x[:, 0], "x2": x[:, 1]})
        )
    return spatial.Panel(pd.concat(rows), "unit", "time"), graph(matrix)


@pytest.mark.parametrize("kind", ["OLS", "SLX", "SAR", "SEM", "SDM"])
def test_the_sequence_finds_the_model_of_a_clear_world(kind):
    chosen = spatial.choose_model(SPEC, *world(kind))
    expected = {"SLX": ("SLX", "SDM", "SAR", "SEM")}.get(kind, (kind,))
    assert chosen.model in expected
    assert chosen.effects == "twoway"
    assert list(chosen.columns) == [
        "step", "test", "statistic", "df", "p_value", "decision", "sentence",
    ]  # fmt: skip
    assert chosen["step"].tolist() == list(range(1, len(chosen) + 1))
    assert chosen["decision"].iloc[-1] == chosen.model
    assert all(text.endswith(".") for text in chosen.sentences)
    assert chosen.sentences[-1].startswith(chosen.model)


def test_the_sequence_prints_as_sentences(panel):
    chosen = spatial.choose_model(SPEC, panel, W)
    printed = str(chosen)
    assert printed.startswith(f'{SPEC}: {chosen.model}, effects "{chosen.effects}"')
    assert max(map(len, printed.splitlines())) <= 100
    assert isinstance(chosen, pd.DataFrame)
    assert type(chosen.head(2)) is pd.DataFrame
    assert json.loads(json.dumps(chosen.attrs)) == chosen.attrs
    pd.concat([chosen, chosen])


def test_the_sequence_on_a_cross_section_and_with_given_effects(panel):
    section = table().query("time == 2000").set_index("unit")
    chosen = spatial.choose_model(SPEC, section, W)
    assert chosen.effects == "none"
    assert chosen["test"].iloc[0] == "residual_moran"
    given = spatial.choose_model(SPEC, panel, W, effects="unit")
    assert "lr_unit_effects" not in set(given["test"])
    assert given.effects == "unit"


def test_the_sequence_leaves_sem_out_where_it_is_not_nested(panel):
    chosen = spatial.choose_model(SPEC, panel, W, lagged=["x1"])
    assert "wald_sem" not in set(chosen["test"])
    assert "wald_sar" in set(chosen["test"])
    with pytest.raises(spatial.InputError, match="share between 0 and 1"):
        spatial.choose_model(SPEC, panel, W, alpha=5)


def test_the_sequence_on_an_unbalanced_panel(panel):
    gappy = spatial.Panel(panel.frame.drop(index=[3, 30, 77]), "unit", "time")
    with pytest.raises(spatial.InputError, match="missing="):
        spatial.choose_model(SPEC, gappy, W)
    assert spatial.choose_model(SPEC, gappy, W, missing="absent").model in ("SDM", "SAR")


# ---- probabilities


def test_probabilities_find_model_and_weights():
    panel, w = world("SDM")
    found = spatial.model_probabilities(SPEC, panel, w, "twoway").set_index("model")
    assert found["probability"].idxmax() == "SDM"
    assert found["probability"].sum() == pytest.approx(1.0)
    rook = graph(lattice_matrix(9, rule="rook"))
    both = spatial.weights_probabilities(SPEC, panel, {"queen": w, "rook": rook}, "twoway")
    assert both.set_index("weights")["probability"]["queen"] > 0.99


def test_flat_slopes_depend_on_units_only_between_different_columns(panel):
    other = spatial.Panel(table().assign(x1=lambda t: t["x1"] * 1000), "unit", "time")
    kinds = ["SLX", "SDM", "SDEM"]
    same = [
        spatial.model_probabilities(SPEC, data, W, "unit", models=kinds, slopes="flat")
        for data in (panel, other)
    ]
    np.testing.assert_allclose(same[0]["probability"], same[1]["probability"], rtol=1e-6)


def test_probabilities_refuse(panel):
    with pytest.raises(spatial.InputError, match="among OLS, SLX"):
        spatial.model_probabilities(SPEC, panel, W, models=["SAC"])
    with pytest.raises(spatial.InputError, match="uniform"):
        spatial.model_probabilities(SPEC, panel, W, prior="normal")
    with pytest.raises(spatial.InputError, match="mapping from names"):
        spatial.weights_probabilities(SPEC, panel, [W])
    isolated = MATRIX.copy()
    isolated[0, :] = isolated[:, 0] = 0.0
    with pytest.raises(spatial.InputError, match="different numbers of observations"):
        spatial.weights_probabilities(SPEC, panel, {"a": W, "b": graph(isolated)}, "twoway")


def test_marginals_by_a_fine_grid(panel):
    """The integral against a plain sum over a fine grid of the concentrated density."""
    fit = fitted("SAR", panel, "unit")
    found = spatial.model_probabilities(SPEC, panel, W, "unit", models=["SAR"], slopes="flat")[
        "log_marginal"
    ][0]
    x, wy = fit._fitted.moments.x, fit._fitted.moments.wy
    y = fit._fitted.estimate.residuals + x @ fit.params.to_numpy()[:2] + fit.params["rho"] * wy
    roots = np.linalg.eigvals(row_standardised(MATRIX)).real
    low, high = 1 / roots.min(), 1.0
    at = np.linspace(low, high, 200001)[1:-1]
    hat = x @ np.linalg.pinv(x)
    y, wy = y - hat @ y, wy - hat @ wy
    rss = y @ y - 2 * at * (y @ wy) + at**2 * (wy @ wy)
    d = (100 - 2) / 2
    logs = 4 * sum(np.log1p(-at * root) for root in roots) - d * np.log(rss)
    constant = gammaln(d) - d * np.log(2 * np.pi) - 0.5 * np.linalg.slogdet(x.T @ x)[1]
    peak = logs.max()
    mean = np.log(np.exp(logs - peak).sum() / 200000) + peak
    assert found == pytest.approx(constant + mean, abs=1e-6)


# ---- warnings


@pytest.mark.parametrize(
    "ask",
    [spatial.lm_tests, spatial.durbin_tests, spatial.choose_model, spatial.model_probabilities],
)
def test_a_cut_of_the_weights_is_told_once(panel, ask):
    fewer = panel.subset(units=[unit for unit in panel.units if unit != "u024"])
    with pytest.warns(spatial.AlignmentWarning) as caught:
        ask(SPEC, fewer, W)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    with pytest.raises(spatial.AlignmentWarning):
        ask(SPEC, fewer, W)


# ---- random effects, instruments, the outcome of the year before


def random_world(*, correlated, seed=0, n=64, periods=6):
    rng = np.random.default_rng(seed)
    matrix = lattice_matrix(8)
    w = row_standardised(matrix)
    unit = rng.normal(size=n)
    rows = []
    for t in range(periods):
        x = rng.normal(size=(n, 2)) + (1.0 if correlated else 0.0) * unit[:, None]
        mean = x @ [1.0, -0.5] + unit + 2.0 * rng.normal()
        y = np.linalg.solve(np.eye(n) - 0.4 * w, mean + rng.normal(size=n))
        frame = {"unit": names(n), "year": 2000 + t, "y": y, "x1": x[:, 0], "x2": x[:, 1]}
        rows.append(pd.DataFrame(frame))
    return spatial.Panel(pd.concat(rows), "unit", "year"), graph(matrix)


@pytest.mark.parametrize("kind", ["SAR", "SEM", "SDM"])
def test_hausman_is_the_contrast_of_slopes_and_rho(kind):
    panel, w = random_world(correlated=True)
    spec = f"{SPEC} + C(year)"
    lags = {"lagged": ["x1", "x2"]} if kind == "SDM" else {}
    fits = [
        getattr(spatial, kind)(spec, effects=effects, **lags).fit(panel, w)
        for effects in ("unit", "random")
    ]
    compared = [
        "x1",
        "x2",
        *(["W.x1", "W.x2"] if lags else []),
        *(["rho"] if kind != "SEM" else []),
    ]
    gap = (fits[0].params - fits[1].params)[compared].to_numpy(float)
    alike = fits[0].sigma2 / fits[1].sigma2
    spread = (fits[0].cov - alike * fits[1].cov).loc[compared, compared].to_numpy(float)
    found = spatial.hausman(*fits)
    assert found["df"] == len(compared)
    assert found["note"] == ""
    assert found["statistic"] == pytest.approx(gap @ np.linalg.solve(spread, gap), rel=1e-6)
    assert found["p_value"] < 0.001


def test_the_sequence_ends_with_random_effects():
    said = {}
    for correlated in (True, False):
        chosen = spatial.choose_model(SPEC, *random_world(correlated=correlated))
        assert chosen["test"].iloc[-2] == "hausman"
        assert chosen.effects == "twoway"
        said[correlated] = chosen["decision"].iloc[-2]
    assert said == {True: "rejected", False: "kept"}


def test_the_sequence_says_where_random_effects_cannot_be_estimated(monkeypatch):
    from spatial.diagnostics import choose

    def refuse(*_):
        raise spatial.InputError("too many units.")

    monkeypatch.setattr(choose, "hausman", refuse)
    chosen = spatial.choose_model(SPEC, *random_world(correlated=False))
    assert chosen["decision"].iloc[-2] == "untested"
    assert chosen.sentences[-2] == "Random effects cannot be estimated here: too many units."


def test_hausman_refuses_two_way_effects():
    panel, w = random_world(correlated=False)
    twoway = fitted("SAR", panel, w=w)
    random = fitted("SAR", panel, "random", w=w)
    with pytest.raises(spatial.InputError, match=r"dummies of the years, C\(year\), in both"):
        spatial.hausman(twoway, random)
    with pytest.raises(spatial.InputError, match="the fits are SDM and SAR"):
        spatial.hausman(fitted("SDM", panel, "unit", w=w), random)


def test_hausman_takes_the_positive_part():
    panel, w = random_world(correlated=False)
    fixed, random = (fitted("SAR", panel, effects, w=w) for effects in ("unit", "random"))
    found = spatial.hausman(fixed, random)
    if found["note"]:
        assert found["df"] < 3
    else:
        assert found["df"] == 3


def test_a_dynamic_error_model_restricts_the_past_too(panel):
    dynamic = {"dynamic": ("y", "Wy")}
    fit = fitted("SDM", panel, **dynamic)
    assert spatial.wald_test(fit, "sem")["df"] == 3
    assert spatial.wald_test(fit, "sar")["df"] == 2
    with pytest.raises(spatial.InputError, match="unlagged: L.y"):
        spatial.wald_test(fitted("SDM", panel, dynamic=("y",)), "sem")


def test_no_score_test_where_the_likelihood_is_not_at_its_maximum(panel):
    for options in ({"dynamic": ("y", "Wy")}, {"estimator": "gmm"}):
        fit = fitted("SAR", panel, **options)
        with pytest.raises(spatial.InputError, match="not the maximum of the likelihood"):
            spatial.lm_residuals(fit)
    gmm = fitted("SAR", panel, estimator="gmm")
    with pytest.raises(spatial.InputError, match="has no likelihood"):
        spatial.lr_test(gmm, gmm)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: spatial.lr_test(spatial.SAR(SPEC), spatial.SDM(SPEC)),
        lambda: spatial.wald_test(None, "sar"),
        lambda: spatial.hausman(1, 2),
        lambda: spatial.hausman_error("SEM"),
        lambda: spatial.residual_moran(pd.Series([1.0])),
        lambda: spatial.lm_residuals(pd.DataFrame()),
        lambda: spatial.pesaran_cd(np.ones((3, 4))),
    ],
)
def test_only_fits_are_tested(ask):
    with pytest.raises(spatial.InputError, match="is no fitted model"):
        ask()


def test_random_effects_stand_on_one_side_of_the_filter():
    """The Durbin model has them inside: SEM outside it is no special case."""
    panel, w = random_world(correlated=False)
    kinds = {side: {"error_component": side} for side in ("inside", "outside")}
    durbin = fitted("SDM", panel, "random", w=w)
    sem = {side: fitted("SEM", panel, "random", w=w, **o) for side, o in kinds.items()}
    found = spatial.lr_test(sem["inside"], durbin)
    assert found["statistic"] == pytest.approx(2.0 * (durbin.loglik - sem["inside"].loglik))
    with pytest.raises(spatial.InputError, match='set error_component="inside"'):
        spatial.lr_test(sem["outside"], durbin)
    wider = fitted("SDEM", panel, "random", w=w, **kinds["outside"])
    assert spatial.lr_test(sem["outside"], wider)["df"] == 2
    with pytest.raises(spatial.InputError, match='set error_component="outside"'):
        spatial.lr_test(sem["inside"], wider)
