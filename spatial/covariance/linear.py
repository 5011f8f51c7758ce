"""Covariances of estimates without a likelihood, which are linear in the errors."""

from __future__ import annotations

from spatial.covariance.result import Covariance
from spatial.covariance.sandwich import estimated_count, sandwich
from spatial.covariance.scores import score_rows
from spatial.estimation import Estimated

__all__ = ["equal_variances", "unequal_variances"]


def equal_variances(fitted: Estimated) -> Covariance:
    """s²A for errors that are alike and independent, s² with n − K − effects as divisor."""
    linear = fitted.linear
    if linear is None:
        raise TypeError("an estimate by maximum likelihood has an information matrix instead")
    return Covariance(linear.variance * linear.bread, "homoskedastic")


def unequal_variances(fitted: Estimated) -> Covariance:
    """Sandwich of White (1980) for independent errors, times n/(n − K − effects) (HC1).

    With unit effects and few periods it is inconsistent (Stock and Watson, 2008): cluster by unit.
    """
    rows = score_rows(fitted, [])
    n = len(rows)
    factor = n / (n - estimated_count(fitted))
    return Covariance(sandwich(fitted, rows.T @ rows) * factor, "robust")
