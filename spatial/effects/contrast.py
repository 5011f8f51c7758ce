"""Differences between groups of units in what these do to themselves, receive and send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from spatial.effects.units import Reach, Slopes, unit_slopes
from spatial.errors import InputError, named
from spatial.labels import canonical, canonical_index

__all__ = ["group_contrasts", "group_places"]

Array = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]


def group_places(groups: Any, units: pd.Index) -> dict[Any, Places]:
    """Places of the units of each group, two groups at least.

    Parameters
    ----------
    groups
        A mapping from group to its units, or a Series of groups indexed by unit; units that have no
        group (missing) belong to none.
    """
    known = {label: place for place, label in enumerate(canonical_index(units, "the units"))}
    found: dict[Any, list[int]] = {}
    for group, members in _members(groups).items():
        labels = [canonical(unit) for unit in members]
        strange = [str(unit) for unit in members if canonical(unit) not in known]
        if strange:
            raise InputError(
                f"group {group} names {named(strange)}, no units of this fit; it has "
                f"{named(units)}."
            )
        found[group] = sorted({known[label] for label in labels})
    _refuse_bad(found, units)
    return {group: np.array(places, dtype=np.intp) for group, places in found.items()}


def _members(groups: Any) -> dict[Any, Sequence[Any]]:
    if isinstance(groups, pd.Series):
        kept = groups.dropna()
        return {group: list(kept.index[kept == group]) for group in kept.unique()}
    if isinstance(groups, Mapping):
        return {
            group: [units] if isinstance(units, str) else list(units)
            for group, units in groups.items()
        }
    raise InputError(
        f"groups are a {type(groups).__name__}; give a mapping from each group to its units, or a "
        "Series of groups indexed by unit."
    )


def _refuse_bad(found: Mapping[Any, list[int]], units: pd.Index) -> None:
    empty = [str(group) for group, places in found.items() if not places]
    if len(found) < 2 or empty:
        raise InputError(
            f"a contrast needs two groups with units in them; {named(empty)} has none."
            if empty
            else "a contrast needs two groups with units in them; give another."
        )
    count = np.bincount(np.concatenate([np.array(p) for p in found.values()]))
    twice = np.flatnonzero(count > 1)
    if len(twice):
        raise InputError(
            f"{named(units.take(twice))} stand in more than one group; a unit belongs to one."
        )


def group_contrasts(
    parts: Sequence[Reach], n_units: int, slopes: Slopes, groups: Mapping[Any, Places]
) -> pd.DataFrame:
    """Mean of each group less that of each later one: group, versus, effect, estimate, std_error.

    The means are linear in β and θ, and their difference has a variance by the delta method that
    counts their covariance.
    """
    changes, rows = unit_slopes(parts, n_units, slopes), []
    for one, other in combinations(groups, 2):
        weights = np.zeros(n_units)
        weights[groups[one]] = 1.0 / len(groups[one])
        weights[groups[other]] -= 1.0 / len(groups[other])
        for name, change in changes.items():
            by_beta, by_theta, by_rho = change @ weights
            value = slopes.beta * by_beta + slopes.theta * by_theta
            rows.append((one, other, name, value, float(slopes.error(by_beta, by_theta, by_rho))))
    return pd.DataFrame(rows, columns=["group", "versus", "effect", "estimate", "std_error"])
