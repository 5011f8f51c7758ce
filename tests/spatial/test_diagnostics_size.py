"""Tests reject what is true in about 5 of 100 samples (python -m pytest -m slow)."""

import numpy as np
import pandas as pd
import pytest
from support.worlds import graph, lattice_matrix, names, row_standardised

import spatial

pytestmark = pytest.mark.slow

SIDE, DRAWS = 10, 400
MATRIX = lattice_matrix(SIDE)
W = graph(MATRIX)
SPEC = "y ~ x1 + x2"
FAR = 4.0 * np.sqrt(0.05 * 0.95 / DRAWS)


def draw(rng, effects, periods, rho=0.0, lam=0.0, theta=(0.0, 0.0)):
    """A panel with the effects named, in which the lags have these parameters."""
    w, n = row_standardised(MATRIX), SIDE**2
    unit = rng.normal(size=n) if effects in ("unit", "twoway") else np.zeros(n)
    frames = []
    for t in range(periods):
        x = rng.normal(size=(n, 2)) + 0.5 * unit[:, None]
        year = 2.0 * rng.normal() if effects in ("time", "twoway") else 0.0
        error = np.linalg.solve(np.eye(n) - lam * w, rng.normal(size=n))
        y = x @ [1.0, -0.5] + w @ x @ theta + unit + year + error
        y = np.linalg.solve(np.eye(n) - rho * w, y)
        frames.append(
            pd.DataFrame({"unit": names(n), "time": t, "y": y, "x1": x[:, 0], "x2": x[:, 1]})
        )
    return pd.concat(frames, ignore_index=True)


def shares(p_values):
    return pd.DataFrame(p_values).lt(0.05).mean()


@pytest.mark.parametrize("effects", ["none", "unit", "time", "twoway"])
@pytest.mark.parametrize("share", [0.0, 0.1])
def test_lm_tests_hold_their_level(effects, share):
    rng, found = np.random.default_rng(5), []
    for _ in range(DRAWS):
        table = draw(rng, effects, 4)
        keep = rng.uniform(size=len(table)) >= share
        keep[: SIDE**2] = True
        panel = spatial.Panel(table[keep], "unit", "time")
        missing = "absent" if share else None
        lm = spatial.lm_tests(SPEC, panel, W, effects, missing=missing)
        durbin = spatial.durbin_tests(SPEC, panel, W, effects, missing=missing)
        fit = spatial.OLS(SPEC, effects=effects, missing=missing).fit(panel, W)
        both = pd.concat([lm, durbin]).drop_duplicates("test").set_index("test")["p_value"]
        found.append({**both, "moran": spatial.residual_moran(fit)["p_value"]})
    assert shares(found).sub(0.05).abs().max() < FAR


def test_cd_holds_its_level_without_time_effects():
    rng, found = np.random.default_rng(6), []
    for _ in range(DRAWS):
        panel = spatial.Panel(draw(rng, "unit", 8), "unit", "time")
        fit = spatial.OLS(SPEC, effects="unit").fit(panel, W)
        found.append({"cd": spatial.pesaran_cd(fit)["p_value"]})
    assert shares(found).sub(0.05).abs().max() < FAR


@pytest.mark.parametrize("kind", ["SAR", "SEM"])
def test_reductions_hold_their_level(kind):
    rng, found = np.random.default_rng(7), []
    lags = {"rho": 0.4} if kind == "SAR" else {"lam": 0.4}
    for _ in range(DRAWS):
        panel = spatial.Panel(draw(rng, "twoway", 6, **lags), "unit", "time")
        sdm = spatial.SDM(SPEC, effects="twoway").fit(panel, W)
        small = getattr(spatial, kind)(SPEC, effects="twoway").fit(panel, W)
        found.append(
            {
                "wald": spatial.wald_test(sdm, kind.lower())["p_value"],
                "lr": spatial.lr_test(small, sdm)["p_value"],
                "lm": spatial.lm_residuals(small)["p_value"],
            }
        )
    assert shares(found).sub(0.05).abs().max() < FAR
