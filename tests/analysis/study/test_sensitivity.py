"""[robustness], [decay], [carriers] and [profiles] of a study file."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import analysis
import spatial
from analysis.study.reading import read_study
from spatial.errors import InputError

SECTIONS: dict[str, Any] = {
    "robustness": {
        "weights": ["near"],
        "formulas": {"plain": "res ~ agg", "wrong": "res ~ agg + nothing"},
        "winsorise": [0.05],
        "drop": {"first row": {"rank": ["B"]}},
        "drop_years": [2013],
        "specification_curve": False,
    },
    "decay": {"km": [60, 120, 200], "mode": "band"},
    "carriers": {"weights": ["queen", "near"]},
    "profiles": {"units": ["格7市"], "frontier": "rank-best", "maps": ["type"]},
}


def asked(case: Any, lang: str) -> Any:
    case.plan |= SECTIONS
    case.plan["weights"]["near"] = {"kind": "knn", "k": 4}
    case.plan["study"]["lang"] = lang
    case.write()
    return analysis.run(case.folder / "study.toml", out=case.folder / "out")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_part_arrives(case: Any, lang: str) -> None:
    done = asked(case, lang)
    found, out = done.sensitivity, case.folder / "out"
    curve = found.curve
    assert curve["specification"].nunique() == 7
    wrong = curve[curve["formula"] == "wrong"]
    assert wrong["problem"].str.contains("nothing").all()
    fit, graph = done.fit, done.weights["near"].graph
    other = fit.model.fit(done.sample.model_data, graph).effects().set_index(["term", "effect"])
    got = curve[curve["weights"] == "near"].set_index(["term", "effect"])
    np.testing.assert_allclose(got["estimate"], other.loc[list(got.index), "estimate"], rtol=1e-10)
    rows = found.decay.set_index(["km", "effect"])
    band = spatial.weights.distance_band(done.sources.cities, km=120)
    there = fit.model.fit(done.sample.model_data, band).effects().set_index(["term", "effect"])
    assert rows.loc[(120, "indirect"), "estimate"] == pytest.approx(
        there.loc[("agg", "indirect"), "estimate"]
    )
    shares = found.carriers.groupby("weights")["probability"].first()
    assert shares.sum() == pytest.approx(1.0)
    assert set(found.profiles["agg"]["group"]) == {"A", "B"}
    record = json.loads((out / "results.json").read_text(encoding="utf-8"))
    assert len(record["robustness"]["specifications"]) == len(curve)
    assert len(record["profiles"]["agg"]) == 36
    key = next(k for k, name in done.sources.names.items() if name == "格7市")
    sent = fit.flows("agg", unit=key, top=12)
    got = record["profile_flows"]["agg"]["格7市"]
    assert [row["to"] for row in got] == list(sent["to"])
    np.testing.assert_allclose([row["effect"] for row in got], sent["effect"], rtol=1e-9)
    page = (out / "report.html").read_text(encoding="utf-8")
    for anchor in ("robustness", "decay", "carriers", "profiles"):
        assert f'id="{anchor}"' in page
    assert "格7市" in page
    for name in ("figures/specification_curve_agg", "figures/decay_agg", "maps/gap_agg",
                 "maps/profile_格7市_agg", "maps/flows_格7市_agg"):  # fmt: skip
        assert (out / f"{name}.png").is_file(), name
    captions = (out / "captions.md").read_text(encoding="utf-8")
    assert "Largest spillovers of agg from 格7市" in captions
    assert "格7市agg溢出的主要去向" in captions
    for name in ("robustness_agg", "decay_agg", "carriers", "profiles_agg"):
        assert (out / "tables" / f"{name}.docx").is_file(), name
    again = read_study(out / "study.resolved.toml").plan
    assert (again.robustness, again.decay) == (done.plan.robustness, done.plan.decay)


@pytest.mark.parametrize(
    ("section", "keys", "said"),
    [
        ("robustness", {"weights": ["nowhere"]}, "nowhere"),
        ("robustness", {"drop": {"a": {"colour": ["red"]}}}, "colour"),
        ("robustness", {"winsorise": [0.9]}, "winsorise"),
        ("decay", {"km": {"from": 100, "to": 50, "step": 10}}, "from"),
        ("decay", {"km": [1.0]}, "no distance"),
        ("carriers", {"weights": ["queen"]}, "carriers"),
        ("profiles", {"units": ["北京市"]}, "北京市"),
        ("profiles", {"frontier": "top"}, "frontier"),
        ("profiles", {"frontier": "colour-best"}, "colour"),
    ],
)
def test_what_cannot_be_is_refused(case: Any, section: str, keys: Any, said: str) -> None:
    case.plan[section] = keys
    case.write()
    with pytest.raises(InputError, match=said):
        analysis.run(case.folder / "study.toml", out=case.folder / "out")
