"""Treatments and instruments in a study: numbers, files, sentences in both languages."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import analysis
from analysis.study.resolved import resolved_toml
from spatial.errors import InputError


def with_shock(case: Any, lang: str = "en") -> Any:
    """Pilots from 2012 and 2013; an instrument that moves agglomeration."""
    case.plan["study"]["lang"] = lang
    case.plan["did"] = {
        "pilot": {"first_treated": "start", "formula": "res ~ x", "leads": 1, "lags": 1,
                  "exposed": "modelled", "placebo": 9}
    }  # fmt: skip
    case.plan["instruments"] = {"for": "agg", "excluded": ["shifter", "slope:trend"]}
    case.plan["model"]["lagged"] = ["agg"]
    rng = np.random.default_rng(1)
    cities = case.table["city"].unique()
    start = rng.choice([2012, 2013, np.nan], size=len(cities), p=[0.2, 0.2, 0.6])
    case.table["start"] = case.table["city"].map(dict(zip(cities, start, strict=True)))
    slope = dict(zip(cities, rng.normal(size=len(cities)), strict=True))
    case.table["slope"] = case.table["city"].map(slope)
    case.table["shifter"] = np.log(case.table["a"]) + 0.1 * rng.normal(size=len(case.table))
    return case


def test_numbers_are_those_of_the_plain_functions(case: Any) -> None:
    import spatial

    study = with_shock(case).computed()
    panel, graph = study.sample.model_data, study.weights["queen"].graph
    spec = spatial.DID("res ~ x", first_treated="start", leads=1, lags=1, exposed="modelled")
    fit = spec.fit(panel, graph)
    pd.testing.assert_frame_equal(study.shocks["pilot"].fit.events(), fit.events())
    assert len(study.shocks["pilot"].placebo.draws) == 9
    frame = panel.frame.assign(trend=panel.frame["year"] - 2011)
    options = {"endogenous": ["agg"], "instruments": ["shifter", "slope:trend"]}
    other = spatial.SDM("res ~ agg + x", effects="twoway", lagged=["agg"], **options).fit(
        spatial.Panel(frame, panel.unit, panel.time), graph
    )
    pd.testing.assert_series_equal(study.instrumented.fit.params, other.params)


def test_resolved_file_gives_the_same_plan(case: Any) -> None:
    study = with_shock(case).computed()
    text = resolved_toml(study.plan)
    read = tomllib.loads(text)
    assert read["instruments"]["for"] == ["agg"]
    assert read["did"]["pilot"]["leads"] == 1
    assert type(study.plan).model_validate(read) == study.plan


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_files_and_report(case: Any, tmp_path: Path, lang: str) -> None:
    out = tmp_path / "results"
    analysis.run(with_shock(case, lang).write(), out=out)
    names = {str(path.relative_to(out).as_posix()) for path in out.rglob("*") if path.is_file()}
    assert {
        "tables/did_pilot.csv",
        "tables/instruments.docx",
        "tables/instruments_effects.xlsx",
        "figures/event_study_pilot.png",
    } <= names
    record = json.loads((out / "results.json").read_text(encoding="utf-8"))
    assert {row["effect"] for row in record["did"]["pilot"]["events"]} == {"own", "neighbours"}
    assert record["instruments"]["endogenous"] == ["agg"]
    assert record["instruments"]["first_stage"][0]["term"] == "agg"
    page = (out / "report.html").read_text(encoding="utf-8")
    for said in {
        "en": ("Difference in differences", "on average (95 % interval", "By instruments the",
               "random reassignments", "Borusyak", "clustered by unit"),
        "zh": ("双重差分", "平均效应为", "工具变量估计下", "随机改派", "Borusyak", "聚类到单元"),
    }[lang]:  # fmt: skip
        assert said in page, said


def test_refusals_name_the_section(case: Any) -> None:
    shocked = with_shock(case)
    shocked.plan["did"]["pilot"]["first_treated"] = "began"
    with pytest.raises(InputError, match=r"\[did\.pilot\] first_treated='began' is no column"):
        shocked.computed()
    shocked.plan["did"]["pilot"]["lead"] = 1
    with pytest.raises(InputError, match=r"no key 'lead'; did you mean 'leads'"):
        shocked.computed()
    del shocked.plan["did"]
    shocked.plan["instruments"]["for"] = ["fdi"]
    with pytest.raises(InputError, match=r"\[instruments\] endogenous= names fdi"):
        shocked.computed()
    shocked.plan["did"] = {"pilot": {"first_treated": "start", "weights": "rook"}}
    with pytest.raises(InputError, match=r"\[did\.pilot\] weights names 'rook'"):
        shocked.computed()


def test_instruments_are_measures_of_the_file(case: Any) -> None:
    from analysis import instruments

    case = with_shock(case)
    year = case.table["year"]
    case.table["users"] = (year - 2000.0) ** 2
    rates = {"a": {str(y): 0.01 * (y - 2009) for y in range(2009, 2015)}}
    rates["b"] = {str(y): 0.02 * (y % 3) for y in range(2009, 2015)}
    case.plan["measure"] |= {
        "past": {"index": "time_shifted", "base": "slope", "trend": "users"},
        "bartik": {"index": "shift_share", "parts": ["a", "b"], "base": 2009},
        "given": {"index": "shift_share", "parts": ["a", "b"], "base": 2009, "shocks": rates},
    }
    case.plan["instruments"]["excluded"] = ["past", "bartik", "shifter"]
    study = case.computed()
    assert study.instrumented.fit.model.instruments == ("past", "bartik", "shifter")
    found, keys = study.measured.frame, {"unit": "key", "time": "year"}
    whole = {int(y): g for y, g in rates["a"].items()}
    plain = {"a": whole, "b": {int(y): g for y, g in rates["b"].items()}}
    for name, other in (
        ("past", instruments.time_shifted(found, base="slope", trend="users", **keys)),
        ("bartik", instruments.shift_share(found, parts=["a", "b"], base=2009, **keys)),
        (
            "given",
            instruments.shift_share(found, parts=["a", "b"], base=2009, shocks=plain, **keys),
        ),
    ):
        pd.testing.assert_series_equal(found[name], other, check_names=False)
    for lang, words in (("en", "Shift-share"), ("zh", "份额移动")):
        assert words in study.measured.formulas["bartik"][lang]
    case.plan["measure"]["past"]["bese"] = case.plan["measure"]["past"].pop("base")
    with pytest.raises(InputError, match="did you mean 'base'"):
        case.computed()
