"""Tables of all models: lags of the error, random effects, the past, instruments."""

from __future__ import annotations

import re
from typing import Any

import pytest
from support.worlds import graph, lattice_matrix, row_standardised, simulated_panel

import spatial
from analysis import tables
from spatial.errors import InputError

QUEEN = lattice_matrix(5)
W = graph(QUEEN)
TABLE = simulated_panel(row_standardised(QUEEN), periods=6, seed=3, rho=0.3)
PANEL = spatial.Panel(TABLE, "unit", "time")
GAPS = spatial.Panel(TABLE.drop(index=[3, 40, 77, 100, 120, 7]), "unit", "time")


def fit(kind: str, data: Any = PANEL, **how: Any) -> Any:
    return getattr(spatial, kind)("y ~ x1 + x2", **how).fit(data, W)


@pytest.fixture(scope="module")
def fits() -> dict[str, Any]:
    return {
        "SDM": fit("SDM", effects="twoway"),
        "SEM": fit("SEM", effects="unit"),
        "random": fit("GNS", effects="random"),
        "past": fit("SDM", effects="unit", dynamic=("y", "Wy")),
        "gmm": fit("SAC", effects="twoway", estimator="gmm"),
        "published": fit("SDM", effects="twoway", convention="published"),
        "gaps": fit("SAR", GAPS, effects="twoway", missing="absent").with_cov("cluster", by="unit"),
    }


def row(table: tables.Table, label: str) -> list[str]:
    return next([cell.text for cell in r.cells] for r in table.rows if r.label == label)


@pytest.fixture(scope="module", params=["en", "zh"])
def side_by_side(request: Any, fits: dict[str, Any]) -> tables.Table:
    return tables.models(list(fits.values()), lang=request.param)


def test_rho_stands_before_lambda_below_one_rule(side_by_side: tables.Table) -> None:
    labels = [r.label for r in side_by_side.rows if r.label]
    assert labels.index("ρ") + 1 == labels.index("λ")
    assert labels.index("λ") + 1 == labels.index("σ²")
    ruled = [r.label for r in side_by_side.rows if r.rule and r.kind == "body"]
    assert ruled[0] == "ρ"
    assert next(r.label for r in tables.models(fit("SEM")).rows if r.rule) == "λ"


def test_rows_on_method_say_what_each_column_is(fits: dict[str, Any]) -> None:
    table = tables.models(list(fits.values()))
    assert row(table, "Unit random effects") == ["No", "No", "Yes", "No", "No", "No", "No"]
    assert row(table, "Estimator") == ["ML"] * 4 + ["2SLS"] + ["ML"] * 2
    ways = ["Lee–Yu", "Lee–Yu", "No", "Yu–de Jong–Lee", "No", "Analytical", "d.f."]
    assert row(table, "Bias correction") == ways
    variance = fits["random"].variance_components.loc["unit", "variance"]
    assert row(table, "σ² of unit effects") == ["", "", f"{variance:.3f}", "", "", "", ""]


def test_what_has_no_likelihood_has_instruments(fits: dict[str, Any]) -> None:
    table = tables.models(list(fits.values()))
    for label in ("Log-likelihood", "AIC"):
        assert [text == "" for text in row(table, label)] == [False] * 4 + [True] + [False] * 2
    weakest = fits["gmm"].first_stage()["conditional_f"].min()
    test = fits["gmm"].instrument_tests().iloc[0]
    assert row(table, "First-stage F")[4] == f"{weakest:.3f}"
    assert row(table, "Over-identification, χ²")[4] == f"{test['statistic']:.3f}"
    assert set(row(table, "First-stage F")[:4]) == {""}
    assert "First-stage F" not in [r.label for r in tables.models(fits["SDM"]).rows]


def test_an_error_lag_alone_needs_no_instruments() -> None:
    table = tables.models(fit("SEM", effects="none", estimator="gmm"))
    assert "First-stage F" not in [r.label for r in table.rows]
    assert row(table, "Estimator") == ["2SLS"]


def test_notes_say_for_each_column_what_was_corrected(fits: dict[str, Any]) -> None:
    text = tables.models(list(fits.values())).notes_text
    for piece in (
        "(1), (2): Corrected for the bias of fixed effects after Lee and Yu (2010).",
        "(4): The bias of order 1/T beside y(t−1) is subtracted",
        "(5): Two-stage least squares",
        "(6): Convention of published tables",
        "(7): Fixed effects are dummies, which σ² and the covariance count",
        "(7) clustered by unit",
    ):
        assert piece in text
    lam = fits["SEM"].uncorrected().params["lambda"]
    assert f"Without this correction λ is {lam:.3f} (2)." in text
    alone = tables.models(fits["published"].uncorrected()).notes_text
    assert "no correction" in alone


def test_chinese_is_chinese(fits: dict[str, Any], tmp_path: Any) -> None:
    table = tables.models(list(fits.values()), lang="zh")
    known = "Lee Yu de Jong Sanderson Windmeijer Sargan Hansen J F R AIC delta unit p x y W t T "
    known += "Wald SAR SEM"
    words = " ".join([*(r.label for r in table.rows), table.notes_text])
    assert set(re.findall("[A-Za-z]+", words)) - set(known.split()) == set()
    assert "个体效应 σ²" in words
    for suffix in ("docx", "xlsx", "tex", "md", "html", "csv"):
        assert table.save(tmp_path / f"表.{suffix}").stat().st_size > 500


def test_endogenous_regressors_are_named() -> None:
    model = spatial.SAR(
        "y ~ x1", effects="unit", endogenous=["x1"], instruments=["x2", "I(x2 ** 2)"]
    )
    text = tables.models(model.fit(PANEL, W), {"x1": "Agglomeration"}).notes_text
    assert "Endogenous beside the lag of the outcome: Agglomeration." in text


def test_effects_that_do_not_exist_are_refused_in_a_sentence() -> None:
    wild = fit("GNS", effects="twoway", estimator="gmm")
    assert not wild.rho_interval[0] < wild.params["rho"] < wild.rho_interval[1]
    assert row(tables.models(wild, effects=None), "ρ")[0].startswith("1.746")
    with pytest.raises(InputError, match="outside"):
        tables.models(wild)
