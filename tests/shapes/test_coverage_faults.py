"""Gaps, slivers and islands with their sizes; repairs and their ledger."""

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely

import shapes

X, Y = 38_500_000.0, 3_500_000.0


def frame(*polygons, crs=4526, keys=None):
    moved = [shapely.transform(p, lambda xy: np.add(xy, [X, Y])) for p in polygons]
    keys = keys or [chr(65 + i) for i in range(len(moved))]
    return geopandas.GeoDataFrame({"n": range(len(moved))}, geometry=moved, index=keys, crs=crs)


def around(hole):
    """Three units around a hole, which leaves it free."""
    square = shapely.box(-5_000, -5_000, 5_000, 5_000)
    cuts = shapely.multilinestrings(
        [[[0, 0], [-6_000, -6_000]], [[0, 0], [6_000, -6_000]], [[0, 0], [0, 6_000]]]
    )
    lines = shapely.union_all([cuts, shapely.boundary(square)])
    faces = shapely.get_parts(shapely.polygonize([shapely.union_all(lines)]))
    return frame(*(shapely.difference(face, hole) for face in faces))


def listed(cities, **options):
    table = shapes.check_boundaries(cities, **options)
    return list(zip(table["key"], table["problem"], strict=True))


def test_a_small_hole_where_three_meet_is_a_gap():
    cities = around(shapely.buffer(shapely.Point(0, 0), 4.0, quad_segs=1))
    table = shapes.boundary_faults(cities)
    assert table["problem"].tolist() == ["gap"]
    assert table["area_m2"][0] == pytest.approx(32, rel=1e-3)
    # Twice the area over the perimeter of a square of diagonal 8.
    assert table["width_m"][0] == pytest.approx(2 * 32 / (16 * np.sqrt(2)), rel=1e-3)
    assert table["detail"][0] == "32 m² (2.8 m wide) between it and B, C"
    assert table.geometry.iloc[0].area == pytest.approx(32)
    assert listed(cities, gap_m=2.5) == []
    assert listed(around(shapely.buffer(shapely.Point(0, 0), 500.0))) == []


def test_a_unit_in_a_moat_is_a_spurious_island():
    hole = shapely.box(-1_000, -1_000, 1_000, 1_000)
    ring = around(hole)
    inner = frame(shapely.box(-995, -995, 995, 995), keys=["I"])
    cities = geopandas.GeoDataFrame(
        geometry=[*ring.geometry, *inner.geometry], index=[*ring.index, "I"], crs=4526
    )
    table = shapes.check_boundaries(cities)
    assert table["problem"].tolist() == ["gap", "island"]
    assert table["key"].tolist() == ["A", "I"]
    assert table["detail"][0].startswith("39,900 m² (5 m wide) between it and B, C, I")
    assert "touches nobody" in table["detail"][1] and "is 5 m away" in table["detail"][1]
    far = cities.copy()
    far.loc["I", "geometry"] = shapely.buffer(far.geometry["I"].centroid, 100)
    assert listed(far) == []


def test_a_thread_is_a_sliver():
    thread = shapely.multipolygons([shapely.box(0, 0, 900, 900), shapely.box(2_000, 0, 2_002, 900)])
    table = shapes.boundary_faults(frame(thread))
    assert table["problem"].tolist() == ["sliver"]
    assert table["area_m2"][0] == pytest.approx(1_800, rel=1e-3)
    assert table["detail"][0] == "a part of 1,800 m² (2 m wide)"


def test_an_open_gap_names_all_around_it():
    left = shapely.box(0, 0, 1_000, 2_000)
    lower, upper = shapely.box(1_004, 0, 2_000, 1_000), shapely.box(1_004, 1_000, 2_000, 2_000)
    table = shapes.boundary_faults(frame(left, lower, upper))
    assert table["problem"].tolist() == ["gap", "island"]
    assert table["detail"][0].endswith("between it and B, C")
    assert table["area_m2"][0] == pytest.approx(8_000, rel=1e-2)


def test_gap_m_is_a_length():
    for wrong in (0, -1, np.nan, np.inf):
        with pytest.raises(shapes.InputError, match="no positive length"):
            shapes.check_boundaries(frame(shapely.box(0, 0, 1, 1)), gap_m=wrong)


def test_coordinates_outside_their_system_are_a_fault():
    cities = geopandas.GeoDataFrame(geometry=[shapely.box(0, 0, 9, 9)], crs=3857)
    lost = cities.set_geometry(shapely.transform(cities.geometry.to_numpy(), lambda xy: xy * 1e30))
    table = shapes.check_boundaries(lost.set_crs(4526, allow_override=True))
    assert ("(file)", "crs") in list(zip(table["key"], table["problem"], strict=True))
    with pytest.raises(shapes.InputError, match="lie outside"):
        shapes.simplify(lost.set_crs(4526, allow_override=True))


# ---- repair


def spoilt():
    """Two units that overlap by 2 m, and a third behind a gap of 4 m."""
    return frame(
        shapely.box(0, 0, 1_000, 1_000),
        shapely.box(998, 0, 2_000, 1_000),
        shapely.box(2_004, 0, 3_500, 1_000),
    )


def widths(cities):
    box = cities.bounds
    return (box["maxx"] - box["minx"]).round(6).tolist()


@pytest.mark.parametrize(
    ("rule", "expected"), [("largest", [998, 1_002]), ("smallest", [1_000, 1_000])]
)
def test_an_overlap_goes_to_whom_the_rule_names(rule, expected):
    cities = spoilt()
    repaired = shapes.repair(cities, overlaps=rule)
    assert widths(repaired)[:2] == expected
    assert set(listed(repaired)) == {("B", "gap"), ("C", "island")}
    ledger = shapes.repairs(repaired)
    loser = "A" if rule == "largest" else "B"
    row = ledger[ledger["problem"] == "overlap"].iloc[0]
    assert row["key"] == loser and row["before"] - row["after"] == pytest.approx(2_000, rel=1e-3)
    assert f"the {rule} area" in row["detail"] and "2 m wide" in row["detail"]


def test_a_gap_is_filled_only_when_asked():
    cities = spoilt()
    before = cities.copy()
    repaired = shapes.repair(cities, gaps="largest")
    assert widths(repaired) == [1_000, 1_002, 1_500]
    assert repaired.area.tolist() == pytest.approx([1e6, 1_002_000, 1.5e6])
    assert listed(repaired) == [("A", "sliver")]
    whole = shapes.repair(repaired, overlaps="smallest")
    assert listed(whole) == [] and widths(whole) == [1_000, 1_000, 1_500]
    ledger = shapes.repairs(whole)
    assert ledger["key"].tolist() == ["C", "A", "B", "B"]
    assert ledger["problem"].tolist() == ["gap", "border", "border", "overlap"]
    assert whole.area.tolist() == pytest.approx([1e6, 1e6, 1.5e6])
    assert cities.geometry.equals(before.geometry) and "repairs" not in cities.attrs
    assert whole["n"].tolist() == [0, 1, 2] and whole.crs == cities.crs


def test_what_is_wider_than_the_tolerance_is_left():
    cities = spoilt()
    left = shapes.repair(cities, gaps="longest", tolerance_m=3)
    assert left.geometry.equals(cities.geometry) and len(shapes.repairs(left)) == 0
    wide = frame(shapely.box(0, 0, 1_000, 1_000), shapely.box(900, 0, 2_000, 1_000))
    assert listed(shapes.repair(wide, overlaps="largest")) == [("A", "overlap")]
    assert listed(shapes.repair(wide, overlaps="largest", tolerance_m=200)) == []


def test_a_unit_inside_another_keeps_its_ground():
    cities = frame(shapely.box(0, 0, 1_000, 1_000), shapely.box(400, 400, 408, 600))
    repaired = shapes.repair(cities, overlaps="largest", tolerance_m=20)
    assert repaired.area.tolist() == pytest.approx([1e6 - 1_600, 1_600])
    assert len(repaired.geometry["A"].interiors) == 1


def test_borders_get_the_vertices_of_both_sides():
    halves = [shapely.box(1_000, 0, 2_000, 400), shapely.box(1_000, 400, 2_000, 1_000)]
    cities = frame(shapely.box(0, 0, 1_000, 1_000), *halves)
    assert {problem for _, problem in listed(cities)} == {"border"}
    repaired = shapes.repair(cities, borders=True)
    assert listed(repaired) == [] and repaired.area.equals(cities.area)
    ledger = shapes.repairs(repaired)
    assert ledger["key"].tolist() == ["A"]
    assert ledger["detail"][0] == "1 vertices of its neighbours added to its border"
    assert len(shapes.simplify(repaired, 10)) == 3


def test_a_unit_that_is_all_thread_keeps_its_ground():
    left, right = shapely.box(0, 0, 500, 500), shapely.box(600, 0, 900, 500)
    cities = frame(left, shapely.box(500, 0, 500.001, 300), right)
    for options in ({"borders": True}, {"overlaps": "largest"}, {"gaps": "longest"}):
        repaired = shapes.repair(cities, **options)
        assert not repaired.geometry.is_empty.any()
        assert repaired.area.to_numpy() == pytest.approx(cities.area.to_numpy(), abs=1e-6)
        assert "B" not in set(shapes.repairs(repaired)["key"])


def test_a_repaired_layer_keeps_its_neighbours(china):
    broken = china.copy()
    broken.loc["合肥市", "geometry"] = china.geometry["合肥市"].buffer(-3e-5)
    assert set(shapes.check_boundaries(broken)["problem"]) == {"gap", "island"}
    repaired = shapes.repair(broken, gaps="longest")
    assert len(shapes.check_boundaries(repaired)) == 0
    touching = set(china.index[china.touches(china.geometry["合肥市"])])
    assert set(repaired.index[repaired.touches(repaired.geometry["合肥市"])]) == touching
    far = repaired.index.difference([*touching, "合肥市"])
    assert shapely.equals_identical(
        repaired.geometry[far].to_numpy(), broken.geometry[far].to_numpy()
    ).all()


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({}, "asked for nothing"),
        ({"gaps": "fill"}, "'fill' is no way to repair"),
        ({"gaps": "longest", "tolerance_m": 0}, "no positive length"),
    ],
)
def test_requests_that_make_no_sense(options, match):
    with pytest.raises(shapes.InputError, match=match):
        shapes.repair(spoilt(), **options)


def test_units_that_cannot_be_repaired():
    cities = spoilt()
    with pytest.raises(shapes.InputError, match="give a GeoDataFrame"):
        shapes.repair(cities["n"], gaps="longest")
    bow = shapely.from_wkt("POLYGON((0 0,1 1,1 0,0 1,0 0))")
    with pytest.raises(shapes.InputError, match="B, C: missing or invalid"):
        shapes.repair(cities.set_geometry([cities.geometry.iloc[0], bow, None]), gaps="longest")
    with pytest.raises(shapes.InputError, match="A stand more than once"):
        shapes.repair(cities.set_axis(["A", "A", "B"]), gaps="longest")
    with pytest.raises(shapes.InputError, match="no coordinate system"):
        shapes.repair(cities.set_crs(None, allow_override=True), gaps="longest")


# ---- keeping the ledger


def test_the_ledger_stays_with_the_file(tmp_path):
    repaired = shapes.repair(spoilt(), gaps="largest", overlaps="smallest")
    path = shapes.write_boundaries(repaired, tmp_path / "边界.gpkg")
    again = shapes.read_boundaries(path, key="key")
    assert shapes.repairs(again).equals(shapes.repairs(repaired))
    assert listed(again) == [] and again["n"].tolist() == [0, 1, 2]
    shapes.write_boundaries(again, path)
    assert len(shapes.repairs(shapes.read_boundaries(path, key="key"))) == len(
        shapes.repairs(repaired)
    )
    assert [p.name for p in tmp_path.iterdir()] == ["边界.gpkg"]


def test_files_that_cannot_keep_it(tmp_path):
    cities = spoilt()
    with pytest.raises(shapes.InputError, match=r"ends in \.gpkg"):
        shapes.write_boundaries(cities, tmp_path / "a.shp")
    with pytest.raises(shapes.InputError, match="cannot be written: the folder .*none does not"):
        shapes.write_boundaries(cities, tmp_path / "none" / "a.gpkg")
    with pytest.raises(shapes.InputError, match="DataFrame, not a boundary table"):
        shapes.write_boundaries(pd.DataFrame(cities), tmp_path / "a.gpkg")
    with pytest.raises(shapes.InputError, match="an index and a column 'key'"):
        shapes.write_boundaries(cities.assign(key=1), tmp_path / "a.gpkg")
