"""Refusals that curves, distances and groups hold instead of numbers are known in Chinese."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import geopandas
import numpy as np
import pytest
from support.worlds import graph, lattice_matrix, names, row_standardised, simulated_panel

import spatial
from analysis.report.chinese import EITHER, PLACE, in_chinese, refusals

SIDE = 5
QUEEN = lattice_matrix(SIDE)
W, ALIKE = graph(QUEEN), graph(np.ones((25, 25)) - np.eye(25))
ALONE = np.zeros((25, 25))
ALONE[0, 1] = ALONE[1, 0] = 1.0
TABLE = simulated_panel(row_standardised(QUEEN), periods=5, seed=3, rho=0.3)
TABLE["fixed"] = TABLE["unit"].str[1:].astype(float)
TABLE["common"] = TABLE["time"] ** 2.0
TABLE["twice"] = 2 * TABLE["x1"] + TABLE["x2"]
TABLE["holes"] = TABLE["x1"].where(TABLE.index % 40 != 3)
TABLE["gap"] = TABLE["x2"].where(TABLE.index != 7)
TABLE["endless"] = (TABLE["x1"] > 2.4) * 1.0
TABLE["zone"] = np.where(TABLE["fixed"] < 1, "one", np.where(TABLE["fixed"] < 4, "few", "many"))
PANEL = spatial.Panel(TABLE, "unit", "time")
GAPS = spatial.Panel(TABLE.drop(index=[3, 40]), "unit", "time")
SDM = spatial.SDM("y ~ x1 + x2", effects="twoway")
YEARS = sorted(set(TABLE["time"]))
POINTS = geopandas.GeoDataFrame(
    index=names(25),
    geometry=geopandas.points_from_xy(*(5000 * np.indices((5, 5)).reshape(2, -1))),
    crs=32650,
)
ENGLISH = re.compile(r"(?:[A-Za-z]{3,}[ ,]+){3}")
CONTROLS = ["fixed", "common", "twice", "holes", "gap", "nowhere", ["fixed", "common"], "log(x1)"]
FORMULAS = {"no": "y ~ zzz", "same": "y ~ x1 + lag(y)", "exact": "twice ~ x1 + x2",
            "other": "y ~ fixed + x2", "flat": "fixed ~ x1"}  # fmt: skip


def curve(model=SDM, data=PANEL, graphs=W, **variations):
    return spatial.specification_curve(model, data, graphs, "x1", variations, product=False)


CURVES = {
    "controls": lambda: curve(controls={str(c): c for c in CONTROLS}),
    "formulas": lambda: curve(formulas=FORMULAS),
    "shifted": lambda: curve(
        spatial.SDM("I(y - x2) ~ x1 + x2", effects="twoway"), lag_regressors=[1]
    ),
    "weights": lambda: curve(
        graphs={"w": W, "alike": ALIKE, "cut": spatial.weights.subset(W, names(24))}
    ),
    "weights of an error": lambda: curve(
        spatial.SEM("y ~ x1", effects="twoway"), graphs={"w": W, "alike": ALIKE}
    ),
    "weights of both": lambda: curve(
        spatial.GNS("y ~ x1", effects="unit"), graphs={"w": W, "alike": ALIKE}
    ),
    "nobody": lambda: curve(drop={"all but two": names(25)[:3] + names(25)[5:]}),
    "effects": lambda: curve(
        spatial.SDM("y ~ x1 + x2", effects="twoway", missing="absent"), GAPS, effects=["random"]
    ),
    "estimators": lambda: curve(spatial.SLX("y ~ x1 + x2", effects="twoway"), estimators=["gmm"]),
    "covariances": lambda: curve(covariances=["cluster", "hac", "guess"]),
    "random": lambda: curve(
        spatial.SDM("y ~ x1", effects="random"), covariances=["robust"]
    ),
    "years": lambda: curve(
        drop_times={"all": YEARS, "one left": YEARS[1:], "two left": YEARS[2:], "no": [1900]},
        drop={"nobody": names(25), "strange": ["zz"]}, lag_regressors=[9],
    ),
    "distance": lambda: spatial.decay(SDM, PANEL, POINTS, "x1", km=[1.0, 6.0]),
    "beyond": lambda: spatial.decay(SDM, PANEL, POINTS, "x1", km=[6.0, 900.0], mode="beyond"),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore::spatial.AlignmentWarning")
@pytest.mark.parametrize("name", CURVES)
def test_refusals_of_curves_are_known(name):
    table = CURVES[name]()
    said = [text for text in dict.fromkeys(table["problem"]) if text]
    assert said
    for text in said:
        chinese = in_chinese(text)
        assert chinese != text
        assert not ENGLISH.search(re.sub("（[^（）]*）", "", chinese)), chinese


def test_groups_that_refuse_say_why_in_chinese():
    notes = spatial.groups(SDM, PANEL, W, by="zone", focus="x1").notes
    refused = [note for note in notes if "cannot be fitted alone" in note]
    assert len(refused) >= 1
    for note in refused:
        assert not ENGLISH.search(re.sub("（[^（）]*）", "", in_chinese(note))), in_chinese(note)


def literals():
    for file in Path(str(spatial.__file__)).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
            elif isinstance(node, ast.JoinedStr):
                parts = (p.value if isinstance(p, ast.Constant) else "{}" for p in node.values)
                yield "".join(map(str, parts))


def test_every_refusal_is_still_said_in_english():
    said = "\n".join(literals()).casefold()
    for english, chinese in refusals.SENTENCES:
        bare = re.sub(r"\[[^]]*\]", "{}", PLACE.sub("{}", english)).casefold()
        clauses = [clause.strip() for clause in re.split(r"\{\}|[.,;:(]", bare)]
        long = [clause for clause in clauses if len(clause) > 12]
        assert any(clause in said for clause in long or clauses), english
        asked = set(re.findall(r"\{(\w+)\}", chinese))
        assert asked <= {name for name, _ in PLACE.findall(english)}, english


def test_either_word_is_known_and_other_brackets_stay():
    assert EITHER.search(re.escape("[row|rows]"))
    assert not EITHER.search(re.escape("x1[east]"))
