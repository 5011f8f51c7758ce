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
import pyogrio
import pytest
from shapely.geometry import box

import analysis
import spatial
from analysis.maps.colours import CLUSTERS
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
    assert layers == {"cities", "lisa_2011", "lisa_2016", "spillover"}
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
    query = "SELECT styleQML FROM layer_styles WHERE f_table_name = 'lisa_2011' AND useAsDefault"
    [[text]] = rows(package, query)
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


def test_each_shape_is_stored_once(package: Path, cities: Any) -> None:
    kinds = dict(rows(package, "SELECT name, type FROM sqlite_master"))
    assert kinds["cities"] == "table"
    assert {kinds[name] for name in ("lisa_2011", "lisa_2016", "spillover")} == {"view"}
    columns = rows(package, "SELECT name FROM pragma_table_info('lisa_2011_data')")
    assert ("geom",) not in columns
    listed = [name for name, _ in pyogrio.list_layers(package)]
    assert listed == ["cities", "lisa_2011", "lisa_2016", "spillover", "layer_styles"]
    base = gpd.read_file(package, layer="cities")
    assert base.geometry.geom_equals(cities.geometry.reset_index(drop=True)).all()
    part = gpd.read_file(package, layer="lisa_2016", where="name = '=市7'")
    assert part["key"].tolist() == ["7"]
    assert part.geometry.iloc[0].equals(cities.geometry["7"])


def test_metadata_say_what_was_done(package: Path) -> None:
    found = dict(
        rows(
            package,
            "SELECT table_name, metadata FROM gpkg_metadata_reference JOIN gpkg_metadata "
            "ON md_file_id = id WHERE md_standard_uri = 'http://mrcc.com/qgis.dtd'",
        )
    )
    assert set(found) == {"cities", "lisa_2011", "lisa_2016", "spillover"}
    record = ElementTree.fromstring(re.sub(r"<!DOCTYPE[^>]*>", "", found["lisa_2016"]))
    assert record.findtext("title") == "局部空间集聚（LISA），2016"
    about = str(record.findtext("abstract"))
    assert "合成数据" in about
    assert "EPSG:4326" in about
    assert (
        about
        == dict(rows(package, "SELECT table_name, description FROM gpkg_contents"))["lisa_2016"]
    )
    meanings = rows(
        package,
        "SELECT column_name, title, description FROM gpkg_data_columns "
        "WHERE table_name = 'spillover'",
    )
    titles = {column: title for column, title, _ in meanings}
    assert titles["sent"] == "溢出（发出）"
    assert all(f"- {column}：{title}" in found["spillover"] for column, title, _ in meanings)
    extensions = {name for (name,) in rows(package, "SELECT extension_name FROM gpkg_extensions")}
    assert {"gpkg_metadata", "gpkg_schema"} <= extensions


def test_other_kinds_of_classes_have_their_maps_colours(
    tmp_path: Path, cities: Any, local: Any
) -> None:
    w = weights.contiguity(cities)
    values = pd.Series(np.arange(25.0) ** 2, index=cities.index)
    spots = spatial.getis_ord(values, w, correction="fdr")
    change = spatial.lisa_change(local)
    path = tmp_path / "a.gpkg"
    colours = {"hot spot": "black"}
    analysis.export_layers(path, cities, hot_spots=spots, changes=change, colours=colours)
    found = gpd.read_file(path, layer="hot_spots").set_index("key")
    assert found["cluster"].tolist() == spots["cluster"].astype(str).tolist()
    assert set(found["cluster"]) > {"hot spot", "cold spot"}
    levels = ["p 0.001", "p 0.01", "p 0.05", "not significant"]
    expected = pd.cut(spots["p_adjusted"], [0, 0.001, 0.01, 0.05, 1], labels=levels)
    assert found["significance"].tolist() == expected.astype(str).tolist()
    after = gpd.read_file(path, layer="lisa_change").set_index("key")
    assert after["change"].tolist() == change.loc[after.index, "change"].astype(str).tolist()
    written = rows(path, "SELECT styleQML FROM layer_styles WHERE f_table_name = 'hot_spots'")
    assert '"0,0,0,255"' in written[0][0]
    about = pyogrio.read_info(path, layer="hot_spots")["layer_metadata"]["DESCRIPTION"]
    assert "G*: the unit with its neighbours" in about
    assert "false-discovery" in about.lower().replace(" ", "-")


def test_effects_say_their_model(tmp_path: Path, cities: Any) -> None:
    rng = np.random.default_rng(2)
    frame = pd.DataFrame(rng.normal(size=(25, 2)), columns=["y", "x"], index=cities.index)
    fit = spatial.SDM("y ~ x").fit(frame, weights.contiguity(cities))
    table = fit.effects_by_unit("x")
    path = tmp_path / "a.gpkg"
    labels = {"x": "Agglomeration", "y": "Resilience"}
    analysis.export_layers(path, cities, spillover=table, labels=labels)
    about = pyogrio.read_info(path, layer="spillover")["layer_metadata"]["DESCRIPTION"]
    for words in ("SDM, y ~ x", "queen contiguity", "expected information", "quantiles, 5"):
        assert words in about
    assert "sum of the changes of Resilience in all others for a rise of Agglomeration" in about


def test_datum_and_source_are_told(tmp_path: Path, cities: Any, local: Any) -> None:
    told = cities.copy()
    told.attrs.update(datum="GCJ-02", source="a survey")
    path = tmp_path / "a.gpkg"
    analysis.export_layers(path, told, lisa=local, about={"lisa": "One more sentence."})
    about = pyogrio.read_info(path, layer="lisa_2011")["layer_metadata"]["DESCRIPTION"]
    for words in ("datum GCJ-02", "0.1 to 0.7 km", "Boundaries: a survey.", "One more sentence."):
        assert words in about


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
        analysis.export_layers(tmp_path / "a.kml", cities, lisa=local)
    with pytest.raises(InputError, match=r"formats=\['kml'\]"):
        analysis.export_layers(tmp_path / "folder", cities, lisa=local, formats=["kml"])
    with pytest.raises(InputError, match="asks for gpkg"):
        analysis.export_layers(path, cities, lisa=local, formats=["shp"])
    with pytest.raises(InputError, match="cannot be written"):
        analysis.export_layers(tmp_path / "none" / "a.gpkg", cities, lisa=local)
    with pytest.raises(InputError, match="lang"):
        analysis.export_layers(path, cities, lisa=local, lang="fr")
