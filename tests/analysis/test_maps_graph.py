"""Maps of graphs: which links, components and isolates are drawn and counted."""

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from support.drawing import (
    axes_of,
    lattice_layer,
    legend_words,
    require_words_inside,
    units_drawn,
    written,
)

from analysis import maps
from spatial import InputError, weights
from spatial.weights.operator import operator


@pytest.fixture(scope="module")
def cities():
    return lattice_layer()


def lines_drawn(axes):
    return {
        c.get_gid().removeprefix("class:"): len(c.get_segments())
        for c in axes.collections
        if isinstance(c, LineCollection) and str(c.get_gid()).startswith("class:")
    }


def words(figure):
    return " ".join(text for text, _ in written(figure))


def test_every_pair_is_one_line_and_isolates_and_components_are_told_apart(cities):
    block = [*cities.index[:2], *cities.index[12:18], cities.index[-1]]
    w = weights.subset(weights.contiguity(cities, "rook"), block)
    axes = axes_of(maps.links(cities, w), "map")[0]
    assert lines_drawn(axes) == {"link": 1 + 5}
    assert units_drawn(axes) == {
        "component 1": 6, "component 2": 2, "isolate": 1, "missing": len(cities) - 9
    }  # fmt: skip


def test_lines_run_between_points_of_the_two_units(cities):
    import shapely

    w = weights.contiguity(cities.iloc[:2])
    axes = axes_of(maps.links(cities, w), "map")[0]
    segment = next(c for c in axes.collections if c.get_gid() == "class:link").get_segments()[0]
    shapes = maps.graph.prepare(cities, maps.graph.read_options({})).shapes
    inside = [[bool(shapely.contains_xy(s, *end)) for s in shapes[:2]] for end in segment]
    assert sorted(inside) == [[False, True], [True, False]]


def test_bridges_rescued_isolates_and_one_way_links_have_their_own_lines(cities):
    far = cities.iloc[[0, 1, 5, 16, 28]]
    ends = tuple(far.index[[0, 2]])
    w = weights.contiguity(far, bridges=[ends], fallback=1)
    figure = maps.links(cities, w)
    assert lines_drawn(axes_of(figure, "map")[0]) == {"link": 1, "bridge": 1, "rescued": 1}
    assert "Bridge, joined by hand (1)" in legend_words(figure)
    knn = maps.links(cities, weights.knn(cities.iloc[[0, 1, 3, 6]], 1))
    both = operator(weights.knn(cities.iloc[[0, 1, 3, 6]], 1)).matrix.toarray() > 0
    drawn = lines_drawn(axes_of(knn, "map")[0])
    assert drawn["link"] == (both & both.T).sum() / 2
    assert drawn["one_way"] == (both & ~both.T).sum()


def test_a_nested_graph_shows_the_bridges_of_its_parts(cities):
    pair = (cities.index[0], cities.index[-1])
    w = weights.contiguity(cities, bridges=[pair])
    mixed = weights.nested(w, weights.knn(cities, 3))
    assert lines_drawn(axes_of(maps.links(cities, mixed), "map")[0])["bridge"] == 1


@pytest.mark.parametrize(("lang", "word"), [("en", "Link in both"), ("zh", "两者共有")])
def test_two_graphs_compared_count_as_weights_compare_does(cities, lang, word):
    one, two = weights.contiguity(cities.iloc[:20], "rook"), weights.knn(cities.iloc[6:], 2)
    figure = maps.links(cities, one, other=two, lang=lang)
    drawn = lines_drawn(axes_of(figure, "map")[0])
    a = {frozenset(p) for p in _linked(one)}
    b = {frozenset(p) for p in _linked(two)}
    assert drawn == {"shared": len(a & b), "first": len(a - b), "second": len(b - a)}
    assert f"{word} ({len(a & b)})" in legend_words(figure)
    assert weights.label(one, lang) in words(figure)
    require_words_inside(figure)


def _linked(w):
    op = operator(w)
    rows, columns = op.matrix.nonzero()
    return zip(op.labels[rows], op.labels[columns], strict=True)


def test_who_has_no_neighbour_in_which(cities):
    one = weights.distance_band(cities.iloc[[0, 1, 4, 6]], 200)
    two = weights.distance_band(cities.iloc[[0, 3, 4]], 200)
    drawn = units_drawn(axes_of(maps.links(cities, one, other=two), "map")[0])
    assert drawn == {
        "unit": 3, "isolate_first": 1, "isolate_second": 1, "missing": len(cities) - 5
    }  # fmt: skip


def test_a_mapping_gives_a_panel_each_with_counts(cities):
    graphs = {2011: weights.distance_band(cities, 170), 2012: weights.distance_band(cities, 400)}
    figure = maps.links(cities, graphs, lang="zh")
    found = [lines_drawn(axes)["link"] for axes in axes_of(figure, "map")]
    assert found == [operator(w).matrix.nnz // 2 for w in graphs.values()]
    assert {"2011", "2012"} <= {text for text, _ in written(figure)}


def test_only_the_heaviest_links_on_request(cities):
    w = weights.inverse_distance(cities, 2)
    figure = maps.links(cities, w, top=1)
    matrix = operator(w).matrix.toarray()
    best = {frozenset((i, int(np.argmax(row)))) for i, row in enumerate(matrix)}
    assert lines_drawn(axes_of(figure, "map")[0])["link"] == len(best)
    assert "heaviest" in words(figure)


def test_refusals(cities):
    w = weights.contiguity(cities)
    with pytest.raises(InputError, match="boundary layer lacks: 100500"):
        maps.links(cities.drop("100500"), w)
    with pytest.raises(InputError, match="top=0"):
        maps.links(cities, w, top=0)
    with pytest.raises(InputError, match="not a mapping"):
        maps.links(cities, {1: w}, other=w)
    with pytest.raises(InputError, match="no graph"):
        maps.links(cities, {})


def test_a_black_mass_is_refused_with_the_remedy(cities, monkeypatch):
    monkeypatch.setattr("analysis.maps.graph.MOST_LINES", 100)
    with pytest.raises(InputError, match=r"435 links.*top=3"):
        maps.links(cities, weights.inverse_distance(cities))
