"""Group labels drawn anew: how large a difference chance alone makes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from spatial.errors import InputError
from spatial.fit import fit_sample
from spatial.heterogeneity.split import split_by_group
from spatial.heterogeneity.tables import wald_tests
from spatial.models import Specification
from spatial.sample import Sample

__all__ = ["CHUNK", "permuted_chunk"]

Codes = npt.NDArray[np.intp]
CHUNK = 25


def permuted_chunk(
    model: Specification,
    sample: Sample,
    codes: Codes,
    names: Sequence[str],
    focus: Sequence[str],
    options: dict[str, bool],
    seed: np.random.SeedSequence,
    count: int,
) -> list[dict[str, float]]:
    """Wald p-values by what they are of, for labels of units in random order.

    Parameters
    ----------
    codes
        Group of each unit, (N,).
    """
    rng = np.random.default_rng(seed)
    out: list[dict[str, float]] = []
    for _ in range(count):
        drawn = rng.permutation(codes)[sample.layout.unit_codes]
        split = split_by_group(sample, drawn, names, focus, **options)
        try:
            fit = fit_sample(model, split.sample)
        except InputError:
            out.append({})
            continue
        tests = wald_tests(fit.params.to_numpy(), fit.cov.to_numpy(), split.parts)
        out.append(dict(zip(tests["of"], tests["p_value"].astype(float), strict=True)))
    return out
