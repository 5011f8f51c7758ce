"""What a study of very many units does differently, and what must not be asked once per row."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import spatial.effects.flows as flows_module
import spatial.sample as sample_module
from analysis.report import crowded as crowded_module
from analysis.report.crowded import crowded
from analysis.report.inputs import MOST_NAMED, weights
from analysis.report.words import Words
from analysis.study.keeping import fingerprint
from analysis.study.record import plain
from analysis.study.sampling import interpolate
from analysis.study.screen import PAGE, write_page
from analysis.study.writing import _write_json
from spatial import InputError


@pytest.fixture
def alike(case: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A study whose largest flows would need more columns than are found in reasonable time."""
    case.plan["model"] |= {"compare": []}
    monkeypatch.setattr(flows_module, "BLOCK", 4)
    monkeypatch.setattr(flows_module, "BLOCK_LIMIT", 2)
    return case.computed()


def test_a_study_goes_on_where_flows_cannot_be_told_apart(alike: Any) -> None:
    assert alike.models.flows["agg"].empty
    assert len(alike.models.by_unit["agg"]) == 36
    for lang in ("en", "zh"):
        (said,) = [one for one in crowded(alike, Words(lang)) if "agg" in one]
        assert said == Words(lang)("crowded.flows", x="agg")


def test_profiles_of_too_many_pairs_name_no_partners(
    case: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    case.plan["model"] |= {"compare": []}
    case.plan["profiles"] = {"units": ["格3市"]}
    monkeypatch.setattr(flows_module, "PAIR_LIMIT", 36 * 36 - 1)
    study = case.computed()
    table = study.sensitivity.profiles["agg"]
    assert (table[["senders", "receivers"]] == "").all(axis=None)
    assert table["sent"].notna().all()
    assert len(study.sensitivity.flows["agg"]["格3市"])
    (said,) = crowded(study, Words("en"))
    assert "1,296 pairs" in said


@pytest.mark.parametrize(("most", "demanded"), [(36, False), (35, False), (35, True)])
def test_the_page_is_left_out_above_a_stated_number(
    case: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, demanded: bool
) -> None:
    pytest.importorskip("bokeh")
    case.plan["maps"] = {"interactive": True} if demanded else {}
    monkeypatch.setattr(crowded_module, "MOST_UNITS", most)
    study = case.computed()
    write_page(study, tmp_path)
    written = most >= 36 or demanded
    assert (tmp_path / PAGE).exists() is written
    said = [one for one in crowded(study, Words("en")) if "interactive page" in one]
    assert len(said) == (not written)
    assert all("more than 35 units" in one for one in said)


def test_a_map_of_too_many_links_is_told(case: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    study = case.computed()
    links = int(study.weights["queen"].description["links"])
    monkeypatch.setattr(crowded_module, "MOST_LINKS", links)
    assert crowded(study, Words("en")) == []
    monkeypatch.setattr(crowded_module, "MOST_LINKS", links - 1)
    (said,) = crowded(study, Words("en"))
    assert f"{links:,} links" in said


def test_units_without_a_neighbour_are_named_up_to_a_number(case: Any) -> None:
    from dataclasses import replace

    study = case.computed()
    keys = tuple(map(str, study.sample.units)) * 2
    queen = replace(study.weights["queen"], isolates=keys)
    said = "".join(
        str(getattr(block, "text", ""))
        for block in weights(replace(study, weights={"queen": queen}), Words("en"))
    )
    assert said.count("市") == MOST_NAMED
    assert f"{len(keys) - MOST_NAMED} more" in said


def test_names_are_gathered_once(case: Any) -> None:
    sources = case.computed().sources
    assert sources.names is sources.names
    assert sources.printed_names("en") is sources.printed_names("en")


def test_interpolation_of_a_table_is_that_of_each_unit() -> None:
    rng = np.random.default_rng(3)
    table = pd.DataFrame(
        {"key": np.repeat([f"u{i}" for i in range(40)], 9), "year": [*range(2001, 2010)] * 40}
    )
    table["x"] = np.where(rng.random(360) < 0.5, np.nan, rng.normal(size=360))
    table = table.sample(frac=0.9, random_state=1)
    filled, told = interpolate(table, ["x"], "year")
    count = 0
    for unit, part in table.sort_values("year").groupby("key"):
        known = part.dropna()
        if known.empty:
            continue
        years = part["year"].to_numpy()
        line = np.interp(years, known["year"], known["x"], left=np.nan, right=np.nan)
        np.testing.assert_array_equal(filled.loc[part.index, "x"], line)
        rows = told[told["unit"] == unit]
        count += len(rows)
        gaps = part["x"].isna().to_numpy() & ~np.isnan(line)
        np.testing.assert_array_equal(rows["value"], line[gaps])
        assert rows["time"].tolist() == years[gaps].tolist()
    assert count == len(told) > 50


def test_hashes_of_texts_tell_where_one_ends() -> None:
    pairs = [["ab", "c"], ["a", "bc"], ["abc", ""], ["ab", "c", None]]
    hashes = {fingerprint(pd.Series(pair, dtype=object)) for pair in pairs}
    assert len(hashes) == len(pairs)


def test_numbers_in_json_are_those_of_the_tables(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "a": [1, 2, 3],
            "b": [0.1, np.nan, -np.inf],
            "c": ["x", None, "文"],
            "d": pd.Categorical(["u", "v", None]),
            "e": [True, False, True],
            "f": pd.array([1, None, 3], dtype="Int64"),
            "g": [[1, 2], {"k": np.float64(2.5)}, np.nan],
        },
        index=["p", "q", "r"],
    )
    value = {"rows": plain(table), "none": {}, "nested": {"list": [1, [2, []]], "n": None}}
    _write_json(tmp_path / "x.json", value)
    found = json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))
    assert found == value
    rows = [list(row.values()) for row in found["rows"]]
    assert rows == [
        ["p", 1, 0.1, "x", "u", True, 1, [1, 2]],
        ["q", 2, None, None, "v", False, None, {"k": 2.5}],
        ["r", 3, None, "文", None, True, 3, None],
    ]


def test_a_study_says_what_its_model_would_need(case: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample_module, "COPIES", 1e12)
    with pytest.raises(InputError) as caught:
        case.computed()
    said = str(caught.value)
    assert said.startswith("[model] OLS with weights 'queen': a fit of 144 rows")
    assert "would need about" in said
    assert "leave regressors out" in said


def test_points_of_very_many_units_are_small_and_faint() -> None:
    from analysis import figures
    from spatial import weights as builders

    looks = []
    for side in (20, 100):
        cells = np.arange(side * side).reshape(side, side)
        links = np.concatenate([cells[:, :-1].ravel(), cells[:, 1:].ravel()])
        ends = np.concatenate([cells[:, 1:].ravel(), cells[:, :-1].ravel()])
        matrix = sparse.csr_array((np.ones(len(links)), (links, ends)), shape=(cells.size,) * 2)
        labels = [f"u{at}" for at in range(cells.size)]
        values = pd.Series(np.sin(np.arange(cells.size)), index=labels, name="x")
        figure = figures.moran_scatter(values, builders.from_matrix(matrix, labels))
        (points,) = [one for one in figure.axes[0].collections if one.get_gid() == "units"]
        assert len(points.get_offsets()) == side * side
        looks.append((points.get_sizes()[0], points.get_alpha()))
    assert looks[0] == (7, 0.65)
    assert looks[1] == pytest.approx((7 * np.sqrt(0.1), 0.65 * np.sqrt(0.1)))
