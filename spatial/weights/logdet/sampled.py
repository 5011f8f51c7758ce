"""Log-determinant from random probes, for graphs whose factors would not fit into memory.

ln|I − ρW| = −ρ tr W − ρ² tr W²/2 + tr r(W), with the first two traces exact and that of the rest
r(ω) = ln(1 − ρω) + ρω + ρ²ω²/2 as a mean over probes (Barry and Pace, 1999; Han, Malioutov and
Shin, 2015). Its standard error comes from their spread; what is cut off besides is bounded.
"""

from __future__ import annotations

from copy import copy
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt
from scipy import sparse

from spatial.weights.logdet.base import Order
from spatial.weights.logdet.probes import (
    Quadratures,
    lanczos,
    moments,
    power_bound,
    quadrature_bound,
    random_signs,
)

__all__ = ["Directed", "Probes", "Sampled", "Symmetric"]

Array = npt.NDArray[np.float64]
PROBES, STEPS = 16, 40
MOST_PROBES, MOST_STEPS = 512, 2000
BATCH_ENTRIES = 20_000_000
PART_ENTRIES = 5_000_000
SMALL_PART = 0.1


class Probes(Protocol):
    """What the probes of one kind of matrix know of the rest r, and how far they are cut off."""

    n: int
    roots: int

    @property
    def interval(self) -> tuple[float, float]:
        """Admissible interval of ρ, once something was drawn."""

    def draw(self, first: int, count: int, steps: int) -> Any:
        """Probes `first` to `first + count` after so many products with the matrix."""

    def rest(self, drawn: Any, rho: Array, order: int) -> Array:
        """r, −r′ or −r″ of each probe at each ρ, (R, s)."""

    def cut(self, rho: float, steps: int) -> float:
        """Largest error of g by stopping after so many products."""

    def known_powers(self, steps: int) -> int:
        """Up to which power unit eigenvalues are among what probes give."""


class Sampled:
    """f, g and h as means over probes, with their standard errors.

    `refine` adds products where the cut would show, and probes until g is as exact as is asked for
    (at most 512). The probes have fixed seeds, so that f is the same smooth function every time.
    """

    method: Literal["lanczos"] = "lanczos"

    def __init__(
        self,
        probes: Probes,
        traces: tuple[float, float],
        *,
        count: int = PROBES,
        steps: int = STEPS,
    ) -> None:
        self.n = probes.n
        self._probes, self._traces = probes, traces
        self.count, self.steps = count, steps
        self._first = (count, steps)
        self._known: dict[tuple[int, int, int], Any] = {}
        self._drawn = self._draw(0, count)
        self.interval = probes.interval

    def alone(self) -> Sampled:
        """The same as at first; probes that others drew serve it as well."""
        found = copy(self)
        found.count, found.steps = self._first
        found._drawn = found._draw(0, found.count)
        return found

    def f(self, rho: npt.ArrayLike) -> Array:
        """ln|I − ρW|."""
        v, (one, two) = np.asarray(rho, dtype=np.float64), self._traces
        return np.asarray(self._mean(v, 0) - v * (one + 0.5 * v * two) + self._roots(v, 0))

    def g(self, rho: npt.ArrayLike) -> Array:
        """tr[W(I − ρW)⁻¹]."""
        v, (one, two) = np.asarray(rho, dtype=np.float64), self._traces
        return np.asarray(self._mean(v, 1) + one + v * two + self._roots(v, 1))

    def h(self, rho: npt.ArrayLike) -> Array:
        """tr[(W(I − ρW)⁻¹)²]."""
        v = np.asarray(rho, dtype=np.float64)
        return np.asarray(self._mean(v, 2) + self._traces[1] + self._roots(v, 2))

    def error(self, rho: float, order: Order = 1) -> float:
        """Standard error of f or g at ρ, plus the bound of what was cut off.

        That of f is at most |ρ| times that of g, which grows away from zero.
        """
        cut = self._probes.cut(rho, self.steps)
        return self._spread(rho, order) + (cut if order else abs(rho) * cut)

    def refine(self, low: float, high: float, tolerance: float = 0.0) -> None:
        """Products until the cut is small between `low` and `high`, probes until g is exact enough.

        `tolerance` is a standard error of g that is good enough; zero leaves the probes as they
        are.
        """
        ends = [end for end in (low, high) if self.interval[0] < end < self.interval[1]]
        middle, wanted = 0.5 * (low + high), self.steps
        for end in ends:
            allowed = SMALL_PART * max(self._spread(middle), tolerance)
            while self._probes.cut(end, wanted) > allowed and wanted < MOST_STEPS:
                wanted = min(2 * wanted, MOST_STEPS)
        if wanted > self.steps:
            self.steps = wanted
            self._drawn = self._draw(0, self.count)
        spread = self._spread(middle)
        if tolerance > 0.0 and spread > tolerance and self.count < MOST_PROBES:
            count = min(int(np.ceil(self.count * (spread / tolerance) ** 2)), MOST_PROBES)
            self._drawn += self._draw(self.count, count - self.count)
            self.count = count

    def _draw(self, first: int, count: int) -> list[Any]:
        width = max(1, min(count, BATCH_ENTRIES // self.n))
        parts = [
            (start, min(width, first + count - start), self.steps)
            for start in range(first, first + count, width)
        ]
        for part in parts:
            if part not in self._known:
                self._known[part] = self._probes.draw(*part)
        return [self._known[part] for part in parts]

    def _each(self, rho: Array, order: int) -> Array:
        """What each probe gives at each ρ, (R, s)."""
        width = max(1, PART_ENTRIES // (self.count * self.steps))
        parts = [
            np.concatenate(
                [self._probes.rest(d, rho[at : at + width], order) for d in self._drawn], axis=1
            )
            for at in range(0, len(rho), width)
        ]
        return np.concatenate(parts) if parts else np.zeros((0, self.count))

    def _mean(self, rho: Array, order: int) -> Array:
        return np.asarray(self._each(rho.ravel(), order).mean(axis=1).reshape(rho.shape))

    def _spread(self, rho: float, order: Order = 1) -> float:
        each = self._each(np.array([rho]), order)[0]
        return float(each.std(ddof=1) / np.sqrt(len(each)))

    def _roots(self, rho: Array, order: int) -> Array:
        """What unit eigenvalues add beyond the powers that probes and exact traces hold of them."""
        roots, p = self._probes.roots, self._probes.known_powers(self.steps)
        if not roots:
            return np.zeros_like(rho)
        beside = 1.0 - rho
        if order == 0:
            powers = np.arange(1, p + 1)
            tail = np.log(beside) + (rho[..., None] ** powers / powers).sum(axis=-1)
        elif order == 1:
            tail = rho**p / beside
        else:
            tail = p * rho ** (p - 1) / beside + rho**p / beside**2
        return np.asarray(roots * tail)


class Symmetric:
    """Probes of a symmetric M by the Lanczos process, off the eigenvectors of unit eigenvalues.

    Parameters
    ----------
    matrix
        (N, N) symmetric.
    vectors
        (N, c) orthonormal eigenvectors of the eigenvalue one, None without.
    ends
        Least and largest eigenvalue; None takes what the first probes reach, moved outwards by
        their residuals and held within −1 and 1 where rows sum to one.
    row_scaled
        Whether M is similar to a matrix whose rows sum to one.
    """

    def __init__(
        self,
        matrix: sparse.csr_array,
        vectors: sparse.csr_array | None,
        *,
        ends: tuple[float, float] | None,
        row_scaled: bool,
    ) -> None:
        self.n = int(matrix.shape[0])
        self.roots = 0 if vectors is None else int(vectors.shape[1])
        self._matrix, self._vectors = matrix, vectors
        self._ends, self._row_scaled = ends, row_scaled

    @property
    def interval(self) -> tuple[float, float]:
        """Admissible interval of ρ."""
        low, high = self._known_ends
        return 1.0 / low, 1.0 / high

    @property
    def _known_ends(self) -> tuple[float, float]:
        if self._ends is None:
            raise RuntimeError("the ends are known after the first probes")
        return self._ends

    def draw(self, first: int, count: int, steps: int) -> Quadratures:
        """Quadratures of the probes, off the unit eigenvectors."""
        start = random_signs(self.n, first, count)
        if self._vectors is not None:
            start -= self._vectors @ (self._vectors.T @ start)
        drawn = lanczos(self._matrix, start, min(steps, self.n))
        if self._ends is None:
            one = self._row_scaled
            self._ends = (max(drawn.low, -1.0), 1.0) if one else (drawn.low, drawn.high)
        return drawn

    def rest(self, drawn: Quadratures, rho: Array, order: int) -> Array:
        """Σ w r(θ), and its derivatives."""
        theta, at = drawn.nodes, rho[:, None, None]
        scaled = at * theta
        if order == 0:
            value = np.log1p(-scaled) + scaled + 0.5 * scaled**2
        elif order == 1:
            value = scaled**2 * theta / (1.0 - scaled)
        else:
            value = theta**2 * (1.0 / (1.0 - scaled) ** 2 - 1.0)
        return np.asarray(np.einsum("rsm,sm->rs", value, drawn.weights))

    def cut(self, rho: float, steps: int) -> float:
        """Bound of the quadrature times N."""
        if steps >= self.n:
            return 0.0
        return self.n * quadrature_bound(rho, *self._known_ends, steps)

    def known_powers(self, steps: int) -> int:  # noqa: ARG002
        """The exact traces hold two."""
        return 2


class Directed:
    """Probes of any W by its powers, for |ρ| below the inverse of the spectral radius.

    Parameters
    ----------
    matrix
        (N, N).
    radius
        At least the spectral radius.
    roots
        Number of unit eigenvalues.
    """

    def __init__(self, matrix: sparse.csr_array, radius: float, roots: int) -> None:
        self.n, self.roots = int(matrix.shape[0]), roots
        self._matrix, self._radius = matrix, radius
        self.interval = (-1.0 / radius, 1.0 / radius)

    def draw(self, first: int, count: int, steps: int) -> Array:
        """Moments of the probes, W scaled to a radius of one."""
        start = random_signs(self.n, first, count)
        return moments(self._matrix * (1.0 / self._radius), start, steps)

    def rest(self, drawn: Array, rho: Array, order: int) -> Array:
        """−Σ ρᵏμ_k/k over k from 3, and its derivatives."""
        k = np.arange(3, drawn.shape[1])
        reach = rho[:, None] * self._radius
        if order == 0:
            factors = -(reach**k) / k
        elif order == 1:
            factors = self._radius * reach ** (k - 1)
        else:
            factors = self._radius**2 * (k - 1) * reach ** (k - 2)
        return np.asarray(factors @ drawn[:, 3:].T)

    def cut(self, rho: float, steps: int) -> float:
        """What N eigenvalues on the circle would add."""
        return self.n * power_bound(rho, self._radius, steps)

    def known_powers(self, steps: int) -> int:
        """All that were taken hold their unit eigenvalues."""
        return 2 * steps
