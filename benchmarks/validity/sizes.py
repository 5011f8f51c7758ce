"""How often do tests reject what is true, at 5 %?"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from worlds import World, panel


@dataclass(frozen=True)
class SizeCell:
    """A world in which a null hypothesis is true; `tests` maps (panel, graph) to p-values."""

    name: str
    world: World
    tests: Callable


def run(cell, replications, seed):
    rng = np.random.default_rng(1000 + seed)
    graph, found = cell.world.graph(), {}
    for _ in range(replications):
        data = panel(cell.world.draw(rng))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for name, p in cell.tests(data, graph).items():
                found.setdefault(name, []).append(p)
    return [
        {
            "cell": cell.name,
            "test": name,
            "rejected": 100.0 * np.mean(np.array(values) < 0.05),
            "replications": len(values),
        }
        for name, values in found.items()
    ]
