"""What a random unit effect does to the means of units over time.

Deviations from these means do not hold it. The means, times √T and filtered by B = I − λM, have
covariance σ²Q with φ = σ_μ²/σ²:

- inside the filter, u = λMu + (μ + ε): Q = (1 + Tφ)I (Kapoor, Kelejian and Prucha, 2007);
- outside, μ + u with u = λMu + ε: Q = I + Tφ BB′ (Anselin, 1988, ch. 10; Baltagi, Song and Koh,
  2003).

C_a = L⁻¹(∂Q/∂a)L⁻¹′ with Q = LL′, and C_ab with the second derivative, are what the score and the
information need of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt
from scipy import linalg

from spatial.weights.operator import Operator

__all__ = ["Between", "Component", "Dense", "dense_between", "scaled_between"]

Array = npt.NDArray[np.float64]
Component = Literal["inside", "outside"]
Maker = Callable[[float, float], "Between"]


class Between(Protocol):
    """Q at one (φ, λ), whitened."""

    @property
    def names(self) -> tuple[str, ...]:
        """Parameters that Q depends on."""

    @property
    def logdet(self) -> float:
        """ln|Q|."""

    def whiten(self, values: Array) -> Array:
        """L⁻¹v of rows (N, k)."""

    def solve(self, values: Array) -> Array:
        """Q⁻¹v of rows (N,)."""

    def first(self, name: str, values: Array) -> Array:
        """C_a v of whitened rows."""

    def second(self, name: str, other: str, values: Array) -> Array:
        """C_ab v of whitened rows."""

    def trace(self, name: str) -> float:
        """tr C_a."""

    def trace_of_both(self, name: str, other: str) -> float:
        """tr C_a C_b."""

    def trace_of_second(self, name: str, other: str) -> float:
        """tr C_ab."""


@dataclass(frozen=True)
class Scaled:
    """Q = (1 + Tφ)I for N units; works on rows in any orthonormal basis."""

    n: int
    periods: int
    phi: float
    names: tuple[str, ...] = ("phi",)

    @property
    def rate(self) -> float:
        """∂ ln(1 + Tφ)/∂φ."""
        return self.periods / (1.0 + self.periods * self.phi)

    @property
    def logdet(self) -> float:
        """N ln(1 + Tφ)."""
        return float(self.n * np.log1p(self.periods * self.phi))

    def whiten(self, values: Array) -> Array:
        """v/√(1 + Tφ)."""
        return np.asarray(values / np.sqrt(1.0 + self.periods * self.phi))

    def solve(self, values: Array) -> Array:
        """v/(1 + Tφ)."""
        return np.asarray(values / (1.0 + self.periods * self.phi))

    def first(self, name: str, values: Array) -> Array:  # noqa: ARG002
        """T/(1 + Tφ) v."""
        return self.rate * values

    def second(self, name: str, other: str, values: Array) -> Array:  # noqa: ARG002
        """Q is linear in φ."""
        return np.zeros_like(values)

    def trace(self, name: str) -> float:  # noqa: ARG002
        """N T/(1 + Tφ)."""
        return self.n * self.rate

    def trace_of_both(self, name: str, other: str) -> float:  # noqa: ARG002
        """N T²/(1 + Tφ)²."""
        return self.n * self.rate**2

    def trace_of_second(self, name: str, other: str) -> float:  # noqa: ARG002
        """Q is linear in φ."""
        return 0.0


@dataclass(frozen=True, eq=False)
class Products:
    """M + M′ and MM′ for T periods, (N, N): BB′ = I − λ(M + M′) + λ²MM′."""

    cross: Array
    square: Array
    periods: int

    def filtered(self, lam: float) -> Array:
        """BB′."""
        return np.eye(len(self.cross)) - lam * self.cross + lam**2 * self.square

    def change(self, names: tuple[str, ...], phi: float, lam: float) -> Array:
        """First or second derivative of Q = I + Tφ BB′."""
        at = self.periods * phi
        if names == ("phi",):
            return self.periods * self.filtered(lam)
        if names == ("lambda", "lambda"):
            return 2.0 * at * self.square
        if names == ("phi", "phi"):
            return np.zeros_like(self.cross)
        turn = 2.0 * lam * self.square - self.cross
        return (at if names == ("lambda",) else self.periods) * turn


@dataclass(frozen=True, eq=False)
class Dense:
    """Q = I + Tφ BB′, with L, and C_a and C_ab as matrices (N, N) made when they are asked for."""

    products: Products
    phi: float
    lam: float
    names: tuple[str, ...] = ("lambda", "phi")
    _known: dict[tuple[str, ...], Array] = field(default_factory=dict)

    @cached_property
    def lower(self) -> Array:
        """L."""
        q = self.products.periods * self.phi * self.products.filtered(self.lam)
        q[np.diag_indices_from(q)] += 1.0
        return np.asarray(linalg.cholesky(q, lower=True, overwrite_a=True, check_finite=False))

    @property
    def logdet(self) -> float:
        """ln|Q|."""
        return float(2.0 * np.log(np.diag(self.lower)).sum())

    def whiten(self, values: Array) -> Array:
        """L⁻¹v."""
        return np.asarray(
            linalg.solve_triangular(self.lower, values, lower=True, check_finite=False)
        )

    def solve(self, values: Array) -> Array:
        """Q⁻¹v."""
        return np.asarray(linalg.cho_solve((self.lower, True), values, check_finite=False))

    def matrix(self, name: str) -> Array:
        """C_a."""
        return self._made(name)

    def _made(self, *names: str) -> Array:
        ordered = tuple(sorted(names))
        if ordered not in self._known:
            change = self.products.change(ordered, self.phi, self.lam)
            self._known[ordered] = self.both_sides(change)
        return self._known[ordered]

    def both_sides(self, matrix: Array) -> Array:
        """L⁻¹AL⁻¹′."""
        return self.whiten(self.whiten(matrix).T).T

    def first(self, name: str, values: Array) -> Array:
        """C_a v."""
        return np.asarray(self.matrix(name) @ values)

    def second(self, name: str, other: str, values: Array) -> Array:
        """C_ab v."""
        return np.asarray(self._made(name, other) @ values)

    def trace(self, name: str) -> float:
        """tr C_a."""
        return float(np.trace(self.matrix(name)))

    def trace_of_both(self, name: str, other: str) -> float:
        """tr C_a C_b."""
        return float(np.vdot(self.matrix(name), self.matrix(other)))

    def trace_of_second(self, name: str, other: str) -> float:
        """tr C_ab."""
        return float(np.trace(self._made(name, other)))


def scaled_between(n: int, periods: int) -> Maker:
    """Q of an effect inside the filter, or without a filter."""
    return partial(_scaled, n, periods)


def dense_between(op: Operator, periods: int) -> Maker:
    """Q of an effect outside the filter."""
    m = op.matrix
    return partial(Dense, Products((m + m.T).toarray(), (m @ m.T).toarray(), periods))


def _scaled(n: int, periods: int, phi: float, lam: float) -> Scaled:  # noqa: ARG001
    return Scaled(n, periods, phi)
