"""The same study on a Dask cluster: equal numbers, and sentences where there is no cluster."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from analysis.study import crew
from analysis.study.crew import workers
from analysis.study.keeping import Parts
from analysis.study.pipeline import compute
from analysis.study.reading import read_study
from analysis.study.record import results_record
from spatial import InputError

distributed = pytest.importorskip("distributed")

DRAWS: dict[str, Any] = {
    "robustness": {"winsorise": [0.02, 0.05], "drop": {"first row": {"rank": ["B"]}}},
    "decay": {"km": [80, 120, 200]},
    "groups": {"rank": {"column": "rank", "permutations": 10}},
    "thresholds": {"x": {"column": "x", "bootstrap": 30, "max": 1}},
}


@pytest.fixture(scope="module", name="scheduler")
def two_workers() -> Iterator[Any]:
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50
    ) as cluster:
        yield cluster


def numbers(case: Any, jobs: Any = 1) -> str:
    parts = Parts(jobs=jobs)
    found = compute(read_study(case.write()), case.folder / "out", {}, parts.steps, parts=parts)
    return json.dumps(results_record(found), allow_nan=False)


def test_a_cluster_computes_the_same_study(case: Any, scheduler: Any) -> None:
    case.plan |= DRAWS
    case.plan["model"] |= {"compare": []}
    told: list[str] = []
    with workers(1, scheduler.scheduler_address) as client:
        parts = Parts(jobs=client)
        parts.steps.show = lambda text, *_: told.append(text)
        found = compute(read_study(case.write()), case.folder / "out", {}, parts.steps, parts=parts)
    assert json.dumps(results_record(found), allow_nan=False) == numbers(case)
    assert "[robustness] agg: 5 of 5, 0 s left" in told
    assert any(text.startswith("[decay]: 3 of 3") for text in told)
    assert any(text.startswith("[groups.rank]") for text in told)


def test_the_command_line_takes_an_address(case: Any, cityripple: Any, scheduler: Any) -> None:
    del case.plan["autocorrelation"]
    case.plan["maps"]["formats"] = ["png"]
    address = scheduler.scheduler_address
    out = case.folder / "out"
    said = cityripple("run", case.write(), "--out", out, "--quiet", "--cluster", address)
    assert (said.code, said.err) == (0, "")
    assert (out / "report.html").is_file()


def test_no_cluster_no_run(case: Any, cityripple: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "ANSWER", "0.5s")
    out = case.folder / "out"
    for address in ("tcp://127.0.0.1:9", "nowhere", "tcp://"):
        said = cityripple("run", case.write(), "--out", out, "--cluster", address)
        assert said.code == 2
        assert said.err.count("\n") == 1
        assert f"answers at {address}" in said.err
        assert "dask scheduler" in said.err
    assert not out.exists()


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"cityripple\[dask\]"), workers(1, "tcp://somewhere:1"):
        pass


def test_a_scheduler_without_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "WORKERS", "0.2s")
    with (
        distributed.LocalCluster(
            n_workers=0, processes=False, protocol="tcp://", dashboard_address=":0"
        ) as empty,
        pytest.raises(InputError, match="has no workers; start some"),
        workers(1, empty.scheduler_address),
    ):
        pass


def test_workers_with_other_code(scheduler: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "estimation", lambda: "another version")
    with (
        distributed.Client(scheduler) as client,
        pytest.raises(InputError, match="2 of 2 workers of the cluster have another version"),
        workers(1, client),
    ):
        pass


@pytest.fixture(name="bare")
def worker_without_the_packages(tmp_path: Path) -> Iterator[str]:
    """Address of a scheduler whose one worker has something else by the name of the package."""
    (tmp_path / "analysis.py").write_text("")
    options = {"n_workers": 0, "processes": False, "protocol": "tcp://", "dashboard_address": ":0"}
    with distributed.LocalCluster(**options, silence_logs=50) as cluster:
        address = cluster.scheduler_address
        command = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--no-nanny"]
        worker = subprocess.Popen(
            [*command, "--no-dashboard", "--nthreads", "1"],
            cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(tmp_path)},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            yield address
        finally:
            worker.terminate()
            worker.wait()


def test_a_worker_without_the_packages(bare: str) -> None:
    told = "a worker of tcp.* cannot import analysis"
    with pytest.raises(InputError, match=told), workers(1, bare):
        pass
