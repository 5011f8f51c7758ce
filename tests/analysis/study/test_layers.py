"""The GeoPackage: layers that read everywhere and open styled in QGIS."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

import analysis
import spatial
from analysis.maps.colours import CLUSTERS
from analysis.qml import graduated
from spatial import InputError, weights


@pytest.fixture(scope="module")
def cities() -> Any:
    boxes = [box(i % 5, i // 5, i % 5 + 1, i // 5 + 1) for i in range(25)]
    names = [f"=市{i}" for i in range(25)]
    frame = gpd.GeoDataFrame(
        {"name": names},
        geometry=boxes,
        crs="EPSG:4326",
        index=pd.Index(map(str, range(25)), name="key"),
    )
    frame.attrs["name"] = "name"
    return frame


@pytest.fixture(scope="module")
def local(cities: Any) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "city": np.tile(cities.index, 2),
            "year": np.repeat([2011, 2016], 25),
            "y": np.random.default_rng(1).normal(size=50) + np.tile(np.arange(25), 2),
        }
    )
    panel = spatial.Panel(table, unit="city", time="year")
    return spatial.lisa_by_time(panel, "y", weights.contiguity(cities))


@pytest.fixture(scope="module")
def spillover(cities: Any) -> pd.DataFrame:
    values = np.linspace(-0.2, 0.3, 25)
    index = cities.index[::-1]
    columns = {"own": values, "received": np.abs(values), "sent": values}
    return pd.DataFrame(columns, index=index)


@pytest.fixture(scope="module")
def package(tmp_path_factory: Any, cities: Any, local: Any, spillover: Any) -> Path:
    path = tmp_path_factory.mktemp("layers") / "结果.gpkg"
    before = cities.copy()
    analysis.export_layers(
        path, cities, lisa=local, spillover=spillover.iloc[:20], lang="zh", note="合成数据"
    )
    assert before.equals(cities)
    return path


def rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_layers_hold_the_results_by_key(
    package: Path, cities: Any, local: Any, spillover: Any
) -> None:
    layer = gpd.read_file(package, layer="lisa_2016").set_index("key")
    assert list(layer.index) == list(cities.index)
    assert layer.crs == cities.crs
    expected = local.xs(2016, level=0).loc[layer.index]
    assert layer["cluster"].tolist() == expected["cluster"].astype(str).tolist()
    assert np.allclose(layer["statistic"], expected["statistic"])
    sent = gpd.read_file(package, layer="spillover").set_index("key")["sent"]
    assert np.allclose(sent[spillover.index[:20]], spillover["sent"].iloc[:20])
    assert sent[spillover.index[20:]].isna().all()
    assert layer["name"].iloc[3] == "=市3"


def test_styles_are_where_qgis_looks(package: Path) -> None:
    found = rows(
        package,
        "SELECT f_table_name, f_geometry_column, styleName, styleQML, useAsDefault FROM "
        "layer_styles",
    )
    layers = {name for name, *_ in found}
    assert layers == {"lisa_2011", "lisa_2016", "spillover"}
    for layer in layers:
        assert sum(default for name, *_, default in found if name == layer) == 1
    contents = dict(rows(package, "SELECT table_name, data_type FROM gpkg_contents"))
    assert contents["layer_styles"] == "attributes"
    assert all(contents[layer] == "features" for layer in layers)
    columns = dict(rows(package, "SELECT table_name, column_name FROM gpkg_geometry_columns"))
    assert all(columns[name] == geometry for name, geometry, *_ in found)
    about = dict(rows(package, "SELECT table_name, description FROM gpkg_contents"))
    assert "合成数据" in about["lisa_2016"]
    said = ("邻接", "双侧 p 值（精确置换分布）", "未作多重检验校正", "0.05")
    assert all(word in about["lisa_2016"] for word in said)
    assert "9999" not in about["lisa_2016"]


def test_classes_have_the_colours_of_the_map(package: Path) -> None:
    [[text]] = rows(package, "SELECT styleQML FROM layer_styles WHERE f_table_name = 'lisa_2011'")
    style = ElementTree.fromstring(re.sub(r"<!DOCTYPE[^>]*>", "", text))
    renderer = style.find("renderer-v2")
    assert renderer is not None
    assert renderer.get("attr") == "cluster"
    symbols = {s.get("name"): s.find(".//prop[@k='color']") for s in renderer.iter("symbol")}
    classes = list(renderer.iter("category"))
    assert [c.get("value") for c in classes] == list(CLUSTERS)
    assert classes[0].get("label") == "高-高集聚"
    plain = [c for c in classes if CLUSTERS[str(c.get("value"))][1] is None]
    assert len(plain) == 5
    for entry in plain:
        shown = symbols[entry.get("symbol")]
        assert shown is not None
        red, green, blue, _ = map(int, str(shown.get("v")).split(","))
        assert f"#{red:02x}{green:02x}{blue:02x}" == CLUSTERS[str(entry.get("value"))][0]


@pytest.mark.parametrize(
    ("values", "edges"),
    [([1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10], 6), ([-1.0, 0.5], 6), ([2.0, 2.0], 2), ([np.nan], 0)],
)
def test_every_number_falls_into_a_class(values: list[float], edges: int) -> None:
    style = ElementTree.fromstring(
        re.sub(r"<!DOCTYPE[^>]*>", "", graduated("sent", pd.Series(values)))
    )
    rules = [str(r.get("filter")) for r in style.iter("rule")]
    assert rules[-1] == '"sent" IS NULL'
    found = [tuple(map(float, re.findall(r"[<>]= (\S+)", rule))) for rule in rules[:-1]]
    assert len(found) == max(edges - 1, 0)
    assert len(list(style.iter("symbol"))) == len(rules)
    for value in pd.Series(values).dropna():
        assert any(low <= value <= high for low, high in found)
    if min(values) < 0:
        assert found[2][0] < 0 < found[2][1]


def test_refusals_leave_the_old_file(tmp_path: Path, cities: Any, local: Any) -> None:
    path = tmp_path / "a.gpkg"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(InputError, match=r"99"):
        analysis.export_layers(path, cities, values=pd.DataFrame({"v": [1.0]}, index=["99"]))
    assert path.read_text(encoding="utf-8") == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.gpkg"]
    with pytest.raises(InputError, match="nothing to export"):
        analysis.export_layers(path, cities)
    with pytest.raises(InputError, match=r"\.gpkg"):
        analysis.export_layers(tmp_path / "a.shp", cities, lisa=local)
    with pytest.raises(InputError, match="cannot be written"):
        analysis.export_layers(tmp_path / "none" / "a.gpkg", cities, lisa=local)
    with pytest.raises(InputError, match="lang"):
        analysis.export_layers(path, cities, lisa=local, lang="fr")
