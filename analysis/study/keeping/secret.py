"""A secret of this user, with which results are sealed: what others wrote is never read back."""

from __future__ import annotations

import os
import secrets
import stat
from functools import cache
from pathlib import Path

__all__ = ["user_secret"]

LENGTH = 32


@cache
def user_secret() -> bytes | None:
    """32 random bytes, made at the first need and readable by this user alone.

    They lie in the user's folder for settings (`%APPDATA%`, `$XDG_CONFIG_HOME` or `~/.config`), in
    cityripple/secret. None where no such file can be made or kept private.
    """
    try:
        file = _home() / "cityripple" / "secret"
        if not _is_private(file):
            _make(file)
        found = file.read_bytes()
    except (OSError, RuntimeError):
        return None
    return found if len(found) == LENGTH else None


def _home() -> Path:
    for name in ("APPDATA", "XDG_CONFIG_HOME"):
        if os.environ.get(name):
            return Path(os.environ[name])
    return Path.home() / ".config"


def _is_private(file: Path) -> bool:
    """Whether the file is whole, ours, and closed to others."""
    try:
        found = file.lstat()
    except FileNotFoundError:
        return False
    if os.name == "posix" and (found.st_uid != os.getuid() or found.st_mode & 0o077):
        return False
    return stat.S_ISREG(found.st_mode) and found.st_size == LENGTH


def _make(file: Path) -> None:
    """Write a new secret under another name, then put it in its place."""
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(f"{file.name}-{secrets.token_hex(4)}")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(secrets.token_bytes(LENGTH))
    partial.replace(file)
