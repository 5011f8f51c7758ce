"""A study from its file to the folder of results."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import analysis
import shapes
from analysis.report import render_report
from analysis.study.pictures import map_options, plan_pictures
from analysis.study.reading import read_study
from analysis.study.record import results_record
from analysis.study.resolved import resolved_toml
from spatial.errors import InputError

EXPECTED = {
    "report.html",
    "report.docx",
    "layers.gpkg",
    "results.json",
    "manifest.json",
    "study.resolved.toml",
    "captions.md",
} | ({"interactive.html"} if find_spec("bokeh") else set())


def numbers(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    return found


def external(page: str) -> list[str]:
    """Addresses that a browser would fetch."""
    found = re.findall(r"""(?:src|href|srcset|action|data)\s*=\s*["']([^"']*)""", page)
    found += re.findall(r"url\(([^)]*)\)|@import\s+(\S+)", page)
    return [str(a) for a in found if not str(a).startswith(("data:image/png;base64,", "#"))]


def test_everything_is_written(done: Any) -> None:
    out = done.out
    assert {p.name for p in out.iterdir() if p.is_file()} == EXPECTED
    kinds = {p.suffix for p in (out / "tables").iterdir()}
    assert kinds == {".csv", ".tex", ".xlsx", ".docx"}
    assert {p.stem for p in (out / "tables").iterdir()} == {
        "description",
        "correlations",
        "moran",
        "local_classes",
        "lisa_change_agg",
        "models",
        "effects",
        "claims",
    }
    assert {p.name for p in (out / "maps").iterdir()} == {
        "links_queen.png",
        "lisa_agg.png",
        "lisa_change_agg.png",
        "significance_agg.png",
        "values_agg.png",
        "bilisa_agg_res.png",
        "spillover_agg.png",
    }
    assert not list(out.parent.glob(".out*"))


def test_the_page_asks_for_nothing(done: Any) -> None:
    page = (done.out / "report.html").read_text(encoding="utf-8")
    assert external(page) == []
    assert "<script" not in page
    assert page.count("<img") == page.count("data:image/png;base64,") == 9


def test_results_are_those_of_the_fit(done: Any) -> None:
    found = numbers(done.out)
    assert [m["label"] for m in found["models"]] == ["OLS (queen)", "SDM (queen)"]
    main = found["models"][1]
    table = {row["term"]: row for row in main["coefficients"]}
    for term, value in done.fit.params.items():
        assert table[term]["estimate"] == value
        assert table[term]["std_error"] == done.fit.std_errors[term]
    assert main["statistics"]["loglik"] == done.fit.loglik
    effects = pd.DataFrame(main["effects"])
    assert np.array_equal(effects["estimate"], done.effects["estimate"])
    assert found["models"][0]["effects"][1]["p_value"] is None
    by_unit = done.fit.effects_by_unit("agg")
    assert found["effects_by_unit"]["agg"][3]["sent"] == by_unit["sent"].iloc[3]
    rows = found["lisa"]["agg"]["rows"]
    assert len(rows) == 2 * 36
    assert rows[0]["statistic"] == done.clusters.lisa["agg"]["statistic"].iloc[0]


def test_nothing_of_this_machine_is_told(done: Any) -> None:
    for name in EXPECTED - {"layers.gpkg", "report.docx"}:
        assert str(done.out.parent) not in (done.out / name).read_text(encoding="utf-8")
    manifest = json.loads((done.out / "manifest.json").read_text(encoding="utf-8"))
    assert {item["name"] for item in manifest["inputs"]} == {
        "study.toml",
        "cells.geojson",
        "panel.csv",
    }
    assert all(re.fullmatch(r"[0-9a-f]{64}", item["sha256"]) for item in manifest["inputs"])
    assert manifest["seed"] == 1
    assert manifest["versions"]["cityripple"]


def test_the_resolved_study_is_the_study(done: Any, tmp_path: Path) -> None:
    text = (done.out / "study.resolved.toml").read_text(encoding="utf-8")
    assert tomllib.loads(text)["tables"]["stars"] == [0.01, 0.05, 0.1]
    again = tmp_path / "again.toml"
    again.write_text(text, encoding="utf-8")
    assert read_study(again).plan == done.plan


def test_captions_in_both_languages(done: Any) -> None:
    text = (done.out / "captions.md").read_text(encoding="utf-8")
    assert "- Figure 2. Local spatial clusters of agg, 2011, 2014" in text
    assert "- 图2　agg的局部空间集聚（LISA），2011、2014年" in text
    tables = {path.stem for path in (done.out / "tables").iterdir()}
    assert text.count("- Table ") == text.count("- 表") == len(tables)


def test_again_with_two_workers_and_shuffled_rows(done: Any, case: Any) -> None:
    out = case.folder / "out"
    first = numbers(done.out)
    shutil.copytree(done.out, out)
    case.table = case.table.sample(frac=1, random_state=3)
    second = analysis.run(case.write(), out=out, jobs=2)
    assert numbers(second.out) == first
    assert {p.name for p in out.iterdir() if p.is_file()} == EXPECTED


def test_a_mark_at_the_start_of_the_file_and_settings(case: Any, cityripple: Any) -> None:
    path = case.write()
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    out = case.folder / "out"
    said = cityripple(
        "run", path, "--out", out, "--quiet", "--set", "model.kind=SAR", "--set", "study.lang='zh'"
    )
    assert (said.code, said.out, said.err) == (0, "", "")
    found = numbers(out)
    assert found["main_model"] == "SAR (queen)"
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["overrides"] == {"model.kind": "SAR", "study.lang": "zh"}


def test_table_on_the_command_line_and_names_as_paths(case: Any, cityripple: Any) -> None:
    path = case.write()
    other = case.folder / "数据"
    other.mkdir()
    (case.folder / "panel.csv").rename(other / "面板.csv")
    said = cityripple("run", path, "--out", case.folder / "结果", "--table", other / "面板.csv")
    assert said.code == 0
    assert said.out.strip().endswith("report.html")
    resolved = (case.folder / "结果" / "study.resolved.toml").read_text(encoding="utf-8")
    assert 'file = "面板.csv"' in resolved


def test_who_is_left_out_is_reported(case: Any) -> None:
    case.plan["table"]["drop_units"] = ["格35市", "旧市"]
    case.plan["table"]["keep"] = {"rank": ["A"]}
    case.plan["table"]["missing"] = "complete-units"
    case.table.loc[case.table["city"].eq("格20市") & case.table["year"].eq(2012), "x"] = np.nan
    gone = case.table[case.table["city"] == "格10市"].assign(city="旧市")
    case.table = pd.concat([case.table, gone], ignore_index=True)
    done = case.computed()
    left = {row.unit: row.reason for row in done.sample.left_out.itertuples()}
    assert left.pop("旧市") == left.pop("510135") == "drop_units"
    assert left.pop("510120") == "missing: x 2012"
    assert left == {f"5101{i:02d}": "keep: rank" for i in range(6)}
    assert len(done.sample.units) == 36 - 8
    page = render_report(done, {})
    assert "no polygon in the boundaries" in page
    assert "incomplete: x 2012" in page
    whole = done.measured.frame
    at = whole["year"] == 2012
    share = (whole["a"] + whole["b"])[at].sum() / whole["all"][at].sum()
    own = (whole["a"] + whole["b"]) / whole["all"]
    assert np.allclose(whole["agg"][at], own[at] / share)


def test_a_measure_within_the_sample(case: Any) -> None:
    case.plan["table"]["keep"] = {"rank": ["A"]}
    case.plan["measure"]["agg"]["within_sample"] = True
    done = case.computed()
    frame = done.sample.frame
    at = frame["year"] == 2012
    share = (frame["a"] + frame["b"])[at].sum() / frame["all"][at].sum()
    assert np.allclose(frame["agg"][at], ((frame["a"] + frame["b"]) / frame["all"])[at] / share)


def test_interpolation_is_linear_and_reported(case: Any) -> None:
    case.plan["table"]["missing"] = "interpolate"
    rows = case.table["city"].eq("格20市")
    before = float(case.table.loc[rows & case.table["year"].eq(2011), "x"].iloc[0])
    after = float(case.table.loc[rows & case.table["year"].eq(2013), "x"].iloc[0])
    case.table.loc[rows & case.table["year"].eq(2012), "x"] = np.nan
    done = case.computed()
    assert done.filled.to_dict("records") == [
        {"unit": "510120", "time": 2012, "column": "x", "value": (before + after) / 2}
    ]
    assert "Interpolated values" in render_report(done, {})


def test_a_cross_section(case: Any) -> None:
    case.table = case.table[case.table["year"] == 2012].assign(y=lambda t: np.log(t["gdp"]))
    case.plan["table"] = {"file": "panel.csv", "unit": "city"}
    case.plan["measure"] = {}
    case.plan["model"] = {"formula": "y ~ x", "focus": "x", "weights": "queen", "kind": "SAR"}
    case.plan["autocorrelation"] = {"columns": ["y"]}
    done = analysis.run(case.write(), out=case.folder / "out")
    assert done.fit.model.effects == "none"
    assert list(done.fit.params.index) == ["Intercept", "x", "rho"]
    assert len(done.clusters.moran["y"]) == 1
    page = (done.out / "report.html").read_text(encoding="utf-8")
    assert "one cross-section" in page


def test_only_autocorrelation(case: Any) -> None:
    del case.plan["model"]
    done = analysis.run(case.write(), out=case.folder / "out")
    assert done.fit is None
    assert done.fits == {}
    assert not (done.out / "tables" / "models.csv").exists()
    assert numbers(done.out)["models"] is None


def test_only_a_model_on_two_weights(case: Any) -> None:
    del case.plan["autocorrelation"]
    case.plan["weights"]["near"] = {"kind": "knn", "k": 4}
    case.plan["model"]["weights"] = ["queen", "near"]
    done = case.computed()
    assert list(done.fits) == ["OLS (queen)", "SDM (queen)", "SDM (near)"]
    found = results_record(done)
    assert found["lisa"] is None
    assert found["weights"]["near"]["mean_neighbours"] == 4


def test_defaults_of_an_empty_section(case: Any) -> None:
    case.plan["autocorrelation"] = {}
    done = case.computed()
    assert list(done.clusters.moran) == ["agg", "res"]
    assert done.clusters.years == (2011, 2013, 2014)


def test_names_cannot_break_the_page(case: Any) -> None:
    case.plan["study"]["title"] = "<script>alert(1)</script> & Söhne"
    case.plan["labels"] = {"agg": "<b>agg</b>", "res": "=1+1"}
    done = analysis.run(case.write(), out=case.folder / "out")
    page = (done.out / "report.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "<b>agg" not in page
    assert "&lt;b&gt;agg&lt;/b&gt;" in page


def test_isolates_are_named(case: Any) -> None:
    case.plan["weights"] = {"queen": {"kind": "distance_band", "km": 60}}
    case.plan["table"]["drop_units"] = ["格1市", "格6市", "格7市"]
    done = case.computed()
    assert done.weights["queen"].isolates == ("510100",)
    page = render_report(done, {})
    assert "Without a neighbour" in page
    assert "格0市" in page


def test_progress_and_mapping(case: Any) -> None:
    case.write()
    plan = case.plan | {
        "boundaries": case.plan["boundaries"] | {"file": str(case.folder / "cells.geojson")},
        "table": case.plan["table"] | {"file": str(case.folder / "panel.csv")},
    }
    seen: list[tuple[str, int, int]] = []
    done = analysis.run(plan, out=case.folder / "out", progress=lambda *step: seen.append(step))
    assert [stage for stage, _, _ in seen][:3] == ["reading", "measures", "weights"]
    assert [count for _, count, _ in seen] == list(range(9))
    resolved = (done.out / "study.resolved.toml").read_text(encoding="utf-8")
    assert 'file = "cells.geojson"' in resolved


def test_maps_as_they_are_told(case: Any) -> None:
    line = {"type": "LineString", "coordinates": [[104, 30], [107, 33]]}
    feature = {"type": "Feature", "properties": {"kind": "sea"}, "geometry": line}
    text = json.dumps({"type": "FeatureCollection", "features": [feature]})
    (case.folder / "lines.geojson").write_text(text, encoding="utf-8")
    case.plan["maps"] = {
        "dpi": 50,
        "width_mm": 80,
        "formats": ["svg"],
        "lines": "lines.geojson",
        "labels": ["格3市"],
        "approval": "GS(2026)1",
        "source": "a book",
        "inset": False,
        "simplify": 500,
        "arrow": True,
        "crs": "EPSG:32648",
        "font_size": 8,
        "symbols": ["gdp", ["gdp", "res"]],
    }
    done = analysis.run(case.write(), out=case.folder / "out")
    maps = done.out / "maps"
    assert {p.suffix for p in maps.iterdir()} == {".svg", ".png"}
    drawn = (maps / "values_agg.svg").read_text(encoding="utf-8")
    for words in ("格3市", "GS(2026)1", "a book", 'id="arrow"', "font-size: 8px", "line:sea"):
        assert words in drawn
    assert 'id="symbols"' in (maps / "symbols_gdp_res.svg").read_text(encoding="utf-8")
    with Image.open(maps / "values_agg.png") as image:
        assert image.width == pytest.approx(80 / 25.4 * 50, abs=1)
    assert read_study(done.out / "study.resolved.toml").plan.maps == done.plan.maps
    captions = (done.out / "captions.md").read_text(encoding="utf-8")
    assert "gdp, 2014" in captions and "gdp与res，2014年" in captions


def test_insets_and_other_options_reach_the_maps(
    case: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    case.plan["maps"] |= {"inset": [104.0, 30.0, 105.0, 31.0], "graticule": False}
    options = map_options(case.computed())
    assert options["inset"] == ((104.0, 30.0, 105.0, 31.0),)
    assert options["graticule"] is False
    seen: list[float] = []

    def simplified(cities: Any, tolerance_m: float) -> Any:
        seen.append(tolerance_m)
        return cities

    monkeypatch.setattr(shapes, "simplify", simplified)
    case.plan["maps"]["simplify"] = 700
    plan_pictures(case.computed())
    assert seen == [700]
    case.plan["maps"]["inset"] = [[104.0, 30.0, 105.0, 31.0], [105.0, 31.0, 106.0, 32.0]]
    assert len(map_options(case.computed())["inset"]) == 2


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"symbols": ["gpd"]}, "uses the column 'gpd'"),
        ({"symbols": [["gdp", "res", "x"]]}, "pairs of columns"),
        ({"inset": "east"}, "inset"),
    ],
)
def test_maps_that_cannot_be(case: Any, keys: Any, said: str) -> None:
    case.plan["maps"] |= keys
    with pytest.raises(InputError, match=said):
        case.computed()


def test_times_that_are_no_years(case: Any) -> None:
    case.table["year"] = case.table["year"].astype(str) + "H1"
    del case.plan["table"]["years"]
    case.plan["measure"].pop("res")
    case.plan["model"]["formula"] = "gdp ~ agg + x"
    case.plan["autocorrelation"] = {"columns": ["agg"], "years": []}
    done = case.computed()
    assert done.sample.times[0] == "2009H1"
    assert done.clusters.years == ("2009H1", "2012H1", "2014H1")


def test_chinese_names_of_measures_come_back(case: Any) -> None:
    case.plan["measure"] = {
        "集聚": case.plan["measure"]["agg"],
        "韧性": case.plan["measure"]["res"],
    }
    case.plan["model"] = {"formula": "韧性 ~ 集聚 + x", "focus": "集聚", "weights": "邻接"}
    case.plan["weights"] = {"邻接": {"kind": "contiguity", "bridges": [["格0市", "格35市"]]}}
    case.plan["autocorrelation"] = {"columns": ["集聚"]}
    case.plan["table"]["keep"] = {"rank": ["A", "B"]}
    case.plan["labels"] = {"集聚": "产业集聚", "log(x + 1)": "对数"}
    plan = read_study(case.write()).plan
    again = case.folder / "again.toml"
    again.write_text(resolved_toml(plan), encoding="utf-8")
    assert read_study(again).plan == plan
    done = case.computed()
    assert list(done.fit.params.index) == ["集聚", "x", "W.集聚", "W.x", "rho"]
    assert "格0市–格35市" in done.weights["邻接"].labels["zh"]
