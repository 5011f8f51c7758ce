"""The one door for tables: a file of any common layout in, a long frame out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import pandas as pd

from analysis.columns import as_list
from analysis.reading.grids import Grid, open_grids
from analysis.reading.layouts import long_frame, sheets_frame, wide_frame
from analysis.reading.rows import Ledger
from spatial.errors import InputError, named

__all__ = ["read_table"]


def read_table(
    path: str | Path,
    *,
    unit: str,
    time: str | None = None,
    layout: Literal["long", "wide", "sheets"] = "long",
    sheet: str | Sequence[str] | None = None,
    encoding: str | None = None,
) -> pd.DataFrame:
    """Read a CSV file or an Excel workbook into a long frame, one row per unit and time.

    Parameters
    ----------
    path
        A .csv, .txt, .tsv, .xlsx or .xlsm file; with layout "sheets" also a folder that holds one
        CSV file per indicator. The bytes decide what the file is: text called .xls is read as
        text; workbooks of the old .xls format and web pages under that name are refused.
    unit
        Column with the units (cities).
    time
        Column with the years; for "wide" and "sheets" the name that the column of years shall
        get. Without it the table is one cross-section.
    layout
        "long": one row per unit and year. "wide": one column per year, either bare years (2010,
        2010年), with a column that names the indicator where there are several, or names such as
        gdp_2010. "sheets": one sheet per indicator, units in rows, years in columns; the sheet's
        name becomes the column's.
    sheet
        Sheet of a workbook, where it has several; a list of sheets for layout "sheets".
    encoding
        Encoding of a text file; recognised from its bytes (UTF-8, UTF-16 with a mark, GB18030,
        Big5, cp1252) when left out.

    Returns
    -------
    DataFrame
        Units as canonical text, years as whole numbers, numeric columns as numbers. Missing are
        empty cells and, in numeric columns, the usual signs (-, —, .., NA, 空). `.attrs["repairs"]`
        is JSON text, a list of {key, problem, detail}: everything that was rewritten, left out or
        is doubtful (12.5% in a column of text); `.attrs["encoding"]` is the encoding of a text
        file.

    Raises
    ------
    InputError
        Absent, locked, old, encrypted or unreadable file; `sheet` of a text file, `encoding` of a
        workbook; wrong names of columns or sheets; merged cells (but for titles and notes);
        formulas never calculated; text in a numeric column; repeated rows or columns; rows without
        unit or year: each with its place.

    Examples
    --------
    Not run here, as it needs the file::

        table = read_table("yearbook.xlsx", unit="城市", time="年份", layout="sheets")
    """
    if layout not in ("long", "wide", "sheets"):
        raise InputError(f"layout={layout!r} is unknown; write 'long', 'wide' or 'sheets'.")
    if unit == time:
        raise InputError(
            f"unit= and time= both name {unit!r}; name a column of units and one of years."
        )
    file = Path(path)
    wanted = None if sheet is None else as_list(sheet)
    ledger = Ledger()
    grids = open_grids(file, encoding, wanted)
    for used in dict.fromkeys(grid.encoding for grid in grids):
        if used is not None and not used.startswith("utf-8"):
            ledger.add(file.name, "encoding", f"read as {used}, recognised from its bytes")
    if not grids:
        raise InputError(f"{file.name} is empty; name the table that holds the data.")
    frame = _laid_out(grids, file, layout, unit, time, ledger)
    frame.attrs["repairs"] = json.dumps(ledger.rows, ensure_ascii=False)
    if grids[0].encoding is not None:
        frame.attrs["encoding"] = grids[0].encoding
    return frame


def _laid_out(
    grids: list[Grid], file: Path, layout: str, unit: str, time: str | None, ledger: Ledger
) -> pd.DataFrame:
    """Read the grids in the given layout."""
    if layout != "long" and time is None:
        raise InputError(
            f"layout={layout!r} makes a column of years; give its name with time=, such as 'year'."
        )
    if layout == "sheets":
        return sheets_frame(grids, unit, str(time), ledger)
    if len(grids) != 1:
        names = named(grid.name for grid in grids)
        raise InputError(
            f"{file.name} has several filled sheets ({names}); name one with sheet=, "
            "or read one indicator per sheet with layout='sheets'."
        )
    if layout == "wide":
        return wide_frame(grids[0], unit, str(time), ledger)
    return long_frame(grids[0], unit, time, ledger)
