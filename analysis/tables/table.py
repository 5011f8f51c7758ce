"""A printed table as a value: head, rows, notes; it saves itself by the suffix of a file name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.saving import write_whole
from analysis.tables.cells import Cell, breadth, longest_piece
from analysis.terms import term as word
from spatial.errors import InputError

__all__ = ["Head", "Row", "Table"]

WRITERS = {
    ".docx": "analysis.tables.word",
    ".xlsx": "analysis.tables.excel",
    ".tex": "analysis.tables.latex",
    ".html": "analysis.tables.html",
    ".md": "analysis.tables.markdown",
    ".csv": "analysis.tables.comma",
}


@dataclass(frozen=True, slots=True)
class Head:
    """A cell of the head, over one column or several."""

    text: str
    span: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the body.

    Attributes
    ----------
    label
        What stands in the first column.
    cells
        One per further column.
    kind
        "body", "under" (the line in parentheses below an estimate) or "section" (a heading).
    rule
        Whether a thin line separates it from what stands above.
    """

    label: str
    cells: tuple[Cell, ...] = ()
    kind: str = "body"
    rule: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table ready for print.

    Attributes
    ----------
    head
        Lines of the head; the spans of each add up to the number of columns.
    rows
        Lines of the body.
    notes
        Sentences below the table.
    title
        Caption above it, or None.
    lang
        "en" or "zh": fonts, and the word before the notes.
    under
        What the numbers in parentheses are, in words; for files that show no parentheses.
    prose
        Places of columns that hold sentences: set to the left and broken into lines.
    """

    head: tuple[tuple[Head, ...], ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    title: str | None = None
    lang: str = "en"
    under: str = ""
    prose: tuple[int, ...] = ()

    @property
    def width(self) -> int:
        """Number of columns, the first included."""
        return sum(head.span for head in self.head[0])

    @property
    def columns(self) -> list[str]:
        """One name per column: the lines of the head joined."""
        lines = [[head.text for head in line for _ in range(head.span)] for line in self.head]
        return [" ".join(filter(None, names)) for names in zip(*lines, strict=True)]

    @property
    def frame(self) -> pd.DataFrame:
        """The printed cells as text, labels in the first column."""
        rows = [
            [row.label, *(cell.text for cell in row.cells)]
            + [""] * (self.width - 1 - len(row.cells))
            for row in self.rows
        ]
        return pd.DataFrame(rows, columns=self.columns)

    @property
    def breadths(self) -> list[int]:
        """Letters that the widest cell of each column takes, heads over several columns aside."""
        return [max(map(breadth, texts)) for texts in self._texts()]

    @property
    def narrowest(self) -> list[int]:
        """Letters that each column needs at least, its texts broken into lines."""
        return [max(map(longest_piece, texts)) for texts in self._texts()]

    def _texts(self) -> Iterator[tuple[str, ...]]:
        """Texts of each column; a head over several columns counts for none."""
        lines = [
            [head.text if head.span == 1 else "" for head in line for _ in range(head.span)]
            for line in self.head
        ]
        lines += [[row.label, *(cell.text for cell in row.cells)] for row in self.rows if row.cells]
        return zip(*lines, strict=True)

    @property
    def notes_text(self) -> str:
        """Notes as one paragraph, with the word that introduces them."""
        glue = "" if self.lang == "zh" else " "
        return word("table.notes", self.lang, notes=glue.join(self.notes))

    def save(self, path: str | Path) -> Path:
        """Write the table; the suffix says how: .docx .xlsx .tex .html .md .csv.

        The file appears whole or not at all. Numbers stay numbers in .xlsx; text that begins with
        = + - @ is written as text.

        Raises
        ------
        InputError
            Unknown suffix, or a place that cannot be written.
        """
        file = Path(path)
        if file.suffix.lower() not in WRITERS:
            raise InputError(
                f"a table cannot be saved as {file.name}; end the name in one of "
                f"{' '.join(WRITERS)}."
            )
        write_whole(file, self._writer(file.suffix.lower()).write(self))
        return file

    def to_html(self) -> str:
        """Give the table as an HTML fragment, everything escaped."""
        return str(self._writer(".html").fragment(self))

    def to_latex(self) -> str:
        """Give the table as LaTeX (booktabs)."""
        return str(self._writer(".tex").write(self).decode("utf-8"))

    def to_markdown(self) -> str:
        """Give the table as Markdown."""
        return str(self._writer(".md").write(self).decode("utf-8"))

    @staticmethod
    def _writer(suffix: str) -> Any:
        """Load the module that writes files of a suffix, when first needed."""
        return import_module(WRITERS[suffix])
