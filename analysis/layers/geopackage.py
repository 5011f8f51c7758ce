"""A GeoPackage that holds each shape once: one table of cities, and a view of it for each layer.

Views are registered like tables, so that GDAL, QGIS and what builds on them list and open them.
Styles stand where QGIS looks for them, metadata and meanings of columns where the standard (OGC
12-128, extensions Metadata and Schema) has them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.layers.metadata import STANDARD
from analysis.layers.qml import qml
from analysis.layers.sld import sld
from analysis.layers.stored import Stored

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

__all__ = ["write_geopackage"]

VERSION = "1.2"  # what programs of 2018 know; newer numbers make them warn
TABLES = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema
  TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT,
  styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
  update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')));
CREATE TABLE IF NOT EXISTS gpkg_extensions (
  table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL,
  scope TEXT NOT NULL, CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
CREATE TABLE gpkg_metadata (
  id INTEGER CONSTRAINT m_pk PRIMARY KEY ASC NOT NULL, md_scope TEXT NOT NULL DEFAULT 'dataset',
  md_standard_uri TEXT NOT NULL, mime_type TEXT NOT NULL DEFAULT 'text/xml',
  metadata TEXT NOT NULL DEFAULT '');
CREATE TABLE gpkg_metadata_reference (
  reference_scope TEXT NOT NULL, table_name TEXT, column_name TEXT, row_id_value INTEGER,
  timestamp DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  md_file_id INTEGER NOT NULL, md_parent_id INTEGER,
  CONSTRAINT crmr_mfi_fk FOREIGN KEY (md_file_id) REFERENCES gpkg_metadata(id),
  CONSTRAINT crmr_mpi_fk FOREIGN KEY (md_parent_id) REFERENCES gpkg_metadata(id));
CREATE TABLE gpkg_data_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT,
  mime_type TEXT, constraint_name TEXT,
  CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
  CONSTRAINT gdc_tn UNIQUE (table_name, name));
CREATE TABLE gpkg_data_column_constraints (
  constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC,
  min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value));
INSERT INTO gpkg_contents (table_name, data_type, identifier, description) VALUES
  ('layer_styles', 'attributes', 'layer_styles', 'Styles that QGIS applies by itself');
"""
EXTENSIONS = (
    ("gpkg_metadata", "gpkg_metadata", "metadata"),
    ("gpkg_metadata_reference", "gpkg_metadata", "metadata"),
    ("gpkg_data_columns", "gpkg_schema", "schema"),
    ("gpkg_data_column_constraints", "gpkg_schema", "schema"),
)
ADD_STYLE = """
INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column,
  styleName, styleQML, styleSLD, useAsDefault, description, owner)
VALUES ('', '', ?, ?, ?, ?, ?, ?, ?, '')
"""
ADD_VIEW = """
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, min_x, min_y, max_x,
  max_y, srs_id)
SELECT ?, 'features', ?, ?, min_x, min_y, max_x, max_y, srs_id FROM gpkg_contents
  WHERE table_name = ?
"""
ADD_GEOMETRY = """
INSERT INTO gpkg_geometry_columns (table_name, column_name, geometry_type_name, srs_id, z, m)
SELECT ?, column_name, geometry_type_name, srs_id, z, m FROM gpkg_geometry_columns
  WHERE table_name = ?
"""


def write_geopackage(path: Path, cities: GeoDataFrame, first: Stored, rest: list[Stored]) -> None:
    """Write the cities as `first` has them, and a view of them for each of the `rest`."""
    import geopandas
    import pyogrio

    shapes = cities.geometry.to_numpy()
    table = geopandas.GeoDataFrame(dict(first.values), geometry=shapes, crs=cities.crs)
    name = first.layer.name
    about = {"DESCRIPTION": first.abstract, "IDENTIFIER": first.layer.title}
    version = {"VERSION": VERSION}
    pyogrio.write_dataframe(
        table, path, layer=name, driver="GPKG", layer_options=about, dataset_options=version
    )
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(TABLES)
        connection.executemany(
            "INSERT INTO gpkg_extensions VALUES (?, NULL, ?, "
            "'http://www.geopackage.org/spec121/#extension_' || ?, 'read-write')",
            EXTENSIONS,
        )
        row = connection.execute(
            "SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?", (name,)
        ).fetchone()
        geometry = str(row[0])
        for stored in rest:
            _add_view(connection, stored, name, geometry)
        for stored in (first, *rest):
            _describe(connection, stored, geometry)


def _add_view(connection: sqlite3.Connection, stored: Stored, base: str, geometry: str) -> None:
    """Put a layer's own columns into a table, and join it to the shapes in a view."""
    name = stored.layer.name
    data, view, shapes = _quoted(f"{name}_data"), _quoted(name), _quoted(base)
    own = [column for column in stored.values if column not in stored.base]
    kinds = [f"{_quoted(column)} {_kind(stored.values[column])}" for column in own]
    fields = ", ".join([f"fid INTEGER PRIMARY KEY REFERENCES {shapes} (fid)", *kinds])
    connection.execute(f"CREATE TABLE {data} ({fields})")
    rows = zip(*(_cells(stored.values[column]) for column in own), strict=True)
    marks = ", ".join("?" * (len(own) + 1))
    numbered = ((number, *row) for number, row in enumerate(rows, start=1))
    connection.executemany(f"INSERT INTO {data} VALUES ({marks})", numbered)
    shown = [f"c.{_quoted(column)} AS {_quoted(column)}" for column in (geometry, *stored.base)]
    shown += [f"d.{_quoted(column)} AS {_quoted(column)}" for column in own]
    connection.execute(
        f"CREATE VIEW {view} AS SELECT c.fid AS OGC_FID, {', '.join(shown)} "
        f"FROM {shapes} c JOIN {data} d ON d.fid = c.fid"
    )
    connection.execute(ADD_VIEW, (name, stored.layer.title, stored.abstract, base))
    connection.execute(ADD_GEOMETRY, (name, base))


def _describe(connection: sqlite3.Connection, stored: Stored, geometry: str) -> None:
    """Add styles, metadata and meanings of columns."""
    layer = stored.layer
    titles = {name: column.title for name, column in stored.columns.items()}
    for place, style in enumerate(layer.styles):
        written = qml(style, titles), sld(style, layer.name)
        row = (layer.name, geometry, style.name[:30], *written, int(place == 0), layer.title)
        connection.execute(ADD_STYLE, row)
    found = connection.execute(
        "INSERT INTO gpkg_metadata (md_scope, md_standard_uri, mime_type, metadata) "
        "VALUES ('dataset', ?, 'text/xml', ?)",
        (STANDARD, stored.record),
    )
    connection.execute(
        "INSERT INTO gpkg_metadata_reference (reference_scope, table_name, md_file_id) "
        "VALUES ('table', ?, ?)",
        (layer.name, found.lastrowid),
    )
    connection.executemany(
        "INSERT INTO gpkg_data_columns (table_name, column_name, name, title, description) "
        "VALUES (?, ?, ?, ?, ?)",
        _meanings(stored),
    )


def _meanings(stored: Stored) -> Iterator[tuple[str, str, str, str, str]]:
    """Name and description of each column; names must be unlike within a table."""
    taken: set[str] = set()
    for field, column in stored.columns.items():
        name = column.title if column.title not in taken else f"{column.title} ({field})"
        taken.add(name)
        yield stored.layer.name, field, name, column.title, column.about


def _kind(values: Any) -> str:
    """Type of a column in the file."""
    if pd.api.types.is_bool_dtype(values):
        return "BOOLEAN"
    if pd.api.types.is_integer_dtype(values):
        return "INTEGER"
    return "REAL" if pd.api.types.is_numeric_dtype(values) else "TEXT"


def _cells(values: Any) -> Iterable[Any]:
    """Values as SQLite stores them, empty where there is none."""
    plain = pd.Series(values).astype(object)
    return [None if pd.isna(v) else v.item() if isinstance(v, np.generic) else v for v in plain]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
