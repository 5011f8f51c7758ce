"""Tables as Markdown, readable as plain text."""

from __future__ import annotations

from collections.abc import Iterable

from analysis.tables.table import Table

__all__ = ["write"]

SPECIAL = "\\`*_{}[]<>#|"


def write(table: Table) -> bytes:
    """Pipe table with the notes below."""
    lines = [f"**{_escape(table.title)}**", ""] if table.title else []
    lines.append(_line(table.columns))
    lines.append("|" + "|".join([" :--- ", *[" ---: "] * (table.width - 1)]) + "|")
    lines += [_line(cells) for cells in table.frame.itertuples(index=False, name=None)]
    if table.notes:
        lines += ["", _escape(table.notes_text)]
    return ("\n".join(lines) + "\n").encode("utf-8")


def _line(cells: Iterable[str]) -> str:
    """One line of a pipe table."""
    return "| " + " | ".join(_escape(cell) for cell in cells) + " |"


def _escape(text: str) -> str:
    """Text in which no sign has a meaning for Markdown."""
    return "".join("\\" + sign if sign in SPECIAL else sign for sign in text)
