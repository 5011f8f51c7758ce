"""The page as a whole: one file that asks the network for nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

import pandas as pd

from analysis.fonts import FALLBACK, FAMILIES, woff
from analysis.linked.outlines import outlines
from analysis.linked.plots import hatches, plots
from analysis.linked.views import make_views
from analysis.maps.colours import CLUSTERS, cluster_looks, hexadecimal
from analysis.saving import write_whole
from analysis.terms import check_language, term
from spatial.errors import InputError
from spatial.panel import Panel

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

__all__ = ["NO_BOKEH", "PageOptions", "has_bokeh", "interactive"]

WORDS: tuple[str, ...] = ("variable", "time", "class", "value", "z", "lag", "p", "selected")
WORDS += ("nothing", "more", "clear", "hint", "slope", "colon", "comma")
WORDS += tuple(f"tool_{name}" for name in ("box", "lasso", "tap", "pan", "zoom", "reset", "hover"))
NO_BOKEH = (
    "the interactive page needs bokeh, which is not installed; install it with "
    "pip install 'cityripple[interactive]'."
)
ASCII = "".join(map(chr, range(32, 127))) + "−–"


class PageOptions(TypedDict, total=False):
    """What the page can be told.

    Attributes
    ----------
    lang
        "en" (default) or "zh".
    labels
        Printed names of columns.
    colours
        Class to colour, as in `maps.lisa`.
    times
        Which times to show; all by default.
    title, note, source
        Text above and below; the note follows what the results say of themselves.
    lines, crs
        As in `maps.lisa`.
    tolerance_m
        Metres by which thinned borders may leave the true ones (default 3000).
    """

    lang: str
    labels: Mapping[str, str]
    colours: Mapping[str, str]
    times: Sequence[Any]
    title: str
    note: str
    source: str
    lines: Any
    crs: Any
    tolerance_m: float


def interactive(
    path: str | Path,
    cities: GeoDataFrame,
    lisa: Mapping[Any, pd.DataFrame],
    data: Panel | pd.DataFrame,
    **options: Unpack[PageOptions],
) -> Path:
    """Write a page with a Moran scatter and a cluster map that are linked.

    Cities selected in one (by box, lasso or click) are selected in the other; a slider moves
    through the years, a list changes the variable, a tooltip names the city with its value, lag,
    p-value and class, and the legend counts its seven fixed classes, which a click selects. The
    page is one file: it works from disk, and forbids the browser every request to a network.

    Needs bokeh (the extra `interactive`).

    Parameters
    ----------
    path
        File to write, ending in .html.
    cities
        Boundary table indexed by key.
    lisa
        Column to its result of `spatial.lisa_by_time` (or `spatial.lisa`); (column here, column at
        the neighbours) to a result of `spatial.bilisa`.
    data
        What the results were computed from: the panel, or a frame indexed by unit where they have
        no times.
    **options
        See `PageOptions`: lang, labels, colours, times, title, note, source, lines, crs,
        tolerance_m.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    InputError
        bokeh is not installed; a result or the values do not fit; the place cannot be written.

    Examples
    --------
    >>> local = spatial.lisa_by_time(panel, "resilience", w)  # doctest: +SKIP
    >>> analysis.interactive("lisa.html", cities, {"resilience": local}, panel)  # doctest: +SKIP
    """
    target = Path(path)
    if target.suffix.lower() not in (".html", ".htm"):
        raise InputError(f"{target.name} does not end in .html; the page is an HTML file.")
    if not has_bokeh():
        raise InputError(NO_BOKEH)
    unknown = [key for key in options if key not in PageOptions.__annotations__]
    if unknown:
        raise InputError(
            f"{unknown[0]}= is unknown; the page takes {', '.join(PageOptions.__annotations__)}."
        )
    page = _render(cities, lisa, data, options)
    write_whole(target, page.encode("utf-8"))
    return target


def has_bokeh() -> bool:
    """Whether bokeh can be imported."""
    return find_spec("bokeh") is not None


def _render(
    cities: GeoDataFrame,
    lisa: Mapping[Any, pd.DataFrame],
    data: Panel | pd.DataFrame,
    options: PageOptions,
) -> str:
    from bokeh.embed import json_item
    from bokeh.layouts import row
    from bokeh.resources import Resources
    from jinja2 import Environment

    lang = check_language(options.get("lang", "en"))
    drawn = outlines(
        cities,
        lang=lang,
        lines=options.get("lines"),
        crs=options.get("crs"),
        tolerance_m=options.get("tolerance_m", 3000.0),
    )
    views = make_views(
        lisa,
        data,
        drawn.labels,
        labels=options.get("labels") or {},
        lang=lang,
        times=options.get("times"),
    )
    words = {key: term(f"page.{key}", lang) for key in WORDS}
    names = {key: term(f"cluster.{key}", lang) for key in CLUSTERS}
    looks = cluster_looks(names, options.get("colours"))
    shown = plots(drawn, words, lang)
    payload = {
        "words": words,
        "classes": [
            {"key": look.key, "text": look.text, "face": hexadecimal(look.face), "hatch": hatch}
            for look, hatch in zip(looks, hatches(looks), strict=True)
        ],
        "views": [view.as_json() for view in views],
    }
    title = options.get("title") or term("page.title", lang)
    foot = [text for text in (options.get("note"),) if text]
    if options.get("source"):
        foot.append(term("map.source", lang, source=options["source"]))
    fields = {
        "lang": lang,
        "title": title,
        "words": words,
        "foot": foot,
        "families": f"'{FAMILIES[0]}', {FALLBACK}",
        "family": FAMILIES[0],
        "payload": _script(payload),
        "plots": _script(json_item(row(*shown))),
        "libraries": Resources(mode="inline", components=["bokeh"]).js_raw,
        "code": _template("page.js"),
        "style": _template("page.css"),
    }
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    page = environment.from_string(_template("page.html.j2"))
    written = [ASCII, str(fields["payload"]), title, *foot, *drawn.names, *drawn.aliases]
    return str(page.render(**fields, font=woff("".join(sorted(set("".join(written)))))))


def _script(value: Any) -> str:
    """JSON that may stand in a script element, whatever names it holds."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False).replace("<", "\\u003c")


def _template(name: str) -> str:
    return files("analysis.linked").joinpath("templates", name).read_text(encoding="utf-8")
