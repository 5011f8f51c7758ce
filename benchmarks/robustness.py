"""Time of a specification curve: `python benchmarks/robustness.py [jobs]`.

A thousand two-way Durbin models of 289 units over 10 years with six regressors: 2 weights, 5
formulas, 5 ways to winsorise, 5 sets of units left out and 4 of years. One BLAS thread for each
process.
"""

import os

for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

import sys
import time

import numpy as np
from models import FORMULA, lattice, panel

import spatial
from spatial import weights


def main():
    jobs = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    queen, ids = lattice(17), np.arange(289)
    second = ((queen @ queen) > 0) & (np.eye(289) == 0)
    graphs = {
        "queen": weights.from_matrix(queen, ids),
        "second": weights.from_matrix(second.astype(float), ids),
    }
    data = spatial.Panel(panel(), "unit", "year")
    formulas = {
        f"{k} regressors": "y ~ " + " + ".join(f"x{j + 1}" for j in range(k)) for k in range(2, 6)
    }
    variations = {
        "formulas": formulas,
        "winsorise": [0.005, 0.01, 0.025, 0.05],
        "drop": {f"from {i}": list(range(i, i + 4)) for i in (0, 50, 100, 150)},
        "drop_times": [0, 5, 9],
    }
    model = spatial.SDM(FORMULA, effects="twoway")
    start = time.perf_counter()
    curve = spatial.specification_curve(model, data, graphs, "x1", variations, jobs=jobs)
    seconds = time.perf_counter() - start
    count, failed = curve["specification"].nunique(), int((curve["problem"] != "").sum())
    sys.stdout.write(f"{count} specifications, {failed} failed, {jobs} jobs: {seconds:.1f} s\n")


if __name__ == "__main__":
    main()
