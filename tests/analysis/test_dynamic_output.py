"""Tables and figures of dynamic models: two horizons, the past among the coefficients."""

from types import SimpleNamespace

import matplotlib
import pytest
from support.moving import dynamic_panel
from support.worlds import graph, lattice_matrix, row_standardised

import spatial
from analysis import figures, tables
from analysis.report.findings import effect_findings, flow_findings
from analysis.report.words import Words

matplotlib.use("Agg")

BINARY = lattice_matrix(5)
W = row_standardised(BINARY)


@pytest.fixture(scope="module")
def fits():
    """A static fit, a dynamic one, and one near a unit root."""
    w = graph(BINARY)
    panel = spatial.Panel(dynamic_panel(W, periods=31, seed=2), "unit", "time")
    near = dynamic_panel(W, periods=9, tau=0.9, eta=-0.1, rho=0.17, seed=8)
    dynamic = spatial.SDM("y ~ x", effects="unit", dynamic=("y", "Wy"))
    return (
        spatial.SDM("y ~ x", effects="unit").fit(panel, w),
        dynamic.fit(panel, w),
        dynamic.fit(spatial.Panel(near, "unit", "time"), w),
    )


def labels_of(table, kind):
    return [row.label for row in table.rows if row.kind == kind]


def test_coefficients_of_the_past_stand_between_lags_and_rho(fits):
    table = tables.models(fits[1], labels={"y": "韧性", "x": "集聚"}, lang="zh", effects=None)
    shown = [row.label for row in table.rows if row.label][:6]
    assert shown == ["集聚", "W × 集聚", "韧性 (t−1)", "W × 韧性 (t−1)", "ρ", "σ²"]
    assert any("Yu、de Jong 和 Lee（2008）" in note for note in table.notes)


def test_one_dynamic_model_has_two_blocks(fits):
    table = tables.effects(fits[1])
    assert labels_of(table, "section") == ["Short run", "Long run"]
    rows = [row for row in table.rows if row.label == "x"]
    found = fits[1].effects().set_index(["horizon", "effect"])["estimate"]
    for row, horizon in zip(rows, ("short", "long"), strict=True):
        values = [cell.value for cell in row.cells]
        assert values == pytest.approx(found[horizon].tolist())


def test_static_models_stand_beside_the_short_run(fits):
    table = tables.models(list(fits), lang="zh")
    heads = ["短期直接效应", "短期间接效应", "短期总效应"]
    heads += [head.replace("短", "长") for head in heads]
    assert labels_of(table, "section") == [*heads, "检验"]
    start = [row.label for row in table.rows].index("短期总效应") + 1
    static = fits[0].effects().set_index("effect").loc["total", "estimate"]
    assert table.rows[start].cells[0].value == pytest.approx(static)
    start = [row.label for row in table.rows].index("长期总效应") + 1
    assert table.rows[start].cells[0].text == ""
    assert table.rows[start].cells[2].text == "n/a"
    assert any(note.startswith("n/a：") for note in table.notes)


def test_the_word_n_a_is_explained_only_where_it_stands(fits):
    assert not any("n/a" in note for note in tables.effects(fits[1]).notes)
    assert labels_of(tables.effects(fits[0]), "section") == []


@pytest.mark.parametrize(
    ("lang", "words"), [("en", ["Short run", "Long run"]), ("zh", ["短期", "长期"])]
)
def test_figure_draws_both_horizons(fits, lang, words):
    figure = figures.effects(fits[1], lang=lang)
    axes = figure.axes
    assert len(axes) == 3
    legend = next(ax.get_legend() for ax in axes if ax.get_legend() is not None)
    assert [text.get_text() for text in legend.get_texts()] == words


def test_figure_names_what_it_cannot_draw(fits):
    figure = figures.effects({"near": fits[2], "far": fits[1]}, kinds=["total"])
    legend = next(ax.get_legend() for ax in figure.axes if ax.get_legend() is not None)
    shown = [text.get_text() for text in legend.get_texts()]
    assert shown == ["near, short run", "far, short run", "far, long run"]
    texts = " ".join(text.get_text() for text in figure.findobj(matplotlib.text.Text))
    assert "infinity: near, long run" in texts.replace("\n", " ")


@pytest.mark.parametrize(
    ("lang", "heads"), [("en", ("Short run: ", "Long run: ")), ("zh", ("短期：", "长期："))]
)
def test_findings_tell_the_runs_apart(fits, lang, heads):
    fit, words = fits[1], Words(lang)
    effects = fit.effects()
    models = SimpleNamespace(
        main=SimpleNamespace(fit=fit, effects=effects),
        by_unit={"x": None},
        flows={"x": fit.flows("x", top=1)},
    )
    found = effect_findings(models, str, words, 3)
    assert [sum(text.startswith(head) for text in found) for head in heads] == [3, 3]
    total = effects.set_index(["horizon", "effect"]).loc[("long", "total"), "estimate"]
    assert f"{total:.3f}" in found[5]
    assert len(flow_findings(models, str, str, words, 3)["x"]) == 1
