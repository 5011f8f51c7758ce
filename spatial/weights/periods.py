"""Numbers by unit from a panel, and graphs that change from period to period."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

from spatial.errors import InputError, counted, named
from spatial.weights.operator import operator

if TYPE_CHECKING:
    from libpysal.graph import Graph

__all__ = ["average", "by_period"]


class Table(Protocol):
    """What is needed of `spatial.Panel`."""

    unit: str
    time: str
    times: pd.Index

    @property
    def frame(self) -> pd.DataFrame:
        """Rows with unit and time as columns."""

    def subset(self, units: Any = None, years: Any = None) -> Table:
        """Fewer units or times."""

    def at(self, time: Any) -> pd.DataFrame:
        """Rows of one time, indexed by unit."""


def average(panel: Table, column: str, years: Sequence[Any] | None = None) -> pd.Series:
    """Mean of a column by unit over years: what economic and gravity weights are made of.

    Weights must not react to what the model explains. Income of the model's own years does, where
    the outcome moves income; so give years before the sample, or none for the mean over all years,
    which is the lesser remedy, and never weights of one late year.

    Parameters
    ----------
    panel
        A `spatial.Panel`.
    column
        Numeric column. A unit with a missing year in between is refused by name: means over
        different years do not compare.
    years
        First and last year, or a list of three or more; None takes all.

    Returns
    -------
    Series
        Indexed by unit, named "column" or "column first–last" for labels and legends.
    """
    _require(panel, column)
    part = panel if years is None else panel.subset(years=years)
    frame = part.frame
    values = pd.to_numeric(frame[column], errors="coerce")
    held = values.notna().groupby(frame[part.unit], sort=False).sum()
    short = held[held < len(part.times)]
    if len(short):
        raise InputError(
            f"{column} lacks years for {counted(len(short), 'unit', 'units')}: "
            f"{named(short.index)}; fill them in, choose years that all units have, or drop these "
            "units."
        )
    means = values.groupby(frame[part.unit]).mean()
    first, last = part.times[0], part.times[-1]
    span = "" if years is None else f" {first}–{last}" if first != last else f" {first}"
    return means.rename(f"{column}{span}").rename_axis(None)


def by_period(
    build: Callable[[Any], Graph],
    values: Table | Mapping[Any, Any],
    column: str | None = None,
) -> dict[Any, Graph]:
    """Graphs of each period, as a plain dict from time to graph.

    Parameters
    ----------
    build
        Builder of one period's graph from one period's values, such as `weights.economic`, or
        ``lambda gdp: weights.gravity(cities, gdp)``.
    values
        A `spatial.Panel`, of which `build` gets `column` of each time as a Series by unit; or a
        mapping from time to whatever `build` takes, such as a flow matrix per year.
    column
        Column of the panel.

    Raises
    ------
    InputError
        What `build` refuses, with the period; or the periods' graphs hold different units.

    Examples
    --------
    >>> incomes = {2010: pd.Series({"a": 1.0, "b": 2.0}), 2011: pd.Series({"a": 1.0, "b": 4.0})}
    >>> from spatial import weights
    >>> sorted(weights.by_period(weights.economic, incomes))
    [2010, 2011]
    """
    parts: Mapping[Any, Any]
    if isinstance(values, Mapping):
        if column is not None:
            raise InputError("column= belongs to a panel; a mapping already holds the values.")
        parts = values
    else:
        _require(values, column)
        parts = {time: values.at(time)[column] for time in values.times}
    if not parts:
        raise InputError("there is no period; give a mapping from time to values.")
    graphs = {time: _built(build, time, part) for time, part in parts.items()}
    return _same_units(graphs)


def _built(build: Callable[[Any], Graph], time: Any, part: Any) -> Graph:
    try:
        return build(part)
    except InputError as error:
        raise InputError(f"{time}: {error}") from None


def _same_units(graphs: dict[Any, Graph]) -> dict[Any, Graph]:
    """Refuse graphs over different units."""
    first, *others = graphs
    wanted = operator(graphs[first]).labels
    for time in others:
        found = operator(graphs[time]).labels
        odd = found.symmetric_difference(wanted)
        if len(odd):
            raise InputError(
                f"the weights of {time} hold other units than those of {first}: {named(odd)}; cut "
                "all to the same units with weights.subset."
            )
    return graphs


def _require(panel: Any, column: str | None) -> None:
    if not all(hasattr(panel, name) for name in ("frame", "times", "unit", "at")):
        raise InputError(
            f"this is a {type(panel).__name__}, not a spatial.Panel; make one with "
            "spatial.Panel(frame, unit=, time=)."
        )
    if column is None or column not in panel.frame.columns:
        raise InputError(f"the panel has no column {column!r}; name one of its numeric columns.")
    if not np.issubdtype(np.asarray(panel.frame[column]).dtype, np.number):
        raise InputError(f"column {column!r} holds no numbers; name a numeric column.")
