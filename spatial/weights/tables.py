"""Weights as tables: csv (links, or a labelled square) and libpysal's parquet."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from spatial.errors import InputError, named
from spatial.weights.formats import Listing, decode, listing_of_pairs

__all__ = ["parse_csv", "read_parquet", "unparse_csv", "write_parquet"]

HEADS = (
    ("focal", "from", "origin", "i", "id1"),
    ("neighbor", "neighbour", "to", "destination", "j", "id2"),
    ("weight", "weights", "value", "w"),
)


def parse_csv(path: Path) -> Listing:
    """Links with columns focal, neighbor, weight, or a square with labels on both sides."""
    text = decode(path.read_bytes(), path.name)
    rows = [row for row in csv.reader(io.StringIO(text, newline="")) if any(map(str.strip, row))]
    if len(rows) < 2:
        raise InputError(f"{path.name} holds no rows below its header.")
    head = [cell.strip() for cell in rows[0]]
    ragged = [n for n, row in enumerate(rows[1:], start=2) if len(row) != len(head)]
    if ragged:
        raise InputError(
            f"{path.name}: line {ragged[0]} has not the {len(head)} cells of the header."
        )
    labels = [row[0].strip() for row in rows[1:]]
    if len(head) == len(rows) and set(head[1:]) == set(labels):
        cells = np.array([[_number(x, path) for x in row[1:]] for row in rows[1:]])
        order = [head.index(label) - 1 for label in labels]
        return Listing(sparse.csr_array(cells[:, order]), pd.Index(labels))
    places = [next((head.index(h) for h in head if h.lower() in names), None) for names in HEADS]
    if None in places:
        raise InputError(
            f"{path.name} has the columns {named(head, 12)}; links need focal, neighbor and weight "
            "(or use weights.from_edges), and a square matrix the labels of its rows as columns."
        )
    one, two, three = ([row[k].strip() for row in rows[1:]] for k in places if k is not None)
    return listing_of_pairs(one, two, (_number(x, path) for x in three))


def _number(cell: str, path: Path) -> float:
    try:
        return float(cell)
    except ValueError:
        raise InputError(f"{path.name} holds {cell!r} where a weight should be.") from None


def unparse_csv(listing: Listing) -> str:
    """Links in the order of rows; an isolate is a link to itself with weight 0, as in `Graph`."""
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\n")
    write.writerow(["focal", "neighbor", "weight"])
    labels, links = listing.labels, listing.links
    words = [] if labels is None else [str(label) for label in labels]
    for place, word in enumerate(words):
        cut = slice(links.indptr[place], links.indptr[place + 1])
        pairs = zip(links.indices[cut], links.data[cut], strict=True)
        found = [(word, words[k], f"{v:.17g}") for k, v in pairs]
        write.writerows(found or [(word, word, "0")])
    return out.getvalue()


def _pyarrow() -> Any:
    try:
        import pyarrow.parquet
    except ImportError:
        raise InputError(
            "parquet needs pyarrow, which is not installed; install cityripple[parquet], or use "
            "csv."
        ) from None
    return pyarrow


def write_parquet(listing: Listing, adjacency: pd.Series, letter: str, path: Path) -> None:
    """Write the table that `libpysal.graph.read_parquet` reads, with our scaling beside it."""
    pa = _pyarrow()
    import libpysal

    table = pa.Table.from_pandas(adjacency.to_frame())
    ours = {
        b"libpysal": {"transformation": letter, "version": libpysal.__version__},
        b"cityripple": {"transform": listing.transform},
    }
    meta = {**(table.schema.metadata or {}), **{k: json.dumps(v) for k, v in ours.items()}}
    pa.parquet.write_table(table.replace_schema_metadata(meta), path)


def read_parquet(path: Path) -> Listing:
    """Read what `Graph.to_parquet` or `write_parquet` wrote."""
    pa = _pyarrow()
    try:
        table = pa.parquet.read_table(path)
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{path.name} is no parquet file ({error}).") from None
    frame = table.to_pandas().reset_index()
    lacking = [name for name in ("focal", "neighbor", "weight") if name not in frame.columns]
    if lacking:
        raise InputError(f"{path.name} has no column {lacking[0]!r}; it is no table of weights.")
    said = json.loads((table.schema.metadata or {}).get(b"cityripple", b"{}"))
    ends = (frame["focal"].tolist(), frame["neighbor"].tolist())
    return listing_of_pairs(*ends, frame["weight"].to_numpy(float), said.get("transform"))
