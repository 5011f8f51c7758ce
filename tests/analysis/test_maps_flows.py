"""Flow maps: which arrows, how wide, from where to where, what the legend and the note say."""

import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.stats import norm
from support.drawing import (
    axes_of,
    drawn,
    lattice_layer,
    legend_words,
    require_words_inside,
    units_drawn,
    written,
)
from support.images import compare

import spatial
from analysis import maps
from analysis.maps.layer import prepare
from analysis.maps.options import read_options
from spatial import InputError, weights


@pytest.fixture(scope="module")
def cities():
    return lattice_layer(rows=7, columns=8, step=0.8)


@pytest.fixture(scope="module")
def fit(cities):
    draw = np.random.default_rng(2)
    frame = pd.DataFrame(draw.normal(size=(len(cities), 2)), cities.index, ["y", "x"])
    frame["y"] += frame["x"]
    return spatial.SDM("y ~ x").fit(frame, weights.contiguity(cities))


@pytest.fixture(scope="module")
def table(cities):
    """Flows of the first unit to some others, one of each kind."""
    keys = cities.index[[9, 12, 30, 50, 17]]
    return pd.DataFrame(
        {
            "from": cities.index[27],
            "to": keys,
            "effect": [0.8, -0.4, 0.2, -0.1, 0.0],
            "std_error": [0.1, 0.1, 0.2, 0.2, 0.1],
        }
    )


def arrows(figure):
    """Corners in millimetres of each arrow, by class, in drawing order."""
    drawn(figure)
    (axes,) = axes_of(figure, "map")
    found = [a for a in axes.artists + axes.patches if str(a.get_gid()).startswith("class:")]
    per_mm = figure.dpi / 25.4
    return [
        (a.get_gid().removeprefix("class:"), axes.transData.transform(a.get_xy()[:-1]) / per_mm)
        for a in found
    ]


def widths(figure):
    return [np.hypot(*(corners[0] - corners[-1])) for _, corners in arrows(figure)]


def tips(figure, crs):
    """Tip and middle of the tail of each arrow in the plane."""
    (axes,) = axes_of(figure, "map")
    found = [a for a in axes.artists + axes.patches if str(a.get_gid()).startswith("class:")]
    rows = [a.get_xy()[:-1] for a in found]
    return [(xy[len(xy) // 2], (xy[0] + xy[-1]) / 2) for xy in rows]


def test_widths_are_as_the_effects_and_classes_as_signs_and_tests(cities, table):
    figure = maps.flows(cities, table, widest_mm=2)
    assert [key for key, _ in arrows(figure)] == [
        "rise", "fall", "rise by chance", "fall by chance"
    ]  # fmt: skip
    np.testing.assert_allclose(widths(figure), [2, 1, 0.5, 0.25], rtol=1e-6)
    p = 2 * norm.sf(abs(table["effect"] / table["std_error"]))
    assert (p[:4] < 0.05).tolist() == [True, True, False, False]
    words = [w.replace("\u00a0", " ") for w in legend_words(figure)]
    for word in ("Effect above zero (1)", "Below zero, p ≥ 0.05 (1)"):
        assert word in words
    plain = maps.flows(cities, table.drop(columns="std_error"))
    assert [key for key, _ in arrows(plain)] == ["rise", "fall", "rise", "fall"]
    assert [k for k, _ in arrows(maps.flows(cities, table, alpha=0))] == [
        k for k, _ in arrows(plain)
    ]


def test_arrows_run_from_sender_to_receiver(cities, table):
    figure = maps.flows(cities, table, width_mm=120)
    drawn(figure)
    (axes,) = axes_of(figure, "map")
    layer = prepare(cities, read_options({}))
    mm = np.ptp(axes.get_xlim()) / (axes.get_window_extent().width / figure.dpi * 25.4)
    for row, (tip, tail) in zip(table.itertuples(), tips(figure, layer.crs), strict=False):
        start, end = (layer.points[cities.index.get_loc(key)] for key in (row._1, row.to))
        assert np.hypot(*(tail - start)) < 1.2 * mm
        assert np.hypot(*(tip - end)) < 1.2 * mm


@pytest.mark.parametrize("direction", ["from", "to"])
def test_the_largest_of_a_unit_are_drawn(cities, fit, direction):
    unit, every = cities.index[20], fit.flows("x")
    figure = maps.flows(cities, every, unit=unit, direction=direction, top=6, widest_mm=2)
    own = every[every[direction] == unit]
    best = own["effect"].abs().nlargest(6)
    np.testing.assert_allclose(widths(figure), 2 * best / best.iloc[0], rtol=1e-6)
    words = require_words_inside(figure)
    name = cities.loc[unit, "city_en"]
    assert any(f"Spillover {direction} {name}" in word for word in words)
    assert f"the largest 6 of {(own['effect'] != 0).sum()}" in " ".join(words)
    other = "to" if direction == "from" else "from"
    wanted = set(cities.loc[own.loc[best.index, other], "city_en"]) | {name}
    unnamed = " ".join(words).partition("no room to name ")[2]
    assert all(one in words or one in unnamed for one in wanted)
    assert units_drawn(axes_of(figure, "map")[0])["partner"] == 6
    assert units_drawn(axes_of(figure, "map")[0])["unit"] == 1


def test_the_unit_may_be_named_and_the_note_says_what_was_fitted(cities, fit):
    unit = cities.index[20]
    table = fit.flows("x", unit=unit, top=4)
    by_name = maps.flows(cities, table, unit=cities.loc[unit, "city"], lang="zh")
    assert len(arrows(by_name)) == 4
    said = "".join(word for word, _ in written(by_name))
    assert "起点x增加一单位对终点y的影响" in said
    assert weights.label(fit.graph, "zh") in said
    assert "中最大的" not in said


def test_flows_both_ways_lie_beside_one_another(cities):
    a, b = cities.index[[18, 37]]
    pair = pd.DataFrame({"from": [a, b], "to": [b, a], "effect": [1.0, 0.9]})
    one, two = (shapely.Polygon(xy) for _, xy in arrows(maps.flows(cities, pair)))
    assert one.intersection(two).area < 0.05 * one.area
    assert one.distance(shapely.centroid(two)) > 1


def test_largest_of_all_where_no_unit_is_given(cities, fit):
    every = fit.flows("x")
    figure = maps.flows(cities, every, top=5)
    assert len(arrows(figure)) == 5
    ends = set(every["from"][:5]) | set(every["to"][:5])
    assert units_drawn(axes_of(figure, "map")[0])["partner"] == len(ends)
    assert "unit" not in units_drawn(axes_of(figure, "map")[0])


def test_the_frame_closes_in_on_the_arrows_or_holds_the_whole_layer(cities, table):
    near = table.iloc[:1]
    window = {}
    for zoom in (True, False):
        figure = maps.flows(cities, near, zoom=zoom)
        drawn(figure)
        (axes,) = axes_of(figure, "map")
        window[zoom] = shapely.box(*np.array([axes.get_xlim(), axes.get_ylim()]).T.ravel())
        outline = arrows(figure)[0][1] * figure.dpi / 25.4
        assert shapely.box(*axes.get_window_extent().extents).contains(shapely.Polygon(outline))
    assert window[False].contains(window[True])
    assert window[True].area < 0.5 * window[False].area
    shown = sum(units_drawn(axes_of(maps.flows(cities, near), "map")[0]).values())
    assert shown < len(cities)


def test_names_can_be_chosen_or_left_out(cities, table):
    for labels, expected in (([], 0), ([cities.index[27]], 1), (None, 5)):
        figure = maps.flows(cities, table, labels=labels)
        (axes,) = axes_of(figure, "map")
        assert sum(t.get_gid() == "name" for t in axes.texts) == expected


def test_the_key_is_in_the_scale_of_the_map(cities, table):
    figure = maps.flows(cities, table, widest_mm=3)
    drawn(figure)
    (legend,) = axes_of(figure, "legend")
    keys = [a for a in legend.artists + legend.patches if a.get_gid() == "key:arrow"]
    per_mm = figure.dpi / 25.4
    for arrow, text in zip(keys, ["0.5", "0.2", "0.05"], strict=True):
        corners = legend.transData.transform(arrow.get_xy()[:-1]) / per_mm
        assert text in legend_words(figure)
        width = np.hypot(*(corners[0] - corners[-1]))
        assert width == pytest.approx(3 * float(text) / 0.8, rel=0.01)


@pytest.mark.parametrize("width", [80, 120, 160])
def test_flows_fit_every_width_and_given_axes(cities, table, width):
    from matplotlib.figure import Figure

    require_words_inside(maps.flows(cities, table, width_mm=width, lang="zh", arrow=True))
    sheet = Figure(figsize=(width / 25.4, 4))
    axes = sheet.add_axes((0.02, 0.02, 0.96, 0.9))
    maps.flows(cities, table, unit=cities.index[27], ax=axes)
    require_words_inside(sheet)


def test_own_colours(cities, table):
    figure = maps.flows(cities, table, colours=("#00aa00", "#aa00aa"))
    (axes,) = axes_of(figure, "map")
    faces = {a.get_gid(): a.get_facecolor() for a in axes.artists + axes.patches}
    np.testing.assert_allclose(faces["class:rise"][:3], (0, 2 / 3, 0))
    np.testing.assert_allclose(faces["class:fall"][:3], (2 / 3, 0, 2 / 3))
    assert min(faces["class:rise by chance"][:3]) > 0.5


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"unit": "nowhere"}, "unit: the boundary layer has no unit nowhere"),
        ({"unit": 1, "direction": "to"}, "no flow to Town 27"),
        ({"direction": "past"}, "direction='past'"),
        ({"top": 0}, "top=0"),
        ({"alpha": 2}, "alpha=2"),
        ({"widest_mm": 90}, "widest_mm=90"),
        ({"colours": ("mud", "red")}, "two colours"),
    ],
)
def test_refusals(cities, table, options, message):
    if options.get("unit") == 1:
        options = {**options, "unit": cities.index[27]}
    with pytest.raises(InputError, match=message):
        maps.flows(cities, table, **options)


def test_refusals_of_tables(cities, table):
    with pytest.raises(InputError, match="columns from, to, effect"):
        maps.flows(cities, table.drop(columns="effect"))
    with pytest.raises(InputError, match="boundary layer lacks: elsewhere"):
        maps.flows(cities, table.replace({"to": {table["to"].iloc[0]: "elsewhere"}}))
    with pytest.raises(InputError, match="no flow to draw"):
        maps.flows(cities, table.assign(effect=0.0))
    with pytest.raises(InputError, match="infinite"):
        maps.flows(cities, table.assign(effect=np.inf))


def test_images(cities, table, fit, tmp_path):
    unit = cities.index[20]
    pictures = {
        "flows": maps.flows(cities, table, unit=cities.index[27]),
        "flows_zh": maps.flows(
            cities, fit.flows("x"), unit=unit, direction="to", lang="zh", width_mm=80
        ),
    }
    for name, figure in pictures.items():
        compare(figure, name, tmp_path)
