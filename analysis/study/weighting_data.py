"""What weights draw on besides boundaries: columns by unit, files of weights and of flows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.study.reading import resolve_path
from analysis.study.sources import KEY, nearest_name
from spatial.errors import InputError, counted, named
from spatial.labels import canonical
from spatial.panel import Panel

if TYPE_CHECKING:
    from libpysal.graph import Graph

__all__ = ["Data", "flows_of", "relabelled"]


@dataclass(frozen=True)
class Data:
    """Units of the sample, the table with all years (column "key"), printed names by key.

    `labels` are printed names of columns.
    """

    units: pd.Index
    table: pd.DataFrame
    time: str | None
    names: Mapping[str, str]
    labels: Mapping[str, str] = field(default_factory=dict)

    def column(self, column: Any, years: Any, kind: str) -> pd.Series[Any]:
        """One value per unit of the sample: of several years their mean, or the only group.

        Named as printed, years included.
        """
        found = self._values(column, years, kind)
        said = str(found.name).removeprefix(column)
        return found.rename(f"{self.labels.get(column, column)}{said}")

    def _values(self, column: Any, years: Any, kind: str) -> pd.Series[Any]:
        if not isinstance(column, str) or column not in self.table.columns:
            hint = nearest_name(str(column), map(str, self.table.columns))
            raise InputError(
                f"the column {column!r} stands neither in the table nor in the boundaries; {hint}"
            )
        rows = self.table[self.table[KEY].isin(self.units)]
        if kind == "blocks":
            return self._groups(rows, column)
        if self.time is None:
            if years is not None:
                raise InputError("years needs [table] time; name the column with the years.")
            return rows.set_index(KEY)[column].loc[self.units]
        panel = Panel(rows.reset_index(drop=True), unit=KEY, time=self.time)
        return self._averaged(panel, column, years).loc[self.units]

    def _averaged(self, panel: Panel, column: str, years: Any) -> pd.Series[Any]:
        from spatial import weights

        if years is not None and (not isinstance(years, list) or len(years) < 2):
            raise InputError(f"years = {years!r} is no span; write the first and the last year.")
        if years is None:
            return weights.average(panel, column)
        return weights.average(panel, column, years=years)

    def _groups(self, rows: pd.DataFrame, column: str) -> pd.Series[Any]:
        """Group of each unit, the same in all years."""
        kinds = rows.groupby(KEY)[column].nunique()
        moved = kinds[kinds > 1].index
        if len(moved):
            raise InputError(
                f"{column} changes over the years in {counted(len(moved), 'unit', 'units')}: "
                f"{named(self.names.get(k, k) for k in moved)}; blocks need one group per unit."
            )
        return rows.groupby(KEY)[column].first().loc[self.units]

    def key(self, label: Any) -> str:
        """Key of a unit given by key or by printed name; others as they stand."""
        text = canonical(label)
        if text in self.names:
            return text
        return self._keys.get(text, text)

    @cached_property
    def _keys(self) -> dict[str, str]:
        """Key by printed name."""
        return {canonical(name): key for key, name in self.names.items()}


def flows_of(base: Path, path: Any, given: Mapping[str, Any], data: Data) -> pd.DataFrame:
    """Origin–destination table of a csv or Excel file, its units as keys."""
    from spatial.weights.formats import decode

    file = _file(base, path)
    if file.suffix.lower() in (".xlsx", ".xlsm"):
        table = pd.read_excel(file, dtype=object)
    else:
        import io

        table = pd.read_csv(io.StringIO(decode(file.read_bytes(), file.name)), dtype=object)
    ends = [given["origin"], given["destination"]]
    for end in ends:
        if end not in table.columns:
            hint = nearest_name(str(end), map(str, table.columns))
            raise InputError(f"{file.name} has no column {end!r}; {hint}")
        table[end] = table[end].map(data.key, na_action="ignore")
    return _whole(table, ends, file, data)


def _whole(table: pd.DataFrame, ends: Sequence[str], file: Path, data: Data) -> pd.DataFrame:
    """Refuse a sample of which the file lacks units."""
    held = {label for end in ends for label in table[end].dropna()}
    absent = [key for key in data.units if key not in held]
    if absent:
        raise InputError(
            f"{file.name} holds no flow of {counted(len(absent), 'unit', 'units')} of the sample: "
            f"{named(data.names.get(k, k) for k in absent)}; add them or drop these units."
        )
    return table


def relabelled(base: Path, given: Mapping[str, Any], data: Data) -> Graph:
    """Weights of a file, its units as keys, cut to the sample."""
    from spatial import weights

    options = {key: value for key, value in given.items() if key != "path"}
    graph = weights.read(_file(base, given["path"]), **options)
    keys = {label: data.key(label) for label in graph.unique_ids}
    return weights.subset(weights.relabel(graph, keys, names=data.names), list(data.units))


def _file(base: Path, path: Any) -> Path:
    file = resolve_path(base, str(path))
    if not file.is_file():
        raise InputError(f"there is no file {file}; check path.")
    return file
