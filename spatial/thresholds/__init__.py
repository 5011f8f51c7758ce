"""Slopes that change where another variable passes a threshold (Hansen, 1999)."""

from spatial.thresholds.estimate import threshold
from spatial.thresholds.result import ThresholdFit

__all__ = ["ThresholdFit", "threshold"]
