"""How clusters changed between two times: every pair of classes, times, refusals."""

import itertools

import numpy as np
import pandas as pd
import pytest

from spatial import InputError, Panel, getis_ord_by_time, lisa_by_time, lisa_change, weights

CLUSTERS = ["HH", "LH", "LL", "HL", "not significant", "isolate", "missing"]
CHANGES = [
    "stayed HH", "became HH", "left HH", "stayed LL", "became LL", "left LL", "outlier",
    "not significant", "isolate", "missing",
]  # fmt: skip
# row: before, column: after, in the order of CLUSTERS; i isolate, m missing, o outlier, - neither
TABLE = """
HH=  HH<  LL+  HH<  HH<  i  m
HH+  o    LL+  o    o    i  m
HH+  LL<  LL=  LL<  LL<  i  m
HH+  o    LL+  o    o    i  m
HH+  o    LL+  o    -    i  m
i    i    i    i    i    i  m
m    m    m    m    m    m  m
"""
SIGNS = {"=": "stayed", "+": "became", "<": "left"}
SINGLE = {"i": "isolate", "m": "missing", "o": "outlier", "-": "not significant"}


def word(cell):
    return SINGLE[cell] if cell in SINGLE else f"{SIGNS[cell[2]]} {cell[:2]}"


def by_time(parts):
    """Result of a local statistic over times, with given classes by unit."""
    frames = {
        time: pd.DataFrame(
            {"cluster": pd.Categorical(list(part.values()), categories=CLUSTERS, ordered=True)},
            index=pd.Index(list(part), name="city"),
        )
        for time, part in parts.items()
    }
    result = pd.concat(frames, names=["year"])
    result.attrs = {"weights": "queen", "alpha": 0.05}
    return result


def test_every_pair_of_classes():
    pairs = list(itertools.product(CLUSTERS, CLUSTERS))
    units = [f"u{i}" for i in range(len(pairs))]
    result = by_time(
        {
            2011: dict(zip(units, [a for a, _ in pairs], strict=True)),
            2022: dict(zip(units, [b for _, b in pairs], strict=True)),
        }
    )
    found = lisa_change(result)
    assert list(found.columns) == ["before", "after", "change"]
    assert list(zip(found["before"], found["after"], strict=True)) == pairs
    assert list(found["change"]) == [word(cell) for cell in TABLE.split()]
    assert list(found["change"].cat.categories) == CHANGES
    assert found.attrs == {"weights": "queen", "alpha": 0.05, "before": "2011", "after": "2022"}


def test_times_are_chosen_and_units_matched_by_label():
    parts = {
        2011: {"a": "HH", "b": "LL", "c": "HH"},
        2016: {"a": "LL", "b": "LL", "c": "HL"},
        2022: {"c": "not significant", "d": "HH", "b": "LL"},
    }
    result = by_time(parts)
    whole = lisa_change(result)["change"]
    assert whole.to_dict() == {"a": "missing", "b": "stayed LL", "c": "left HH", "d": "missing"}
    early = lisa_change(result, ("2011", 2016.0))["change"]
    assert early.to_dict() == {"a": "became LL", "b": "stayed LL", "c": "left HH"}
    back = lisa_change(result, (2016, 2011))["change"]
    assert back.to_dict() == {"a": "became HH", "b": "stayed LL", "c": "became HH"}
    shuffled = lisa_change(result.sample(frac=1, random_state=1), (2011, 2022))["change"]
    assert shuffled.to_dict() == whole.to_dict()


def test_on_the_result_of_local_moran():
    rng = np.random.default_rng(3)
    w = weights.from_matrix(np.eye(30, k=1) + np.eye(30, k=-1), list(range(30)))
    wave = np.sin(np.arange(30) / 4)
    frame = pd.concat(
        pd.DataFrame({"unit": range(30), "year": year, "y": sign * wave + rng.normal(0, 0.1, 30)})
        for year, sign in ((1, 1.0), (2, -1.0))
    )
    panel = Panel(frame, "unit", "year")
    result = lisa_by_time(panel, "y", w, alternative="folded")
    found = lisa_change(result)
    became = found["change"] == "became HH"
    assert (result.loc[2, "cluster"][became] == "HH").all()
    assert (result.loc[1, "cluster"][became] != "HH").all()
    assert became.sum() == ((found["after"] == "HH") & (found["before"] != "HH")).sum() > 0
    with pytest.raises(InputError, match="holds 'cold spot'.*HH, LH, LL, HL"):
        lisa_change(getis_ord_by_time(panel, "y", w, alternative="folded"))


def test_what_is_refused():
    one = by_time({2011: {"a": "HH"}})
    with pytest.raises(InputError, match="between two times, not 2011"):
        lisa_change(one)
    two = by_time({2011: {"a": "HH"}, 2016: {"a": "HH"}})
    with pytest.raises(InputError, match="no time 2015; it holds 2011, 2016"):
        lisa_change(two, (2011, 2015))
    with pytest.raises(InputError, match="between two times, not 2011, 2011"):
        lisa_change(two, (2011, 2011))
    with pytest.raises(InputError, match="this one has no time"):
        lisa_change(two.loc[2011])
    with pytest.raises(InputError, match="no column cluster"):
        lisa_change(two["cluster"])
