"""How a quantity is distributed over units, and how that changes over time."""

from analysis.distribution.convergence import beta_convergence, sigma_convergence
from analysis.distribution.densities import densities
from analysis.distribution.homogeneity import homogeneity
from analysis.distribution.inequality import (
    dagum_by_time,
    dagum_gini,
    dagum_pairs,
    theil,
    theil_by_time,
)
from analysis.distribution.markov import class_transitions, long_run, quantile_classes, transitions

__all__ = [
    "beta_convergence",
    "class_transitions",
    "dagum_by_time",
    "dagum_gini",
    "dagum_pairs",
    "densities",
    "homogeneity",
    "long_run",
    "quantile_classes",
    "sigma_convergence",
    "theil",
    "theil_by_time",
    "transitions",
]
