"""Covariances of channels, moderators, groups and thresholds, against fits written by hand."""

import geopandas
import numpy as np
import pandas as pd
import pytest
from support.worlds import graph, lattice_matrix, names, row_standardised, simulated_panel

import spatial
from spatial.mechanisms.equations import fit_equations
from spatial.mechanisms.paths import Travel, all_paths
from spatial.mechanisms.resampling import bootstrap_portion, make_chain
from spatial.running import portions

SIDE, PERIODS = 5, 8
UNITS = names(SIDE**2)
MATRIX = row_standardised(lattice_matrix(SIDE))
W = graph(lattice_matrix(SIDE))
POINTS = geopandas.GeoDataFrame(
    index=UNITS,
    geometry=geopandas.points_from_xy(*(50_000 * np.indices((SIDE, SIDE)).reshape(2, -1))),
    crs=32650,
)
KINDS = {
    "robust": {"kind": "robust"},
    "observed": {"kind": "observed"},
    "cluster": {"kind": "cluster", "by": "province"},
    "two-way": {"kind": "cluster", "by": ["province", "time"]},
    "driscoll-kraay": {"kind": "driscoll-kraay", "lags": 2},
    "hac": {"kind": "hac", "km": 120, "coords": POINTS},
}
SDM = spatial.SDM("y ~ x1 + x2", effects="twoway")


def make_table():
    rng = np.random.default_rng(2)
    table = simulated_panel(MATRIX, periods=PERIODS, seed=5, rho=0.3)
    place = table["unit"].str[1:].astype(int)
    half = (rng.permutation(SIDE**2) < 13)[place]
    table = table.assign(
        m=0.5 * table["x1"] + rng.normal(size=len(table)),
        z=rng.normal(size=SIDE**2)[place],
        q=rng.normal(size=len(table)),
        half=np.where(half, "a", "b"),
        province="p" + (place // 4).astype(str),
    )
    for name in ("x1", "x2"):
        wide = table[name].to_numpy().reshape(PERIODS, -1)
        table[f"w_{name}"] = (wide @ MATRIX.T).ravel()
    return table


TABLE = make_table()
PANEL = spatial.Panel(TABLE, "unit", "time")
FIGURES = ["estimate", "std_error", "p_value", "conf_low", "conf_high"]


@pytest.fixture(params=KINDS, name="errors")
def every_kind(request):
    return KINDS[request.param]


def same(mine, theirs):
    np.testing.assert_allclose(
        mine[FIGURES].to_numpy(dtype=float), theirs[FIGURES].to_numpy(dtype=float), rtol=1e-7
    )


def columns(**extra):
    return spatial.Panel(TABLE.assign(**extra), "unit", "time")


def test_links_of_channels(errors):
    found = spatial.channels(SDM, PANEL, W, focus="x1", channels={"one": "m"}, covariance=errors)
    by_hand = spatial.SDM("m ~ x1 + x2", effects="twoway").fit(PANEL, W).with_cov(**errors)
    effects = by_hand.effects()
    same(found.links, effects[effects["term"] == "x1"])
    assert found.base.cov_kind == by_hand.cov_kind


def test_moderators(errors):
    found = spatial.moderate(SDM, PANEL, W, focus="x1", moderator="z", covariance=errors)
    fit = spatial.SDM("y ~ x1 + x2 + x1:z", effects="twoway").fit(PANEL, W).with_cov(**errors)
    at = sorted(set(found.effects["value"]))
    same(found.effects, fit.effects_at("x1", {"z": at}))
    names = ["x1:z", "W.x1:z"]
    b, cov = fit.params[names], fit.cov.loc[names, names]
    wald = float(b @ np.linalg.solve(cov, b))
    assert found.tests["statistic"].iloc[-1] == pytest.approx(wald, rel=1e-7)


def test_groups(errors):
    found = spatial.groups(SDM, PANEL, W, by="half", focus="x1", covariance=errors)
    parts = {
        f"{name}_{group}": TABLE[name] * (TABLE["half"] == group)
        for name in ("x1", "w_x1") for group in "ab"
    }  # fmt: skip
    data = columns(**parts)
    fit = spatial.SAR(f"y ~ {' + '.join(parts)} + x2 + w_x2", effects="twoway").fit(data, W)
    fit = fit.with_cov(**errors)
    pairs = {"x1[a]": "x1_a", "x1[b]": "x1_b", "W.x1[a]": "w_x1_a", "W.x1[b]": "w_x1_b",
             "x2": "x2", "rho": "rho"}  # fmt: skip
    mine = found.joint.cov.loc[list(pairs), list(pairs)]
    theirs = fit.cov.loc[list(pairs.values()), list(pairs.values())]
    np.testing.assert_allclose(mine, theirs, rtol=1e-6, atol=1e-9 * np.abs(theirs).max().max())
    gap = fit.params["x1_a"] - fit.params["x1_b"]
    spread = (
        theirs.loc["x1_a", "x1_a"] + theirs.loc["x1_b", "x1_b"] - 2 * theirs.loc["x1_a", "x1_b"]
    )
    own = found.tests.set_index("of")
    assert own.loc["own", "statistic"] == pytest.approx(gap**2 / spread, rel=1e-6)
    units = TABLE.loc[TABLE["half"] == "a", "unit"].unique()
    cut = spatial.weights.subset(W, units)
    alone = SDM.fit(PANEL.subset(units=units), cut).with_cov(**errors).effects()
    mine = found.separate[found.separate["group"] == "a"]
    same(mine, alone[alone["term"] == "x1"])


def test_drawn_labels_are_tested_with_the_same_covariance():
    how = {"by": "half", "focus": "x1", "permutations": 12, "seed": 3}
    plain, wide = (
        spatial.groups(SDM, PANEL, W, **how, covariance=errors)
        for errors in (None, KINDS["driscoll-kraay"])
    )
    drawn = [one.tests.set_index(["test", "of"])["p_value"] for one in (plain, wide)]
    assert drawn[0]["wald", "own"] != drawn[1]["wald", "own"]
    rng = np.random.default_rng(np.random.SeedSequence(3).spawn(1)[0])
    hits = 0
    for _ in range(12):
        labels = pd.Series(rng.permutation((TABLE["half"] == "b").to_numpy()[:25]), UNITS)
        again = spatial.groups(
            SDM, PANEL, W, by=labels.map({False: "a", True: "b"}), focus="x1",
            covariance=KINDS["driscoll-kraay"],
        )  # fmt: skip
        hits += again.tests["p_value"].iloc[0] <= drawn[1]["wald", "own"]
    assert drawn[1]["permutation", "own"] == pytest.approx((1 + hits) / 13)


def test_thresholds(errors):
    how = {"variable": "q", "of": "x1", "most": 1, "bootstrap": 3}
    found = spatial.threshold("y ~ x1 + x2", PANEL, W, **how, covariance=errors)
    plain = spatial.threshold("y ~ x1 + x2", PANEL, W, **how)
    gamma = found.thresholds["estimate"].iloc[0]
    assert gamma == plain.thresholds["estimate"].iloc[0]
    pd.testing.assert_frame_equal(found.tests, plain.tests)
    low = TABLE["q"] <= gamma
    data = columns(low=TABLE["x1"] * low, high=TABLE["x1"] * ~low)
    fit = spatial.SAR("y ~ low + high + x2 + w_x1 + w_x2", effects="twoway").fit(data, W)
    table = fit.with_cov(**errors).tidy().set_index("term").loc[["low", "high"]]
    same(found.regimes[found.regimes["term"] == "x1"], table)
    said = [note for note in found.notes if "rest on the likelihood" in note]
    assert len(said) == (errors["kind"] != "observed")


def paths(**how):
    return spatial.channels(
        SDM, PANEL, W, focus="x1", channels={"one": "m"}, steps=3, draws=30, **how
    )


def test_paths_draw_whole_clusters_and_say_where_they_do_not():
    plain = paths()
    by_unit = paths(covariance={"kind": "cluster", "by": "unit"})
    np.testing.assert_allclose(by_unit.paths["std_error"], plain.paths["std_error"])
    wide = paths(covariance=KINDS["cluster"])
    assert (wide.paths["std_error"] != plain.paths["std_error"]).all()
    for one in (plain, by_unit, wide):
        assert not [note for note in one.notes if "whole units" in note]
    for kind in ("driscoll-kraay", "two-way", "robust", "hac"):
        other = paths(covariance=KINDS[kind])
        assert [note for note in other.notes if "whole units" in note]
        pd.testing.assert_frame_equal(other.paths, plain.paths)


def test_clusters_share_their_sign():
    equations = fit_equations(SDM, PANEL, W, "one", ["m"], outcome=True, covariance={})
    chain = make_chain(equations, "x1", all_paths(1), by="half")
    assert chain.codes.max() == 1
    travel = Travel(equations.fits[0]._fitted.sample.network)
    (portion,) = portions(np.random.SeedSequence(1), 25)
    drawn = np.array(bootstrap_portion((chain, travel), portion))
    patterns = {tuple(np.round(one.ravel(), 9)) for one in drawn}
    assert len(patterns) <= 2 ** (2 * len(chain.nodes))


@pytest.mark.parametrize(
    ("errors", "words"),
    [
        ("cluster", "no set of arguments"),
        ({"kind": "cluster", "for": "province"}, "holds for"),
        ({"kind": "cluster"}, "needs by="),
        ({"kind": "guess"}, "not available"),
    ],
)
def test_refusals(errors, words):
    calls = (
        lambda: spatial.channels(SDM, PANEL, W, focus="x1", channels={"o": "m"}, covariance=errors),
        lambda: spatial.moderate(SDM, PANEL, W, focus="x1", moderator="z", covariance=errors),
        lambda: spatial.groups(SDM, PANEL, W, by="half", focus="x1", covariance=errors),
        lambda: spatial.threshold(
            "y ~ x1", PANEL, W, variable="q", of="x1", most=1, bootstrap=0, covariance=errors
        ),
    )
    for call in calls:
        with pytest.raises(spatial.InputError, match=words):
            call()


def test_fewer_clusters_than_restrictions_leave_a_test_empty():
    three = TABLE.assign(region="r" + (TABLE["unit"].str[1:].astype(int) // 9).astype(str))
    data = spatial.Panel(three, "unit", "time")
    errors = {"kind": "cluster", "by": "region"}
    by = pd.Series(list("abcde") * 5, UNITS)
    found = spatial.groups(SDM, data, W, by=by, focus="x1", covariance=errors)
    tests = found.tests.set_index("of")
    assert tests.loc[["own", "all"], ["statistic", "p_value"]].isna().all(axis=None)
    assert found.effects["std_error"].notna().all()
    model = spatial.SAR(
        "y ~ x1 + x2", effects="twoway", endogenous=["x1"], instruments=["m", "q", "z:x2", "z:q"]
    )
    fit = model.fit(data, W).with_cov(**errors)
    assert fit.first_stage()["f_statistic"].isna().all()
    assert fit.instrument_tests()["statistic"].iloc[:2].isna().all()
    wide = model.fit(data, W).with_cov("cluster", by="unit")
    assert wide.first_stage()["f_statistic"].notna().all()
