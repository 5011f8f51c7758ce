"""Figures that go to print: Moran scatter, Moran over time, effects, event studies."""

from analysis.figures.curve import specification_curve
from analysis.figures.decay import decay
from analysis.figures.distribution import densities, transitions
from analysis.figures.effects import effects
from analysis.figures.event_study import event_study
from analysis.figures.over_time import moran_over_time
from analysis.figures.scatter import moran_scatter
from analysis.figures.threshold import threshold

__all__ = [
    "decay",
    "densities",
    "effects",
    "event_study",
    "moran_over_time",
    "moran_scatter",
    "specification_curve",
    "threshold",
    "transitions",
]
