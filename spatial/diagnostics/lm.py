"""Lagrange multiplier tests for spatial dependence, from least squares alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from spatial.diagnostics.projection import form_traces
from spatial.diagnostics.rows import chi2_row, table
from spatial.diagnostics.score import Score, least_squares_score
from spatial.diagnostics.telling import warn_once
from spatial.errors import InputError
from spatial.models import OLS, SLX
from spatial.sample import Sample
from spatial.within import Effects, demean

if TYPE_CHECKING:
    from spatial.gather import Weights
    from spatial.panel import Panel
    from spatial.sheet import Missing

__all__ = ["DURBIN_TESTS", "LM_TESTS", "durbin_tests", "lm_tests"]

Array = npt.NDArray[np.float64]
Rows = dict[str, tuple[tuple[str, ...], tuple[str, ...], str]]

LM_TESTS: Rows = {
    "lm_lag": (("rho",), (), "rho = 0"),
    "lm_error": (("lambda",), (), "lambda = 0"),
    "robust_lm_lag": (("rho",), ("lambda",), "rho = 0, whatever lambda"),
    "robust_lm_error": (("lambda",), ("rho",), "lambda = 0, whatever rho"),
    "sarma": (("rho", "lambda"), (), "rho = lambda = 0"),
}
DURBIN_TESTS: Rows = {
    "lm_lag": (("rho",), (), "rho = 0"),
    "lm_wx": (("theta",), (), "theta = 0"),
    "robust_lm_lag_wx": (("rho",), ("theta",), "rho = 0, whatever theta"),
    "robust_lm_wx": (("theta",), ("rho",), "theta = 0, whatever rho"),
    "lm_sdm": (("rho", "theta"), (), "rho = theta = 0"),
    "lm_error": (("lambda",), (), "lambda = 0"),
    "lm_sdem": (("lambda", "theta"), (), "lambda = theta = 0"),
}


@warn_once
def lm_tests(
    formula: str,
    data: Panel | pd.DataFrame,
    w: Weights,
    effects: Effects = "none",
    *,
    lag_x: bool = False,
    lagged: Sequence[str] | None = None,
    missing: Missing = None,
) -> pd.DataFrame:
    """Lagrange multiplier tests for a spatial lag and a spatial error after least squares.

    LM-lag is d_ρ²/I_ρρ·b with d_ρ = e′Wy/σ², LM-error (e′We/σ²)²/tr(WW + W′W) (Anselin, 1988,
    ch. 6); the robust tests allow the other parameter to differ locally from zero (Anselin, Bera,
    Florax and Yoon, 1996), and "sarma" tests both at once: SARMA = LM-lag + robust LM-error.

    In a panel y, Wy and We lose the effects after they were lagged, and scores and traces are those
    of what is left, T−1 periods and N−1 units (Debarsy and Ertur, 2010; Lee and Yu, 2010). Many
    published tables take the traces of all T periods instead: their LM-error with unit effects is
    T/(T−1) times this one. In an unbalanced panel the traces are exact too.

    Parameters
    ----------
    formula, data, w, missing
        As in `SAR(formula, missing=...).fit(data, w)`.
    effects
        Fixed effects that leave first: "none", "unit", "time" or "twoway".
    lag_x
        Take W x into the restricted model (SLX), so that the tests say whether it needs a lag of y
        or of the error besides; `lagged` names terms as in `SLX`.

    Returns
    -------
    DataFrame
        test, statistic, df, p_value, null; rows lm_lag, lm_error, robust_lm_lag, robust_lm_error,
        sarma. A robust statistic is NaN where Wy and We cannot be told apart, as without
        regressors.

    Raises
    ------
    InputError
        Whatever a fit of the restricted model refuses; weights without links; random effects.

    Examples
    --------
    >>> import numpy as np
    >>> from spatial import weights
    >>> ring = np.roll(np.eye(30), 1, axis=1) + np.roll(np.eye(30), -1, axis=1)
    >>> w = weights.from_matrix(ring, [f"c{i}" for i in range(30)])
    >>> rng = np.random.default_rng(0)
    >>> table = pd.DataFrame({"x": rng.normal(size=30), "y": rng.normal(size=30)}, w.unique_ids)
    >>> lm_tests("y ~ x", table, w)["test"].tolist()
    ['lm_lag', 'lm_error', 'robust_lm_lag', 'robust_lm_error', 'sarma']
    """
    if lagged is not None and not lag_x:
        raise InputError("lagged= chooses among the lags of regressors; it needs lag_x=True.")
    sample = _sample(formula, data, w, effects, lag_x=lag_x, lagged=lagged, missing=missing)
    return _tests(_score(sample, effects, sample.x.shape[1]), LM_TESTS)


@warn_once
def durbin_tests(
    formula: str,
    data: Panel | pd.DataFrame,
    w: Weights,
    effects: Effects = "none",
    *,
    lagged: Sequence[str] | None = None,
    missing: Missing = None,
) -> pd.DataFrame:
    """Lagrange multiplier tests for lags of regressors beside a lag of y or of the error.

    Tests of θ = 0 in y = ρWy + Xβ + WXθ + ε after least squares of y on X alone, of ρ and θ each
    robust to the other, and of both: lm_sdm = lm_lag + robust_lm_wx = lm_wx + robust_lm_lag_wx
    (Koley and Bera, 2024). With a lag of the error instead the two parts are independent: lm_sdem =
    lm_wx + lm_error. Where all regressors are lagged, W(Xb) is among the lags, so that at θ = 0 a
    lag of y and one of the error look the same: robust_lm_lag_wx equals lm_error, and lm_sdm equals
    lm_sdem.

    Parameters
    ----------
    formula, data, w, effects, missing
        As in `lm_tests`.
    lagged
        Terms whose lags are tested; all of them by default.

    Returns
    -------
    DataFrame
        test, statistic, df, p_value, null; rows lm_lag, lm_wx, robust_lm_lag_wx and robust_lm_wx
        (each robust to the other of the two), lm_sdm, lm_error, lm_sdem.

    Raises
    ------
    InputError
        As in `lm_tests`; a lag that is a combination of the regressors.

    Examples
    --------
    >>> import numpy as np
    >>> from spatial import weights
    >>> ring = np.roll(np.eye(30), 1, axis=1) + np.roll(np.eye(30), -1, axis=1)
    >>> w = weights.from_matrix(ring, [f"c{i}" for i in range(30)])
    >>> rng = np.random.default_rng(0)
    >>> table = pd.DataFrame({"x": rng.normal(size=30), "y": rng.normal(size=30)}, w.unique_ids)
    >>> durbin_tests("y ~ x", table, w).set_index("test").loc["lm_sdm", "df"]
    np.int64(2)
    """
    sample = _sample(formula, data, w, effects, lag_x=True, lagged=lagged, missing=missing)
    own = sum(not label.startswith("W.") for label in sample.labels)
    return _tests(_score(sample, effects, own), DURBIN_TESTS)


def _sample(
    formula: str,
    data: Panel | pd.DataFrame,
    w: Weights,
    effects: Effects,
    *,
    lag_x: bool,
    lagged: Sequence[str] | None,
    missing: Missing,
) -> Sample:
    """Sample that a fit accepts: the fit is where bad input is refused."""
    if str(effects) == "random":
        raise InputError(
            'the LM tests know no random effects; effects= is "none", "unit", "time" or "twoway".'
        )
    model = (
        SLX(formula, effects=effects, lagged=lagged, missing=missing)
        if lag_x
        else OLS(formula, effects=effects, missing=missing)
    )
    return model.fit(data, w)._fitted.sample


def _score(sample: Sample, effects: Effects, own: int) -> Score:
    """Score of a sample whose first `own` columns are in the restricted model."""
    layout, network = sample.layout, sample.network
    if network.links == 0:
        raise InputError(
            f"none of the {sample.n_units} units has a neighbour among the others, so that nothing "
            "can be tested; use weights that reach farther, or bridges=."
        )
    x, y = demean(sample.x, effects, layout), demean(sample.y, effects, layout)
    wy = demean(sample.wy, effects, layout)
    residuals = _rest(x[:, :own], _rest(x[:, :own], y))
    we = demean(network.lag(residuals), effects, layout)
    return least_squares_score(
        residuals, x[:, :own], x[:, own:], wy, we, form_traces(network, layout, effects)
    )


def _rest(x: Array, y: Array) -> Array:
    """Residuals of y on x; those of residuals are orthogonal to x to rounding of their own size."""
    basis = np.linalg.qr(x / np.linalg.norm(x, axis=0))[0]
    return np.asarray(y - basis @ (basis.T @ y))


def _tests(score: Score, tests: Rows) -> pd.DataFrame:
    return table(
        [
            chi2_row(name, *score.test(tested, beside), null)
            for name, (tested, beside, null) in tests.items()
        ]
    )
