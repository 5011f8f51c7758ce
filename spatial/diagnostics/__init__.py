"""Specification tests: which model the data call for, and what the residuals still hold."""

from __future__ import annotations

from spatial.diagnostics.bayes import model_probabilities, weights_probabilities
from spatial.diagnostics.choose import Decisions, choose_model
from spatial.diagnostics.hausman import hausman, hausman_error
from spatial.diagnostics.likelihood import lr_test, wald_test
from spatial.diagnostics.lm import durbin_tests, lm_tests
from spatial.diagnostics.residuals import lm_residuals, pesaran_cd, residual_moran

__all__ = [
    "Decisions",
    "choose_model",
    "durbin_tests",
    "hausman",
    "hausman_error",
    "lm_residuals",
    "lm_tests",
    "lr_test",
    "model_probabilities",
    "pesaran_cd",
    "residual_moran",
    "wald_test",
    "weights_probabilities",
]
