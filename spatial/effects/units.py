"""Effects unit by unit: own, received, sent, and the flow from each unit to each other.

P = S⁻¹(βI + θW), S = I − ρW; P_ij is the change in y_i when x_j rises by one. Own is P_ii, received
the rest of row i, sent the rest of column i. Standard errors by the delta method: ∂P/∂β = S⁻¹,
∂P/∂θ = S⁻¹W, ∂P/∂ρ = S⁻¹W P.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from spatial.errors import InputError
from spatial.information import solve_system
from spatial.weights.operator import Operator

__all__ = ["PAIR_LIMIT", "Slopes", "largest_flows", "unit_effects"]

Array = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
BLOCK = 256
PAIR_LIMIT = 5_000_000


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


def unit_effects(op: Operator, slopes: Slopes) -> dict[str, Array]:
    """own, received, sent and their standard errors, (N,) each."""
    diagonal = _diagonals(op, slopes)
    rows = _sums(op, slopes, transposed=False)
    columns = _sums(op, slopes, transposed=True)
    out: dict[str, Array] = {}
    for name, parts in (
        ("own", diagonal),
        ("received", [r - d for r, d in zip(rows, diagonal, strict=True)]),
        ("sent", [c - d for c, d in zip(columns, diagonal, strict=True)]),
    ):
        by_beta, by_theta, by_rho = parts
        out[name] = slopes.beta * by_beta + slopes.theta * by_theta
        out[f"{name}_std_error"] = slopes.error(by_beta, by_theta, by_rho)
    return {
        key: out[key]
        for key in (
            "own",
            "received",
            "sent",
            "own_std_error",
            "received_std_error",
            "sent_std_error",
        )
    }


def largest_flows(op: Operator, slopes: Slopes, sources: Places, top: int | None) -> _Flows:
    """Sender, receiver, effect and standard error of flows between distinct units, largest first.

    Only blocks of columns and the `top` largest so far are held; None keeps all, if they fit.
    """
    if top is None:
        refuse_pairs(op.n * len(sources))
    kept = _Flows(*np.empty((2, 0), dtype=np.intp), *np.empty((2, 0)))
    for start in range(0, len(sources), BLOCK):
        some = sources[start : start + BLOCK]
        effect, error = _flow_columns(op, slopes, some)
        receiver, place = np.divmod(np.arange(effect.size), len(some))
        block = _Flows(some[place], receiver, effect.ravel(), error.ravel())
        kept = kept.with_largest_of(block, top)
    return kept


class _Flows(NamedTuple):
    sender: Places
    receiver: Places
    effect: Array
    error: Array

    def with_largest_of(self, other: _Flows, top: int | None) -> _Flows:
        """Both, without flows of a unit to itself, the largest first, equal ones by their units."""
        sender = np.concatenate([self.sender, other.sender])
        receiver = np.concatenate([self.receiver, other.receiver])
        effect = np.concatenate([self.effect, other.effect])
        error = np.concatenate([self.error, other.error])
        distinct = np.flatnonzero(sender != receiver)
        order = np.lexsort((sender[distinct], receiver[distinct], -np.abs(effect[distinct])))
        keep = distinct[order][:top]
        return _Flows(sender[keep], receiver[keep], effect[keep], error[keep])


def _flow_columns(op: Operator, slopes: Slopes, sources: Places) -> tuple[Array, Array]:
    """Columns of P for the units at `sources`, and their standard errors, (N, m) each."""
    inverse = _solve(op, slopes, _unit_columns(op, sources))
    lagged = op.matrix @ inverse
    effect = slopes.beta * inverse + slopes.theta * lagged
    by_rho = _solve(op, slopes, op.matrix @ effect)
    return effect, slopes.error(inverse, lagged, by_rho)


def refuse_pairs(count: int) -> None:
    """Refuse a table of all pairs that would not fit."""
    if count > PAIR_LIMIT:
        raise InputError(
            f"all flows are {count:,} pairs; name a unit, or give top= to keep the largest."
        )


def _solve(op: Operator, slopes: Slopes, right: Array, *, transposed: bool = False) -> Array:
    if slopes.rho == 0.0:
        return right
    return solve_system(op, slopes.rho, right, transposed=transposed)


def _unit_columns(op: Operator, places: Places) -> Array:
    unit = np.zeros((op.n, len(places)))
    unit[places, np.arange(len(places))] = 1.0
    return unit


def _sums(op: Operator, slopes: Slopes, *, transposed: bool) -> list[Array]:
    """Row sums of S⁻¹, S⁻¹W and S⁻¹WP, or column sums."""
    w = op.matrix.T if transposed else op.matrix
    first = _solve(op, slopes, np.ones(op.n), transposed=transposed)
    if not transposed:
        lagged = w @ first
        effect = slopes.beta * first + slopes.theta * lagged
        return [first, lagged, _solve(op, slopes, w @ effect)]
    lagged = w @ first
    through = _solve(op, slopes, lagged, transposed=True)
    return [first, lagged, slopes.beta * through + slopes.theta * (w @ through)]


def _diagonals(op: Operator, slopes: Slopes) -> list[Array]:
    """Diagonals of S⁻¹, S⁻¹W and S⁻¹WP by blocks of columns; S⁻¹ and W commute."""
    inverse, lagged, by_rho = np.empty(op.n), np.empty(op.n), np.empty(op.n)
    for start in range(0, op.n, BLOCK):
        places = np.arange(start, min(start + BLOCK, op.n))
        at = np.arange(len(places))
        a = _solve(op, slopes, _unit_columns(op, places))
        wa = op.matrix @ a
        effect = slopes.beta * a + slopes.theta * wa
        inverse[places] = a[places, at]
        lagged[places] = wa[places, at]
        by_rho[places] = _solve(op, slopes, op.matrix @ effect)[places, at]
    return [inverse, lagged, by_rho]
