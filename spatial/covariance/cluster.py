"""Sums over groups of rows: any dependence within a group, none between groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from spatial.covariance.between import DRAWS, between_groups
from spatial.covariance.forms import Form, forms
from spatial.covariance.groups import Groups, row_groups
from spatial.covariance.result import Covariance
from spatial.covariance.sandwich import (
    estimated_count,
    left_open,
    nested_effects,
    sandwich,
    without_negative,
)
from spatial.covariance.scores import score_rows
from spatial.errors import InputError
from spatial.estimation import Estimated

__all__ = ["clustered"]

Array = npt.NDArray[np.float64]
FEW = 30
NEGATIVE = (
    "The two-way clustered covariance was not positive semi-definite; its negative eigenvalues "
    "were set to zero (Cameron, Gelbach and Miller, 2011)."
)


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
    found = [_one_way(fitted, quadratics, rows, way) for way in ways]
    if len(ways) == 2:
        found.append(_one_way(fitted, quadratics, rows, ways[0].crossed(ways[1])))
    signs = (1.0, 1.0, -1.0)
    matrix = np.sum([sign * one for sign, (one, _) in zip(signs, found, strict=False)], axis=0)
    change = np.sum([doubt for _, doubt in found], axis=0)
    notes = _notes(ways)
    if change.any():
        notes += (_drawn_note(left_open(fitted, matrix, change)),)
    if len(ways) == 2:
        matrix, cut = without_negative(matrix)
        notes += (NEGATIVE,) * cut
    name = " and ".join(way.name for way in ways)
    return Covariance(np.asarray(matrix), f"cluster by {name}", notes)


def _one_or_two(by: Any) -> list[Any]:
    if not isinstance(by, list | tuple):
        return [by]
    if len(by) not in (1, 2):
        raise InputError(f"by= has {len(by)} groupings; give one, or a list of two.")
    return list(by)


def _one_way(
    fitted: Estimated, quadratics: Sequence[Sequence[Form]], rows: Array, groups: Groups
) -> tuple[Array, Array]:
    """The covariance, and what a standard error of its sums adds to it."""
    n, count = len(rows), groups.count
    sums = np.zeros((count, rows.shape[1]))
    np.add.at(sums, groups.codes, rows)
    meat = sums.T @ sums
    free = n - estimated_count(fitted) + nested_effects(fitted, groups.codes)
    factor = count / (count - 1.0) * (n - 1.0) / free
    if not quadratics:
        matrix = factor * sandwich(fitted, meat)
        return matrix, np.zeros_like(matrix)
    at = slice(-1 - len(quadratics), -1)
    added, doubt = between_groups(fitted, quadratics, groups)
    meat[at, at] += added
    matrix = factor * sandwich(fitted, meat)
    meat[at, at] += np.diag(np.diag(doubt))
    return matrix, factor * sandwich(fitted, meat) - matrix


def _notes(ways: Sequence[Groups]) -> tuple[str, ...]:
    return tuple(
        f"Standard errors rest on {way.count} clusters by {way.name}, which is few: they tend to "
        "be too small."
        for way in ways
        if way.count < FEW
    )


def _drawn_note(share: float) -> str:
    return (
        f"What products of errors of two groups have in common comes from {DRAWS} draws of groups; "
        f"this leaves standard errors of the spatial parameters open by about {share:.1f} %."
    )
