"""Data and weights brought together by label: the arrays that the estimators work on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from spatial.earlier import Earlier, earlier_of, refuse_own_past
from spatial.errors import InputError, counted, named
from spatial.formula import Columns, formula_columns, lag_name
from spatial.gather import Weights, gather
from spatial.memory import require_memory
from spatial.network import Network
from spatial.outside import Outside, instrument_columns, outside_of
from spatial.panel import Panel
from spatial.sheet import Missing, Sheet, sheet_of
from spatial.weights.logdet import Method
from spatial.within import Layout

if TYPE_CHECKING:
    from libpysal.graph import Graph

__all__ = ["Sample", "SampleDesign", "build_sample"]

Array = npt.NDArray[np.float64]
NOTHING_BEFORE = Earlier()
COPIES, FILTERED_COPIES = 7, 12


@dataclass(frozen=True, eq=False)
class Sample:
    """One outcome, its regressors and their weights, as stacked rows.

    Rows are sorted by time and then by unit. `y` and `wy` are (n,); `x` is (n, K) with the spatial
    lags last; `labels` (K,) name its columns; `terms` are the regressors that have effects, `own`
    and `neighbour` the columns of x that hold each (−1 where it is not lagged), `lag_networks` the
    weights that lag each. `network` lags y, `error_network` the error. `frame` holds all columns of
    the data for these rows. `outside` says which columns
    are endogenous and holds their instruments, `earlier` which are y(t−1) and W y(t−1): the last.
    `spec` codes other rows alike.
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
    layout: Layout
    network: Network
    error_network: Network
    lag_networks: tuple[Network, ...]
    graph: Graph
    notes: tuple[str, ...]
    frame: pd.DataFrame
    outside: Outside = field(default_factory=Outside)
    earlier: Earlier = field(default_factory=Earlier)
    spec: Any = None

    @property
    def n_units(self) -> int:
        """Number of units N."""
        return self.layout.n_units

    @property
    def n_times(self) -> int:
        """Number of times T, one for a cross-section."""
        return self.layout.n_times

    @property
    def index(self) -> pd.Index:
        """Labels of the rows."""
        if self.times is None:
            return self.units.rename(self.unit_name)
        return pd.MultiIndex.from_arrays(
            [self.units.take(self.layout.unit_codes), self.times.take(self.layout.time_codes)],
            names=[self.unit_name, self.time_name],
        )


@dataclass(frozen=True)
class SampleDesign:
    """What of a specification decides on the columns and rows of the sample.

    `filtered` says that columns are kept beside their lags, as a lag of the error or instruments
    ask for.
    """

    formula: str
    lag_x: bool = False
    lagged: Sequence[str] | None = None
    intercept: bool = True
    missing: Missing = None
    endogenous: Sequence[str] = ()
    instruments: Sequence[str] = ()
    dynamic: Sequence[str] = ()
    effects: str = "none"
    filtered: bool = False
    logdet: Method = "auto"


def build_sample(
    design: SampleDesign,
    data: Panel | pd.DataFrame,
    w: Weights,
    *,
    stacklevel: int,
    w_error: Weights | None = None,
    w_x: Weights | Mapping[str, Weights] | None = None,
) -> Sample:
    """Evaluate the formula, match units with the weights, and lag what is to be lagged."""
    whole = sheet_of(data, design.missing)
    columns = formula_columns(design.formula, whole.frame, where=whole.where, lag=whole.lag)
    extra = instrument_columns(design.formula, design.instruments, whole)
    refuse_own_past(columns, whole, design.effects)
    past = earlier_of(columns, whole, w, design.dynamic)
    sheet, rows = whole.used("dynamic=" if design.dynamic else "lag()")
    columns, extra = columns.take(rows), None if extra is None else extra.take(rows)
    past = past.take(rows)
    _refuse_infinite(columns, sheet, past)
    if extra is not None:
        _refuse_infinite(extra, sheet)
    keep = [j for j, name in enumerate(columns.labels) if design.intercept or name != "Intercept"]
    to_lag = _columns_to_lag(columns, design.lagged) if design.lag_x else []
    _require_room(len(columns.y), len(keep) + len(to_lag) + len(past.labels), design)
    found = gather(w, sheet, stacklevel=stacklevel + 1, logdet=design.logdet)
    by_column = _lag_networks(w_x, columns, to_lag, found.network, sheet, stacklevel + 1)
    own_labels = [columns.labels[j] for j in keep]
    lag_place = {columns.labels[j]: len(keep) + place for place, j in enumerate(to_lag)}
    lag_by = {columns.labels[j]: by_column[j] for j in to_lag}
    terms = tuple(name for name in own_labels if name != "Intercept")
    present = (*own_labels, *(lag_name(columns.labels[j]) for j in to_lag))
    past = past.behind(len(present))
    labels = (*present, *past.labels)
    x = [columns.x[:, keep], _lag_columns(columns.x, to_lag, by_column)]
    error = found
    if w_error is not None:
        error = gather(w_error, sheet, stacklevel=stacklevel + 1, logdet=design.logdet)
    return Sample(
        outcome=columns.outcome,
        y=columns.y,
        wy=found.network.lag(columns.y),
        x=np.concatenate(x if past.values is None else [*x, past.values], axis=1),
        labels=labels,
        terms=terms,
        own=tuple(own_labels.index(name) for name in terms),
        neighbour=tuple(lag_place.get(name, -1) for name in terms),
        units=sheet.units,
        times=sheet.times,
        unit_name=sheet.unit_name,
        time_name=sheet.time_name,
        layout=sheet.layout,
        network=found.network,
        error_network=error.network,
        lag_networks=tuple(lag_by.get(name, found.network) for name in terms),
        graph=found.graph,
        notes=tuple(dict.fromkeys((*sheet.notes, *found.notes, *error.notes))),
        frame=sheet.frame,
        outside=outside_of(columns, labels, design.endogenous, extra),
        earlier=past,
        spec=columns.spec,
    )


def _require_room(rows: int, width: int, design: SampleDesign) -> None:
    """Refuse before it starts what would not fit into memory.

    A fit holds its columns, y and W y about seven times at its peak, with a lag of the error or
    instruments twelve times.
    """
    copies = FILTERED_COPIES if design.filtered else COPIES
    require_memory(
        8.0 * copies * rows * (width + 2),
        f"a fit of {rows} rows and {width} columns",
        "leave regressors out, name in lagged= those whose neighbours matter, or take fewer units "
        "or years",
    )


def _lag_columns(x: Array, to_lag: Sequence[int], by_column: Mapping[int, Network]) -> Array:
    """Spatial lags of the columns to be lagged, those under the same weights at once."""
    out = np.empty((len(x), len(to_lag)))
    for network in {id(by_column[j]): by_column[j] for j in to_lag}.values():
        places = [place for place, j in enumerate(to_lag) if by_column[j] is network]
        out[:, places] = network.lag(x[:, [to_lag[place] for place in places]])
    return out


def _lag_networks(
    w_x: Weights | Mapping[str, Weights] | None,
    columns: Columns,
    to_lag: Sequence[int],
    network: Network,
    sheet: Sheet,
    stacklevel: int,
) -> dict[int, Network]:
    """Weights that lag each column: those of y, one other for all, or others for terms named."""
    out = dict.fromkeys(to_lag, network)
    if w_x is None:
        return out
    of_terms = isinstance(w_x, Mapping) and all(isinstance(key, str) for key in w_x)
    if not of_terms:
        other = gather(w_x, sheet, stacklevel=stacklevel + 1).network
        return dict.fromkeys(to_lag, other)
    lagged_terms = list(dict.fromkeys(columns.term[j] for j in to_lag))
    for term, weights in dict(w_x).items():
        places = [j for j in to_lag if _tight(columns.term[j]) == _tight(str(term))]
        if not places:
            raise InputError(
                f"w_x= names {term}, which is no lagged term; these are {named(lagged_terms, 20)}."
            )
        other = gather(weights, sheet, stacklevel=stacklevel + 1).network
        out.update(dict.fromkeys(places, other))
    return out


def _tight(term: str) -> str:
    return re.sub(r"\s", "", term)


def _refuse_infinite(columns: Columns, sheet: Sheet, past: Earlier = NOTHING_BEFORE) -> None:
    before = () if past.values is None else zip(past.labels, past.values.T, strict=True)
    for label, values in (
        (columns.outcome, columns.y),
        *zip(columns.labels, columns.x.T, strict=True),
        *before,
    ):
        bad = np.flatnonzero(~np.isfinite(values))
        if len(bad):
            kind = "missing" if np.isnan(values[bad]).all() else "infinite or missing"
            raise InputError(
                f"{label} is {kind} in {counted(len(bad), 'row', 'rows')} ({sheet.where(bad)}); "
                "mend these values, or leave the units or years out."
            )


def _columns_to_lag(columns: Columns, lagged: Sequence[str] | None) -> list[int]:
    """Places of the columns whose spatial lag enters.

    All but the intercept, or those of the terms named.
    """
    every = [j for j, name in enumerate(columns.labels) if name != "Intercept"]
    if lagged is None:
        return every
    wanted = [lagged] if isinstance(lagged, str) else list(lagged)
    known = {_tight(columns.term[j]) for j in every} | set(columns.labels)
    absent = [term for term in wanted if _tight(term) not in known and term not in known]
    if absent:
        raise InputError(
            f"lagged= names {named(absent)}, which is no term of the formula; its terms are "
            f"{named(dict.fromkeys(columns.term[j] for j in every), 20)}."
        )
    tight = {_tight(term) for term in wanted}
    return [j for j in every if _tight(columns.term[j]) in tight or columns.labels[j] in wanted]
