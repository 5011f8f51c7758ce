"""The table of names that a check asks to be filled in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from analysis.tables.comma import harmless
from spatial.errors import InputError

__all__ = ["write_aliases"]


def write_aliases(target: Path, hints: pd.DataFrame, idle: Mapping[str, str]) -> Path:
    """Write names without a polygon with an empty key, and polygons without a row to choose from.

    UTF-8 with a mark, so that Excel reads it; no cell can be taken for a formula. The join ignores
    rows that lack a name or a key, so that the table can be passed back half filled.

    Parameters
    ----------
    target
        Where to write; a file that is already there is kept, and a number added to the name.
    hints
        Columns `given` and `suggestion` of `shapes.match_names`.
    idle
        Printed name by key of the polygons that no row of the table matches.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    InputError
        The place cannot be written to.
    """
    free, number = target, 1
    while free.exists():
        number += 1
        free = target.with_stem(f"{target.stem}-{number}")
    asked = [
        (given, "", hint if isinstance(hint, str) else "")
        for given, hint in zip(hints["given"], hints["suggestion"], strict=True)
    ]
    choices = [
        ("", key, "only in the boundaries" + (f": {name}" if name != key else ""))
        for key, name in idle.items()
    ]
    rows = [[_quoted(str(cell)) for cell in row] for row in (*asked, *choices)]
    table = pd.DataFrame(rows, columns=["given", "key", "suggestion"])
    try:
        table.to_csv(free, index=False, encoding="utf-8-sig")
    except OSError as error:
        raise InputError(
            f"the table of names cannot be written to {free.name} ({error.strerror}); give "
            "another place with --aliases."
        ) from None
    return free


def _quoted(cell: str) -> str:
    """Harmless text; an apostrophe of the name's own is doubled, so that reading takes one off."""
    return f"'{cell}" if cell.startswith("'") else harmless(cell)
