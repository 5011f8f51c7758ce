"""Which group each row of a fit belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from spatial.errors import InputError, counted, named
from spatial.labels import canonical, canonical_index
from spatial.sample import Sample

__all__ = ["Groups", "row_groups"]

Codes = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Groups:
    """Group of each row (n,), from zero on, and what the groups are called."""

    codes: Codes
    name: str

    @property
    def count(self) -> int:
        """Number of groups."""
        return int(self.codes.max()) + 1

    def crossed(self, other: Groups) -> Groups:
        """Groups of rows that share both."""
        both = self.codes.astype(np.int64) * other.count + other.codes
        codes = np.unique(both, return_inverse=True)[1]
        return Groups(codes.astype(np.intp), f"{self.name} and {other.name}")


def row_groups(sample: Sample, by: Any) -> Groups:
    """Groups of the rows of a sample.

    Parameters
    ----------
    by
        Name of a column of the data; "unit" or "time"; or a Series or mapping from units to groups.

    Raises
    ------
    InputError
        No such column, a group that is missing, fewer than two groups.
    """
    if isinstance(by, str):
        values, name = _of_column(sample, by), by
    elif isinstance(by, pd.Series | Mapping):
        values = _of_units(sample, by)
        name = str(getattr(by, "name", None) or "groups given")
    else:
        raise InputError(
            f"by={by!r}; give the name of a column, or a Series that maps units to groups."
        )
    absent = np.flatnonzero(pd.isna(values))
    if len(absent):
        where = sample.units.take(np.unique(sample.layout.unit_codes[absent]))
        raise InputError(
            f"by={name}: the group of {counted(len(absent), 'row', 'rows')} is missing (of "
            f"{named(where)}); fill it in."
        )
    texts = pd.Index([canonical(value) for value in values], dtype=object)
    codes, found = pd.factorize(texts, sort=True)
    if len(found) < 2:
        raise InputError(
            f"by={name} puts all rows into one group, {found[0]}; clusters need at least two."
        )
    return Groups(np.asarray(codes, dtype=np.intp), name)


def _of_column(sample: Sample, by: str) -> Any:
    if by in sample.frame.columns:
        return sample.frame[by].to_numpy(dtype=object)
    if by in ("unit", sample.unit_name):
        return sample.units.take(sample.layout.unit_codes)
    if sample.times is not None and by in ("time", sample.time_name):
        return sample.times.take(sample.layout.time_codes)
    known = [str(column) for column in sample.frame.columns]
    raise InputError(f"by={by!r} is no column of the data; they have {named(known, 30)}.")


def _of_units(sample: Sample, by: Any) -> Any:
    given = by if isinstance(by, pd.Series) else pd.Series(dict(by), dtype=object)
    if isinstance(given.index, pd.MultiIndex):
        raise InputError("by= as a Series is indexed by unit alone; for rows name a column.")
    known = pd.Series(given.to_numpy(dtype=object), canonical_index(given.index, "by="))
    units = canonical_index(sample.units, "the data")
    absent = units[~units.isin(known.index)]
    if len(absent):
        raise InputError(f"by= has no group for {named(absent)}; give one for every unit.")
    return known.reindex(units).to_numpy()[sample.layout.unit_codes]
