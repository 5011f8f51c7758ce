"""Instruments: by their formulas, cell by cell, and at work in the demonstration."""

import numpy as np
import pandas as pd
import pytest

from analysis import instruments
from spatial.errors import InputError

KEYS = {"unit": "city", "time": "year"}


@pytest.fixture
def table():
    rng = np.random.default_rng(3)
    rows = pd.DataFrame({"city": list("abcde") * 4, "year": np.repeat([2001, 2002, 2003, 2004], 5)})
    for name in ("soft", "hard", "rest"):
        rows[name] = rng.uniform(1, 9, size=len(rows))
    rows["phones"] = rows["city"].map(dict(zip("abcde", [1.0, 2, 3, 4, 5], strict=True)))
    rows["users"] = (rows["year"] - 2000) ** 2.0
    return rows.sample(frac=1, random_state=1)


def test_time_shifted_is_base_times_earlier_trend(table):
    made = instruments.time_shifted(table, base="phones", trend="users", **KEYS)
    assert made.index.equals(table.index)
    assert made.name == "phones:users lagged"
    for row, value in made.items():
        year, phones = table.loc[row, "year"], table.loc[row, "phones"]
        if year == 2001:
            assert np.isnan(value)
        else:
            assert value == phones * (year - 2001) ** 2
    now = instruments.time_shifted(table, base="phones", trend="users", lag=0, **KEYS)
    np.testing.assert_array_equal(now, table["phones"] * table["users"])


@pytest.mark.parametrize("leave_out", [True, False])
def test_shift_share_is_its_sum(table, leave_out):
    parts, whole = ["soft", "hard"], "whole"
    table["whole"] = table["soft"] + table["hard"] + table["rest"]
    made = instruments.shift_share(
        table, parts=parts, whole=whole, base=2001, leave_out=leave_out, **KEYS
    )
    cells = table.set_index(["city", "year"])
    for row, value in made.items():
        city, year = table.loc[row, "city"], table.loc[row, "year"]
        total = 0.0
        for part in parts:
            share = cells.loc[(city, 2001), part] / cells.loc[(city, 2001), "whole"]
            others = [c for c in "abcde" if c != city or not leave_out]
            after = sum(cells.loc[(c, year), part] for c in others)
            before = sum(cells.loc[(c, 2001), part] for c in others)
            total += share * (after / before - 1)
        assert value == pytest.approx(total)
    sums = (table["soft"] + table["hard"]) / table["whole"]
    first = sums[table["year"] == 2001]
    assert made.attrs["share_sum"] == pytest.approx((first.min(), first.max()))
    assert 1 <= made.attrs["effective_shocks"] <= 2


def test_shift_share_with_shocks_from_elsewhere(table):
    years = [2001, 2002, 2003, 2004]
    shocks = {
        "soft": dict(zip(years, [0, 0.1, 0.2, 0.4], strict=True)),
        "hard": dict.fromkeys(years, 0),
    }
    made = instruments.shift_share(table, parts=["soft", "hard"], base=2001, shocks=shocks, **KEYS)
    cells = table.set_index(["city", "year"])
    for row, value in made.items():
        first = cells.loc[(table.loc[row, "city"], 2001)]
        share = first["soft"] / (first["soft"] + first["hard"])
        assert value == pytest.approx(share * shocks["soft"][table.loc[row, "year"]])


def test_units_do_not_matter(table):
    parts = {"parts": ["soft", "hard", "rest"], "base": 2001}
    plain = instruments.shift_share(table, **parts, **KEYS)
    scaled = table.assign(**{name: table[name] * 1e4 for name in parts["parts"]})
    np.testing.assert_allclose(instruments.shift_share(scaled, **parts, **KEYS), plain, atol=1e-12)


def test_refusals(table):
    with pytest.raises(InputError, match="users must be the same within a unit"):
        instruments.time_shifted(table, base="users", trend="users", **KEYS)
    with pytest.raises(InputError, match="phones must be the same within a time"):
        instruments.time_shifted(table, base="phones", trend="phones", **KEYS)
    with pytest.raises(InputError, match="lag=-1"):
        instruments.time_shifted(table, base="phones", trend="users", lag=-1, **KEYS)
    share = {"parts": ["soft", "hard"], "base": 2001}
    with pytest.raises(InputError, match="no column 'sof'"):
        instruments.shift_share(table, **share | {"parts": ["sof"]}, **KEYS)
    with pytest.raises(InputError, match="has no year 1990"):
        instruments.shift_share(table, **share | {"base": 1990}, **KEYS)
    with pytest.raises(InputError, match="negative"):
        instruments.shift_share(table.assign(soft=-1.0), **share, **KEYS)
    lone = table.assign(soft=table["soft"].where(table["city"] == "a", 0.0))
    with pytest.raises(InputError, match="single unit"):
        instruments.shift_share(lone, **share, **KEYS)
    with pytest.raises(InputError, match="zero in 2001 for b"):
        instruments.shift_share(lone.assign(hard=lone["soft"]), **share, **KEYS)
    with pytest.raises(InputError, match="lacks 2001"):
        shocks = {"soft": {2002: 1.0}, "hard": {2002: 1.0}}
        instruments.shift_share(table, **share, shocks=shocks, **KEYS)
    gone = table[~((table["city"] == "c") & (table["year"] == 2001))]
    with pytest.raises(InputError, match="c have no values"):
        instruments.shift_share(gone, **share, **KEYS)
