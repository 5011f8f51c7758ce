"""Chunks of work on a Dask cluster: data sent once, lost workers made good."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any, Protocol

from spatial.errors import InputError

__all__ = ["Cluster", "gather_from"]

ROUNDS = 5


class Cluster(Protocol):
    """What is asked of a `distributed.Client`."""

    def scatter(self, data: Any, **options: Any) -> Any:
        """Send data to the workers."""
        ...

    def submit(self, func: Callable[..., Any], *args: Any, **options: Any) -> Any:
        """Have a function called by a worker."""
        ...

    def nthreads(self) -> Mapping[str, int]:
        """Threads by worker."""
        ...


def gather_from(
    client: Any,
    packed: bytes,
    chunks: Sequence[Any],
    function: Callable[..., list[Any]],
    told: tuple[Any, ...],
) -> Generator[list[Any], None, None]:
    """Results of function(packed, chunk, *told), as they come; each chunk counts once.

    The data go to every worker once. A worker that is lost takes results with it that nobody has
    seen, and may take the data: the scheduler gives its chunks to others, and what it cannot make
    good is asked for again.

    Raises
    ------
    InputError
        Chunks that end every worker they meet; a cluster that stops answering.
    """
    from concurrent.futures import CancelledError

    import distributed
    from distributed.scheduler import KilledWorker

    open_ = dict(enumerate(chunks))
    for _ in range(ROUNDS):
        try:
            data = client.scatter(packed, broadcast=True, hash=False)
            futures = {
                client.submit(function, data, chunk, *told, pure=False): place
                for place, chunk in open_.items()
            }
            as_completed: Any = distributed.as_completed  # mypy: without annotations
            for future in as_completed(list(futures), loop=client.loop):
                try:
                    found = future.result()
                except CancelledError:
                    continue
                del open_[futures.pop(future)]
                yield found
        except KilledWorker:
            raise InputError(
                "the work ended every worker of the cluster that took it up, most likely for want "
                "of memory; give workers more memory, or fewer threads each."
            ) from None
        except OSError:
            break
        if not open_:
            return
    raise InputError(
        f"the cluster stopped answering with {len(open_)} of {len(chunks)} parts of the work still "
        "open; look at its scheduler, and run again."
    )
