"""What a layer says of itself: sentences for readers, and the metadata record of QGIS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from analysis.layers.layer import Column, Layer
from analysis.terms import term

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

__all__ = ["STANDARD", "abstract", "coordinates", "moved", "record"]

STANDARD = "http://mrcc.com/qgis.dtd"


def coordinates(cities: GeoDataFrame, lang: str) -> list[str]:
    """Coordinate system, datum and source of the boundaries, as far as they are stated."""
    said: list[str] = []
    crs = cities.crs
    if crs is not None:
        said.append(term("layer.coordinates", lang, name=crs.name, code=_code(crs)))
    datum = cities.attrs.get("datum")
    if datum:
        gcj = str(datum).upper() == "GCJ-02"
        key = "layer.datum_gcj" if gcj else "layer.datum"
        said.append(term(key, lang, **({} if gcj else {"datum": datum})))
    if cities.attrs.get("source"):
        said.append(term("layer.boundaries", lang, source=cities.attrs["source"]))
    return said


def moved(cities: GeoDataFrame, lang: str) -> list[str]:
    """Sentence for a copy in longitude and latitude, where the boundaries are in another system."""
    crs = cities.crs
    if crs is None or crs.to_epsg() == 4326:
        return []
    return [term("layer.moved", lang, name=crs.name, code=_code(crs))]


def _code(crs: Any) -> str:
    """Authority's code of a coordinate system, or its kind."""
    found = crs.to_authority()
    return ":".join(found) if found else str(crs.type_name)


def abstract(layer: Layer, shown: Mapping[str, Column], rest: Sequence[str], lang: str) -> str:
    """Sentences on a layer, with its columns one by one.

    Parameters
    ----------
    layer
        Its title and what it says of itself.
    shown
        Columns as they stand in the file.
    rest
        Sentences that hold for all layers: coordinates, source, mark of made-up data.
    lang
        "en" or "zh".
    """
    glue = "" if lang == "zh" else " "
    lines = [glue.join([*layer.about, *rest, term("layer.empty", lang)])]
    lines.append(term("layer.columns", lang))
    for name, column in shown.items():
        glossed = "; " if lang == "en" else "；"
        title = glossed.join(part for part in (column.title, column.about) if part)
        lines.append(f"- {term('layer.column', lang, name=name, title=title)}")
    return "\n".join(lines)


def record(layer: Layer, text: str, cities: GeoDataFrame, lang: str) -> str:
    """Metadata as QGIS keeps them (title, abstract, history, rights, coordinate system).

    Parameters
    ----------
    layer
        Whose record it is.
    text
        The abstract.
    cities
        Boundaries, for the coordinate system and the source.
    lang
        Language of the text.
    """
    made = term("layer.made", lang, version=_version())
    source = str(cities.attrs.get("source") or "")
    crs = ""
    if cities.crs is not None:
        code = f"<authid>{escape(_code(cities.crs))}</authid>" if cities.crs.to_authority() else ""
        crs = f"<spatialrefsys><wkt>{escape(cities.crs.to_wkt())}</wkt>{code}</spatialrefsys>"
    return (
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
        '<qgis version="3.22.0">'
        f"<identifier>{escape(layer.name)}</identifier><parentidentifier></parentidentifier>"
        f"<language>{lang}</language><type>dataset</type>"
        f"<title>{escape(layer.title)}</title><abstract>{escape(text)}</abstract>"
        f"<links/><history>{escape(made)}</history><fees></fees>"
        f"<rights>{escape(source)}</rights><encoding>UTF-8</encoding><crs>{crs}</crs><extent/>"
        "</qgis>\n"
    )


def _version() -> str:
    """Version of the toolkit; empty where it runs from its folder."""
    try:
        return version("cityripple")
    except PackageNotFoundError:
        return ""
