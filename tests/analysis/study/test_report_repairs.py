"""The report prints what was mended in the boundaries, with areas before and after."""

from __future__ import annotations

import re
from typing import Any

import geopandas
import pytest

import shapes
from analysis.report.blocks import Grid
from analysis.report.chinese import in_chinese
from analysis.report.inputs import data
from analysis.report.words import Words

DEGREES = 3e-5


@pytest.fixture
def repaired(case: Any) -> Any:
    """A study on boundaries in which one unit was shrunk by three metres and mended."""
    case.write()
    cities = shapes.read_boundaries(case.folder / "cells.geojson", key="code", name="name")
    unit = cities.index[14]
    cities.loc[unit, "geometry"] = cities.geometry[unit].buffer(-DEGREES)
    shapes.write_boundaries(shapes.repair(cities, gaps="longest"), case.folder / "cells.gpkg")
    case.plan["boundaries"] = {"file": "cells.gpkg", "key": "key", "name": "name"}
    return case.computed()


def ledger(study: Any, lang: str) -> Grid:
    blocks = data(study, Words(lang))
    words = Words(lang)("repairs")
    return next(b for b in blocks if isinstance(b, Grid) and b.caption == words)


def test_the_ledger_is_printed_with_areas(repaired: Any) -> None:
    table = repaired.sources.repairs
    assert set(table["problem"]) == {"gap"} and len(table) == 4
    assert repaired.sources.faults.empty
    found = ledger(repaired, "en")
    assert list(found.head[-2:]) == ["Area before, km²", "Area after, km²"]
    assert tuple(found.right) == (4, 5) and len(found.rows) == 4
    for shown, row in zip(found.rows, table.itertuples(), strict=True):
        assert shown[1] == row.key and shown[3] == row.detail
        assert shown[4:] == (f"{row.before / 1e6:,.3f}", f"{row.after / 1e6:,.3f}")
    assert "filled: " in found.rows[0][3] and "m wide" in found.rows[0][3]


def test_the_chinese_ledger_is_chinese(repaired: Any) -> None:
    found = ledger(repaired, "zh")
    assert list(found.head[-2:]) == ["修正前面积（km²）", "修正后面积（km²）"]
    assert {row[2] for row in found.rows} == {"缝隙"}
    assert all(row[3].startswith("填补") and "公共边界最长" in row[3] for row in found.rows)
    assert not any("filled" in cell or "wide" in cell for row in found.rows for cell in row)


@pytest.fixture
def faulty(case: Any) -> Any:
    """The same boundaries, not mended."""
    case.write()
    cities = shapes.read_boundaries(case.folder / "cells.geojson", key="code", name="name")
    unit = cities.index[14]
    cities.loc[unit, "geometry"] = cities.geometry[unit].buffer(-DEGREES)
    shapes.write_boundaries(cities, case.folder / "cells.gpkg")
    case.plan["boundaries"] = {"file": "cells.gpkg", "key": "key", "name": "name"}
    return case.computed()


def test_faults_that_nobody_mended_are_printed(faulty: Any) -> None:
    for lang, kinds in (("en", ["Gap", "Spurious island"]), ("zh", ["缝隙", "虚假孤立单元"])):
        words = Words(lang)
        blocks = data(faulty, words)
        found = next(b for b in blocks if isinstance(b, Grid) and b.caption == words("faults"))
        assert [row[1] for row in found.rows] == kinds
        assert found.rows[1][0] == "格14市"
        english = any("between" in row[2] or "touches" in row[2] for row in found.rows)
        assert english == (lang == "en")


def test_check_prints_the_faults(case: Any, cityripple: Any) -> None:
    case.write()
    cities = shapes.read_boundaries(case.folder / "cells.geojson", key="code", name="name")
    cities.loc[cities.index[14], "geometry"] = cities.geometry.iloc[14].buffer(-DEGREES)
    shapes.write_boundaries(cities, case.folder / "cells.gpkg")
    case.plan["boundaries"] = {"file": "cells.gpkg", "key": "key", "name": "name"}
    said = cityripple("check", case.write())
    assert said.code == 0
    assert "Faults of the boundaries, not mended (they can take or add neighbours): 2" in said.out
    assert re.search(r"gap: .*m² .*wide", said.out)
    assert "格14市 (touches nobody" in said.out
    assert "shapes.repair" in said.out


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        (
            "3 overlaps, 37,359 m² (4.1 m wide) given up to A市: A市 has the smallest area",
            "让出重叠3处，37,359 m²（宽4.1 m），归A市：A市面积最小",
        ),
        (
            "2 gaps, 7,308 m² (1.7 m wide) beside A市 filled: B市 has the largest area",
            "填补缝隙2处，7,308 m²（宽1.7 m）（与A市相邻）：B市面积最大",
        ),
        ("1 m² (0.5 m wide) filled: B市 has the largest area", "填补1 m²（宽0.5 m）：B市面积最大"),
        (
            "4 vertices of its neighbours added to its border",
            "公共边界补入相邻单元的4个节点",
        ),
        ("one unit of A市, B市", "由A市、B市合并为一个单元"),
    ],
)
def test_details_in_chinese(english: str, chinese: str) -> None:
    assert in_chinese(english) == chinese


def test_invalid_polygons_have_areas_too(case: Any) -> None:
    path = case.write()
    frame = geopandas.read_file(case.folder / "cells.geojson")
    ring = [(104, 30), (104.5, 30.5), (104.5, 30), (104, 30.5), (104, 30)]
    frame.loc[0, "geometry"] = type(frame.geometry.iloc[0])(ring)
    frame.to_file(case.folder / "cells.gpkg")
    cities = shapes.read_boundaries(path.parent / "cells.gpkg", key="code", name="name")
    row = shapes.repairs(cities).iloc[0]
    assert row["problem"] == "invalid" and row["after"] > 0
    # Half of a square of half a degree at 30° north: 48 km by 55 km.
    assert row["after"] == pytest.approx(0.5 * 48.1e3 * 55.4e3, rel=0.02)
