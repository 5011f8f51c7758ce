"""The demonstration panel: indices give back what the process behind it computed and drew."""

from __future__ import annotations

import sys
import warnings
from importlib import import_module, resources
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis import indices

KEYS = {"unit": "city", "time": "year"}
OUTPUTS = ("gdp", "retail_sales", "fiscal_revenue", "electricity_gwh", "loans", "new_firms")


@pytest.fixture(scope="module")
def process():
    sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))
    try:
        return import_module("demo_process")
    finally:
        sys.path.pop(0)


@pytest.fixture(scope="module")
def drawn(process):
    return process.draw()


@pytest.fixture(scope="module")
def table():
    path = resources.files("analysis") / "demo" / "panel.csv"
    frame = pd.read_csv(path, encoding="utf-8", dtype={"adcode": str})
    return frame.sample(frac=1, random_state=5)


@pytest.fixture(scope="module")
def grid(table, drawn):
    """Function that lays a Series out as (years, cities) in the order of the process."""
    cities = list(drawn.place.cities.index)

    def lay(values: pd.Series) -> np.ndarray:
        keyed = table[["city", "year"]].assign(v=values)
        return keyed.pivot(index="year", columns="city", values="v")[cities].to_numpy()

    return lay


def test_location_quotient_is_the_agglomeration_that_was_drawn(table, drawn, grid):
    got = indices.location_quotient(table, ["emp_I", "emp_C39"], "emp_total", **KEYS)
    np.testing.assert_allclose(grid(got), drawn.drivers.lq, rtol=1e-12)


@pytest.mark.parametrize("output", OUTPUTS)
def test_resilience_gives_the_outcome_back_less_its_weighted_mean(
    table, drawn, process, grid, output
):
    got = grid(indices.resilience(table, output, **KEYS))
    assert np.isnan(got[0]).all()
    series = drawn.columns[output].astype(float)
    np.testing.assert_allclose(got[1:], process.resilience(series), atol=1e-9)
    outcome = drawn.outcomes[output]
    centre = (series[:-1] * outcome).sum(1, keepdims=True) / series[:-1].sum(1, keepdims=True)
    np.testing.assert_allclose(got[1:], outcome - centre, atol=2e-3)


def test_year_effects_absorb_the_weighted_mean(table, drawn, grid):
    got = grid(indices.resilience(table, "gdp", **KEYS))[1:]
    gap = got - drawn.outcomes["gdp"]
    np.testing.assert_allclose(gap - gap.mean(1, keepdims=True), 0, atol=1e-3)


def test_contraction_is_resistance_and_what_follows_recovery(table, process):
    phases = {"contraction": [2019, 2020], "rebound": [2020, 2021]}
    got = indices.resilience_phases(table, phases, "gdp", **KEYS)
    facts = indices.phase_table(got)
    np.testing.assert_allclose(facts["national_growth"], process.GROWTH[9:11], atol=1e-6)
    assert facts["kind"].tolist() == ["contraction", "expansion"]
    yearly = indices.resilience(table, "gdp", **KEYS)
    inside = table["year"].isin([2020, 2021])
    np.testing.assert_allclose(got[inside], yearly[inside], rtol=1e-9)
    assert got[~inside].isna().all()


def test_upgrading_gives_back_the_channel(table, drawn, grid):
    got = grid(indices.upgrading(table, "va_secondary", "va_tertiary", **KEYS))
    np.testing.assert_allclose(got, drawn.drivers.levels["upgrading"], rtol=1e-4)


def test_three_sectors_expect_of_the_nation_what_happened_to_it(table):
    sectors = ["va_primary", "va_secondary", "va_tertiary"]
    got = indices.resilience(table, sectors=sectors, form="difference", **KEYS)
    level = table[sectors].sum(axis=1)
    before = table.assign(v=level).sort_values("year").groupby("city")["v"].shift()
    sums = (got * before).groupby(table["year"]).sum() / before.groupby(table["year"]).sum()
    np.testing.assert_allclose(sums.loc[2011:], 0, atol=1e-12)


def test_fusion_of_digital_and_real_industry_lies_in_its_range(table):
    digital = ["telecom_revenue", "broadband_10k_households", "va_digital", "base_stations_5g"]
    real = ["firms_ecommerce_pct", "digital_agri_pct", "digital_service_pct"]
    frame = table.assign(
        digital=indices.entropy_weights(table, digital, **KEYS),
        real=indices.entropy_topsis(table, [*real, "robots_per_10k_workers"], **KEYS),
    )
    got = indices.coupling(frame, ["digital", "real"], **KEYS)
    assert got.between(0, 1).all() and got.attrs["outer_root"] is True
    u, v = frame["digital"], frame["real"]
    np.testing.assert_allclose(got, (u * v) ** 0.25, rtol=1e-12)  # √(2√(uv)/(u+v)·(u+v)/2)
    means = got.groupby(table["year"]).mean()
    assert means.is_monotonic_increasing


def test_nineteen_sections_make_specialisation_and_diversity(table):
    sections = [f"emp_{letter}" for letter in "ABCDEFGHIJKLMNOPQRS"]
    krugman = indices.specialisation(table, sections, **KEYS)
    entropy = indices.diversity(table, sections, **KEYS)
    assert krugman.between(0, 2).all() and entropy.between(0, np.log(19)).all()
    assert np.corrcoef(krugman, entropy)[0, 1] < 0
    groups = {"C": ["emp_C39", "emp_C_other"], "I": ["emp_I63", "emp_I64", "emp_I65"]}
    groups |= {s: [s] for s in sections if s not in ("emp_C", "emp_I")}
    apart = indices.unrelated_variety(table, groups, base=None, **KEYS)
    np.testing.assert_allclose(apart, entropy, rtol=1e-12)
    assert (indices.related_variety(table, groups, **KEYS) > 0).all()


def test_rationalisation_names_cities_where_its_inverse_explodes(table):
    y = {"1": "va_primary", "2": "va_secondary", "3": "va_tertiary"}
    labour = {"1": "emp_A", "2": ["emp_B", "emp_C", "emp_D", "emp_F"], "3": ["emp_G", "emp_I"]}
    theil = indices.rationalisation(table, y, labour, "theil", **KEYS)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        inverse = indices.rationalisation(table, y, labour, **KEYS)
    np.testing.assert_allclose(inverse, 1 / theil, rtol=1e-12)
    near = table[theil < 1e-3]
    assert len(caught) == (len(near) > 0)
    if len(near):
        assert f"{near['city'].iloc[0]} {near['year'].iloc[0]}" in str(caught[0].message)
