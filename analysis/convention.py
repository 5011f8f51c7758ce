"""What a local or global test was done with, in words, from the attrs of its result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.terms import TERMS, term

__all__ = ["convention"]


def convention(attrs: Mapping[Any, Any], lang: str) -> list[str]:
    """Weights, p convention, correction, significance and seed, as far as the result states them.

    Words outside of the vocabulary are printed as they stand.
    """
    parts: list[str] = []
    weights = attrs.get(f"weights_{lang}") or attrs.get("weights")
    if weights:
        parts.append(term("note.weights", lang, weights=weights))
    if attrs.get("alternative"):
        method = _method(attrs, lang)
        stated = _word(str(attrs["alternative"]), lang)
        parts.append(stated + (_bracketed(method, lang) if method else ""))
    if "correction" in attrs and "alpha" in attrs:
        parts.append(_word(str(attrs["correction"] or "none"), lang))
        parts.append(term("note.alpha", lang, alpha=f"{float(attrs['alpha']):g}"))
    return parts


def _method(attrs: Mapping[Any, Any], lang: str) -> str:
    """How the distribution was come by, with draws and seed where it was drawn."""
    words = [_word(str(attrs["method"]), lang)] if attrs.get("method") else []
    if "exact" not in str(attrs.get("method", "")):
        if attrs.get("permutations"):
            words.append(term("note.permutations", lang, count=f"{int(attrs['permutations']):,}"))
        if attrs.get("seed") is not None:
            words.append(term("note.seed", lang, seed=attrs["seed"]))
    return ("，" if lang == "zh" else ", ").join(words)


def _word(word: str, lang: str) -> str:
    """Term of the vocabulary for a word of the result."""
    return term(f"note.{word}", lang) if f"note.{word}" in TERMS else word


def _bracketed(text: str, lang: str) -> str:
    """Text in the brackets of the language."""
    return f"（{text}）" if lang == "zh" else f" ({text})"
