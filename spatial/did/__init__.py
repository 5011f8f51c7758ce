"""Spatial difference in differences: what a staggered treatment does here and next door."""

from spatial.did.model import DID
from spatial.did.result import DIDFit, Placebo

__all__ = ["DID", "DIDFit", "Placebo"]
