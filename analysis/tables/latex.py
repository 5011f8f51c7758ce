"""Tables as LaTeX with booktabs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analysis.tables.cells import Cell
from analysis.tables.table import Head, Row, Table

__all__ = ["write"]

PREAMBLE = {
    "en": "% needs \\usepackage{booktabs}",
    "zh": "% needs \\usepackage{booktabs} and \\usepackage{ctex}; compile with xelatex",
}
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
    """Give a table environment, to be read in by the input command."""
    lines = [PREAMBLE[table.lang], r"\begin{table}[htbp]", r"\centering"]
    if table.title:
        lines.append(rf"\caption{{{escape(NUMBER.sub('', table.title))}}}")
    lines.append(r"\footnotesize" if len(table.rows) > LONG else r"\small")
    lines += [rf"\begin{{tabular}}{{l{'c' * (table.width - 1)}}}", r"\toprule"]
    for line in table.head:
        lines += _head(line)
    lines.append(r"\midrule")
    for k, row in enumerate(table.rows):
        lines += _row(row, table.width, first=k == 0)
    lines += [r"\bottomrule", r"\end{tabular}"]
    if table.notes:
        text = rf"\footnotesize {escape(table.notes_text)}"
        lines += [r"\par\smallskip", rf"\begin{{minipage}}{{\linewidth}}{text}\end{{minipage}}"]
    lines.append(r"\end{table}")
    return ("\n".join(lines) + "\n").encode("utf-8")


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
