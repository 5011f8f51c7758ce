"""Graphs cut to the units of the data, one for each distinct set of units and weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from spatial.errors import InputError, named
from spatial.labels import canonical, canonical_index
from spatial.network import Block, Network, one_block
from spatial.sheet import Sheet
from spatial.weights.logdet import Method
from spatial.weights.operator import Operator, align, check_scaling, operator

if TYPE_CHECKING:
    from libpysal.graph import Graph

__all__ = ["Gathered", "Weights", "gather"]

Weights = Any
"""A libpysal Graph, or a mapping from each time to one."""


@dataclass(frozen=True, eq=False)
class Gathered:
    """Network over the rows of a sheet, a graph to name it by, and sentences."""

    network: Network
    graph: Graph
    notes: tuple[str, ...]


def gather(w: Weights, sheet: Sheet, *, stacklevel: int, logdet: Method = "auto") -> Gathered:
    """Match weights with the units of each time by label, cut and re-scale them.

    `logdet` says how their log-determinants are to be found.
    """
    layout = sheet.layout
    if not isinstance(w, Mapping):
        aligned = align(w, sheet.units, what="the data", stacklevel=stacklevel + 1)
        scaling = check_scaling(aligned.operator, stacklevel=stacklevel + 1)
        notes = tuple(note for note in (*aligned.notes, scaling) if note)
        if layout.balanced:
            return Gathered(one_block(aligned.operator, layout.n_times, logdet), w, notes)
        network = _network(dict.fromkeys(range(layout.n_times), aligned.operator), sheet, logdet)
        return Gathered(network, w, (*notes, *_orphans(network, aligned.operator, sheet)))
    graphs = _by_time(w, sheet)
    operators: dict[int, Operator] = {}
    notes = ()
    for time, graph in graphs.items():
        units = _units_for(graph, time, sheet)
        aligned = align(graph, units, what="the data", stacklevel=stacklevel + 1)
        scaling = check_scaling(aligned.operator, stacklevel=stacklevel + 1)
        notes = (*notes, *(note for note in (*aligned.notes, scaling) if note))
        operators[time] = aligned.operator
    network = _network(operators, sheet, logdet)
    if len({id(graph) for graph in graphs.values()}) > 1:
        notes = (*notes, f"Weights differ between years ({len(set(map(id, graphs.values())))}).")
    return Gathered(network, graphs[layout.n_times - 1], tuple(dict.fromkeys(notes)))


def _by_time(w: Mapping[Any, Graph], sheet: Sheet) -> dict[int, Graph]:
    """Graph of each time of the data, by its place."""
    if sheet.times is None:
        raise InputError("graphs by year need a panel; give a cross-section one graph.")
    known = {canonical(time): graph for time, graph in w.items()}
    absent = [time for time in sheet.times if canonical(time) not in known]
    if absent:
        raise InputError(
            f"the graphs by year lack {named(absent)}; give one for every {sheet.time_name} of the "
            "data."
        )
    return {place: known[canonical(time)] for place, time in enumerate(sheet.times)}


def _units_for(graph: Graph, time: int, sheet: Sheet) -> pd.Index:
    """All units where the graph has them, so that a year's absences are cut without a warning."""
    if canonical_index(sheet.units, "the data").isin(operator(graph).labels).all():
        return sheet.units
    return sheet.units.take(sheet.layout.unit_codes[sheet.layout.time_codes == time])


def _network(operators: Mapping[int, Operator], sheet: Sheet, logdet: Method) -> Network:
    """Blocks of the times that share weights and units."""
    layout = sheet.layout
    groups: dict[tuple[int, bytes], list[int]] = {}
    starts = np.searchsorted(layout.time_codes, np.arange(layout.n_times + 1))
    for time, weights in operators.items():
        present = layout.unit_codes[starts[time] : starts[time + 1]]
        groups.setdefault((id(weights), present.tobytes()), []).append(time)
    blocks = []
    for times in groups.values():
        present = layout.unit_codes[starts[times[0]] : starts[times[0] + 1]]
        weights = operators[times[0]]
        if len(present) < weights.n:
            weights = weights.restricted(present.astype(np.intp))
        rows = np.stack([np.arange(starts[t], starts[t + 1]) for t in times])
        blocks.append(Block(weights, rows))
    return Network(tuple(blocks), layout.n, logdet)


def _orphans(network: Network, whole: Operator, sheet: Sheet) -> tuple[str, ...]:
    """Sentence on units whose neighbours are all absent in some year."""
    found: dict[str, None] = {}
    for block in network.blocks:
        codes = sheet.layout.unit_codes[block.rows[0]]
        for unit in codes[block.operator.isolates & ~whole.isolates[codes]]:
            found[str(sheet.units[unit])] = None
    if not found:
        return ()
    return (f"Units without a neighbour in years in which theirs are absent: {named(found, 40)}.",)
