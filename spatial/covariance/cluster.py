"""Sums over groups of rows: any dependence within a group, none between groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from spatial.covariance.forms import Form, form_at, forms
from spatial.covariance.groups import Groups, row_groups
from spatial.covariance.result import Covariance
from spatial.covariance.sandwich import (
    estimated_count,
    nested_effects,
    sandwich,
    without_negative,
)
from spatial.covariance.scores import score_rows
from spatial.errors import InputError
from spatial.estimation import Estimated
from spatial.traces import BLOCK

__all__ = ["clustered"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]
FEW = 30


def clustered(fitted: Estimated, by: Any) -> Covariance:
    """Sandwich with the scores summed by group (Liang and Zeger, 1986).

    Where ρ or λ are estimated the score has products r_gh of errors of two groups. They are those
    of a linear-quadratic form, whose parts are uncorrelated between groups in any order of these
    (Kelejian and Prucha, 2001): half of each product is counted with either group, and what the two
    halves have in common is added,

        Ω = Σ_g s_g s_g′ + Σ_{g≠h} r_gh r_gh′,

    which is the mean that any order gives, and for b alone the familiar sandwich. Factor: G/(G−1)·
    (n−1)/(n−K), K with the effects that do not lie within groups. For two groupings the sum of both
    less that of their crossing (Cameron, Gelbach and Miller, 2011). ρ and λ themselves are
    estimated as if errors of different units were uncorrelated given W.

    Parameters
    ----------
    by
        Name of a column of the data, "unit" or "time", a Series or mapping from units to groups, or
        a list of two of these.
    """
    ways = [row_groups(fitted.sample, one) for one in _one_or_two(by)]
    quadratics = forms(fitted)
    rows = score_rows(fitted, quadratics)
    matrix = sum(_one_way(fitted, quadratics, rows, way) for way in ways)
    cut = False
    if len(ways) == 2:
        crossed = ways[0].crossed(ways[1])
        matrix = matrix - _one_way(fitted, quadratics, rows, crossed)
        matrix, cut = without_negative(np.asarray(matrix))
    name = " and ".join(way.name for way in ways)
    return Covariance(np.asarray(matrix), f"cluster by {name}", _notes(ways, cut))


def _one_or_two(by: Any) -> list[Any]:
    if not isinstance(by, list | tuple):
        return [by]
    if len(by) not in (1, 2):
        raise InputError(f"by= has {len(by)} groupings; give one, or a list of two.")
    return list(by)


def _one_way(
    fitted: Estimated, quadratics: Sequence[Sequence[Form]], rows: Array, groups: Groups
) -> Array:
    n, count = len(rows), groups.count
    sums = np.zeros((count, rows.shape[1]))
    np.add.at(sums, groups.codes, rows)
    meat = sums.T @ sums
    if quadratics:
        at = slice(-1 - len(quadratics), -1)
        meat[at, at] += _between(fitted, quadratics, groups)
    free = n - estimated_count(fitted) + nested_effects(fitted, groups.codes)
    return sandwich(fitted, meat) * (count / (count - 1.0) * (n - 1.0) / free)


def _between(fitted: Estimated, quadratics: Sequence[Sequence[Form]], groups: Groups) -> Array:
    """Σ_{g≠h} r_gh r_gh′ of the spatial parameters, some groups g at a time."""
    scaled = fitted.estimate.residuals / np.sqrt(fitted.estimate.sigma2)
    if groups.count == len(scaled):
        return _between_rows(fitted, quadratics, scaled)
    total = np.zeros((len(quadratics), len(quadratics)))
    for first, last in _packs(groups.codes):
        products = np.zeros((len(quadratics), groups.count, last - first))
        for place, parts in enumerate(quadratics):
            for form in parts:
                products[place] += _products(form, scaled, groups, first, last)
        products[:, np.arange(first, last), np.arange(last - first)] = 0.0
        flat = products.reshape(len(quadratics), -1)
        total += flat @ flat.T
    return total


def _between_rows(fitted: Estimated, quadratics: Sequence[Sequence[Form]], error: Array) -> Array:
    """The same where every row is a group of its own: products stay within periods."""
    layout = fitted.sample.layout
    total = np.zeros((len(quadratics), len(quadratics)))
    for t in range(layout.n_times):
        found = [form_at(parts, layout.time_codes, t) for parts in quadratics]
        values = error[found[0][1]]
        for start in range(0, len(values), BLOCK):
            columns = np.arange(start, min(start + BLOCK, len(values)))
            outer = np.outer(values, values[columns])
            outer[columns, np.arange(len(columns))] = 0.0
            flat = np.array([(form.halves(columns) * outer).ravel() for form, _ in found])
            total += flat @ flat.T
    return total


def _packs(codes: Codes) -> Iterator[tuple[int, int]]:
    """Runs of groups with about `BLOCK` rows, or one group where it has more."""
    ends = np.cumsum(np.bincount(codes))
    first, begun = 0, 0
    for place, end in enumerate(ends):
        if end - begun >= BLOCK or place == len(ends) - 1:
            yield first, place + 1
            first, begun = place + 1, int(end)


def _products(form: Form, error: Array, groups: Groups, first: int, last: int) -> Array:
    """½ε_k(A + A′)_kl ε_l of one form, summed over k by group and over l by some groups."""
    codes = groups.codes[form.rows]
    inside = (codes >= first) & (codes < last)
    units = np.flatnonzero(inside.any(axis=0))
    out = np.zeros((groups.count, last - first))
    steady = bool((codes == codes[0]).all())
    values = error[form.rows]
    for start in range(0, len(units), BLOCK):
        columns = units[start : start + BLOCK]
        halves = form.halves(columns)
        if steady:
            cells = halves * (values.T @ values[:, columns])
            out += _summed(cells, codes[0], codes[0, columns] - first, out.shape)
            continue
        for period in np.flatnonzero(inside[:, columns].any(axis=1)):
            held = inside[period, columns]
            cells = halves[:, held] * np.outer(values[period], values[period, columns[held]])
            own = codes[period, columns[held]] - first
            out += _summed(cells, codes[period], own, out.shape)
    return out


def _summed(cells: Array, left: Codes, right: Codes, shape: tuple[int, ...]) -> Array:
    """Sums of cells (N, m) over groups of rows and of columns."""
    by_row = sparse.csr_array(
        (np.ones(len(left)), (left, np.arange(len(left)))), shape=(shape[0], len(left))
    )
    by_column = sparse.csr_array(
        (np.ones(len(right)), (np.arange(len(right)), right)), shape=(len(right), shape[1])
    )
    return np.asarray((by_row @ cells) @ by_column)


def _notes(ways: Sequence[Groups], cut: bool) -> tuple[str, ...]:  # noqa: FBT001
    notes = [
        f"Standard errors rest on {way.count} clusters by {way.name}, which is few: they tend to "
        "be too small."
        for way in ways
        if way.count < FEW
    ]
    if cut:
        notes.append(
            "The two-way clustered covariance was not positive semi-definite; its negative "
            "eigenvalues were set to zero (Cameron, Gelbach and Miller, 2011)."
        )
    return tuple(notes)
