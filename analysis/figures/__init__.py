"""Figures that go to print: Moran scatter, Moran over time, effects with intervals."""

from analysis.figures.effects import effects
from analysis.figures.over_time import moran_over_time
from analysis.figures.scatter import moran_scatter

__all__ = ["effects", "moran_over_time", "moran_scatter"]
