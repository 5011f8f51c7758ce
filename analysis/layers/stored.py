"""Layers as they stand in files: columns named, described and in the order of the cities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.layers.layer import Column, Layer, base_columns, columns_of, field_names
from analysis.layers.metadata import abstract, coordinates, record
from analysis.layers.styles import outline
from analysis.layers.themes import Wording
from analysis.terms import term

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

__all__ = ["Package", "Stored", "make_package"]


@dataclass(frozen=True)
class Stored:
    """A layer with its columns in the order of the cities, named and described as in the file.

    `base` names the columns that every layer shows; the others are the layer's own.
    """

    layer: Layer
    values: Mapping[str, Any]
    columns: Mapping[str, Column]
    base: Sequence[str]
    abstract: str
    record: str


@dataclass(frozen=True)
class Package:
    """Everything that is written: boundaries, their own layer, the others, the language."""

    cities: GeoDataFrame
    first: Stored
    rest: list[Stored]
    lang: str


def make_package(cities: GeoDataFrame, layers: list[Layer], wording: Wording, note: str) -> Package:
    """Name the layers apart and give each its columns as they stand in files."""
    base = base_columns(cities)
    others = {
        str(column): cities[column]
        for column in cities.columns
        if column != cities.geometry.name and str(column) not in base
    }
    title, lang = wording.title("cities"), wording.lang
    said = wording.sentences("cities", "cities", term("layer.about.cities", lang))
    own = Layer("cities", title, pd.DataFrame(others, index=cities.index), (), said, {})
    names = field_names(layer.name for layer in (own, *layers))
    stored = [
        _stored(replace(layer, name=name), cities, base, wording, note)
        for layer, name in zip((own, *layers), names, strict=True)
    ]
    key = next(iter(stored[0].base))
    drawn = (outline(term("layer.borders", lang), key),)
    first = replace(stored[0], layer=replace(stored[0].layer, styles=drawn))
    return Package(cities, first, stored[1:], lang)


def _stored(
    layer: Layer, cities: GeoDataFrame, base: Mapping[str, Any], wording: Wording, note: str
) -> Stored:
    """Layer with its columns named as files take them, styles and descriptions with them."""
    lang = wording.lang
    found = [*base.items(), *columns_of(layer, cities).items()]
    fields = field_names(field for field, _ in found)
    known: dict[str, Column] = {}
    for place, ((column, _), written) in enumerate(zip(found, fields, strict=True)):
        if place < len(base):
            part = "name_en" if column.endswith("_en") else "name"
            fixed = term(f"column.{part if place else 'key'}", lang)
            known[written] = Column(wording.labels.get(column) or fixed)
        else:
            known[written] = layer.columns.get(column, Column(wording.name(column)))
    renamed = {
        column: written
        for (column, _), written in zip(found[len(base) :], fields[len(base) :], strict=True)
    }
    styles = tuple(style.of(renamed[style.attribute]) for style in layer.styles)
    rest = [*([term("layer.stated", lang, words=note)] if note else []), *coordinates(cities, lang)]
    text = abstract(layer, known, rest, lang)
    values = dict(zip(fields, (held for _, held in found), strict=True))
    of = replace(layer, styles=styles)
    return Stored(of, values, known, fields[: len(base)], text, record(of, text, cities, lang))
