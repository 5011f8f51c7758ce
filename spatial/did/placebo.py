"""Average effects when the starts of treatment are dealt out at random."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from spatial.did.design import Design
from spatial.did.imputation import Imputation
from spatial.did.twoway import TwoWay
from spatial.errors import InputError, is_whole

__all__ = ["Placebo", "placebo_draws"]

Array = npt.NDArray[np.float64]
KINDS = ("own", "neighbours")


@dataclass(frozen=True, eq=False)
class Placebo:
    """Draws of the average effects (draw, own, neighbours) and the estimates they stand beside.

    `p_values`: share of draws, the data among them, that are at least as far from zero as the
    estimate (two-sided, of the hypothesis that treatment has no effect on any unit).
    """

    draws: pd.DataFrame
    estimates: pd.Series
    p_values: pd.Series
    seed: int


def placebo_draws(
    design: Design, estimator: str, *, modelled: bool, draws: int, seed: int, jobs: int
) -> pd.DataFrame:
    """Reassign the starts of treatment among the units and estimate again, `draws` times.

    Every draw has a random stream of its own, so that the number of processes does not matter.
    """
    for name, value in (("draws", draws), ("jobs", jobs)):
        if not is_whole(value) or value < 1:
            raise InputError(f"{name}={value!r}; give a whole number of at least 1.")
    if not is_whole(seed) or seed < 0:
        raise InputError(f"seed={seed!r}; give a whole number, zero or more.")
    streams = np.random.SeedSequence(seed).spawn(draws)
    if jobs == 1:
        found = [_one(design, estimator, stream, modelled=modelled) for stream in streams]
    else:
        from joblib import Parallel, delayed

        found = Parallel(n_jobs=jobs)(
            delayed(_one)(design, estimator, stream, modelled=modelled) for stream in streams
        )
    table = pd.DataFrame(found, columns=list(KINDS))
    table.insert(0, "draw", np.arange(1, draws + 1))
    return table


def _one(
    design: Design, estimator: str, stream: np.random.SeedSequence, *, modelled: bool
) -> list[float]:
    order = np.random.default_rng(stream).permutation(len(design.first))
    dealt = design.reassigned(order)
    if estimator == "twoway":
        values = TwoWay(dealt).average_values()
    else:
        values = Imputation(dealt, modelled).average_values()
    return [values.get(kind, np.nan) for kind in KINDS]
