"""Global and local spatial autocorrelation: Moran's I, its local and its bivariate local form."""

from __future__ import annotations

from spatial.autocorrelation.local import bilisa, lisa, lisa_by_time
from spatial.autocorrelation.moran import moran, moran_by_time

__all__ = ["bilisa", "lisa", "lisa_by_time", "moran", "moran_by_time"]
