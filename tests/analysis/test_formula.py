"""Formulas: read from one line, shown by HTML and by Word, and true of the fits they describe."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from support.worlds import graph as graph_of
from support.worlds import lattice_matrix, row_standardised

import spatial
from analysis.report import method
from analysis.report.formula import MATH, Fraction, Group, Run, Scripts, Sum, mathml, omml, parse

LINES = [
    "y_t = ρ W y_t + X_t β + W X_t θ + μ + α_t ι + ε_t",
    "[(1 − τ)I − (ρ + η)W]⁻¹(β_k I + θ_k W)",
    "S_k = ∂y/∂x_k′ = (I − ρW)⁻¹(β_k I)",
    "ln L = −{n}/{2} ln(2πσ²) + Σ_t ln|I − ρW_t| − {ε′ε}/{2σ²}",
    "I_i = {z_i Σ_j w_{ij} z_j}/{m_2}",
    "间接效应 = {1}/{N} ι′S_k ι",
]
RAISED = str.maketrans("⁰¹²³⁻′", "0123−′")


def bare(text: str) -> str:
    """Signs alone, in the order in which they are written."""
    return re.sub(r"[\s{}_^/\u2009]", "", text.translate(RAISED)).replace("∑", "Σ")


@pytest.mark.parametrize("line", LINES)
def test_no_sign_is_lost(line: str) -> None:
    wanted = bare(line)
    shown = re.sub(r"<annotation.*?</annotation>", "", mathml(line))
    assert bare(re.sub(r"<[^>]+>", "", shown)) == wanted
    element = omml(line)
    texts = "".join(node.text or "" for node in element.iter() if node.tag.endswith("}t"))
    ends = [
        node.get(f"{{{MATH}}}val", "")
        for node in element.iter()
        if node.tag.split("}")[1] in ("begChr", "endChr", "chr")
    ]
    assert sorted(bare(texts + "".join(ends))) == sorted(wanted)


def test_what_belongs_together() -> None:
    (node,) = parse("x_{ij}²")
    assert node == Scripts(
        Run("x", "letter"), (Run("i", "letter"), Run("j", "letter")), (Run("2", "number"),)
    )
    (inverse,) = parse("(I − ρW)⁻¹")
    assert isinstance(inverse, Scripts)
    assert isinstance(inverse.base, Group)
    assert inverse.above == (Run("−", "sign"), Run("1", "number"))
    (fraction,) = parse("{a b}/{2}")
    assert isinstance(fraction, Fraction)
    assert len(fraction.above) == 2
    total, rest = parse("Σ_t ln|A_t| B")
    assert isinstance(total, Sum)
    assert [type(part) for part in total.of] == [Run, Group]
    assert rest == Run("B", "letter")


@pytest.mark.parametrize("line", ["(a", "a)", "{a}/{b", "|a"])
def test_brackets_come_in_pairs(line: str) -> None:
    with pytest.raises(ValueError, match=r"missing|too many"):
        parse(line)


@pytest.fixture(scope="module")
def world() -> Any:
    graph = graph_of(row_standardised(lattice_matrix(6)))
    rng = np.random.default_rng(3)
    units = list(graph.unique_ids)
    frame = pd.DataFrame(
        {"u": unit, "t": time, "x": rng.normal(), "y": rng.normal() + len(str(unit))}
        for time in range(4)
        for unit in units
    )
    return frame, spatial.Panel(frame, "u", "t"), graph


@pytest.mark.parametrize("effects", ["none", "unit", "time", "twoway", "cross-section"])
@pytest.mark.parametrize("kind", ["OLS", "SDM", "SEM", "SAC"])
def test_the_likelihood_that_is_printed_is_the_one_that_was_maximised(
    world: Any, kind: str, effects: str
) -> None:
    frame, panel, graph = world
    alone = effects == "cross-section"
    model = getattr(spatial, kind)("y ~ x", effects="none" if alone else effects)
    data = frame[frame["t"] == 0].set_index("u").drop(columns="t") if alone else panel
    fit = model.fit(data, graph)
    text = method.log_likelihood(fit)
    roots = np.linalg.eigvals(graph.sparse.toarray())
    term = re.compile(r"(\d*) ?\[?ln\|I − (ρ|λ)W\|( − ln\(1 − [ρλ]\)\])?")
    total = 0.0
    for periods, sign, centred in term.findall(text):
        value = fit.params["rho" if sign == "ρ" else "lambda"]
        part = float(np.log(1 - value * roots).sum().real) - (np.log(1 - value) if centred else 0)
        total += int(periods or 1) * part
    n = fit.likelihood_nobs
    assert -n / 2 * np.log(2 * np.pi * fit.sigma2) + total - n / 2 == pytest.approx(fit.loglik)
    assert text.count("ln|") == len({"rho", "lambda"} & set(fit.params.index))
