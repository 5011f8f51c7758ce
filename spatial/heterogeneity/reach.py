"""Effects between groups: what coefficients by group do once spillovers have run their course.

With S = I − ρW, P_g the diagonal matrix of the members of g and V the weights that lag x, the
effects of x are the entries of D = S⁻¹(Σ_g β_g P_g + Σ_{gh} θ_{gh} P_g V P_h). All that is told of
them are sums over the members of a receiving and of a sending group, and sums of diagonals; they
are linear in β and θ, and dS⁻¹/dρ = S⁻¹WS⁻¹.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from spatial.errors import InputError
from spatial.heterogeneity.split import Part
from spatial.network import Network, shared_periods
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
        once = _inverse(block.operator, rho)
        twice = once @ (block.operator.matrix @ once)
        v = lag.operator.matrix.toarray()
        found = [*_sums(once, v, inside, parts), *_sums(twice, v, inside, parts)]
        for whole, part in zip(sums, found, strict=True):
            whole += periods * part
    return GroupSums(
        sums[0] / sizes[:, None],
        sums[1] / sizes[:, None, None],
        sums[2] / sizes[:, None],
        sums[3] / sizes[:, None, None],
        sizes,
    )


def _inverse(op: Operator, rho: float) -> Array:
    if op.n > DENSE_LIMIT:
        raise InputError(
            f"effects between groups need the whole inverse of {op.n} × {op.n} weights, more than "
            f"{DENSE_LIMIT} units; take fewer units, or write interactions into the formula."
        )
    return np.eye(op.n) if rho == 0.0 else solve_system(op, rho, np.eye(op.n))


def _sums(a: Array, v: Array, inside: Array, parts: Sequence[Part]) -> tuple[Array, Array]:
    """Sums of the diagonal and of blocks of A P_g (own) or A P_g V P_h (lag) for each part."""
    count = inside.shape[1]
    by_sender = inside.T @ (a * v.T)  # group of i, k: Σ_i A_ik V_ki
    rows, lagged = inside.T @ a, v @ inside
    diagonal, pairs = np.zeros((count, len(parts))), np.zeros((count, count, len(parts)))
    own = inside.T @ np.diag(a)
    for p, part in enumerate(parts):
        members = inside[:, part.receiver]
        if not part.lag:
            diagonal[part.receiver, p] = own[part.receiver]
            pairs[:, part.receiver, p] = rows @ members
            continue
        senders = np.ones(count) if part.sender < 0 else np.eye(count)[part.sender]
        diagonal[:, p] = senders * (by_sender @ members)
        pairs[:, :, p] = senders * ((rows * members) @ lagged)
    return diagonal, pairs
