import geopandas
import numpy as np
import pytest
import shapely

import shapes


def frame(polygons, keys=None, crs=4326):
    return geopandas.GeoDataFrame(
        {"x": range(len(polygons))},
        geometry=polygons,
        index=keys or [chr(65 + i) for i in range(len(polygons))],
        crs=crs,
    )


def faults(cities, **options):
    table = shapes.check_boundaries(cities, **options)
    assert list(table.columns) == ["key", "problem", "detail"]
    return list(zip(table["key"], table["problem"], strict=True))


def neighbours(cities):
    polygons = cities.geometry.to_numpy()
    left, right = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    return set(zip(left[left < right], right[left < right], strict=True))


# ---- check_boundaries


def test_clean_layers_have_no_faults(china, squares):
    assert faults(china) == []
    assert faults(frame(squares(4))) == []
    assert faults(frame(squares(4)).to_crs(4526)) == []
    assert faults(frame([])) == []


def test_faults_of_single_units(squares):
    bow = shapely.from_wkt("POLYGON((0 0,1 1,1 0,0 1,0 0))")
    cities = frame([*squares(2), None, shapely.Polygon(), bow, shapely.Point(0, 0)])
    table = shapes.check_boundaries(cities)
    assert list(zip(table["key"], table["problem"], strict=True)) == [
        ("C", "empty"),
        ("D", "empty"),
        ("E", "invalid"),
        ("F", "not a polygon"),
    ]
    assert "Self-intersection" in table["detail"][2]


def test_keys(squares):
    cities = frame(squares(4), keys=["a", "a", "110000", 110000.0])
    assert faults(cities) == [("a", "duplicate key"), ("110000", "duplicate key")]
    assert faults(frame(squares(2), keys=["a", None])) == [("", "missing key")]


def test_coordinate_system(squares):
    assert faults(frame(squares(2), crs=None)) == [("(file)", "crs")]
    metres = frame(squares(2)).to_crs(4526).set_crs(4326, allow_override=True)
    assert ("(file)", "crs") in faults(metres)


def test_duplicate_geometry(squares):
    one, two = squares(2)
    turned = shapely.reverse(two)
    table = shapes.check_boundaries(frame([one, two, turned]))
    assert table.to_numpy().tolist() == [["B", "duplicate geometry", "the same polygon as C"]]


def test_overlap_with_its_area(squares):
    one, two = squares(2, y=0.0)
    wide = shapely.box(114.9, 0, 116, 1)
    table = shapes.check_boundaries(frame([one, wide]))
    assert table["problem"].tolist() == ["overlap"] and table["key"].tolist() == ["A"]
    area = float(table["detail"][0].split(" m²")[0].replace(",", ""))
    # A tenth of a degree by a degree at the equator: 11.13 km by 110.57 km.
    assert area == pytest.approx(11_132 * 110_574, rel=2e-3)
    assert table["detail"][0].endswith("shared with B")
    assert len(shapes.check_boundaries(frame([one, two]))) == 0


def test_sliver_gap_and_border(squares):
    one, _, three = squares(3)
    metre = 1 / 111_320
    thin = shapely.box(115 - 2 * metre, 36, 116, 37)
    assert faults(frame([one, thin])) == [("A", "sliver")]
    away = shapely.box(115 + 5 * metre, 36, 116, 37)
    assert faults(frame([one, away])) == [("A", "gap")]
    assert faults(frame([one, away]), gap_m=3) == []
    projected = frame([one, away]).to_crs(4526)
    assert faults(projected) == [("A", "gap")]
    halves = [shapely.box(115, 36, 116, 36.5), shapely.box(115, 36.5, 116, 37)]
    assert faults(frame([one, *halves])) == [(key, "border") for key in "ABC"]
    assert faults(frame([one, three])) == []


def test_overlap_in_the_middle_of_a_clean_layer(china):
    broken = china.copy()
    bigger = broken.geometry["合肥市"].buffer(0.02)
    broken.loc["合肥市", "geometry"] = bigger
    table = shapes.check_boundaries(broken)
    named = set(table["key"]) | set(table["detail"].str.split().str[-1])
    touching = set(china.index[china.touches(china.geometry["合肥市"])])
    assert touching <= named and set(table["problem"]) <= {"overlap", "sliver"}


def test_nothing_is_changed(squares):
    cities = frame(squares(3))
    before = cities.copy()
    shapes.check_boundaries(cities)
    shapes.simplify(cities, 5)
    assert cities.geometry.equals(before.geometry) and list(cities.index) == list("ABC")
    with pytest.raises(shapes.InputError, match="give a GeoDataFrame"):
        shapes.check_boundaries(cities["x"])


# ---- simplify


@pytest.mark.parametrize("tolerance", [1000, 20_000])
def test_neighbours_stay_neighbours(china, tolerance):
    simple = shapes.simplify(china, tolerance_m=tolerance)
    assert list(simple.index) == list(china.index) and simple.crs == china.crs
    assert neighbours(simple) == neighbours(china)
    polygons = simple.geometry.to_numpy()
    assert shapely.coverage_is_valid(polygons) and shapely.is_valid(polygons).all()
    assert not simple.geometry.is_empty.any()
    before = shapely.get_num_coordinates(china.geometry.to_numpy()).sum()
    assert shapely.get_num_coordinates(polygons).sum() < before
    assert simple.drop(columns="geometry").equals(china.drop(columns="geometry"))
    assert simple.attrs["name"] == "city"


def test_projected_layers_keep_their_coordinates(china):
    projected = china.iloc[:40].to_crs(4526)
    simple = shapes.simplify(projected, tolerance_m=3000)
    assert simple.crs.to_epsg() == 4526
    assert neighbours(simple) == neighbours(projected)
    kept = simple.intersection(projected).area / projected.area
    assert kept.min() > 0.9


def test_no_coverage_is_refused_by_name(squares):
    one, two, three = squares(3)
    wide = shapely.box(114.9, 36, 116, 37)
    with pytest.raises(shapes.InputError) as caught:
        shapes.simplify(frame([one, wide, three]))
    message = str(caught.value)
    assert "A, B" in message and "overlap" in message and "C" not in message.split(": ")[1]
    bow = shapely.from_wkt("POLYGON((0 0,1 1,1 0,0 1,0 0))")
    with pytest.raises(shapes.InputError, match=r"C, D \(invalid, empty\)"):
        shapes.simplify(frame([one, two, bow, None]))


@pytest.mark.parametrize("tolerance", [0, -1, np.nan, np.inf])
def test_tolerance_is_positive(squares, tolerance):
    with pytest.raises(shapes.InputError, match="no positive length"):
        shapes.simplify(frame(squares(2)), tolerance)


def test_metres_need_a_coordinate_system(squares):
    with pytest.raises(shapes.InputError, match="no coordinate system"):
        shapes.simplify(frame(squares(2), crs=None))
