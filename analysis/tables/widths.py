"""Widths of the columns of a printed table, so that numbers stay whole and texts wrap."""

from __future__ import annotations

from analysis.tables.cells import breadth, longest_piece
from analysis.tables.table import Table

__all__ = ["GAP", "LETTER", "body_size", "fitted_widths", "natural_widths"]

LETTER, GAP, FIRST = 0.18, 0.5, 6.0  # centimetres; a letter of the body, air, a long first column
SMALLEST = 6.0  # points


def natural_widths(table: Table) -> list[float]:
    """Centimetres that each column asks for; a long first column or prose may be broken."""
    widths = [letters * LETTER + GAP for letters in table.breadths]
    return [
        min(width, FIRST) if place == 0 or place in table.prose else width
        for place, width in enumerate(widths)
    ]


def body_size(table: Table, room: float, size: float) -> float:
    """Points of the body: `size`, or less where even wrapped columns would not fit the page."""
    if table.prose:
        return size
    needed = sum(_least(table))
    return size if needed <= room else max(SMALLEST, size * room / needed)


def fitted_widths(table: Table, room: float) -> list[float]:
    """Widths that fill the line of `room` centimetres.

    What is left over goes to all columns alike. Where columns ask for more than there is, none gets
    less than its longest number or word needs, and those with long texts give way.

    Examples
    --------
    >>> from analysis.tables.cells import Cell
    >>> from analysis.tables.table import Head, Row
    >>> table = Table(((Head("Year"), Head("I")),), (Row("2011", (Cell(value=0.25),)),))
    >>> [round(width, 2) for width in fitted_widths(table, 10.0)]
    [4.91, 5.09]
    """
    natural = natural_widths(table)
    if table.prose:
        return _around_prose(table, natural, room)
    if sum(natural) <= room:
        whole = table.breadths[0] * LETTER + GAP
        first = max(natural[0], min(whole, room - sum(natural[1:])))
        spare = (room - first - sum(natural[1:])) / len(natural)
        return [width + spare for width in (first, *natural[1:])]
    least = _least(table)
    if sum(least) >= room:
        return [width * room / sum(least) for width in least]
    wanted = [max(width, low) for width, low in zip(natural, least, strict=True)]
    share = (room - sum(least)) / (sum(wanted) - sum(least))
    return [low + (width - low) * share for low, width in zip(least, wanted, strict=True)]


def _least(table: Table) -> list[float]:
    """Centimetres below which a number or a word would be broken."""
    return [letters * LETTER + GAP for letters in table.narrowest]


def _of_words(table: Table) -> list[float]:
    """Centimetres that keep words whole, Chinese ones too; heads alone may be broken."""
    body = [[row.label, *(cell.text for cell in row.cells)] for row in table.rows if row.cells]
    widest = [max(breadth(word) for text in texts for word in text.split(" ")) for texts in
              zip(*body, strict=True)]  # fmt: skip
    heads = [longest_piece(name) for name in table.columns]
    return [LETTER * max(pair) + GAP for pair in zip(widest, heads, strict=True)]


def _around_prose(table: Table, natural: list[float], room: float) -> list[float]:
    """Prose shares what the other columns leave, and no less than a third of the line.

    The other columns take what their longest word needs. Of prose, short texts take what they need
    and the others share the rest by the root of their length.
    """
    natural = [
        width if place in table.prose else min(width, low)
        for place, (width, low) in enumerate(zip(natural, _of_words(table), strict=True))
    ]
    fixed = sum(width for place, width in enumerate(natural) if place not in table.prose)
    left = max(room - fixed, room / 3)
    scale = (room - left) / fixed if fixed > room - left else 1.0
    whole = {place: table.breadths[place] * LETTER + GAP for place in table.prose}
    shares: dict[int, float] = {}
    for place in sorted(whole, key=lambda place: whole[place]):
        if whole[place] > left / (len(whole) - len(shares)):
            break
        shares[place] = whole[place]
        left -= whole[place]
    rest = {place: table.breadths[place] ** 0.5 for place in whole if place not in shares}
    shares |= {place: left * part / sum(rest.values()) for place, part in rest.items()}
    spare = 0.0 if rest else left / len(shares)
    return [
        shares[place] + spare if place in shares else width * scale
        for place, width in enumerate(natural)
    ]
