"""Files written whole or not at all: under a temporary name first, then moved into place."""

from __future__ import annotations

import uuid
from pathlib import Path

from spatial.errors import InputError

__all__ = ["write_whole"]


def write_whole(path: Path, data: bytes) -> None:
    """Write bytes to `path`, so that a full disk or a crash leaves no half-written file.

    Raises
    ------
    InputError
        The folder is absent or cannot be written, the file is open elsewhere, or the disk is full.
    """
    if not path.parent.is_dir():
        raise InputError(f"there is no folder {path.parent} to write {path.name} into; create it.")
    partial = path.with_name(f".{path.name}-{uuid.uuid4().hex[:8]}")
    try:
        partial.write_bytes(data)
        partial.replace(path)
    except OSError as error:
        raise InputError(
            f"{path.name} cannot be written ({error.strerror or error}); close it if it is open, "
            "or choose another folder."
        ) from None
    finally:
        partial.unlink(missing_ok=True)
