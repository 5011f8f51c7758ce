"""Location quotient and resilience: by hand, by an independent formula, and on messy tables."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from analysis import indices
from spatial.errors import InputError


def employment(seed: int = 3, cities: int = 7, years: int = 4) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        [(f"市{i}", 2010 + t) for i in range(cities) for t in range(years)],
        columns=["city", "year"],
    )
    frame["whole"] = rng.integers(100, 900, len(frame))
    frame["a"] = rng.integers(0, 40, len(frame))
    frame["b"] = rng.integers(0, 40, len(frame))
    frame["gdp"] = rng.uniform(50, 500, len(frame))
    return frame


# ---- location quotient


def test_location_quotient_by_hand():
    # 2010: national share (10 + 10) / (100 + 300) = 1/20; city shares 1/10 and 1/30: LQ 2 and 2/3.
    # 2011: national share 30 / 300 = 1/10; shares 0 and 30/200: LQ 0 and 1.5.
    frame = pd.DataFrame(
        {
            "city": ["x", "y", "x", "y"],
            "year": [2010, 2010, 2011, 2011],
            "it": [10, 10, 0, 30],
            "all": [100, 300, 100, 200],
        }
    )
    got = indices.location_quotient(frame, part="it", whole="all", unit="city", time="year")
    assert got.name == "location_quotient"
    np.testing.assert_allclose(got, [2, 2 / 3, 0, 1.5], rtol=1e-14)


def test_location_quotient_against_groupby_and_its_weighted_mean_is_one():
    frame = employment()
    got = indices.location_quotient(frame, ["a", "b"], "whole", unit="city", time="year")
    e = frame["a"] + frame["b"]
    nation = e.groupby(frame["year"]).transform("sum") / frame.groupby("year")["whole"].transform(
        "sum"
    )
    np.testing.assert_allclose(got, e / frame["whole"] / nation, rtol=1e-13)
    mean = (got * frame["whole"]).groupby(frame["year"]).sum() / frame.groupby("year")[
        "whole"
    ].sum()
    np.testing.assert_allclose(mean, 1.0, rtol=1e-13)


def test_location_quotient_needs_no_time_and_keeps_the_index():
    frame = employment(years=1).set_index(pd.Index(list("gfedcba")))
    got = indices.location_quotient(frame, "a", "whole", unit="city")
    assert list(got.index) == list("gfedcba")
    assert "区位熵" in got.attrs["note_zh"]


def test_location_quotient_shuffled_rows_and_float_years():
    frame = employment()
    plain = indices.location_quotient(frame, "a", "whole", unit="city", time="year")
    messy = frame.sample(frac=1, random_state=1)
    messy["year"] = [year if i % 2 else float(year) for i, year in enumerate(messy["year"])]
    messy["year"] = messy["year"].astype(object)
    got = indices.location_quotient(messy, "a", "whole", unit="city", time="year")
    pd.testing.assert_series_equal(got.sort_index(), plain)


def test_location_quotient_missing_rows_leave_both_sums():
    frame = employment(years=1)
    gap = frame.astype({"a": float, "whole": float})
    gap.loc[2, "a"] = np.nan
    gap.loc[4, "whole"] = np.nan
    got = indices.location_quotient(gap, "a", "whole", unit="city")
    rest = frame.drop([2, 4])
    want = indices.location_quotient(rest, "a", "whole", unit="city")
    assert got.isna().sum() == 2
    pd.testing.assert_series_equal(got.drop([2, 4]), want)


@pytest.mark.parametrize(
    ("row", "column", "value", "words"),
    [
        (1, "whole", 0, ["whole is zero", "市0 2011"]),
        (1, "a", -3, ["negative", "市0 2011"]),
        (1, "a", 5000, ["a exceeds whole", "市0 2011"]),
        (1, "a", np.inf, ["infinite", "市0 2011"]),
        (1, "a", "abc", ["text", "'abc'", "市0 2011"]),
        (1, "year", 2010, ["more than once", "市0 2010"]),
        (1, "city", None, ["'city'", "row 2"]),
    ],
)
def test_location_quotient_names_the_place(row, column, value, words):
    frame = employment().astype({"a": object, "city": object, "whole": float})
    frame.loc[row, column] = value
    with pytest.raises(InputError) as refusal:
        indices.location_quotient(frame, "a", "whole", unit="city", time="year")
    for word in words:
        assert word in str(refusal.value)


def test_location_quotient_refuses_an_industry_that_is_nowhere():
    frame = employment()
    frame.loc[frame["year"] == 2012, "a"] = 0
    with pytest.raises(InputError, match=r"zero in every city.*2012"):
        indices.location_quotient(frame, "a", "whole", unit="city", time="year")


def test_columns_are_named_when_misspelt_and_never_changed():
    frame = employment()
    before = frame.copy(deep=True)
    with pytest.raises(InputError, match=r"no column 'whol'.*did you mean whole"):
        indices.location_quotient(frame, "a", "whol", unit="city", time="year")
    with pytest.raises(InputError, match="at least one column"):
        indices.location_quotient(frame, [], "whole", unit="city", time="year")
    indices.location_quotient(frame, "a", "whole", unit="city", time="year")
    indices.resilience(frame, "gdp", unit="city", time="year")
    pd.testing.assert_frame_equal(frame, before)


# ---- resilience


def test_resilience_by_hand():
    # total 400 -> 440: g_N = 0.1, cities 0.2 and 20/300;
    # 440 -> 418: g_N = -0.05, cities 0 and -22/320.
    frame = pd.DataFrame(
        {"city": list("xxxyyy"), "year": [1, 2, 3] * 2, "gdp": [100, 120, 120, 300, 320, 298.0]}
    )
    got = indices.resilience(frame, output="gdp", unit="city", time="year")
    want = [np.nan, 1, 1, np.nan, (20 / 300 - 0.1) / 0.1, (-22 / 320 + 0.05) / 0.05]
    np.testing.assert_allclose(got, want, rtol=1e-12)
    assert got.name == "resilience"
    assert json.loads(got.attrs["national_growth"]) == pytest.approx({"2": 0.1, "3": -0.05})
    plain = indices.resilience(frame, output="gdp", form="difference", unit="city", time="year")
    np.testing.assert_allclose(plain, np.array(want) * [1, 0.1, 0.05, 1, 0.1, 0.05], rtol=1e-12)


def test_resilience_gives_back_the_shock_that_made_the_levels():
    # DEMO.md, 4: Y_t = Y_{t-1}[1 + g + |g|(r - c)], c the weighted mean of r, gives index r - c.
    rng = np.random.default_rng(5)
    level, rows, truth = rng.uniform(50, 900, 30), [], []
    for year, g in enumerate([0.095, 0.07, -0.02, 0.084]):
        if year == 0:
            rows += [(i, 2010, level[i]) for i in range(30)]
            truth += [np.nan] * 30
        r = rng.normal(0, 0.5, 30)
        c = (level * r).sum() / level.sum()
        level = level * (1 + g + abs(g) * (r - c))
        rows += [(i, 2011 + year, level[i]) for i in range(30)]
        truth += list(r - c)
    frame = pd.DataFrame(rows, columns=["city", "year", "gdp"])
    got = indices.resilience(frame, "gdp", unit="city", time="year")
    np.testing.assert_allclose(got, truth, atol=1e-11)


def test_resilience_lags_by_the_year_and_not_by_the_row():
    frame = employment().sample(frac=1, random_state=2)
    full = indices.resilience(frame, "gdp", unit="city", time="year")
    gap = frame[~((frame["city"] == "市3") & (frame["year"] == 2011))]
    got = indices.resilience(gap, "gdp", unit="city", time="year")
    holed = gap["city"] == "市3"
    assert got[holed].isna().sum() == 2
    assert full[frame["year"] == 2010].isna().all()
    last = gap["year"] == 2013
    pd.testing.assert_series_equal(got[last], full[frame["year"] == 2013])
    others = gap[gap["city"] != "市3"]
    alone = indices.resilience(others, "gdp", unit="city", time="year")
    in_2012 = others["year"] == 2012
    pd.testing.assert_series_equal(got[others.index][in_2012], alone[in_2012])


def test_resilience_missing_values_stay_missing():
    frame = employment()
    frame.loc[5, "gdp"] = np.nan  # 市1, 2011
    got = indices.resilience(frame, "gdp", unit="city", time="year")
    assert got[[5, 6]].isna().all()
    assert got.notna().sum() == 7 * 3 - 2


def test_resilience_from_given_growth_weighted_by_last_year():
    frame = employment()
    level = frame.pivot(index="year", columns="city", values="gdp")
    rate = level.pct_change() * 100
    frame["growth"] = [rate.loc[row.year, row.city] for row in frame.itertuples()]
    for form in ("relative", "difference"):
        want = indices.resilience(frame, "gdp", form, unit="city", time="year")
        got = indices.resilience(
            frame, form=form, growth="growth", weight="gdp", unit="city", time="year"
        )
        np.testing.assert_allclose(got, want, rtol=1e-9)
    assert "weighted by gdp of the year before" in got.attrs["note"]
    plain = indices.resilience(frame, form="difference", growth="growth", unit="city", time="year")
    want = (rate.sub(rate.mean(axis=1), axis=0) / 100).T.to_numpy().ravel()
    np.testing.assert_allclose(plain, want, rtol=1e-9)
    assert "unweighted" in plain.attrs["note"]


def test_resilience_warns_where_national_growth_is_small_and_refuses_zero():
    frame = pd.DataFrame({"city": list("xxyy"), "year": [1, 2, 1, 2], "gdp": [100, 104, 300, 299]})
    with pytest.warns(indices.ResilienceWarning, match=r"2 \(0.75%\)"):
        indices.resilience(frame, "gdp", unit="city", time="year")
    indices.resilience(frame, "gdp", "difference", unit="city", time="year")
    frame.loc[3, "gdp"] = 296
    with pytest.raises(InputError, match=r"growth is zero in 2.*difference"):
        indices.resilience(frame, "gdp", unit="city", time="year")


@pytest.mark.parametrize(
    ("change", "arguments", "words"),
    [
        ({}, {"output": "gdp", "growth": "gdp"}, "one of output="),
        ({}, {}, "one of output="),
        ({}, {"output": "gdp", "form": "ratio"}, "'ratio' is unknown"),
        ({}, {"output": "gdp", "weight": "a"}, "weight= goes with growth="),
        ({"gdp": 0.0}, {"output": "gdp"}, "zero in the year before 市0 2011"),
        ({"gdp": -1.0}, {"output": "gdp"}, "negative at 市0 2010"),
        ({"year": "spring"}, {"output": "gdp"}, "spring are not whole years"),
        ({}, {"output": "gpd"}, "did you mean gdp"),
    ],
)
def test_resilience_refusals(change, arguments, words):
    frame = employment().astype({"year": object})
    for column, value in change.items():
        frame.loc[0, column] = value
    with pytest.raises(InputError, match=words):
        indices.resilience(frame, unit="city", time="year", **arguments)


def test_resilience_needs_two_years_in_a_row():
    frame = employment()
    frame["year"] = frame["year"] * 2
    with pytest.raises(InputError, match="two consecutive years"):
        indices.resilience(frame, "gdp", unit="city", time="year")
