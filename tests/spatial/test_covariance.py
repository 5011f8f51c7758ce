"""Choosing a covariance: names, options, refusals, invariance, what takes it."""

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely
from support import worlds
from support.family_cases import NAMES, QUEEN, SIDE, case, graphs

import spatial
from spatial import weights

GROUPS = pd.Series({name: f"p{place // 4}" for place, name in enumerate(NAMES)}, name="province")
COORDS = pd.DataFrame(
    {
        "lon": [104.0 + place % SIDE for place in range(len(NAMES))],
        "lat": [30.0 + place // SIDE for place in range(len(NAMES))],
    },
    index=NAMES,
)
KINDS = {
    "expected": {},
    "observed": {},
    "robust": {},
    "cluster by province": {"by": "province"},
    "cluster by province and year": {"by": ["province", "year"]},
    "driscoll-kraay (2 lags)": {},
    "driscoll-kraay (1 lag)": {"lags": 1},
    "hac (200 km)": {"km": 200, "coords": COORDS},
    "hac (200 km, 1 lag, uniform)": {
        "km": 200,
        "lags": 1,
        "kernel": "uniform",
        "coords": COORDS,
    },
}


def table_with_groups(shape="unbalanced"):
    table, _, _ = case(shape)
    return table.rename(columns={"time": "year"}).assign(province=table["unit"].map(GROUPS))


def fit_of(model="SDM", effects="twoway", shape="unbalanced"):
    spec = getattr(spatial, model)("y ~ x1 + x2", effects=effects, missing="absent")
    return spec.fit(
        spatial.Panel(table_with_groups(shape), "unit", "year"), worlds.graph(QUEEN, NAMES)
    )


@pytest.fixture(scope="module")
def fit():
    return fit_of()


def kind_of(name):
    return name.split(" ")[0]


@pytest.mark.parametrize("name", list(KINDS))
def test_every_kind_names_itself_and_reaches_tables_and_effects(fit, name):
    found = fit.with_cov(kind_of(name), **KINDS[name])
    assert found.cov_kind == name == found.glance()["cov_kind"].item()
    assert name in found.summary()
    pd.testing.assert_series_equal(found.params, fit.params)
    assert (found.std_errors > 0).all()
    np.testing.assert_allclose(found.tidy()["std_error"], np.sqrt(np.diag(found.cov)))
    p, c = found.params, found.cov
    slope = pd.Series(0.0, p.index)
    slope["x1"] = slope["W.x1"] = 1 / (1 - p["rho"])
    slope["rho"] = (p["x1"] + p["W.x1"]) / (1 - p["rho"]) ** 2
    total = found.effects().set_index(["term", "effect"]).loc[("x1", "total")]
    assert total["std_error"] == pytest.approx(np.sqrt(slope @ c @ slope), rel=1e-6)
    units = found.effects_by_unit("x1")
    assert (units["received_std_error"] > 0).all()
    if name != "expected":
        assert not np.allclose(found.std_errors, fit.std_errors, rtol=1e-3)


@pytest.mark.parametrize("name", list(KINDS))
def test_simulated_effects_draw_from_it(name):
    """Without a lag of y effects are linear, so that draws repeat the delta method."""
    found = fit_of("SLX").with_cov(kind_of(name), **KINDS[name])
    drawn = found.effects(method="simulate", draws=4000)["std_error"]
    np.testing.assert_allclose(drawn, found.effects()["std_error"], rtol=0.06)


def test_with_cov_leaves_the_fit_and_can_be_taken_back(fit):
    before = fit.cov
    again = fit.with_cov("cluster", by="province").with_cov("expected")
    pd.testing.assert_frame_equal(again.cov, before)
    pd.testing.assert_frame_equal(fit.cov, before)
    assert again.notes == fit.notes


def test_few_clusters_and_few_periods_are_said(fit):
    notes = fit.with_cov("cluster", by="province").notes
    assert any("4 clusters by province" in note and "few" in note for note in notes)
    assert any("5 periods" in note for note in fit.with_cov("driscoll-kraay").notes)
    lonely = fit.with_cov("hac", km=1, coords=COORDS)
    assert any("No two units lie within 1 km" in note for note in lonely.notes)


def test_groups_as_column_series_and_mapping_are_one(fit):
    one = fit.with_cov("cluster", by="province").cov
    for by in (GROUPS, GROUPS.sample(frac=1.0, random_state=1), GROUPS.to_dict(), ["province"]):
        pd.testing.assert_frame_equal(fit.with_cov("cluster", by=by).cov, one)
    named = fit.with_cov("cluster", by=GROUPS)
    assert named.cov_kind == "cluster by province"
    assert fit.with_cov("cluster", by=GROUPS.to_dict()).cov_kind == "cluster by groups given"


@pytest.mark.parametrize("name", list(KINDS))
@pytest.mark.parametrize("model", ["OLS", "GNS"])
def test_order_names_and_units_of_measurement_do_not_matter(model, name):
    table = table_with_groups()
    fit = fit_of(model).with_cov(kind_of(name), **KINDS[name])
    order = np.random.default_rng(0).permutation(len(NAMES))
    new = {old: f"z{place:02d}" for old, place in zip(NAMES, order, strict=True)}
    moved = table.assign(
        unit=table["unit"].map(new), x1=1000 * table["x1"], y=0.01 * table["y"]
    ).sample(frac=1.0, random_state=1)
    options = dict(KINDS[name])
    if "coords" in options:
        options["coords"] = COORDS.rename(new).sample(frac=1.0, random_state=2)
    spec = getattr(spatial, model)("y ~ x1 + x2", effects="twoway", missing="absent")
    graph = worlds.graph(QUEEN, [new[old] for old in NAMES])
    other = spec.fit(spatial.Panel(moved, "unit", "year"), graph)
    other = other.with_cov(kind_of(name), **options)
    inside = ~other.params.index.isin(["rho", "lambda"])
    scale = np.where(other.params.index.str.endswith("x1"), 1000.0, 1.0) * np.where(inside, 100, 1)
    np.testing.assert_allclose(other.std_errors * scale, fit.std_errors, rtol=2e-5)


def squares(crs, side):
    boxes = [
        shapely.box(x * side, y * side, (x + 1) * side, (y + 1) * side)
        for y, x in np.ndindex(SIDE, SIDE)
    ]
    return geopandas.GeoDataFrame(geometry=boxes, index=NAMES, crs=crs)


@pytest.mark.parametrize(
    "build",
    [
        lambda g: weights.contiguity(g),
        lambda g: weights.knn(g, 4),
        lambda g: weights.distance_band(g, 150),
        lambda g: weights.nested(weights.contiguity(g), weights.knn(g, 3), share=0.5),
        lambda g: weights.subset(weights.contiguity(g), NAMES),
    ],
)
def test_graphs_built_from_geometry_know_the_places(build):
    cities = squares("EPSG:32650", 100_000)
    table, _, _ = case("plain")
    fit = spatial.SDM("y ~ x1", effects="unit").fit(
        spatial.Panel(table, "unit", "time"), build(cities)
    )
    found = fit.with_cov("hac", km=250).cov
    pd.testing.assert_frame_equal(found, fit.with_cov("hac", km=250, coords=cities).cov)
    centres = cities.centroid
    apart = np.hypot(
        centres.x.to_numpy()[:, None] - centres.x.to_numpy(),
        centres.y.to_numpy()[:, None] - centres.y.to_numpy(),
    )
    distances = pd.DataFrame(apart / 1000, NAMES, NAMES)
    shuffled = distances.sample(frac=1.0, random_state=0)
    pd.testing.assert_frame_equal(
        found, fit.with_cov("hac", km=250, distances=shuffled).cov, rtol=1e-9
    )


def test_degrees_are_great_circles():
    table, raw, _ = case("plain")
    fit = spatial.OLS("y ~ x1", effects="unit").fit(
        spatial.Panel(table, "unit", "time"), graphs(raw, mapping=False)
    )
    lon, lat = np.radians(COORDS["lon"].to_numpy()), np.radians(COORDS["lat"].to_numpy())
    angle = np.sin(lat)[:, None] * np.sin(lat) + np.cos(lat)[:, None] * np.cos(lat) * np.cos(
        lon[:, None] - lon
    )
    apart = 6371.0 * np.arccos(np.minimum(angle, 1.0))
    np.fill_diagonal(apart, 0.0)
    distances = pd.DataFrame(apart, NAMES, NAMES)
    pd.testing.assert_frame_equal(
        fit.with_cov("hac", km=300, coords=COORDS).cov,
        fit.with_cov("hac", km=300, distances=(distances + distances.T) / 2).cov,
        rtol=1e-6,
    )


def test_a_cross_section_has_clusters_and_distances():
    table, raw, _ = case("plain")
    year = table[table["time"] == table["time"].min()].set_index("unit").drop(columns="time")
    year["province"] = GROUPS.reindex(year.index)
    fit = spatial.SAR("y ~ x1").fit(year, graphs(raw, mapping=False))
    assert (fit.with_cov("cluster", by="province").std_errors > 0).all()
    assert (fit.with_cov("hac", km=200, coords=COORDS).std_errors > 0).all()
    with pytest.raises(spatial.InputError, match="several periods.*hac"):
        fit.with_cov("driscoll-kraay")


@pytest.mark.parametrize(
    ("kind", "options", "words"),
    [
        ("sandwich", {}, ["sandwich", "driscoll-kraay"]),
        ("robust", {"by": "province"}, ["takes no options", "by="]),
        ("driscoll-kraay", {"km": 3}, ["takes lags", "km="]),
        ("cluster", {}, ["needs by=", "province"]),
        ("hac", {}, ["needs km="]),
        ("hac", {"km": 300}, ["where units are", "coords="]),
        ("hac", {"km": -1, "coords": COORDS}, ["km=-1"]),
        ("hac", {"km": 300, "kernel": "gauss", "coords": COORDS}, ["gauss", "bartlett"]),
        ("hac", {"km": 9, "coords": COORDS, "distances": 1}, ["give one"]),
        ("hac", {"km": 9, "coords": COORDS.drop("u003")}, ["lacks u003"]),
        ("hac", {"km": 9, "coords": COORDS[["lon"]]}, ["lon and lat"]),
        ("hac", {"km": 9, "coords": COORDS * 10}, ["degrees"]),
        ("hac", {"km": 9, "coords": [1, 2]}, ["GeoDataFrame"]),
        ("hac", {"km": 9, "distances": [1]}, ["square DataFrame"]),
        ("hac", {"km": 9, "distances": pd.DataFrame(-1.0, NAMES, NAMES)}, ["not negative"]),
        ("hac", {"km": 9, "coords": COORDS, "lags": 5}, ["lags=5", "0 to 4"]),
        ("driscoll-kraay", {"lags": 1.5}, ["lags=1.5"]),
        ("driscoll-kraay", {"lags": True}, ["lags=True"]),
        ("cluster", {"by": "provinz"}, ["provinz", "province"]),
        ("cluster", {"by": GROUPS.drop("u001")}, ["no group for u001"]),
        ("cluster", {"by": GROUPS.where(GROUPS.index != "u001")}, ["missing", "u001"]),
        ("cluster", {"by": dict.fromkeys(NAMES, "all")}, ["one group", "all"]),
        ("cluster", {"by": 3}, ["by=3"]),
        ("cluster", {"by": ["unit", "year", "province"]}, ["3 groupings"]),
    ],
)
def test_refusals_name_what_and_how(fit, kind, options, words):
    with pytest.raises(spatial.InputError) as caught:
        fit.with_cov(kind, **options)
    for word in words:
        assert word in str(caught.value)


def test_groups_missing_in_the_data_are_named():
    table = table_with_groups().reset_index(drop=True)
    table.loc[table["unit"] == "u005", "province"] = None
    spec = spatial.OLS("y ~ x1", effects="unit", missing="absent")
    fit = spec.fit(spatial.Panel(table, "unit", "year"), worlds.graph(QUEEN, NAMES))
    with pytest.raises(spatial.InputError, match="u005"):
        fit.with_cov("cluster", by="province")
