"""Studies on files as they come: folders of tables, earlier years for lag(), names of any kind."""

from __future__ import annotations

import json
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import export_layers
from analysis.study.earlier import lag_reach
from analysis.study.halves import join_halves
from spatial.errors import InputError


def test_folder_of_tables_has_a_digest(case: Any, cityripple: Any) -> None:
    table = case.table
    case.plan["table"] |= {"file": "yearbook", "layout": "sheets"}
    case.plan |= {"autocorrelation": {"columns": ["agg"]}}
    del case.plan["model"]
    path = case.write()
    (case.folder / "yearbook").mkdir()
    for column in ("a", "b", "all", "gdp", "x"):
        wide = table.pivot_table(index="city", columns="year", values=column).reset_index()
        wide.to_csv(case.folder / "yearbook" / f"{column}.csv", index=False, encoding="gbk")
    assert cityripple("run", path, "--out", case.folder / "out").code == 0
    manifest = json.loads((case.folder / "out" / "manifest.json").read_text(encoding="utf-8"))
    found = {item["what"]: item for item in manifest["inputs"]}["table"]
    files = list((case.folder / "yearbook").iterdir())
    assert found["bytes"] == sum(file.stat().st_size for file in files)
    assert len(found["sha256"]) == 64


def least_squares(case: Any, first: int) -> Any:
    table = case.table.sort_values(["city", "year"])
    table["before"] = table.groupby("city")["x"].shift()
    rows = table[table["year"].between(first, 2014)]
    design = np.column_stack([np.ones(len(rows)), rows["before"]])
    return np.linalg.lstsq(design, rows["gdp"].to_numpy(), rcond=None)[0]


def test_lag_reads_the_year_before_the_first(case: Any) -> None:
    case.plan["model"] = {
        "formula": "gdp ~ lag(x)", "focus": "lag(x)", "weights": "queen", "kind": "OLS",
        "effects": "none",
    }  # fmt: skip
    case.table.loc[case.table["year"] == 2010, "gdp"] = np.nan
    case.plan["measure"].pop("res")
    case.plan["autocorrelation"] = {"columns": ["agg"]}
    study = case.computed()
    assert study.fit.nobs == 4 * 36
    assert study.sample.times == [2011, 2012, 2013, 2014]
    np.testing.assert_allclose(study.fit.params, least_squares(case, 2011), rtol=1e-9)
    case.table.loc[(case.table["year"] == 2010) & (case.table["city"] == "格3市"), "x"] = np.nan
    study = case.computed()
    assert study.fit.nobs == 3 * 36
    assert "the model starts in 2012" in study.fit.notes[0]


def test_reach_of_lag() -> None:
    assert lag_reach("y ~ x + z") == (0, [])
    assert lag_reach("log(y) ~ lag(log(y)) + lag(lag(`a b`)):z") == (2, ["y", "a b"])


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("table.years=[2014]", ["[2014]", "list of two"]),
        ("table.years=2011-01-01", ["'2011-01-01'", "list in square brackets"]),
        ("model.focus=[]", ["[model] focus", "empty"]),
        ("measure.agg.part=3", ["[measure.agg]", "3 is no name"]),
        ("measure.res.output=3", ["[measure.res]", "3 is no name"]),
        ('table.time="city"', ["'city'", "years"]),
    ],
)
def test_values_of_the_wrong_kind(
    case: Any, cityripple: Any, setting: str, words: list[str]
) -> None:
    said = cityripple("run", case.write(), "--out", case.folder / "out", "--set", setting)
    assert said.code == 2
    assert len(said.err.splitlines()) == 1
    for word in words:
        assert word in said.err, said.err


def test_a_panel_without_its_years(case: Any, cityripple: Any) -> None:
    del case.plan["table"]["time"]
    said = cityripple("check", case.write())
    assert said.code == 2
    assert "name the column with the years" in said.err


def test_codes_without_quotation_marks(case: Any) -> None:
    case.plan["table"]["drop_units"] = [510101]
    case.plan["boundaries"]["crs"] = 4490
    del case.plan["model"]
    assert "510101" not in case.computed().sample.units


def test_own_files_beside_results_are_kept(case: Any, cityripple: Any) -> None:
    for section in ("model", "autocorrelation"):
        del case.plan[section]
    path, out = case.write(), case.folder / "out"
    assert cityripple("run", path, "--out", out).code == 0
    assert cityripple("run", path, "--out", out).code == 0
    (out / "thesis.docx").write_text("x", encoding="utf-8")
    said = cityripple("run", path, "--out", out)
    assert said.code == 2
    assert "thesis.docx" in said.err
    assert (out / "thesis.docx").exists()


def test_columns_that_a_geopackage_cannot_hold(case: Any) -> None:
    import pyogrio

    import shapes

    case.write()
    cities = shapes.read_boundaries(case.folder / "cells.geojson", key="code", name="name")
    values = cities[[]].assign(fid=1.5, GDP=2.5, gdp=3.5)
    target = case.folder / "r.gpkg"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        export_layers(target, cities, values={"Now": values, "now": values})
    assert [name for name, _ in pyogrio.list_layers(target)][1:3] == ["Now", "now_2"]
    back = pyogrio.read_dataframe(target, layer="Now")
    assert back[["fid_2", "GDP", "gdp_2"]].iloc[0].tolist() == [1.5, 2.5, 3.5]
    for wrong in ({"lisa": values}, {"spillover": values}, {"values": values["gdp"]}):
        with pytest.raises(InputError, match="give"):
            export_layers(target, cities, **wrong)


def two_spellings(case: Any) -> Any:
    """One indicator per file; one of the files writes a city without its ending."""
    case.plan["table"] |= {"file": "yearbook", "layout": "sheets"}
    case.plan["boundaries"]["aliases"] = "aliases.csv"
    for section in ("model", "autocorrelation", "weights"):
        del case.plan[section]
    path = case.write()
    (case.folder / "yearbook").mkdir()
    (case.folder / "aliases.csv").write_text("given,key\n格3,510103\n", encoding="utf-8")
    for column in ("a", "b", "all", "gdp", "x"):
        wide = case.table.pivot_table(index="city", columns="year", values=column).reset_index()
        if column == "gdp":
            wide["city"] = wide["city"].replace("格3市", "格3")
        wide.to_csv(case.folder / "yearbook" / f"{column}.csv", index=False)
    return path


def test_a_city_spelt_in_two_ways_in_two_files(case: Any, cityripple: Any) -> None:
    said = cityripple("check", two_spellings(case))
    assert said.code == 0, said.err
    assert "rows joined: 格3市 and 格3 complete each other" in said.out
    assert "36 units × 4 years" in said.out


def test_two_rows_of_a_city_that_disagree(case: Any) -> None:
    frame = case.table.assign(key=case.table["city"])
    extra = frame[frame["city"] == "格3市"].assign(city="格3", x=-1.0)
    both = pd.concat([frame, extra], ignore_index=True)
    with pytest.raises(InputError, match="格3市 and 格3 .both 格3市., with different values of x"):
        join_halves(both, ["key", "year"], "city")
    both.loc[both["city"] == "格3", ["a", "b", "all", "gdp", "x"]] = np.nan
    joined, _ = join_halves(both, ["key", "year"], "city")
    again = joined.sort_values(["key", "year"], ignore_index=True)
    wanted = frame.sort_values(["key", "year"], ignore_index=True)
    pd.testing.assert_frame_equal(again, wanted, check_dtype=False)
