"""Time of a full study: `python benchmarks/study.py [jobs] [--again]`.

The demonstration panel (296 cities x 12 years) with 5 weights, 4 channels (two of three steps with
bootstraps), 4 splits, 200 specifications, a curve over 15 distances, carriers, profiles, all
tables, pictures and the report. Prints seconds by stage. With
--again the same study is run a second time into its folder. One BLAS thread for each process.
"""

import os

for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

import sys
import tempfile
import time
import tomllib
from itertools import pairwise
from pathlib import Path

import analysis
from analysis.study.start import demo_study

WEIGHTS = {
    "near": {"kind": "knn", "k": 5},
    "inverse": {"kind": "inverse_distance", "cutoff_km": 500},
    "reach": {"kind": "distance_band", "km": 300, "fallback": 1},
    "gravity": {"kind": "gravity", "column": "gdp", "years": [2010, 2011], "cutoff_km": 600},
}
SPLITS = {
    "region": {"column": "region"},
    "size": {"cut": {"column": "urban_pop_10k", "at": 2010}},
    "facilities": {"flag": "smart_facility_2010"},
    "belt": {"column": "yangtze_belt"},
}
FORMULAS = {
    "plain": "resilience ~ agglomeration",
    "broadband": "resilience ~ agglomeration + log(fdi / gdp) + broadband_pilot",
    "patents": "resilience ~ agglomeration + log(fdi / gdp) + log(patents_invention)",
    "square": "resilience ~ agglomeration + I(log(fdi / gdp) ** 2)",
}


def plan():
    """The demonstration, with as many parts as a paper has."""
    path = demo_study("en")
    study = tomllib.loads(path.read_text(encoding="utf-8"))
    study["table"]["file"] = str(path.with_name("panel.csv"))
    study["study"]["truth"] = str(path.with_name("demo_truth.json"))
    study["weights"] |= WEIGHTS
    names = ("technology", "green_quality", "infrastructure", "digital_industry")
    study["channels"] = {name: study["channels"][name] for name in names}
    study["channels"]["digital_industry"] |= {"steps": 3, "draws": 399}
    study["groups"] = SPLITS
    study["robustness"] = {
        "weights": list(WEIGHTS),
        "formulas": FORMULAS,
        "winsorise": [0.01],
        "drop": {"municipalities": {"rank": ["直辖市"]}},
        "drop_years": [2020],
    }
    study["decay"] = {"km": {"from": 100, "to": 800, "step": 50}}
    study["carriers"] = {"weights": ["queen", *WEIGHTS]}
    return study


def timed(study, out, jobs):
    """Run, and print the seconds of each stage."""
    marks = []

    def show(text, done, _):
        if not marks or done != marks[-1][0]:
            marks.append((done, text, time.perf_counter()))

    found = analysis.run(study, out=out, jobs=jobs, progress=show)
    marks.append((None, "", time.perf_counter()))
    for (_, text, start), (*_, end) in pairwise(marks):
        print(f"{text:16s} {end - start:6.1f} s")
    print(f"{'together':16s} {marks[-1][2] - marks[0][2]:6.1f} s")
    return found


def main():
    words = [word for word in sys.argv[1:] if not word.startswith("-")]
    jobs = int(words[0]) if words else 2
    with tempfile.TemporaryDirectory() as folder:
        found = timed(plan(), Path(folder) / "out", jobs)
        curve = found.sensitivity.curve
        failed = int((curve["problem"] != "").sum())
        print(
            f"{len(found.weights)} weights, {len(found.mechanisms.channels)} channels, "
            f"{len(found.mechanisms.groups)} splits, {curve['specification'].nunique()} "
            f"specifications ({failed} rows failed), {found.sensitivity.decay['km'].nunique()} "
            f"distances, {len(found.sample.units)} x {len(found.sample.times)}, {jobs} jobs"
        )
        if "--again" in sys.argv:
            timed(plan(), Path(folder) / "out", jobs)


if __name__ == "__main__":
    main()
