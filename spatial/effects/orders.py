"""Effects by order of neighbour: which power of W carries them.

With S⁻¹ = I + ρW + ρ²W² + … the matrix of effects S⁻¹(βI + θV) is the sum over orders q of
ρ^q W^q β + ρ^(q−1) W^(q−1) V θ, V the weights that lag x, mostly W (LeSage and Pace, 2009, sec.
2.7.1). Order 0 is a unit's own regressor, order q what arrives over q links.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from spatial.effects.units import Reach, Slopes
from spatial.errors import InputError
from spatial.systems import DENSE_LIMIT, too_dense
from spatial.traces import BLOCK, BLOCK_LIMIT
from spatial.weights.operator import Operator

__all__ = ["Whole", "effects_of_orders"]

Array = npt.NDArray[np.float64]
MOST_NUMBERS = 100_000_000


@dataclass(frozen=True)
class Whole:
    """Factors of β and θ in the direct and the total effect, and their slopes in ρ, (2,) each."""

    own: Array
    lag: Array
    own_slope: Array
    lag_slope: Array


def effects_of_orders(
    parts: Sequence[Reach], rows: int, slopes: Slopes, whole: Whole, orders: int
) -> tuple[Array, Array]:
    """Direct, indirect and total effect of orders 0 … `orders` and of all beyond, and errors.

    Parameters
    ----------
    parts
        Weights and the periods that share them; `rows` is the number of unit-years they cover.
    whole
        Factors of the effects over all orders; what the orders do not carry lies beyond.

    Returns
    -------
    tuple
        Estimates and standard errors, (orders + 2, 3) each.
    """
    own, lag = _factors(parts, rows, orders)
    powers = slopes.rho ** np.arange(orders + 1)
    steps = np.arange(orders + 1.0)
    by_beta = powers[:, None] * own
    by_theta = np.zeros_like(lag)
    by_theta[1:] = powers[:-1, None] * lag[1:]
    by_rho = np.zeros_like(own)
    by_rho[1:] = slopes.beta * steps[1:, None] * powers[:-1, None] * own[1:]
    by_rho[2:] += slopes.theta * steps[1:-1, None] * powers[:-2, None] * lag[2:]
    slope = slopes.beta * whole.own_slope + slopes.theta * whole.lag_slope
    by_beta, by_theta, by_rho = (
        _with_rest(part, full)
        for part, full in ((by_beta, whole.own), (by_theta, whole.lag), (by_rho, slope))
    )
    effects = slopes.beta * by_beta + slopes.theta * by_theta
    return effects, slopes.error(by_beta, by_theta, by_rho)


def _with_rest(part: Array, full: Array) -> Array:
    """Rows of orders and what they leave of the whole; direct, indirect, total."""
    rest = full - part.sum(axis=0)
    both = np.concatenate([part, rest[None]])
    return np.stack([both[:, 0], both[:, 1] - both[:, 0], both[:, 1]], axis=1)


def _factors(parts: Sequence[Reach], rows: int, orders: int) -> tuple[Array, Array]:
    """Means over unit-years of diagonals and row sums of W^q and of W^(q−1)V, (orders + 1, 2)."""
    own, lag = np.zeros((orders + 1, 2)), np.zeros((orders + 1, 2))
    for part in parts:
        powers, lags = _traces(part, orders), _sums(part, orders)
        own += part.periods * np.stack([powers[0], lags[0]], axis=1)
        lag += part.periods * np.stack([powers[1], lags[1]], axis=1)
    return own / rows, lag / rows


def _sums(part: Reach, orders: int) -> tuple[Array, Array]:
    at, own, lag = np.ones(part.op.n), [float(part.op.n)], [0.0]
    by = part.by.row_sums
    for _ in range(orders):
        lag.append(float(by.sum()))
        at, by = np.asarray(part.op.matrix @ at), np.asarray(part.op.matrix @ by)
        own.append(float(at.sum()))
    return np.array(own), np.array(lag)


def _traces(part: Reach, orders: int) -> tuple[Array, Array]:
    """tr W^q and tr W^(q−1)V of order q, (orders + 1,) each."""
    op, by = part.op, part.by
    own, lag = np.zeros(orders + 1), np.zeros(orders + 1)
    own[0] = op.n
    own[1], lag[1] = op.matrix.diagonal().sum(), by.matrix.diagonal().sum()
    if orders > 1:
        found = None if too_dense(op) else _from_halves(op, op, orders)
        beside = found if by is op else _from_halves(op, by, orders)
        if found is None or beside is None:
            own[2:], lag[2:] = _by_columns(op, by, orders)
        else:
            own[2:], lag[2:] = found, beside
    return own, lag


def _from_halves(op: Operator, by: Operator, orders: int) -> list[float] | None:
    """tr W^(q−1)V, q from 2 on, as Σ W^a ∘ (W^b V)′ with a + b = q − 1, both half of it.

    None where the powers hold too many numbers.
    """
    ahead: sparse.csr_array | None = op.matrix
    back: sparse.csr_array | None = sparse.csr_array(by.matrix.T)
    turned = sparse.csr_array(op.matrix.T)
    out = []
    for order in range(2, orders + 1):
        if order > 2 and order % 2 == 0:
            ahead = _product(ahead, op.matrix)
        elif order > 2:
            back = _product(back, turned)
        if ahead is None or back is None:
            return None
        out.append(float((ahead * back).sum()))
    return out


def _product(one: sparse.csr_array | None, other: sparse.csr_array) -> sparse.csr_array | None:
    """AB, or None where it could hold more than `MOST_NUMBERS`."""
    if one is None or int(np.diff(other.indptr)[one.indices].sum()) > MOST_NUMBERS:
        return None
    return sparse.csr_array(one @ other)


def _by_columns(op: Operator, by: Operator, orders: int) -> tuple[Array, Array]:
    """The same traces from blocks of columns, where powers of the weights fill up."""
    if op.n > BLOCK_LIMIT:
        raise InputError(
            f"direct effects of {orders} orders need powers of {op.n:,} × {op.n:,} weights, which "
            "fill up with so many links; take fewer orders=, or weights with fewer links."
        )
    own, lag = np.zeros(orders + 1), np.zeros(orders + 1)
    matrix = op.matrix.toarray() if op.n <= DENSE_LIMIT and too_dense(op) else op.matrix
    for start in range(0, op.n, BLOCK):
        places = np.arange(start, min(start + BLOCK, op.n))
        at = np.arange(len(places))
        power = op.matrix[:, places].toarray()
        through = power if by is op else by.matrix[:, places].toarray()
        for order in range(2, orders + 1):
            power = np.asarray(matrix @ power)
            own[order] += power[places, at].sum()
            through = power if by is op else np.asarray(matrix @ through)
            lag[order] += through[places, at].sum()
    return own[2:], lag[2:]
