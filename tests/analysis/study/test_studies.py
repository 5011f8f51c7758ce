"""The studies of the repository, from end to end."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import analysis
from analysis.report.words import SYNTHETIC
from analysis.study.reading import read_study
from analysis.study.start import demo_study

QUICK = {"maps.dpi": 50, "maps.formats": ["png"]}
CHANNELS = {
    "technology": "invention",
    "green_quantity": "green_quantity",
    "green_quality": "green_quality",
    "infrastructure": "broadband",
    "digital_industry": "digital_industry",
    "upgrading": "upgrading",
}
FEW = {f"channels.{name}.draws": 29 for name in CHANNELS}
STUDIES = Path(__file__).parents[3] / "studies"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: Any) -> Any:
    folder = tmp_path_factory.mktemp("demo")
    return analysis.run(demo_study("zh"), out=folder / "演示", overrides=QUICK | FEW)


def test_the_demo_finds_its_truth(demo: Any) -> None:
    truth = demo.truth
    assert len(truth) == 28
    assert truth["covered"].sum() >= 25
    beta = truth[(truth["term"] == "agglomeration") & (truth["quantity"] == "coefficient")].iloc[0]
    assert beta["truth"] == 0.31
    assert beta["estimate"] == demo.fit.params["agglomeration"]
    assert beta["conf_low"] < 0.31 < beta["conf_high"]
    total = truth[(truth["term"] == "agglomeration") & (truth["quantity"] == "total")].iloc[0]
    assert total["truth"] == pytest.approx((0.31 + 0.16) / (1 - 0.35))


def stated() -> dict[str, Any]:
    text = (Path(analysis.__file__).parent / "demo" / "demo_truth.json").read_text("utf-8")
    return dict(json.loads(text)["outcomes"])


def test_the_verdicts_of_the_demo_are_those_of_its_truth(demo: Any) -> None:
    truth = stated()["gdp"]
    expected = {"own": "supported", "neighbours": "supported", "coagglomeration": "no data"}
    for name, key in CHANNELS.items():
        matters = truth["channels"][key]["carried"] > 0
        expected[name] = "supported" if matters else "not supported"
    # one set of coefficients holds in every city of this series
    expected |= dict.fromkeys(("region", "rank", "facilities", "size"), "not supported")
    table = analysis.claims(demo, lang="en").set_index("claim")
    assert {name: table.loc[name, "verdict"] for name in expected} == expected
    assert set(table.index) - set(expected) == {"fusion"}  # no stated truth
    quantity = table.loc["green_quantity"]
    link = demo.mechanisms.channels["green_quantity", "agglomeration"].links.iloc[0]
    assert link["p_value"] < 1e-6  # it responds
    assert quantity["conf_low"] < 0 < quantity["conf_high"]  # and does not matter
    refused = table[table["verdict"] == "not supported"]
    assert refused[["conf_low", "conf_high"]].notna().all(axis=None)
    for name in CHANNELS:
        carried = truth["channels"][CHANNELS[name]]
        total = carried["weight_in_outcome"] / 0.65
        total *= carried["on_agglomeration"] + carried["on_W_agglomeration"]
        row = table.loc[name]
        assert abs(row["estimate"] - total) < 3.5 * row["std_error"]


@pytest.mark.slow
def test_the_verdicts_where_groups_differ(tmp_path: Path) -> None:
    few = {f"channels.{name}.steps": 2 for name in CHANNELS}
    base = (
        QUICK | few | {"measure.resilience.output": "retail_sales", "study.series": "retail_sales"}
    )
    table = analysis.claims(
        analysis.run(demo_study("en"), out=tmp_path / "a", overrides=base)
    ).set_index("claim")
    for name in ("own", "neighbours", "region", "facilities"):
        assert table.loc[name, "verdict"] == "supported", name


def test_the_demo_is_marked_everywhere(demo: Any) -> None:
    page = (demo.out / "report.html").read_text(encoding="utf-8")
    mark = SYNTHETIC["zh"]
    captions = page.split("<figcaption>")[1:]
    drawn = [*(demo.out / "maps").glob("*.png"), *(demo.out / "figures").glob("*.png")]
    assert 26 <= len(captions) <= len(drawn)  # maps of single columns lie in the folder alone
    assert all(mark in line.split("</figcaption>")[0] for line in captions)
    assert page.split("</header>")[0].count(mark) == 1
    assert page.split("<footer>")[1].count(mark) == 1
    for table in (demo.out / "tables").glob("*.tex"):
        assert mark in table.read_text(encoding="utf-8"), table.name
    assert mark in (demo.out / "SYNTHETIC.txt").read_text(encoding="utf-8")
    if importlib.util.find_spec("bokeh"):
        assert mark in (demo.out / "interactive.html").read_text(encoding="utf-8")
    text = (demo.out / "captions.md").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("- ")]
    tables = {path.stem for path in (demo.out / "tables").iterdir()}
    assert len(lines) == 2 * (len(drawn) + len(tables))
    assert all(SYNTHETIC["en"] in line or mark in line for line in lines)


def test_the_demo_leaves_no_isolate(demo: Any) -> None:
    assert demo.weights["queen"].isolates == ()
    assert len(demo.sample.units) == 296
    assert demo.sample.times == list(range(2011, 2023))
    assert demo.fit.bias_correction == "lee-yu"


def test_us_states_converge(tmp_path: Path) -> None:
    study = analysis.run(
        STUDIES / "us_income" / "study.toml", out=tmp_path / "us", overrides=QUICK, jobs=2
    )
    assert (len(study.sample.units), len(study.sample.times)) == (48, 81)
    fit = study.fit
    term = "log(lag(income))"
    assert fit.nobs == 48 * 80
    frame = study.sample.frame.pivot_table(index="year", columns="key", values="income")
    assert frame.loc[1929, "Alabama"] == 323
    growth = np.log(frame).diff().iloc[1:]
    within = growth.sub(growth.mean(axis=1), axis=0).sub(growth.mean() - growth.to_numpy().mean())
    log = np.log(frame).shift().iloc[1:]
    x = log.sub(log.mean(axis=1), axis=0).sub(log.mean() - log.to_numpy().mean())
    slope = float((x * within).to_numpy().sum() / (x**2).to_numpy().sum())
    assert study.fits["OLS (queen)"].params[term] == pytest.approx(slope, rel=1e-9)
    effects = study.effects.set_index("effect")
    assert effects.loc["direct", "conf_high"] < 0
    assert effects.loc["total", "conf_high"] < 0
    params = fit.params
    total = (params[term] + params[f"W.{term}"]) / (1 - params["rho"])
    assert effects.loc["total", "estimate"] == pytest.approx(total, rel=1e-9)
    record = json.loads((study.out / "results.json").read_text(encoding="utf-8"))
    assert len(record["models"]) == 5
    assert len(pd.read_csv(study.out / "tables" / "moran.csv", skip_blank_lines=True)) >= 81
    page = (study.out / "report.html").read_text(encoding="utf-8")
    assert page.count("1930</") == page.count("1931</") == 0
    assert "tables/moran.csv" in page


def test_the_china_study_reads() -> None:
    plan = read_study(STUDIES / "china_tertiary" / "study.toml").plan
    assert plan.table.drop_units == ("巢湖市", "莱芜市")
    assert plan.model is not None
    assert plan.model.weights == ("queen", "inverse")
    assert "\n" not in plan.model.formula


def test_the_table_of_the_information_study_is_made_of_two(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location(
        "prepare", STUDIES / "china_information" / "prepare.py"
    )
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    cities = ["杭州市", "宁波市", "嘉兴市", "莱芜市"]
    rows = pd.MultiIndex.from_product([cities, range(2016, 2023)], names=["city", "year"])
    years = rows.to_frame(index=False)
    rng = np.random.default_rng(5)
    years["gdp_growth_pct"] = rng.uniform(-2, 9, len(years)).round(1)
    years["gdp_100m_yuan"] = rng.uniform(500, 900, len(years)).round()
    for sector in ("primary", "secondary", "tertiary"):
        years[f"va_{sector}_100m_yuan"] = rng.uniform(50, 300, len(years)).round()
    for name in ("gdp_per_capita_yuan", "fiscal_expenditure_100m_yuan", "loans_100m_yuan",
                 "hukou_pop_10k"):  # fmt: skip
        years[name] = rng.uniform(100, 200, len(years)).round()
    years.to_csv(tmp_path / "panel.csv", index=False)
    jobs = pd.DataFrame({"city": cities, "info_finance_research_emp_pct_2016": [6.5, 3, 2, 1]})
    jobs.to_csv(tmp_path / "jobs.csv", index=False)
    made = module.prepare(tmp_path / "panel.csv", tmp_path / "jobs.csv", tmp_path / "out.csv")
    assert list(made.index) == sorted(cities[:3])
    known = years[years["city"] != "莱芜市"].set_index(["city", "year"])
    rate = 1 + known["gdp_growth_pct"].unstack() / 100
    weight = known["gdp_100m_yuan"].unstack()[2018]
    own = rate[[2019, 2020, 2021, 2022]].prod(axis=1) - 1
    expected = (own - (own * weight).sum() / weight.sum()) * 100
    np.testing.assert_allclose(made["resilience_2018_2022"], expected[made.index], rtol=1e-9)
    assert made.loc["宁波市", "information_2016"] == 3
    assert len(pd.read_csv(tmp_path / "out.csv")) == 3
    plan = read_study(STUDIES / "china_information" / "study.toml").plan
    assert plan.table.time is None and plan.model is not None
    assert plan.model.focus == ("information",)
