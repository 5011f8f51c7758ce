"""The parts of a study: computed where nothing is kept of them, taken up where it is."""

from __future__ import annotations

import pickle
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

from analysis.study.keeping.fingerprint import fingerprint
from analysis.study.keeping.identity import toolkit
from analysis.study.keeping.packing import Packing
from analysis.study.keeping.store import Store
from analysis.study.progress import Steps
from spatial.panel import Panel
from spatial.running import Workers

if TYPE_CHECKING:
    from libpysal.graph import Graph

__all__ = ["Parts"]

Found = TypeVar("Found")
KeyOf = Callable[[Any], Any]


@dataclass
class Parts:
    """Conducts the parts of a study.

    What a part gives goes through bytes whether it was computed or taken up, so that what follows
    finds arrays that lie alike, and the numbers of a study that was resumed are those of one that
    was not.

    Attributes
    ----------
    steps
        Hears of progress.
    jobs
        Processes, or a client of Dask, for parts of many fits.
    store
        Where results are kept; None where they are not.
    """

    steps: Steps = field(default_factory=Steps)
    jobs: Any = 1
    store: Store | None = None
    done: list[dict[str, Any]] = field(default_factory=list)
    _packing: Packing = field(default_factory=Packing)
    _known: dict[int, tuple[Any, str]] = field(default_factory=dict)
    _counted: list[tuple[str, Items]] = field(default_factory=list)

    def __call__(self, name: str, given: Any, compute: Callable[[], Found]) -> Found:
        """Result of a part.

        Parameters
        ----------
        name
            What the manifest calls it.
        given
            Everything that determines the result.
        compute
            Gives the result, a value that can be pickled; warnings come again when it is taken up.
        """
        key = self.key(name, given)
        kept = self._taken_up(key)
        if kept is None:
            start = time.monotonic()
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                found = compute()
            said = dict.fromkeys((item.category, str(item.message)) for item in caught)
            content = self._packing.pack((found, list(said)))
            self._note(name, time.monotonic() - start)
            if self.store is not None:
                self.store.keep(key, content)
            kept = self._packing.unpack(content)
        else:
            self._note(name, None)
        found, said = kept
        for category, message in said:
            warnings.warn(message, category, stacklevel=2)
        if is_dataclass(found) or isinstance(found, pd.DataFrame):
            self._known[id(found)] = (found, key)
        return found  # type: ignore[no-any-return]

    def _taken_up(self, key: str) -> Any:
        content = None if self.store is None else self.store.find(key)
        return None if content is None else self._packing.unpack(content)

    def restored(self, name: str, given: Any, folder: Path) -> bool:
        """Whether files are kept; they are then written below the folder."""
        found = self._taken_up(self.key(name, given))
        if found is None:
            return False
        for file, content in found.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(content)
        self._note(name, None)
        return True

    def written(
        self, name: str, given: Any, folder: Path, files: Sequence[str], seconds: float
    ) -> None:
        """Keep files that were written below the folder."""
        self._note(name, seconds)
        if self.store is not None:
            content = {file: (folder / file).read_bytes() for file in files}
            self.store.keep(self.key(name, given), self._packing.pack(content))

    def workers(self, name: str, base: Any = None, key_of: KeyOf | None = None) -> Workers:
        """Who computes the many fits of a part; each counts as known by itself.

        Parameters
        ----------
        name
            What progress calls it.
        base
            What determines all items.
        key_of
            What determines one item; the item itself by default. The manifest counts the items of
            parts that say so.
        """

        def progress(done: int, total: int, seconds: float) -> None:
            self.steps.within(f"{name}: {done} of {total}, {_spell(seconds)} left")

        memory = None
        if self.store is not None:
            memory = Items(self.store, self.key(name, base), key_of or (lambda item: item))
            if key_of is not None:
                self._counted.append((name, memory))
        return Workers(self.jobs, progress, memory)

    def key(self, name: str, given: Any) -> str:
        """Hash of what determines a part."""
        known = {place: key for place, (_, key) in self._known.items()}
        return fingerprint(toolkit(), name, given, known=known, otherwise=self._packing.pack)

    def refer(self, graphs: Mapping[str, Graph], data: Panel | pd.DataFrame) -> None:
        """Name what fits share."""
        self._packing = Packing(graphs, data)

    def remember(self, *values: Any) -> None:
        """Hash now, once, what many parts are determined by."""
        for value in values:
            if value is not None:
                self._known[id(value)] = (value, fingerprint(value))

    def record(self) -> list[dict[str, Any]]:
        """What was computed, how long that took, and what was taken up."""
        counted = [
            {"part": name, "reused": not one.made, "items": one.made + one.taken}
            | {"items_reused": one.taken}
            for name, one in self._counted
        ]
        return [*(dict(one) for one in self.done), *counted]

    def _note(self, name: str, seconds: float | None) -> None:
        entry = {"part": name, "reused": seconds is None}
        self.done.append(entry | ({} if seconds is None else {"seconds": round(seconds, 3)}))
        if self.store is not None and seconds is not None:
            self.store.seconds += seconds


@dataclass
class Items:
    """What is known of the items of a part: the memory that `spatial.Workers` asks."""

    store: Store
    base: str
    key_of: KeyOf
    made: int = 0
    taken: int = 0
    last: float = field(default_factory=time.monotonic)

    def find(self, item: Any) -> Any:
        """Result of an item, None where it is not kept."""
        content = self.store.find_item(self._key(item))
        self.last = time.monotonic()
        if content is None:
            return None
        self.taken += 1
        return pickle.loads(content)

    def keep(self, item: Any, found: Any) -> None:
        """Keep a result."""
        now = time.monotonic()
        self.store.seconds += now - self.last
        self.made, self.last = self.made + 1, now
        self.store.keep_item(self._key(item), pickle.dumps(found))

    def _key(self, item: Any) -> str:
        return fingerprint(self.base, self.key_of(item))


def _spell(seconds: float) -> str:
    """Remaining time in words."""
    whole = round(seconds)
    return f"{whole} s" if whole < 90 else f"{round(whole / 60)} min"
