"""Information matrices of the spatial lag likelihood.

The covariance of the estimates is their inverse.

Parameters are ordered (b, ρ, σ²). G = W(I − ρW)⁻¹; under the transformation over units the traces
lose the unit root and the mean of G′ι (Lee and Yu, 2010; Elhorst, 2014, eq. 3.9).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy import linalg, sparse

from spatial.errors import InputError
from spatial.likelihood import Estimate, LogDetTerm, logdet_sum
from spatial.weights.logdet import EIGENVALUE_LIMIT
from spatial.weights.logdet.similarity import Similarity, similarity
from spatial.weights.operator import Operator

__all__ = [
    "DENSE_LIMIT",
    "Traces",
    "expected_information",
    "invert",
    "observed_information",
    "solve_system",
    "traces",
]

Array = npt.NDArray[np.float64]
Solver = Callable[[Array, bool], Array]
DENSE_LIMIT = 3000
DENSE_SHARE = 0.1
BLOCK_LIMIT = 20000
BLOCK = 256


@dataclass(frozen=True)
class Traces:
    """tr G, tr G² and tr G′G, already as the likelihood counts them, times its periods."""

    g: float
    gg: float
    gtg: float


def traces(op: Operator, rho: float, term: LogDetTerm) -> Traces:
    """Traces of G for one operator.

    Dense to 3,000 units, block solves to 20,000, refused beyond.
    """
    if op.n > BLOCK_LIMIT:
        raise InputError(
            f"the expected information needs all columns of a {op.n} × {op.n} inverse; "
            'use with_cov("observed"), which is exact at any size.'
        )
    square = _frobenius(op, rho)
    g, gg = float(term.logdet.g(rho)), float(term.logdet.h(rho))
    if term.centred:
        ones = np.ones(op.n)
        back = op.matrix.T @ solve_system(op, rho, ones, transposed=True)
        square -= float(back @ back) / op.n
        g -= 1.0 / (1.0 - rho)
        gg -= 1.0 / (1.0 - rho) ** 2
    return Traces(term.periods * g, term.periods * gg, term.periods * square)


def solve_system(op: Operator, rho: float, right: Array, *, transposed: bool = False) -> Array:
    """(I − ρW)⁻¹ applied to columns, or its transpose.

    The last factors are kept with the operator.
    """
    kept = op.store.get("factors")
    if kept is None or kept[0] != rho:
        kept = (rho, _factors(op, rho))
        op.store["factors"] = kept
    solve: Solver = kept[1]
    return np.asarray(solve(right, transposed), dtype=np.float64)


def _factors(op: Operator, rho: float) -> Solver:
    if op.n <= DENSE_LIMIT and op.matrix.nnz > DENSE_SHARE * op.n**2:
        dense = linalg.lu_factor(np.eye(op.n) - rho * op.matrix.toarray(), check_finite=False)

        def solve_dense(right: Array, transposed: bool) -> Array:  # noqa: FBT001
            return np.asarray(
                linalg.lu_solve(dense, right, trans=1 if transposed else 0, check_finite=False)
            )

        return solve_dense
    from scipy.sparse.linalg import splu

    order: Literal["COLAMD", "MMD_AT_PLUS_A"]
    order = "COLAMD" if similarity(op) is None else "MMD_AT_PLUS_A"
    system = sparse.csc_array(sparse.eye_array(op.n, format="csc") - rho * op.matrix)
    lu: Any = splu(system, permc_spec=order)

    def solve_sparse(right: Array, transposed: bool) -> Array:  # noqa: FBT001
        block = np.ascontiguousarray(right, dtype=np.float64)
        return np.asarray(lu.solve(block, "T" if transposed else "N"))

    return solve_sparse


def _frobenius(op: Operator, rho: float) -> float:
    """tr G′G = ‖W(I − ρW)⁻¹‖²: an inverse at first, the spectral form when a graph returns."""
    if op.n > DENSE_LIMIT:
        return _frobenius_by_blocks(op, rho)
    similar = similarity(op) if op.n <= EIGENVALUE_LIMIT and "inverted" in op.store else None
    if similar is None:
        op.store["inverted"] = True
        lagged = op.matrix @ np.linalg.inv(np.eye(op.n) - rho * op.matrix.toarray())
        return float(np.vdot(lagged, lagged))
    if "frobenius" not in op.store:
        op.store["frobenius"] = _spectral_form(similar)
    values, form = op.store["frobenius"]
    gamma = values / (1.0 - rho * values)
    return float(gamma @ form @ gamma)


def _spectral_form(similar: Similarity) -> tuple[Array, Array]:
    """Eigenvalues ω and F with tr G′G = γ′Fγ, γ = ω/(1 − ρω), for W = D^-½ QΩQ′ D^½.

    F = (Q′DQ) ∘ (Q′D⁻¹Q).
    """
    values, q = linalg.eigh(similar.matrix.toarray(), driver="evd", check_finite=False)
    return values, (q.T * similar.scale) @ q * ((q.T / similar.scale) @ q)


def _frobenius_by_blocks(op: Operator, rho: float) -> float:
    total = 0.0
    for start in range(0, op.n, BLOCK):
        stop = min(start + BLOCK, op.n)
        unit = np.zeros((op.n, stop - start))
        unit[np.arange(start, stop), np.arange(stop - start)] = 1.0
        column = op.matrix @ solve_system(op, rho, unit)
        total += float(np.vdot(column, column))
    return total


def expected_information(
    x: Array, mean_lag: Array, estimate: Estimate, *, nobs: int, traced: Traces
) -> Array:
    """Expected information in (b, ρ, σ²), (K+2, K+2).

    Parameters
    ----------
    x
        (n, K) after the fixed effects have left.
    mean_lag
        (n,) the mean of W y, G(Xb + effects), after the fixed effects have left.
    """
    k, s2 = x.shape[1], estimate.sigma2
    info = np.zeros((k + 2, k + 2))
    info[:k, :k] = x.T @ x / s2
    info[:k, k] = info[k, :k] = x.T @ mean_lag / s2
    info[k, k] = traced.gg + traced.gtg + float(mean_lag @ mean_lag) / s2
    info[k, k + 1] = info[k + 1, k] = traced.g / s2
    info[k + 1, k + 1] = nobs / (2.0 * s2**2)
    return info


def observed_information(
    x: Array, wy: Array, estimate: Estimate, *, nobs: int, terms: Sequence[LogDetTerm]
) -> Array:
    """Minus the Hessian of the likelihood in (b, ρ, σ²), (K+2, K+2).

    Needs h(ρ) and cross-products only.
    """
    k, s2 = x.shape[1], estimate.sigma2
    info = np.zeros((k + 2, k + 2))
    info[:k, :k] = x.T @ x / s2
    info[:k, k] = info[k, :k] = x.T @ wy / s2
    info[k, k] = float(logdet_sum(terms, estimate.rho, 2)) + float(wy @ wy) / s2
    info[k, k + 1] = info[k + 1, k] = float(wy @ estimate.residuals) / s2**2
    info[k + 1, k + 1] = nobs / (2.0 * s2**2)
    return info


def invert(information: Array) -> Array:
    """Inverse of an information matrix.

    Its diagonal is scaled to one first, so that units of measurement do not matter.
    """
    scale = 1.0 / np.sqrt(np.diag(information))
    inverse = np.linalg.inv(information * np.outer(scale, scale))
    inverse = 0.5 * (inverse + inverse.T)
    return np.asarray(inverse * np.outer(scale, scale), dtype=np.float64)
