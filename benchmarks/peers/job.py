"""One program at one task and size, in a process of its own: prints seconds, peak memory, numbers.

Called by `python benchmarks/peers`; every function below prepares its data first and returns a call
that is timed, so that imports (a small case is run before) and data are outside the clock but
inside the peak of memory. Each repetition gets graphs and data made anew: what one fit leaves for
the next of the same graph does not count.
"""

import json
import resource
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parent))
import worlds

FORMULA = "y ~ x1 + x2 + x3"
DRAWS = 1000
PERMUTATIONS = 999
SMALL = 9  # side of the lattice on which imports are done


def matrix_graph(side):
    from spatial import weights

    return weights.from_matrix(worlds.queen(side), np.arange(side * side))


def pysal_w(side):
    """W of libpysal, as spreg takes it."""
    from libpysal.weights import WSP

    w = WSP(worlds.queen(side)).to_W(silence_warnings=True)
    w.transform = "r"
    return w


def arrays(frame):
    return frame[["y"]].to_numpy(), frame[worlds.NAMES].to_numpy()


# ---- two-way panel Durbin model with effects


def panel_ours(side):
    import spatial

    panel = spatial.Panel(worlds.table(side, worlds.YEARS), "unit", "year")
    graph = matrix_graph(side)

    def call():
        fit = spatial.SDM(FORMULA, effects="twoway").fit(panel, graph)
        found = fit.effects()
        return {"rho": fit.params["rho"], "indirect": found["estimate"][1]}

    return call


def panel_spreg(side):
    """One-way lag model, no W x, no effects: what it has."""
    import spreg

    y, x = arrays(worlds.table(side, worlds.YEARS))
    w = pysal_w(side)
    return lambda: {"rho": float(spreg.Panel_FE_Lag(y, x, w).rho)}


def panel_panelbox(side):
    """Durbin model with unit effects."""
    from panelbox.models.spatial import SpatialDurbin

    frame = worlds.table(side, worlds.YEARS)
    dense = worlds.queen(side).toarray()

    def call():
        model = SpatialDurbin(FORMULA, frame, "unit", "year", dense)
        fit = model.fit(effects="fixed")
        return {"rho": float(fit.params["rho"])}

    return call


# ---- cross-section Durbin model with effects


def cross_ours(side):
    import spatial

    frame, graph = worlds.table(side).set_index("unit"), matrix_graph(side)

    def call():
        fit = spatial.SDM(FORMULA).fit(frame, graph)
        return {"rho": fit.params["rho"], "indirect": fit.effects()["estimate"][1]}

    return call


def cross_spreg(side):
    """Sparse log-determinant; its effects of a Durbin model have no standard errors."""
    import spreg

    y, x = arrays(worlds.table(side))
    w = pysal_w(side)
    options = {"slx_lags": 1, "method": "LU", "spat_diag": False}
    return lambda: {"rho": float(spreg.ML_Lag(y, x, w, spat_impacts="full", **options).rho)}


# ---- simulated effects of a model that is fitted already


def simulate_ours(side):
    import spatial

    frame, graph = worlds.table(side).set_index("unit"), matrix_graph(side)
    fit = spatial.SDM(FORMULA).fit(frame, graph)

    def call():
        found = fit.effects("simulate", draws=DRAWS, seed=0)
        return {"indirect": found["estimate"][1], "std_error": found["std_error"][1]}

    return call


# ---- local Moran's I


def values(side):
    noise = np.random.default_rng(0).normal(size=side * side)
    return noise + 0.5 * worlds.queen(side) @ noise


def lisa_ours(side):
    import spatial

    graph, x = matrix_graph(side), pd.Series(values(side))
    return lambda: {"significant": float((spatial.lisa(x, graph)["p_value"] <= 0.05).sum())}


def lisa_esda(side):
    """999 permutations, one-sided folded p, two threads; what it compiles is compiled before."""
    from esda import Moran_Local

    x, graph = values(side), matrix_graph(side)

    def call():
        found = Moran_Local(x, graph, permutations=PERMUTATIONS, n_jobs=2, seed=0)
        return {"significant": float((found.p_sim <= 0.05).sum())}

    return call


def lisa_pygeoda(side):
    """999 permutations by its lookup table, two threads."""
    import pygeoda

    x, w = values(side), geoda_weights(side)

    def call():
        found = pygeoda.local_moran(
            w,
            x.tolist(),
            permutations=PERMUTATIONS,
            cpu_threads=2,
            permutation_method="lookup-table",
        )
        return {"significant": float((np.array(found.lisa_pvalues()) <= 0.05).sum())}

    return call


def geoda_weights(side):
    import pygeoda

    return pygeoda.queen_weights(pygeoda.open(worlds.squares(side)))


# ---- contiguity


def queen_ours(side):
    from spatial import weights

    cells = worlds.squares(side)
    return lambda: {"links": float(weights.describe(weights.contiguity(cells))["links"])}


def queen_libpysal(side):
    from libpysal.graph import Graph

    cells = worlds.squares(side)
    return lambda: {"links": float(Graph.build_contiguity(cells, rook=False).n_edges)}


def queen_pygeoda(side):
    import pygeoda

    layer = pygeoda.open(worlds.squares(side))

    def call():
        w = pygeoda.queen_weights(layer)
        return {"links": float(w.num_obs * w.mean_neighbors())}

    return call


# ---- many specifications at 289 units x 10 years (side 17)


def curve_ours(side):
    import spatial

    frame = worlds.table(side, worlds.YEARS)
    panel, graph = spatial.Panel(frame, "unit", "year"), matrix_graph(side)
    model = spatial.SDM(FORMULA, effects="twoway")
    changes = {
        "formulas": {"two": "y ~ x1 + x2", "one": "y ~ x1", "other": "y ~ x1 + x3"},
        "winsorise": [k / 200 for k in range(1, 25)],
        "drop_times": list(range(worlds.YEARS - 1)),
    }  # fmt: skip

    def call():
        found = spatial.specification_curve(model, panel, {"w": graph}, "x1", changes, jobs=2)
        return {"fits": float(found["specification"].nunique())}

    return call


def curve_spreg(side):
    """The same number of one-way lag models without effects, one after another."""
    import spreg

    y, x = arrays(worlds.table(side, worlds.YEARS))
    w, fits = pysal_w(side), 100

    def call():
        for _ in range(fits):
            spreg.Panel_FE_Lag(y, x, w)
        return {"fits": float(fits)}

    return call


def main():
    program, task, side, least = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
    warnings.simplefilter("ignore")
    prepare = globals()[f"{task}_{program}"]
    prepare(SMALL)()
    times, found = [], {}
    while not times or (sum(times) < least and len(times) < 50):
        call = prepare(side)
        start = time.perf_counter()
        found = call()
        times.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    numbers = {key: float(value) for key, value in found.items()}
    print(json.dumps({"seconds": float(np.median(times)), "peak_mb": peak, **numbers}))


if __name__ == "__main__":
    main()
