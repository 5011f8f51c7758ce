"""The messy twin that `cityripple new` writes reads as the clean table, cell by cell."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import shapes
from analysis.reading import read_table
from analysis.study.start import new_study

NAMES = {
    "地区生产总值": "gdp",
    "外商投资": "fdi",
    "信息业从业": "emp_I",
    "电子制造业从业": "emp_C39",
    "从业人员合计": "emp_total",
}


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("开始") / "我的 研究"
    new_study(folder)
    return folder


@pytest.mark.parametrize("twin", ["yearbook.xlsx", "yearbook"])
def test_the_messy_twin_is_the_clean_table(started: Path, twin: str) -> None:
    cities = shapes.china_cities()
    clean = read_table(started / "panel.csv", unit="city", time="year")
    messy = read_table(started / twin, unit="城市", time="year", layout="sheets")
    joined, ledger = shapes.join(messy, cities, on="城市")
    how = ledger.set_index("given")["how"]
    assert how["襄樊"] == "alias"
    assert how["武汉"] == "suffix"
    assert len(ledger) == clean["city"].nunique()
    left = clean.set_index(["city", "year"])[list(NAMES.values())].astype(float)
    right = joined.rename(columns=NAMES).set_index(["key", "year"])[list(NAMES.values())]
    assert len(left) == len(right)
    dashed = np.isnan(right.reindex(left.index))
    assert dashed.to_numpy().sum() == 1
    assert dashed.loc[("九江市", 2015), "fdi"]
    left.loc[("九江市", 2015), "fdi"] = np.nan
    pd.testing.assert_frame_equal(right.reindex(left.index).astype(float), left, check_names=False)
    problems = {row["problem"] for row in json.loads(messy.attrs["repairs"])}
    assert "sign for missing" in problems
    assert ("encoding" in problems) == (twin == "yearbook")
