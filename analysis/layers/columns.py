"""What the columns of a result hold, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.layers.layer import Column
from analysis.tables.labels import term_label
from analysis.terms import TERMS, term

__all__ = ["describe_columns"]

ERROR, LOCAL, GROUP = "_std_error", "lisa_", "group_"


def describe_columns(
    theme: str,
    names: list[str],
    attrs: Mapping[Any, Any],
    labels: Mapping[str, str],
    lang: str,
) -> dict[str, Column]:
    """Printed name and description of each column, as far as they are known.

    Parameters
    ----------
    theme
        Of the layer, "lisa" or "spillover": some columns mean another thing in another theme.
    names
        Columns of a result.
    attrs
        Those of the result: the term and the outcome that its effects are of.
    labels
        Printed names of columns and terms; they win.
    lang
        "en" or "zh".

    Examples
    --------
    >>> found = describe_columns("spillover", ["sent"], {"term": "agg"}, {}, "en")
    >>> found["sent"].title
    'Spillover sent'
    """
    places = {
        place: term_label(str(attrs[place]), labels, lang)
        if attrs.get(place)
        else term(f"{'layer' if place == 'term' else 'column'}.some_{place}", lang)
        for place in ("term", "outcome")
    }
    return {name: _column(theme, name, places, labels, lang) for name in names}


def _column(
    theme: str, name: str, places: Mapping[str, str], labels: Mapping[str, str], lang: str
) -> Column:
    if name in labels:
        return Column(labels[name])
    for key in (f"column.{theme}.{name}", f"column.{name}"):
        if key in TERMS:
            about = f"{key}.about"
            said = term(about, lang, **places) if about in TERMS else ""
            return Column(term(key, lang), said)
    stem = name.removesuffix(ERROR)
    if stem != name and f"column.{stem}" in TERMS:
        title = term("column.std_error", lang, title=term(f"column.{stem}", lang))
        return Column(title, term("column.std_error.about", lang))
    if name.startswith(LOCAL):
        column, _, time = name.removeprefix(LOCAL).rpartition("_")
        whole = term_label(name.removeprefix(LOCAL), labels, lang)
        shown = f"{term_label(column, labels, lang)} {time}" if column in labels else whole
        return Column(term("column.local", lang, name=shown), term("column.cluster.about", lang))
    if name.startswith(GROUP):
        return Column(term_label(name.removeprefix(GROUP), labels, lang))
    return Column(term_label(name, labels, lang))
