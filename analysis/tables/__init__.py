"""Tables in the form in which they are printed, saved by the suffix of the file name."""

from __future__ import annotations

from analysis.tables.correlations import correlations
from analysis.tables.regression import effects, models
from analysis.tables.shocks import did
from analysis.tables.specification import tests
from analysis.tables.spread import convergence, inequality, thresholds
from analysis.tables.statistics import describe, moran
from analysis.tables.table import Table

__all__ = [
    "Table",
    "convergence",
    "correlations",
    "describe", "did",
    "effects",
    "inequality",
    "models",
    "moran",
    "tests",
    "thresholds",
]
