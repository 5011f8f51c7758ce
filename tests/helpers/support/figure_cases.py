"""One figure of every kind, from small made-up tables."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from analysis import figures
from spatial import weights

ZH = {
    "agglomeration": "数字产业集聚", "log(gdp)": "经济规模", "resilience": "经济韧性",
    "queen": "邻接权重", "inverse": "反距离权重", "q": "数字金融",
}  # fmt: skip
Z = 1.959963984540054


def intervals(rows, rng, scale=0.1):
    """Estimates with 95 % intervals."""
    frame = pd.DataFrame(rows)
    frame["estimate"] = rng.normal(0.2, 0.25, len(frame))
    frame["std_error"] = rng.uniform(0.5, 1.5, len(frame)) * scale
    frame["conf_low"] = frame["estimate"] - Z * frame["std_error"]
    frame["conf_high"] = frame["estimate"] + Z * frame["std_error"]
    frame["p_value"] = np.where(frame["conf_low"] * frame["conf_high"] > 0, 0.01, 0.4)
    return frame


def scatter(**options):
    """Forty units on a ring, in three groups."""
    steps = np.random.default_rng(3).standard_normal(40)
    names = [f"城{i}" for i in range(40)]
    values = pd.Series(steps + np.roll(steps, 1) + np.roll(steps, -1), names, name="resilience")
    ring = np.roll(np.eye(40), 1, axis=1) + np.roll(np.eye(40), -1, axis=1)
    return figures.moran_scatter(values, weights.from_matrix(ring, names), **options)


def by_group(**options):
    """The same, with a slope for each group."""
    names = [f"城{i}" for i in range(40)]
    groups = pd.Series(["east", "west", "central", None] * 10, names)
    return scatter(groups=groups, **options)


def over_time(**options):
    """Twelve years."""
    rng = np.random.default_rng(1)
    table = pd.DataFrame(
        {"statistic": rng.normal(0.15, 0.1, 12), "expected": -0.01, "std_dev": 0.05,
         "z": 1.0, "p_value": [0.01, 0.2] * 6},
        index=pd.Index(range(2011, 2023), name="year"),
    )  # fmt: skip
    table.attrs = {"weights": "queen", "weights_zh": "邻接", "alternative": "two-sided"}
    return figures.moran_over_time(table, **options)


def effects(**options):
    """Two models."""
    tables = {}
    for seed, name in ((4, "SAR"), (5, "SDM")):
        rows = [
            {"term": term, "effect": kind}
            for term in ("agglomeration", "log(gdp)")
            for kind in ("direct", "indirect", "total")
        ]
        tables[name] = intervals(rows, np.random.default_rng(seed))
    return figures.effects(tables, **options)


def decay(**options):
    """Eight distances."""
    km = [100.0 + 100 * i for i in range(8)]
    rows = [{"km": d, "term": "agglomeration", "effect": "indirect"} for d in km]
    curve = intervals(rows, np.random.default_rng(6)).assign(isolates=range(70, -2, -10))
    curve["mode"] = "band"
    return figures.decay(curve.assign(isolates=[112, 30, 14, 5, 1, 0, 0, 0]), **options)


def specification_curve(**options):
    """Twenty-four specifications, one of which failed."""
    rows = [
        {"specification": 0, "term": "agglomeration", "effect": "indirect", "weights": w,
         "kind": kind, "winsorise": cut, "drop": "none"}
        for w in ("queen", "inverse") for kind in ("SDM", "SAR", "SDEM")
        for cut in ("none", "0.01", "0.05", "0.1")
    ]  # fmt: skip
    curve = intervals(rows, np.random.default_rng(7)).assign(specification=range(24))
    curve.loc[5, ["estimate", "conf_low", "conf_high", "p_value"]] = np.nan
    return figures.specification_curve(curve, **options)


def event_study(**options):
    """Four leads and four lags, own and neighbours'."""
    rows = [{"effect": kind, "time": t} for kind in ("own", "neighbours") for t in range(-4, 5)]
    return figures.event_study(intervals(rows, np.random.default_rng(8)), **options)


def threshold(**options):
    """One threshold."""
    value = np.linspace(-1, 1, 60)
    result = SimpleNamespace(
        curve=pd.DataFrame({"threshold": 1, "value": value, "ratio": 90 * (value - 0.3) ** 2}),
        thresholds=pd.DataFrame(
            {"threshold": [1], "estimate": [0.3], "conf_low": [0.05], "conf_high": [0.55]}
        ),
        critical=7.35, level=0.95, variable="q",
    )  # fmt: skip
    return figures.threshold(result, **options)


def densities(**options):
    """Three years."""
    grid = np.linspace(-3, 3, 80)
    parts = [
        pd.DataFrame({"year": year, "value": grid, "density": np.exp(-((grid - m) ** 2)) / 1.8})
        for year, m in ((2011, -0.5), (2016, 0.0), (2022, 0.6))
    ]
    table = pd.concat(parts, ignore_index=True)
    table.attrs = {"time": "year", "column": "resilience", "rule": "given"}
    return figures.densities(table, **options)


def transitions(**options):
    """Four local classes."""
    names = ["HH", "LH", "LL", "HL"]
    shares = np.random.default_rng(9).dirichlet(np.ones(4), 4)
    rows = [
        {"from": a, "to": b, "estimate": shares[i, j], "count": int(100 * shares[i, j])}
        for i, a in enumerate(names) for j, b in enumerate(names)
    ]  # fmt: skip
    return figures.transitions(pd.DataFrame(rows), **options)


KINDS = {
    "moran_scatter": scatter, "moran_scatter_groups": by_group, "moran_over_time": over_time,
    "effects": effects, "decay": decay, "specification_curve": specification_curve,
    "event_study": event_study, "threshold": threshold, "densities": densities,
    "transitions": transitions,
}  # fmt: skip
STACKED = ("decay", "specification_curve")
