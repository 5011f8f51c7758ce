"""What had to be mended in a boundary file: polygons made valid, and the list of it all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

from shapes.errors import counted
from shapes.measuring import measure_of

__all__ = ["FILE", "Change", "Repair", "mend_polygons", "repairs", "store"]

FILE = "(file)"
Repair = tuple[str, str, str]
Change = tuple[str, str, str, float, float]
_COLUMNS = ["key", "problem", "detail", "before", "after"]
_AREAS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


def repairs(gdf: GeoDataFrame) -> pd.DataFrame:
    """Return what `read_boundaries` mended or assumed and what `repair` changed, as a table.

    Parameters
    ----------
    gdf : geopandas.GeoDataFrame
        Result of `read_boundaries`, `repair` or `dissolve`; any other frame has no repairs.

    Returns
    -------
    pandas.DataFrame
        One row per repair in the order in which they were made. Columns `key` (a unit, or
        "(file)"), `problem`, `detail`, and `before` and `after`: the area of the unit in m²,
        missing where the repair concerns no area.

    Examples
    --------
    >>> from shapes import china_cities
    >>> len(repairs(china_cities()))
    0
    """
    rows = json.loads(gdf.attrs.get("repairs") or "[]")
    table = pd.DataFrame(rows, columns=_COLUMNS, dtype=object)
    return table.astype({"before": float, "after": float})


def store(made: Sequence[Repair | Change], earlier: str | None = None) -> str:
    """Return repairs, after earlier ones, as the JSON text that is kept in `.attrs["repairs"]`."""
    rows = [dict(zip(_COLUMNS, repair, strict=False)) for repair in made]
    return json.dumps([*json.loads(earlier or "[]"), *rows], ensure_ascii=False)


def mend_polygons(frame: GeoDataFrame, keys: list[str]) -> tuple[np.ndarray, list[Repair | Change]]:
    """Make invalid polygons valid and keep only areas; say what was done to which unit."""
    mended = frame.geometry.to_numpy(copy=True)
    made: list[Repair | Change] = []
    flat = shapely.has_z(mended)
    if flat.any():
        mended = shapely.force_2d(mended)
        made.append(
            (
                FILE,
                "heights",
                f"the heights of {counted(int(flat.sum()), 'polygon', 'polygons')} were dropped",
            )
        )
    mixed = ~np.isin(shapely.get_type_id(mended), _AREAS)
    for i in np.flatnonzero(mixed):
        mended[i] = _areas_of(mended[i])
        made.append((keys[i], "mixed", "lines and points beside the polygons were left out"))
    broken = np.flatnonzero(~shapely.is_valid(mended))
    if not len(broken):
        return mended, made
    measure = measure_of(frame)
    for i in broken:
        why = shapely.is_valid_reason(mended[i])
        fixed = shapely.make_valid(mended[i], method="structure", keep_collapsed=False)
        pair = np.array([mended[i], _areas_of(fixed)], dtype=object)
        before, after = (float(area) for area in shapely.area(measure.plane(pair)))
        mended[i] = pair[1]
        change = 100 * (after / before - 1) if before else np.nan
        size = f", area changed by {round(change, 4):g} %" if np.isfinite(change) else ""
        made.append((keys[i], "invalid", f"{why}; made valid{size}", before, after))
    return mended, made


def _areas_of(shape: Any) -> Any:
    parts = shapely.get_parts(shapely.get_parts(shape))
    areas = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    return areas[0] if len(areas) == 1 else shapely.multipolygons(areas)
