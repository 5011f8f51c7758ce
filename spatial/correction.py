"""Which bias correction a sample allows, and the sentences that say so."""

from __future__ import annotations

from typing import Literal

import numpy as np

from spatial.errors import InputError, named
from spatial.network import Network
from spatial.sample import Sample
from spatial.within import Effects, Transformation, transformation

__all__ = ["choose_transformation"]

Asked = Literal["default", "lee-yu"] | None
LEFT_IN = (
    "Unit effects bias the coefficients of a dynamic model by an amount of order 1/T (Nickell, "
    "1981), here with T = {}; it is left in."
)


def choose_transformation(
    sample: Sample, effects: Effects, asked: Asked, *, lag_error: bool
) -> tuple[Transformation, tuple[str, ...]]:
    """What the likelihood is written on, and sentences for `fit.notes`.

    By default the effects are transformed out (Lee and Yu, 2010) as far as balance and weights
    allow; where they must stay dummies in an unbalanced panel or under weights that change, σ² and
    the covariance count them as parameters.
    """
    layout = sample.layout
    networks = (sample.network, sample.error_network) if lag_error else (sample.network,)
    stochastic = all(network.stochastic for network in networks)
    constant = layout.balanced and all(network.single is not None for network in networks)

    dynamic = sample.earlier.present

    def way(correction: Literal["lee-yu", "dof"] | None) -> Transformation:
        return transformation(
            effects,
            correction,
            layout,
            stochastic=stochastic,
            constant=constant,
            dynamic=dynamic,
        )

    if effects == "none":
        return way(None), ()
    left_in = (LEFT_IN.format(layout.n_times),) if dynamic and effects != "time" else ()
    if asked is None:
        return way(None), ("Fixed effects are dummies; no bias correction.", *left_in)
    if effects != "time" and not constant:
        found, notes = _counted(way("dof"), sample, asked)
        return found, (*notes, *left_in)
    if dynamic and effects != "time":
        return _beside_past(way("lee-yu"), networks)
    if effects == "time" and not stochastic:
        return _dummies(way(None), networks, asked)
    if effects == "twoway" and not stochastic:
        return way("lee-yu"), (
            "Bias correction over time only (Lee and Yu, 2010, T−1 periods): "
            f"{_why_not_stochastic(networks)}, so that time effects stay dummies.",
        )
    return way("lee-yu"), (
        "Fixed effects are transformed out (bias correction of Lee and Yu, 2010).",
    )


def _beside_past(
    way: Transformation, networks: tuple[Network, ...]
) -> tuple[Transformation, tuple[str, ...]]:
    """Unit effects stay dummies beside y(t−1); time effects leave where weights allow it."""
    if way.effects == "unit":
        return way, ("Unit effects are dummies.",)
    if way.over_units:
        return way, (
            "Unit effects are dummies; time effects are transformed out over units (Lee and Yu, "
            "2010, Econometric Theory).",
        )
    return way, (f"Unit and time effects are dummies: {_why_not_stochastic(networks)}.",)


def _counted(
    way: Transformation, sample: Sample, asked: Asked
) -> tuple[Transformation, tuple[str, ...]]:
    reason = "the panel is unbalanced" if not sample.layout.balanced else "weights differ by year"
    if asked == "lee-yu":
        raise InputError(
            f'bias_correction="lee-yu" transforms unit effects out over time, and {reason}; '
            "leave bias_correction out, or keep units observed in every year and one graph."
        )
    which = "Unit effects are" if way.over_units or way.effects == "unit" else "Effects are"
    times = " Time effects are transformed out over units (Lee and Yu, 2010)." * way.over_units
    return way, (
        f"{which} dummies, because {reason}; sigma2 and the covariance count these "
        f"{way.dummies} effects as parameters (factor {way.inflation:.4g}).{times}",
    )


def _dummies(
    way: Transformation, networks: tuple[Network, ...], asked: Asked
) -> tuple[Transformation, tuple[str, ...]]:
    reason = _why_not_stochastic(networks)
    if asked == "lee-yu":
        raise InputError(
            'bias_correction="lee-yu" transforms time effects out over units, '
            f"which needs rows of W that sum to one; {reason}. "
            "Leave bias_correction out, or give every unit a neighbour (bridges=)."
        )
    return way, (f"No bias correction: {reason}, so that time effects stay dummies.",)


def _why_not_stochastic(networks: tuple[Network, ...]) -> str:
    blocks = [block for network in networks for block in network.blocks]
    isolates: dict[str, None] = {}
    for block in blocks:
        isolates.update(dict.fromkeys(block.operator.ids[block.operator.isolates].astype(str)))
    if isolates:
        return f"units without a neighbour have rows that sum to zero ({named(list(isolates))})"
    sums = np.concatenate([block.operator.row_sums for block in blocks])
    return f"rows of W sum to {sums.min():.4g} to {sums.max():.4g}, not to one"
