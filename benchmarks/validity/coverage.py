"""Do 95 % intervals cover in 95 of 100 simulated panels? A cell per model, covariance, world."""

import warnings
from dataclasses import dataclass

import numpy as np

import spatial
from worlds import World, panel

FORMULA = "y ~ x1 + x2"
WATCHED = ("rho", "lambda", "x1", "W.x1", "L.y", "W.L.y", "direct", "indirect", "total")


@dataclass(frozen=True)
class Cell:
    """One row block of the table: a world, a specification, a covariance."""

    name: str
    world: World
    spec: object
    cov: tuple = ("expected",)
    missing: str | None = None
    share: float = 0.2


def estimates(fit):
    """Estimate and standard error of parameters and effects of x1."""
    out = {
        name: (fit.params[name], fit.std_errors[name])
        for name in WATCHED
        if name in fit.params.index
    }
    table = fit.effects()
    if "horizon" in table.columns:
        table = table[table["horizon"] == "short"]
    of_x1 = table[table["term"] == "x1"]
    for effect, value, error in zip(
        of_x1["effect"], of_x1["estimate"], of_x1["std_error"], strict=True
    ):
        out[effect] = (value, error)
    return out


def run(cell, replications, seed):
    """Rows of the table: bias, root mean square error, ratio of errors, coverage."""
    rng = np.random.default_rng(seed)
    graph, truth = cell.world.graph(), cell.world.truth(cell.missing, cell.share)
    found = {kind: {} for kind in cell.cov}
    refused = 0
    for _ in range(replications):
        data = panel(cell.world.draw(rng, cell.missing, cell.share))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                fit = cell.spec.fit(data, graph)
        except spatial.InputError:
            refused += 1
            continue
        for kind in cell.cov:
            given = (kind,) if isinstance(kind, str) else kind
            other = fit if given[0] == "default" else fit.with_cov(given[0], **dict(given[1:]))
            for name, pair in estimates(other).items():
                found[kind].setdefault(name, []).append(pair)
    return [
        row(cell, kind, name, np.array(pairs), truth[name], refused)
        for kind, by_name in found.items()
        for name, pairs in by_name.items()
        if np.any(np.array(pairs)[:, 1] > 0)
    ]


def row(cell, kind, name, pairs, truth, refused):
    values, errors = pairs.T
    inside = np.abs(values - truth) <= 1.959964 * errors
    return {
        "cell": cell.name,
        "cov": kind if isinstance(kind, str) else kind[0],
        "parameter": name,
        "truth": truth,
        "mean": values.mean(),
        "bias": values.mean() - truth,
        "se / sd": errors.mean() / values.std(ddof=1),
        "coverage": 100.0 * inside.mean(),
        "replications": len(values),
        "refused": refused,
    }
