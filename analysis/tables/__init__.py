"""Tables in the form in which they are printed, saved by the suffix of the file name."""

from __future__ import annotations

from analysis.tables.chains import transitions
from analysis.tables.classes import class_changes, local_classes
from analysis.tables.correlations import correlations
from analysis.tables.format import Format
from analysis.tables.mechanisms import channels, groups, mediation, moderation, spillovers_between
from analysis.tables.regression import effects, models
from analysis.tables.shocks import did
from analysis.tables.specification import tests
from analysis.tables.spread import convergence, inequality, inequality_parts, thresholds
from analysis.tables.statistics import describe, moran
from analysis.tables.table import Table

__all__ = [
    "Format",
    "Table",
    "channels",
    "class_changes",
    "convergence",
    "correlations",
    "describe",
    "did",
    "effects",
    "groups",
    "inequality",
    "inequality_parts",
    "local_classes",
    "mediation",
    "models",
    "moderation",
    "moran",
    "spillovers_between",
    "tests",
    "thresholds",
    "transitions",
]
