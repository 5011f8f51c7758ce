"""What products of errors of two groups add to a clustered covariance, Σ_{g≠h} r_gh r_gh′.

r_gh are the sums over the rows k of g and l of h of ½(A_kl + A_lk)ε_kε_l. They come from the form
applied to the errors of each group and period, or to each unit where these are fewer; where every
group has one row of a period at most and units are many, from sums over all pairs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
from scipy import sparse

from spatial.covariance.forms import Form, form_at
from spatial.covariance.groups import Groups
from spatial.covariance.pairs import Weighted, pair_sums
from spatial.estimation import Estimated
from spatial.traces import BLOCK, BLOCK_LIMIT
from spatial.within import Layout

__all__ = ["DRAWS", "between_groups"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]
FEW, PER_SUM = 1000, 300
NOWHERE = -1
DRAWS, PACK, SEED = 1000, 128, 0


def between_groups(
    fitted: Estimated, quadratics: Sequence[Sequence[Form]], groups: Groups
) -> tuple[Array, Array]:
    """Σ_{g≠h} r_gh r_gh′ of the spatial parameters, and its standard error, (q, q) each.

    The error is zero but where the sum would take hours: there it comes from a sample of groups.
    """
    scaled = fitted.estimate.residuals / np.sqrt(fitted.estimate.sigma2)
    found = _over_pairs(fitted.sample.layout, quadratics, scaled, groups)
    if found is not None:
        return found, np.zeros_like(found)
    work = sum(form.n * _columns(form, groups) for parts in quadratics for form in parts)
    if work > BLOCK_LIMIT**2:
        return _drawn(quadratics, scaled, groups)
    if groups.count == len(scaled):
        total = _between_rows(fitted.sample.layout, quadratics, scaled)
        return total, np.zeros_like(total)
    total = np.zeros((len(quadratics), len(quadratics)))
    for some in _packs(groups.codes):
        total += _sums(quadratics, scaled, groups, some).sum(axis=0)
    return total, np.zeros_like(total)


def _sums(quadratics: Sequence[Sequence[Form]], error: Array, groups: Groups, some: Codes) -> Array:
    """Σ_{g≠h} r_gh r_gh′ for each h of some groups, (groups, q, q)."""
    products = np.zeros((len(quadratics), groups.count, len(some)))
    for place, parts in enumerate(quadratics):
        for form in parts:
            products[place] += _products(form, error, groups, some)
    products[:, some, np.arange(len(some))] = 0.0
    return np.asarray(np.einsum("igh,jgh->hij", products, products))


def _columns(form: Form, groups: Groups) -> int:
    """How often a form is applied: to units, or to the groups of its periods."""
    codes = groups.codes[form.rows]
    return min(form.n, sum(len(np.unique(own)) for own in codes))


# ---- a sample of groups


def _drawn(
    quadratics: Sequence[Sequence[Form]], error: Array, groups: Groups
) -> tuple[Array, Array]:
    """The sum from groups h drawn in proportion to their Σε², each counted by its chance.

    f_h/p_h, f_h = Σ_{g≠h} r_gh r_gh′, has the sum as its mean (Hansen and Hurwitz, 1943).
    """
    share = np.bincount(groups.codes, weights=error**2, minlength=groups.count)
    share = share / share.sum()
    drawn = np.random.default_rng(SEED).choice(groups.count, size=DRAWS, p=share)
    kept, times = np.unique(drawn, return_counts=True)
    packs = [kept[start : start + PACK] for start in range(0, len(kept), PACK)]
    found = np.concatenate([_sums(quadratics, error, groups, some) for some in packs])
    each = np.repeat(found / share[kept, None, None], times, axis=0)
    return each.mean(axis=0), each.std(axis=0, ddof=1) / np.sqrt(DRAWS)


# ---- every group has one row of a period at most


def _over_pairs(
    layout: Layout, quadratics: Sequence[Sequence[Form]], error: Array, groups: Groups
) -> Array | None:
    """The sum as one over pairs of units; None where groups are larger, or units few."""
    if layout.n_units <= FEW:
        return None
    if groups.count == len(error):
        return _over_pairs_of_rows(layout, quadratics, error)
    single = all(len(parts) == 1 for parts in quadratics)
    codes = groups.codes[quadratics[0][0].rows]
    if not single or groups.count != codes.shape[1] or (codes != codes[0]).any():
        return None
    forms, values = [parts[0] for parts in quadratics], error[quadratics[0][0].rows]
    pairs = [(s, t) for t in range(len(values)) for s in range(t + 1)]
    if PER_SUM * len(pairs) > layout.n_units:
        return None
    vectors = [Weighted(1.0 if s == t else 2.0, values[s] * values[t]) for s, t in pairs]
    return pair_sums(forms, vectors)


def _over_pairs_of_rows(
    layout: Layout, quadratics: Sequence[Sequence[Form]], error: Array
) -> Array | None:
    """Every row is a group of its own: products stay within periods."""
    alike: dict[tuple[int, ...], tuple[list[Form], list[Weighted]]] = {}
    for t in range(layout.n_times):
        found = [form_at(parts, layout.time_codes, t) for parts in quadratics]
        forms = [form for form, _ in found]
        squares = Weighted(1.0, error[found[0][1]] ** 2)
        alike.setdefault(tuple(map(id, forms)), (forms, []))[1].append(squares)
    if PER_SUM * layout.n_times > layout.n_units:
        return None
    sums = [pair_sums(forms, vectors) for forms, vectors in alike.values()]
    if any(part is None for part in sums):
        return None
    return np.asarray(sum(part for part in sums if part is not None))


def _between_rows(layout: Layout, quadratics: Sequence[Sequence[Form]], error: Array) -> Array:
    """The same by blocks of columns."""
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


# ---- groups of any size


def _packs(codes: Codes) -> Iterator[Codes]:
    """Runs of groups with about `BLOCK` rows, or one group where it has more."""
    ends = np.cumsum(np.bincount(codes))
    first, begun = 0, 0
    for place, end in enumerate(ends):
        if end - begun >= BLOCK or place == len(ends) - 1:
            yield np.arange(first, place + 1)
            first, begun = place + 1, int(end)


def _products(form: Form, error: Array, groups: Groups, some: Codes) -> Array:
    """½ε_k(A + A′)_kl ε_l of one form, summed over k by group and over l by `some` of them."""
    codes, values = groups.codes[form.rows], error[form.rows]
    place = np.full(groups.count, NOWHERE)
    place[some] = np.arange(len(some))
    own = place[codes]
    shape = (groups.count, len(some))
    time, unit = np.nonzero(own != NOWHERE)
    members = np.unique(np.stack([time, own[time, unit]], axis=1), axis=0)
    units = np.unique(unit)
    if len(members) < len(units):
        return _of_groups(form, codes, own, values, members, shape)
    return _of_units(form, codes, own, values, units, shape)


def _of_groups(
    form: Form, codes: Codes, own: Codes, values: Array, members: Codes, shape: tuple[int, int]
) -> Array:
    """The products from columns of errors, one for each period and group of `members`."""
    out = np.zeros(shape)
    for start in range(0, len(members), BLOCK):
        time, group = members[start : start + BLOCK].T
        columns = np.where(group == own[time].T, values[time].T, 0.0)
        halves = 0.5 * (form.apply(columns) + form.apply(columns, transposed=True))
        for period in np.unique(time):
            cells = values[period][:, None] * halves[:, time == period]
            out[:, group[time == period]] += _by_group(codes[period], shape[0]) @ cells
    return out


def _of_units(
    form: Form, codes: Codes, own: Codes, values: Array, units: Codes, shape: tuple[int, int]
) -> Array:
    """The products from columns of the form, one for each unit."""
    out = np.zeros(shape)
    steady = bool((codes == codes[0]).all())
    for start in range(0, len(units), BLOCK):
        columns = units[start : start + BLOCK]
        halves = form.halves(columns)
        if steady:
            cells = halves * (values.T @ values[:, columns])
            out += _summed(cells, codes[0], own[0, columns], shape)
            continue
        for period in np.flatnonzero((own[:, columns] != NOWHERE).any(axis=1)):
            held = own[period, columns] != NOWHERE
            cells = halves[:, held] * np.outer(values[period], values[period, columns[held]])
            out += _summed(cells, codes[period], own[period, columns[held]], shape)
    return out


def _summed(cells: Array, left: Codes, right: Codes, shape: tuple[int, int]) -> Array:
    """Sums of cells (N, m) over groups of rows and of columns."""
    return np.asarray((_by_group(left, shape[0]) @ cells) @ _by_group(right, shape[1]).T)


def _by_group(codes: Codes, count: int) -> sparse.csr_array:
    """One where a row is of a group, (groups, rows)."""
    at = (codes, np.arange(len(codes)))
    return sparse.csr_array((np.ones(len(codes)), at), shape=(count, len(codes)))
