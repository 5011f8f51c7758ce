"""Which columns are instruments: what is exogenous, and its spatial lags.

The mean of W y is W(I − ρW)⁻¹(Xb) = Σ_j ρ^j W^(j+1)Xb, so that W x, W² x, … are its instruments
(Kelejian and Prucha, 1998, eq. 7); outside instruments are lagged alike.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from spatial.errors import InputError, named
from spatial.formula import lag_name
from spatial.instrumental.two_stage import independent
from spatial.network import Network
from spatial.sample import Sample
from spatial.within import Effects, demean

__all__ = ["Instruments", "instruments_of"]

Array = npt.NDArray[np.float64]
ABSORBED = 1e-11


@dataclass(frozen=True, eq=False)
class Instruments:
    """Basis (n, L) of the instruments without the effects, and the names of what spans it.

    `labels` start with the exogenous regressors; `excluded` are the others.
    """

    basis: Array
    labels: tuple[str, ...]
    excluded: tuple[str, ...]
    left_out: tuple[str, ...]


def instruments_of(
    sample: Sample,
    effects: Effects,
    columns: Array,
    *,
    lag_y: bool,
    lag_error: bool,
    orders: int,
) -> Instruments:
    """Instruments of a sample.

    Parameters
    ----------
    columns
        Further exogenous columns (n, D), dummies that did not leave.
    orders
        Highest power of W that lags what is exogenous, 1 to 3.

    Raises
    ------
    InputError
        An outside instrument is constant, absorbed or a combination, or there are fewer excluded
        instruments than endogenous regressors.
    """
    exogenous = [j for j in range(len(sample.labels)) if j not in sample.outside.endogenous]
    pool = {sample.labels[j]: sample.x[:, j] for j in exogenous}
    pool |= dict(zip(sample.outside.labels, sample.outside.values.T, strict=True))
    given = len(pool)
    _add_lags_of_outside(pool, sample)
    if lag_y:
        _add_powers(pool, sample, orders)
    if lag_error:
        _add_error_lags(pool, sample, list(pool)[:given])
    labels = tuple(pool)
    raw = np.column_stack([*pool.values(), columns])
    within = demean(raw, effects, sample.layout)
    sizes = np.sqrt(np.einsum("ij,ij->j", raw, raw))
    basis, kept = independent(within, sizes)
    _require_outside(sample, kept, len(exogenous))
    left_out = tuple(labels[j] for j in range(given, len(labels)) if j not in kept)
    used = tuple(labels[j] for j in kept if j < len(labels))
    found = Instruments(basis, used, used[len(exogenous) :], left_out)
    _require_enough(found, sample, lag_y=lag_y)
    return found


def _add_lags_of_outside(pool: dict[str, Array], sample: Sample) -> None:
    """W q, where an endogenous regressor enters with its lag."""
    pairs = zip(sample.neighbour, sample.lag_networks, strict=True)
    suspects = sample.outside.endogenous
    networks = {id(network): network for place, network in pairs if place in suspects}
    columns = dict(zip(sample.outside.labels, sample.outside.values.T, strict=True))
    for network in networks.values():
        prefix = "W" if network is sample.network else "W_x"
        _add_lagged(pool, columns, network, orders=1, prefix=prefix)


def _add_powers(pool: dict[str, Array], sample: Sample, orders: int) -> None:
    """W x … W^orders x of own columns and outside instruments; W (W_x x) of lags by others."""
    places = zip(sample.terms, sample.own, sample.neighbour, sample.lag_networks, strict=True)
    plain, others = {}, {}
    for term, own, neighbour, network in places:
        if own in sample.outside.endogenous:
            continue
        plain[term] = sample.x[:, own]
        if neighbour >= 0 and network is not sample.network:
            others[lag_name(term)] = sample.x[:, neighbour]
    plain |= dict(zip(sample.outside.labels, sample.outside.values.T, strict=True))
    _add_lagged(pool, plain, sample.network, orders=orders, prefix="W", taken=others)
    _add_lagged(pool, others, sample.network, orders=orders - 1, prefix="W")


def _add_error_lags(pool: dict[str, Array], sample: Sample, names: list[str]) -> None:
    """M x of what is exogenous, so that the instruments hold what the filter makes of it."""
    same = sample.error_network is sample.network
    of_terms = zip(sample.terms, sample.neighbour, sample.lag_networks, strict=True)
    twice = {
        lag_name(term)
        for term, place, network in of_terms
        if same and place >= 0 and network is sample.network
    }
    chosen = {name: pool[name] for name in names if name != "Intercept"}
    for name in [name for name in chosen if name in twice]:
        label, values = f"W2.{name.removeprefix('W.')}", chosen.pop(name)
        if label not in pool:
            pool[label] = sample.network.lag(values)
    _add_lagged(pool, chosen, sample.error_network, orders=1, prefix="W" if same else "M")


def _add_lagged(
    pool: dict[str, Array],
    columns: dict[str, Array],
    network: Network,
    *,
    orders: int,
    prefix: str,
    taken: Collection[str] = (),
) -> None:
    """Add powers of the weights times columns, named W.x, W2.x, …, where they are not there yet."""
    if not columns:
        return
    lagged = np.column_stack(list(columns.values()))
    for power in range(1, orders + 1):
        lagged = network.lag(lagged)
        for name, values in zip(columns, lagged.T, strict=True):
            label = f"{prefix}{power if power > 1 else ''}.{name}"
            pool.setdefault(f"{label} (W)" if label in taken else label, values)


def _require_outside(sample: Sample, kept: list[int], before: int) -> None:
    """Refuse outside instruments that effects or exogenous regressors reproduce."""
    gone = [label for j, label in enumerate(sample.outside.labels, start=before) if j not in kept]
    if gone:
        raise InputError(
            f"the instruments {named(gone)} are constant, absorbed by the effects, or combinations "
            "of the exogenous regressors and of other instruments; leave them out or choose other "
            "effects."
        )


def _require_enough(found: Instruments, sample: Sample, *, lag_y: bool) -> None:
    needed = len(sample.outside.endogenous) + lag_y
    if len(found.excluded) < needed:
        names = [sample.labels[j] for j in sample.outside.endogenous]
        names += [lag_name(sample.outcome)] if lag_y else []
        raise InputError(
            f"{named(names)} need {needed} instruments beside the exogenous regressors, and there "
            f"are {len(found.excluded)}; name more with instruments=, lag fewer regressors with "
            "lagged=, or raise orders=."
        )
