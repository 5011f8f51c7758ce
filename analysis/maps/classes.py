"""Numbers into classes: breaks, class of each value, and what the legend says of each class."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from analysis.canvas import number
from analysis.terms import term
from spatial.errors import InputError, counted

__all__ = ["SCHEMES", "Classes", "classify"]

Floats = npt.NDArray[np.float64]
STD_STEPS = (-2.0, -1.0, 1.0, 2.0)
MOST_DECIMALS = 8


def _quantiles(values: Floats, k: int) -> Floats:
    return np.asarray(np.quantile(values, np.arange(1, k + 1) / k))


def _equal_interval(values: Floats, k: int) -> Floats:
    return np.linspace(values.min(), values.max(), k + 1)[1:]


def _std_mean(values: Floats, k: int) -> Floats:
    del k
    middle, spread = float(values.mean()), float(values.std(ddof=1)) if len(values) > 1 else 0.0
    steps = middle + spread * np.array(STD_STEPS)
    return np.append(steps[(steps > values.min()) & (steps < values.max())], values.max())


def _by_mapclassify(name: str, *, counted: bool) -> Callable[[Floats, int], Floats]:
    """Scheme of mapclassify; `counted` where it takes a number of classes."""

    def breaks(values: Floats, k: int) -> Floats:
        import mapclassify

        scheme = getattr(mapclassify, name)
        return np.asarray((scheme(values, k=k) if counted else scheme(values)).bins, dtype=float)

    return breaks


# the plain schemes are computed here: mapclassify compiles for seconds at its first call
SCHEMES: Mapping[str, Callable[[Floats, int], Floats]] = {
    "quantiles": _quantiles,
    "equal_interval": _equal_interval,
    "std_mean": _std_mean,
    "fisher_jenks": _by_mapclassify("FisherJenks", counted=True),
    "natural_breaks": _by_mapclassify("NaturalBreaks", counted=True),
    "max_breaks": _by_mapclassify("MaximumBreaks", counted=True),
    "head_tail_breaks": _by_mapclassify("HeadTailBreaks", counted=False),
    "box_plot": _by_mapclassify("BoxPlot", counted=False),
    "percentiles": _by_mapclassify("Percentiles", counted=False),
    "pretty_breaks": _by_mapclassify("PrettyBreaks", counted=True),
}


@dataclass(frozen=True)
class Classes:
    """Upper edges of the classes, (k,), the smallest value, and the scheme's name."""

    upper: Floats
    lowest: float
    scheme: str

    def codes(self, values: Floats) -> npt.NDArray[np.intp]:
        """Class of each value, edges belonging to the class below; missing values get k."""
        codes = np.searchsorted(self.upper, values, side="left")
        return np.where(np.isnan(values), len(self.upper), codes).astype(np.intp)

    def texts(self, lang: str) -> list[str]:
        """Word each class for the legend, with as few decimals as keep the edges apart."""
        edges = np.r_[self.lowest, self.upper]
        words = _words(edges)
        if len(self.upper) == 1 and edges[0] == edges[1]:
            return [words[0]]
        texts = [term("map.span", lang, low=low, high=high) for low, high in pairwise(words)]
        if edges[0] == edges[1]:
            texts[0] = f"≤ {words[1]}"
        if edges[-2] == edges[-1]:
            texts[-1] = f"> {words[-1]}"
        return texts

    def note(self, lang: str) -> str:
        """How the classes were made."""
        name = term(f"scheme.{self.scheme}", lang)
        return term("map.classes", lang, scheme=name, count=len(self.upper))


def _words(edges: Floats) -> list[str]:
    """Edges with decimals, or with powers of ten where that takes too many decimals."""
    places, largest = _decimals(edges), float(np.abs(edges).max())
    if places < MOST_DECIMALS or not 0 < largest < 0.001:
        return [number(float(edge), places) for edge in edges]
    gap = np.diff(np.unique(edges))
    finest = gap.min() if len(gap) else largest / 100
    digits = int(np.clip(np.ceil(np.log10(largest / finest)) + 1, 1, 8))
    texts = [f"{edge:.{digits}e}" if edge else "0" for edge in edges]
    return [re.sub("e-0?", "e-", text).replace("-", "\u2212") for text in texts]


def _decimals(edges: Floats) -> int:
    """Decimals at which distinct edges stay distinct, and one more where that makes two."""
    gaps = np.diff(np.unique(edges))
    if not len(gaps):
        return 0 if float(edges[0]).is_integer() else 3
    if np.all(edges == np.round(edges)):
        return 0
    finest = int(np.ceil(-np.log10(gaps.min())))
    return int(np.clip(max(finest, min(finest + 1, 2)), 0, MOST_DECIMALS))


def classify(
    values: Floats, *, scheme: str = "quantiles", k: int = 5, breaks: Sequence[float] | None = None
) -> Classes:
    """Cut values into classes.

    Parameters
    ----------
    values
        May hold NaN, which belong to no class.
    scheme
        Name of a scheme, in `SCHEMES`.
    k
        Number of classes, for schemes that take it; ties may leave fewer.
    breaks
        Inner breaks, ascending; they take the place of the scheme.
    """
    finite = values[~np.isnan(values)]
    if not len(finite):
        raise InputError("all values are missing; there is nothing to map.")
    if np.isinf(finite).any():
        raise InputError(
            f"{counted(int(np.isinf(finite).sum()), 'value is', 'values are')} infinite; mend that "
            "first."
        )
    if breaks is not None:
        return _given(finite, breaks)
    if scheme not in SCHEMES:
        raise InputError(f"scheme={scheme!r} is not known; there are {', '.join(SCHEMES)}.")
    if not 1 <= k <= 12:
        raise InputError(f"k={k} classes cannot be told apart; give 1 to 12.")
    upper = np.unique(SCHEMES[scheme](finite, min(k, len(np.unique(finite)))))
    upper = upper[upper >= finite.min()]
    upper[-1] = max(upper[-1], finite.max())
    return Classes(upper, float(finite.min()), scheme)


def _given(finite: Floats, breaks: Sequence[float]) -> Classes:
    """Classes between breaks of the user, open to the smallest and the largest value."""
    inner = np.asarray(breaks, dtype=float)
    if inner.ndim != 1 or not len(inner) or not np.isfinite(inner).all():
        raise InputError(f"breaks={list(breaks)!r} must be a list of finite numbers.")
    if np.any(np.diff(inner) <= 0):
        raise InputError(f"breaks={list(breaks)!r} must ascend.")
    top = max(float(finite.max()), float(inner[-1]))
    lowest = min(float(finite.min()), float(inner[0]))
    return Classes(np.append(inner, top), lowest, "given")
