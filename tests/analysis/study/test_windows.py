"""Studies as Chinese Windows leaves them: marks, GBK, locked workbooks, Chinese folders."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas
import pytest


@pytest.fixture
def bare(case: Any, tmp_path: Path) -> Any:
    """The lattice study without weights and models, in a folder with a Chinese name."""
    for section in ("model", "autocorrelation", "weights"):
        del case.plan[section]
    case.folder = tmp_path / "张三 的文档" / "毕业论文（终稿）"
    case.folder.mkdir(parents=True)
    return case


def in_gbk(case: Any) -> Path:
    """Study file with a mark and CRLF, table in GBK, boundaries in GBK without a `.cpg`."""
    case.plan["boundaries"]["file"] = "cells.shp"
    path = case.write()
    text = path.read_text(encoding="utf-8")
    path.write_bytes(text.replace("\n", "\r\n").encode("utf-8-sig"))
    case.table.to_csv(case.folder / "panel.csv", index=False, encoding="gbk", lineterminator="\r\n")
    cells = geopandas.read_file(case.folder / "cells.geojson")
    cells.to_file(case.folder / "cells.shp", encoding="GBK")
    (case.folder / "cells.cpg").unlink()
    return path


def test_everything_as_excel_and_notepad_save_it(bare: Any, cityripple: Any) -> None:
    said = cityripple("check", in_gbk(bare))
    assert said.code == 0, said.err
    assert "Join: 36 exact" in said.out
    assert "table, panel.csv: encoding: read as gb18030" in said.out
    assert "the text is GBK (read as GB18030)" in said.out


def test_its_results_name_the_files(bare: Any, cityripple: Any) -> None:
    out = bare.folder / "结果"
    assert cityripple("run", in_gbk(bare), "--out", out, "--quiet").code == 0
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert {item["what"] for item in manifest["inputs"]} == {"study", "boundaries", "table"}


@pytest.mark.parametrize("encoding", ["gbk", "utf-16"])
def test_a_study_file_in_another_encoding(bare: Any, cityripple: Any, encoding: str) -> None:
    bare.plan["study"]["title"] = "格网"
    path = bare.write()
    path.write_bytes(path.read_text(encoding="utf-8").encode(encoding))
    said = cityripple("check", path)
    assert said.code == 2
    assert "study.toml line 1 is not UTF-8; save the study file as UTF-8" in said.err


@pytest.mark.parametrize("held", ["panel.csv", "study.toml"])
def test_a_file_that_another_program_holds(
    bare: Any, cityripple: Any, monkeypatch: pytest.MonkeyPatch, held: str
) -> None:
    path = bare.write()
    read = Path.read_bytes

    def locked(self: Path) -> bytes:
        if self.name == held:
            raise PermissionError(13, "Permission denied", str(self))
        return read(self)

    monkeypatch.setattr(Path, "read_bytes", locked)
    said = cityripple("check", path)
    assert said.code == 2
    assert len(said.err.splitlines()) == 1
    assert f"{held} cannot be read" in said.err
