"""Time of panel models side by side with spreg in one run: `python benchmarks/models.py`.

A queen lattice of 17 × 17 = 289 units over 10 years, six regressors. What is compared differs in
our disfavour: ours is a two-way Durbin model with effects, standard errors and 1,000 draws, spreg's
the one-way lag model that it has, without any of these. One BLAS thread for both, since two of them
wait for each other on small matrices. Figures are medians; quote the ratios.
"""

import os

for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

import subprocess
import sys
import tempfile
import time
import warnings

import numpy as np
import pandas as pd

import spatial
from spatial import weights
from spatial.fit import fit_sample
from spatial.sample import SampleDesign, build_sample

FORMULA = "y ~ x1 + x2 + x3 + x4 + x5 + x6"


def lattice(side):
    at = np.indices((side, side)).reshape(2, -1).T
    return (np.abs(at[:, None] - at[None]).max(axis=2) == 1).astype(float)


def panel(side=17, years=10, seed=0):
    w = lattice(side)
    w = w / w.sum(axis=1, keepdims=True)
    rng = np.random.default_rng(seed)
    n = len(w)
    solve = np.linalg.inv(np.eye(n) - 0.4 * w)
    beta, theta = np.linspace(1, 0.5, 6), np.linspace(-0.4, 0.4, 6)
    rows = []
    for year in range(years):
        x = rng.normal(size=(n, 6))
        y = solve @ (x @ beta + w @ x @ theta + rng.normal(size=n))
        columns = {f"x{j + 1}": x[:, j] for j in range(6)}
        rows.append(pd.DataFrame({"unit": np.arange(n), "year": year, "y": y, **columns}))
    return pd.concat(rows, ignore_index=True)


def median(call, repeats):
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return float(np.median(times))


def process(*command, repeats=5):
    return median(lambda: subprocess.run(command, check=True, capture_output=True), repeats)


def ours(table, matrix):
    data = spatial.Panel(table, "unit", "year")
    model = spatial.SDM(FORMULA, effects="twoway")
    graphs = iter([weights.from_matrix(matrix, range(len(matrix))) for _ in range(40)])

    def cold():
        fit = model.fit(data, next(graphs))
        fit.effects()
        fit.effects("simulate", draws=1000)

    graph = next(graphs)
    wanted = SampleDesign(FORMULA, lag_x=True, intercept=False)
    sample = build_sample(wanted, data, graph, stacklevel=1)
    fit_sample(model, sample)
    return {
        "two-way SDM, effects, 1,000 draws, fresh graph": median(cold, 25),
        "the same with known graph": median(
            lambda: model.fit(data, graph).effects("simulate", draws=1000), 25
        ),
        "fit and delta effects, graph and design prepared": median(
            lambda: fit_sample(model, sample).effects(), 50
        ),
    }


def theirs(table, matrix):
    import libpysal
    import spreg

    wide = table.sort_values(["year", "unit"])
    y = wide[["y"]].to_numpy()
    x = wide[[f"x{j}" for j in range(1, 7)]].to_numpy()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        w = libpysal.weights.full2W(matrix)
        w.transform = "r"
        return median(lambda: spreg.Panel_FE_Lag(y, x, w), 5)


def main():
    table, matrix = panel(), lattice(17)
    own = ours(table, matrix)
    peer = theirs(table, matrix)
    print("289 units x 10 years")
    for name, seconds in own.items():
        print(f"  {name:<52}{seconds * 1e3:9.1f} ms   spreg / ours {peer / seconds:7.1f}")
    print(f"  {'spreg 1-way lag model, no effects':<52}{peer * 1e3:9.1f} ms")
    base = process(sys.executable, "-c", "import pandas, scipy.sparse, scipy.linalg, scipy.special")
    full = process(sys.executable, "-c", "import spatial")
    print("start-up")
    print(f"  import spatial beyond pandas and scipy {full - base:18.3f} s   (of {full:.3f} s)")
    print(f"  cityripple --help {process(sys.executable, '-m', 'analysis', '--help'):39.3f} s")
    with tempfile.TemporaryDirectory() as folder:
        demo = ("-m", "analysis", "demo", "--quiet", "--out", f"{folder}/demo")
        print(f"  cityripple demo {process(sys.executable, *demo, repeats=1):41.3f} s")


if __name__ == "__main__":
    main()
