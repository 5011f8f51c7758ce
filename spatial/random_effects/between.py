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
class Dense:
    """Q = I + Tφ BB′, with L, C_λ and C_φ as matrices (N, N) made when they are asked for."""

    lower: Array
    changes: dict[str, Array]
    curvatures: dict[tuple[str, str], Array]
    names: tuple[str, ...] = ("lambda", "phi")
    _known: dict[object, Array] = field(default_factory=dict)

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
        if name not in self._known:
            self._known[name] = self.both_sides(self.changes[name])
        return self._known[name]

    def both_sides(self, matrix: Array) -> Array:
        """L⁻¹AL⁻¹′."""
        return self.whiten(self.whiten(matrix).T).T

    def first(self, name: str, values: Array) -> Array:
        """C_a v."""
        return np.asarray(self.matrix(name) @ values)

    def second(self, name: str, other: str, values: Array) -> Array:
        """C_ab v."""
        return np.asarray(self._curvature(name, other) @ values)

    def trace(self, name: str) -> float:
        """tr C_a."""
        return float(np.trace(self.matrix(name)))

    def trace_of_both(self, name: str, other: str) -> float:
        """tr C_a C_b."""
        return float(np.vdot(self.matrix(name), self.matrix(other)))

    def trace_of_second(self, name: str, other: str) -> float:
        """tr C_ab."""
        return float(np.trace(self._curvature(name, other)))

    def _curvature(self, name: str, other: str) -> Array:
        pair = (name, other) if name < other else (other, name)
        if pair not in self._known:
            self._known[pair] = self.both_sides(self.curvatures[pair])
        return self._known[pair]


def scaled_between(n: int, periods: int) -> Maker:
    """Q of an effect inside the filter, or without a filter."""
    return lambda phi, _lam: Scaled(n, periods, phi)


def dense_between(op: Operator, periods: int) -> Maker:
    """Q of an effect outside the filter."""
    m = op.matrix.toarray()
    cross, square, eye = m + m.T, m @ m.T, np.eye(op.n)

    def make(phi: float, lam: float) -> Dense:
        filtered = eye - lam * cross + lam**2 * square
        turn = 2.0 * lam * square - cross
        at = periods * phi
        return Dense(
            linalg.cholesky(eye + at * filtered, lower=True, check_finite=False),
            {"phi": periods * filtered, "lambda": at * turn},
            {
                ("lambda", "lambda"): 2.0 * at * square,
                ("lambda", "phi"): periods * turn,
                ("phi", "phi"): np.zeros_like(eye),
            },
        )

    return make
