"""A user's own table of aliases: what a name of the table means, as check writes it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from shapes.errors import InputError, named
from shapes.labels import canonical, is_missing
from shapes.match import Gazetteer
from shapes.recognising import Sample, decoded, seen

__all__ = ["Aliases", "read_aliases"]

Aliases = Mapping[Any, Any] | pd.DataFrame | str | PathLike[str] | None
_COLUMNS = ("given", "key")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_BOOK = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_QUOTED = ("'=", "'+", "'-", "'@", "''")


def read_aliases(aliases: Aliases, gazetteer: Gazetteer) -> dict[str, Any]:
    """Canonical name to label of the boundary table's index.

    Rows without a key are not filled in yet, rows without a name are hints; both are ignored.

    Raises
    ------
    InputError
        No mapping, table or readable CSV; a missing column; a key that leads nowhere; a name with
        two keys.
    """
    filled = [
        (canonical(given), canonical(key))
        for given, key in _pairs(aliases)
        if not is_missing(given) and not is_missing(key)
    ]
    resolved = {given: gazetteer.resolve(key) for given, key in filled}
    nowhere = [f"{given} → {key}" for given, key in filled if gazetteer.resolve(key) is None]
    if nowhere:
        raise InputError(
            f"the aliases lead to units that the boundaries lack: {named(nowhere)}; "
            "give a key, name or code of the boundary table."
        )
    twice = dict.fromkeys(g for g, key in filled if resolved[g] != gazetteer.resolve(key))
    if twice:
        raise InputError(
            f"the aliases give {named(twice)} more than one key; keep one row for each name."
        )
    return resolved


def _pairs(aliases: Aliases) -> list[tuple[Any, Any]]:
    """Names and keys of whatever was given."""
    if aliases is None:
        return []
    if isinstance(aliases, Mapping):
        return list(aliases.items())
    if isinstance(aliases, pd.DataFrame):
        _check_columns(list(aliases.columns))
        return list(zip(aliases["given"], aliases["key"], strict=True))
    if isinstance(aliases, (str, PathLike)):
        return _rows(Path(aliases))
    raise InputError(
        f"aliases= is a {type(aliases).__name__}; give a mapping from names to keys, a "
        "DataFrame or the path of a CSV with the columns given and key."
    )


def _check_columns(columns: list[Any]) -> None:
    absent = [column for column in _COLUMNS if column not in columns]
    if absent:
        raise InputError(
            f"the aliases lack the column {named(absent)}, they have {named(columns)}; "
            "name the two columns given and key."
        )


def _rows(path: Path) -> list[tuple[str, str]]:
    """Names and keys of a CSV file as Excel or WPS save it: any separator, any encoding."""
    text = _text(path)
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(",\t;，", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
        if not rows:
            raise csv.Error("it is empty")
    except csv.Error as error:
        raise InputError(
            f"the aliases file {path} cannot be read as CSV ({error}); "
            "save it as CSV with the columns given and key."
        ) from None
    header = [cell.strip() for cell in rows[0]]
    _check_columns(header)
    at = [header.index(column) for column in _COLUMNS]
    whole = [row for row in rows[1:] if len(row) > max(at)]
    return [(_bare(row[at[0]]), _bare(row[at[1]])) for row in whole]


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise InputError(
            f"the aliases file {path} does not exist; correct the path in aliases=."
        ) from None
    except OSError as error:
        raise InputError(
            f"the aliases file {path} cannot be read ({error.strerror}); close it in Excel, or "
            "check that you may read it."
        ) from None
    if raw.startswith(_BOOK):
        raise InputError(
            f"the aliases file {path} is a workbook; save it as CSV with the columns given and key."
        )
    encoding = "utf-16" if raw.startswith(_UTF16) else seen([Sample(raw)]) or "utf-8"
    text = decoded([Sample(raw)], encoding)
    if text is None:
        raise InputError(f"the aliases file {path} is neither UTF-8 nor GBK; save it as UTF-8.")
    return text.removeprefix("\ufeff")


def _bare(cell: str) -> str:
    """Cell without the apostrophe that keeps a spreadsheet from taking it for a formula."""
    return cell[1:] if cell.startswith(_QUOTED) else cell
