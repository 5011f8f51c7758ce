import json
import sys
import zipfile

import geopandas
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from support import broken

import shapes

NAMES = ["石家庄市", "唐山市", "秦皇岛市", "邯郸市", "邢台市", "亳州市"]
CODES = [130100, 130200, 130300, 130400, 130500, 341600]
KEYS = [str(code) for code in CODES]


@pytest.fixture
def layer(squares):
    """Six units in a row with Chinese names and numeric codes, in degrees."""
    return geopandas.GeoDataFrame(
        {"adcode": CODES, "名称": NAMES, "x": range(6)}, geometry=squares(6), crs="EPSG:4326"
    )


def refusal(path, key="adcode", **options):
    with pytest.raises(shapes.InputError) as caught:
        shapes.read_boundaries(path, key=key, **options)
    return str(caught.value)


def problems(cities):
    return shapes.repairs(cities)["problem"].tolist()


def strip_encoding(path, stated=None):
    """Take the .cpg and the language byte from a shapefile, or state something else."""
    cpg = path.with_suffix(".cpg")
    cpg.unlink(missing_ok=True)
    if stated is not None:
        cpg.write_text(stated, encoding="ascii")
    dbf = path.with_suffix(".dbf")
    raw = bytearray(dbf.read_bytes())
    raw[29] = 0
    dbf.write_bytes(bytes(raw))
    return path


# ---- formats


@pytest.mark.parametrize("name", ["市.gpkg", "市.shp", "市.geojson", "市.json"])
def test_formats_and_chinese_paths(layer, write, name):
    options = {"driver": "GeoJSON"} if name.endswith(".json") else {}
    if name.endswith(".shp"):
        options = {"encoding": "UTF-8"}
    cities = shapes.read_boundaries(write(layer, name, **options), key="adcode", name="名称")
    assert list(cities.index) == KEYS and cities.index.name == "key"
    assert list(cities["名称"]) == NAMES
    assert list(cities["adcode"]) == CODES
    assert cities.crs.to_epsg() == 4326
    assert cities.attrs["name"] == "名称" and cities.attrs["source"] == name
    assert json.loads(cities.attrs["repairs"]) == []
    assert len(shapes.check_boundaries(cities)) == 0


FORMATS = {
    "市.fgb": {},
    "市.gml": {},
    "市.kml": {"driver": "KML"},
    "市.kmz": {"driver": "LIBKML"},
    "市.gdb": {"driver": "OpenFileGDB"},
    "市.sqlite": {"driver": "SQLite"},
    "市.geojsonl": {"driver": "GeoJSONSeq"},
    "市.topojson": None,
    "市.tab": {"driver": "MapInfo File", "encoding": "UTF-8"},
    "市.mif": {"driver": "MapInfo File", "encoding": "UTF-8"},
}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("zipped", [False, True], ids=["plain", "zip"])
def test_every_vector_format(layer, tmp_path, name, zipped):
    frame = layer.rename(columns={"名称": "label"})
    path = tmp_path / "底图" / name
    path.parent.mkdir()
    if FORMATS[name] is None:
        path.write_text(json.dumps(broken.topology("cities")), encoding="utf-8")
        column = "name"
    else:
        broken.save(frame, path, **FORMATS[name])
        column = "label"
    if zipped:
        files = path.rglob("*") if path.is_dir() else path.parent.iterdir()
        with zipfile.ZipFile(tmp_path / "市.zip", "w") as archive:
            for file in list(files):
                archive.write(file, f"内部/{file.relative_to(path.parent)}")
        path = tmp_path / "市.zip"
    cities = shapes.read_boundaries(path, key="adcode", name=column)
    assert cities.loc[KEYS, column].tolist() == NAMES
    np.testing.assert_allclose(cities.total_bounds, [114, 36, 120, 37], atol=1e-6)
    assert cities.crs == "EPSG:4326"


def test_a_file_may_be_asked_for_by_its_own_name(layer, write):
    path = write(layer, "市.shp", encoding="UTF-8")
    for name in ("市", "市.shp"):
        assert list(shapes.read_boundaries(path, key="adcode", layer=name).index) == KEYS
    assert "no layer '县'" in refusal(path, layer="县")


def test_path_as_text_and_without_name(layer, write):
    cities = shapes.read_boundaries(str(write(layer, "a.gpkg")), "名称")
    assert list(cities.index) == NAMES and "name" not in cities.attrs


def test_geoparquet(layer, tmp_path):
    pytest.importorskip("pyarrow")
    path = tmp_path / "市.parquet"
    layer.rename_geometry("shape").to_parquet(path)
    cities = shapes.read_boundaries(path, key="adcode")
    assert cities.geometry.name == "geometry" and list(cities.index) == KEYS


def test_geoparquet_without_pyarrow(layer, tmp_path, monkeypatch):
    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert "cityripple[parquet]" in refusal(path)


def test_a_table_that_is_no_geoparquet(tmp_path):
    pytest.importorskip("pyarrow")
    path = tmp_path / "a.parquet"
    pd.DataFrame({"a": [1]}).to_parquet(path)
    assert "a.parquet cannot be read as GeoParquet" in refusal(path)


@pytest.mark.parametrize("form", ["gpkg", "shp", "geojson"])
def test_zip(layer, write, tmp_path, form):
    options = {"encoding": "UTF-8"} if form == "shp" else {}
    path = write(layer, f"市.{form}", **options)
    packed = tmp_path / "市.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for part in path.parent.iterdir():
            archive.write(part, f"资料/{part.name}")
        archive.writestr("__MACOSX/市.shp", b"")
    cities = shapes.read_boundaries(packed, key="adcode", name="名称")
    assert list(cities["名称"]) == NAMES and cities.attrs["source"] == "市.zip"


def test_zip_with_several_files(layer, write, tmp_path):
    packed = tmp_path / "a.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(write(layer, "市.geojson"), "市.geojson")
        archive.write(write(layer.iloc[:2], "省.geojson"), "省.geojson")
    message = refusal(packed)
    assert "市.geojson" in message and "省.geojson" in message and "layer=" in message
    assert len(shapes.read_boundaries(packed, key="adcode", layer="省")) == 2


def test_zip_that_is_none_or_empty(tmp_path):
    bad = tmp_path / "a.zip"
    bad.write_bytes(b"no archive")
    assert "a.zip cannot be unpacked" in refusal(bad)
    with zipfile.ZipFile(bad, "w") as archive:
        archive.writestr("read.me", "")
    assert "holds no boundary file" in refusal(bad)


# ---- files and layers


def test_missing_file_names_its_neighbours(layer, write):
    path = write(layer, "市界.gpkg")
    message = refusal(path.with_name("市届.gpkg"))
    assert "市届.gpkg does not exist" in message and "市界.gpkg" in message


def test_missing_folder(tmp_path):
    assert "nor does its folder" in refusal(tmp_path / "none" / "a.shp")


def test_folder_given(layer, write):
    path = write(layer, "市.gpkg")
    assert "is a folder" in (message := refusal(path.parent)) and "市.gpkg" in message


def test_unreadable_format(tmp_path):
    path = tmp_path / "市.docx"
    path.write_bytes(b"something else")
    message = refusal(path)
    assert "市.docx cannot be read as boundaries" in message and "GeoPackage" in message


def test_companion_given_or_absent(layer, write):
    path = write(layer, "a.shp", encoding="UTF-8")
    assert "give a.shp" in refusal(path.with_suffix(".dbf"))
    path.with_suffix(".shx").unlink()
    assert "lacks its companion a.shx" in refusal(path)


def test_several_layers_and_styles(layer, write):
    path = write(layer, "a.gpkg", layer="市")
    styles = pd.DataFrame({"f_table_name": ["市"], "styleName": ["x"]})
    pyogrio.write_dataframe(styles, path, layer="layer_styles", append=False)
    assert len(shapes.read_boundaries(path, key="adcode")) == 6
    layer.iloc[:2].to_file(path, layer="省")
    message = refusal(path)
    assert "several layers" in message and "市" in message and "省" in message
    assert "layer_styles" not in message
    assert len(shapes.read_boundaries(path, key="adcode", layer="省")) == 2
    assert "no layer '县'" in (message := refusal(path, layer="县")) and "市, 省" in message


def test_table_without_geometry(tmp_path):
    path = tmp_path / "a.gpkg"
    pyogrio.write_dataframe(pd.DataFrame({"adcode": [1]}), path, layer="t")
    assert "no layer with geometry" in refusal(path)


def test_empty_layer(layer, write):
    assert "no polygon at all" in refusal(write(layer.iloc[:0], "a.gpkg"))


# ---- columns and keys


def test_missing_column_names_the_nearest(layer, write):
    path = write(layer, "a.gpkg")
    assert "no column 'Adcod'" in (message := refusal(path, key="Adcod")) and "adcode" in message
    assert "give name= one of" in refusal(path, name="名字")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([110000.0, 120000.0], ["110000", "120000"]),
        ([" 01 ", "02"], ["01", "02"]),
        (["156110000", "156120000"], ["156110000", "156120000"]),
        (["110000.0", "120000.0"], ["110000", "120000"]),
    ],
)
def test_keys_become_canonical_text(layer, write, values, expected):
    frame = layer.iloc[:2].assign(code=values)
    assert list(shapes.read_boundaries(write(frame, "a.gpkg"), key="code").index) == expected


def test_duplicate_keys(layer, write):
    frame = layer.assign(adcode=[130100, 130100, *CODES[2:]])
    message = refusal(write(frame, "a.gpkg"))
    assert "repeats 130100 in adcode" in message and "dissolve" in message


def test_missing_keys_are_named(layer, write):
    frame = layer.assign(code=["a", None, " ", "d", "e", "f"])
    path = write(frame, "a.gpkg")
    assert "no code for row 2, row 3" in refusal(path, key="code")
    assert "no code for 唐山市, 秦皇岛市" in refusal(path, key="code", name="名称")


def test_missing_names_are_filled_and_listed(layer, write):
    frame = layer.assign(名称=["石家庄市", None, *NAMES[2:]])
    cities = shapes.read_boundaries(write(frame, "a.gpkg"), key="adcode", name="名称")
    assert cities.loc["130200", "名称"] == "130200"
    assert problems(cities) == ["name"]


def test_column_called_key(layer, write):
    frame = layer.rename(columns={"adcode": "key"})
    cities = shapes.read_boundaries(write(frame, "a.gpkg"), key="key")
    assert cities.index.name == "key" and list(cities.reset_index()["key"]) == KEYS
    other = shapes.read_boundaries(write(frame, "b.gpkg"), key="名称")
    assert other.index.name is None and list(other["key"]) == CODES


# ---- encoding


@pytest.mark.parametrize("stated", [None, "ISO-8859-1", "UTF-8"])
def test_gbk_without_or_with_a_wrong_cpg(layer, write, stated):
    path = strip_encoding(write(layer, "市.shp", encoding="GBK"), stated)
    cities = shapes.read_boundaries(path, key="adcode", name="名称")
    assert list(cities["名称"]) == NAMES
    assert problems(cities) == ["encoding"]
    assert "GBK" in shapes.repairs(cities)["detail"][0]


@pytest.mark.parametrize("stated", [None, "GBK", "ISO-8859-1"])
def test_utf8_without_or_with_a_wrong_cpg(layer, write, stated):
    path = strip_encoding(write(layer, "市.shp", encoding="UTF-8"), stated)
    cities = shapes.read_boundaries(path, key="adcode", name="名称")
    assert list(cities["名称"]) == NAMES
    assert problems(cities) == ["encoding"]


@pytest.mark.parametrize(("encoding", "stated"), [("UTF-8", "UTF-8"), ("GBK", "936")])
def test_a_right_cpg_needs_no_repair(layer, write, encoding, stated):
    path = strip_encoding(write(layer, "市.shp", encoding=encoding), stated)
    cities = shapes.read_boundaries(path, key="adcode", name="名称")
    assert list(cities["名称"]) == NAMES and problems(cities) == []


def test_characters_cut_off_at_the_field_width(layer, write):
    path = write(layer, "市.shp", encoding="GBK")
    long = layer.rename(columns={"名称": "行政区划名称"})
    with pytest.warns(RuntimeWarning, match="Normalized"):
        path = write(long, "长.shp", encoding="GBK")
    cities = shapes.read_boundaries(strip_encoding(path), key="adcode")
    assert "行政区划名" in cities.columns


def test_encoding_asked_for(layer, write):
    path = strip_encoding(write(layer, "市.shp", encoding="GBK"))
    cities = shapes.read_boundaries(path, key="adcode", name="名称", encoding="GBK")
    assert list(cities["名称"]) == NAMES and problems(cities) == []
    message = refusal(path, encoding="UTF-8")
    assert "encoding='UTF-8' does not fit" in message and "'GBK'" in message
    assert "unknown" in refusal(path, encoding="Martian")
    other = write(layer, "市8.shp", encoding="UTF-8")
    assert "give encoding='UTF-8'" in refusal(other, encoding="GBK")


@pytest.mark.parametrize(
    "names",
    [
        ["Málaga", "Cádiz", "Köln", "Gdynia", "Nîmes", "Ñuñoa"],
        ["Bogotá", "Canadá", "Panamá", "Santa Fé", "Lima", "Quito"],
    ],
)
def test_other_alphabets_are_not_taken_for_chinese(layer, write, names):
    frame = layer.drop(columns="名称").assign(name=names)
    path = strip_encoding(write(frame, "a.shp", encoding="ISO-8859-1"))
    cities = shapes.read_boundaries(path, key="adcode", name="name")
    assert list(cities["name"]) == names
    assert "encoding='UTF-8' does not fit" in refusal(path, encoding="UTF-8")
    assert "ISO-8859-1 assumed" in shapes.repairs(cities)["detail"][0]


def test_cyrillic_is_not_taken_for_chinese(layer, write):
    names = ["Москва", "Казань", "Самара", "Тверь", "Омск", "Пермь"]
    frame = layer.drop(columns="名称").assign(name=names)
    path = strip_encoding(write(frame, "a.shp", encoding="CP1251"), "CP1251")
    assert list(shapes.read_boundaries(path, key="adcode", name="name")["name"]) == names


def test_a_cpg_that_fits_nothing(layer, write):
    frame = layer.drop(columns="名称").assign(name=["Málaga", *"abcde"])
    path = strip_encoding(write(frame, "a.shp", encoding="ISO-8859-1"), "UTF-8")
    assert "give encoding=" in refusal(path)


@pytest.mark.parametrize(
    ("encoding", "pool", "found"),
    [
        ("gbk", NAMES, "gb18030"),
        ("utf-8", NAMES, "utf-8"),
        ("big5", broken.TRADITIONAL, "big5hkscs"),
        ("latin-1", [*broken.WESTERN, "Ålesund", "Ängelholm"], None),
    ],
)
def test_two_names_tell_the_encoding(encoding, pool, found):
    from shapes.recognising import Sample, seen

    for first in pool:
        for second in pool:
            assert seen([Sample(name.encode(encoding)) for name in (first, second)]) == found


def test_geojson_in_gbk(layer, write):
    path = write(layer, "市.geojson")
    text = path.read_text(encoding="utf-8")
    path.write_text(text, encoding="gbk")
    cities = shapes.read_boundaries(path, key="adcode", name="名称")
    assert list(cities["名称"]) == NAMES and problems(cities) == ["encoding"]
    assert list(shapes.read_boundaries(path, key="名称", encoding="GBK").index) == NAMES
    assert "not UTF-8" in refusal(path, encoding="UTF-8")
    path.write_text(text, encoding="utf-8-sig")
    assert problems(shapes.read_boundaries(path, key="adcode")) == []


def test_names_garbled_before_they_came_here(layer, write):
    garbled = [name.encode("gbk").decode("latin-1") for name in NAMES]
    path = write(layer.assign(名称=garbled), "a.gpkg")
    message = refusal(path, name="名称")
    assert "garbled" in message and "石家庄市" in message
    assert "garbled" in refusal(path, key="名称")


def test_accents_are_not_taken_for_garbled_text(layer, write):
    names = ["Bogotá", "Málaga", "São Paulo", "Łódź", "İstanbul", "Αθήνα"]
    path = write(layer.assign(名称=names), "a.gpkg")
    assert list(shapes.read_boundaries(path, key="adcode", name="名称")["名称"]) == names


# ---- coordinate systems


def test_missing_crs_in_degrees_is_assumed(layer, write):
    path = write(layer, "a.shp", encoding="UTF-8")
    path.with_suffix(".prj").unlink()
    cities = shapes.read_boundaries(path, key="adcode")
    assert cities.crs.to_epsg() == 4326
    assert problems(cities) == ["crs"]
    assert "assumed" in shapes.repairs(cities)["detail"][0]


def test_missing_crs_in_metres_is_refused(layer, write):
    path = write(layer.to_crs(4526), "a.shp", encoding="UTF-8")
    path.with_suffix(".prj").unlink()
    message = refusal(path)
    assert "states no coordinate system" in message and "crs=" in message
    cities = shapes.read_boundaries(path, key="adcode", crs=4526)
    assert cities.crs.to_epsg() == 4526 and problems(cities) == ["crs"]
    assert "in degrees, which the coordinates are not" in refusal(path, crs="EPSG:4326")
    assert "no coordinate system" in refusal(path, crs="nonsense")


def test_geojson_in_metres_is_refused(layer, write):
    path = write(layer.to_crs(4526).set_crs(4326, allow_override=True), "a.geojson")
    assert "WGS 84 (degrees), which does not fit" in refusal(path)
    cities = shapes.read_boundaries(path, key="adcode", crs="EPSG:4526")
    assert cities.crs.to_epsg() == 4526
    assert "the file states WGS 84" in shapes.repairs(cities)["detail"][0]


def test_degrees_said_to_be_metres_are_refused(layer, write):
    path = write(layer.set_crs(3857, allow_override=True), "a.gpkg")
    assert "(metres), which does not fit" in refusal(path)


def test_projected_layer_reads_as_it_is(layer, write):
    cities = shapes.read_boundaries(write(layer.to_crs(4526), "a.gpkg"), key="adcode")
    assert cities.crs.to_epsg() == 4526 and problems(cities) == []
    again = shapes.read_boundaries(write(layer, "b.gpkg"), key="adcode", crs=4326)
    assert problems(again) == []


# ---- geometry


def test_invalid_polygons_are_mended_and_listed(layer, write):
    bow = shapely.from_wkt("POLYGON((114 36,115 37,115 36,114 37,114 36))")
    cities = shapes.read_boundaries(
        write(layer.set_geometry([bow, *layer.geometry[1:]]), "a.gpkg"), key="adcode", name="名称"
    )
    assert cities.geometry.is_valid.all()
    table = shapes.repairs(cities)
    assert table["key"].tolist() == ["130100"] and table["problem"].tolist() == ["invalid"]
    assert "Self-intersection" in table["detail"][0]
    assert cities.geometry["130100"].area == pytest.approx(0.5)
    assert set(cities.geom_type) <= {"Polygon", "MultiPolygon"}


@pytest.mark.parametrize("lost", [None, shapely.Polygon()])
def test_missing_or_empty_polygons_are_named(layer, write, lost):
    path = write(layer.set_geometry([lost, *layer.geometry[1:]], crs=4326), "a.gpkg")
    assert "no polygon for 130100" in refusal(path)


def test_a_polygon_of_which_nothing_is_left(layer, write):
    flat = shapely.from_wkt("POLYGON((114 36,115 36,114 36,114 36))")
    path = write(layer.set_geometry([flat, *layer.geometry[1:]], crs=4326), "a.gpkg")
    assert "nothing is left of 130100" in refusal(path)


def test_points_are_refused_and_lines_left_out(layer, write):
    points = layer.set_geometry(layer.representative_point())
    assert "holds points" in refusal(write(points, "p.gpkg"))
    lines = layer.set_geometry(layer.boundary)
    assert "holds lines" in refusal(write(lines, "l.gpkg"))
    mixed = layer.set_geometry([*layer.geometry[:5], layer.boundary[5]]).assign(
        名称=[*NAMES[:5], "境界线"], adcode=[*CODES[:5], np.nan]
    )
    cities = shapes.read_boundaries(write(mixed, "m.geojson"), key="adcode", name="名称")
    assert list(cities.index) == KEYS[:5]
    assert shapes.repairs(cities).iloc[0].tolist()[:2] == ["境界线", "line"]


def test_heights_are_dropped_and_said(layer, write):
    cities = shapes.read_boundaries(
        write(layer.set_geometry(shapely.force_3d(layer.geometry)), "a.gpkg"), key="adcode"
    )
    assert not cities.has_z.any() and problems(cities) == ["heights"]


def test_collections_keep_their_polygons(layer, write):
    mixed = shapely.GeometryCollection([layer.geometry[0], shapely.Point(0, 0)])
    path = write(layer.set_geometry([mixed, *layer.geometry[1:]], crs=4326), "a.geojson")
    cities = shapes.read_boundaries(path, key="adcode")
    assert cities.geometry["130100"].equals(layer.geometry[0])
    assert problems(cities) == ["mixed"]


# ---- what comes out


def test_frames_that_were_read_concatenate(layer, write):
    cities = shapes.read_boundaries(write(layer, "a.gpkg"), key="adcode", name="名称")
    both = pd.concat([cities.iloc[:3], cities.iloc[3:]])
    assert len(both) == 6 and len(shapes.repairs(both)) == 0


def test_repairs_of_any_frame(squares):
    table = shapes.repairs(geopandas.GeoDataFrame(geometry=squares(1)))
    assert list(table.columns) == ["key", "problem", "detail", "before", "after"]
    assert len(table) == 0


def test_a_tianditu_file_reads_and_joins(write, squares):
    frame = geopandas.GeoDataFrame(
        {"name": ["北京市", "天津市", "石家庄市"], "gb": ["156110000", "156120000", "156130100"]},
        geometry=squares(3),
        crs=4490,
    )
    path = write(frame, "市.geojson")
    cities = shapes.read_boundaries(path, key="gb", name="name")
    assert list(cities.index) == ["156110000", "156120000", "156130100"]
    table = pd.DataFrame({"城市": ["北京", "120100", "石家庄市"], "gdp": [1, 2, 3]})
    joined, ledger = shapes.join(table, cities, on="城市")
    assert joined["key"].tolist() == list(cities.index)
    assert ledger["how"].tolist() == ["suffix", "exact", "exact"]


@pytest.mark.parametrize(
    ("encoding", "titles", "whole"),
    [
        ("UTF-8", ("行政区划代码", "行政区划名称"), "行政区"),
        ("GBK", ("a行政区划代码", "a行政区划代号"), "a行政区划"),
    ],
)
def test_field_names_cut_off_within_a_character(tmp_path, squares, encoding, titles, whole):
    path = tmp_path / "市.shp"
    frame = geopandas.GeoDataFrame(
        {"code": KEYS[:2], "name": NAMES[:2]}, geometry=squares(2), crs="EPSG:4326"
    )
    frame.to_file(path, encoding=encoding)
    path.with_suffix(".cpg").unlink()
    raw = bytearray(path.with_suffix(".dbf").read_bytes())
    for at, title in zip((32, 64), titles, strict=True):
        raw[at : at + 11] = title.encode(encoding)[:10].ljust(11, b"\0")
    path.with_suffix(".dbf").write_bytes(raw)
    cities = shapes.read_boundaries(path, key=whole, name=f"{whole}1")
    assert list(cities.index) == KEYS[:2]
    assert list(cities[f"{whole}1"]) == NAMES[:2]
    assert "field names" in set(shapes.repairs(cities)["problem"])
    assert path.with_suffix(".dbf").read_bytes() == bytes(raw)


def test_sentences_for_nothing_at_all(tmp_path, layer):
    path = tmp_path / "e.geojson"
    path.write_text('{"type":"FeatureCollection","features":[]}', encoding="utf-8")
    assert "no polygon at all" in refusal(path)
    layer.to_file(path)
    assert "None" in refusal(path, key=None)
    bow = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    layer.set_geometry([bow, *layer.geometry[1:]]).to_file(path)
    assert "nan" not in shapes.repairs(shapes.read_boundaries(path, key="adcode"))["detail"].iloc[0]


@pytest.mark.parametrize("crs", [3857, 4526, 32650, 6933, "ESRI:54009", "ESRI:102025"])
def test_the_whole_country_fits_the_systems_it_is_drawn_in(china, crs):
    from shapes.placing import misplaced

    assert misplaced(china.crs, china.total_bounds) is None
    projected = china.to_crs(crs)
    assert misplaced(projected.crs, projected.total_bounds) is None


@pytest.mark.parametrize(
    ("crs", "words"),
    [
        (4526, "'EPSG:4526' if it is CGCS 2000 (zone 38 of 3 degrees)"),
        (4497, "'EPSG:4497' if it is CGCS 2000 (zone 19 of 6 degrees)"),
        (3857, "'EPSG:3857' if it is for web maps"),
        (4547, "crs=, such as crs="),
    ],
)
def test_missing_systems_are_proposed_from_the_bounds(layer, write, crs, words):
    small = layer.iloc[:1].set_geometry([shapely.box(111.2, 36, 111.8, 37)], crs=4326)
    small = small if crs == 4497 else layer
    path = write(small.to_crs(crs), "市.shp", encoding="UTF-8")
    path.with_suffix(".prj").unlink()
    assert words in refusal(path)
