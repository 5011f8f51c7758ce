"""Suspicious values, the TOML writer, the start of a study, the command line's start."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import analysis
from analysis.study.keeping import Parts
from analysis.study.reading import read_study, resolve_path
from analysis.study.record import plain
from analysis.study.resolved import toml_value, without_folder
from analysis.study.start import demo_study
from analysis.study.suspicious import suspicious_values


def series(**columns: list[float]) -> pd.DataFrame:
    count = len(next(iter(columns.values())))
    return pd.DataFrame({"city": "a", "year": range(2000, 2000 + count), **columns})


def test_growth_jumps_and_zeros_are_found() -> None:
    steady = list(np.linspace(1, 2, 60))
    level = steady.copy()
    level[30] = 9.0
    zero = steady.copy()
    zero[10] = 0.0
    growth = [5.0] * 60
    growth[3], growth[4] = 108.8, -51.0
    table = series(level=level, zero=zero, gdp_growth_pct=growth, 增速=growth)
    found = suspicious_values(table.sample(frac=1, random_state=1), "city", "year")
    keys = {(r.column, r.time, r.reason) for r in found.itertuples()}
    assert keys == {
        ("level", 2030, "jump"),
        ("level", 2031, "jump"),
        ("zero", 2010, "zero"),
        ("gdp_growth_pct", 2003, "growth"),
        ("gdp_growth_pct", 2004, "growth"),
        ("增速", 2003, "growth"),
        ("增速", 2004, "growth"),
    }
    jump = found[(found["column"] == "level") & (found["time"] == 2030)].iloc[0]
    assert (jump["value"], jump["before"]) == (9.0, level[29])


def test_what_is_usual_is_not_suspicious() -> None:
    rng = np.random.default_rng(0)
    wild = list(np.exp(rng.normal(size=60)))
    dummy = [0.0, 1.0] * 30
    signed = list(rng.normal(size=60) * 100)
    many_zeros = [0.0] * 30 + list(np.linspace(1, 2, 30))
    table = series(wild=wild, dummy=dummy, signed=signed, many_zeros=many_zeros)
    assert suspicious_values(table, "city", "year").empty


def test_a_gap_is_no_jump() -> None:
    table = series(level=list(np.linspace(1, 10, 60))).drop(index=range(5, 40))
    assert suspicious_values(table, "city", "year").empty


@pytest.mark.parametrize(
    "value",
    [
        "=1",
        'quote " and \\ back',
        "中文\n两行",
        True,
        3,
        0.1,
        1e-9,
        [1, 2],
        ["a", []],
        {"a b": 1, "c": [True]},
        {},
    ],
)
def test_toml_values_come_back(value: Any) -> None:
    assert tomllib.loads(f"x = {toml_value(value)}")["x"] == value


@pytest.mark.parametrize(
    ("path", "kept"),
    [("D:\\数据\\a.csv", "a.csv"), ("/home/x/a.csv", "a.csv"), ("data/a.csv", "data/a.csv")],
)
def test_no_folder_of_a_machine_is_kept(path: str, kept: str) -> None:
    assert without_folder(path) == kept


def test_windows_separators_are_understood(tmp_path: Path) -> None:
    (tmp_path / "数据").mkdir()
    target = tmp_path / "数据" / "a.csv"
    target.write_text("", encoding="utf-8")
    assert resolve_path(tmp_path, "数据\\a.csv") == target


def test_numbers_as_json() -> None:
    frame = pd.DataFrame({"v": [1.5, np.nan, np.inf]}, index=pd.Index(["a", "b", "c"], name="unit"))
    given = {"frame": frame, 2010: np.int64(3), "flag": np.bool_(True), "none": pd.NA, "text": "x"}
    found = json.loads(json.dumps(plain(given), allow_nan=False))
    assert found["frame"] == [
        {"unit": u, "v": v} for u, v in zip("abc", [1.5, None, None], strict=True)
    ]
    assert (found["2010"], found["flag"], found["none"]) == (3, True, None)


def test_the_two_demo_studies_differ_in_words_only() -> None:
    english, chinese = (read_study(demo_study(lang)).plan.model_dump() for lang in ("en", "zh"))
    assert english["study"].pop("title") != chinese["study"].pop("title")
    assert (english["study"].pop("lang"), chinese["study"].pop("lang")) == ("en", "zh")
    assert english.pop("labels").keys() == chinese.pop("labels").keys()
    for one in (english, chinese):
        assert len(one["groups"]["size"]["cut"].pop("labels")) == 4
        one["robustness"]["drop"] = list(one["robustness"]["drop"].values())
    assert english == chinese


def test_a_folder_to_start_from(tmp_path: Path, cityripple: Any) -> None:
    target = tmp_path / "我的研究"
    said = cityripple("new", target)
    assert said.code == 0
    assert "synthetic" in said.out
    assert read_study(target / "study.toml").plan.study.synthetic
    raw = (target / "yearbook" / "外商投资.csv").read_bytes()
    text = raw.decode("gbk")
    assert "襄樊," in text
    assert "武汉," in text
    assert "—" in text
    assert text.startswith("城市,2010年")
    for file in ("yearbook.xlsx", "yearbook"):
        checked = cityripple("check", target / "study_yearbook.toml", "--set", f"table.file={file}")
        assert checked.code == 0, checked.err
        assert "30 exact, 5 suffix, 1 alias" in checked.out
        assert "interpolated cells: 1" in checked.out
        assert "36 units × 12 years (2011 to 2022), 432 rows" in checked.out
    plain_one = cityripple("check", target / "study.toml")
    assert plain_one.code == 0, plain_one.err
    assert "Weights inverse: inverse distance within 500 km" in plain_one.out


def test_check_asks_for_names(case: Any, cityripple: Any) -> None:
    case.table.loc[case.table["city"] == "格3市", "city"] = "第三市"
    path = case.write()
    said = cityripple("check", path)
    assert said.code == 2
    assert len(said.err.splitlines()) == 1
    assert "第三市" in said.err
    assert "only in the boundaries (1): 格3市" in said.out
    assert "empty cells: none" in said.out
    written = case.folder / "aliases.csv"
    assert str(written) in said.out
    text = written.read_text(encoding="utf-8-sig")
    written.write_text(text.replace("第三市,", "第三市,510103", 1), encoding="utf-8-sig")
    case.plan["boundaries"]["aliases"] = "aliases.csv"
    again = cityripple("check", case.write())
    assert again.code == 0, again.err
    assert "35 exact, 1 alias" in again.out
    assert not (case.folder / "aliases-2.csv").exists()
    assert not (case.folder / "out").exists()


@pytest.mark.parametrize(
    ("name", "saved"),
    [
        ("=2+5", "gbk"),
        ("+格", "utf-8-sig"),
        ("-3市", "gbk"),
        ("@SUM(A1)", "utf-8-sig"),
        ('a,"b";c', "gbk"),
        ("'=x", "utf-8-sig"),
        ("第 三 市", "gbk"),
    ],
)
def test_a_table_of_names_makes_the_round_trip(
    case: Any, cityripple: Any, name: str, saved: str
) -> None:
    case.table.loc[case.table["city"] == "格3市", "city"] = name
    assert cityripple("check", case.write()).code == 2
    written = case.folder / "aliases.csv"
    asked = pd.read_csv(written, encoding="utf-8-sig", dtype=str, keep_default_na=False)
    assert list(asked.columns) == ["given", "key", "suggestion"]
    assert not asked.map(lambda cell: cell.startswith(("=", "+", "-", "@"))).any(axis=None)
    assert asked["key"].tolist() == ["", "510103"]
    assert "格3市" in asked["suggestion"][1]
    asked.loc[0, "key"] = "510103"
    asked.to_csv(written, index=False, encoding=saved, lineterminator="\r\n")
    case.plan["boundaries"]["aliases"] = "aliases.csv"
    again = cityripple("check", case.write())
    assert again.code == 0, again.err
    assert "35 exact, 1 alias" in again.out
    assert "only in" not in again.out


def test_check_keeps_a_filled_table_of_names(case: Any, cityripple: Any) -> None:
    case.table.loc[case.table["city"] == "格3市", "city"] = "第三市"
    (case.folder / "aliases.csv").write_text("mine", encoding="utf-8")
    said = cityripple("check", case.write())
    assert said.code == 2
    assert (case.folder / "aliases.csv").read_text(encoding="utf-8") == "mine"
    assert (case.folder / "aliases-2.csv").exists()


def test_check_goes_on_after_a_problem(case: Any, cityripple: Any) -> None:
    case.table.loc[5, "x"] = np.nan
    said = cityripple("check", case.write())
    assert said.code == 2
    assert "problem: values are missing" in said.out
    assert "Weights queen: queen contiguity" in said.out


def test_help_and_version_load_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['cityripple', '--help']\n"
        "from analysis.cli import main\n"
        "try: main()\n"
        "except SystemExit as stop: assert not stop.code\n"
        "heavy = {'pandas', 'numpy', 'geopandas', 'matplotlib', 'libpysal', 'pydantic', 'jinja2'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    for command in ("demo", "run", "check", "new"):
        assert f"  {command} " in done.stdout


def test_the_module_is_the_command(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "analysis"]
    said = subprocess.run([*words, "--version"], capture_output=True, text=True, check=True)
    assert said.stdout.startswith("cityripple ")
    said = subprocess.run(
        [*words, "run", "没有.toml"], capture_output=True, cwd=tmp_path, check=False
    )
    assert said.returncode == 2
    assert len(said.stderr.splitlines()) == 1


def test_public_names() -> None:
    assert set(analysis.__all__) <= set(dir(analysis))
    for name in analysis.__all__:
        assert getattr(analysis, name) is not None
    with pytest.raises(AttributeError, match="nothing"):
        _ = analysis.nothing


def test_pictures_tell_how_long_the_rest_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from matplotlib.figure import Figure

    from analysis.study import producing
    from analysis.study.picture import Picture
    from analysis.study.schema import Maps

    monkeypatch.setattr(producing, "FEW", 1)
    parts, told = Parts(), list[str]()
    parts.steps.show = lambda text, *_: told.append(text)
    pictures = [Picture("figures", f"p{n}", None, {}, Figure) for n in range(3)]
    producing.draw_all(pictures, Maps(formats=["png"]), tmp_path, 1, parts)
    assert [text.partition(",")[0] for text in told] == [f"pictures: {n} of 3" for n in (1, 2, 3)]
    assert told[-1] == "pictures: 3 of 3, 0 s left"
    assert len(list(tmp_path.glob("figures/*.png"))) == 3
