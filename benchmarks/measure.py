"""Time and peak memory of work done in a process of its own, and how they grow with the size.

Import this first in a benchmark: one BLAS thread, before numpy loads.

    def work(clock, n):                    # at the top level of a script
        data = prepare(n)
        with clock("fit"):
            fit(data)
        return {"rho": 0.4}                # anything small that pickles

    found = alone(work, 10_000, most_gb=16, most_seconds=600)
    found.seconds["fit"], found.cpu["fit"], found.peak_gb, found.values, found.failure
"""

import os

for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

import multiprocessing
import platform
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np


@dataclass
class Clock:
    """Wall and processor seconds of named stretches; those of one name add up."""

    seconds: dict = field(default_factory=dict)
    cpu: dict = field(default_factory=dict)

    @contextmanager
    def __call__(self, name):
        wall, used = time.perf_counter(), time.process_time()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - wall
            self.cpu[name] = self.cpu.get(name, 0.0) + time.process_time() - used


@dataclass(frozen=True)
class Measured:
    """What one process took; `failure` says why it has no values."""

    seconds: dict
    cpu: dict
    peak_gb: float
    values: object = None
    failure: str | None = None

    @property
    def total(self):
        """Wall seconds of all stretches; infinite after a failure."""
        return sum(self.seconds.values()) if self.failure is None else float("inf")


def alone(function, *args, most_gb=None, most_seconds=None):
    """Call function(clock, *args) in a fresh process.

    Beyond `most_gb` of address space it runs out of memory, after `most_seconds` it is ended; both
    come back as a failure.
    """
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    child = context.Process(target=_run, args=(there, function, args, most_gb))
    child.start()
    there.close()
    found = Measured({}, {}, float("nan"), failure=f"over {most_seconds} s")
    try:
        if here.poll(most_seconds):
            found = here.recv()
    except EOFError:
        found = Measured({}, {}, float("nan"), failure="killed")
    finally:
        child.kill()
        child.join()
    return found


def peak_gb():
    """Largest memory of this process so far; NaN where the system does not tell."""
    try:
        import resource
    except ImportError:
        return float("nan")
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1e9 if sys.platform == "darwin" else 1e6)


def growth(sizes, amounts):
    """Exponent per doubling between each size and the one before; NaN where one is missing."""
    logs = np.log(np.asarray(sizes, float)), np.log(np.asarray(amounts, float))
    steps = np.full(len(sizes), np.nan)
    steps[1:] = np.diff(logs[1]) / np.diff(logs[0])
    return np.where(np.isfinite(steps), steps, np.nan)


def machine(*packages):
    """One line on the machine, its Python and the packages named."""
    names = ("numpy", "scipy", "pandas", *packages)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return (
        f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GB, {platform.system()}, "
        f"Python {platform.python_version()}, "
        + ", ".join(f"{name} {_version(name)}" for name in names)
        + "; one BLAS thread"
    )


def table(header, rows):
    """Print rows as a Markdown table with columns of equal width."""
    cells = [[str(cell) for cell in row] for row in (header, *rows)]
    widths = [max(len(row[j]) for row in cells) for j in range(len(header))]
    lines = [
        "| " + " | ".join(c.rjust(w) for c, w in zip(r, widths, strict=True)) + " |" for r in cells
    ]
    lines.insert(1, "|" + "|".join("-" * (w + 1) + ":" for w in widths) + "|")
    print("\n".join(lines), flush=True)


def queen(side):
    """Binary queen contiguity of a square lattice, scipy sparse (side², side²)."""
    from scipy import sparse

    n = side * side
    row, column = np.divmod(np.arange(n), side)
    steps = [(a, b) for a in (-1, 0, 1) for b in (-1, 0, 1) if (a, b) != (0, 0)]
    rows, columns = [], []
    for down, right in steps:
        inside = (row + down >= 0) & (row + down < side)
        inside &= (column + right >= 0) & (column + right < side)
        rows.append(np.flatnonzero(inside))
        columns.append(rows[-1] + down * side + right)
    rows, columns = np.concatenate(rows), np.concatenate(columns)
    return sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=(n, n))


def _run(pipe, function, args, most_gb):
    if most_gb is not None and sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (int(most_gb * 1e9),) * 2)
    clock, values, failure = Clock(), None, None
    try:
        values = function(clock, *args)
    except MemoryError:
        failure = "out of memory"
    except Exception as error:  # noqa: BLE001 (a peer may fail in any way)
        failure = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
    pipe.send(Measured(clock.seconds, clock.cpu, peak_gb(), values, failure))


def _processor():
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if "model name" in line)
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def _version(name):
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"
