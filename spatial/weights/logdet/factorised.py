"""Log-determinant of large graphs: a few sparse factorisations and one interpolant between them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt
from numpy.polynomial import Chebyshev, chebyshev

from spatial.weights.logdet.base import Order
from spatial.weights.logdet.kernels import Kernel
from spatial.weights.logdet.sampled import Sampled

__all__ = ["Factorised"]

Vector = npt.NDArray[np.float64]
ERROR = 1e-10
LEAST_NODES, MOST_NODES = 4, 40
MARGIN, LEAST = 1e-7, 1e-12
WIDEST, NARROWEST = 4.0, 2.0**-6
STEPS = 8  # of windows in their own width


class Factorised:
    """f from factors of I − ρW at a few ρ; g and h are derivatives of an interpolant.

    What random probes give, `rough`, is near f and has its shape; the factors are asked for the
    difference alone, a small smooth function. It is interpolated (Trefethen, 2013, ch. 2 and 8) in
    the variable s = ln((ρ − low)/(high − ρ)) of the admissible interval: singularities at 1/ω
    beyond its ends, however close, are then π away from the real line. `refine` adds nodes until
    each new one is foretold to 1e-10 of f; elsewhere the difference stays what it is at the
    nearest end. It works on windows of fixed places, which all that stand `alone` share.
    """

    def __init__(self, kernel: Kernel, rough: Sampled, method: Literal["lu", "cholmod"]) -> None:
        self.n, self.interval = rough.n, rough.interval
        self.method = method
        self._kernel, self._rough = kernel, rough
        self._pieces: list[Chebyshev] = []
        self._windows: dict[tuple[float, float], list[Chebyshev]] = {}

    def alone(self) -> Factorised:
        """The same with nothing refined; windows that others interpolated serve it as well."""
        found = Factorised(self._kernel, self._rough, self.method)
        found._windows = self._windows
        return found

    def f(self, rho: npt.ArrayLike) -> Vector:
        """ln|I − ρW|."""
        values = np.asarray(rho, dtype=np.float64)
        return np.asarray(self._rough.f(values) + self._difference(values, 0))

    def g(self, rho: npt.ArrayLike) -> Vector:
        """tr[W(I − ρW)⁻¹]."""
        values = np.asarray(rho, dtype=np.float64)
        return np.asarray(self._rough.g(values) - self._difference(values, 1))

    def h(self, rho: npt.ArrayLike) -> Vector:
        """tr[(W(I − ρW)⁻¹)²]."""
        values = np.asarray(rho, dtype=np.float64)
        return np.asarray(self._rough.h(values) - self._difference(values, 2))

    def error(self, rho: float, order: Order = 1) -> float:  # noqa: ARG002
        """Nothing: factors are exact to rounding."""
        return 0.0

    def refine(self, low: float, high: float, tolerance: float = 0.0) -> None:  # noqa: ARG002
        """Interpolate between `low` and `high` with as many nodes as 1e-10 of f asks for."""
        start, stop = self._window(*self._inside(low, high))
        if any(p.domain[0] <= start and stop <= p.domain[1] for p in self._pieces):
            return
        if (start, stop) not in self._windows:
            count = max(int(np.ceil((stop - start) / WIDEST)), 1)
            ends = pairwise(np.linspace(start, stop, count + 1).tolist())
            self._windows[start, stop] = [_interpolant(self._exact, a, b) for a, b in ends]
        self._pieces += self._windows[start, stop]

    def _window(self, start: float, stop: float) -> tuple[float, float]:
        """The window that holds a range: of a width and at a place that many ranges share."""
        width = 2.0 ** (0.5 * np.ceil(2.0 * np.log2(max(stop - start, NARROWEST))))
        low, high = self._inside(-np.inf, np.inf)
        step = width / STEPS
        first = float(step * np.floor(start / step))
        return max(first, low), min(first + width + step, high)

    def _exact(self, s: float) -> tuple[float, float]:
        """What the factors add to the rough f at a value of s, and the size of f."""
        low, high = self.interval
        rho = low + (high - low) / (1.0 + np.exp(-s))
        f = self._kernel(float(rho))
        return f - float(self._rough.f(rho)), max(1.0, abs(f))

    def _difference(self, values: Vector, order: int) -> Vector:
        """What the factors add to the rough f, or its first or second derivative in ρ."""
        if not self._pieces:
            return np.zeros_like(values)
        low, high = self.interval
        least = LEAST * (high - low)
        left, right = np.maximum(values - low, least), np.maximum(high - values, least)
        s = np.log(left / right)
        if order == 0:
            return self._interpolated(s, 0)
        slope = 1.0 / left + 1.0 / right
        if order == 1:
            return self._interpolated(s, 1) * slope
        bend = 1.0 / right**2 - 1.0 / left**2
        return self._interpolated(s, 2) * slope**2 + self._interpolated(s, 1) * bend

    def _interpolated(self, s: Vector, order: int) -> Vector:
        """Piece by piece, the latest first; outside of all a constant from the nearest."""
        ends = np.array([piece.domain for piece in self._pieces])
        beyond = np.maximum(ends[:, :1] - s.ravel(), s.ravel() - ends[:, 1:]).clip(min=0.0)
        nearest = len(ends) - 1 - beyond[::-1].argmin(axis=0)
        out = np.zeros(s.size)
        for place, piece in enumerate(self._pieces):
            here = np.flatnonzero(nearest == place)
            within = beyond[place, here] == 0.0
            at = s.ravel()[here].clip(*piece.domain)
            derived = piece if order == 0 else piece.deriv(order)
            out[here] = np.where(within | (order == 0), derived(at), 0.0)
        return out.reshape(s.shape)

    def _inside(self, low: float, high: float) -> tuple[float, float]:
        """Values of s at `low` and `high`, clipped a little inside the admissible interval."""
        left, right = self.interval
        space = MARGIN * (right - left)
        at = np.clip([low, high], left + space, right - space)
        start, stop = np.log((at - left) / (right - at)).tolist()
        return start, stop


def _interpolant(
    exact: Callable[[float], tuple[float, float]], low: float, high: float
) -> Chebyshev:
    """Polynomial through nodes that are added until the last one was foretold."""
    nodes: list[float] = []
    values: list[float] = []
    piece = Chebyshev([0.0], domain=[low, high])
    for node in _nested_nodes(MOST_NODES):
        at = 0.5 * (low + high) + 0.5 * (high - low) * node
        value, size = exact(at)
        missed = abs(float(piece(at)) - value)
        nodes.append(node)
        values.append(value)
        basis = chebyshev.chebvander(np.array(nodes), len(nodes) - 1)
        piece = Chebyshev(np.linalg.solve(basis, np.array(values)), domain=[low, high])
        if len(nodes) >= LEAST_NODES and missed <= ERROR * size:
            break
    return piece


def _nested_nodes(count: int) -> list[float]:
    """1, −1, then cosines of π times van der Corput's 1/2, 1/4, 3/4, 1/8, 5/8 … (Leja's idea)."""
    turned = [int(f"{k:b}"[::-1], 2) / 2 ** k.bit_length() for k in range(1, count - 1)]
    return [1.0, -1.0, *(float(np.cos(np.pi * share)) for share in turned)]
