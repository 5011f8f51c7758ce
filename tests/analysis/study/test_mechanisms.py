"""Channels, moderators and groups of a study file."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import analysis
import spatial
from spatial.errors import InputError

SECTIONS: dict[str, Any] = {
    "channels": {
        "output": {"column": "log(gdp)", "steps": 3, "draws": 19},
        "chain": {"chain": ["m", "gdp"]},
    },
    "moderators": {"size": {"column": "smart"}},
    "groups": {
        "half": {"column": "zone", "between": True, "permutations": 9},
        "level": {"cut": {"column": "all", "at": 2010}, "focus": ["agg"]},
        "smart": {"flag": "smart"},
        "class": {"lisa": {"column": "agg", "at": 2012, "alpha": 0.6}},
    },
}


def asked(case: Any, lang: str = "en") -> Any:
    number = case.table["city"].str[1:-1].astype(int)
    rng = np.random.default_rng(3)
    case.table = case.table.assign(
        zone=np.where(number % 36 < 18, "south", "north"),
        smart=(number * 7 % 3 == 0).astype(int),
        m=rng.normal(size=len(case.table)),
    )
    case.plan |= SECTIONS
    case.plan["study"]["lang"] = lang
    del case.plan["autocorrelation"]
    return case


@pytest.fixture(params=["en", "zh"])
def ran(request: Any, case: Any) -> Any:
    study = asked(case, request.param).write()
    return analysis.run(study, out=case.folder / "out")


def test_the_report_tells_all_of_it(ran: Any) -> None:
    names = {path.stem for path in (ran.out / "tables").iterdir()}
    assert {"channels", "mediation", "moderation", "groups_half", "between_half"} <= names
    assert "between_smart" not in names
    figures = {path.name for path in (ran.out / "figures").iterdir()}
    assert {"groups_half_agg.png", "groups_class_agg.png"} <= figures
    page = (ran.out / "report.html").read_text(encoding="utf-8")
    zh = ran.plan.study.lang == "zh"
    assert ("weights cut to its" in page) is not zh
    for words in ("没有证据", "置换检验", "异质性分析") if zh else (
        "no evidence", "permutation p", "Differences between groups",
    ):  # fmt: skip
        assert words in page
    found = json.loads((ran.out / "results.json").read_text(encoding="utf-8"))
    assert [one["name"] for one in found["channels"]] == ["output", "chain"]
    assert found["channels"][0]["paths"][0]["draws"] == 19
    assert set(found["groups"]) == {"half", "level", "smart", "class"}
    assert len(found["groups"]["half"]["members"]) == 36


def test_numbers_are_those_of_the_functions(case: Any) -> None:
    study = asked(case).computed()
    model, data = study.fit.model, study.sample.model_data
    graph = study.weights["queen"].graph
    alone = spatial.groups(model, data, graph, by="zone", focus="agg", between=True)
    found = study.mechanisms.groups["half"]
    assert found.between["estimate"].tolist() == alone.between["estimate"].tolist()
    moderated = spatial.moderate(model, data, graph, focus="agg", moderator="smart")
    mine = study.mechanisms.moderators["size", "agg"]
    assert mine.effects["estimate"].tolist() == moderated.effects["estimate"].tolist()


COVARIANCES = {
    "cluster": ({"covariance_by": ["rank"]}, "cluster by rank"),
    "driscoll-kraay": ({"covariance_lags": 1}, "driscoll-kraay (1 lag)"),
    "hac": ({"covariance_km": 80}, "hac (80 km)"),
    "robust": ({}, "robust"),
}


@pytest.mark.parametrize("kind", COVARIANCES)
def test_the_covariance_of_the_model_holds_for_every_part(case: Any, kind: str) -> None:
    asked(case).plan["groups"] = {"smart": {"flag": "smart"}}
    case.plan["thresholds"] = {"m": {"column": "m", "max": 1, "bootstrap": 3}}
    case.plan["weights"]["near"] = {"kind": "knn", "k": 3}
    case.plan["carriers"] = {"weights": ["queen", "near"]}
    case.plan["instruments"] = {"for": ["agg"], "excluded": ["m"]}
    case.plan["channels"] = {"output": {"column": "log(gdp)"}}
    more, name = COVARIANCES[kind]
    case.plan["model"] |= {"covariance": kind, "lagged": ["x"], **more}
    study = case.computed()
    found = study.mechanisms
    fits = [
        *found.channels["output", "agg"].fits["output"].values(),
        *(one.fit for one in found.moderators.values()),
        found.groups["smart"].joint,
        *found.groups["smart"].fits.values(),
        *(one.fit for one in study.thresholds.values()),
        study.instrumented.fit,
    ]
    assert {fit.cov_kind for fit in fits} == {name}
    carried = study.sensitivity.carriers
    alone = carried[carried["weights"] == "queen"]["std_error"].to_numpy()
    main = study.effects[study.effects["term"] == "agg"]["std_error"].to_numpy()
    np.testing.assert_allclose(alone, main)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_tables_and_report_name_the_covariance(case: Any, lang: str) -> None:
    asked(case, lang).plan["model"] |= {"covariance": "driscoll-kraay", "covariance_lags": 1}
    case.plan["groups"] = {"half": {"column": "zone", "between": True}}
    case.plan["thresholds"] = {"m": {"column": "m", "max": 1, "bootstrap": 3}}
    study = analysis.run(case.write(), out=case.folder / "out")
    page = (study.out / "report.html").read_text(encoding="utf-8")
    said = "Driscoll–Kraay，滞后 1 期" if lang == "zh" else "Driscoll–Kraay, lags: 1"
    for stem in ("channels", "moderation", "groups_half", "between_half", "threshold_m_agg"):
        text = (study.out / "tables" / f"{stem}.tex").read_text(encoding="utf-8")
        assert said.partition("–")[0] in text, stem
    for words in ("用于各环节效应", "用于斜率与效应") if lang == "zh" else (
        "is that of the links", "is that of slopes and effects",
    ):  # fmt: skip
        assert words in page
    assert page.count(said) >= 5


def test_rules_of_groups(case: Any) -> None:
    groups = asked(case).computed().mechanisms.groups
    assert list(groups["level"].members.cat.categories) == ["<1350", "≥1350"]
    assert groups["level"].members.value_counts().tolist() == [18, 18]
    assert list(groups["smart"].members.cat.categories) == ["yes", "no"]
    assert set(groups["class"].members.cat.categories) <= {
        "HH", "LH", "LL", "HL", "not significant", "isolate",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("section", "value", "words"),
    [
        ("channels", {"a": {}}, "exactly one of column and chain"),
        ("channels", {"a": {"column": "nowhere"}}, "nowhere"),
        ("groups", {"a": {"column": "zone", "flag": "smart"}}, "exactly one of column, cut, flag"),
        ("groups", {"a": {"column": "nowhere"}}, "nowhere"),
        ("groups", {"a": {"column": "gdp"}}, "changes over the years"),
        ("groups", {"a": {"flag": "zone"}}, "a flag holds 0 and 1"),
        ("groups", {"a": {"cut": {"column": "all", "at": 1900}}}, "a year that the table lacks"),
        ("groups", {"a": {"cut": {"column": "all", "breaks": [3, 2]}}}, "breaks rise"),
        ("groups", {"a": {"cut": {"column": "all", "labels": ["x"]}}}, "but labels has 1"),
        ("moderators", {"a": {"column": "zone"}}, r"\[moderators.a\] .*holds text"),
    ],
)
def test_refusals_name_the_section(case: Any, section: str, value: Any, words: str) -> None:
    case = asked(case)
    for name in SECTIONS:
        del case.plan[name]
    case.plan[section] = value
    with pytest.raises(InputError, match=words):
        case.computed()


@pytest.mark.parametrize("kind", [int, float, bool])
def test_a_flag_may_be_a_number_or_a_truth_value(case: Any, kind: type) -> None:
    study = asked(case)
    study.table["smart"] = study.table["smart"].astype(kind)
    study.plan["groups"] = {"smart": {"flag": "smart"}}
    for part in ("channels", "moderators"):
        del study.plan[part]
    found = analysis.run(study.write(), out=case.folder / "out").mechanisms.groups["smart"].members
    smart = study.table.groupby("city")["smart"].first().astype(bool)
    names = {f"5101{int(city[1:-1]):02d}": "yes" if flag else "no" for city, flag in smart.items()}
    assert found.astype(str).to_dict() == names
