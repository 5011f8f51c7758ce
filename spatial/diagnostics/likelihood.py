"""Likelihood ratio and Wald tests between the models of the family."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from spatial.covariance.wald import wald
from spatial.diagnostics.nested import (
    require_fits,
    require_likelihood,
    require_nested,
    require_same_rows,
)
from spatial.diagnostics.rows import chi2_row
from spatial.errors import InputError
from spatial.models import GNS, OLS, SAC, SAR, SDEM, SDM, SEM, SLX

if TYPE_CHECKING:
    from spatial.fit import Fit

__all__ = ["lr_test", "wald_test"]

Array = npt.NDArray[np.float64]
FAMILY = {model.kind.lower(): model for model in (OLS, SLX, SAR, SEM, SDM, SDEM, SAC, GNS)}


def lr_test(restricted: Fit, full: Fit) -> pd.Series:
    """Likelihood ratio test: 2(ln L_full − ln L_restricted), χ² with the difference of parameters.

    Works between models (SAR, SEM and SLX in SDM, OLS in any) and between fixed effects: with
    `bias_correction=None` on both sides effects are dummies, and "unit" in "twoway" tests the time
    effects jointly, "time" in "twoway" the unit effects (N−1 parameters: with few years such a
    test rejects too often). The error model is nested in the Durbin model by θ + ρβ = 0 (Burridge,
    1981), exactly so where rows of W sum to one or unit effects take up the rest.

    Parameters
    ----------
    restricted, full
        Fits on the same rows, of the same outcome, under the same transformation of effects.

    Returns
    -------
    Series
        test, statistic, df, p_value, null. Where effects are dummies of an unbalanced panel
        (`bias_correction` "dof") the statistic is divided by the same factor as the covariance is
        multiplied with.

    Raises
    ------
    InputError
        Different rows, outcomes, weights or transformations; fits that are not nested; fits without
        a likelihood.

    Examples
    --------
    >>> import numpy as np
    >>> from spatial import SAR, SDM, weights
    >>> ring = np.roll(np.eye(30), 1, axis=1) + np.roll(np.eye(30), -1, axis=1)
    >>> w = weights.from_matrix(ring, [f"c{i}" for i in range(30)])
    >>> rng = np.random.default_rng(0)
    >>> table = pd.DataFrame({"x": rng.normal(size=30), "y": rng.normal(size=30)}, w.unique_ids)
    >>> test = lr_test(SAR("y ~ x").fit(table, w), SDM("y ~ x").fit(table, w))
    >>> test["test"], test["df"]
    ('lr_sar', 1)
    """
    require_fits(restricted, full)
    require_likelihood(restricted, full)
    require_same_rows(restricted, full)
    _require_same_transformation(restricted, full)
    require_nested(restricted, full)
    df = full._n_parameters - restricted._n_parameters
    if df < 1:
        raise InputError(
            f"the fits have the same {full._n_parameters} parameters; give the restricted fit "
            "first and the fuller one second."
        )
    scale = full._fitted.transformation.inflation
    statistic = max(2.0 * (full.loglik - restricted.loglik) / scale, 0.0)
    same = full.model.effects == restricted.model.effects
    name = restricted.kind.lower() if same else f"effects_{restricted.model.effects}"
    return chi2_row(f"lr_{name}", statistic, df, _null(restricted, full))


def _null(restricted: Fit, full: Fit) -> str:
    """What the restriction says, in the names of the parameters."""
    if restricted.model.effects != full.model.effects:
        gone = {"none": "all", "unit": "time", "time": "unit"}[restricted.model.effects]
        what = full.model.effects if gone == "all" else gone
        return f"no {what} effects"
    if "lambda" in restricted.params.index and "lambda" not in full.params.index:
        return "theta + rho*beta = 0"
    kept = set(restricted.params.index)
    gone_names = [name for name in full.params.index if name not in kept]
    lags = [name for name in gone_names if name.startswith("W.")]
    rest = [name for name in gone_names if name not in lags]
    every = len(lags) == sum(place >= 0 for place in full._fitted.sample.neighbour)
    parts = [*rest, *(["theta"] if lags and every else lags)]
    return " = ".join([*parts, "0"])


def _require_same_transformation(restricted: Fit, full: Fit) -> None:
    """The same rows must have become the same observations of the likelihood."""
    a, b = restricted._fitted.transformation, full._fitted.transformation
    if (a.over_time, a.over_units, a.nobs) == (b.over_time, b.over_units, b.nobs):
        return
    if restricted.model.effects != full.model.effects:
        raise InputError(
            f'the effects "{restricted.model.effects}" and "{full.model.effects}" were transformed '
            f"out, which leaves {a.nobs} and {b.nobs} observations of two likelihoods; fit both "
            "with bias_correction=None."
        )
    raise InputError(
        "the fits stand under different transformations "
        f"(bias_correction {restricted.bias_correction} and {full.bias_correction}, "
        f"{a.nobs} and {b.nobs} observations of the likelihood); fit both with the same "
        "bias_correction."
    )


def wald_test(fit: Fit, restriction: str) -> pd.Series:
    """Wald test that a fit may be simplified to a smaller model.

    h′(CVC′)⁻¹h with h the restricted expressions and C their derivatives, χ² with as many degrees
    of freedom as there are restrictions (Elhorst, 2014, ch. 2). SDM to "sar": θ = 0; SDM to
    "sem": θ + ρβ = 0 by the delta method; SDM to "slx": ρ = 0; SDEM to "sem": θ = 0; and so on for
    every pair in which one model has lags fewer. V is the covariance of the fit, so that
    `fit.with_cov("robust")` makes the test robust.

    Parameters
    ----------
    fit
        A fit; with `lagged=` only the lags that it has are tested.
    restriction
        The smaller model: "ols", "slx", "sar", "sem", "sdm", "sdem" or "sac".

    Returns
    -------
    Series
        test, statistic, df, p_value, null.

    Raises
    ------
    InputError
        A model that is no special case of the fit. So is SEM where `lagged=` leaves out regressors:
        the error model implies θ = −ρβ for each of them.

    Examples
    --------
    >>> import numpy as np
    >>> from spatial import SDM, weights
    >>> ring = np.roll(np.eye(30), 1, axis=1) + np.roll(np.eye(30), -1, axis=1)
    >>> w = weights.from_matrix(ring, [f"c{i}" for i in range(30)])
    >>> rng = np.random.default_rng(0)
    >>> table = pd.DataFrame({"x": rng.normal(size=30), "y": rng.normal(size=30)}, w.unique_ids)
    >>> wald_test(SDM("y ~ x").fit(table, w), "sem")["null"]
    'theta + rho*beta = 0'
    """
    require_fits(fit)
    word = str(restriction).lower()
    if word not in FAMILY:
        raise InputError(f"restriction={restriction!r}; it is one of {', '.join(FAMILY)}.")
    target, names = FAMILY[word], list(fit.params.index)
    lags = [place for place in fit._fitted.sample.neighbour if place >= 0]
    has = (bool(lags), "rho" in names, "lambda" in names)
    wanted = (target.lag_x, target.lag_y, target.lag_error)
    if word == "sem" and has == (True, True, False):
        values, slopes = _common_factor(fit)
        return _wald(fit, "wald_sem", values, slopes, "theta + rho*beta = 0")
    if has == wanted or any(w and not h for h, w in zip(has, wanted, strict=True)):
        raise InputError(f"the {target.kind} is no special case of this {fit.kind}.")
    places = lags if has[0] and not wanted[0] else []
    null = ["theta"] if places else []
    for name, there, stays in zip(("rho", "lambda"), has[1:], wanted[1:], strict=True):
        if there and not stays:
            places, null = [*places, names.index(name)], [name, *null]
    values = fit.params.to_numpy(dtype=np.float64)[places]
    return _wald(fit, f"wald_{word}", values, np.eye(len(names))[places], " = ".join([*null, "0"]))


def _common_factor(fit: Fit) -> tuple[Array, Array]:
    """θ + ρβ and its derivatives by all parameters."""
    sample, params = fit._fitted.sample, fit.params.to_numpy(dtype=np.float64)
    pairs = list(zip(sample.own, sample.neighbour, strict=True))
    pairs += [_past(sample.labels, name) for name in sample.labels if name.startswith("L.")]
    alone = [sample.labels[own] for own, place in pairs if place < 0]
    if alone:
        raise InputError(
            "the SEM is no special case of an SDM that does not lag every regressor "
            f'(unlagged: {", ".join(alone)}); fit the SDM without lagged=, or test "sar".'
        )
    own, lag = ([pair[side] for pair in pairs] for side in (0, 1))
    rho = list(fit.params.index).index("rho")
    rows = np.arange(len(own))
    slopes = np.zeros((len(own), len(params)))
    slopes[rows, lag] = 1.0
    slopes[rows, own] = params[rho]
    slopes[rows, rho] = params[own]
    return params[lag] + params[rho] * params[own], slopes


def _past(labels: tuple[str, ...], name: str) -> tuple[int, int]:
    """Places of the outcome of the time before and of its lag."""
    lagged = f"W.{name}"
    return labels.index(name), labels.index(lagged) if lagged in labels else -1


def _wald(fit: Fit, test: str, values: Array, slopes: Array, null: str) -> pd.Series:
    cov = slopes @ fit.cov.to_numpy() @ slopes.T
    return chi2_row(test, wald(values, cov), len(values), null)
