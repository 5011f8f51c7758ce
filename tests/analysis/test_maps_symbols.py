"""Proportional symbols: areas as the numbers, nothing hidden, everything counted and keyed."""

import numpy as np
import pandas as pd
import pytest
import shapely
from support.drawing import (
    axes_of,
    drawn,
    lattice_layer,
    legend_words,
    require_nothing_covered,
    require_words_inside,
    units_drawn,
    written,
)
from support.images import compare

import shapes
from analysis import maps
from analysis.maps.circles import hidden
from spatial import InputError


@pytest.fixture(scope="module")
def cities():
    return lattice_layer(islets=True)


@pytest.fixture(scope="module")
def values(cities):
    draw = np.random.default_rng(4).lognormal(3, 1, len(cities))
    draw[3], draw[[4, 9]] = 0.0, np.nan
    return pd.Series(draw, cities.index, name="从业人数")


def collection(axes):
    return next(c for c in axes.collections if c.get_gid() == "symbols")


def circles(axes):
    """Middle and radius in millimetres, and colour, of each circle in drawing order."""
    found = collection(axes)
    figure = axes.get_figure(root=True)
    per_mm = figure.dpi / 25.4
    boxes = [axes.transData.transform_path(p).get_extents() for p in found.get_paths()]
    middles = np.array([(b.x0 + b.x1, b.y0 + b.y1) for b in boxes]) / 2 / per_mm
    return middles, np.array([b.width for b in boxes]) / 2 / per_mm, found.get_facecolors()


def every_circle(figure):
    """Radii in millimetres on main map and insets."""
    drawn(figure)
    axes = [*axes_of(figure, "map"), *axes_of(figure, "inset")]
    has = [ax for ax in axes if any(c.get_gid() == "symbols" for c in ax.collections)]
    return np.sort(np.concatenate([circles(ax)[1] for ax in has]))


def test_areas_are_proportional_and_large_circles_are_drawn_first(cities, values):
    figure = maps.symbols(cities, values, largest_mm=8)
    radii = every_circle(figure)
    shown = np.sort(values[values > 0].to_numpy())
    np.testing.assert_allclose(radii**2, shown / shown[-1] * 16, rtol=1e-6)
    (axes,) = axes_of(figure, "map")
    assert (np.diff(circles(axes)[1]) <= 1e-9).all()


def test_every_unit_is_a_circle_a_zero_or_without_data_and_counted_so(cities, values):
    figure = maps.symbols(cities, values)
    assert units_drawn(axes_of(figure, "map")[0]) == {
        "shown": len(cities) - 3, "zero": 1, "missing": 2
    }  # fmt: skip
    words = [w.replace("\u00a0", " ") for w in legend_words(figure)]
    assert f"With a value ({len(cities) - 3})" in words
    assert "Zero, no circle (1)" in words and "No data (2)" in words
    assert "从业人数" in words


def test_circles_stand_in_their_units_and_islands_have_theirs_in_the_inset(cities, values):
    figure = maps.symbols(cities, values)
    drawn(figure)
    (main,), (inset,) = axes_of(figure, "map"), axes_of(figure, "inset")
    middles = [p.get_extents() for p in collection(main).get_paths()]
    points = [shapely.Point((b.x0 + b.x1) / 2, (b.y0 + b.y1) / 2) for b in middles]
    units = [
        shapely.union_all([shapely.Polygon(r) for r in path.to_polygons()])
        for c in main.collections
        if str(c.get_gid()).startswith("class:shown")
        for path in c.get_paths()
    ]
    inside = [sum(unit.buffer(1).contains(point) for unit in units) for point in points]
    assert inside == [1] * (len(cities) - 4)
    assert len(collection(inset).get_paths()) == 1


def test_no_circle_of_china_vanishes_under_others():
    china = shapes.simplify(shapes.china_cities(), tolerance_m=10_000)
    draw = np.random.default_rng(1)
    figure = maps.symbols(china, pd.Series(draw.lognormal(0, 1.5, len(china)), china.index))
    drawn(figure)
    middles, radii, _ = circles(axes_of(figure, "map")[0])
    for at, (middle, radius) in enumerate(zip(middles, radii, strict=True)):
        turns = draw.uniform(0, 2 * np.pi, 300)
        dots = middle + np.column_stack([np.cos(turns), np.sin(turns)]) * (
            radius * np.sqrt(draw.uniform(0, 1, 300))[:, None]
        )
        over = np.hypot(*(dots[:, None] - middles[None, at + 1 :]).T) < radii[at + 1 :, None]
        assert not over.any(axis=0).all()
    require_nothing_covered(figure, "inset")
    boxes = [ax.get_window_extent() for ax in axes_of(figure, "legend") + axes_of(figure, "inset")]
    per_mm = figure.dpi / 25.4
    discs = shapely.buffer(shapely.points(middles * per_mm), radii * per_mm)
    for box in boxes:
        assert not shapely.intersects(discs, shapely.box(*box.extents)).any()


def test_circles_shrink_until_all_are_seen_and_a_given_size_stands():
    crowd = lattice_layer(rows=12, columns=30, step=0.02)
    order = np.random.default_rng(0).permutation(len(crowd))
    values = pd.Series(1 + order / 1e5, crowd.index)
    figure = maps.symbols(crowd, values, width_mm=40)
    drawn(figure)
    points, radii = circles(axes_of(figure, "map")[0])[:2]
    assert radii.max() < 1.45 and not hidden(points, radii, 1.0).any()
    forced = maps.symbols(crowd, values, width_mm=40, largest_mm=20)
    assert every_circle(forced).max() == pytest.approx(10)
    note = " ".join(word for word, _ in written(forced))
    points, radii = circles(axes_of(forced, "map")[0])[:2]
    count = int(hidden(points, radii, 1.0).sum())
    assert count > 100 and f"{count} circles lie hidden" in note


def test_nothing_stands_on_circles_that_reach_beyond_the_units(cities):
    values = pd.Series(1.0, cities.index)
    values.iloc[[0, 5]] = 400.0
    figure = maps.symbols(cities, values, largest_mm=40, arrow=True, width_mm=120)
    drawn(figure)
    (axes,) = axes_of(figure, "map")
    middles, radii, _ = circles(axes)
    per_mm = figure.dpi / 25.4
    discs = shapely.buffer(shapely.points(middles * per_mm), radii * per_mm)
    assert shapely.box(*axes.get_window_extent().extents).covers(discs).all()
    things = [ax for gid in ("legend", "inset") for ax in axes_of(figure, gid)]
    things += [a for a in axes.artists + axes.patches if str(a.get_gid()).startswith("scale")]
    assert len(things) > 2
    for thing in things:
        box = shapely.box(*thing.get_window_extent().extents)
        assert not shapely.intersects(discs, box).any(), thing.get_gid()


def test_hidden_means_covered_by_all_later_ones_together():
    points = np.array([[0.0, 0], [-1, 0], [1, 0], [0, 1], [0, -1], [9, 9]])
    radii = np.array([1.2, 1.1, 1.1, 1.1, 1.1, 0.1])
    assert hidden(points, radii, 1.0).tolist() == [True, False, False, False, False, False]
    assert not hidden(points[:4], radii[:4], 1.0).any()


def test_signs_have_colours_of_their_own(cities):
    values = pd.Series(np.linspace(-2, 3, len(cities)), cities.index, name="change")
    figure = maps.symbols(cities, values, lang="zh")
    words = legend_words(figure)
    assert f"大于零 ({(values > 0).sum()})" in words and f"小于零 ({(values < 0).sum()})" in words
    drawn(figure)
    _, radii, faces = circles(axes_of(figure, "map")[0])
    assert len(np.unique(faces, axis=0)) == 2
    assert radii[0] == pytest.approx(radii.max())


def test_a_second_value_colours_by_class(cities, values):
    second = pd.Series(np.arange(len(cities), dtype=float), cities.index, name="韧性")
    second.iloc[10] = np.nan
    figure = maps.symbols(cities, values, colour=second.sample(frac=1, random_state=1),
                          breaks=[9.5, 19.5], lang="zh", cmap="viridis")  # fmt: skip
    shown = values.notna() & (values > 0) & second.notna()
    bins = np.searchsorted([9.5, 19.5], second[shown])
    words = legend_words(figure)
    for place, low_high in enumerate(["0.0 至 9.5", "9.5 至 19.5", "19.5 至 30.0"]):
        assert f"{low_high} ({(bins == place).sum()})" in words
    assert "颜色变量无数据 (1)" in words
    assert any("面积：从业人数" in word for word in words)
    require_words_inside(figure)


def test_the_key_is_drawn_in_the_scale_of_the_map(cities, values):
    figure = maps.symbols(cities, values, largest_mm=9)
    drawn(figure)
    (legend,) = axes_of(figure, "legend")
    rings = [a for a in legend.artists + legend.patches if a.get_gid() == "key:circle"]
    radii = [ring.get_window_extent().width / 2 / figure.dpi * 25.4 for ring in rings]
    words = legend_words(figure)
    numbers = [float(w.replace(",", "")) for w in words[1 : 1 + len(rings)]]
    expected = 4.5 * np.sqrt(np.array(numbers) / values.max())
    np.testing.assert_allclose(radii, expected, rtol=0.02)
    assert numbers[0] <= values.max() < 2.6 * numbers[0]


def test_names_keep_off_the_circle_of_their_unit(cities, values):
    figure = maps.symbols(cities, values, labels=list(cities.index[12:18]), largest_mm=14)
    (axes,) = axes_of(figure, "map")
    drawn(figure)
    middles, radii, _ = circles(axes)
    per_mm = figure.dpi / 25.4
    names = [t for t in axes.texts if t.get_gid() == "name"]
    assert names
    for name in names:
        box = shapely.box(*(np.array(name.get_window_extent().extents) / per_mm))
        nearest = np.argmin([box.distance(shapely.Point(m)) - r for m, r in
                             zip(middles, radii, strict=True)])  # fmt: skip
        own = shapely.Point(middles[nearest]).buffer(radii[nearest])
        assert box.intersection(own).area < 0.1 * box.area
    require_words_inside(figure)


def test_years_share_one_scale_and_one_key(cities, values):
    both = pd.concat({2011: values, 2022: values * 4}, names=["year", "key"])
    figure = maps.symbols(cities, both, largest_mm=6, times=[2011, 2022])
    drawn(figure)
    first, last = (circles(ax)[1].max() for ax in axes_of(figure, "map"))
    assert last == pytest.approx(2 * first)
    assert len(axes_of(figure, "legend")) == 1
    require_words_inside(figure)


@pytest.mark.parametrize("width", [80, 120, 160])
def test_symbols_fit_every_width_and_given_axes(cities, values, width):
    from matplotlib.figure import Figure

    figure = maps.symbols(cities, values, width_mm=width, lang="zh", labels=["甲00市"])
    require_words_inside(figure)
    sheet = Figure(figsize=(width / 25.4, 4))
    axes = sheet.add_axes((0.02, 0.02, 0.96, 0.9))
    assert maps.symbols(cities, values, ax=axes, title="从业人数") is sheet
    require_words_inside(sheet)


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        (lambda v: v.to_numpy(), {}, "not a Series"),
        (lambda v: v * 0, {}, "all values are zero"),
        (lambda v: v * np.nan, {}, "all values are missing"),
        (lambda v: v.replace(0.0, np.inf), {}, "1 value is infinite"),
        (lambda v: v.rename({v.index[0]: "nowhere"}), {}, "lacks: nowhere"),
        (lambda v: v, {"colour": "mud"}, "neither a colour"),
        (lambda v: v, {"colour": 3}, "colour is a int"),
        (lambda v: -v, {"colour": "second"}, "below zero"),
        (lambda v: v, {"largest_mm": 0}, "largest_mm=0"),
    ],
)
def test_refusals(cities, values, change, options, message):
    if options.get("colour") == "second":
        options = {"colour": values}
    with pytest.raises(InputError, match=message):
        maps.symbols(cities, change(values), **options)


def test_images(cities, values, tmp_path):
    second = pd.Series(np.arange(len(cities), dtype=float), cities.index, name="resilience")
    pictures = {
        "symbols": maps.symbols(cities, values.rename("employment"), colour=second),
        "symbols_zh": maps.symbols(cities, values - 20, lang="zh", width_mm=80),
    }
    for name, figure in pictures.items():
        compare(figure, name, tmp_path)
