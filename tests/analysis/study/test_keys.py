"""Every key of the study file that changes a number changes it; the rest is tested beside maps."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.study.record import results_record


def full(case: Any) -> Any:
    """All parts at once, with few draws."""
    number = case.table["city"].str[1:-1].astype(int)
    rng = np.random.default_rng(3)
    start = pd.Series(rng.choice([2012, 2013, np.nan], 36, p=[0.15, 0.15, 0.7]))
    case.table = case.table.assign(
        zone=np.where(number < 18, "south", "north"),
        smart=(number * 7 % 3 == 0).astype(int),
        m=rng.normal(size=len(case.table)),
        q=rng.normal(size=len(case.table)),
        pilot=((case.table["year"] > 2012) & (number % 5 == 0)).astype(int),
        start=number.map(start),
        shifter=np.log(case.table["a"]) + 0.1 * rng.normal(size=len(case.table)),
    )
    case.plan["weights"]["near"] = {"kind": "knn", "k": 3}
    case.plan["model"] |= {"compare": []}
    case.plan["autocorrelation"] = {"columns": ["agg"], "years": [2011, 2014]}
    case.plan |= {
        "channels": {"one": {"column": "m"}},
        "moderators": {"smart": {"column": "smart"}},
        "groups": {"zone": {"column": "zone"}},
        "thresholds": {"q": {"column": "q", "max": 1, "bootstrap": 2}},
        "did": {
            "pilot": {"first_treated": "start", "formula": "res ~ x", "leads": 1, "lags": 1,
                      "exposed": "modelled", "placebo": 3}
        },
        "instruments": {"for": "agg", "excluded": ["shifter", "m"], "lagged": ["x"]},
        "robustness": {"winsorise": [0.05]},
        "decay": {"km": [80, 120]},
        "carriers": {"weights": ["queen", "near"]},
        "distribution": {"columns": ["gdp"], "parts": ["theil"], "by": "rank"},
        "profiles": {},
    }  # fmt: skip
    return case


KEYS: dict[str, Any] = {
    "study.seed": 7,
    "table.years": [2010, 2014],
    "table.drop_units": ["格3市"],
    "table.keep": {"zone": ["south"]},
    "measure.agg.within_sample": True,
    "weights.queen.bridges": [["格0市", "格35市"]],
    "weights.near.k": 5,
    "model.formula": "res ~ agg + x + m",
    "model.focus": ["agg", "x"],
    "model.weights": ["near"],
    "model.kind": "SAR",
    "model.compare": ["OLS"],
    "model.effects": "unit",
    "model.bias_correction": "none",
    "model.lagged": ["agg"],
    "model.covariance": "robust",
    "model.effects_method": "simulate",
    "model.choose": True,
    "autocorrelation.columns": ["x"],
    "autocorrelation.bivariate": [["agg", "res"]],
    "autocorrelation.years": [2012],
    "autocorrelation.alternative": "greater",
    "autocorrelation.correction": "fdr",
    "autocorrelation.alpha": 0.3,
    "channels.one.column": "q",
    "channels.one.chain": ["m", "q"],
    "channels.one.steps": 3,
    "moderators.smart.column": "q",
    "groups.zone.column": "rank",
    "groups.zone.flag": "smart",
    "groups.zone.cut": {"column": "gdp", "at": 2010, "breaks": [200.0], "labels": ["a", "b"]},
    "groups.zone.focus": ["x"],
    "groups.zone.between": True,
    "groups.zone.permutations": 3,
    "thresholds.q.column": "m",
    "thresholds.q.max": 2,
    "thresholds.q.trim": 0.3,
    "thresholds.q.bootstrap": 5,
    "did.pilot.leads": 0,
    "did.pilot.lags": 0,
    "did.pilot.estimator": "twoway",
    "did.pilot.placebo": 5,
    "instruments.excluded": ["shifter", "q"],
    "instruments.lagged": "all",
    "robustness.weights": ["near"],
    "robustness.formulas": {"other": "res ~ agg"},
    "robustness.winsorise": [0.1],
    "robustness.lag_regressors": [1],
    "robustness.drop": {"south": {"zone": ["south"]}},
    "robustness.drop_years": [2012],
    "robustness.policies": ["pilot"],
    "decay.mode": "cutoff",
    "decay.km": {"from": 80, "to": 160, "step": 40},
    "decay.fallback": "nearest",
    "carriers.weights": ["near", "queen"],
    "distribution.columns": ["gdp", "all"],
    "distribution.parts": ["dagum"],
    "distribution.by": "zone",
    "profiles.frontier": "zone-best",
}


def record(case: Any) -> str:
    """Every number of the study."""
    return json.dumps(results_record(case.computed()), ensure_ascii=False, sort_keys=True)


def changed(plan: dict[str, Any], key: str, value: Any) -> None:
    *path, last = key.split(".")
    place = plan
    for part in path:
        place = place[part]
    if key.startswith(("groups.zone.flag", "groups.zone.cut", "channels.one.chain")):
        place.pop("column")
    place[last] = value


NEEDED = {
    "autocorrelation": (), "channels": ("channels",), "moderators": ("moderators",),
    "groups": ("groups",), "thresholds": ("thresholds",), "did": ("did",),
    "instruments": ("instruments",), "robustness": ("robustness",), "decay": ("decay",),
    "carriers": ("carriers",), "distribution": ("distribution",), "profiles": ("profiles",),
    "study": ("thresholds",), "weights": ("carriers",),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::spatial.AlignmentWarning")
@pytest.mark.parametrize("key", KEYS)
def test_a_key_takes_effect(case: Any, key: str) -> None:
    case = full(case)
    section = key.split(".")[0]
    parts = {part for needed in NEEDED.values() for part in needed}
    for part in parts - set(NEEDED.get(section, ())):
        del case.plan[part]
    if section != "autocorrelation":
        del case.plan["autocorrelation"]
    if key == "measure.agg.within_sample":
        case.plan["table"]["drop_units"] = ["格3市"]
    if key == "decay.fallback":
        case.plan["decay"]["km"] = [46, 80]
    before = deepcopy(case.plan)
    one = record(case)
    case.plan = before
    changed(case.plan, key, KEYS[key])
    assert record(case) != one
