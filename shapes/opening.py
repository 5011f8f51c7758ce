"""A boundary file as GDAL gives it, with the notes on its text."""

from __future__ import annotations

import warnings
from pathlib import Path

import geopandas
import pyogrio
from geopandas import GeoDataFrame
from pyogrio.errors import DataLayerError, DataSourceError

from shapes.documents import MAPINFO, TEXTS, as_utf8
from shapes.encoding import settle_dbf_encoding
from shapes.errors import InputError, named
from shapes.mending import FILE, Repair
from shapes.sources import Source, choose_layer
from shapes.titles import whole_titles

__all__ = ["read_source"]


def read_source(source: Source, encoding: str | None) -> tuple[GeoDataFrame, list[Repair]]:
    """Frame as the file has it, and the notes on its encoding and field names.

    Excel locks the table of a shapefile that it shows, a GIS its databases.
    """
    try:
        return _read(source, encoding)
    except OSError as error:
        raise InputError(
            f"{source.label} cannot be read ({error.strerror or type(error).__name__}); close it "
            "in Excel or your GIS, or check that you may read it."
        ) from None


def _read(source: Source, encoding: str | None) -> tuple[GeoDataFrame, list[Repair]]:
    suffix = source.path.suffix.casefold()
    if source.is_shapefile:
        return _read_shapefile(source, encoding)
    if suffix in (*TEXTS, *MAPINFO):
        with as_utf8(source.path, encoding) as ready:
            frame = _read_layer(ready.path, source, ready.encoding)
        return frame, [(FILE, "encoding", ready.note)] if ready.note else []
    if encoding is not None:
        raise InputError(
            f"{source.label} states the encoding of its own text; leave encoding= away."
        )
    if source.is_parquet:
        return _read_parquet(source), []
    return _read_layer(source.path, source, None), []


def _read_shapefile(source: Source, encoding: str | None) -> tuple[GeoDataFrame, list[Repair]]:
    used, note = settle_dbf_encoding(source.path, encoding)
    with whole_titles(source.path, used) as (path, cut):
        frame = _read_layer(path, source, used)
    made = [(FILE, "encoding", note)] if note else []
    if cut:
        made.append((FILE, "field names", f"cut off within a character: {named(cut)}"))
    return frame, made


def _read_layer(path: Path, source: Source, encoding: str | None) -> GeoDataFrame:
    options = {} if encoding is None else {"encoding": encoding}
    layer = choose_layer(path, source)
    try:
        with warnings.catch_warnings():
            # GDAL remarks on ring order and empty fields; what matters is checked afterwards.
            warnings.simplefilter("ignore", RuntimeWarning)
            frame = pyogrio.read_dataframe(path, layer=layer, on_invalid="ignore", **options)
    except UnicodeDecodeError:
        raise InputError(
            f"the text of {source.label} is not in one encoding, or is cut off within a character; "
            "give encoding=, or save it as a GeoPackage in the program that wrote it."
        ) from None
    except (DataSourceError, DataLayerError, ValueError) as error:
        raise InputError(
            f"{source.label} cannot be read ({type(error).__name__}); it may be incomplete, so "
            "copy it again from its source or save it as a GeoPackage in QGIS."
        ) from None
    if not isinstance(frame, GeoDataFrame):
        raise InputError(f"{source.label} has no geometry; give a file with polygons.")
    return frame


def _read_parquet(source: Source) -> GeoDataFrame:
    if source.layer not in (None, source.path.stem, source.path.name):
        raise InputError(f"{source.label} is a GeoParquet file of one layer; leave layer= away.")
    try:
        frame = geopandas.read_parquet(source.path)
    except ImportError:
        raise InputError(
            f"{source.label} needs pyarrow to be read; install cityripple[parquet] or save the "
            "boundaries as a GeoPackage."
        ) from None
    except (OSError, ValueError) as error:
        raise InputError(
            f"{source.label} cannot be read as GeoParquet ({type(error).__name__}); "
            "give a file with polygons."
        ) from None
    return frame.rename_geometry("geometry") if frame.geometry.name != "geometry" else frame
