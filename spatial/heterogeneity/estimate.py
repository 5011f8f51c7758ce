"""Compare the effects of a model between groups of units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from spatial.errors import InputError, is_whole, named
from spatial.fit import Fit, fit_sample
from spatial.heterogeneity.apart import fit_apart
from spatial.heterogeneity.members import members_of
from spatial.heterogeneity.permutation import Permuting, permuted_portion
from spatial.heterogeneity.reach import group_sums
from spatial.heterogeneity.result import Groups
from spatial.heterogeneity.split import SplitSample, split_by_group
from spatial.heterogeneity.tables import between_rows, contrast_rows, effect_rows, wald_tests
from spatial.inference import (
    COUNTS,
    Covariance,
    check_covariance,
    isolates_of,
    with_covariance,
)
from spatial.models import Specification
from spatial.panel import Panel
from spatial.result import quantile
from spatial.running import Jobs, portions, run_shared
from spatial.sample import Sample

if TYPE_CHECKING:
    from libpysal.graph import Graph

__all__ = ["groups"]

Codes = npt.NDArray[np.intp]
NULLS = {
    "own": "the coefficients of x are the same in all groups",
    "spillover": "the coefficients of W x are the same between all groups",
    "all": "all coefficients are the same in all groups",
}


def groups(  # noqa: PLR0913
    model: Specification,
    data: Panel | pd.DataFrame,
    w: Graph,
    *,
    by: Any,
    focus: str | Sequence[str] | None = None,
    between: bool = False,
    permutations: int = 0,
    level: float = 0.95,
    covariance: Covariance | None = None,
    seed: int = 0,
    jobs: Jobs = 1,
) -> Groups:
    """Fit a model for each group alone, and for all with coefficients of their own.

    The joint fit is y = ρWy + Σ_g β_g P_g x + Σ_g θ_g P_g W x + further regressors + effects + ε,
    P_g the members of g: θ belongs to who receives. With `between` it has θ_{gh} P_g W P_h x for
    every pair, so that spillovers differ by who sends as well; W is not re-scaled within groups,
    and the parts add up to W x. ρ and the further regressors are common. Separate fits have all
    parameters of their own, but weights cut to the group, which lose every link that crosses its
    border.

    Parameters
    ----------
    model
        A specification, such as ``spatial.SDM("y ~ x", effects="twoway")``.
    data
        A `Panel`, or for a cross-section a frame indexed by unit.
    w
        Graph over at least the units of the data.
    by
        A column of the data that does not change over time, a Series of groups indexed by unit (an
        ordered category keeps its order), or a mapping from each group to its units.
    focus
        Terms with coefficients by group; all by default.
    between
        W x by sender and receiver instead of by receiver alone.
    permutations
        Draws of a test that deals the labels anew to units: the share of draws, the data counted,
        whose Wald p-value is at most that of the data. It does not lean on the normal distribution,
        but labels that are dealt out lose what clusters them in space.
    level
        Of intervals.
    covariance
        Arguments of `Fit.with_cov`, such as {"kind": "cluster", "by": "province"}, for the joint
        fit with its tests, drawn ones too, and for the fits of each group.
    seed
        Of the draws.
    jobs
        Processes for the draws, a `distributed.Client`, or `Workers`; the numbers are the same.

    Returns
    -------
    Groups
        `separate`, `effects`, `between`, `contrasts`, `tests`, `joint`, `fits`, `matrix`, `notes`.

    Raises
    ------
    InputError
        Units without a group, fewer than two groups, a model with instruments or a past.

    Notes
    -----
    Differences in the joint fit come from one covariance; those between separate fits would need
    one across samples that neighbour each other. Without effects of units the joint fit has a
    constant for each group.

    Examples
    --------
    >>> model = spatial.SDM("resilience ~ agglomeration + fdi", effects="twoway")  # doctest: +SKIP
    >>> found = spatial.groups(model, panel, w, by="region")  # doctest: +SKIP
    >>> found.separate, found.tests, found.matrix  # doctest: +SKIP
    """
    quantile(level)
    _check(model, permutations)
    members = members_of(by, data)
    base = model.fit(data, w)
    sample = base._fitted.sample
    wanted = _focus(focus, sample)
    names = [str(name) for name in members.cat.categories]
    codes = _codes(members, sample)
    options = {"between": between, "constants": model.effects in ("none", "time", "random")}
    split = split_by_group(sample, codes[sample.layout.unit_codes], names, wanted, **options)
    errors = check_covariance(covariance)
    joint = _joint(model, split, errors)
    apart = fit_apart(model, data, w, members, wanted, level, errors)
    effects, pairs, contrasts = _tables(joint, split, codes, names, wanted, level)
    counted = _counted(effects, members, joint)
    tests = _tests(joint, split)
    shared = Permuting(model, sample, codes, names, wanted, options, errors)
    drawn, failed = _permuted(shared, permutations, seed, jobs)
    tests = pd.concat([tests, *_permutation_rows(tests, drawn)], ignore_index=True)
    tests["null"] = tests["of"].map(NULLS)
    return Groups(
        separate=apart.effects,
        effects=counted,
        between=_received(pairs, counted),
        contrasts=contrasts.assign(nobs=joint.nobs, isolates=isolates_of(joint)),
        tests=tests,
        joint=joint,
        fits=apart.fits,
        members=members,
        notes=(
            *joint.notes,
            *_unlinked(split, names),
            *apart.notes,
            *_failed(failed, permutations),
        ),
    )


def _check(model: Specification, permutations: int) -> None:
    if not isinstance(model, Specification):
        raise InputError(
            f"the model is a {type(model).__name__}; give a specification such as "
            'spatial.SDM("y ~ x").'
        )
    for wrong, what in (
        (model.estimator == "gmm", 'estimator="gmm"'),
        (bool(model.dynamic), "dynamic="),
        (model.mundlak, "mundlak=True"),
    ):
        if wrong:
            raise InputError(
                f"coefficients by group are estimated by maximum likelihood without {what}; leave "
                "it out, or write interactions into the formula."
            )
    if not is_whole(permutations) or permutations < 0:
        raise InputError(f"permutations={permutations!r}; give a number of draws, 0 for none.")


def _focus(focus: str | Sequence[str] | None, sample: Sample) -> list[str]:
    if focus is None:
        return list(sample.terms)
    wanted = [focus] if isinstance(focus, str) else list(focus)
    absent = [term for term in wanted if term not in sample.terms]
    if absent or not wanted:
        raise InputError(
            f"focus= names {named(absent) or 'nothing'}, which is no term of the formula; its "
            f"terms are {named(sample.terms, 20)}."
        )
    return list(dict.fromkeys(wanted))


def _codes(members: pd.Series, sample: Sample) -> Codes:
    """Group of each unit of the sample, (N,)."""
    return np.asarray(members.reindex(sample.units).cat.codes, dtype=np.intp)


def _joint(model: Specification, split: SplitSample, errors: Covariance) -> Fit:
    try:
        return with_covariance(fit_sample(model, split.sample), errors)
    except InputError as error:
        raise InputError(f"the joint fit with coefficients by group: {error}") from None


def _tables(
    joint: Fit,
    split: SplitSample,
    codes: Codes,
    names: Sequence[str],
    focus: Sequence[str],
    level: float,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    sample = joint._fitted.sample
    rows = codes[sample.layout.unit_codes]
    rho = float(joint._fitted.estimate.rho) if joint.model.lag_y else 0.0
    tables: tuple[list[Any], list[Any], list[Any]] = ([], [], [])
    for term in focus:
        parts = [part for part in split.parts if part.term == term]
        network = sample.network
        sums = group_sums(network, network, rows, len(names), rho, parts)
        given = (joint, term, parts, sums, names, level)
        for table, make in zip(tables, (effect_rows, between_rows, contrast_rows), strict=True):
            table += make(*given)
    return pd.DataFrame(tables[0]), pd.DataFrame(tables[1]), pd.DataFrame(tables[2])


def _counted(effects: pd.DataFrame, members: pd.Series, joint: Fit) -> pd.DataFrame:
    """Rows and units of each group, and units without a neighbour."""
    sample = joint._fitted.sample
    alone = np.zeros(sample.n_units, dtype=bool)
    for block in sample.network.blocks:
        alone[sample.layout.unit_codes[block.rows[0]][block.operator.isolates]] = True
    codes = _codes(members, sample)
    rows = np.bincount(codes[sample.layout.unit_codes], minlength=len(members.cat.categories))
    units = np.bincount(codes, minlength=len(rows))
    lonely = np.bincount(codes[alone], minlength=len(rows))
    at = members.cat.categories.get_indexer(pd.Index(effects["group"]))
    return effects.assign(nobs=rows[at], units=units[at], isolates=lonely[at])


def _received(pairs: pd.DataFrame, effects: pd.DataFrame) -> pd.DataFrame:
    """Spillovers with the rows and isolates of the groups that receive them."""
    counts = effects.drop_duplicates("group").set_index("group")[list(COUNTS)]
    at = pd.Index(pairs["to"])
    return pairs.assign(**{name: counts[name].reindex(at).to_numpy() for name in COUNTS})


def _tests(joint: Fit, split: SplitSample) -> pd.DataFrame:
    table = wald_tests(joint.params.to_numpy(), joint.cov.to_numpy(), split.parts)
    table.insert(0, "test", "wald")
    return table.assign(draws=0)


def _permuted(
    shared: Permuting, draws: int, seed: int, jobs: Jobs
) -> tuple[list[dict[str, float]], int]:
    """Wald p-values of the draws, and how many could not be fitted."""
    parts = portions(np.random.SeedSequence(seed), draws)
    done = run_shared(shared, parts, permuted_portion, jobs=jobs)
    found = [row for part in done for row in part if row]
    return found, draws - len(found)


def _permutation_rows(tests: pd.DataFrame, drawn: Sequence[dict[str, float]]) -> list[pd.DataFrame]:
    """The Wald tests again, p from the draws."""
    if not drawn:
        return []
    table = tests.assign(test="permutation", draws=len(drawn))
    values = []
    for of, p in zip(tests["of"], tests["p_value"], strict=True):
        hits = sum(row[of] <= p for row in drawn if of in row)
        values.append((1.0 + hits) / (1.0 + len(drawn)))
    return [table.assign(p_value=values)]


def _unlinked(split: SplitSample, names: Sequence[str]) -> list[str]:
    if not split.unlinked:
        return []
    pairs = named(f"{names[h]}→{names[g]}" for h, g in split.unlinked)
    return [f"No link leads {pairs}; such spillovers have no coefficient."]


def _failed(failed: int, draws: int) -> list[str]:
    if not failed:
        return []
    return [f"{failed} of {draws} permutations could not be fitted and do not count."]
