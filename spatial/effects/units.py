"""Effects unit by unit: own, received, sent, and columns of all that units send.

P = S⁻¹(βI + θV), S = I − ρW, V the weights that lag x (mostly W); P_ij is the change in y_i when
x_j rises by one. Own is P_ii, received the rest of row i, sent the rest of column i. Standard
errors by the delta method: ∂P/∂β = S⁻¹, ∂P/∂θ = S⁻¹V, ∂P/∂ρ = S⁻¹W P.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from spatial.diagonals import multiplier_diagonals
from spatial.errors import InputError
from spatial.network import Network, shared_periods
from spatial.systems import solve_system
from spatial.traces import BLOCK, BLOCK_LIMIT
from spatial.weights.operator import Operator

__all__ = [
    "UNIT_EFFECTS",
    "Reach",
    "Slopes",
    "effect_columns",
    "effects_alone",
    "reaches",
    "unit_effects",
    "unit_slopes",
]

Array = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
UNIT_EFFECTS = ("own", "received", "sent")


@dataclass(frozen=True)
class Slopes:
    """β, θ, ρ of one term and their covariance (3, 3).

    Where θ or ρ is absent it is zero with zero variance.
    """

    beta: float
    theta: float
    rho: float
    cov: Array

    def error(self, by_beta: Array, by_theta: Array, by_rho: Array) -> Array:
        """Standard error of a quantity with these derivatives."""
        jacobian = np.stack([by_beta, by_theta, by_rho], axis=-1)
        variance = np.einsum("...i,ij,...j->...", jacobian, self.cov, jacobian)
        return np.asarray(np.sqrt(variance.clip(min=0.0)))


@dataclass(frozen=True, eq=False)
class Reach:
    """One set of weights: W of y, V of the term's lag (often the same), units at `places`.

    `periods` counts the times that share them.
    """

    op: Operator
    by: Operator
    places: Places
    periods: int


def reaches(network: Network, lag_network: Network, unit_codes: Places) -> list[Reach]:
    """Weights of each distinct pair of blocks."""
    return [
        Reach(
            network.blocks[i].operator,
            lag_network.blocks[j].operator,
            unit_codes[network.blocks[i].rows[0]],
            periods,
        )
        for (i, j), periods in shared_periods(network, lag_network).items()
    ]


def unit_effects(parts: Sequence[Reach], n_units: int, slopes: Slopes) -> dict[str, Array]:
    """own, received, sent and their standard errors, (N,) each, means over a unit's times."""
    out: dict[str, Array] = {}
    for name, changes in unit_slopes(parts, n_units, slopes).items():
        out[name] = slopes.beta * changes[0] + slopes.theta * changes[1]
        out[f"{name}_std_error"] = slopes.error(*changes)
    return {key: out[key] for key in (*UNIT_EFFECTS, *(f"{n}_std_error" for n in UNIT_EFFECTS))}


def unit_slopes(parts: Sequence[Reach], n_units: int, slopes: Slopes) -> dict[str, Array]:
    """Derivatives of own, received and sent in β, θ and ρ, (3, N) each.

    The effects are linear in β and θ, so that these are their factors too.
    """
    sums = np.zeros((9, n_units))
    count = np.zeros(n_units)
    for part in parts:
        rows = _sums(part, slopes, transposed=False)
        columns = _sums(part, slopes, transposed=True)
        sums[:, part.places] += part.periods * np.stack(
            [*_diagonals(part, slopes), *rows, *columns]
        )
        count[part.places] += part.periods
    diagonal, received, sent = (sums / count).reshape(3, 3, n_units)
    return dict(zip(UNIT_EFFECTS, (diagonal, received - diagonal, sent - diagonal), strict=True))


def effect_columns(
    part: Reach, slopes: Slopes, places: Places
) -> tuple[Array, Array, Array, Array]:
    """Columns of S⁻¹, S⁻¹V, P and S⁻¹WP; S⁻¹ and W commute."""
    op, unit = part.op, _unit_columns(part.op, places)
    inverse = _solve(op, slopes, unit)
    if part.by is op:
        lagged = np.asarray(op.matrix @ inverse)
    else:
        lagged = _solve(op, slopes, np.asarray(part.by.matrix @ unit))
    effect = slopes.beta * inverse + slopes.theta * lagged
    return inverse, lagged, effect, _solve(op, slopes, np.asarray(op.matrix @ effect))


def effects_alone(part: Reach, slopes: Slopes, places: Places) -> Array:
    """Columns of P, by one solution."""
    unit = _unit_columns(part.op, places)
    right = slopes.beta * unit + slopes.theta * np.asarray(part.by.matrix @ unit)
    return _solve(part.op, slopes, right)


def _solve(op: Operator, slopes: Slopes, right: Array, *, transposed: bool = False) -> Array:
    if slopes.rho == 0.0:
        return right
    return solve_system(op, slopes.rho, right, transposed=transposed)


def _unit_columns(op: Operator, places: Places) -> Array:
    unit = np.zeros((op.n, len(places)))
    unit[places, np.arange(len(places))] = 1.0
    return unit


def _sums(part: Reach, slopes: Slopes, *, transposed: bool) -> list[Array]:
    """Row sums of S⁻¹, S⁻¹V and S⁻¹WP, or column sums."""
    op, by = part.op, part.by
    first = _solve(op, slopes, np.ones(op.n), transposed=transposed)
    if not transposed:
        lagged = op.matrix @ first if by is op else _solve(op, slopes, by.row_sums)
        effect = slopes.beta * first + slopes.theta * lagged
        return [first, lagged, _solve(op, slopes, op.matrix @ effect)]
    through = _solve(op, slopes, op.matrix.T @ first, transposed=True)
    return [
        first,
        by.matrix.T @ first,
        slopes.beta * through + slopes.theta * (by.matrix.T @ through),
    ]


def _diagonals(part: Reach, slopes: Slopes) -> list[Array]:
    """Diagonals of S⁻¹, S⁻¹V and S⁻¹WP."""
    found = multiplier_diagonals(part.op, part.by, slopes.rho)
    if found is None:
        return _diagonals_by_columns(part, slopes)
    by_rho = slopes.beta * found.inverse_slope + slopes.theta * found.lagged_slope
    return [found.inverse, found.lagged, by_rho]


def _diagonals_by_columns(part: Reach, slopes: Slopes) -> list[Array]:
    """The same by blocks of columns, where weights have many links."""
    n = part.op.n
    if n > BLOCK_LIMIT:
        raise InputError(
            f"own effects need the diagonal of a {n:,} × {n:,} inverse, and with "
            f"{part.op.matrix.nnz:,} links sparse factors do not fit into memory; use effects(), "
            "flows(unit=), or weights with fewer links."
        )
    inverse, lagged, by_rho = np.empty(n), np.empty(n), np.empty(n)
    for start in range(0, n, BLOCK):
        places = np.arange(start, min(start + BLOCK, n))
        at = np.arange(len(places))
        a, va, _, change = effect_columns(part, slopes, places)
        inverse[places] = a[places, at]
        lagged[places] = va[places, at]
        by_rho[places] = change[places, at]
    return [inverse, lagged, by_rho]
