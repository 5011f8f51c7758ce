"""[distribution] and [thresholds.NAME]: computed, printed, drawn and recorded in both languages."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import analysis
import spatial
from analysis import distribution
from analysis.report.spreading import distribution as spread_section
from analysis.report.words import Words
from analysis.study.record import results_record
from spatial.errors import InputError

PARTS = ["density", "dagum", "theil", "convergence", "transitions"]


def with_sections(case: Any) -> Any:
    rng = np.random.default_rng(3)
    case.table["finance"] = rng.normal(100, 10, len(case.table)).round(2)
    case.plan["distribution"] = {"columns": ["gdp", "res"], "parts": PARTS, "by": "rank"}
    case.plan["thresholds"] = {"finance": {"column": "finance", "max": 1, "bootstrap": 9}}
    return case


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_everything_is_written(case: Any, lang: str) -> None:
    with_sections(case).plan["study"]["lang"] = lang
    case.plan["autocorrelation"] |= {"columns": ["gdp"], "alpha": 0.2}
    out = case.folder / "out"
    study = analysis.run(case.write(), out=out)
    page = (out / "report.html").read_text(encoding="utf-8")
    for anchor in ("distribution", "thresholds"):
        assert f'<section id="{anchor}"' in page
    assert ("门槛效应" if lang == "zh" else "Thresholds") in page
    for stem in (
        "densities_gdp", "transitions_gdp", "neighbours_gdp", "local_gdp", "threshold_finance_agg",
    ):  # fmt: skip
        assert (out / "figures" / f"{stem}.png").exists(), stem
    for stem in (
        "inequality_gdp", "inequality_parts_gdp", "convergence_gdp", "transitions_gdp",
        "neighbours_gdp", "local_gdp", "threshold_finance_agg",
    ):  # fmt: skip
        for kind in ("csv", "tex", "xlsx", "docx"):
            assert (out / "tables" / f"{stem}.{kind}").exists(), stem
    record = json.loads((out / "results.json").read_text(encoding="utf-8"))
    gini = study.spread.columns["gdp"]["dagum"]["gini"]
    assert [row["gini"] for row in record["distribution"]["gdp"]["dagum"]] == list(gini)
    assert record["thresholds"][0]["tests"][0]["bootstrap"] == 9
    assert "densities_gdp" in (out / "captions.md").read_text(encoding="utf-8")
    left = record["distribution"]["left_out"]
    assert left == [["res", "dagum"], ["res", "theil"], ["res", "beta"]]
    assert page.count("该指标要求取值非负" if lang == "zh" else "that are not negative") == 3


def test_the_numbers_are_those_of_the_library(case: Any) -> None:
    study = with_sections(case).computed()
    panel = study.sample.data
    table = distribution.theil_by_time(panel, "gdp", "rank")
    assert study.spread.columns["gdp"]["theil"].equals(table)
    found = study.thresholds["finance", "agg"]
    assert found.variable == "finance"
    assert found.fit.kind == "SDM"


def test_defaults_are_every_part(case: Any) -> None:
    case.plan["distribution"] = {"columns": "gdp"}
    del case.plan["autocorrelation"]
    tables = case.computed().spread.columns["gdp"]
    assert set(tables) == {
        "density", "dagum", "theil", "gini_parts", "theil_parts", "sigma", "beta", "convergence",
        "transitions", "neighbours", "local", "long_run", "homogeneity",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"distribution": {"columns": "gpd"}}, "gpd"),
        ({"distribution": {"columns": "gdp", "by": "regoin"}}, "regoin"),
        ({"distribution": {"columns": "gdp", "parts": ["gini"]}}, "gini"),
        ({"thresholds": {"q": {"column": "nothing"}}}, "nothing"),
        ({"thresholds": {"q": {"column": "x", "max": 3}}}, "max"),
        ({"thresholds": {"q": {"column": "x", "trimm": 0.1}}}, "trimm"),
    ],
)
def test_refusals(case: Any, change: dict[str, Any], words: str) -> None:
    case.plan |= change
    with pytest.raises(InputError, match=words):
        case.computed()


def test_thresholds_go_with_a_static_model(case: Any) -> None:
    with_sections(case).plan["model"]["kind"] = "SEM"
    with pytest.raises(InputError, match=r"\[thresholds.finance\] goes with OLS"):
        case.computed()


def test_parts_with_errors_and_local_classes(case: Any) -> None:
    with_sections(case)
    case.plan["autocorrelation"] |= {"alpha": 0.2, "correction": "fdr"}
    study = case.computed()
    tables, panel = study.spread.columns["gdp"], study.sample.data
    graph = study.weights["queen"].graph
    assert tables["gini_parts"].equals(spatial.dagum_gini(panel, "gdp", "rank"))
    how = {"alpha": 0.2, "correction": "fdr", "alternative": "two-sided"}
    local = spatial.transitions(panel, "gdp", classes="lisa", w=graph, local=how)
    assert tables["local"].equals(local)
    assert tables["local"].attrs["local"]["correction"] == "fdr"
    ends = tables["long_run"]
    assert set(ends["classes"]) == {"transitions", "local"}
    record = results_record(study)["distribution"]["gdp"]
    assert {"std_error", "conf_low", "nobs"} <= set(record["theil_parts"][0])
    assert {row["kind"] for row in record["convergence"]} == {"sigma", "beta"}
    assert {"term", "estimate", "nobs", "isolates"} <= set(record["transitions"][0])


@pytest.mark.filterwarnings("ignore::spatial.AlignmentWarning")
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_cannot_be_told_is_said(case: Any, lang: str) -> None:
    case.plan["study"]["lang"] = lang
    case.table = case.table.drop(index=case.table.index[5])
    case.plan["table"]["missing"] = "unbalanced"
    case.plan["autocorrelation"] = {"columns": ["x"], "alpha": 1e-12}
    case.plan["distribution"] = {"columns": "x", "parts": ["convergence", "transitions"]}
    study = case.computed()
    assert set(study.spread.left_out) == {
        ("x", "gaps_beta"),
        ("x", "gaps_neighbours"),
        ("x", "local"),
    }
    tables = study.spread.columns["x"]
    assert {"local", "beta", "convergence", "neighbours"}.isdisjoint(tables)
    said = str(spread_section(study, Words(lang)))
    for words in ("对数增长要求", "邻地均值要求", "始终属于同一类型") if lang == "zh" else (
        "No β-convergence of “x”: growth", "their mean needs every", "stay in one class",
    ):  # fmt: skip
        assert words in said
