"""Hashes of content: equal for equal values, whoever made them and wherever they lie in memory."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from functools import partial
from pathlib import PurePath
from types import BuiltinFunctionType, FunctionType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pydantic import BaseModel
from scipy import sparse

from spatial.panel import Panel
from spatial.weights.facts import Points, is_graph, read_facts
from spatial.weights.operator import operator

if TYPE_CHECKING:
    from libpysal.graph import Graph

__all__ = ["digest_of_files", "fingerprint", "inputs_of", "numbers_of", "rows_of"]

Known = Mapping[int, str]
Otherwise = Callable[[Any], bytes]


def fingerprint(
    *values: Any, known: Known | None = None, otherwise: Otherwise | None = None
) -> str:
    """SHA-256 of values in a form in which everything has one spelling.

    Parameters
    ----------
    values
        Texts, numbers, dates, arrays, tables (geometry too), graphs, panels, and lists, mappings,
        partial calls, pydantic models and dataclasses of such.
    known
        Hashes of objects by `id`.
    otherwise
        What is hashed of any other object.

    Raises
    ------
    TypeError
        An object of another kind, where nothing says what to hash of it.
    """
    digest = hashlib.sha256()
    for piece in _pieces(values, known or {}, otherwise or _refuse):
        digest.update(len(piece).to_bytes(8, "little"))
        digest.update(piece)
    return digest.hexdigest()


def numbers_of(graph: Graph) -> tuple[Any, ...]:
    """What of a graph numbers can depend on: labels, weights, scaling, places; no names."""
    op, facts = operator(graph), read_facts(graph)
    return op.ids, op.matrix, facts.transform, facts.points


def rows_of(data: Panel | pd.DataFrame, *values: Any) -> tuple[Any, ...]:
    """Rows of the data with the columns that any text within the values names."""
    texts = list(_texts(values))
    frame = data.frame if isinstance(data, Panel) else data
    own = [data.unit, data.time] if isinstance(data, Panel) else []
    named = [c for c in frame.columns if c not in own and any(str(c) in text for text in texts)]
    return type(data).__name__, own, frame[[*own, *named]].reset_index(drop=bool(own))


def inputs_of(data: Panel | pd.DataFrame, graph: Graph | None, *values: Any) -> tuple[Any, ...]:
    """What an estimate is determined by: rows, weights, and all else that it is told."""
    return rows_of(data, *values), None if graph is None else numbers_of(graph), values


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, BaseModel):
        yield from _texts(value.model_dump())
    elif isinstance(value, Mapping):
        yield from _texts([*value.keys(), *value.values()])
    elif is_dataclass(value) and not isinstance(value, type):
        yield from _texts([getattr(value, field.name) for field in fields(value)])
    elif isinstance(value, (list, tuple, set, frozenset)):
        for part in value:
            yield from _texts(part)


def _refuse(value: Any) -> bytes:
    raise TypeError(f"no fingerprint of a {type(value).__module__}.{type(value).__qualname__}")


def _pieces(value: Any, known: Known, otherwise: Otherwise) -> Iterator[bytes]:
    """Kind and content of a value, piece by piece."""
    if id(value) in known:
        yield from (b"known", known[id(value)].encode())
        return
    plain = _plain(value)
    if plain is not None:
        yield from plain
        return
    kind, parts = _parts(value)
    if parts is None:
        yield from (b"other", otherwise(value))
        return
    yield from (kind.encode(), str(len(parts)).encode())
    for part in parts:
        yield from _pieces(part, known, otherwise)


def _plain(value: Any) -> tuple[bytes, ...] | None:
    """Kind and bytes of what has no parts."""
    if value is None or value is pd.NA or value is pd.NaT or isinstance(value, (bool, int)):
        return type(value).__name__.encode(), str(value).encode()
    if isinstance(value, float):
        return b"float", struct.pack("<d", value)
    if isinstance(value, str):
        return b"str", _bytes_of(value)
    if isinstance(value, bytes):
        return b"bytes", value
    if isinstance(value, (date, pd.Timedelta, pd.Period, PurePath, complex)):
        return type(value).__name__.encode(), str(value).encode()
    if isinstance(value, np.generic):
        return b"scalar", value.dtype.str.encode(), value.tobytes()
    if isinstance(value, np.ndarray) and value.dtype != object:
        shape = str((value.dtype.str, value.shape)).encode()
        return b"array", shape, np.ascontiguousarray(value).tobytes()
    if isinstance(value, (FunctionType, BuiltinFunctionType, type)):
        name = f"{value.__module__}.{value.__qualname__}"
        return None if "<" in name else (b"named", name.encode())
    return None


def _parts(value: Any) -> tuple[str, Sequence[Any] | None]:
    """Kind and parts of what is made of others; no parts of what is not known."""
    if isinstance(value, (list, tuple)):
        return "list", value
    if isinstance(value, Points):
        return "points", [value.labels, value.places]
    if isinstance(value, Mapping):
        return "mapping", [part for item in value.items() for part in item]
    if isinstance(value, (set, frozenset)):
        return "set", sorted(fingerprint(one) for one in value)
    if isinstance(value, (pd.DataFrame, pd.Series, pd.Index, np.ndarray)):
        return type(value).__name__, _of_table(value)
    if isinstance(value, pd.api.extensions.ExtensionArray):
        return type(value).__name__, _of_extension(value)
    return type(value).__qualname__, _of_object(value)


def _of_object(value: Any) -> list[Any] | None:
    """Parts of an object with fields; None of another."""
    if isinstance(value, Panel):
        return [value.unit, value.time, value.frame]
    if is_graph(value):
        return [*numbers_of(value), read_facts(value)]
    if isinstance(value, BaseModel):
        return [value.model_dump()]
    if isinstance(value, partial):
        return [value.func, value.args, value.keywords]
    if sparse.issparse(value):
        matrix: Any = sparse.csr_array(value)  # type: ignore[call-overload]
        return [matrix.shape, matrix.data, matrix.indices, matrix.indptr]
    if is_dataclass(value) and not isinstance(value, type):
        pairs = ((field.name, getattr(value, field.name)) for field in fields(value))
        return [part for pair in pairs for part in pair]
    return None


def _of_table(value: Any) -> list[Any]:
    if isinstance(value, pd.DataFrame):
        columns = [value.iloc[:, place].array for place in range(value.shape[1])]
        return [value.columns, value.index, dict(value.attrs), *columns]
    if isinstance(value, pd.Series):
        return [value.name, value.index, dict(value.attrs), value.array]
    if isinstance(value, pd.MultiIndex):
        return [list(value.names), *(value.get_level_values(i) for i in range(value.nlevels))]
    if isinstance(value, pd.Index):
        return [value.name, value.array]
    return _of_objects(value)


def _of_extension(value: Any) -> list[Any]:
    if isinstance(value, pd.arrays.NumpyExtensionArray):
        return [value.to_numpy()]
    if isinstance(value, pd.Categorical):
        return [value.categories, value.ordered, value.codes]
    if hasattr(value, "crs"):
        from shapely import to_wkb

        crs = None if value.crs is None else value.crs.to_wkt()
        return [crs, *_joined(to_wkb(np.asarray(value, dtype=object)))]
    return [str(value.dtype), *_of_objects(np.asarray(value, dtype=object))]


def _of_objects(values: Any) -> list[Any]:
    """Texts as the distinct ones and their places; others one by one."""
    flat = np.asarray(values, dtype=object).ravel()
    if pd.api.types.infer_dtype(flat, skipna=True) == "string":
        codes, distinct = pd.factorize(flat)
        return [np.shape(values), codes, *_joined([_bytes_of(text) for text in distinct])]
    return [np.shape(values), list(flat)]


def _bytes_of(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _joined(pieces: Sequence[bytes | None]) -> list[Any]:
    """Many pieces as their lengths, −1 where there is none, and one piece."""
    sizes = np.array([-1 if piece is None else len(piece) for piece in pieces], dtype=np.int64)
    return [sizes, b"".join(piece or b"" for piece in pieces)]


def digest_of_files(files: Iterable[Any]) -> str:
    """SHA-256 of names and contents of files, in the order given."""
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            own = hashlib.file_digest(stream, "sha256").hexdigest()
        digest.update(f"{file.name} {own}\n".encode())
    return digest.hexdigest()
