"""Sentences that other parts of the toolkit state in English, in Chinese for the Chinese report.

One module per subject; each is a table of pairs (English, Chinese). A place such as {names} stands
for what differs from case to case and is itself put into Chinese where it is known; {n:int},
{km:word} and {size:area} hold a whole number, one word, and an area with its width, {x:own} a name
of the user's own, which stays as it is, {x:size} an amount of memory. [row|rows] is either word.
"""

from __future__ import annotations

import re
from functools import cache

from analysis.report.chinese import (
    data,
    indices,
    mechanisms,
    models,
    refusals,
    shocks,
    weights,
)

__all__ = ["in_chinese"]

PLACE = re.compile(r"\{(\w+)(?::(\w+))?\}")
EITHER = re.compile(r"\\\[([^\[\]]+?\\\|[^\[\]]+?)\\\]")
HOLDS = {
    None: r".+",
    "int": r"\d+",
    "word": r"\S+",
    "size": r"[\d.]+ [MG]B",
    "own": r".+",
    "area": r".+ m² \(\S+ m wide\)",
}
ENUMERATIONS = ("names", "lost", "joined")


def in_chinese(text: str) -> str:
    """Give a known sentence in Chinese; an unknown one as it stands.

    Examples
    --------
    >>> in_chinese("lag() uses 1929 as the earlier time; the model starts in 1930.")
    'lag()以1929年为前期，模型自1930年开始。'
    """
    if text in data.WORDS:
        return data.WORDS[text]
    for pattern, template, own in _patterns():
        found = pattern.fullmatch(text)
        if found:
            given = found.groupdict().items()
            parts = {key: value if key in own else in_chinese(value) for key, value in given}
            parts |= {key: _enumerated(parts[key]) for key in ENUMERATIONS if key in parts}
            if "gaps" in parts:
                parts["gaps"] = "；".join(map(in_chinese, parts["gaps"].split("; ")))
            return template.format(**parts)
    return text


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str, frozenset[str]], ...]:
    """All English sentences as patterns, each beside its Chinese and its places of names."""
    pairs = (
        *models.SENTENCES,
        *weights.SENTENCES,
        *indices.SENTENCES,
        *shocks.SENTENCES,
        *mechanisms.SENTENCES,
        *refusals.SENTENCES,
        *data.SENTENCES,
    )
    return tuple(
        (
            _pattern(english),
            chinese,
            frozenset(name for name, kind in PLACE.findall(english) if kind == "own"),
        )
        for english, chinese in pairs
    )


def _pattern(english: str) -> re.Pattern[str]:
    """Turn a sentence with places into a pattern; a place named again holds the same text."""
    known: set[str] = set()
    parts, start = [], 0
    for place in PLACE.finditer(english):
        name, kind = place.groups()
        parts.append(_literal(english[start : place.start()]))
        parts.append(f"(?P={name})" if name in known else f"(?P<{name}>{HOLDS[kind]})")
        known.add(name)
        start = place.end()
    return re.compile("".join([*parts, _literal(english[start:])]))


def _literal(text: str) -> str:
    """Text as a pattern; [one|other] matches either."""
    return EITHER.sub(lambda found: "(?:" + found[1].replace("\\|", "|") + ")", re.escape(text))


def _enumerated(names: str) -> str:
    """Give a list of names with the Chinese comma of enumerations."""
    return re.sub(r" and (\d+) more$", r"等另外\1个", names).replace(", ", "、")
