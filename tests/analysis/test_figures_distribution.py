"""Figures of distributions, transitions and thresholds: what is drawn is what was found."""

import numpy as np
import pandas as pd
import pytest

import spatial
from analysis import distribution, figures


@pytest.fixture(scope="module", name="panel")
def lattice_panel():
    rng = np.random.default_rng(2)
    index = pd.MultiIndex.from_product([range(2010, 2018), [f"u{i:02d}" for i in range(30)]])
    frame = pd.DataFrame({"y": rng.normal(size=len(index))}, index=index)
    return spatial.Panel(frame.rename_axis(["year", "city"]).reset_index(), "city", "year")


@pytest.fixture(scope="module", name="ring")
def ring_graph(panel):
    eye = np.eye(panel.n_units)
    return spatial.weights.from_matrix(
        np.roll(eye, 1, axis=1) + np.roll(eye, -1, axis=1), panel.units
    )


def texts(figure):
    return [text.get_text() for axes in figure.axes for text in axes.texts]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_time_has_its_curve(panel, lang):
    table = distribution.densities(panel, "y")
    figure = figures.densities(table, lang=lang, labels={"y": "韧性"})
    axes = figure.axes[0]
    assert len(axes.lines) == panel.n_times
    for line, (_, part) in zip(axes.lines, table.groupby("year"), strict=True):
        np.testing.assert_array_equal(line.get_ydata(), part["density"])
    named = [text.get_text() for text in axes.get_legend().get_texts()]
    assert len(named) == 6
    assert (named[0], named[-1]) == ("2010", "2017")
    assert axes.get_xlabel() == "韧性"
    assert axes.get_ylabel() == ("密度" if lang == "zh" else "Density")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_cell_has_its_probability_and_count(panel, ring, lang):
    table = distribution.transitions(panel, "y", k=3, given="neighbours", w=ring)
    figure = figures.transitions(table, lang=lang, width_mm=160)
    shown = texts(figure)
    assert len(shown) == len(table)
    for text, row in zip(shown, table.itertuples(), strict=True):
        share, count = text.split("\n")
        assert count == f"({row.count})"
        if row.nobs:
            assert float(share) == pytest.approx(row.estimate, abs=0.005)
        else:
            assert share == "–"
    titles = [axes.get_title(loc="left") for axes in figure.axes if axes.get_title(loc="left")]
    assert len(titles) == 3
    assert all("邻地" in title for title in titles) == (lang == "zh")


def test_classes_of_lisa_are_printed_in_words(panel, ring):
    found = spatial.lisa_by_time(panel, "y", ring)["cluster"]
    figure = figures.transitions(distribution.class_transitions(found), lang="zh")
    printed = [tick.get_text() for tick in figure.axes[0].get_yticklabels()]
    assert "不显著" in printed


def test_the_curve_of_a_threshold(panel, ring):
    rng = np.random.default_rng(0)
    frame = panel.frame.assign(x=rng.normal(size=240), q=rng.normal(size=240))
    frame["y"] += frame["x"] * (frame["q"] > 0.3)
    data = spatial.Panel(frame, "city", "year")
    found = spatial.threshold("y ~ x", data, ring, variable="q", of="x", most=1, bootstrap=0)
    figure = figures.threshold(found, lang="zh", labels={"q": "数字金融"})
    axes = figure.axes[0]
    np.testing.assert_array_equal(axes.lines[0].get_ydata(), found.curve["ratio"])
    assert axes.get_xlabel() == "数字金融"
    assert "7.35" in " ".join(text.get_text() for text in axes.get_legend().get_texts())


def test_refusals(panel, ring):
    table = distribution.transitions(panel, "y", given="time")
    sheet = figures.densities(distribution.densities(panel, "y"))
    with pytest.raises(spatial.InputError, match="7 conditions do not fit"):
        figures.transitions(table, ax=sheet.axes[0])
    with pytest.raises(spatial.InputError, match="no column 'value'"):
        figures.densities(table)
    with pytest.raises(spatial.InputError, match="has no thresholds"):
        figures.threshold(table)
