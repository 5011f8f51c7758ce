"""Keep a boundary table in a file together with the list of its repairs."""

from __future__ import annotations

import tempfile
from os import PathLike
from pathlib import Path

import pyogrio
from geopandas import GeoDataFrame
from pyogrio.errors import DataLayerError, DataSourceError

from shapes.errors import InputError
from shapes.sources import Source, choose_layer

__all__ = ["ledger_in", "write_boundaries"]

_ENTRY = "cityripple_repairs"


def write_boundaries(cities: GeoDataFrame, path: str | PathLike[str]) -> Path:
    """Write a boundary table to a GeoPackage, with what was repaired in it.

    `read_boundaries` finds the list again, so that the report of a study on these boundaries
    prints it.

    Parameters
    ----------
    cities : geopandas.GeoDataFrame
        Result of `read_boundaries`, `repair`, `dissolve` or `simplify`, indexed by key. The index
        becomes a column, `key` where it has no name.
    path : path
        A file ending in .gpkg; an earlier one is replaced when the new one is complete.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    InputError
        No boundary table, another ending, or a file or folder that cannot be written.

    Examples
    --------
    >>> from shapes import repair
    >>> write_boundaries(repair(cities, gaps="longest"), "边界.gpkg")  # doctest: +SKIP
    """
    if not isinstance(cities, GeoDataFrame):
        raise InputError(
            f"cities is a {type(cities).__name__}, not a boundary table; give the result of "
            "read_boundaries, repair, dissolve or simplify."
        )
    target = Path(path)
    if target.suffix.casefold() != ".gpkg":
        raise InputError(
            f"{target.name} is no GeoPackage; give a name that ends in .gpkg, which alone keeps "
            "the list of repairs."
        )
    name = cities.index.name or "key"
    if name in cities.columns:
        raise InputError(
            f"the boundaries have both an index and a column {name!r}; rename one of them."
        )
    frame = cities.rename_axis(name).reset_index()
    if not target.parent.is_dir():
        raise InputError(
            f"{target.name} cannot be written: the folder {target.parent} does not exist; make it "
            "or choose another."
        )
    kept = {_ENTRY: str(cities.attrs.get("repairs") or "[]")}
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".boundaries") as scratch:
            fresh = Path(scratch) / target.name
            pyogrio.write_dataframe(frame, fresh, driver="GPKG", layer_metadata=kept)
            fresh.replace(target)
    except (OSError, DataSourceError) as error:
        raise InputError(
            f"{target.name} cannot be written into {target.parent.name or target.parent} "
            f"({type(error).__name__}); close it in other programs or choose another folder."
        ) from None
    return target


def ledger_in(source: Source) -> str | None:
    """Repairs that `write_boundaries` kept in a file, as JSON text."""
    if source.path.suffix.casefold() != ".gpkg":
        return None
    try:
        layer = choose_layer(source.path, source)
        kept = pyogrio.read_info(source.path, layer=layer).get("layer_metadata") or {}
    except (DataSourceError, DataLayerError):
        return None
    found = kept.get(_ENTRY)
    return None if found is None else str(found)
