"""The map of faults: units concerned, a mark for each fault, what has no place in words."""

import numpy as np
import pandas as pd
import pytest
import shapely
from support.drawing import axes_of, lattice_layer, legend_words, units_drawn, written

import shapes
from analysis import maps
from spatial import InputError

PLANE = 3857


@pytest.fixture(scope="module")
def cities():
    frame = lattice_layer().copy()
    first, second, third = frame.index[:3]
    metre = 1 / 111_320
    frame.loc[first, "geometry"] = shapely.buffer(frame.geometry[first], 3 * metre)
    frame.loc[frame.index[-1], "geometry"] = shapely.buffer(
        frame.geometry[frame.index[-1]], -3 * metre
    )
    return frame


@pytest.fixture(scope="module")
def problems(cities):
    return shapes.boundary_faults(cities)


def said(figure):
    return " ".join(text for text, *_ in written(figure))


def marks(figure):
    """Points of each kind of fault on the map."""
    lines = axes_of(figure, "map")[0].get_lines()
    found = {line.get_gid(): line.get_xydata() for line in lines if line.get_gid()}
    return {gid.removeprefix("class:"): xy for gid, xy in found.items() if "class:" in gid}


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ("No fault listed here", "Faults listed here", "Gap", "Sliver", "Spurious island")),
        ("zh", ("未列出问题的单元", "列有问题的单元", "缝隙", "狭长碎片", "虚假孤立单元")),
    ],
)
def test_marks_and_legend_count_the_faults(cities, problems, lang, words):
    figure = maps.faults(cities, problems, lang=lang, width_mm=80)
    counts = problems["problem"].value_counts()
    listed = problems["key"].nunique()
    sound = len(cities) - listed
    numbers = [sound, listed, counts["gap"], counts["sliver"], counts["island"]]
    expected = [f"{word} ({number})" for word, number in zip(words, numbers, strict=True)]
    assert legend_words(figure) == expected
    assert units_drawn(axes_of(figure, "map")[0]) == {"sound": sound, "faulty": listed}
    assert {kind: len(xy) for kind, xy in marks(figure).items()} == counts.to_dict()


def test_marks_stand_where_the_faults_lie(cities, problems):
    figure = maps.faults(cities, problems, crs=PLANE)
    gap = problems[problems["problem"] == "gap"].to_crs(PLANE).geometry
    for xy, shape in zip(marks(figure)["gap"], gap, strict=True):
        assert shapely.distance(shapely.Point(xy), shape) < 1e-3


def test_a_plain_list_marks_the_units_it_names(cities, problems):
    plain = shapes.check_boundaries(cities)
    figure = maps.faults(cities, plain, crs=PLANE)
    flat = cities.to_crs(PLANE).geometry
    for xy, key in zip(
        marks(figure)["gap"], plain.loc[plain["problem"] == "gap", "key"], strict=True
    ):
        assert shapely.contains_xy(flat[key], *xy)
    assert {kind: len(xy) for kind, xy in marks(figure).items()} == plain[
        "problem"
    ].value_counts().to_dict()
    assert legend_words(maps.faults(cities)) == legend_words(maps.faults(cities, problems))


def test_a_clean_layer_says_so():
    clean = lattice_layer()
    figure = maps.faults(clean, lang="zh")
    assert marks(figure) == {} and "未发现问题" in said(figure)
    assert "no faults were found" in said(maps.faults(clean))


def test_what_has_no_place_stands_in_the_note(cities):
    lost = cities.copy()
    lost.loc[lost.index[5], "geometry"] = None
    texts = said(maps.faults(lost))
    assert "without a place on the map: no polygon (1)" in texts


def test_tables_of_something_else_are_refused(cities, problems):
    with pytest.raises(InputError, match="no columns key and problem"):
        maps.faults(cities, pd.DataFrame({"a": [1]}))
    with pytest.raises(InputError, match="units that the boundary layer lacks"):
        maps.faults(cities.iloc[3:], problems)
    with pytest.raises(InputError, match="no polygon"):
        maps.faults(cities.assign(geometry=np.nan).set_geometry([None] * len(cities)))
