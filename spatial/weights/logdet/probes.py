"""Random signs z in place of a trace: tr f(M) is the mean of z′f(M)z (Hutchinson, 1990).

For a symmetric M z′f(M)z comes from a Gauss quadrature that the Lanczos process gives after few
products with M (Golub and Meurant, 2010; Ubaru, Chen and Saad, 2017), else from the moments z′Wᵏz.
Both say how far they may be off.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

__all__ = ["Quadratures", "lanczos", "moments", "power_bound", "quadrature_bound", "random_signs"]

Array = npt.NDArray[np.float64]
TINY = 1e-13


@dataclass(frozen=True)
class Quadratures:
    """Nodes and weights (s, m) of one quadrature per probe.

    The weights of a probe sum to its squared length. `low` and `high` are the ends of what the
    nodes reach, moved outwards by their residuals.
    """

    nodes: Array
    weights: Array
    low: float
    high: float


def random_signs(n: int, first: int, count: int) -> Array:
    """Probes `first` to `first + count`, (n, count); each has its own seed."""
    out = np.empty((n, count))
    for place in range(count):
        bits = np.random.default_rng((0, first + place)).integers(0, 2, size=n, dtype=np.int8)
        out[:, place] = 2.0 * bits - 1.0
    return out


def lanczos(matrix: sparse.csr_array, start: Array, steps: int) -> Quadratures:
    """Quadratures of the columns of `start` (n, s) from the three-term recurrence of a symmetric M.

    Without orthogonalisation: rounding makes copies of extreme nodes, which share their weight.
    """
    count = start.shape[1]
    square = np.einsum("ij,ij->j", start, start)
    diagonal, beside = np.zeros((count, steps)), np.zeros((count, steps))
    now = start / np.sqrt(square)
    before, length = np.zeros_like(now), np.zeros(count)
    for step in range(steps):
        following = np.asarray(matrix @ now)
        following -= length * before
        diagonal[:, step] = np.einsum("ij,ij->j", following, now)
        following -= diagonal[:, step] * now
        length = np.sqrt(np.einsum("ij,ij->j", following, following))
        length[length < TINY] = 0.0
        beside[:, step] = length
        following *= np.divide(1.0, length, out=np.zeros(count), where=length > 0.0)
        before, now = now, following
    inner = np.zeros((count, steps, steps))
    at = np.arange(steps)
    inner[:, at, at] = diagonal
    inner[:, at[1:], at[:-1]] = inner[:, at[:-1], at[1:]] = beside[:, :-1]
    nodes, vectors = np.linalg.eigh(inner)
    residuals = np.abs(beside[:, -1:] * vectors[:, -1, :])
    return Quadratures(
        nodes,
        square[:, None] * vectors[:, 0, :] ** 2,
        float((nodes[:, 0] - residuals[:, 0]).min()),
        float((nodes[:, -1] + residuals[:, -1]).max()),
    )


def moments(matrix: sparse.csr_array, start: Array, steps: int) -> Array:
    """z′Wᵏz = (W′ʲz)′(Wᵏ⁻ʲz), k = 0 … 2·steps, of the columns z of `start`; (s, 2·steps + 1)."""
    ahead, back, turned = start, start, sparse.csr_array(matrix.T)
    out = [np.einsum("ij,ij->j", start, start)]
    for _ in range(steps):
        ahead = np.asarray(matrix @ ahead)
        out.append(np.einsum("ij,ij->j", back, ahead))
        back = np.asarray(turned @ back)
        out.append(np.einsum("ij,ij->j", back, ahead))
    return np.stack(out, axis=1)


def quadrature_bound(rho: float, low: float, high: float, steps: int) -> float:
    """Largest error of Σ w x/(1 − ρx) by `steps` nodes, per unit of squared length.

    M has its eigenvalues in [low, high]. The quadrature is exact for polynomials of degree
    2·steps − 1, and x/(1 − ρx) is within 2 tᵏ/((1 − t)·|ρ|·√(d² − e²)), k = 2·steps, of one of
    these, with d = 1 − ρ(low + high)/2, e = |ρ|(high − low)/2 and t = (d − √(d² − e²))/e: its
    Chebyshev series (Trefethen, 2013, ch. 3) cut off.
    """
    middle = 1.0 - 0.5 * rho * (low + high)
    half = 0.5 * abs(rho) * (high - low)
    if half <= 0.0:
        return 0.0
    root = np.sqrt(max((middle - half) * (middle + half), 0.0))
    if root == 0.0:
        return np.inf
    ratio = (middle - root) / half
    return float(4.0 * ratio ** (2 * steps) / ((1.0 - ratio) * abs(rho) * root))


def power_bound(rho: float, radius: float, steps: int) -> float:
    """Largest Σ ρᵏ⁻¹ωᵏ, k > 2·steps, of an eigenvalue within the radius."""
    reach = abs(rho) * radius
    return float(radius * reach ** (2 * steps) / (1.0 - reach)) if reach < 1.0 else np.inf
