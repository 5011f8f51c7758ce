"""Results on disk, sealed with the user's secret, in a folder below the output folder."""

from __future__ import annotations

import hmac
import logging
import pickle
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analysis.study.folder import KEPT
from analysis.study.keeping.secret import user_secret

__all__ = ["Store", "kept_in"]

HEAD = b"cityripple kept 1\n"
SEAL = 32
PART, ITEMS = ".part", ".items"
EVERY = 2.0  # seconds between writes of small results
MOST = 2**30  # bytes kept beyond what the last run used
SHARE = 0.2  # of the free space that one result may take
WORTH = 10.0  # seconds of work for which a folder is left behind by a study that was refused
log = logging.getLogger("analysis.study")


@contextmanager
def kept_in(out: Path, *, fresh: bool = False) -> Iterator[Store]:
    """Give the store of an output folder; however the work ends, what is done stays in it.

    Only a refusal with little work before it leaves no folder behind.
    """
    from shapes.errors import InputError as ShapesError
    from spatial.errors import InputError

    store = Store(out, fresh=fresh)
    try:
        yield store
        store.tidy()
    except (InputError, ShapesError):
        store.leave()
        raise
    finally:
        store.flush()


class Store:
    """Results by key: large ones in a file each, small ones together.

    A file counts only if its seal, an HMAC-SHA256 over key and content under a secret that only
    this user has, is right; all others are as good as absent. Whatever goes wrong in keeping ends
    the keeping, not the study.

    Parameters
    ----------
    out
        The output folder; the store lies in its folder .kept, made when first needed.
    fresh
        Whether to overlook what is there.
    """

    def __init__(self, out: Path, *, fresh: bool = False) -> None:
        self.out, self.folder = out, out / KEPT
        self._secret = user_secret()
        self._open = self._secret is not None and not self.folder.is_symlink()
        self._made_out = not out.exists()
        self._used: set[Path] = set()
        self._waiting: dict[str, bytes] = {}
        self._written = time.monotonic()
        self._items: dict[str, bytes] | None = {} if fresh or not self._open else None
        self._fresh = fresh
        self.seconds = 0.0

    def find(self, key: str) -> bytes | None:
        """Content kept under a key."""
        file = self.folder / f"{key}{PART}"
        content = None if self._fresh else self._read(file, key)
        if content is not None:
            self._used.add(file)
        return content

    def keep(self, key: str, content: bytes) -> None:
        """Keep content that took time to come by."""
        file = self.folder / f"{key}{PART}"
        if self._write(file, key, content):
            self._used.add(file)

    def find_item(self, key: str) -> bytes | None:
        """Content of one of many small results."""
        if self._items is None:
            self._items = {}
            for file in self._files(ITEMS):
                self._items |= _unpacked(self._read(file, "items"))
        return self._items.get(key)

    def keep_item(self, key: str, content: bytes) -> None:
        """Keep a small result; it is on disk two seconds later, or at `flush`."""
        self._waiting[key] = content
        if time.monotonic() - self._written > EVERY:
            self.flush()

    def flush(self) -> None:
        """Write the small results that wait."""
        if self._waiting:
            file = self.folder / f"{uuid.uuid4().hex}{ITEMS}"
            if self._write(file, "items", pickle.dumps(self._waiting)):
                self._used.add(file)
            if self._items is not None:
                self._items |= self._waiting
            self._waiting = {}
        self._written = time.monotonic()

    def tidy(self) -> None:
        """After a study is done: join small results, remove what was longest out of use."""
        self.flush()
        several = self._files(ITEMS)
        if len(several) > 1:
            everything: dict[str, bytes] = {}
            for file in several:
                everything |= _unpacked(self._read(file, "items"))
            whole = self.folder / f"{uuid.uuid4().hex}{ITEMS}"
            if self._write(whole, "items", pickle.dumps(everything)):
                self._used.add(whole)
                for file in several:
                    file.unlink(missing_ok=True)
        self._prune()

    def leave(self) -> None:
        """After a refusal: an output folder that holds little work goes again."""
        self.flush()
        if self._made_out and self.seconds < WORTH and self.out.is_dir():
            shutil.rmtree(self.folder, ignore_errors=True)
            if not any(self.out.iterdir()):
                self.out.rmdir()

    def _prune(self) -> None:
        old = [(file.stat(), file) for file in self._files(PART) if file not in self._used]
        size = 0
        for found, file in sorted(old, key=lambda pair: -pair[0].st_mtime):
            size += found.st_size
            if size > MOST:
                file.unlink(missing_ok=True)

    def _files(self, suffix: str) -> list[Path]:
        """Files of a kind, the oldest first."""
        if not self._open or not self.folder.is_dir():
            return []
        found = [file for file in self.folder.iterdir() if file.suffix == suffix]
        return sorted(found, key=lambda file: file.stat().st_mtime)

    def _seal(self, key: str, content: bytes) -> bytes:
        return hmac.digest(self._secret or b"", f"{key}\n".encode() + content, "sha256")

    def _read(self, file: Path, key: str) -> bytes | None:
        if not self._open:
            return None
        try:
            whole = file.read_bytes()
        except OSError:
            return None
        start = len(HEAD) + SEAL
        head, seal, content = whole[: len(HEAD)], whole[len(HEAD) : start], whole[start:]
        if head != HEAD or not hmac.compare_digest(seal, self._seal(key, content)):
            log.info("%s is none of this user's results; it is not read", file.name)
            return None
        return content

    def _write(self, file: Path, key: str, content: bytes) -> bool:
        """Write under another name, then put in place; True where that went well."""
        if not self._open:
            return False
        partial = file.with_name(f"{uuid.uuid4().hex}.partial")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if len(content) > SHARE * shutil.disk_usage(self.folder).free:
                log.info("a result of %d bytes is too large for the free space", len(content))
                return False
            with partial.open("wb") as stream:
                stream.writelines([HEAD, self._seal(key, content), content])
            partial.replace(file)
        except OSError as error:
            log.info("results are not kept: %s", error.strerror)
            partial.unlink(missing_ok=True)
            self._open = False
            return False
        return True


def _unpacked(content: bytes | None) -> dict[str, bytes]:
    """Small results of a file whose seal was right."""
    return {} if content is None else dict(pickle.loads(content))
