"""Every sentence that a fit says of itself has a Chinese form, and no Chinese form is left over."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.moving import dynamic_panel
from support.worlds import (
    graph,
    lattice_matrix,
    names,
    row_standardised,
    simulated_panel,
    with_isolate,
)

import spatial
from analysis.report.chinese import PLACE, in_chinese
from analysis.report.chinese import data as data_words
from analysis.report.chinese import models as model_words
from analysis.report.chinese import weights as weight_words

QUEEN = lattice_matrix(5)
W, ROOK = graph(QUEEN), graph(lattice_matrix(5, rule="rook"))
ISLAND, SPECTRAL = graph(with_isolate(QUEEN)), graph(QUEEN, transform="spectral")
BINARY = graph(QUEEN, transform="none")
LARGER = graph(lattice_matrix(5, 6), names(30))
TABLE = simulated_panel(row_standardised(QUEEN), periods=6, seed=3, rho=0.3)
TABLE["x1:copy"] = TABLE["x1"] + 1e-3 * np.sin(np.arange(len(TABLE)))
PANEL = spatial.Panel(TABLE, "unit", "time")
GAPS = spatial.Panel(TABLE.drop(index=[3, 40, 77, 100, 120, 7]), "unit", "time")
BY_YEAR = {year: W if year < 2003 else ROOK for year in PANEL.times}
FLAT = TABLE.assign(y=TABLE["x1"] + 0.1 * np.random.default_rng(5).normal(size=len(TABLE)))
SLOW = spatial.Panel(
    dynamic_panel(row_standardised(QUEEN), periods=9, tau=0.9, eta=-0.1, rho=0.17, seed=8),
    "unit",
    "time",
)
ENGLISH = re.compile(r"(?:[A-Za-z]{3,}[ ,]+){3}")


def fit(kind: str, data: Any = PANEL, w: Any = W, formula: str = "y ~ x1 + x2", **how: Any) -> Any:
    return getattr(spatial, kind)(formula, **how).fit(data, w)


FITS: list[Callable[[], Any]] = [
    *(partial(fit, kind, effects=e) for kind in ("SAR", "GNS") for e in ("none", "unit", "time")),
    *(partial(fit, "GNS", effects=e, bias_correction=None) for e in ("time", "twoway")),
    *(partial(fit, kind, effects="random") for kind in ("SDM", "SEM", "SAC", "OLS")),
    partial(fit, "SEM", effects="random", error_component="inside"),
    partial(fit, "OLS", spatial.Panel(FLAT, "unit", "time"), effects="random"),
    *(partial(fit, "SDM", w=ISLAND, effects=e) for e in ("time", "twoway")),
    *(partial(fit, "SDM", w=w, effects="twoway") for w in (SPECTRAL, BINARY, BY_YEAR, LARGER)),
    partial(fit, "SDM", w=BY_YEAR, effects="unit"),
    *(partial(fit, "SDM", GAPS, effects=e, missing="absent") for e in ("unit", "twoway")),
    partial(fit, "SAC", GAPS, ISLAND, effects="twoway", missing="absent"),
    partial(fit, "SDM", GAPS, effects="unit", missing="drop_units"),
    partial(fit, "SDM", GAPS, formula="y ~ x1 + lag(x2)", effects="unit", missing="absent"),
    partial(fit, "SDM", formula="y ~ x1 + `x1:copy`", effects="unit"),
    partial(fit, "SEM", formula="y ~ x1 + `x1:copy`", effects="unit"),
    *(
        partial(fit, "SAC", effects="twoway", convention="published", **how)
        for how in ({}, {"bias_correction": None})
    ),
    *(partial(fit, "SDM", effects=e, dynamic=("y", "Wy")) for e in ("none", "unit", "twoway")),
    partial(fit, "SAR", w=ISLAND, effects="twoway", dynamic=("y",)),
    partial(fit, "SDM", effects="unit", dynamic=("y",), bias_correction=None),
    partial(fit, "SDM", GAPS, effects="unit", dynamic=("y",), missing="absent"),
    *(
        partial(fit, "SDM", SLOW, formula="y ~ x", effects=e, dynamic=("y", "Wy"))
        for e in ("unit", "twoway")
    ),
    *(partial(fit, "GNS", effects=e, estimator="gmm") for e in ("none", "time", "twoway")),
    partial(fit, "SAC", effects="none", estimator="gmm", orders=3),
    *(partial(fit, kind, effects="unit", logdet="lanczos") for kind in ("SDM", "SEM", "SAC")),
    partial(fit, "SAR", effects="unit", estimator="gmm", logdet="lanczos"),
    partial(
        fit,
        "SAR",
        formula="y ~ x1",
        effects="unit",
        endogenous=["x1"],
        instruments=["x2", "I(x2 ** 2)"],
    ),
]


@pytest.mark.filterwarnings("ignore::spatial.AlignmentWarning")
@pytest.mark.filterwarnings("ignore::spatial.ScalingWarning")
@pytest.mark.parametrize("make", FITS)
def test_notes_of_fits_are_known_in_chinese(make: Callable[[], Any]) -> None:
    for note in make().notes:
        said = in_chinese(note)
        assert said != note
        assert not ENGLISH.search(re.sub("（[^（）]*）", "", said)), said


@pytest.mark.filterwarnings("ignore::spatial.AlignmentWarning")
def test_what_stands_for_unknown_effects_is_known_in_chinese() -> None:
    later = TABLE[TABLE["time"] == TABLE["time"].max()].assign(time=2050)
    later["unit"] = later["unit"].replace(names(25)[0], names(30)[-1])
    for effects, kind in (("time", "trend"), ("random", "best")):
        new = spatial.Panel(later, "unit", "time")
        said = fit("OLS", effects=effects).predict(new, LARGER, kind).attrs["notes"]
        assert said
        assert all(in_chinese(note) != note for note in said)


def literals(tree: ast.AST) -> Iterator[str]:
    """Every text of a module, with {} for what is filled in."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield re.sub(r"\{[^{}]*\}", "{}", node.value)
        elif isinstance(node, ast.JoinedStr):
            parts = (p.value if isinstance(p, ast.Constant) else "{}" for p in node.values)
            yield "".join(map(str, parts))


@cache
def said_in_english() -> str:
    files = Path(str(spatial.__file__)).parent.rglob("*.py")
    texts = (literals(ast.parse(file.read_text(encoding="utf-8"))) for file in files)
    return "\n".join(text for found in texts for text in found).casefold()


def test_every_sentence_on_models_is_still_said_in_english() -> None:
    """One that is put in other words would quietly lose its Chinese form."""
    for english, _ in model_words.SENTENCES:
        bare = re.sub(r"\[[^]]*\]", "{}", PLACE.sub("{}", english)).casefold()
        clauses = re.split(r"\{\}|[.,;:(]", bare)
        long = [clause.strip() for clause in clauses if len(clause) > 12]
        assert any(clause in said_in_english() for clause in long or clauses), english


def test_places_of_both_languages_agree() -> None:
    for words in (data_words, model_words, weight_words):
        for english, chinese in words.SENTENCES:
            asked = set(re.findall(r"\{(\w+)\}", chinese))
            assert asked <= {name for name, _ in PLACE.findall(english)}, english
