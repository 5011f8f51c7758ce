"""Formulas: what may be written, names of terms and their lags, what is refused."""

import numpy as np
import pandas as pd
import pytest
from support import worlds

import spatial
from spatial.formula import check_formula, formula_names


@pytest.fixture(scope="module")
def world():
    matrix = worlds.lattice_matrix(4)
    table = worlds.simulated_panel(worlds.row_standardised(matrix), periods=4, seed=1)
    table["产业"] = table["x1"].abs() + 1
    table["GDP (亿元)"] = table["x2"].abs() + 1
    table["region"] = np.where(table["unit"] < "u008", "east", "west")
    table["code"] = np.where(table["unit"] < "u005", 1, np.where(table["unit"] < "u011", 2, 3))
    table["pilot"] = (table["unit"] < "u004") & (table["time"] > 2001)
    return (
        spatial.Panel(table, "unit", "time"),
        worlds.graph(matrix),
        worlds.row_standardised(matrix),
    )


@pytest.mark.parametrize(
    ("formula", "names"),
    [
        ("y ~ x1 + log(产业)", ["x1", "log(产业)", "W.x1", "W.log(产业)"]),
        ("y ~ x1:x2", ["x1:x2", "W.x1:x2"]),
        ("y ~ x1 * x2", ["x1", "x2", "x1:x2", "W.x1", "W.x2", "W.x1:x2"]),
        ("y ~ x1 + I(x1**2)", ["x1", "I(x1 ** 2)", "W.x1", "W.I(x1 ** 2)"]),
        ("y ~ `GDP (亿元)`", ["GDP (亿元)", "W.GDP (亿元)"]),
        ("y ~ x1 + pilot", ["x1", "pilot", "W.x1", "W.pilot"]),
        ("log(产业) ~ x1 + exp(x2/10)", ["x1", "exp(x2/10)", "W.x1", "W.exp(x2/10)"]),
    ],
)
def test_terms_are_spelt_as_written(world, formula, names):
    panel, graph, _ = world
    fit = spatial.SDM(formula, effects="twoway").fit(panel, graph)
    assert [name.replace(" / ", "/") for name in fit.params.index] == [*names, "rho"]


def test_factor_is_never_its_integer_code(world):
    panel, graph, w = world
    fit = spatial.SLX("y ~ x1 + C(code)").fit(panel, graph)
    assert list(fit.params.index) == [
        "Intercept",
        "x1",
        "C(code)[T.2]",
        "C(code)[T.3]",
        "W.x1",
        "W.C(code)[T.2]",
        "W.C(code)[T.3]",
    ]
    table = panel.frame.assign(
        c2=lambda t: (t["code"] == 2) * 1.0, c3=lambda t: (t["code"] == 3) * 1.0
    )
    plain = spatial.SLX("y ~ x1 + c2 + c3").fit(spatial.Panel(table, "unit", "time"), graph)
    np.testing.assert_allclose(fit.params, plain.params, rtol=1e-9)
    assert fit.effects_by_unit("C(code)[T.2]").shape == (16, 6)


def test_lagged_takes_terms_of_the_formula(world):
    panel, graph, _ = world
    fit = spatial.SLX("y ~ x1 + C(code) + log(产业)", lagged=["C(code)", "log( 产业 )"]).fit(
        panel, graph
    )
    assert [n for n in fit.params.index if n.startswith("W.")] == [
        "W.C(code)[T.2]",
        "W.C(code)[T.3]",
        "W.log(产业)",
    ]
    with pytest.raises(spatial.InputError, match="lagged= names x2"):
        spatial.SLX("y ~ x1", lagged=["x2"]).fit(panel, graph)


def test_lag_is_the_panels_shift(world):
    panel, graph, _ = world
    fit = spatial.SDM("y ~ lag(x1)", effects="unit").fit(panel, graph)
    assert list(fit.times) == [2001, 2002, 2003]
    assert any("lag() uses 2000" in note for note in fit.notes)
    table = panel.frame.assign(before=panel.shift("x1")).query("time > 2000")
    plain = spatial.SDM("y ~ before", effects="unit").fit(
        spatial.Panel(table, "unit", "time"), graph
    )
    np.testing.assert_allclose(fit.params, plain.params, rtol=1e-12)
    with pytest.raises(spatial.InputError, match="needs a panel"):
        spatial.SDM("y ~ lag(x1)").fit(panel.at(2001), graph)


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("y ~ x.__class__", r"holds '\.'"),
        ("y ~ open(x)", r"calls open\(\)"),
        ("y ~ np.log(x)", r"holds '\.'"),
        ("y ~ poly(x, 2)", r"calls poly\(\)"),
        ("y ~ x['a']", r"holds '\['"),
        ("y ~ x == 1", "holds '='"),
        ("y ~ 'text'", 'holds "\'"'),
        ("y ~ C(x, Treatment)", "holds ','"),
        ("y + x", "outcome ~ regressor"),
        ("y ~ ", "lacks its right side"),
        (" ~ x", "lacks its left side"),
        (3, "outcome ~ regressor"),
    ],
)
def test_nothing_else_is_evaluated(formula, message):
    with pytest.raises(spatial.InputError, match=message):
        check_formula(formula)


def test_names_of_a_formula():
    assert formula_names("log(y) ~ x + C(r):`a b` + lag(x)") == ["y", "x", "r", "a b"]


@pytest.mark.parametrize("name", ["rho", "lambda", "W.x", "L.y", "Intercept"])
def test_reserved_names_are_refused(world, name):
    panel, graph, _ = world
    table = panel.frame.rename(columns={"x2": name})
    with pytest.raises(spatial.InputError, match="rename"):
        spatial.SDM(f"y ~ x1 + `{name}`").fit(spatial.Panel(table, "unit", "time"), graph)


def test_wrong_names_get_a_hint(world):
    panel, graph, _ = world
    with pytest.raises(
        spatial.InputError,
        match="names agglomeraton, which the table lacks; did you mean agglomeration",
    ):
        spatial.SDM("y ~ agglomeraton").fit(
            spatial.Panel(panel.frame.assign(agglomeration=1.0), "unit", "time"), graph
        )
    with pytest.raises(spatial.InputError, match="cannot be read"):
        spatial.SDM("y ~ x1 + (x2").fit(panel, graph)


def test_numbers_kept_as_text_are_refused_with_the_cell(world):
    panel, graph, _ = world
    broken = panel.frame.assign(x1=panel.frame["x1"].astype(str))
    broken.loc[3, "x1"] = "12,5"
    with pytest.raises(
        spatial.InputError, match="x1 holds numbers as text; mend 12,5 at u003 2000"
    ):
        spatial.SDM("y ~ x1").fit(spatial.Panel(broken, "unit", "time"), graph)


def test_words_are_categories(world):
    panel, graph, _ = world
    fit = spatial.SDM("y ~ x1 + region", lagged=["x1"]).fit(panel, graph)
    assert "region[T.west]" in fit.params.index


def test_plain_and_parsed_paths_agree(world):
    panel, graph, _ = world
    plain = spatial.SDM("y ~ x1 + x2").fit(panel, graph)
    parsed = spatial.SDM("y ~ (x1 + x2)").fit(panel, graph)
    pd.testing.assert_series_equal(plain.params, parsed.params)


def test_codes_written_as_text_may_be_categories(world):
    panel, graph, _ = world
    coded = spatial.Panel(panel.frame.assign(code=panel.frame["code"].astype(str)), "unit", "time")
    text = spatial.SLX("y ~ x1 + C(code)").fit(coded, graph)
    number = spatial.SLX("y ~ x1 + C(code)").fit(panel, graph)
    np.testing.assert_allclose(text.params, number.params)
    with pytest.raises(spatial.InputError, match=r"or write C\(code\)"):
        spatial.SLX("y ~ x1 + code").fit(coded, graph)


def test_numbers_in_object_columns_are_numbers(world):
    panel, graph, _ = world
    loose = spatial.Panel(panel.frame.astype({"x1": object}), "unit", "time")
    pd.testing.assert_series_equal(
        spatial.SDM("y ~ x1").fit(loose, graph).params,
        spatial.SDM("y ~ x1").fit(panel, graph).params,
    )


def test_columns_of_one_name_are_refused(world):
    panel, graph, _ = world
    twice = pd.concat([panel.frame, panel.frame[["x1"]]], axis=1)
    with pytest.raises(spatial.InputError, match="several columns called x1"):
        spatial.SDM("y ~ x1").fit(spatial.Panel(twice, "unit", "time"), graph)
