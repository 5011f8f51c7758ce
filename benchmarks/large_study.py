"""Time and memory of one whole study of many units: `python benchmarks/large_study.py`.

    python benchmarks/large_study.py                  # 99,856 cells x 10 years
    python benchmarks/large_study.py --side 100       # 10,000 cells
    python benchmarks/large_study.py --keep FOLDER    # leaves data and results there
    python benchmarks/large_study.py --parquet        # boundaries as GeoParquet

Cells with crooked borders, y from a two-way spatial Durbin process with 12 regressors, and a study
file with comparison models, effects, autocorrelation of two columns in three years, groups, maps,
tables, layers and the report. Prints wall seconds, processor seconds and peak memory by stage, the
longest parts, the largest files, and estimates beside the truth. One process, one BLAS thread.
"""

import os

for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

import argparse
import json
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "peers"))
import numpy as np
import pandas as pd
import worlds

YEARS = range(2011, 2021)
NAMES = [f"x{place}" for place in range(1, 13)]
RHO = 0.4
BETA = np.array([1.0, 0.7, -0.4, 0.3, 0.2, -0.2, 0.1, 0.5, -0.6, 0.25, 0.0, 0.15])
THETA = np.array([0.4, -0.2, 0.1, 0.0, 0.3, 0.0, -0.1, 0.2, 0.0, 0.1, 0.0, -0.05])
BENT = 4  # points between two corners of a cell
STUDY = """
[study]
title = "A grid of {n:,} cells"
lang = "{lang}"
seed = 1
synthetic = true

[boundaries]
file = "{cells}"
key = "code"
name = "name"

[table]
file = "panel.csv"
unit = "cell"
time = "year"

[weights.queen]
kind = "contiguity"

[model]
formula = "y ~ {terms}"
focus = "x1"
weights = "queen"
kind = "SDM"
compare = ["OLS", "SAR"]
effects = "twoway"

[autocorrelation]
columns = ["y", "x1"]
years = [2011, 2015, 2020]
change = true

[groups.zone]
column = "zone"
"""


def cells(side, seed=0):
    """Cells of about 1 km whose shared borders are crooked: codes, names, polygons."""
    import geopandas as gpd
    import shapely

    rng = np.random.default_rng(seed)
    y, x = (
        np.indices((side + 1, side + 1)) + rng.uniform(-0.25, 0.25, (2, side + 1, side + 1))
    ) * 1e3
    corners = np.stack([x, y], axis=-1)
    south, west = _bent(corners[:, :-1], corners[:, 1:], rng), _bent(corners[:-1], corners[1:], rng)
    ring = np.concatenate(
        [south[:-1], west[:, 1:], south[1:, :, ::-1], west[:, :-1, ::-1]], axis=2
    ).reshape(side * side, -1, 2)
    row, column = np.divmod(np.arange(side * side), side)
    names = [f"Cell {a + 1}-{b + 1}" for a, b in zip(row, column, strict=True)]
    codes = [f"{place:06d}" for place in range(1, side * side + 1)]
    shift = np.array([400_000.0, 3_300_000.0])
    return gpd.GeoDataFrame(
        {"code": codes, "name": names}, geometry=shapely.polygons(ring + shift), crs="EPSG:32650"
    )


def _bent(start, end, rng):
    """Points from start up to end, the end left out, off the straight line by up to 60 m."""
    at = np.arange(BENT + 1)[:, None] / (BENT + 1)
    line = start[..., None, :] + at * (end - start)[..., None, :]
    line[..., 1:, :] += rng.uniform(-60, 60, line[..., 1:, :].shape)
    return np.concatenate([line, end[..., None, :]], axis=-2)


def panel(side, names, seed=0):
    """Rows by cell and year, with two-way effects, 12 regressors that cluster in space, a zone."""
    w, rng, n = worlds.queen(side), np.random.default_rng(seed), side * side
    solve = worlds.solver(w, RHO)
    mu = rng.normal(size=n)
    zone = np.array(["north", "middle", "south"])[np.arange(n) * 3 // n]
    parts = []
    for place, year in enumerate(YEARS):
        x = rng.normal(size=(n, len(NAMES)))
        x += w @ (w @ x)
        y = solve(x @ BETA + w @ (x @ THETA) + mu + 0.1 * place + rng.normal(size=n))
        columns = dict(zip(NAMES, x.T, strict=True))
        parts.append(pd.DataFrame({"cell": names, "year": year, "y": y, **columns, "zone": zone}))
    return pd.concat(parts, ignore_index=True)


def make(side, folder, *, parquet=False, lang="en", more=""):
    """Write boundaries, table and study file; give the path of the latter."""
    layer = cells(side)
    table = panel(side, layer["name"].to_numpy())
    file = f"cells.{'parquet' if parquet else 'gpkg'}"
    if parquet:
        layer.to_parquet(folder / file)
    else:
        layer.to_file(folder / file)
    table.to_csv(folder / "panel.csv", index=False)
    text = STUDY.format(n=side * side, cells=file, terms=" + ".join(NAMES), lang=lang)
    path = folder / "study.toml"
    path.write_text(text + more, encoding="utf-8")
    return path


def peak_gb():
    """Largest memory since this was last asked; since the start where the system cannot tell."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        from measure import peak_gb

        return peak_gb()
    return next(int(line.split()[1]) for line in status.splitlines() if "VmHWM" in line) / 976_562.5


def run(path, out):
    """Run, and print wall and processor seconds and peak memory of each stage."""
    import analysis

    marks = []

    def show(_, done, __):
        if not marks or done != marks[-1][0]:
            marks.append((done, time.perf_counter(), time.process_time(), peak_gb()))

    found = analysis.run(path, out=out, progress=show)
    marks.append((None, time.perf_counter(), time.process_time(), peak_gb()))
    from analysis.study.progress import STAGES

    rows = [
        (STAGES[stage], end - start, stop - began, peak)
        for (stage, start, began, _), (_, end, stop, peak) in pairwise(marks)
    ]
    walls, used, peaks = zip(*(row[1:] for row in rows), strict=True)
    rows.append(("together", sum(walls), sum(used), max(peaks)))
    for name, wall, processor, peak in rows:
        print(f"{name:16s} {wall:7.1f} s {processor:7.1f} s {peak:6.2f} GB", flush=True)
    return found


def tell(found, out):
    """Print the longest parts, the largest files, and estimates beside the truth."""
    parts = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["parts"]
    for part in sorted(parts, key=lambda one: -one.get("seconds", 0.0))[:12]:
        print(f"  {part['seconds']:7.1f} s  {part['part']}")
    files = [file for file in out.rglob("*") if file.is_file() and ".kept" not in file.parts]
    for file in sorted(files, key=lambda one: -one.stat().st_size)[:8]:
        print(f"  {file.stat().st_size / 1e6:7.1f} MB {file.relative_to(out)}")
    truth = dict(zip(NAMES, BETA, strict=True)) | {"rho": RHO}
    truth |= {f"W.{name}": value for name, value in zip(NAMES, THETA, strict=True)}
    fit = found.models.main.fit
    off = max(abs(fit.params[name] - value) / fit.std_errors[name] for name, value in truth.items())
    print(
        f"rho {fit.params['rho']:.4f} (true {RHO}), farthest estimate {off:.1f} standard errors off"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--side", type=int, default=316)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--parquet", action="store_true")
    parser.add_argument("--lang", default="en")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        start = time.perf_counter()
        path = make(given.side, folder, parquet=given.parquet, lang=given.lang)
        print(f"{'data made':16s} {time.perf_counter() - start:7.1f} s")
        found = run(path, folder / "out")
        tell(found, folder / "out")


if __name__ == "__main__":
    main()
