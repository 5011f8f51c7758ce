"""Text formats of weights: gal, gwt, Matrix Market and Stata's, to and from a `Listing`."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from spatial.errors import InputError, counted, named
from spatial.weights.facts import Transform

__all__ = ["Listing", "announced", "decode", "listing_of_pairs", "parse", "unparse"]

ENCODINGS = ("utf-8-sig", "gb18030")
LABEL, SCALED = "% label ", "% scaling "
Text = Sequence[str]


@dataclass(frozen=True)
class Listing:
    """What a file of weights holds: links (N, N), labels (None where it has none), scaling."""

    links: sparse.csr_array
    labels: pd.Index | None
    transform: Transform | None = None


def decode(raw: bytes, where: str) -> str:
    """Text of a file: UTF-8 with or without mark, else GB18030."""
    for encoding in ENCODINGS:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError(f"{where} is neither UTF-8 nor GB18030 text; save it as UTF-8.")


def parse(path: Path, kind: str) -> Listing:
    """Listing of a text file of that kind: gal, gwt, mtx or txt."""
    text = decode(path.read_bytes(), path.name)
    if not text.strip():
        raise InputError(f"{path.name} is empty.")
    try:
        return {"gal": _gal, "gwt": _gwt, "mtx": _mtx}.get(kind, _stata)(text)
    except InputError as error:
        raise InputError(f"{path.name}: {error}") from None
    except (ValueError, IndexError) as error:
        raise InputError(
            f"{path.name} cannot be read as {kind} ({error}); it is cut off or of another format: "
            "write it again from its source."
        ) from None


def unparse(listing: Listing, kind: str) -> str:
    """Text of a listing in that format."""
    return {"gal": _to_gal, "gwt": _to_gwt, "mtx": _to_mtx}.get(kind, _to_stata)(listing)


def listing_of_pairs(
    focal: Text, neighbour: Text, weights: Iterable[float], transform: Transform | None = None
) -> Listing:
    """Listing of links; units in the order in which they first stand as focal, then the others."""
    labels = pd.Index(list(dict.fromkeys([*focal, *neighbour])))
    pairs = pd.MultiIndex.from_arrays([list(focal), list(neighbour)])
    twice = pairs[pairs.duplicated()]
    if len(twice):
        raise InputError(f"the link {twice[0][0]}–{twice[0][1]} stands more than once.")
    at: list[npt.NDArray[np.intp]] = [
        labels.get_indexer(pd.Index(list(end))) for end in (focal, neighbour)
    ]
    values = np.fromiter(weights, dtype=np.float64, count=len(focal))
    shape = (len(labels), len(labels))
    keep = (values != 0) | (at[0] != at[1])
    links = sparse.csr_array((values[keep], (at[0][keep], at[1][keep])), shape=shape)
    return Listing(links, labels, transform)


def _header(text: str) -> tuple[int, list[str]]:
    """Count of units in the first line, which is n, or 0 n and two names; and the lines below."""
    lines = text.splitlines()
    first = lines[0].split()
    count = first[0] if len(first) == 1 else first[1]
    if not count.isdigit():
        raise InputError(f"the first line holds no number of units: {lines[0][:60]!r}.")
    return int(count), lines[1:]


def _gal(text: str) -> Listing:
    count, lines = _header(text)
    words = " ".join(lines).split()
    focal: list[str] = []
    neighbour: list[str] = []
    own: list[str] = []
    place = 0
    while place < len(words):
        unit, many = words[place], int(words[place + 1])
        found = words[place + 2 : place + 2 + many]
        if len(found) < many:
            raise InputError(f"{unit} announces {many} neighbours, but the file ends before.")
        own.append(unit)
        focal += [unit] * many
        neighbour += found
        place += 2 + many
    if len(own) != count:
        raise InputError(
            f"the first line announces {counted(count, 'unit', 'units')}, but {len(own)} stand "
            "below."
        )
    loops = [0.0] * len(own)
    links = listing_of_pairs(own + focal, own + neighbour, loops + [1.0] * len(focal))
    return _closed(links, own)


def _closed(found: Listing, own: Text) -> Listing:
    """Refuse neighbours that have no entry of their own."""
    odd = [] if found.labels is None else list(found.labels[len(own) :])
    if odd:
        raise InputError(f"neighbours without an entry of their own: {named(odd)}.")
    return found


def _gwt(text: str) -> Listing:
    _, lines = _header(text)
    rows = [line.split() for line in lines if line.strip()]
    for number, row in enumerate(rows, start=2):
        if len(row) != 3:
            raise InputError(f"line {number} is not “from to weight”: {' '.join(row)[:60]!r}.")
    focal, neighbour = [row[0] for row in rows], [row[1] for row in rows]
    return listing_of_pairs(focal, neighbour, (float(row[2]) for row in rows))


def announced(text: str) -> int:
    """Units that the first line of a gwt file announces."""
    return _header(text)[0]


def _mtx(text: str) -> Listing:
    from scipy.io import mmread

    heads = [line for line in text.splitlines() if line.startswith("%")]
    labels = [line[len(LABEL) :] for line in heads if line.startswith(LABEL)]
    scaled = [line[len(SCALED) :].strip() for line in heads if line.startswith(SCALED)]
    cells: Any = mmread(io.BytesIO(text.encode("utf-8")))
    links: Any = sparse.csr_array(cells, dtype=np.float64)
    transform: Transform | None = scaled[0] if scaled else None  # type: ignore[assignment]
    return Listing(links, pd.Index(labels) if labels else None, transform)


def _stata(text: str) -> Listing:
    """Stata's text: n, then rows of the matrix, each behind its id unless there are none."""
    lines = text.splitlines()
    first = lines[0].split()
    if len(first) != 1 or not first[0].isdigit():
        raise InputError(
            f"the first line of Stata's text is the number of units, not {lines[0][:60]!r} (banded "
            "matrices are not read)."
        )
    count = int(first[0])
    rows = [line.split() for line in lines[1:] if line.strip()]
    if len(rows) != count:
        announced = counted(count, "unit", "units")
        below = counted(len(rows), "row follows", "rows follow")
        raise InputError(f"the first line announces {announced}, but {below}.")
    lengths = {len(row) for row in rows}
    if lengths == {count + 1}:
        labels = pd.Index([row[0] for row in rows])
        return Listing(_dense([row[1:] for row in rows]), labels)
    if lengths == {count}:
        return Listing(_dense(rows), None)
    own = [row[0] for row in rows]
    pairs = [(row[0], other) for row in rows for other in row[1:]]
    focal, neighbour = [a for a, _ in pairs], [b for _, b in pairs]
    loops = [0.0] * len(own)
    found = listing_of_pairs(own + focal, own + neighbour, loops + [1.0] * len(focal))
    return _closed(found, own)


def _dense(rows: Sequence[Text]) -> sparse.csr_array:
    return sparse.csr_array(np.array([[float(cell) for cell in row] for row in rows]))


def _labels(listing: Listing, kind: str) -> list[str]:
    """Labels as words; those with a blank inside are refused where blanks part the words."""
    words = [str(label) for label in listing.labels] if listing.labels is not None else []
    blank = [word for word in words if word.split() != [word]]
    if blank:
        raise InputError(
            f"{kind} files part words by blanks, and these labels hold some: {named(blank)}; write "
            "csv, mtx or parquet."
        )
    return words


def _rows(listing: Listing) -> list[tuple[npt.NDArray[Any], npt.NDArray[Any]]]:
    links = listing.links
    cuts = zip(links.indptr[:-1], links.indptr[1:], strict=True)
    return [(links.indices[a:b], links.data[a:b]) for a, b in cuts]


def _to_gal(listing: Listing) -> str:
    words = _labels(listing, "gal")
    out = [f"0 {len(words)} weights id"]
    for word, (columns, values) in zip(words, _rows(listing), strict=True):
        if len(values) and np.ptp(values) > 1e-9 * values.max():
            raise InputError(
                f"gal files hold neighbours without weights, and those of {word} differ; write "
                "gwt, csv, mtx or parquet."
            )
        out += [f"{word} {len(columns)}", " ".join(words[k] for k in columns)]
    return "\n".join(out) + "\n"


def _to_gwt(listing: Listing) -> str:
    words = _labels(listing, "gwt")
    out = [f"0 {len(words)} weights id"]
    for word, (columns, values) in zip(words, _rows(listing), strict=True):
        out += [f"{word} {words[k]} {v:.17g}" for k, v in zip(columns, values, strict=True)]
        if not len(columns):
            out.append(f"{word} {word} 0")
    return "\n".join(out) + "\n"


def _to_mtx(listing: Listing) -> str:
    links = listing.links
    names = [] if listing.labels is None else [f"{LABEL}{label}" for label in listing.labels]
    scaled = [f"{SCALED}{listing.transform}"] if listing.transform else []
    out = ["%%MatrixMarket matrix coordinate real general", *scaled, *names]
    out.append(f"{links.shape[0]} {links.shape[0]} {links.nnz}")
    for row, (columns, values) in enumerate(_rows(listing), start=1):
        out += [f"{row} {k + 1} {v:.17g}" for k, v in zip(columns, values, strict=True)]
    return "\n".join(out) + "\n"


def _to_stata(listing: Listing) -> str:
    words = _labels(listing, "Stata")
    out = [str(len(words))]
    for place, word in enumerate(words):
        row = listing.links[[place]].toarray()[0]
        out.append(" ".join([word, *(f"{v:.17g}" if v else "0" for v in row)]))
    return "\n".join(out) + "\n"
