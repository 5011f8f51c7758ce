"""Formulas written on one line, and what HTML and Word make of them.

A formula is text as one writes it: "y_t = ρ W y_t + X_t β + ε_t". What follows _ is a subscript,
what follows ^ a superscript (⁻¹, ² and ′ are superscripts as they stand); braces hold several signs
together; {a}/{b} is a fraction; Σ takes what stands behind it; ln, tr, exp, Chinese and words of
four letters or more are upright.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

__all__ = ["Fraction", "Group", "Run", "Scripts", "Sum", "mathml", "omml", "parse"]

RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺′", "0123456789−+′", strict=True))
CLOSING = {"(": ")", "[": "]", "|": "|", "{": "}"}
TOKEN = re.compile(r"ln|tr|exp|[A-Za-z]{4,}|[\u4e00-\u9fff]+|\d+(?:\.\d+)?|\S")
MATH = "http://schemas.openxmlformats.org/officeDocument/2006/math"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
FONT = '<w:rPr><w:rFonts w:ascii="Cambria Math" w:hAnsi="Cambria Math"/></w:rPr>'


@dataclass(frozen=True)
class Run:
    """Signs in a row; `kind` is letter, number, name or sign."""

    text: str
    kind: str


@dataclass(frozen=True)
class Group:
    """What stands between brackets; braces are not printed."""

    inner: tuple[Node, ...]
    opening: str = ""
    closing: str = ""


@dataclass(frozen=True)
class Fraction:
    """One group over another."""

    above: tuple[Node, ...]
    below: tuple[Node, ...]


@dataclass(frozen=True)
class Scripts:
    """Something with a subscript, a superscript or both."""

    base: Node
    below: tuple[Node, ...] = ()
    above: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Sum:
    """Σ over an index, and its summand."""

    index: tuple[Node, ...]
    of: tuple[Node, ...]


Node = Run | Group | Fraction | Scripts | Sum


def parse(text: str) -> tuple[Node, ...]:
    """Read a formula.

    Examples
    --------
    >>> parse("ρ_k")
    (Scripts(base=Run(text='ρ', kind='letter'), below=(Run(text='k', kind='letter'),), above=()),)
    """
    tokens = TOKEN.findall(text)
    nodes, place = _row(tokens, 0, None)
    if place != len(tokens):
        raise ValueError(f"a bracket too many in {text!r}")
    return nodes


def _row(tokens: Sequence[str], place: int, end: str | None) -> tuple[tuple[Node, ...], int]:
    """Nodes up to the closing bracket, and the place behind it."""
    nodes: list[Node] = []
    while place < len(tokens):
        if tokens[place] == end:
            return tuple(nodes), place + 1
        if end is None and tokens[place] in (")", "]", "}"):
            return tuple(nodes), place
        node, place = _scripted(tokens, place)
        nodes.append(node)
    if end is not None:
        raise ValueError(f"{end} is missing")
    return tuple(nodes), place


def _scripted(tokens: Sequence[str], place: int) -> tuple[Node, int]:
    """One node with what is written below and above it."""
    node, place = _atom(tokens, place)
    below: tuple[Node, ...] = ()
    above: tuple[Node, ...] = ()
    while place < len(tokens) and (tokens[place] in "_^" or tokens[place] in RAISED):
        if tokens[place] in RAISED:
            sign = RAISED[tokens[place]]
            above, place = (*above, Run(sign, "number" if sign.isdigit() else "sign")), place + 1
            continue
        found, after = _atom(tokens, place + 1)
        inner = found.inner if isinstance(found, Group) and not found.opening else (found,)
        below, above = (inner, above) if tokens[place] == "_" else (below, inner)
        place = after
    if isinstance(node, Run) and node.text == "Σ":
        of, place = _scripted(tokens, place)
        if isinstance(of, Run) and of.kind == "name":
            argument, place = _scripted(tokens, place)
            return Sum(below, (of, argument)), place
        return Sum(below, (of,)), place
    return (Scripts(node, below, above) if below or above else node), place


def _atom(tokens: Sequence[str], place: int) -> tuple[Node, int]:
    token = tokens[place]
    if token in CLOSING:
        inner, after = _row(tokens, place + 1, CLOSING[token])
        if token != "{":
            return Group(inner, token, CLOSING[token]), after
        if tokens[after : after + 2] == ["/", "{"]:
            below, after = _row(tokens, after + 2, "}")
            return Fraction(inner, below), after
        return Group(inner), after
    if token[0].isdigit():
        return Run(token, "number"), place + 1
    if len(token) > 1 or "\u4e00" <= token <= "\u9fff":
        return Run(token, "name"), place + 1
    return Run(token, "letter" if token.isalpha() and token != "Σ" else "sign"), place + 1


def mathml(text: str) -> str:
    """Formula as MathML; the line as it was written stays in it for those who copy it."""
    line = escape(text)
    return (
        f'<math display="block" alttext="{line}"><semantics><mrow>{_ml_row(parse(text))}</mrow>'
        f'<annotation encoding="text/plain">{line}</annotation></semantics></math>'
    )


def _ml_row(nodes: Sequence[Node]) -> str:
    return "".join(map(_ml, nodes))


def _ml(node: Node) -> str:
    if isinstance(node, Run):
        return _ml_run(node)
    if isinstance(node, Group):
        inner = f"<mrow>{_ml_row(node.inner)}</mrow>"
        ends = [f"<mo>{escape(end)}</mo>" if end else "" for end in (node.opening, node.closing)]
        return f"<mrow>{ends[0]}{inner}{ends[1]}</mrow>"
    if isinstance(node, Fraction):
        parts = (f"<mrow>{_ml_row(part)}</mrow>" for part in (node.above, node.below))
        return f"<mfrac>{''.join(parts)}</mfrac>"
    if isinstance(node, Sum):
        return f"<munder><mo>∑</mo><mrow>{_ml_row(node.index)}</mrow></munder>{_ml_row(node.of)}"
    scripts = [f"<mrow>{_ml_row(part)}</mrow>" for part in (node.below, node.above) if part]
    tag = "msubsup" if len(scripts) == 2 else "msub" if node.below else "msup"
    return f"<{tag}>{_ml(node.base)}{''.join(scripts)}</{tag}>"


def _ml_run(run: Run) -> str:
    if run.kind == "name":
        return f'<mspace width="0.17em"/><mi>{run.text}</mi><mspace width="0.17em"/>'
    tag = {"letter": "mi", "number": "mn"}.get(run.kind, "mo")
    return f"<{tag}>{escape(run.text)}</{tag}>"


def omml(text: str) -> Any:
    """Formula as an element that Word shows as an equation of its own line."""
    from docx.oxml import parse_xml

    inner = "".join(map(_om, parse(text)))
    spaces = f'xmlns:m="{MATH}" xmlns:w="{WORD}"'
    return parse_xml(f"<m:oMathPara {spaces}><m:oMath>{inner}</m:oMath></m:oMathPara>")


def _om(node: Node) -> str:
    if isinstance(node, Run):
        return _om_run(node)
    if isinstance(node, Group):
        if not node.opening:
            return _om_row(node.inner)
        ends = f'<m:begChr m:val="{node.opening}"/><m:endChr m:val="{node.closing}"/>'
        return f"<m:d><m:dPr>{ends}</m:dPr>{_om_in('e', node.inner)}</m:d>"
    if isinstance(node, Fraction):
        return f"<m:f>{_om_in('num', node.above)}{_om_in('den', node.below)}</m:f>"
    if isinstance(node, Sum):
        how = '<m:chr m:val="∑"/><m:limLoc m:val="undOvr"/><m:supHide m:val="1"/>'
        parts = f"{_om_in('sub', node.index)}<m:sup/>{_om_in('e', node.of)}"
        return f"<m:nary><m:naryPr>{how}</m:naryPr>{parts}</m:nary>"
    below, above = _om_in("sub", node.below), _om_in("sup", node.above)
    base = _om_in("e", (node.base,))
    if node.below and node.above:
        return f"<m:sSubSup>{base}{below}{above}</m:sSubSup>"
    return f"<m:sSub>{base}{below}</m:sSub>" if node.below else f"<m:sSup>{base}{above}</m:sSup>"


def _om_row(nodes: Sequence[Node]) -> str:
    return "".join(map(_om, nodes))


def _om_in(tag: str, nodes: Sequence[Node]) -> str:
    return f"<m:{tag}>{_om_row(nodes)}</m:{tag}>"


def _om_run(run: Run) -> str:
    upright = '<m:rPr><m:sty m:val="p"/></m:rPr>' if run.kind in ("name", "number") else ""
    text = f"\u2009{run.text}\u2009" if run.kind == "name" else run.text
    return f'<m:r>{upright}{FONT}<m:t xml:space="preserve">{escape(text)}</m:t></m:r>'
