"""Many fits over the same data: here, in other processes or on a cluster, with equal numbers.

What is asked for does not depend on who computes it, nor on what that process computed before: all
work on copies whose arrays lie alike, in one thread of linear algebra, and every draw has a random
stream of its own.
"""

from __future__ import annotations

import pickle
import signal
import threading
import time
import uuid
import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol, TypeVar, cast

import numpy as np

from spatial.cluster import Cluster, gather_from
from spatial.errors import InputError, is_whole

__all__ = [
    "Jobs",
    "Memory",
    "Portion",
    "Progress",
    "Workers",
    "deaf_processes",
    "numbers_are_steady",
    "portions",
    "run_shared",
    "steady_numbers",
    "workers_of",
]

Item = TypeVar("Item")
Found = TypeVar("Found")
Progress = Callable[[int, int, float], None]
PARTS, MOST = 8, 25  # chunks per process, items per chunk: little is sent, little is lost
DRAWS = 25
_steady: ContextVar[bool] = ContextVar("steady", default=False)
_held = threading.local()


class Memory(Protocol):
    """What is already known of the items of some work."""

    def find(self, item: Any) -> Any:
        """Result of an item, None where it is not known."""
        ...

    def keep(self, item: Any, found: Any) -> None:
        """Take note of a result."""
        ...


@dataclass(frozen=True)
class Workers:
    """Who computes many fits, who hears of their progress, and what is known already.

    Functions with `jobs` take a number of processes, a `distributed.Client` or this.

    Attributes
    ----------
    jobs
        Processes on this machine, or a `distributed.Client`, whose workers need this package. The
        numbers are the same, whoever computes them.
    progress
        Called with (items done, items, seconds that remain).
    memory
        Asked for each item before it is computed (``memory.find(item)``, None where it is not
        known) and given what was found (``memory.keep(item, found)``), so that interrupted work can
        go on.

    Raises
    ------
    InputError
        `jobs` is neither a client nor a positive whole number.

    Examples
    --------
    >>> import pandas as pd
    >>> from spatial import SDM, Panel, Workers, specification_curve, weights
    >>> ring = np.roll(np.eye(20), 1, axis=1) + np.roll(np.eye(20), -1, axis=1)
    >>> w = weights.from_matrix(ring, range(20))
    >>> y, x = np.random.default_rng(1).normal(size=(2, 100))
    >>> table = {"city": np.tile(range(20), 5), "year": np.repeat(range(5), 20), "y": y, "x": x}
    >>> panel = Panel(pd.DataFrame(table), "city", "year")
    >>> workers = Workers(1, progress=lambda done, of, seconds: print(done, "of", of))
    >>> curve = specification_curve(SDM("y ~ x", effects="unit"), panel, w, "x",
    ...                             {"winsorise": [0.01], "kinds": ["SAR"]}, jobs=workers)
    1 of 3
    2 of 3
    3 of 3
    """

    jobs: int | Cluster = 1
    progress: Progress | None = None
    memory: Memory | None = None

    def __post_init__(self) -> None:
        if not _is_cluster(self.jobs) and (not is_whole(self.jobs) or cast(int, self.jobs) < 1):
            raise InputError(
                f"jobs={self.jobs!r}; give the number of processes, at least 1, or a "
                "distributed.Client."
            )


Jobs = int | Cluster | Workers


def workers_of(jobs: Jobs, progress: Progress | None = None) -> Workers:
    """The workers that an argument `jobs` means; `progress` unless they have their own."""
    given = jobs if isinstance(jobs, Workers) else Workers(jobs)
    return Workers(given.jobs, given.progress or progress, given.memory)


def _is_cluster(jobs: object) -> bool:
    """Whether this is a client of Dask, without importing it."""
    return all(hasattr(jobs, name) for name in ("scatter", "submit", "nthreads"))


def numbers_are_steady() -> bool:
    """Whether numbers are to depend on nothing that was computed before."""
    return _steady.get()


@contextmanager
def steady_numbers() -> Iterator[None]:
    """Let numbers depend on their inputs alone.

    Neither on what was computed before (some ways to a number are shorter the second time, and
    round differently) nor on the number of threads of linear algebra.
    """
    from threadpoolctl import threadpool_limits

    before = _steady.set(True)
    try:
        with threadpool_limits(limits=1):
            yield
    finally:
        _steady.reset(before)


@contextmanager
def deaf_processes() -> Iterator[None]:
    """Let processes that start here not hear Ctrl-C, which a terminal sends to all at once.

    This process alone hears it and ends them; each of them would only show where it stood.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler if before is None else before)


def run_shared(
    work: Any,
    items: Sequence[Item],
    function: Callable[[Any, Item], Found],
    *,
    jobs: Jobs = 1,
    progress: Progress | None = None,
) -> list[Found]:
    """Results of function(work, item) in the order of the items.

    Parameters
    ----------
    work
        What all items share. A process unpickles it once, so that what it derives (spectra of
        weights, samples) serves all items that this process gets.
    items
        Small, and what tells one result from another in a memory.
    function
        A function of a module. Its results are never None.
    jobs
        Processes, a client of Dask, or `Workers`; the numbers are the same.
    progress
        Called with (items done, items, seconds that remain).

    Raises
    ------
    InputError
        `jobs` is no positive whole number; a cluster that stops answering.
    """
    workers = workers_of(jobs, progress)
    memory, found = workers.memory, cast(dict[int, Found], {})
    if memory is not None:
        known = ((place, memory.find(item)) for place, item in enumerate(items))
        found = {place: one for place, one in known if one is not None}
    clock = _Clock(len(items), len(found), workers.progress)

    def done(place: int, one: Found) -> None:
        found[place] = one
        if memory is not None:
            memory.keep(items[place], one)
        clock()

    left = [(place, item) for place, item in enumerate(items) if place not in found]
    if left:
        _compute(pickle.dumps(work, protocol=5), left, function, workers.jobs, done)
    return [found[place] for place in range(len(items))]


@dataclass(frozen=True)
class Portion:
    """`count` draws from a random stream of their own, which `entropy` and `key` name."""

    entropy: int | tuple[int, ...]
    key: tuple[int, ...]
    count: int

    def rng(self) -> np.random.Generator:
        """The stream, from its start."""
        return np.random.default_rng(np.random.SeedSequence(self.entropy, spawn_key=self.key))


def portions(seed: np.random.SeedSequence, draws: int, size: int = DRAWS) -> list[Portion]:
    """Draws in portions of one size, the last perhaps smaller."""
    given: Any = seed.entropy
    entropy = tuple(given) if isinstance(given, Sequence) else given
    starts = range(0, draws, size)
    return [
        Portion(entropy, (*seed.spawn_key, place), min(size, draws - start))
        for place, start in enumerate(starts)
    ]


class _Clock:
    """Tells how many items are done and how long the rest will take."""

    def __init__(self, total: int, known: int, progress: Progress | None) -> None:
        self.total, self.known, self.done, self.progress = total, known, known, progress
        self.start = time.monotonic()

    def __call__(self) -> None:
        self.done += 1
        if self.progress is not None:
            each = (time.monotonic() - self.start) / (self.done - self.known)
            self.progress(self.done, self.total, each * (self.total - self.done))


def _compute(
    packed: bytes,
    items: Sequence[tuple[int, Any]],
    function: Callable[[Any, Any], Any],
    jobs: int | Cluster,
    done: Callable[[int, Any], None],
) -> None:
    """Compute the items, each with its place, and tell of each as it comes."""
    if not _is_cluster(jobs) and (jobs == 1 or len(items) == 1):
        # a copy as other processes have it: its arrays lie alike, so that sums round alike
        work = pickle.loads(packed)
        with steady_numbers():
            for place, item in items:
                done(place, function(work, item))
        return
    token = uuid.uuid4().hex
    if _is_cluster(jobs):
        client = cast(Cluster, jobs)
        chunks = _chunks(items, sum(client.nthreads().values()))
        parts = gather_from(client, packed, chunks, _chunk, (token, function))
    else:
        parts = _elsewhere(packed, _chunks(items, cast(int, jobs)), (token, function), jobs)
    with closing(parts):
        for part in parts:
            for place, one in part:
                done(place, one)


def _chunks(items: Sequence[tuple[int, Any]], processes: int) -> list[Sequence[tuple[int, Any]]]:
    """Neighbouring items together, which often derive the same things."""
    wanted = max(max(processes, 1) * PARTS, -(-len(items) // MOST))
    bounds = np.linspace(0, len(items), min(len(items), wanted) + 1).round().astype(int)
    return [items[low:high] for low, high in pairwise(bounds.tolist())]


def _elsewhere(
    packed: bytes, chunks: Sequence[Any], told: tuple[str, Any], jobs: Any
) -> Generator[list[tuple[int, Any]], None, None]:
    from joblib import Parallel, delayed

    # joblib maps large arrays into memory instead of sending them with every chunk
    shared = np.frombuffer(packed, dtype=np.uint8)
    calls = (delayed(_chunk)(shared, chunk, *told) for chunk in chunks)
    with deaf_processes():
        results = Parallel(n_jobs=jobs, return_as="generator_unordered")(calls)
    try:
        while (part := next(results, None)) is not None:
            yield part
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that interrupted work was not finished is known
            results.close()


def _chunk(
    packed: Any, items: Sequence[tuple[int, Any]], token: str, function: Callable[[Any, Any], Any]
) -> list[tuple[int, Any]]:
    """Results of some items, each with its place, in a process or thread of its own."""
    if getattr(_held, "token", None) != token:
        from threadpoolctl import threadpool_limits

        threadpool_limits(limits=1)
        _held.work, _held.token = pickle.loads(bytes(packed)), token
    before = _steady.set(True)
    try:
        return [(place, function(_held.work, item)) for place, item in items]
    finally:
        _steady.reset(before)
