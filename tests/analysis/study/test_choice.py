"""`choose = true` prints the sequence of tests, in both languages and in full precision."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

import analysis
import spatial


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_choice_stands_in_report_tables_and_record(case: Any, lang: str) -> None:
    case.plan["model"]["choose"] = True
    case.plan["study"]["lang"] = lang
    out = case.folder / "out"
    study = analysis.run(case.write(), out=out)
    choice = study.models.choice
    assert choice.attrs["model"] == choice["decision"].iloc[-1]

    page = (out / "report.html").read_text(encoding="utf-8")
    start = page.index('<section id="choosing"')
    section = page[start : page.index("</section>", start)]
    assert len(re.findall("<li>", section)) == len(choice)
    assert ("模型选择" if lang == "zh" else "Choice of the model") in section
    if lang == "zh":
        words = re.sub("<[^>]+>", " ", section)
        known = r"SDM|SAR|SEM|SLX|OLS|LM|LR|Wald|WX|SARMA|Elhorst|Queen|lag|error|p|z"
        assert not set(re.findall("[A-Za-z]+", words)) - set(known.split("|")) - {"lt", "nbsp"}
    for kind in ("csv", "tex", "xlsx", "docx"):
        assert (out / "tables" / f"tests.{kind}").exists()
    record = json.loads((out / "results.json").read_text(encoding="utf-8"))["choice"]
    assert record["model"] == choice.attrs["model"]
    assert [step["statistic"] for step in record["steps"]][:-1] == list(choice["statistic"])[:-1]
    assert "tests" in (out / "captions.md").read_text(encoding="utf-8")


def test_named_effects_and_lags_are_taken_as_given(case: Any) -> None:
    case.plan["model"] |= {"choose": True, "effects": "unit", "lagged": ["agg"]}
    choice = case.computed().models.choice
    assert choice.attrs["effects"] == "unit"
    assert "lr_unit_effects" not in set(choice["test"])


def test_without_the_word_nothing_is_chosen(case: Any) -> None:
    assert case.computed().models.choice is None


def test_the_choice_is_that_of_the_library(case: Any) -> None:
    case.plan["model"]["choose"] = True
    study = case.computed()
    graph = study.weights["queen"].graph
    again = spatial.choose_model("res ~ agg + x", study.sample.model_data, graph)
    assert again["sentence"].tolist() == study.models.choice["sentence"].tolist()
