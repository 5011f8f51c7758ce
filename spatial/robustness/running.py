"""Many fits over the same data, here or in other processes, with equal numbers."""

from __future__ import annotations

import pickle
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from spatial.errors import InputError, is_whole

__all__ = ["Progress", "run_shared"]

Item = TypeVar("Item")
Found = TypeVar("Found")
Progress = Callable[[int, int, float], None]
PARTS = 8  # chunks per process: enough for a remaining time, few enough to send little
_held: dict[str, Any] = {}


def run_shared(
    work: Any,
    items: Sequence[Item],
    function: Callable[[Any, Item], Found],
    *,
    jobs: int = 1,
    progress: Progress | None = None,
) -> list[Found]:
    """Results of function(work, item) in the order of the items.

    Parameters
    ----------
    work
        What all items share. A process unpickles it once, so that what it derives (spectra of
        weights, samples) serves all items that this process gets.
    function
        A function of a module.
    jobs
        Processes; the numbers are the same.
    progress
        Called with (items done, items, seconds that remain).

    Raises
    ------
    InputError
        `jobs` is no positive whole number.
    """
    if not is_whole(jobs) or jobs < 1:
        raise InputError(f"jobs={jobs!r}; give the number of processes, at least 1.")
    clock = _Clock(len(items), progress)
    packed = pickle.dumps(work)
    out: list[Found] = []
    if jobs == 1 or len(items) < 2:
        # a copy as other processes have it: its arrays lie alike, so that sums round alike
        work = pickle.loads(packed)
        for item in items:
            out.append(function(work, item))
            clock(1)
        return out
    for part in _elsewhere(packed, items, function, int(jobs)):
        out.extend(part)
        clock(len(part))
    return out


class _Clock:
    """Tells how many items are done and how long the rest will take."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self.total, self.progress, self.done = total, progress, 0
        self.start = time.monotonic()

    def __call__(self, more: int) -> None:
        self.done += more
        if self.progress is not None:
            spent = time.monotonic() - self.start
            self.progress(self.done, self.total, spent / self.done * (self.total - self.done))


def _elsewhere(
    packed: bytes, items: Sequence[Item], function: Callable[[Any, Item], Found], jobs: int
) -> Iterator[list[Found]]:
    from joblib import Parallel, delayed

    token = uuid.uuid4().hex
    # joblib maps large arrays into memory instead of sending them with every chunk
    shared = np.frombuffer(packed, dtype=np.uint8)
    bounds = np.linspace(0, len(items), min(len(items), jobs * PARTS) + 1).round().astype(int)
    chunks = [list(items[low:high]) for low, high in pairwise(bounds)]
    calls = (delayed(_chunk)(token, shared, chunk, function) for chunk in chunks)
    yield from Parallel(n_jobs=jobs, return_as="generator")(calls)


def _chunk(
    token: str,
    packed: npt.NDArray[np.uint8],
    items: Sequence[Item],
    function: Callable[[Any, Item], Found],
) -> list[Found]:
    if token not in _held:
        _held.clear()
        _held[token] = pickle.loads(packed.tobytes())
    return [function(_held[token], item) for item in items]
