"""Measures of agglomeration and resilience: a long table in, a named Series on its index out."""

from __future__ import annotations

from analysis.indices.agglomeration import location_quotient
from analysis.indices.shocks import ResilienceWarning, resilience

__all__ = ["ResilienceWarning", "location_quotient", "resilience"]
