"""A small study on a lattice, and the command line called in this process."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

SIDE = 6
PLAN: dict[str, Any] = {
    "study": {"title": "Lattice", "lang": "en", "seed": 1},
    "boundaries": {"file": "cells.geojson", "key": "code", "name": "name"},
    "table": {"file": "panel.csv", "unit": "city", "time": "year", "years": [2011, 2014]},
    "measure": {
        "agg": {"index": "location_quotient", "part": ["a", "b"], "whole": "all"},
        "res": {"index": "resilience", "output": "gdp", "form": "difference"},
    },
    "weights": {"queen": {"kind": "contiguity"}},
    "model": {"formula": "res ~ agg + x", "focus": "agg", "weights": "queen", "compare": ["OLS"]},
    "autocorrelation": {"columns": ["agg"], "bivariate": [["agg", "res"]], "years": [2011, 2014]},
    "maps": {"dpi": 50, "formats": ["png"]},
}


def lattice() -> dict[str, Any]:
    """Squares of half a degree."""
    features = []
    for i in range(SIDE):
        for j in range(SIDE):
            x, y = 104 + j / 2, 30 + i / 2
            ring = [[x, y], [x + 0.5, y], [x + 0.5, y + 0.5], [x, y + 0.5], [x, y]]
            number = i * SIDE + j
            features.append(
                {
                    "type": "Feature",
                    "properties": {
                        "code": f"5101{number:02d}",
                        "name": f"格{number}市",
                        "rank": "A" if i else "B",
                    },
                    "geometry": {"type": "Polygon", "coordinates": [ring]},
                }
            )
    return {"type": "FeatureCollection", "features": features}


def panel() -> pd.DataFrame:
    """Sectors, output and a control of 36 cities over six years."""
    rng = np.random.default_rng(7)
    rows = []
    for unit in range(SIDE * SIDE):
        level, smooth = 100.0 + 10 * unit, np.sin(unit / 5)
        for year in range(2009, 2015):
            whole = 1000.0 + 20 * unit
            share = 0.05 * np.exp(0.3 * smooth + 0.2 * rng.normal())
            level *= 1.05 + 0.02 * rng.normal() + 0.1 * share
            rows.append(
                {
                    "city": f"格{unit}市",
                    "year": year,
                    "a": round(whole * share / 2),
                    "b": round(whole * share / 2),
                    "all": whole,
                    "gdp": round(level, 4),
                    "x": round(rng.normal(5, 1), 4),
                }
            )
    return pd.DataFrame(rows)


@dataclass
class Case:
    """A study in a folder of its own."""

    folder: Path
    plan: dict[str, Any]
    table: pd.DataFrame

    def write(self) -> Path:
        """Write boundaries, table and study file."""
        from analysis.study.resolved import toml_value

        text = json.dumps(lattice(), ensure_ascii=False)
        (self.folder / "cells.geojson").write_text(text, encoding="utf-8")
        self.table.to_csv(self.folder / "panel.csv", index=False, encoding="utf-8")
        lines = []
        for name, section in self.plan.items():
            lines += [f"{name} = {toml_value(section)}"]
        path = self.folder / "study.toml"
        path.write_text("\n".join(lines), encoding="utf-8")
        return path

    def computed(self) -> Any:
        """Everything but the pictures and files."""
        from analysis.study.pipeline import compute
        from analysis.study.progress import Steps
        from analysis.study.reading import read_study

        return compute(read_study(self.write()), self.folder / "out", {}, Steps())


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path, deepcopy(PLAN), panel())


@pytest.fixture(scope="session")
def new_case() -> Callable[[Path], Case]:
    """Make the plain study in a folder, for fixtures that outlive a test."""
    return lambda folder: Case(folder, deepcopy(PLAN), panel())


@pytest.fixture(scope="session")
def done(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The plain study, run once; tests only look at it."""
    import analysis

    folder = tmp_path_factory.mktemp("plain")
    return analysis.run(Case(folder, deepcopy(PLAN), panel()).write(), out=folder / "out")


@dataclass
class Said:
    """What a call of the command line left behind."""

    code: int
    out: str
    err: str


@pytest.fixture
def cityripple(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Said]:
    from analysis import cli

    def call(*words: object) -> Said:
        monkeypatch.setattr(sys, "argv", ["cityripple", *map(str, words)])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        said = capsys.readouterr()
        code = stop.value.code
        return Said(0 if code is None else int(code), said.out, said.err)

    return call
