"""Weights from files and into files: gal, gwt, csv, mtx, parquet and Stata's text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import numpy as np
import pandas as pd
from scipy import sparse

from spatial.errors import InputError, counted, named
from spatial.labels import canonical_index, missing_from
from spatial.weights.facts import Facts, Transform
from spatial.weights.formats import Listing, announced, decode, parse, unparse
from spatial.weights.matrix import (
    LETTERS,
    check_transform,
    check_weights,
    graph_as_is,
    graph_from_links,
    refuse_too_many,
)
from spatial.weights.operator import operator
from spatial.weights.tables import parse_csv, read_parquet, unparse_csv, write_parquet

if TYPE_CHECKING:
    from libpysal.graph import Graph

__all__ = ["read", "write"]

SUFFIXES = ("gal", "gwt", "csv", "mtx", "parquet", "txt", "spmat")
STATA = ("txt", "spmat")


def read(
    path: str | Path,
    ids: Iterable[Any] | None = None,
    *,
    binary: bool = False,
    transform: Transform | None = None,
) -> Graph:
    """Weights from a file; the suffix tells the format.

    ============  ==============================================================================
    gal           neighbours without weights (GeoDa, PySAL, spdep)
    gwt           lines "from to weight" (GeoDa writes distances there, not weights: see `binary`)
    csv           columns focal, neighbor, weight; or a square matrix with labels on both sides
    mtx           Matrix Market; labels from the comments that `write` makes, else from `ids`
    parquet       libpysal's `Graph.to_parquet` (needs pyarrow)
    txt, spmat    Stata's ``spmatrix export`` and ``spmat export``
    ============  ==============================================================================

    Parameters
    ----------
    path
        The file. Text is read as UTF-8, else as GB18030.
    ids
        Labels of the units, in the order wanted. They must be those of the file, as a set (isolates
        that a gwt file leaves out may be more); a file without labels takes them in order. Without
        `ids` the labels are text.
    binary
        Take links alone: every weight that is not zero becomes 1.
    transform
        Scaling. Without it gal and `binary` links are row-standardised, and weights stay exactly as
        the file has them.

    Raises
    ------
    InputError
        The file is missing or broken (the line or unit is named), or its labels differ from `ids`.
    """
    source = Path(path)
    kind = _kind(source)
    if transform is not None:
        check_transform(transform)
    if not source.is_file():
        raise InputError(f"there is no file {source.name} in {source.absolute().parent}.")
    found = _parse(source, kind)
    links, labels = _matched(found, None if ids is None else pd.Index(list(ids)), source)
    check_weights(links, labels)
    links.eliminate_zeros()
    facts = Facts("file", options={"file": source.name})
    if binary:
        links.data[:] = 1.0
    if transform is not None or binary or kind == "gal":
        return graph_from_links(links, labels, facts, transform or "row")
    sums = np.asarray(links.sum(axis=1)).ravel()[np.diff(links.indptr) > 0]
    scaled = bool(np.all(np.abs(sums - 1.0) <= 1e-6))
    facts = replace(facts, transform="row" if scaled else found.transform)
    return graph_as_is(links, labels, facts, LETTERS[facts.transform or "none"])


def write(w: Graph, path: str | Path) -> Path:
    """Write weights to a file; the suffix tells the format (see `read`).

    Weights carry 17 digits, so that `read` gives them back exactly; units keep their order, and
    isolates are kept (in gwt and csv as a link to the unit itself with weight 0). gal holds no
    weights and refuses those that differ within a row. Stata takes whole numbers as labels: other
    labels are numbered 1 to n and written beside the file as NAME.ids.csv, which `read` finds. The
    file appears only when it is complete.

    Returns
    -------
    Path
        The file written.
    """
    target = Path(path)
    kind = _kind(target)
    op = operator(w)
    listing = Listing(op.matrix, op.ids, op.facts.transform)
    if kind == "parquet":
        letter = str(w.transformation)
        _replace(target, lambda place: write_parquet(listing, w.adjacency, letter, place))
        return target
    if kind in STATA:
        refuse_too_many(op.n**2, "Stata's text holds every cell; write mtx or csv")
        listing = _numbered(listing, op.labels, target)
    text = unparse_csv(listing) if kind == "csv" else unparse(listing, kind)
    encoding = "utf-8-sig" if kind == "csv" else "utf-8"
    _replace(target, lambda place: place.write_bytes(text.encode(encoding)))
    return target


def _kind(path: Path) -> str:
    kind = path.suffix.lower().lstrip(".")
    if kind not in SUFFIXES:
        raise InputError(f"{path.name} has no suffix of a weights file; use {', '.join(SUFFIXES)}.")
    return kind


def _parse(source: Path, kind: str) -> Listing:
    """Listing of a file, with the labels that stand beside it."""
    if kind == "parquet":
        return read_parquet(source)
    if kind == "csv":
        return parse_csv(source)
    found = parse(source, kind)
    beside = _beside(source)
    if kind in STATA and beside.is_file() and found.labels is not None:
        rows = list(csv.reader(io.StringIO(decode(beside.read_bytes(), beside.name), newline="")))
        names = {row[0]: row[1] for row in rows[1:] if len(row) == 2}
        if set(names) != set(found.labels):
            raise InputError(
                f"{beside.name} does not hold the ids of {source.name}; write both again, or "
                "remove it."
            )
        return replace(found, labels=pd.Index([names[k] for k in found.labels]))
    return found


def _beside(path: Path) -> Path:
    return path.with_suffix(".ids.csv")


def _numbered(listing: Listing, labels: pd.Index, target: Path) -> Listing:
    """Whole numbers as labels; others are numbered, and the list of them is written beside."""
    if all(label.isdigit() for label in labels):
        _beside(target).unlink(missing_ok=True)
        return replace(listing, labels=labels)
    numbers = [str(k) for k in range(1, len(labels) + 1)]
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["id", "label"])
    rows.writerows(zip(numbers, listing.labels if listing.labels is not None else [], strict=True))
    _replace(_beside(target), lambda place: place.write_bytes(out.getvalue().encode("utf-8-sig")))
    return replace(listing, labels=pd.Index(numbers))


def _replace(target: Path, write_to: Any) -> None:
    """Write to a new name in the same folder, then take the place of the target."""
    part = target.with_name(f".{target.name}.{uuid4().hex[:8]}")
    try:
        write_to(part)
        part.replace(target)
    except OSError as error:
        raise InputError(
            f"{target.name} cannot be written to {target.absolute().parent} ({error.strerror})."
        ) from None
    finally:
        part.unlink(missing_ok=True)


def _matched(
    found: Listing, ids: pd.Index | None, source: Path
) -> tuple[sparse.csr_array, pd.Index]:
    """Links in the order of `ids`, matched by label where the file has labels."""
    n = found.links.shape[0]
    if found.links.shape[0] != found.links.shape[1]:
        raise InputError(
            f"{source.name} holds {counted(n, 'row', 'rows')} and "
            f"{counted(found.links.shape[1], 'column', 'columns')}."
        )
    if found.labels is None:
        if ids is None or len(ids) != n:
            given = "none" if ids is None else str(len(ids))
            raise InputError(
                f"{source.name} has {counted(n, 'row', 'rows')} without labels; give ids=, one "
                f"label per row in the file's order (given: {given})."
            )
        canonical_index(ids, "ids")
        return found.links, ids
    have = canonical_index(found.labels, source.name)
    if ids is None:
        _require_all(source, n)
        return found.links, found.labels
    wanted = canonical_index(ids, "ids")
    odd = missing_from(have, wanted)
    short = [] if source.suffix.lower() == ".gwt" else missing_from(wanted, have)
    if odd or short:
        raise InputError(
            f"the labels of {source.name} and ids differ: {named(odd or short)} "
            f"{'in the file only' if odd else 'in ids only'}; read the file without ids and cut it "
            "with weights.subset."
        )
    return _spread(found.links, wanted.get_indexer(have), len(ids)), ids


def _spread(links: sparse.csr_array, at: Any, n: int) -> sparse.csr_array:
    """Links moved to the positions `at` of an (n, n) matrix."""
    cells = links.tocoo()
    rows, columns = cells.coords
    return sparse.csr_array((cells.data, (at[rows], at[columns])), shape=(n, n))


def _require_all(source: Path, n: int) -> None:
    """Refuse a gwt file whose isolates stand nowhere."""
    if source.suffix.lower() != ".gwt":
        return
    count = announced(decode(source.read_bytes(), source.name))
    if count != n:
        raise InputError(
            f"{source.name} announces {count} units and names {n}: gwt files of other programs "
            "leave out isolates; give all labels with ids=."
        )
