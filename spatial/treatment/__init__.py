"""Spatial difference in differences: what a staggered treatment does here and next door."""

from spatial.treatment.model import DID, did
from spatial.treatment.result import DIDFit, Placebo

__all__ = ["DID", "DIDFit", "Placebo", "did"]
