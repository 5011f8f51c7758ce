"""What holds for every index: rows in any order, names and units that do not matter, gaps."""

from __future__ import annotations

import inspect
import warnings

import numpy as np
import pandas as pd
import pytest

from analysis import indices
from spatial.errors import InputError

SECTORS = ["a", "b", "c"]
CASES = {
    "location_quotient": {"part": "a", "whole": ["a", "b", "c"]},
    "density": {"part": ["a", "b"], "area": "km2"},
    "expression": {"formula": "log((a + b) / jobs) + u"},
    "expression lag": {"formula": "a / (b + c) - 2 * lag(u)"},
    "coagglomeration": {"first": "a", "second": "b", "whole": "jobs"},
    "coagglomeration quality": {"first": "a", "second": "b", "whole": "jobs", "form": "quality"},
    "coagglomeration ellison": {
        "first": "a",
        "second": "b",
        "whole": "jobs",
        "form": "ellison_glaeser_kerr",
    },
    "specialisation": {"parts": SECTORS},
    "specialisation others": {"parts": SECTORS, "against": "others"},
    "diversity": {"parts": SECTORS},
    "diversity herfindahl": {"parts": SECTORS, "form": "herfindahl"},
    "diversity inverse": {"parts": SECTORS, "form": "inverse_herfindahl"},
    "related_variety": {"groups": {"x": ["a", "b"], "y": ["c"]}},
    "unrelated_variety": {"groups": {"x": ["a", "b"], "y": ["c"]}},
    "entropy_weights": {"positive": ["a", "b"], "negative": ["c"]},
    "entropy_weights year": {"positive": ["a", "b"], "negative": ["c"], "scope": "year"},
    "entropy_topsis": {"positive": ["a", "b"], "negative": ["c"], "shift": 1e-4},
    "entropy_topsis year": {"positive": ["a", "b"], "negative": ["c"], "scope": "year"},
    "resilience_index": {"dimensions": {"resistance": ["a"], "recovery": {"negative": ["c"]}}},
    "principal_component": {"positive": ["a", "b"], "negative": ["c"]},
    "principal_component unit": {"positive": SECTORS, "form": "unit", "scope": "year"},
    "coupling": {"systems": ["u", "v", "w"]},
    "upgrading": {"secondary": "b", "tertiary": "c"},
    "upgrading angle": {"primary": "a", "secondary": "b", "tertiary": "c", "form": "angle"},
    "rationalisation": {"output": ["a", "b"], "labour": ["c", "jobs"]},
    "rationalisation deviation": {
        "output": {"1": "a", "2": ["b"]},
        "labour": {"2": ["jobs"], "1": "c"},
        "form": "deviation",
    },
    "resilience": {"output": "jobs"},
    "resilience sectors": {"sectors": SECTORS, "form": "difference"},
    "resilience_phases": {"phases": [[2010, 2012], [2012, 2013]], "output": "jobs"},
    "resilience_phases growth": {"phases": {"crisis": [2011, 2013]}, "growth": "rate"},
}
TIMED = ("resilience", "resilience_phases")


def world(seed: int = 4, cities: int = 8, years: int = 4) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        [(f"市{i}", 2010 + t) for i in range(cities) for t in range(years)],
        columns=["city", "year"],
    )
    for column in SECTORS:
        frame[column] = rng.integers(20, 90, len(frame)).astype(float)
    frame["jobs"] = frame[SECTORS].sum(axis=1) * rng.uniform(1.1, 1.4, len(frame))
    frame["km2"] = rng.uniform(50, 500, len(frame))
    frame["rate"] = rng.uniform(2, 9, len(frame))
    for column in "uvw":
        frame[column] = rng.uniform(0, 1, len(frame))
    return frame


def of(case: str, frame: pd.DataFrame, **changes: object) -> pd.Series:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", indices.IndexWarning)
        function = getattr(indices, case.split()[0])
        return function(frame, unit="city", time="year", **(CASES[case] | changes))


def measures() -> list[str]:
    found = [getattr(indices, name) for name in indices.__all__]
    return [
        f.__name__
        for f in found
        if inspect.isfunction(f) and "frame" in inspect.signature(f).parameters
    ]


def test_every_index_is_a_case_here():
    assert {case.split()[0] for case in CASES} == set(measures())


@pytest.mark.parametrize("case", CASES)
class TestEveryIndex:
    def test_result_stands_on_the_frames_index_and_says_what_it_is(self, case):
        frame = world().set_index(pd.Index([f"row {i}" for i in range(32)]))
        before = frame.copy(deep=True)
        got = of(case, frame)
        assert isinstance(got, pd.Series) and got.name == case.split()[0]
        assert got.index.equals(frame.index) and got.notna().any()
        pd.testing.assert_frame_equal(frame, before)
        assert got.attrs["note"].endswith(".") and got.attrs["note_zh"].endswith("。")
        pd.concat([got, got])

    def test_order_of_rows_does_not_matter(self, case):
        frame = world()
        mixed = frame.sample(frac=1, random_state=3)
        np.testing.assert_allclose(of(case, mixed)[frame.index], of(case, frame), rtol=1e-9)

    def test_names_of_cities_and_type_of_years_do_not_matter(self, case):
        frame = world()
        other = frame.assign(city=frame["city"].map(lambda c: f" {c}x"), year=frame["year"] * 1.0)
        np.testing.assert_allclose(of(case, other), of(case, frame), rtol=1e-12)

    def test_units_of_measurement_do_not_matter(self, case):
        frame = world()
        scaled = frame.assign(**{c: frame[c] * 1e4 for c in [*SECTORS, "jobs"]})
        factor = 1e4 if case == "density" else 1.0
        np.testing.assert_allclose(of(case, scaled), of(case, frame) * factor, rtol=1e-8)

    def test_a_row_without_values_is_missing_and_moves_no_other(self, case):
        frame = world()
        numeric = [*SECTORS, "jobs", "km2", "rate", "u", "v", "w"]
        gap = frame.copy()
        gap.loc[6, numeric] = np.nan
        got = of(case, gap)
        assert np.isnan(got[6])
        np.testing.assert_allclose(got.drop(6), of(case, frame.drop(6)), rtol=1e-9)

    def test_text_infinity_and_repeated_rows_are_refused_by_place(self, case):
        used = "u" if case.startswith("coupling") else "rate" if "growth" in case else "a"
        used = "jobs" if case in ("resilience", "resilience_phases") else used
        used = "b" if case == "upgrading" else used
        for value, word in (("many", "text"), (np.inf, "infinite")):
            frame = world().astype({used: object})
            frame.loc[6, used] = value
            with pytest.raises(InputError, match=rf"(?s){word}.*市1 2012"):
                of(case, frame)
        with pytest.raises(InputError, match="市1 2012.*more than once"):
            of(case, pd.concat([world(), world().loc[[6]]], ignore_index=True))

    def test_column_that_is_not_there(self, case):
        with pytest.raises(InputError, match=r"the table has no column .*;"):
            of(case, world().drop(columns=[*SECTORS, "jobs", "u", "rate"]))


@pytest.mark.parametrize("case", [c for c in CASES if c.split()[0] not in TIMED and "lag" not in c])
def test_one_year_is_a_cross_section(case):
    frame = world()
    year = frame[frame["year"] == 2012]
    function = getattr(indices, case.split()[0])
    arguments = CASES[case] | ({"scope": "panel"} if "scope" in CASES[case] else {})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", indices.IndexWarning)
        plain = function(year, unit="city", **arguments)
        timed = function(year, unit="city", time="year", **arguments)
    pd.testing.assert_series_equal(plain, timed)


@pytest.mark.parametrize("case", ["entropy_weights", "entropy_topsis", "principal_component"])
def test_one_year_at_a_time_is_the_scope_year(case):
    frame = world()
    years = [of(case, part) for _, part in frame.groupby("year")]
    apart = pd.concat(years).sort_index()
    np.testing.assert_allclose(of(case, frame, scope="year"), apart, rtol=1e-12)
    assert np.abs(of(case, frame) - apart).max() > 0.01


@pytest.mark.parametrize(
    ("case", "changes", "words"),
    [
        ("coagglomeration", {"form": "gamma"}, "'gamma' is unknown; write one of 'height'"),
        ("specialisation", {"parts": ["a"]}, "names 1 of at least 2"),
        ("specialisation", {"parts": ["a", "a", "b"]}, "counts a more than once"),
        ("specialisation", {"against": "rest"}, "'rest' is unknown"),
        ("diversity", {"form": "herfindahl", "base": 2}, "base= belongs to form='entropy'"),
        ("diversity", {"base": 1}, "no base of a logarithm"),
        ("related_variety", {"groups": SECTORS}, "one column in every group"),
        ("related_variety", {"groups": [["a", "b"], ["c"]]}, "mapping from the name of a sector"),
        ("unrelated_variety", {"groups": {"x": SECTORS}}, "names 1 of at least 2"),
        ("unrelated_variety", {"groups": {"x": SECTORS, "y": []}}, "no column for y"),
        ("entropy_weights", {"positive": ["a"], "negative": []}, "two indicators or more, and 1"),
        ("entropy_weights", {"positive": ["a", "c"]}, "name c more than once"),
        ("entropy_weights", {"shift": -1e-4}, "is not zero or a positive number"),
        ("entropy_weights", {"scope": "city"}, "scope='city' is unknown"),
        ("resilience_index", {"dimensions": {"x": {"minus": ["a"]}}}, "has a key 'minus'"),
        ("resilience_index", {"dimensions": {"x": []}}, "dimension 'x' names no indicator"),
        ("resilience_index", {"dimensions": ["a"]}, "no mapping"),
        ("resilience_index", {"method": "pca"}, "method='pca' is unknown"),
        ("principal_component", {"form": "rank"}, "form='rank' is unknown"),
        ("coupling", {"systems": ["u"]}, "two different columns"),
        ("coupling", {"systems": ["u", "u"]}, "two different columns"),
        ("coupling", {"shares": [0.5, 0.5]}, "do not fit 3 systems"),
        ("coupling", {"shares": [0.9, 0.9, -0.8]}, "do not fit 3 systems"),
        ("coupling", {"systems": ["u", "a"]}, r"'a' leaves \[0, 1\] at 市0 2010"),
        ("upgrading", {"form": "angle"}, "needs primary="),
        ("upgrading", {"primary": "a"}, "takes no primary="),
        ("rationalisation", {"labour": ["c"]}, "labour= names 1 of at least 2"),
        ("rationalisation", {"labour": ["c", "jobs", "km2"]}, "2 sectors and labour= 3"),
        ("rationalisation", {"labour": {"1": "c", "2": "jobs"}}, "two kinds"),
        (
            "rationalisation",
            {"output": {"x": "a", "y": "b"}, "labour": {"x": "c", "z": "jobs"}},
            "only one of output= and labour= has y, z",
        ),
        ("coupling", {"shares": "abc"}, "shares='abc' do not fit 3 systems"),
        ("coupling", {"outer_root": "no"}, "outer_root='no' is unknown"),
        ("diversity", {"base": "two"}, "no base of a logarithm"),
        ("entropy_weights", {"shift": "0.1"}, "shift='0.1' is not zero or a positive number"),
        ("entropy_weights", {"positive": 3}, "3 is no name"),
        ("resilience_index", {"dimensions": {"x": 3}}, "3 is no name"),
        ("resilience_phases", {"phases": 2010}, "a phase is 2010; give its first"),
        ("upgrading", {"tertiary": 3}, "3 is no name"),
        ("density", {"area": []}, "area= names no column"),
        ("resilience", {"sectors": SECTORS}, "give one of output="),
        ("resilience_phases", {"phases": []}, "phases= is empty"),
        ("resilience_phases", {"phases": [[2012, 2010]]}, r"\[2012, 2010\]; give its first"),
        ("resilience_phases", {"phases": {"x": 2010}}, "phase 'x' is 2010"),
        ("resilience_phases", {"phases": [[2009, 2012]]}, "name 2009, which the table does not"),
        ("resilience_phases", {"phases": [[2010, 2012], [2011, 2013]]}, "overlap"),
    ],
)
def test_wrong_arguments_are_refused_in_one_sentence(case, changes, words):
    with pytest.raises(InputError, match=words) as refusal:
        of(case, world(), **changes)
    assert "\n" not in str(refusal.value) and str(refusal.value).endswith((".", "?"))


@pytest.mark.parametrize(
    ("case", "row", "change", "words"),
    [
        ("density", 6, {"km2": 0}, "km2 is zero at 市1 2012"),
        ("density", 6, {"a": -1}, "'a' is negative at 市1 2012"),
        ("coagglomeration", 6, {"jobs": 0, "a": 0, "b": 0}, "jobs is zero at 市1 2012"),
        ("coagglomeration ellison", 6, {"a": 9e9}, "a exceeds jobs at 市1 2012"),
        ("specialisation", 6, {"a": 0, "b": 0, "c": 0}, "parts= add up to zero at 市1 2012"),
        ("diversity", 6, {"a": 0, "b": 0, "c": 0}, "parts= add up to zero at 市1 2012"),
        ("related_variety", 6, {"a": 0, "b": 0, "c": 0}, "groups= add up to zero at 市1 2012"),
        ("coupling", 6, {"w": 1.01}, r"'w' leaves \[0, 1\] at 市1 2012"),
        ("upgrading", 6, {"b": 0}, "b is zero at 市1 2012"),
        (
            "upgrading angle",
            6,
            {"a": 0, "b": 0, "c": 0},
            "secondary and tertiary add up to zero at 市1",
        ),
        ("rationalisation", 6, {"c": 0}, "sector 'a' has no labour at 市1 2012"),
        ("rationalisation deviation", 6, {"c": 0, "a": 0}, "sector '1' has no labour at 市1 2012"),
        ("resilience_phases", 4, {"jobs": 0}, "first year of the phase to 市1 2012"),
        ("resilience sectors", 4, {"a": 0, "b": 0, "c": 0}, "zero in the year before 市1 2011"),
    ],
)
def test_cells_without_a_meaning_are_refused_by_city_and_year(case, row, change, words):
    frame = world()
    for column, value in change.items():
        frame.loc[row, column] = value
    with pytest.raises(InputError, match=words):
        of(case, frame)


@pytest.mark.parametrize("case", [c for c in CASES if c.startswith(("entropy", "principal"))])
def test_constant_indicators_and_empty_tables(case):
    flat = world().assign(a=3.0)
    with pytest.raises(InputError, match=r"indicator a is the same in every row"):
        of(case, flat)
    with pytest.raises(InputError, match="no row has all the indicators"):
        of(case, world().assign(a=np.nan))
    still = world()
    still.loc[still["year"] == 2012, "a"] = 5.0
    if CASES[case].get("scope") == "year":
        with pytest.raises(InputError, match=r"same in every row in 2012.*scope='panel'"):
            of(case, still)
    else:
        of(case, still)


def test_tables_need_the_result_as_it_came():
    plain = pd.Series([1.0], name="x")
    with pytest.raises(InputError, match="'x' carries no indicators"):
        indices.indicator_table(plain)
    with pytest.raises(InputError, match="'x' carries no phases"):
        indices.phase_table(plain)
    with pytest.raises(InputError, match="scope='year' needs the column"):
        indices.entropy_weights(world(years=1), ["a", "b"], scope="year", unit="city")
