"""Decay parameters estimated from the data: recovery, intervals, agreement with plain fits."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import spatial
from spatial import Panel, weights
from spatial.errors import InputError


def cities(n=60, seed=0):
    draw = np.random.default_rng(seed)
    points = shapely.points(draw.uniform(105, 118, n), draw.uniform(25, 36, n))
    return gpd.GeoDataFrame(geometry=points, index=[f"城{k}" for k in range(n)], crs=4326)


def dense(w):
    from spatial.weights.operator import operator

    return operator(w).matrix.toarray()


def panel(
    places, *, x_km=150.0, z_km=None, theta=0.8, rho=0.0, rho_km=300.0, periods=8, sigma=0.2, seed=1
):
    """Two-way panel with y = ρ W(rho_km) y + 0.3 x + 0.2 z + θ W(x_km) x + 0.8 W(z_km) z + ε."""
    rng = np.random.default_rng(seed)
    n = len(places)
    w_x = dense(weights.exponential(places, x_km))
    w_z = np.zeros((n, n)) if z_km is None else dense(weights.exponential(places, z_km))
    solve = np.linalg.inv(np.eye(n) - rho * dense(weights.exponential(places, rho_km)))
    unit = rng.normal(size=n)
    rows = []
    for year in range(2011, 2011 + periods):
        x, z = rng.normal(size=n), rng.normal(size=n)
        mean = 0.3 * x + 0.2 * z + theta * w_x @ x + 0.8 * w_z @ z + unit + rng.normal()
        y = solve @ (mean + sigma * rng.normal(size=n))
        rows.append(pd.DataFrame({"city": places.index, "year": year, "y": y, "x": x, "z": z}))
    return Panel(pd.concat(rows, ignore_index=True), unit="city", time="year")


@pytest.fixture(scope="module", name="places")
def towns():
    return cities()


@pytest.fixture(scope="module", name="data")
def numbers(places):
    return panel(places)


SLX = spatial.SLX("y ~ x + z", effects="twoway", lagged=["x"])


@pytest.fixture(scope="module", name="found")
def one_decay(places, data):
    return spatial.fit_decay(SLX, data, places)


def test_the_range_comes_back_within_its_interval(found):
    row = found.table.iloc[0]
    assert row["lag"] == "W.x"
    assert row["conf_low"] < 150 < row["conf_high"]
    assert abs(row["decay"] - 150) < 3 * row["std_error"]
    assert row["conf_high"] - row["conf_low"] < 120
    assert not row["at_edge"]
    assert found.notes == ()


def test_it_is_the_fit_on_these_weights_and_no_other_range_is_better(found, places, data):
    km = found.table["decay"].iloc[0]
    plain = SLX.fit(data, weights.exponential(places, km))
    assert found.fit.loglik == pytest.approx(plain.loglik, rel=1e-10)
    assert np.allclose(found.fit.params, plain.params, rtol=1e-7)
    assert np.allclose(
        dense(found.weights["W.x"]), dense(weights.exponential(places.loc[data.units], km))
    )
    for other in np.geomspace(20, 1500, 25):
        assert SLX.fit(data, weights.exponential(places, other)).loglik <= plain.loglik + 1e-7


def test_at_the_ends_of_the_interval_the_profile_has_fallen_by_half_of_chi_square(found):
    row = found.table.iloc[0]
    profile = found.profile("W.x", [row["conf_low"], row["decay"], row["conf_high"]])
    fall = profile.iloc[1] - profile
    assert fall.iloc[[0, 2]].to_numpy() == pytest.approx(3.841459 / 2, abs=0.02)


def test_order_of_rows_and_cities_does_not_matter(found, places, data):
    turned = Panel(data.frame.sample(frac=1, random_state=4), "city", "year")
    again = spatial.fit_decay(SLX, turned, places.iloc[::-1])
    assert again.table["decay"].iloc[0] == pytest.approx(found.table["decay"].iloc[0], rel=1e-4)


def test_each_lag_has_a_decay_of_its_own(places):
    data = panel(places, x_km=60, z_km=400, periods=12, sigma=0.1)
    model = spatial.SLX("y ~ x + z", effects="twoway")
    found = spatial.fit_decay(model, data, places, interval="wald")
    table = found.table.set_index("lag")
    assert list(table.index) == ["W.x", "W.z"]
    assert (table["conf_low"] < [60, 400]).all()
    assert (table["conf_high"] > [60, 400]).all()
    assert table.loc["W.x", "conf_high"] < table.loc["W.z", "conf_low"]
    shared = spatial.fit_decay(model, data, places, shared=True, interval="wald")
    assert list(shared.table["lag"]) == ["all"]
    assert found.fit.loglik > shared.fit.loglik + 2


def test_the_lag_of_the_outcome_too(places):
    data = panel(places, x_km=80, rho=0.5, rho_km=300, periods=10, sigma=0.1)
    model = spatial.SDM("y ~ x + z", effects="twoway", lagged=["x"])
    found = spatial.fit_decay(model, data, places, interval="wald")
    table = found.table.set_index("lag")
    assert list(table.index) == ["rho", "W.x"]
    assert (np.abs(table["decay"] - [300, 80]) < 3.5 * table["std_error"]).all()
    assert found.fit.params["rho"] == pytest.approx(0.5, abs=4 * found.fit.std_errors["rho"])
    both = model.fit(
        data,
        weights.exponential(places, table.loc["rho", "decay"]),
        w_x={"x": weights.exponential(places, table.loc["W.x", "decay"])},
    )
    assert found.fit.loglik == pytest.approx(both.loglik, abs=1e-6)
    effects = found.fit.effects().set_index(["term", "effect"])["estimate"]
    assert np.isfinite(effects["x", "indirect"])


def test_a_lag_that_does_not_matter_has_an_interval_without_end(places):
    found = spatial.fit_decay(SLX, panel(places, theta=0.0, seed=5), places)
    row = found.table.iloc[0]
    assert row["conf_high"] == np.inf
    assert row["conf_low"] == 0.0


def test_inverse_distance_and_cross_sections():
    places = cities(300, seed=3)
    rng = np.random.default_rng(2)
    x = rng.normal(size=300)
    w = dense(weights.inverse_distance(places, 2.0))
    frame = pd.DataFrame(
        {"y": 1 + x + 2 * w @ x + 0.2 * rng.normal(size=300), "x": x}, places.index
    )
    found = spatial.fit_decay(spatial.SLX("y ~ x"), frame, places, family="inverse_distance")
    row = found.table.iloc[0]
    assert row["conf_low"] < 2 < row["conf_high"]
    assert row["conf_high"] - row["conf_low"] < 1
    assert weights.label(found.weights["W.x"]).startswith("inverse distance to the power ")


def test_cutoff_and_bounds(places, data):
    found = spatial.fit_decay(SLX, data, places, cutoff_km=500, interval="wald")
    km = found.table["decay"].iloc[0]
    expected = dense(weights.exponential(places.loc[data.units], km, 500))
    assert np.allclose(dense(found.weights["W.x"]), expected, rtol=1e-9)
    low = spatial.fit_decay(SLX, data, places, bounds=(10, 60), interval="wald")
    assert low.table["at_edge"].iloc[0]
    assert "edge of its bounds (10 to 60)" in low.notes[0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"model": spatial.OLS("y ~ x")}, "OLS has no spatial lag"),
        ({"model": "y ~ x"}, "give a specification"),
        ({"family": "gaussian"}, "family='gaussian'"),
        ({"interval": "boot"}, "interval='boot'"),
        ({"bounds": (9, 3)}, "must ascend"),
        ({"bounds": (0, 3)}, "bounds=0"),
        ({"level": 1.0}, "level=1.0"),
        ({"cutoff_km": 0.01}, "no two units"),
    ],
)
def test_refusals(places, data, change, words):
    arguments = {"model": SLX} | change
    with pytest.raises(InputError, match=words):
        spatial.fit_decay(data=data, cities=places, **arguments)


def test_units_without_a_place_are_named(places, data):
    with pytest.raises(InputError, match="1 unit of the data is not in the cities: 城7"):
        spatial.fit_decay(SLX, data, places.drop("城7"))


def test_profile_of_an_unknown_lag(found):
    with pytest.raises(InputError, match=r"lag='W\.q' has no decay; there are W\.x"):
        found.profile("W.q", [100])


@pytest.mark.slow
def test_intervals_cover_the_truth():
    places = cities(50, seed=8)
    hits = 0
    for seed in range(100):
        row = spatial.fit_decay(SLX, panel(places, seed=seed), places).table.iloc[0]
        hits += row["conf_low"] <= 150 <= row["conf_high"]
    assert 88 <= hits <= 99
