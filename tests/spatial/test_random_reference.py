"""Productivity of 48 US states (Munnell 1990) with random effects, as splm prints it."""

import json
from pathlib import Path

import pandas as pd
import pytest
from support import worlds
from support.references import DATA, needs_data

import spatial

STORED = json.loads(
    (Path(__file__).parents[1] / "reference" / "random.json").read_text(encoding="utf-8")
)
FORMULA = "lgsp ~ lpcap + lpc + lemp + unemp"


def productivity(kind, **options):
    table = pd.read_csv(DATA / "produc_panel.csv")
    matrix = pd.read_csv(DATA / "produc_W.csv", header=None).to_numpy()
    graph = worlds.graph(matrix, sorted(table["unit"].unique()))
    model, *component = kind.split()
    spec = getattr(spatial, model)(
        FORMULA, effects="random", error_component=component[0] if component else None, **options
    )
    return spec.fit(spatial.Panel(table, "unit", "year"), graph)


def last_digit(value):
    """One unit of the last digit that is printed, which may be rounded or just short of it."""
    return 1.01 * 10.0 ** -len(repr(value).split(".")[1])


@needs_data
@pytest.mark.reference
@pytest.mark.parametrize("kind", ["SEM outside", "SEM inside", "SAR"])
def test_estimates_are_those_of_splm(kind):
    fit, stored = productivity(kind), dict(STORED[kind])
    phi = stored.pop("phi")
    assert fit._fitted.phi == pytest.approx(phi, rel=1e-5)
    for name, (estimate, error) in stored.items():
        near = max(last_digit(estimate), 1e-5 * error)
        assert fit.params[name] == pytest.approx(estimate, abs=near)


@needs_data
@pytest.mark.reference
@pytest.mark.parametrize("kind", ["SEM outside", "SEM inside"])
def test_standard_errors_are_those_of_splm(kind):
    """Coefficients by generalised least squares, which in an error model is the information."""
    fit, stored = productivity(kind), dict(STORED[kind])
    stored.pop("phi")
    lam = stored.pop("lambda")[1]
    assert fit.with_cov("observed").std_errors["lambda"] == pytest.approx(lam, rel=3e-4)
    for name, (_, error) in stored.items():
        assert fit.std_errors[name] == pytest.approx(error, abs=last_digit(error))
