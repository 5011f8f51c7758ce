"""Columbus crime by queen contiguity of its polygons, as Stata 17 prints it.

Mendez (2021), Spatial econometrics for cross-sectional data, doi:10.5281/zenodo.5151076, log of
29 May 2022: spregress by maximum likelihood (its Wald tests of the Durbin restrictions are of the
last model fitted, GNS) and spatdiag. What is held here is met to the last digit printed.
"""

import geopandas as gpd
import libpysal
import pytest

import spatial
from spatial import weights

pytestmark = pytest.mark.reference

FORMULA = "CRIME ~ INC + HOVAL"
NAMES = ("INC", "HOVAL", "Intercept", "rho", "lambda", "W.INC", "W.HOVAL")
NO = None
ESTIMATES = {
    "OLS": (-1.60, -0.27, 68.62, NO, NO, NO, NO),
    "SAR": (-1.05, -0.27, 45.60, 0.42, NO, NO, NO),
    "SEM": (-0.96, -0.30, 60.28, NO, 0.55, NO, NO),
    "SLX": (-1.10, -0.29, 74.55, NO, NO, -1.40, 0.21),
    "SDM": (-0.92, -0.30, 44.32, 0.40, NO, -0.58, 0.26),
    "SDEM": (-1.05, -0.28, 73.65, NO, 0.40, -1.20, 0.13),
    "SAC": (-1.04, -0.28, 47.92, 0.37, 0.15, NO, NO),
    "GNS": (-0.96, -0.29, 53.05, 0.28, 0.16, -0.77, 0.22),
}
STATISTICS = {
    "OLS": (-4.78, -2.65, 14.49, NO, NO, NO, NO),
    "SAR": (-3.17, -3.00, 5.73, 3.37, NO, NO, NO),
    "SEM": (-2.54, -3.30, 10.21, NO, 3.47, NO, NO),
    "SDM": (-2.71, -3.30, 3.12, 2.35, NO, -0.96, 1.39),
    "SDEM": (-3.25, -3.05, 8.41, NO, 2.28, -2.06, 0.62),
    "SAC": (-3.11, -2.98, 5.15, 2.06, 0.49, NO, NO),
    "GNS": (-2.69, -3.13, 1.69, 0.68, 0.35, -0.90, 0.95),
}
LIKELIHOOD = {
    "OLS": (-187.38, NO),
    "SAR": (-182.67, 96.86),
    "SEM": (-183.75, 97.67),
    "SLX": (-183.97, 106.82),
    "SDM": (-181.64, 93.27),
    "SDEM": (-181.78, 93.80),
    "SAC": (-182.56, 97.04),
    "GNS": (-181.58, 94.49),
}
EFFECTS = {
    "SAR": (-1.10, -0.72, -0.28, -0.18),
    "SEM": (-0.96, 0.00, -0.30, 0.00),
    "SLX": (-1.10, -1.40, -0.29, 0.21),
    "SDM": (-1.02, -1.50, -0.28, 0.22),
    "SDEM": (-1.05, -1.20, -0.28, 0.13),
    "SAC": (-1.08, -0.57, -0.29, -0.15),
    "GNS": (-1.03, -1.39, -0.28, 0.18),
}


@pytest.fixture(scope="module", name="crime")
def fixture_crime():
    cities = gpd.read_file(libpysal.examples.get_path("columbus.shp")).set_index("POLYID")
    cities = cities.set_crs("EPSG:2834", allow_override=True)
    return cities, weights.contiguity(cities, rule="queen")


@pytest.fixture(scope="module", name="fits")
def fixture_fits(crime):
    return {kind: getattr(spatial, kind)(FORMULA).fit(*crime) for kind in ESTIMATES}


def printed(value):
    """As printed with two digits."""
    return pytest.approx(value, abs=0.0051)


def test_the_same_weights(crime):
    found = weights.describe(crime[1])
    assert found["links"] == 236
    assert (found["min_neighbours"], found["max_neighbours"]) == (2, 10)


@pytest.mark.parametrize("kind", ESTIMATES)
def test_estimates(fits, kind):
    found = {n: v for n, v in zip(NAMES, ESTIMATES[kind], strict=True) if v is not NO}
    assert set(found) == set(fits[kind].params.index)
    for name, value in found.items():
        assert fits[kind].params[name] == printed(value), name
    loglik, sigma2 = LIKELIHOOD[kind]
    assert fits[kind].loglik == printed(loglik)
    if sigma2 is not NO:
        assert fits[kind].sigma2 == printed(sigma2)


@pytest.mark.parametrize("kind", STATISTICS)
def test_statistics(fits, kind):
    tidy = fits[kind].with_cov("observed").tidy().set_index("term")["statistic"]
    for name, value in zip(NAMES, STATISTICS[kind], strict=True):
        if value is not NO:
            assert tidy[name] == printed(value), name


@pytest.mark.parametrize("kind", EFFECTS)
def test_impacts(fits, kind):
    table = fits[kind].effects().set_index(["term", "effect"])["estimate"]
    cells = [(term, effect) for term in ("INC", "HOVAL") for effect in ("direct", "indirect")]
    for cell, value in zip(cells, EFFECTS[kind], strict=True):
        assert table[cell] == printed(value), cell


@pytest.mark.parametrize(
    ("restricted", "statistic", "p_value"),
    [("SAR", 2.07, 0.3553), ("SEM", 4.22, 0.1212), ("SLX", 4.66, 0.0308)],
)
def test_likelihood_ratios(fits, restricted, statistic, p_value):
    found = spatial.lr_test(fits[restricted], fits["SDM"])
    assert found["statistic"] == printed(statistic)
    assert found["p_value"] == pytest.approx(p_value, abs=0.000051)


def test_score_tests(crime):
    found = spatial.lm_tests(FORMULA, *crime).set_index("test")["statistic"]
    stored = {"lm_error": 5.206, "robust_lm_error": 0.044, "lm_lag": 8.898, "robust_lm_lag": 3.736}
    for name, value in stored.items():
        assert found[name] == pytest.approx(value, abs=0.00051), name
