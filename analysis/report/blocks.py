"""What a report is made of: paragraphs, lists, small tables, figures, finished tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

__all__ = ["Block", "Bullets", "Code", "Figure", "Fragment", "Grid", "Section", "Text"]


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
class Grid:
    """A small table; columns named in `right` hold numbers."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    right: Sequence[int] = ()
    more: str = ""
    kind: str = field(default="grid", init=False)


@dataclass(frozen=True)
class Figure:
    """A picture as a data URI with its caption; `half` for one that is one column wide."""

    caption: str
    uri: str
    half: bool = False
    kind: str = field(default="figure", init=False)


@dataclass(frozen=True)
class Fragment:
    """A finished table as HTML that is already escaped."""

    caption: str
    html: str
    kind: str = field(default="fragment", init=False)


@dataclass(frozen=True)
class Code:
    """Text in fixed width: a formula, a hash."""

    text: str
    kind: str = field(default="code", init=False)


Block = Text | Bullets | Grid | Figure | Fragment | Code


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it; `anchor` is its place in the page."""

    anchor: str
    title: str
    blocks: Sequence[Block]
