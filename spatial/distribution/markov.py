"""Markov chains of classes, alone and given the neighbours' class (Rey, 2001)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from spatial.distribution.values import column_wide
from spatial.errors import InputError, counted, is_whole, named
from spatial.panel import Panel
from spatial.result import quantile

if TYPE_CHECKING:
    from libpysal.graph import Graph

__all__ = ["class_transitions", "long_run", "quantile_classes", "transitions"]

Array = npt.NDArray[np.float64]
Classes = Literal["quantiles", "lisa"]
Scope = Literal["pooled", "time"]
Given = Literal["neighbours", "time"] | None
OUTSIDE = ("isolate", "missing")


def quantile_classes(values: pd.DataFrame, k: int = 4, scope: Scope = "pooled") -> pd.DataFrame:
    """Classes 1 to k of a table of times by units, by quantiles of all values or of each time.

    A value on a boundary belongs to the class below it. With "pooled" boundaries a common growth
    moves units upwards; "time" keeps the classes equally large and shows who overtakes whom.

    Examples
    --------
    >>> quantile_classes(pd.DataFrame([[1.0, 2.0, 3.0, 4.0]]), k=2).to_numpy().tolist()
    [[1.0, 1.0, 2.0, 2.0]]
    """
    return _classed(values, _bounds(values, k, scope))


def transitions(
    panel: Panel,
    column: str,
    *,
    classes: Classes = "quantiles",
    k: int = 4,
    scope: Scope = "pooled",
    step: int = 1,
    given: Given = None,
    w: Graph | None = None,
    local: Mapping[str, Any] | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Transition probabilities between classes of a column, one or more times apart.

    p_ij = n_ij / Σ_j n_ij, over all units and all pairs of times `step` apart: the estimate of
    maximum likelihood (Anderson and Goodman, 1957). With ``given="neighbours"`` there is one matrix
    for each class of the spatial lag Wy at the start, by the same boundaries (Rey, 2001); with
    "time" one for each starting time, by which `homogeneity` tests stationarity. The classes of
    ``classes="lisa"`` are those of the local Moran's I in each time, which hold the neighbours
    already: HH, LH, LL, HL and not significant.

    Parameters
    ----------
    panel, column
        The data; pairs with a missing value are left out.
    classes
        "quantiles" or "lisa".
    k
        Number of quantile classes.
    scope
        "pooled" or "time", see `quantile_classes`.
    step
        Times from start to end.
    given
        None, "neighbours" or "time".
    w
        Weights over at least the units of the panel, for "neighbours" and "lisa"; units without a
        neighbour are left out and named in ``.attrs["isolates"]``.
    local
        Further arguments of `lisa_by_time` for "lisa", such as {"correction": "fdr"}.
    level
        Of intervals.

    Returns
    -------
    DataFrame
        term (the column), given (where asked), from, to, count, estimate (the probability),
        std_error = √(p(1 − p)/n), conf_low, conf_high (Wilson, 1927, which keep to [0, 1]), nobs
        (the n that started there), isolates; every combination has a row, NaN where nothing
        started. ``.attrs``: classes, column, k, scope, step, given, isolates, and with "lisa"
        `local`, how local classes were told.

    Raises
    ------
    InputError
        Too few distinct values for the classes, no pair of times, weights that are missing.

    Examples
    --------
    >>> spatial.transitions(panel, "resilience", given="neighbours", w=w)  # doctest: +SKIP
    >>> spatial.transitions(panel, "resilience", classes="lisa", w=w)  # doctest: +SKIP
    """
    if given not in (None, "neighbours", "time"):
        raise InputError(f'given={given!r} is unknown; choose None, "neighbours" or "time".')
    if classes == "lisa":
        return _of_local_classes(panel, column, step, given, w, dict(local or {}), level)
    if classes != "quantiles":
        raise InputError(f'classes={classes!r} is unknown; choose "quantiles" or "lisa".')
    wide = column_wide(panel, column)
    bounds = _bounds(wide, k, scope)
    numbers = _classed(wide, bounds)
    names = [str(number) for number in range(1, k + 1)]
    condition: pd.DataFrame | None = None
    conditions: list[str] = []
    isolates: list[str] = []
    if given == "neighbours":
        lag, isolates = _lagged(wide, w, column)
        condition, conditions = _classed(lag, bounds), names
    elif given == "time":
        condition = pd.DataFrame(
            np.repeat(np.arange(1.0, len(wide) + 1)[:, None], wide.shape[1], axis=1)
        )
        conditions = [str(time) for time in panel.times[:-step]]
    moves = _table(numbers.to_numpy(), names, _step(panel.times, step), condition, conditions)
    return _tidy(
        moves, level,
        {"classes": names, "column": column, "k": k, "scope": scope, "step": step, "given": given,
         "isolates": isolates},
    )  # fmt: skip


def _of_local_classes(
    panel: Panel,
    column: str,
    step: int,
    given: Given,
    w: Graph | None,
    options: dict[str, Any],
    level: float,
) -> pd.DataFrame:
    """Transitions between the local classes of each time."""
    from spatial.autocorrelation import lisa_by_time

    if w is None:
        raise InputError('classes="lisa" needs weights; give w=.')
    if given is not None:
        raise InputError(
            f'given={given!r} goes with classes="quantiles"; local classes hold the neighbours.'
        )
    column_wide(panel, column)
    table = lisa_by_time(panel, column, w, **options)
    found = table["cluster"]
    alone = found.index.get_level_values(1)[(found == "isolate").to_numpy()]
    moves = class_transitions(found.rename(column), step=step, level=level)
    isolates = [str(unit) for unit in dict.fromkeys(alone)]
    return _tidy(moves, level, {**moves.attrs, "isolates": isolates, "local": dict(table.attrs)})


def class_transitions(classes: pd.Series, *, step: int = 1, level: float = 0.95) -> pd.DataFrame:
    """Transitions between classes that are given, such as those of `spatial.lisa_by_time`.

    Parameters
    ----------
    classes
        Series indexed (time, unit), a Categorical in the order to be printed or plain labels;
        "isolate", "missing" and empty cells start and end nothing.
    step
        Times from start to end.
    level
        Of intervals.

    Returns
    -------
    DataFrame
        As of `transitions`, without a condition.

    Examples
    --------
    >>> found = spatial.lisa_by_time(panel, "resilience", w)  # doctest: +SKIP
    >>> spatial.distribution.class_transitions(found["cluster"])  # doctest: +SKIP
    """
    if not isinstance(classes, pd.Series) or classes.index.nlevels != 2:
        raise InputError("classes must be a Series indexed (time, unit).")
    if classes.index.has_duplicates:
        twice = classes.index[classes.index.duplicated()]
        raise InputError(f"classes hold {named(twice)} more than once; keep one of each.")
    kept = classes[classes.notna() & ~classes.isin(OUTSIDE)]
    if isinstance(kept.dtype, pd.CategoricalDtype):
        present = set(kept)
        names = [name for name in kept.cat.categories if name in present]
    else:
        names = sorted(kept.unique())
    if len(names) < 2:
        raise InputError("classes hold fewer than two classes; there is nothing to change.")
    numbers = kept.astype(object).map({name: place for place, name in enumerate(names, 1)})
    wide = numbers.astype(np.float64).unstack(level=1).sort_index()
    shown = [str(name) for name in names]
    moves = _table(wide.to_numpy(), shown, _step(wide.index, step), None, [])
    about = {"classes": shown, "column": classes.name, "step": step, "given": None, "isolates": []}
    return _tidy(moves, level, about)


def long_run(table: pd.DataFrame) -> pd.DataFrame:
    """Shares of classes that a chain settles at, π = πP, beside those of the starts observed.

    Returns
    -------
    DataFrame
        given (where the table has it), class, start, long_run; NaN where a class was never left, so
        that the chain is not known, or where it falls into parts that never meet.

    Examples
    --------
    >>> rows = [("1", "1", 3), ("1", "2", 1), ("2", "1", 1), ("2", "2", 1)]
    >>> moves = pd.DataFrame(rows, columns=["from", "to", "count"])
    >>> moves["nobs"] = moves.groupby("from")["count"].transform("sum")
    >>> moves["estimate"] = moves["count"] / moves["nobs"]
    >>> long_run(moves)["long_run"].round(3).tolist()
    [0.667, 0.333]
    """
    parts = table.groupby("given", sort=False) if "given" in table else [(None, table)]
    rows = []
    for condition, part in parts:
        matrix = part.pivot_table(
            index="from", columns="to", values="estimate", sort=False, dropna=False
        )
        totals = part.drop_duplicates("from").set_index("from")["nobs"].reindex(matrix.index)
        ends = _stationary(matrix.to_numpy(dtype=np.float64))
        start = totals / totals.sum() if totals.sum() > 0 else totals * np.nan
        frame = pd.DataFrame({"class": matrix.index, "start": start.to_numpy(), "long_run": ends})
        if condition is not None:
            frame.insert(0, "given", condition)
        rows.append(frame)
    return pd.concat(rows, ignore_index=True)


def _stationary(p: Array) -> Array:
    """Left eigenvector at one, NaN where it is not unique."""
    if not np.isfinite(p).all():
        return np.full(len(p), np.nan)
    values, vectors = np.linalg.eig(p.T)
    ones = np.flatnonzero(np.abs(values - 1.0) < 1e-9)
    if len(ones) != 1:
        return np.full(len(p), np.nan)
    share = np.real(vectors[:, ones[0]])
    return np.asarray(share / share.sum())


def _bounds(values: pd.DataFrame, k: int, scope: str) -> Array:
    """Inner boundaries of each time, (T, k − 1)."""
    if not is_whole(k) or not 2 <= k <= 20:
        raise InputError(f"k={k!r}; give 2 to 20 classes.")
    if scope not in ("pooled", "time"):
        raise InputError(f'scope={scope!r} is unknown; choose "pooled" or "time".')
    shares = np.arange(1, k) / k
    array = values.to_numpy(dtype=np.float64)
    if np.isnan(array).all(axis=1).any():
        empty = values.index[np.isnan(array).all(axis=1)]
        raise InputError(f"there is no value in {named(empty)}; leave it out.")
    pooled = scope == "pooled"
    bounds = np.nanquantile(array, shares) if pooled else np.nanquantile(array, shares, axis=1).T
    bounds = np.broadcast_to(bounds, (len(array), k - 1))
    if (np.diff(bounds, axis=1) <= 0).any():
        raise InputError(f"the values tie so much that {k} classes coincide; take fewer, k=.")
    return np.asarray(bounds)


def _classed(values: pd.DataFrame, bounds: Array) -> pd.DataFrame:
    """Classes 1 to k by these boundaries; missing stays missing."""
    array = values.to_numpy(dtype=np.float64)
    number = 1.0 + (array[:, :, None] > bounds[:, None, :]).sum(axis=2)
    return pd.DataFrame(
        np.where(np.isnan(array), np.nan, number), index=values.index, columns=values.columns
    )


def _step(times: pd.Index, step: int) -> int:
    """Check a number of times from start to end."""
    if not is_whole(step) or not 1 <= step < len(times):
        raise InputError(f"step={step!r}; the panel has {counted(len(times), 'time', 'times')}.")
    if pd.api.types.is_numeric_dtype(times.dtype) and len(np.unique(np.diff(times))) > 1:
        raise InputError(
            f"the times {named(times, 30)} are not equally far apart, so that transitions do not "
            "take equally long; choose times with equal steps."
        )
    return int(step)


def _lagged(wide: pd.DataFrame, w: Graph | None, column: str) -> tuple[pd.DataFrame, list[str]]:
    """Spatial lag of each time, missing for units without a neighbour, and these."""
    from spatial import weights

    if w is None:
        raise InputError('given="neighbours" needs weights; give w=.')
    gaps = wide.columns[wide.isna().any()]
    if len(gaps):
        raise InputError(
            f"{column} is missing for {named(gaps)} in some times, so that their neighbours have "
            "no lag; leave these units out, or fill them in."
        )
    cut = weights.subset(w, wide.columns)
    matrix = cut.sparse
    lonely = np.asarray(abs(matrix).sum(axis=1)).ravel() == 0
    lagged = np.asarray((matrix @ wide.to_numpy().T).T)
    lagged[:, lonely] = np.nan
    isolates = [str(label) for label in wide.columns[lonely]]
    return pd.DataFrame(lagged, index=wide.index, columns=wide.columns), isolates


def _table(
    classes: Array,
    names: Sequence[str],
    step: int,
    condition: pd.DataFrame | None,
    conditions: Sequence[str],
) -> pd.DataFrame:
    """Count pairs of classes a step apart, for each condition."""
    start, end = classes[:-step], classes[step:]
    known = ~np.isnan(start) & ~np.isnan(end)
    state = np.ones_like(start) if condition is None else condition.to_numpy()[:-step]
    known &= ~np.isnan(state)
    if not known.any():
        raise InputError("no unit has a class at both ends of a step; check the times.")
    size, depth = len(names), max(len(conditions), 1)
    places = [(part[known] - 1).astype(np.intp) for part in (state, start, end)]
    counts = np.zeros((depth, size, size))
    np.add.at(counts, tuple(places), 1.0)
    totals = np.broadcast_to(counts.sum(axis=2, keepdims=True), counts.shape)
    keys: list[Any] = [list(conditions)] if conditions else []
    index = pd.MultiIndex.from_product(
        [*keys, list(names), list(names)], names=[*(["given"] if keys else []), "from", "to"]
    )
    table = pd.DataFrame({"count": counts.ravel(), "nobs": totals.ravel()}, index=index)
    return table.astype(int).reset_index()


def _tidy(moves: pd.DataFrame, level: float, about: dict[Any, Any]) -> pd.DataFrame:
    """Probabilities with their errors and intervals, and what they are of."""
    z = quantile(level)
    n = moves["nobs"].where(moves["nobs"] > 0).astype(np.float64)
    share = moves["count"] / n
    middle = (share + z**2 / (2.0 * n)) / (1.0 + z**2 / n)
    half = z / (1.0 + z**2 / n) * np.sqrt(share * (1.0 - share) / n + z**2 / (4.0 * n**2))
    keys = [name for name in ("given", "from", "to") if name in moves]
    table = moves[[*keys, "count"]].assign(
        estimate=share, std_error=np.sqrt(share * (1.0 - share) / n),
        conf_low=(middle - half).clip(lower=0.0), conf_high=(middle + half).clip(upper=1.0),
        nobs=moves["nobs"], isolates=len(about["isolates"]),
    )  # fmt: skip
    table.insert(0, "term", "" if about["column"] is None else str(about["column"]))
    table.attrs = about
    return table
