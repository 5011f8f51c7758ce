"""How far a finding depends on choices: specification curves, and curves over distance."""

from spatial.robustness.curve import specification_curve
from spatial.robustness.distance import decay
from spatial.robustness.shares import specification_shares

__all__ = ["decay", "specification_curve", "specification_shares"]
