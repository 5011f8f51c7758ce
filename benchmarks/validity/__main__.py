"""Coverage of intervals and size of tests in simulated panels: `python benchmarks/validity`.

Writes `results.md` beside this file. One seed for each cell, so that a cell alone gives the same
numbers; `--cells` takes part of a name, `--replications` another number than 1,000.
"""

import argparse
import os
import sys
from pathlib import Path

for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parent))

import pandas as pd
from cells import COVERAGE, SIZES
from coverage import run as run_coverage
from joblib import Parallel, delayed
from sizes import run as run_sizes

HEAD = """# Validity

{command}, {replications} simulated panels each. The binomial standard error of a share of 95 % is
{error:.1f} points, of 5 % as much. Goals: coverage 93.5 to 96.5 %, size at 5 % 3.5 to 6.5 %.
Truth and means are of x1; effects are those of the dense inverse at the true parameters.
"""


def markdown(frame, decimals):
    text = frame.copy()
    for name, digits in decimals.items():
        text[name] = text[name].map(lambda value, d=digits: f"{value:.{d}f}")
    lines = [list(text.columns), ["---"] * text.shape[1], *text.astype(str).to_numpy().tolist()]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", default="")
    parser.add_argument("--replications", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()
    chosen = [(run_coverage, cell) for cell in COVERAGE if given.cells in cell.name]
    sized = [(run_sizes, cell) for cell in SIZES if given.cells in cell.name]
    jobs = (
        delayed(run)(cell, given.replications, seed)
        for seed, (run, cell) in enumerate(chosen + sized, start=1)
    )
    done = Parallel(n_jobs=given.jobs)(jobs)
    coverage = pd.DataFrame([row for rows in done[: len(chosen)] for row in rows])
    sizes = pd.DataFrame([row for rows in done[len(chosen) :] for row in rows])
    parts = [
        HEAD.format(
            command="`python benchmarks/validity`",
            replications=f"{given.replications:,}",
            error=100 * (0.95 * 0.05 / given.replications) ** 0.5,
        )
    ]
    if len(coverage):
        digits = {"truth": 3, "mean": 3, "bias": 4, "se / sd": 3, "coverage": 1}
        parts += ["## Coverage of 95 % intervals\n", markdown(coverage, digits), ""]
    if len(sizes):
        parts += ["## Size of tests at 5 %\n", markdown(sizes, {"rejected": 1}), ""]
    text = "\n".join(parts)
    if not given.cells:
        (Path(__file__).parent / "results.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
