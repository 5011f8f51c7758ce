"""A layer as a value: a table on the keys of the cities, its styles, and what it says of itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain, count
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.layers.styles import Style
from spatial.labels import canonical_index, positions

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

__all__ = ["Column", "Layer", "base_columns", "columns_of", "field_names"]

OWN = ("fid", "ogc_fid", "geom", "geometry")


@dataclass(frozen=True)
class Column:
    """Printed name of a column, and what it holds, in which unit."""

    title: str
    about: str = ""


@dataclass(frozen=True)
class Layer:
    """Results per city.

    Attributes
    ----------
    name
        Of the layer in files.
    title
        What it is called.
    table
        Indexed by key; it may lack cities.
    styles
        The first is the default.
    about
        Sentences for the metadata.
    columns
        What is known of the columns of the table.
    """

    name: str
    title: str
    table: pd.DataFrame
    styles: tuple[Style, ...]
    about: tuple[str, ...]
    columns: Mapping[str, Column]


def base_columns(cities: GeoDataFrame) -> dict[str, Any]:
    """Key and printed names of the cities, which stand in every layer."""
    keys = canonical_index(cities.index, "the boundaries")
    key = str(cities.index.name or "key")
    found: dict[str, Any] = {key: keys.to_numpy()}
    name = str(cities.attrs.get("name"))
    for column in (name, f"{name}_en"):
        if column in cities.columns and column != key:
            found[column] = cities[column].to_numpy()
    return found


def columns_of(layer: Layer, cities: GeoDataFrame) -> dict[str, Any]:
    """Columns of a layer's table in the order of the cities.

    A class of a style that is called "missing" is written where a city is absent, so that the class
    can be seen and counted; other columns are empty there. Categories become text.
    """
    keys = canonical_index(cities.index, "the boundaries")
    labels = canonical_index(layer.table.index, layer.name)
    positions(labels, keys, data=f"the result {layer.name}", source="the boundaries")
    plain = layer.table.astype(dict.fromkeys(layer.table.select_dtypes("category"), object))
    table = plain.set_axis(labels, axis=0).reindex(keys)
    for style in layer.styles:
        if any(entry.value == "missing" for entry in style.entries):
            table[style.attribute] = table[style.attribute].fillna("missing")
    return {str(column): _storable(table[column]) for column in table.columns}


def _storable(values: pd.Series[Any]) -> Any:
    """Values as every format takes them: text where they are neither numbers nor yes and no."""
    if pd.api.types.is_bool_dtype(values) or pd.api.types.is_numeric_dtype(values):
        return values.to_numpy()
    filled = values.notna().to_numpy()
    held = values.to_numpy(dtype=object)[filled]
    if len(held) and all(map(pd.api.types.is_bool, held)):  # made objects by reindexing
        return values.astype("boolean").array
    texts = np.full(len(values), None, dtype=object)
    texts[filled] = list(map(str, held))
    return texts


def field_names(columns: Iterable[object]) -> list[str]:
    """Names of columns as a GeoPackage takes them: unlike without regard to case, none of its own.

    A name that is taken gets a number behind it.

    Examples
    --------
    >>> field_names(["key", "GDP", "gdp", "geom"])
    ['key', 'GDP', 'gdp_2', 'geom_2']
    """
    taken, names = set(OWN), []
    for column in map(str, columns):
        numbered = chain([column], (f"{column}_{number}" for number in count(2)))
        name = next(name for name in numbered if name.casefold() not in taken)
        taken.add(name.casefold())
        names.append(name)
    return names
