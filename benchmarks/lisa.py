"""Local Moran's I: exact p-values here, 999 permutations in esda, side by side.

    python benchmarks/lisa.py            # everything; esda takes several minutes
    python benchmarks/lisa.py --quick    # without esda

Every case runs in a process of its own, so that imports, compilation and peak memory are its own.
"cold" is the first call on a graph that was just built, "warm" the next one on the same graph.
"""

import argparse
import json
import subprocess
import sys
import time
import warnings
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse

LATTICES = {"1,000,000 cells": 1000, "302,500 cells": 550}
CITIES = "370 Chinese cities"
PERMUTATIONS = 999


def rook(side):
    """Row-standardised rook neighbours on a square lattice."""
    from spatial import weights

    line = sparse.diags_array([np.ones(side - 1)] * 2, offsets=[-1, 1])
    one = sparse.eye_array(side)
    matrix = sparse.csr_array(sparse.kron(line, one) + sparse.kron(one, line))
    return weights.from_matrix(matrix, np.arange(side * side))


def cities():
    import shapes
    from spatial import weights

    return weights.contiguity(shapes.china_cities())


def clustered(graph):
    """Noise plus its spatial lag."""
    noise = np.random.default_rng(0).normal(size=len(graph.unique_ids))
    return pd.Series(noise + 0.5 * graph.sparse @ noise, index=graph.unique_ids)


def seconds(call):
    start = time.perf_counter()
    result = call()
    return time.perf_counter() - start, result


def measure_ours(graph, values):
    from spatial import lisa

    cold, found = seconds(lambda: lisa(values, graph))
    warm = min(seconds(lambda: lisa(values, graph))[0] for _ in range(3))
    with_fdr, _ = seconds(lambda: lisa(values, graph, correction="fdr"))
    return {
        "cold": cold,
        "warm": warm,
        "fdr": with_fdr,
        "smallest": float(found["p_value"].min()),
        "method": found.attrs["method"],
    }


def measure_esda(graph, values):
    """Compile on a small lattice first, then time alone."""
    from esda import Moran_Local

    def run(graph, values):
        return Moran_Local(values.to_numpy(), graph, permutations=PERMUTATIONS, n_jobs=1, seed=0)

    small = rook(20)
    compilation, _ = seconds(lambda: run(small, clustered(small)))
    warm, found = seconds(lambda: run(graph, values))
    return {"compilation": compilation, "warm": warm, "smallest": float(found.p_sim.min())}


def peak_memory():
    """Largest resident size of this process in GB; missing where the system does not tell."""
    try:
        import resource
    except ImportError:
        return float("nan")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def run_case(who, case):
    graph = cities() if case == CITIES else rook(LATTICES[case])
    values = clustered(graph)
    before = peak_memory()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = {"ours": measure_ours, "esda": measure_esda}[who](graph, values)
    return {**found, "before": before, "peak": peak_memory()}


def in_process(who, case):
    command = [sys.executable, str(Path(__file__)), "--who", who, "--case", case]
    out = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(out.stdout.splitlines()[-1])


def report(*, quick):
    print("exact local Moran's I, graph given; seconds, and GB of memory before and at the peak")
    ours = {}
    for case in [*LATTICES, CITIES]:
        found = ours[case] = in_process("ours", case)
        print(
            f"  {case:<20} cold {found['cold']:.3f}  warm {found['warm']:.3f}  "
            f"with false-discovery control {found['fdr']:.3f}  memory {found['before']:.2f} to "
            f"{found['peak']:.2f}  smallest p {found['smallest']:.1e}  ({found['method']})"
        )
    if quick:
        return
    compiled = "with" if find_spec("numba") else "without"
    print(f"esda, {PERMUTATIONS} permutations, one core, {compiled} numba")
    for case in ("302,500 cells", CITIES):
        found = in_process("esda", case)
        print(
            f"  {case:<20} compilation {found['compilation']:.1f}  then {found['warm']:.2f}  "
            f"memory {found['before']:.2f} to {found['peak']:.2f}  "
            f"smallest p {found['smallest']:.1e}  "
            f"ratio {found['warm'] / ours[case]['cold']:.0f} (cold), "
            f"{found['warm'] / ours[case]['warm']:.0f} (warm), with compilation "
            f"{(found['warm'] + found['compilation']) / ours[case]['cold']:.0f}"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="leave esda out")
    parser.add_argument("--who", choices=["ours", "esda"], help=argparse.SUPPRESS)
    parser.add_argument("--case", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.who:
        print(json.dumps(run_case(given.who, given.case)))
    else:
        report(quick=given.quick)
