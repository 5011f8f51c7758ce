"""Panels: labels, order, gaps, shifts, refusals."""

import numpy as np
import pandas as pd
import pytest

import spatial
from spatial.labels import canonical, canonical_index


def frame(**columns):
    base = {
        "city": ["b", "a", "b", "a"],
        "year": [2001, 2001, 2002, 2002],
        "y": [1.0, 2.0, 3.0, 4.0],
    }
    return pd.DataFrame({**base, **columns})


def test_sorted_by_time_then_unit():
    panel = spatial.Panel(frame().sample(frac=1, random_state=1), "city", "year")
    assert list(panel.frame["y"]) == [2.0, 1.0, 4.0, 3.0]
    assert list(panel.units) == ["a", "b"]
    assert list(panel.times) == [2001, 2002]
    assert panel.balanced
    assert panel.gaps.empty
    assert "2 units in city × 2 times in year" in repr(panel)


@pytest.mark.parametrize(
    ("label", "text"),
    [
        (110000, "110000"),
        (110000.0, "110000"),
        ("110000.0", "110000"),
        (" 北京市 ", "北京市"),
        ("Cafe\u0301", "Caf\u00e9"),
        (1.5, "1.5"),
    ],
)
def test_canonical_text(label, text):
    assert canonical(label) == text


def test_labels_in_two_forms_are_one_unit():
    panel = spatial.Panel(frame(city=[1.0, "2", "1", 2]), "city", "year")
    assert panel.n_units == 2
    assert panel.balanced


def test_labels_that_collapse_are_refused():
    with pytest.raises(spatial.InputError, match="110000"):
        canonical_index([110000, "110000.0"], "the data")


def test_rows_given_twice_are_named():
    with pytest.raises(spatial.InputError, match="b 2001"):
        spatial.Panel(
            frame(city=["b", "a", "b ", "a"], year=[2001, 2001, 2001, 2002]), "city", "year"
        )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"city": ["b", None, "b", "a"]}, "city is empty in 1 row .first: row 1"),
        ({"year": [2001, np.nan, 2002, 2002]}, "year is empty in 1 row"),
    ],
)
def test_missing_labels_are_named(change, message):
    with pytest.raises(spatial.InputError, match=message):
        spatial.Panel(frame(**change), "city", "year")


def test_wrong_columns_are_named():
    with pytest.raises(spatial.InputError, match="no column citty; did you mean city"):
        spatial.Panel(frame(), "citty", "year")
    with pytest.raises(spatial.InputError, match="same column"):
        spatial.Panel(frame(), "city", "city")
    with pytest.raises(spatial.InputError, match="no rows"):
        spatial.Panel(frame().iloc[:0], "city", "year")
    with pytest.raises(spatial.InputError, match="not from a dict"):
        spatial.Panel({"city": []}, "city", "year")


def test_years_as_text_or_floats_are_whole_numbers():
    for years in (["2001", "2001", "2002", "2002"], [2001.0, 2001.0, 2002.0, 2002.0]):
        assert list(spatial.Panel(frame(year=years), "city", "year").times) == [2001, 2002]


def test_gaps_are_listed():
    panel = spatial.Panel(frame().iloc[:3], "city", "year")
    assert not panel.balanced
    assert panel.gaps.values.tolist() == [["a", 2002]]
    assert list(panel.complete_units) == ["b"]


def test_subset_by_units_and_bounds():
    panel = spatial.Panel(frame(), "city", "year")
    assert list(panel.subset(units=["a"]).frame["y"]) == [2.0, 4.0]
    assert list(panel.subset(years=(2002, 2010)).times) == [2002]
    assert list(panel.subset(years=[2001]).times) == [2001]
    for wrong, message in (
        ((2002, 2001), "earlier one first"),
        ([1999], "no year 1999"),
        ((2010, 2011), "no row is left"),
    ):
        with pytest.raises(spatial.InputError, match=message):
            panel.subset(years=wrong)
    with pytest.raises(spatial.InputError, match="no unit c"):
        panel.subset(units=["c"])


def test_cross_section_of_one_year():
    section = spatial.Panel(frame(), "city", "year").at(2002)
    assert section.index.name == "city"
    assert section.loc["a", "y"] == 4.0
    with pytest.raises(spatial.InputError, match="no year 1990; it has 2001, 2002"):
        spatial.Panel(frame(), "city", "year").at(1990)


def test_shift_goes_by_time_never_by_row():
    table = pd.DataFrame(
        {
            "city": ["a", "a", "a", "b", "b"],
            "year": [2001, 2002, 2004, 2002, 2003],
            "y": [1.0, 2.0, 3.0, 4.0, 5.0],
        }
    )
    panel = spatial.Panel(table, "city", "year")
    shifted = panel.frame.assign(lag=panel.shift("y")).set_index(["city", "year"])["lag"]
    assert shifted["a", 2002] == 1.0
    assert shifted["b", 2003] == 4.0
    assert shifted.loc[[("a", 2001), ("a", 2004), ("b", 2002)]].isna().all()
    steps = spatial.Panel(table.assign(year=[1980, 1985, 1990, 1985, 1990]), "city", "year")
    shifted = steps.frame.assign(lag=steps.shift("y")).set_index(["city", "year"])["lag"]
    assert (shifted["a", 1990], shifted["b", 1990]) == (2.0, 4.0)


def test_shift_by_dates():
    dates = pd.to_datetime(["2001-12-31", "2002-12-31", "2003-12-31"])
    panel = spatial.Panel(
        pd.DataFrame({"u": ["a"] * 3, "t": dates, "y": [1.0, 2.0, 3.0]}), "u", "t"
    )
    assert panel.shift("y").tolist()[1:] == [1.0, 2.0]
