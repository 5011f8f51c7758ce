"""Weights over stacked rows: one block for each graph and set of units that some periods share.

A balanced panel with one graph is one block; an unbalanced panel, or graphs that change over the
years, are several. Nothing else in the package tells these apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from spatial.systems import solve_system
from spatial.weights.logdet import LogDeterminant, Method, log_determinant
from spatial.weights.operator import Operator

__all__ = ["Block", "Network", "one_block", "shared_periods"]

Array = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Block:
    """Periods with the same units and the same weights between them.

    `rows` (P, N) are the places of these units in the stacked data, one line for each period.
    """

    operator: Operator
    rows: Rows

    @property
    def periods(self) -> int:
        """Number of periods P."""
        return int(self.rows.shape[0])

    @property
    def size(self) -> int:
        """Number of rows, P·N."""
        return int(self.rows.size)


@dataclass(frozen=True, eq=False)
class Network:
    """Block-diagonal weights over `n` stacked rows, never built as one matrix.

    `logdet` says how their log-determinants are to be found.
    """

    blocks: tuple[Block, ...]
    n: int
    logdet: Method = "auto"

    @property
    def single(self) -> Operator | None:
        """The weights where all periods share them, else None."""
        return self.blocks[0].operator if len(self.blocks) == 1 else None

    @cached_property
    def stochastic(self) -> bool:
        """Whether every row of the weights, isolates included, sums to one."""
        return all(block.operator.stochastic for block in self.blocks)

    @property
    def logdets(self) -> tuple[LogDeterminant, ...]:
        """ln|I − ρW| of each block."""
        return tuple(log_determinant(block.operator, self.logdet) for block in self.blocks)

    @cached_property
    def links(self) -> int:
        """Number of links over all blocks."""
        return sum(int(block.operator.matrix.nnz) for block in self.blocks)

    def lag(self, values: Array) -> Array:
        """Spatial lag within each period of values (n,) or (n, k)."""
        return self._within(values, lambda op, columns: np.asarray(op.matrix @ columns))

    def solve(self, rho: float, values: Array, *, transposed: bool = False) -> Array:
        """(I − ρW)⁻¹ within each period, or its transpose, of values (n,) or (n, k)."""
        return self._within(
            values, lambda op, columns: solve_system(op, rho, columns, transposed=transposed)
        )

    def _within(self, values: Array, apply: Callable[[Operator, Array], Array]) -> Array:
        flat = values.reshape(len(values), -1)
        if self.single is not None:
            return _over_periods(flat, self.blocks[0], apply).reshape(values.shape)
        out = np.empty_like(flat)
        for block in self.blocks:
            taken = flat[block.rows.ravel()]
            out[block.rows.ravel()] = _over_periods(taken, block, apply)
        return out.reshape(values.shape)


def one_block(operator: Operator, periods: int, logdet: Method = "auto") -> Network:
    """Network of a balanced panel, or a cross-section, with one graph."""
    n = periods * operator.n
    return Network((Block(operator, np.arange(n).reshape(periods, operator.n)),), n, logdet)


def shared_periods(one: Network, other: Network) -> dict[tuple[int, int], int]:
    """Number of periods that a block of one network shares with a block of another.

    Both are over the same rows; keys are the places of the blocks.
    """
    owner = {row: place for place, b in enumerate(other.blocks) for row in b.rows[:, 0].tolist()}
    found: dict[tuple[int, int], int] = {}
    for place, block in enumerate(one.blocks):
        for row in block.rows[:, 0].tolist():
            pair = (place, owner[row])
            found[pair] = found.get(pair, 0) + 1
    return found


def _over_periods(rows: Array, block: Block, apply: Callable[[Operator, Array], Array]) -> Array:
    """Columns (P·N, k) side by side as (N, P·k), and back."""
    n, k = block.operator.n, rows.shape[1]
    stacked = rows.reshape(block.periods, n, k).transpose(1, 0, 2)
    done = apply(block.operator, stacked.reshape(n, -1))
    return np.ascontiguousarray(done.reshape(stacked.shape).transpose(1, 0, 2)).reshape(-1, k)
