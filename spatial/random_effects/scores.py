"""Score and observed information with a random unit effect.

Parameters are ordered (b, ρ, λ, σ², φ). The whitened rows give what they would without the effect;
what is added comes from Q's dependence on φ and, outside the filter, on λ:
with e the whitened means, −½ tr C_a + e′C_a e/(2σ²) in the score, and in the information
½ tr(C_ab − C_a C_b) + [2 e′C_a C_b e − e′C_ab e − 2 e_a′C_b e − 2 e_b′C_a e]/(2σ²), e_a the
derivative of e (Magnus and Neudecker, 1988, ch. 15).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from spatial.information import Moments, observed_information
from spatial.likelihood import Estimate, logdet_sum
from spatial.random_effects.between import Between
from spatial.random_effects.rows import Rows

__all__ = ["observed", "outer_score"]

Array = npt.NDArray[np.float64]


def outer_score(rows: Rows, q: Between, found: Estimate, moments: Moments) -> Array:
    """Derivatives of the log-likelihood in λ (with a lag of the error) and φ."""
    error, s2 = found.residuals[rows.within.shape[0] :], found.sigma2
    out = []
    for name in ["lambda"] * bool(rows.error_terms) + ["phi"]:
        score = 0.0
        if name == "lambda" and moments.mu is not None:
            traced = float(logdet_sum(rows.error_terms, found.lam, 1))
            score = float(moments.mu @ found.residuals) / s2 - traced
        if name in q.names:
            pull = float(error @ q.first(name, error)) / s2
            score += 0.5 * (pull - q.trace(name))
        out.append(score)
    return np.array(out)


def observed(rows: Rows, q: Between, found: Estimate, moments: Moments) -> Array:
    """Minus the Hessian, (p + 1, p + 1); `found.residuals` are whitened."""
    plain = observed_information(
        moments, found, nobs=rows.nobs, terms=rows.terms, error_terms=rows.error_terms
    )
    size = len(plain)
    info = np.zeros((size + 1, size + 1))
    info[:size, :size] = plain
    start = rows.within.shape[0]
    columns = [moments.x, *(v[:, None] for v in (moments.wy, moments.mu) if v is not None)]
    slopes = -np.concatenate(columns, axis=1)[start:]
    error, s2 = found.residuals[start:], found.sigma2
    places = {"phi": size, "lambda": size - 2}
    for name in q.names:
        at, pulled = places[name], q.first(name, error)
        added = np.zeros(size + 1)
        added[: size - 1] = -(slopes.T @ pulled) / s2
        added[size - 1] = float(error @ pulled) / (2.0 * s2**2)
        info[at] += added
        info[:, at] += added
        for other in q.names:
            info[at, places[other]] += _curvature(q, name, other, error, s2)
    return info


def _curvature(q: Between, name: str, other: str, error: Array, s2: float) -> float:
    both = 2.0 * float(q.first(name, error) @ q.first(other, error))
    both -= float(error @ q.second(name, other, error))
    traces = q.trace_of_second(name, other) - q.trace_of_both(name, other)
    return 0.5 * traces + both / (2.0 * s2)
