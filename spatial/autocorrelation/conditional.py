"""The conditional permutation test that local statistics share: options, tails, p-values, classes.

Unit i keeps its value and its neighbours' values are a random draw, without replacement, from those
of all other units; what is tested is the sum over the neighbours, the lag.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from spatial.autocorrelation import permutation, subset_sums
from spatial.autocorrelation.correction import Correction
from spatial.errors import InputError, is_whole, named
from spatial.weights import label

if TYPE_CHECKING:
    from libpysal.graph import Graph

__all__ = ["Alternative", "Method", "Options", "classes", "common_weights", "lag_tails", "listed"]
__all__ += ["spread", "spread_codes", "standardised"]

Vector = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int8]
Method = Literal["exact", "permutation"]
Alternative = Literal["two-sided", "greater", "less", "folded"]

EQUAL_WEIGHTS = 1e-9
UNEQUAL = "the weights differ within a row, which has no exact distribution"
TOO_COSTLY = "the exact distribution would take more than 10 seconds or 2 GB"


@dataclass(frozen=True)
class Options:
    """How local statistics are tested and classed."""

    method: str
    alternative: str
    correction: Correction
    alpha: float
    permutations: int
    seed: int

    def __post_init__(self) -> None:
        for name, given, known in (
            ("method", self.method, get_args(Method)),
            ("alternative", self.alternative, get_args(Alternative)),
            ("correction", self.correction, (None, "fdr", "bonferroni")),
        ):
            if given not in known:
                raise InputError(f"{name}={given!r} is unknown; choose {_choice(known)}.")
        if not isinstance(self.alpha, (float, np.floating)) or not 0 < self.alpha < 1:
            raise InputError(f"alpha={self.alpha!r} is not between 0 and 1; 0.05 is usual.")
        if not is_whole(self.permutations) or self.permutations < 1:
            raise InputError(
                f"permutations={self.permutations!r} is not a number of draws; 9999 is usual."
            )
        if not is_whole(self.seed) or self.seed < 0:
            raise InputError(f"seed={self.seed!r} is not a whole number from 0 on.")

    def recorded(self, w: Graph, notes: Iterable[str]) -> dict[str, Any]:
        """Attributes of a result, with the reasons for permutation of each of its times."""
        notes = [note for note in notes if note]
        drawn = bool(notes) or self.method == "permutation"
        return {
            "weights": label(w),
            "weights_zh": label(w, "zh"),
            "method": "permutation" if drawn else "exact",
            "alternative": self.alternative,
            "correction": self.correction,
            "alpha": float(self.alpha),
            "seed": int(self.seed),
            "permutations": int(self.permutations),
            "note": notes[0] if notes else "",
        }


def lag_tails(
    pool: Vector, matrix: sparse.csr_array, options: Options
) -> tuple[Vector, Vector, str]:
    """P(lag ≥ observed), P(lag ≤ observed), and why they were drawn, not computed, if so."""
    note = ""
    if options.method == "exact":
        common = common_weights(matrix)
        if common is None:
            note = UNEQUAL
        else:
            pattern = sparse.csr_array(
                (np.ones(matrix.nnz), matrix.indices, matrix.indptr), shape=matrix.shape
            )
            found = subset_sums.tails(pool, pattern)
            if found is not None:
                negative = common < 0
                upper, lower = found
                return np.where(negative, lower, upper), np.where(negative, upper, lower), note
            note = TOO_COSTLY
    upper, lower = permutation.tails(
        pool, matrix, permutations=options.permutations, seed=options.seed
    )
    return upper, lower, note


def common_weights(matrix: sparse.csr_array) -> Vector | None:
    """Return the weight that a unit's neighbours share, (n,), 0 for isolates, or None."""
    counts = np.diff(matrix.indptr)
    linked = counts > 0
    common = np.zeros(matrix.shape[0])
    common[linked] = matrix.data[matrix.indptr[:-1][linked]]
    off = np.abs(matrix.data - np.repeat(common, counts))
    return common if np.all(off <= EQUAL_WEIGHTS * np.abs(matrix.data)) else None


def standardised(values: Vector) -> Vector:
    """Center values and divide by their root mean square; what is within rounding of 0 is 0."""
    z = values - values.mean()
    z[np.abs(z) <= 8 * np.finfo(np.float64).eps * np.abs(values).max()] = 0.0
    return np.asarray(z / np.sqrt(np.mean(z**2)))


def spread(found: Vector, known: npt.NDArray[np.bool_]) -> Vector:
    """Statistics of the units with a value, spread over all; the others are missing."""
    if known.all():
        return found
    full = np.full(len(known), np.nan)
    full[known] = found
    return full


def spread_codes(found: Codes, known: npt.NDArray[np.bool_], absent: int) -> Codes:
    """Spread codes of the units with a value over all units; the others get `absent`."""
    full = np.full(len(known), absent, dtype=np.int8)
    full[known] = found
    return full


def classes(codes: Codes, names: Sequence[str]) -> pd.Categorical[str]:
    """Codes as an ordered Categorical that always has all classes."""
    return pd.Categorical.from_codes(codes, pd.Index(names), ordered=True)


def listed(times: Iterable[Any]) -> list[Any]:
    """Times that were asked for, each once."""
    chosen = [times] if pd.api.types.is_scalar(times) else list(times)
    twice = pd.Index(chosen)[pd.Index(chosen).duplicated()]
    if not chosen or len(twice):
        raise InputError(f"times={chosen} must name at least one time, each once ({named(twice)}).")
    return chosen


def _choice(known: Iterable[object]) -> str:
    words = [repr(word) if word is None else f'"{word}"' for word in known]
    return ", ".join(words[:-1]) + " or " + words[-1]
