"""Effects between groups: what coefficients by group do once spillovers have run their course.

With S = I − ρW, P_g the diagonal matrix of the members of g and V the weights that lag x, the
effects of x are the entries of D = S⁻¹(Σ_g β_g P_g + Σ_{gh} θ_{gh} P_g V P_h). All that is told of
them are sums over the members of a receiving and of a sending group, and sums of diagonals; they
are linear in β and θ, and dS⁻¹/dρ = S⁻¹WS⁻¹.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse

from spatial.diagonals import SMALL, STEP, multiplier_entries
from spatial.errors import InputError
from spatial.heterogeneity.split import Part
from spatial.network import Network, shared_periods
from spatial.selected import InverseEntries
from spatial.systems import DENSE_LIMIT, solve_system
from spatial.weights.operator import Operator

__all__ = ["GroupSums", "group_sums"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class GroupSums:
    """Sums of D for parameters set to one each, and their derivatives in ρ.

    Attributes
    ----------
    diagonal
        Mean of D_ii over the members of each group, (G, parts).
    pairs
        Mean over the members i of each receiving group of Σ D_ij over the members j of each sending
        group, the diagonal included, (G receiving, G sending, parts).
    diagonal_slope, pairs_slope
        Derivatives in ρ.
    sizes
        Rows of each group, (G,).
    """

    diagonal: Array
    pairs: Array
    diagonal_slope: Array
    pairs_slope: Array
    sizes: Array


def group_sums(
    network: Network, by: Network, codes: Codes, count: int, rho: float, parts: Sequence[Part]
) -> GroupSums:
    """Sums over all blocks of the weights of y and of those that lag x.

    Parameters
    ----------
    codes
        Group of each row, (n,).
    count
        Number of groups.
    """
    shape = (count, len(parts)), (count, count, len(parts))
    sums = [np.zeros(shape[0]), np.zeros(shape[1]), np.zeros(shape[0]), np.zeros(shape[1])]
    sizes = np.bincount(codes, minlength=count).astype(np.float64)
    for (i, j), periods in shared_periods(network, by).items():
        block, lag = network.blocks[i], by.blocks[j]
        inside = (codes[block.rows[0]][:, None] == np.arange(count)).astype(np.float64)
        both = _inverses(block.operator, lag.operator, rho, inside)
        lagged = np.asarray(lag.operator.matrix @ inside)
        found = [part for spread in both for part in _sums(spread, inside, lagged, parts)]
        for whole, part in zip(sums, found, strict=True):
            whole += periods * part
    return GroupSums(
        sums[0] / sizes[:, None],
        sums[1] / sizes[:, None, None],
        sums[2] / sizes[:, None],
        sums[3] / sizes[:, None, None],
        sizes,
    )


class _Spread(NamedTuple):
    """What is read of A: sums of the rows of each group (G, N), its diagonal, and A ∘ V′."""

    rows: Array
    diagonal: Array
    beside: Any


def _inverses(op: Operator, by: Operator, rho: float, inside: Array) -> tuple[_Spread, _Spread]:
    """S⁻¹, and S⁻¹WS⁻¹, its derivative in ρ."""
    w, v = op.matrix, by.matrix
    if rho == 0.0:
        none, turned = sparse.diags_array(v.diagonal()), sparse.csr_array(v.T)
        first = _Spread(inside.T, np.ones(op.n), none)
        return first, _Spread(np.asarray(w.T @ inside).T, w.diagonal(), w * turned)
    found = multiplier_entries(op, by, rho) if op.n > SMALL else None
    if found is not None:
        return _from_entries(op, by, rho, inside, found)
    if op.n > DENSE_LIMIT:
        raise InputError(
            f"effects between groups need entries of the inverse of {op.n:,} × {op.n:,} weights, "
            f"and with {w.nnz:,} links sparse factors do not fit into memory; take fewer units, or "
            "write interactions into the formula."
        )
    once = solve_system(op, rho, np.eye(op.n))
    return _whole(once, by, inside), _whole(once @ (w @ once), by, inside)


def _whole(a: Array, by: Operator, inside: Array) -> _Spread:
    return _Spread(inside.T @ a, np.diag(a), a * by.matrix.toarray().T)


def _from_entries(
    op: Operator, by: Operator, rho: float, inside: Array, found: InverseEntries
) -> tuple[_Spread, _Spread]:
    """The same without the inverse: two solves for each group, and entries where V has them."""
    rows = solve_system(op, rho, inside, transposed=True)
    through = solve_system(op, rho, np.asarray(op.matrix.T @ rows), transposed=True)
    beside = found.beside(by.matrix)
    return (
        _Spread(rows.T, found.diagonal.real, beside.real),
        _Spread(through.T, found.diagonal.imag / STEP, beside.imag / STEP),
    )


def _sums(a: _Spread, inside: Array, lagged: Array, parts: Sequence[Part]) -> tuple[Array, Array]:
    """Sums of the diagonal and of blocks of A P_g (own) or A P_g V P_h (lag) for each part."""
    count = inside.shape[1]
    by_sender = np.asarray((a.beside.T @ inside).T)  # group of i, k: Σ_i A_ik V_ki
    diagonal, pairs = np.zeros((count, len(parts))), np.zeros((count, count, len(parts)))
    own = inside.T @ a.diagonal
    for p, part in enumerate(parts):
        members = inside[:, part.receiver]
        if not part.lag:
            diagonal[part.receiver, p] = own[part.receiver]
            pairs[:, part.receiver, p] = a.rows @ members
            continue
        senders = np.ones(count) if part.sender < 0 else np.eye(count)[part.sender]
        diagonal[:, p] = senders * (by_sender @ members)
        pairs[:, :, p] = senders * ((a.rows * members) @ lagged)
    return diagonal, pairs
