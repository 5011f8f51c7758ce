"""Maps of classes: what they count and say, that nothing is cut or covered, and their pictures."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from support.drawing import (
    axes_of,
    clusters,
    lattice_layer,
    legend_words,
    require_nothing_covered,
    require_words_inside,
    units_drawn,
    written,
)
from support.images import compare
from support.kinds import KINDS, SPOTS, YEARS, local_result, over_years

import shapes
import spatial
from analysis import maps
from analysis.maps.colours import CHANGES, CLUSTERS
from spatial import InputError, weights


@pytest.fixture(scope="module")
def cities():
    return lattice_layer()


@pytest.fixture(scope="module")
def islands():
    return lattice_layer(islets=True)


@pytest.fixture(scope="module")
def china():
    return shapes.china_cities()


def face(figure, gid):
    found = next(c for c in axes_of(figure, "map")[0].collections if c.get_gid() == f"class:{gid}")
    return tuple(np.round(found.get_facecolor()[0], 3))


def legend_of(figure):
    """Words of the legend with plain spaces."""
    return [word.replace("\u00a0", " ") for word in legend_words(figure)]


def said(figure):
    return "".join(word for word, _ in written(figure))


# ---- every kind


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("kind", KINDS)
def test_patches_of_each_class_equal_the_table_and_the_legend_counts_them(cities, kind, lang):
    figure, counts = KINDS[kind](cities, lang=lang, width_mm=80)
    drawn = units_drawn(axes_of(figure, "map")[0])
    assert drawn == {key: n for key, n in counts.items() if n}
    shown = [word for word in legend_words(figure) if word.endswith(")")]
    numbers = [int(word.rsplit("(")[-1].rstrip(")")) for word in shown]
    assert sorted(n for n in numbers if n) == sorted(n for n in counts.values() if n)
    assert sum(numbers) == len(cities)


@pytest.mark.parametrize(
    ("kind", "lang", "width"),
    [
        ("hot_spots", "zh", 160),
        ("significance", "en", 80),
        ("lisa_change", "en", 80),
        ("categories", "zh", 80),
    ],
)
def test_china_is_drawn_whole_with_all_its_words_and_nothing_covered(china, kind, lang, width):
    figure, counts = KINDS[kind](
        china, lang=lang, width_mm=width, lines=shapes.china_lines(), source="国家统计局",
        approval="GS(2019)1822号", note="注记",
    )  # fmt: skip
    require_words_inside(figure)
    require_nothing_covered(figure, "inset")
    require_nothing_covered(figure, "legend")
    assert units_drawn(axes_of(figure, "map")[0]) == {k: n for k, n in counts.items() if n}


@pytest.mark.parametrize("kind", KINDS)
def test_the_picture_is_the_stored_one(islands, kind, tmp_path):
    figure, _ = KINDS[kind](islands, lang="zh", width_mm=120, source="示例", approval="GS(1)")
    compare(figure, f"map_{kind}", tmp_path)


@pytest.mark.parametrize("kind", ["lisa_change", "categories"])
def test_inset_covers_nothing_and_a_map_fits_given_axes(islands, kind):
    from matplotlib.figure import Figure

    figure, _ = KINDS[kind](islands, width_mm=160)
    require_nothing_covered(figure, "inset")
    sheet = Figure(figsize=(6, 5))
    given = sheet.add_subplot()
    drawn, counts = KINDS[kind](islands, ax=given)
    assert drawn is sheet
    require_words_inside(sheet)
    assert units_drawn(axes_of(sheet, "map")[0]) == {k: n for k, n in counts.items() if n}


# ---- hot spots


def test_hot_spots_of_a_real_result(china):
    w = weights.contiguity(china)
    values = pd.Series(china["lon"].to_numpy(), china.index)
    result = spatial.getis_ord(values, w, correction="fdr")
    figure = maps.hot_spots(china, result, lang="zh")
    counts = result["cluster"].value_counts(sort=False)
    names = ["热点", "冷点", "不显著", "无邻接单元", "无数据"]
    assert legend_words(figure) == [f"{name} ({n})" for name, n in zip(names, counts, strict=True)]
    assert counts["hot spot"] > 20 and counts["cold spot"] > 20 and counts["isolate"] > 0
    assert "Getis–Ord G*：本地与邻地合计" in said(figure)
    plain = maps.hot_spots(china, spatial.getis_ord(values, w, star=False))
    assert "the neighbours without the unit" in said(plain)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_years_share_one_legend(cities, lang):
    result = over_years(cities.index, names=SPOTS)
    figure = maps.hot_spots(cities, result, lang=lang)
    assert len(axes_of(figure, "map")) == len(YEARS)
    assert len(axes_of(figure, "legend")) == 1
    for axes, year in zip(axes_of(figure, "map"), YEARS, strict=True):
        assert units_drawn(axes) == Counter(result.loc[year, "cluster"])
    words = require_words_inside(figure)
    assert {str(year) for year in YEARS} <= set(words)


def test_results_of_another_statistic_are_refused(cities):
    with pytest.raises(InputError, match="holds 'HH'; the classes are hot spot, cold spot"):
        maps.hot_spots(cities, local_result(cities.index))
    with pytest.raises(InputError, match="holds 'cold spot'; the classes are HH"):
        maps.lisa(cities, local_result(cities.index, names=SPOTS))


# ---- significance


def test_significance_takes_the_p_values_that_classes_were_judged_by(cities):
    result = local_result(cities.index, ["HH"] * 10 + ["not significant"] * 20)
    result["p_value"] = 1e-6
    result["p_adjusted"] = [0.001] * 3 + [0.01] * 3 + [0.05] * 4 + [0.051] * 20
    result.attrs["correction"] = "fdr"
    figure = maps.significance(cities, result)
    assert legend_of(figure) == [
        "Corrected p-value",
        "p ≤ 0.001 (3)",
        "0.001 < p ≤ 0.01 (3)",
        "0.01 < p ≤ 0.05 (4)",
        "p > 0.05 (20)",
        "No neighbour (0)",
        "No data (0)",
    ]
    assert "Benjamini–Hochberg" in said(figure)
    plain = local_result(cities.index)
    assert legend_of(maps.significance(cities, plain, lang="zh"))[0] == "p 值"


def test_levels_follow_the_alpha_of_the_result_and_keep_their_colours(cities):
    result = local_result(cities.index)
    usual = maps.significance(cities, result)
    result.attrs["alpha"] = 0.01
    strict = maps.significance(cities, result)
    assert [w for w in legend_of(strict) if w.startswith("p >")] == [
        f"p > 0.01 ({(result['p_adjusted'] > 0.01).sum()})"
    ]
    assert face(strict, "p 0.001") == face(usual, "p 0.001")
    assert face(strict, "p 0.01") == face(usual, "p 0.01")
    result.attrs["alpha"] = 0.1
    wide = maps.significance(cities, result)
    assert sum(word.startswith("0.0") for word in legend_of(wide)) == 3
    given = maps.significance(cities, result, levels=[0.2, 0.02], colours={"p 0.02": "black"})
    assert face(given, "p 0.02") == (0, 0, 0, 1)
    assert units_drawn(axes_of(given, "map")[0])["p 0.02"] == (result["p_adjusted"] <= 0.02).sum()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"levels": [0.05, 2]}, "levels=.* between 0 and 1"),
        ({"levels": []}, "levels=.* between 0 and 1"),
        ({"colours": {"p 0.5": "red"}}, "'p 0.5' is not a class; the classes are p 0.001, p 0.01"),
    ],
)
def test_levels_that_are_refused(cities, options, words):
    with pytest.raises(InputError, match=words):
        maps.significance(cities, local_result(cities.index), **options)
    with pytest.raises(InputError, match="no columns 'p_adjusted' and 'cluster'"):
        maps.significance(cities, clusters(cities.index), **options)


# ---- changes


def test_change_names_its_years_and_its_rule(cities):
    result = over_years(cities.index)
    figure = maps.lisa_change(cities, result, times=(2011, 2016), lang="zh")
    assert legend_words(figure)[0] == "2011 至 2016"
    assert "退出" in said(figure) and "双侧 p 值" in said(figure)
    english = maps.lisa_change(cities, result)
    assert legend_words(english)[0] == "2011 to 2022"
    assert len(legend_words(english)) == 1 + len(CHANGES)


def test_more_times_make_a_panel_for_each_step(cities):
    result = over_years(cities.index)
    figure = maps.lisa_change(cities, result, times=YEARS)
    panels = axes_of(figure, "map")
    assert len(panels) == 2
    assert len(axes_of(figure, "legend")) == 1
    for axes, pair in zip(panels, [YEARS[:2], YEARS[1:]], strict=True):
        table = spatial.lisa_change(result, pair)["change"]
        assert units_drawn(axes) == {k: n for k, n in table.value_counts().items() if n}
    assert {"2011 to 2016", "2016 to 2022"} <= set(require_words_inside(figure))


def test_changes_that_are_refused(cities):
    result = over_years(cities.index)
    with pytest.raises(InputError, match="one time; a change is between two"):
        maps.lisa_change(cities, result, times=[2011])
    with pytest.raises(InputError, match="this one has no time"):
        maps.lisa_change(cities, result.loc[2011])
    with pytest.raises(InputError, match="no time 1999; it holds 2011, 2016, 2022"):
        maps.lisa_change(cities, result, times=(1999, 2011))
    with pytest.raises(InputError, match="'HH' is not a class; the classes are stayed HH"):
        maps.lisa_change(cities, result, colours={"HH": "red"})


# ---- categories


def test_categories_keep_order_colour_and_zero_counts(cities):
    names = ["core", "enclave", "lever", "periphery"]
    values = pd.Series(["core"] * 12 + ["lever"] * 18, cities.index, name="type")
    ordered = values.astype(pd.CategoricalDtype(names, ordered=True))
    figure = maps.categories(cities, ordered, names={"core": "中心"}, lang="zh")
    assert legend_words(figure) == [
        "type", "中心 (12)", "enclave (0)", "lever (18)", "periphery (0)", "无数据 (0)",
    ]  # fmt: skip
    other = maps.categories(cities, values.replace("core", "enclave"), order=names)
    assert face(other, "lever") == face(figure, "lever")
    mine = maps.categories(cities, ordered, colours={"lever": "#ff0000", "missing": "#00ff00"})
    assert face(mine, "lever") == (1, 0, 0, 1)
    assert face(mine, "core") == face(figure, "core")


def test_known_words_are_printed_in_the_language_and_in_their_order(cities):
    regions = pd.Series(["west", "east", "central"] * 10, cities.index, name="region")
    assert legend_words(maps.categories(cities, regions, lang="zh")) == [
        "region", "东部 (10)", "中部 (10)", "西部 (10)", "无数据 (0)",
    ]  # fmt: skip
    behind = pd.Series([True] * 30, cities.index, name="落后")
    assert legend_words(maps.categories(cities, behind, lang="zh")) == [
        "落后", "否 (0)", "是 (30)", "无数据 (0)",
    ]  # fmt: skip
    column = local_result(cities.index)["cluster"].astype(str).rename("lisa_y_2022")
    figure = maps.categories(cities, column)
    assert legend_words(figure)[1:] == legend_words(maps.lisa(cities, column.to_frame("cluster")))
    for key in CLUSTERS:
        if (column == key).any():
            assert face(figure, key) == face(maps.lisa(cities, column.to_frame("cluster")), key)


def test_categories_over_years_share_colours(cities):
    parts = {2011: ["a"] * 30, 2022: ["a"] * 10 + ["b"] * 15 + [None] * 5}
    frames = [pd.Series(part, cities.index, dtype=object) for part in parts.values()]
    values = pd.concat(frames, keys=parts, names=["year", "key"]).rename("class")
    figure = maps.categories(cities, values)
    drawn = [units_drawn(axes) for axes in axes_of(figure, "map")]
    assert drawn == [{"a": 30}, {"a": 10, "b": 15, "missing": 5}]
    assert len(maps.categories(cities, values, times=[2022]).axes) >= 1


def test_categories_that_are_refused(cities):
    values = pd.Series([f"g{i % 13:02d}" for i in range(30)], cities.index, name="group")
    with pytest.raises(InputError, match=r"group: 13 categories are more than the 12.*g00"):
        maps.categories(cities, values)
    own = {f"g{i:02d}": f"#{9 * i:02x}80ff" for i in range(13)}
    assert len(legend_words(maps.categories(cities, values, colours=own))) == 15
    many = pd.Series([f"g{i}" for i in range(30)], cities.index, name="group")
    with pytest.raises(InputError, match="30 categories cannot be told apart"):
        maps.categories(cities, many)
    with pytest.raises(InputError, match="group: the categories g12 are not in order="):
        maps.categories(cities, values, order=[f"g{i:02d}" for i in range(12)])
    with pytest.raises(InputError, match="are numbers; draw them with maps.choropleth"):
        maps.categories(cities, pd.Series(1.5, cities.index, name="x"))
    with pytest.raises(InputError, match="not a Series"):
        maps.categories(cities, values.to_numpy())
    with pytest.raises(InputError, match="names: 'h' is not a category"):
        maps.categories(cities, values.str[:2], names={"h": "H"})
    for empty in (values.where(values == ""), pd.Series(np.nan, cities.index)):
        with pytest.raises(InputError, match="all values are missing"):
            maps.categories(cities, empty)
    with pytest.raises(InputError, match="group has 1 unit that the boundary layer lacks: Z"):
        maps.categories(cities, pd.Series(["a"], ["Z"], name="group"))
