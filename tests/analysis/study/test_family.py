"""Studies of every model of the family run from end to end and say in words what they are."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

import analysis
from analysis.report import method, render_report

ENGLISH = re.compile(r"(?:[A-Za-z’']{2,}[ ,]+){4,}")
GAPS = [("格3市", 2012), ("格9市", 2014)]


def run(case: Any, lang: str, *, drawn: bool = False, **model: Any) -> tuple[Any, dict[str, str]]:
    """A study with one model, and the text of each section of its report; `drawn` writes it all."""
    case.plan["study"]["lang"] = lang
    case.plan["model"] |= {"compare": [], **model}
    del case.plan["autocorrelation"]
    if drawn:
        found = analysis.run(case.write(), out=case.folder / "out")
        page = (found.out / "report.html").read_text(encoding="utf-8")
    else:
        found = case.computed()
        page = render_report(found, {})
    parts = re.findall(r'<section id="(\w+)">(.*?)</section>', page, flags=re.DOTALL)
    said = {anchor: " ".join(re.sub(r"<[^>]+>", " ", body).split()) for anchor, body in parts}
    if lang == "zh":
        for anchor in said.keys() - {"references"}:
            assert not ENGLISH.search(said[anchor]), said[anchor]
    return found, said


ERROR = "u_t = λ W u_t + ε_t"
EFFECT = {"SDM": "(I − ρW)⁻¹(β_k I + θ_k W)", "SAR": "(I − ρW)⁻¹(β_k I)", "SDEM": "β_k I + θ_k W"}


@pytest.mark.parametrize(
    ("kind", "lang", "formulas", "effect"),
    [
        ("SEM", "en", ["y_t = X_t β + μ + α_t ι + u_t", ERROR], "∂y/∂x_k′ = β_k I"),
        ("SDEM", "zh", ["y_t = X_t β + W X_t θ + μ + α_t ι + u_t", ERROR], EFFECT["SDEM"]),
        ("SAC", "zh", ["y_t = ρ W y_t + X_t β + μ + α_t ι + u_t", ERROR], EFFECT["SAR"]),
        ("GNS", "en", ["y_t = ρ W y_t + X_t β + W X_t θ + μ + α_t ι + u_t", ERROR], EFFECT["SDM"]),
    ],
)
def test_models_with_a_lag_of_the_error(
    case: Any, kind: str, lang: str, formulas: list[str], effect: str
) -> None:
    found, said = run(case, lang, kind=kind)
    for formula in (*formulas, effect):
        assert formula in said["models"]
    lam = found.fit.params["lambda"]
    assert f"λ = {lam:.3f}".replace("-", "−") in said["findings"]
    assert ("ρ = " in said["findings"]) == (kind in ("SAC", "GNS"))
    doubts = found.fit.doubts
    assert len(doubts) == 0 or doubts[0] not in said["notes"]


def test_a_model_without_a_spillover_says_so_and_maps_none(case: Any) -> None:
    found, said = run(case, "en", kind="SEM", compare="SDM", drawn=True)
    assert "SEM has no spillover of “agg” by construction" in said["findings"]
    assert "rules spillovers of the regressors out" in said["limits"]
    assert "spillovers" not in said
    assert "in neighbouring places" not in said["question"]
    assert not found.models.flows
    assert not list((found.out / "maps").glob("spillover*"))
    assert "goes with a change" in said["findings"]
    assert said["findings"].count("goes with a change") == 1


def test_a_focus_without_its_lag_has_no_spillover_either(case: Any) -> None:
    _, said = run(case, "zh", kind="SDEM", lagged="x")
    assert "SDEM不含“agg”的空间溢出" in said["findings"]
    assert "spillovers" not in said


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_random_effects(case: Any, lang: str) -> None:
    found, said = run(case, lang, effects="random", compare="SEM")
    assert found.fit.model.effects == "random"
    assert "y_t = ρ W y_t + X_t β + W X_t θ + μ + ε_t" in said["models"]
    if lang == "en":
        assert "SDM with unit random effects" in said["question"]
        assert "independent of X" in said["models"]
        assert "Random effects must not go with the regressors" in said["limits"]
        assert "Baltagi, Song and Koh" in said["notes"]
    else:
        assert "个体随机效应" in said["question"]
        assert "随机效应须与解释变量无关" in said["limits"]


def test_a_study_that_asks_for_random_probes_says_what_they_leave(case: Any) -> None:
    found, said = run(case, "zh", compare="SEM", logdet="lanczos")
    assert {item.fit.model.logdet for item in found.models.fitted} == {"lanczos"}
    assert "个随机向量估计" in said["notes"]


@pytest.mark.parametrize(("lang", "effects"), [("en", "unit"), ("zh", "twoway")])
def test_dynamic_models(case: Any, lang: str, effects: str) -> None:
    found, said = run(case, lang, dynamic=["y", "Wy"], effects=effects, drawn=lang == "zh")
    assert "τ y(t−1) + η W y(t−1) + ρ W y_t" in said["models"]
    assert "[(1 − τ)I − (ρ + η)W]⁻¹(β_k I + θ_k W)" in said["models"]
    assert "Yu, de Jong" in said["models"] or "Yu、de Jong" in said["models"]
    assert "Quasi-maximum likelihood" in said["references"]
    assert set(found.effects["horizon"]) == {"short", "long"}
    if lang == "en":
        assert "a dynamic SDM" in said["question"]
        assert "Short run: " in said["findings"]
        assert "those of the short run" in said["spillovers"]
    else:
        assert "动态SDM" in said["question"]
        assert "短期：" in said["findings"]
        assert "y(t−1)以2011年为前期" in said["notes"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_unbalanced_panels(case: Any, lang: str) -> None:
    gone = pd.MultiIndex.from_frame(case.table[["city", "year"]]).isin(GAPS)
    case.table = case.table[~gone]
    case.plan["table"]["missing"] = "unbalanced"
    found, said = run(case, lang)
    assert found.fit.nobs < len(found.fit.units) * len(found.fit.times)
    assert "ρ W_t y_t" in said["models"]
    assert "Σ_t ln|I − ρW_t|" in said["models"]
    words = "taken not to exist" if lang == "en" else "视为不存在"
    assert words in said["limits"]
    assert ("Unbalanced panel" if lang == "en" else "非平衡面板") in said["notes"]


def test_covariances_stand_in_the_method(case: Any) -> None:
    _, said = run(case, "zh", covariance="cluster", covariance_by="x")
    assert "标准误：按x聚类" in said["models"]


def test_equations_of_a_cross_section_and_of_a_random_effect_inside() -> None:
    model = SimpleNamespace(effects="none", dynamic=(), error_component=None)
    fit = SimpleNamespace(params=pd.Series({"x": 1.0, "lambda": 0.1}), times=None, model=model)
    assert method.equations(fit) == ["y = X β + u", "u = λ W u + ε"]
    inside = SimpleNamespace(effects="random", dynamic=(), error_component="inside")
    fit = SimpleNamespace(params=fit.params, times=[1, 2], model=inside, nobs=4, units=["a", "b"])
    assert method.equations(fit) == ["y_t = X_t β + u_t", "u_t = λ W u_t + μ + ε_t"]
    past = SimpleNamespace(effects="unit", dynamic=("y",), error_component=None)
    fit = SimpleNamespace(params=pd.Series({"x": 1.0, "L.y": 0.5}), model=past)
    assert method.effect_formulas(fit) == ["β_k I", "[(1 − τ)I]⁻¹(β_k I)"]
