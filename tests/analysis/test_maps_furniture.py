"""Arrows to true north, several insets, names inside them, lines and legends where asked for."""

import itertools

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import shapely.affinity
from matplotlib.patches import Polygon, Rectangle
from pyproj import Proj
from support.drawing import (
    axes_of,
    clusters,
    drawn,
    drawn_shapes,
    lattice_layer,
    legend_words,
    require_nothing_covered,
    require_words_inside,
)

import shapes
from analysis import maps
from analysis.maps.arrow import north_at
from analysis.maps.layer import prepare
from analysis.maps.options import read_options
from spatial import InputError


@pytest.fixture(scope="module")
def china():
    return shapes.simplify(shapes.china_cities(), tolerance_m=10_000)


@pytest.fixture(scope="module")
def cities():
    return lattice_layer()


def arrow_of(figure):
    drawn(figure)
    every = [*figure.axes]
    return [p for ax in every for p in ax.patches if p.get_gid() == "arrow"] + [
        a for ax in every for a in ax.artists if isinstance(a, Polygon) and a.get_gid() == "arrow"
    ]


def test_the_arrow_points_north_where_it_stands(china):
    figure = maps.lisa(china, clusters(china.index), arrow=True)
    (axes,) = axes_of(figure, "map")
    parts = arrow_of(figure)
    assert len(parts) == 2
    tip, foot = parts[0].get_xy()[0], parts[0].get_xy()[2]
    turn = np.degrees(np.arctan2(*(tip - foot)))
    crs = prepare(china, read_options({})).crs
    lon, lat = Proj(crs)(*(tip + foot) / 2, inverse=True)
    assert abs(turn) > 5
    assert turn == pytest.approx(-Proj(crs).get_factors(lon, lat).meridian_convergence, abs=0.5)
    box = shapely.union_all([shapely.Polygon(p.get_window_extent().corners()).envelope
                             for p in parts])  # fmt: skip
    assert not shapely.intersects(drawn_shapes(axes), box).any()


def test_true_north_agrees_with_the_convergence_everywhere(china):
    layer = prepare(china, read_options({}))
    factors = Proj(layer.crs)
    for x, y in layer.points[::40]:
        lon, lat = factors(x, y, inverse=True)
        expected = -np.radians(factors.get_factors(lon, lat).meridian_convergence)
        assert north_at(layer, x, y) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize(("lang", "letter"), [("en", "N"), ("zh", "北")])
def test_an_arrow_without_room_stands_below_the_map(lang, letter):
    full = lattice_layer(step=0.5)
    figure = maps.lisa(full, clusters(full.index), arrow=True, lang=lang, width_mm=80)
    assert letter in require_words_inside(figure)
    (map_axes,) = axes_of(figure, "map")
    below = map_axes.get_window_extent().y0
    assert all(p.get_window_extent().y1 < below for p in arrow_of(figure))
    assert not arrow_of(maps.lisa(full, clusters(full.index), width_mm=80))


def test_an_arrow_in_given_axes_stays_in_them(cities):
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4, 4))
    axes = figure.add_axes((0.1, 0.1, 0.8, 0.8))
    maps.lisa(cities, clusters(cities.index), ax=axes, arrow=True)
    box = axes.get_window_extent()
    assert all(box.contains(*p.get_window_extent().p0) for p in arrow_of(figure))
    assert all(box.contains(*p.get_window_extent().p1) for p in arrow_of(figure))


BOXES = [(118.0, 29.0, 123.0, 33.0), (112.5, 21.5, 115.0, 24.0)]


@pytest.fixture(scope="module")
def three(china):
    return maps.lisa(
        china, clusters(china.index), inset=BOXES, labels=["杭州市", "三沙市", "北京市"], lang="zh"
    )


def test_insets_cover_neither_units_nor_one_another(three):
    require_nothing_covered(three, "inset")
    require_words_inside(three)
    boxes = [shapely.box(*ax.get_window_extent().extents) for ax in axes_of(three, "inset")]
    assert len(boxes) == 3
    assert all(a.intersection(b).area < 1 for a, b in itertools.combinations(boxes, 2))


def test_insets_show_their_ground_in_its_shape_at_the_scale_they_state(china, three):
    drawn(three)
    (main,) = axes_of(three, "map")
    crs = prepare(china, read_options({})).crs
    scale = main.get_window_extent().width / np.ptp(main.get_xlim())
    for box, axes in zip(BOXES, axes_of(three, "inset")[1:], strict=True):
        ground = gpd.GeoSeries([shapely.box(*box).segmentize(0.05)], crs=4326).to_crs(crs)
        shown = shapely.box(*np.array([axes.get_xlim(), axes.get_ylim()]).T.ravel())
        assert shown.buffer(1).contains(ground.iloc[0])
        extent = axes.get_window_extent()
        across = extent.width / np.ptp(axes.get_xlim())
        assert across == pytest.approx(extent.height / np.ptp(axes.get_ylim()))
        text = next(t.get_text() for t in axes.texts if "主图" in t.get_text())
        assert float(text.split("×")[1]) == pytest.approx(across / scale)
        assert across / scale > 1.2


def test_what_an_inset_shows_larger_is_outlined_on_the_map(three):
    (main,) = axes_of(three, "map")
    frames = [a for a in main.artists + main.patches if a.get_gid() == "inset-ground"]
    assert len(frames) == 2 and all(isinstance(f, Rectangle) for f in frames)


def test_units_are_named_where_they_are_shown_largest(three):
    where = {
        text.get_text(): ax
        for ax in [*axes_of(three, "map"), *axes_of(three, "inset")]
        for text in ax.texts
        if text.get_gid() == "name"
    }
    main, far, delta, _ = axes_of(three, "map") + axes_of(three, "inset")
    assert where == {"北京市": main, "三沙市": far, "杭州市": delta}


def test_an_inset_of_the_users_that_shows_the_far_islands_takes_their_place(china):
    own = maps.lisa(china, clusters(china.index), inset=(105.0, 2.0, 125.0, 24.0))
    assert len(axes_of(own, "inset")) == 1
    require_nothing_covered(own, "inset")


@pytest.mark.parametrize(
    ("inset", "message"),
    [
        ((104, 24), "not understood"),
        ([(104, 24, 106, 26)] * 5, "up to 4"),
        ((106, 24, 104, 26), "not understood"),
        ((0, 0, 1, 1), "shows no unit"),
        ((104.5, 24.5, 112.5, 31), "finds no room"),
        ("sea", "not understood"),
    ],
)
def test_insets_that_cannot_be(cities, inset, message):
    with pytest.raises(InputError, match=message):
        maps.lisa(cities, clusters(cities.index), inset=inset)


def test_names_away_from_their_points_have_a_line_that_crosses_no_name():
    layer = lattice_layer(rows=16, columns=20, step=0.2)
    block = [key for row in range(6, 9) for key in layer.index[row * 20 + 8 : row * 20 + 12]]
    figure = maps.lisa(layer, clusters(layer.index), width_mm=60, labels=block)
    drawn(figure)
    (axes,) = axes_of(figure, "map")
    leaders = [line for line in axes.lines if line.get_gid() == "leader"]
    assert leaders
    names = [t.get_window_extent() for t in axes.texts if t.get_gid() == "name"]
    for leader in leaders:
        ends = axes.transData.transform(leader.get_xydata())
        hit = [b for b in names if shapely.LineString(ends).intersects(shapely.box(*b.extents))]
        assert len(hit) <= 1
    require_words_inside(figure)


def test_a_given_line_can_be_dashed(cities):
    line = shapely.LineString([(104, 25), (112, 27)])
    lines = gpd.GeoDataFrame({"kind": ["dashed"]}, geometry=[line], crs=4326)
    (axes,) = axes_of(maps.lisa(cities, clusters(cities.index), lines=lines), "map")
    found = {c.get_gid(): c for c in axes.collections}
    assert found["line:dashed"].get_linestyle()[0][1] is not None
    assert found["line:province"].get_linestyle()[0][1] is None


def test_the_legend_goes_where_it_is_asked_to(china):
    result = clusters(china.index)
    for corner in ("lower left", "upper left", "upper right"):
        (legend,) = axes_of(maps.lisa(china, result, legend=corner), "legend")
        box, page = legend.get_window_extent(), legend.figure.bbox
        up, right = corner.split()
        assert ((box.y0 + box.y1) / 2 > page.height / 2) == (up == "upper")
        assert ((box.x0 + box.x1) / 2 > page.width / 2) == (right == "right")
    assert not legend_words(maps.lisa(china, result, legend="none"))


def test_degrees_stand_at_the_frame_of_a_narrow_map_too(china):
    for width, turn in ((80, 90), (160, 0)):
        figure = maps.lisa(china, clusters(china.index), width_mm=width)
        (axes,) = axes_of(figure, "map")
        marks = {t.get_text(): t.get_rotation() for t in axes.texts if "°" in t.get_text()}
        assert marks["105°E"] == 0 and marks["30°N"] == turn
        require_words_inside(figure)


def overseas():
    """Fifty cells and two far ones, as a country with parts overseas."""
    main = lattice_layer(rows=5, columns=10, step=5, corner=(-120, 27))
    far = gpd.GeoDataFrame(
        geometry=[shapely.box(-165, 60, -141, 70), shapely.box(-160, 19, -155, 22)],
        index=["north", "south"],
        crs=4326,
    )
    return gpd.GeoDataFrame(pd.concat([main[["geometry"]], far]), crs=4326)


def test_the_main_map_leaves_to_insets_what_they_show_whole():
    layer = overseas()
    boxes = [(-168, 58, -138, 72), (-161, 18, -154, 23)]
    figure = maps.lisa(layer, clusters(layer.index), inset=boxes, labels=["north", "south"])
    require_nothing_covered(figure, "inset")
    require_words_inside(figure)
    (main,), insets = axes_of(figure, "map"), axes_of(figure, "inset")
    assert len(insets) == 2
    window = shapely.box(*np.array([main.get_xlim(), main.get_ylim()]).T.ravel())
    shown = window.covers(prepare(layer, read_options({})).shapes)
    assert shown[:50].all() and not shown[50:].any()
    names = {text.get_text() for ax in insets for text in ax.texts if text.get_gid() == "name"}
    assert names == {"north", "south"}
    whole = maps.lisa(layer, clusters(layer.index), inset=False)
    (main,) = axes_of(whole, "map")
    window = shapely.box(*np.array([main.get_xlim(), main.get_ylim()]).T.ravel())
    assert window.covers(prepare(layer, read_options({})).shapes).all()


def test_no_unit_of_the_main_land_is_left_to_an_inset():
    layer = overseas()
    layer["geometry"] = [
        shapely.affinity.scale(shape, 0.2, 0.2) if key in ("north", "south") else shape
        for key, shape in layer.geometry.items()
    ]
    figure = maps.lisa(layer, clusters(layer.index))
    (main,) = axes_of(figure, "map")
    (inset,) = axes_of(figure, "inset")
    units = prepare(layer, read_options({})).shapes
    here, there = (
        shapely.box(*np.array([ax.get_xlim(), ax.get_ylim()]).T.ravel()) for ax in (main, inset)
    )
    assert here.covers(units).tolist() == [True] * 51 + [False]
    assert there.covers(units[51])


def test_units_that_do_not_fit_together_get_province_borders_all_the_same():
    world = lattice_layer(rows=6, columns=14, step=24, corner=(-168, -72))
    figure = maps.lisa(world, clusters(world.index))
    (main,) = axes_of(figure, "map")
    assert any(c.get_gid() == "line:province" for c in main.collections)
    crs = prepare(world, read_options({})).crs
    assert crs.coordinate_operation.method_name == "Equal Earth"
    ratio = world.to_crs(crs).area / world.to_crs(6933).area
    assert ratio.max() / ratio.min() < 1.05
