"""Event-study figure: both languages, one or several estimators, refusals."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from analysis import figures, tables
from spatial import DID, InputError, Panel, weights

SIZE, YEARS = 60, 9


@pytest.fixture(scope="module")
def fits():
    ring = np.roll(np.eye(SIZE), 1, axis=1) + np.roll(np.eye(SIZE), -1, axis=1)
    names = [f"c{i:02d}" for i in range(SIZE)]
    graph = weights.from_matrix(ring, names)
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"city": np.repeat(names, YEARS), "year": list(range(YEARS)) * SIZE})
    first = rng.choice([4.0, 6.0, np.nan], size=SIZE, p=[0.2, 0.2, 0.6])
    table["start"] = np.repeat(first, YEARS)
    table["y"] = rng.normal(size=len(table)) * 0.1 + (table["year"] >= table["start"])
    panel = Panel(table, "city", "year")
    options = {"first_treated": "start", "leads": 3, "lags": 3}
    return {
        name: DID("y ~ 1", estimator=name, **options).fit(panel, graph)
        for name in ("imputation", "twoway")
    }


def texts(figure):
    found = [t.get_text() for t in figure.texts]
    for axes in figure.axes:
        found += [axes.get_xlabel(), axes.get_ylabel(), axes.get_title(loc="left")]
        found += [t.get_text() for t in axes.get_xticklabels()]
    return "".join(found)


def test_points_are_those_of_the_table(fits):
    figure = figures.event_study(fits["imputation"], width_mm=160)
    assert len(figure.axes) == 2
    events = fits["imputation"].events()
    for axes, kind in zip(figure.axes, ("own", "neighbours"), strict=True):
        part = events[events["effect"] == kind]
        line = axes.containers[0].lines[0]
        np.testing.assert_allclose(line.get_xdata(), part["time"])
        np.testing.assert_allclose(line.get_ydata(), part["estimate"])
    said = texts(figure)
    p = fits["imputation"].pretrend().set_index("effect").loc["own", "p_value"]
    assert f"own p = {p:.3f}" in said
    assert "95" in said
    assert "≥3" in said
    plt.close(figure)


def test_several_estimators_in_chinese(fits):
    named = {"插补估计": fits["imputation"], "双向固定效应": fits["twoway"].events()}
    figure = figures.event_study(named, lang="zh", width_mm=80)
    assert [t.get_text() for t in figure.axes[0].get_legend().get_texts()] == list(named)
    said = texts(figure)
    assert "邻地处理的溢出效应" in said
    assert "距处理的期数" in said
    assert "平行趋势检验" in said
    plt.close(figure)


def test_what_cannot_be_drawn_is_refused(fits):
    with pytest.raises(InputError, match="no events to draw"):
        figures.event_study(pd.DataFrame({"x": [1]}))
    with pytest.raises(InputError, match="kinds="):
        figures.event_study(fits["imputation"], kinds=["direct"])
    figure, axes = plt.subplots()
    with pytest.raises(InputError, match="one ax"):
        figures.event_study(fits["imputation"], ax=axes)
    figures.event_study(fits["imputation"], kinds=["own"], ax=axes)
    plt.close(figure)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_table_holds_what_the_fit_says(fits, lang, tmp_path):
    table = tables.did(fits["imputation"], lang=lang)
    own = fits["imputation"].effects().iloc[0]
    first = table.rows[1]
    assert first.cells[0].value == own["estimate"]
    assert first.cells[0].stars == "***"
    assert [cell.words for cell in first.cells[-2:]] == [str(own[c]) for c in ("nobs", "isolates")]
    assert [row.label for row in table.rows if row.label.startswith("≥")] == ["≥3", "≥3"]
    assert len(table.rows) == 4 + 2 + len(fits["imputation"].events())
    for suffix in ("docx", "tex", "csv"):
        table.save(tmp_path / f"did.{suffix}")
    notes = " ".join(table.notes)
    assert {"en": "clustered by unit", "zh": "聚类到单元"}[lang] in notes
    two = " ".join(tables.did(fits["twoway"], lang=lang).notes)
    assert {"en": "Estimator: two-way", "zh": "估计方法：双向"}[lang] in two


def test_table_of_something_else_is_refused():
    with pytest.raises(InputError, match="no difference in differences"):
        tables.did(pd.DataFrame())
