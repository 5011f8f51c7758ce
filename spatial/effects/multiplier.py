"""What ρ and the weights do to β and θ.

With S = I − ρW the effects of x_k are the entries of S⁻¹(β_k I + θ_k V_k), V_k the weights that lag
x_k, mostly W (LeSage and Pace, 2009, ch. 2). No inverse is taken where V = W: tr S⁻¹ = N + ρ g(ρ),
tr(S⁻¹W) = g(ρ), and sums come from one solve, or from 1/(1 − ρ) where all rows sum to one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.polynomial import Chebyshev
from scipy import sparse

from spatial.diagonals import multiplier_diagonals
from spatial.errors import InputError
from spatial.network import Network, shared_periods
from spatial.systems import solve_system
from spatial.traces import BLOCK, BLOCK_LIMIT
from spatial.weights.logdet import LogDeterminant
from spatial.weights.operator import Operator

__all__ = ["Multiplier", "Propagation", "multiplier", "multiplier_slope"]

Array = npt.NDArray[np.float64]
SMOOTH_DEGREE = 24


@dataclass(frozen=True, eq=False)
class Propagation:
    """How a change travels: the weights of y, their log-determinants, and those that lag each term.

    `logdets` has one entry per block of `network`, none without a lag of y.
    """

    network: Network
    logdets: tuple[LogDeterminant, ...]
    lag_networks: tuple[Network, ...]

    @property
    def interval(self) -> tuple[float, float]:
        """Admissible interval of ρ."""
        if not self.logdets:
            return -np.inf, np.inf
        return (
            max(one.interval[0] for one in self.logdets),
            min(one.interval[1] for one in self.logdets),
        )


@dataclass(frozen=True)
class Multiplier:
    """Means over units and times: direct = β·own + θ·own_lag, total = β·all + θ·all_lag.

    own = tr S⁻¹/N, own_lag = tr(S⁻¹V)/N, all = 1′S⁻¹1/N, all_lag = 1′S⁻¹V1/N. `own` and `all` are
    (R,) over the values of ρ asked for, `own_lag` and `all_lag` (R, terms).
    """

    own: Array
    own_lag: Array
    all: Array
    all_lag: Array


def multiplier(ways: Propagation, rho: Array) -> Multiplier:
    """Multiplier at each ρ; without a lag of y S is the identity."""
    return _assembled(ways, rho, _block_values)


def multiplier_slope(ways: Propagation, rho: float) -> Multiplier:
    """Derivatives of the multiplier in ρ; zero without a lag of y."""
    return _assembled(ways, np.array([rho]), _block_slopes)


Values = tuple[Array, Array, Array, Array]
BlockFunction = Callable[[Operator, LogDeterminant | None, Operator, Array], Values]


def _assembled(ways: Propagation, rho: Array, function: BlockFunction) -> Multiplier:
    """Sums over blocks, times their periods, by distinct weights of the lags of x."""
    distinct = list({id(net): net for net in (ways.network, *ways.lag_networks)}.values())
    sums = {}
    for network in distinct:
        total = [np.zeros_like(rho) for _ in range(4)]
        for (i, j), periods in shared_periods(ways.network, network).items():
            logdet = ways.logdets[i] if ways.logdets else None
            ops = ways.network.blocks[i].operator, network.blocks[j].operator
            for part, value in zip(total, function(ops[0], logdet, ops[1], rho), strict=True):
                part += periods * value
        sums[id(network)] = [part / network.n for part in total]
    own, _, whole, _ = sums[id(ways.network)]
    lags = [sums[id(network)] for network in ways.lag_networks]
    return Multiplier(
        own, _columns([s[1] for s in lags], rho), whole, _columns([s[3] for s in lags], rho)
    )


def _columns(parts: Sequence[Array], rho: Array) -> Array:
    return np.stack(parts, axis=1) if parts else np.zeros((len(rho), 0))


def _block_values(op: Operator, logdet: LogDeterminant | None, by: Operator, rho: Array) -> Values:
    """tr S⁻¹, tr S⁻¹V, 1′S⁻¹1, 1′S⁻¹V1 at each ρ for one block."""
    ones = np.ones_like(rho)
    if logdet is None:
        trace, total = float(by.matrix.diagonal().sum()), float(by.row_sums.sum())
        return op.n * ones, trace * ones, op.n * ones, total * ones
    logdet.refine(float(rho.min()), float(rho.max()))
    g, pole = np.asarray(logdet.g(rho)), 1.0 / logdet.interval[1]
    own_lag = g if by is op else _smooth(lambda r: [_lagged_traces(op, by, r)[0]], rho, pole)[0]
    if op.stochastic and by.stochastic:
        whole = op.n / (1.0 - rho)
        return op.n + rho * g, own_lag, whole, whole
    whole, whole_lag = _smooth(lambda r: _sums(op, by, r), rho, pole)
    return op.n + rho * g, own_lag, whole, whole_lag


def _block_slopes(op: Operator, logdet: LogDeterminant | None, by: Operator, rho: Array) -> Values:
    """Derivatives in ρ of `_block_values`, at one ρ: d S⁻¹ = S⁻¹WS⁻¹."""
    if logdet is None:
        none = np.zeros(1)
        return none, none, none, none
    at = float(rho[0])
    logdet.refine(at, at)
    g, h = float(logdet.g(at)), float(logdet.h(at))
    own_lag = h if by is op else _lagged_traces(op, by, at)[1]
    if op.stochastic and by.stochastic:
        whole = whole_lag = op.n / (1.0 - at) ** 2
    else:
        ones = np.ones(op.n)
        back = op.matrix.T @ solve_system(op, at, ones, transposed=True)
        whole = float(back @ solve_system(op, at, ones))
        whole_lag = float(back @ solve_system(op, at, by.row_sums))
    return tuple(np.array([v]) for v in (g + at * h, own_lag, whole, whole_lag))  # type: ignore[return-value]


def _sums(op: Operator, by: Operator, rho: float) -> list[float]:
    back = solve_system(op, rho, np.ones(op.n), transposed=True)
    return [float(back.sum()), float(back @ by.row_sums)]


def _lagged_traces(op: Operator, by: Operator, rho: float) -> tuple[float, float]:
    """tr(S⁻¹V) and its derivative in ρ; by blocks of columns where weights have many links."""
    found = multiplier_diagonals(op, by, rho)
    if found is not None:
        return float(found.lagged.sum()), float(found.lagged_slope.sum())
    if op.n > BLOCK_LIMIT:
        raise InputError(
            f"direct effects under a second graph need the diagonal of a {op.n:,} × {op.n:,} "
            f"inverse, and with {op.matrix.nnz + by.matrix.nnz:,} links sparse factors do not fit "
            "into memory; use one graph, or weights with fewer links."
        )
    trace, slope = 0.0, 0.0
    lagged = sparse.csc_array(by.matrix)
    for start in range(0, op.n, BLOCK):
        places = np.arange(start, min(start + BLOCK, op.n))
        at = np.arange(len(places))
        solved = solve_system(op, rho, lagged[:, places].toarray())
        twice = solve_system(op, rho, np.asarray(op.matrix @ solved))
        trace += float(solved[places, at].sum())
        slope += float(twice[places, at].sum())
    return trace, slope


def _smooth(values: Callable[[float], Sequence[float]], rho: Array, largest: float) -> list[Array]:
    """Values at each ρ; many are read from an interpolant of (1 − ρω) times them.

    ω is the `largest` eigenvalue of W, where the values have their pole.
    """
    if len(rho) <= SMOOTH_DEGREE:
        return list(np.array([values(float(one)) for one in rho]).T)
    nodes = np.polynomial.chebyshev.chebpts1(SMOOTH_DEGREE + 1)
    low, high = float(rho.min()), float(rho.max())
    points = 0.5 * (low + high) + 0.5 * (high - low) * nodes
    known = np.array([values(float(one)) for one in points]).T
    pole = 1.0 - largest * rho
    return [
        Chebyshev.fit(points, one * (1.0 - largest * points), SMOOTH_DEGREE, domain=[low, high])(
            rho
        )
        / pole
        for one in known
    ]
