"""Average effects when the starts of treatment are dealt out at random."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from spatial.errors import InputError, is_whole
from spatial.running import Jobs, Portion, portions, run_shared
from spatial.treatment.design import Design
from spatial.treatment.imputation import Imputation
from spatial.treatment.twoway import TwoWay

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
    design: Design, estimator: str, *, modelled: bool, draws: int, seed: int, jobs: Jobs
) -> pd.DataFrame:
    """Reassign the starts of treatment among the units and estimate again, `draws` times.

    Every draw has a random stream of its own, so that the number of processes does not matter.
    """
    if not is_whole(draws) or draws < 1:
        raise InputError(f"draws={draws!r}; give a whole number of at least 1.")
    if not is_whole(seed) or seed < 0:
        raise InputError(f"seed={seed!r}; give a whole number, zero or more.")
    each = portions(np.random.SeedSequence(seed), draws, size=1)
    found = run_shared((design, estimator, modelled), each, _one, jobs=jobs)
    table = pd.DataFrame(found, columns=list(KINDS))
    table.insert(0, "draw", np.arange(1, draws + 1))
    return table


def _one(work: tuple[Design, str, bool], draw: Portion) -> list[float]:
    design, estimator, modelled = work
    order = draw.rng().permutation(len(design.first))
    dealt = design.reassigned(order)
    if estimator == "twoway":
        values = TwoWay(dealt).average_values()
    else:
        values = Imputation(dealt, modelled).average_values()
    return [values.get(kind, np.nan) for kind in KINDS]
