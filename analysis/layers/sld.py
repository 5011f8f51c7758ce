"""Styles as SLD (OGC Styled Layer Descriptor 1.1.0, Symbology Encoding 1.1.0)."""

from __future__ import annotations

from xml.sax.saxutils import escape

from analysis.layers.styles import EDGE, HATCHES, Entry, Style
from analysis.maps.colours import Look

__all__ = ["sld"]

EDGE_PIXELS, HATCH_PIXELS = 0.4, 5
SPACES = " ".join(
    [
        'xmlns="http://www.opengis.net/sld"',
        'xmlns:se="http://www.opengis.net/se"',
        'xmlns:ogc="http://www.opengis.net/ogc"',
        'xmlns:xlink="http://www.w3.org/1999/xlink"',
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"',
        'xsi:schemaLocation="http://www.opengis.net/sld '
        'http://schemas.opengis.net/sld/1.1.0/StyledLayerDescriptor.xsd"',
    ]
)


def sld(style: Style, layer: str) -> str:
    """Write a style as one rule for each class.

    Hatches are marks called slash, backslash, x, horline, line and cross, as QGIS writes and reads
    them; of these x and cross are in the standard, and other programs may draw the rest as squares.

    Parameters
    ----------
    style
        What is drawn.
    layer
        Name of the layer that is styled.
    """
    rules = "".join(_rule(style, entry) for entry in style.entries)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<StyledLayerDescriptor version="1.1.0" {SPACES}><NamedLayer>'
        f"<se:Name>{escape(layer)}</se:Name><UserStyle><se:Name>{escape(style.name)}</se:Name>"
        f"<se:FeatureTypeStyle>{rules}</se:FeatureTypeStyle></UserStyle></NamedLayer>"
        "</StyledLayerDescriptor>\n"
    )


def _rule(style: Style, entry: Entry) -> str:
    text = escape(entry.look.text)
    return (
        f"<se:Rule><se:Name>{text}</se:Name><se:Description><se:Title>{text}</se:Title>"
        f"</se:Description><ogc:Filter>{_filter(style.attribute, entry)}</ogc:Filter>"
        f"{_fill(entry.look)}</se:Rule>"
    )


def _filter(attribute: str, entry: Entry) -> str:
    """Condition that holds for the units of a class."""
    column = f"<ogc:PropertyName>{escape(attribute)}</ogc:PropertyName>"
    empty = f"<ogc:PropertyIsNull>{column}</ogc:PropertyIsNull>"
    if entry.empty:
        return empty
    tests = {
        "PropertyIsEqualTo": entry.value,
        "PropertyIsGreaterThan": entry.above,
        "PropertyIsLessThanOrEqualTo": entry.upto,
    }
    found = [
        f"<ogc:{test}>{column}<ogc:Literal>{escape(str(bound))}</ogc:Literal></ogc:{test}>"
        for test, bound in tests.items()
        if bound is not None
    ]
    if len(found) > 1:
        return f"<ogc:And>{''.join(found)}</ogc:And>"
    return found[0] if found else f"<ogc:Not>{empty}</ogc:Not>"


def _fill(look: Look) -> str:
    """Fill with a border, and over it a hatch."""
    body = (
        f"<se:Fill>{_parameter('fill', look.face)}</se:Fill>"
        f"<se:Stroke>{_parameter('stroke', EDGE)}{_parameter('stroke-width', EDGE_PIXELS)}"
        "</se:Stroke>"
    )
    hatch = ""
    if look.hatch:
        hatch = (
            "<se:Fill><se:GraphicFill><se:Graphic><se:Mark>"
            f"<se:WellKnownName>{HATCHES[look.hatch[0]][0]}</se:WellKnownName><se:Fill>"
            f"{_parameter('fill', EDGE)}</se:Fill><se:Stroke>{_parameter('stroke', EDGE)}"
            f"</se:Stroke></se:Mark><se:Size>{HATCH_PIXELS}</se:Size></se:Graphic>"
            "</se:GraphicFill></se:Fill>"
        )
    return "".join(
        f"<se:PolygonSymbolizer>{part}</se:PolygonSymbolizer>" for part in (body, hatch) if part
    )


def _parameter(name: str, value: object) -> str:
    return f'<se:SvgParameter name="{name}">{value}</se:SvgParameter>'
