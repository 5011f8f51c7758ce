"""Group labels drawn anew: how large a difference chance alone makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from spatial.errors import InputError
from spatial.fit import fit_sample
from spatial.heterogeneity.split import split_by_group
from spatial.heterogeneity.tables import wald_tests
from spatial.inference import Covariance, with_covariance
from spatial.models import Specification
from spatial.running import Portion
from spatial.sample import Sample

__all__ = ["Permuting", "permuted_portion"]

Codes = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Permuting:
    """What all draws share; `codes` (N,) are the groups of the units, `options` those of splits."""

    model: Specification
    sample: Sample
    codes: Codes
    names: Sequence[str]
    focus: Sequence[str]
    options: Mapping[str, bool]
    covariance: Covariance


def permuted_portion(work: Permuting, portion: Portion) -> list[dict[str, float]]:
    """Wald p-values by what they are of, for labels of units in random order."""
    rng, sample = portion.rng(), work.sample
    out: list[dict[str, float]] = []
    for _ in range(portion.count):
        drawn = rng.permutation(work.codes)[sample.layout.unit_codes]
        split = split_by_group(sample, drawn, work.names, work.focus, **work.options)
        try:
            fit = with_covariance(fit_sample(work.model, split.sample), work.covariance)
        except InputError:
            out.append({})
            continue
        tests = wald_tests(fit.params.to_numpy(), fit.cov.to_numpy(), split.parts)
        out.append(dict(zip(tests["of"], tests["p_value"].astype(float), strict=True)))
    return out
