"""Time, peak memory and growth of everything beside the fit, up to many units.

    python benchmarks/scale.py                              # 2,500 to 99,856 units: half an hour
    python benchmarks/scale.py --sides 50 100 --only unit   # functions that have "unit" in the name

A cross-section SDM, and panels of five years with two-way effects, on queen lattices. Every
measurement is a process of its own with one thread of linear algebra: data, graph and fit are made
first, then the function is timed once; peak memory is that of the whole process. `growth` is the
exponent of time in N since the size before.
"""

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import time
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "peers"))
import numpy as np
import pandas as pd
import worlds

FORMULA = "y ~ x1 + x2 + x3"
YEARS = 5
ABSENT = 0.1
KM = 300
SIDES = (50, 100, 200, 316)


def graph(side):
    from spatial import weights

    return weights.from_matrix(worlds.queen(side), np.arange(side * side))


def places(side):
    """Units over a country of 3,000 × 4,000 km."""
    row, column = np.divmod(np.arange(side * side), side)
    return pd.DataFrame({"lon": 85.0 + 40.0 * column / side, "lat": 22.0 + 27.0 * row / side})


def cross(side, kind="SDM"):
    import spatial

    frame = worlds.table(side).set_index("unit")
    frame["province"] = np.arange(len(frame)) * 31 // len(frame)
    return getattr(spatial, kind)(FORMULA).fit(frame, graph(side))


def panel(side, *, gaps=False):
    import spatial

    frame = worlds.table(side, YEARS)
    frame["province"] = frame["unit"] * 31 // side**2
    if gaps:
        frame = frame[np.random.default_rng(0).random(len(frame)) >= ABSENT]
    return spatial.Panel(frame, "unit", "year")


def panel_fit(side, kind="SDM", **how):
    import spatial

    options = {"effects": "twoway"} | how
    missing = {"missing": "absent"} if how.pop("gaps", False) else {}
    options.pop("gaps", None)
    data = panel(side, gaps=bool(missing))
    return getattr(spatial, kind)(FORMULA, **options, **missing).fit(data, graph(side))


def of(make, *names, **options):
    """A method of a fit, with its arguments."""
    name, *given = names

    def prepared(side):
        fit = make(side)
        return lambda: getattr(fit, name)(*given, **options)

    return prepared


def hac(make):
    def prepared(side):
        fit, where = make(side), places(side)
        return lambda: fit.with_cov("hac", km=KM, coords=where)

    return prepared


def test(name, *given, data="frame"):
    """A test that starts from data and weights."""

    def prepared(side):
        import spatial

        w = graph(side)
        if data == "frame":
            frame = worlds.table(side).set_index("unit")
            return lambda: getattr(spatial, name)(FORMULA, frame, w)
        if data == "values":
            values = worlds.table(side).set_index("unit")["y"]
            return lambda: getattr(spatial, name)(values, w)
        fit = {"least squares": lambda: cross(side, "OLS"), "panel": lambda: panel_fit(side)}.get(
            data, lambda: cross(side, data)
        )()
        return lambda: getattr(spatial, name)(fit, *given)

    return prepared


def grouped(side):
    import spatial

    frame, w = worlds.table(side).set_index("unit"), graph(side)
    frame["zone"] = np.arange(len(frame)) % 3
    model = spatial.SDM(FORMULA)
    return lambda: spatial.groups(model, frame, w, by="zone", focus="x1")


def outside_the_filter(side):
    import spatial

    data, w = panel(side), graph(side)
    return lambda: spatial.SDEM(FORMULA, effects="random").fit(data, w)


def gaps_fit(side):
    import spatial

    data, w = panel(side, gaps=True), graph(side)
    model = spatial.OLS(FORMULA, effects="twoway", missing="absent")
    return lambda: model.fit(data, w).fixed_effects()


def gaps_by_unit(side):
    fit = panel_fit(side, gaps=True)
    return lambda: fit.effects_by_unit("x1")


FUNCTIONS = {
    "effects, delta": of(cross, "effects"),
    "effects, 1,000 draws": of(cross, "effects", "simulate"),
    "effects_by_unit": of(cross, "effects_by_unit", "x1"),
    "effects_by_unit, OLS": of(lambda side: cross(side, "OLS"), "effects_by_unit", "x1"),
    "effects_by_unit, panel with gaps": gaps_by_unit,
    "effects_by_order, 5": of(cross, "effects_by_order", "x1"),
    "flows, the 100 largest": of(cross, "flows", "x1", top=100),
    "groups, 3": grouped,
    "predict, best": of(cross, "predict", kind="best"),
    "cov: expected": of(cross, "with_cov", "expected"),
    "cov: robust": of(cross, "with_cov", "robust"),
    "cov: cluster, 31 provinces": of(cross, "with_cov", "cluster", by="province"),
    "cov: cluster, units": of(cross, "with_cov", "cluster", by="unit"),
    "cov: cluster, units of a panel": of(panel_fit, "with_cov", "cluster", by="unit"),
    "cov: Driscoll-Kraay, panel": of(panel_fit, "with_cov", "driscoll-kraay"),
    f"cov: hac {KM} km, OLS": hac(lambda side: cross(side, "OLS")),
    f"cov: hac {KM} km, SDM": hac(cross),
    "lm_tests": test("lm_tests"),
    "durbin_tests": test("durbin_tests"),
    "choose_model": test("choose_model"),
    "lm_residuals": test("lm_residuals", data="SDM"),
    "residual_moran": test("residual_moran", data="least squares"),
    "hausman_error": test("hausman_error", data="SEM"),
    "pesaran_cd": test("pesaran_cd", data="panel"),
    "moran": test("moran", data="values"),
    "lisa, exact": test("lisa", data="values"),
    "getis_ord, exact": test("getis_ord", data="values"),
    "OLS, two-way with gaps, fixed effects": gaps_fit,
    "SDEM, random effects outside": outside_the_filter,
}


def one(name, side):
    """In a process of its own: seconds and peak memory, or why not."""
    warnings.simplefilter("ignore")
    call = FUNCTIONS[name](side)
    start = time.perf_counter()
    call()
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak_mb": peak}))


def measured(name, side, limit):
    command = [sys.executable, __file__, "--one", name, "--sides", str(side)]
    threads = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}
    try:
        found = subprocess.run(
            command, capture_output=True, text=True, timeout=limit, env=os.environ | threads
        )
    except subprocess.TimeoutExpired:
        return {"failed": f"more than {limit:.0f} s"}
    if found.returncode:
        return {"failed": (found.stderr.strip().splitlines() or ["no word"])[-1][:120]}
    return json.loads(found.stdout.strip().splitlines()[-1])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sides", nargs="+", type=int, default=list(SIDES))
    parser.add_argument("--only", default="", help="part of the name of functions")
    parser.add_argument("--limit", type=float, default=600.0, help="seconds, preparation included")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        one(given.one, given.sides[0])
        return
    sizes = " | ".join(f"{side**2:,}" for side in given.sides)
    print(f"| seconds (peak MB, growth) | {sizes} |")
    print("|---|" + "---:|" * len(given.sides))
    for name in (name for name in FUNCTIONS if given.only in name):
        cells, before = [], None
        for side in given.sides:
            found = measured(name, side, given.limit)
            if "failed" in found:
                cells.append(found["failed"])
                break
            told = f"{found['peak_mb']:,.0f}"
            if before:
                ratio = found["seconds"] / before[0]
                told += f", {math.log(ratio) / math.log(side**2 / before[1] ** 2):.2f}"
            cells.append(f"{found['seconds']:.3g} ({told})")
            before = found["seconds"], side
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
