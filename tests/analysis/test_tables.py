"""Printed tables: what stands in which cell, and what each kind of file holds when reopened."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser
from pathlib import Path

import docx
import numpy as np
import openpyxl
import pandas as pd
import pytest
from docx.oxml.ns import qn

import spatial
from analysis import tables
from analysis.tables.cells import Cell, stars_of
from analysis.tables.excel import number_format
from analysis.tables.labels import term_label
from analysis.tables.latex import escape
from analysis.tables.table import Head, Row, Table
from analysis.tables.widths import GAP, LETTER, body_size, fitted_widths
from spatial import weights
from spatial.autocorrelation import moran, moran_by_time
from spatial.errors import InputError

LABELS = {"agg": "数字产业集聚", "res": "经济韧性", "gdp": "人均产值"}


@pytest.fixture(scope="module")
def world():
    """A 5 × 5 queen lattice over six years with a spillover, its panel and three fits."""
    rng = np.random.default_rng(7)
    side, years = 5, range(2011, 2017)
    place = np.array([divmod(i, side) for i in range(side * side)])
    links = (np.abs(place[:, None] - place[None]).max(axis=2) == 1).astype(float)
    names = [f"市{i:02d}" for i in range(len(place))]
    w = weights.from_matrix(links, names)
    scaled = links / links.sum(axis=1, keepdims=True)
    own = rng.normal(size=len(place))
    frames = []
    for year in years:
        agg, gdp = rng.normal(size=25), np.exp(rng.normal(size=25))
        shock = 0.3 * agg - 0.2 * np.log(gdp) + 0.2 * scaled @ agg + own
        res = np.linalg.solve(np.eye(25) - 0.4 * scaled, shock + 0.2 * rng.normal(size=25))
        frames.append(
            pd.DataFrame({"city": names, "year": year, "res": res, "agg": agg, "gdp": gdp})
        )
    panel = spatial.Panel(pd.concat(frames), unit="city", time="year")
    spec = "res ~ agg + log(gdp)"
    fits = {
        "ols": spatial.OLS(spec).fit(panel, w),
        "sar": spatial.SAR(spec, effects="twoway").fit(panel, w),
        "sdm": spatial.SDM(spec, effects="twoway").fit(panel, w),
    }
    return {"w": w, "panel": panel, **fits}


@pytest.fixture(scope="module")
def table(world):
    fits = [world["ols"], world["sar"], world["sdm"]]
    return tables.models(fits, labels=LABELS, lang="zh", parentheses="t", title="表2 估计结果")


def line(printed: Table, label: str, nth: int = 0) -> list[str]:
    rows = [i for i, row in enumerate(printed.rows) if row.label == label]
    return [cell.text for cell in printed.rows[rows[nth]].cells]


def below(printed: Table, label: str, nth: int = 0) -> list[str]:
    rows = [i for i, row in enumerate(printed.rows) if row.label == label]
    return [cell.text for cell in printed.rows[rows[nth] + 1].cells]


# ---- cells


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (Cell(value=-0.12345, stars="**"), "-0.123**"),
        (Cell(value=2.5, brackets=True, decimals=2), "(2.50)"),
        (Cell(value=-0.00001, smallest="e"), "-1.0e-05"),
        (Cell(value=-0.00001), "0.000"),
        (Cell(value=0.0, smallest="p"), "0.000"),
        (Cell(value=0.00001, smallest="p"), "<0.001"),
        (Cell(value=float("nan")), "–"),
        (Cell(value=3848.0, decimals=0), "3848"),
        (Cell(words="是"), "是"),
    ],
)
def test_cells_print_their_number(cell, text):
    assert cell.text == text


@pytest.mark.parametrize(
    ("p", "stars"), [(0.0001, "***"), (0.01, "**"), (0.049, "**"), (0.05, "*"), (0.1, ""), (1, "")]
)
def test_stars_stay_below_their_level(p, stars):
    assert stars_of(p, (0.01, 0.05, 0.1)) == stars
    assert stars_of(float("nan"), (0.01, 0.05, 0.1)) == ""


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("agg", "Agglomeration"),
        ("W.agg", "W × Agglomeration"),
        ("W.log(gdp)", "W × ln(GDP)"),
        ("agg:log(gdp)", "Agglomeration × ln(GDP)"),
        ("C(region)[T.east]", "region: East"),
        ("C(region)[T.a:b]:agg", "region: a:b × Agglomeration"),
        ("L.agg", "Agglomeration (t−1)"),
        ("lag(agg)", "Agglomeration (t−1)"),
        ("I(agg ** 2)", "(agg ** 2)"),
        ("Intercept", "Constant"),
        ("rho", "ρ"),
        ("lambda", "λ"),
        ("unknown", "unknown"),
    ],
)
def test_labels_are_carried_through_terms(term, text):
    labels = {"agg": "Agglomeration", "gdp": "GDP", "east": "East"}
    assert term_label(term, labels, "en") == text


def test_a_label_of_the_whole_term_wins():
    assert term_label("log(gdp)", {"log(gdp)": "Income", "gdp": "GDP"}, "en") == "Income"
    assert term_label("W.log(gdp)", {"log(gdp)": "Income"}, "zh") == "W × Income"


# ---- models


def test_models_hold_what_the_fits_hold(world, table):
    sdm = world["sdm"]
    head = [[cell.text for cell in heads] for heads in table.head]
    assert head == [["", "(1)", "(2)", "(3)"], ["变量", "OLS", "SAR", "SDM"]]
    labels = [row.label for row in table.rows if row.kind != "under"]
    assert labels == [
        *[
            "数字产业集聚",
            "ln(人均产值)",
            "常数项",
            "W × 数字产业集聚",
            "W × ln(人均产值)",
            "ρ",
            "σ²",
        ],
        *["直接效应", "数字产业集聚", "ln(人均产值)"],
        *["间接效应", "数字产业集聚", "ln(人均产值)"],
        *["总效应", "数字产业集聚", "ln(人均产值)"],
        *["检验", "Wald 检验：简化为 SAR", "p 值", "Wald 检验：简化为 SEM", "p 值"],
        *["个体固定效应", "时间固定效应", "偏误校正", "观测值", "个体数", "期数"],
        *["R²", "对数似然值", "AIC"],
    ]
    for label, term in (("数字产业集聚", "agg"), ("W × ln(人均产值)", "W.log(gdp)"), ("ρ", "rho")):
        stars = stars_of(sdm.pvalues[term], (0.01, 0.05, 0.1))
        assert line(table, label)[2] == f"{sdm.params[term]:.3f}{stars}"
        assert below(table, label)[2] == f"({sdm.params[term] / sdm.std_errors[term]:.3f})"
    assert line(table, "W × 数字产业集聚")[:2] == ["", ""]
    assert line(table, "ρ")[0] == ""
    assert line(table, "σ²")[1] == f"{world['sar'].sigma2:.3f}"
    assert line(table, "观测值") == ["150"] * 3
    assert line(table, "个体数") == ["25"] * 3
    assert line(table, "期数") == ["6"] * 3
    assert line(table, "个体固定效应") == ["否", "是", "是"]
    assert line(table, "偏误校正") == ["否", "Lee–Yu", "Lee–Yu"]
    assert line(table, "对数似然值")[2] == f"{sdm.loglik:.3f}"
    assert line(table, "AIC")[2] == f"{sdm.aic:.3f}"


def test_effects_block_and_zero_by_construction(world, table):
    found = world["sdm"].effects().set_index(["effect", "term"])
    for nth, kind in enumerate(("direct", "indirect", "total"), start=1):
        row = found.loc[(kind, "agg")]
        stars = stars_of(row["p_value"], (0.01, 0.05, 0.1))
        assert line(table, "数字产业集聚", nth)[2] == f"{row['estimate']:.3f}{stars}"
        assert below(table, "数字产业集聚", nth)[2] == f"({row['statistic']:.3f})"
    assert line(table, "数字产业集聚", 2)[0] == "–"
    assert below(table, "数字产业集聚", 2)[0] == ""
    assert any("恒为零" in note for note in table.notes)


def test_notes_say_what_was_corrected_and_what_rho_is_without(world, table):
    text = table.notes_text
    rho = [world[name].uncorrected().params["rho"] for name in ("sar", "sdm")]
    assert f"未作校正时 ρ 为 {rho[0]:.3f} (2)、{rho[1]:.3f} (3)" in text
    assert "第 (2)、(3) 列" in text
    assert "***、**、* 分别表示在 1%、5%、10% 水平上显著" in text
    assert "括号内：t 统计量" in text
    assert "被解释变量：经济韧性" in text
    assert "期望信息矩阵" in text
    assert f"空间权重：{weights.label(world['w'], 'zh')}" in text
    assert "不可跨列比较" in text


def test_the_tests_block_is_that_of_the_tests(world, table):
    for word, target in (("SAR", "sar"), ("SEM", "sem")):
        found = spatial.wald_test(world["sdm"], target)
        label = f"Wald 检验：简化为 {word}"
        stars = stars_of(found["p_value"], (0.01, 0.05, 0.1))
        assert line(table, label) == ["", "", f"{found['statistic']:.3f}{stars}"]
        shown = "<0.001" if found["p_value"] < 0.0005 else f"{found['p_value']:.3f}"
        assert below(table, label) == ["", "", shown]
    fits = [world["ols"], world["sar"]]
    assert not any(row.label == "Tests" for row in tables.models(fits).rows)
    lm = spatial.lm_tests("res ~ agg + log(gdp)", world["panel"], world["w"])
    ratio = spatial.lr_test(world["sar"], world["sdm"])
    printed = tables.models(
        [world["ols"], world["sdm"]], tests=[lm, [ratio, spatial.wald_test(world["sdm"], "sar")]]
    )
    lag = lm.set_index("test").loc["lm_lag"]
    assert line(printed, "LM lag")[0].rstrip("*") == f"{lag['statistic']:.3f}"
    assert line(printed, "LM lag")[1] == ""
    assert line(printed, "LR, reduction to SAR")[1].rstrip("*") == f"{ratio['statistic']:.3f}"
    none = tables.models(world["sdm"], tests=None)
    assert not any(row.label == "Tests" for row in none.rows)
    with pytest.raises(InputError, match="1 results for 2 models"):
        tables.models(fits, tests=[lm])
    with pytest.raises(InputError, match="tests='lm' is unknown"):
        tables.models(fits, tests="lm")


def test_a_format_is_chosen_once(world):
    printed = tables.Format(labels=LABELS, lang="zh", decimals=2, stars=(0.05,), parentheses="t")
    choice = {"labels": LABELS, "lang": "zh", "decimals": 2, "stars": (0.05,)}
    sdm, panel = world["sdm"], world["panel"]
    assert printed.models(sdm) == tables.models(sdm, **choice, parentheses="t")
    assert printed.effects([sdm]) == tables.effects([sdm], **choice, parentheses="t")
    assert printed.correlations(panel) == tables.correlations(panel, **choice)
    assert printed.describe(panel).rows[0].cells[1].decimals == 2
    assert printed.models(sdm, decimals=4) == tables.models(
        sdm, LABELS, "zh", 4, (0.05,), parentheses="t"
    )
    kinds = set(tables.__all__) - {"Table", "Format"}
    assert kinds <= set(dir(printed))
    assert all(callable(getattr(printed, kind)) for kind in kinds)
    with pytest.raises(AttributeError):
        printed.map  # noqa: B018
    for wrong in ({"lang": "fr"}, {"decimals": 99}, {"stars": (2.0,)}, {"parentheses": "p"}):
        with pytest.raises(InputError):
            tables.Format(**wrong)


def test_english_standard_errors_names_and_other_stars(world):
    sdm = world["sdm"]
    printed = tables.models(
        sdm,
        {"agg": "Agglomeration"},
        decimals=4,
        stars=(0.05,),
        effects=None,
        tests=None,
        names=["Main"],
    )
    assert printed.columns == ["Variable", "(1) Main"]
    star = "*" if sdm.pvalues["agg"] < 0.05 else ""
    assert line(printed, "Agglomeration") == [f"{sdm.params['agg']:.4f}{star}"]
    assert below(printed, "Agglomeration") == [f"({sdm.std_errors['agg']:.4f})"]
    assert not any(row.kind == "section" for row in printed.rows)
    assert "In parentheses: standard error; * p<0.05." in printed.notes
    rho = sdm.uncorrected().params["rho"]
    assert f"Without this correction ρ is {rho:.4f}." in printed.notes


def test_uncorrected_fits_and_a_cross_section(world):
    plain = world["sdm"].uncorrected()
    assert "Not corrected for the bias of fixed effects." in tables.models(plain).notes
    year = world["panel"].at(2012)
    fit = spatial.SAR("res ~ agg").fit(year, world["w"])
    printed = tables.models(fit)
    labels = [row.label for row in printed.rows]
    assert "Periods" not in labels
    assert "Unit fixed effects" not in labels
    assert not any("bias" in note for note in printed.notes)


def test_a_rho_that_is_not_identified_without_the_correction_is_said(world, monkeypatch):
    fit = world["sar"]

    def refuse(self):
        raise InputError("the likelihood rises to the edge")

    monkeypatch.setattr(type(fit), "uncorrected", refuse)
    assert "Without this correction ρ is not identified." in tables.models(fit).notes


def test_simulated_effects_follow_the_seed(world):
    one, other = (tables.effects(world["sar"], method="simulate", seed=s).frame for s in (1, 2))
    again = tables.effects(world["sar"], method="simulate", seed=1).frame
    assert one.equals(again)
    assert not one.equals(other)


def test_models_on_different_weights_outcomes_and_covariances(world):
    place = np.array([divmod(i, 5) for i in range(25)])
    rook = np.abs(place[:, None] - place[None]).sum(axis=2) == 1
    other = weights.from_matrix(rook.astype(float), list(world["panel"].units))
    assert weights.label(other) == weights.label(world["w"])
    sar = world["sar"]
    again = spatial.SAR("agg ~ log(gdp)", effects="twoway").fit(world["panel"], other)
    printed = tables.models([sar.with_cov("observed"), again], labels=LABELS, effects=None)
    assert line(printed, "Weights") == ["W1", "W2"]
    assert [head.text for head in printed.head[2]] == [
        "Dependent variable",
        "经济韧性",
        "数字产业集聚",
    ]
    text = printed.notes_text
    assert "W1 " in text
    assert "(1) observed information; (2) expected information" in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"fits": []}, "one fit or a list"),
        ({"fits": [1]}, "one fit or a list"),
        ({"names": ["a", "b"]}, "2 names for 1 models"),
        ({"lang": "fr"}, "'fr'"),
        ({"parentheses": "p"}, "'p' is unknown"),
        ({"stars": (5, 1)}, "between 0 and 1"),
        ({"decimals": 11}, "out of range"),
    ],
)
def test_models_refusals(world, arguments, words):
    with pytest.raises(InputError, match=re.escape(words)):
        tables.models(**{"fits": world["sdm"], **arguments})


# ---- effects, Moran, description


def test_effects_of_one_model_across_and_of_several_in_blocks(world):
    one = tables.effects(world["sdm"], labels=LABELS, lang="zh")
    assert one.columns == ["", "直接效应", "间接效应", "总效应"]
    found = world["sdm"].effects().set_index(["effect", "term"])
    want = [found.loc[(kind, "agg")] for kind in ("direct", "indirect", "total")]
    assert [text.rstrip("*") for text in line(one, "数字产业集聚")] == [
        f"{row['estimate']:.3f}" for row in want
    ]
    assert below(one, "数字产业集聚") == [f"({row['std_error']:.3f})" for row in want]
    assert "模型：SDM。" in one.notes
    two = tables.effects([world["sar"], world["sdm"]], method="simulate")
    assert [row.label for row in two.rows if row.kind == "section"] == [
        "Direct effect",
        "Indirect effect",
        "Total effect",
    ]
    assert any("simulation" in note for note in two.notes)


def test_moran_of_one_variable_and_of_two(world):
    panel, w = world["panel"], world["w"]
    res, agg = moran_by_time(panel, "res", w), moran_by_time(panel, "agg", w)
    one = tables.moran({"res": res}, labels=LABELS, lang="zh", weights=w)
    assert one.columns == ["年份", "莫兰指数 I", "期望值", "标准差", "z 值", "p 值"]
    row = res.loc[2013]
    assert line(one, "2013")[1:4] == [f"{row[key]:.3f}" for key in ("expected", "std_dev", "z")]
    assert line(one, "2013")[0].rstrip("*") == f"{row['statistic']:.3f}"
    assert "变量：经济韧性。" in one.notes
    assert weights.label(w, "zh") in one.notes_text
    two = tables.moran({"res": res, "agg": agg.drop(index=2014)}, labels=LABELS)
    assert [(head.text, head.span) for head in two.head[0]] == [
        ("", 1),
        ("经济韧性", 2),
        ("数字产业集聚", 2),
    ]
    assert line(two, "2014")[2:] == ["", ""]
    assert line(two, "2015")[3] == f"{agg.loc[2015, 'z']:.3f}"
    assert "two-sided p" in two.notes_text


def test_moran_of_a_cross_section(world):
    result = moran(world["panel"].at(2012)["res"], world["w"])
    printed = tables.moran(result)
    assert len(printed.rows) == 1
    assert printed.rows[0].cells[0].value == pytest.approx(result["statistic"])
    with pytest.raises(InputError, match=re.escape("spatial.moran_by_time")):
        tables.moran(pd.DataFrame({"a": [1]}))


def test_describe_against_pandas(world):
    frame = world["panel"].frame
    frame.loc[3, "gdp"] = np.nan
    printed = tables.describe(frame, ["gdp", "agg"], labels=LABELS, decimals=2)
    want = frame["gdp"].agg(["count", "mean", "std", "min", "median", "max"])
    assert line(printed, "人均产值") == ["149", *(f"{value:.2f}" for value in want[1:])]
    everything = tables.describe(world["panel"])
    assert [row.label for row in everything.rows] == ["res", "agg", "gdp"]
    with pytest.raises(InputError, match="did you mean gdp"):
        tables.describe(frame, ["gpd"])
    with pytest.raises(InputError, match="'city' holds text"):
        tables.describe(frame, ["city"])
    with pytest.raises(InputError, match="no values"):
        tables.describe(frame.assign(void=np.nan), "void")


# ---- files


HOSTILE = Table(
    head=((Head("=1+1"), Head("<b>&_%$")),),
    rows=(
        Row("=HYPERLINK(1)", (Cell(words="@evil"),)),
        Row("+a|b*c", (Cell(value=-1.5, stars="**"),)),
        Row("", (Cell(value=-0.25, brackets=True),), kind="under"),
        Row("-x {y} \\z", (Cell(words="<script>alert(1)</script>"),), rule=True),
    ),
    notes=("=note #1 ~ ^",),
    title="-title & <i>",
    under="std. error",
)


def test_word_three_rules_and_both_fonts(tmp_path, table):
    path = table.save(tmp_path / "表 2.docx")
    document = docx.Document(str(path))
    (grid,) = document.tables
    assert document.paragraphs[0].text == "表2 估计结果"
    texts = [[cell.text for cell in row.cells] for row in grid.rows]
    assert texts[1] == ["变量", "OLS", "SAR", "SDM"]
    assert texts[2][0] == "数字产业集聚"
    assert texts[2][3] == line(table, "数字产业集聚")[2].replace("-", "−")
    assert document.paragraphs[-1].text.startswith("注：括号内")
    minus = [text for row in texts for text in row if text.startswith(("-", "(-"))]
    assert minus == []
    runs = [run for p in document.paragraphs for run in p.runs]
    runs += [run for row in grid.rows for c in row.cells for p in c.paragraphs for run in p.runs]
    for properties in [run._r.rPr for run in runs] + [document.styles["Normal"].element.rPr]:
        fonts = properties.rFonts
        assert fonts.get(qn("w:eastAsia")) == "宋体"
        assert fonts.get(qn("w:ascii")) == "Times New Roman"
    for row, side, eighths in ((0, "top", "12"), (1, "bottom", "6"), (-1, "bottom", "12")):
        for cell in grid.rows[row].cells:
            edge = cell._tc.tcPr.find(qn("w:tcBorders")).find(qn(f"w:{side}"))
            assert edge.get(qn("w:sz")) == eighths
    starred = [r for r in grid.rows[2].cells[3].paragraphs[0].runs if r.font.superscript]
    assert [run.text for run in starred] == ["***"]


def test_a_wide_table_turns_the_page(tmp_path, world):
    wide = tables.models([world["sdm"]] * 8, labels={"agg": "A long name of a regressor"})
    section = docx.Document(str(wide.save(tmp_path / "wide.docx"))).sections[0]
    assert section.page_width > section.page_height
    narrow = tables.models(world["sdm"]).save(tmp_path / "narrow.docx")
    section = docx.Document(str(narrow)).sections[0]
    assert section.page_width < section.page_height


def test_excel_numbers_are_numbers_and_nothing_is_a_formula(tmp_path, world, table):
    sheet = openpyxl.load_workbook(table.save(tmp_path / "表2.xlsx")).active
    cells = {cell.value: cell for row in sheet.iter_rows() for cell in row if cell.value}
    sdm = world["sdm"]
    estimate = sheet.cell(4, 4)
    assert estimate.value == pytest.approx(sdm.params["agg"], rel=1e-15)
    assert estimate.number_format == '0.000"***"'
    assert sheet.cell(5, 4).number_format == '"("0.000")";"(-"0.000")"'
    assert cells["观测值"].offset(column=3).value == 150
    assert cells["变量"].font.name == "宋体"
    sheet = openpyxl.load_workbook(HOSTILE.save(tmp_path / "hostile.xlsx")).active
    kinds = {cell.data_type for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    texts = [cell.value for row in sheet.iter_rows() for cell in row if cell.data_type == "s"]
    assert {"=HYPERLINK(1)", "@evil", "+a|b*c", "=1+1", "-title & <i>"} <= set(texts)
    assert all(
        cell.quotePrefix
        for row in sheet.iter_rows()
        for cell in row
        if str(cell.value).startswith(("=", "+", "@"))
    )


@pytest.mark.parametrize(
    ("cell", "form"),
    [
        (Cell(value=1.0, decimals=0), "0"),
        (Cell(value=1e-6, smallest="e", stars="*"), '0.0E+00"*"'),
        (Cell(value=1e-6, smallest="p"), '"<0.001"'),
    ],
)
def test_number_formats(cell, form):
    assert number_format(cell) == form


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.texts.append(data)


def test_html_is_escaped_and_complete(tmp_path, table):
    reader = Reader()
    reader.feed(HOSTILE.save(tmp_path / "hostile.html").read_text(encoding="utf-8"))
    assert not {"b", "i", "script"} & set(reader.tags)
    assert "<script>alert(1)</script>" in reader.texts
    fragment = table.to_html()
    assert fragment.count("<tr") == len(table.head) + len(table.rows)
    assert "<sup>***</sup>" in fragment
    assert not re.search(r">\(?-\d", fragment)
    page = table.save(tmp_path / "表2.html").read_text(encoding="utf-8")
    assert '<html lang="zh-CN">' in page
    assert fragment in page


def test_latex_escapes_and_balances(table):
    text = table.to_latex()
    assert text.startswith("% needs \\usepackage{booktabs} and \\usepackage{ctex}")
    for rule in ("toprule", "bottomrule"):
        assert text.count(f"\\{rule}") == 1
    for row in re.findall(r"^[^%\\].*? \\\\$", text, flags=re.MULTILINE):
        assert row.count("&") == 3
    assert re.search(r"\$-?\d\.\d{3}\^\{\*\*\*\}\$", text)
    for sign in "&%$#_{}~^\\":
        assert escape(sign) != sign
    assert escape("*** p<0.01 [a] σ²") == r"$^{***}$ p$<$0.01 {[}a{]} $\sigma$$^2$"
    spanning = Table(head=((Head(""), Head("a", 2)), (Head(""), Head("I"), Head("z"))), rows=())
    assert r"\multicolumn{2}{c}{a}" in spanning.to_latex()
    assert r"\cmidrule(lr){2-3}" in spanning.to_latex()


def test_markdown_is_a_pipe_table(table):
    lines = table.to_markdown().splitlines()
    rows = [text for text in lines if text.startswith("|")]
    assert len(rows) == 2 + len(table.rows)
    assert {row.count("|") for row in rows} == {5}
    hostile = HOSTILE.to_markdown()
    assert r"+a\|b\*c" in hostile
    assert "<script>" not in hostile.replace(r"\<", "")


def test_csv_opens_in_excel_as_it_is_meant(tmp_path, table):
    data = table.save(tmp_path / "表2.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert rows[0] == ["变量", "(1) OLS", "(2) SAR", "(3) SDM"]
    assert rows[2][0] == "数字产业集聚 (t 统计量)"
    assert rows[2][1:] == [text.strip("()") for text in below(table, "数字产业集聚")]
    hostile = HOSTILE.save(tmp_path / "hostile.csv").read_bytes().decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(hostile)) for cell in row]
    assert [
        c for c in cells if c.startswith(("=", "+", "@", "-")) and not c.startswith("-1.5")
    ] == ["-0.250"]
    assert "'=HYPERLINK(1)" in cells


def test_frame_gives_the_printed_cells(table):
    frame = table.frame
    assert list(frame.columns) == ["变量", "(1) OLS", "(2) SAR", "(3) SDM"]
    assert len(frame) == len(table.rows)
    assert frame.iloc[0].tolist() == ["数字产业集聚", *line(table, "数字产业集聚")]


def test_saving_refuses_and_leaves_nothing_half_written(tmp_path, table, monkeypatch):
    with pytest.raises(InputError, match=re.escape(".docx .xlsx .tex .html .md .csv")):
        table.save(tmp_path / "table.pdf")
    with pytest.raises(InputError, match="no folder"):
        table.save(tmp_path / "absent" / "table.md")
    target = table.save(tmp_path / "table.md")
    before = target.read_bytes()

    def full(self, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(InputError, match="No space left"):
        table.save(target)
    monkeypatch.undo()
    assert target.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["table.md"]


def test_moran_names_the_weights_in_the_language_of_the_table(world):
    result = moran_by_time(world["panel"], "res", world["w"])
    assert result.attrs["weights_zh"] in tables.moran(result, lang="zh").notes[-1]
    assert result.attrs["weights"] in tables.moran(result).notes[-1]


# ---- widths in Word


def wide_table(columns: int, label: str) -> Table:
    """Years, numbers and a text column."""
    head = (Head("年份"), *(Head(f"({i})") for i in range(columns)), Head("去向"))
    cells = (*(Cell(value=-0.25) for _ in range(columns)), Cell(words="杭州市 0.1；" * 12))
    return Table((head,), tuple(Row(label, cells) for _ in range(3)))


@pytest.mark.parametrize("columns", [1, 6, 12])
def test_widths_keep_numbers_whole_and_fill_the_line(columns):
    table, room = wide_table(columns, "2011"), 16.0
    widths = fitted_widths(table, room)
    assert sum(widths) == pytest.approx(room)
    scale = body_size(table, room, 9.0) / 9.0
    for width, letters in zip(widths, table.narrowest, strict=True):
        assert width >= scale * (letters * LETTER + GAP) - 1e-9
    if scale == 1.0:  # otherwise the columns have no more than they need
        assert widths[-1] > widths[1]


def test_a_table_too_wide_to_wrap_is_set_smaller():
    assert body_size(wide_table(6, "2011"), 16.0, 9.0) == 9.0
    assert 6.0 <= body_size(wide_table(14, "2011"), 16.0, 9.0) < 9.0


def test_long_labels_wrap_in_the_workbook(tmp_path):
    label = "A path from one variable to another " * 3
    table = Table(((Head("Path"), Head("b")),), (Row(label, (Cell(value=0.5),)),))
    sheet = openpyxl.load_workbook(table.save(tmp_path / "a.xlsx")).active
    cell = next(c for c in sheet["A"] if c.value == label)
    assert cell.alignment.wrap_text
    assert sheet.row_dimensions[cell.row].height > 20
    assert sheet.cell(cell.row, 2).value == 0.5
