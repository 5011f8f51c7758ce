"""Local G and G* of Getis and Ord (1992; Ord and Getis 1995): hot spots and cold spots."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from spatial.autocorrelation.conditional import (
    Alternative,
    Method,
    Options,
    classes,
    lag_tails,
    listed,
    spread,
    spread_codes,
    standardised,
)
from spatial.autocorrelation.correction import Correction, adjust
from spatial.autocorrelation.inputs import (
    column_at,
    require_no_self_weights,
    require_panel,
    require_variation,
    values_on,
)
from spatial.weights.operator import Operator, operator, rescale

if TYPE_CHECKING:
    from libpysal.graph import Graph

    from spatial.panel import Panel

__all__ = ["SPOTS", "getis_ord", "getis_ord_by_time"]

Vector = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int8]

SPOTS = ("hot spot", "cold spot", "not significant", "isolate", "missing")
HOT, COLD, NOT_SIGNIFICANT, ISOLATE, MISSING = range(5)
NEGATIVE = (
    "some values are negative, so that the ratio G has no meaning and `statistic` is missing; "
    "z, p-values and classes do not need it"
)


def getis_ord(
    values: pd.Series,
    w: Graph,
    *,
    star: bool = True,
    method: Method = "exact",
    alternative: Alternative = "two-sided",
    correction: Correction = None,
    alpha: float = 0.05,
    permutations: int = 9999,
    seed: int = 0,
) -> pd.DataFrame:
    """Local G* or G of every unit, its p-value, and whether it is a hot or a cold spot.

    G_i* = Σ_j w_ij x_j / Σ_j x_j, the unit itself among the j (Getis and Ord 1992); G_i leaves the
    unit out of both sums. The z-form of Ord and Getis (1995, equations 13 and 14) subtracts the
    expectation and divides by the standard deviation under a random arrangement of the values:

        z_i* = (Σ_j w_ij x_j − W_i x̄) / (s √((n Σ_j w_ij² − W_i²)/(n−1))),   W_i = Σ_j w_ij,

    s² = Σ(x − x̄)²/n; for G_i with mean and s of the other n−1 units, n−1 for n and n−2 for n−1.

    Parameters
    ----------
    values, w
        As in `spatial.lisa`.
    star
        True for G*: the unit counts, with the largest weight of its row (a row-standardised row is
        scaled to sum to one again: 1/(k+1) each for k neighbours). False for G.
    method
        As in `spatial.lisa`. The unit's own value stays fixed and its neighbours' values are drawn
        from all others; since a fixed value moves no rank, G and G* of a unit have the same
        p-value, and differ in `statistic` and `z`.
    alternative
        "two-sided", "greater" (hot spots alone), "less" (cold spots alone) or "folded", of G_i, as
        in `spatial.lisa`.
    correction, alpha, permutations, seed
        As in `spatial.lisa`.

    Returns
    -------
    DataFrame
        One row per unit of `w`, in its order: statistic (the ratio, free of units; about W_i/n
        where nothing is special), z, p_value, p_adjusted, cluster: an ordered Categorical of "hot
        spot", "cold spot", "not significant", "isolate" and "missing". A unit is a hot spot where
        p_adjusted ≤ alpha, its neighbours' values are high and z > 0, a cold spot where they are
        low and z < 0; a G* whose own value outweighs its neighbours is neither. Isolates have no
        p-value, and no z. z is missing where all arrangements give the same G. ``.attrs``: those of
        `lisa`, and star.

    Raises
    ------
    InputError
        As in `spatial.lisa`.

    Notes
    -----
    The ratio is meant for quantities with a natural zero. With a negative value among the data
    `statistic` is missing for all units, and ``.attrs["note"]`` says so; z, p-values and classes do
    not change when a constant is added, and hold for logarithms and indices of either sign.

    Unlike local Moran, G tells high clusters from low ones and knows no outliers: a low city among
    high ones is a hot spot of G, since its surroundings are.

    Examples
    --------
    >>> from spatial import weights
    >>> ring = [[float(abs(i - j) in (1, 9)) for j in range(10)] for i in range(10)]
    >>> w = weights.from_matrix(ring, list("abcdefghij"))
    >>> found = getis_ord(pd.Series([9.0, 8, 9, 1, 2, 1, 1, 2, 1, 8], index=list("abcdefghij")), w)
    >>> found.loc["a", ["statistic", "z", "p_value"]].astype(float).round(4).tolist()
    [0.1984, 2.2905, 0.1667]
    """
    options = Options(method, alternative, correction, alpha, permutations, seed)
    op = operator(w)
    placed = values_on(op, values, "the values")
    found = _local(op, placed, options, "the values", star=star)
    return _table(found, op, values.index.name, _attrs(options, w, [found], star=star))


def getis_ord_by_time(  # noqa: PLR0913
    panel: Panel,
    column: str,
    w: Graph,
    times: Iterable[Any] | None = None,
    *,
    star: bool = True,
    method: Method = "exact",
    alternative: Alternative = "two-sided",
    correction: Correction = None,
    alpha: float = 0.05,
    permutations: int = 9999,
    seed: int = 0,
) -> pd.DataFrame:
    """`getis_ord` of a column in some or all times of a panel, one below the other.

    The columns are those of `getis_ord`, indexed by time and unit. Mean, pool and correction are
    those of each time alone; units without a row or a number in a time are "missing" in it.
    """
    options = Options(method, alternative, correction, alpha, permutations, seed)
    require_panel(panel, column)
    op = operator(w)
    chosen = list(panel.times) if times is None else listed(times)
    found = []
    for time in chosen:
        what = f"the values of {column} in {time}"
        placed = values_on(op, column_at(panel, column, time), what)
        found.append(_local(op, placed, options, what, star=star))
    attrs = _attrs(options, w, found, star=star)
    tables = [_table(local, op, panel.unit, attrs) for local in found]
    table = pd.concat(tables, keys=pd.Index(chosen), names=[panel.time, panel.unit])
    table.attrs.update(attrs)
    return table


@dataclass(frozen=True)
class Local:
    """Local G, (n,) each; `code` numbers SPOTS."""

    statistic: Vector
    z: Vector
    p_value: Vector
    p_adjusted: Vector
    code: Codes
    note: str
    negative: bool


def _local(op: Operator, values: Vector, options: Options, what: str, *, star: bool) -> Local:
    """Statistics on the units with a value, spread over all units."""
    known = ~np.isnan(values)
    rows = np.flatnonzero(known)
    cut = op if len(rows) == op.n else op.restricted(rows)
    require_no_self_weights(cut)
    x = values[rows]
    require_variation(x, what, fewest=3)
    own = _own_weights(cut) if star else None
    z = _z_star(x, cut.matrix, own) if own is not None else _z(x, cut.matrix)
    upper, lower, note = lag_tails(x, cut.matrix, options)
    p_value = _p_values(upper, lower, options.alternative)
    p_adjusted = adjust(p_value, options.correction)
    code = np.full(len(x), NOT_SIGNIFICANT, dtype=np.int8)
    significant = p_adjusted <= options.alpha
    code[significant & (upper < lower) & (z > 0)] = HOT
    code[significant & (lower < upper) & (z < 0)] = COLD
    code[cut.isolates] = ISOLATE
    return Local(
        spread(_ratio(x, cut, own), known),
        spread(z, known),
        spread(p_value, known),
        spread(p_adjusted, known),
        spread_codes(code, known, MISSING),
        note,
        bool(x.min() < 0),
    )


def _own_weights(op: Operator) -> Vector:
    """Weight of each unit on itself in G*, (n,): the largest of its row, 0 for isolates."""
    return np.asarray(op.matrix.max(axis=1).toarray()).ravel()


def _ratio(x: Vector, op: Operator, own: Vector | None) -> Vector:
    """G, or G* with the weights `own` of units on themselves; missing where it has no meaning."""
    if x.min() < 0:
        return np.full(len(x), np.nan)
    total, matrix = x.sum() - (x if own is None else 0.0), op.matrix
    if own is not None:
        matrix = sparse.csr_array(matrix + sparse.diags_array(own))
        matrix = rescale(matrix, "row") if op.row_scaled else matrix
    empty = np.full(len(x), np.nan)
    return np.asarray(np.divide(matrix @ x, total, out=empty, where=total > 0))


def _z(x: Vector, matrix: sparse.csr_array) -> Vector:
    """Standard score of G, (n,); mean and spread are those of the other units."""
    y, others = standardised(x), len(x) - 1
    sums, squares = _row_sums(matrix)
    excess = matrix @ y + sums * y / others
    variance = (len(x) - y**2) / others - (y / others) ** 2
    return _score(excess, variance, (others * squares - sums**2) / (others - 1), squares)


def _z_star(x: Vector, matrix: sparse.csr_array, own: Vector) -> Vector:
    """Standard score of G*, (n,)."""
    y, n = standardised(x), len(x)
    sums, squares = _row_sums(matrix)
    sums, squares = sums + own, squares + own**2
    excess = matrix @ y + own * y
    return _score(excess, np.ones(n), (n * squares - sums**2) / (n - 1), squares)


def _row_sums(matrix: sparse.csr_array) -> tuple[Vector, Vector]:
    """Sum of the weights of each row, and of their squares."""
    squares = matrix.multiply(matrix)
    return (
        np.asarray(matrix.sum(axis=1), dtype=np.float64).ravel(),
        np.asarray(squares.sum(axis=1), dtype=np.float64).ravel(),
    )


def _score(excess: Vector, variance: Vector, factor: Vector, squares: Vector) -> Vector:
    """Excess over its standard deviation; missing where that is zero, as for isolates."""
    varies = (variance > 1e-12) & (factor > 1e-12 * squares)
    spread_of = np.sqrt(np.where(varies, variance * factor, 1.0))
    return np.where(varies, excess / spread_of, np.nan)


def _p_values(upper: Vector, lower: Vector, alternative: str) -> Vector:
    """p-values from the tails of the lag; missing for isolates."""
    if alternative in ("greater", "less"):
        return upper if alternative == "greater" else lower
    smaller = np.minimum(upper, lower)
    return smaller if alternative == "folded" else np.minimum(2 * smaller, 1.0)


def _attrs(options: Options, w: Graph, found: list[Local], *, star: bool) -> dict[str, Any]:
    """Attributes of a result."""
    attrs = options.recorded(w, [local.note for local in found])
    negative = [NEGATIVE] if any(local.negative for local in found) else []
    note = "; ".join([*([attrs["note"]] if attrs["note"] else []), *negative])
    return {**attrs, "note": note, "star": bool(star)}


def _table(local: Local, op: Operator, name: Any, attrs: dict[str, Any]) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "statistic": local.statistic,
            "z": local.z,
            "p_value": local.p_value,
            "p_adjusted": local.p_adjusted,
            "cluster": classes(local.code, SPOTS),
        },
        index=op.ids.rename(name),
        copy=False,
    )
    table.attrs.update(attrs)
    return table
