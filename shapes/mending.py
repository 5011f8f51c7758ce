"""What had to be mended in a boundary file: polygons made valid, and the list of it all."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

__all__ = ["FILE", "Repair", "mend_polygons", "repairs", "store"]

FILE = "(file)"
Repair = tuple[str, str, str]
_COLUMNS = ["key", "problem", "detail"]
_AREAS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


def repairs(gdf: GeoDataFrame) -> pd.DataFrame:
    """Return what `read_boundaries` mended or assumed while reading, as a table.

    Parameters
    ----------
    gdf : geopandas.GeoDataFrame
        Result of `read_boundaries`; a frame that was not read by it has no repairs.

    Returns
    -------
    pandas.DataFrame
        Columns `key` (a unit, or "(file)"), `problem` and `detail`.

    Examples
    --------
    >>> from shapes import china_cities
    >>> len(repairs(china_cities()))
    0
    """
    rows = json.loads(gdf.attrs.get("repairs") or "[]")
    return pd.DataFrame(rows, columns=_COLUMNS, dtype=object)


def store(made: list[Repair]) -> str:
    """Return repairs as the JSON text that is kept in `.attrs["repairs"]`."""
    rows = [dict(zip(_COLUMNS, repair, strict=True)) for repair in made]
    return json.dumps(rows, ensure_ascii=False)


def mend_polygons(shapes: np.ndarray, keys: list[str]) -> tuple[np.ndarray, list[Repair]]:
    """Make invalid polygons valid and keep only areas; say what was done to which unit."""
    mended, made = shapes.copy(), []
    flat = shapely.has_z(mended)
    if flat.any():
        mended = shapely.force_2d(mended)
        made.append((FILE, "heights", f"the heights of {int(flat.sum())} polygons were dropped"))
    mixed = ~np.isin(shapely.get_type_id(mended), _AREAS)
    for i in np.flatnonzero(mixed):
        mended[i] = _areas_of(mended[i])
        made.append((keys[i], "mixed", "lines and points beside the polygons were left out"))
    for i in np.flatnonzero(~shapely.is_valid(mended)):
        why = shapely.is_valid_reason(mended[i])
        before = shapely.area(mended[i])
        fixed = shapely.make_valid(mended[i], method="structure", keep_collapsed=False)
        mended[i] = _areas_of(fixed)
        change = 100 * (shapely.area(mended[i]) / before - 1) if before else np.nan
        size = f", area changed by {round(change, 4):g} %" if np.isfinite(change) else ""
        made.append((keys[i], "invalid", f"{why}; made valid{size}"))
    return mended, made


def _areas_of(shape: Any) -> Any:
    parts = shapely.get_parts(shapely.get_parts(shape))
    areas = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    return areas[0] if len(areas) == 1 else shapely.multipolygons(areas)
