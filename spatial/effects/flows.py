"""The flow from each unit to each other, largest first.

Entries of P = S⁻¹(βI + θV), S = I − ρW, off its diagonal. Where only the largest are asked for,
most columns need not be found: with X_q = W^q(βI + θV) and r the largest row sum of |W|, the sum of
ρ^q X_q up to q = Q differs from P by no more than max|X_Q| |ρ|^Q |ρ|r/(1 − |ρ|r) anywhere, and
columns in which it stays so far below the largest hold none of these.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse

from spatial.effects.units import Reach, Slopes, effect_columns, effects_alone
from spatial.errors import InputError
from spatial.traces import BLOCK, BLOCK_LIMIT

__all__ = ["AlikeError", "Flows", "largest_flows", "too_many_pairs"]

Array = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
PAIR_LIMIT = 5_000_000
MOST_NUMBERS = 50_000_000
ORDERS = 60
CHUNK, PRECISE, BITS = 10_000, 1e-3, 2.0**36


class AlikeError(InputError):
    """Too many columns of the inverse hold flows that may be among the largest."""


class Flows(NamedTuple):
    """Sender, receiver, effect and standard error of each flow."""

    sender: Places
    receiver: Places
    effect: Array
    error: Array

    def with_largest_of(self, other: Flows, top: int | None) -> Flows:
        """Both, without flows of a unit to itself, the largest first, equal ones by their units.

        Equal are those that differ by rounding, which may turn with the block that a flow is in.
        """
        sender, receiver, effect, error = (
            np.concatenate(pair) for pair in zip(self, other, strict=True)
        )
        size = np.where(sender == receiver, -1.0, _without_rounding(np.abs(effect)))
        least = 0.0
        if top is not None and top < len(size):
            least = max(0.0, float(np.partition(size, -top)[-top]))
        kept = np.flatnonzero(size >= least)
        order = kept[np.lexsort((sender[kept], receiver[kept], -size[kept]))][:top]
        return Flows(sender[order], receiver[order], effect[order], error[order])


def largest_flows(part: Reach, slopes: Slopes, sources: Places, top: int | None) -> Flows:
    """Flows between distinct units, largest first.

    Only blocks of columns and the `top` largest so far are held; None keeps all, if they fit.

    Raises
    ------
    InputError
        More pairs than fit, or more columns than could be found in reasonable time.
    """
    if top is None:
        _refuse_pairs(part.op.n * len(sources))
    elif len(sources) > BLOCK:
        sources = _senders(part, slopes, sources, top)
    _refuse_columns(part.op.n, len(sources))
    if top is not None and len(sources) > BLOCK:
        return _of_pairs(part, slopes, *_largest_pairs(part, slopes, sources, top))
    kept = Flows(*np.empty((2, 0), dtype=np.intp), *np.empty((2, 0)))
    for start in range(0, len(sources), BLOCK):
        some = sources[start : start + BLOCK]
        inverse, lagged, effect, by_rho = effect_columns(part, slopes, some)
        error = slopes.error(inverse, lagged, by_rho)
        receiver, place = np.divmod(np.arange(effect.size), len(some))
        block = Flows(some[place], receiver, effect.ravel(), error.ravel())
        kept = kept.with_largest_of(block, top)
    return kept


def _largest_pairs(part: Reach, slopes: Slopes, sources: Places, top: int) -> tuple[Places, Places]:
    """Senders and receivers of the largest flows, whose errors are not yet asked for."""
    kept = Flows(*np.empty((2, 0), dtype=np.intp), *np.empty((2, 0)))
    for start in range(0, len(sources), BLOCK):
        some = sources[start : start + BLOCK]
        effect = effects_alone(part, slopes, some)
        size = _without_rounding(np.abs(effect))
        size[some, np.arange(len(some))] = -1.0
        full = len(kept.effect) == top
        last = _without_rounding(np.abs(kept.effect[-1:]))
        least = last[0] if full else np.partition(size, -top, axis=None)[-top]
        receiver, place = np.nonzero(size >= least)
        found = effect[receiver, place]
        block = Flows(some[place], receiver, found, np.zeros(len(found)))
        kept = kept.with_largest_of(block, top)
    return kept.sender, kept.receiver


def _without_rounding(size: Array) -> Array:
    """Numbers to 36 bits."""
    part, power = np.frexp(size)
    return np.asarray(np.ldexp(np.round(part * BITS) / BITS, power))


def _of_pairs(part: Reach, slopes: Slopes, sender: Places, receiver: Places) -> Flows:
    """Flows of some pairs with their errors, largest first."""
    kept = Flows(*np.empty((2, 0), dtype=np.intp), *np.empty((2, 0)))
    sources = np.unique(sender)
    for start in range(0, len(sources), BLOCK):
        some = sources[start : start + BLOCK]
        own = np.isin(sender, some)
        at = receiver[own], np.searchsorted(some, sender[own])
        inverse, lagged, effect, by_rho = (one[at] for one in effect_columns(part, slopes, some))
        error = slopes.error(inverse, lagged, by_rho)
        block = Flows(sender[own], receiver[own], effect, error)
        kept = kept.with_largest_of(block, len(sender))
    return kept


def _senders(part: Reach, slopes: Slopes, sources: Places, top: int) -> Places:
    """Those of the sources that may send one of the largest flows; all where none is ruled out."""
    if _reach(part, slopes) >= 1.0:
        return sources
    chunks = [sources[start : start + CHUNK] for start in range(0, len(sources), CHUNK)]
    found = [_approximated(part, slopes, chunk, top) for chunk in chunks]
    largest = np.concatenate([one.largest for one in found])
    if len(largest) < top:
        return sources
    open_by = max(one.open_by for one in found)
    least = float(np.partition(largest, -top)[-top]) - 2.0 * open_by
    peaks = np.concatenate([one.peaks for one in found])
    return sources if least <= 0.0 else sources[peaks >= least]


class _Approximated(NamedTuple):
    """Largest flow of each source, the `top` largest of all, and how far off any may be."""

    peaks: Array
    largest: Array
    open_by: float


def _approximated(part: Reach, slopes: Slopes, sources: Places, top: int) -> _Approximated:
    """Sum of the first powers, as many as make it precise or as memory takes."""
    w, reach = part.op.matrix, _reach(part, slopes)
    own = sparse.eye_array(part.op.n, format="csr")
    power = sparse.csr_array(slopes.beta * own + slopes.theta * part.by.matrix)[:, sources]
    total = power
    for order in range(1, ORDERS):
        size = float(np.abs(power.data).max(initial=0.0))
        open_by = size * abs(slopes.rho) ** (order - 1) * reach / (1.0 - reach)
        last = order == ORDERS - 1 or slopes.rho == 0.0 or _numbers(w, power) > MOST_NUMBERS
        if last or open_by <= PRECISE * float(np.abs(total.data).max(initial=0.0)):
            peaks, largest = _sizes(total, sources, top)
            if last or (len(largest) == top and open_by <= PRECISE * largest.min()):
                break
        power = sparse.csr_array(w @ power)
        total = sparse.csr_array(total + slopes.rho**order * power)
    return _Approximated(peaks, largest, open_by)


def _sizes(flows: sparse.csr_array, sources: Places, top: int) -> tuple[Array, Array]:
    """Largest flow of each source, and the `top` largest, those of units to themselves left out."""
    entries = flows.tocoo()
    receiver, place = entries.coords
    size = np.where(receiver == sources[place], 0.0, np.abs(entries.data))
    peaks = np.zeros(len(sources))
    np.maximum.at(peaks, place, size)
    positive = size[size > 0.0]
    return peaks, positive if len(positive) <= top else np.partition(positive, -top)[-top:]


def _reach(part: Reach, slopes: Slopes) -> float:
    """|ρ| times the largest row sum of |W|."""
    return abs(slopes.rho) * float(abs(part.op.matrix).sum(axis=1).max())


def _numbers(one: sparse.csr_array, other: sparse.csr_array) -> int:
    """Numbers that a product of two sparse matrices holds at most."""
    return int(np.diff(other.indptr)[one.indices].sum())


def too_many_pairs(n: int) -> bool:
    """Whether a table of the flows between all of so many units is refused."""
    return n * n > PAIR_LIMIT


def _refuse_pairs(count: int) -> None:
    """Refuse a table of all pairs that would not fit."""
    if count > PAIR_LIMIT:
        raise InputError(
            f"all flows are {count:,} pairs; name a unit, or give top= to keep the largest."
        )


def _refuse_columns(n: int, count: int) -> None:
    """Refuse what would take hours."""
    if n * count > BLOCK_LIMIT**2:
        raise AlikeError(
            f"flows of these {n:,} units are too much alike to tell the largest without finding "
            f"{count:,} columns of the inverse; name a unit, or give a smaller top=."
        )
