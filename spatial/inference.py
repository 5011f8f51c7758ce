"""What every part of a study asks of a fit: another covariance, its isolates, rows of a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.special import ndtr

from spatial.errors import InputError, named
from spatial.fit import Fit
from spatial.result import quantile
from spatial.sample import Sample

__all__ = [
    "COUNTS",
    "FIGURES",
    "Covariance",
    "check_covariance",
    "isolates_of",
    "tested",
    "with_covariance",
]

Covariance = Mapping[str, Any]
FIGURES = ("estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high")
COUNTS = ("nobs", "isolates")
TAKES = {
    "cluster": ("by",),
    "driscoll-kraay": ("lags",),
    "hac": ("km", "lags", "kernel", "coords", "distances"),
}
KNOWN = ("kind", *dict.fromkeys(name for names in TAKES.values() for name in names))


def check_covariance(options: Covariance | None) -> dict[str, Any]:
    """Arguments of `Fit.with_cov` as a part of a study takes them, None for those of the fit.

    Raises
    ------
    InputError
        What is no mapping, or an argument that `Fit.with_cov` lacks.
    """
    if options is None:
        return {}
    if not isinstance(options, Mapping):
        raise InputError(
            f"covariance={options!r} is no set of arguments; give those of with_cov, such as "
            '{"kind": "cluster", "by": "province"}.'
        )
    strange = [name for name in options if name not in KNOWN]
    if strange:
        raise InputError(f"covariance= holds {named(strange)}; with_cov takes {named(KNOWN)}.")
    return dict(options)


def with_covariance(fit: Fit, options: Covariance) -> Fit:
    """The fit with the covariance of these arguments; as it is where they name no kind.

    Arguments that belong to other kinds are left aside.
    """
    kind = options.get("kind")
    if kind is None:
        return fit
    taken = {name: options[name] for name in TAKES.get(kind, ()) if options.get(name) is not None}
    return fit.with_cov(kind, **taken)


def isolates_of(found: Fit | Sample) -> int:
    """Units of a fit or a sample that have no neighbour, in any year."""
    sample = found if isinstance(found, Sample) else found._fitted.sample
    alone: set[int] = set()
    for block in sample.network.blocks:
        places = sample.layout.unit_codes[block.rows[0]]
        alone |= set(places[block.operator.isolates].tolist())
    return len(alone)


def tested(estimate: float, std_error: float, level: float) -> dict[str, float]:
    """Estimate, standard error, z, p and interval, as columns of a tidy table."""
    z = estimate / std_error if std_error > 0.0 else np.nan
    half = quantile(level) * std_error
    return {
        "estimate": estimate,
        "std_error": std_error,
        "statistic": z,
        "p_value": float(2.0 * ndtr(-abs(z))),
        "conf_low": estimate - half,
        "conf_high": estimate + half,
    }
