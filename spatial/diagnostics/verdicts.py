"""What each step of the choice of a model says in words."""

from __future__ import annotations

import numpy as np
import pandas as pd

__all__ = ["CHOSEN", "STEPS", "UNTESTED", "figures", "sentence"]

STEPS: dict[str, tuple[str, str]] = {
    "lr_unit_effects": (
        "Unit effects are jointly significant and stay in the model",
        "Unit effects are not jointly significant and are left out",
    ),
    "lr_time_effects": (
        "Time effects are jointly significant and stay in the model",
        "Time effects are not jointly significant and are left out",
    ),
    "residual_moran": (
        "The residuals of least squares are spatially correlated",
        "The residuals of least squares show no spatial correlation",
    ),
    "lm_lag": (
        "Least squares lacks a spatial lag of the outcome, or an error lag that looks like one",
        "Nothing says that least squares lacks a spatial lag of the outcome",
    ),
    "lm_error": (
        "Least squares lacks a spatial lag of the error, or a lag of the outcome that looks like "
        "one",
        "Nothing says that least squares lacks a spatial lag of the error",
    ),
    "robust_lm_lag": (
        "A lag of the outcome is called for even beside a lag of the error",
        "Beside a lag of the error no lag of the outcome is called for",
    ),
    "robust_lm_error": (
        "A lag of the error is called for even beside a lag of the outcome",
        "Beside a lag of the outcome no lag of the error is called for",
    ),
    "lr_theta": (
        "The neighbours' regressors matter although no spatial lag was called for",
        "The neighbours' regressors do not matter either",
    ),
    "lr_rho": (
        "Beside the neighbours' regressors a lag of the outcome is needed",
        "Beside the neighbours' regressors no lag of the outcome is needed",
    ),
    "wald_sar": (
        "The SDM cannot be reduced to the SAR: the neighbours' regressors matter",
        "The Wald test lets the SDM be reduced to the SAR",
    ),
    "lr_sar": (
        "By its likelihood the SDM beats the SAR",
        "By its likelihood the SAR is as good as the SDM",
    ),
    "wald_sem": (
        "The SDM cannot be reduced to the SEM: the neighbours' regressors are more than an error "
        "in common",
        "The Wald test lets the SDM be reduced to the SEM",
    ),
    "lr_sem": (
        "By its likelihood the SDM beats the SEM",
        "By its likelihood the SEM is as good as the SDM",
    ),
    "hausman": (
        "Random effects are inconsistent here: the effects go with the regressors, and fixed "
        "effects stay",
        "Nothing speaks against random effects; fixed effects stay, being consistent in any case",
    ),
}
UNTESTED = {"hausman": "Random effects cannot be estimated here"}
CHOSEN = {
    "ols": "OLS: no spatial lag of the outcome, of the error or of the regressors is called for.",
    "slx": "SLX: only the neighbours' regressors matter.",
    "sdm_after_slx": "SDM: the neighbours' regressors matter, and beside them a lag of the "
    "outcome.",
    "sar": "SAR: the SDM may be reduced to it, and the LM tests point to a lag of the outcome.",
    "sem": "SEM: the SDM may be reduced to it, and the LM tests point to a lag of the error.",
    "sdm": "SDM: the tests allow no reduction to a smaller model.",
    "sdm_contradiction": "SDM: the reduction that the Wald and LR tests allow is not the one that "
    "the LM tests point to, and the SDM contains both.",
    "sdm_undecided": "SDM: it might be reduced to either SAR or SEM, and the LM tests do not say "
    "to which; it contains both.",
}


def sentence(test: str, row: pd.Series, *, rejected: bool) -> str:
    """What one test says, with its figures."""
    said = STEPS[test][0 if rejected else 1]
    return f"{said} ({figures(row)})."


def figures(row: pd.Series) -> str:
    """Statistic and p in short."""
    statistic, p = float(row["statistic"]), float(row["p_value"])
    if np.isnan(statistic):
        return "not defined here"
    name = "z" if pd.isna(row["df"]) else f"χ²({int(row['df'])})"
    return f"{name} = {statistic:.2f}, {'p < 0.001' if p < 0.001 else f'p = {p:.3f}'}"
