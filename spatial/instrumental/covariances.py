"""Covariances of an estimate by instruments, by name."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from spatial.errors import InputError, named
from spatial.instrumental.estimate import Instrumented
from spatial.instrumental.scores import Scatter

__all__ = ["instrumental_covariance", "with_scatter"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]
KINDS = ("homoskedastic", "robust", "cluster")


def with_scatter(fitted: Instrumented, kind: str, groups: Codes | None = None) -> Instrumented:
    """The same estimate under another covariance.

    Parameters
    ----------
    kind
        "homoskedastic", "robust" (White, 1980) or "cluster". With a lag of the error the moments
        that gave λ decide: "homoskedastic" for equal, "robust" for unequal variances.
    groups
        Cluster of each row, (n,), from zero on.

    Raises
    ------
    InputError
        A kind that this estimate does not have.
    """
    if fitted.joint is not None:
        if kind != fitted.scatter.kind:
            raise InputError(_why_not_joint(kind, fitted.scatter.kind))
        return fitted
    if kind not in KINDS:
        raise InputError(
            f'covariance "{kind}" is not available for estimator="gmm"; it has {named(KINDS)}.'
        )
    if kind != "cluster":
        return replace(fitted, scatter=Scatter(kind))
    if groups is None:
        raise InputError('covariance "cluster" needs by=, the column that says who belongs where.')
    return replace(fitted, scatter=Scatter(kind, groups, _nested(fitted, groups)))


def instrumental_covariance(fitted: Instrumented) -> Array:
    """Covariance of (b, ρ, λ)."""
    if fitted.joint is not None:
        return fitted.joint
    kept = len(fitted.params)
    return fitted.scatter.sandwich(fitted.step, fitted.free)[:kept, :kept]


def _nested(fitted: Instrumented, groups: Codes) -> int:
    """Number of unit effects that lie within clusters, which do not count."""
    if fitted.effects not in ("unit", "twoway"):
        return 0
    layout = fitted.sample.layout
    pairs = np.unique(layout.unit_codes.astype(np.int64) * (int(groups.max()) + 1) + groups)
    return layout.n_units - 1 if len(pairs) == layout.n_units else 0


def _why_not_joint(kind: str, own: str) -> str:
    now, other = ("equal", "unequal") if own == "homoskedastic" else ("unequal", "equal")
    return (
        f'covariance "{kind}" is not available: the moments that gave lambda hold for {now} '
        f'variances, so that it is "{own}"; fit again with error_variance="{other}" for another.'
    )
