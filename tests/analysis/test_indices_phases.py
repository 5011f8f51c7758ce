"""Resilience by sensitivity, by structure and over declared phases: by hand and by recovery."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from analysis import indices
from spatial.errors import InputError

KEYS = {"unit": "city", "time": "year"}
QUIET = pytest.mark.filterwarnings("ignore::analysis.indices.ResilienceWarning")


def two() -> pd.DataFrame:
    """Totals 400, 380, 418: −5 % and +10 %."""
    return pd.DataFrame(
        {
            "city": list("xxxyyy"),
            "year": [2019, 2020, 2021] * 2,
            "gdp": [100, 90, 108, 300, 290, 310],
            "digital": [40, 44, 55, 60, 66, 75],
            "other": [60, 46, 53, 240, 224, 235],
        }
    )


def drawn(seed: int = 1, cities: int = 12, years: int = 6) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        [(f"市{i}", 2010 + t) for i in range(cities) for t in range(years)],
        columns=["city", "year"],
    )
    for name in "abc":
        steps = rng.normal(0.06, 0.02, (cities, years)).cumsum(axis=1)
        frame[name] = (rng.uniform(50, 200, (cities, 1)) * np.exp(steps)).ravel()
    frame["all"] = frame[["a", "b", "c"]].sum(axis=1)
    return frame


# ---- sensitivity


def test_sensitivity_by_hand_and_names_those_who_move_against_the_nation():
    # 2020: x −10 % over −5 % = 2, y −1/30 over −1/20 = 2/3; 2021: 0.2/0.1 = 2, (20/290)/0.1.
    got = indices.resilience(two(), "gdp", "sensitivity", **KEYS)
    want = [np.nan, 2, 2, np.nan, 2 / 3, 20 / 29]
    np.testing.assert_allclose(got, want, rtol=1e-12)
    against = two().assign(gdp=[100, 103, 108, 300, 280, 310])
    with pytest.warns(indices.ResilienceWarning, match="negative at x 2020: .* moved against"):
        indices.resilience(against, "gdp", "sensitivity", **KEYS)


def test_sensitivity_and_the_relative_form_tell_the_same():
    frame = drawn()
    ratio = indices.resilience(frame, "all", "sensitivity", **KEYS)
    relative = indices.resilience(frame, "all", **KEYS)
    np.testing.assert_allclose(relative, ratio - 1, atol=1e-12)


# ---- structure-weighted expectation


def test_structure_weighted_resilience_by_hand():
    # 2020: digital 100 -> 110 (+10 %), other 300 -> 270 (−10 %).
    # x: E = 4 − 6 = −2, ΔY = −10: (−10 + 2)/2 = −4; y: E = 6 − 24 = −18, ΔY = −10: 8/18.
    # 2021: digital 110 -> 130 (2/11), other 270 -> 288 (1/15).
    # x: E = 8 + 46/15, ΔY = 18; y: E = 12 + 224/15, ΔY = 20.
    got = indices.resilience(two(), sectors=["digital", "other"], **KEYS)
    e_x, e_y = 8 + 46 / 15, 12 + 224 / 15
    want = [np.nan, -4, (18 - e_x) / e_x, np.nan, 8 / 18, (20 - e_y) / e_y]
    np.testing.assert_allclose(got, want, rtol=1e-12)
    assert "2 sectors (digital, other)" in got.attrs["note"] and "结构" in got.attrs["note_zh"]
    gap = indices.resilience(two(), sectors=["digital", "other"], form="difference", **KEYS)
    assert gap[1] == pytest.approx(-0.08) and gap[4] == pytest.approx(8 / 300)
    nation = json.loads(got.attrs["national_growth"])
    assert nation == pytest.approx({"2020": -0.05, "2021": 0.1})


def test_expected_changes_add_up_to_the_national_change():
    frame = drawn()
    gap = indices.resilience(frame, sectors=list("abc"), form="difference", **KEYS)
    before = frame.groupby("city")["all"].shift()
    sums = (gap * before).groupby(frame["year"]).sum()
    np.testing.assert_allclose(sums, 0, atol=1e-9)


def test_cities_of_one_structure_are_measured_against_the_nation():
    frame = drawn()
    shares = np.array([0.2, 0.3, 0.5])
    same = frame.assign(**{n: frame["all"] * s for n, s in zip("abc", shares, strict=True)})
    got = indices.resilience(same, sectors=list("abc"), **KEYS)
    np.testing.assert_allclose(got, indices.resilience(frame, "all", **KEYS), rtol=1e-9)


def test_expectations_near_zero_and_of_the_other_sign_are_named_by_city():
    frame = two().assign(digital=[60, 66, 70, 40, 44, 60], other=[40, 24, 38, 260, 246, 250])
    # x: E = 6 − 4 = 2 (+2 %) while the nation falls by 5 %.
    with pytest.warns(indices.ResilienceWarning, match="other sign than .* at x 2020: there"):
        indices.resilience(frame, sectors=["digital", "other"], **KEYS)
    near = two().assign(digital=[49.0, 55, 70, 51, 55, 60], other=[51.0, 35, 38, 249, 235, 250])
    with pytest.warns(indices.ResilienceWarning, match="below one per cent at x 2020: resil"):
        indices.resilience(near, sectors=["digital", "other"], **KEYS)
    even = two().assign(digital=[50, 55, 70, 50, 55, 60], other=[50, 35, 38, 250, 235, 250])
    with pytest.raises(InputError, match="expected growth is zero at x 2020"):
        indices.resilience(even, sectors=["digital", "other"], **KEYS)


def test_sector_that_starts_from_zero_everywhere():
    frame = two().assign(fresh=[0, 0, 0, 0, 5, 5])
    with pytest.raises(InputError, match="sector 'fresh' starts from zero in every city for 2020"):
        indices.resilience(frame, sectors=["gdp", "fresh"], **KEYS)
    idle = two().assign(fresh=0)
    got = indices.resilience(idle, sectors=["gdp", "fresh"], **KEYS)
    np.testing.assert_allclose(got, indices.resilience(idle, "gdp", **KEYS), rtol=1e-12)


# ---- phases


def test_phases_by_hand():
    # 2019–2020: −5 %: x (−10 + 5)/5 = −1, y (−10/3 + 5)/5 = 1/3: resistance.
    # 2020–2021: +10 %: x (20 − 10)/10 = 1, y (200/29 − 10)/10: recovery.
    phases = {"冲击": [2019, 2020], "恢复期": [2020, 2021]}
    got = indices.resilience_phases(two(), phases, "gdp", **KEYS)
    want = [np.nan, -1, 1, np.nan, 1 / 3, 20 / 29 - 1]
    np.testing.assert_allclose(got, want, rtol=1e-12)
    table = indices.phase_table(got)
    assert table["kind"].tolist() == ["contraction", "expansion"]
    assert table["cities"].tolist() == [2, 2]
    np.testing.assert_allclose(table["national_growth"], [-0.05, 0.1], rtol=1e-12)
    assert "冲击 2019–2020 (national growth −5.0%, a contraction)" in got.attrs["note"]
    assert "恢复期 2020–2021（全国增长 10.0%，属扩张期）" in got.attrs["note_zh"]


def test_phases_of_one_year_are_the_yearly_form():
    frame = drawn()
    phases = [[2010 + t, 2011 + t] for t in range(5)]
    for options in ({"output": "all"}, {"sectors": list("abc")}):
        for form in ("relative", "difference", "sensitivity"):
            got = indices.resilience_phases(frame, phases, form=form, **options, **KEYS)
            want = indices.resilience(frame, form=form, **options, **KEYS)
            np.testing.assert_allclose(got, want, rtol=1e-9)


def test_value_of_a_phase_stands_in_each_of_its_years_and_nowhere_else():
    frame = drawn()
    got = indices.resilience_phases(frame, [[2011, 2014]], "all", **KEYS)
    inside = frame["year"].between(2012, 2014)
    assert got[inside].notna().all() and got[~inside].isna().all()
    wide = frame.pivot(index="city", columns="year", values="all")
    own = wide[2014] / wide[2011] - 1
    nation = wide[2014].sum() / wide[2011].sum() - 1
    want = frame["city"].map((own - nation) / nation)
    np.testing.assert_allclose(got[inside], want[inside], rtol=1e-9)


def test_structure_weighted_phases_by_pivots():
    frame = drawn()
    got = indices.resilience_phases(
        frame, [[2011, 2014]], sectors=list("abc"), form="difference", **KEYS
    )
    start = frame[frame["year"] == 2011].set_index("city")[list("abc")]
    end = frame[frame["year"] == 2014].set_index("city")[list("abc")]
    expected = (start * (end.sum() / start.sum() - 1)).sum(axis=1)
    want = (end.sum(axis=1) - start.sum(axis=1) - expected) / start.sum(axis=1)
    last = frame["year"] == 2014
    np.testing.assert_allclose(got[last], frame.loc[last, "city"].map(want), rtol=1e-9)


def test_phases_from_yearly_growth_compound():
    frame = drawn()
    frame["growth"] = frame.groupby("city")["all"].pct_change() * 100
    got = indices.resilience_phases(frame, [[2011, 2014]], growth="growth", weight="all", **KEYS)
    want = indices.resilience_phases(frame, [[2011, 2014]], "all", **KEYS)
    np.testing.assert_allclose(got, want, rtol=1e-9)
    assert "growth compounded over the phase" in got.attrs["note"]
    assert "all of the phase's first year" in got.attrs["note"] and "首年" in got.attrs["note_zh"]
    hole = frame.copy()
    hole.loc[3, "growth"] = np.nan  # 市0, 2013, inside the phase
    with pytest.warns(indices.ResilienceWarning, match=r"missing for 市0 2011–2014: "):
        broken = indices.resilience_phases(hole, [[2011, 2014]], growth="growth", **KEYS)
    assert broken[hole["city"] == "市0"].isna().all()


def test_cities_without_an_end_of_a_phase_are_named_and_leave_the_national_growth():
    frame = drawn()
    gap = frame[~((frame["city"] == "市3") & (frame["year"] == 2011))]
    with pytest.warns(indices.ResilienceWarning, match="missing for 市3 2011–2014: resilience"):
        got = indices.resilience_phases(gap, [[2011, 2014]], "all", **KEYS)
    rest = gap[gap["city"] != "市3"]
    want = indices.resilience_phases(rest, [[2011, 2014]], "all", **KEYS)
    pd.testing.assert_series_equal(got[rest.index], want)
    assert indices.phase_table(got)["cities"].tolist() == [11]


def test_phases_of_equal_national_growth_count_their_own_cities():
    frame = pd.DataFrame({"city": list("xxxyyyz"), "year": [1, 2, 3, 1, 2, 3, 3]})
    frame["jobs"] = [100.0, 120, 144, 200, 210, 252, 9]
    frame.loc[4:5, "jobs"] = [240.0, 288]
    with pytest.warns(indices.ResilienceWarning, match="missing for z 1–2, z 2–3"):
        got = indices.resilience_phases(frame, [[1, 2], [2, 3]], "jobs", **KEYS)
    table = indices.phase_table(got)
    assert table["national_growth"].tolist() == pytest.approx([0.2, 0.2])
    assert table["cities"].tolist() == [2, 2]


def test_warnings_point_to_the_line_that_called():
    against = two().assign(gdp=[100, 103, 108, 300, 280, 310])
    with pytest.warns(indices.ResilienceWarning) as caught:
        indices.resilience(against, "gdp", "sensitivity", **KEYS)
        indices.resilience(two().assign(gdp=[100, 101, 99, 300, 301, 301]), "gdp", **KEYS)
        indices.resilience_phases(against, [[2019, 2020]], "gdp", "sensitivity", **KEYS)
        away = against.assign(gdp=against["gdp"].where(against["year"] > 2019))
        away.loc[3, "gdp"] = 300
        indices.resilience_phases(away, [[2019, 2020]], "gdp", **KEYS)
    assert len(caught) >= 4 and {warning.filename for warning in caught} == {__file__}


@QUIET
def test_phase_that_no_city_spans_is_refused():
    frame = drawn().assign(all=lambda t: t["all"].where(t["year"] != 2012))
    with pytest.raises(InputError, match="no city has the values that phase 2012–2014 needs"):
        indices.resilience_phases(frame, [[2010, 2011], [2012, 2014]], "all", **KEYS)
    with pytest.raises(InputError, match="first and the last year of a phase"):
        indices.resilience_phases(frame, [[2012, 2014]], "all", **KEYS)


def test_national_standstill_over_a_phase():
    frame = two().assign(gdp=[100, 90, 108, 300, 308, 310])
    with pytest.warns(indices.ResilienceWarning, match=r"below one per cent in 2019–2020 \(-0.50%"):
        indices.resilience_phases(frame, [[2019, 2020]], "gdp", **KEYS)
    still = two().assign(gdp=[100, 90, 108, 300, 310, 310])
    with pytest.raises(InputError, match="growth is zero in 2019–2020"):
        indices.resilience_phases(still, [[2019, 2020]], "gdp", **KEYS)
