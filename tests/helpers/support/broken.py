"""Broken boundary files, one per fault, and what has to become of each."""

import json
import struct
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import geopandas
import numpy as np
import shapely

NAMES = ["石家庄市", "唐山市", "秦皇岛市", "邯郸市", "邢台市", "亳州市"]
TRADITIONAL = ["臺北市", "高雄市", "臺中市", "臺南市", "桃園市", "新竹縣"]
WESTERN = ["Köln", "Münster", "Århus", "Málaga", "Évry", "Orléans"]
RARE = ["㙍城市", "䶮山市", "石家庄市", "㑇州市", "邢台市", "亳州市"]
CODES = [130100, 130200, 130300, 130400, 130500, 341600]


@dataclass(frozen=True)
class Fault:
    """A broken file: how it is made, how it is read, and either what it reads as or what is said.

    `words` are parts of the refusal; without them the file reads as `names`, and `repairs` are
    parts of what is reported.
    """

    make: Callable[[Path], Path]
    words: tuple[str, ...] = ()
    names: tuple[str, ...] = tuple(NAMES)
    repairs: tuple[str, ...] = ()
    options: dict = field(default_factory=dict)


FAULTS: dict[str, Fault] = {}


def fault(*words, names=NAMES, repairs=(), **options):
    """Register the maker of a broken file under its own name."""

    def register(make):
        FAULTS[make.__name__] = Fault(make, words, tuple(names), tuple(repairs), options)
        return make

    return register


def layer(names=NAMES, **columns):
    """Six squares of a degree in a row, in degrees."""
    squares = [shapely.box(114 + i, 36, 115 + i, 37) for i in range(6)]
    table = {"adcode": CODES, "name": names, **columns}
    return geopandas.GeoDataFrame(table, geometry=squares, crs="EPSG:4326")


def save(frame, path, **options):
    """Write a layer; GDAL's remarks on what it had to bend are part of the fault."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame.to_file(path, **options)
    return path


def shapefile(folder, frame, encoding, stated=None):
    """Shapefile whose `.cpg` is missing or states something else."""
    path = save(frame, folder / "市.shp", encoding=encoding)
    path.with_suffix(".cpg").unlink()
    if stated:
        path.with_suffix(".cpg").write_text(stated, encoding="ascii")
    patch(path.with_suffix(".dbf"), 29, b"\0")
    return path


def patch(path, at, piece):
    raw = bytearray(path.read_bytes())
    raw[at : at + len(piece)] = piece
    path.write_bytes(raw)


def packed(folder, *files, within=""):
    """Zip of files."""
    target = folder / "市.zip"
    with zipfile.ZipFile(target, "w") as archive:
        for file in files:
            archive.write(file, f"{within}{file.name}")
    return target


# ---- encodings


@fault(repairs=["none stated; the text is GBK"])
def gbk_without_cpg(folder):
    return shapefile(folder, layer(), "GBK")


@fault(repairs=["utf-8 stated; the text is GBK"])
def gbk_said_to_be_utf8(folder):
    return shapefile(folder, layer(), "GBK", "UTF-8")


@fault(repairs=["the text is GBK"], names=RARE)
def gb18030_without_cpg(folder):
    return shapefile(folder, layer(RARE), "GB18030")


@fault(repairs=["none stated; the text is UTF-8"])
def utf8_without_cpg(folder):
    return shapefile(folder, layer(), "UTF-8")


@fault(repairs=["gbk stated; the text is UTF-8"])
def utf8_said_to_be_gbk(folder):
    return shapefile(folder, layer(), "UTF-8", "936")


@fault(names=TRADITIONAL, repairs=["none stated; the text is Big5"])
def big5_without_cpg(folder):
    return shapefile(folder, layer(TRADITIONAL), "CP950")


@fault(names=WESTERN, repairs=["ISO-8859-1 assumed"])
def latin1_without_cpg(folder):
    return shapefile(folder, layer(WESTERN), "ISO-8859-1")


@fault("encoding='UTF-8' does not fit", "市.shp", "'GBK'", encoding="UTF-8")
def wrong_encoding_asked_for(folder):
    return shapefile(folder, layer(), "GBK")


@fault("garbled", "name", "石家庄市")
def names_garbled_before(folder):
    return save(layer([n.encode("gbk").decode("latin-1") for n in NAMES]), folder / "市.gpkg")


def _text_in(folder, encoding, suffix=".geojson"):
    path = save(layer(), folder / f"市{suffix}")
    path.write_bytes(path.read_text(encoding="utf-8").encode(encoding))
    return path


@fault(repairs=["the text is GBK"])
def geojson_in_gbk(folder):
    return _text_in(folder, "gbk")


@fault()
def geojson_with_a_mark(folder):
    return _text_in(folder, "utf-8-sig")


@fault(repairs=["UTF-16"])
def geojson_in_utf16(folder):
    return _text_in(folder, "utf-16")


@fault(repairs=["UTF-16"])
def geojson_in_utf16_without_a_mark(folder):
    return _text_in(folder, "utf-16-le")


@fault(names=TRADITIONAL, repairs=["the text is Big5"])
def geojson_in_big5(folder):
    path = save(layer(TRADITIONAL), folder / "市.geojson")
    path.write_bytes(path.read_text(encoding="utf-8").encode("big5"))
    return path


@fault("市.geojson is UTF-8 but for a fault in line", '"name": "')
def geojson_with_a_broken_byte(folder):
    path = save(layer(), folder / "市.geojson")
    patch(path, path.read_bytes().index("邯".encode()), b"\xff")
    return path


@fault(name="名称")
def kml_that_states_gbk(folder):
    path = save(layer().rename(columns={"name": "名称"}), folder / "市.kml", driver="KML")
    text = path.read_text(encoding="utf-8")
    path.write_bytes(text.replace("utf-8", "GBK").replace("UTF-8", "GBK").encode("gbk"))
    return path


@fault(repairs=["the text is GBK"])
def gml_in_gbk(folder):
    return _text_in(folder, "gbk", ".gml")


@fault(repairs=["charset Neutral stated; the text is GBK"])
def mapinfo_without_charset(folder):
    return save(layer(), folder / "市.tab", driver="MapInfo File", encoding="GBK")


@fault(repairs=["the text is GBK"])
def mif_without_charset(folder):
    return save(layer(), folder / "市.mif", driver="MapInfo File", encoding="GBK")


@fault(repairs=["charset WindowsSimpChinese stated; the text is UTF-8"])
def mif_that_states_another_charset(folder):
    path = save(layer(), folder / "市.mif", driver="MapInfo File", encoding="UTF-8")
    path.write_bytes(path.read_bytes().replace(b"Neutral", b"WindowsSimpChinese"))
    return path


@fault("states the encoding of its own text", encoding="GBK")
def encoding_of_a_geopackage(folder):
    return save(layer(), folder / "市.gpkg")


# ---- field names


@fault("'行政区划代码'", "ten bytes", "行政区划代", key="行政区划代码")
def field_name_of_six_characters(folder):
    frame = layer().rename(columns={"adcode": "行政区划代码"})
    return shapefile(folder, frame, "GBK")


@fault("'prefecture_name'", "ten bytes", "'prefecture' or 'prefectu_1'", name="prefecture_name")
def two_field_names_alike_after_the_cut(folder):
    frame = layer(prefecture_code=CODES).rename(columns={"name": "prefecture_name"})
    frame = frame[["adcode", "prefecture_code", "prefecture_name", "geometry"]]
    return shapefile(folder, frame, "UTF-8")


@fault(repairs=["cut off within a character: 行政区"], name="行政区")
def field_name_cut_within_a_character(folder):
    return shapefile(folder, layer().rename(columns={"name": "行政区划名称"}), "UTF-8")


@fault("has no column 'adcod'", "adcode", key="adcod")
def misspelt_column(folder):
    return save(layer(), folder / "市.gpkg")


# ---- coordinate systems


@fault(repairs=["longitude and latitude (EPSG:4326) assumed", "x from 114 to 120"])
def no_crs_in_degrees(folder):
    path = save(layer(), folder / "市.shp", encoding="UTF-8")
    path.with_suffix(".prj").unlink()
    return path


@fault("市.shp states no coordinate system", "not degrees", "'EPSG:4526'")
def no_crs_in_metres(folder):
    path = save(layer().to_crs("EPSG:4526"), folder / "市.shp", encoding="UTF-8")
    path.with_suffix(".prj").unlink()
    return path


@fault("市.geojson states the coordinate system WGS 84 (degrees)", "does not fit")
def metres_said_to_be_degrees(folder):
    frame = layer().to_crs("EPSG:32650").set_crs("EPSG:4326", allow_override=True)
    return save(frame, folder / "市.geojson")


@fault("(metres), which does not fit its coordinates")
def degrees_said_to_be_metres(folder):
    return save(layer().set_crs("EPSG:3857", allow_override=True), folder / "市.gpkg")


@fault("latitudes where longitudes belong", "swap the two")
def axes_swapped(folder):
    frame = layer()
    turned = [shapely.transform(shape, lambda xy: xy[:, ::-1]) for shape in frame.geometry]
    return save(frame.set_geometry(turned, crs=4326), folder / "市.geojson")


@fault("nowhere on the globe", "zone 38")
def grid_without_its_zone(folder):
    frame = layer().to_crs("EPSG:4547").set_crs("EPSG:4526", allow_override=True)
    return save(frame, folder / "市.gpkg")


@fault("Pseudo-Mercator", "beyond the edge of the world", "'EPSG:4526'")
def grid_said_to_be_a_web_map(folder):
    frame = layer().to_crs("EPSG:4526").set_crs("EPSG:3857", allow_override=True)
    return save(frame, folder / "市.gpkg")


@fault("crs='EPSG:0'", "no coordinate system", crs="EPSG:0")
def crs_that_is_none(folder):
    return save(layer(), folder / "市.gpkg")


# ---- polygons, keys and names


def _with_shape(shape):
    frame = layer()
    return frame.set_geometry([*frame.geometry[:3], shape, *frame.geometry[4:]], crs=4326)


@fault(repairs=["Self-intersection"])
def bow_tie(folder):
    bow = shapely.Polygon([(117, 36), (118, 37), (118, 36), (117, 37)])
    return save(_with_shape(bow), folder / "市.gpkg")


@fault("no polygon for 130400")
def empty_polygon(folder):
    return save(_with_shape(shapely.Polygon()), folder / "市.gpkg")


@fault("no polygon for 130400")
def missing_polygon(folder):
    return save(_with_shape(None), folder / "市.gpkg")


@fault("nothing is left of 130400")
def collapsed_polygon(folder):
    flat = shapely.Polygon([(117, 36), (118, 36), (117, 36)])
    return save(_with_shape(flat), folder / "市.gpkg")


@fault("coordinates that are not finite")
def endless_coordinates(folder):
    square = shapely.Polygon([(117, 36), (np.inf, 36), (118, 37)])
    return save(_with_shape(square), folder / "市.gpkg")


@fault("holds points, not polygons")
def points(folder):
    return save(layer().set_geometry(layer().representative_point()), folder / "市.gpkg")


@fault(repairs=["a line, not a unit"])
def sea_boundary_among_the_cities(folder):
    dash = geopandas.GeoDataFrame(
        {"adcode": [0], "name": ["海界"]},
        geometry=[shapely.LineString([(119, 20), (119, 21)])],
        crs=4326,
    )
    both = geopandas.GeoDataFrame(
        {c: [*layer()[c], *dash[c]] for c in ("adcode", "name", "geometry")}, crs=4326
    )
    return save(both, folder / "市.geojson")


@fault(repairs=["heights of 6 polygons"])
def heights(folder):
    frame = layer()
    return save(frame.set_geometry(shapely.force_3d(frame.geometry, 5.0)), folder / "市.gpkg")


@fault("repeats 130100 in adcode", "dissolve")
def a_city_in_two_rows(folder):
    return save(layer().assign(adcode=[130100, *CODES[:1], *CODES[2:]]), folder / "市.gpkg")


@fault("has no adcode for 邯郸市")
def missing_code(folder):
    codes = [*map(str, CODES[:3]), None, *map(str, CODES[4:])]
    return save(layer().assign(adcode=codes), folder / "市.gpkg")


@fault(names=[*NAMES[:3], "130400", *NAMES[4:]], repairs=["the key stands in"])
def missing_name(folder):
    return save(layer([*NAMES[:3], None, *NAMES[4:]]), folder / "市.gpkg")


@fault()
def codes_as_decimals(folder):
    return save(layer().assign(adcode=[code + 0.0 for code in CODES]), folder / "市.gpkg")


# ---- files


@fault("lacks its companion 市.shx")
def shapefile_without_index(folder):
    path = save(layer(), folder / "市.shp", encoding="UTF-8")
    path.with_suffix(".shx").unlink()
    return path


@fault("lacks its companion 市.dat, 市.map, 市.id")
def mapinfo_without_companions(folder):
    path = save(layer(), folder / "市.tab", driver="MapInfo File", encoding="UTF-8")
    return path.rename(folder.parent / "市.tab")


@fault("市.dbf is a companion of a shapefile; give 市.shp")
def companion_given(folder):
    return save(layer(), folder / "市.shp", encoding="UTF-8").with_suffix(".dbf")


@fault("no polygon for", "341600")
def shapefile_cut_short(folder):
    path = save(layer(), folder / "市.shp", encoding="UTF-8")
    path.write_bytes(path.read_bytes()[:500])
    return path


@fault("市.shp cannot be read", "incomplete")
def table_cut_short(folder):
    path = save(layer(), folder / "市.shp", encoding="UTF-8")
    dbf = path.with_suffix(".dbf")
    dbf.write_bytes(dbf.read_bytes()[:-300])
    return path


@fault("市.geojson cannot be read as boundaries")
def geojson_cut_short(folder):
    path = save(layer(), folder / "市.geojson")
    path.write_bytes(path.read_bytes()[:-200])
    return path


@fault("市.gpkg cannot be read")
def empty_file(folder):
    path = folder / "市.gpkg"
    path.write_bytes(b"")
    return path


@fault("holds no polygon at all")
def no_features(folder):
    path = folder / "市.geojson"
    path.write_text('{"type":"FeatureCollection","features":[]}', encoding="utf-8")
    return path


@fault("市.geojson cannot be read as boundaries")
def a_web_page_saved_as_geojson(folder):
    path = folder / "市.geojson"
    path.write_text("<html><title>404</title></html>", encoding="utf-8")
    return path


@fault("holds several layers", "市, 省")
def several_layers(folder):
    path = save(layer(), folder / "底图.gpkg", layer="市")
    return save(layer(), path, layer="省")


@fault("has no layer '县'", "市, 省", layer="县")
def unknown_layer(folder):
    return several_layers(folder)


@fault("holds several layers", "cities, provinces")
def topojson_with_two_objects(folder):
    path = folder / "市.topojson"
    path.write_text(json.dumps(topology("cities", "provinces")), encoding="utf-8")
    return path


def topology(*objects):
    """TopoJSON of the layer, once per object."""
    rings = [[list(xy) for xy in shape.exterior.coords] for shape in layer().geometry]
    shapes = [
        {"type": "Polygon", "arcs": [[i]], "properties": {"adcode": CODES[i], "name": NAMES[i]}}
        for i in range(6)
    ]
    held = {"type": "GeometryCollection", "geometries": shapes}
    return {"type": "Topology", "objects": dict.fromkeys(objects, held), "arcs": rings}


@fault("is a folder", "市.gpkg")
def folder_given(folder):
    save(layer(), folder / "市.gpkg")
    return folder


@fault("does not exist", "市.gpkg")
def misspelt_path(folder):
    save(layer(), folder / "市.gpkg")
    return folder / "市区.gpkg"


@fault("市.rar is an archive", "unpack it")
def archive_of_another_kind(folder):
    path = folder / "市.rar"
    path.write_bytes(b"Rar!")
    return path


@fault("is a map project")
def map_project(folder):
    path = folder / "市.qgz"
    path.write_bytes(b"PK")
    return path


@fault("holds no layer with geometry")
def table_without_polygons(folder):
    path = folder / "市.csv"
    path.write_text("adcode,name\n1,a\n", encoding="utf-8")
    return path


@fault(repairs=["none stated; the text is UTF-8"])
def zip_packed_by_chinese_windows(folder):
    path = shapefile(folder, layer(), "UTF-8")
    target = folder / "市.zip"
    with zipfile.ZipFile(target, "w") as archive:
        for suffix in (".shp", ".shx", ".dbf", ".prj"):
            archive.writestr(f"{'x' * 7}{suffix}", path.with_suffix(suffix).read_bytes())
    name = "底图\\市".encode("gbk")
    target.write_bytes(target.read_bytes().replace(b"x" * len(name) + b".", name + b"."))
    return target


@fault()
def zip_with_the_junk_of_a_mac(folder):
    path = save(layer(), folder / "市.gpkg")
    target = packed(folder, path, within="底图/")
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("__MACOSX/底图/._市.gpkg", b"junk")
        archive.writestr("读我.txt", b"note")
    return target


@fault("holds several boundary files", "市.gpkg", "县.gpkg")
def zip_of_two_layers(folder):
    paths = save(layer(), folder / "市.gpkg"), save(layer(), folder / "县.gpkg")
    return packed(folder, *paths)


@fault("lacks its companion", "shx")
def zip_without_companions(folder):
    return packed(folder, save(layer(), folder / "市.shp", encoding="UTF-8"))


@fault("holds no boundary file")
def zip_within_a_zip(folder):
    inner = packed(folder, save(layer(), folder / "市.gpkg"))
    return packed(folder, inner.rename(folder / "内.zip"))


@fault("cannot be unpacked")
def zip_cut_short(folder):
    path = packed(folder, save(layer(), folder / "市.gpkg"))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    return path


@fault("cannot be unpacked", "encrypted")
def zip_with_a_password(folder):
    path = packed(folder, save(layer(), folder / "市.gpkg"))
    raw = bytearray(path.read_bytes())
    start = raw.index(b"PK\x01\x02")
    for at in (6, start + 8):
        raw[at : at + 2] = struct.pack("<H", struct.unpack("<H", raw[at : at + 2])[0] | 1)
    path.write_bytes(raw)
    return path
