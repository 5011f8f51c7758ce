"""The text of a fit: what each kind of model says of itself, within a fixed width."""

from __future__ import annotations

import pytest
from support.worlds import graph, lattice_matrix, row_standardised, simulated_panel

import spatial

QUEEN = lattice_matrix(5)
W = graph(QUEEN)
TABLE = simulated_panel(row_standardised(QUEEN), periods=6, seed=3, rho=0.3)
PANEL = spatial.Panel(TABLE, "unit", "time")
WIDTH = 84


def fit(kind, formula="y ~ x1 + x2", **how):
    return getattr(spatial, kind)(formula, **how).fit(PANEL, W)


@pytest.mark.parametrize(
    ("made", "said", "unsaid"),
    [
        (lambda: fit("SEM"), ["interval of lambda"], ["interval of rho", "Variance of"]),
        (lambda: fit("SAC"), ["interval of rho", "interval of lambda"], ["first-stage"]),
        (lambda: fit("SAR", effects="random"), ["Variance of unit effects: "], ["of lambda"]),
        (
            lambda: fit("SAR", estimator="gmm"),
            ["two-stage least squares", "first-stage F: W.y", "Over-identification (Sargan)"],
            ["Log-likelihood"],
        ),
        (lambda: fit("SEM", estimator="gmm"), ["two-stage least squares"], ["first-stage"]),
        (lambda: fit("SDM", effects="unit", dynamic=("y",)), ["Yu, de Jong and Lee"], []),
        (
            lambda: fit("SDM", effects="unit").with_cov("cluster", by=["unit", "time"]),
            ["Standard errors: cluster by unit and time", "Log-likelihood:  "],
            [],
        ),
        (
            lambda: fit("SDM", effects="unit").with_cov("driscoll-kraay", lags=2),
            ["Standard errors: driscoll-kraay (2 lags)"],
            [],
        ),
    ],
)
def test_summaries_say_what_is_there_in_their_width(made, said, unsaid):
    text = made().summary()
    for piece in said:
        assert piece in text
    for piece in unsaid:
        assert piece not in text
    assert max(len(line) for line in text.split("\n") if not line.startswith("Note")) <= WIDTH
