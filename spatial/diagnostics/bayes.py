"""Posterior probabilities of models and of weights (LeSage, 2014, 2015)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import logsumexp

from spatial.correction import choose_transformation
from spatial.diagnostics.marginal import (
    Counts,
    Prior,
    Slopes,
    error_marginal,
    lag_marginal,
    plain_marginal,
)
from spatial.diagnostics.telling import warn_once
from spatial.errors import InputError, named
from spatial.estimation import logdet_terms
from spatial.models import OLS, SAR, SDEM, SDM, SEM, SLX
from spatial.sample import Sample
from spatial.within import Effects, Transformation, demean

if TYPE_CHECKING:
    from spatial.gather import Weights
    from spatial.panel import Panel
    from spatial.sheet import Missing

__all__ = ["model_probabilities", "weights_probabilities"]

Array = npt.NDArray[np.float64]
FAMILY = {model.kind: model for model in (OLS, SLX, SAR, SDM, SEM, SDEM)}


@dataclass(frozen=True)
class Setting:
    """What all models of one comparison share."""

    effects: Effects
    lagged: Sequence[str] | None
    missing: Missing
    bias_correction: Literal["default", "lee-yu"] | None
    prior: Prior
    slopes: Slopes


@warn_once
def model_probabilities(
    formula: str,
    data: Panel | pd.DataFrame,
    w: Weights,
    effects: Effects = "none",
    *,
    models: Sequence[str] = ("OLS", "SLX", "SAR", "SDM", "SEM", "SDEM"),
    lagged: Sequence[str] | None = None,
    missing: Missing = None,
    bias_correction: Literal["default", "lee-yu"] | None = "default",
    prior: Prior = "uniform",
    slopes: Slopes = "g",
) -> pd.DataFrame:
    """Posterior probabilities of the models, all equally probable beforehand (LeSage, 2014).

    The marginal likelihood of each model is its likelihood integrated over slopes, σ and ρ (or λ).
    Fixed effects have flat priors: transformed out by default, as in a fit.

    Parameters
    ----------
    formula, data, w, effects, lagged, missing, bias_correction
        As in a fit.
    models
        Models to compare.
    prior
        Of ρ and λ: "uniform" on the admissible interval, or "beta", Beta(1.01, 1.01) on (−1, 1).
    slopes
        "g", Zellner's g-prior with g = number of observations; or "flat" (LeSage, 2014, who
        compares SLX, SDM and SDEM, which have the same columns): between models with and without
        W x the result then depends on the units in which regressors are measured.

    Returns
    -------
    DataFrame
        model, log_marginal, probability.

    Raises
    ------
    InputError
        Whatever a fit refuses; unknown models; a prior without density.

    Examples
    --------
    >>> from spatial import weights
    >>> ring = np.roll(np.eye(30), 1, axis=1) + np.roll(np.eye(30), -1, axis=1)
    >>> w = weights.from_matrix(ring, [f"c{i}" for i in range(30)])
    >>> rng = np.random.default_rng(0)
    >>> table = pd.DataFrame({"x": rng.normal(size=30), "y": rng.normal(size=30)}, w.unique_ids)
    >>> float(model_probabilities("y ~ x", table, w)["probability"].sum().round(9))
    1.0
    """
    kinds = [models] if isinstance(models, str) else list(models)
    unknown = [kind for kind in kinds if kind not in FAMILY]
    if unknown or not kinds:
        raise InputError(f"models={models!r}; they are among {', '.join(FAMILY)}.")
    setting = Setting(effects, lagged, missing, bias_correction, prior, slopes)
    _check(setting)
    durbin = any(FAMILY[kind].lag_x for kind in kinds)
    sample = _sample(formula, data, w, setting, durbin=durbin)
    logs = np.array([_log_marginal(sample, kind, setting) for kind in kinds])
    return _table("model", kinds, logs)


@warn_once
def weights_probabilities(
    formula: str,
    data: Panel | pd.DataFrame,
    graphs: Mapping[str, Weights],
    effects: Effects = "none",
    *,
    model: str = "SDM",
    lagged: Sequence[str] | None = None,
    missing: Missing = None,
    bias_correction: Literal["default", "lee-yu"] | None = "default",
    prior: Prior = "uniform",
    slopes: Slopes = "g",
) -> pd.DataFrame:
    """Posterior probabilities of weights, all equally probable beforehand (LeSage, 2015).

    Parameters
    ----------
    graphs
        Weights by name; each is cut to the units of the data as in a fit.
    model
        The model in which they compete: "SLX", "SAR", "SDM", "SEM" or "SDEM".
    formula, data, effects, lagged, missing, bias_correction, prior, slopes
        As in `model_probabilities`.

    Returns
    -------
    DataFrame
        weights, log_marginal, probability.

    Raises
    ------
    InputError
        As in `model_probabilities`; graphs that are not named, or that the effects meet
        differently (rows that sum to one beside rows that do not).

    Examples
    --------
    With a panel and graphs at hand::

        weights_probabilities("y ~ x", panel, {"queen": queen, "5 nearest": near}, "twoway")
    """
    if not isinstance(graphs, Mapping) or not graphs:
        raise InputError('graphs= is a mapping from names to weights, such as {"queen": w}.')
    if model not in FAMILY or model == "OLS":
        raise InputError(f"model={model!r}; it is SLX, SAR, SDM, SEM or SDEM.")
    setting = Setting(effects, lagged, missing, bias_correction, prior, slopes)
    _check(setting)
    durbin = FAMILY[model].lag_x
    logs, ways = [], {}
    for name, w in graphs.items():
        sample = _sample(formula, data, w, setting, durbin=durbin)
        ways[name] = _way(sample, setting, lag_error=FAMILY[model].lag_error)
        logs.append(_log_marginal(sample, model, setting))
    if len({(way.over_time, way.over_units, way.nobs) for way in ways.values()}) > 1:
        raise InputError(
            f"the weights {named(ways)} leave different numbers of observations after the effects "
            "were transformed out; compare graphs whose rows all sum to one, or set "
            "bias_correction=None."
        )
    return _table("weights", list(graphs), np.array(logs))


def _check(setting: Setting) -> None:
    if setting.prior not in get_args(Prior):
        raise InputError(f'prior={setting.prior!r}; it is "uniform" or "beta".')
    if setting.slopes not in get_args(Slopes):
        raise InputError(f'slopes={setting.slopes!r}; it is "flat" or "g".')


def _sample(
    formula: str, data: Panel | pd.DataFrame, w: Weights, setting: Setting, *, durbin: bool
) -> Sample:
    """Sample that least squares accepts, with lags of regressors where a model has them."""
    effects, missing = setting.effects, setting.missing
    model = (
        SLX(formula, effects=effects, lagged=setting.lagged, missing=missing)
        if durbin
        else OLS(formula, effects=effects, missing=missing)
    )
    return model.fit(data, w)._fitted.sample


def _way(sample: Sample, setting: Setting, *, lag_error: bool) -> Transformation:
    asked = setting.bias_correction
    return choose_transformation(sample, setting.effects, asked, lag_error=lag_error)[0]


def _log_marginal(sample: Sample, kind: str, setting: Setting) -> float:
    model, effects, layout = FAMILY[kind], setting.effects, sample.layout
    way = _way(sample, setting, lag_error=False)
    own = sum(not label.startswith("W.") for label in sample.labels)
    x = sample.x if model.lag_x else sample.x[:, :own]
    free = way.nobs - way.dummies
    counts = Counts(free, float(free), int("Intercept" in sample.labels), setting.slopes)
    inside, y = demean(x, effects, layout), demean(sample.y, effects, layout)
    terms = logdet_terms(sample.network, way)
    if model.lag_y:
        wy = demean(sample.wy, effects, layout)
        return lag_marginal(inside, y, wy, terms, counts, setting.prior)
    if model.lag_error:
        mx = demean(sample.network.lag(x), effects, layout)
        my = demean(sample.wy, effects, layout)
        return error_marginal(inside, y, mx, my, terms, counts, setting.prior)
    return plain_marginal(inside, y, counts)


def _table(name: str, labels: Sequence[str], logs: Array) -> pd.DataFrame:
    return pd.DataFrame(
        {
            name: list(labels),
            "log_marginal": logs,
            "probability": np.exp(logs - logsumexp(logs)),
        }
    )
