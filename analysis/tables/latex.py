"""Tables as LaTeX with booktabs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import ceil

from analysis.tables.cells import Cell, breadth
from analysis.tables.table import Head, Row, Table
from analysis.tables.widths import GAP, LETTER, body_size, fitted_widths

__all__ = ["write"]

ROOM, TURNED = 16.0, 24.7  # centimetres of text on A4, upright and turned
SEPARATION = 0.22  # what two sides of a column take
BODY, SMALLEST = 9.0, 5.0  # points
PAGE = 48  # rows that one page holds
LONG = 30
NUMBER = re.compile(r"(表|Table)\s*\d+[\s.:：、]*")  # LaTeX counts by itself
STARS = re.compile(r"\*+")
SIGNS = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "&": r"\&",
        "%": r"\%",
        "$": r"\$",
        "#": r"\#",
        "_": r"\_",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": "$<$",
        ">": "$>$",
        "|": r"\textbar{}",
        "[": "{[}",
        "]": "{]}",
        "−": "$-$",
        "–": "--",
        "—": "---",
        "×": r"$\times$",
        "≤": r"$\leq$",
        "≥": r"$\geq$",
        "ρ": r"$\rho$",
        "λ": r"$\lambda$",
        "σ": r"$\sigma$",
        "β": r"$\beta$",
        "θ": r"$\theta$",
        "²": "$^2$",
    }
)


def write(table: Table) -> bytes:
    """Give a table to be read in by the input command.

    It is an environment that floats, or one that runs over pages where it has too many lines for
    one; columns wrap where it is wider than the text of an A4 page, the page turns where not even
    that is enough, and letters shrink last.
    """
    style = _Style(table)
    lines = style.long() if style.parted else style.floating()
    return ("\n".join([style.preamble, *lines]) + "\n").encode("utf-8")


class _Style:
    """How one table is set: its columns, its size, the packages it needs."""

    def __init__(self, table: Table) -> None:
        self.table = table
        unbroken = sum(letters * LETTER + GAP for letters in table.breadths)
        self.wide = bool(table.prose) or unbroken > ROOM
        self.turned = self.wide and body_size(table, ROOM, BODY) < BODY
        self.room = TURNED if self.turned else ROOM
        self.columns = f"l{'c' * (table.width - 1)}"
        lines = len(table.rows)
        if self.wide:
            widths = fitted_widths(table, self.room)
            self.columns, lines = self._wrapped(widths), self._lines(widths)
        self.parted = self.turned or lines > PAGE
        self.title = escape(NUMBER.sub("", table.title)) if table.title else ""

    @property
    def preamble(self) -> str:
        """A comment that names the packages."""
        names = ["booktabs", *["array"] * self.wide]
        names += ["longtable"] * self.parted + ["pdflscape"] * self.turned
        names += ["ctex"] * (self.table.lang == "zh")
        use = [rf"\usepackage{{{name}}}" for name in names]
        listed = " and ".join(filter(None, (", ".join(use[:-1]), use[-1])))
        return f"% needs {listed}{'; compile with xelatex' * (self.table.lang == 'zh')}"

    @property
    def size(self) -> list[str]:
        """Letters as large as the page allows."""
        if not self.wide:
            return [r"\footnotesize" if len(self.table.rows) > LONG else r"\small"]
        points = max(SMALLEST, body_size(self.table, self.room, BODY))
        return [
            rf"\fontsize{{{points:.1f}}}{{{1.2 * points:.1f}}}\selectfont",
            r"\setlength{\tabcolsep}{3pt}",
        ]

    def _wrapped(self, widths: Sequence[float]) -> str:
        """Columns of fixed width that break their text: sentences to the left, numbers centred."""
        parts = []
        for place, width in enumerate(widths):
            left = place == 0 or place in self.table.prose
            side = r"\raggedright" if left else r"\centering"
            parts.append(rf">{{{side}\arraybackslash}}p{{{width - SEPARATION:.2f}cm}}")
        return "".join(parts)

    def _lines(self, widths: Sequence[float]) -> int:
        """Lines that the rows take once their texts are broken."""
        rows = [[row.label, *(cell.text for cell in row.cells)] for row in self.table.rows]
        return sum(
            max(
                ceil(breadth(text) * LETTER / width)
                for text, width in zip(row, widths, strict=False)
            )
            for row in rows
        )

    def _head(self) -> list[str]:
        return [line for heads in self.table.head for line in _head(heads)]

    def _rows(self) -> list[str]:
        width = self.table.width
        return [
            line
            for place, row in enumerate(self.table.rows)
            for line in _row(row, width, first=place == 0)
        ]

    def _notes(self) -> list[str]:
        if not self.table.notes:
            return []
        text = rf"\footnotesize {escape(self.table.notes_text)}"
        return [
            r"\par\smallskip\noindent",
            rf"\begin{{minipage}}{{\linewidth}}{text}\end{{minipage}}",
        ]

    def floating(self) -> list[str]:
        """A table environment."""
        caption = [rf"\caption{{{self.title}}}"] if self.title else []
        return [
            r"\begin{table}[htbp]", r"\centering", *caption, *self.size,
            rf"\begin{{tabular}}{{{self.columns}}}", r"\toprule", *self._head(), r"\midrule",
            *self._rows(), r"\bottomrule", r"\end{tabular}", *self._notes(), r"\end{table}",
        ]  # fmt: skip

    def long(self) -> list[str]:
        """A longtable, whose head stands on every page."""
        head = [r"\toprule", *self._head(), r"\midrule"]
        caption = [rf"\caption{{{self.title}}}\\"] if self.title else []
        turn = ([r"\begin{landscape}"], [r"\end{landscape}"]) if self.turned else ([], [])
        return [
            *turn[0], r"\begingroup", *self.size,
            rf"\begin{{longtable}}{{{self.columns}}}", *caption,
            *head, r"\endfirsthead", *head, r"\endhead", r"\bottomrule", r"\endfoot",
            *self._rows(), r"\end{longtable}", *self._notes(), r"\endgroup", *turn[1],
        ]  # fmt: skip


def escape(text: str) -> str:
    """Text as LaTeX prints it, signs of the language made harmless."""
    return STARS.sub(lambda run: f"$^{{{run[0]}}}$", text.translate(SIGNS))


def _head(line: Sequence[Head]) -> list[str]:
    """Line of the head, with thin rules under what spans several columns."""
    cells, rules, column = [], [], 1
    for head in line:
        text = escape(head.text)
        if head.span > 1:
            text = rf"\multicolumn{{{head.span}}}{{c}}{{{text}}}"
            rules.append(rf"\cmidrule(lr){{{column}-{column + head.span - 1}}}")
        cells.append(text)
        column += head.span
    return [" & ".join(cells) + r" \\", *(["".join(rules)] if rules else [])]


def _row(row: Row, width: int, *, first: bool) -> list[str]:
    """Line of the body, with a rule above it where it asks for one."""
    above = [r"\midrule"] if row.rule and not first else []
    if row.kind == "section":
        return [*above, rf"\multicolumn{{{width}}}{{l}}{{\textit{{{escape(row.label)}}}}} \\"]
    cells = [escape(row.label), *(_cell(cell) for cell in row.cells)]
    return [*above, " & ".join(cells) + r" \\"]


def _cell(cell: Cell) -> str:
    """Write a number in math mode, so that the minus is a minus."""
    if cell.value is None or not cell.number:
        return escape(cell.text)
    stars = f"^{{{cell.stars}}}" if cell.stars else ""
    return f"${cell.wrapped(cell.number, stars)}$"
