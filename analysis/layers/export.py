"""Hand results over to a GIS: GeoPackage, GeoJSON, shapefile, and their styles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

import pandas as pd

from analysis.layers import themes
from analysis.layers.files import WRITERS, write_files
from analysis.layers.stored import make_package
from analysis.layers.themes import Frames, Wording
from analysis.terms import check_language
from spatial.errors import InputError, named

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from analysis.maps.colours import Look

__all__ = ["FORMATS", "ExportOptions", "export_layers"]

FORMATS = tuple(WRITERS)
FOLDER_FORMATS = ("gpkg", "qml", "sld")


class ExportOptions(TypedDict, total=False):
    """Words, colours and formats of `export_layers`.

    Attributes
    ----------
    formats
        For a folder: which of gpkg, geojson, shp, qml, sld to write (default gpkg, qml, sld).
    lang
        Language of legends and metadata, "en" or "zh".
    labels
        Printed names of columns, terms and classes.
    colours
        Class to colour, as in `maps.lisa`: {"HH": "black"}.
    about
        Further sentences for the metadata by theme ("lisa", "spillover", …) or name of a layer.
    note
        Sentence for the metadata of every layer (synthetic data, licence).
    """

    formats: Sequence[str]
    lang: str
    labels: Mapping[str, str]
    colours: Mapping[str, str]
    about: Mapping[str, Sequence[str] | str]
    note: str


def export_layers(
    path: str | Path,
    cities: GeoDataFrame,
    *,
    lisa: Frames | None = None,
    bilisa: Frames | None = None,
    hot_spots: Frames | None = None,
    changes: Frames | None = None,
    spillover: Frames | None = None,
    profiles: Frames | None = None,
    values: Frames | None = None,
    classes: Mapping[str, tuple[pd.Series[Any], Sequence[Look]]] | None = None,
    **options: Unpack[ExportOptions],
) -> list[Path]:
    """Write results per city for a GIS, a styled layer per theme, name and year.

    Layers are called lisa_2022 (lisa_NAME_2022 where `lisa` maps names to results), bilisa_…,
    hot_spots_…, lisa_change_…, spillover (or spillover_TERM), profiles_…, values. Every layer holds
    all cities; where a result lacks one, its class is "missing" and its numbers are empty. Colours
    are those of the printed maps: classes as in `maps.lisa`, `hot_spots`, `lisa_change`,
    `categories` and `significance` (a second style of local statistics), spillovers as in
    `maps.spillover`, numbers as in `maps.choropleth`. A layer has a style for each column that a
    map can show.

    The suffix of `path` says what is written:

    - ``.gpkg``: one GeoPackage. Shapes are stored once, in the layer "cities"; the others are views
      of them. QGIS applies the default style by itself and shows the metadata (what was computed
      and how, columns with their units, coordinates, source) in the layer's properties.
    - ``.geojson``, ``.shp``: one file for each layer, called as `path` or, of several layers,
      PATH_LAYER, with its style beside it as .qml (which QGIS applies by itself) and .sld. GeoJSON
      is in longitude and latitude. Names in a shapefile have at most ten bytes; PATH_fields.csv
      says which column became which, and how many of its cells are empty (some programs show them
      as 0) or cut.
    - none: a folder with `formats`: layers.gpkg, geojson/, shp/, and styles/ with the .qml and .sld
      of every style.

    Parameters
    ----------
    path
        File or folder; files are replaced only when all new ones are complete.
    cities
        Boundary table indexed by key.
    lisa, bilisa, hot_spots
        Result of `spatial.lisa`, `spatial.bilisa`, `spatial.getis_ord` or of their twins by time,
        or a mapping from names to such.
    changes
        Result of `spatial.lisa_change`, or a mapping from names to such.
    spillover
        Result of `fit.effects_by_unit(term)`, or a mapping from terms to such.
    profiles
        Result of `analysis.profiles.city_profiles`, or a mapping from terms to such.
    values
        Any further columns per city (indexed by key), or a mapping from layer names to such tables.
    classes
        Layer name to (class of each city, looks): a Series indexed by key or (time, key), and for
        each class its key, text, face and hatch.
    **options
        See `ExportOptions`: formats, lang, labels, colours, about, note.

    Returns
    -------
    list of Path
        The files that were written, the parts of a shapefile by its .shp.

    Raises
    ------
    InputError
        A result names a city that `cities` lacks, suffix or format is unknown, there is nothing to
        write, or the place cannot be written.

    Examples
    --------
    >>> sent = fit.effects_by_unit("x")  # doctest: +SKIP
    >>> export_layers("results.gpkg", cities, lisa=local, spillover=sent)  # doctest: +SKIP
    >>> export_layers("gis", cities, lisa=local, formats=["gpkg", "shp"])  # doctest: +SKIP
    """
    lang = check_language(options.get("lang", "en"))
    target = Path(path)
    formats = _formats(target, options.get("formats"))
    wording = Wording(
        lang, options.get("labels") or {}, options.get("colours") or {}, options.get("about") or {}
    )
    layers = [
        *themes.local("lisa", lisa, wording),
        *themes.local("bilisa", bilisa, wording),
        *themes.local("hot_spots", hot_spots, wording),
        *themes.changes(changes, wording),
        *themes.spillovers(spillover, wording),
        *themes.profiles(profiles, wording),
        *themes.values(values, wording),
        *themes.classed(classes, wording),
    ]
    if not layers:
        raise InputError(
            "there is nothing to export; give lisa=, bilisa=, hot_spots=, changes=, spillover=, "
            "profiles=, values= or classes=."
        )
    package = make_package(cities, layers, wording, options.get("note", ""))
    return write_files(target, package, formats)


def _formats(target: Path, asked: Sequence[str] | None) -> tuple[str, ...]:
    """Formats that suffix or argument ask for."""
    kind = target.suffix.lower().removeprefix(".")
    if kind in ("gpkg", "geojson", "shp"):
        if asked is not None and tuple(asked) != (kind,):
            raise InputError(
                f"{target.name} asks for {kind} and formats= for {named(asked)}; give the name of "
                "a folder with formats=."
            )
        return (kind,)
    if kind and not target.is_dir():
        raise InputError(
            f"{target.name} does not end in .gpkg, .geojson or .shp; end it so, or give a folder "
            "without a suffix."
        )
    formats = FOLDER_FORMATS if asked is None else (asked,) if isinstance(asked, str) else asked
    unknown = [name for name in formats if name not in FORMATS]
    if unknown or not formats:
        raise InputError(f"formats={list(formats)!r} is not known; there are {', '.join(FORMATS)}.")
    return tuple(formats)
