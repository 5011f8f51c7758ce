"""Unit means beside the regressors, so that a random effect may depend on them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from spatial.errors import InputError, named
from spatial.sample import Sample
from spatial.within import demean

__all__ = ["with_unit_means"]

VARIES = 1e-11


def with_unit_means(sample: Sample) -> Sample:
    """The sample with columns "mean.x" for each column that varies both over time and over units.

    Lags of regressors have theirs as well, "mean.W.x" (Mundlak, 1978; Debarsy, 2012). They stand
    last and are no regressors of their own: effects do not read them.
    """
    means = sample.x - demean(sample.x, "unit", sample.layout)
    size = VARIES * np.sqrt((sample.x**2).mean(axis=0))
    over_time = np.sqrt(((sample.x - means) ** 2).mean(axis=0)) > size
    over_units = means.std(axis=0) > size
    kept = np.flatnonzero(over_time & over_units)
    if len(kept) == 0:
        raise InputError(
            "mundlak=True finds no regressor that varies both over time and over units; leave it "
            "out."
        )
    labels = tuple(f"mean.{sample.labels[j]}" for j in kept)
    taken = [label for label in labels if label in sample.labels]
    if taken:
        raise InputError(f"the columns {named(taken)} have names of unit means; rename them.")
    return replace(
        sample,
        x=np.concatenate([sample.x, means[:, kept]], axis=1),
        labels=(*sample.labels, *labels),
    )
