"""Whatever is wrong with the input: exit code 2 and one sentence that names it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


def refused(said: Any, *words: str) -> None:
    assert said.code == 2, said
    assert said.out == ""
    lines = said.err.splitlines()
    assert len(lines) == 1, said.err
    assert lines[0].startswith("cityripple: ")
    assert "Traceback" not in said.err
    for word in words:
        assert word in said.err, said.err


def change(dotted: str, value: Any) -> Callable[[Any], None]:
    """Set a key of the plan; None removes it."""

    def apply(case: Any) -> None:
        *path, last = dotted.split("/")
        target = case.plan
        for part in path:
            target = target.setdefault(part, {})
        if value is None:
            del target[last]
        else:
            target[last] = value

    return apply


def cell(row: int, column: str, value: Any) -> Callable[[Any], None]:
    """Put something into one cell of the table."""

    def apply(case: Any) -> None:
        case.table = case.table.astype({column: object})
        case.table.loc[row, column] = value

    return apply


def rows(edit: Callable[[Any], Any]) -> Callable[[Any], None]:
    """Change the whole table."""

    def apply(case: Any) -> None:
        case.table = edit(case.table)

    return apply


STUDY_FAULTS = {
    "section misspelt": (change("modell", {}), ["[modell]", "[model]"]),
    "key misspelt": (change("model/wieghts", "queen"), ["[model]", "'wieghts'", "'weights'"]),
    "key in table": (change("table/yeers", [1, 2]), ["[table]", "'yeers'", "'years'"]),
    "covariance of no kind": (change("model/covariance", "white"), ["'white'", '"robust"']),
    "cluster without groups": (change("model/covariance", "cluster"), ["covariance_by"]),
    "distance without a kind": (change("model/covariance_km", 300), ["covariance_km", '"hac"']),
    "dynamic of no kind": (change("model/dynamic", ["x"]), ["[model] dynamic", "'x'"]),
    "weights need": (change("weights/queen/kind", "gravity"), ["[weights.queen]", "'column'"]),
    "weights of itself": (
        change("weights/queen", {"kind": "nested", "a": "queen", "b": "queen"}),
        ["[weights.queen]", "made of itself"],
    ),
    "weights of nothing": (
        change("weights/mix", {"kind": "nested", "a": "queen", "b": "quen"}),
        ["[weights.mix]", "'quen'", "queen"],
    ),
    "weights key": (
        change("weights/eco", {"kind": "economic", "column": "gdp", "flor": 1}),
        ["[weights.eco]", "'flor'", "'floor'"],
    ),
    "no such builder": (
        change("weights/m", {"kind": "from_matrix", "matrix": 1}),
        ["[weights.m]", "'from_matrix'", "study"],
    ),
    "unknown kind": (change("model/kind", "SXM"), ["[model] kind", "'SXM'", "SDM"]),
    "no title": (change("study/title", None), ["[study] title", "missing"]),
    "no table": (change("table", None), ["[table]", "missing"]),
    "number for text": (change("study/title", 3), ["[study] title", "string"]),
    "section as text": (change("model", "SDM"), ["[model]", "section"]),
    "years reversed": (change("table/years", [2014, 2011]), ["[table] years", "2014"]),
    "unknown weights": (change("weights/queen/kind", "contiguty"), ["'contiguty'", "'contiguity'"]),
    "weights argument": (change("weights/queen/ruel", "rook"), ["[weights.queen]", "'rule'"]),
    "weights named wrong": (change("model/weights", "rook"), ["'rook'", "queen"]),
    "no weights": (change("weights", {}), ["no [weights.NAME]", "contiguity"]),
    "unknown index": (change("measure/agg/index", "locaton_quotient"), ["'location_quotient'"]),
    "index argument": (change("measure/agg/hole", "all"), ["[measure.agg]", "'whole'"]),
    "index lacks": (change("measure/agg/whole", None), ["[measure.agg]", "whole"]),
    "measure overwrites": (
        change("measure/gdp", {"index": "resilience", "output": "x"}),
        ["[measure.gdp]", "another name"],
    ),
    "measures in a circle": (
        change(
            "measure",
            {
                "p": {"index": "resilience", "output": "q"},
                "q": {"index": "resilience", "output": "p"},
            },
        ),
        ["p", "q", "each other"],
    ),
    "formula calls": (change("model/formula", "res ~ eval('1')"), ["formula"]),
    "formula attribute": (change("model/formula", "res ~ agg.values"), ["formula", "'.'"]),
    "formula column": (change("model/formula", "res ~ agg + xx"), ["'xx'", "did you mean x?"]),
    "focus": (change("model/focus", "ag"), ["focus", "'ag'", "'agg'"]),
    "lagged": (change("model/lagged", ["z"]), ["z", "agg"]),
    "drop nobody": (change("table/drop_units", ["格99市"]), ["格99市", "drop_units"]),
    "keep no column": (change("table/keep", {"rnak": ["A"]}), ["'rnak'", "rank"]),
    "keep no row": (change("table/keep", {"rank": ["Z"]}), ["rank", "Z", "A"]),
    "no year": (change("table/years", [1990, 1995]), ["no row is left", "years"]),
    "one year": (change("table/years", [2012, 2012]), ["one year", "2012"]),
    "map year": (change("autocorrelation/years", [2008]), ["2008", "2011"]),
    "pair column": (change("autocorrelation/bivariate", [["agg", "zz"]]), ["'zz'"]),
    "alpha": (change("autocorrelation/alpha", 2.0), ["[autocorrelation] alpha", "less than 1"]),
    "stars": (change("tables", {"stars": [5]}), ["[tables] stars", "between 0 and 1"]),
    "table absent": (change("table/file", "nothere.csv"), ["nothere.csv", "--table"]),
    "boundaries absent": (change("boundaries/file", "no.geojson"), ["no.geojson", "--boundaries"]),
    "libpysal lacks": (change("boundaries/file", "libpysal:no.shp"), ["no.shp", "us48.shp"]),
    "no key": (change("boundaries/key", None), ["[boundaries] key"]),
    "key of the layer": (change("boundaries/file", "china"), ["key", "china"]),
    "key misspelt in layer": (change("boundaries/key", "kode"), ["kode", "code"]),
    "unit column": (change("table/unit", "town"), ["'town'"]),
    "lines": (change("maps/lines", "panel.csv"), ["lines", "panel.csv"]),
    "lines absent": (change("maps/lines", "no.gpkg"), ["lines", "no.gpkg"]),
    "truth": (change("study/truth", "panel.csv"), ["truth", "panel.csv"]),
    "bias": (
        lambda case: case.plan["model"].update(effects="none", bias_correction="lee-yu"),
        ["lee-yu", "fixed effects"],
    ),
}
DATA_FAULTS = {
    "text": (cell(10, "x", "n.v."), ["'x'", "n.v."]),
    "infinite": (cell(10, "x", "inf"), ["'x'", "'inf'", "row 12"]),
    "missing": (cell(10, "x", None), ["格1市", "x 2013", "complete-units", "interpolate"]),
    "missing row": (rows(lambda t: t.drop(index=10)), ["格1市", "no row 2013", "complete-units"]),
    "twice": (rows(lambda t: t.loc[[*t.index, 10]]), ["格1市", "2013", "more than once"]),
    "unknown city": (cell(0, "city", "某某市"), ["某某市", "drop_units"]),
    "constant": (rows(lambda t: t.assign(x=1.0)), ["x"]),
    "absorbed": (rows(lambda t: t.assign(x=t["city"].str.len() + t["all"])), ["x", "effects"]),
    "years of text": (
        rows(lambda t: t.assign(year=t["year"].astype(str) + "H1")),
        ["years", "2009H1"],
    ),
    "part above whole": (cell(10, "a", 10**6), ["[measure.agg]", "格1市 2013"]),
    "key taken": (rows(lambda t: t.assign(key=1)), ["'key'", "rename"]),
}


@pytest.mark.parametrize("fault", STUDY_FAULTS)
def test_faults_of_the_study_file(case: Any, cityripple: Any, fault: str) -> None:
    spoil, words = STUDY_FAULTS[fault]
    spoil(case)
    out = case.folder / "out"
    refused(cityripple("run", case.write(), "--out", out), *words)
    assert not out.exists()
    assert not list(case.folder.glob(".out*"))


@pytest.mark.parametrize("fault", DATA_FAULTS)
def test_faults_of_the_data(case: Any, cityripple: Any, fault: str) -> None:
    spoil, words = DATA_FAULTS[fault]
    spoil(case)
    refused(cityripple("run", case.write(), "--out", case.folder / "out"), *words)


def test_faults_of_the_file_itself(case: Any, cityripple: Any) -> None:
    path = case.write()
    refused(cityripple("run", case.folder / "no.toml"), "no.toml", "cityripple new")
    refused(cityripple("run", case.folder), "cannot be read")
    path.write_text("[study\n", encoding="utf-8")
    refused(cityripple("run", path), "study.toml", "TOML", "line 1")
    path.write_text('[table]\nfile = "D:\\数据\\panel.csv"', encoding="utf-8")
    refused(cityripple("run", path), "single quotes")
    path.write_bytes('[study]\ntitle = "数字"'.encode("gbk"))
    refused(cityripple("run", path), "study.toml line 2", "UTF-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run"], ["Missing argument"]),
        (["walk"], ["walk"]),
        (["run", "x.toml", "--jobs", "0"], ["--jobs"]),
        (["run", "x.toml", "--unknown"], ["--unknown"]),
        (["run", "x.toml", "--set", "kind=SAR"], ["kind=SAR", "section.key=value"]),
        (["run", "x.toml", "--set", "model.kind"], ["section.key=value"]),
        (["demo", "--lang", "fr"], ["'fr'"]),
    ],
)
def test_faults_of_the_command(cityripple: Any, words: list[str], said: list[str]) -> None:
    refused(cityripple(*words), *said)


def test_outputs_that_cannot_be(case: Any, cityripple: Any) -> None:
    path, folder = case.write(), case.folder
    (folder / "file").write_text("x", encoding="utf-8")
    refused(cityripple("run", path, "--out", folder / "file"), "is a file")
    refused(cityripple("run", path, "--out", folder / "file" / "out"), "cannot be written")
    (folder / "mine").mkdir()
    (folder / "mine" / "thesis.docx").write_text("x", encoding="utf-8")
    refused(cityripple("run", path, "--out", folder / "mine"), "mine", "no earlier run")
    assert (folder / "mine" / "thesis.docx").exists()
    refused(cityripple("new", folder / "mine"), "mine", "empty")


def test_a_full_disk_leaves_nothing(
    case: Any, cityripple: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = case.write()
    case_out = case.folder / "out"

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    refused(cityripple("run", path, "--out", case_out), "No space left")
    assert not case_out.exists()
    assert not list(case.folder.glob(".out*"))


def test_a_table_in_another_encoding(case: Any, cityripple: Any) -> None:
    case.plan["table"]["encoding"] = "utf-8"
    path = case.write()
    case.table.to_csv(case.folder / "panel.csv", index=False, encoding="gbk")
    refused(cityripple("run", path, "--out", case.folder / "out"), "panel.csv", "utf-8")


def test_a_fault_of_the_toolkit_is_no_refusal(case: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from analysis import cli
    from analysis.study import pipeline

    def broken(*_: object, **__: object) -> None:
        raise ValueError("a fault of ours")

    monkeypatch.setattr(pipeline, "compute", broken)
    monkeypatch.setattr("sys.argv", ["cityripple", "run", str(case.write())])
    with pytest.raises(ValueError, match="a fault of ours"):
        cli.main()
