"""The page of a city: its numbers, its partners, its groups, one sheet of paper."""

from __future__ import annotations

import re
import shutil
import subprocess
from io import BytesIO
from typing import Any

import docx
import numpy as np
import pandas as pd
import pytest

import analysis
from analysis.report.city import City, city_page
from analysis.report.words import Words


def asked(case: Any, lang: str = "en", **more: Any) -> Any:
    number = case.table["city"].str[1:-1].astype(int)
    case.table = case.table.assign(zone=np.where(number < 18, "south", "north"))
    case.plan |= {
        "profiles": {"units": ["格7市", "510120"], "frontier": "rank-best", "maps": []},
        "groups": {"half": {"column": "zone"}, "rank": {"column": "rank"}},
        "labels": {"half": "Halves", "rank": "Rank"},
    } | more
    case.plan["study"]["lang"] = lang
    return case


@pytest.fixture(scope="module")
def ran(tmp_path_factory: Any, new_case: Any) -> Any:
    folder = tmp_path_factory.mktemp("cities")
    return analysis.run(asked(new_case(folder)).write(), out=folder / "out")


def test_memberships_are_columns(ran: Any) -> None:
    table = ran.sensitivity.profiles["agg"]
    for name in ("half", "rank"):
        members = ran.mechanisms.groups[name].members
        expected = [str(members[key]) for key in table.index]
        assert [str(value) for value in table[f"group_{name}"]] == expected
    full = pd.read_csv(ran.out / "tables" / "profiles_agg.csv", skip_blank_lines=True)
    assert {"Halves", "Rank"} <= set(full.columns)


def test_a_page_for_each_named_city_and_no_other(ran: Any) -> None:
    names = {path.name for path in (ran.out / "profiles").iterdir()}
    assert names == {f"格{n}市.{kind}" for n in (7, 20) for kind in ("html", "docx")}
    page = (ran.out / "profiles" / "格7市.html").read_text(encoding="utf-8")
    assert page.count("data:image/png;base64,") == 1
    assert not re.findall(r"(?:src|href)=\"(?!data:|#)", page)


def test_numbers_and_places_are_those_of_the_table(ran: Any) -> None:
    table = ran.sensitivity.profiles["agg"]
    key = next(k for k in table.index if ran.sources.names[str(k)] == "格7市")
    row = table.loc[key]
    facts = {cells[0]: cells[1:] for cells in city_page(ran, "agg", "格7市", None).facts.rows}
    sent, place = facts["Sent, in sum"]
    assert sent == f"{row['sent']:.3f} ({row['sent_std_error']:.3f})".replace("-", "−")
    order = table["sent"].abs().sort_values(ascending=False, kind="stable")
    assert place == f"{list(order.index).index(key) + 1} of 36"
    assert facts["Halves"][0] == "south"
    flows = ran.fit.flows("agg", unit=key, top=1)
    partners = city_page(ran, "agg", "格7市", None).below[0].rows
    assert partners[0][0] == ran.place(flows["to"].iloc[0])
    classes = city_page(ran, "agg", "格7市", None).below[1]
    assert list(classes.head) == ["Variable", "2011", "2014"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_advice_follows_the_type(case: Any, lang: str) -> None:
    study = asked(case, lang).computed()
    table = study.sensitivity.profiles["agg"]
    said = {}
    for key in table.index:
        city = City(study, "agg", key, Words(lang))
        said.setdefault(table.loc[key, "type"], set()).add(
            city.advice().split("；")[0].split(";")[0][:8]
        )
    assert set(said) == {"core", "enclave", "lever", "periphery"}
    assert all(len(starts) == 1 for starts in said.values())
    assert len(set.union(*said.values())) == 4
    page = city_page(study, "agg", "格7市", None)
    text = " ".join([*(block.text for block in page.lead), *page.small])
    assert bool(re.search(r"(?:[A-Za-z’']{2,}[ ,]+){4,}", text)) == (lang == "en")


def test_the_word_page_says_what_the_other_says(ran: Any) -> None:
    data = (ran.out / "profiles" / "格7市.docx").read_bytes()
    document = docx.Document(BytesIO(data))
    xml = document.element.body.xml
    page = city_page(ran, "agg", "格7市", None)
    for cells in page.facts.rows:
        assert cells[0] in xml
        assert cells[1] in xml
    assert len(document.inline_shapes) == 1
    assert document.inline_shapes[0].height.mm <= 88.1


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("chromium") is None, reason="no Chromium")
def test_the_page_is_one_sheet(ran: Any, tmp_path: Any) -> None:
    target = tmp_path / "page.pdf"
    subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
         f"--user-data-dir={tmp_path / 'user'}", f"--print-to-pdf={target}",
         (ran.out / "profiles" / "格7市.html").as_uri()],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    assert len(re.findall(rb"/Type\s*/Page\b", target.read_bytes())) == 1
