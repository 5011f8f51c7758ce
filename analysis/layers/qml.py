"""QGIS styles as QML text: polygons coloured by class or graded by a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import quoteattr

from analysis.layers.styles import EDGE, EDGE_MM, HATCHES, Entry, Style
from analysis.maps.colours import Look

__all__ = ["qml"]

HATCH = {"color": "#6e6e6e", "width": "0.1", "distance": "1.1"}  # millimetres


def qml(style: Style, titles: Mapping[str, str] | None = None) -> str:
    """Write a style as QGIS reads it.

    Classes of text become categories. Numbers become rules and not QGIS's graduated renderer, which
    leaves polygons without a number out of the map.

    Parameters
    ----------
    style
        What is drawn.
    titles
        Printed names of columns, which QGIS shows in their place.

    Examples
    --------
    >>> from analysis.layers.styles import by_class
    >>> 'attr="type"' in qml(by_class("Type", "type", [Look("a", "A", "#9a0f26")], "en"))
    True
    """
    if any(entry.value is not None for entry in style.entries):
        kind = f'type="categorizedSymbol" attr={quoteattr(style.attribute)}'
        classes = f"<categories>{''.join(map(_category, style.entries, _numbers(style)))}"
        classes += "</categories>"
    else:
        kind = 'type="RuleRenderer"'
        rules = (_rule(style, entry, i) for i, entry in enumerate(style.entries))
        classes = f'<rules key="root">{"".join(rules)}</rules>'
    symbols = "".join(_symbol(i, entry.look) for i, entry in enumerate(style.entries))
    return (
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
        '<qgis version="3.22.0" styleCategories="Symbology|Fields">'
        f'<renderer-v2 {kind} enableorderby="0" forceraster="0" symbollevels="0">'
        f"{classes}<symbols>{symbols}</symbols></renderer-v2>"
        f"{_aliases(titles or {})}<layerGeometryType>2</layerGeometryType></qgis>\n"
    )


def _numbers(style: Style) -> Sequence[int]:
    return range(len(style.entries))


def _category(entry: Entry, number: int) -> str:
    """Category of one value; the empty value stands for all that no other category holds."""
    return (
        f'<category render="true" type="string" symbol="{number}" '
        f"value={quoteattr(entry.value or '')} label={quoteattr(entry.look.text)}/>"
    )


def _rule(style: Style, entry: Entry, number: int) -> str:
    return (
        f'<rule key="{number}" symbol="{number}" filter={quoteattr(_test(style, entry))} '
        f"label={quoteattr(entry.look.text)}/>"
    )


def _test(style: Style, entry: Entry) -> str:
    """Expression that holds for the units of a class of numbers."""
    column = '"' + style.attribute.replace('"', '""') + '"'
    if entry.empty:
        return f"{column} IS NULL"
    bounds = [f"{column} > {entry.above!r}"] if entry.above is not None else []
    bounds += [f"{column} <= {entry.upto!r}"] if entry.upto is not None else []
    return " AND ".join(bounds) or f"{column} IS NOT NULL"


def _aliases(titles: Mapping[str, str]) -> str:
    rows = "".join(
        f"<alias field={quoteattr(field)} name={quoteattr(title)}/>"
        for field, title in titles.items()
    )
    return f"<aliases>{rows}</aliases>" if rows else ""


def _symbol(number: int, look: Look) -> str:
    """Fill with a border, and over it the lines of a hatch."""
    fill = {
        "color": _rgba(look.face),
        "outline_color": _rgba(EDGE),
        "outline_style": "solid",
        "outline_width": str(EDGE_MM),
        "outline_width_unit": "MM",
        "style": "solid",
    }
    angles = HATCHES[look.hatch[0]][1] if look.hatch else ()
    hatches = "".join(_hatch(number, i, angle) for i, angle in enumerate(angles, start=1))
    return (
        f'<symbol type="fill" name="{number}" alpha="1" clip_to_extent="1" force_rhr="0">'
        f"{_layer('SimpleFill', fill)}{hatches}</symbol>"
    )


def _hatch(number: int, place: int, angle: int) -> str:
    """Parallel lines at an angle."""
    lines = {
        "line_color": _rgba(HATCH["color"]),
        "line_style": "solid",
        "line_width": HATCH["width"],
        "line_width_unit": "MM",
    }
    pattern = {
        "angle": str(angle),
        "distance": HATCH["distance"],
        "distance_unit": "MM",
        "line_width": HATCH["width"],
        "line_width_unit": "MM",
        "color": _rgba(HATCH["color"]),
    }
    symbol = (
        f'<symbol type="line" name="@{number}@{place}" alpha="1" clip_to_extent="1" force_rhr="0">'
        f"{_layer('SimpleLine', lines)}</symbol>"
    )
    return _layer("LinePatternFill", pattern, symbol)


def _layer(kind: str, options: Mapping[str, str], inside: str = "") -> str:
    """Layer of a symbol; options stand twice, for QGIS before and since 3.18."""
    rows = "".join(f'<Option type="QString" name="{k}" value="{v}"/>' for k, v in options.items())
    props = "".join(f'<prop k="{k}" v="{v}"/>' for k, v in options.items())
    return (
        f'<layer class="{kind}" enabled="1" locked="0" pass="0">'
        f'<Option type="Map">{rows}</Option>{props}{inside}</layer>'
    )


def _rgba(colour: str) -> str:
    return ",".join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5)) + ",255"
