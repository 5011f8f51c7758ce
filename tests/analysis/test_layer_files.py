"""Styles, GeoJSON, shapefiles: every unit in its class, every name accounted for."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import box

import analysis
from analysis.layers.exchange import short_names
from analysis.layers.qml import qml
from analysis.layers.sld import sld
from analysis.layers.styles import Style, by_class, by_number
from analysis.maps.colours import CLUSTERS, Look
from analysis.maps.grading import grade, grade_signed
from spatial import InputError

OGC = "{http://www.opengis.net/ogc}"
SE = "{http://www.opengis.net/se}"


@pytest.fixture(scope="module")
def cities() -> Any:
    boxes = [box(i % 5, i // 5, i % 5 + 1, i // 5 + 1) for i in range(25)]
    frame = gpd.GeoDataFrame(
        {"name": [f"市{i}" for i in range(25)]},
        geometry=boxes,
        crs="EPSG:4326",
        index=pd.Index(map(str, range(25)), name="key"),
    )
    frame.attrs["name"] = "name"
    return frame


@pytest.fixture(scope="module")
def table(cities: Any) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    return pd.DataFrame(
        {
            "数字产业集聚": rng.normal(size=24),
            "数字产业化": rng.integers(0, 9, size=24),
            "behind": rng.random(24) > 0.5,
            "kind": pd.Categorical(np.tile(["core", "edge", None], 8)),
            "remarks": ["远" * 100, "=1+1", *["近"] * 22],
            "own_std_error": rng.random(24),
            "own_std_errors": rng.random(24),
        },
        index=cities.index[::-1][:24],
    )


def parsed(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(re.sub(r"<!DOCTYPE[^>]*>", "", text))


def in_rules(text: str, attribute: str, value: Any) -> list[str]:
    """Labels of the classes of a QML that hold a value."""
    renderer = parsed(text).find("renderer-v2")
    assert renderer is not None
    if renderer.get("attr") == attribute:
        known = {str(c.get("value")): str(c.get("label")) for c in renderer.iter("category")}
        return [known.get("" if pd.isna(value) else str(value), known.get("", ""))]
    found = []
    for rule in renderer.iter("rule"):
        test = str(rule.get("filter")).replace(f'"{attribute}"', "x")
        empty = pd.isna(value)
        if test in ("x IS NULL", "x IS NOT NULL"):
            holds = empty == (test == "x IS NULL")
        else:
            holds = not empty and all(
                value > float(p[4:]) if p.startswith("x > ") else value <= float(p[5:])
                for p in test.split(" AND ")
            )
        found += [str(rule.get("label"))] * holds
    return found


def held(test: ElementTree.Element, value: Any) -> bool:
    """Whether an OGC filter holds."""
    kind, empty = test.tag.removeprefix(OGC), bool(pd.isna(value))
    if kind == "And":
        return all(held(part, value) for part in test)
    if kind == "Not":
        return not held(test[0], value)
    if kind == "PropertyIsNull":
        return empty
    bound = test.findtext(f"{OGC}Literal")
    assert bound is not None
    return (
        not empty
        and {
            "PropertyIsEqualTo": lambda: str(value) == bound,
            "PropertyIsGreaterThan": lambda: value > float(bound),
            "PropertyIsLessThanOrEqualTo": lambda: value <= float(bound),
        }[kind]()
    )


def in_filters(text: str, value: Any) -> list[str]:
    """Names of the rules of an SLD that hold a value."""
    found = []
    for rule in parsed(text).iter(f"{SE}Rule"):
        test = rule.find(f"{OGC}Filter")
        assert test is not None
        if held(test[0], value):
            found.append(str(rule.findtext(f"{SE}Name")))
    return found


@given(
    st.lists(
        st.floats(-1e6, 1e6, allow_nan=False) | st.sampled_from([0.0, 1.0, 2.0]),
        min_size=1,
        max_size=30,
    )
)
def test_numbers_have_the_classes_of_the_map(numbers: list[float]) -> None:
    values = np.array([*numbers, np.nan])
    for graded in (grade(values, lang="en"), grade_signed(values, lang="en")):
        style = by_number("Sent", "sent", values, graded)
        written, standard = qml(style), sld(style, "layer")
        texts = [look.text for look in graded.looks]
        for value, code in zip(values, graded.classes.codes(values), strict=True):
            assert in_rules(written, "sent", value) == [texts[code]]
            assert in_filters(standard, value) == [texts[code]]


def test_a_number_with_fewer_digits_stays_in_its_class() -> None:
    values = np.random.default_rng(0).random(101)  # quintiles are values
    graded = grade(values, lang="en")
    style = by_number("Sent", "sent", values, graded)
    for value, code in zip(values, graded.classes.codes(values), strict=True):
        for rounded in (float(f"{value:.7f}"), value + 1e-7, value - 1e-7):
            assert in_rules(qml(style), "sent", rounded) == [graded.looks[code].text]


def clusters() -> Style:
    looks = [Look(key, f"<{key}>", face, hatch) for key, (face, hatch) in CLUSTERS.items()]
    return by_class("Clusters", "cluster", looks, "en")


def test_classes_have_their_colours_and_hatches_in_both() -> None:
    style = clusters()
    written, standard = parsed(qml(style)), parsed(sld(style, "lisa"))
    symbols = {s.get("name"): s for s in written.iter("symbol") if s.get("type") == "fill"}
    rules = {r.findtext(f"{SE}Name"): r for r in standard.iter(f"{SE}Rule")}
    for number, (key, (face, hatch)) in enumerate(CLUSTERS.items()):
        layers = [layer.get("class") for layer in symbols[str(number)].findall("layer")]
        lines = {None: 0, "/": 1, "x": 2}[hatch and hatch[0]]
        assert layers == ["SimpleFill", *["LinePatternFill"] * lines]
        [colour] = symbols[str(number)].findall("layer[@class='SimpleFill']/prop[@k='color']")
        red, green, blue, _ = map(int, str(colour.get("v")).split(","))
        assert f"#{red:02x}{green:02x}{blue:02x}" == face
        rule = rules[f"<{key}>"]
        fills = [p.text for p in rule.iter(f"{SE}SvgParameter") if p.get("name") == "fill"]
        assert fills[0] == face
        marks = [mark.text for mark in rule.iter(f"{SE}WellKnownName")]
        assert marks == ([{"/": "slash", "x": "x"}[hatch[0]]] if hatch else [])
        assert in_filters(sld(style, "lisa"), key) == [f"<{key}>"]


def test_empty_classes_are_no_data() -> None:
    style = by_class("Kind", "kind", [Look("a", "A", "#ff0000")], "zh")
    assert in_rules(qml(style), "kind", None) == ["无数据"]
    assert in_filters(sld(style, "x"), None) == ["无数据"]
    with pytest.raises(InputError, match="hatch"):
        by_class("Kind", "kind", [Look("a", "A", "#ff0000", "oo")], "zh")


@given(st.lists(st.text("aB数字é_1", min_size=1, max_size=14), unique=True, max_size=25))
def test_short_names_are_short_and_apart(fields: list[str]) -> None:
    found = short_names(fields)
    assert list(found) == fields
    assert all(0 < len(name.encode("utf-8")) <= 10 for name in found.values())
    assert len({name.casefold() for name in found.values()}) == len(fields)
    fits = {f for f in fields if len(f.encode("utf-8")) <= 10}
    lower = Counter(f.casefold() for f in fits)
    assert all(found[f] == f for f in fits if lower[f.casefold()] == 1 and len(fits) == len(fields))


def test_a_shapefile_comes_back_whole(tmp_path: Path, cities: Any, table: Any) -> None:
    path = tmp_path / "结果.shp"
    written = analysis.export_layers(path, cities, values=table, lang="zh")
    assert {p.name for p in written} == {
        "结果.shp",
        "结果.qml",
        "结果.sld",
        "结果.qmd",
        "结果_fields.csv",
    }
    assert (tmp_path / "结果.cpg").read_text(encoding="ascii").upper() == "UTF-8"
    assert "WGS" in (tmp_path / "结果.prj").read_text(encoding="utf-8")
    with (tmp_path / "结果_fields.csv").open(encoding="utf-8-sig", newline="") as file:
        ledger = {row[1]: row for row in list(csv.reader(file))[1:]}
    names = {field: row[2] for field, row in ledger.items()}
    assert names["数字产业集聚"] != names["数字产业化"]
    found = gpd.read_file(path).set_index(names["key"])
    assert list(found.columns) == [*(n for f, n in names.items() if f != "key"), "geometry"]
    assert found["name"].tolist() == cities["name"].tolist()
    expected = table.reindex(found.index)
    for field in ("数字产业集聚", "数字产业化", "own_std_error", "own_std_errors"):
        np.testing.assert_allclose(found[names[field]], expected[field], rtol=1e-12)
    assert found[names["behind"]].dropna().tolist() == expected["behind"].dropna().tolist()
    assert ledger["remarks"][4:] == ["1", "1"]
    assert found["remarks"].loc["24"] == "远" * 84
    renderer = parsed((tmp_path / "结果.qml").read_text(encoding="utf-8")).find("renderer-v2")
    assert renderer is not None
    rules = " ".join(str(rule.get("filter")) for rule in renderer.iter("rule"))
    assert f'"{names["数字产业集聚"]}"' in rules


def test_geojson_is_in_longitude_and_latitude(tmp_path: Path, cities: Any, table: Any) -> None:
    plane = cities.to_crs(3857)
    plane.attrs["name"] = "name"
    path = tmp_path / "a.geojson"
    analysis.export_layers(path, plane, values=table, note="Synthetic")
    found = gpd.read_file(path)
    assert found.crs == "EPSG:4326"
    np.testing.assert_allclose(found.total_bounds, cities.total_bounds, atol=1e-6)
    back = table.reindex(found["key"])["数字产业集聚"].to_numpy()
    np.testing.assert_allclose(found["数字产业集聚"], back, rtol=1e-12)
    about = pyogrio.read_info(path)["layer_metadata"]
    said = str(about) if about else path.read_text(encoding="utf-8")
    assert "Transformed to longitude and latitude" in said
    assert "Synthetic" in said


def test_a_folder_holds_what_is_asked_for(tmp_path: Path, cities: Any, table: Any) -> None:
    two = {"a/b": table[["数字产业集聚"]], "a_b": table[["kind", "数字产业化"]]}
    written = analysis.export_layers(
        tmp_path / "gis", cities, values=two, formats=["gpkg", "geojson", "shp", "qml", "sld"]
    )
    found = {p.relative_to(tmp_path / "gis").as_posix() for p in written}
    assert {"layers.gpkg", "geojson/a_b.geojson", "shp/a_b_2.shp", "shp/fields.csv"} <= found
    assert {"styles/a_b.qml", "styles/a_b_2.qml", "styles/a_b_2.数字产业化.sld"} <= found
    assert not list((tmp_path / "gis").glob(".partial*"))
    default = analysis.export_layers(tmp_path / "plain", cities, values=two)
    assert {p.suffix for p in default} == {".gpkg", ".qml", ".sld"}
    several = analysis.export_layers(tmp_path / "多.geojson", cities, values=two)
    assert {p.name for p in several if p.suffix == ".geojson"} == {
        "多_a_b.geojson",
        "多_a_b_2.geojson",
    }


def test_classes_of_any_kind_take_their_looks(tmp_path: Path, cities: Any) -> None:
    given_classes = pd.Series("hot", index=cities.index).where(lambda s: s.index != "3", "cold")
    looks = [Look("hot", "热点", "red"), Look("cold", "冷点", "#2878b8", "xxx")]
    path = tmp_path / "a.gpkg"
    analysis.export_layers(path, cities, classes={"spots": (given_classes[:20], looks)}, lang="zh")
    found = gpd.read_file(path, layer="spots").set_index("key")["class"]
    assert found["3"] == "cold"
    assert found.isna().sum() == 5
    with pytest.raises(InputError, match="no look"):
        analysis.export_layers(path, cities, classes={"spots": (given_classes, looks[:1])})
