"""Printed names of model terms: the user's labels carried through lags, logs and interactions."""

from __future__ import annotations

import re
from collections.abc import Mapping

from analysis.terms import term as word

__all__ = ["term_label"]

CALL = re.compile(r"(?P<name>\w+)\((?P<inner>.+)\)")
LEVEL = re.compile(r"C\((?P<inner>[^,()]+)[^()]*\)\[(?:T\.)?(?P<level>.+)\]")
GREEK = {"rho": "ρ", "lambda": "λ", "sigma2": "σ²"}


def term_label(term: str, labels: Mapping[str, str] | None, lang: str) -> str:
    """Give the printed name of a term.

    A label of the whole term wins; otherwise the term is taken apart: "W.x" is W × x, "a:b" is
    a × b, "log(x)" is ln(x), "L.y" is y (t−1), "C(region)[T.east]" is region: east.

    Examples
    --------
    >>> term_label("W.log(gdp)", {"gdp": "GDP"}, "en")
    'W × ln(GDP)'
    """
    known = labels or {}
    if term in known:
        return known[term]
    if term in GREEK:
        return GREEK[term]
    if term == "Intercept":
        return word("table.constant", lang)
    for prefix, pattern in (("W.", "W × {}"), ("L.", "{} (t−1)")):
        if term.startswith(prefix):
            return pattern.format(term_label(term.removeprefix(prefix), known, lang))
    parts = _factors(term)
    if len(parts) > 1:
        return " × ".join(term_label(part, known, lang) for part in parts)
    level = LEVEL.fullmatch(term)
    if level:
        value = known.get(level["level"], level["level"])
        return f"{term_label(level['inner'].strip(), known, lang)}: {value}"
    return _call(term, known, lang)


def _call(term: str, known: Mapping[str, str], lang: str) -> str:
    """Name of a function of a term, or the term itself."""
    call = CALL.fullmatch(term)
    if not call:
        return term.strip("`")
    inner = term_label(call["inner"], known, lang)
    if call["name"] == "lag":
        return f"{inner} (t−1)"
    if call["name"] == "I":
        return f"({inner})"
    return f"{'ln' if call['name'] == 'log' else call['name']}({inner})"


def _factors(term: str) -> list[str]:
    """Split an interaction at the colons that stand outside brackets."""
    parts, depth = [""], 0
    for letter in term:
        depth += (letter in "([") - (letter in ")]")
        if letter == ":" and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return parts
