"""Effects of a variable that stands in several columns: interactions, squares, logarithms.

Where x rises by one in unit j, each column rises by its derivative d_k, taken at the same values in
all units, so that the effect is Σ_k d_k S⁻¹(β_k I + θ_k V_k) and its mean the sum of the mean
effects of the columns, weighted by d_k. Standard errors by the delta method.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from spatial.effects.derivatives import column_slope, variables
from spatial.errors import InputError, named

__all__ = ["combined", "points", "slopes_at"]

Array = npt.NDArray[np.float64]


def points(values: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """One mapping for each place of the sequences among the values; numbers hold throughout."""
    given = dict(values or {})
    long = {
        name: list(value)
        for name, value in given.items()
        if not isinstance(value, str) and np.ndim(value) == 1
    }
    lengths = {len(value) for value in long.values()}
    if len(lengths) > 1 or lengths == {0}:
        raise InputError(
            f"the values of {named(long)} are lists of different length or empty; give one list, "
            "or lists that belong together."
        )
    count = lengths.pop() if lengths else 1
    return [
        {name: long[name][i] if name in long else value for name, value in given.items()}
        for i in range(count)
    ]


def slopes_at(terms: Sequence[str], variable: str, values: Mapping[str, Any]) -> Array:
    """Derivative of each column in the variable, (terms,)."""
    reads = [variables(term) for term in terms]
    if not any(variable in names for names in reads):
        every = dict.fromkeys(name for names in reads for name in names)
        raise InputError(
            f"{variable} is no variable of this model; its regressors read {named(every, 20)}."
        )
    strange = [name for name in values if not any(name in names for names in reads)]
    if strange:
        raise InputError(
            f"values are given for {named(strange)}, which no regressor reads; leave them out."
        )
    return np.array(
        [
            column_slope(term, variable, values) if variable in names else 0.0
            for term, names in zip(terms, reads, strict=True)
        ]
    )


def combined(weights: Array, estimates: Array, jacobian: Array, cov: Array) -> tuple[Array, Array]:
    """Σ_k d_k effect_k and standard errors, (3,) each.

    Parameters
    ----------
    estimates, jacobian
        Effects (terms, 3) and their derivatives in the parameters (terms, 3, p).
    """
    slope = np.tensordot(weights, jacobian, axes=1)
    variance = np.einsum("ij,jk,ik->i", slope, cov, slope)
    return weights @ estimates, np.sqrt(variance.clip(min=0.0))
