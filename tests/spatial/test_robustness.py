"""Curves over specifications and over distance: against direct fits, whoever computes them."""

import geopandas
import numpy as np
import pandas as pd
import pytest
from support import worlds

import spatial
from spatial import weights

SIDE = 7
MODEL = spatial.SDM("y ~ x1 + x2", effects="twoway")
FIGURES = ["estimate", "std_error", "p_value", "conf_low", "conf_high"]


@pytest.fixture(scope="module", name="world")
def make_world():
    queen = worlds.lattice_matrix(SIDE)
    ids = worlds.names(SIDE**2)
    rng = np.random.default_rng(3)
    share = worlds.row_standardised(queen)
    solve = np.linalg.inv(np.eye(len(ids)) - 0.3 * share)
    parts = []
    for year in range(2011, 2017):
        x1, x2 = rng.normal(size=(2, len(ids)))
        y = solve @ (x1 + 0.5 * share @ x1 + 0.3 * x2 + rng.normal(size=len(ids)))
        one = {"city": ids, "year": year, "y": y, "x1": x1, "x2": x2, "pilot": (x2 > 1) * 1.0}
        parts.append(pd.DataFrame(one))
    frame = pd.concat(parts, ignore_index=True)
    graphs = {
        "queen": worlds.graph(queen, ids),
        "rook": worlds.graph(worlds.lattice_matrix(SIDE, rule="rook"), ids),
    }
    return spatial.Panel(frame, "city", "year"), graphs, ids


def variations(ids):
    return {
        "formulas": {"plain": "y ~ x1", "wrong": "y ~ x1 + nothing"},
        "winsorise": [0.05],
        "drop": {"corner": ids[:2]},
        "drop_times": [2013],
        "lag_regressors": [1],
        "controls": ["pilot"],
        "kinds": ["SAR"],
        "effects": ["unit"],
        "covariances": ["robust"],
    }


@pytest.fixture(scope="module", name="alone")
def one_at_a_time(world):
    panel, graphs, ids = world
    return spatial.specification_curve(MODEL, panel, graphs, "x1", variations(ids), product=False)


def figures(curve, **chosen):
    main = curve.loc[curve["specification"] == 0].iloc[0]
    rows = curve[curve["problem"] == ""]
    for name in ("weights", "formula", "kind", "fixed_effects", "covariance", "winsorise",
                 "lag_regressors", "drop", "drop_times", "controls"):  # fmt: skip
        rows = rows[rows[name] == chosen.get(name, main[name])]
    return rows.set_index("effect")[FIGURES]


def direct(fit):
    table = fit.effects()
    return table[table["term"] == "x1"].set_index("effect")[FIGURES]


def expected_fits(world):
    panel, graphs, ids = world
    frame = panel.frame
    clipped = frame.copy()
    for name in ("y", "x1", "x2"):
        low, high = np.quantile(clipped[name], [0.05, 0.95])
        clipped[name] = np.clip(clipped[name], low, high)
    lagged = frame.sort_values(["city", "year"])
    lagged[["x1", "x2"]] = lagged.groupby("city")[["x1", "x2"]].shift(1)
    lagged = lagged[lagged["year"] > 2011]
    queen = graphs["queen"]

    def on(table):
        return MODEL.fit(spatial.Panel(table, "city", "year"), queen)

    kept = weights.subset(queen, ids[2:])
    rest = spatial.Panel(frame[~frame["city"].isin(ids[:2])], "city", "year")
    controlled = spatial.SDM("y ~ x1 + x2 + pilot", effects="twoway")
    plain = spatial.SDM("y ~ x1", effects="twoway")
    return {
        "main": ({}, MODEL.fit(panel, queen)),
        "weights": ({"weights": "rook"}, MODEL.fit(panel, graphs["rook"])),
        "formula": ({"formula": "plain"}, plain.fit(panel, queen)),
        "winsorise": ({"winsorise": "0.05"}, on(clipped)),
        "drop": ({"drop": "corner"}, MODEL.fit(rest, kept)),
        "drop_times": ({"drop_times": "2013"}, on(frame[frame["year"] != 2013])),
        "lag": ({"lag_regressors": "1"}, on(lagged)),
        "controls": ({"controls": "pilot"}, controlled.fit(panel, queen)),
        "kind": ({"kind": "SAR"}, spatial.SAR("y ~ x1 + x2", effects="twoway").fit(panel, queen)),
        "effects": (
            {"fixed_effects": "unit"}, spatial.SDM("y ~ x1 + x2", effects="unit").fit(panel, queen)
        ),
        "covariance": ({"covariance": "robust"}, MODEL.fit(panel, queen).with_cov("robust")),
    }  # fmt: skip


def test_each_choice_is_the_fit_that_it_names(world, alone):
    for name, (chosen, fit) in expected_fits(world).items():
        got = figures(alone, **chosen)
        np.testing.assert_allclose(got, direct(fit).loc[got.index], rtol=1e-9, err_msg=name)


def test_a_failing_specification_keeps_its_row_and_its_reason(alone):
    lost = alone[alone["formula"] == "wrong"]
    assert len(lost) == 3
    assert lost["estimate"].isna().all()
    assert lost["problem"].str.contains("nothing").all()
    shares = spatial.specification_shares(alone).set_index("effect")
    assert shares.loc["total", "failed"] == 1
    found = alone[(alone["effect"] == "total") & alone["estimate"].notna()]
    assert shares.loc["total", "positive"] == (found["estimate"] > 0).mean()


def test_the_number_of_processes_changes_nothing(world):
    panel, graphs, ids = world
    some = {key: variations(ids)[key] for key in ("winsorise", "drop", "formulas")}
    seen = []
    one = spatial.specification_curve(
        MODEL, panel, graphs, "x1", some, progress=lambda *step: seen.append(step)
    )
    two = spatial.specification_curve(MODEL, panel, graphs, "x1", some, jobs=2)
    assert len(one) == 3 * 2 * 2 * 2 * 3
    assert seen[-1][:2] == (23, 23)
    pd.testing.assert_frame_equal(one, two, rtol=1e-12)


def test_rows_may_come_in_any_order(world):
    panel, graphs, ids = world
    shuffled = spatial.Panel(panel.frame.sample(frac=1, random_state=1), "city", "year")
    some = {"drop": {"corner": ids[:2]}, "winsorise": [0.05]}
    one = spatial.specification_curve(MODEL, panel, graphs, "x1", some)
    two = spatial.specification_curve(MODEL, shuffled, graphs, "x1", some)
    pd.testing.assert_frame_equal(one, two, rtol=1e-9)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kinds": ["XYZ"]}, "XYZ"),
        ({"winsorise": [0.7]}, "share"),
        ({"lag_regressors": [0]}, "periods"),
        ({"dropped": {}}, "dropped"),
    ],
)
def test_variations_that_mean_nothing_are_refused(world, change, said):
    panel, graphs, _ = world
    with pytest.raises(spatial.InputError, match=said):
        spatial.specification_curve(MODEL, panel, graphs, "x1", change)


def test_the_main_specification_has_to_stand(world):
    panel, graphs, _ = world
    with pytest.raises(spatial.InputError, match="x9"):
        spatial.specification_curve(MODEL, panel, graphs, "x9")


def places(ids):
    at = np.indices((SIDE, SIDE)).reshape(2, -1) / 2
    points = geopandas.points_from_xy(100 + at[1], 30 + at[0])
    return geopandas.GeoDataFrame(index=ids, geometry=points, crs=4326)


@pytest.mark.parametrize("mode", ["band", "cutoff", "beyond"])
def test_decay_is_the_fit_at_each_distance(world, mode):
    panel, _, ids = world
    cities = places(ids)
    found = spatial.decay(MODEL, panel, cities.iloc[::-1], "x1", km=[40, 80, 150], mode=mode)
    for km in (80, 150):
        graph = {
            "band": lambda d: weights.distance_band(cities, km=d),
            "cutoff": lambda d: weights.inverse_distance(cities, cutoff_km=d),
            "beyond": lambda d: weights.inverse_distance(cities, beyond_km=d),
        }[mode](km)
        got = found[found["km"] == km].set_index("effect")
        np.testing.assert_allclose(got[FIGURES], direct(MODEL.fit(panel, graph)), rtol=1e-9)
        assert (got["isolates"] == 0).all()
    if mode != "beyond":
        assert found.loc[found["km"] == 40, "problem"].str.len().gt(0).all()


def test_isolates_are_counted_or_rescued_under_the_curve(world):
    panel, _, ids = world
    cities = places(ids)
    far = cities.copy()
    far.loc[ids[0], "geometry"] = geopandas.points_from_xy([110], [40])[0]
    alone = spatial.decay(MODEL, panel, far, "x1", km=[80])
    saved = spatial.decay(MODEL, panel, far, "x1", km=[80], fallback="nearest")
    assert (alone["isolates"].iloc[0], alone["rescued"].iloc[0]) == (1, 0)
    assert (saved["isolates"].iloc[0], saved["rescued"].iloc[0]) == (0, 1)
