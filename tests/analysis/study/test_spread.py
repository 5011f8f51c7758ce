"""[distribution] and [thresholds.NAME]: computed, printed, drawn and recorded in both languages."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import analysis
from analysis import distribution
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
    del case.plan["autocorrelation"]
    out = case.folder / "out"
    study = analysis.run(case.write(), out=out)
    page = (out / "report.html").read_text(encoding="utf-8")
    for anchor in ("distribution", "thresholds"):
        assert f'<section id="{anchor}"' in page
    assert ("门槛效应" if lang == "zh" else "Thresholds") in page
    for stem in ("densities_gdp", "transitions_gdp", "neighbours_gdp", "threshold_finance_agg"):
        assert (out / "figures" / f"{stem}.png").exists(), stem
    for stem in ("inequality_gdp", "convergence_gdp", "threshold_finance_agg"):
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
        "density", "dagum", "theil", "sigma", "beta", "transitions", "neighbours", "homogeneity"
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
