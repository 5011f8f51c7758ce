"""What a report is made of: paragraphs, lists, formulas, small tables, figures, printed tables.

The writers of HTML and of Word take the same blocks; figures and tables are numbered where all of
them are known (`numbered`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.tables import Table

__all__ = [
    "Block",
    "Bullets",
    "Code",
    "Exhibit",
    "Figure",
    "Formula",
    "Grid",
    "Printed",
    "Section",
    "Text",
    "numbered",
]


@dataclass(frozen=True)
class Text:
    """A paragraph; `strong` for one that must not be overlooked."""

    text: str
    strong: bool = False
    kind: str = field(default="text", init=False)


@dataclass(frozen=True)
class Bullets:
    """A list of sentences."""

    items: Sequence[str]
    kind: str = field(default="bullets", init=False)


@dataclass(frozen=True)
class Formula:
    """A formula of its own line, written as `analysis.report.formula` reads it."""

    text: str
    kind: str = field(default="formula", init=False)


@dataclass(frozen=True)
class Code:
    """Text in fixed width: the formula of a study file, a command."""

    text: str
    kind: str = field(default="code", init=False)


@dataclass(frozen=True)
class Grid:
    """A small table; columns named in `right` hold numbers; without a caption it has no number."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    right: Sequence[int] = ()
    more: str = ""
    stem: str = ""
    number: int | None = None
    kind: str = field(default="grid", init=False)


@dataclass(frozen=True)
class Figure:
    """A picture (PNG) with its caption; `half` for one that is one column wide.

    `stem` is the file it was saved as, without its suffix.
    """

    caption: str
    png: bytes = field(repr=False)
    stem: str = ""
    half: bool = False
    number: int | None = None
    kind: str = field(default="figure", init=False)


@dataclass(frozen=True)
class Printed:
    """A finished table with its caption; `stem` is the file it was saved as, without its suffix."""

    caption: str
    table: Table
    stem: str = ""
    number: int | None = None
    kind: str = field(default="printed", init=False)


Exhibit = Grid | Figure | Printed
Block = Text | Bullets | Formula | Code | Exhibit


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it; `anchor` is its place in the page."""

    anchor: str
    title: str
    blocks: Sequence[Block]


def numbered(sections: Sequence[Section]) -> list[Section]:
    """Number figures and tables in the order in which they stand.

    Examples
    --------
    >>> grid = Grid("Weights", ["a"], [["1"]])
    >>> [block.number for block in numbered([Section("a", "A", [grid, Text("-"), grid])])[0].blocks
    ...  if isinstance(block, Grid)]
    [1, 2]
    """
    counts = {"figure": 0, "table": 0}

    def told(blocks: Sequence[Block]) -> Iterator[Block]:
        for block in blocks:
            if isinstance(block, (Grid, Figure, Printed)) and block.caption:
                kind = "figure" if isinstance(block, Figure) else "table"
                counts[kind] += 1
                yield replace(block, number=counts[kind])
            else:
                yield block

    return [replace(section, blocks=list(told(section.blocks))) for section in sections]
