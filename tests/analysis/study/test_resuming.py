"""A study that is run again computes only what changed; its numbers are those of a fresh run."""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import analysis
import spatial
from analysis.study.keeping import Parts, kept_in, secret
from analysis.study.keeping.store import Store
from analysis.study.pipeline import compute
from analysis.study.reading import read_study
from analysis.study.record import results_record

EVERYTHING: dict[str, Any] = {
    "channels": {"m": {"column": "m", "steps": 3, "draws": 20}},
    "moderators": {"x": {"column": "x"}},
    "groups": {"half": {"column": "side", "permutations": 10}},
    "thresholds": {"q": {"column": "q", "bootstrap": 10, "max": 1}},
    "distribution": {"columns": ["agg"], "parts": ["dagum", "transitions"]},
    "robustness": {
        "weights": ["near"], "formulas": {"plain": "res ~ agg"}, "winsorise": [0.05],
        "drop": {"first row": {"rank": ["B"]}},
    },
    "decay": {"km": [80, 120, 200]},
    "carriers": {"weights": ["queen", "near"]},
    "profiles": {"units": ["格7市"]},
}  # fmt: skip


def broad(case: Any) -> Any:
    """The plain study with every part that draws or fits."""
    case.plan |= json.loads(json.dumps(EVERYTHING))
    case.plan["weights"]["near"] = {"kind": "knn", "k": 4}
    case.table["side"] = np.where(case.table["city"].str[1:-1].astype(int) < 18, "south", "north")
    case.table[["m", "q"]] = np.random.default_rng(5).normal(size=(len(case.table), 2))
    return case


def written(case: Any, out: str = "out", **options: Any) -> Any:
    """The whole study, with its files."""
    return analysis.run(case.write(), out=case.folder / out, **options)


def run(case: Any, out: str = "out", *, jobs: Any = 1, fresh: bool = False) -> Any:
    """All numbers of the study, with what is kept of them."""
    target = case.folder / out
    with kept_in(target, fresh=fresh) as store:
        given = Parts(jobs=jobs, store=store)
        return compute(read_study(case.write()), target, {}, given.steps, parts=given)


def parts(found: Any) -> dict[str, dict[str, Any]]:
    return {one["part"]: one for one in found.manifest["parts"]}


def of_files(found: Any) -> dict[str, dict[str, Any]]:
    """Parts as the manifest that was written has them."""
    manifest = json.loads((found.out / "manifest.json").read_text(encoding="utf-8"))
    return {one["part"]: one for one in manifest["parts"]}


def made(found: Any) -> set[str]:
    return {name for name, one in parts(found).items() if not one["reused"]}


def numbers(found: Any) -> str:
    """Everything in results.json but the words of the claims, which labels enter."""
    record = results_record(found)
    for claim in record["claims"]["rows"]:
        del claim["text"]
    return json.dumps(record, allow_nan=False)


@pytest.fixture(autouse=True)
def fits(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Formulas of all models that are fitted in this process."""
    counted: list[str] = []
    fit = spatial.SDM.fit

    def counting(self: Any, *args: Any, **options: Any) -> Any:
        counted.append(self.formula)
        return fit(self, *args, **options)

    monkeypatch.setattr("spatial.models.Specification.fit", counting)
    return counted


def test_nothing_is_computed_twice(case: Any, fits: list[str]) -> None:
    first = run(broad(case))
    assert all(not one["reused"] for one in parts(first).values())
    assert len(fits) > 30
    fits.clear()
    again = run(case)
    assert fits == []
    assert all(one["reused"] for one in parts(again).values())
    assert parts(again)["[robustness] agg"]["items_reused"] == 16
    assert numbers(again) == numbers(first)
    fresh = run(case, fresh=True)
    assert all(not one["reused"] for one in parts(fresh).values())
    assert numbers(fresh) == numbers(first)


def test_a_crash_keeps_what_is_done_and_another_language_fits_nothing(
    case: Any, fits: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("analysis.study.writing.write_html", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            written(case)
    assert [path.name for path in (case.folder / "out").iterdir()] == [".kept"]
    fits.clear()
    found = written(case)
    assert fits == []
    assert all(one["reused"] for one in of_files(found).values())
    assert {"layers", "table models", "picture lisa_agg"} <= set(of_files(found))
    assert (found.out / "maps" / "lisa_agg.png").read_bytes().startswith(b"\x89PNG")
    assert (found.out / "layers.gpkg").read_bytes().startswith(b"SQLite")
    case.plan["study"]["lang"] = "zh"
    case.plan["labels"] = {"agg": "集聚"}
    other = written(case)
    anew = {name for name, one in of_files(other).items() if not one["reused"]}
    assert {"picture effects", "picture lisa_agg", "table models", "layers"} <= anew
    assert fits == []
    assert not {name for name in anew if not name.startswith(("picture", "table", "layers"))}
    assert numbers(other) == numbers(found)
    assert other.warnings == found.warnings
    assert "集聚" in (other.out / "report.html").read_text(encoding="utf-8")
    assert not list(case.folder.glob(".out*"))


def test_a_changed_formula_computes_only_its_specifications(case: Any, fits: list[str]) -> None:
    run(broad(case))
    fits.clear()
    case.plan["robustness"]["formulas"] = {"square": "res ~ agg + I(x * x)"}
    again = run(case)
    assert made(again) == {"[robustness] agg"}
    assert fits == ["res ~ agg + I(x * x)"] * 8
    assert parts(again)["[robustness] agg"]["items_reused"] == 8
    fresh = run(case, "fresh")
    assert numbers(fresh) == numbers(again)


def test_a_changed_column_recomputes_what_reads_it(case: Any) -> None:
    run(broad(case))
    case.table["x"] *= 1.1
    again = run(case)
    assert {"moran: agg", "lisa: agg", "dagum: agg", "weights queen", "weights near"}.isdisjoint(
        made(again)
    )
    assert {
        "reading", "measures", "SDM (queen)", "[channels.m] agg", "[moderators.x] agg",
        "[groups.half]", "threshold q: agg", "[decay]", "[carriers] near", "[profiles] agg",
    } <= made(again)  # fmt: skip
    assert parts(again)["[robustness] agg"]["items_reused"] == 8
    assert numbers(run(case, "fresh")) == numbers(again)


def test_further_columns_and_parts_leave_fits_as_they_are(case: Any, fits: list[str]) -> None:
    run(broad(case))
    fits.clear()
    case.table["more"] = np.arange(len(case.table)) % 7 / 7 + case.table["x"]
    case.plan["moderators"]["more"] = {"column": "more"}
    again = run(case)
    assert made(again) == {"reading", "measures", "[moderators.more] agg"}
    assert "more" in again.fit.with_cov("cluster", by="side")._fitted.sample.frame
    assert numbers(run(case, "fresh")) == numbers(again)


def test_weights_that_change_recompute_what_stands_on_them(case: Any) -> None:
    run(broad(case))
    case.plan["weights"]["near"]["k"] = 5
    again = run(case)
    assert made(again) == {
        "weights near", "[carriers] near", "[carriers] probabilities", "[robustness] agg"
    }  # fmt: skip
    assert parts(again)["[robustness] agg"]["items_reused"] == 8


def test_ctrl_c_in_a_curve_goes_on_from_there(
    case: Any, cityripple: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = broad(case)
    keep = Store.keep_item

    def stop(self: Store, key: str, content: bytes) -> None:
        keep(self, key, content)
        if len(self._waiting) == 9:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Store, "keep_item", stop)
        said = cityripple("run", case.write(), "--out", case.folder / "out", "--quiet")
    assert said.code == 130
    assert "goes on" in said.err
    found = run(case)
    assert made(found) == {
        "[robustness] agg", "[decay]", "[carriers] queen", "[carriers] near",
        "[carriers] probabilities", "[profiles] agg", "[profiles] agg, 格7市",
    }  # fmt: skip
    assert parts(found)["[robustness] agg"]["items_reused"] >= 5
    assert numbers(run(case, "fresh")) == numbers(found)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signal here")
def test_a_killed_process_loses_little(case: Any) -> None:
    shares = [number / 500 for number in range(1, 200)]
    case.plan["robustness"] = {"winsorise": shares, "drop": {"first row": {"rank": ["B"]}}}
    out = case.folder / "out"
    command = [sys.executable, "-m", "analysis", "run", str(case.write()), "--out", str(out)]
    with subprocess.Popen(command, env=os.environ | {"PYTHONPATH": str(ROOT)}) as process:
        wait = time.monotonic() + 60
        while not list(out.glob(".kept/*.items")) and time.monotonic() < wait:
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    case.plan["robustness"]["winsorise"] = shares[:2]
    found = run(case)
    assert "SDM (queen)" not in made(found)
    assert parts(found)["[robustness] agg"]["items_reused"] > 0


ROOT = Path(__file__).parents[3]


class Bomb:
    """What a pickle of somebody else may hold."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(Path.cwd() / "exploded"),)


def spoil(file: Path, how: str) -> None:
    content = file.read_bytes()
    start = content.index(b"\n") + 1
    if how == "cut short":
        file.write_bytes(content[: len(content) // 2])
    elif how == "one bit":
        file.write_bytes(content[:-9] + bytes([content[-9] ^ 1]) + content[-8:])
    elif how == "empty":
        file.write_bytes(b"")
    else:
        file.write_bytes(content[:start] + content[start : start + 32] + pickle.dumps(Bomb()))


@pytest.mark.parametrize("how", ["cut short", "one bit", "empty", "a bomb", "another user"])
def test_what_is_not_ours_is_not_read(
    case: Any, how: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    first = run(case)
    files = list((first.out / ".kept").iterdir())
    assert len(files) >= 10
    if how == "another user":
        monkeypatch.setattr("analysis.study.keeping.store.user_secret", lambda: b"0" * 32)
    else:
        for file in files:
            spoil(file, how)
    again = run(case)
    assert not any(one["reused"] for one in parts(again).values())
    assert not (tmp_path / "exploded").exists()
    assert numbers(again) == numbers(first)
    assert all(one["reused"] for one in parts(run(case)).values())


def test_results_under_other_names_are_not_taken(case: Any) -> None:
    first = run(case)
    files = sorted((first.out / ".kept").glob("*.part"))
    contents = [file.read_bytes() for file in files]
    for file, content in zip(files, [*contents[1:], contents[0]], strict=True):
        file.write_bytes(content)
    again = run(case)
    assert not any(one["reused"] for one in parts(again).values())
    assert numbers(again) == numbers(first)


def test_other_code_computes_anew(case: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    run(case)
    monkeypatch.setattr("analysis.study.keeping.parts.toolkit", lambda: "another version")
    assert not any(one["reused"] for one in parts(run(case)).values())


def test_without_a_place_for_the_secret_nothing_is_kept(
    case: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analysis.study.keeping.store.user_secret", lambda: None)
    first = run(case)
    assert not (first.out / ".kept").exists()
    assert not any(one["reused"] for one in parts(run(case)).values())


def test_the_secret_is_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("APPDATA", str(tmp_path))
    secret.user_secret.cache_clear()
    first = secret.user_secret()
    secret.user_secret.cache_clear()
    file = tmp_path / "cityripple" / "secret"
    assert secret.user_secret() == first == file.read_bytes()
    assert first is not None
    assert len(first) == 32
    if os.name == "posix":
        assert file.stat().st_mode & 0o077 == 0
        file.chmod(0o644)
        secret.user_secret.cache_clear()
        assert secret.user_secret() != first
        assert file.stat().st_mode & 0o077 == 0
    secret.user_secret.cache_clear()


def test_a_full_disk_ends_the_keeping_not_the_study(
    case: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("analysis.study.keeping.store.shutil.disk_usage", full)
    found = run(case)
    assert list((found.out / ".kept").iterdir()) == []
    assert found.fit is not None
