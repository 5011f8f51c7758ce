"""What every log-determinant offers, and the eigenvalue form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

__all__ = ["LogDeterminant", "Order", "Spectrum", "real_interval"]

Vector = npt.NDArray[np.float64]
Order = Literal[0, 1]


class LogDeterminant(Protocol):
    """f(ρ) = ln|I − ρW| and its derivatives, for scalars or arrays of ρ.

    g = tr[W(I−ρW)⁻¹] = −f′ and h = tr[(W(I−ρW)⁻¹)²] = −f″. `interval` is the admissible interval of
    ρ, open at both ends, `n` the number of units, `method` how f is found. Where it comes from
    factorisations or random probes, `refine` says between which values of ρ it is wanted.
    """

    @property
    def method(self) -> str:
        """How f is found: "eigenvalues", "lu", "cholmod" or "lanczos"."""
        ...

    @property
    def n(self) -> int:
        """Number of units."""
        ...

    @property
    def interval(self) -> tuple[float, float]:
        """Admissible interval of ρ."""
        ...

    def f(self, rho: npt.ArrayLike) -> Vector:
        """ln|I − ρW|."""
        ...

    def g(self, rho: npt.ArrayLike) -> Vector:
        """tr[W(I − ρW)⁻¹]."""
        ...

    def h(self, rho: npt.ArrayLike) -> Vector:
        """tr[(W(I − ρW)⁻¹)²]."""
        ...

    def refine(self, low: float, high: float, tolerance: float = 0.0) -> None:
        """Make f, g and h exact to rounding between `low` and `high`, which may be one value.

        What was not refined is near, no more: whoever reads numbers from it refines first.

        Random probes are added until the standard error of g is `tolerance`, if that is positive.
        """
        ...

    def error(self, rho: float, order: Order = 1) -> float:
        """Standard error of f (order 0) or g (order 1); zero where they are exact to rounding."""
        ...

    def alone(self) -> LogDeterminant:
        """The same as if nothing had been refined: what it gives depends on its own `refine`."""
        ...


@dataclass(frozen=True, eq=False)
class Spectrum:
    """Log-determinant from all eigenvalues ω.

    With f = Σ ln|1 − ρω|, g = Σ ω/(1 − ρω), h = Σ (ω/(1 − ρω))².

    Complex eigenvalues come in pairs, so that the sums are real (Ord, 1975).
    """

    eigenvalues: npt.NDArray[np.float64] | npt.NDArray[np.complex128]

    @property
    def method(self) -> str:
        """How f is found."""
        return "eigenvalues"

    @property
    def n(self) -> int:
        """Number of units."""
        return len(self.eigenvalues)

    @property
    def interval(self) -> tuple[float, float]:
        """Admissible interval (1/ω_min, 1/ω_max) over the real eigenvalues."""
        return real_interval(self.eigenvalues)

    def f(self, rho: npt.ArrayLike) -> Vector:
        """ln|I − ρW|."""
        return np.asarray(np.log(np.abs(self._system(rho))).sum(axis=-1), dtype=np.float64)

    def g(self, rho: npt.ArrayLike) -> Vector:
        """tr[W(I − ρW)⁻¹]."""
        return np.asarray(np.real(self._ratio(rho).sum(axis=-1)), dtype=np.float64)

    def h(self, rho: npt.ArrayLike) -> Vector:
        """tr[(W(I − ρW)⁻¹)²]."""
        return np.asarray(np.real((self._ratio(rho) ** 2).sum(axis=-1)), dtype=np.float64)

    def refine(self, low: float, high: float, tolerance: float = 0.0) -> None:
        """Nothing to do: the eigenvalues serve everywhere."""

    def error(self, rho: float, order: Order = 1) -> float:  # noqa: ARG002
        """Nothing: eigenvalues are exact to rounding."""
        return 0.0

    def alone(self) -> Spectrum:
        """Itself."""
        return self

    def _system(self, rho: npt.ArrayLike) -> npt.NDArray[Any]:
        """Eigenvalues of I − ρW, one row per ρ; its own array, free to be overwritten."""
        out = np.multiply.outer(-np.asarray(rho, dtype=np.float64), self.eigenvalues)
        out += 1.0
        return np.asarray(out)

    def _ratio(self, rho: npt.ArrayLike) -> npt.NDArray[Any]:
        out = self._system(rho)
        return np.asarray(np.divide(self.eigenvalues, out, out=out))


def real_interval(eigenvalues: npt.NDArray[np.generic]) -> tuple[float, float]:
    """(1/ω_min, 1/ω_max) over the real eigenvalues.

    An end without an eigenvalue of its sign is infinite.
    """
    values = np.asarray(eigenvalues)
    real = np.real(values)
    floor = 1e-9 * float(np.abs(values).max(initial=0.0))
    if np.iscomplexobj(values):
        real = real[np.abs(np.imag(values)) <= floor]
    low, high = real.min(initial=0.0), real.max(initial=0.0)
    return (
        float(1.0 / low) if low < -floor else -np.inf,
        float(1.0 / high) if high > floor else np.inf,
    )
