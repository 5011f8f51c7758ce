"""Layers as GeoJSON and as ESRI shapefiles, with what those formats take away told."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.layers.layer import Column
from analysis.tables.comma import harmless
from analysis.terms import term

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

__all__ = ["Renamed", "fields_csv", "short_names", "write_geojson", "write_shapefile"]

NAME_BYTES, TEXT_BYTES = 10, 254


@dataclass(frozen=True)
class Renamed:
    """What a shapefile made of a column: its name there, empty cells, texts that were cut."""

    layer: str
    field: str
    written: str
    title: str
    empty: int
    cut: int


def short_names(fields: Iterable[str]) -> dict[str, str]:
    """Names of at most ten bytes in UTF-8, unlike without regard to case.

    Whole letters are kept from the front; where that makes two alike, a number takes the place of
    the last.

    Examples
    --------
    >>> short_names(["own_std_error", "own_std_errors", "数字产业集聚"])
    {'own_std_error': 'own_std_er', 'own_std_errors': 'own_std_e2', '数字产业集聚': '数字产'}
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    for field in fields:
        tries = (
            _cut(field, NAME_BYTES - len(end)) + end for end in chain([""], map(str, count(2)))
        )
        name = next(name for name in tries if name.casefold() not in taken)
        taken.add(name.casefold())
        found[field] = name
    return found


def _cut(text: str, size: int) -> str:
    """Whole letters of a text within so many bytes."""
    return text.encode("utf-8")[:size].decode("utf-8", errors="ignore")


def write_geojson(path: Path, table: GeoDataFrame, title: str, about: str) -> None:
    """Write in longitude and latitude; GDAL transforms to them, as RFC 7946 demands."""
    import pyogrio

    options = {"RFC7946": "YES", "DESCRIPTION": about}
    pyogrio.write_dataframe(table, path, layer=title, driver="GeoJSON", layer_options=options)


def write_shapefile(
    path: Path, table: GeoDataFrame, columns: Mapping[str, Column], layer: str
) -> list[Renamed]:
    """Write with names of ten bytes, texts of 254 bytes, UTF-8 and its .cpg.

    Returns
    -------
    list
        What became of each column.
    """
    import pyogrio

    names = short_names(str(c) for c in table.columns if c != table.geometry.name)
    plain, ledger = table.copy(), []
    for field, name in names.items():
        values, cut = _storable(table[field])
        plain[field] = values
        title = columns[field].title if field in columns else field
        empty = int(table[field].isna().sum())
        ledger.append(Renamed(layer, field, name, title, empty, cut))
    renamed = plain.rename(columns=names)
    options = {"ENCODING": "UTF-8"}
    pyogrio.write_dataframe(renamed, path, driver="ESRI Shapefile", layer_options=options)
    return ledger


def _storable(values: pd.Series[Any]) -> tuple[pd.Series[Any], int]:
    """Values as the format takes them, and how many texts were cut."""
    if pd.api.types.is_bool_dtype(values):
        return values.astype("Int32"), 0
    if pd.api.types.is_numeric_dtype(values):
        return values, 0
    cut = values.map(lambda text: None if pd.isna(text) else _cut(str(text), TEXT_BYTES))
    return cut, int((cut.fillna("") != values.fillna("")).sum())


def fields_csv(ledger: list[Renamed], lang: str) -> bytes:
    """Table of the names: layer, column, name in the shapefile, meaning, empty cells, cut texts."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    heads = ("layer", "field", "written", "title", "empty", "cut")
    writer.writerow([term(f"fields.{head}", lang) for head in heads])
    writer.writerows([harmless(str(getattr(row, head))) for head in heads] for row in ledger)
    return out.getvalue().encode("utf-8-sig")
