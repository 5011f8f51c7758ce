"""One row per city: partners, gaps and types follow from effects and levels by their rules."""

import numpy as np
import pandas as pd
import pytest
from support import worlds

import spatial
from analysis.profiles import city_profiles


@pytest.fixture(scope="module", name="case")
def fitted():
    matrix = worlds.lattice_matrix(5)
    ids = worlds.names(25)
    graph = worlds.graph(matrix, ids)
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "city": ids * 4,
            "year": np.repeat([1, 2, 3, 4], 25),
            "y": rng.normal(size=100),
            "x": rng.normal(size=100) + np.tile(rng.normal(size=25), 4),
        }
    )
    panel = spatial.Panel(frame, "city", "year")
    return spatial.SDM("y ~ x", effects="twoway").fit(panel, graph), panel, graph


def test_effects_partners_and_gaps(case):
    fit, panel, _ = case
    groups = pd.Series(["a", "b"] * 12 + ["a"], index=panel.units)
    table = city_profiles(fit, "x", panel, groups=groups, partners=2)
    effects = fit.effects_by_unit("x")
    pd.testing.assert_frame_equal(table[effects.columns], effects)
    means = panel.frame.groupby("city")["y"].mean()
    best = means.groupby(groups).max()
    np.testing.assert_allclose(table["gap"], best[groups.to_numpy()].to_numpy() - means)
    unit = panel.units[7]
    top = fit.flows("x", unit=unit, top=2)
    assert table.loc[unit, "receivers"].startswith(f"{top['to'].iloc[0]} ")
    into = fit.flows("x")
    first = into[into["to"] == unit].sort_values("effect", key=abs, ascending=False).iloc[0]
    assert f"{first['effect']:.3g}" in table.loc[unit, "senders"]


def test_types_follow_their_rule(case):
    fit, panel, graph = case
    local = spatial.lisa_by_time(panel, "y", graph, times=[4])
    table = city_profiles(fit, "x", panel, lisa={"y": local})
    high = table["level"] >= table["level"].median()
    sends = table["sent"].abs() >= table["sent"].abs().median()
    for name, here in {
        "core": high & sends,
        "enclave": high & ~sends,
        "lever": ~high & sends,
        "periphery": ~high & ~sends,
    }.items():
        assert ((table["type"] == name) == here).all()
    expected = local["cluster"].astype(str).to_numpy()
    assert (table["lisa_y_4"].to_numpy() == expected).all()


def test_what_has_no_level_or_group_is_refused(case):
    fit, panel, _ = case
    with pytest.raises(spatial.InputError, match="no column"):
        city_profiles(fit, "x", panel, outcome="z")
    with pytest.raises(spatial.InputError, match=r"u024|no group"):
        city_profiles(fit, "x", panel, groups=pd.Series("a", index=panel.units[:-1]))


def test_a_term_that_is_no_column_has_its_level_in_the_model(case):
    _, panel, graph = case
    fit = spatial.SDM("y ~ lag(x)", effects="twoway").fit(panel, graph)
    table = city_profiles(fit, "lag(x)", panel)
    frame = panel.frame.sort_values(["city", "year"])
    before = frame[frame["year"] < 4].groupby("city")["x"].mean()
    np.testing.assert_allclose(table["level"], before[table.index], rtol=1e-12)
