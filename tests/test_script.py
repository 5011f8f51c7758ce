"""The script of the README runs as it stands, on small files of the shape that it names."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from docx import Document

import shapes

ROOT = Path(__file__).parents[1]
YEARS = range(2010, 2023)


def script():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.search(r"```python\n(import analysis.*?)```", text, re.DOTALL).group(1)


@pytest.fixture
def folder(tmp_path):
    cities = shapes.china_cities()
    near = cities[cities["province"].isin(["浙江省", "上海市", "江苏省", "安徽省"])]
    base = near.reset_index()[["city", "adcode", "geometry"]].rename(columns={"city": "name"})
    base["gb"] = "156" + base.pop("adcode").astype(str)
    base.to_file(tmp_path / "市.geojson", driver="GeoJSON")

    rng = np.random.default_rng(3)
    n, years = len(base), len(YEARS)
    level = np.exp(
        rng.normal(5, 0.5, size=(n, 1))
        + 0.07 * np.arange(years)
        + 0.05 * rng.normal(size=(n, years))
    )
    sheets = {
        "信息业从业": rng.uniform(1e3, 5e3, size=(n, years)).round(),
        "总从业": rng.uniform(1e5, 2e5, size=(n, years)).round(),
        "gdp": level.round(4),
        "pgdp": (level * rng.uniform(90, 110, size=(n, years))).round(2),
        "fdi": rng.uniform(1, 9, size=(n, years)).round(3),
    }
    names = base["name"].str.removesuffix("市").tolist()
    names[names.index("杭州")] = "杭州(省会)"
    with pd.ExcelWriter(tmp_path / "年鉴.xlsx") as book:
        for sheet, values in sheets.items():
            table = pd.DataFrame(values, columns=[f"{year}年" for year in YEARS])
            table.insert(0, "城市", names)
            table.to_excel(book, sheet_name=sheet, index=False)
    pd.DataFrame({"given": ["杭州(省会)"], "key": ["156330100"]}).to_csv(
        tmp_path / "别名.csv", index=False, encoding="gbk"
    )
    return tmp_path


@pytest.mark.filterwarnings("ignore::UserWarning:analysis.indices")
def test_script_of_the_readme(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    source = script().replace("D:/底图/", "")
    space: dict = {}
    exec(compile(source, "README.md", "exec"), space)
    out = capsys.readouterr().out
    assert "res ~ agg + log(pgdp) + fdi: " in out
    assert "1. Unit effects are " in out
    assert "SDM: res ~ agg + log(pgdp) + fdi" in out
    assert "156330100" in out
    assert len(space["local"]) == 3 * len(space["cities"])
    flows = space["sdm"].flows("agg", unit="杭州市", top=10)
    assert (flows["from"] == "156330100").all()
    for name in ("图3.png", "图3.pdf", "图3.tif", "图4.png", "表2.docx", "表3.docx", "结果.gpkg"):
        assert (folder / name).stat().st_size > 2000, name
    words = [
        cell.text
        for table in Document(str(folder / "表2.docx")).tables
        for row in table.rows
        for cell in row.cells
    ]
    assert "数字产业集聚" in words
