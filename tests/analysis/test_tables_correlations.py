"""Tables of correlations: the numbers, the stars, the words, and what is refused."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis import tables
from spatial.errors import InputError

RNG = np.random.default_rng(4)
FRAME = pd.DataFrame({"unit": [f"u{i}" for i in range(40)], "x": RNG.normal(size=40)})
FRAME["z"] = 0.4 * FRAME["x"] + RNG.normal(size=40)
FRAME["part"] = -FRAME["x"] + 0.1 * RNG.normal(size=40)
FRAME.loc[:3, "part"] = np.nan


def test_lower_triangle_with_the_stars_of_the_t_test() -> None:
    table = tables.correlations(FRAME, labels={"z": "Zeal"}, decimals=4)
    assert [row.label for row in table.rows] == ["(1) x", "(2) Zeal", "(3) part"]
    assert table.columns == ["Variable", "(1)", "(2)", "(3)"]
    for i, one in enumerate(("x", "z", "part")):
        for j, other in enumerate(("x", "z", "part")):
            cell = table.rows[i].cells[j]
            if j > i:
                assert cell.text == ""
                continue
            if i == j:
                assert cell.text == "1.0000"
                continue
            both = FRAME[[one, other]].dropna()
            r, p = stats.pearsonr(both[one], both[other])
            assert cell.value == pytest.approx(r)
            assert cell.stars == "*" * sum(p < level for level in (0.01, 0.05, 0.1))
    assert "36 to 40 rows" in table.notes_text


def test_chinese_files_and_panels(tmp_path) -> None:
    panel = SimpleNamespace(frame=FRAME.assign(year=2020), unit="unit", time="year")
    table = tables.correlations(panel, lang="zh", stars=(0.05,), title="表1 相关系数")
    assert [row.label for row in table.rows] == ["(1) x", "(2) z", "(3) part"]
    assert "基于 36 至 40 行观测" in table.notes_text
    for suffix in ("docx", "xlsx", "tex", "md", "html", "csv"):
        assert table.save(tmp_path / f"相关.{suffix}").exists()


def test_a_perfect_correlation_and_no_stars() -> None:
    frame = pd.DataFrame({"a": [1.0, 2, 3, 5], "b": [2.0, 4, 6, 10]})
    assert tables.correlations(frame).rows[1].cells[0].text == "1.000***"
    assert tables.correlations(frame, stars=()).rows[1].cells[0].text == "1.000"


@pytest.mark.parametrize(
    ("frame", "columns", "words"),
    [
        (FRAME, "x", "two numeric columns"),
        (FRAME, ["x", "unit"], "'unit' holds text"),
        (FRAME, ["x", "absent"], "absent"),
        (FRAME.assign(one=1.0), ["x", "one"], "'one' does not vary"),
        (FRAME.assign(end=np.inf), ["x", "end"], "'end' holds infinite"),
        (FRAME.assign(few=[1.0, 2.0] + [np.nan] * 38), ["x", "few"], "2 rows in common"),
    ],
)
def test_what_cannot_be_correlated_is_refused(frame, columns, words) -> None:
    with pytest.raises(InputError, match=words):
        tables.correlations(frame, columns)
