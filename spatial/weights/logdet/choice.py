"""Which log-determinant serves which graph; made once per graph and way, and kept with it."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy import linalg, sparse

from spatial.errors import InputError
from spatial.memory import fits, require_memory
from spatial.weights.logdet.base import LogDeterminant, Spectrum
from spatial.weights.logdet.factorised import Factorised
from spatial.weights.logdet.fill import Fill, foretold_fill
from spatial.weights.logdet.kernels import (
    Cholesky,
    Cholmod,
    Dense,
    Kernel,
    SuperLU,
    has_cholmod,
)
from spatial.weights.logdet.sampled import Directed, Sampled, Symmetric
from spatial.weights.logdet.similarity import Similarity, similarity, unit_roots, unit_vectors
from spatial.weights.operator import Operator, has_cycles

__all__ = [
    "METHODS",
    "Method",
    "by_eigenvalues",
    "factors_by",
    "log_determinant",
    "shared_cholesky",
]

Method = Literal["auto", "eigenvalues", "lu", "cholmod", "lanczos"]
METHODS: tuple[Method, ...] = ("auto", "eigenvalues", "lu", "cholmod", "lanczos")
EIGENVALUE_LIMIT, GENERAL_LIMIT = 1500, 500
MOST_OPERATIONS = 1e12
LOOSE_BEYOND = 20_000
NEARLY_FULL = 0.25
ROUGH_PROBES, ROUGH_STEPS = 8, 30
BYTES = {"lu": 21.0, "cholmod": 8.0, "dense": 16.0, "symmetric": 10.0, "general": 26.0}
PER_LINK = 50.0


def log_determinant(op: Operator, method: Method = "auto") -> LogDeterminant:
    """ln|I − ρW| in the way asked for; "auto" takes the cheapest that is exact and fits.

    Eigenvalues up to 1,500 units, or 500 where links are few and weights not symmetric up to row
    scaling; beyond, factors by CHOLMOD where scikit-sparse is installed and
    weights are symmetric up to row scaling, else by SuperLU; random probes where the factors would
    take more memory than there is, or more than 10¹² multiplications each. Without a cycle of links
    (rivers, say) all eigenvalues are zero, and no interval bounds ρ. Who asks gets one that nobody
    else refines, over factors and probes that all share.

    Raises
    ------
    InputError
        What was asked for does not fit into memory, is not installed, or needs other weights.
    """
    if "acyclic" not in op.store:
        op.store["acyclic"] = not has_cycles(op.matrix)
    if op.store["acyclic"]:
        return Spectrum(np.zeros(op.n))
    if method == "auto":
        method = _cheapest(op)
    key = ("logdet", method)
    if key not in op.store:
        op.store[key] = _made(op, method)
    found: LogDeterminant = op.store[key]
    return found.alone()


def _cheapest(op: Operator) -> Method:
    """Decided once: what is free while the factors are there is not what was free before."""
    if "logdet method" not in op.store:
        op.store["logdet method"] = _decided(op)
    found: Method = op.store["logdet method"]
    return found


def by_eigenvalues(op: Operator) -> bool:
    """Whether all eigenvalues and dense products cost less than factors over the fits of a study.

    Those of weights that are not symmetric up to row scaling take five times as long, and with few
    links factors are quicker from some 500 units on, for the first fit and for the next.
    """
    if op.n <= GENERAL_LIMIT or op.n > EIGENVALUE_LIMIT:
        return op.n <= EIGENVALUE_LIMIT
    return similarity(op) is not None or _nearly_full(_fill(op))


def _decided(op: Operator) -> Method:
    if by_eigenvalues(op):
        return "eigenvalues"
    fill = _fill(op)
    if min(fill.operations, float(op.n) ** 3) > MOST_OPERATIONS:
        return "lanczos"
    if has_cholmod() and similarity(op) is not None and fits(BYTES["cholmod"] * fill.entries):
        return "cholmod"
    return "lu" if fits(_lu_bytes(fill) + _link_bytes(op)) else "lanczos"


def _made(op: Operator, method: Method) -> LogDeterminant:
    if method == "eigenvalues":
        return _spectrum(op)
    if method == "lanczos":
        return _sampled(op)
    return _factorised(op, method)


def _spectrum(op: Operator) -> Spectrum:
    similar = similarity(op)
    kind = "general" if similar is None else "symmetric"
    require_memory(
        BYTES[kind] * float(op.n) ** 2 + _link_bytes(op),
        f"all eigenvalues of {op.n} units",
        'leave logdet="eigenvalues" out',
    )
    if similar is not None:
        dense = similar.matrix.toarray(order="F")  # LAPACK copies what lies by rows
        real = linalg.eigvalsh(dense, overwrite_a=True, check_finite=False)
        return Spectrum(_unit_root_exact(real, op))
    values = linalg.eigvals(op.matrix.toarray(), overwrite_a=True, check_finite=False)
    if np.abs(values.imag).max(initial=0.0) <= 1e-12:
        return Spectrum(_unit_root_exact(values.real, op))
    return Spectrum(_unit_root_exact(values, op))


def _unit_root_exact(values: npt.NDArray[Any], op: Operator) -> npt.NDArray[Any]:
    """The eigenvalue of rows that sum to one is one, not one up to rounding."""
    return np.where(np.abs(values - 1.0) < 1e-12, 1.0, values) if op.row_scaled else values


def _factorised(op: Operator, method: Method = "lu") -> Factorised:
    similar = similarity(op)
    rough = _sampled(op, count=ROUGH_PROBES, steps=ROUGH_STEPS)
    if method == "cholmod":
        return Factorised(_cholmod(op, similar), rough, "cholmod")
    fill = _fill(op)
    require_memory(
        _lu_bytes(fill) + _link_bytes(op),
        f"the factors of {op.n} units with {op.matrix.nnz} links",
        'leave logdet="lu" out, or set logdet="lanczos"',
    )
    matrix = op.matrix if similar is None else similar.matrix
    if _nearly_full(fill):
        return Factorised(Dense(matrix), rough, "lu")
    return Factorised(SuperLU(matrix, symmetric=similar is not None), rough, "lu")


def _cholmod(op: Operator, similar: Similarity | None) -> Kernel:
    if similar is None:
        raise InputError(
            'logdet="cholmod" needs weights that are symmetric up to row scaling, which those of k '
            'nearest neighbours are not; set logdet="lu", or leave it out.'
        )
    require_memory(
        BYTES["cholmod"] * _fill(op).entries,
        f"the factors of {op.n} units with {op.matrix.nnz} links",
        'leave logdet="cholmod" out, or set logdet="lanczos"',
    )
    try:
        return Cholmod(shared_cholesky(op, similar), similar.matrix)
    except ImportError as absent:
        raise InputError(
            'logdet="cholmod" needs scikit-sparse, which is not installed or cannot be loaded; '
            'install "cityripple[sparse]" or conda-forge\'s scikit-sparse, or set logdet="lu".'
        ) from absent


def shared_cholesky(op: Operator, similar: Similarity) -> Cholesky:
    """Cholesky factors of the symmetric form at any ρ, on one analysis that is kept with W."""
    if "cholesky" not in op.store:
        op.store["cholesky"] = Cholesky(similar.matrix)
    found: Cholesky = op.store["cholesky"]
    return found


def factors_by(op: Operator) -> Literal["lu", "cholmod"] | None:
    """How systems of these weights are best factorised; None where factors do not fit."""
    if by_eigenvalues(op):
        return "lu"
    way = _cheapest(op)
    return None if way == "lanczos" else "cholmod" if way == "cholmod" else "lu"


def _sampled(op: Operator, **size: int) -> Sampled:
    """Random probes, of the symmetric form where there is one."""
    similar = similarity(op)
    traces = float(op.matrix.diagonal().sum()), float((op.matrix * op.matrix.T).sum())
    if similar is None:
        roots = unit_roots(op.matrix)
        radius = 1.0 if roots and op.row_scaled else _radius(op.matrix)
        return Sampled(Directed(op.matrix, radius, roots), traces, **size)
    probes = Symmetric(
        similar.matrix,
        unit_vectors(op, similar),
        ends=None if op.n > LOOSE_BEYOND else _ends(similar.matrix, row_scaled=op.row_scaled),
        row_scaled=op.row_scaled,
    )
    return Sampled(probes, traces, **size)


def _ends(matrix: sparse.csr_array, *, row_scaled: bool) -> tuple[float, float]:
    """Least and largest eigenvalue of a symmetric matrix by Lanczos."""
    from scipy.sparse.linalg import eigsh

    start = np.random.default_rng(0).normal(size=matrix.shape[0])

    def end(which: Literal["SA", "LA"]) -> float:
        found = eigsh(matrix, k=1, which=which, v0=start, return_eigenvectors=False, tol=1e-8)
        return float(found[0])

    return end("SA"), 1.0 if row_scaled else end("LA")


def _radius(matrix: sparse.csr_array) -> float:
    """Spectral radius of non-negative weights, or a bound where Arnoldi does not settle."""
    from scipy.sparse.linalg import ArpackNoConvergence, eigs

    start = np.random.default_rng(0).normal(size=matrix.shape[0])
    bound = float(min(np.max(matrix.sum(axis=axis)) for axis in (0, 1)))
    try:
        found = eigs(matrix, k=1, which="LM", v0=start, return_eigenvectors=False)
    except ArpackNoConvergence:
        return bound
    return min(float(np.abs(found[0])), bound)


def _fill(op: Operator) -> Fill:
    if "fill" not in op.store:
        op.store["fill"] = foretold_fill(op.matrix)
    found: Fill = op.store["fill"]
    return found


def _nearly_full(fill: Fill) -> bool:
    return fill.entries > NEARLY_FULL * float(fill.n) ** 2


def _lu_bytes(fill: Fill) -> float:
    return BYTES["dense"] * float(fill.n) ** 2 if _nearly_full(fill) else BYTES["lu"] * fill.entries


def _link_bytes(op: Operator) -> float:
    """What the symmetric form, its square and the systems to be factorised take beside factors."""
    return PER_LINK * float(op.matrix.nnz)
