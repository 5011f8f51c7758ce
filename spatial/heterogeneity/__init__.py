"""Effects by groups of units, and spillovers between groups."""

from spatial.heterogeneity.estimate import groups
from spatial.heterogeneity.result import Groups

__all__ = ["Groups", "groups"]
