"""Maps of graphs: links over boundaries, isolates and components; two graphs compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from analysis.maps.colours import CLUSTERS, MISSING, Look
from analysis.maps.compose import Panel, compose
from analysis.maps.layer import Layer, prepare, rows_of
from analysis.maps.options import Options, Sheet, read_options
from analysis.terms import check_language, term
from spatial.errors import InputError, is_whole
from spatial.weights import label
from spatial.weights.facts import Facts
from spatial.weights.operator import Operator, operator

if TYPE_CHECKING:
    import geopandas as gpd
    from libpysal.graph import Graph
    from matplotlib.figure import Figure

__all__ = ["links"]

Pairs = npt.NDArray[np.intp]
Lines = Mapping[str, npt.NDArray[np.float64]]
MOST_LINES = 20_000
COMPONENTS = ("#e6edf3", "#f7cfa6", "#bfe0b4", "#d9c8ea", "#f4e49a", "#aedbdd", "#f3bcc6")
FURTHER = "#c9c9c9"
LINK, ONE_WAY, BRIDGE, RESCUED = "#4a5a6a", "#9db0c2", "#d1382c", "#e08a1e"
INK, THIN = 2.5, (0.2, 0.6)  # points times links per millimetre of width, and the limits in points
SHARED, FIRST, SECOND = "#8a8a8a", "#2878b8", "#c8401e"


def links(
    cities: gpd.GeoDataFrame,
    w: Graph | Mapping[Any, Graph],
    *,
    other: Graph | None = None,
    top: int | None = None,
    **options: Unpack[Options],
) -> Figure:
    """Map a graph: its links over the boundaries, its components and its isolates.

    Units are coloured by component, the largest pale; units without a neighbour are crossed.
    Pairs joined by hand (bridges) and isolates joined to their nearest have colours of their own;
    where some links go one way only, as among nearest neighbours, they are paler than mutual ones.

    Parameters
    ----------
    cities
        Boundary layer, indexed like the weights; units that the weights lack are drawn as such.
    w
        A graph, or a mapping from name or time to graph (`weights.by_period`): a panel each.
    other
        A second graph: the map then shows which links both have and which only one, and who has no
        neighbour in which; `weights.compare` gives the numbers.
    top
        Draw only the heaviest links of each unit, so many of them; needed where all would be more
        than 20,000 lines. Components and isolates are those of the whole graph.
    **options
        See `Options`: lang, width_mm, font_size, ax, title, note, source, approval, labels, lines,
        inset, crs, graticule, legend, columns.

    Returns
    -------
    matplotlib.figure.Figure
        Not registered with pyplot; save it with `maps.save`.

    Raises
    ------
    InputError
        The weights hold units that the layer lacks (named), or too many lines.

    Examples
    --------
    >>> maps.links(cities, weights.contiguity(cities), lang="zh")  # doctest: +SKIP
    """
    sheet = read_options(options)
    if top is not None and (not is_whole(top) or top < 1):
        raise InputError(f"top={top!r} is no number of links; give 1, 2, 3 and so on.")
    layer = prepare(cities, sheet)
    if other is not None:
        if isinstance(w, Mapping):
            raise InputError("other= compares two graphs; give one graph, not a mapping, as w.")
        return _compared(layer, w, other, top, sheet)
    graphs = dict(w) if isinstance(w, Mapping) else {"": w}
    if not graphs:
        raise InputError("there is no graph to draw; give one, or a mapping that holds some.")
    operators = {str(head): operator(graph) for head, graph in graphs.items()}
    looks = _looks(list(operators.values()), sheet, top)
    panels = [_panel(head, op, layer, looks, top) for head, op in operators.items()]
    lang = check_language(sheet.lang)
    notes = [*_said({head: label(g, lang) for head, g in graphs.items()}, lang), *_only(top, sheet)]
    return compose(layer, looks, panels, sheet=sheet, notes=notes)


def _said(labels: Mapping[Any, str], lang: str) -> list[str]:
    """Weights of the map; of each panel where they differ."""
    if len(set(labels.values())) == 1:
        return [term("graph.weights", lang, weights=next(iter(labels.values())))]
    return [term("graph.panel", lang, head=head, weights=text) for head, text in labels.items()]


def _only(top: int | None, sheet: Sheet) -> list[str]:
    return [] if top is None else [term("graph.top", sheet.lang, count=top)]


def _looks(operators: list[Operator], sheet: Sheet, top: int | None) -> list[Look]:
    """Components by size, isolates and units outside; then the kinds of lines that occur."""
    lang = sheet.lang
    most = max(_components(op)[1] for op in operators)
    shown = [
        Look(f"component {k + 1}", term("graph.component", lang, number=k + 1), face)
        for k, face in enumerate(COMPONENTS[:most])
    ]
    if most > len(COMPONENTS):
        shown.append(Look("further", term("graph.further", lang), FURTHER))
    face, hatch = CLUSTERS["isolate"]
    shown.append(Look("isolate", term("map.isolate", lang), face, hatch))
    shown.append(Look("missing", term("graph.outside", lang), *MISSING))
    room = sheet.width_mm / (1 if len(operators) == 1 else 2)
    densest = max(min(op.matrix.nnz / 2, op.n * (top or op.n)) for op in operators)
    width = float(np.clip(INK * room / max(densest, 1.0), *THIN))
    strokes = [Look("link", term("graph.link", lang), LINK, stroke=width)]
    if any(_is_one_way(op) for op in operators):
        strokes.append(Look("one_way", term("graph.one_way", lang), ONE_WAY, stroke=width))
    if any(_listed(op.facts)["bridge"] for op in operators):
        strokes.append(Look("bridge", term("graph.bridge", lang), BRIDGE, stroke=1.3))
    if any(_listed(op.facts)["rescued"] for op in operators):
        words = term("graph.rescued", lang)
        strokes.append(Look("rescued", words, RESCUED, stroke=1.1, dashes=(3, 1.2)))
    return [*shown, *strokes]


def _components(op: Operator) -> tuple[npt.NDArray[np.intp], int]:
    """Rank by size of each unit's component, −1 for isolates, and how many there are."""
    from scipy.sparse.csgraph import connected_components

    _, of = connected_components(op.matrix, directed=True, connection="weak")
    sizes = np.bincount(of)
    order = np.argsort(-sizes, kind="stable")
    rank = np.empty(len(sizes), dtype=np.intp)
    rank[order] = np.arange(len(sizes))
    return np.where(sizes[of] > 1, rank[of], -1), int((sizes > 1).sum())


def _is_one_way(op: Operator) -> bool:
    pattern = op.matrix.sign()
    return bool((pattern - pattern.T).nnz)


def _panel(head: str, op: Operator, layer: Layer, looks: list[Look], top: int | None) -> Panel:
    """Class of each unit and lines of each kind."""
    keys = [look.key for look in looks]
    rows = rows_of(op.ids, layer, "the graph")
    codes = np.full(len(layer.labels), keys.index("missing"), dtype=np.intp)
    rank, _ = _components(op)
    last = keys.index("isolate") - 1
    codes[rows] = np.where(rank < 0, keys.index("isolate"), np.minimum(rank, last))
    kinds = _kinds(op, top)
    points = layer.points[rows]
    return Panel(head, codes, {key: points[kinds[key]] for key in keys if key in kinds})


def _kinds(op: Operator, top: int | None) -> dict[str, Pairs]:
    """Pairs (m, 2) of links in both directions, in one, by bridges and from rescued isolates."""
    drawn = _heaviest(op.matrix, top)
    pairs = _pairs(drawn)
    _refuse_many(len(pairs))
    kind = np.where(_mutual(op.matrix, pairs), "link", "one_way").astype(object)
    for name, listed in _listed(op.facts).items():
        known = {tuple(sorted(op.labels.get_indexer(pd.Index(pair)))) for pair in listed}
        kind[[tuple(sorted(pair)) in known for pair in pairs.tolist()]] = name
    return {name: pairs[kind == name] for name in ("link", "one_way", "bridge", "rescued")}


def _listed(facts: Facts) -> dict[str, list[tuple[str, str]]]:
    """Pairs joined by hand and rescued isolates, of the graph and of those it was made of."""
    parts = [_listed(part) for part in facts.parts]
    return {
        "bridge": [*facts.bridges, *(pair for part in parts for pair in part["bridge"])],
        "rescued": [*facts.rescued, *(pair for part in parts for pair in part["rescued"])],
    }


def _mutual(matrix: sparse.csr_array, pairs: Pairs) -> npt.NDArray[np.bool_]:
    """Whether the link of each pair goes both ways."""
    both = sparse.csr_array(matrix.sign().multiply(matrix.T.sign()))
    n = matrix.shape[0]
    cells = both.tocoo()
    known = cells.coords[0].astype(np.int64) * n + cells.coords[1]
    return np.isin(pairs[:, 0].astype(np.int64) * n + pairs[:, 1], known)


def _pairs(matrix: sparse.csr_array) -> Pairs:
    """Pairs (m, 2), first < second, that are linked in either direction."""
    rows, columns = matrix.tocoo().coords
    found = np.sort(np.column_stack([rows, columns]), axis=1)
    return np.unique(found, axis=0).astype(np.intp).reshape(-1, 2)


def _heaviest(matrix: sparse.csr_array, top: int | None) -> sparse.csr_array:
    """Only the heaviest links of each row; of equal ones the first."""
    if top is None:
        return matrix
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    order = np.lexsort((matrix.indices, -matrix.data, rows))
    place = np.arange(len(order)) - matrix.indptr[rows[order]]
    keep = order[place < top]
    cells = (matrix.data[keep], (rows[keep], matrix.indices[keep]))
    return sparse.csr_array(cells, shape=matrix.shape)


def _refuse_many(count: int) -> None:
    if count > MOST_LINES:
        raise InputError(
            f"the graph has {count:,} links, which would fill the map; give top=, the heaviest "
            "links of each unit to be drawn, such as top=3."
        )


def _compared(layer: Layer, a: Graph, b: Graph, top: int | None, sheet: Sheet) -> Figure:
    """One map of the links of two graphs."""
    lang = check_language(sheet.lang)
    n = len(layer.labels)
    has, alone = np.zeros((2, n), dtype=bool), np.zeros((2, n), dtype=bool)
    cells = []
    for k, op in enumerate((operator(a), operator(b))):
        rows = rows_of(op.ids, layer, "the graph")
        has[k, rows], alone[k, rows] = True, op.isolates
        pairs = np.sort(rows[_pairs(_heaviest(op.matrix, top))], axis=1)
        cells.append(pairs[:, 0].astype(np.int64) * n + pairs[:, 1])
    first, second = cells
    kinds = {
        "shared": np.intersect1d(first, second),
        "first": np.setdiff1d(first, second),
        "second": np.setdiff1d(second, first),
    }
    _refuse_many(sum(map(len, kinds.values())))
    codes = np.select([alone[0] & alone[1], alone[0], alone[1], has.any(axis=0)], [1, 2, 3, 0], 4)
    points = layer.points
    lines = {key: points[np.column_stack([cell // n, cell % n])] for key, cell in kinds.items()}
    words = term("graph.pair", lang, first=label(a, lang), second=label(b, lang))
    panels = [Panel("", codes, lines)]
    return compose(layer, _pair_looks(lang), panels, sheet=sheet, notes=[words, *_only(top, sheet)])


def _pair_looks(lang: str) -> list[Look]:
    """Units with and without neighbours in two graphs, and their links."""
    face, hatch = CLUSTERS["isolate"]
    return [
        Look("unit", term("graph.unit", lang), "#f4f4f4"),
        Look("isolate_both", term("graph.isolate_both", lang), face, hatch),
        Look("isolate_first", term("graph.isolate_first", lang), "#cfe3f3", hatch),
        Look("isolate_second", term("graph.isolate_second", lang), "#f7d5c8", hatch),
        Look("missing", term("graph.outside", lang), *MISSING),
        Look("shared", term("graph.shared", lang), SHARED, stroke=0.5),
        Look("first", term("graph.first", lang), FIRST, stroke=0.7),
        Look("second", term("graph.second", lang), SECOND, stroke=0.7),
    ]
