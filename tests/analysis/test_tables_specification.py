"""Tables of tests: one result, several, in both languages."""

import numpy as np
import pandas as pd
import pytest

import spatial
from analysis import tables
from analysis.terms import TERMS
from spatial import weights
from spatial.diagnostics.lm import DURBIN_TESTS, LM_TESTS
from spatial.errors import InputError

SPEC = "res ~ agg"


@pytest.fixture(scope="module", name="world")
def fixture_world():
    rng = np.random.default_rng(4)
    ring = np.roll(np.eye(20), 1, axis=1) + np.roll(np.eye(20), -1, axis=1)
    names = [f"市{i:02d}" for i in range(20)]
    w = weights.from_matrix(ring, names)
    solve = np.linalg.inv(np.eye(20) - 0.25 * ring)
    frames = []
    for year in range(2011, 2017):
        agg = rng.normal(size=20)
        res = solve @ (agg + rng.normal(size=20))
        frames.append(pd.DataFrame({"city": names, "year": year, "agg": agg, "res": res}))
    return spatial.Panel(pd.concat(frames), "city", "year"), w


def test_one_result(world):
    found = spatial.lm_tests(SPEC, *world)
    frame = tables.tests(found).frame
    assert list(frame.columns) == ["Test", "Statistic", "df", "p", "Null hypothesis"]
    assert frame["Test"].tolist()[:2] == ["LM lag", "LM error"]
    assert frame.loc[0, "Statistic"].rstrip("*") == f"{found['statistic'][0]:.3f}"
    assert frame["Null hypothesis"].tolist() == [
        "ρ = 0", "λ = 0", "ρ = 0, λ free", "λ = 0, ρ free", "ρ = λ = 0",
    ]  # fmt: skip
    assert frame.loc[4, "df"] == "2"


def test_results_under_each_other(world):
    panel, w = world
    sdm = spatial.SDM(SPEC, effects="unit").fit(panel, w)
    parts = [
        spatial.wald_test(sdm, "sar"),
        spatial.wald_test(sdm, "sem"),
        spatial.lr_test(spatial.SAR(SPEC, effects="unit").fit(panel, w), sdm),
        spatial.pesaran_cd(sdm),
        spatial.residual_moran(spatial.OLS(SPEC).fit(panel, w)),
    ]
    table = tables.tests(parts, lang="zh", weights=w)
    frame = table.frame
    assert frame["检验"].tolist() == [
        "Wald 检验：简化为 SAR",
        "Wald 检验：简化为 SEM",
        "LR 检验：简化为 SAR",
        "Pesaran CD 检验",
        "残差莫兰指数检验",
    ]
    assert frame.loc[1, "原假设"] == "θ + ρβ = 0"
    assert frame["自由度"].tolist() == ["1", "1", "1", "", ""]
    assert "标准正态" in table.notes_text
    assert "空间权重：" in table.notes_text


def test_results_side_by_side(world):
    panel, w = world
    both = {name: spatial.lm_tests(SPEC, panel, w, name) for name in ("none", "unit")}
    table = tables.tests(both)
    assert table.width == 7
    assert len(table.rows) == 5
    assert table.columns[1:4] == ["none Statistic", "none df", "none p"]
    joined = [spatial.lm_tests(SPEC, panel, w), spatial.durbin_tests(SPEC, panel, w)]
    assert len(tables.tests({"queen": joined}).rows) == 10


def test_the_sequence(world):
    found = spatial.choose_model(SPEC, *world)
    frame = tables.tests(found, decimals=2).frame
    assert frame["Decision"].iloc[-1] == found.model
    assert frame["Test"].iloc[-1] == "Chosen model"
    assert frame["p"].iloc[-1] == ""
    assert (frame["p"] != "0.00").all()


def test_every_test_and_decision_has_a_name():
    from analysis.report.choosing import CHINESE, REASONS
    from spatial.diagnostics.verdicts import CHOSEN, STEPS

    for name in (*LM_TESTS, *DURBIN_TESTS):
        assert f"test.{name}" in TERMS
    assert {test for test, _ in CHINESE} == set(STEPS)
    assert {(test, said) for test in STEPS for said in ("rejected", "kept")} == set(CHINESE)
    assert set(REASONS) == set(CHOSEN)


def test_refusals(world):
    panel, w = world
    for wrong in ({}, [], 3, "lm", pd.DataFrame({"x": [1]}), spatial.SAR(SPEC).fit(panel, w)):
        with pytest.raises(InputError, match="table of tests"):
            tables.tests(wrong)


@pytest.mark.parametrize("suffix", ["docx", "xlsx", "tex", "html", "md", "csv"])
def test_every_kind_of_file(world, tmp_path, suffix):
    path = tables.tests(spatial.lm_tests(SPEC, *world), lang="zh").save(tmp_path / f"表.{suffix}")
    assert path.stat().st_size > 100
