"""How a quantity is distributed over units, and how that changes over time."""

from spatial.distribution.beta import beta_convergence
from spatial.distribution.converging import convergence
from spatial.distribution.densities import densities
from spatial.distribution.gini import dagum_by_time, dagum_gini, dagum_pairs
from spatial.distribution.homogeneity import homogeneity
from spatial.distribution.markov import class_transitions, long_run, quantile_classes, transitions
from spatial.distribution.sigma import sigma_convergence
from spatial.distribution.theil import theil, theil_by_time

__all__ = [
    "beta_convergence",
    "class_transitions",
    "convergence",
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
