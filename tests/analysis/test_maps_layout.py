"""Where things stand on a map: nothing covered, nothing cut, scales that are true."""

import itertools

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import CRS, Geod, Transformer
from support.drawing import (
    axes_of,
    clusters,
    drawn_shapes,
    lattice_layer,
    require_nothing_covered,
    require_words_inside,
    units_drawn,
)

import shapes
from analysis import maps
from analysis.maps.furniture import ScaleBar, round_km
from analysis.maps.layer import prepare
from analysis.maps.options import read_options
from analysis.maps.placing import Window
from analysis.maps.projection import plane_for
from spatial import InputError


@pytest.fixture(scope="module")
def china():
    return shapes.china_cities()


@pytest.fixture(scope="module")
def lines():
    return shapes.china_lines()


@pytest.mark.parametrize(("lang", "width"), list(itertools.product(["en", "zh"], [80, 160])))
def test_china_at_both_widths_in_both_languages(china, lines, lang, width):
    figure = maps.lisa(
        china, clusters(china.index), lang=lang, width_mm=width, lines=lines,
        labels=["北京市", "上海市", "广州市"], source="NBS", approval="GS(2019)1822号",
    )  # fmt: skip
    require_words_inside(figure)
    require_nothing_covered(figure, "inset")
    require_nothing_covered(figure, "legend")
    assert sum(units_drawn(axes_of(figure, "map")[0]).values()) == 370
    assert figure.get_size_inches()[0] * 25.4 == pytest.approx(width)


def test_china_inset_shows_the_far_islands_and_the_sea_line_and_says_its_scale(china, lines):
    figure = maps.lisa(china, clusters(china.index), lines=lines)
    main, inset = axes_of(figure, "map")[0], axes_of(figure, "inset")[0]
    crs = prepare(china, read_options({})).crs
    window = shapely.box(*np.array([inset.get_xlim(), inset.get_ylim()]).T.ravel())
    islands = china.loc[["三沙市"]].to_crs(crs).geometry.iloc[0]
    assert window.contains(islands)
    assert all(window.contains(x) for x in lines[lines.kind == "sea"].to_crs(crs).geometry)
    figure.canvas.draw()
    widths = [ax.get_window_extent().width / np.ptp(ax.get_xlim()) for ax in (inset, main)]
    text = next(t.get_text() for t in inset.texts)
    assert text.startswith(f"{widths[0] / widths[1]:g}")
    assert widths[0] / widths[1] == pytest.approx(
        inset.get_window_extent().height / np.ptp(inset.get_ylim()) / widths[1]
    )


def test_tiny_islands_are_marked_in_the_inset_in_the_colour_of_their_class(china):
    classes = ["HH" if key == "三沙市" else "not significant" for key in china.index]
    figure = maps.lisa(china, clusters(china.index, classes), colours={"HH": "#00ff00"})
    marks = [c for c in axes_of(figure, "inset")[0].collections if c.get_gid() == "islets"]
    assert len(marks) == 1
    assert (marks[0].get_facecolor()[:, :3] == [0, 1, 0]).all(axis=1).any()


def test_inset_covers_nothing_on_a_layer_that_fills_its_frame():
    layer = lattice_layer(islets=True)
    for width in (60, 160):
        figure = maps.lisa(layer, clusters(layer.index), width_mm=width, labels=["甲00市"])
        require_nothing_covered(figure, "inset")
        require_words_inside(figure)
    whole = maps.lisa(layer, clusters(layer.index), inset=False)
    assert not axes_of(whole, "inset")
    south = axes_of(whole, "map")[0].get_ylim()[0]
    assert min(p.bounds[1] for p in _plane(layer)) > south
    own = maps.lisa(lattice_layer(), clusters(lattice_layer().index), inset=(104, 24, 106, 26))
    require_nothing_covered(own, "inset")


def _plane(layer):
    return layer.to_crs(prepare(layer, read_options({})).crs).geometry


def test_a_layer_without_far_islands_has_no_inset():
    assert not axes_of(maps.lisa(lattice_layer(), clusters(lattice_layer().index)), "inset")


@pytest.mark.parametrize(("lang", "width"), [("en", 80), ("zh", 160)])
def test_years_at_both_widths(lang, width):
    layer = lattice_layer(islets=True)
    parts = {year: clusters(layer.index, seed=year) for year in range(2015, 2020)}
    result = pd.concat(parts, names=["year", "key"])
    result.attrs = parts[2015].attrs
    figure = maps.lisa(layer, result, lang=lang, width_mm=width)
    words = require_words_inside(figure)
    assert {str(year) for year in parts} <= set(words)
    require_nothing_covered(figure, "legend")
    scales = {np.ptp(ax.get_xlim()) for ax in axes_of(figure, "map")}
    assert len(scales) == 1
    columns = maps.lisa(layer, result, columns=1)
    assert len({round(ax.get_position().x0, 6) for ax in axes_of(columns, "map")}) == 1


def test_names_without_room_are_said_below_the_map():
    layer = lattice_layer(rows=8, columns=10, step=0.4)
    figure = maps.lisa(layer, clusters(layer.index), width_mm=60, labels=list(layer.index))
    words = require_words_inside(figure)
    shown = [word for word in words if word.startswith("Town ")]
    unnamed = " ".join(words).split("no room to name ")[1].split(";")[0]
    unnamed = [name for name in unnamed.split(", ") if name.startswith("Town ")]
    assert 10 < len(shown) < 80
    assert len(set(shown)) + len(unnamed) >= 80


def test_long_notes_are_wrapped_and_numbers_keep_their_signs():
    layer = lattice_layer()
    figure = maps.lisa(
        layer, clusters(layer.index), width_mm=60, note="长" * 90 + " word" * 30, lang="zh",
        source="s" * 200,
    )  # fmt: skip
    words = require_words_inside(figure)
    assert sum("长" in word for word in words) > 2


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_map_in_given_axes_stays_in_their_box(lang):
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 3.6), dpi=100)
    pair = figure.subplots(1, 2)
    layer = lattice_layer(islets=True)
    boxes = [ax.get_window_extent().extents.round(3).tolist() for ax in pair]
    for ax in pair:
        out = maps.lisa(layer, clusters(layer.index), ax=ax, lang=lang, font_size=6, title="图")
        assert out is figure
    require_words_inside(figure)
    require_nothing_covered(figure, "legend")
    assert [ax.get_window_extent().extents.round(3).tolist() for ax in pair] == boxes
    small = figure.add_axes((0.1, 0.1, 0.05, 0.05))
    with pytest.raises(InputError, match="mm for the map"):
        maps.lisa(layer, clusters(layer.index), ax=small)
    two = pd.concat({1: clusters(layer.index), 2: clusters(layer.index)}, names=["t", "key"])
    with pytest.raises(InputError, match="2 maps do not fit into one ax"):
        maps.lisa(layer, two, ax=pair[0])


def test_projection_follows_the_extent(china):
    whole = plane_for("EPSG:4326", china.geometry.bounds.to_numpy())
    assert sorted(_numbers(whole)) == [0, 0, 0, 25, 47, 105]
    province = china[china.province == "浙江省"]
    own = plane_for("EPSG:4326", province.geometry.bounds.to_numpy())
    middle = province.geometry.bounds[["minx", "maxx"]].to_numpy().mean()
    assert _longitude(own) == pytest.approx(middle, abs=1.0)
    areas = province.to_crs(own).area / province.to_crs("EPSG:6933").area
    assert areas.between(0.995, 1.005).all()


def _numbers(crs):
    return [p.value for p in crs.coordinate_operation.params]


def _longitude(crs):
    return next(p.value for p in crs.coordinate_operation.params if p.name.startswith("Longitude"))


def test_projection_across_the_date_line_and_the_equator():
    fiji = np.array([[177.0, -19.0, 180.0, -16.0], [-180.0, -19.0, -178.0, -16.0]])
    assert abs(_longitude(plane_for("EPSG:4326", fiji))) > 178
    kenya = np.array([[34.0, -5.0, 42.0, 5.0]])
    method = plane_for("EPSG:4326", kenya).coordinate_operation.method_name
    assert method == "Lambert Azimuthal Equal Area"


def test_projected_layers_stay_as_they_are_unless_areas_are_wrong():
    layer = lattice_layer(corner=(10.0, 55.0), step=0.5)
    zone, mercator = layer.to_crs("EPSG:32632"), layer.to_crs(3857)
    assert plane_for(zone.crs, zone.geometry.bounds.to_numpy()) == CRS("EPSG:32632")
    equal = plane_for(mercator.crs, mercator.geometry.bounds.to_numpy())
    true = layer.to_crs(6933).area
    ratios = mercator.to_crs(equal).area / true
    assert np.ptp(mercator.area / true) > 0.3 and np.ptp(ratios) < 0.01
    small = mercator.iloc[:2]
    assert plane_for(small.crs, small.geometry.bounds.to_numpy()) == CRS(3857)


def test_scale_is_true_in_any_projection():
    layer = lattice_layer(corner=(10.0, 55.0), step=0.5)
    for crs in (None, "EPSG:3857", "EPSG:32632"):
        prepared = prepare(layer, read_options({"crs": crs}))
        x0, y0, x1, y1 = prepared.full
        window = Window(x0, y0, x1, y1, 1.0).scaled_to(100.0)
        bar = ScaleBar(window, prepared, 7, "en")
        back = Transformer.from_crs(prepared.crs, "EPSG:4326", always_xy=True)
        start, y = (x0 + x1) / 2, (y0 + y1) / 2
        lon, lat = back.transform([start, start + bar.length * window.metres_per_mm], [y, y])
        _, _, metres = Geod(ellps="WGS84").inv(lon[0], lat[0], lon[1], lat[1])
        assert metres / 1000 == pytest.approx(bar.km, rel=0.01)
        assert bar.texts[2] == f"{bar.km:g} km"


def test_scale_bars_are_round_numbers_of_kilometres():
    assert [round_km(x) for x in (1.0, 4.9, 99.0, 700.0, 1999.0)] == [1, 2, 50, 500, 1000]
    assert round_km(0.3) == pytest.approx(0.2)


def test_shared_borders_stay_shared_when_thinned(china):
    layer = prepare(china, read_options({}))
    thin = layer.thinned(30_000.0)
    assert (
        shapely.get_num_coordinates(thin.shapes).sum()
        < shapely.get_num_coordinates(layer.shapes).sum()
    )
    assert shapely.coverage_is_valid(thin.shapes)
    assert not shapely.is_empty(thin.shapes).any()


def test_province_borders_come_from_the_layer_or_from_given_lines(lines):
    layer = lattice_layer()
    drawn = axes_of(maps.lisa(layer, clusters(layer.index)), "map")[0]
    assert any(c.get_gid() == "line:province" for c in drawn.collections)
    plain = layer.drop(columns="province")
    drawn = axes_of(maps.lisa(plain, clusters(layer.index)), "map")[0]
    assert not any(str(c.get_gid()).startswith("line:") for c in drawn.collections)
    given = gpd.GeoDataFrame(
        {"kind": ["sea"]}, geometry=[shapely.LineString([(103, 23), (103, 30)])], crs=4326
    )
    drawn = axes_of(maps.lisa(plain, clusters(layer.index), lines=given), "map")[0]
    assert any(c.get_gid() == "line:sea" for c in drawn.collections)


def test_holes_stay_open():
    outer = [(100, 30), (106, 30), (106, 36), (100, 36)]
    inner = [(102, 32), (104, 32), (104, 34), (102, 34)]  # turns the same way as the outer ring
    ring = shapely.Polygon(outer, [inner])
    layer = gpd.GeoDataFrame(
        geometry=[ring, shapely.box(102, 32, 104, 34)], index=["ring", "core"], crs=4326
    )
    figure = maps.lisa(layer, clusters(layer.index, ["LL", "HH"]))  # HH is drawn first
    image = _picture(figure)
    axes = axes_of(figure, "map")[0]
    core = next(s for s in drawn_shapes(axes) if s.area == min(x.area for x in drawn_shapes(axes)))
    x, y = core.centroid.x, core.centroid.y
    pixel = image[image.shape[0] - 1 - int(y), int(x), :3]
    assert pixel[0] > pixel[2]


def _picture(figure):
    figure.canvas.draw()
    return np.asarray(figure.canvas.buffer_rgba())


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_heads_of_three_spillover_maps_fit_a_column(lang):
    cities = lattice_layer(4)
    effects = pd.DataFrame(
        {"own": 1.0, "received": np.linspace(-1, 1, len(cities)), "sent": 0.5}, index=cities.index
    )
    which = ["own", "sent", "received"]
    require_words_inside(maps.spillover(cities, effects, which=which, lang=lang, width_mm=80))


@pytest.mark.parametrize("years", [9, 12])
def test_counts_of_many_years_go_on_in_further_rows(years):
    cities = lattice_layer(4)
    each = pd.Series(np.arange(float(len(cities))), cities.index)
    values = pd.concat({2000 + t: each for t in range(years)}, names=["t", "u"])
    figure = maps.choropleth(cities, values.rename("income per head"), width_mm=80)
    require_words_inside(figure)
    legend = axes_of(figure, "legend")[0]
    heads = [text.get_text() for text in legend.texts if text.get_text().startswith("20")]
    assert heads == [str(2000 + t) for t in range(years)]
    assert sum(text.get_text() == "No data" for text in legend.texts) == 2
