"""Every index as a measure of a study: computed as the function does, and told in the report."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

import analysis
from analysis import indices
from analysis.report.chinese import in_chinese
from analysis.study.measures import check_measures, measure
from analysis.study.schema import Measure
from analysis.terms import TERMS
from spatial.errors import InputError

SECTORS = ["s1", "s2", "s3"]
MEASURES: dict[str, dict[str, Any]] = {
    "lq": {"index": "location_quotient", "part": ["a", "b"], "whole": "all"},
    "ratio": {"index": "expression", "formula": "log(lq) + gdp / `all`"},
    "dense": {"index": "density", "part": "all", "area": "ground"},
    "spec": {"index": "specialisation", "parts": SECTORS},
    "div": {"index": "diversity", "parts": {"one": ["s1", "s2"], "two": "s3"}, "base": 2},
    "rv": {"index": "related_variety", "groups": {"one": ["s1", "s2"], "two": ["s3"]}},
    "uv": {"index": "unrelated_variety", "groups": {"one": ["s1", "s2"], "two": ["s3"]}},
    "coagg": {"index": "coagglomeration", "first": "a", "second": "b", "whole": "all"},
    "digital": {"index": "entropy_weights", "positive": ["lq", "gdp"], "shift": 1e-4},
    "real": {"index": "entropy_topsis", "positive": ["s1"], "negative": ["s2"], "scope": "year"},
    "pc": {"index": "principal_component", "positive": ["gdp", "s3"], "form": "unit"},
    "fusion": {"index": "coupling", "systems": ["digital", "real"], "shares": [0.4, 0.6]},
    "up": {"index": "upgrading", "secondary": "s2", "tertiary": "s3"},
    "rational": {
        "index": "rationalisation",
        "output": SECTORS,
        "labour": ["l1", "l2", "l3"],
        "form": "theil",
    },
    "res": {"index": "resilience", "output": "gdp", "form": "difference"},
    "mix": {"index": "resilience", "sectors": SECTORS, "form": "difference"},
    "phase": {
        "index": "resilience_phases",
        "phases": {"first": [2009, 2011], "second": [2011, 2014]},
        "output": "gdp",
        "form": "difference",
    },
    "conditions": {
        "index": "resilience_index",
        "dimensions": {"resistance": ["gdp"], "recovery": {"negative": ["s2"]}},
    },
}


def enriched(table: pd.DataFrame) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    out = table.assign(ground=500.0)
    for k, name in enumerate(SECTORS):
        out[name] = np.round(out["gdp"] * rng.uniform(0.2, 0.5, len(out)), 4)
        out[f"l{k + 1}"] = rng.integers(20, 90, len(out))
    return out


def test_every_index_is_a_measure_and_has_a_name_in_both_languages():
    used = {section["index"] for section in MEASURES.values()}
    assert used == {key.removeprefix("measure.") for key in TERMS if key.startswith("measure.")}
    assert used <= set(indices.__all__)


def test_helpers_are_no_measures():
    for name in ("phase_table", "indicator_table", "IndexWarning"):
        with pytest.raises(InputError, match=f"'{name}' is no function of analysis.indices"):
            check_measures({"m": Measure(index=name)})


def test_measures_of_a_study_are_what_the_functions_give(case):
    case.table = enriched(case.table)
    case.plan["measure"] = MEASURES
    del case.plan["model"]
    case.plan["autocorrelation"] = {"columns": ["lq"], "years": [2011]}
    study = case.computed()
    frame, order = study.measured.frame, study.measured.formulas
    assert set(order) == set(MEASURES)
    for name, section in MEASURES.items():
        arguments = {k: v for k, v in section.items() if k != "index"}
        want = getattr(indices, section["index"])(frame, unit="city", time="year", **arguments)
        np.testing.assert_allclose(frame[name], want, rtol=1e-12, err_msg=name)
        assert order[name] == {"en": want.attrs["note"], "zh": want.attrs["note_zh"]}
    assert set(study.measured.indicators) == {"digital", "real", "pc", "conditions"}
    assert list(study.measured.phases) == ["phase"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_report_and_results_hold_weights_and_phases(case, lang):
    case.table = enriched(case.table)
    names = ("lq", "digital", "phase", "real")
    case.plan["measure"] = {name: MEASURES[name] for name in names}
    case.plan["study"]["lang"] = lang
    del case.plan["model"]
    case.plan["autocorrelation"] = {"columns": ["lq"], "years": [2011]}
    out = case.folder / "out"
    study = analysis.run(case.write(), out=out)
    page = (out / "report.html").read_text(encoding="utf-8")
    wanted = {
        "en": [
            "Indicators of digital",
            "Weight without shift",
            "Phases of phase",
            "expansion",
            "Least weight",
        ],
        "zh": [
            "digital的指标构成",
            "无平移时权重",
            "phase的阶段",
            "扩张期",
            "区位熵",
            "权重最小值",
        ],
    }[lang]
    for words in wanted:
        assert words in page
    results = json.loads((out / "results.json").read_text(encoding="utf-8"))["measures"]
    weights = [row["weight"] for row in results["digital"]["indicators"]]
    assert weights == study.measured.indicators["digital"]["weight"].tolist()
    assert [row["phase"] for row in results["phase"]["phases"]] == ["first", "second"]
    assert "indicators" not in results["lq"]
    assert len(results["real"]["indicators"]) == 2 * 6  # every year; the page gives their range


def test_warnings_of_indices_reach_the_report_in_both_languages():
    frame = pd.DataFrame({"city": list("xxyy"), "year": [1, 2, 1, 2], "gdp": [100, 103, 300, 270]})
    frame = frame.assign(none=0, a=[0, 0, 5, 5], whole=100)
    frame = frame.assign(s1=[90, 95, 10, 9], s2=[10, 8, 290, 258], u=0.0, v=[0, 0, 1, 1])
    frame = frame.assign(i=[1, 2, 3, 4.5], j=[2, 4, 7, 9], k=[9, 3, 4, 1], y=50, t=0.2)
    frame = frame.assign(gap=[100, np.nan, 300, 310])
    sections = {
        "ratio": {"index": "resilience", "output": "gdp", "form": "sensitivity"},
        "small": {"index": "resilience", "sectors": ["s1", "s2"]},
        "still": {"index": "resilience", "output": "near"},
        "both": {"index": "coagglomeration", "first": "a", "second": "a2", "whole": "whole"},
        "joint": {"index": "coupling", "systems": ["u", "v"], "part": "coupling"},
        "high": {"index": "upgrading", "secondary": "t", "tertiary": "y"},
        "balance": {"index": "rationalisation", "output": ["s1", "s2"], "labour": ["n1", "n2"]},
        "first": {"index": "principal_component", "positive": ["i", "j", "k"]},
        "shock": {"index": "resilience_phases", "phases": [[1, 2]], "output": "gap"},
    }
    frame = frame.assign(near=[100, 101, 300, 301], a2=frame["a"])
    frame = frame.assign(n1=frame["s1"] + 1, n2=frame["s2"])
    found = measure(
        frame,
        {name: Measure(**section) for name, section in sections.items()},
        unit="city",
        time="year",
        in_sample=pd.Series(data=True, index=frame.index),
        names={"x": "甲市", "y": "乙市"},
    )
    said = {text.split(":")[0] for text in found.warnings}
    assert said == set(sections)
    for text in found.warnings:
        chinese = in_chinese(text)
        assert chinese != text and "：" in chinese, text
        assert any(name in text for name in ("甲市", "乙市", "national growth", "load against"))
