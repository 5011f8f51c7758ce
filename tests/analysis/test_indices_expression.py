"""Columns worked out by arithmetic."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis import indices
from analysis.study.measures import measure
from analysis.study.schema import Measure
from spatial.errors import InputError


def table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "city": ["甲", "甲", "乙", "乙"],
            "year": [2011, 2010, 2010, 2012],
            "loans": [6.0, 5.0, 8.0, np.nan],
            "gdp": [12.0, 20.0, 0.0, 4.0],
            "人均 GDP": [1.0, 2.0, 3.0, 4.0],
        }
    )


def of(formula: str, frame: pd.DataFrame | None = None) -> list[float]:
    frame = table() if frame is None else frame
    return indices.expression(frame, formula, unit="city", time="year").tolist()


def test_arithmetic_by_hand() -> None:
    assert of("-gdp + 2 * `人均 GDP` ** 2")[:2] == [-10.0, -12.0]
    np.testing.assert_allclose(of("exp(log(gdp + 1) / 2) - sqrt(gdp + 1)"), 0.0, atol=1e-12)
    assert of("3") == [3.0, 3.0, 3.0, 3.0]


def test_lag_is_the_year_before_and_never_the_row_above() -> None:
    np.testing.assert_array_equal(of("lag(gdp)"), [20.0, np.nan, np.nan, np.nan])
    np.testing.assert_array_equal(of("gdp - lag(gdp)"), [-8.0, np.nan, np.nan, np.nan])


def test_a_missing_number_is_silent_and_a_division_by_zero_is_named() -> None:
    with pytest.warns(indices.IndexWarning, match=r"loans / gdp has no finite value at 乙 2010:"):
        got = of("loans / gdp")
    np.testing.assert_array_equal(got, [0.5, 0.25, np.nan, np.nan])
    with pytest.warns(indices.IndexWarning, match=r"at 甲 2011, 甲 2010, 乙 2012"):
        of("log(0 - gdp) + log(1 + gdp)", table().query("gdp > 0"))


@pytest.mark.parametrize(
    "formula",
    [
        "__import__('os')", "gdp.values", "gdp[0]", "abs(gdp)", "gdp if gdp else 1", "gdp > 1",
        "'text'", "True", "log(gdp, 2)", "lambda: 1", "[gdp]", "gdp := 1", "gdp //", "", "gdp // 2",
    ],
)  # fmt: skip
def test_nothing_but_arithmetic_is_evaluated(formula: str) -> None:
    with pytest.raises(InputError, match="formula"):
        of(formula)


def test_a_study_may_use_it_in_other_measures() -> None:
    frame = table().query("gdp > 0")
    found = measure(
        frame,
        {
            "twice": Measure(index="expression", formula="2 * credit"),
            "credit": Measure(index="expression", formula="loans / gdp"),
        },
        unit="city",
        time="year",
        in_sample=pd.Series(True, index=frame.index),
        names={},
    )
    np.testing.assert_array_equal(found.frame["twice"], [1.0, 0.5, np.nan])
    with pytest.raises(InputError, match="need each other"):
        measure(
            frame,
            {
                "a": Measure(index="expression", formula="b / 2"),
                "b": Measure(index="expression", formula="log(a)"),
            },
            unit="city",
            time="year",
            in_sample=pd.Series(True, index=frame.index),
            names={},
        )
