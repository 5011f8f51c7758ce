"""Read a boundary file into a clean table, indexed by key."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

from shapes.encoding import garbled
from shapes.errors import InputError, named, nearest
from shapes.keeping import ledger_in
from shapes.labels import canonical, is_missing
from shapes.mending import FILE, Repair, mend_polygons, store
from shapes.opening import read_source
from shapes.projection import settle_crs
from shapes.sources import open_source
from shapes.titles import shortened

__all__ = ["read_boundaries"]

_LINES = ("LineString", "MultiLineString", "LinearRing")
_POINTS = ("Point", "MultiPoint")


def read_boundaries(
    path: str | PathLike[str],
    key: str,
    name: str | None = None,
    *,
    layer: str | None = None,
    encoding: str | None = None,
    crs: Any = None,
) -> GeoDataFrame:
    """Read city boundaries from a file, mend what can be mended safely and list it.

    Mended or assumed, and listed in `shapes.repairs`: the encoding of a shapefile without (or with
    a wrong) `.cpg` and of a text file that is not UTF-8, told from the bytes (UTF-8, UTF-16, GBK,
    Big5, Western European); a missing coordinate system where the coordinates are longitude and
    latitude; invalid polygons (made valid, polygons kept); heights (dropped); lines
    such as a sea boundary among the polygons (left out); missing names (the key stands in).
    Everything else that is wrong is refused.

    Parameters
    ----------
    path : path
        GeoPackage, shapefile, GeoJSON, TopoJSON, KML, GML, FlatGeobuf, MapInfo, file geodatabase,
        GeoParquet (needs pyarrow), anything else that GDAL reads, or a zip of one of them.
    key : str
        Column that identifies a unit, such as an official code. It becomes the index, as text:
        110000, 110000.0 and "110000" are "110000".
    name : str, optional
        Column of names; what matches names (`match_names`, `join`, bridges in weights) uses it.
    layer : str, optional
        Layer of a file with several, or file within a zip.
    encoding : str, optional
        Encoding of a shapefile, MapInfo or text file, where the recognised one is wrong.
    crs : optional
        Coordinate system, whatever the file states: anything pyproj understands.

    Returns
    -------
    geopandas.GeoDataFrame
        One row per unit, index `key` of text, the file's columns, polygons, a coordinate system.
        `.attrs` holds `name` (the column, when given), `source` and `repairs` (JSON text).

    Raises
    ------
    InputError
        No such file, unreadable format, several layers, a missing column, missing or repeated
        keys, missing or empty polygons, points, a coordinate system that is missing or does not
        fit, an encoding that does not fit.

    Examples
    --------
    >>> cities = read_boundaries("D:/底图/市.geojson", key="gb", name="name")  # doctest: +SKIP
    """
    with open_source(Path(path), layer) as source:
        frame, made = read_source(source, encoding)
        earlier = ledger_in(source)
    _check_columns(frame, source.label, key, name)
    frame, left_out = _only_areas(frame, source.label, name or key)
    keys = _keys(frame, source.label, key, name)
    _check_geometry(frame, keys, source.label)
    frame, assumed = settle_crs(frame, crs, source.label)
    if assumed:
        made.append((FILE, "crs", assumed))
    mended, repaired = mend_polygons(frame, keys)
    _check_kept(mended, keys, source.label)
    frame = frame.set_geometry(geopandas.GeoSeries(mended, index=frame.index, crs=frame.crs))
    unnamed = _name(frame, keys, name, source.label)
    ledger = store([*made, *left_out, *repaired, *unnamed], earlier)
    return _finish(frame, keys, key, name, source.label, ledger)


def _check_columns(frame: GeoDataFrame, label: str, key: str, name: str | None) -> None:
    if not len(frame):
        raise InputError(f"{label} holds no polygon at all; give a file with units.")
    columns = [column for column in frame.columns if column != frame.geometry.name]
    for argument, column in (("key", key), ("name", name)):
        if column not in columns and (argument == "key" or column is not None):
            left = shortened(column, columns) if label.casefold().endswith((".shp", ".zip")) else []
            if left:
                raise InputError(
                    f"{label} has no column {column!r}: a shapefile keeps ten bytes of a field's "
                    f"name, here {named(left)}; give {argument}={' or '.join(map(repr, left))}."
                )
            raise InputError(
                f"{label} has no column {column!r}; give {argument}= one of its columns, "
                f"such as {nearest(column, columns)}."
            )


def _only_areas(frame: GeoDataFrame, label: str, name: str) -> tuple[GeoDataFrame, list[Repair]]:
    """Leave lines out and say so; refuse points."""
    kinds = frame.geometry.geom_type
    points = kinds.isin(_POINTS)
    lines = kinds.isin(_LINES)
    if points.any() or lines.all():
        kind = "points" if points.any() else "lines"
        raise InputError(f"{label} holds {kind}, not polygons; give the layer of areas.")
    rows = [
        ("" if is_missing(value) else canonical(value), "line", "a line, not a unit: left out")
        for value in frame.loc[lines, name]
    ]
    return frame[~lines], rows


def _keys(frame: GeoDataFrame, label: str, key: str, name: str | None) -> list[str]:
    missing = [is_missing(value) for value in frame[key]]
    if any(missing):
        rows = np.flatnonzero(missing)
        who = frame[name].iloc[rows] if name else [f"row {row + 1}" for row in rows]
        raise InputError(
            f"{label} has no {key} for {named(who)}; fill in the column or give another key=."
        )
    keys = [canonical(value) for value in frame[key]]
    _check_text(keys, label, key)
    twice = pd.Index(keys)[pd.Index(keys).duplicated()].unique()
    if len(twice):
        raise InputError(
            f"{label} repeats {named(twice)} in {key}; merge the polygons of one unit "
            f"first (gdf.dissolve({key!r})) or give a key= that is unique."
        )
    return keys


def _check_text(words: list[str], label: str, column: str) -> None:
    """Refuse text that was garbled before it came here."""
    beyond = [word for word in words if not word.isascii()]
    broken = [word for word in beyond if "\ufffd" in word]
    clear = next((clear for word in beyond if (clear := garbled(word))), None)
    if broken or clear:
        shown = f"{beyond[0]!r}, which may be {clear}" if clear else repr(broken[0])
        raise InputError(
            f"the column {column} of {label} is garbled ({shown}); give the right encoding=, or "
            "save the file again from its source as UTF-8."
        )


def _check_geometry(frame: GeoDataFrame, keys: list[str], label: str) -> None:
    shape = frame.geometry
    lost = (shape.isna() | shape.is_empty).to_numpy()
    if lost.any():
        who = named(keys[i] for i in np.flatnonzero(lost))
        raise InputError(
            f"{label} has no polygon for {who} (missing, empty or unreadable); "
            "draw them or take the rows out of the file."
        )
    if not np.isfinite(frame.total_bounds).all():
        raise InputError(f"{label} has coordinates that are not finite; save it again.")


def _check_kept(mended: np.ndarray, keys: list[str], label: str) -> None:
    lost = np.flatnonzero(shapely.is_empty(mended))
    if len(lost):
        raise InputError(
            f"nothing is left of {named(keys[i] for i in lost)} in {label} after making the "
            "polygon valid; draw it again."
        )


def _name(frame: GeoDataFrame, keys: list[str], name: str | None, label: str) -> list[Repair]:
    """Put the key where a name is missing."""
    if name is None:
        return []
    _check_text([str(v) for v in frame[name] if not is_missing(v)], label, name)
    missing = [is_missing(value) for value in frame[name]]
    words = [
        key if absent else canonical(value)
        for key, value, absent in zip(keys, frame[name], missing, strict=True)
    ]
    frame[name] = pd.Series(words, index=frame.index, dtype=object)
    return [
        (key, "name", "missing; the key stands in")
        for key, absent in zip(keys, missing, strict=True)
        if absent
    ]


def _finish(
    frame: GeoDataFrame,
    keys: list[str],
    key: str,
    name: str | None,
    label: str,
    ledger: str,
) -> GeoDataFrame:
    cities = frame.drop(columns="key") if key == "key" and name != "key" else frame
    index = None if "key" in cities.columns else "key"
    cities = cities.set_index(pd.Index(keys, name=index))
    cities.attrs = {"source": label, "repairs": ledger}
    if name is not None:
        cities.attrs["name"] = name
    return cities
