"""Data and weights brought together by label: the arrays that the estimators work on."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from spatial.errors import InputError, named
from spatial.formula import Columns, formula_columns, lag_name
from spatial.labels import canonical_index
from spatial.panel import Panel
from spatial.weights.operator import Operator, align, check_scaling

if TYPE_CHECKING:
    from libpysal.graph import Graph

__all__ = ["Sample", "build_sample"]

Array = npt.NDArray[np.float64]
SPAN = 8


@dataclass(frozen=True, eq=False)
class Sample:
    """One outcome, its regressors and one graph, balanced.

    T times (one for a cross-section), N units.

    `y` and `wy` are (T, N); `x` is (T, N, K) with the spatial lags last; `labels` (K,) name its
    columns; `terms` are the regressors that have effects, `own` and `neighbour` the columns of x
    that hold each (−1 where it is not lagged).
    """

    outcome: str
    y: Array
    wy: Array
    x: Array
    labels: tuple[str, ...]
    terms: tuple[str, ...]
    own: tuple[int, ...]
    neighbour: tuple[int, ...]
    units: pd.Index
    times: pd.Index | None
    unit_name: str
    time_name: str | None
    operator: Operator
    graph: Graph
    notes: tuple[str, ...]

    @property
    def n_units(self) -> int:
        """Number of units N."""
        return int(self.y.shape[1])

    @property
    def n_times(self) -> int:
        """Number of times T."""
        return int(self.y.shape[0])

    @property
    def index(self) -> pd.Index:
        """Labels of the rows in the order of `y.ravel()`."""
        if self.times is None:
            return self.units.rename(self.unit_name)
        return pd.MultiIndex.from_arrays(
            [np.tile(self.units, self.n_times), np.repeat(self.times, self.n_units)],
            names=[self.unit_name, self.time_name],
        )


def build_sample(
    formula: str,
    data: Panel | pd.DataFrame,
    w: Graph,
    *,
    lag_x: bool,
    lagged: Sequence[str] | None,
    intercept: bool,
    stacklevel: int,
) -> Sample:
    """Evaluate the formula, match units with the weights, and lag what is to be lagged."""
    if isinstance(data, Panel):
        sheet = _sheet_of_panel(data)
    elif isinstance(data, pd.DataFrame):
        sheet = _sheet_of_frame(data)
    else:
        raise InputError(
            f"the data are a {type(data).__name__}; give a spatial.Panel, or for a cross-section a "
            "DataFrame indexed by unit."
        )
    columns = formula_columns(formula, sheet.frame, where=sheet.where, lag=sheet.lag)
    aligned = align(w, sheet.units, what="the data", stacklevel=stacklevel + 1)
    scaling = check_scaling(aligned.operator, stacklevel=stacklevel + 1)
    first, lag_note = _first_time(columns, formula, sheet)
    _refuse_infinite(columns, first * sheet.n_units, sheet)
    shape = (sheet.n_times, sheet.n_units)
    y = columns.y.reshape(shape)[first:]
    x = columns.x.reshape(*shape, -1)[first:]
    op = aligned.operator
    keep = [j for j, name in enumerate(columns.labels) if intercept or name != "Intercept"]
    to_lag = _columns_to_lag(columns, lagged) if lag_x else []
    own_labels = [columns.labels[j] for j in keep]
    wx = op.lag(x[..., to_lag]) if to_lag else x[..., :0]
    lag_place = {columns.labels[j]: len(keep) + place for place, j in enumerate(to_lag)}
    terms = tuple(name for name in own_labels if name != "Intercept")
    return Sample(
        outcome=columns.outcome,
        y=y,
        wy=op.lag(y[..., None])[..., 0],
        x=np.concatenate([x[..., keep], wx], axis=-1),
        labels=(*own_labels, *(lag_name(columns.labels[j]) for j in to_lag)),
        terms=terms,
        own=tuple(own_labels.index(name) for name in terms),
        neighbour=tuple(lag_place.get(name, -1) for name in terms),
        units=sheet.units,
        times=None if sheet.times is None else sheet.times[first:],
        unit_name=sheet.unit_name,
        time_name=sheet.time_name,
        operator=op,
        graph=w,
        notes=tuple(note for note in (*aligned.notes, scaling, lag_note) if note),
    )


@dataclass(frozen=True, eq=False)
class _Sheet:
    """Rows of a balanced table in the order (time, unit)."""

    frame: pd.DataFrame
    units: pd.Index
    times: pd.Index | None
    unit_name: str
    time_name: str | None
    panel: Panel | None

    @property
    def n_units(self) -> int:
        return len(self.units)

    @property
    def n_times(self) -> int:
        return 1 if self.times is None else len(self.times)

    @property
    def lag(self) -> Callable[[pd.Series], pd.Series] | None:
        return None if self.panel is None else self.panel.shift_values

    def where(self, rows: npt.NDArray[np.intp]) -> str:
        """Names of rows for a message: units with their times."""
        shown = [
            str(self.units[r % self.n_units])
            + ("" if self.times is None else f" {self.times[r // self.n_units]}")
            for r in rows[:SPAN]
        ]
        more = f" and {len(rows) - SPAN} more" if len(rows) > SPAN else ""
        return ", ".join(shown) + more


def _sheet_of_panel(panel: Panel) -> _Sheet:
    if not panel.balanced:
        gaps = panel.gaps
        holes = [f"{u} {t}" for u, t in gaps.head(SPAN).itertuples(index=False)]
        more = f" and {len(gaps) - SPAN} more" if len(gaps) > SPAN else ""
        complete = len(panel.complete_units)
        raise InputError(
            f"the panel is unbalanced: {len(gaps)} rows are absent ({', '.join(holes)}{more}); "
            f"keep the {complete} units "
            "observed in every year with panel.subset(units=panel.complete_units), or choose years "
            "in which all units are "
            "observed with panel.subset(years=(first, last))."
        )
    return _Sheet(panel.frame, panel.units, panel.times, panel.unit, panel.time, panel)


def _sheet_of_frame(frame: pd.DataFrame) -> _Sheet:
    if len(frame) == 0:
        raise InputError("the table has no rows; check the filters that made it.")
    if isinstance(frame.index, pd.MultiIndex):
        raise InputError(
            "a cross-section is indexed by unit alone; for units and times make a spatial.Panel."
        )
    labels = canonical_index(frame.index, "the index of the data")
    numeric = pd.api.types.is_numeric_dtype(frame.index.dtype)
    order = frame.index.argsort() if numeric else labels.argsort()
    ordered = frame.iloc[order]
    name = str(frame.index.name) if frame.index.name is not None else "unit"
    return _Sheet(ordered.reset_index(drop=True), ordered.index, None, name, None, None)


def _first_time(columns: Columns, formula: str, sheet: _Sheet) -> tuple[int, str | None]:
    """Leading times that only lag() leaves empty are outside the model, and a note says so."""
    if sheet.times is None or not re.search(r"\blag\s*\(", formula):
        return 0, None
    empty = np.isnan(columns.x).any(axis=1).reshape(sheet.n_times, sheet.n_units).all(axis=1)
    first = int(np.argmin(empty)) if not empty.all() else 0
    if empty.all():
        raise InputError(
            "lag() leaves no time with data; the panel needs at least two consecutive times."
        )
    if first == 0:
        return 0, None
    return (
        first,
        f"lag() uses {named(sheet.times[:first])} as the earlier time; the model starts in "
        f"{sheet.times[first]}.",
    )


def _refuse_infinite(columns: Columns, start: int, sheet: _Sheet) -> None:
    for label, values in (
        (columns.outcome, columns.y),
        *zip(columns.labels, columns.x.T, strict=True),
    ):
        bad = np.flatnonzero(~np.isfinite(values[start:])) + start
        if len(bad):
            kind = "missing" if np.isnan(values[bad]).all() else "infinite or missing"
            raise InputError(
                f"{label} is {kind} in {len(bad)} rows ({sheet.where(bad)}); mend these values, or "
                "leave the units or years out."
            )


def _columns_to_lag(columns: Columns, lagged: Sequence[str] | None) -> list[int]:
    """Places of the columns whose spatial lag enters.

    All but the intercept, or those of the terms named.
    """
    every = [j for j, name in enumerate(columns.labels) if name != "Intercept"]
    if lagged is None:
        return every
    wanted = [lagged] if isinstance(lagged, str) else list(lagged)
    known = {re.sub(r"\s", "", columns.term[j]) for j in every} | set(columns.labels)
    absent = [term for term in wanted if re.sub(r"\s", "", term) not in known and term not in known]
    if absent:
        raise InputError(
            f"lagged= names {named(absent)}, which is no term of the formula; its terms are "
            f"{named(dict.fromkeys(columns.term[j] for j in every), 20)}."
        )
    tight = {re.sub(r"\s", "", term) for term in wanted}
    return [
        j
        for j in every
        if re.sub(r"\s", "", columns.term[j]) in tight or columns.labels[j] in wanted
    ]
