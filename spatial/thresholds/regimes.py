"""A sample whose term is split by regime, and the columns that a further threshold adds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from spatial.formula import lag_name
from spatial.sample import Sample
from spatial.within import Effects, demean

__all__ = ["Lag", "regime_label", "regime_of", "split_sample", "threshold_columns"]

Array = npt.NDArray[np.float64]
Lag = Literal["common", "switching"]


def regime_label(term: str, regime: int) -> str:
    """Name of a term in one regime."""
    return f"{term}[regime {regime}]"


def regime_of(q: Array, gammas: Sequence[float]) -> npt.NDArray[np.intp]:
    """Number of the regime of each row, from 0: how many thresholds lie below its value."""
    return np.searchsorted(np.sort(np.asarray(gammas)), q, side="left").astype(np.intp)


def threshold_columns(
    sample: Sample, term: str, q: Array, gammas: Array, lag: Lag, effects: Effects
) -> Array:
    """Columns x·1(q > γ), and W of them where the lag switches, without effects: (c, n, G)."""
    place = sample.terms.index(term)
    own = sample.x[:, sample.own[place], None] * (q[:, None] > gammas)
    parts = [own]
    if lag == "switching":
        parts.append(sample.lag_networks[place].lag(own))
    return np.stack([demean(part, effects, sample.layout) for part in parts])


def split_sample(sample: Sample, term: str, q: Array, gammas: Sequence[float], lag: Lag) -> Sample:
    """The sample with one column of the term per regime.

    With a common lag all of them share its coefficient, so that effects come out by regime.
    """
    at = sample.terms.index(term)
    own, neighbour, network = sample.own[at], sample.neighbour[at], sample.lag_networks[at]
    regime, names = regime_of(q, gammas), range(len(gammas) + 1)
    split = sample.x[:, [own]] * (regime[:, None] == np.array(names))
    labels: list[str] = []
    columns: list[Array] = []
    moved: dict[int, int] = {}
    for place, label in enumerate(sample.labels):
        moved[place] = len(labels)
        if place == own:
            labels += [regime_label(label, r + 1) for r in names]
            columns += list(split.T)
        elif place == neighbour and lag == "switching":
            labels += [regime_label(lag_name(term), r + 1) for r in names]
            columns += list(network.lag(split).T)
        else:
            labels.append(label)
            columns.append(sample.x[:, place])
    step = 1 if lag == "switching" else 0
    terms, owns, neighbours, networks = [], [], [], []
    for place, name in enumerate(sample.terms):
        count = len(names) if place == at else 1
        lagged = moved.get(sample.neighbour[place], -1)
        for r in range(count):
            terms.append(regime_label(name, r + 1) if place == at else name)
            owns.append(moved[sample.own[place]] + r)
            neighbours.append(lagged + (r * step if place == at and lagged >= 0 else 0))
            networks.append(sample.lag_networks[place])
    return replace(
        sample,
        x=np.column_stack(columns),
        labels=tuple(labels),
        terms=tuple(terms),
        own=tuple(owns),
        neighbour=tuple(neighbours),
        lag_networks=tuple(networks),
    )
