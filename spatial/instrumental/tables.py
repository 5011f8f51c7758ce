"""What to know of the instruments, as tables."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import chdtrc, fdtrc

from spatial.covariance import covariance
from spatial.errors import InputError
from spatial.estimation import Linear
from spatial.instrumental.errors import Errors
from spatial.instrumental.estimate import Instrumented
from spatial.instrumental.strength import FirstStage, first_stage

__all__ = ["first_stage_table", "instrument_tests", "weakness"]

Array = npt.NDArray[np.float64]
WEAK = 10.0


def first_stage_table(fitted: Instrumented) -> pd.DataFrame:
    """One row for each endogenous regressor, W y among them."""
    stage = _stage(fitted)
    p, q = stage.shape
    f, conditional = stage.f_statistics(), stage.conditional_f()
    return pd.DataFrame(
        {
            "term": list(fitted.endogenous_names),
            "partial_rsquared": stage.partial_rsquared(),
            "f_statistic": f,
            "df": q,
            "df_residual": stage.free,
            "p_value": fdtrc(q, stage.free, f),
            "conditional_f": conditional,
            "conditional_df": q - p + 1,
            "conditional_p_value": fdtrc(q - p + 1, stage.free, conditional),
        }
    )


def instrument_tests(fitted: Instrumented) -> pd.DataFrame:
    """Over-identification, weak identification and exogeneity; columns test … null."""
    stage = _stage(fitted)
    equal = stage.alike
    statistic, df = stage.overidentification()
    rows = [
        (
            "sargan" if equal else "hansen",
            statistic,
            df,
            chdtrc(df, statistic) if df else np.nan,
            "the excluded instruments are exogenous",
        ),
        (
            "cragg_donald" if equal else "kleibergen_paap",
            stage.cragg_donald() if equal else stage.kleibergen_paap(),
            stage.shape[1],
            np.nan,
            f"the endogenous regressors are not identified (F; weak below about {WEAK:.0f})",
        ),
    ]
    if fitted.suspects:
        statistic, df = stage.exogeneity(fitted.suspects)
        null = "the regressors called endogenous are exogenous"
        rows.append(("wu_hausman", statistic, df, chdtrc(df, statistic), null))
    return pd.DataFrame(rows, columns=["test", "statistic", "df", "p_value", "null"])


def weakness(fitted: Instrumented) -> tuple[str, ...]:
    """Sentences on endogenous regressors whose instruments are weak."""
    if not fitted.endogenous:
        return ()
    found = _stage(replace(fitted, errors=Errors("homoskedastic"))).conditional_f()
    by_name = dict(zip(fitted.endogenous_names, found, strict=True))
    out = []
    if fitted.lag_y and _all_lagged(fitted):
        name = fitted.endogenous_names[-1]
        out.append(
            "Every regressor enters with its lag, so that lags of lags (W² x) are the only "
            f"instruments left for {name}; rho is close to unidentified (conditional first-stage "
            f"F {by_name.pop(name):.1f}). Name in lagged= the regressors whose neighbours matter."
        )
    out += [
        f"Instruments of {name} are weak: its conditional first-stage F is {value:.1f}, below "
        f"{WEAK:.0f}; its coefficient is biased towards least squares and its interval too short."
        for name, value in by_name.items()
        if value < WEAK
    ]
    return tuple(out)


def _all_lagged(fitted: Instrumented) -> bool:
    """Whether each exogenous regressor is lagged by the weights of y, without outside help."""
    sample = fitted.sample
    if sample.outside.labels:
        return False
    places = zip(sample.own, sample.neighbour, sample.lag_networks, strict=True)
    return all(
        neighbour >= 0 and network is sample.network
        for own, neighbour, network in places
        if own not in sample.outside.endogenous
    )


def _stage(fitted: Instrumented) -> FirstStage:
    if not fitted.endogenous:
        raise InputError(
            "this model has no lag of y and no endogenous regressor, so that there is no first "
            "stage; name regressors with endogenous=."
        )
    errors = fitted.errors

    def spread(linear: Linear) -> Array:
        return covariance(replace(fitted, linear=linear), errors.kind, **errors.options).matrix

    return first_stage(
        fitted.step,
        fitted.endogenous,
        absorbed=fitted.absorbed,
        spread=spread,
        alike=errors.kind == "homoskedastic",
    )
