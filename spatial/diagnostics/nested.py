"""Which fits are nested: the same rows and weights, fewer parameters."""

from __future__ import annotations

import numpy as np

from spatial.errors import InputError, named
from spatial.fit import Fit
from spatial.network import Network

__all__ = [
    "require_fits",
    "require_likelihood",
    "require_nested",
    "require_same_rows",
    "same_weights",
]

WIDER = {
    "none": ("none", "unit", "time", "twoway"),
    "unit": ("unit", "twoway"),
    "time": ("time", "twoway"),
    "twoway": ("twoway",),
    "random": ("random",),
}


def require_fits(*given: object) -> None:
    """Refuse whatever is no fitted model."""
    for one in given:
        if not isinstance(one, Fit):
            raise InputError(
                f"a {type(one).__name__} is no fitted model; give what SDM(...).fit(data, w) gives."
            )


def require_same_rows(one: Fit, other: Fit) -> None:
    """Refuse fits of different outcomes or on different rows."""
    if one.outcome != other.outcome:
        raise InputError(
            f"the fits explain {one.outcome} and {other.outcome}; compare fits of one outcome."
        )
    a, b = one.residuals.index, other.residuals.index
    if len(a) != len(b) or not a.equals(b):
        odd = a.symmetric_difference(b)
        which = f" ({named([_cell(row) for row in odd])})" if len(odd) else ""
        raise InputError(
            f"the fits stand on different rows, {len(a)} and {len(b)}{which}; fit both on the same "
            "data, without lag() in one alone."
        )
    if not np.array_equal(one._fitted.sample.y, other._fitted.sample.y):
        raise InputError(
            f"{one.outcome} has other values in the two fits; fit both on the same data."
        )


def require_likelihood(*fits: Fit) -> None:
    """Refuse fits that did not maximise a likelihood."""
    for fit in fits:
        if not np.isfinite(fit.loglik):
            raise InputError(
                f"the {fit.kind} has no likelihood; a likelihood ratio needs fits by maximum "
                "likelihood."
            )


def require_nested(restricted: Fit, full: Fit) -> None:
    """Refuse pairs in which the first is no special case of the second."""
    if restricted.model.effects not in WIDER or full.model.effects not in WIDER:
        raise InputError("these effects cannot be compared by a likelihood ratio.")
    if full.model.effects not in WIDER[restricted.model.effects]:
        raise InputError(
            f'effects="{restricted.model.effects}" are no special case of '
            f'"{full.model.effects}"; give the fit with fewer effects first.'
        )
    lost = [name for name in restricted.params.index if name not in full.params.index]
    if full.model.effects != restricted.model.effects and "Intercept" in lost:
        lost.remove("Intercept")
    if lost and not (lost == ["lambda"] and _common_factor(restricted, full)):
        raise InputError(
            f"the {restricted.kind} is not nested in the {full.kind}, which lacks {named(lost)}; "
            "give the restricted fit first, or compare by aic and bic."
        )
    _require_same_component(restricted, full)
    _require_same_columns(restricted, full)


def _require_same_component(restricted: Fit, full: Fit) -> None:
    """Random effects of two error models stand on one side of the filter.

    In the Durbin model they lie behind the multiplier of y, which the filter of the error is under
    a common factor: inside it.
    """
    if restricted.model.effects != "random" or "lambda" not in restricted.params.index:
        return
    sides = [fit.model.error_component or "outside" for fit in (restricted, full)]
    if "lambda" not in full.params.index:
        sides[1] = "inside"
    if sides[0] != sides[1]:
        raise InputError(
            f'the {restricted.kind} with error_component="{sides[0]}" is not nested in the '
            f'{full.kind}, where random effects stand as with "{sides[1]}"; set '
            f'error_component="{sides[1]}".'
        )


def _common_factor(restricted: Fit, full: Fit) -> bool:
    """Whether an error model is the Durbin model with θ = −ρβ: every regressor lagged, one W."""
    sample = full._fitted.sample
    return (
        "rho" in full.params.index
        and all(f"W.{n}" in full.params.index for n in full.params.index if n.startswith("L."))
        and min(sample.neighbour, default=-1) >= 0
        and all(same_weights(network, sample.network) for network in sample.lag_networks)
        and same_weights(restricted._fitted.sample.error_network, sample.network)
    )


def _require_same_columns(restricted: Fit, full: Fit) -> None:
    """Columns of one name hold the same values, and lags are by the same weights."""
    a, b = restricted._fitted.sample, full._fitted.sample
    places = {label: place for place, label in enumerate(b.labels)}
    differ = [
        label
        for place, label in enumerate(a.labels)
        if label in places and not np.array_equal(a.x[:, place], b.x[:, places[label]])
    ]
    if "rho" in restricted.params.index and not same_weights(a.network, b.network):
        differ.append("the weights of rho")
    both = "lambda" in restricted.params.index and "lambda" in full.params.index
    if both and not same_weights(a.error_network, b.error_network):
        differ.append("the weights of lambda")
    if differ:
        raise InputError(
            f"the fits differ in {named(differ)}; fit both on the same data and weights."
        )


def same_weights(one: Network, other: Network) -> bool:
    """Whether two networks over the same rows hold the same weights."""
    if one is other:
        return True
    if len(one.blocks) != len(other.blocks):
        return False
    return all(
        np.array_equal(a.rows, b.rows) and _same_matrix(a.operator.matrix, b.operator.matrix)
        for a, b in zip(one.blocks, other.blocks, strict=True)
    )


def _same_matrix(one: object, other: object) -> bool:
    return one is other or (abs(one - other)).max() == 0.0  # type: ignore[operator]


def _cell(row: object) -> str:
    return " ".join(map(str, row)) if isinstance(row, tuple) else str(row)
