"""The kinds of covariance by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from spatial.covariance.cluster import clustered
from spatial.covariance.distance import spatial_hac
from spatial.covariance.inverse import default_kind, expected, observed
from spatial.covariance.linear import equal_variances, unequal_variances
from spatial.covariance.result import Covariance
from spatial.covariance.robust import robust
from spatial.covariance.serial import driscoll_kraay
from spatial.errors import InputError, named
from spatial.estimation import Estimated

__all__ = ["KINDS", "Kind", "covariance"]


@dataclass(frozen=True)
class Kind:
    """A function of the estimate and the options it takes; those in `needs` must be given."""

    find: Callable[..., Covariance]
    options: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


KINDS: Mapping[str, Kind] = {
    "expected": Kind(expected),
    "observed": Kind(observed),
    "robust": Kind(robust),
    "cluster": Kind(clustered, ("by",), ("by",)),
    "driscoll-kraay": Kind(driscoll_kraay, ("lags",)),
    "hac": Kind(spatial_hac, ("km", "lags", "kernel", "coords", "distances"), ("km",)),
}
LINEAR: Mapping[str, Kind] = {
    "homoskedastic": Kind(equal_variances),
    "robust": Kind(unequal_variances),
    **{name: KINDS[name] for name in ("cluster", "driscoll-kraay", "hac")},
}
EXAMPLES = {"by": 'by="province"', "km": "km=300"}


def covariance(fitted: Estimated, kind: str | None, **options: Any) -> Covariance:
    """Covariance of (b, ρ, λ); None takes the default for the size.

    Parameters
    ----------
    options
        Those of the kind; None counts as not given.

    Raises
    ------
    InputError
        An unknown kind, an option that it does not have or lacks.
    """
    kinds = KINDS if fitted.linear is None else LINEAR
    default = default_kind(fitted) if fitted.linear is None else "homoskedastic"
    wanted = default if kind is None else kind
    if wanted not in kinds:
        raise InputError(f'covariance "{wanted}" is not available; it is one of {named(kinds)}.')
    chosen = kinds[wanted]
    given = {name: value for name, value in options.items() if value is not None}
    foreign = [name for name in given if name not in chosen.options]
    if foreign:
        takes = f"takes {named(chosen.options)}" if chosen.options else "takes no options"
        raise InputError(f'with_cov("{wanted}") {takes}; leave {named(foreign)}= out.')
    for name in chosen.needs:
        if name not in given:
            raise InputError(f'with_cov("{wanted}") needs {name}=, such as {EXAMPLES[name]}.')
    return chosen.find(fitted, **given)
