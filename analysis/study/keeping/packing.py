"""Results as bytes, without what every run has at hand: graphs, what was cut from them, data."""

from __future__ import annotations

import io
import pickle
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from spatial.panel import Panel
from spatial.sheet import sheet_of
from spatial.weights.operator import CUT, Operator, operator

if TYPE_CHECKING:
    from libpysal.graph import Graph

__all__ = ["Packing"]

FAULTS = (
    pickle.UnpicklingError, AttributeError, EOFError, ImportError, IndexError, KeyError, TypeError,
    ValueError,
)  # fmt: skip


class Packing:
    """Turns results into bytes and back.

    Fits hold their graph, the matrix made of it, and all columns of their rows. These are written
    as references, so that what is read back shares the graph with everything else of the run, and
    has the columns that the table has now.

    Parameters
    ----------
    graphs
        Weights of the study by name.
    data
        Data of the models, or None where there are none yet.
    """

    def __init__(
        self, graphs: Mapping[str, Graph] | None = None, data: Panel | pd.DataFrame | None = None
    ) -> None:
        self._graphs = dict(graphs or {})
        self._data = data
        self._rows = None if data is None else sheet_of(data, "absent").frame
        self._references: dict[int, tuple[Any, ...]] = {}
        for name, graph in self._graphs.items():
            self._references[id(graph)] = ("graph", name)
            self._references[id(operator(graph))] = ("operator", name)
        if data is not None:
            self._references[id(data)] = ("data",)

    def pack(self, value: Any) -> bytes:
        """Value as bytes."""
        stream = io.BytesIO()
        _Packer(stream, self).dump(value)
        return stream.getvalue()

    def unpack(self, content: bytes) -> Any:
        """Value of bytes; None where they fit nothing that this run has."""
        try:
            return _Unpacker(io.BytesIO(content), self).load()
        except FAULTS:
            return None

    def reference(self, value: Any) -> tuple[Any, ...] | None:
        """What stands for a value that every run has at hand."""
        known = self._references.get(id(value))
        if known is not None:
            return known
        if isinstance(value, Operator):
            return self._cut(value)
        if isinstance(value, pd.DataFrame) and self._rows is not None:
            return self._some_rows(value, self._rows)
        return None

    def _cut(self, value: Operator) -> tuple[Any, ...] | None:
        for name, graph in self._graphs.items():
            for key, found in operator(graph).store.items():
                if found is value and isinstance(key, tuple) and key[0] == CUT:
                    return ("cut", name, key[1])
        return None

    @staticmethod
    def _some_rows(value: pd.DataFrame, rows: pd.DataFrame) -> tuple[Any, ...] | None:
        """Places of the rows, where these are rows of the data as they stand."""
        at = value.index.to_numpy()
        if not value.columns.equals(rows.columns) or not np.issubdtype(at.dtype, np.integer):
            return None
        if len(at) and (at.min() < 0 or at.max() >= len(rows)):
            return None
        return ("rows", at) if rows.iloc[at].equals(value) else None

    def resolve(self, reference: tuple[Any, ...]) -> Any:
        """What a reference stands for."""
        kind, *rest = reference
        if kind == "data":
            return self._data
        if kind == "rows" and self._rows is not None:
            return self._rows.iloc[rest[0]]
        graph = self._graphs[rest[0]]
        if kind == "graph":
            return graph
        whole = operator(graph)
        return whole if kind == "operator" else whole.restricted(np.frombuffer(rest[1], np.intp))


class _Packer(pickle.Pickler):
    def __init__(self, stream: io.BytesIO, packing: Packing) -> None:
        super().__init__(stream, protocol=5)
        self._packing = packing

    def persistent_id(self, obj: Any) -> tuple[Any, ...] | None:
        return self._packing.reference(obj)


class _Unpacker(pickle.Unpickler):
    def __init__(self, stream: io.BytesIO, packing: Packing) -> None:
        super().__init__(stream)
        self._packing = packing

    def persistent_load(self, pid: Any) -> Any:
        return self._packing.resolve(pid)
