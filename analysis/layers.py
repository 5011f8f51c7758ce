"""Results per city as a GeoPackage that QGIS opens with its styles."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.convention import convention
from analysis.qml import HATCHED, Fill, categorised, graduated
from analysis.terms import check_language, term
from spatial.errors import InputError, named
from spatial.labels import canonical_index, positions

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

__all__ = ["export_layers"]

Frames = pd.DataFrame | Mapping[str, pd.DataFrame]
Values = pd.DataFrame | Mapping[str, pd.DataFrame]
LISA_COLUMNS = ("statistic", "lag", "p_value", "p_adjusted", "quadrant", "cluster")

STYLES_TABLE = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema
  TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT,
  styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
  update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')))
"""
ADD_STYLE = """
INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column,
styleName, styleQML,
  styleSLD, useAsDefault, description, owner) VALUES ('', '', ?, ?, ?, ?, '', ?, ?, '')
"""
ADD_CONTENTS = """
INSERT INTO gpkg_contents (table_name, data_type, identifier, description) VALUES
  ('layer_styles', 'attributes', 'layer_styles', 'Styles that QGIS applies by itself')
"""


@dataclass(frozen=True)
class Layer:
    """A table on the keys of the cities, its styles (the first is the default), its words."""

    name: str
    table: pd.DataFrame
    styles: tuple[tuple[str, str], ...]
    description: str


def export_layers(
    path: str | Path,
    cities: GeoDataFrame,
    *,
    lisa: Frames | None = None,
    bilisa: Frames | None = None,
    spillover: Frames | None = None,
    values: Values | None = None,
    lang: str = "en",
    note: str = "",
) -> None:
    """Write results per city into one GeoPackage, a styled layer per theme and year.

    Layers are called lisa_2022 (lisa_NAME_2022 where `lisa` maps names to results), bilisa_…,
    spillover (or spillover_TERM) and values. Every layer holds all cities; where a result lacks
    one, its class is "missing" and its numbers are empty. Classes of local statistics have the
    colours of `maps.lisa`; spillovers are graded by what is sent, with a second style for what is
    received.

    Parameters
    ----------
    path
        File to write; it is replaced only when the new one is complete.
    cities
        Boundary table indexed by key.
    lisa, bilisa
        Result of `spatial.lisa`, `spatial.bilisa` or `spatial.lisa_by_time`, or a mapping from
        names to such.
    spillover
        Result of `fit.effects_by_unit(term)`, or a mapping from terms to such.
    values
        Any further columns per city (indexed by key), or a mapping from layer names to such tables.
    lang
        Language of legends, "en" or "zh".
    note
        Sentence that every layer's description ends with (synthetic data, sources).

    Raises
    ------
    InputError
        A result names a city that `cities` lacks, the suffix is not .gpkg, there is nothing to
        write, or the place cannot be written.

    Examples
    --------
    >>> sent = fit.effects_by_unit("x")  # doctest: +SKIP
    >>> export_layers("results.gpkg", cities, lisa=local, spillover=sent)  # doctest: +SKIP
    """
    target = Path(path)
    check_language(lang)
    if target.suffix.lower() != ".gpkg":
        raise InputError(
            f"{target.name} does not end in .gpkg; layers with styles are written as GeoPackage."
        )
    layers = [
        *_local("lisa", lisa, lang),
        *_local("bilisa", bilisa, lang),
        *_spillovers(spillover, lang),
        *_values(values, lang),
    ]
    if not layers:
        raise InputError("there is nothing to export; give lisa=, bilisa=, spillover= or values=.")
    names = _field_names(layer.name for layer in layers)
    unlike = [replace(layer, name=name) for layer, name in zip(layers, names, strict=True)]
    _write_whole(target, cities, unlike, note)


def _write_whole(target: Path, cities: GeoDataFrame, layers: list[Layer], note: str) -> None:
    """Write under a temporary name, then put the file in its place."""
    from pyogrio.errors import DataLayerError, DataSourceError

    partial = target.with_name(f".{uuid.uuid4().hex[:8]}-partial.gpkg")
    try:
        _write(partial, cities, layers, note)
        partial.replace(target)
    except (OSError, sqlite3.OperationalError, DataLayerError, DataSourceError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise InputError(
            f"{target.name} cannot be written ({reason}); close it in QGIS, free space, or choose "
            "another folder."
        ) from error
    finally:
        for leftover in partial.parent.glob(f"{partial.name}*"):
            leftover.unlink(missing_ok=True)


def _named(results: Frames | None) -> Iterator[tuple[str, pd.DataFrame]]:
    """Results with the name that goes into the layer's; one result alone has none."""
    if isinstance(results, pd.DataFrame):
        yield "", results
    elif isinstance(results, Mapping):
        yield from ((str(name), frame) for name, frame in results.items())
    elif results is not None:
        yield "", results


def _local(theme: str, results: Frames | None, lang: str) -> Iterator[Layer]:
    """Make a layer for each result and each of its years."""
    for name, frame in _named(results):
        _check_frame(frame, theme, LISA_COLUMNS)
        stem = "_".join(part for part in (theme, name) if part)
        said = "; ".join(convention(frame.attrs, lang))
        for suffix, table in _by_time(frame):
            style = (stem, categorised("cluster", _cluster_entries(lang)))
            yield Layer(f"{stem}{suffix}", _plain(table), (style,), said)


def _check_frame(frame: object, theme: str, columns: tuple[str, ...]) -> None:
    """Refuse what is no table of the theme."""
    if not isinstance(frame, pd.DataFrame):
        raise InputError(
            f"{theme}= holds a {type(frame).__name__}; give a DataFrame indexed by city."
        )
    absent = [column for column in columns if column not in frame.columns]
    if absent:
        raise InputError(
            f"the table of {theme}= has no column {named(absent)}; give the result of "
            f"{'fit.effects_by_unit(term)' if theme == 'spillover' else f'spatial.{theme}'}."
        )


def _field_names(columns: Iterable[object]) -> list[str]:
    """Names of columns as a GeoPackage takes them: unlike without regard to case, none of its own.

    A name that is taken gets a number behind it.
    """
    taken, names = {"fid", "geom", "geometry"}, []
    for column in map(str, columns):
        numbered = chain([column], (f"{column}_{number}" for number in count(2)))
        name = next(name for name in numbered if name.casefold() not in taken)
        taken.add(name.casefold())
        names.append(name)
    return names


def _by_time(frame: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    if frame.index.nlevels == 1:
        yield "", frame
        return
    times = frame.index.get_level_values(0)
    for time in times.unique():
        yield f"_{time}", frame[times == time].droplevel(0)


def _cluster_entries(lang: str) -> list[tuple[str, str, Fill]]:
    """Value, printed name and fill of each class, as `maps.lisa` draws them."""
    from analysis.maps.colours import CLUSTERS

    patterns = {"/": HATCHED, "x": replace(HATCHED, pattern="diagonal_x")}
    return [
        (key, term(f"cluster.{key}", lang), patterns[hatch[0]] if hatch else Fill(colour))
        for key, (colour, hatch) in CLUSTERS.items()
    ]


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """Categories as text, so that every reader sees the class and not its code."""
    return table.astype(dict.fromkeys(table.select_dtypes("category"), object))


def _spillovers(results: Frames | None, lang: str) -> Iterator[Layer]:
    for name, frame in _named(results):
        _check_frame(frame, "spillover", ("sent", "received"))
        stem = f"spillover_{name}" if name else "spillover"
        styles = tuple(
            (
                term(f"map.{column}", lang),
                graduated(column, frame[column], no_data=term("map.no_data", lang)),
            )
            for column in ("sent", "received")
        )
        said = f"{term('map.sent_long', lang)}; {term('map.received_long', lang)}"
        yield Layer(stem, frame, styles, said)


def _values(tables: Values | None, lang: str) -> Iterator[Layer]:
    for name, given in _named(tables):
        _check_frame(given, "values", ())
        frame = given.set_axis(_field_names(given.columns), axis=1)
        numeric = frame.select_dtypes("number")
        styles = tuple(
            (str(c), graduated(str(c), numeric[c], no_data=term("map.no_data", lang)))
            for c in numeric.columns[:1]
        )
        yield Layer(name or "values", frame, styles, "")


def _write(path: Path, cities: GeoDataFrame, layers: list[Layer], note: str) -> None:
    import geopandas
    import pyogrio

    keys = canonical_index(cities.index, "the boundaries")
    name = cities.attrs.get("name")
    key_name = str(cities.index.name or "key")
    base = {key_name: keys.to_numpy()}
    if name in cities.columns and name != key_name:
        base[str(name)] = cities[name].to_numpy()
    for layer in layers:
        found = [*base.items(), *_on_cities(layer, keys).items()]
        fields = _field_names(field for field, _ in found)
        columns = dict(zip(fields, (values for _, values in found), strict=True))
        table = geopandas.GeoDataFrame(columns, geometry=cities.geometry.to_numpy(), crs=cities.crs)
        about = "; ".join(part for part in (layer.description, note) if part)
        pyogrio.write_dataframe(
            table,
            path,
            layer=layer.name,
            driver="GPKG",
            layer_options={"DESCRIPTION": about, "IDENTIFIER": layer.name},
        )
    _add_styles(path, layers)


def _on_cities(layer: Layer, keys: pd.Index) -> dict[str, Any]:
    """Columns of a result in the order of the cities; classes of absent cities are "missing"."""
    labels = canonical_index(layer.table.index, layer.name)
    positions(labels, keys, data=f"the result {layer.name}", source="the boundaries")
    table = layer.table.set_axis(labels, axis=0).reindex(keys)
    if "cluster" in table:
        table["cluster"] = table["cluster"].fillna("missing")
    return {str(column): table[column].to_numpy() for column in table.columns}


def _add_styles(path: Path, layers: list[Layer]) -> None:
    """Put the styles where QGIS looks for them, registered as a table of attributes."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(STYLES_TABLE)
        connection.execute(ADD_CONTENTS)
        geometry = dict(
            connection.execute("SELECT table_name, column_name FROM gpkg_geometry_columns")
        )
        rows = [
            (layer.name, geometry[layer.name], style[:30], qml, int(first == 0), layer.description)
            for layer in layers
            for first, (style, qml) in enumerate(layer.styles)
        ]
        connection.executemany(ADD_STYLE, rows)
