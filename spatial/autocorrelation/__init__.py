"""Global and local spatial autocorrelation: Moran's I, Geary's C, local Moran, local G."""

from __future__ import annotations

from spatial.autocorrelation.change import lisa_change
from spatial.autocorrelation.geary import geary
from spatial.autocorrelation.getis_ord import getis_ord, getis_ord_by_time
from spatial.autocorrelation.local import bilisa, lisa, lisa_by_time
from spatial.autocorrelation.moran import moran, moran_by_time

__all__ = ["bilisa", "geary", "getis_ord", "getis_ord_by_time", "lisa", "lisa_by_time"]
__all__ += ["lisa_change", "moran", "moran_by_time"]
