"""Every kind of work made of many fits, on one small panel."""

import signal

import geopandas
import numpy as np
import pandas as pd

import spatial
from support import worlds

SIDE = 7
IDS = worlds.names(SIDE**2)
MODEL = spatial.SDM("y ~ x1 + x2", effects="twoway")


def panel():
    matrix = worlds.row_standardised(worlds.lattice_matrix(SIDE))
    table = worlds.simulated_panel(matrix, periods=6, seed=4, ids=IDS)
    rng = np.random.default_rng(9)
    start = pd.Series(np.where(rng.random(len(IDS)) < 0.4, 2003, np.nan), IDS)
    side = pd.Series(np.where(np.arange(len(IDS)) < 25, "a", "b"), IDS)
    table["q"] = rng.normal(size=len(table))
    table["m"] = 0.5 * table["x1"] + rng.normal(size=len(table))
    table["start"], table["side"] = table["unit"].map(start), table["unit"].map(side)
    return spatial.Panel(table, "unit", "time")


def graphs():
    return {
        "queen": worlds.graph(worlds.lattice_matrix(SIDE), IDS),
        "near": worlds.graph(worlds.nearest_matrix(SIDE**2, 4), IDS),
    }


def places():
    at = np.indices((SIDE, SIDE)).reshape(2, -1) / 2
    points = geopandas.points_from_xy(100 + at[1], 30 + at[0])
    return geopandas.GeoDataFrame(index=IDS, geometry=points, crs=4326)


def curve(jobs, **options):
    choices = {
        "formulas": {"plain": "y ~ x1"},
        "winsorise": [0.01, 0.05],
        "drop": {"corner": IDS[:2], "edge": IDS[:7]},
        "kinds": ["SAR"],
    }
    return spatial.specification_curve(
        MODEL, panel(), graphs(), "x1", choices, jobs=jobs, **options
    )


def decay(jobs):
    return spatial.decay(MODEL, panel(), places(), "x1", km=[60, 80, 120, 150, 200], jobs=jobs)


def channels(jobs):
    given = {"focus": "x1", "channels": {"m": "m"}, "steps": 3, "draws": 60, "seed": 2}
    return spatial.channels(MODEL, panel(), graphs()["queen"], **given, jobs=jobs).paths


def groups(jobs):
    given = {"by": "side", "focus": "x1", "permutations": 60, "seed": 2}
    return spatial.groups(MODEL, panel(), graphs()["queen"], **given, jobs=jobs).tests


def threshold(jobs):
    given = {"variable": "q", "of": "x1", "most": 2, "bootstrap": 60, "seed": 2}
    return spatial.threshold("y ~ x1 + x2", panel(), graphs()["queen"], **given, jobs=jobs).tests


def placebo(jobs):
    model = spatial.DID("y ~ x1", first_treated="start", leads=1, lags=1, exposed="modelled")
    return model.fit(panel(), graphs()["queen"]).placebo(12, 3, jobs).draws


EVERY = {one.__name__: one for one in (curve, decay, channels, groups, threshold, placebo)}


def hears_interrupts(_work, _item):
    """Whether this process would stop where a terminal sends Ctrl-C to all of a run."""
    return int(signal.getsignal(signal.SIGINT) is not signal.SIG_IGN)
