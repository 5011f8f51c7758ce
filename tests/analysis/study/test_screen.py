"""The interactive page of a study: written, demanded, left out."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from analysis.linked import page as page_module
from analysis.study.screen import PAGE, write_page
from spatial import InputError

pytest.importorskip("bokeh")


def test_the_page_holds_the_clusters_of_the_study(case: Any, tmp_path: Path) -> None:
    case.plan["study"] |= {"synthetic": True}
    case.plan["labels"] = {"agg": "Agglomeration"}
    study = case.computed()
    write_page(study, tmp_path)
    text = (tmp_path / PAGE).read_text(encoding="utf-8")
    found = re.search(r'id="payload" type="application/json">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    views = json.loads(found[1])["views"]
    assert [view["name"] for view in views] == ["Agglomeration", "Agglomeration → res"]
    assert [part["time"] for part in views[0]["parts"]] == ["2011", "2014"]
    table = study.clusters.lisa["agg"].xs(2014, level=0)
    high = int((table["cluster"] == "HH").sum())
    assert views[0]["parts"][1]["counts"][0] == high
    assert "Synthetic data" in text


def test_a_study_may_leave_it_out(case: Any, tmp_path: Path) -> None:
    case.plan["maps"] = {"interactive": False}
    write_page(case.computed(), tmp_path)
    assert not (tmp_path / PAGE).exists()


def test_a_study_may_demand_it(
    case: Any, cityripple: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case.plan["maps"] = {"interactive": True}
    monkeypatch.setattr(page_module, "find_spec", lambda name: None)
    said = cityripple("run", case.write(), "--out", tmp_path / "out")
    assert said.code == 2
    assert "[maps] interactive = true" in said.err
    assert "bokeh" in said.err
    del case.plan["autocorrelation"]
    said = cityripple("check", case.write())
    assert said.code == 2
    assert "needs [autocorrelation]" in said.err.replace("\n", " ")
    assert not (tmp_path / "out").exists()


def test_without_bokeh_the_study_goes_on(
    case: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_module, "find_spec", lambda name: None)
    write_page(case.computed(), tmp_path)
    assert not list(tmp_path.glob("*.html"))
    with pytest.raises(InputError, match="bokeh"):
        page_module.interactive(tmp_path / "a.html", None, {}, None)  # type: ignore[arg-type]
