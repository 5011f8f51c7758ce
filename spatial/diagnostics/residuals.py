"""What the residuals of a fit still hold: Moran's I, Pesaran's CD, a lag that was left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr

from spatial.diagnostics.dependence import COMMON, FLAT, pair_sums
from spatial.diagnostics.nested import require_fits
from spatial.diagnostics.projection import form_traces
from spatial.diagnostics.rows import chi2_row, normal_row
from spatial.diagnostics.score import Score
from spatial.errors import InputError
from spatial.estimation import logdet_terms
from spatial.information import Moments, expected_information
from spatial.network import shared_periods
from spatial.traces import Traces, joint_traces, sum_traces
from spatial.within import demean

if TYPE_CHECKING:
    from spatial.estimation import Estimated
    from spatial.fit import Fit

__all__ = ["lm_residuals", "pesaran_cd", "residual_moran"]

Array = npt.NDArray[np.float64]
Alternative = Literal["two-sided", "greater", "less"]
TOLERANCE = 1e-4


def residual_moran(fit: Fit, alternative: Alternative = "two-sided") -> pd.Series:
    """Moran's I of the residuals of OLS or SLX, with its exact moments.

    I = (n/S0) e′We/e′e. Residuals are not exchangeable: with M the projection that takes regressors
    and fixed effects out, of rank r, and normal errors, E(I) = (n/S0) tr(MW)/r and E(I²) =
    (n/S0)² [tr MWMW′ + tr MWMW + (tr MW)²]/(r(r+2)) (Cliff and Ord, 1981, ch. 8). In a panel W
    stands in every year.

    Parameters
    ----------
    fit
        A fit of OLS or SLX. After a spatial lag the moments differ: use `lm_residuals`.
    alternative
        "two-sided"; "greater" for similar neighbours; "less" for dissimilar ones.

    Returns
    -------
    Series
        statistic, expected, std_dev, z, p_value, as `moran` gives.

    Raises
    ------
    InputError
        Another model; weights without links.

    Examples
    --------
    >>> from spatial import OLS, weights
    >>> ring = np.roll(np.eye(30), 1, axis=1) + np.roll(np.eye(30), -1, axis=1)
    >>> w = weights.from_matrix(ring, [f"c{i}" for i in range(30)])
    >>> rng = np.random.default_rng(0)
    >>> table = pd.DataFrame({"x": rng.normal(size=30), "y": rng.normal(size=30)}, w.unique_ids)
    >>> float(residual_moran(OLS("y ~ x").fit(table, w))["expected"]) < 0
    True
    """
    if alternative not in get_args(Alternative):
        raise InputError(
            f"alternative={alternative!r}; it is one of {', '.join(get_args(Alternative))}."
        )
    require_fits(fit)
    fitted = fit._fitted
    if fitted.lag_y or fitted.lag_error or str(fit.model.effects) == "random":
        raise InputError(
            f"the moments of Moran's I are those of least squares, not of {fit.kind}; use "
            "spatial.lm_residuals(fit), or fit OLS or SLX."
        )
    sample, errors = fitted.sample, fitted.estimate.residuals
    if sample.network.links == 0:
        raise InputError("nobody has a neighbour, so that there is no Moran's I of the residuals.")
    traced = form_traces(sample.network, sample.layout, fitted.effects, sample.x)
    total = sum(b.periods * float(b.operator.matrix.sum()) for b in sample.network.blocks)
    scale, rank = len(errors) / total, traced.rank
    statistic = scale * float(errors @ sample.network.lag(errors)) / float(errors @ errors)
    expected = scale * traced.mean / rank
    second = scale**2 * (traced.spread + traced.mean**2) / (rank * (rank + 2.0))
    std_dev = float(np.sqrt(second - expected**2))
    z = (statistic - expected) / std_dev
    sides = {"two-sided": 2.0 * ndtr(-abs(z)), "greater": ndtr(-z), "less": ndtr(z)}
    values = {"statistic": statistic, "expected": expected, "std_dev": std_dev, "z": z}
    result = pd.Series({**values, "p_value": float(sides[alternative])}, name="residual_moran")
    result.attrs = {"weights": fit.weights_label, "alternative": alternative, "n": len(errors)}
    return result


def lm_residuals(fit: Fit) -> pd.Series:
    """Lagrange multiplier test for the spatial lag that a fit lacks.

    After SAR and SDM: λ = 0, is the error still correlated with its neighbours' (Anselin, 1988,
    ch. 6)? After SEM and SDEM: ρ = 0. The score is taken at the estimates, with the expected
    information of all parameters.

    Parameters
    ----------
    fit
        A fit with one of the two lags. OLS and SLX have `lm_tests`.

    Returns
    -------
    Series
        test ("lm_error" or "lm_lag"), statistic, df, p_value, null.

    Raises
    ------
    InputError
        A fit with both lags or with none; random effects.
    """
    require_fits(fit)
    fitted = fit._fitted
    if fitted.lag_y == fitted.lag_error or str(fit.model.effects) == "random":
        raise InputError(
            f"lm_residuals tests for the second spatial lag after SAR, SDM, SEM or SDEM, not after "
            f'{fit.kind} with effects="{fit.model.effects}"; '
            "lm_tests starts from least squares."
        )
    moments, mean_lag = _with_both(fitted)
    traced, found, way = _traces(fitted), fitted.estimate, fitted.transformation
    info = expected_information(moments, mean_lag, found, nobs=way.nobs, traced=traced)
    k = moments.x.shape[1]
    tested, lagged, trace = (
        (k + 1, moments.mu, traced.h) if fitted.lag_y else (k, moments.wy, traced.g)
    )
    score = np.zeros(len(info))
    score[tested] = float(lagged @ found.residuals) / found.sigma2 - trace  # type: ignore[operator]
    _require_maximum(fitted, info)
    statistic, df = Score(score, info, {"tested": (tested,)}).test(["tested"])
    name, null = ("lm_error", "lambda = 0") if fitted.lag_y else ("lm_lag", "rho = 0")
    return chi2_row(name, statistic, df, null)


def _require_maximum(fitted: Estimated, information: Array) -> None:
    """Refuse estimates at which the score of the coefficients is not zero: by instruments, say."""
    score = fitted.moments.x.T @ fitted.estimate.residuals / fitted.estimate.sigma2
    likely = np.isfinite(fitted.estimate.loglik)
    if (
        not likely
        or (np.abs(score) > TOLERANCE * np.sqrt(np.diag(information)[: len(score)])).any()
    ):
        raise InputError(
            "these estimates are not the maximum of the likelihood (instruments, a bias that was "
            "subtracted), at which a Lagrange multiplier test stands; fit by maximum likelihood "
            "without dynamic= and with bias_correction left as it is."
        )


def _traces(fitted: Estimated) -> Traces:
    """Traces at the estimate with the missing parameter at zero."""
    sample, found, way = fitted.sample, fitted.estimate, fitted.transformation
    rho, lam = (found.rho, 0.0) if fitted.lag_y else (0.0, found.lam)

    own, other = sample.network, sample.error_network
    lag_terms, error_terms = logdet_terms(own, way), logdet_terms(other, way)
    return sum_traces(
        [
            joint_traces(
                own.blocks[i].operator,
                other.blocks[j].operator,
                rho,
                lam,
                lag_terms[i],
                error_terms[j],
            ).times(way.periods(count))
            for (i, j), count in shared_periods(own, other).items()
        ]
    )


def _with_both(fitted: Estimated) -> tuple[Moments, Array]:
    """Columns of the likelihood with both lags, at the estimate."""
    sample, found, layout = fitted.sample, fitted.estimate, fitted.sample.layout
    subtracted = fitted.subtracted
    if fitted.lag_y:
        lagged = sample.error_network.lag(found.residuals)
        mean = fitted.mean_lag
        return Moments(fitted.moments.x, fitted.moments.wy, demean(lagged, subtracted, layout)), (
            mean if mean is not None else np.zeros(layout.n)
        )
    wy = demean(fitted.filtered(sample.wy), subtracted, layout)
    mean = fitted.filtered(sample.network.lag(fitted.reduced_form))
    return (
        Moments(fitted.moments.x, wy, fitted.moments.mu),
        demean(mean, subtracted, layout),
    )


def pesaran_cd(residuals: Fit | pd.Series) -> pd.Series:
    """Pesaran's CD test for dependence between the units of a panel.

    CD = Σ_{i<j} √T_ij r_ij/√m, with r_ij the correlation of i's and j's residuals over the T_ij
    times that both have and m the number of pairs, N(N−1)/2 where all have three common times or
    more (Pesaran, 2004, 2015); standard normal without dependence. It
    needs no weights and sees dependence of one sign only; time effects remove the mean correlation
    and with it most of the test's power and some of its size (Juodis and Reese, 2022), so apply it
    to fits without them.

    Parameters
    ----------
    residuals
        A fit on a panel, or a Series indexed by unit and time such as `fit.residuals`.

    Returns
    -------
    Series
        test, statistic, df (none), p_value, null, mean_correlation, the mean of r_ij, and pairs,
        their number m.

    Raises
    ------
    InputError
        No panel; fewer than two units or three common times; a unit whose residuals do not vary.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([list("abc"), range(4)], names=["unit", "year"])
    >>> e = pd.Series([1.0, -1, 2, -2, 1, -2, 2, -1, 0, 1, -1, 0], index)
    >>> round(float(pesaran_cd(e)["statistic"]), 3)
    -0.768
    """
    if not isinstance(residuals, pd.Series):
        require_fits(residuals)
    values = residuals if isinstance(residuals, pd.Series) else residuals.residuals
    if not isinstance(values.index, pd.MultiIndex) or values.index.nlevels != 2:
        raise InputError(
            "Pesaran's CD compares units over time; give a fit on a spatial.Panel, or a Series "
            "indexed by unit and time."
        )
    grid = values.unstack(level=0)
    table = grid.to_numpy(dtype=np.float64)
    n = table.shape[1]
    if n < 2 or len(table) < 3:
        raise InputError(
            f"Pesaran's CD needs two units and three times at least; these are {n} and "
            f"{len(table)}."
        )
    _require_varying(table, grid.columns)
    found = pair_sums(table)
    if found.pairs == 0:
        raise InputError("no two units have three common times, which Pesaran's CD needs.")
    z = found.weighted / np.sqrt(found.pairs)
    row = normal_row("pesaran_cd", z, "no dependence between units")
    row["mean_correlation"], row["pairs"] = found.plain / found.pairs, found.pairs
    return row


def _require_varying(table: Array, units: pd.Index) -> None:
    present = ~np.isnan(table)
    count = present.sum(axis=0)
    centred = np.where(present, table - np.nansum(table, axis=0) / np.maximum(count, 1), 0.0)
    squares = np.where(count < COMMON, np.nan, (centred**2).sum(axis=0))
    flat = squares <= FLAT * max(float(np.nan_to_num(squares).max()), 1e-300)
    if flat.any():
        raise InputError(
            f"the residuals of {', '.join(map(str, units[flat][:8]))} do not vary, so that they "
            "correlate with nobody's; leave these units out."
        )
