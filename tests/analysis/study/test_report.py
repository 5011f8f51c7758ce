"""Sentences that follow from the numbers, and a report that is complete in both languages."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from analysis.report import render_report
from analysis.report.captions import captions
from analysis.report.chinese import in_chinese
from analysis.report.content import by_chance
from analysis.report.findings import effect_findings, flow_findings, number, plain_number
from analysis.report.words import SYNTHETIC, WORDS, Words


def models(low: float, high: float) -> Any:
    """A model whose effects all lie between two numbers."""
    middle = (low + high) / 2
    effects = pd.DataFrame(
        {
            "term": "x",
            "effect": ["direct", "indirect", "total"],
            "estimate": middle,
            "std_error": 0.1,
            "p_value": 0.5,
            "conf_low": low,
            "conf_high": high,
        }
    )
    fit = SimpleNamespace(outcome="y", params=pd.Series({"x": middle}), bias_correction=None)
    flows = pd.DataFrame({"from": ["a"], "to": ["b"], "effect": [0.25], "std_error": [0.1]})
    main = SimpleNamespace(fit=fit, effects=effects)
    return SimpleNamespace(main=main, by_unit={"x": None}, flows={"x": flows})


@pytest.mark.parametrize(
    ("low", "high", "en", "zh"),
    [
        (-0.1, 0.3, "no evidence", "没有证据"),
        (0.1, 0.3, "evidence of a positive effect", "效应为正"),
        (-0.3, -0.1, "evidence of a negative effect", "效应为负"),
    ],
)
def test_findings_follow_the_interval(low: float, high: float, en: str, zh: str) -> None:
    found = effect_findings(models(low, high), str.upper, Words("en"), 2)
    assert len(found) == 3
    assert all(sentence.endswith(f"{en}.") or en in sentence for sentence in found)
    assert all(number(low, 2) in s and number(high, 2) in s and "“X”" in s for s in found)
    assert all(zh in s for s in effect_findings(models(low, high), str, Words("zh"), 2))


def test_a_spillover_that_may_be_zero_is_no_finding() -> None:
    unsure = flow_findings(models(-0.1, 0.3), str, str.upper, Words("en"), 2)["x"]
    assert "cannot be told from zero" in unsure[0]
    sure = flow_findings(models(0.1, 0.3), str, str.upper, Words("en"), 2)["x"]
    assert len(sure) == 1
    assert "from A to B: 0.250 (standard error 0.100)" in sure[0]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.12345, "0.123"),
        (-0.5, "−0.500"),
        (0.00001234, "1.2e−05"),
        (0.0, "0.000"),
        (float("nan"), "–"),
    ],
)
def test_numbers_in_sentences(value: float, text: str) -> None:
    assert number(value) == text


def test_numbers_of_the_data_keep_their_form() -> None:
    assert [plain_number(v) for v in (108.8, 7143.0, 0.0, 2.5e7)] == [
        "108.8",
        "7143",
        "0",
        "25000000",
    ]


def test_both_languages_say_the_same_with_the_same_places() -> None:
    for key, (en, zh) in WORDS.items():
        assert set(re.findall(r"\{(\w+)\}", en)) == set(re.findall(r"\{(\w+)\}", zh)), key
        assert en
        assert zh


def in_language(done: Any, lang: str, **study: Any) -> Any:
    section = done.plan.study.model_copy(update={"lang": lang, **study})
    return replace(done, plan=done.plan.model_copy(update={"study": section}))


def test_the_chinese_report_is_chinese(done: Any) -> None:
    page = render_report(in_language(done, "zh", title="格子"), {})
    body = re.sub(r"<style>.*?</style>|<code>.*?</code>", "", page, flags=re.DOTALL)
    body = re.sub(r'<section id="references">.*?</section>', "", body, flags=re.DOTALL)
    text = re.sub(r"<[^>]+>", " ", body)
    english = re.findall(r"(?:[A-Za-z’']{2,}[ ,]+){4,}", text)
    assert english == []
    assert "固定效应经变换消去" in text
    assert "Fixed effects are" in render_report(done, {})


def test_sections_are_there(done: Any) -> None:
    page = render_report(done, {})
    for anchor in ("question", "findings", "data", "measures", "weights", "limits", "reproduce"):
        assert f'<section id="{anchor}">' in page
    assert '<section id="truth">' not in page
    assert "queen contiguity, row-standardised" in page
    assert SYNTHETIC["en"] not in page


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_synthetic_data_say_so(done: Any, lang: str) -> None:
    study = in_language(done, lang, synthetic=True)
    page = render_report(study, {})
    assert page.count(SYNTHETIC[lang]) >= 4
    for text in captions(study, "cap.flows", columns={"name": "agg"}).values():
        assert text.endswith((f"[{SYNTHETIC['en']}]", f"[{SYNTHETIC['zh']}]"))


NOTES = [
    "The weights hold 3 units without data; they were cut out and the rest re-scaled: a, b, c.",
    "Units left without a neighbour by that cut (in brackets, whom they lost): a (b).",
    "Fixed effects are dummies; no bias correction.",
    "Fixed effects are transformed out (bias correction of Lee and Yu, 2010).",
    (
        "Bias correction over time only (Lee and Yu, 2010, T−1 periods): units without a "
        "neighbour have "
        "rows that sum to zero (a), so that time effects stay dummies."
    ),
    "lag() uses 2010 as the earlier time; the model starts in 2011.",
]


@pytest.mark.parametrize("note", NOTES)
def test_notes_are_known_in_chinese(note: str) -> None:
    said = in_chinese(note)
    assert said != note
    assert not re.search(r"(?:[A-Za-z]{3,} ){3}", said)


def test_an_unknown_note_stays(done: Any) -> None:
    assert in_chinese("Something new.") == "Something new."
    noted = replace(done, warnings=("Something new.",))
    assert "Something new." in render_report(in_language(noted, "zh"), {})
    for note in done.fit.notes:
        assert in_chinese(note) != note


def test_one_is_singular_and_years_are_listed_in_each_language(done: Any) -> None:
    assert Words("en")("idle_line", count=1).startswith("1 unit of the boundaries has ")
    assert Words("en")("idle_line", count=2).startswith("2 units of the boundaries have ")
    places = {"columns": {"name": "y"}, "years": ["2011", "2016"]}
    both = captions(done, "cap.lisa", **places)
    assert both["en"].startswith("Local spatial clusters of y, 2011, 2016")
    assert "，2011、2016年" in both["zh"]


@pytest.mark.parametrize(("alternative", "marked"), [("two-sided", "15"), ("folded", "30")])
def test_a_folded_p_marks_twice_as_many_by_chance(alternative: str, marked: str) -> None:
    section = SimpleNamespace(alpha=0.05, alternative=alternative)
    assert by_chance(section, 296) == marked  # type: ignore[arg-type]


def test_files_of_weights_stand_among_the_inputs(case: Any) -> None:
    import shapes
    from spatial import weights

    case.write()
    cities = shapes.read_boundaries(case.folder / "cells.geojson", key="code")
    weights.write(weights.knn(cities, 3), case.folder / "w.gwt")
    case.plan["weights"]["near"] = {"kind": "read", "path": "w.gwt"}
    study = case.computed()
    for lang, words in (("en", "weights near"), ("zh", "权重near")):
        page = render_report(in_language(study, lang), {})
        part = page.split('<section id="reproduce">')[1]
        assert words in part
        for item in study.manifest["inputs"]:
            assert item["sha256"] in part


def test_the_command_runs_the_same_study_again(case: Any, cityripple: Any) -> None:
    import json
    import shlex

    path, other = case.write(), case.folder / "elsewhere"
    other.mkdir()
    (case.folder / "panel.csv").rename(other / "面板 2.csv")
    out = case.folder / "out"
    settings = ["--set", "model.kind=SAR", "--set", "table.years=[2010, 2014]"]
    first = cityripple("run", path, "--out", out, "--table", other / "面板 2.csv", *settings)
    assert first.code == 0
    page = (out / "report.html").read_text(encoding="utf-8")
    shown = html.unescape(re.findall(r"<code>(cityripple run .*?)</code>", page)[0])
    words = shlex.split(shown)
    assert str(case.folder) not in shown
    words[2] = str(case.folder / words[2])
    words[words.index("--table") + 1] = str(other / words[words.index("--table") + 1])
    words[words.index("--out") + 1] = str(case.folder / "again")
    assert cityripple(*words[1:]).code == 0
    numbers = [
        json.loads((folder / "results.json").read_text(encoding="utf-8"))
        for folder in (out, case.folder / "again")
    ]
    assert numbers[0] == numbers[1]
    assert numbers[0]["main_model"] == "SAR (queen)"
