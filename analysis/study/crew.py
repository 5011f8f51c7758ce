"""Who fits and draws: processes of this machine, or the workers of a Dask cluster."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from analysis.study.keeping import estimation, identity
from spatial.errors import InputError
from spatial.running import Workers

__all__ = ["workers"]

ANSWER, WORKERS = "10s", "30s"


@contextmanager
def workers(jobs: int, cluster: Any = None) -> Iterator[Any]:
    """Give what `spatial.Workers` takes as `jobs`: a number, or a client of the cluster.

    Parameters
    ----------
    jobs
        Processes of this machine.
    cluster
        Address of a scheduler, a `distributed.Client`, or None.

    Raises
    ------
    InputError
        No such number; the extra is not installed; the address is none or does not answer; the
        cluster has no workers, or workers with other code than this.
    """
    Workers(jobs)
    if cluster is None:
        yield jobs
        return
    if not isinstance(cluster, str):
        _check(Workers(cluster).jobs, "the cluster")
        yield cluster
        return
    client = _connect(cluster)
    try:
        _check(client, cluster)
        yield client
    finally:
        client.close()


def _connect(address: str) -> Any:
    try:
        import distributed
    except ImportError:
        raise InputError(
            'a cluster needs the library distributed; install it with pip install "cityripple[dask]'
            '", or leave --cluster out.'
        ) from None
    try:
        client: Any = distributed.Client  # mypy: without annotations
        return client(address, timeout=ANSWER, set_as_default=False)
    except (OSError, ValueError):
        raise InputError(
            f"no Dask scheduler answers at {address}; start one with `dask scheduler`, give its "
            "address as tcp://host:8786, or leave --cluster out."
        ) from None


def _check(client: Any, name: str) -> None:
    """Refuse a cluster without workers, or with workers of other code."""
    try:
        client.wait_for_workers(1, timeout=WORKERS)
    except OSError:
        raise InputError(
            f"the scheduler at {name} has no workers; start some with `dask worker {name}`."
        ) from None
    try:
        found = client.run(identity.estimation)
    except Exception as error:
        absent = error.name if isinstance(error, ImportError) else _absent(error)
        if absent is None:
            raise
        raise InputError(
            f"a worker of {name} cannot import {absent}; install the same cityripple and "
            "libraries for all workers."
        ) from None
    other = sorted(worker for worker, code in found.items() if code != estimation())
    if other:
        raise InputError(
            f"{len(other)} of {len(found)} workers of {name} have another version of cityripple, "
            f"of its libraries or of Python than this machine ({other[0]}); install the same "
            "everywhere."
        )


def _absent(error: Exception) -> str | None:
    """Module that a worker could not import where it tells of that in words alone."""
    found = re.search(r"(?:No module named|cannot import name) \\*['\"]+([\w.]+)", str(error))
    return found and found[1]
