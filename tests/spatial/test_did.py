"""Difference in differences: dense brute force, invariances, refusals, covariances, placebo."""

import warnings

import joblib
import numpy as np
import pandas as pd
import pytest
from support.dense_did import dense_did, dense_twoway
from support.worlds import graph, lattice_matrix, names, row_standardised

import spatial
from spatial import DID, InputError, Panel

SIDE = 7


def staggered(w, *, periods=9, seed=0, never=0.5, own=None, near=0.4, sigma=0.3, x=True):
    """Long table: cohorts start in 2004, 2006 and 2007; own(cohort, since) is the own effect."""
    rng = np.random.default_rng(seed)
    n = len(w)
    own = own or (lambda cohort, since: 0.5 + 0.2 * since)
    share = (1 - never) / 3
    first = rng.choice([2004.0, 2006.0, 2007.0, np.nan], size=n, p=[share, share, share, never])
    unit = rng.normal(size=n)
    rows = []
    for t in range(periods):
        year = 2000 + t
        on = year >= np.nan_to_num(first, nan=9999)
        effect = np.array([own(f, year - f) if d else 0.0 for f, d in zip(first, on, strict=True)])
        control = rng.normal(size=n) + 0.5 * unit
        y = unit + 0.1 * t**1.5 + 0.7 * control * x + effect + near * (w @ on)
        rows.append(
            pd.DataFrame(
                {
                    "unit": names(n),
                    "year": year,
                    "y": y + sigma * rng.normal(size=n),
                    "x": control,
                    "start": first,
                }
            )
        )
    return pd.concat(rows, ignore_index=True)


@pytest.fixture(scope="module")
def world():
    binary = lattice_matrix(SIDE, rule="rook")
    return row_standardised(binary), graph(binary)


@pytest.fixture(scope="module")
def table(world):
    return staggered(world[0], never=0.6)


@pytest.fixture(scope="module")
def panel(table):
    return Panel(table, "unit", "year")


def values(frame, kind):
    return frame[frame["effect"] == kind].set_index("time")["estimate"]


@pytest.mark.parametrize("exposed", ["excluded", "modelled"])
def test_imputation_is_that_of_explicit_dummies(world, table, panel, exposed):
    fit = DID("y ~ x", first_treated="start", leads=3, lags=3, exposed=exposed).fit(panel, world[1])
    dense = dense_did(table, world[0], leads=3, lags=3, modelled=exposed == "modelled")
    events = fit.events()
    for kind in ("own", "neighbours"):
        found = values(events, kind)
        assert list(found.index) == list(dense[kind])
        np.testing.assert_allclose(found, list(dense[kind].values()), atol=1e-8)
    averages = fit.effects().set_index("effect")
    for kind in ("own", "neighbours"):
        assert averages.loc[kind, "estimate"] == pytest.approx(dense["average"][kind], abs=1e-8)
        error = averages.loc[kind, "std_error"]
        assert error == pytest.approx(dense["std_error"][kind], rel=1e-8)
    total = averages["estimate"]
    assert total["total"] == pytest.approx(total["own"] + total["neighbours"])
    assert averages.loc["own", "nobs"] == dense["rows"]


def test_two_way_is_least_squares_with_dummies(world, table, panel):
    fit = DID("y ~ x", first_treated="start", leads=3, lags=3, estimator="twoway").fit(
        panel, world[1]
    )
    dense = dense_twoway(table, world[0], leads=3, lags=3)
    events = fit.events()
    for kind in ("own", "neighbours"):
        found = values(events, kind)
        assert found.loc[-1] == 0
        found = found.drop(-1)
        assert list(found.index) == list(dense[kind])
        np.testing.assert_allclose(found, list(dense[kind].values()), atol=1e-8)
    averages = fit.effects().set_index("effect")["estimate"]
    for kind in ("own", "neighbours"):
        assert averages[kind] == pytest.approx(dense["average"][kind], abs=1e-8)


@pytest.mark.parametrize("estimator", ["imputation", "twoway"])
def test_levels_of_units_and_times_do_not_matter(world, table, estimator):
    rng = np.random.default_rng(5)
    options = {"first_treated": "start", "leads": 2, "lags": 2, "estimator": estimator}
    plain = DID("y ~ x", **options).fit(Panel(table, "unit", "year"), world[1])
    moved = table.copy()
    moved["y"] += moved["unit"].map(
        dict(zip(names(SIDE**2), rng.normal(size=49) * 50, strict=True))
    )
    moved["y"] += moved["year"].map({year: rng.normal() * 50 for year in range(2000, 2009)})
    moved["y"] += 3.0 * moved["x"]
    again = DID("y ~ x", **options).fit(Panel(moved, "unit", "year"), world[1])
    columns = ["estimate", "std_error"]
    np.testing.assert_allclose(again.events()[columns], plain.events()[columns], atol=1e-8)
    np.testing.assert_allclose(again.effects()[columns], plain.effects()[columns], atol=1e-8)


def test_order_of_rows_and_of_units_in_the_graph_does_not_matter(world, table, panel):
    spec = DID("y ~ x", first_treated="start", leads=2, lags=2)
    plain = spec.fit(panel, world[1])
    order = np.random.default_rng(3).permutation(SIDE**2)
    matrix = lattice_matrix(SIDE, rule="rook")[np.ix_(order, order)]
    turned = graph(matrix, [names(SIDE**2)[i] for i in order])
    shuffled = Panel(table.sample(frac=1, random_state=2), "unit", "year")
    again = spec.fit(shuffled, turned)
    np.testing.assert_allclose(again.events()["estimate"], plain.events()["estimate"], atol=1e-10)
    np.testing.assert_allclose(again.effects()["std_error"], plain.effects()["std_error"])


def test_effects_without_noise_are_found_exactly(world):
    table = staggered(world[0], sigma=0.0, never=0.6, own=lambda c, s: (c - 2003) * (1 + s))
    fit = DID("y ~ x", first_treated="start", leads=2, lags=4).fit(
        Panel(table, "unit", "year"), world[1]
    )
    cohorts = fit.by_cohort()
    exact = cohorts[cohorts["time"] < 4]
    expected = (exact["cohort"] - 2003) * (1 + exact["time"])
    np.testing.assert_allclose(exact["estimate"], expected, atol=1e-9)
    np.testing.assert_allclose(values(fit.events(), "neighbours").loc[0:], 0.4, atol=1e-9)
    np.testing.assert_allclose(values(fit.events(), "own").loc[:-1], 0.0, atol=1e-9)
    compared = fit.comparison.set_index("effect")
    assert compared.loc["own", "difference"] == pytest.approx(
        compared.loc["own", "from_weights"], abs=1e-9
    )
    assert abs(compared.loc["own", "difference"]) > 0.05


def test_names_match_in_any_form(world, table, panel):
    spec = DID("y ~ 1", first_treated="start", leads=0, lags=2)
    text = table.assign(start=table["start"].map(lambda v: "" if pd.isna(v) else str(int(v))))
    same = spec.fit(Panel(text, "unit", "year"), world[1])
    np.testing.assert_allclose(
        same.effects()["estimate"], spec.fit(panel, world[1]).effects()["estimate"]
    )
    assert same.cohorts.sum() == SIDE**2
    assert same.pretrend()["statistic"].isna().all()


def test_covariances(world, table, panel):
    fit = DID("y ~ x", first_treated="start", leads=2, lags=2).fit(panel, world[1])
    assert fit.cov_kind == "cluster by unit"
    coords = pd.DataFrame(
        {
            "lon": [100 + i % SIDE for i in range(SIDE**2)],
            "lat": [30 + i // SIDE for i in range(49)],
        },
        index=names(SIDE**2),
    )
    near = fit.with_cov("hac", km=1.0, coords=coords)
    factor = np.sqrt(SIDE**2 / (SIDE**2 - 1))
    np.testing.assert_allclose(
        near.effects()["std_error"] * factor, fit.effects()["std_error"], rtol=1e-10
    )
    wide = fit.with_cov("hac", km=300, coords=coords)
    assert not np.allclose(wide.effects()["std_error"], near.effects()["std_error"])
    assert wide.cov_kind == "hac (300 km)"
    grouped = table.assign(block=table["unit"].str[1:].astype(int) // 7)
    few = DID("y ~ x", first_treated="start", leads=2, lags=2).fit(
        Panel(grouped, "unit", "year"), world[1]
    )
    few = few.with_cov("cluster", by="block")
    assert any("7 clusters" in note for note in few.notes)
    assert not any("7 clusters" in note for note in few.with_cov("cluster").notes)
    for kind, options, said in (
        ("robust", {}, "is not available"),
        ("hac", {}, "needs km="),
        ("cluster", {"km": 3}, "leave km= out"),
        ("hac", {"km": 3, "kernel": "x"}, "kernel"),
    ):
        with pytest.raises(InputError, match=said):
            fit.with_cov(kind, **options)


@pytest.mark.parametrize("estimator", ["imputation", "twoway"])
def test_placebo_draws_repeat_themselves(world, panel, estimator):
    fit = DID("y ~ x", first_treated="start", leads=0, lags=2, estimator=estimator).fit(
        panel, world[1]
    )
    one = fit.placebo(12, seed=4)
    with joblib.parallel_config("threading"):
        two = fit.placebo(12, seed=4, jobs=2)
    pd.testing.assert_frame_equal(one.draws, two.draws)
    assert not one.draws.equals(fit.placebo(12, seed=5).draws)
    assert one.p_values["own"] == pytest.approx(1 / 13)
    actual = fit.effects().set_index("effect")["estimate"]
    assert one.estimates["own"] == pytest.approx(actual["own"])
    assert one.draws["own"].abs().max() < actual["own"]


def test_what_cannot_be_compared_is_left_out_by_name(world, table):
    early = table.copy()
    early.loc[early["unit"] == "u024", "start"] = 1999
    fit = DID("y ~ x", first_treated="start", leads=1, lags=2).fit(
        Panel(early, "unit", "year"), world[1]
    )
    assert any("treated rows have no untreated rows" in n and "u024" in n for n in fit.notes)
    assert (
        fit.effects().set_index("effect").loc["own", "nobs"]
        < (early["year"] >= early["start"]).sum()
    )


def test_weights_that_are_no_shares_are_named(world, table, panel):
    binary = graph(lattice_matrix(SIDE, rule="rook"), transform="none")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = DID("y ~ x", first_treated="start").fit(panel, binary)
    assert any("do not sum to one" in note for note in fit.notes)


def test_refusals(world, table, panel):
    w = world[1]
    for change, said in (
        ({"leads": -1}, "leads=-1"),
        ({"lags": 1.5}, "lags=1.5"),
        ({"estimator": "ols"}, "estimator="),
        ({"exposed": "no"}, "exposed="),
        ({"first_treated": 3}, "first_treated=3"),
    ):
        with pytest.raises(InputError, match=said):
            DID("y ~ x", **{"first_treated": "start"} | change)
    spec = DID("y ~ x", first_treated="start")
    with pytest.raises(InputError, match=r"needs a spatial\.Panel"):
        spec.fit(table, w)
    for column, said in (
        (table["year"] + 0.0, "changes over time"),
        (table["start"].fillna(0), "is 0 for"),
        (np.nan, "starts no treatment"),
        (1990.0, "all units treated from 2000"),
        (table["start"].map(lambda v: "never" if pd.isna(v) else v), "holds never"),
        (2004.0, "to be compared with"),
    ):
        with pytest.raises(InputError, match=said):
            spec.fit(Panel(table.assign(start=column), "unit", "year"), w)
    with pytest.raises(InputError, match="no column"):
        DID("y ~ x", first_treated="began").fit(panel, w)
    with pytest.raises(InputError, match="do not vary"):
        DID("y ~ z", first_treated="start").fit(
            Panel(table.assign(z=table["unit"].str[1:].astype(float)), "unit", "year"), w
        )
    with pytest.raises(InputError, match="by cohort"):
        DID("y ~ x", first_treated="start", estimator="twoway").fit(panel, w).by_cohort()


def test_nothing_is_changed(world, table):
    before = table.copy()
    spatial.DID("y ~ x", first_treated="start").fit(Panel(table, "unit", "year"), world[1])
    pd.testing.assert_frame_equal(table, before)


def test_absent_rows_and_graphs_by_year(world, table, panel):
    w, options = world[1], {"first_treated": "start", "leads": 2, "lags": 2}
    yearly = DID("y ~ x", **options).fit(panel, dict.fromkeys(range(2000, 2009), w))
    plain = DID("y ~ x", **options).fit(panel, w)
    np.testing.assert_allclose(yearly.events()["estimate"], plain.events()["estimate"])
    gone = table[~((table["unit"] == "u003") & (table["year"] < 2002))]
    gaps = Panel(gone, "unit", "year")
    with pytest.raises(InputError, match="unbalanced"):
        DID("y ~ x", **options).fit(gaps, w)
    fit = DID("y ~ x", missing="absent", **options).fit(gaps, w)
    assert fit.nobs == len(gone)
    off = fit.effects()["estimate"] - plain.effects()["estimate"]
    assert (off.abs() < 2 * plain.effects()["std_error"]).all()


def test_a_later_start_than_the_panel_counts_as_not_yet_treated(world, table, panel):
    later = table.assign(start=table["start"].where(table["unit"] != "u010", 2030))
    fit = DID("y ~ 1", first_treated="start", leads=0, lags=2).fit(
        Panel(later, "unit", "year"), world[1]
    )
    never = table.assign(start=table["start"].where(table["unit"] != "u010"))
    same = DID("y ~ 1", first_treated="start", leads=0, lags=2).fit(
        Panel(never, "unit", "year"), world[1]
    )
    np.testing.assert_allclose(fit.effects()["estimate"], same.effects()["estimate"])
    assert fit.cohorts.equals(same.cohorts)


def test_every_second_year_counts_in_steps(world, table):
    thin = table[table["year"] % 2 == 0]
    halved = thin.assign(year=thin["year"] // 2, start=np.ceil(thin["start"] / 2))
    options = {"first_treated": "start", "leads": 1, "lags": 1}
    one = DID("y ~ x", **options).fit(Panel(thin, "unit", "year"), world[1])
    two = DID("y ~ x", **options).fit(Panel(halved, "unit", "year"), world[1])
    pd.testing.assert_frame_equal(one.events(), two.events())
