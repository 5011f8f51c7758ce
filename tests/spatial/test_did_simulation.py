"""Staggered effects that differ, by simulation: bias, coverage, size of the pre-trend test."""

import numpy as np
import pandas as pd
import pytest
from support.worlds import graph, lattice_matrix, names, row_standardised

from spatial import DID, Panel

pytestmark = pytest.mark.slow
SIDE, DRAWS = 14, 200
YEARS = np.arange(2000, 2012)
NEAR = 0.3


def drawn(w, first, seed, *, serial=0.5):
    """Own effects grow from the year of treatment on, the more the earlier a unit starts."""
    rng = np.random.default_rng(seed)
    n = len(w)
    since = YEARS[:, None] - np.nan_to_num(first, nan=9999.0)
    on = since >= 0
    own = np.where(on, 0.2 * (1 + since) * np.where(first <= 2004, 1.5, 0.3), 0.0)
    shock = np.empty((len(YEARS), n))
    shock[0] = rng.normal(size=n) / np.sqrt(1 - serial**2)
    for t in range(1, len(YEARS)):
        shock[t] = serial * shock[t - 1] + rng.normal(size=n)
    y = rng.normal(size=n) + 0.1 * (YEARS - 2000)[:, None] + own + NEAR * on @ w.T + 0.5 * shock
    table = pd.DataFrame({"unit": names(n) * len(YEARS), "year": YEARS.repeat(n), "y": y.ravel()})
    table["start"] = np.tile(first, len(YEARS))
    return table, float(own[on].mean())


@pytest.fixture(scope="module", params=["excluded", "modelled"])
def study(request):
    binary = lattice_matrix(SIDE, rule="rook")
    w, named = row_standardised(binary), graph(binary)
    rng = np.random.default_rng(11)
    first = rng.choice([2004.0, 2007.0, np.nan], size=len(w), p=[0.2, 0.15, 0.65])
    rows = []
    for seed in range(DRAWS):
        table, att = drawn(w, first, seed)
        panel = Panel(table, "unit", "year")
        spec = DID("y ~ 1", first_treated="start", leads=3, lags=4, exposed=request.param)
        fit = spec.fit(panel, named)
        effects = fit.effects().set_index("effect")
        rows.append(
            {
                **{f"p_{row.effect}": row.p_value for row in fit.pretrend().itertuples()},
                "att": att,
                **{f"{k}": effects.loc[k, "estimate"] for k in ("own", "neighbours")},
                **{f"{k}_se": effects.loc[k, "std_error"] for k in ("own", "neighbours")},
                "twoway": fit.comparison.set_index("effect").loc["own", "twoway"],
            }
        )
    return pd.DataFrame(rows)


def test_imputation_is_unbiased_where_two_way_is_not(study):
    truth = {"own": study["att"].iloc[0], "neighbours": NEAR}
    for kind, true in truth.items():
        error = study[kind].std() / np.sqrt(DRAWS)
        assert abs(study[kind].mean() - true) < 3 * error, kind
    bias = study["twoway"].mean() - truth["own"]
    assert abs(bias) > 0.1 * truth["own"]
    assert abs(bias) > 10 * study["twoway"].std() / np.sqrt(DRAWS)


def test_intervals_cover(study):
    for kind, true in {"own": study["att"].iloc[0], "neighbours": NEAR}.items():
        covered = (np.abs(study[kind] - true) < 1.96 * study[f"{kind}_se"]).mean()
        assert 0.90 <= covered <= 0.99, (kind, covered)
        assert 0.85 < study[f"{kind}_se"].mean() / study[kind].std() < 1.2


def test_pretrend_test_keeps_its_level(study):
    for kind in ("own", "neighbours", "both"):
        share = (study[f"p_{kind}"] < 0.05).mean()
        assert share <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / DRAWS), (kind, share)
        assert share >= 0.005, (kind, share)


def test_pretrend_test_finds_a_trend():
    binary = lattice_matrix(SIDE, rule="rook")
    w, named = row_standardised(binary), graph(binary)
    first = np.random.default_rng(11).choice(
        [2004.0, 2007.0, np.nan], size=len(w), p=[0.2, 0.15, 0.65]
    )
    table, _ = drawn(w, first, 1)
    ahead = table["year"] - table["start"]
    table["y"] += (0.5 * (ahead + 4)).where((ahead >= -3) & (ahead < 0), 0.0)
    fit = DID("y ~ 1", first_treated="start", leads=3, lags=4).fit(
        Panel(table, "unit", "year"), named
    )
    found = fit.pretrend().set_index("effect")["p_value"]
    assert found["own"] < 0.001
    assert found["neighbours"] > 0.001
