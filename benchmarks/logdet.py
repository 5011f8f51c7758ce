"""Time and memory of each way to ln|I − ρW|: `python benchmarks/logdet.py [MOST]`.

One way on one graph of one size in one process: what a fit needs, from the graph as a matrix to f
and its derivatives around ρ = 0.5, within 16 GB and five minutes. Processor seconds, because other
work on the machine does not count in them; the exponent is that of the seconds between a size and
the one before. MOST (100,000) is the largest number of units; 1,000,000 is the goal.
"""

import sys

from measure import alone, growth, machine, queen, table

import numpy as np
import pandas as pd
from scipy import sparse

SIZES = (1_000, 4_000, 16_000, 64_000, 250_000, 1_000_000)
WAYS = ("eigenvalues", "lu", "cholmod", "lanczos")
MOST = {"eigenvalues": 4_000}
CENTRE, REACH = 0.5, 0.01
MOST_GB, MOST_SECONDS = 16, 300


def nearest(n, k, *, symmetric):
    """k nearest of n random points in the plane, mutual or one way."""
    from scipy.spatial import cKDTree

    points = np.random.default_rng(0).random((n, 2))
    found = cKDTree(points).query(points, k + 1)[1][:, 1:]
    rows = np.repeat(np.arange(n), k)
    links = sparse.csr_array((np.ones(n * k), (rows, found.ravel())), shape=(n, n))
    return sparse.csr_array(links.maximum(links.T)) if symmetric else links


def anywhere(n, k):
    """About k links of each unit to units anywhere, both ways."""
    rng = np.random.default_rng(0)
    rows, columns = rng.integers(0, n, (2, n * k // 2))
    off = rows != columns
    links = sparse.csr_array((np.ones(off.sum()), (rows[off], columns[off])), shape=(n, n))
    links = sparse.csr_array(links + links.T)
    links.data[:] = 1.0
    return links


GRAPHS = {
    "queen lattice": lambda n: queen(round(n**0.5)),
    "6 nearest, one way": lambda n: nearest(n, 6, symmetric=False),
    "50 nearest, mutual": lambda n: nearest(n, 50, symmetric=True),
    "50 anywhere": lambda n: anywhere(n, 50),
}


def work(clock, name, n, way):
    from spatial.weights.facts import Facts
    from spatial.weights.logdet import log_determinant
    from spatial.weights.operator import Operator, rescale

    matrix = rescale(GRAPHS[name](n), "row")
    op = Operator(pd.RangeIndex(matrix.shape[0]), matrix, Facts())
    with clock("logdet"):
        made = log_determinant(op, way)
        made.refine(CENTRE - REACH, CENTRE + REACH)
        values = [float(part(CENTRE)) for part in (made.f, made.g, made.h)]
    return {"method": made.method, "values": values, "error": made.error(CENTRE), "n": made.n}


def rows_of(name, way, sizes):
    """One row per size; sizes beyond a failure are left out."""
    found = []
    for n in sizes:
        if n > MOST.get(way, np.inf):
            break
        one = alone(work, name, n, way, most_gb=MOST_GB, most_seconds=MOST_SECONDS)
        found.append((n, one))
        if one.failure:
            break
    cpu = [np.nan if one.failure else one.cpu["logdet"] for _, one in found]
    steps = growth([n for n, _ in found], cpu)
    return [_row(name, way, *pair, step) for pair, step in zip(found, steps, strict=True)]


def _row(name, way, n, one, step):
    if one.failure:
        return name, way, f"{n:,}", "", "", "", "", one.failure[:60]
    g, error = one.values["values"][1], one.values["error"]
    return (
        name,
        one.values["method"],
        f"{n:,}",
        f"{one.cpu['logdet']:.2f}",
        "" if np.isnan(step) else f"{step:.2f}",
        f"{one.peak_gb:.2f}",
        f"{g:.6g}",
        f"{error:.1g}" if error else "exact",
    )


def main():
    from spatial.weights.logdet.kernels import has_cholmod

    most = int(sys.argv[1].replace(",", "")) if len(sys.argv) > 1 else 100_000
    print(machine("scikit-sparse"))
    sizes = [n for n in SIZES if n <= most]
    ways = [way for way in WAYS if way != "cholmod" or has_cholmod()]
    header = ("graph", "way", "units", "seconds", "exponent", "peak GB", "g(0.5)", "its error")
    for name in GRAPHS:
        chosen = [way for way in ways if way != "cholmod" or name != "6 nearest, one way"]
        table(header, [row for way in chosen for row in rows_of(name, way, sizes)])
        print()


if __name__ == "__main__":
    main()
