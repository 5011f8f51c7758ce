"""Eight models × effects × shapes of data, as fits and as dense worlds."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import linalg

import spatial
from support import worlds
from support.brute import orthonormal
from support.dense_family import World, dummy_columns, rotated

MODELS = ("OLS", "SLX", "SAR", "SEM", "SDM", "SDEM", "SAC", "GNS")
EFFECTS = ("none", "unit", "time", "twoway")
SIDE, PERIODS = 4, 5
NAMES = worlds.names(SIDE * SIDE)


def raw_matrices():
    queen = worlds.lattice_matrix(SIDE)
    rook = worlds.lattice_matrix(SIDE, rule="rook")
    return queen, rook, worlds.nearest_matrix(SIDE * SIDE, 3, seed=4)


QUEEN, ROOK, NEAREST = raw_matrices()
SHAPES = ("plain", "second graph", "isolate", "asymmetric", "by year", "unbalanced", "gaps isolate")


def long_table(seed):
    w = worlds.row_standardised(QUEEN)
    table = worlds.simulated_panel(w, periods=PERIODS, seed=seed, rho=0.3)
    rng = np.random.default_rng(seed)
    lam = np.linalg.inv(np.eye(len(w)) - 0.3 * w)
    noise = rng.normal(size=(PERIODS, len(w))) @ lam.T
    return table.assign(y=table["y"] + noise.ravel())


def cut(raw, present):
    return worlds.row_standardised(raw[np.ix_(present, present)])


def case(shape):
    """Table, raw W by time, raw M by time, weights for fit and for its error."""
    table = long_table(SHAPES.index(shape) + 1)
    years = sorted(table["time"].unique())
    raw, other = dict.fromkeys(years, QUEEN), dict.fromkeys(years, QUEEN)
    if shape == "second graph":
        other = dict.fromkeys(years, ROOK)
    if shape in ("isolate", "gaps isolate"):
        raw = other = dict.fromkeys(years, worlds.with_isolate(QUEEN))
    if shape == "asymmetric":
        raw = other = dict.fromkeys(years, NEAREST)
    if shape == "by year":
        raw = {t: (QUEEN if i < 2 else ROOK) for i, t in enumerate(years)}
        other = raw
    if shape in ("unbalanced", "gaps isolate"):
        rng = np.random.default_rng(8)
        early = table["unit"].isin(NAMES[:3]) & (table["time"] < years[2])
        table = table[~early & (rng.random(len(table)) > 0.1)]
    return table, raw, other


def graphs(by_time, *, mapping):
    made = {id(m): worlds.graph(m, NAMES) for m in by_time.values()}
    if mapping:
        return {t: made[id(m)] for t, m in by_time.items()}
    return next(iter(made.values()))


def stack(table, by_time):
    blocks = []
    for time, rows in table.groupby("time"):
        present = [NAMES.index(u) for u in rows["unit"]]
        blocks.append(cut(by_time[time], present))
    return linalg.block_diag(*blocks)


@dataclass
class Case:
    """A fit, the data it had, the rows of its likelihood, and the matrix that leads to them."""

    fit: object
    data: World
    world: World
    q: np.ndarray
    table: pd.DataFrame


def dense_world(table, raw, other, model, effects):
    table = table.sort_values(["time", "unit"])
    w, m = stack(table, raw), stack(table, other)
    x = table[["x1", "x2"]].to_numpy()
    columns = [np.ones((len(x), 1))] if effects == "none" else []
    columns.append(x)
    if model in ("SLX", "SDM", "SDEM", "GNS"):
        columns.append(w @ x)
    return World(
        table["y"].to_numpy(),
        np.hstack(columns),
        dummy_columns(table["unit"].map(NAMES.index).to_numpy(), table["time"].to_numpy(), effects),
        w,
        m,
        model in ("SAR", "SDM", "SAC", "GNS"),
        model in ("SEM", "SDEM", "SAC", "GNS"),
    )


def fitted(shape, model, effects, **options):
    table, raw, other = case(shape)
    w = graphs(raw, mapping=shape == "by year")
    extra = {}
    if shape == "second graph" and model in ("SEM", "SDEM", "SAC", "GNS"):
        extra["w_error"] = graphs(other, mapping=False)
    missing = "absent" if shape in ("unbalanced", "gaps isolate") else None
    spec = getattr(spatial, model)("y ~ x1 + x2", effects=effects, missing=missing, **options)
    fit = spec.fit(spatial.Panel(table, "unit", "time"), w, **extra)
    world = dense_world(table, raw, other, model, effects)
    q = transformation(fit._fitted.transformation, table)
    return Case(fit, world, rotated(world, q), q, table)


def transformation(way, table):
    """Rows of the likelihood from rows of the data: without unit effects, time effects, or both."""
    sizes = table.groupby("time").size()
    if way.over_time:
        inner = orthonormal(SIDE * SIDE).T if way.over_units else np.eye(SIDE * SIDE)
        return np.kron(orthonormal(PERIODS).T, inner)
    if way.over_units:
        return linalg.block_diag(*(orthonormal(n).T for n in sizes))
    return np.eye(len(table))


def spatial_parameters(fit):
    return float(fit.params.get("rho", 0.0)), float(fit.params.get("lambda", 0.0))
