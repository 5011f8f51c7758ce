"""Results side by side: the classes they share, what each counts, and what is said of which."""

import numpy as np
import pandas as pd
import pytest
from support.drawing import (
    axes_of,
    clusters,
    drawn,
    lattice_layer,
    legend_words,
    require_words_inside,
    units_drawn,
    written,
)

from analysis import maps
from spatial import InputError


@pytest.fixture(scope="module")
def cities():
    return lattice_layer()


@pytest.fixture(scope="module")
def pair(cities):
    one = pd.Series(np.arange(len(cities), dtype=float), cities.index, name="gdp")
    return {"Before": one, "After": (one * 2).rename("gdp")}


def said(figure):
    return " ".join(word for word, _ in written(figure))


def columns_of_counts(figure, classes):
    """Counts per class and map, read off the legend."""
    words = legend_words(figure)
    numbers = [int(w) for w in words if w.isdigit()]
    return np.array(numbers).reshape(classes, -1)


def test_common_classes_are_those_of_all_numbers_together(cities, pair):
    figure = maps.compare(cities, pair, scheme="equal_interval", k=4)
    edges = np.linspace(0, 58, 5)
    counts = columns_of_counts(figure, 5)
    for place, values in enumerate(pair.values()):
        expected = np.bincount(np.searchsorted(edges[1:], values), minlength=4)
        assert counts[:4, place].tolist() == expected.tolist()
        drawn_units = units_drawn(axes_of(figure, "map")[place])
        assert [drawn_units.get(f"class {k + 1}", 0) for k in range(4)] == expected.tolist()
    words = require_words_inside(figure)
    assert {"(a) Before", "(b) After", "(a)", "(b)", "gdp"} <= set(words)


def test_own_classes_have_a_legend_under_each_map(cities, pair):
    figure = maps.compare(cities, pair, classes="own", k=3, lang="zh", width_mm=120)
    require_words_inside(figure)
    legends = axes_of(figure, "legend")
    assert len(legends) == 2
    texts = [[t.get_text() for t in legend.texts] for legend in legends]
    assert all(words[0] == "gdp" and sum("(10)" in w for w in words) == 3 for words in texts)
    drawn(figure)
    for legend, main in zip(legends, axes_of(figure, "map"), strict=True):
        assert legend.get_window_extent().y1 < main.get_window_extent().y0
        assert legend.get_window_extent().x0 >= main.get_window_extent().x0 - 1
    assert said(figure).count("分位数") == 1


def test_what_differs_is_said_by_map_and_what_does_not_once(cities):
    one, two = clusters(cities.index), clusters(cities.index, seed=1)
    two.attrs["weights"] = "5 nearest neighbours, row-standardised"
    figure = maps.compare(cities, {"Queen": one, "Near": two})
    text = said(figure)
    assert "(a) weights: queen contiguity" in text and "(b) weights: 5 nearest" in text
    assert text.count("two-sided p") == 1
    plain = maps.compare(cities, {"Queen": one, "Near": two}, letters=False)
    assert "Queen: weights: queen" in said(plain) and "(a)" not in said(plain)
    counts = columns_of_counts(figure, 7)
    assert counts.sum(axis=0).tolist() == [len(cities)] * 2


def test_effects_of_two_models_share_classes_and_isolates_are_apart(cities):
    draw = np.random.default_rng(0)
    tables = {}
    for name in ("SDM", "SAR"):
        table = pd.DataFrame(
            draw.normal(1, 0.1, (len(cities), 3)), cities.index, ["own", "received", "sent"]
        )
        table.attrs = {"weights": name}
        tables[name] = table
    tables["SDM"].iloc[[4, 9], 1:] = 0.0
    figure = maps.compare(cities, tables, which="received", k=3)
    counts = columns_of_counts(figure, 5)
    assert counts[3].tolist() == [2, 0] and counts[:3].sum(axis=0).tolist() == [28, 30]
    assert units_drawn(axes_of(figure, "map")[0])["isolate"] == 2
    assert "Spillover received" in legend_words(figure)
    edges = [w for w in legend_words(figure) if " to " in w]
    assert float(edges[0].split(" to ")[0]) > 0.5


def test_hot_spots_can_be_compared(cities):
    names = ["hot spot", "cold spot", "not significant", "isolate", "missing"]
    results = {}
    for seed in (0, 1):
        classes = np.random.default_rng(seed).choice(names, len(cities))
        results[seed] = pd.DataFrame({"cluster": pd.Categorical(classes, names)}, cities.index)
    counts = columns_of_counts(maps.compare(cities, results, columns=1), 5)
    for place, result in enumerate(results.values()):
        expected = result["cluster"].value_counts()[names]
        assert counts[:, place].tolist() == expected.tolist()


def test_kinds_may_differ_where_each_has_its_own_legend(cities, pair):
    mixed = {"GDP": pair["Before"], "Clusters": clusters(cities.index)}
    figure = maps.compare(cities, mixed, classes="own", columns=2)
    assert len(axes_of(figure, "legend")) == 2
    with pytest.raises(InputError, match=r"GDP \(numbers\) and Clusters \(cluster\).*'own'"):
        maps.compare(cities, mixed)


@pytest.mark.parametrize(
    ("results", "options", "message"),
    [
        (lambda p: {"one": p["Before"]}, {}, "mapping of 2"),
        (lambda p: list(p.values()), {}, "mapping of 2"),
        (lambda p: {**p, "third": 3}, {}, "third: a int is no result"),
        (lambda p: {**p, "years": pd.concat({1: p["After"]})}, {}, "years is a result over"),
        (lambda p: {**p, "table": p["After"].to_frame("x")}, {}, "no column 'sent'"),
        (lambda p: p, {"classes": "mine"}, "classes='mine'"),
    ],
)
def test_refusals(cities, pair, results, options, message):
    with pytest.raises(InputError, match=message):
        maps.compare(cities, results(pair), **options)
