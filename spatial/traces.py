"""Traces of G̃ = BGB⁻¹, G = W(I − ρW)⁻¹, and of H = MB⁻¹, B = I − λM, as the likelihood counts them.

Without the transformation over units (Lee and Yu, 2010) these are plain traces. With it, W and M
map the vector of ones to a multiple of itself and J = I − ιι′/N stands on both sides:
tr(JAJC) = tr AC − ι′ACι/N and tr(JA′JC) = tr A′C − (A′ι)′(C′ι)/N.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import linalg

from spatial.errors import InputError
from spatial.likelihood import LogDetTerm
from spatial.running import numbers_are_steady
from spatial.sparse_traces import commuting_products, joint_products, square_product
from spatial.systems import DENSE_LIMIT, solve_system
from spatial.weights.logdet import by_eigenvalues, log_determinant
from spatial.weights.logdet.similarity import Similarity, similarity
from spatial.weights.operator import Operator

__all__ = [
    "BLOCK_LIMIT",
    "Traces",
    "derive_spectra",
    "error_traces",
    "joint_traces",
    "lag_traces",
    "sum_traces",
]

Array = npt.NDArray[np.float64]
BLOCK_LIMIT = 20000
BLOCK = 256


@dataclass(frozen=True)
class Traces:
    """tr G, tr G², tr G̃′G̃; tr H, tr H², tr H′H; tr G̃H, tr G̃′H; zero where absent."""

    g: float = 0.0
    gg: float = 0.0
    gtg: float = 0.0
    h: float = 0.0
    hh: float = 0.0
    hth: float = 0.0
    gh: float = 0.0
    gth: float = 0.0

    def times(self, periods: int) -> Traces:
        """Traces over so many periods."""
        return Traces(*(periods * value for value in self._values))

    @property
    def _values(self) -> tuple[float, ...]:
        return (self.g, self.gg, self.gtg, self.h, self.hh, self.hth, self.gh, self.gth)


def sum_traces(parts: Sequence[Traces]) -> Traces:
    """Sum over blocks."""
    columns = zip(*(part._values for part in parts), strict=True)
    return Traces(*(float(sum(column)) for column in columns))


def lag_traces(op: Operator, rho: float, term: LogDetTerm) -> Traces:
    """Traces for one block with a lag of y alone."""
    g, gg, gtg = _one(op, rho, term)
    return Traces(g=g, gg=gg, gtg=gtg).times(term.periods)


def error_traces(op: Operator, lam: float, term: LogDetTerm) -> Traces:
    """Traces for one block with a lag of the error alone."""
    h, hh, hth = _one(op, lam, term)
    return Traces(h=h, hh=hh, hth=hth).times(term.periods)


def _one(op: Operator, at: float, term: LogDetTerm) -> tuple[float, float, float]:
    square = _frobenius(op, at)
    term.logdet.refine(at, at)
    g, gg = float(term.logdet.g(at)), float(term.logdet.h(at))
    if term.centred:
        back = _back(op, at)
        square -= float(back @ back) / op.n
        g -= 1.0 / (1.0 - at)
        gg -= 1.0 / (1.0 - at) ** 2
    return g, gg, square


def joint_traces(
    op: Operator,
    error_op: Operator,
    rho: float,
    lam: float,
    term: LogDetTerm,
    error_term: LogDetTerm,
) -> Traces:
    """Traces for one period of a block with lags of y and of the error.

    Where both have the same weights all matrices commute and G̃ = G.
    """
    h, hh, hth = _one(error_op, lam, error_term)
    if op is error_op:
        g, gg, gtg = _one(op, rho, term)
        gh, gth = _commuting(op, rho, lam)
        if term.centred:
            gh -= 1.0 / ((1.0 - rho) * (1.0 - lam))
            gth -= float(_back(op, rho) @ _back(op, lam)) / op.n
    else:
        term.logdet.refine(rho, rho)
        g, gg = float(term.logdet.g(rho)), float(term.logdet.h(rho))
        gtg, gh, gth, back, error_back = _by_columns(op, error_op, rho, lam)
        if term.centred:
            g -= 1.0 / (1.0 - rho)
            gg -= 1.0 / (1.0 - rho) ** 2
            gtg -= float(back @ back) / op.n
            gh -= 1.0 / ((1.0 - rho) * (1.0 - lam))
            gth -= float(back @ error_back) / op.n
    return Traces(g, gg, gtg, h, hh, hth, gh, gth)


def _refuse_large(op: Operator) -> None:
    if op.n > BLOCK_LIMIT:
        raise InputError(
            f"the expected information of {op.n:,} units with {op.matrix.nnz:,} links needs "
            'factors that do not fit into memory; use with_cov("observed"), which is exact at any '
            "size."
        )


def derive_spectra(op: Operator) -> None:
    """Derive now what fits on these weights will ask for."""
    log_determinant(op)
    similar = similarity(op) if by_eigenvalues(op) else None
    if similar is not None:
        _spectral(op, similar)


def _back(op: Operator, at: float) -> Array:
    """(W(I − ρW)⁻¹)′ι."""
    ones = np.ones(op.n)
    return np.asarray(op.matrix.T @ solve_system(op, at, ones, transposed=True))


def _commuting(op: Operator, rho: float, lam: float) -> tuple[float, float]:
    """tr GH and tr G′H for two functions of one W."""
    if not by_eigenvalues(op):
        found = commuting_products(op, rho, lam)
        return _products(op, op, rho, lam)[1:] if found is None else found
    similar = similarity(op)
    if similar is None:
        return _products(op, op, rho, lam)[1:]
    values, form = _spectral(op, similar)
    gamma, eta = values / (1.0 - rho * values), values / (1.0 - lam * values)
    return float(gamma @ eta), float(gamma @ form @ eta)


def _by_columns(
    op: Operator, error_op: Operator, rho: float, lam: float
) -> tuple[float, float, float, Array, Array]:
    """tr G̃′G̃, tr G̃H, tr G̃′H, G̃′ι and H′ι."""
    found = None if by_eigenvalues(op) else joint_products(op, error_op, rho, lam)
    gtg, gh, gth = _products(op, error_op, rho, lam) if found is None else found
    ones = np.ones(op.n)
    back = solve_system(op, rho, ones - lam * (error_op.matrix.T @ ones), transposed=True)
    back = solve_system(error_op, lam, np.asarray(op.matrix.T @ back), transposed=True)
    return gtg, gh, gth, back, _back(error_op, lam)


def _products(
    op: Operator, error_op: Operator, rho: float, lam: float
) -> tuple[float, float, float]:
    """tr G̃′G̃, tr G̃H and tr G̃′H from blocks of columns of G̃, H and H′."""
    _refuse_large(op)
    same, gtg, gh, gth = op is error_op, 0.0, 0.0, 0.0
    for start in range(0, op.n, BLOCK):
        unit = np.zeros((op.n, min(BLOCK, op.n - start)))
        unit[np.arange(start, start + unit.shape[1]), np.arange(unit.shape[1])] = 1.0
        inverse = solve_system(error_op, lam, unit)
        turned = error_op.matrix.T @ solve_system(error_op, lam, unit, transposed=True)
        g = op.matrix @ solve_system(op, rho, unit if same else inverse)
        if not same:
            g = g - lam * (error_op.matrix @ g)
        gtg += float(np.vdot(g, g))
        gh += float(np.vdot(turned, g))
        gth += float(np.vdot(error_op.matrix @ inverse, g))
    return gtg, gh, gth


def _frobenius(op: Operator, at: float) -> float:
    """‖W(I − ρW)⁻¹‖²: an inverse at first, the spectral form when a graph returns.

    Of many units the entries of a sparse inverse that it needs.
    The two round differently: where numbers are to be steady it is the spectral form at once.
    """
    found = None if by_eigenvalues(op) else square_product(op, at)
    if found is not None:
        return found
    if op.n > DENSE_LIMIT:
        return _frobenius_by_blocks(op, at)
    returns = "inverted" in op.store or numbers_are_steady()
    similar = similarity(op) if returns and by_eigenvalues(op) else None
    if similar is None:
        op.store["inverted"] = True
        lagged = op.matrix @ np.linalg.inv(np.eye(op.n) - at * op.matrix.toarray())
        return float(np.vdot(lagged, lagged))
    values, form = _spectral(op, similar)
    gamma = values / (1.0 - at * values)
    return float(gamma @ form @ gamma)


def _spectral(op: Operator, similar: Similarity) -> tuple[Array, Array]:
    """Eigenvalues ω and F with tr f(W)′g(W) = f(ω)′F g(ω), for W = D^-½ QΩQ′ D^½.

    F = (Q′DQ) ∘ (Q′D⁻¹Q).
    """
    if "frobenius" not in op.store:
        values, q = linalg.eigh(similar.matrix.toarray(), driver="evd", check_finite=False)
        form = (q.T * similar.scale) @ q * ((q.T / similar.scale) @ q)
        op.store["frobenius"] = (values, form)
    known: tuple[Array, Array] = op.store["frobenius"]
    return known


def _frobenius_by_blocks(op: Operator, at: float) -> float:
    _refuse_large(op)
    total = 0.0
    for start in range(0, op.n, BLOCK):
        stop = min(start + BLOCK, op.n)
        unit = np.zeros((op.n, stop - start))
        unit[np.arange(start, stop), np.arange(stop - start)] = 1.0
        column = op.matrix @ solve_system(op, at, unit)
        total += float(np.vdot(column, column))
    return total
