"""Weights, panels, spatial models, effects and autocorrelation.

Reads no file (but for `weights.read` and `weights.write`), draws nothing, prints nothing.
"""

from __future__ import annotations

from spatial import distribution, weights
from spatial.autocorrelation import (
    bilisa,
    geary,
    getis_ord,
    getis_ord_by_time,
    lisa,
    lisa_by_time,
    lisa_change,
    moran,
    moran_by_time,
)
from spatial.decay_rates import DecayFit, fit_decay
from spatial.diagnostics import (
    Decisions,
    choose_model,
    durbin_tests,
    hausman,
    hausman_error,
    lm_residuals,
    lm_tests,
    lr_test,
    model_probabilities,
    pesaran_cd,
    residual_moran,
    wald_test,
    weights_probabilities,
)
from spatial.distribution import convergence, dagum_gini, theil, transitions
from spatial.errors import AlignmentWarning, InputError, ScalingWarning
from spatial.heterogeneity import Groups, groups
from spatial.mechanisms import Channels, Moderation, channels, moderate
from spatial.models import GNS, OLS, SAC, SAR, SDEM, SDM, SEM, SLX
from spatial.panel import Panel
from spatial.robustness import decay, specification_curve, specification_shares
from spatial.running import Workers
from spatial.thresholds import ThresholdFit, threshold
from spatial.treatment import DID, DIDFit, did

__all__ = [
    "DID",
    "GNS",
    "OLS",
    "SAC",
    "SAR",
    "SDEM",
    "SDM",
    "SEM",
    "SLX",
    "AlignmentWarning",
    "Channels",
    "DIDFit",
    "DecayFit",
    "Decisions",
    "Groups",
    "InputError",
    "Moderation",
    "Panel",
    "ScalingWarning",
    "ThresholdFit",
    "Workers",
    "bilisa",
    "channels",
    "choose_model",
    "convergence",
    "dagum_gini",
    "decay",
    "did",
    "distribution",
    "durbin_tests",
    "fit_decay",
    "geary",
    "getis_ord",
    "getis_ord_by_time",
    "groups",
    "hausman",
    "hausman_error",
    "lisa",
    "lisa_by_time",
    "lisa_change",
    "lm_residuals",
    "lm_tests",
    "lr_test",
    "model_probabilities",
    "moderate",
    "moran",
    "moran_by_time",
    "pesaran_cd",
    "residual_moran",
    "specification_curve",
    "specification_shares",
    "theil",
    "threshold",
    "transitions",
    "wald_test",
    "weights",
    "weights_probabilities",
]
