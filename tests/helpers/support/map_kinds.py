"""One figure of every map that is not one of classes, on any layer."""

import numpy as np
import pandas as pd

from analysis import maps
from spatial import weights
from support.drawing import clusters


def numbers(cities, seed=1, name="income"):
    draw = np.random.default_rng(seed).lognormal(2, 0.8, len(cities))
    if len(cities) > 4:
        draw[1] = np.nan
    return pd.Series(draw, cities.index, name=name)


def effects(cities, seed=2):
    draw = np.random.default_rng(seed).normal(0.3, 0.4, (len(cities), 3))
    if len(cities) > 4:
        draw[2] = [1.0, 0.0, 0.0]
    frame = pd.DataFrame(draw, cities.index, ["own", "received", "sent"])
    frame.attrs = {"weights": "queen contiguity", "weights_zh": "Queen 邻接"}
    return frame


def pairs(cities, seed=3):
    """Flows of the first unit to all others."""
    draw = np.random.default_rng(seed).normal(0, 1, len(cities) - 1)
    return pd.DataFrame(
        {
            "from": cities.index[0],
            "to": cities.index[1:],
            "effect": draw,
            "std_error": 0.3,
        }
    )


def near(cities):
    return weights.knn(cities, min(3, len(cities) - 1))


KINDS = {
    "choropleth": lambda c, **o: maps.choropleth(c, numbers(c), **o),
    "spillover": lambda c, **o: maps.spillover(c, effects(c), **o),
    "symbols": lambda c, **o: maps.symbols(c, numbers(c), **o),
    "symbols_coloured": lambda c, **o: maps.symbols(
        c, numbers(c), colour=numbers(c, 5, "rate"), **o
    ),
    "flows": lambda c, **o: maps.flows(c, pairs(c), unit=c.index[0], top=8, **o),
    "links": lambda c, **o: maps.links(c, near(c), **o),
    "links_compared": lambda c, **o: maps.links(
        c, near(c), other=weights.distance_band(c, 250), **o
    ),
    "compare": lambda c, **o: maps.compare(
        c, {"Income": numbers(c), "Rate": numbers(c, 5, "rate")}, **o
    ),
    "compare_own": lambda c, **o: maps.compare(
        c, {"Income": numbers(c), "Clusters": clusters(c.index)}, classes="own", **o
    ),
}
