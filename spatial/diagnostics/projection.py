"""Exact mean and variance of quadratic forms in residuals, after effects and regressors have left.

With P the projection that takes effects (and columns) out and W the weights over all rows, a form
u′PWPu has mean σ² tr PW and, under normality, variance σ⁴(tr PWPW + tr PWPW′). Unit effects are
diagonal; time effects and regressors are a few columns; so no n × n matrix is ever built.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import linalg, sparse

from spatial.network import Network
from spatial.weights.operator import Operator
from spatial.within import Effects, Layout, demean

__all__ = ["FormTraces", "form_traces"]

Array = npt.NDArray[np.float64]
NEGLIGIBLE = 1e-10


@dataclass(frozen=True)
class FormTraces:
    """rank P, tr PW, tr PWPW and tr PWPW′."""

    rank: int
    mean: float
    square: float
    product: float

    @property
    def spread(self) -> float:
        """tr PWPW + tr PWPW′: the variance of u′PWPu in units of σ⁴."""
        return self.square + self.product


def form_traces(
    network: Network, layout: Layout, effects: Effects, columns: Array | None = None
) -> FormTraces:
    """Traces of P = I − what effects and columns span.

    Parameters
    ----------
    network
        Weights over the n rows.
    effects
        Effects that P takes out; with time effects in an unbalanced panel exactly so, too.
    columns
        Further columns (n, K) that P takes out, such as regressors.
    """
    if layout.balanced and network.single is not None:
        base, gone = _balanced(network.single, layout, effects), effects
    else:
        gone = "unit" if effects in ("unit", "twoway") else "none"
        base = _without_units(network, layout, gone)
        columns = _with_times(layout, effects, columns)
    if columns is None:
        return base
    taken = _orthonormal(columns, gone, layout)
    ahead = demean(network.lag(taken), gone, layout)
    back = demean(_lag_back(network, taken), gone, layout)
    inner = taken.T @ ahead
    return FormTraces(
        base.rank - taken.shape[1],
        base.mean - float(np.trace(inner)),
        base.square - 2.0 * float(np.vdot(back, ahead)) + float(np.vdot(inner, inner.T)),
        base.product
        - float(np.vdot(back, back))
        - float(np.vdot(ahead, ahead))
        + float(np.vdot(inner, inner)),
    )


def _balanced(op: Operator, layout: Layout, effects: Effects) -> FormTraces:
    """Traces of one graph, as often as there are periods left, with J = I − ιι′/N on both sides."""
    matrix, n = op.matrix, op.n
    periods = layout.n_times - (effects in ("unit", "twoway"))
    trace = float(matrix.diagonal().sum())
    square, product = float((matrix * matrix.T.tocsr()).sum()), float((matrix**2).sum())
    times = effects in ("time", "twoway")
    if times:
        ahead, back = op.row_sums, np.asarray(matrix.sum(axis=0)).ravel()
        mean = float(ahead.sum()) / n
        trace -= mean
        square -= 2.0 * float(back @ ahead) / n - mean**2
        product -= float(ahead @ ahead + back @ back) / n - mean**2
    return FormTraces(periods * (n - times), periods * trace, periods * square, periods * product)


def _without_units(network: Network, layout: Layout, units: Effects) -> FormTraces:
    """Traces with unit means alone taken out: D(D′D)⁻¹D′ is diagonal over units."""
    trace = square = product = 0.0
    for block in network.blocks:
        matrix = block.operator.matrix
        trace += block.periods * float(matrix.diagonal().sum())
        square += block.periods * float((matrix * matrix.T.tocsr()).sum())
        product += block.periods * float((matrix**2).sum())
    if units == "none":
        return FormTraces(layout.n, trace, square, product)
    shares = 1.0 / layout.unit_counts
    pooled = sparse.csr_array((layout.n_units, layout.n_units))
    for block in network.blocks:
        matrix, codes = block.operator.matrix, layout.unit_codes[block.rows[0]]
        share, periods = shares[codes], block.periods
        both = (matrix * matrix.T.tocsr()).sum(axis=1)
        squares = matrix**2
        square -= 2.0 * periods * float(share @ both)
        product -= periods * float(share @ (squares.sum(axis=1) + squares.sum(axis=0)))
        found = matrix.tocoo()
        place = (codes[found.coords[0]], codes[found.coords[1]])
        pooled = pooled + periods * sparse.csr_array((found.data, place), shape=pooled.shape)
    root = np.sqrt(shares)
    pooled = pooled.multiply(root[:, None]).multiply(root[None, :]).tocsr()
    trace -= float(pooled.diagonal().sum())
    square += float((pooled * pooled.T.tocsr()).sum())
    product += float((pooled**2).sum())
    return FormTraces(layout.n - layout.n_units, trace, square, product)


def _with_times(layout: Layout, effects: Effects, columns: Array | None) -> Array | None:
    """Dummies of the times, where they leave, and the further columns."""
    if effects not in ("time", "twoway"):
        return columns
    dummies = np.zeros((layout.n, layout.n_times))
    dummies[np.arange(layout.n), layout.time_codes] = 1.0
    return dummies if columns is None else np.concatenate([dummies, columns], axis=1)


def _orthonormal(columns: Array, gone: Effects, layout: Layout) -> Array:
    """Orthonormal basis of what the effects leave of the columns."""
    left = demean(columns, gone, layout)
    before = np.linalg.norm(columns, axis=0)
    norm = np.linalg.norm(left, axis=0)
    left = left[:, norm > NEGLIGIBLE * before] / norm[norm > NEGLIGIBLE * before]
    if left.shape[1] == 0:
        return np.zeros((len(columns), 0))
    basis, r, _ = linalg.qr(left, mode="economic", pivoting=True, check_finite=False)
    size = np.abs(np.diag(r))
    return np.ascontiguousarray(basis[:, size > NEGLIGIBLE * size[0]], dtype=np.float64)


def _lag_back(network: Network, values: Array) -> Array:
    """W′v within each period, of columns (n, k)."""
    out = np.empty_like(values)
    for block in network.blocks:
        for rows in block.rows:
            out[rows] = block.operator.matrix.T @ values[rows]
    return out
