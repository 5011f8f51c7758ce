"""What a file is, judged by its first bytes: text, a workbook, or something else by its name."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Literal

from spatial.errors import InputError

__all__ = ["BOOKS", "TEXT", "kind_of"]

TEXT = {".csv", ".txt", ".tsv"}
BOOKS = {".xlsx", ".xlsm"}
OLD = {".xls", ".et"}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
MARKUP = re.compile(rb"\s*<(?:!doctype|html|table|head|\?xml|meta|style|workbook)", re.IGNORECASE)
REMEDY = "open it in Excel or WPS and save it as .xlsx (Save as, Excel workbook)"


def kind_of(path: Path, data: bytes) -> Literal["text", "book"]:
    """Say whether a file is text or an .xlsx workbook; the bytes decide, not the ending.

    Statistical offices hand out workbooks of the old format, web pages and tables of text, all
    called .xls. Text is read as text; the other two are refused in words.

    Raises
    ------
    InputError
        An old or encrypted workbook, a web page, another zip archive, an unknown ending.
    """
    suffix = path.suffix.lower()
    known = TEXT | BOOKS | OLD
    if suffix in known and data.startswith(OLE):
        raise InputError(_old_book(path, data))
    if suffix in known and data.startswith(ZIP):
        _check_zip(path, data)
        return "book"
    if suffix in known and MARKUP.match(data.removeprefix(b"\xef\xbb\xbf")):
        raise InputError(f"{path.name} is a web page or XML under the name of a table; {REMEDY}.")
    if suffix in TEXT or (suffix in OLD and data):
        return "text"
    if suffix in BOOKS:
        return "book"
    raise InputError(
        f"{path.name} is not a table that can be read; save it as .csv or .xlsx "
        "(in Excel: Save as, Excel workbook)."
    )


def _old_book(path: Path, data: bytes) -> str:
    if ENCRYPTED in data:
        return f"{path.name} is a workbook with a password; save it without one."
    return f"{path.name} is a workbook of the old .xls format, which is not read; {REMEDY}."


def _check_zip(path: Path, data: bytes) -> None:
    """Refuse archives that hold no workbook, and the binary .xlsb."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile:
        raise InputError(
            f"{path.name} is not a readable .xlsx workbook: it is incomplete; copy it again from "
            "its source."
        ) from None
    if "xl/workbook.bin" in names:
        raise InputError(f"{path.name} is a binary workbook (.xlsb); {REMEDY}.")
    if "xl/workbook.xml" not in names:
        raise InputError(
            f"{path.name} is not a readable .xlsx workbook but another kind of archive; unpack "
            "it, or save it as .xlsx."
        )
