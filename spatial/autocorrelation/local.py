"""Local Moran's I (Anselin 1995), univariate and bivariate, with its permutation distribution."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

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
from spatial.weights.operator import Operator, operator

if TYPE_CHECKING:
    from libpysal.graph import Graph

    from spatial.panel import Panel

__all__ = ["CLUSTERS", "QUADRANTS", "bilisa", "lisa", "lisa_by_time"]

Vector = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int8]

QUADRANTS = ("HH", "LH", "LL", "HL")
CLUSTERS = (*QUADRANTS, "not significant", "isolate", "missing")
NOT_SIGNIFICANT, ISOLATE, MISSING = 4, 5, 6


def lisa(
    values: pd.Series,
    w: Graph,
    method: Method = "exact",
    alternative: Alternative = "two-sided",
    correction: Correction = None,
    alpha: float = 0.05,
    permutations: int = 9999,
    seed: int = 0,
) -> pd.DataFrame:
    """Local Moran's I of every unit, its p-value and the cluster it belongs to.

    I_i = z_i Σ_j w_ij z_j / m2 with z = value − mean and m2 = Σ z²/n, over the units that have a
    value. The p-value refers to conditional permutation: unit i keeps its value, its neighbours'
    values are a random draw, without replacement, from all other units with a value (isolates too).

    Parameters
    ----------
    values
        Numbers indexed by the labels of the units. Units of `w` that are absent or missing here
        come back as "missing"; `w` is cut to the rest and re-scaled, so that a unit may lose all
        its neighbours.
    w
        Weights.
    method
        "exact" computes the whole permutation distribution where the neighbours of a unit all weigh
        the same (row-standardised contiguity, nearest neighbours, distance bands). Where weights
        differ within a row (inverse distance), or where it would take more than 10 seconds or 2 GB,
        seeded permutation takes its place and ``.attrs`` say so. "permutation" asks for that: p =
        (b+1)/(permutations+1).
    alternative
        With P+ = P(I ≥ I_i) and P− = P(I ≤ I_i): "two-sided" min(1, 2·min(P+, P−)); "greater" P+;
        "less" P−; "folded" min(P+, P−), which GeoDa and esda print and which rejects twice as often
        as it says.
    correction
        None, "fdr" (Benjamini and Hochberg 1995) or "bonferroni", over the units that have a
        p-value.
    alpha
        A unit is significant where p_adjusted ≤ alpha.
    permutations, seed
        Number of draws and seed where p-values are drawn; the result does not depend on the number
        of workers.

    Returns
    -------
    DataFrame
        One row per unit of `w`, in its order: statistic; lag Σ_j w_ij z_j/√m2; p_value; p_adjusted
        (p_value without correction); quadrant HH, LH, LL or HL: own value, then neighbours', H
        above the mean (exactly at the mean is L); cluster, an ordered Categorical of HH, LH, LL,
        HL, "not significant", "isolate" and "missing". A unit at the mean has p = 1. Isolates have
        statistic and lag 0, no p-value and no quadrant. ``.attrs``: weights, weights_zh, method,
        alternative, correction, alpha, seed, permutations, note (why permutation took the place of
        the exact method, else empty).

    Raises
    ------
    InputError
        Bare arrays, units that `w` lacks, values that are infinite or the same everywhere, weights
        of units on themselves, an unknown option.

    Notes
    -----
    Exact p-values are never below 1e-13. Up to 200,000 arrangements per unit, and values on a
    lattice (counts, ranks, rounded figures), are computed to the last digits; other values are put
    on a fine grid, which leaves about three digits (`spatial.autocorrelation.subset_sums`); where a
    few values tower over all others (lognormal with a log-sd of 2, say), p-values below 1e-4 are
    rougher, and logarithms are the better measure. The p-values of spdep 1.2-7's localmoran_perm on
    the Columbus data are those of draws with replacement, a little off these.

    Examples
    --------
    >>> from spatial import weights
    >>> ring = [[float(abs(i - j) in (1, 9)) for j in range(10)] for i in range(10)]
    >>> w = weights.from_matrix(ring, list("abcdefghij"))
    >>> found = lisa(pd.Series([9.0, 8, 9, 1, 2, 1, 1, 2, 1, 8], index=list("abcdefghij")), w)
    >>> found.loc["a", "quadrant"], round(float(found.loc["a", "p_value"]), 4)
    ('HH', 0.1667)
    """
    options = Options(method, alternative, correction, alpha, permutations, seed)
    op = operator(w)
    placed = values_on(op, values, "the values")
    found = _local(op, placed, placed, options, "the values")
    return _table(found, op, values.index.name, options.recorded(w, [found.note]))


def bilisa(
    x: pd.Series,
    y: pd.Series,
    w: Graph,
    method: Method = "exact",
    alternative: Alternative = "two-sided",
    correction: Correction = None,
    alpha: float = 0.05,
    permutations: int = 9999,
    seed: int = 0,
) -> pd.DataFrame:
    """Bivariate local Moran's I: `x` here against `y` at the neighbours.

    I_i = zx_i Σ_j w_ij zy_j / (sx sy) with z = value − mean and s the root of Σ z²/n, over the
    units that have both values. Under conditional permutation x_i stays and the neighbours' y are a
    random draw from the y of all other units. Parameters, columns and attributes are those of
    `lisa`; in the quadrant the first letter is the unit's own x and the second its neighbours' y.

    Notes
    -----
    A bivariate cluster may reflect the unit's own correlation of x and y rather than anything
    that passes between neighbours: where x and y go together within units and y clusters in space,
    x here goes with y next door without any spillover (Lee 2001). Look at the two univariate maps
    and at the correlation as well.
    """
    options = Options(method, alternative, correction, alpha, permutations, seed)
    op = operator(w)
    here, there = values_on(op, x, "the values of x"), values_on(op, y, "the values of y")
    found = _local(op, here, there, options, "the values of x and y")
    return _table(found, op, x.index.name, options.recorded(w, [found.note]))


def lisa_by_time(
    panel: Panel,
    column: str,
    w: Graph,
    times: Iterable[Any] | None = None,
    method: Method = "exact",
    alternative: Alternative = "two-sided",
    correction: Correction = None,
    alpha: float = 0.05,
    permutations: int = 9999,
    seed: int = 0,
) -> pd.DataFrame:
    """`lisa` of a column in some or all times of a panel, one below the other.

    The columns are those of `lisa`, indexed by time and unit. Mean, pool and correction are those
    of each time alone; units without a row or a number in a time are "missing" in it.
    """
    options = Options(method, alternative, correction, alpha, permutations, seed)
    require_panel(panel, column)
    op = operator(w)
    chosen = list(panel.times) if times is None else listed(times)
    found = []
    for time in chosen:
        what = f"the values of {column} in {time}"
        placed = values_on(op, column_at(panel, column, time), what)
        found.append(_local(op, placed, placed, options, what))
    attrs = options.recorded(w, [local.note for local in found])
    tables = [_table(local, op, panel.unit, attrs) for local in found]
    table = pd.concat(tables, keys=pd.Index(chosen), names=[panel.time, panel.unit])
    table.attrs.update(attrs)
    return table


@dataclass(frozen=True)
class Local:
    """Local statistics, (n,) each; `code` numbers CLUSTERS, `quadrant` QUADRANTS, −1 is none."""

    statistic: Vector
    lag: Vector
    p_value: Vector
    p_adjusted: Vector
    quadrant: Codes
    code: Codes
    note: str


def _local(op: Operator, here: Vector, there: Vector, options: Options, what: str) -> Local:
    """Statistics on the units with both values, spread over all units."""
    known = ~(np.isnan(here) | np.isnan(there))
    rows = np.flatnonzero(known)
    cut = op if len(rows) == op.n else op.restricted(rows)
    require_no_self_weights(cut)
    x, y = here[rows], there[rows]
    require_variation(x, what, fewest=3)
    require_variation(y, what, fewest=3)
    z = standardised(x)
    lag = np.asarray(cut.matrix @ (z if there is here else standardised(y)))
    noise = 64 * np.finfo(np.float64).eps * np.abs(y).max() / y.std()
    lag[np.abs(lag) <= noise * np.asarray(abs(cut.matrix).sum(axis=1)).ravel()] = 0.0
    upper, lower, note = lag_tails(y, cut.matrix, options)
    p_value = _p_values(z, upper, lower, options.alternative)
    p_adjusted = adjust(p_value, options.correction)
    quadrant = np.where(lag > 0, np.where(z > 0, 0, 1), np.where(z > 0, 3, 2)).astype(np.int8)
    code = np.where(p_adjusted <= options.alpha, quadrant, NOT_SIGNIFICANT).astype(np.int8)
    code[cut.isolates] = ISOLATE
    quadrant[cut.isolates] = -1
    return Local(
        spread(z * lag, known),
        spread(lag, known),
        spread(p_value, known),
        spread(p_adjusted, known),
        spread_codes(quadrant, known, -1),
        spread_codes(code, known, MISSING),
        note,
    )


def _p_values(z: Vector, upper: Vector, lower: Vector, alternative: str) -> Vector:
    """p-values of I_i = z_i·lag_i from the tails of the lag; 1 at z_i = 0, missing for isolates."""
    if alternative in ("two-sided", "folded"):
        smaller = np.minimum(upper, lower)
        p_value = smaller if alternative == "folded" else np.minimum(2 * smaller, 1.0)
    else:
        p_value = np.where((z > 0) == (alternative == "greater"), upper, lower)
    return np.where((z == 0) & ~np.isnan(upper), 1.0, p_value)


def _table(local: Local, op: Operator, name: Any, attrs: dict[str, Any]) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "statistic": local.statistic,
            "lag": local.lag,
            "p_value": local.p_value,
            "p_adjusted": local.p_adjusted,
            "quadrant": classes(local.quadrant, QUADRANTS),
            "cluster": classes(local.code, CLUSTERS),
        },
        index=op.ids.rename(name),
        copy=False,
    )
    table.attrs.update(attrs)
    return table
