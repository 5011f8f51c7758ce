"""Every part of a study as a plain function: one vocabulary of columns, counts that are right."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass

import geopandas
import numpy as np
import pandas as pd
import pytest
from support.worlds import (
    graph,
    lattice_matrix,
    names,
    row_standardised,
    simulated_panel,
    with_isolate,
)

import spatial

SIDE, PERIODS = 5, 8
MATRIX = with_isolate(lattice_matrix(SIDE))
W = graph(MATRIX)
ORDER = (
    "term", "effect", "estimate", "std_error", "p_value", "conf_low", "conf_high", "nobs",
    "isolates",
)  # fmt: skip
SDM = spatial.SDM("y ~ x1 + x2", effects="twoway")


def make_table():
    table = simulated_panel(row_standardised(MATRIX), periods=PERIODS, seed=4, rho=0.3)
    rng = np.random.default_rng(9)
    place = table["unit"].str[1:].astype(int)
    start = pd.Series(np.where(np.arange(SIDE**2) % 6 == 0, 2004.0, np.nan), names(SIDE**2))
    return table.assign(
        m=0.5 * table["x1"] + rng.normal(size=len(table)),
        z=rng.normal(size=SIDE**2)[place],
        q=rng.normal(size=len(table)),
        region=np.where(place < 12, "east", "west"),
        wealth=np.exp(0.3 * table["y"]),
        start=table["unit"].map(start),
    )


TABLE = make_table()
PANEL = spatial.Panel(TABLE, "unit", "time")
POINTS = geopandas.GeoDataFrame(
    index=names(SIDE**2),
    geometry=geopandas.points_from_xy(*(5000 * np.indices((SIDE, SIDE)).reshape(2, -1))),
    crs=32650,
)


@dataclass(frozen=True)
class Part:
    """A function of the promise, how it is called, and which columns have no meaning for it."""

    call: Callable
    key: str | None = None
    without: tuple[str, ...] = ()
    isolates: tuple[int, ...] = (1,)


NO_TEST = ("p_value",)
NO_WEIGHTS = ("p_value", "isolates")
PARTS = {
    "channels": Part(
        lambda: spatial.channels(
            SDM, PANEL, W, focus="x1", channels={"one": "m"}, steps=3, draws=20
        ),
        "channel",
    ),
    "moderate": Part(
        lambda: spatial.moderate(SDM, PANEL, W, focus="x1", moderator="z"), "moderator"
    ),
    "groups": Part(
        lambda: spatial.groups(SDM, PANEL, W, by="region", focus="x1"), "group",
        isolates=(0, 1),
    ),
    "threshold": Part(
        lambda: spatial.threshold(
            "y ~ x1 + x2", PANEL, W, variable="q", of="x1", most=1, bootstrap=5
        ),
        "regime",
    ),
    "did": Part(lambda: spatial.did("y ~ x1", PANEL, W, first_treated="start", leads=2, lags=2)),
    "decay": Part(
        lambda: spatial.decay(SDM, PANEL, POINTS, "x1", km=[6.0, 11.0]), "km", isolates=(0,)
    ),
    "specification_curve": Part(
        lambda: spatial.specification_curve(SDM, PANEL, W, "x1", {"kinds": ["SAR"]}),
        "specification",
    ),
    "transitions": Part(
        lambda: spatial.transitions(PANEL, "y", k=2, given="neighbours", w=W), "given",
        ("effect", *NO_TEST),
    ),
    "convergence": Part(lambda: spatial.convergence(PANEL, "wealth", W), "kind", isolates=(0, 1)),
    "dagum_gini": Part(lambda: spatial.dagum_gini(PANEL, "wealth", "region"), "group", NO_WEIGHTS),
    "theil": Part(lambda: spatial.theil(PANEL, "wealth", "region"), "group", NO_WEIGHTS),
}  # fmt: skip


def tidy(found):
    return found if isinstance(found, pd.DataFrame) else found.tidy()


@pytest.fixture(scope="module", name="tables")
def every_table():
    return {name: tidy(part.call()) for name, part in PARTS.items()}


@pytest.mark.parametrize("name", PARTS)
class TestEveryPart:
    def test_it_is_a_plain_function(self, name):
        assert inspect.isfunction(getattr(spatial, name))
        assert name in spatial.__all__

    def test_columns_follow_one_order_and_spelling(self, name, tables):
        part, columns = PARTS[name], list(tables[name].columns)
        assert not [c for c in ORDER if (c in columns) == (c in part.without)]
        assert part.key is None or columns.index(part.key) < columns.index("estimate")
        told = [c for c in columns if c in ORDER]
        assert told == sorted(told, key=ORDER.index)

    def test_rows_are_whole(self, name, tables):
        table = tables[name]
        assert isinstance(table.index, pd.RangeIndex)
        assert len(table) > 0
        assert table["term"].isin(["x1", "m", "y", "wealth", "start"]).all()
        known = table[table["std_error"].notna() & (table["std_error"] > 0)]
        assert len(known) > len(table) / 2
        assert (known["conf_low"] <= known["estimate"]).all()
        assert (known["estimate"] <= known["conf_high"]).all()
        if "p_value" in table:
            assert known["p_value"].between(0, 1).all()

    def test_counts_are_whole_numbers_and_right(self, name, tables):
        table = tables[name]
        assert pd.api.types.is_integer_dtype(table["nobs"].dtype)
        assert table["nobs"].between(0, len(TABLE)).all()
        if "isolates" in table:
            assert set(table["isolates"]) == set(PARTS[name].isolates)


def test_counts_of_rows_are_those_behind_each_estimate(tables):
    assert (tables["channels"]["nobs"] == len(TABLE)).all()
    rows = tables["groups"].drop_duplicates(["group", "fit"]).set_index(["fit", "group"])["nobs"]
    assert rows["joint", "east"] == rows["separate", "east"] == 12 * PERIODS
    assert tables["threshold"].drop_duplicates("regime")["nobs"].sum() == len(TABLE)
    theil = tables["theil"]
    by_group = theil[theil["effect"] == "group"].groupby("group")["nobs"].first()
    assert by_group.to_dict() == {"east": 12, "west": 13}
    moves = tables["transitions"]
    assert moves["count"].sum() == (SIDE**2 - 1) * (PERIODS - 1)


def test_did_is_its_class_in_one_call(tables):
    fit = spatial.DID("y ~ x1", first_treated="start", leads=2, lags=2).fit(PANEL, W)
    found = tables["did"]
    averages = found[found["time"].isna()].drop(columns="time").reset_index(drop=True)
    pd.testing.assert_frame_equal(averages, fit.effects())
    events = found[found["time"].notna()].reset_index(drop=True).astype({"time": int})
    pd.testing.assert_frame_equal(events, fit.events())
    wide = spatial.did(
        "y ~ x1", PANEL, W, first_treated="start", covariance={"kind": "cluster", "by": "region"}
    )
    assert wide.cov_kind == "cluster by region"


def test_the_parts_of_one_function_stand_in_its_table(tables):
    channels = tables["channels"]
    assert set(channels["kind"]) == {"link", "mediated", "unmediated", "sum"}
    assert "x1 → m" in set(channels["path"])
    assert set(tables["moderate"]["kind"]) == {"value", "change"}
    assert set(tables["groups"]["fit"]) == {"joint", "separate"}
    regimes = tables["threshold"].drop_duplicates("regime")
    assert regimes["high"].iloc[0] == regimes["low"].iloc[1]
    assert set(tables["convergence"]["kind"]) == {"sigma", "beta"}
