"""What figures show: numbers at their places, words in both languages, nothing cut."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from support.drawing import require_words_inside, written

from analysis import figures, maps
from spatial import InputError, weights
from spatial.autocorrelation import moran

TERMS = ("agglomeration", "log(gdp)", "fdi")
ZH = {
    "agglomeration": "数字产业集聚",
    "log(gdp)": "经济规模",
    "fdi": "外商投资",
    "resilience": "经济韧性",
}


def ring(n=40):
    matrix = np.zeros((n, n))
    for i in range(n):
        matrix[i, [(i - 1) % n, (i + 1) % n]] = 1
    return weights.from_matrix(matrix, [f"城{i}" for i in range(n)])


@pytest.fixture
def values():
    steps = np.random.default_rng(3).standard_normal(40)
    smooth = steps + np.roll(steps, 1) + np.roll(steps, -1)
    return pd.Series(smooth, [f"城{i}" for i in range(40)], name="resilience")


@pytest.fixture
def by_time():
    rng = np.random.default_rng(1)
    years = pd.Index(range(2011, 2023), name="year")
    frame = pd.DataFrame(
        {
            "statistic": rng.normal(0.2, 0.1, 12),
            "expected": -0.01,
            "std_dev": 0.05,
            "z": 1.0,
            "p_value": [0.01, 0.2] * 6,
        },
        index=years,
    )
    frame.attrs = {"weights": "queen", "weights_zh": "邻接", "alternative": "two-sided"}
    return frame


def table(seed=0, z=1.959963984540054):
    rng = np.random.default_rng(seed)
    rows = []
    for name in TERMS:
        for kind in ("direct", "indirect", "total"):
            b, s = rng.normal(0.2, 0.2), rng.uniform(0.05, 0.1)
            rows.append((name, kind, b, s, b / s, 0.01, b - z * s, b + z * s))
    columns = [
        "term",
        "effect",
        "estimate",
        "std_error",
        "statistic",
        "p_value",
        "conf_low",
        "conf_high",
    ]
    return pd.DataFrame(rows, columns=columns)


def lines_of(axes, gid):
    return [line for line in axes.lines if line.get_gid() == gid]


def test_slope_of_the_scatter_is_morans_i(values):
    w = ring()
    figure = figures.moran_scatter(values, w)
    x, y = lines_of(figure.axes[0], "slope")[0].get_data()
    slope = (y[1] - y[0]) / (x[1] - x[0])
    assert slope == pytest.approx(moran(values, w)["statistic"], rel=1e-12)
    assert any(f"{slope:.3f}" in word for word, _ in written(figure))


def test_points_are_standardised_values_and_lags_whatever_the_order(values):
    w = ring()
    z = (values - values.mean()) / values.std(ddof=0)
    lag = (np.roll(z, 1) + np.roll(z, -1)) / 2
    expected = sorted(zip(z.round(9), lag.round(9), strict=True))
    for given in (values, values.sample(frac=1, random_state=0)):
        axes = figures.moran_scatter(given, w).axes[0]
        points = next(c for c in axes.collections if c.get_gid() == "units").get_offsets()
        np.testing.assert_allclose(sorted(map(tuple, np.round(points, 9))), expected, atol=1e-8)


def test_units_left_out_of_the_scatter_are_counted(values):
    short = values.drop(["城3"])
    short["城7"] = np.nan
    short["城9"] = np.nan
    figure = figures.moran_scatter(short, ring(), lang="zh")
    text = "".join(word for word, _ in written(figure))
    assert "未计入无数据单元 3 个" in text
    assert "未计入无邻接单元 1 个" in text
    points = next(c for c in figure.axes[0].collections if c.get_gid() == "units").get_offsets()
    assert len(points) == 36


def test_outliers_are_named_and_renamed(values):
    values["城5"] = 40.0
    figure = figures.moran_scatter(values, ring(), outliers=1, labels={"城5": "Fifth"})
    named = [t.get_text() for t in figure.axes[0].texts if t.get_gid() == "outlier"]
    assert named == ["Fifth"]
    none = figures.moran_scatter(values, ring(), outliers=0)
    assert not [t for t in none.axes[0].texts if t.get_gid() == "outlier"]


def test_marks_of_moran_are_hollow_where_p_is_above_alpha(by_time):
    axes = figures.moran_over_time(by_time).axes[0]
    hollow = lines_of(axes, "not significant")[0].get_xdata()
    assert list(hollow) == list(by_time.index[by_time.p_value > 0.05])
    none = figures.moran_over_time(by_time, alpha=0.005).axes[0]
    assert len(lines_of(none, "not significant")[0].get_xdata()) == 12


def test_band_is_the_range_without_autocorrelation(by_time):
    axes = figures.moran_over_time(by_time).axes[0]
    points = axes.collections[0].get_paths()[0].vertices
    assert points[:, 1].min() == pytest.approx(-0.01 - 1.959964 * 0.05, abs=1e-6)
    assert points[:, 1].max() == pytest.approx(-0.01 + 1.959964 * 0.05, abs=1e-6)
    assert len(figures.moran_over_time(by_time, band=False).axes[0].collections) == 0


def test_times_that_are_no_numbers_are_written_out(by_time):
    by_time.index = pd.Index([f"第{i}期" for i in range(12)], name="period")
    words = require_words_inside(figures.moran_over_time(by_time, lang="zh", width_mm=160))
    assert "第0期" in words


def test_effects_of_one_model_stand_beside_one_another():
    frame = table()
    axes = figures.effects(frame, lang="zh", labels=ZH).axes[0]
    shown = [c.lines[0].get_xdata() for c in axes.containers]
    for kind, x in zip(("direct", "indirect", "total"), shown, strict=True):
        np.testing.assert_allclose(x, frame.loc[frame.effect == kind, "estimate"])
    segments = axes.containers[0].lines[2][0].get_segments()
    assert segments[0][:, 0].tolist() == pytest.approx(
        frame.loc[0, ["conf_low", "conf_high"]].tolist()
    )
    assert [t.get_text() for t in axes.get_yticklabels()] == [ZH[t] for t in TERMS]
    assert [t.get_text() for t in axes.get_legend().get_texts()] == [
        "直接效应", "间接效应", "总效应",
    ]  # fmt: skip


@pytest.mark.parametrize(("z", "level"), [(1.959963984540054, 95), (1.6448536269514722, 90)])
def test_the_note_reads_the_level_off_the_intervals(z, level):
    words = [word for word, _ in written(figures.effects(table(z=z)))]
    assert f"Note: bars: {level}% confidence interval" in words


def test_several_models_get_a_panel_for_each_effect():
    models = {"SAR": table(1), "SDM": table(2)}
    figure = figures.effects(models, width_mm=160)
    assert [ax.get_xlabel() for ax in figure.axes] == [
        "Direct effect", "Indirect effect", "Total effect",
    ]  # fmt: skip
    np.testing.assert_allclose(
        figure.axes[1].containers[1].lines[0].get_xdata(),
        models["SDM"].query("effect == 'indirect'")["estimate"],
    )
    numbered = figures.effects([table(1), table(2)], kinds=["total"], lang="zh")
    legend = numbered.axes[0].get_legend()
    assert [t.get_text() for t in legend.get_texts()] == ["模型 1", "模型 2"]


def test_terms_are_chosen_and_ordered_and_a_fit_is_asked_for_its_effects():
    class Fit:
        def effects(self):
            return table()

    axes = figures.effects(Fit(), terms=["fdi", "agglomeration"]).axes[0]
    assert [t.get_text() for t in axes.get_yticklabels()] == ["fdi", "agglomeration"]


def test_effects_without_standard_errors_are_points():
    frame = table()
    indirect = frame.effect == "indirect"
    frame.loc[indirect, ["statistic", "p_value", "conf_low", "conf_high"]] = np.nan
    frame.loc[indirect, ["estimate", "std_error"]] = 0.0
    figure = figures.effects(frame)
    x = figure.axes[0].containers[1].lines[0].get_xdata()
    assert x.tolist() == [0, 0, 0]
    assert "Note: bars: 95% confidence interval" in [word for word, _ in written(figure)]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("width", [80, 160])
def test_every_word_is_on_the_page(values, by_time, lang, width):
    options = {
        "lang": lang, "width_mm": width, "title": "标题 Title", "source": "统计年鉴 " * 12,
        "approval": "GS(2020)1号", "labels": ZH if lang == "zh" else {},
    }  # fmt: skip
    for figure in (
        figures.moran_scatter(values, ring(), **options),
        figures.moran_over_time(by_time, **options),
        figures.moran_over_time({"resilience": by_time, "fdi": by_time * 0.9}, **options),
        figures.effects(table(), **options),
        figures.effects({"SAR": table(1), "SDM": table(2)}, **options),
    ):
        words = require_words_inside(figure)
        assert "标题 Title" in words
        assert figure.get_size_inches()[0] * 25.4 == pytest.approx(width)


def test_given_axes_are_drawn_into_and_settings_stay(values, by_time):
    from matplotlib.figure import Figure

    before = dict(mpl.rcParams)
    sheet = Figure(figsize=(9, 3))
    axes = sheet.subplots(1, 3)
    assert figures.moran_scatter(values, ring(), ax=axes[0], title="a") is sheet
    assert figures.moran_over_time(by_time, ax=axes[1], lang="zh") is sheet
    assert figures.effects(table(), ax=axes[2], lang="zh") is sheet
    assert len(sheet.axes) == 3
    assert dict(mpl.rcParams) == before
    with pytest.raises(InputError, match="2 models with 3 kinds"):
        figures.effects([table(1), table(2)], ax=axes[2])


def test_figures_are_saved_like_maps(values, tmp_path):
    paths = maps.save(
        figures.moran_scatter(values, ring(), lang="zh"), tmp_path / "图1", ["png", "pdf"], dpi=60
    )
    assert [p.name for p in paths] == ["图1.png", "图1.pdf"]


REFUSED = {
    "array": (lambda v, t: figures.moran_scatter(v.to_numpy(), ring()), "not a Series"),
    "constant": (lambda v, t: figures.moran_scatter(v * 0, ring()), "no scatter"),
    "unit": (
        lambda v, t: figures.moran_scatter(v.rename({"城1": "A"}), ring()),
        r"weights.*: A",
    ),
    "option": (lambda v, t: figures.moran_scatter(v, ring(), size=3), "no option 'size'"),
    "no table": (lambda v, t: figures.moran_over_time(v), "no column 'statistic'"),
    "empty": (lambda v, t: figures.moran_over_time({}), "no table"),
    "alpha": (lambda v, t: figures.moran_over_time(t, alpha=5), "alpha=5"),
    "not a fit": (lambda v, t: figures.effects(3), "int has no effects"),
    "no column": (lambda v, t: figures.effects(table()[["term"]]), "no column 'effect'"),
    "terms": (lambda v, t: figures.effects(table(), terms=["x"]), "no model has the term x"),
    "kinds": (lambda v, t: figures.effects(table(), kinds=["all"]), "kinds="),
    "models": (lambda v, t: figures.effects({}), "no model"),
    "legend": (lambda v, t: figures.effects(table(), legend="above"), "legend='above'"),
    "height": (lambda v, t: figures.effects(table(), height_mm=1), "height_mm=1"),
    "labels": (lambda v, t: figures.effects(table(), labels=["x"]), "labels must map"),
    "ax": (lambda v, t: figures.effects(table(), ax=3), "ax is a int"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusals_say_what_is_wrong(values, by_time, case):
    call, message = REFUSED[case]
    with pytest.raises(InputError, match=message):
        call(values, by_time)


def test_long_names_of_terms_leave_room_for_the_effects():
    name = "数字产业集聚 digital-industry agglomeration in the city itself"
    figure = figures.effects(table(), labels={"agglomeration": name}, width_mm=80)
    require_words_inside(figure)
    figure.canvas.draw()
    assert figure.axes[0].get_position().width > 0.5
