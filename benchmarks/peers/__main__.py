"""Ours beside other programs, in one run: time, peak memory, ratios, growth.

    python benchmarks/peers                          # everything that is installed; about an hour
    python benchmarks/peers --tasks panel lisa --limit 60

Every measurement is a process of its own with one thread of linear algebra (two of them wait for
each other on small matrices), stopped after `--limit` seconds or 22 GB; a program that
fails at a size is not asked for larger ones. Python peers: spreg, esda, libpysal, and where they
are installed panelbox and pygeoda. With Rscript on the path: spdep, spatialreg, splm, SDPDmod,
where installed. Writes results.json, results.md and results.png beside this file.
"""

import argparse
import json
import math
import os
import platform
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
import report
import worlds

SIDES = {
    "panel": [10, 17, 32, 50, 100, 316],
    "cross": [32, 100, 316, 1000],
    "simulate": [32, 100, 316],
    "lisa": [19, 100, 316, 550, 1000],
    "queen": [19, 100, 316, 1000],
    "curve": [17],
}
PROGRAMS = {
    "panel": ["ours", "spreg", "panelbox", "splm", "SDPDmod"],
    "cross": ["ours", "spreg", "spatialreg"],
    "simulate": ["ours", "spatialreg"],
    "lisa": ["ours", "esda", "pygeoda", "spdep"],
    "queen": ["ours", "libpysal", "pygeoda"],
    "curve": ["ours", "spreg"],
}
IN_R = ("splm", "SDPDmod", "spatialreg", "spdep")
MEMORY = 22 * 1024**3


def installed(program):
    if program == "ours":
        return True
    if program not in IN_R:
        return find_spec(program) is not None
    if shutil.which("Rscript") is None:
        return False
    ask = f'cat(requireNamespace("{program}", quietly = TRUE))'
    return "TRUE" in subprocess.run(["Rscript", "-e", ask], capture_output=True, text=True).stdout


def version_of(program):
    if program in IN_R:
        ask = f'cat(as.character(packageVersion("{program}")))'
        return subprocess.run(["Rscript", "-e", ask], capture_output=True, text=True).stdout
    try:
        return version("cityripple" if program == "ours" else program)
    except PackageNotFoundError:
        return "?"


def measured(program, task, side, limit, folder):
    """Numbers of one process, or {"failed": why}."""
    if program in IN_R:
        command = [
            "Rscript",
            str(HERE / "job.R"),
            program,
            task,
            str(side),
            csv(task, side, folder),
        ]
    else:
        command = [sys.executable, str(HERE / "job.py"), program, task, str(side), "1.0"]
    threads = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}
    started = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ | threads, start_new_session=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY)),
    )  # fmt: skip
    try:
        told, faults = started.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        os.killpg(started.pid, signal.SIGKILL)
        started.communicate()
        return {"failed": f"more than {limit:.0f} s"}
    if started.returncode:
        lines = faults.strip().splitlines() or ["ended without a word"]
        told = [line.strip() for line in lines if "error" in line.lower()]
        return {"failed": (told or lines)[-1][:160]}
    return json.loads(told.strip().splitlines()[-1])


def csv(task, side, folder):
    """The data of a task as R reads them."""
    years = worlds.YEARS if task == "panel" else 1
    path = folder / f"{'values' if task == 'lisa' else 'table'}_{years}_{side}.csv"
    if not path.exists():
        if task == "lisa":
            import job
            import pandas as pd

            pd.DataFrame({"value": job.values(side)}).to_csv(path, index=False)
        else:
            worlds.table(side, years).to_csv(path, index=False)
    return str(path)


def run(tasks, programs, limit, biggest):
    results = []
    with tempfile.TemporaryDirectory() as name:
        for task in tasks:
            for program in (p for p in PROGRAMS[task] if p in programs and installed(p)):
                for side in (s for s in SIDES[task] if s * s <= biggest):
                    found = measured(program, task, side, limit, Path(name))
                    results.append({"task": task, "program": program, "n": side * side, **found})
                    print(json.dumps(results[-1]), flush=True)
                    if "failed" in found:
                        break
    return results


def machine():
    model = platform.processor() or platform.machine()
    cpu = Path("/proc/cpuinfo")
    if cpu.exists():
        names = [line for line in cpu.read_text().splitlines() if line.startswith("model name")]
        model = names[0].split(":")[1].strip() if names else model
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    system = f"{platform.system()}, Python {platform.python_version()}"
    return f"{os.cpu_count()} cores ({model}), {memory:.0f} GB, {system}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tasks", nargs="+", choices=SIDES, default=list(SIDES))
    every = sorted({program for some in PROGRAMS.values() for program in some})
    parser.add_argument("--programs", nargs="+", choices=every, default=every)
    parser.add_argument("--limit", type=float, default=300.0, help="seconds for each measurement")
    parser.add_argument("--biggest", type=float, default=math.inf, help="largest number of units")
    parser.add_argument("--out", type=Path, default=HERE)
    given = parser.parse_args()
    results = run(given.tasks, given.programs, given.limit, given.biggest)
    programs = list(dict.fromkeys(row["program"] for row in results))
    about = {
        "machine": machine(), "limit_s": given.limit,
        "versions": {program: version_of(program) for program in programs},
    }  # fmt: skip
    report.write({"about": about, "results": results}, given.out)


if __name__ == "__main__":
    main()
