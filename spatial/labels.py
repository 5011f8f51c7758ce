"""Labels of units and times: one canonical text form, one place where they are matched."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from spatial.errors import InputError, counted, named

__all__ = ["canonical", "canonical_index", "missing_from", "positions"]


def canonical(label: Any) -> str:
    """Text form in which labels compare: NFC, stripped; 110000 = 110000.0 = "110000".

    Examples
    --------
    >>> canonical(110000.0), canonical(" 北京市 "), canonical("110000.0")
    ('110000', '北京市', '110000')
    """
    if isinstance(label, (float, np.floating)) and float(label).is_integer():
        return str(int(label))
    text = str(label).strip()
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if text.endswith(".0") and text[:-2].isdigit():
        return text[:-2]
    return text


def canonical_index(labels: Iterable[Any], what: str) -> pd.Index:
    """Canonical labels of distinct units; two labels that collapse into one are refused."""
    index = labels if isinstance(labels, pd.Index) else None
    if index is not None and pd.api.types.is_integer_dtype(index.dtype) and index.is_unique:
        texts: pd.Index = index.astype(str).astype(object)
        return texts
    given = list(labels)
    empty = [
        i for i, label in enumerate(given) if label is None or label is pd.NA or label != label
    ]
    if empty:
        raise InputError(
            f"{what}: {counted(len(empty), 'label is', 'labels are')} missing (first at position "
            f"{empty[0]}); fill them in or drop the rows."
        )
    texts = pd.Index([canonical(label) for label in given], dtype=object)
    twice = texts[texts.duplicated()].unique()
    if len(twice):
        raise InputError(
            f"{what}: the labels {named(twice)} stand more than once; labels must be unique after "
            "trimming and number formats are ignored."
        )
    return texts


def missing_from(wanted: pd.Index, available: pd.Index) -> list[str]:
    """Labels of `wanted` that `available` lacks, in order."""
    return [str(label) for label in wanted[~wanted.isin(available)]]


def positions(wanted: pd.Index, available: pd.Index, *, data: str, source: str) -> np.ndarray:
    """Positions of `wanted` in `available`; refuses with the names that are absent."""
    absent = missing_from(wanted, available)
    if absent:
        raise InputError(
            f"{counted(len(absent), 'unit', 'units')} of {data} "
            f"{'is' if len(absent) == 1 else 'are'} not in {source}: {named(absent)}; drop them "
            "from the data or build the weights with them."
        )
    return np.asarray(available.get_indexer(wanted), dtype=np.intp)
