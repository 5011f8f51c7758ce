"""Q = I + Tφ BB′ of many units, from sparse factors.

Rows are whitened by E = (I, √(Tφ) B)′Q⁻¹, (2N, N), for which E′E = Q⁻¹: it takes the place of L⁻¹,
and C_a = E(∂Q/∂a)E′. Traces come from entries of Q⁻¹, and tr C_a C_b is the derivative in η, at
zero, of tr[(Q − η ∂Q/∂a)⁻¹ ∂Q/∂b].
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from spatial.diagonals import STEP
from spatial.errors import InputError
from spatial.random_effects.between import Between
from spatial.selected import InverseEntries, Plan, plan_inverse
from spatial.systems import too_dense
from spatial.weights.operator import Operator

__all__ = ["Sparse", "sparse_between"]

Array = npt.NDArray[np.float64]
Matrix = sparse.csr_array
Names = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Products:
    """M, M + M′ and MM′ for T periods: BB′ = I − λ(M + M′) + λ²MM′."""

    m: Matrix
    cross: Matrix
    square: Matrix
    periods: int
    plan: Plan

    def filtered(self, lam: float) -> Matrix:
        """BB′."""
        eye = sparse.eye_array(self.m.shape[0], format="csr")
        return sparse.csr_array(eye - lam * self.cross + lam**2 * self.square)

    def change(self, names: Names, phi: float, lam: float) -> Matrix:
        """First or second derivative of Q."""
        at = self.periods * phi
        if names == ("phi",):
            return self.periods * self.filtered(lam)
        if names == ("lambda", "lambda"):
            return 2.0 * at * self.square
        if names == ("phi", "phi"):
            return sparse.csr_array(self.m.shape)
        turn = 2.0 * lam * self.square - self.cross
        return sparse.csr_array((at if names == ("lambda",) else self.periods) * turn)


@dataclass(frozen=True, eq=False)
class Sparse:
    """Q with what is asked of it, each found once."""

    products: _Products
    phi: float
    lam: float
    names: Names = ("lambda", "phi")
    _known: dict[str, InverseEntries] = field(default_factory=dict)

    @property
    def _scale(self) -> float:
        """√(Tφ)."""
        return float(np.sqrt(self.products.periods * self.phi))

    @cached_property
    def _q(self) -> Matrix:
        eye = sparse.eye_array(self.products.m.shape[0], format="csr")
        return sparse.csr_array(eye + self._scale**2 * self.products.filtered(self.lam))

    @cached_property
    def _factors(self) -> Any:
        from scipy.sparse.linalg import splu

        return splu(
            sparse.csc_array(self._q),
            permc_spec="MMD_AT_PLUS_A",
            diag_pivot_thresh=0.0,
            options={"SymmetricMode": True},
        )

    @property
    def logdet(self) -> float:
        """ln|Q|."""
        return float(np.log(np.abs(self._factors.U.diagonal())).sum())

    def solve(self, values: Array) -> Array:
        """Q⁻¹v."""
        return np.asarray(self._factors.solve(np.ascontiguousarray(values)))

    def whiten(self, values: Array) -> Array:
        """E v."""
        solved = self.solve(values)
        through = solved - self.lam * (self.products.m.T @ solved)
        return np.concatenate([solved, self._scale * through])

    def _back(self, values: Array) -> Array:
        """E′v."""
        first, second = np.split(values, 2)
        return self.solve(first + self._scale * (second - self.lam * (self.products.m @ second)))

    def first(self, name: str, values: Array) -> Array:
        """C_a v."""
        return self.whiten(np.asarray(self._change(name) @ self._back(values)))

    def second(self, name: str, other: str, values: Array) -> Array:
        """C_ab v."""
        return self.whiten(np.asarray(self._change(name, other) @ self._back(values)))

    def trace(self, name: str) -> float:
        """tr C_a."""
        return float(self._stepped("phi").trace(self._change(name)).real)

    def trace_of_both(self, name: str, other: str) -> float:
        """tr C_a C_b."""
        name, other = sorted([name, other])
        return float(self._stepped(name).trace(self._change(other)).imag / STEP)

    def trace_of_second(self, name: str, other: str) -> float:
        """tr C_ab."""
        return float(self._stepped("phi").trace(self._change(name, other)).real)

    def _change(self, *names: str) -> Matrix:
        return self.products.change(tuple(sorted(names)), self.phi, self.lam)

    def _stepped(self, name: str) -> InverseEntries:
        """Entries of (Q − ih ∂Q/∂a)⁻¹."""
        if name not in self._known:
            found = self.products.plan.invert(self._q - STEP * 1j * self._change(name))
            if found is None:
                raise InputError(
                    "the covariance of a random effect outside the filter of the error cannot be "
                    'inverted to eight digits; use error_component="inside".'
                )
            self._known[name] = found
        return self._known[name]


def sparse_between(op: Operator, periods: int) -> Callable[[float, float], Between]:
    """Q of an effect outside the filter, for many units.

    Raises
    ------
    InputError
        Weights with too many links for their size.
    """
    m = op.matrix
    cross, square = sparse.csr_array(m + m.T), sparse.csr_array(m @ m.T)
    plan = None if too_dense(op) else plan_inverse(cross, square)
    if plan is None:
        raise InputError(
            f"a random effect outside the filter of the error needs factors of matrices of "
            f"{op.n:,} × {op.n:,}, which with {m.nnz:,} links do not fit into memory; use "
            'error_component="inside".'
        )
    return partial(Sparse, _Products(m, cross, square, periods, plan))
