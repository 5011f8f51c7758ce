"""The quadratic forms of the score: ε′G̃ε for ρ and ε′Hε for λ, period by period.

G̃ = BGB⁻¹ with G = W(I − ρW)⁻¹, H = MB⁻¹ and B = I − λM. A form knows its matrix as a product with
columns, so that nothing of size N×N is kept beyond `DENSE_LIMIT` units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from spatial.diagonals import SMALL, form_diagonal
from spatial.errors import InputError
from spatial.estimation import Estimated
from spatial.network import Network, shared_periods
from spatial.systems import DENSE_LIMIT, solve_system
from spatial.traces import BLOCK, BLOCK_LIMIT
from spatial.weights.operator import Operator

__all__ = ["Form", "form_at", "forms"]

Array = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Form:
    """One form over periods that share their weights.

    Parameters
    ----------
    op, at
        Weights and parameter: the matrix is W(I − at·W)⁻¹.
    filtered, lam
        Weights of the error and λ where the matrix is B W(I − ρW)⁻¹B⁻¹, else None.
    rows
        (P, N) places of the units of these periods among all rows.
    centred, share
        What the transformations leave of the diagonal: J = I − ιι′/N on both sides, and 1 − 1/T.
    """

    op: Operator
    at: float
    filtered: Operator | None
    lam: float
    rows: Rows
    centred: bool
    share: float

    @property
    def n(self) -> int:
        """Number of units N."""
        return int(self.rows.shape[1])

    def apply(self, v: Array, *, transposed: bool = False) -> Array:
        """The matrix, or its transpose, times columns (N, m)."""
        if transposed:
            return self._back(v)
        outer = self.filtered
        if outer is None:
            return np.asarray(self.op.matrix @ solve_system(self.op, self.at, v))
        inner = self.op.matrix @ solve_system(self.op, self.at, solve_system(outer, self.lam, v))
        return np.asarray(inner - self.lam * (outer.matrix @ inner))

    def _back(self, v: Array) -> Array:
        outer = self.filtered
        if outer is not None:
            v = v - self.lam * (outer.matrix.T @ v)
        back = np.asarray(self.op.matrix.T @ solve_system(self.op, self.at, v, transposed=True))
        return back if outer is None else solve_system(outer, self.lam, back, transposed=True)

    def halves(self, columns: Rows) -> Array:
        """Columns of ½(A + A′), (N, m)."""
        if self.n <= DENSE_LIMIT:
            return np.asarray(0.5 * (self._dense[:, columns] + self._dense[columns].T))
        unit = _unit_columns(self.n, columns)
        return np.asarray(0.5 * (self.apply(unit) + self.apply(unit, transposed=True)))

    @cached_property
    def _dense(self) -> Array:
        return self.apply(np.eye(self.n))

    @cached_property
    def diagonal(self) -> Array:
        """Diagonal of what the transformations leave of the form, (N,).

        With rows that sum to one JAJ = JA, because Jι = 0 and Aι is a multiple of ι.
        """
        found = self.own
        if self.centred:
            found = found - self.apply(np.ones(self.n), transposed=True) / self.n
        return np.asarray(self.share * found)

    @cached_property
    def own(self) -> Array:
        """Diagonal of the form itself, (N,)."""
        found = None
        if self.n > SMALL:
            found = form_diagonal(self.op, self.at, self.filtered, self.lam)
        return self._diagonal_by_columns() if found is None else found

    def _diagonal_by_columns(self) -> Array:
        """The same where weights have many links or units are few."""
        if self.n <= DENSE_LIMIT:
            return np.diag(self._dense).copy()
        if self.n > BLOCK_LIMIT:
            raise InputError(
                f"this covariance needs the diagonal of a {self.n:,} × {self.n:,} inverse, and "
                f"with {self.op.matrix.nnz:,} links sparse factors do not fit into memory; use "
                'with_cov("observed") or with_cov("driscoll-kraay"), which need none.'
            )
        pieces = []
        for start in range(0, self.n, BLOCK):
            columns = np.arange(start, min(start + BLOCK, self.n))
            block = self.apply(_unit_columns(self.n, columns))
            pieces.append(block[columns, np.arange(len(columns))])
        return np.concatenate(pieces)


def form_at(parts: Sequence[Form], time_codes: Rows, t: int) -> tuple[Form, Rows]:
    """The form of period t and the rows of its units."""
    for form in parts:
        at = np.flatnonzero(time_codes[form.rows[:, 0]] == t)
        if len(at):
            return form, form.rows[at[0]]
    raise KeyError(t)


def _unit_columns(n: int, columns: Rows) -> Array:
    out = np.zeros((n, len(columns)))
    out[columns, np.arange(len(columns))] = 1.0
    return out


def forms(fitted: Estimated) -> list[list[Form]]:
    """Forms of ρ and of λ, those that the model has; each is a list over blocks of periods.

    None for an estimate without a likelihood, which is linear in the errors.
    """
    if fitted.linear is not None:
        return []
    found, way = fitted.estimate, fitted.transformation
    share = 1.0 - 1.0 / fitted.sample.layout.n_times if way.over_time else 1.0
    network, other = fitted.sample.network, fitted.sample.error_network
    out = []
    if fitted.lag_y:
        pairs = _pairs(network, other if fitted.lag_error else None)
        out.append(
            [
                Form(op, found.rho, outer, found.lam, rows, way.over_units, share)
                for op, outer, rows in pairs
            ]
        )
    if fitted.lag_error:
        out.append(
            [
                Form(op, found.lam, None, 0.0, rows, way.over_units, share)
                for op, _, rows in _pairs(other, None)
            ]
        )
    return out


def _pairs(network: Network, other: Network | None) -> list[tuple[Operator, Operator | None, Rows]]:
    """Weights, the filter beside them (None where they commute), and the rows of their periods."""
    if other is None:
        return [(block.operator, None, block.rows) for block in network.blocks]
    out: list[tuple[Operator, Operator | None, Rows]] = []
    for i, j in shared_periods(network, other):
        block, beside = network.blocks[i], other.blocks[j]
        both = np.isin(block.rows[:, 0], beside.rows[:, 0])
        outer = None if block.operator is beside.operator else beside.operator
        out.append((block.operator, outer, block.rows[both]))
    return out
