"""What maps say and how many units they draw."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from support.drawing import (
    CLASSES,
    axes_of,
    clusters,
    lattice_layer,
    legend_words,
    require_words_inside,
    units_drawn,
    written,
)

from analysis import maps
from analysis.maps.classes import Classes, classify
from analysis.maps.colours import CLUSTERS
from analysis.terms import TERMS, term
from spatial import InputError

NAMES = {
    "HH": ("High–high", "高-高集聚"),
    "LL": ("Low–low", "低-低集聚"),
    "HL": ("High–low", "高-低集聚"),
    "LH": ("Low–high", "低-高集聚"),
    "not significant": ("Not significant", "不显著"),
    "isolate": ("No neighbour", "无邻接单元"),
    "missing": ("No data", "无数据"),
}


@pytest.fixture(scope="module")
def cities():
    return lattice_layer()


def face(axes, gid):
    found = next(c for c in axes.collections if c.get_gid() == f"class:{gid}")
    return tuple(np.round(found.get_facecolor()[0], 3))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_legend_counts_are_those_of_the_table(cities, lang):
    result = clusters(cities.index)
    figure = maps.lisa(cities, result, lang=lang, width_mm=80)
    counts = Counter(result["cluster"])
    column = ("en", "zh").index(lang)
    assert legend_words(figure) == [f"{NAMES[c][column]} ({counts[c]})" for c in CLUSTERS]
    drawn = units_drawn(axes_of(figure, "map")[0])
    assert drawn == {name: count for name, count in counts.items() if count}


def test_absent_classes_stay_in_the_legend_and_colours_do_not_shift(cities):
    many = maps.lisa(cities, clusters(cities.index))
    few = maps.lisa(cities, clusters(cities.index, ["LL"] * len(cities)))
    assert f"{NAMES['HH'][0]} (0)" in legend_words(few)
    assert len(legend_words(few)) == 7
    assert face(axes_of(many, "map")[0], "LL") == face(axes_of(few, "map")[0], "LL")


def test_units_without_a_result_are_drawn_as_no_data(cities):
    figure = maps.lisa(cities, clusters(cities.index[:10], ["HH"] * 10))
    assert units_drawn(axes_of(figure, "map")[0]) == {"HH": 10, "missing": len(cities) - 10}


def test_rows_meet_units_by_label_in_any_order_and_number_format(cities):
    result = clusters(cities.index)
    shuffled = result.sample(frac=1, random_state=1)
    shuffled.index = [float(label) for label in shuffled.index]
    a, b = (maps.lisa(cities, one) for one in (result, shuffled))
    for name in CLASSES:
        paths = [
            [p.vertices[0].round(3).tolist() for p in c.get_paths()]
            for figure in (a, b)
            for c in axes_of(figure, "map")[0].collections
            if c.get_gid() == f"class:{name}"
        ]
        assert sorted(paths[0]) == sorted(paths[1])


def test_own_colours_replace_only_what_they_name(cities):
    result = clusters(cities.index)
    figure = maps.lisa(cities, result, colours={"HH": "#000000"})
    axes = axes_of(figure, "map")[0]
    assert face(axes, "HH") == (0, 0, 0, 1)
    assert face(axes, "LL") == face(axes_of(maps.lisa(cities, result), "map")[0], "LL")
    with pytest.raises(InputError, match="'XX' is not a class"):
        maps.lisa(cities, result, colours={"XX": "red"})
    with pytest.raises(InputError, match="not a colour"):
        maps.lisa(cities, result, colours={"HH": "no such"})


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_note_states_weights_convention_correction_and_level(cities, lang):
    figure = maps.lisa(
        cities, clusters(cities.index), lang=lang, note="NOTE", source="SOURCE", approval="GS(1)"
    )
    text = "".join(word for word, _ in written(figure))
    stated = {
        "en": ["queen contiguity, row-standardised", "two-sided p", "exact", "no correction"],
        "zh": ["Queen 邻接，行标准化", "双侧 p 值", "精确置换分布", "未作多重检验校正"],
    }[lang]
    for part in [*stated, "0.05", "NOTE", "SOURCE", "GS(1)"]:
        assert part in text
    assert "seed" not in text
    assert "种子" not in text


def test_drawn_p_values_state_draws_and_seed(cities):
    result = clusters(cities.index)
    result.attrs |= {"method": "permutation", "seed": 7, "correction": "fdr"}
    text = "".join(word for word, _ in written(maps.lisa(cities, result)))
    assert "9,999 permutations" in text
    assert "seed 7" in text
    assert "Benjamini" in text


def test_years_are_small_multiples_with_one_legend(cities):
    parts = {year: clusters(cities.index, seed=year) for year in (2011, 2016, 2022)}
    result = pd.concat(parts, names=["year", "key"])
    result.attrs = parts[2011].attrs
    figure = maps.lisa(cities, result, lang="zh")
    panels = axes_of(figure, "map")
    assert len(panels) == 3
    assert len(axes_of(figure, "legend")) == 1
    for axes, (_, part) in zip(panels, parts.items(), strict=True):
        assert units_drawn(axes) == {k: n for k, n in Counter(part["cluster"]).items() if n}
    words = legend_words(figure)
    row = words.index(NAMES["HH"][1])
    counts = [str((part["cluster"] == "HH").sum()) for part in parts.values()]
    assert words[row + 1 : row + 4] == counts
    only = maps.lisa(cities, result, times=[2016])
    assert len(axes_of(only, "map")) == 1
    with pytest.raises(InputError, match="no time 2015; it holds 2011, 2016, 2022"):
        maps.lisa(cities, result, times=[2015])
    with pytest.raises(InputError, match="has no time"):
        maps.lisa(cities, parts[2011], times=[2011])


def test_bivariate_legend_says_what_is_here_and_what_next_door(cities):
    figure = maps.bilisa(cities, clusters(cities.index), here="集聚", there="韧性", lang="zh")
    assert legend_words(figure)[0] == "前：本地集聚；后：邻地韧性"
    figure = maps.bilisa(cities, clusters(cities.index), here="agglomeration", there="resilience")
    assert legend_words(figure)[0] == "first: agglomeration here; second: resilience next door"
    assert any("Lee 2001" in word for word, _ in written(figure))


def test_choropleth_counts_classes_and_names_the_variable(cities):
    values = pd.Series(np.arange(len(cities), dtype=float), cities.index, name="产值")
    values.iloc[3] = np.nan
    figure = maps.choropleth(cities, values, k=4, lang="zh")
    drawn = units_drawn(axes_of(figure, "map")[0])
    assert sum(drawn.values()) == len(cities)
    assert drawn["missing"] == 1
    words = legend_words(figure)
    assert words[0] == "产值"
    assert len(words) == 1 + 4 + 1
    given = maps.choropleth(cities, values, breaks=[9.5, 19.5])
    assert units_drawn(axes_of(given, "map")[0]) == {
        "class 1": 9, "class 2": 10, "class 3": 10, "missing": 1,
    }  # fmt: skip


def test_spillover_panels_share_classes(cities):
    rng = np.random.default_rng(0)
    effects = pd.DataFrame(
        rng.gamma(2, 0.1, (len(cities), 3)), cities.index, ["own", "received", "sent"]
    )
    figure = maps.spillover(cities, effects)
    assert len(axes_of(figure, "map")) == 2
    assert len(axes_of(figure, "legend")) == 1
    one = maps.spillover(cities, effects, which="received", lang="zh")
    assert legend_words(one)[0] == "溢出（接受）"
    with pytest.raises(InputError, match=r"which=.*own, received, sent"):
        maps.spillover(cities, effects, which="both")
    with pytest.raises(InputError, match="no column 'sent'"):
        maps.spillover(cities, effects[["own"]])


def test_spillovers_of_both_signs_break_at_zero(cities):
    sent = np.linspace(-1, 3, len(cities))
    effects = pd.DataFrame({"sent": sent, "received": sent}, cities.index)
    figure = maps.spillover(cities, effects, which="sent", k=5)
    drawn = units_drawn(axes_of(figure, "map")[0])
    words = " ".join(legend_words(figure))
    assert "to 0.00" in words
    assert "0.00 to" in words
    assert sum(drawn.values()) == len(cities)


@pytest.mark.parametrize("scheme", ["quantiles", "equal_interval", "std_mean"])
def test_plain_schemes_agree_with_mapclassify(scheme):
    import mapclassify

    values = np.random.default_rng(5).gamma(2, 1, 200)
    theirs = {
        "quantiles": mapclassify.Quantiles(values, k=5),
        "equal_interval": mapclassify.EqualInterval(values, k=5),
        "std_mean": mapclassify.StdMean(values),
    }[scheme]
    ours = classify(values, scheme=scheme, k=5)
    bins = np.asarray(theirs.bins)
    bins = bins[bins >= values.min()]
    np.testing.assert_allclose(ours.upper, bins, rtol=1e-12)
    np.testing.assert_array_equal(
        np.bincount(ours.codes(values), minlength=len(bins)), theirs.counts[-len(bins) :]
    )


def test_classes_of_ties_and_of_one_value():
    few = classify(np.array([0.0] * 50 + [1.0, 2.0]), k=5)
    assert len(few.upper) < 5
    assert few.codes(np.array([0.0, 2.0])).tolist() == [0, len(few.upper) - 1]
    one = classify(np.array([4.0, 4.0, np.nan]))
    assert one.texts("en") == ["4"]
    assert one.codes(np.array([4.0, np.nan])).tolist() == [0, 1]


def test_class_edges_are_told_apart_with_a_true_minus():
    classes = classify(np.array([-0.0123, -0.0119, 0.0, 0.5]), breaks=[-0.012, 0.0])
    assert classes.texts("en") == ["−0.0123 to −0.0120", "−0.0120 to 0.0000", "0.0000 to 0.5000"]
    assert classes.texts("zh")[0] == "−0.0123 至 −0.0120"


REFUSED = {
    "units": (lambda c: clusters(["A", "B"]), {}, "2 units that the boundary layer lacks: A, B"),
    "no cluster": (lambda c: pd.DataFrame({"x": 1.0}, c.index), {}, "no column 'cluster'"),
    "odd class": (
        lambda c: pd.DataFrame({"cluster": ["hot"] * len(c)}, c.index), {}, "holds 'hot'",
    ),
    "option": (lambda c: clusters(c.index), {"colour": 1}, "no option 'colour'"),
    "language": (lambda c: clusters(c.index), {"lang": "de"}, "lang='de'"),
    "width": (lambda c: clusters(c.index), {"width_mm": 4000}, "width_mm=4000"),
    "font": (lambda c: clusters(c.index), {"font_size": 1}, "font_size=1"),
    "inset": (lambda c: clusters(c.index), {"inset": True}, "inset=True"),
    "legend": (lambda c: clusters(c.index), {"legend": "left"}, "legend='left'"),
    "labels": (lambda c: clusters(c.index), {"labels": ["Paris"]}, "no unit Paris"),
    "label": (lambda c: clusters(c.index), {"labels": "甲00市"}, "give a list"),
    "crs": (lambda c: clusters(c.index), {"crs": "EPSG:4326"}, "is in degrees"),
    "odd crs": (lambda c: clusters(c.index), {"crs": "moon"}, "not a coordinate reference"),
    "lines": (lambda c: clusters(c.index), {"lines": [1]}, "lines must be a GeoDataFrame"),
    "ax": (lambda c: clusters(c.index), {"ax": "axes"}, "ax is a str"),
    "columns": (lambda c: clusters(c.index), {"columns": 0}, "columns=0"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refusals_name_what_is_wrong(cities, case):
    result, options, message = REFUSED[case]
    with pytest.raises(InputError, match=message):
        maps.lisa(cities, result(cities), **options)


def test_refusals_of_layers(cities):
    result = clusters(cities.index)
    with pytest.raises(InputError, match="not a GeoDataFrame"):
        maps.lisa(pd.DataFrame(cities), result)
    bare = cities.copy().set_crs(None, allow_override=True)
    with pytest.raises(InputError, match="no coordinate reference system"):
        maps.lisa(bare, result)
    points = cities.set_geometry(cities.geometry.representative_point())
    with pytest.raises(InputError, match=r"100000, 100100.*are Point"):
        maps.lisa(points, result)
    holey = cities.copy()
    holey.loc["100300", "geometry"] = None
    with pytest.raises(InputError, match="without a polygon: 100300"):
        maps.lisa(holey, result)
    with pytest.raises(InputError, match="stand more than once"):
        maps.lisa(pd.concat([cities, cities.iloc[:1]]), result)


def test_refusals_of_values(cities):
    values = pd.Series(np.arange(len(cities), dtype=float), cities.index, name="gdp")
    cases = [
        (values.to_numpy(), {}, "not a Series"),
        (values * np.nan, {}, "all values are missing"),
        (values.replace(3.0, np.inf), {}, "infinite"),
        (values.astype(object).replace(3.0, "n.a."), {}, "gdp: 'n.a.' of 100300 is not a number"),
        (values, {"scheme": "magic"}, "scheme='magic'"),
        (values, {"k": 40}, "k=40"),
        (values, {"breaks": [2, 1]}, "must ascend"),
        (values, {"cmap": "mud"}, "cmap='mud'"),
    ]
    for given, options, message in cases:
        with pytest.raises(InputError, match=message):
            maps.choropleth(cities, given, **options)


def test_drawing_changes_neither_input_nor_settings(cities):
    import matplotlib as mpl

    before, layer, result = dict(mpl.rcParams), cities.copy(), clusters(cities.index)
    kept = result.copy()
    maps.lisa(cities, result, lang="zh", labels=["甲00市"])
    assert dict(mpl.rcParams) == before
    pd.testing.assert_frame_equal(result, kept)
    assert cities.geometry.geom_equals(layer.geometry).all()


def test_names_are_printed_in_the_language_of_the_map(cities):
    result = clusters(cities.index)
    for lang, shown in (("zh", "甲00市"), ("en", "Town 0")):
        for given in ("甲00市", "100000", 100000.0):
            words = require_words_inside(maps.lisa(cities, result, lang=lang, labels=[given]))
            assert shown in words


def test_every_term_has_both_languages_and_the_same_places():
    import string

    for key, (english, chinese) in TERMS.items():
        places = [
            {part[1] for part in string.Formatter().parse(text) if part[1]}
            for text in (english, chinese)
        ]
        assert english and chinese and places[0] == places[1], key
    with pytest.raises(InputError, match=r"no term 'cluster\.HX'; the nearest is 'cluster"):
        term("cluster.HX")
    with pytest.raises(InputError, match="lang='fr'"):
        term("cluster.HH", "fr")


@pytest.mark.parametrize(
    ("upper", "lowest", "texts"),
    [
        ([2e-9, 3.5e-9], 1e-9, ["1.00e−9 to 2.00e−9", "2.00e−9 to 3.50e−9"]),
        ([5.0, 10.0, 100.0, 100.0], 0.0, ["0 to 5", "5 to 10", "10 to 100", "> 100"]),
        ([5.0, 10.0], 5.0, ["≤ 5", "5 to 10"]),
    ],
)
def test_words_of_classes_tell_them_apart(upper, lowest, texts):
    assert Classes(np.array(upper), lowest, "given").texts("en") == texts
